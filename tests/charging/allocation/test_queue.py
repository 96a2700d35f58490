"""Turns: not enough for all connectors at the minimum offer."""

import pytest

from custom_components.twc_manager.charging.allocation.sharing import (
    CurrentClaim,
    divide,
)
from custom_components.twc_manager.charging.outcome import (
    ActiveRule,
    GreenBudget,
    LimitReason,
    Rule,
)
from tests.charging.world import ONE, THREE, TWO, Twc, World

GREEN = ActiveRule(Rule.GREEN, green=True)


def _scarce(*ids: int, current: int = 8, protocol: int = 1) -> World:
    world = World(*(Twc(item, protocol) for item in ids))
    for item in ids:
        world.twcs[item].plug()
    world.settings(current=current)
    return world


def _served(world: World) -> set[int]:
    return {key for key, offer in world.offers.items() if offer}


def test_pools_are_never_overdrawn_and_each_is_filled() -> None:
    claims = [
        CurrentClaim(1, 6, 40, 40, ("green", "total")),
        CurrentClaim(2, 6, 40, 40, ("green", "total")),
        CurrentClaim(3, 6, 10, 40, ("total",)),
    ]
    portions = divide(claims, {"green": 13, "total": 48})
    assert {key: item.amps for key, item in portions.items()} == {1: 7, 2: 6, 3: 35}
    assert portions[1].budget == portions[2].budget == "green"
    assert portions[3].budget == "total"


def test_late_claims_come_after_what_the_others_can_use() -> None:
    claims = [
        CurrentClaim(1, 6, 30, 40, ("total",)),
        CurrentClaim(2, 6, 6, 6, ("total",), late=True),
    ]
    assert divide(claims, {"total": 32})[2].amps == 0
    portions = divide(claims, {"total": 38})
    assert (portions[1].amps, portions[2].amps) == (32, 6)


def test_two_cars_take_turns_of_15_minutes() -> None:
    world = _scarce(ONE, TWO)
    world.run(10)
    first = _served(world)
    assert len(first) == 1
    waiting = ({ONE, TWO} - first).pop()
    assert world.reason(waiting) == LimitReason.WAITING_TURN
    assert world.decision.connectors[waiting].next_change == 1000 + 1 + 900
    world.run(885)
    assert _served(world) == first
    world.run(20)
    assert _served(world) == {waiting}
    world.run(880)
    assert _served(world) == {waiting}
    world.run(30)
    assert _served(world) == first


def test_three_cars_for_two_places_wait_no_longer_than_a_turn() -> None:
    world = _scarce(ONE, TWO, THREE, current=12)
    waited = dict.fromkeys(world.twcs, 0)
    longest = 0
    for _ in range(4 * 3600):
        world.tick()
        for key, twc in world.twcs.items():
            waited[key] = 0 if twc.drawn > 1 else waited[key] + 1
            longest = max(longest, waited[key])
    assert longest < 15 * 60 + 90
    starts = [len(twc.began) for twc in world.twcs.values()]
    assert max(starts) <= 13


def test_the_length_of_a_turn_can_be_chosen() -> None:
    world = _scarce(ONE, TWO)
    world.settings(turn_minutes=5)
    world.run(10)
    first = _served(world)
    world.run(300)
    assert _served(world) == {ONE, TWO} - first


def test_the_higher_priority_is_served_first() -> None:
    world = _scarce(ONE, TWO)
    world.run(100)
    loser = ({ONE, TWO} - _served(world)).pop()
    world.limit(loser, priority=1)
    world.run(70)
    assert _served(world) == {loser}
    world.run(3600)
    assert _served(world) == {loser}


def test_a_full_car_does_not_keep_its_turn() -> None:
    world = _scarce(ONE, TWO)
    world.run(100)
    first = _served(world).pop()
    world.twcs[first].onboard = 0
    world.run(60)
    assert _served(world) == {ONE, TWO} - {first}


def test_a_car_that_cannot_be_stopped_is_not_made_to_take_turns() -> None:
    world = _scarce(ONE, TWO, protocol=2)
    world.run(3600)
    assert len(_served(world)) == 1
    assert len(world.twcs[_served(world).pop()].began) == 1


