"""On how many phases the vehicles charge, learned from a meter that contains the connectors.

The meters of most connectors report no amps per phase. A meter of the house shows by how many W it moves when one
vehicle's draw moves by some A. Nothing else in a house moves by just that much at just that time, as a rule; an
exception is outvoted by the next steps.

Times are in s of a monotonic clock, draws in A of each phase, powers in W.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .surplus_meter import MeteredPower

_STEP_AMPS: Final = 3.0
"""Minimum change of a vehicle's draw that is recognized in a meter's readings."""
_STILL_AMPS: Final = 0.5
"""Draws that differ by less are the same."""
_LAG_SECONDS: Final = 8.0
"""Lag of meters."""
_COMPARE_SECONDS: Final = 45.0
"""For how long a reading from before a step waits for one that shows it, beyond the meter's interval."""
_TOLERANCE: Final = 0.35
"""How far a step may be from a whole number of phases: amps are rounded, volts may be nominal ones."""
_VOTES: Final = 5
TRIAL_SECONDS: Final = 600.0
"""Time after which a vehicle whose phases have not shown is assumed to use all phases of its connector."""


@dataclass(frozen=True, slots=True)
class ConnectorDraw:
    """What a vehicle draws: A, the V of a phase of its connector, and the phases of the connector."""

    amps: float
    volts: float
    phases: int


@dataclass(frozen=True, slots=True)
class _Base:
    """A reading that was taken while the draws stood still."""

    at: float
    watts: float
    draws: Mapping[int, ConnectorDraw]


@dataclass(slots=True)
class _Vehicle:
    """What is known of the vehicle at a connector since it was plugged in."""

    votes: deque[int] = field(default_factory=lambda: deque(maxlen=_VOTES))
    trial_since: float | None = None
    is_tried: bool = False


class VehiclePhases:
    """Learns the number of phases of each vehicle, and forgets it when the vehicle is unplugged."""

    __slots__ = ("_base", "_draws", "_still_since", "_vehicles")

    def __init__(self) -> None:
        """Start without knowledge."""
        self._vehicles: dict[int, _Vehicle] = {}
        self._draws: Mapping[int, ConnectorDraw] = {}
        self._still_since = 0.0
        self._base: _Base | None = None

    def votes(self, connector_id: int) -> tuple[int | None, int]:
        """Return the phases that a vehicle was seen to use, and how often; of two seen as often, the higher number."""
        vehicle = self._vehicles.get(connector_id)
        if vehicle is None or not vehicle.votes:
            return None, 0
        counts = Counter(vehicle.votes)
        phases = max(counts, key=lambda phases: (counts[phases], phases))
        return phases, counts[phases]

    def may_show(self, connector_id: int) -> bool:
        """Return whether the phases of a vehicle are not known, but will show as soon as it draws.

        That is so once in a session: a vehicle that was tried in vain is taken to use all phases.
        """
        vehicle = self._vehicles.get(connector_id)
        return vehicle is None or not (vehicle.votes or vehicle.is_tried)

    def forget(self, connector_id: int) -> None:
        """Forget a vehicle that was unplugged."""
        self._vehicles.pop(connector_id, None)

    def update(
        self,
        now: float,
        draws: Mapping[int, ConnectorDraw],
        meter: MeteredPower | None,
    ) -> None:
        """Take what the vehicles draw now and the newest measurement of a meter that contains them."""
        self._follow_trials(now, draws)
        if draws.keys() != self._draws.keys() or _changed(draws, self._draws):
            self._draws, self._still_since = dict(draws), now
        if meter is None:
            self._base = None
        elif meter.at >= self._still_since + _LAG_SECONDS:
            new = _Base(meter.at, meter.watts, self._draws)
            self._compare(new, meter.interval)

    def _follow_trials(self, now: float, draws: Mapping[int, ConnectorDraw]) -> None:
        for connector_id, draw in draws.items():
            vehicle = self._vehicles.setdefault(connector_id, _Vehicle())
            if draw.amps >= 1 and vehicle.trial_since is None:
                vehicle.trial_since = now
            if (since := vehicle.trial_since) is None:
                continue
            if draw.amps < 1 or now - since >= TRIAL_SECONDS:
                vehicle.is_tried = True

    def _compare(self, new: _Base, interval: float) -> None:
        """Take the vote on the step between two measurements, if it is one vehicle's."""
        base = self._base
        if base is None or base.draws.keys() != new.draws.keys():
            self._base = new
            return
        changed = _changed(new.draws, base.draws)
        if len(changed) == 1 and abs(step := changed[0][1]) >= _STEP_AMPS:
            draw = new.draws[changed[0][0]]
            share = (new.watts - base.watts) / (step * draw.volts)
            phases = min(max(round(share), 1), draw.phases)
            if abs(share - phases) > _TOLERANCE:
                if new.at - base.at <= interval + _COMPARE_SECONDS:
                    return
            else:
                self._vehicles[changed[0][0]].votes.append(phases)
        self._base = new


def _changed(
    draws: Mapping[int, ConnectorDraw], before: Mapping[int, ConnectorDraw]
) -> list[tuple[int, float]]:
    """Return the connectors whose draw has changed, and by how many A."""
    steps = ((key, item.amps - before[key].amps) for key, item in draws.items())
    return [(key, step) for key, step in steps if abs(step) >= _STILL_AMPS]
