"""Charging sessions and months as events and actions return them."""

from typing import Any, Final

from ..charging.metering.amounts import Amounts
from ..charging.metering.monthly import MonthKey
from ..charging.metering.sessions import Session
from ..twc import format_id

_MONEY_DECIMALS: Final = 2
_PRICE_DECIMALS: Final = 4


def session_as_response(session: Session, vehicle: str | None) -> dict[str, Any]:
    """Return a session as plain values: energy in kWh, current in A, shares in %, times in ISO format.

    The recorder and automations keep them, so they contain the name of the vehicle and not its VIN.
    """
    return {
        "connector": format_id(session.connector_id),
        "started": session.started.isoformat(timespec="seconds"),
        "ended": session.seen.isoformat(timespec="seconds"),
        **amounts_as_response(session.amounts),
        "cost_at_once": _money(session.at_once.total),
        "charging_minutes": round(session.charging_s / 60),
        "peak_amps": round(session.peak_amps, 1),
        "vehicle": vehicle,
        "end": None if session.end is None else session.end.value,
    }


def month_as_response(
    key: MonthKey, vehicle: str | None, amounts: Amounts
) -> dict[str, Any]:
    """Return the sums of a month as plain values; `vehicle` is None for sessions of unknown vehicles."""
    return {
        "month": key.month,
        "connector": format_id(key.connector_id),
        "vehicle": vehicle,
        **amounts_as_response(amounts),
    }


def amounts_as_response(amounts: Amounts) -> dict[str, Any]:
    """Return energy and its cost as plain values: energy in kWh, shares in %, money in the currency's main unit."""
    cost, paid = amounts.cost, amounts.paid
    average = None if cost is None else cost.average
    return {
        "energy_kwh": round(amounts.energy_kwh, 2),
        "green_kwh": round(amounts.green_kwh, 2),
        "battery_kwh": round(amounts.battery_kwh, 2),
        "grid_kwh": round(amounts.grid_kwh, 2),
        "unknown_kwh": round(amounts.unknown_kwh, 2),
        "green_percent": _percent(amounts.green_share),
        "cost": _money(paid),
        "currency": None if cost is None or paid is None else cost.currency,
        "average_price": None if average is None else round(average, _PRICE_DECIMALS),
        "priced_percent": _percent(amounts.priced_share),
        "price_source": None if cost is None or paid is None else cost.source,
    }


def _money(amount: float | None) -> float | None:
    return None if amount is None else round(amount, _MONEY_DECIMALS)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
