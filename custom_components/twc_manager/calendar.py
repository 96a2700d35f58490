"""The calendar of a bus: the times in which its plans charge, and its finished sessions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .charging.metering.sessions import Session
from .charging.planning.result import PlannedSlot
from .charging.plans.request import PlanRequest
from .charging.plans.status import PlanStatus
from .entity import TwcBusEntity
from .state.names import connector_names
from .state.notation import number_text
from .state.plan_slots import runs_of
from .state.texts import async_server_texts
from .twc import format_id
from .types import TwcConfigEntry
from .vehicles.vehicle_data import name_of

PARALLEL_UPDATES = 0

CALENDAR: Final = CalendarEntityDescription(
    key="charging_times", translation_key="charging_times"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendar."""
    async_add_entities([ChargingCalendar(entry.runtime_data, CALENDAR)])


@dataclass(frozen=True, slots=True)
class _Planned:
    """A time in which a plan charges without a break."""

    request: PlanRequest
    status: PlanStatus
    run: PlannedSlot


class ChargingCalendar(TwcBusEntity, CalendarEntity):
    """When vehicles will charge by plans, and when they did; it is on while it is time to charge."""

    entity_description: CalendarEntityDescription

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the present time to charge, or else the next one."""
        now = dt_util.utcnow()
        coming = (item for item in self._planned() if item.run.end > now)
        planned = min(coming, key=lambda item: item.run.start, default=None)
        return None if planned is None else self._planned_event(planned)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the finished sessions and the times to charge in a time span."""
        sessions = self.coordinator.persistence.sessions.find(start_date, end_date)
        events = [
            *map(self._session_event, sessions),
            *(
                self._planned_event(item)
                for item in self._planned()
                if item.run.start < end_date and item.run.end > start_date
            ),
        ]
        return sorted(events, key=lambda event: event.start_datetime_local)

    @override
    def _shown(self) -> Any:
        # The energy that a plan still needs changes all the time while it charges: no reason to write a state.
        event = self.event
        return event and (event.start, event.end, event.summary)

    def _planned(self) -> Iterator[_Planned]:
        """Yield the times in which plans charge."""
        plans = self.coordinator.data.plans
        for request in self.coordinator.plans.requests:
            if (status := plans.get(request.plan_id)) is not None:
                for run in runs_of(status):
                    yield _Planned(request, status, run)

    def _planned_event(self, planned: _Planned) -> CalendarEvent:
        """Return a time to charge: the vehicle and its plan, energy and cost."""
        status, run = planned.status, planned.run
        cost = None if status.cost is None else run.cost
        vehicle = self._vehicle_of(planned.request, status.connector_id)
        return CalendarEvent(
            start=dt_util.as_local(run.start),
            end=dt_util.as_local(run.end),
            summary=f"{vehicle}: {planned.request.name}",
            description=self._amounts(run.kwh, cost, status.currency),
        )

    def _session_event(self, session: Session) -> CalendarEvent:
        """Return a session: its vehicle, energy and cost."""
        entry, amounts = self.coordinator.config_entry, session.amounts
        vehicle = name_of(entry, session.vehicle_id, session.vin)
        currency = "" if amounts.cost is None else amounts.cost.currency
        return CalendarEvent(
            start=dt_util.as_local(session.started),
            # The clock may have been set back meanwhile.
            end=dt_util.as_local(max(session.started, session.seen)),
            summary=vehicle or self._connector_name(session.connector_id),
            description=self._amounts(amounts.energy_kwh, amounts.paid, currency),
        )

    def _vehicle_of(self, request: PlanRequest, connector_id: int | None) -> str:
        """Return the name of the vehicle of a plan, or that of the connector if it is not known."""
        vehicles = self.coordinator.vehicles.matches.at_connectors
        vehicle_id = request.vehicle_id
        if vehicle_id is None and connector_id is not None:
            vehicle_id = vehicles.get(connector_id)
        name = name_of(self.coordinator.config_entry, vehicle_id)
        return name or self._connector_name(connector_id)

    def _connector_name(self, connector_id: int | None) -> str:
        """Return the name of a connector; its id if it was removed."""
        if connector_id is None:
            return ""
        names = connector_names(self.hass, self.coordinator.config_entry)
        return names.get(connector_id) or format_id(connector_id)

    def _amounts(self, kwh: float, cost: float | None, currency: str) -> str:
        """Return energy and its cost in the notation of the server's language."""
        texts = async_server_texts(self.hass)
        amounts = [f"{number_text(kwh, 1, texts)} kWh"]
        if cost is not None:
            amounts.append(f"{number_text(cost, 2, texts)} {currency}")
        return " · ".join(amounts)
