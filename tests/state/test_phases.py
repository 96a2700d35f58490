"""Energy and power of vehicles that use fewer phases than their connector has, as an owner sees them."""

from dataclasses import replace
from datetime import UTC, datetime
import json

import pytest

from custom_components.twc_manager.charging.metering.circumstances import Circumstances
from custom_components.twc_manager.charging.metering.stored_energy import StoredEnergy
from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseHints,
    PhaseSource,
)
from custom_components.twc_manager.charging.supply.green_phases import GreenPhases
from custom_components.twc_manager.charging.supply.surplus_meter import MeteredPower
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.meters import ConnectorMeters
from custom_components.twc_manager.twc import ConnectorState, PlugState, Snapshot, State

AT = datetime(2026, 6, 1, tzinfo=UTC)
WIRING = Wiring(32, 32, 6, 230, 3)


class Garage:
    """A vehicle at a three-phase connector that measures no current of a phase, reported every 5 s."""

    def __init__(self, phases: int, amps: float = 16.0, volts: float = 230.0) -> None:
        self.phases, self.amps, self.volts = phases, amps, volts
        self.now = 1000.0
        self.true = 0.0
        self.counted = 500.3
        self.unit = 1.0
        self.shift = 0
        """What is wrong with the connector's counter."""
        self.has_counter = True
        self.read_at = self.count = 0
        self.owner: int | None = None
        self.measures = False
        self.metered = False
        self.plugged = True
        self.knowledge = GreenPhases(WIRING)
        self.meters = ConnectorMeters(WIRING, 1, 32.0)
        self.shown = -1.0
        self.run(10, amps=0)
        self.amps = amps

    @property
    def state(self) -> ConnectorState:
        amps = self.amps if self.plugged else 0.0
        each = [amps if phase < self.phases else 0.0 for phase in range(3)]
        return ConnectorState(
            1,
            1,
            32.0,
            state=State.CHARGING if amps else State.READY,
            offered=32.0,
            drawn=amps,
            plug=PlugState.PLUGGED_IN if self.plugged else PlugState.UNPLUGGED,
            meter=self.count if self.has_counter else None,
            volts=(230, 230, 230) if self.measures else None,
            phase_amps=(each[0], each[1], each[2]) if self.measures else None,
        )

    @property
    def session(self) -> float:
        return self.meters.session_energy

    @property
    def source(self) -> PhaseSource:
        return self.meters.phases.source

    @property
    def total(self) -> float:
        """Return the energy that was added to the total since the beginning."""
        return self.shown - (500.0 if self.has_counter else 0.0)

    @property
    def watts(self) -> int:
        return self.meters.read(self.state, self.now).power

    def run(self, seconds: float, amps: float | None = None) -> None:
        if amps is not None:
            self.amps = amps
        for _ in range(round(seconds / 5)):
            self.now += 5
            flows = self.amps * self.volts * self.phases * 5 / 3.6e6
            self.true += flows
            self.counted += flows
            if self.now - self.read_at >= 10:
                self.read_at = int(self.now)
                self.count = int(self.counted / self.unit + 1e-9) + self.shift
            self.report()

    def report(self) -> None:
        state = self.state
        counted = self.meters.counted_phases
        hints = PhaseHints(
            counted={} if counted is None else {1: counted},
            owner={} if self.owner is None else {1: self.owner},
        )
        snapshot = Snapshot(connectors=(state,))
        self.knowledge.observe(snapshot, hints, {1} if self.plugged else ())
        meter = None
        if self.metered:
            watts = 400 + self.amps * self.volts * self.phases
            meter = MeteredPower(self.now, watts, 5)
        self.knowledge.update(self.now, snapshot, meter, contains_vehicles=self.metered)
        self.meters.update_phases(self.knowledge.knowledge(state))
        self.meters.count(state, Circumstances(), self.now, AT)
        kwh = self.meters.stored_energy.kwh
        assert kwh >= self.shown
        self.shown = kwh

    def charge(self, kwh: float) -> None:
        """Charge until so much has flowed."""
        end = self.true + kwh
        while self.true < end:
            self.run(60)

    def restart(self) -> None:
        energy = StoredEnergy.from_dict(
            json.loads(json.dumps(self.meters.stored_energy.as_dict()))
        )
        session = json.loads(json.dumps(self.meters.stored_session))
        self.meters = ConnectorMeters(
            WIRING, 1, 32.0, energy, away_s=5, at=self.now, session=session
        )
        self.knowledge = GreenPhases(WIRING)


