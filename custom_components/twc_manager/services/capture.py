"""The action that records the messages on a bus, for bug reports and for analysis."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..twc import LoggedFrame, body_as_text, carries_identity
from ..twc.describe import KINDS, describe, receiver_of, sender_of
from ..twc.frame import checksum
from ..twc.messages import parse
from .fields import number
from .target import TARGET_FIELDS, targets_of

SERVICE_CAPTURE_BUS: Final = "capture_bus"

ATTR_SECONDS: Final = "seconds"

_MAX_SECONDS: Final = 300

# mypy sees another class than Home Assistant's schema, although it is the same one.
CAPTURE_BUS_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Optional(ATTR_SECONDS, default=10): vol.All(
            number, vol.Range(min=1, max=_MAX_SECONDS)
        ),
    }
)


@callback
def async_setup_capture(hass: HomeAssistant) -> None:
    """Register the action, for administrators."""
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_CAPTURE_BUS,
        _Capture().async_run,
        CAPTURE_BUS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


class _Capture:
    """Runs one capture at a time, since each keeps its messages in memory until it ends."""

    def __init__(self) -> None:
        self._runs = False

    async def async_run(self, call: ServiceCall) -> ServiceResponse:
        """Capture, unless a capture is running.

        Raises:
            ServiceValidationError: if a capture is running.

        """
        if self._runs:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="capture_running"
            )
        self._runs = True
        try:
            return await _async_capture_bus(call)
        finally:
            self._runs = False


async def _async_capture_bus(call: ServiceCall) -> ServiceResponse:
    """Record each bus for some seconds and return its messages, in bytes and in words."""
    hass = call.hass
    began, origin = dt_util.now(), hass.loop.time()
    captured: list[tuple[str, list[LoggedFrame]]] = []
    logs = []
    for target in targets_of(call):
        log = target.entry.runtime_data.master.frames
        frames: list[LoggedFrame] = []
        log.listeners.append(frames.append)
        logs.append((log, frames.append))
        captured.append((target.entry.title, frames))
    try:
        await asyncio.sleep(call.data[ATTR_SECONDS])
    finally:
        for log, listener in logs:
            log.listeners.remove(listener)
    return {
        "buses": [
            {
                "bus": bus,
                "frames": [
                    _frame_as_response(
                        frame, began + timedelta(seconds=frame.time - origin)
                    )
                    for frame in frames
                ],
            }
            for bus, frames in captured
        ]
    }


def _frame_as_response(frame: LoggedFrame, at: datetime) -> dict[str, Any]:
    """Return a frame in plain values, without serial numbers and VINs."""
    return {
        "time": at.isoformat(timespec="milliseconds"),
        "direction": "sent" if frame.sent else "heard",
        "hex": body_as_text(frame.body),
        "meaning": _meaning(frame.body),
    }


def _meaning(body: bytes) -> str:
    """Return sender, receiver and meaning in words; a serial number or a VIN is only mentioned."""
    message = parse(body + bytes([checksum(body)]))
    sender = sender_of(message) or "?"
    if carries_identity(body):
        # The bytes of a receiver would be part of the serial number or the VIN.
        return f"{sender} to all: {KINDS[type(message)].replace('_', ' ')}"
    return f"{sender} to {receiver_of(message) or 'all'}: {describe(message)}"
