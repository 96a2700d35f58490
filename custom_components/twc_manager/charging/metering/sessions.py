"""Charging sessions. Energy is in kWh."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final, Self

from .amounts import Amounts, total
from .at_once import AtOnce

_MONTH: Final = "%Y-%m"


class SessionEnd(StrEnum):
    """Why the charging of a session ended."""

    UNPLUGGED = "unplugged"
    """The vehicle was unplugged while it charged, or during an absence of this integration."""
    COMPLETE = "complete"
    """The vehicle was offered current and had stopped charging: full, or stopped by a command."""
    PAUSED = "paused"
    """The rules offered the vehicle no current."""
    NEVER_CHARGED = "never_charged"
    """The vehicle was offered current and never drew any."""
    OTHER_VEHICLE = "other_vehicle"
    """Another vehicle is plugged in; no report showed the connector without one."""
    LOST = "lost"
    """The connector was removed."""


@dataclass(frozen=True, slots=True)
class MonthAmounts:
    """The amounts of one month, like "2026-11", in the owner's time zone."""

    month: str
    amounts: Amounts

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"month": self.month, **self.amounts.as_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the amounts from `as_dict`; raises as `Amounts.from_dict`."""
        month = data["month"]
        if month_of(datetime.strptime(month, _MONTH)) != month:
            raise ValueError(f"{month!r} is no month")
        return cls(month, Amounts.from_dict(data))


def month_of(at: date) -> str:
    """Return the month of a date, like "2026-11"."""
    return f"{at.year:04}-{at.month:02}"


@dataclass(frozen=True, slots=True)
class Session:
    """A session, running or finished.

    Attributes:
        connector_id: id of the connector.
        started: when the vehicle was plugged in, or first drew current; in UTC.
        seen: when the vehicle was last present; in UTC.
        months: the energy that the vehicle took in each month and its cost, in order.
        charging_s: how long the vehicle drew current, in s.
        peak_amps: highest current in A.
        unproven_kwh: energy that was counted with an unproven number of phases.
        phases: that number; None before it is known.
        vin: VIN of the vehicle; None if it was never known.
        vehicle_id: id of the vehicle among those that the owner added; None if it is not one of them, or unknown.
        end: why the session ended; None while it runs.
        at_once: what charging at once would have cost.

    """

    connector_id: int
    started: datetime
    seen: datetime
    months: tuple[MonthAmounts, ...] = ()
    charging_s: float = 0.0
    peak_amps: float = 0.0
    unproven_kwh: float = 0.0
    phases: int | None = None
    vin: str | None = None
    vehicle_id: str | None = None
    end: SessionEnd | None = None
    at_once: AtOnce = AtOnce()

    @property
    def amounts(self) -> Amounts:
        """Return the energy of the session and its cost."""
        return total([item.amounts for item in self.months])

    @property
    def energy_kwh(self) -> float:
        """Return the energy that the vehicle took."""
        return self.amounts.energy_kwh

    def with_amounts(self, month: str, taken: Amounts) -> Self:
        """Return the session with energy taken in a month."""
        *earlier, last = self.months or (MonthAmounts(month, Amounts()),)
        if last.month != month:
            earlier, last = [*earlier, last], MonthAmounts(month, Amounts())
        last = MonthAmounts(month, last.amounts + taken)
        return replace(self, months=(*earlier, last))

    def with_phases(self, phases: int, factor: float) -> Self:
        """Return the session with another number of phases; `factor` corrects the unproven energy."""
        energy = self.energy_kwh
        unproven = min(self.unproven_kwh, energy)
        share = 1.0 + unproven * (factor - 1) / energy if energy > 0 else 1.0
        return replace(
            self,
            months=tuple(
                MonthAmounts(item.month, item.amounts.scaled(share))
                for item in self.months
            ),
            unproven_kwh=unproven * factor,
            phases=phases,
            at_once=self.at_once.with_phases(factor),
        )

    def ended(self, end: SessionEnd) -> Self:
        """Return the finished session, rounded as it is stored, so that it is the same after a restart."""
        settled = self.at_once.settled(self.amounts, self.peak_amps)
        return self.from_dict(replace(self, end=end, at_once=settled).as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return the session as JSON values."""
        return {
            "connector_id": self.connector_id,
            "started": self.started.isoformat(),
            "seen": self.seen.isoformat(),
            "months": [item.as_dict() for item in self.months],
            "charging_s": round(self.charging_s),
            "peak_amps": round(self.peak_amps, 2),
            "unproven_kwh": round(self.unproven_kwh, 4),
            "phases": self.phases,
            "vin": self.vin,
            "vehicle_id": self.vehicle_id,
            "end": self.end,
            "at_once": self.at_once.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the session from `as_dict`.

        Raises:
            AttributeError: if a value is of another type.
            KeyError: if a value is missing.
            OverflowError: if a number is too large.
            TypeError: if a value is of another type.
            ValueError: if a value is not possible.

        """
        started, seen = (
            datetime.fromisoformat(data[key]).astimezone(UTC)
            for key in ("started", "seen")
        )
        numbers = {
            key: float(data[key]) for key in ("charging_s", "peak_amps", "unproven_kwh")
        }
        if not all(0 <= number < 1e9 for number in numbers.values()):
            raise ValueError(f"session: numbers that cannot be: {numbers}")
        vin, vehicle_id, end = data["vin"], data["vehicle_id"], data["end"]
        if (phases := data["phases"]) not in {None, 1, 2, 3}:
            raise ValueError(f"session: {phases!r} is no number of phases")
        return cls(
            connector_id=int(data["connector_id"]),
            started=started,
            seen=seen,
            months=tuple(MonthAmounts.from_dict(item) for item in data["months"]),
            phases=phases,
            vin=None if vin is None else str(vin),
            vehicle_id=None if vehicle_id is None else str(vehicle_id),
            end=None if end is None else SessionEnd(end),
            at_once=AtOnce.from_dict(data["at_once"]),
            **numbers,
        )


def read_session(stored: object) -> Session | None:
    """Return a stored session; None if it cannot be read."""
    if not isinstance(stored, Mapping):
        return None
    try:
        return Session.from_dict(stored)
    except AttributeError, KeyError, OverflowError, TypeError, ValueError:
        return None
