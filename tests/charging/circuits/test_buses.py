"""Two buses with their rules and cars behind one circuit, second by second."""

from dataclasses import replace

from custom_components.twc_manager.charging.away import STOPPED_SECONDS
from custom_components.twc_manager.charging.bus_draw import BusDraw
from custom_components.twc_manager.charging.circuit_supply import CircuitSupply
from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit,
    CircuitConfig,
    CircuitPlace,
)
from custom_components.twc_manager.charging.circuits.loads import (
    LoadConfig,
    LoadReading,
)
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import BusStatus, Snapshot
from tests.charging.world import ONE, TWO, StubbornTwc, Twc, World

WIRING = Wiring(32, 32, 6, 230, 1)


class Garage:
    """Two buses behind one circuit, with a heat pump on it."""

    def __init__(self, amps: float = 32, protocol: int = 1) -> None:
        config = CircuitConfig(
            "id",
            "Garage",
            amps,
            frozenset({"one", "two"}),
            (LoadConfig("pump", 16, 30),),
        )
        self.circuit = Circuit(config, 1000.0 - STOPPED_SECONDS)
        self.worlds = {
            name: World(Twc(connector_id, protocol), wiring=WIRING)
            for name, connector_id in [("one", ONE), ("two", TWO)]
        }
        for name, world in self.worlds.items():
            world.set(circuits=CircuitPlace(name, (self.circuit,)))
        self.pump: float | None = 0.0
        self.highest = 0.0
        """The highest sum of draws and offers of one moment."""

    @property
    def twcs(self) -> dict[str, Twc]:
        return {
            name: next(iter(world.twcs.values())) for name, world in self.worlds.items()
        }

    @property
    def offers(self) -> dict[str, float]:
        return {name: twc.offered for name, twc in self.twcs.items()}

    def reason(self, bus: str) -> LimitReason:
        (decided,) = self.worlds[bus].decision.connectors.values()
        return decided.reason

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            for name, world in self.worlds.items():
                if self.pump is not None:
                    reading = LoadReading(self.pump, world.now)
                    self.circuit.measure(world.now, [("pump", reading)])
                else:
                    self.circuit.measure(world.now, [])
                if name in self.circuit.config.buses:
                    world.tick()
            could = sum(max(twc.offered, twc.drawn) for twc in self.twcs.values())
            self.highest = max(self.highest, could)


def test_they_share_the_circuit() -> None:
    garage = Garage()
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(200)
    assert garage.offers == {"one": 16, "two": 16}
    assert garage.highest <= 32
    assert garage.reason("one") is LimitReason.CIRCUIT


def test_one_alone_has_all_and_gives_way_before_the_other_rises() -> None:
    garage = Garage()
    garage.twcs["one"].plug()
    garage.run(100)
    assert garage.offers == {"one": 32, "two": 0}
    garage.twcs["two"].plug()
    garage.run(200)
    assert garage.offers == {"one": 16, "two": 16}
    assert garage.highest <= 32


def test_the_circuit_goes_to_the_one_that_can_use_it() -> None:
    garage = Garage()
    garage.twcs["one"].plug(onboard=10)
    garage.twcs["two"].plug()
    garage.run(300)
    assert sum(garage.offers.values()) >= 30
    assert garage.twcs["two"].drawn >= 18


def test_a_heat_pump_lowers_both_at_once_and_they_rise_when_its_window_is_over() -> (
    None
):
    garage = Garage()
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(200)
    garage.pump = 12
    garage.run(6)
    assert sum(twc.drawn for twc in garage.twcs.values()) <= 20
    garage.pump = 0
    garage.run(250)
    assert sum(garage.offers.values()) <= 20
    garage.run(120)
    assert sum(garage.offers.values()) == 32


def test_while_its_sensor_is_silent_it_counts_with_its_maximum() -> None:
    garage = Garage()
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(200)
    garage.pump = None
    garage.run(10)
    assert sum(garage.offers.values()) == 16


def test_a_bus_whose_port_is_lost_keeps_what_it_may_draw() -> None:
    garage = Garage()
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(200)
    lost = garage.worlds["two"]
    lost.twcs.clear()
    lost.decide(Snapshot(BusStatus.OFFLINE))
    staying = garage.worlds["one"]
    for _ in range(int(STOPPED_SECONDS) - 5):
        garage.circuit.measure(staying.now, [("pump", LoadReading(0.0, staying.now))])
        staying.tick()
        assert garage.worlds["one"].twcs[ONE].offered <= 16
    for _ in range(30):
        garage.circuit.measure(staying.now, [("pump", LoadReading(0.0, staying.now))])
        staying.tick()
    assert garage.worlds["one"].twcs[ONE].offered == 32


def test_with_too_little_for_two_one_charges_and_the_other_waits_for_its_turn() -> None:
    garage = Garage(amps=10)
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(3600)
    assert garage.highest <= 10
    for twc in garage.twcs.values():
        assert 1 <= len(twc.began) <= 3
    assert sorted(garage.offers.values()) == [0, 10]
    assert LimitReason.CIRCUIT in {garage.reason(name) for name in garage.worlds}


def test_with_exactly_the_minimum_for_two_a_car_that_draws_more_lets_the_other_have_its_turn() -> (
    None
):
    """At 6 A it drew 6.1 A: the 5.9 A that were left never let the other one start."""
    garage = Garage(amps=12)
    garage.twcs["one"].shortfall = -0.1
    garage.twcs["one"].plug()
    garage.run(300)
    garage.twcs["two"].plug()
    garage.run(3 * 3600)
    assert garage.highest <= 12.1
    for twc in garage.twcs.values():
        assert 3 <= len(twc.began) <= 7


