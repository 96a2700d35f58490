"""What proves on which phases of the main fuse a vehicle charges, and what does not."""

from dataclasses import dataclass, field

import pytest

from custom_components.twc_manager.charging.supply.connected_phases import (
    ConnectedPhases,
)
from custom_components.twc_manager.charging.supply.fuse_load import (
    FuseLoad,
    VehicleLoad,
)
from custom_components.twc_manager.charging.supply.phases import (
    PhaseReading,
    VehicleDraw,
)
from tests.charging.world import ONE, TWO

PATIENCE = 12.0
L1, L2, L3 = range(3)
ALL = (L1, L2, L3)


@dataclass(slots=True)
class Trial:
    """A vehicle on L1, another one, loads that the test sets, and a sensor on each phase."""

    loads: list[float] = field(default_factory=lambda: [3.0, 8.0, 8.0])
    on: tuple[int, ...] = (L1,)
    count: int | None = None
    session: object = 1
    draws: dict[int, float] = field(default_factory=lambda: {ONE: 6.0})
    dead: dict[int, float] = field(default_factory=dict)
    """What a sensor shows that does not measure."""
    bands: dict[int, float] = field(default_factory=dict)
    """By how many A a phase has to move before its sensor reports that."""
    shown: dict[int, float] = field(default_factory=dict)
    now: float = 1000.0
    learned: ConnectedPhases = field(default_factory=lambda: ConnectedPhases(63.0))

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            readings = [
                PhaseReading(
                    self.dead.get(phase, self._show(phase, load)),
                    self.now,
                    self.now,
                    frozenset({phase}),
                )
                for phase, load in enumerate(self.loads)
            ]
            self.learned.update(self.now, self.load.draws, readings, PATIENCE)

    def _show(self, phase: int, load: float) -> float:
        amps = load + self.draws[ONE] * (phase in self.on) + self.now % 7 / 50
        last = self.shown.get(phase, -99.0)
        if abs(amps - last) >= self.bands.get(phase, 0.0):
            self.shown[phase] = amps
        return self.shown[phase]

    def step(self, amps: float, *, by: int = ONE) -> None:
        self.draws[by] += amps
        self.run(20)

    def steps(self, count: int) -> None:
        self.run(20)
        for number in range(count):
            self.step(-3.0 if number % 2 else 3.0)

    @property
    def load(self) -> FuseLoad:
        return FuseLoad(
            tuple(
                VehicleLoad(
                    VehicleDraw("", key, amps, count=self.count, session=self.session)
                )
                for key, amps in self.draws.items()
            )
        )

    @property
    def phases(self) -> frozenset[int] | None:
        """Return the phases that the vehicle is known to charge on."""
        return self.learned.placed(self.load).vehicles[0].draw.phases


@pytest.mark.parametrize("on", [(L1,), (L2,), (L1, L3)])
def test_four_agreeing_steps_prove_the_phases(on: tuple[int, ...]) -> None:
    trial = Trial(on=on, loads=[8.0, 8.0, 8.0])
    trial.steps(4)
    assert trial.phases == frozenset(on)


@pytest.mark.parametrize(
    ("steps", "count", "unlikely"),
    [(3, None, ()), (4, None, (L2, L3)), (4, 1, (L2, L3)), (4, 2, ()), (4, 3, ())],
)
def test_a_vehicle_seems_to_be_elsewhere_only_after_as_many_steps_and_if_enough_phases_are_left(
    steps: int, count: int | None, unlikely: tuple[int, ...]
) -> None:
    trial = Trial(loads=[3.0, 0.5, 0.5], count=count)
    trial.steps(steps)
    placed = trial.learned.placed(trial.load).vehicles[0].draw
    assert (placed.phases, placed.unlikely) == (None, frozenset(unlikely))


def test_one_step_fewer_proves_nothing() -> None:
    trial = Trial()
    trial.steps(3)
    assert trial.phases is None


@pytest.mark.parametrize(
    ("steps", "load", "needs"),
    [(3, 8.0, True), (4, 8.0, False), (3, 5.0, False), (0, 8.0, False)],
)
def test_another_step_is_needed_only_where_it_would_show_something_of_use(
    steps: int, load: float, *, needs: bool
) -> None:
    trial = Trial(loads=[3.0, load, 3.0])
    trial.steps(steps)
    assert trial.learned.needs_steps(trial.now) is needs


def test_a_step_that_a_phase_shows_begins_anew() -> None:
    trial = Trial()
    trial.steps(3)
    trial.on = ALL
    trial.run(30)
    trial.step(-3.0)
    trial.on = (L1,)
    trial.run(30)
    for amps in (3.0, -3.0, 3.0):
        trial.step(amps)
    assert trial.phases is None
    trial.step(-3.0)
    assert trial.phases == frozenset({L1})


def test_a_step_against_what_was_proven_refutes_it() -> None:
    trial = Trial()
    trial.steps(4)
    trial.on = ALL
    trial.run(30)
    trial.step(3.0)
    assert trial.phases is None


def test_a_load_that_is_switched_at_the_same_time_proves_nothing() -> None:
    """Each step of a vehicle on all phases is hidden on L3 by a load that falls."""
    trial = Trial(on=ALL, loads=[3.0, 8.0, 40.0])
    trial.run(20)
    for number in range(8):
        trial.loads[L3] += 9.0 if number % 2 else -9.0
        trial.step(-3.0 if number % 2 else 3.0)
    assert trial.phases is None


