"""Plans of several buses behind one main fuse that are made beside each other: no two of them count on the same amps."""

from datetime import timedelta
from random import Random

import pytest

from custom_components.twc_manager.charging.planning.goals import Goal
from custom_components.twc_manager.charging.plans import shared_plans
from custom_components.twc_manager.charging.plans.shared_plans import BusReport, always
from tests.charging.planning.scene import NOW, amps_at, goal

from .buses import FULL, FUSE, SIZE, House, Line


def beside(name: str, car: Goal) -> Line:
    """Return a bus that knows other prices than the others: it is not planned with them."""
    return Line(name, (car,), outlook=name)


def test_goals_that_fit_only_if_they_are_spread_are_both_reached() -> None:
    house = House(beside("one", goal(3 * FULL, 6)), beside("two", goal(3 * FULL, 6)))
    for _ in range(3):
        house.go_on()
        for bus in house.lines:
            house.plan(bus)
    assert house.missing_kwh == 0
    assert house.highest() <= SIZE
    # The second one charges in the cheap hours, too, with what the first one leaves.
    cheap = [
        amps_at(plan, NOW.replace(hour=22, minute=30)) for plan in house.plans.values()
    ]
    assert cheap == [16, 9]


@pytest.mark.parametrize(
    ("one", "two", "first"),
    [
        (goal(FULL, 6), goal(FULL, 5), "two"),
        (goal(FULL, 6, priority=1), goal(FULL, 5), "one"),
        (goal(FULL, 6), goal(FULL, 6), "one"),
    ],
)
def test_who_comes_first_follows_from_priority_then_from_time(
    one: Goal, two: Goal, first: str
) -> None:
    house = House(beside("one", one), beside("two", two))
    for _ in range(2):
        house.go_on()
        for bus in ("two", "one"):
            house.plan(bus)
    left = {bus: house.read(bus).caps for bus in house.lines}
    assert [bus for bus, cap in left.items() if cap == always(SIZE)] == [first]


def test_what_is_not_shared_is_not_less() -> None:
    other = Line("two", (goal(FULL, 6),), rooms={"cable": always(SIZE)})
    house = House(beside("one", goal(3 * FULL, 6)), other)
    house.plan("one")
    assert house.read("two").caps == always(SIZE)


def test_what_a_bus_has_planned_is_left_to_the_others_when_it_leaves() -> None:
    house = House(beside("one", goal(3 * FULL, 6)), beside("two", goal(FULL, 6)))
    house.plan("one")
    assert house.read("two").caps != always(SIZE)
    changes = house.shared.changes
    house.shared.leave("one")
    assert house.read("two").caps == always(SIZE)
    assert house.shared.changes == changes + 1


def test_what_a_bus_has_planned_that_reports_nothing_any_more_is_taken() -> None:
    # It would come after the other one, and could not give way any more.
    house = House(
        Line("one", (goal(FULL, 5),)),
        Line("two", (goal(3 * FULL, 6),)),
    )
    house.plan("two")
    house.plan("one")
    assert house.read("one").partners
    house.pass_time(6)
    shared = house.read("one")
    assert not shared.partners
    assert shared.rooms[FUSE] != always(SIZE)
    # It is there again.
    house.decide("two")
    assert house.read("one").partners
    assert house.read("one").caps == always(SIZE)


def test_a_bus_without_a_plan_takes_nothing_and_is_sent_no_plan() -> None:
    house = House(beside("one", goal(FULL, 6)), beside("two", goal(FULL, 6)))
    house.shared.update("two", BusReport(rooms={FUSE: always(SIZE)}))
    shared = house.read("one")
    assert shared.caps == always(SIZE)
    assert shared.offered is None
    assert not shared.waits


def random_house(dice: Random) -> House:
    return House(
        *(
            beside(
                bus,
                goal(
                    round(dice.uniform(1, 14), 1),
                    dice.choice((3, 5, 6)),
                    priority=dice.choice((0, 0, 1)),
                ),
            )
            for bus in ("one", "two", "three")
        )
    )


@pytest.mark.parametrize("seed", range(25))
def test_in_whatever_order_they_plan_they_fit_and_come_to_rest(seed: int) -> None:
    dice = Random(seed)
    house = random_house(dice)
    house.settle(dice)
    before = house.count
    house.settle(dice, 3)
    assert house.highest() <= SIZE
    assert house.count == before


def take_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let each plan count on the whole fuse."""
    patch.setattr(shared_plans, "less", lambda cap, _: cap)


def run_many() -> None:
    """Let many houses plan."""
    for seed in range(25):
        test_in_whatever_order_they_plan_they_fit_and_come_to_rest(seed)


def test_without_what_others_have_planned_they_do_not_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_nothing(monkeypatch)
    with pytest.raises(AssertionError):
        run_many()


def test_a_clock_that_was_set_makes_a_bus_silent_until_it_reports_again() -> None:
    house = House(Line("one", (goal(FULL, 6),)), Line("two", (goal(FULL, 6),)))
    house.plan("one")
    house.local -= timedelta(hours=1)
    assert not house.read("two").partners