def test_cars_within_their_offers_share_exactly_the_minimum_for_two() -> None:
    garage = Garage(amps=12)
    garage.twcs["one"].plug()
    garage.run(300)
    garage.twcs["two"].plug()
    garage.run(3600)
    assert [len(twc.began) for twc in garage.twcs.values()] == [1, 1]
    assert garage.offers == {"one": 6, "two": 6}


def test_a_turn_that_no_offer_can_end_wakes_no_bus_again_and_again() -> None:
    """A car that cannot be stopped kept its turn: both buses decided at once, again and again, from its end on."""
    garage = Garage(amps=10, protocol=2)
    for twc in garage.twcs.values():
        twc.plug()
    for _ in range(1200):
        garage.run(1)
        for world in garage.worlds.values():
            wake_at = world.decision.wake_at
            # The world has passed a second since it decided.
            assert wake_at is None or wake_at > world.now - 1


def test_with_another_master_on_one_bus_the_other_has_what_its_wiring_leaves() -> None:
    garage = Garage(amps=40)
    garage.twcs["one"].plug()
    garage.run(100)
    assert garage.offers["one"] == 32
    second = garage.worlds["two"]
    second.decide(Snapshot(BusStatus.SECOND_MASTER))
    for _ in range(6):
        garage.worlds["one"].tick()
    assert garage.worlds["one"].twcs[ONE].offered == 8


def test_without_a_circuit_nothing_is_different() -> None:
    plain = World(Twc(ONE, 1), wiring=WIRING)
    plain.twcs[ONE].plug()
    plain.run(60)
    assert plain.twcs[ONE].offered == 32


def test_others_give_way_to_a_car_that_draws_what_it_likes() -> None:
    garage = Garage(amps=40)
    stubborn = garage.worlds["two"].twcs[TWO] = StubbornTwc(TWO, 1, 32.0)
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(200)
    assert garage.offers == {"one": 20, "two": 20}
    stubborn.takes = 32
    garage.run(30)
    assert sum(twc.drawn for twc in garage.twcs.values()) <= 40


def _with_car_above_its_offer(amps: float) -> Garage:
    """Return buses behind a circuit, one with a car that draws 17.2 A at 16 A and could draw 32 A."""
    garage = Garage(amps=amps)
    stubborn = StubbornTwc(ONE, 1, rating=32.0)
    garage.worlds["one"].twcs[ONE] = stubborn
    garage.worlds["one"].limit(ONE, limit=16)
    stubborn.plug()
    garage.run(60)
    assert garage.offers["one"] == 16
    stubborn.takes = 17.2
    garage.run(120)
    return garage


def test_a_car_above_its_offer_charges_on_where_even_its_maximum_fits() -> None:
    garage = _with_car_above_its_offer(80)
    assert garage.offers["one"] == 16


def test_it_is_stopped_where_its_maximum_does_not_fit() -> None:
    garage = _with_car_above_its_offer(31)
    assert garage.offers["one"] == 0


def test_it_is_stopped_once_another_car_leaves_no_room_for_its_maximum() -> None:
    garage = _with_car_above_its_offer(50)
    assert garage.offers["one"] == 16
    garage.twcs["two"].plug()
    garage.run(120)
    assert garage.offers["one"] == 0


def test_a_bus_that_is_removed_counts_until_its_cars_must_have_stopped() -> None:
    garage = Garage()
    for twc in garage.twcs.values():
        twc.plug()
    garage.run(200)
    assert garage.offers == {"one": 16, "two": 16}
    removed_at = garage.worlds["one"].now
    alone = replace(garage.circuit.config, buses=frozenset({"one"}))
    garage.circuit.configure(alone, removed_at)
    # Its connector goes on with what it has.
    garage.run(int(STOPPED_SECONDS) - 5)
    assert garage.highest <= 32
    garage.run(30)
    assert garage.offers["one"] == 32


def test_what_another_master_feeds_counts_on_after_the_port_is_lost() -> None:
    garage = Garage(amps=40)
    garage.twcs["one"].plug()
    second = garage.worlds["two"]
    second.decide(Snapshot(BusStatus.SECOND_MASTER))
    second.decide(Snapshot(BusStatus.OFFLINE))
    for _ in range(300):
        garage.circuit.measure(second.now, [("pump", LoadReading(0.0, second.now))])
        garage.worlds["one"].tick()
        second.now += 1
        assert garage.worlds["one"].twcs[ONE].offered <= 8


def test_what_a_bus_goes_on_with_counts_while_nothing_can_be_decided_for_it() -> None:
    """Its rules fail: it is offered nothing, but its car may go on, and another master may come."""
    garage = Garage()
    world = garage.worlds["two"]
    supply, place = CircuitSupply(WIRING), world.inputs.circuits
    garage.twcs["one"].plug()
    garage.run(200)
    assert garage.offers["one"] == 32
    running = world.inputs.snapshot
    (connector,) = running.connectors
    goes_on = replace(connector, possible=6.0, drawn=6.0)
    for snapshot, kept in [
        (replace(running, connectors=(goes_on,), possible=6.0), 6),
        (Snapshot(BusStatus.SECOND_MASTER), 32),
        (running, 0),
    ]:
        supply.report_undecided(world.now, place, snapshot)
        assert garage.circuit.status(world.now).buses["two"] == kept
        share = garage.circuit.update("one", world.now, BusDraw(possible=32))
        assert share.room == 32 - kept
