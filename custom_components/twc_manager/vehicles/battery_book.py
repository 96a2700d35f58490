"""What is known of the batteries of the vehicles of one bus: reported, entered, or learned from their sessions."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import inf
from typing import Any, Self

from ..charging.plans.battery import BatteryState
from ..charging.plans.inputs import PluggedIn
from ..charging.plans.learned import (
    BatteryLearner,
    LearnedBattery,
    LevelEstimate,
    TypedLevel,
)
from ..charging.plans.level_rules import LevelLimits


@dataclass(frozen=True, slots=True)
class StoredBattery:
    """What is stored of the battery of a vehicle.

    Attributes:
        learned: what its sessions have shown.
        typed: the level that its owner has typed in; None without one.
        limits: the levels that its owner has set.

    """

    learned: LearnedBattery = LearnedBattery()
    typed: TypedLevel | None = None
    limits: LevelLimits = LevelLimits()

    def as_dict(self) -> dict[str, Any]:
        """Return the data as JSON values."""
        typed = self.typed
        return {
            "learned": self.learned.as_dict(),
            "typed": None if typed is None else asdict(typed),
            "limits": asdict(self.limits),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the battery from `as_dict`; raises one of `PARSE_ERRORS` if the data are not valid."""
        typed = data["typed"]
        return cls(
            LearnedBattery.from_dict(data["learned"]),
            None if typed is None else _typed(typed),
            _limits(data["limits"]),
        )


def _limits(data: Mapping[str, Any]) -> LevelLimits:
    """Return stored limits; raises one of `PARSE_ERRORS` if they are not valid."""
    limits = LevelLimits(int(data["at_once"]), int(data["stop_at"]))
    if not 0 <= limits.at_once <= 100 or not 0 < limits.stop_at <= 100:
        raise ValueError(f"battery: {limits} cannot be")
    return limits


def _typed(data: Mapping[str, Any]) -> TypedLevel:
    """Return a stored level; raises one of `PARSE_ERRORS` if it is not valid."""
    level, at_kwh = float(data["level"]), float(data["at_kwh"])
    if not 0 <= level <= 100 or not 0 <= at_kwh < inf:
        raise ValueError(f"battery: {level} % at {at_kwh} kWh cannot be")
    connector_id = data["connector_id"]
    return TypedLevel(
        level, None if connector_id is None else int(connector_id), at_kwh
    )


@dataclass(slots=True)
class _Battery:
    """The battery of one vehicle."""

    learner: BatteryLearner = field(default_factory=BatteryLearner)
    typed: TypedLevel | None = None
    limits: LevelLimits = LevelLimits()
    estimate: LevelEstimate = field(default_factory=LevelEstimate)

    @property
    def stored(self) -> StoredBattery:
        """Return what is to be stored."""
        return StoredBattery(self.learner.learned, self.typed, self.limits)

    def settle(
        self,
        connector_id: int | None,
        answering: Collection[int],
        plugged_in: Mapping[int, PluggedIn],
    ) -> float | None:
        """Note where the vehicle is; return the kWh charged there since it was plugged in, None if unknown.

        Args:
            connector_id: the connector that it is matched to.
            answering: all connectors that answer.
            plugged_in: what was charged since plugging in, by connector.

        """
        typed = self.typed
        if connector_id is None and typed is not None:
            # Until it is matched again, for instance after a restart, it is assumed to be where it was.
            connector_id = typed.connector_id
        if connector_id is None:
            return None
        if (there := plugged_in.get(connector_id)) is not None:
            if typed is not None:
                self.typed = typed.at(connector_id, there.energy_kwh)
            return there.energy_kwh
        if typed is not None and typed.connector_id in answering:
            # It was unplugged: its level after the next drive is unknown.
            self.typed = None
        return None

    def update(self, reported: BatteryState, charged_kwh: float | None) -> BatteryState:
        """Take a report, and return what is known of the battery; `charged_kwh` is the result of `settle`."""
        self.learner.update(reported.level, charged_kwh, reported.capacity_kwh)
        learned = self.learner.learned
        known = replace(
            reported,
            capacity_kwh=reported.capacity_kwh or learned.capacity_kwh,
            efficiency=learned.efficiency,
            limits=self.limits,
        )
        if reported.level is not None or self.typed is None:
            return replace(known, estimate=self.estimate.update(known, charged_kwh))
        level = self.typed.now(charged_kwh, known.capacity_kwh, known.efficiency)
        return replace(known, level=level, age=0.0, estimate=level)


class BatteryBook:
    """The batteries of the vehicles of one bus, by the ids of their subentries."""

    def __init__(
        self, stored: Mapping[str, StoredBattery], store: Callable[[], None]
    ) -> None:
        """Continue from `stored`; `store` is called whenever something has to be stored."""
        self._batteries = {
            vehicle_id: _Battery(BatteryLearner(item.learned), item.typed, item.limits)
            for vehicle_id, item in stored.items()
        }
        self._store = store
        self._states: Mapping[str, BatteryState] = {}

    @property
    def stored(self) -> dict[str, StoredBattery]:
        """Return what is to be stored."""
        return {key: battery.stored for key, battery in self._batteries.items()}

    def state(self, vehicle_id: str) -> BatteryState:
        """Return what is known of a battery."""
        return self._states.get(vehicle_id, BatteryState())

    def update(
        self,
        reported: Mapping[str, BatteryState],
        at: Mapping[int, str],
        answering: Collection[int],
        plugged_in: Mapping[int, PluggedIn],
    ) -> Mapping[int, BatteryState]:
        """Take the reports of all vehicles; return what is known of the batteries at the connectors.

        Args:
            reported: what the sources of each vehicle report.
            at: the vehicles, by the connector that they are matched to.
            answering: all connectors that answer.
            plugged_in: what was charged since plugging in, by connector.

        """
        before = self.stored
        places = {vehicle_id: connector_id for connector_id, vehicle_id in at.items()}
        states = {}
        for vehicle_id, state in reported.items():
            battery = self._battery(vehicle_id)
            charged = battery.settle(places.get(vehicle_id), answering, plugged_in)
            states[vehicle_id] = battery.update(state, charged)
        self._states = states
        if self.stored != before:
            self._store()
        return {
            connector_id: self._states[vehicle_id]
            for connector_id, vehicle_id in at.items()
            if vehicle_id in self._states
        }

    def keep(self, vehicle_ids: Collection[str]) -> None:
        """Drop the batteries of all other vehicles."""
        for vehicle_id in self._batteries.keys() - vehicle_ids:
            del self._batteries[vehicle_id]

    def typed_level(self, vehicle_id: str) -> float | None:
        """Return the level that the owner has typed in plus what was charged since, in %; None without one."""
        battery = self._batteries.get(vehicle_id)
        if battery is None or battery.typed is None:
            return None
        if battery.typed.connector_id is None:
            return battery.typed.level
        return self.state(vehicle_id).level

    def limits(self, vehicle_id: str) -> LevelLimits:
        """Return the levels that the owner has set for a vehicle."""
        battery = self._batteries.get(vehicle_id)
        return LevelLimits() if battery is None else battery.limits

    def set_limits(self, vehicle_id: str, limits: LevelLimits) -> None:
        """Store the levels that the owner has set for a vehicle."""
        self._battery(vehicle_id).limits = limits
        self._store()

    def type_level(self, vehicle_id: str, level: float) -> None:
        """Store a level that the owner has typed in, in %."""
        self._battery(vehicle_id).typed = TypedLevel(level)
        self._store()

    def _battery(self, vehicle_id: str) -> _Battery:
        return self._batteries.setdefault(vehicle_id, _Battery())
