"""The limit from outside: what holds, and that nothing passes it whatever happens."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from custom_components.twc_manager.charging import (
    candidate,
    circuit_supply,
    house_limits,
)
from custom_components.twc_manager.charging.allocation import budgets
from custom_components.twc_manager.charging.circuits.raises import Committed, Raise
from custom_components.twc_manager.charging.limits import outside
from custom_components.twc_manager.charging.limits.outside import (
    UNLIMITED,
    ChargingLimit,
    OutsideInputs,
    OutsideLimit,
    OutsideSource,
    OutsideStatus,
    Standing,
)
from custom_components.twc_manager.charging.outcome import ActiveRule, LimitReason, Rule
from custom_components.twc_manager.charging.outside_supply import OutsideLimits
from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseKnowledge,
    PhaseSource,
)
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.world import ONE, THREE, TWO, StubbornTwc, Twc, World

KW: Final = 1000.0
THREE_PHASES: Final = Wiring(48, 32, 6, 230, 3)
HOLD, FALLBACK_W = 300.0, 4200.0


def says(limit: ChargingLimit | None) -> OutsideLimits:
    """Return the limit while the entity says this; None while it is silent."""
    source = OutsideSource(limit, HOLD, FALLBACK_W)
    return OutsideLimits({"": OutsideInputs(source=source)}, {"": 0.0})


def at_most(watts: float) -> OutsideLimits:
    return OutsideLimits({"": OutsideInputs(has_number=True)}, {"": 0.0}, watts)


def charging(wiring: Wiring = THREE_PHASES, *twcs: Twc) -> World:
    world = World(*(twcs or (Twc(ONE, protocol=1),)), wiring=wiring)
    for twc in world.twcs.values():
        twc.plug()
    world.run(60)
    return world


def test_a_limit_in_w_counts_for_the_vehicle_on_the_most_phases() -> None:
    world = charging()
    world.limit_all(at_most(7 * KW))
    world.run(30)
    # 7 kW on three phases of 230 V are 10.1 A.
    assert (world.offers[ONE], world.reason(ONE)) == (10, LimitReason.OUTSIDE_LIMIT)
    proven = PhaseKnowledge(1, PhaseSource.MEASURED, 3, is_certain=True)
    world.set(phases={ONE: proven})
    world.run(30)
    assert world.offers[ONE] == 30
    world.set(phases={ONE: replace(proven, is_certain=False)})
    world.run(30)
    assert world.offers[ONE] == 10


def test_what_a_grid_operator_leaves_is_enough_to_charge_on_three_phases() -> None:
    world = charging()
    world.limit_all(at_most(4200))
    world.run(30)
    assert world.offers[ONE] == 6


def test_a_limit_in_a_is_that_of_all_together() -> None:
    world = charging(THREE_PHASES, Twc(ONE, protocol=1), Twc(TWO, protocol=1))
    world.limit_all(says(ChargingLimit(amps=20.9)))
    world.run(30)
    assert world.offers == {ONE: 10, TWO: 10}


def test_below_the_minimum_it_stops_at_once_even_what_has_just_begun() -> None:
    world = charging()
    world.twcs[ONE].unplug()
    world.run(120)
    world.twcs[ONE].plug()
    while not world.twcs[ONE].drawn:
        world.tick()
    world.limit_all(at_most(4 * KW))
    world.run(10)
    assert not world.twcs[ONE].drawn
    assert world.reason(ONE) == LimitReason.OUTSIDE_LIMIT


@pytest.mark.parametrize("rule", [Rule.CHARGE_NOW, Rule.FIXED, Rule.SCHEDULE])
def test_it_holds_under_every_rule(rule: Rule) -> None:
    world = charging()
    world.limit_all(at_most(7 * KW))
    world.set(active_rules={ONE: ActiveRule(rule, None)})
    world.run(30)
    assert world.offers[ONE] == 10


def test_others_give_way_to_a_car_that_draws_what_it_likes() -> None:
    stubborn = StubbornTwc(TWO, 1, 16.0)
    world = charging(Wiring(48, 32, 6, 230, 1), Twc(ONE, 1, 16.0), stubborn)
    world.limit_all(at_most(18 * 230))
    world.run(60)
    assert world.offers == {ONE: 9, TWO: 9}
    stubborn.takes = 16
    world.run(30)
    assert sum(twc.drawn for twc in world.twcs.values()) <= 18


def test_a_plug_in_charge_does_not_break_it() -> None:
    world = World(Twc(ONE, protocol=1), wiring=THREE_PHASES)
    world.set(active_rules={ONE: ActiveRule(Rule.SCHEDULE, 0, name="day")})
    world.limit_all(at_most(4 * KW))
    world.run(5)
    world.twcs[ONE].plug()
    world.run(30)
    assert world.offers[ONE] == 0


def test_a_silent_entity_keeps_its_limit_for_a_while_then_another_one_holds() -> None:
    limit, reported = OutsideLimit(), ChargingLimit(watts=9 * KW)
    source = OutsideSource(reported, HOLD, FALLBACK_W)
    silent = OutsideInputs(source=replace(source, limit=None))
    fallback = OutsideStatus(ChargingLimit(watts=FALLBACK_W), Standing.FALLBACK)
    assert limit.update(0, silent) == fallback
    assert limit.update(10, OutsideInputs(source=source)) == OutsideStatus(reported)
    kept = OutsideStatus(reported, Standing.KEPT, 20 + HOLD)
    assert limit.update(20, silent) == kept
    assert limit.update(19 + HOLD, silent) == kept
    assert limit.update(20 + HOLD, silent) == fallback
    # What it said before it was silent for too long counts no more.
    assert limit.update(30, silent) == fallback


def test_while_it_is_silent_time_alone_changes_the_offer() -> None:
    world = charging()
    world.limit_all(says(UNLIMITED))
    world.run(30)
    assert world.offers[ONE] == 32
    world.limit_all(says(None))
    world.run(HOLD - 2)
    assert world.offers[ONE] == 32
    world.run(3)
    assert world.offers[ONE] == 6


def test_the_lower_of_number_and_entity_counts() -> None:
    limit = OutsideLimit()
    source = OutsideSource(ChargingLimit(watts=6 * KW))
    both = OutsideInputs(number_w=5 * KW, source=source)
    assert limit.update(0, both).limit.watts == 5 * KW
    both = replace(both, number_w=7 * KW)
    assert limit.update(1, both).limit.watts == 6 * KW
    assert limit.update(2, OutsideInputs()).limit == UNLIMITED
    # A number below 0 is none that could be kept.
    assert limit.update(3, OutsideInputs(number_w=-1)).limit.watts == 0


class Campaign:
    """Random limits, silences, plugs and rules, and what of it went beyond the limit, by an account of its own."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        protocols = [self.random.choice((1, 2)) for _ in range(3)]
        twcs = (Twc(*item) for item in zip((ONE, TWO, THREE), protocols, strict=True))
        self.world = World(*twcs, wiring=THREE_PHASES)
        self.limit: ChargingLimit | None = UNLIMITED
        self.last = UNLIMITED
        self.silent_for = 0
        self.broken = 0

    def change(self) -> None:
        world, random = self.world, self.random
        twc = random.choice(list(world.twcs.values()))
        match random.randrange(6):
            case 0:
                twc.unplug() if twc.plugged else twc.plug(random.choice((48.0, 10.0)))
            case 1:
                rule = random.choice(
                    (ActiveRule(Rule.FIXED), ActiveRule(Rule.CHARGE_NOW))
                )
                world.set(active_rules={twc.connector_id: rule})
            case 2:
                rule = ActiveRule(Rule.SCHEDULE, 0, name="day")
                world.set(active_rules=dict.fromkeys(world.twcs, rule))
            case 3:
                self.limit = None
            case _:
                watts = random.choice((0.0, 4 * KW, 4200.0, 9 * KW, 22 * KW))
                self.limit = random.choice(
                    (ChargingLimit(watts=watts), ChargingLimit(amps=watts / 690))
                )
        world.limit_all(says(self.limit))

    @property
    def allowed(self) -> float:
        """The A that may be offered, by the limit in force."""
        # A silence begins with the first decision in it, a second later at most.
        limits = [self.last] * (self.silent_for <= HOLD + 1)
        limits += [ChargingLimit(FALLBACK_W)] * (self.silent_for >= HOLD)
        return max(min(item.watts / (3 * 230), item.amps) for item in limits)

    def run(self, seconds: int) -> int:
        """Return in how many s what was offered was beyond the limit."""
        for at in range(seconds):
            if not at % 40:
                self.change()
            if self.limit is not None:
                self.last, self.silent_for = self.limit, 0
            else:
                self.silent_for += 1
            decision = self.world.tick()
            unstoppable = {LimitReason.CANNOT_STOP, LimitReason.STOPPING}
            offered = sum(
                item.offer
                for item in decision.connectors.values()
                if item.reason not in unstoppable
            )
            # One second is the decision's own, another that of the change.
            self.broken += offered > self.allowed + 1e-6 and at % 40 > 1
        return self.broken


