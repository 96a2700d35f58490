"""The action that checks how a connector and its vehicle really behave."""

import asyncio
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import verify_domain_control
import voluptuous as vol

from ..checks import (
    async_begin_check,
    async_cancel_check,
    async_on_check_ended,
    check_report,
)
from ..const import DOMAIN
from ..types import TwcConfigEntry
from .access import async_check_read_access
from .target import TARGET_FIELDS, single_connector, targets_of

SERVICE_CHECK_CONNECTOR: Final = "check_connector"

ATTR_CONFIRM: Final = "confirm"

# mypy sees another class than Home Assistant's schema, although it is the same one.
CHECK_CONNECTOR_SCHEMA: Final[Any] = vol.Schema(
    {**TARGET_FIELDS, vol.Optional(ATTR_CONFIRM, default=False): cv.boolean}
)


@callback
def async_setup_check(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_CHECK_CONNECTOR,
        _async_check_connector,
        CHECK_CONNECTOR_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


@verify_domain_control(DOMAIN)
async def _async_check_connector(call: ServiceCall) -> ServiceResponse:
    """Begin a check of a connector, or end the one that is running there; a response has the report after its end.

    Raises:
        ServiceValidationError: if not exactly one connector is targeted, the check is not confirmed, or it cannot begin
            now.

    """
    targets = targets_of(call)
    await async_check_read_access(call, targets)
    entry, connector_id = single_connector(targets, "check_one_connector")
    if entry.runtime_data.checks.running == connector_id:
        async_cancel_check(entry)
    elif not call.data[ATTR_CONFIRM]:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="check_not_confirmed"
        )
    elif call.return_response:
        await _async_check(call.hass, entry, connector_id)
    else:
        async_begin_check(entry, connector_id)
    return check_report(entry, connector_id) if call.return_response else None


async def _async_check(
    hass: HomeAssistant, entry: TwcConfigEntry, connector_id: int
) -> None:
    """Check a connector and wait for the end."""
    ended = asyncio.Event()

    @callback
    def note(ended_id: int) -> None:
        if ended_id == connector_id:
            ended.set()

    stop = async_on_check_ended(hass, entry.entry_id, note)
    try:
        async_begin_check(entry, connector_id)
        await ended.wait()
    finally:
        stop()
