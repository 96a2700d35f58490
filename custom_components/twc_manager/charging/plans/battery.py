"""What is known of the battery of the vehicle at a connector."""

from dataclasses import dataclass

from .level_rules import LevelLimits


@dataclass(frozen=True, slots=True)
class BatteryState:
    """The battery of the vehicle at a connector, as its sources report it; a value that is not known is None.

    Attributes:
        level: its level, in %.
        age: how long ago the level was reported, in s.
        capacity_kwh: its capacity.
        efficiency: kWh in the battery for a kWh at the connector.
        target: the level at which the vehicle stops by itself, in %.
        estimate: the level with what was charged since its last report, if that is old; otherwise the level.
        limits: the levels that its owner has set.

    """

    level: float | None = None
    age: float | None = None
    capacity_kwh: float | None = None
    efficiency: float | None = None
    target: float | None = None
    estimate: float | None = None
    limits: LevelLimits = LevelLimits()
