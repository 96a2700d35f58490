"""One limit from outside for all buses: together they never get more, whichever of them come and go."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from random import Random
from typing import Final

import pytest

from custom_components.twc_manager.charging import away as away_module
from custom_components.twc_manager.charging.away import STOPPED_SECONDS
from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit,
    CircuitShare,
)
from custom_components.twc_manager.charging.limits.outside import (
    UNLIMITED,
    ChargingLimit,
    OutsideInputs,
    OutsideSource,
)
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.outside_supply import (
    OutsideLimits,
    OutsidePlace,
    SharedOutside,
)
from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseKnowledge,
    PhaseSource,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import BusStatus, Snapshot
from tests.charging.world import ONE, TWO, Twc, World

KW: Final = 1000.0
FOLLOWS: Final = 6
"""Within how many s offers are lowered: the next decision of each bus."""
BUSES: Final = {"one": 0.0, "two": 0.0}
THREE_PHASES: Final = Wiring(32, 32, 6, 230, 3)


class House:
    """Two buses with a car each, and a limit that is set up at the first one only."""

    def __init__(self, wiring: Wiring = THREE_PHASES) -> None:
        self.shared = SharedOutside(0.0)
        self.limit: ChargingLimit | None = UNLIMITED
        self.number_w: float | None = None
        self.worlds = {
            name: World(Twc(connector_id, protocol=1), wiring=wiring)
            for name, connector_id in (("one", ONE), ("two", TWO))
        }
        self.away: set[str] = set()

    @property
    def twcs(self) -> dict[str, Twc]:
        return {
            name: next(iter(world.twcs.values())) for name, world in self.worlds.items()
        }

    @property
    def offers(self) -> dict[str, float]:
        return {name: twc.offered for name, twc in self.twcs.items()}

    def limits(self) -> OutsideLimits:
        source = OutsideSource(self.limit)
        found = {"one": OutsideInputs(source=source, has_number=True)}
        return OutsideLimits(found, BUSES, self.number_w)

    def tick(self) -> None:
        for name, world in self.worlds.items():
            if name in self.away:
                world.now += 1
                continue
            limits = self.limits()
            if name != "one":
                limits = replace(limits, number_w=None)
            world.limit_all(limits, OutsidePlace(self.shared, name))
            world.tick()

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.tick()

    def lose(self, name: str) -> None:
        self.worlds[name].decide(Snapshot(BusStatus.OFFLINE))
        self.away.add(name)


def charging(wiring: Wiring = THREE_PHASES) -> House:
    house = House(wiring)
    for twc in house.twcs.values():
        twc.plug()
    house.run(200)
    assert house.offers == {"one": 32, "two": 32}
    return house


def test_what_a_grid_operator_leaves_is_for_both_together() -> None:
    house = charging()
    house.limit = ChargingLimit(watts=4200)
    house.run(FOLLOWS)
    for _ in range(3600):
        house.tick()
        assert sum(house.offers.values()) * 690 <= 4200
    # It is enough for one at a time; they take turns.
    assert sorted(house.offers.values()) == [0, 6]
    assert all(2 <= len(twc.began) <= 3 for twc in house.twcs.values())


def test_it_is_shared_evenly_and_reported() -> None:
    house = charging()
    house.limit = ChargingLimit(watts=14 * KW)
    house.run(30)
    assert house.offers == {"one": 10, "two": 10}
    for world in house.worlds.values():
        (decided,) = world.decision.connectors.values()
        assert decided.reason is LimitReason.OUTSIDE_LIMIT
        assert world.decision.limits.outside_amps == 10
        assert world.decision.circuit_amps is None


def test_the_number_of_one_bus_holds_for_the_other() -> None:
    house = charging()
    house.number_w = 9 * KW
    house.run(FOLLOWS)
    assert sum(house.offers.values()) * 690 <= 9 * KW
    house.number_w = None
    house.run(200)
    assert house.offers == {"one": 32, "two": 32}


def test_the_one_with_the_higher_priority_charges_first() -> None:
    house = charging()
    house.worlds["two"].limit(TWO, priority=1)
    house.limit = ChargingLimit(watts=5 * KW)
    house.run(1200)
    assert house.offers == {"one": 0, "two": 7}


def test_where_both_have_just_begun_one_is_stopped_at_once() -> None:
    house = House()
    house.run(100)
    for twc in house.twcs.values():
        twc.plug()
    while not all(twc.drawn for twc in house.twcs.values()):
        house.tick()
    house.limit = ChargingLimit(watts=4200)
    house.run(10)
    assert sum(house.offers.values()) == 6
    assert sum(twc.drawn for twc in house.twcs.values()) <= 6


def test_a_bus_that_is_away_counts_until_its_cars_must_have_stopped() -> None:
    house = charging()
    house.limit = ChargingLimit(amps=32)
    house.run(60)
    assert house.offers == {"one": 16, "two": 16}
    house.lose("two")
    house.run(int(STOPPED_SECONDS) - 5)
    assert house.offers["one"] == 16
    house.run(30)
    assert house.offers["one"] == 32


def test_a_limit_holds_on_while_the_bus_that_it_is_set_up_at_is_away() -> None:
    house = charging()
    house.number_w = 6900
    house.run(60)
    assert sum(house.offers.values()) == 10
    house.lose("one")
    house.run(600)
    assert house.offers["two"] == 10


def test_no_bus_rises_before_the_other_one_has_reported_what_it_has() -> None:
    house = House()
    house.shared = SharedOutside(house.worlds["one"].now)
    house.limit = ChargingLimit(amps=16)
    house.away.add("two")
    house.twcs["one"].plug()
    house.run(int(STOPPED_SECONDS) - 1)
    assert house.offers["one"] == 0
    house.run(30)
    assert house.offers["one"] == 16


def test_without_a_limit_in_force_nobody_waits() -> None:
    house = House()
    house.shared = SharedOutside(house.worlds["one"].now)
    house.away.add("two")
    house.twcs["one"].plug()
    house.run(20)
    assert house.offers["one"] == 32


def test_an_ampere_is_worth_what_it_is_for_the_vehicle_on_the_most_phases() -> None:
    house = charging()
    single = PhaseKnowledge(1, PhaseSource.MEASURED, 3, is_certain=True)
    house.worlds["one"].set(phases={ONE: single})
    house.limit = ChargingLimit(watts=13.8 * KW)
    house.run(60)
    assert house.offers == {"one": 10, "two": 10}
    house.twcs["two"].unplug()
    house.worlds["two"].set(phases={TWO: single})
    house.worlds["two"].twcs[TWO].plug()
    house.run(60)
    assert house.offers == {"one": 30, "two": 30}


def test_the_others_are_woken_by_another_limit() -> None:
    shared, woken = SharedOutside(0.0), []
    shared.join("one", lambda: woken.append("one"))
    shared.join("two", lambda: woken.append("two"))
    inputs = OutsideInputs(has_number=True)
    limits = OutsideLimits({"one": inputs}, BUSES, 9 * KW)
    shared.update("one", 1, limits, 230)
    assert woken == ["two"]
    shared.update("one", 2, limits, 230)
    assert woken == ["two"]
    shared.leave("two", 3)
    shared.update("one", 4, replace(limits, number_w=None), 230)
    assert woken == ["two"]
    assert shared.circuit.config.amps == inf


class Campaign:
    """Random limits, cars and losses of a line, and what of it went beyond the limit, by an account of its own."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.house = House()
        self.settled_at = 0.0
        self.lost: tuple[float, float] | None = None
        """When the second line was lost, and the A that it was drawing."""

    @property
    def now(self) -> float:
        return self.house.worlds["one"].now

    def change(self) -> None:
        house, random = self.house, self.random
        match random.randrange(5):
            case 0 | 1:
                watts = random.choice((0.0, 4200.0, 9 * KW, 15 * KW, 22 * KW))
                house.limit = ChargingLimit(watts=watts)
                self.settled_at = self.now + FOLLOWS
            case 2:
                twc = random.choice(list(house.twcs.values()))
                twc.unplug() if twc.plugged else twc.plug()
            case 3 if not house.away:
                twc = house.twcs["two"]
                self.lost = self.now, max(twc.drawn, twc.offered)
                house.lose("two")
            case 4 if house.away:
                if self.lost is not None and self.now - self.lost[0] >= 60:
                    house.twcs["two"].offered = house.twcs["two"].drawn = 0
                house.away.clear()
                self.lost = None
                self.settled_at = self.now + FOLLOWS

    def could_draw(self, name: str) -> float:
        twc = self.house.twcs[name]
        if self.lost is None or name == "one":
            return max(twc.offered, twc.drawn)
        at, amps = self.lost
        return amps if self.now - at < 60 else 0.0

    def run(self, seconds: int) -> int:
        """Return in how many s what could be drawn was beyond the limit."""
        broken = 0
        before = inf
        for at in range(seconds):
            if not at % 30:
                self.change()
            self.house.tick()
            could = sum(map(self.could_draw, self.house.twcs))
            limit = self.house.limit
            assert limit is not None
            allowed = limit.watts / 690
            # What a line was lost with cannot be lowered: nothing may grow beyond it.
            if could > allowed + 1e-6 and self.now > self.settled_at:
                broken += self.lost is None or could > before
            before = could
        return broken


@pytest.mark.parametrize("seed", range(6))
def test_nothing_passes_it(seed: int) -> None:
    assert Campaign(seed).run(3600) == 0


def forget_the_lost(patch: pytest.MonkeyPatch) -> None:
    """Count nothing of a bus that is away."""
    patch.setattr(away_module, "STOPPED_SECONDS", 0.0)


def each_for_itself(patch: pytest.MonkeyPatch) -> None:
    """Let each bus have the whole limit."""

    def whole(circuit: Circuit, *_: object) -> CircuitShare:
        return CircuitShare(circuit.config.amps, circuit.config.amps)

    patch.setattr(Circuit, "update", whole)
    patch.setattr(Circuit, "commit", lambda *_: None)


@pytest.mark.parametrize("remove", [forget_the_lost, each_for_itself])
def test_each_safeguard_is_needed(
    monkeypatch: pytest.MonkeyPatch, remove: Callable[[pytest.MonkeyPatch], None]
) -> None:
    remove(monkeypatch)
    assert any(Campaign(seed).run(3600) for seed in range(6))
