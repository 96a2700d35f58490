"""The action that writes finished sessions to a file for spreadsheets."""

from pathlib import Path
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from ..charging.metering.sessions import Session
from ..const import DOMAIN
from ..state.session_table import SessionRow, session_table, write_table
from ..state.texts import async_texts
from ..vehicles.vehicle_data import name_of
from .session_query import SPAN_FIELDS, sessions_of, span_of
from .target import TARGET_FIELDS, Target, targets_of

SERVICE_EXPORT_SESSIONS: Final = "export_sessions"

ATTR_FILENAME: Final = "filename"
ATTR_DECIMAL: Final = "decimal"

_MARKS: Final = {"point": ".", "comma": ","}
_SUFFIX: Final = ".csv"

# mypy sees another class than Home Assistant's schema, although it is the same one.
EXPORT_SESSIONS_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        **SPAN_FIELDS,
        vol.Required(ATTR_FILENAME): cv.string,
        vol.Optional(ATTR_DECIMAL): vol.In(list(_MARKS)),
    }
)


@callback
def async_setup_export(hass: HomeAssistant) -> None:
    """Register the action, for administrators: it replaces files."""
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_EXPORT_SESSIONS,
        _async_export_sessions,
        EXPORT_SESSIONS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_export_sessions(call: ServiceCall) -> ServiceResponse:
    """Write the sessions of the targets to a file, and return its path and their number.

    Raises:
        HomeAssistantError: if the file cannot be written.
        ServiceValidationError: if the path is not allowed, or another field is not valid.

    """
    begin, end = span_of(call)
    rows = [
        _row(target, session)
        for target in targets_of(call)
        for session in sessions_of(target, begin, end)
    ]
    rows.sort(key=lambda row: row.session.started)
    mark = await _async_decimal_mark(call)
    path = await call.hass.async_add_executor_job(
        _write, call.hass, call.data[ATTR_FILENAME], session_table(rows, mark)
    )
    return {"filename": str(path), "sessions": len(rows)}


def _row(target: Target, session: Session) -> SessionRow:
    entry = target.entry
    vehicle = name_of(entry, session.vehicle_id, session.vin)
    return SessionRow(entry.title, vehicle, session)


async def _async_decimal_mark(call: ServiceCall) -> str:
    """Return the decimal mark that is asked for, or that of the server's language."""
    if ATTR_DECIMAL in call.data:
        return _MARKS[call.data[ATTR_DECIMAL]]
    return (await async_texts(call.hass, call.hass.config.language))["decimal"]


def _write(hass: HomeAssistant, filename: str, table: str) -> Path:
    """Write a table and return the path of its file; a relative path is resolved in the configuration folder.

    Raises:
        HomeAssistantError: if the file cannot be written.
        ServiceValidationError: if the path is not allowed.

    """
    path = Path(hass.config.path(filename.strip()))
    if path.suffix.lower() != _SUFFIX:
        raise _refusal("export_no_csv", path)
    try:
        if not hass.config.is_allowed_path(str(path)):
            raise _refusal("export_not_allowed", path)
        write_table(path, table)
    except (OSError, ValueError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="export_failed",
            translation_placeholders={"path": str(path), "error": str(err)},
        ) from err
    return path


def _refusal(key: str, path: Path) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"path": str(path)},
    )
