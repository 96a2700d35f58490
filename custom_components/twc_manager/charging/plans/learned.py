"""What is learned of the battery of a vehicle from its sessions, and the level that its owner has typed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final, Self

from ..planning.levels import EFFICIENCY
from .battery import BatteryState
from .need import OLD_SECONDS

LEARNED_FROM: Final = 15
"""The % by which a level has to rise: a step of 1 % is then less than a tenth of it."""
_CAPACITIES: Final = (5.0, 250.0)
_EFFICIENCIES: Final = (0.6, 1.0)
_NEW_SHARE: Final = 0.5
"""The share of a new session in what is learned."""


@dataclass(frozen=True, slots=True)
class LearnedBattery:
    """What the sessions of a vehicle have shown of its battery; None is not known yet.

    Attributes:
        capacity_kwh: its capacity.
        efficiency: kWh in the battery for a kWh at the connector.

    """

    capacity_kwh: float | None = None
    efficiency: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {"capacity_kwh": self.capacity_kwh, "efficiency": self.efficiency}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: if the data is something else.

        """
        return cls(
            _stored(data["capacity_kwh"], _CAPACITIES),
            _stored(data["efficiency"], _EFFICIENCIES),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """A level that was just reached, in %, and the kWh that the connector had measured then."""

    level: float
    kwh: float


class BatteryLearner:
    """Learns from the steps of a vehicle's level while it charges."""

    def __init__(self, learned: LearnedBattery = LearnedBattery()) -> None:
        """Continue from what was learned before."""
        self.learned = learned
        self._before = learned
        self._level: float | None = None
        self._kwh = 0.0
        self._first: _Step | None = None

    def update(
        self, level: float | None, charged_kwh: float | None, capacity: float | None
    ) -> None:
        """Take a report.

        Args:
            level: the reported level, in %; None or an impossible value if it is not known.
            charged_kwh: what the connector has measured since the vehicle was plugged in; None if it is not.
            capacity: its capacity, where that is known from elsewhere; then the efficiency is learned.

        """
        if charged_kwh is None or charged_kwh < self._kwh:
            self._end()
        if charged_kwh is None or level is None or not 0 <= level <= 100:
            return
        self._kwh = charged_kwh
        before, self._level = self._level, level
        if before is None or level == before:
            return
        if self._first is None or level < before:
            self._first = _Step(level, charged_kwh)
        self._learn(_Step(level, charged_kwh), capacity)

    def _end(self) -> None:
        """Note that the session has ended."""
        self._before = self.learned
        self._level, self._first, self._kwh = None, None, 0.0

    def _learn(self, step: _Step, capacity: float | None) -> None:
        assert self._first is not None
        percent, kwh = step.level - self._first.level, step.kwh - self._first.kwh
        if percent < LEARNED_FROM or kwh <= 0:
            return
        if capacity is None:
            shown = _possible(100 * kwh / percent * EFFICIENCY, _CAPACITIES)
            mixed = _mixed(self._before.capacity_kwh, shown)
            self.learned = replace(self.learned, capacity_kwh=mixed)
        else:
            shown = _possible(capacity * percent / 100 / kwh, _EFFICIENCIES)
            mixed = _mixed(self._before.efficiency, shown)
            self.learned = replace(self.learned, efficiency=mixed)


@dataclass(frozen=True, slots=True)
class TypedLevel:
    """The level that an owner has typed in for a vehicle that reports none.

    Attributes:
        level: the level, in %.
        connector_id: the connector at which it is; None before it was plugged in.
        at_kwh: what that had measured since plugging in when the level was typed in.

    """

    level: float
    connector_id: int | None = None
    at_kwh: float = 0.0

    def at(self, connector_id: int, charged_kwh: float) -> Self | None:
        """Return it at a connector that has measured some kWh; None if another session runs there than before.

        How far the vehicle has driven between them is not known.
        """
        if self.connector_id is None:
            return replace(self, connector_id=connector_id, at_kwh=charged_kwh)
        same = connector_id == self.connector_id and charged_kwh >= self.at_kwh
        return self if same else None

    def now(
        self,
        charged_kwh: float | None,
        capacity: float | None,
        efficiency: float | None,
    ) -> float:
        """Return the level with what was charged since, in %; without a capacity that is not known."""
        if charged_kwh is None or self.connector_id is None or capacity is None:
            return self.level
        kwh = (charged_kwh - self.at_kwh) * (efficiency or EFFICIENCY)
        return min(100.0, self.level + 100 * kwh / capacity)


class LevelEstimate:
    """The level of a vehicle between two reports, by what was charged since the last one."""

    def __init__(self) -> None:
        """Start without a report."""
        self._last: _Step | None = None

    def update(self, battery: BatteryState, charged_kwh: float | None) -> float | None:
        """Return the level now, in %; None if none is reported.

        Args:
            battery: what is known of the battery.
            charged_kwh: what the connector has measured since the vehicle was plugged in; None if it is not.

        """
        level, age = battery.level, battery.age
        if level is None or charged_kwh is None:
            self._last = None
            return level
        last = self._last
        is_old = age is not None and age > OLD_SECONDS
        if last is None or not is_old or level != last.level or charged_kwh < last.kwh:
            self._last = last = _Step(level, charged_kwh)
        if battery.capacity_kwh is None:
            return level
        kwh = (charged_kwh - last.kwh) * (battery.efficiency or EFFICIENCY)
        return min(100.0, level + 100 * kwh / battery.capacity_kwh)


def _mixed(before: float | None, shown: float | None) -> float | None:
    if before is None or shown is None:
        return before if shown is None else round(shown, 3)
    return round(before + _NEW_SHARE * (shown - before), 3)


def _possible(value: float, limits: tuple[float, float]) -> float | None:
    """Return a value within limits; None for any other."""
    return value if limits[0] <= value <= limits[1] else None


def _stored(value: float | None, limits: tuple[float, float]) -> float | None:
    if value is None:
        return None
    if not isfinite(value) or _possible(value, limits) is None:
        raise ValueError(f"battery: {value} cannot be")
    return float(value)
