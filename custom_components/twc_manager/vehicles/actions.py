"""Performs actions of the integrations of vehicles, and returns whatever errors they raise."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

_ACTION_ERRORS: Final = (
    HomeAssistantError,
    vol.Invalid,
    ValueError,
    TimeoutError,
    aiohttp.ClientError,
)
"""What the actions of the vehicles' integrations raise when they fail."""

_NOT_OF_THE_ACTION: Final = (
    Exception,
    asyncio.CancelledError,
    GeneratorExit,
    KeyboardInterrupt,
    SystemExit,
)
"""Errors in the code, and the end of a task or of the process.

All other `BaseException`s come from tesla-fleet-api, whose errors do not derive from `Exception`.
"""


async def async_act(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any]
) -> BaseException | None:
    """Perform an action on an entity of a vehicle; return the error if it failed, None otherwise."""
    try:
        await hass.services.async_call(domain, action, dict(data), blocking=True)
    except _ACTION_ERRORS as err:
        return err
    except _NOT_OF_THE_ACTION:
        raise
    except BaseException as err:  # noqa: BLE001
        return err
    return None
