"""The websocket command with which cards subscribe to the data that no entity has."""

from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN
from ..state.texts import async_texts
from .live import LiveHub, Subscriber

TYPE_SUBSCRIBE: Final = f"{DOMAIN}/subscribe"

ATTR_LANGUAGE: Final = "language"

_COMMAND: Final[dict[Any, Any]] = {
    vol.Required("type"): TYPE_SUBSCRIBE,
    vol.Optional(ATTR_LANGUAGE): cv.language,
}


@callback
def async_setup_subscription(hass: HomeAssistant, hub: LiveHub) -> None:
    """Register the command."""

    @websocket_api.websocket_command(_COMMAND)
    @callback
    def subscribe(
        hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
    ) -> None:
        """Subscribe to all buses that the user may read.

        Raises:
            Unauthorized: if there are buses, and the user may read none of them.

        """
        language = message.get(ATTR_LANGUAGE, hass.config.language)
        subscriber = Subscriber(
            connection.user,
            language,
            lambda live: connection.send_event(message["id"], live),
        )
        hub.check_access(subscriber)
        # Registered before the texts are loaded, as the connection may close meanwhile and has to unsubscribe then.
        connection.subscriptions[message["id"]] = hub.async_add(subscriber)
        connection.send_result(message["id"])
        hass.async_create_task(_async_begin(hass, hub, subscriber), eager_start=True)

    websocket_api.async_register_command(hass, subscribe)


async def _async_begin(
    hass: HomeAssistant, hub: LiveHub, subscriber: Subscriber
) -> None:
    """Send a subscriber the first data once the texts in its language are loaded."""
    subscriber.texts = await async_texts(hass, subscriber.language)
    hub.async_send(subscriber)