def test_cars_that_can_be_commanded_take_turns_at_protocol_2() -> None:
    world = _scarce(ONE, TWO, protocol=2)
    world.set(commandable=frozenset({ONE, TWO}))
    waited = dict.fromkeys(world.twcs, 0)
    for _ in range(2 * 3600):
        world.tick()
        assert sum(world.offers.values()) <= 12
        for key, twc in world.twcs.items():
            waited[key] = 0 if twc.drawn > 1 else waited[key] + 1
            assert waited[key] < 16.5 * 60
    assert all(3 <= len(twc.began) <= 5 for twc in world.twcs.values())


def _sunny(*ids: int, amps: int = 8, protocol: int = 1) -> World:
    """Return cars that all follow green energy, which is not enough for all."""
    world = _scarce(*ids, current=48, protocol=protocol)
    world.set(active_rules=dict.fromkeys(ids, GREEN), green=GreenBudget(amps))
    return world


def _starts(world: World) -> int:
    return sum(len(twc.began) for twc in world.twcs.values())


def test_scarcity_that_comes_and_goes_does_not_cycle_a_car() -> None:
    world = _sunny(ONE, TWO)
    for minute in range(8 * 60):
        world.set(green=GreenBudget(11 if minute % 2 else 13))
        world.run(60)
    assert all(twc.began for twc in world.twcs.values())
    assert _starts(world) <= 6


@pytest.mark.parametrize("cars", [(ONE, TWO), (ONE, TWO, THREE)])
@pytest.mark.long
def test_turns_of_green_energy_grow_with_the_starts_they_cost(
    cars: tuple[int, ...],
) -> None:
    world = _sunny(*cars)
    world.run(14 * 60)
    first = _served(world)
    world.run(3 * 60)
    assert _served(world) != first, "the first turn is as long as was set"
    world.run(10 * 3600)
    assert all(twc.began for twc in world.twcs.values()), "nobody is left out"
    assert _starts(world) <= 6
    waiting = next(key for key in cars if key not in _served(world))
    decided = world.decision.connectors[waiting]
    assert (
        decided.reason is LimitReason.WAITING_TURN and decided.next_change is not None
    )


def test_the_car_that_waited_goes_first_when_the_sun_is_back() -> None:
    world = _sunny(ONE, TWO)
    world.run(300)
    first = _served(world)
    world.set(green=GreenBudget(0))
    world.run(600)
    world.set(green=GreenBudget(8))
    world.run(10)
    assert _served(world) == {ONE, TWO} - first


def test_a_car_that_had_to_stop_waits_for_more_than_a_bright_moment() -> None:
    world = _sunny(ONE, TWO, amps=12)
    world.run(90)
    assert _served(world) == {ONE, TWO}
    world.set(green=GreenBudget(11))
    world.run(120)
    (gone,) = {ONE, TWO} - _served(world)
    world.set(green=GreenBudget(12))
    world.run(10)
    delay = world.decision.connectors[gone]
    assert delay.reason is LimitReason.START_DELAY
    assert delay.next_change is not None
    # Two starts: three times the 15 minutes, less the turn of the other that is running.
    assert 40 * 60 < delay.next_change - world.now <= 45 * 60
    world.run(45 * 60 + 10)
    assert _served(world) == {ONE, TWO}


def test_what_the_first_car_cannot_use_is_not_withheld_from_the_second() -> None:
    world = _sunny(ONE, TWO, amps=30)
    world.run(300)
    world.set(green=GreenBudget(11))
    world.run(120)
    (gone,) = {ONE, TWO} - _served(world)
    for twc in world.twcs.values():
        twc.onboard = 10.0
    world.set(green=GreenBudget(30))
    world.run(300)
    assert gone in _served(world)


def test_one_more_is_served_soon_when_there_is_enough_again() -> None:
    world = _scarce(ONE, TWO, current=12)
    world.run(120)
    assert len(_served(world)) == 2
    world.settings(current=11)
    world.run(70)
    assert len(_served(world)) == 1
    world.settings(current=12)
    world.run(115)
    assert all(twc.drawn > 1 for twc in world.twcs.values())


def test_a_car_that_cannot_be_stopped_takes_its_part_of_what_is_shared() -> None:
    world = _scarce(ONE, TWO, current=16, protocol=2)
    world.run(100)
    world.limit(ONE, enabled=False)
    world.run(10)
    assert world.reason(ONE) == LimitReason.CANNOT_STOP
    assert world.offers == {ONE: 6, TWO: 10}
