"""The fields of actions that select sessions, and the sessions that they select."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..charging.metering.sessions import Session
from ..const import DOMAIN
from ..inputs.plan_checks import local_time
from .target import Target

ATTR_FROM: Final = "from"
ATTR_TO: Final = "to"

SPAN_FIELDS: Final[dict[Any, Any]] = {
    vol.Optional(ATTR_FROM): cv.datetime,
    vol.Optional(ATTR_TO): cv.datetime,
}


def span_of(call: ServiceCall) -> tuple[datetime | None, datetime | None]:
    """Return the begin and the end of the selected time span; None where it is open.

    Raises:
        ServiceValidationError: if it ends before it begins.

    """
    given = (call.data.get(key) for key in (ATTR_FROM, ATTR_TO))
    begin, end = (None if at is None else local_time(at) for at in given)
    if begin is not None and end is not None and end <= begin:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="end_before_start"
        )
    return begin, end


def sessions_of(
    target: Target, begin: datetime | None, end: datetime | None
) -> Iterator[Session]:
    """Yield the finished sessions of a target in a time span."""
    for session in target.entry.runtime_data.persistence.sessions.find(begin, end):
        if target.includes(session.connector_id):
            yield session
