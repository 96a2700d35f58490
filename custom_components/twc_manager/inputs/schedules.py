"""The schedules of a bus, in the types of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any, Final

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant

from ..charging.modes.schedules import Schedule, ScheduleKind
from ..types import TwcConfigEntry
from .restored import is_usable

SUBENTRY_SCHEDULE: Final = "schedule"

CONF_DAYS: Final = "days"
CONF_START: Final = "start"
CONF_END: Final = "end"
CONF_FOLLOWED: Final = "entity_id"
CONF_ACTION: Final = "action"
CONF_AMPS: Final = "amps"
CONF_CONNECTORS: Final = "connectors"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """A schedule as it was set up.

    Attributes:
        schedule: the schedule for the rules, regardless of whether it is enabled and whether its entity is on.
        followed: the entity that it follows; None if it has times.

    """

    schedule: Schedule
    followed: str | None = None

    def follows(self, hass: HomeAssistant) -> bool | None:
        """Return whether the followed entity is on; None if that is unknown, or if the schedule has times."""
        state = hass.states.get(self.followed) if self.followed is not None else None
        if not is_usable(state):
            return None
        return state.state == STATE_ON

    def now(self, follows: bool | None, *, enabled: bool = True) -> Schedule:
        """Return the schedule for the rules; `follows` is whether its entity is on, None if unknown."""
        if self.followed is None:
            return replace(self.schedule, enabled=enabled)
        return replace(
            self.schedule,
            enabled=enabled,
            follows=follows is True,
            doubtful=follows is None,
        )


def schedules_of(entry: TwcConfigEntry) -> tuple[ScheduleOptions, ...]:
    """Return the schedules of a bus, in the order in which they were added."""
    return tuple(
        schedule_of(subentry.subentry_id, subentry.title, subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SCHEDULE)
    )


def schedule_of(
    schedule_id: str, name: str, data: Mapping[str, Any]
) -> ScheduleOptions:
    """Return a schedule from its stored data."""
    connectors = frozenset(int(item, 16) for item in data.get(CONF_CONNECTORS, ()))
    followed = data.get(CONF_FOLLOWED)
    schedule = Schedule(
        id=schedule_id,
        name=name,
        kind=ScheduleKind(data[CONF_ACTION]),
        amps=data.get(CONF_AMPS),
        connectors=connectors or None,
    )
    if followed is not None:
        return ScheduleOptions(replace(schedule, follows=False), followed)
    return ScheduleOptions(
        replace(
            schedule,
            days=frozenset(WEEKDAYS.index(day) for day in data[CONF_DAYS]),
            start=time.fromisoformat(data[CONF_START]),
            end=time.fromisoformat(data[CONF_END]),
        )
    )
