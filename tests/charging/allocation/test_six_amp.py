"""The 6 A recovery: where a car is stuck, within limits, and a bounded number of times."""

import pytest

from custom_components.twc_manager.charging.allocation.six_amp import (
    SixAmpRecovery,
    boost_amps,
)
from custom_components.twc_manager.charging.outcome import (
    ActiveRule,
    GreenBudget,
    LimitReason,
    Rule,
)
from tests.charging.world import ONE, TWO, Twc, World


class TrapWorld(World):
    """Frees a trapped car when the boost lasted long enough."""

    boosted = 0
    stubborn = False
    boosts = 0

    def tick(self) -> object:  # type: ignore[override]
        twc = self.twcs[ONE]
        boost = boost_amps(twc.rating)
        if twc.offered >= boost:
            self.boosts += self.boosted == 0
            self.boosted += 1
            if self.boosted > 5 and not self.stubborn:
                twc.trapped = False
        else:
            if self.stubborn and self.boosted >= 10 and twc.offered >= boost - 3:
                twc.trapped = False
            self.boosted = 0
        return super().tick()


def _trapped(amps: int = 15, rating: float = 80.0) -> TrapWorld:
    world = TrapWorld(Twc(ONE, rating=rating))
    world.twcs[ONE].plug()
    world.set(
        active_rules={ONE: ActiveRule(Rule.GREEN, green=True)}, green=GreenBudget(amps)
    )
    world.run(60)
    world.twcs[ONE].trapped = True
    return world


@pytest.mark.parametrize(("rating", "boost"), [(80.0, 21), (32.0, 16)])
def test_a_trapped_car_is_freed_and_gets_the_wanted_offer(
    rating: float, boost: int
) -> None:
    world = _trapped(12, rating)
    world.run(17)
    assert world.offers[ONE] == boost
    assert world.reason(ONE) == LimitReason.SIX_AMP_RECOVERY
    world.run(13)
    assert world.offers[ONE] == 12
    assert world.twcs[ONE].drawn > 11
    assert world.boosts == 1


def test_where_the_boost_does_not_help_2_a_less_does() -> None:
    world = _trapped()
    world.stubborn = True
    seen = set()
    for _ in range(60):
        world.tick()
        seen.add(world.offers[ONE])
    assert seen == {15, 21, 19}
    assert world.twcs[ONE].drawn > 14


def test_it_can_be_turned_off() -> None:
    world = _trapped()
    world.settings(six_amp_recovery=False)
    world.run(600)
    assert world.boosts == 0


def test_no_boost_beyond_the_owners_limits() -> None:
    for change in ({"limit": 20}, {"limit": 15}):
        world = _trapped()
        world.limit(ONE, **change)
        world.run(600)
        assert world.boosts == 0
    world = _trapped()
    world.set(active_rules={})
    world.settings(current=20)
    world.run(600)
    assert world.boosts == 0


def test_no_boost_that_stops_another_car_and_none_beyond_the_wiring() -> None:
    world = TrapWorld(Twc(ONE), Twc(TWO))
    for twc in world.twcs.values():
        twc.plug()
    world.settings(current=26)
    world.run(60)
    world.twcs[ONE].trapped = True
    for _ in range(120):
        world.tick()
        assert world.offers[TWO] >= 6
        assert sum(world.offers.values()) <= 26
    assert world.boosts == 0
    world.settings(current=30)
    for _ in range(120):
        world.tick()
        assert world.offers[TWO] >= 6
        assert sum(world.offers.values()) <= 30
    assert world.boosts == 1


@pytest.mark.parametrize("onboard", [3.0, 5.0, 10.0, 13.0, 16.0])
def test_a_car_with_a_small_limit_is_not_taken_for_trapped_again_and_again(
    onboard: float,
) -> None:
    world = _trapped(20)
    world.twcs[ONE].trapped = False
    world.twcs[ONE].onboard = onboard
    world.run(4 * 3600)
    assert world.boosts <= 2


def test_a_tapering_car_is_not_boosted_again_and_again() -> None:
    world = _trapped(20)
    world.twcs[ONE].trapped = False
    while world.twcs[ONE].onboard > 5:
        world.twcs[ONE].onboard -= 0.02
        world.tick()
    assert world.boosts <= 1


def test_a_car_that_falls_in_again_and_again_is_freed_a_few_times_an_hour() -> None:
    world = _trapped()
    for _ in range(3600):
        world.twcs[ONE].trapped |= world.twcs[ONE].offered == 15
        world.tick()
    assert 4 <= world.boosts <= 6


def test_a_car_that_still_ramps_up_is_not_trapped() -> None:
    cure = SixAmpRecovery()
    for second in range(60):
        drawn = 3 + second * 0.2
        assert cure.update(second, offered=20, drawn=drawn, boost=21) is None


def test_a_boost_that_never_gets_through_is_given_up() -> None:
    cure = SixAmpRecovery()
    asked = 0
    for second in range(600):
        if cure.update(second, offered=15, drawn=5.2, boost=21) is not None:
            cure.begin(second, 5.2)
            asked += 1
    assert asked == 30
