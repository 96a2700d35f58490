"""Tracks the running session of a connector: from plugging in, or the first current, to unplugging.

`now` is in s of a monotonic clock, for durations; `at` is an aware datetime in the owner's time zone, for dates, prices
and months. Energy is in kWh.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, ClassVar, Final

from ..planning.tariff import EMPTY, Tariff
from .pricing import priced
from .sample import Sample
from .sessions import Session, SessionEnd, month_of, read_session

GONE_SECONDS: Final = 5.0
"""How many s a vehicle must have been gone or replaced before its session ends: a single report may be noise."""

RETURN_SECONDS: Final = 30.0
"""The same for a session from before a restart: a connector is only asked for its plug once it is linked."""

_NOISE_KWH: Final = 0.01

_GAP: Final = 30.0
"""The time between samples further apart than this, in s, does not count as charging."""

_LEAP: Final = timedelta(minutes=1)
"""Difference between clock and elapsed time that shows that the clock was set."""


class SessionState(Enum):
    """Whether a session runs."""

    NONE = auto()
    """No vehicle is present."""
    RUNNING = auto()
    """A vehicle is present."""
    DOUBTED = auto()
    """The last samples show no vehicle or another one, which may be noise."""


@dataclass(frozen=True, slots=True)
class NoSession:
    """No session runs."""

    state: ClassVar = SessionState.NONE


@dataclass(frozen=True, slots=True)
class Running:
    """A session runs.

    Attributes:
        session: the session so far.
        charging: whether the vehicle drew current at the last sample.
        offered: whether it was offered current at the last sample.
        is_restored: whether the session is from before a restart and has had no sample since.

    """

    state: ClassVar = SessionState.RUNNING
    session: Session
    charging: bool = False
    offered: bool = False
    is_restored: bool = False

    @property
    def end(self) -> SessionEnd:
        """Return why the session ends if the vehicle is gone now."""
        if self.charging:
            return SessionEnd.UNPLUGGED
        if not self.offered:
            return SessionEnd.PAUSED
        charged = self.session.peak_amps > 0
        return SessionEnd.COMPLETE if charged else SessionEnd.NEVER_CHARGED


@dataclass(frozen=True, slots=True)
class Doubted:
    """A session ends if the samples stay like this.

    Attributes:
        running: the session before.
        since: first of these samples, in s.
        vin: VIN of the other vehicle; None without one.

    """

    state: ClassVar = SessionState.DOUBTED
    running: Running
    since: float
    vin: str | None


type Progress = NoSession | Running | Doubted


@dataclass(frozen=True, slots=True)
class Situation:
    """The inputs of the conditions and actions of a transition.

    Attributes:
        progress: the state before.
        sample: the new sample.
        now: its time in s.
        at: its time as a date, in UTC.
        passed: time since the last sample in s; 0 for the first one.
        connector_id: id of the connector.
        month: the month in the owner's time zone.
        tariff: the prices.

    """

    progress: Progress
    sample: Sample
    now: float
    at: datetime
    passed: float
    connector_id: int
    month: str
    tariff: Tariff

    @property
    def running(self) -> Running:
        """Return the running session, doubted or not."""
        if isinstance(self.progress, Doubted):
            return self.progress.running
        assert isinstance(self.progress, Running)
        return self.progress

    @property
    def doubted(self) -> Doubted:
        """Return the session that is doubted."""
        assert isinstance(self.progress, Doubted)
        return self.progress

    @property
    def vin(self) -> str | None:
        """Return the VIN of the present vehicle; None without a vehicle, or if its VIN is unknown."""
        return self.sample.vin if self.sample.has_vehicle else None


type Outcome = tuple[Progress, Session | None]
"""The state after a transition, and the session that it ends; None if it ends none."""


def _has_vehicle(at: Situation) -> bool:
    return at.sample.has_vehicle


def _is_same_vehicle(at: Situation) -> bool:
    before, vin = at.running.session.vin, at.sample.vin
    is_other = None not in {before, vin} and before != vin
    return at.sample.has_vehicle and not is_other


def _is_new_doubt(at: Situation) -> bool:
    return at.vin != at.doubted.vin or at.now < at.doubted.since


def _is_over(at: Situation) -> bool:
    patience = RETURN_SECONDS if at.running.is_restored else GONE_SECONDS
    return at.now - at.doubted.since >= patience


def _is_replaced(at: Situation) -> bool:
    return at.sample.has_vehicle and _is_over(at)


def _always(at: Situation) -> bool:
    return True


def _begin(at: Situation) -> Outcome:
    # Before this sample no vehicle was present.
    first = replace(at, passed=0.0)
    return _add(Running(Session(at.connector_id, at.at, at.at)), first), None


def _go_on(at: Situation) -> Outcome:
    return _add(at.running, at), None


def _doubt(at: Situation) -> Outcome:
    return Doubted(at.running, at.now, at.vin), None


def _replace(at: Situation) -> Outcome:
    progress, _ = _begin(at)
    return progress, at.running.session.ended(SessionEnd.OTHER_VEHICLE)


def _end(at: Situation) -> Outcome:
    return NoSession(), at.running.session.ended(at.running.end)


def _add(running: Running, at: Situation) -> Running:
    """Return the session with the time since the last sample."""
    session, sample = running.session, at.sample
    passed = max(at.passed, 0.0)
    taken = priced(
        sample.kwh,
        sample.shares,
        at.at - timedelta(seconds=passed),
        at.at,
        at.tariff,
    )
    counted = passed if passed <= _GAP else 0.0
    session = replace(
        session.with_amounts(at.month, taken),
        seen=at.at,
        charging_s=session.charging_s + (counted if running.charging else 0.0),
        peak_amps=max(session.peak_amps, sample.amps if sample.charges else 0.0),
        vin=session.vin if sample.vin is None else sample.vin,
        vehicle_id=sample.vehicle_id or session.vehicle_id,
        at_once=session.at_once.with_moment(at.at, counted, sample, at.tariff),
    )
    return Running(session, sample.charges, sample.offer > 0)


@dataclass(frozen=True, slots=True)
class Transition:
    """In one of `sources`, `action` leads to `target` if `condition` holds for a sample."""

    sources: frozenset[SessionState]
    condition: Callable[[Situation], bool]
    target: SessionState
    action: Callable[[Situation], Outcome]


_NONE: Final = frozenset({SessionState.NONE})
_RUNNING: Final = frozenset({SessionState.RUNNING})
_DOUBTED: Final = frozenset({SessionState.DOUBTED})

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_NONE, _has_vehicle, SessionState.RUNNING, _begin),
    Transition(_RUNNING | _DOUBTED, _is_same_vehicle, SessionState.RUNNING, _go_on),
    Transition(_RUNNING, _always, SessionState.DOUBTED, _doubt),
    Transition(_DOUBTED, _is_new_doubt, SessionState.DOUBTED, _doubt),
    Transition(_DOUBTED, _is_replaced, SessionState.RUNNING, _replace),
    Transition(_DOUBTED, _is_over, SessionState.NONE, _end),
)
"""The first row whose condition holds is taken; where none holds, nothing changes."""


class SessionTracker:
    """Follows the sessions of one connector."""

    def __init__(
        self, connector_id: int, stored: Mapping[str, Any] | None = None
    ) -> None:
        """Start with the session from `stored` before a restart; without one if it is None or cannot be read.

        The session continues if its vehicle is present, and ends otherwise.
        """
        self._connector_id = connector_id
        session = _running_session(connector_id, stored)
        self._progress: Progress = NoSession()
        if session is not None:
            self._progress = Running(session, charging=True, is_restored=True)
        self._restored_start = None if session is None else session.started
        self._updated_at: float | None = None
        self._updated_on: datetime | None = None

    @property
    def session(self) -> Session | None:
        """Return the running session; None between sessions."""
        match self._progress:
            case Running(session=session) | Doubted(running=Running(session=session)):
                return session
        return None

    @property
    def stored(self) -> dict[str, Any] | None:
        """Return the running session as JSON values; None between sessions."""
        return None if self.session is None else self.session.as_dict()

    def update(
        self, now: float, at: datetime, sample: Sample, tariff: Tariff = EMPTY
    ) -> Session | None:
        """Take a sample and the prices; return the session that it ends, None if it ends none or only noise.

        Call it at least every 30 s while a vehicle is present: of a longer gap only the energy counts.
        """
        month, at = month_of(at), at.astimezone(UTC)
        passed = 0.0 if self._updated_at is None else now - self._updated_at
        if self._updated_on is not None:
            self._follow_clock(at - self._updated_on - timedelta(seconds=passed))
        situation = Situation(
            self._progress,
            sample,
            now,
            at,
            passed,
            self._connector_id,
            month,
            tariff,
        )
        self._updated_at, self._updated_on = now, at
        for row in TRANSITIONS:
            if self._progress.state in row.sources and row.condition(situation):
                self._progress, ended = row.action(situation)
                return None if ended is None or _is_noise(ended) else ended
        return None

    def _follow_clock(self, leap: timedelta) -> None:
        """Correct the dates of a session that began before the clock was set, which may be some time after a start.

        Dates from before a restart are not changed: the clock was right then.
        """
        session = self.session
        if session is None or abs(leap) < _LEAP:
            return
        if session.started != self._restored_start:
            session = replace(session, started=session.started + leap)
        self.revise(replace(session, seen=session.seen + leap))

    def revise(self, session: Session) -> None:
        """Replace the running session by one with corrected numbers."""
        match self._progress:
            case Running() as running:
                self._progress = replace(running, session=session)
            case Doubted() as doubted:
                running = replace(doubted.running, session=session)
                self._progress = replace(doubted, running=running)

    def fill(self, kwh: float, seconds: float, at: datetime) -> None:
        """Add energy to a session from before a restart, of the last `seconds` until `at`; its price is unknown."""
        match self._progress:
            case Running(is_restored=True, session=session) as running if kwh > 0:
                month, at = month_of(at), at.astimezone(UTC)
                taken = priced(kwh, None, at - timedelta(seconds=seconds), at, EMPTY)
                session = replace(
                    session.with_amounts(month, taken),
                    charging_s=session.charging_s + seconds,
                )
                self._progress = replace(running, session=session)

    def close(self) -> Session | None:
        """End and return the running session, as its connector is removed; None between sessions."""
        session = self.session
        self._progress, self._updated_at, self._updated_on = NoSession(), None, None
        return None if session is None else session.ended(SessionEnd.LOST)


def _is_noise(session: Session) -> bool:
    """Return whether a session is only a report or two of a vehicle that was never present."""
    lasted = (session.seen - session.started).total_seconds()
    return lasted < GONE_SECONDS and session.energy_kwh < _NOISE_KWH


def _running_session(connector_id: int, stored: object) -> Session | None:
    """Return a session of this connector that ran before a restart; None if it cannot be read."""
    session = read_session(stored)
    if session is None or session.connector_id != connector_id or session.end:
        return None
    return session
