"""Charging sessions and the log of those that are finished. Energy is in kWh."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Self

LOG_LENGTH: Final = 500


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
class Session:
    """A session, running or finished.

    Attributes:
        connector_id: id of the connector.
        started: when the vehicle was plugged in, or first drew current; in UTC.
        seen: when the vehicle was last there; in UTC.
        energy_kwh: energy that the vehicle took.
        green_kwh: the part of it that was green.
        grid_kwh: the part of it that came from the grid. The rest was taken while the surplus was unknown.
        charging_s: how long the vehicle drew current, in s.
        peak_amps: highest current in A.
        unproven_kwh: energy that was counted with a number of phases that is not proven.
        phases: that number; None before it is known.
        vin: VIN of the vehicle; None if it was never known.
        end: why the session ended; None while it runs.

    """

    connector_id: int
    started: datetime
    seen: datetime
    energy_kwh: float = 0.0
    green_kwh: float = 0.0
    grid_kwh: float = 0.0
    charging_s: float = 0.0
    peak_amps: float = 0.0
    unproven_kwh: float = 0.0
    phases: int | None = None
    vin: str | None = None
    end: SessionEnd | None = None

    @property
    def green_share(self) -> float | None:
        """Return the green part of the energy, from 0 to 1; None if unknown."""
        known = self.green_kwh + self.grid_kwh
        return self.green_kwh / known if known > 0 else None

    def with_phases(self, phases: int, factor: float) -> Self:
        """Return the session with another number of phases; what is not proven is multiplied by a factor."""
        unproven = min(self.unproven_kwh, self.energy_kwh)
        energy = self.energy_kwh + unproven * (factor - 1)
        share = energy / self.energy_kwh if self.energy_kwh > 0 else 1.0
        return replace(
            self,
            energy_kwh=energy,
            green_kwh=self.green_kwh * share,
            grid_kwh=self.grid_kwh * share,
            unproven_kwh=unproven * factor,
            phases=phases,
        )

    def ended(self, end: SessionEnd) -> Self:
        """Return the finished session, rounded as it is stored, so that it is the same after a restart."""
        return self.from_dict(replace(self, end=end).as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return the session as JSON values."""
        return {
            "connector_id": self.connector_id,
            "started": self.started.isoformat(),
            "seen": self.seen.isoformat(),
            "energy_kwh": round(self.energy_kwh, 4),
            "green_kwh": round(self.green_kwh, 4),
            "grid_kwh": round(self.grid_kwh, 4),
            "charging_s": round(self.charging_s),
            "peak_amps": round(self.peak_amps, 2),
            "unproven_kwh": round(self.unproven_kwh, 4),
            "phases": self.phases,
            "vin": self.vin,
            "end": self.end,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the session that `as_dict` returned.

        Raises:
            KeyError: if a value is missing.
            OverflowError: if a number is too large.
            TypeError: if a value is of another type.
            ValueError: if a value cannot be.

        """
        started, seen = (
            datetime.fromisoformat(data[key]).astimezone(UTC)
            for key in ("started", "seen")
        )
        numbers = {
            key: float(data[key])
            for key in (
                "energy_kwh", "green_kwh", "grid_kwh", "charging_s", "peak_amps",
                "unproven_kwh",
            )
        }  # fmt: skip
        if not all(0 <= number < 1e9 for number in numbers.values()):
            raise ValueError(f"session: numbers that cannot be: {numbers}")
        vin, end, phases = data["vin"], data["end"], data["phases"]
        if phases not in {None, 1, 2, 3}:
            raise ValueError(f"session: {phases!r} is no number of phases")
        return cls(
            connector_id=int(data["connector_id"]),
            started=started,
            seen=seen,
            phases=phases,
            vin=None if vin is None else str(vin),
            end=None if end is None else SessionEnd(end),
            **numbers,
        )


def read_session(stored: object) -> Session | None:
    """Return a session that was stored; None if it cannot be read."""
    if not isinstance(stored, Mapping):
        return None
    try:
        return Session.from_dict(stored)
    except KeyError, OverflowError, TypeError, ValueError:
        return None


def _is_same(one: Session, other: Session) -> bool:
    return (one.connector_id, one.started) == (other.connector_id, other.started)


class SessionLog:
    """The finished sessions; the oldest are dropped."""

    def __init__(self, stored: Iterable[object] = (), length: int = LOG_LENGTH) -> None:
        """Start with the sessions that `stored` returned; those that cannot be read are dropped."""
        read = (read_session(item) for item in stored)
        self._sessions = deque(
            (session for session in read if session is not None and session.end),
            maxlen=length,
        )

    @property
    def stored(self) -> list[dict[str, Any]]:
        """Return the sessions as JSON values."""
        return [session.as_dict() for session in self._sessions]

    def add(self, session: Session) -> None:
        """Add a finished session.

        A session that ended just before a crash may be stored as running and end a second time; it replaces itself.
        """
        if self._sessions and _is_same(self._sessions[-1], session):
            self._sessions.pop()
        self._sessions.append(session)

    def find(
        self,
        begin: datetime | None = None,
        end: datetime | None = None,
        connector_id: int | None = None,
    ) -> list[Session]:
        """Return the sessions that overlap a time span, at one connector or at all."""
        return [
            session
            for session in self._sessions
            if (begin is None or session.seen >= begin.astimezone(UTC))
            and (end is None or session.started < end.astimezone(UTC))
            and connector_id in {None, session.connector_id}
        ]
