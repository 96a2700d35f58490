"""The websocket command that explains what connectors and buses do, in the user's language.

Attributes of entities are in the language of the server.
"""

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..state.devices import device_id_at
from ..state.explanations import BusExplanation, ConnectorExplanation
from ..state.notation import Texts
from ..state.parts import as_parts
from ..state.sentence import sentence
from ..state.texts import async_texts
from ..twc import BusStatus, format_id
from .access import check_read_access
from .target import TARGET_FIELDS, Target, find_targets

TYPE_EXPLAIN: Final = f"{DOMAIN}/explain"

ATTR_LANGUAGE: Final = "language"

_COMMAND: Final[dict[Any, Any]] = {
    vol.Required("type"): TYPE_EXPLAIN,
    vol.Optional(ATTR_LANGUAGE): cv.language,
    **TARGET_FIELDS,
}


@callback
def async_setup_explanations(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, _explain)


@websocket_api.websocket_command(_COMMAND)
@websocket_api.async_response
async def _explain(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send the explanations of the targets, or of all buses without a target."""
    targets = find_targets(hass, message)
    check_read_access(hass, connection.user, targets, connection.context(message))
    texts = await async_texts(hass, message.get(ATTR_LANGUAGE, hass.config.language))
    explanations = [item for target in targets for item in _of(hass, target, texts)]
    connection.send_result(message["id"], {"explanations": explanations})


def _of(hass: HomeAssistant, target: Target, texts: Texts) -> Iterator[dict[str, Any]]:
    """Yield the explanations of a target: that of the bus if it is targeted, and those of its connectors."""
    data, entry_id = target.entry.runtime_data.data, target.entry.entry_id
    if data.status is BusStatus.OFFLINE:
        return
    if target.connectors is None:
        yield {
            **_device(hass, entry_id, None),
            "connector": None,
            **_explanation(data.explanation, texts),
        }
    for connector_id, explanation in sorted(data.explanations.items()):
        if target.includes(connector_id):
            yield {
                **_device(hass, entry_id, connector_id),
                "connector": format_id(connector_id),
                **_explanation(explanation, texts),
            }


def _device(
    hass: HomeAssistant, entry_id: str, connector_id: int | None
) -> dict[str, Any]:
    device_id = device_id_at(hass, entry_id, connector_id)
    return {"entry_id": entry_id, "device_id": device_id}


def _explanation(
    explanation: BusExplanation | ConnectorExplanation, texts: Texts
) -> dict[str, Any]:
    """Return an explanation in words and in parts."""
    statement = explanation.statement
    return {
        "explanation": sentence(statement, texts, dt_util.now()),
        "rule": explanation.rule.value,
        "reason": explanation.reason.value,
        **as_parts(statement),
    }
