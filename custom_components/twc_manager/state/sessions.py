"""Charging sessions as events and actions return them."""

from typing import Any

from ..charging.metering.sessions import Session
from ..twc import format_id


def session_as_response(session: Session, vehicle: str | None) -> dict[str, Any]:
    """Return a session as plain values: energy in kWh, current in A, shares in %, times in ISO format.

    The recorder and automations keep them, so they have the name of the vehicle and not its VIN.
    """
    share = session.green_share
    return {
        "connector": format_id(session.connector_id),
        "started": session.started.isoformat(timespec="seconds"),
        "ended": session.seen.isoformat(timespec="seconds"),
        "energy_kwh": round(session.energy_kwh, 2),
        "charging_minutes": round(session.charging_s / 60),
        "green_kwh": round(session.green_kwh, 2),
        "grid_kwh": round(session.grid_kwh, 2),
        "green_percent": None if share is None else round(100 * share),
        "peak_amps": round(session.peak_amps, 1),
        "vehicle": vehicle,
        "end": None if session.end is None else session.end.value,
    }
