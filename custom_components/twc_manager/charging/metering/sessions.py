"""Sessions of a connector: from plugging in, or the first current, to unplugging.

`now` is in s of a monotonic clock and measures; `at` is an aware datetime and only dates. Energy is in kWh.
What is green of it is reckoned from the surplus at the time; energy taken while no surplus was known is neither
green nor from the grid.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final, Self

from ...twc import DRAWING_AMPS

GONE_SECONDS: Final = 5.0
"""A car must have been gone, or another one, for so long: a single report may be noise."""

RETURN_SECONDS: Final = 30.0
"""The same after a restart, as a connector is asked for its plug only once it is linked."""

LOG_LENGTH: Final = 500

_GAP: Final = 30.0
"""Samples further apart than this, in s, say nothing about the time between them."""

_ABSURD_AMPS: Final = 100.0
_ABSURD_KWH: Final = 10.0
"""More than a car takes between two samples."""


class SessionEnd(StrEnum):
    """Why a session ended, or rather the charging in it."""

    UNPLUGGED = "unplugged"
    """Pulled while it was charging, or while nobody watched."""
    COMPLETE = "complete"
    """The car had stopped by itself, though it had amps: full, or told to."""
    PAUSED = "paused"
    """The car had no amps by the rules."""
    NEVER_CHARGED = "never_charged"
    """The car had amps and never took any."""
    OTHER_CAR = "other_car"
    """Another car is there, and nobody saw the plug being pulled."""
    LOST = "lost"
    """The connector is gone."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What happens at a connector now.

    Attributes:
        car: whether a car is plugged in.
        drawn: A that it draws on each phase.
        offer: A that it is offered.
        energy_kwh: what it took since the last sample.
        green_share: how much of its power is green, from 0 to 1; None if that is not known.
        vin: its VIN; None while it is not known.

    """

    car: bool
    drawn: float = 0.0
    offer: float = 0.0
    energy_kwh: float = 0.0
    green_share: float | None = None
    vin: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session, running or finished.

    Attributes:
        connector_id: where.
        started: when the car was plugged in, or drew first; in UTC.
        seen: when it was last seen; in UTC.
        energy_kwh: what the car took.
        green_kwh: what of that was green.
        grid_kwh: what of it came from the grid. What is missing from the two was taken while nobody knew.
        charging_s: how long the car drew, in s.
        peak_amps: the most A it drew.
        vin: VIN of the car; None if it was never known.
        end: why it ended; None while it runs.

    """

    connector_id: int
    started: datetime
    seen: datetime
    energy_kwh: float = 0.0
    green_kwh: float = 0.0
    grid_kwh: float = 0.0
    charging_s: float = 0.0
    peak_amps: float = 0.0
    vin: str | None = None
    end: SessionEnd | None = None

    @property
    def green_share(self) -> float | None:
        """Return how much of the energy was green, from 0 to 1; None if nothing is known of it."""
        known = self.green_kwh + self.grid_kwh
        return self.green_kwh / known if known > 0 else None

    def ended(self, end: SessionEnd) -> Self:
        """Return it with its end, in the digits that are kept: after a restart it is the same."""
        return self.from_dict(replace(self, end=end).as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return {
            "connector_id": self.connector_id,
            "started": self.started.isoformat(),
            "seen": self.seen.isoformat(),
            "energy_kwh": round(self.energy_kwh, 4),
            "green_kwh": round(self.green_kwh, 4),
            "grid_kwh": round(self.grid_kwh, 4),
            "charging_s": round(self.charging_s),
            "peak_amps": round(self.peak_amps, 2),
            "vin": self.vin,
            "end": self.end,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; a KeyError, TypeError or ValueError says that it is something else."""
        started, seen = (
            datetime.fromisoformat(data[key]).astimezone(UTC)
            for key in ("started", "seen")
        )
        numbers = {
            key: float(data[key])
            for key in (
                "energy_kwh", "green_kwh", "grid_kwh", "charging_s", "peak_amps",
            )
        }  # fmt: skip
        if not all(0 <= number < 1e9 for number in numbers.values()):
            raise ValueError(f"session: numbers that cannot be: {numbers}")
        vin, end = data["vin"], data["end"]
        return cls(
            connector_id=int(data["connector_id"]),
            started=started,
            seen=seen,
            vin=None if vin is None else str(vin),
            end=None if end is None else SessionEnd(end),
            **numbers,
        )


def green_share(surplus_w: float | None, charging_w: float) -> float | None:
    """Return how much of the connectors' power is green, from 0 to 1; None if that is not known.

    surplus_w: what was left for charging. charging_w: what all connectors took together.
    """
    if surplus_w is None or not isfinite(surplus_w) or not isfinite(charging_w):
        return None
    if charging_w <= 0:
        return 1.0
    return min(max(surplus_w / charging_w, 0.0), 1.0)


@dataclass(slots=True)
class _Doubt:
    """Something seen that would end the session, if it lasts."""

    since: float
    at: datetime
    vin: str | None


class SessionTracker:
    """Follows the sessions of one connector."""

    def __init__(
        self, connector_id: int, stored: Mapping[str, Any] | None = None
    ) -> None:
        """Start; `stored` is what `stored` was before a restart.

        What was running then goes on if a car is there, and ends if not; what cannot be read is dropped.
        """
        self._connector_id = connector_id
        self._session: Session | None = _running(connector_id, stored)
        self._last: float | None = None
        self._patience = RETURN_SECONDS
        self._charging = self._session is not None
        self._offered = False
        self._doubt: _Doubt | None = None

    @property
    def session(self) -> Session | None:
        """Return the session that runs; None between sessions."""
        return self._session

    @property
    def stored(self) -> dict[str, Any] | None:
        """Return what to keep over a restart."""
        return None if self._session is None else self._session.as_dict()

    def update(self, now: float, at: datetime, sample: Sample) -> Session | None:
        """Take a sample; return the session that it ends, if it ends one.

        To be called at least every 30 s while there is a car: nothing is known of a longer gap but its energy.
        """
        at = at.astimezone(UTC)
        car = sample.car or sample.drawn >= DRAWING_AMPS
        ended = self._ended(now, at, sample, car=car)
        if car and self._session is None:
            self._session = Session(self._connector_id, at, at)
        if car and self._doubt is None:
            self._add(now, at, sample)
            self._patience = GONE_SECONDS
        self._last = now
        return ended

    def close(self, end: SessionEnd = SessionEnd.LOST) -> Session | None:
        """End what runs, as its connector is gone; return it."""
        session, self._session = self._session, None
        self._doubt = self._last = None
        self._charging = self._offered = False
        return None if session is None else session.ended(end)

    def _ended(
        self, now: float, at: datetime, sample: Sample, *, car: bool
    ) -> Session | None:
        """Return the session that is over, now that its car has been gone or another one for long enough."""
        session = self._session
        if session is None:
            return None
        other = None not in {session.vin, sample.vin} and session.vin != sample.vin
        if car and not other:
            self._doubt = None
            return None
        vin = sample.vin if car else None
        if self._doubt is None or self._doubt.vin != vin or now < self._doubt.since:
            self._doubt = _Doubt(now, at, vin)
        if now - self._doubt.since < self._patience:
            return None
        return self.close(SessionEnd.OTHER_CAR if other and car else self._why())

    def _why(self) -> SessionEnd:
        """Return why the session ended, now that the car is gone."""
        if self._charging:
            return SessionEnd.UNPLUGGED
        if not self._offered:
            return SessionEnd.PAUSED
        charged = self._session is not None and self._session.peak_amps > 0
        return SessionEnd.COMPLETE if charged else SessionEnd.NEVER_CHARGED

    def _add(self, now: float, at: datetime, sample: Sample) -> None:
        """Add what happened since the last sample."""
        session = self._session
        assert session is not None
        energy = _within(sample.energy_kwh, _ABSURD_KWH)
        share = sample.green_share
        known = share is not None and 0 <= share <= 1
        green = energy * share if share is not None and known else 0.0
        passed = 0.0 if self._last is None else now - self._last
        drawn = _within(sample.drawn, _ABSURD_AMPS)
        charging = drawn >= DRAWING_AMPS
        charged_s = passed if self._charging and 0 <= passed <= _GAP else 0.0
        self._session = replace(
            session,
            seen=at,
            energy_kwh=session.energy_kwh + energy,
            green_kwh=session.green_kwh + green,
            grid_kwh=session.grid_kwh + (energy - green if known else 0.0),
            charging_s=session.charging_s + charged_s,
            peak_amps=max(session.peak_amps, drawn if charging else 0.0),
            vin=session.vin if sample.vin is None else sample.vin,
        )
        self._charging, self._offered = charging, sample.offer > 0


def _within(value: float, most: float) -> float:
    """Return a number that can be; 0 for one that cannot."""
    return value if 0 <= value <= most else 0.0


def _running(connector_id: int, stored: object) -> Session | None:
    """Return a session that ran before a restart; None if there was none, or none that can be read."""
    session = _read(stored)
    if session is None or session.connector_id != connector_id or session.end:
        return None
    return session


def _read(stored: object) -> Session | None:
    if not isinstance(stored, Mapping):
        return None
    try:
        return Session.from_dict(stored)
    except KeyError, OverflowError, TypeError, ValueError:
        return None


def _is_same(one: Session, other: Session) -> bool:
    return (one.connector_id, one.started) == (other.connector_id, other.started)


class SessionLog:
    """The finished sessions, the newest kept."""

    def __init__(self, stored: Iterable[object] = (), length: int = LOG_LENGTH) -> None:
        """Start with what `stored` gave before a restart; what cannot be read is dropped."""
        read = (_read(item) for item in stored)
        self._sessions = deque(
            (session for session in read if session is not None and session.end),
            maxlen=length,
        )

    @property
    def stored(self) -> list[dict[str, Any]]:
        """Return what to keep over a restart."""
        return [session.as_dict() for session in self._sessions]

    def add(self, session: Session) -> None:
        """Note a finished session; the oldest gives way to it where there are too many.

        One that ended before a crash that had been kept as running ends once more, and is the same.
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
        """Return the sessions that were going on between two times, at one connector or at any."""
        return [
            session
            for session in self._sessions
            if (begin is None or session.seen >= begin.astimezone(UTC))
            and (end is None or session.started < end.astimezone(UTC))
            and connector_id in {None, session.connector_id}
        ]
