"""On which phases of the main fuse each vehicle charges, learned from a sensor on each phase.

The vehicle decides how many phases it uses, the wires of its connector decide which ones. No device reports them. They
are found by steps: the draw of one vehicle changes by 3 A or more while the draws of all others stay the same, and one
phase does not change with it. A phase is left out only after four such steps in one stay of the vehicle, without a step
that contradicts them. A sensor that never changes proves nothing: another phase has to show the step, the sensor has to
change at other times, and it has to show a load once meanwhile, since a house battery may keep a phase near zero.

Beside loads that change all the time, such as an inverter under clouds, no single step can be judged. Four steps that
together leave nothing on such a phase make the vehicle unlikely to be there: the meter need not prove its raises on that
phase any more, but the phase still limits it.

What was learned may become wrong, as when a vehicle changes its phases by itself. So an overload of a phase that is
left out discards, after half a minute, what is known of that phase.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from statistics import median
from typing import Final

from ...twc import DRAWING_AMPS
from .fuse_load import FuseLoad
from .phase_votes import (
    KEPT_SECONDS,
    LEAVING_VOTES,
    RESTING_AMPS,
    DrawStep,
    PhaseVotes,
    RoughVotes,
    VehicleVotes,
    has_carried,
    is_loaded,
)
from .phases import PhaseReading, VehicleDraw, VehicleKey
from .response import STEP_AMPS
from .response_readings import DrawHistory
from .response_votes import LAST_SECONDS

OVERLOAD_SECONDS: Final = 30.0
"""An overload that lasts for so long refutes that a phase is left out."""

HEAVY: Final = 1.3
HEAVY_SECONDS: Final = 10.0
"""An overload of more than `HEAVY` times the fuse refutes it after this time, in s."""

_FEW_STEPS: Final = 5
"""A vehicle at the minimum is raised for a moment only while fewer steps were judged: a start and two raises."""

_MAXIMUM_STEPS: Final = 12
"""Number of judged steps of a vehicle after which no more are made for this purpose."""

_STILL_SHARE: Final = 0.25
"""Maximum share of a step by which a phase moves that has not shown it."""

_SHOWN_SHARES: Final = (0.5, 1.6)
"""Minimum and maximum share of a step by which a phase moves that has shown it."""

_CLEAR_SHARES: Final = (0.7, 1.3)
"""Where none of the phases that a vehicle is known to use has moved by such a share of a step, other loads blur it."""

_RISE_SECONDS: Final = 10.0
"""The time within which a vehicle begins to charge on another phase."""

_QUIET_SECONDS: Final = 10.0
_QUIET_AMPS: Final = STEP_AMPS / 3
"""A phase that moved by more shortly before a step may do so by itself after it."""


class ConnectedPhases:
    """Learns the phases of each vehicle, and forgets them when it leaves."""

    def __init__(self, size: float) -> None:
        """Start without knowledge; `size` is that of the fuse."""
        self._size = size
        self._vehicles: dict[VehicleKey, VehicleVotes] = {}
        self._values: dict[int, DrawHistory] = {}
        self._finest: dict[int, float] = {}
        self._overloads: dict[int, float] = {}
        self._patience = 0.0

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
        vehicles = self._vehicles.values()
        left_out = frozenset[int]().union(*(item.left_out for item in vehicles))
        times = (self._overloads[phase] for phase in left_out & self._overloads.keys())
        return min((at + OVERLOAD_SECONDS for at in times), default=None)

    def needs_raise(self, now: float) -> bool:
        """Return whether a raise of the only vehicle that draws would show which phases it uses."""
        vehicle = self._only(now)
        if vehicle is None or vehicle.unmetered is None or vehicle.shown is not None:
            return False
        return vehicle.unmetered < len(self._values) and vehicle.judged < _FEW_STEPS

    def needs_steps(self, now: float) -> bool:
        """Return whether a step would show more about the phases of a vehicle, and is worthwhile.

        That is so for the only one that draws, or for one that may have begun to charge on another phase.
        """
        quiet = max(_QUIET_SECONDS, self._patience)
        if any(item.needs_step(now, quiet) for item in self._vehicles.values()):
            return True
        vehicle = self._only(now)
        if vehicle is None or vehicle.judged >= _MAXIMUM_STEPS:
            return False
        draw = vehicle.draws.at(now)
        own = [
            self._values[phase].at(now) - draw
            for phase, item in vehicle.phases.items()
            if item.is_shown
        ]
        # A step is worthwhile where the phase limits the vehicle more than those that it is on.
        minimum = min(own, default=inf) + STEP_AMPS
        return any(
            self._values[phase].at(now) > minimum and self._is_open(item)
            for phase, item in vehicle.phases.items()
        )

    def _only(self, now: float) -> VehicleVotes | None:
        """Return the only vehicle that draws; None if there are more or none."""
        vehicles = self._vehicles.values()
        drawing = [item for item in vehicles if item.draws.at(now) >= DRAWING_AMPS]
        return drawing[0] if len(drawing) == 1 else None

    @staticmethod
    def _is_open(item: PhaseVotes) -> bool:
        """Return whether one more step may show that a vehicle does not charge on a phase."""
        if not item.still or item.is_left_out:
            return False
        return item.still < LEAVING_VOTES or item.has_moved

    def placed(self, load: FuseLoad, *, doubted: bool = False) -> FuseLoad:
        """Return the vehicles with the phases that they may charge on, and those that they were seen on.

        Args:
            load: the vehicles.
            doubted: whether what the sensors have shown of them may have been other loads.

        """
        vehicles = (
            replace(item, draw=self._placed(item.draw, doubted=doubted))
            for item in load.vehicles
        )
        return replace(load, vehicles=tuple(vehicles))

    def update(
        self,
        now: float,
        draws: Iterable[VehicleDraw],
        readings: Sequence[PhaseReading],
        patience: float,
    ) -> None:
        """Take what the vehicles draw and what the sensors show.

        Args:
            now: the time.
            draws: the draws of all vehicles.
            readings: the newest readings.
            patience: s within which the sensors show a step.

        """
        self._patience = patience
        steps = self._follow(now, draws)
        if any(len(item.phases) > 1 for item in readings):
            # A sensor that sums up the phases shows how many they are at most.
            return
        for reading in readings:
            self._read(now, reading)
        for key, step in steps.items():
            vehicle = self._vehicles[key]
            vehicle.judged += 1
            if self._is_alone(now, key, step):
                self._vote(now, vehicle, step, readings)

    def _follow(
        self, now: float, draws: Iterable[VehicleDraw]
    ) -> dict[VehicleKey, DrawStep]:
        """Follow the draws, forget what is known of vehicles that have left, and return the steps."""
        vehicles, steps = {}, {}
        for draw in draws:
            vehicle = self._vehicles.get(draw.key)
            if vehicle is None or vehicle.session != draw.session:
                vehicle = VehicleVotes(draw.session)
            vehicles[draw.key] = vehicle
            vehicle.unmetered = draw.unmetered
            step = vehicle.follow(now, draw.amps, self._patience)
            if step is not None:
                steps[draw.key] = step
        self._vehicles = vehicles
        return steps

    def _read(self, now: float, reading: PhaseReading) -> None:
        """Take the reading of a phase, and forget what an overload refutes."""
        if reading.amps is None:
            return
        (phase,) = reading.phases
        values = self._values.setdefault(phase, DrawHistory(KEPT_SECONDS))
        change = abs(reading.amps - values.at(now)) or inf
        self._finest[phase] = min(self._finest.get(phase, inf), change)
        values.add(now, reading.amps)
        if change < inf:
            self._note_movement(phase)
        rise = reading.amps - min(values.between(now - _RISE_SECONDS, now))
        for vehicle in self._vehicles.values():
            vehicle.note_rise(now, phase, rise, self._patience)
        heavy = reading.amps > HEAVY * self._size
        longest = HEAVY_SECONDS if heavy else OVERLOAD_SECONDS
        if reading.amps <= self._size:
            self._overloads.pop(phase, None)
        elif now - self._overloads.setdefault(phase, now) >= longest:
            del self._overloads[phase]
            for vehicle in self._vehicles.values():
                vehicle.forget(phase)

    def _note_movement(self, phase: int) -> None:
        """Note that the sensor of a phase is alive, which makes the steps count that it did not show before."""
        for vehicle in self._vehicles.values():
            if (item := vehicle.phases.get(phase)) is not None:
                item.note_movement(self._finest[phase])
            if (rough := vehicle.roughly.get(phase)) is not None:
                rough.has_moved = True

    def _placed(self, draw: VehicleDraw, *, doubted: bool) -> VehicleDraw:
        vehicle = self._vehicles.get(draw.key)
        if vehicle is None:
            return replace(draw, phases=self._phases_of(draw), shown=None)
        return replace(
            draw,
            phases=self._phases_of(draw),
            shown=None if doubted else vehicle.shown,
            seen=vehicle.seen,
            unlikely=frozenset() if doubted else self._believed(draw, vehicle.unlikely),
        )

    def _phases_of(self, draw: VehicleDraw) -> frozenset[int] | None:
        """Return the phases that a vehicle may charge on; None for all."""
        vehicle = self._vehicles.get(draw.key)
        left_out = self._believed(
            draw, frozenset() if vehicle is None else vehicle.left_out
        )
        return frozenset(self._values.keys() - left_out) if left_out else None

    def _believed(self, draw: VehicleDraw, absent: frozenset[int]) -> frozenset[int]:
        """Return the phases that a vehicle does not charge on; none if fewer are left than it uses."""
        left = self._values.keys() - absent
        return absent if len(left) >= draw.known_phases else frozenset()

    def _is_alone(self, now: float, key: VehicleKey, step: DrawStep) -> bool:
        """Return whether no other vehicle's draw has moved from before the step until now."""
        began = step.began - self._patience
        return all(
            item.draws.swing(began, now) < RESTING_AMPS
            for other, item in self._vehicles.items()
            if other != key
        )

    def _vote(
        self,
        now: float,
        vehicle: VehicleVotes,
        step: DrawStep,
        readings: Iterable[PhaseReading],
    ) -> None:
        """Take the vote of each phase on a step."""
        phases = [
            phase
            for reading in readings
            if reading.alive_at >= step.ended
            for phase in reading.phases
        ]
        rough = _known(
            {phase: self._rough_share(now, phase, vehicle, step) for phase in phases}
        )
        if _is_blurred(rough, vehicle.seen):
            return
        self._vote_roughly(now, vehicle, step, rough)
        shares = _known({phase: self._share(now, phase, step) for phase in phases})
        self._vote_alone(now, vehicle, step, shares)

    def _vote_alone(
        self,
        now: float,
        vehicle: VehicleVotes,
        step: DrawStep,
        shares: Mapping[int, float],
    ) -> None:
        """Take the votes of the phases that no other load has changed."""
        low, high = _SHOWN_SHARES
        is_shown = any(low <= share <= high for share in shares.values())
        for phase, share in shares.items():
            item = vehicle.vote(now, phase, seen=low <= share <= high)
            if share >= low:
                vehicle.phases[phase] = item.note_share()
            elif is_shown and abs(share) <= _STILL_SHARE:
                self._note_still(now, phase, vehicle, step)

    def _vote_roughly(
        self,
        now: float,
        vehicle: VehicleVotes,
        step: DrawStep,
        shares: Mapping[int, float],
    ) -> None:
        """Take what each phase has shown of a step, also of one that other loads move, if one phase has shown it."""
        low, high = _SHOWN_SHARES
        if not any(low <= share <= high for share in shares.values()):
            return
        for phase, share in shares.items():
            rough = vehicle.roughly.setdefault(phase, RoughVotes())
            since = rough.begin(step.began)
            rough.add(share, credible=self._is_credible(now, phase, vehicle, since))

    def _is_credible(
        self, now: float, phase: int, vehicle: VehicleVotes, since: float
    ) -> bool:
        """Return whether what moves on a phase may be more than noise, of which nothing was seen since a time.

        A vehicle that shows on two others is more likely to use all of them, and where it was seen before it is more
        likely to be still: then noise is no sign of life.
        """
        item = vehicle.phases.get(phase)
        is_expected = len(vehicle.seen) > 1 or (item is not None and item.was_seen)
        return not is_expected or has_carried(self._values[phase], now, since)

    def _rough_share(
        self, now: float, phase: int, vehicle: VehicleVotes, step: DrawStep
    ) -> float | None:
        """Return by how many times the step a phase changed; None where other loads changed more than that before it."""
        values = self._values[phase]
        begin = step.began - max(_QUIET_SECONDS, self._patience)
        own = vehicle.draws.swing(begin, step.began)
        if values.swing(begin, step.began) > own + abs(step.change):
            return None
        last = median(values.between(now - LAST_SECONDS, now))
        return (last - values.at(step.began)) / step.change

    def _note_still(
        self, now: float, phase: int, vehicle: VehicleVotes, step: DrawStep
    ) -> None:
        """Note that a phase has not shown a step."""
        item = vehicle.phases[phase]
        item.still_since = min(item.still_since, step.began)
        item.note_still(
            loaded=is_loaded(self._values[phase], step.began, now),
            credible=self._is_credible(now, phase, vehicle, item.still_since),
        )

    def _share(self, now: float, phase: int, step: DrawStep) -> float | None:
        """Return how many times the step a phase moved; None where another load was switched meanwhile."""
        values, slack = self._values[phase], abs(step.change) / 3
        quiet = max(_QUIET_SECONDS, self._patience)
        old = values.between(step.began - quiet, step.began)
        new = values.between(now - LAST_SECONDS, now)
        if max(old) - min(old) > _QUIET_AMPS or max(new) - min(new) > slack:
            return None
        first, last = median(old), median(new)
        low, high = min(first, last) - slack, max(first, last) + slack
        if any(not low <= item <= high for item in values.between(step.began, now)):
            return None
        return (last - first) / step.change


def _known(shares: Mapping[int, float | None]) -> dict[int, float]:
    """Return the shares of those phases that can be judged."""
    return {phase: share for phase, share in shares.items() if share is not None}


def _is_blurred(shares: Mapping[int, float], seen: frozenset[int]) -> bool:
    """Return whether other loads changed with a step, since the phases that a vehicle was seen on show another size.

    The inverter of a roof changes all phases by the same when a cloud passes. Where they all stand still the vehicle is
    elsewhere: then it is judged.
    """
    low, high = _CLEAR_SHARES
    known = [share for phase, share in shares.items() if phase in seen]
    is_clear = any(low <= share <= high for share in known)
    return not is_clear and any(abs(share) > _STILL_SHARE for share in known)