def test_a_phase_that_moves_by_itself_all_the_time_proves_nothing() -> None:
    trial = Trial()
    trial.run(20)
    for number in range(8):
        trial.draws[ONE] += -3.0 if number % 2 else 3.0
        for _ in range(5):
            trial.loads[L3] = 20.0
            trial.run(2)
            trial.loads[L3] = 8.0
            trial.run(2)
    assert trial.phases == frozenset({L1, L3})


def test_a_step_of_another_vehicle_at_the_same_time_proves_nothing() -> None:
    trial = Trial(draws={ONE: 6.0, TWO: 12.0})
    trial.run(20)
    for number in range(8):
        trial.draws[TWO] += 3.0 if number % 2 else -3.0
        trial.step(-3.0 if number % 2 else 3.0)
    assert trial.phases is None


@pytest.mark.parametrize("shown", [0.0, 8.0])
def test_a_sensor_that_does_not_move_proves_nothing(shown: float) -> None:
    trial = Trial(on=ALL, dead={L3: shown})
    trial.steps(8)
    assert trial.phases is None


@pytest.mark.parametrize("band", [3.2, 5.0])
def test_a_sensor_that_reports_only_large_changes_proves_nothing(band: float) -> None:
    """The other one reports every change."""
    trial = Trial(on=(L1, L2), bands={L2: band})
    trial.steps(2)
    for oven in (9.0, -9.0, 9.0, -9.0):
        trial.loads[L2] += oven
        trial.run(30)
        trial.step(3.0 if oven < 0 else -3.0)
    assert trial.phases in {None, frozenset({L1, L2})}


def test_a_phase_that_is_held_near_zero_proves_nothing() -> None:
    """A house battery on L3 takes the vehicle's draw there upon itself."""
    trial = Trial(on=ALL)
    trial.run(20)
    for number in range(8):
        trial.dead[L3] = 0.1 * (number % 3)
        trial.step(-3.0 if number % 2 else 3.0)
    assert trial.phases is None


def test_sensors_that_show_no_step_at_all_prove_nothing() -> None:
    trial = Trial(on=())
    trial.steps(8)
    assert trial.phases is None


def test_another_stay_of_a_vehicle_begins_anew() -> None:
    trial = Trial()
    trial.steps(4)
    trial.session = 2
    trial.run(1)
    assert trial.phases is None
    trial.steps(3)
    assert trial.phases is None


def test_more_phases_that_are_certain_refute_it() -> None:
    trial = Trial(count=3)
    trial.steps(4)
    assert trial.phases is None


@pytest.mark.parametrize(("load", "seconds"), [(64.0, 30), (90.0, 10)])
def test_an_overload_that_stays_refutes_that_a_phase_is_left_out(
    load: float, seconds: int
) -> None:
    trial = Trial()
    trial.steps(4)
    trial.loads[L3] = load
    trial.run(seconds)
    assert trial.phases == frozenset({L1})
    trial.run(1)
    assert trial.phases == frozenset({L1, L3})


def test_overloads_that_end_refute_nothing() -> None:
    trial = Trial()
    trial.steps(4)
    for _ in range(5):
        trial.loads[L3] = 64.0
        trial.run(29)
        trial.loads[L3] = 8.0
        trial.run(10)
    assert trial.phases == frozenset({L1})


def _unlikely(trial: Trial) -> frozenset[int]:
    return trial.learned.placed(trial.load).vehicles[0].draw.unlikely


def _restless_steps(trial: Trial, count: int) -> None:
    """Make steps while a load of 1.5 A on L3 is switched before, during and after each of them."""
    trial.run(20)
    for number in range(count):
        for on in (True, False) * 3:
            trial.loads[L3] += 1.5 if on else -1.5
            trial.run(4)
        trial.draws[ONE] += -3.0 if number % 2 else 3.0
        for on in (True, False) * 3:
            trial.loads[L3] += 0.7 if on else -0.7
            trial.run(4)


@pytest.mark.parametrize(
    ("steps", "on", "unlikely"),
    [(3, (L1,), ()), (4, (L1,), (L2, L3)), (8, ALL, ()), (8, (L1, L3), (L2,))],
)
def test_a_vehicle_seems_not_to_be_on_a_phase_that_loads_change_all_the_time(
    steps: int, on: tuple[int, ...], unlikely: tuple[int, ...]
) -> None:
    """None of its steps can be judged there alone: it waited for such a phase at each raise, permanently."""
    trial = Trial(on=on)
    _restless_steps(trial, steps)
    assert _unlikely(trial) == frozenset(unlikely)
    assert trial.phases is None or L3 in trial.phases


def test_a_vehicle_that_begins_to_charge_on_such_a_phase_is_seen_there() -> None:
    trial = Trial()
    _restless_steps(trial, 4)
    assert _unlikely(trial) == {L2, L3}
    trial.on = ALL
    _restless_steps(trial, 2)
    assert _unlikely(trial) == frozenset()


def test_a_cloud_that_passes_at_a_step_does_not_undo_what_is_known() -> None:
    """It changes all phases by the same: that of the vehicle by more than the step."""
    trial = Trial()
    trial.steps(4)
    assert _unlikely(trial) == {L2, L3}
    for sign in (1, -1, 1):
        trial.loads = [load + sign * 2.4 for load in trial.loads]
        trial.step(sign * 3.0)
    assert _unlikely(trial) == {L2, L3}


def test_a_cloud_that_passes_at_the_start_does_not_hide_where_a_vehicle_is() -> None:
    """It was seen on L2 and L3 only, and each further step was taken for another cloud: no phase was ever found."""
    trial = Trial(draws={ONE: 0.0})
    trial.run(20)
    trial.loads = [load + 4.0 for load in trial.loads]
    trial.step(6.0)
    trial.steps(6)
    assert _unlikely(trial) == {L2, L3}