@pytest.mark.parametrize("seed", range(6))
def test_nothing_passes_it(seed: int) -> None:
    assert Campaign(seed).run(3600) == 0


def _ignores_silence(limit: OutsideLimit, now: float, source: object) -> OutsideStatus:
    assert isinstance(source, OutsideSource)
    return OutsideStatus(source.limit or UNLIMITED)


@pytest.mark.parametrize("removed", ["silence", "budget", "plug_in_charge", "phases"])
def test_each_safeguard_is_needed(
    removed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    match removed:
        case "silence":
            monkeypatch.setattr(outside.OutsideLimit, "_of_source", _ignores_silence)
        case "budget":
            monkeypatch.setattr(candidate.ConnectorContext, "add_budgets", _add_none)
        case "plug_in_charge":
            monkeypatch.setattr(candidate, "is_protective", _protects_wiring)
            monkeypatch.setattr(circuit_supply, "within_room", _all_of)
        case "phases":
            monkeypatch.setattr(house_limits, "_phases", lambda *_: 1)
    assert any(Campaign(seed).run(3600) for seed in range(6))


def _add_none(*_: object) -> None:
    """Let a limit apply to no connector."""


def _all_of(raises: Sequence[Raise], *_: object) -> Committed:
    return Committed({item.connector_id: item.offer for item in raises}, 0.0)


def _protects_wiring(key: object) -> bool:
    return key == budgets.TOTAL
