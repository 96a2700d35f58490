"""Writes sessions as a CSV table for spreadsheets."""

from collections.abc import Iterable
import csv
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
import os
from pathlib import Path
import tempfile
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..charging.metering.sessions import Session
from .sessions import session_as_response

_COLUMNS: Final = (
    "bus",
    "connector",
    "vehicle",
    "started",
    "ended",
    "charging_minutes",
    "energy_kwh",
    "green_kwh",
    "battery_kwh",
    "grid_kwh",
    "unknown_kwh",
    "green_percent",
    "cost",
    "cost_at_once",
    "currency",
    "average_price",
    "priced_percent",
    "price_source",
    "peak_amps",
    "end",
)
_TIMES: Final = frozenset({"started", "ended"})
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""First characters with which a spreadsheet would take a text for a formula."""
_READABLE: Final = 0o644


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A finished session, with the names of its bus and its vehicle."""

    bus: str
    vehicle: str | None
    session: Session


def session_table(rows: Iterable[SessionRow], decimal: str) -> str:
    """Return sessions as CSV with a heading; times are local.

    Args:
        rows: the sessions.
        decimal: the decimal mark. With a comma, semicolons separate the columns, as spreadsheets in such languages
            expect.

    """
    text = StringIO()
    writer = csv.writer(text, delimiter=";" if decimal == "," else ",")
    writer.writerow(_COLUMNS)
    for row in rows:
        values = session_as_response(row.session, row.vehicle) | {"bus": row.bus}
        writer.writerow(_cell(key, values[key], decimal) for key in _COLUMNS)
    return text.getvalue()


def _cell(key: str, value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value).replace(".", decimal)
    if key in _TIMES:
        local = dt_util.as_local(datetime.fromisoformat(value))
        return f"{local:%Y-%m-%d %H:%M:%S}"
    return f"'{value}" if value.startswith(_FORMULA) else str(value)


def write_table(path: Path, table: str) -> None:
    """Write a table to a file, completely or not at all, with the mark by which spreadsheets recognize UTF-8.

    Raises:
        OSError: if it cannot be written.

    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            file.write(table)
        temporary.chmod(_READABLE)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
