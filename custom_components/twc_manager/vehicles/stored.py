"""The data of vehicles and Tesla accounts that is stored across restarts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..charging.control.current_states import StoredCurrent
from ..charging.control.rate_limit import DailyUsage, StoredWaits
from ..tesla import Calls
from .battery_book import StoredBattery


@dataclass(frozen=True, slots=True)
class StoredVehicles:
    """The stored data of the vehicles and Tesla accounts, by the ids of their subentries.

    Attributes:
        daily_usages: the calls of each vehicle today.
        calls: the calls of each account this month.
        waits: until when each vehicle is not called again, in s since the epoch.
        stopped_at: for each vehicle whose stop may have to be undone, since no effect was measured yet, the connector
            of that stop.
        batteries: what is known of the battery of each vehicle.
        chosen: the vehicles that the owner has chosen as plugged in, by connector.
        currents: the currents that vehicles were asked for, by the registry ids of their numbers.

    """

    daily_usages: Mapping[str, DailyUsage] = field(default_factory=dict)
    calls: Mapping[str, Calls] = field(default_factory=dict)
    waits: Mapping[str, StoredWaits] = field(default_factory=dict)
    stopped_at: Mapping[str, int] = field(default_factory=dict)
    batteries: Mapping[str, StoredBattery] = field(default_factory=dict)
    chosen: Mapping[int, str] = field(default_factory=dict)
    currents: Mapping[str, StoredCurrent] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the data as JSON values."""
        return {
            "tallies": {
                key: daily_usage.as_dict()
                for key, daily_usage in self.daily_usages.items()
            },
            "calls": {key: calls.as_dict() for key, calls in self.calls.items()},
            "waits": {key: waits.as_dict() for key, waits in self.waits.items()},
            "stopped_at": dict(self.stopped_at),
            "batteries": {key: item.as_dict() for key, item in self.batteries.items()},
            "chosen": {str(key): item for key, item in self.chosen.items()},
            "currents": {key: item.as_dict() for key, item in self.currents.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the data from `as_dict`; raises one of `PARSE_ERRORS` if they are not valid."""
        return cls(
            {key: DailyUsage.from_dict(item) for key, item in data["tallies"].items()},
            {key: Calls.from_dict(item) for key, item in data["calls"].items()},
            {
                key: StoredWaits.from_dict(item)
                for key, item in data.get("waits", {}).items()
            },
            {key: int(item) for key, item in data.get("stopped_at", {}).items()},
            {
                key: StoredBattery.from_dict(item)
                for key, item in data.get("batteries", {}).items()
            },
            {int(key): str(item) for key, item in data.get("chosen", {}).items()},
            {
                key: StoredCurrent.from_dict(item)
                for key, item in data.get("currents", {}).items()
            },
        )
