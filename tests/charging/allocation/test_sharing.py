"""Sharing the current of budgets among claims."""

from hypothesis import given, strategies as st

from custom_components.twc_manager.charging.allocation.sharing import (
    CurrentClaim,
    Portion,
    divide,
)

ALL = "all"
SUN = "sun"


def claim(
    connector_id: int,
    minimum: int,
    maximum: int,
    *budgets: str,
    usable: int | None = None,
    late: bool = False,
) -> CurrentClaim:
    usable = maximum if usable is None else usable
    return CurrentClaim(connector_id, minimum, usable, maximum, (*budgets, ALL), late)


def share(claims: list[CurrentClaim], amps: int, sun: int = 0) -> dict[int, int]:
    portions = divide(claims, {ALL: amps, SUN: sun})
    return {key: portion.amps for key, portion in portions.items()}


def test_amps_are_divided_evenly_and_whole() -> None:
    three = [claim(1, 6, 80), claim(2, 6, 80), claim(3, 6, 80)]
    assert share(three, 48) == {1: 16, 2: 16, 3: 16}
    assert share(three, 50) == {1: 17, 2: 17, 3: 16}
    # Whatever the order: an odd ampere does not wander.
    assert share(three[::-1], 50) == {1: 17, 2: 17, 3: 16}


def test_current_that_one_cannot_have_goes_to_the_others() -> None:
    assert share([claim(1, 6, 10), claim(2, 6, 80)], 48) == {1: 10, 2: 38}


def test_current_that_one_cannot_use_goes_first_to_claims_that_can() -> None:
    claims = [claim(1, 6, 40, usable=10), claim(2, 6, 30)]
    assert share(claims, 35) == {1: 10, 2: 25}
    assert share(claims, 48) == {1: 18, 2: 30}


def test_too_little_for_all_serves_the_first_ones() -> None:
    claims = [claim(1, 12, 80), claim(2, 12, 80), claim(3, 12, 80)]
    assert share(claims, 30) == {1: 15, 2: 15, 3: 0}
    assert share(claims[::-1], 30) == {1: 0, 2: 15, 3: 15}
    assert share(claims, 11) == {1: 0, 2: 0, 3: 0}
    assert share(claims, -5) == {1: 0, 2: 0, 3: 0}


def test_a_smaller_claim_is_served_if_an_earlier_one_does_not_fit() -> None:
    assert share([claim(1, 12, 80), claim(2, 6, 8)], 10) == {1: 0, 2: 8}


def test_a_late_claim_gets_the_current_that_the_others_cannot_use() -> None:
    quiet = claim(1, 6, 6, late=True)
    assert share([quiet, claim(2, 6, 40)], 40) == {1: 0, 2: 40}
    assert share([quiet, claim(2, 6, 40, usable=30)], 40) == {1: 6, 2: 34}


def test_every_budget_limits_and_the_limiting_one_is_returned() -> None:
    claims = [claim(1, 6, 40, SUN), claim(2, 6, 40)]
    assert divide(claims, {ALL: 48, SUN: 10}) == {
        1: Portion(10, SUN),
        2: Portion(38, ALL),
    }
    assert divide(claims, {ALL: 48, SUN: 5})[1] == Portion(0, SUN)
    assert divide(claims[1:], {ALL: 48}) == {2: Portion(40)}


AMPS = st.integers(0, 80)
CLAIMS = st.lists(
    st.tuples(AMPS, AMPS, AMPS, st.booleans(), st.booleans()), max_size=4
).map(
    lambda drawn: [
        claim(
            number,
            minimum,
            maximum,
            *([SUN] if green else []),
            usable=usable,
            late=late,
        )
        for number, (*amps, green, late) in enumerate(drawn)
        for minimum, usable, maximum in [sorted(amps)]
    ]
)


@given(CLAIMS, st.integers(-10, 200), st.integers(-10, 100))
def test_a_division_is_within_everybodys_bounds(
    claims: list[CurrentClaim], amps: int, sun: int
) -> None:
    given_amps = share(claims, amps, sun)
    assert sum(given_amps.values()) <= max(amps, 0)
    green = [item for item in claims if SUN in item.budgets]
    assert sum(given_amps[item.connector_id] for item in green) <= max(sun, 0)
    for item in claims:
        got = given_amps[item.connector_id]
        assert got == 0 or item.minimum <= got <= item.maximum


@given(CLAIMS, st.integers(0, 200), st.integers(0, 100))
def test_nothing_is_kept_back_while_somebody_served_could_use_it(
    claims: list[CurrentClaim], amps: int, sun: int
) -> None:
    given_amps = share(claims, amps, sun)
    left = amps - sum(given_amps.values())
    green = [item for item in claims if SUN in item.budgets]
    sun_left = sun - sum(given_amps[item.connector_id] for item in green)
    for item in claims:
        got = given_amps[item.connector_id]
        if 0 < got < item.maximum:
            assert left == 0 or (SUN in item.budgets and sun_left == 0)


@given(CLAIMS, st.integers(0, 200))
def test_served_claims_that_can_use_more_differ_by_one_amp_at_most(
    claims: list[CurrentClaim], amps: int
) -> None:
    claims = [item for item in claims if SUN not in item.budgets and not item.late]
    given_amps = share(claims, amps)
    served = [item for item in claims if given_amps[item.connector_id]]
    for rich in served:
        for poor in served:
            mine, yours = given_amps[rich.connector_id], given_amps[poor.connector_id]
            if yours < poor.usable and mine > rich.minimum:
                assert mine - yours <= 1
