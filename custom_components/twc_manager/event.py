"""Events of TWC Manager: finished charging sessions."""

from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.metering.sessions import Session
from .entity import TwcConnectorEntity, add_for_each_connector
from .state.identifiers import session_signal
from .state.sessions import session_as_response
from .types import TwcConfigEntry
from .vehicles.vehicle_data import name_of

PARALLEL_UPDATES = 0

FINISHED: Final = "finished"

SESSION: Final = EventEntityDescription(
    key="session", translation_key="session", event_types=[FINISHED]
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events."""
    coordinator = entry.runtime_data
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [SessionEvent(coordinator, SESSION, connector_id)],
    )


class SessionEvent(TwcConnectorEntity, EventEntity):
    """The end of a charging session, with its energy and times."""

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the ends of sessions."""
        await super().async_added_to_hass()
        entry_id = self.coordinator.config_entry.entry_id
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass,
                session_signal(entry_id, self.connector_id),
                self._session_finished,
            )
        )

    @callback
    def _session_finished(self, session: Session) -> None:
        entry = self.coordinator.config_entry
        vehicle = name_of(entry, session.vehicle_id, session.vin)
        self._trigger_event(FINISHED, session_as_response(session, vehicle))
        self.async_write_ha_state()

    @override
    def _shown(self) -> Any:
        return None