@pytest.mark.parametrize("volts", [216.0, 230.0, 244.0])
@pytest.mark.parametrize("amps", [6.0, 16.0, 32.0])
@pytest.mark.parametrize("phases", [1, 2, 3])
def test_the_counter_shows_how_many_phases_a_vehicle_uses(
    phases: int, amps: float, volts: float
) -> None:
    garage = Garage(phases, amps, volts)
    assert garage.source is PhaseSource.ASSUMED
    assert garage.watts == pytest.approx(3 * 230 * amps, abs=20)
    garage.charge(4.5)
    assert garage.source is PhaseSource.COUNTER
    assert garage.watts == pytest.approx(phases * 230 * amps, abs=20)
    assert garage.session == pytest.approx(garage.true, rel=0.1)
    garage.charge(20)
    assert garage.session == pytest.approx(garage.true, rel=0.1)
    assert garage.total == pytest.approx(garage.true + 0.3, abs=1)


@pytest.mark.parametrize("unit", [0.1, 0.01])
def test_a_finer_counter_shows_it_as_well(unit: float) -> None:
    garage = Garage(1)
    garage.unit = unit
    garage.meters = ConnectorMeters(WIRING, 1, 32.0, StoredEnergy(settled=True))
    garage.shown = -1.0
    garage.charge(30)
    assert garage.source is PhaseSource.COUNTER
    assert garage.watts == pytest.approx(230 * 16, abs=20)


def test_three_phases_are_never_taken_for_fewer() -> None:
    for real in (0.85, 0.92, 1.0, 1.08, 1.15):
        garage = Garage(3, 32.0, 230.0 * real)
        for _ in range(40):
            garage.charge(0.5)
            assert garage.meters.phases.count == 3
            # The volts are nominal ones, so that the energy is as far from the truth as they are.
            assert garage.session == pytest.approx(garage.true / real, rel=0.03)


@pytest.mark.parametrize("shift", [-500, -3, 1, 2, 30])
@pytest.mark.parametrize("phases", [1, 3])
def test_a_counter_that_jumps_or_is_reset_teaches_nothing_wrong(
    phases: int, shift: int
) -> None:
    garage = Garage(phases)
    garage.charge(0.5)
    for _ in range(4):
        garage.shift += shift
        for _ in range(8):
            garage.charge(0.5)
            assert garage.meters.phases.count in {phases, 3}


def test_a_vehicle_that_goes_on_with_three_phases_in_the_middle_of_its_session() -> (
    None
):
    garage = Garage(1)
    garage.charge(5)
    assert garage.meters.phases.count == 1
    garage.phases = 3
    garage.charge(6)
    assert garage.meters.phases.count == 3
    assert garage.session == pytest.approx(garage.true, abs=1)
    assert garage.total == pytest.approx(garage.true, abs=1)
    garage.phases = 1
    garage.charge(6)
    assert garage.meters.phases.count == 1
    assert garage.session == pytest.approx(garage.true, abs=2)
    assert garage.total == pytest.approx(garage.true, abs=1)


def test_three_phases_are_certain_only_while_the_counter_keeps_up() -> None:
    garage = Garage(3)
    garage.charge(4)
    for _ in range(20):
        garage.charge(0.3)
        assert garage.meters.phases.is_certain
    garage.phases = 1
    garage.charge(0.6)
    assert not garage.meters.phases.is_certain


