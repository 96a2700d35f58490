"""Which offers give way where what is wanted is too much together."""

import pytest

from custom_components.twc_manager.twc.lowering import Target, fit, lower_alike


def targets(*offers: float, minimum: float = 6.0) -> dict[int, Target]:
    return {number: Target(amps, minimum) for number, amps in enumerate(offers)}


def offers(items: dict[int, Target]) -> list[float]:
    return [item.offer for item in items.values()]


@pytest.mark.parametrize(
    ("wanted", "amps", "given"),
    [
        ([20, 14, 6], 40, [20, 14, 6]),
        ([20, 14, 6], 36, [16, 14, 6]),
        ([20, 20], 39, [19, 20]),
        ([6, 6, 6], 17, [0, 6, 6]),
        ([6, 6], -3, [0, 0]),
    ],
)
def test_the_largest_offers_are_cut(
    wanted: list[float], amps: float, given: list[float]
) -> None:
    items = targets(*wanted)
    fit(items, amps)
    assert offers(items) == given


@pytest.mark.parametrize(
    ("wanted", "excess", "given"),
    [
        ([28, 12], [0, 0.4], [28, 12]),
        ([28, 12], [0, 2], [28, 10]),
        ([28, 12], [1, 1], [27, 11]),
        ([20, 14, 6], [1, 1, 1], [18, 13, 6]),
        # One that would be stopped by it does not give way, as long as another one can.
        ([34, 6], [0, 0.8], [33, 6]),
        ([30, 8], [0, 4], [30, 6]),
        # One that is stopped draws nothing.
        ([34, 6], [0, 4], [30, 6]),
    ],
)
def test_who_draws_more_than_it_is_offered_gives_way(
    wanted: list[float], excess: list[float], given: list[float]
) -> None:
    items = targets(*wanted)
    for item, amps in zip(items.values(), excess, strict=True):
        item.excess = amps
    fit(items, 40)
    assert offers(items) == given


def test_all_at_their_minimum_one_is_stopped() -> None:
    items = targets(6, 6)
    for item in items.values():
        item.excess = 2.0
    fit(items, 12)
    assert offers(items) == [0, 6]


def test_the_others_give_way_for_what_one_takes_that_does_not_follow() -> None:
    items = targets(20, 12, 8)
    items[0].taken = 30.0
    fit(items, 40)
    assert offers(items) == [20, 0, 6]
    items = targets(20, 20)
    items[0].taken = 45.0
    fit(items, 40)
    assert offers(items) == [20, 0]


@pytest.mark.parametrize(
    ("given", "ceiling", "lowered"),
    [
        ([20, 14, 6], 40, [20, 14, 6]),
        ([20, 14, 6], 38, [19, 13, 6]),
        ([20, 14, 6], 37, [18, 13, 6]),
        ([7, 6, 6], 18, [6, 6, 6]),
        ([6, 6, 6], 17.5, [0, 6, 6]),
        ([20, 14, 6], -1, [0, 0, 0]),
    ],
)
def test_a_sum_that_is_too_much_lowers_all_alike_and_stops_none_for_a_little(
    given: list[float], ceiling: float, lowered: list[float]
) -> None:
    items = targets(*given)
    lower_alike(items, ceiling)
    assert offers(items) == lowered


def test_one_that_does_not_obey_has_no_part_in_it() -> None:
    items = targets(20, 14, 12)
    items[0].disobeys = True
    lower_alike(items, 22)
    assert offers(items) == [6, 12, 10]