@pytest.mark.parametrize(("unit", "kwh"), [(1.0, 2.3), (0.1, 1.4)])
def test_one_phase_is_certain_only_while_the_counter_agrees(
    unit: float, kwh: float
) -> None:
    """The main fuse would let it charge beside a phase whose sensor is dead."""
    garage = Garage(1)
    garage.unit = unit
    garage.meters = ConnectorMeters(WIRING, 1, 32.0, StoredEnergy(settled=True))
    garage.shown = -1.0
    garage.charge(30)
    for _ in range(20):
        garage.charge(0.3)
        assert garage.meters.phases.is_certain
    garage.phases = 3
    garage.charge(kwh)
    assert garage.meters.phases.count == 3
    assert garage.meters.counted_phases is None


def test_another_vehicle_is_not_known_by_the_one_before() -> None:
    garage = Garage(1)
    garage.charge(5)
    garage.plugged = False
    garage.run(60, amps=0)
    garage.plugged = True
    garage.run(60, amps=16)
    assert garage.source is PhaseSource.ASSUMED
    assert garage.watts == pytest.approx(3 * 230 * 16, abs=20)


def test_what_the_owner_set_counts_until_there_is_evidence() -> None:
    garage = Garage(1)
    garage.owner = 2
    garage.charge(0.5)
    assert (garage.source, garage.meters.phases.count) == (PhaseSource.OWNER, 2)
    assert not garage.meters.phases.is_certain
    garage.charge(5)
    assert (garage.source, garage.meters.phases.count) == (PhaseSource.COUNTER, 1)
    assert garage.session == pytest.approx(garage.true, rel=0.05)


def test_what_the_owner_sets_in_the_middle_of_a_session_holds_for_all_of_it() -> None:
    garage = Garage(1)
    garage.has_counter = False
    garage.charge(4)
    assert garage.session == pytest.approx(3 * garage.true, rel=0.02)
    garage.owner = 1
    garage.run(5)
    assert garage.session == pytest.approx(garage.true, rel=0.02)


def test_the_total_waits_for_what_was_counted_too_much_and_never_falls() -> None:
    garage = Garage(1)
    garage.meters = ConnectorMeters(WIRING, 1, 32.0, StoredEnergy(settled=True))
    garage.has_counter, garage.shown = False, -1.0
    before = garage.true
    garage.charge(2)
    ahead = garage.shown
    assert ahead == pytest.approx(3 * (garage.true - before), rel=0.05)
    garage.owner = 1
    garage.charge(3)
    assert garage.shown == ahead
    garage.charge(10)
    assert garage.shown == pytest.approx(garage.true - before, rel=0.02)


def test_a_meter_of_the_house_shows_it_before_the_counter_does() -> None:
    garage = Garage(1, 16.0)
    garage.metered = True
    garage.run(120, amps=6)
    garage.run(120, amps=16)
    assert garage.source is PhaseSource.METER
    assert garage.session == pytest.approx(garage.true, rel=0.05)
    # One step may have been another load's.
    assert not garage.meters.phases.is_certain
    for amps in (6, 16, 10, 6):
        garage.run(120, amps=amps)
    assert garage.meters.phases.is_certain


def test_a_connector_that_measures_its_phases_needs_nothing_else() -> None:
    garage = Garage(1)
    garage.measures = True
    garage.owner = 3
    garage.run(300)
    assert garage.source is PhaseSource.MEASURED
    assert garage.meters.phases.is_certain
    assert garage.session == pytest.approx(garage.true, rel=0.03)
    # Between two charges the connector measures nothing.
    garage.run(60, amps=0)
    assert garage.source is PhaseSource.MEASURED


def test_a_restart_corrects_what_was_assumed_before() -> None:
    garage = Garage(1)
    garage.charge(1.5)
    garage.restart()
    garage.charge(3.5)
    assert garage.source is PhaseSource.COUNTER
    assert garage.session == pytest.approx(garage.true, rel=0.05)
    garage.restart()
    garage.run(600)
    # What was proven is not made worse by what is assumed again.
    assert garage.session == pytest.approx(garage.true, abs=2)


def test_a_connector_on_one_phase_has_nothing_to_learn() -> None:
    meters = ConnectorMeters(replace(WIRING, phases=1), 1, 32.0)
    assert meters.phases.source is PhaseSource.WIRING
    assert meters.phases.is_certain
