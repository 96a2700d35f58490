"""Asks one vehicle for less current than the minimum of its connector, and has its owner's value restored.

Neither wiring nor main fuse relies on it: for them counts what the connector offers. Time is an argument, in s of a
monotonic clock; currents are in A.
"""

from dataclasses import replace
from datetime import date
from math import ceil
from typing import Final

from ...twc import DRAWING_AMPS
from ...twc.transitions import find_transition
from ..vehicle_current import VehicleCurrent
from .current_states import (
    ANSWER_AMPS,
    TOLERANCE_AMPS,
    Asked,
    Asking,
    CurrentEvent,
    CurrentFacts,
    CurrentNews,
    CurrentWish,
    Followed,
    Left,
    NumberReading,
    Own,
    Restoring,
    StoredCurrent,
    given_of,
    with_given,
)
from .current_transitions import CURRENT_TRANSITIONS

ASK_SECONDS: Final = 60.0
"""The minimum time between two calls that ask for something else."""

MORE_SECONDS: Final = 180.0
"""The same if the vehicle is to take more, which costs nothing but a little sun."""

STEADY_SECONDS: Final = 20.0
"""For how long something else has to be wanted: the grid fills the gap meanwhile."""

AGAIN_SECONDS: Final = 900.0
"""How long a vehicle that did not follow is not asked again."""

MAXIMUM_IGNORED: Final = 2
"""A vehicle that did not follow so often is not asked again that day."""

MAXIMUM_ASKS: Final = 60
"""How often a vehicle is asked on one day; what its owner had set is restored beyond that."""

STUCK_TRIES: Final = 3
STUCK_SECONDS: Final = 600.0
"""From this many calls on that did not restore what the owner had set, some six minutes, or after this time, as a number
that is away is not called, the owner is told."""

START_SECONDS: Final = 90.0
"""How long after a restart connectors and vehicles may still have to be found before anything is restored."""


class _Lasting:
    """For how long something has been so.

    Attributes:
        seconds: for how many s it has held by the last update; 0 if it does not.

    """

    __slots__ = ("_since", "seconds")

    def __init__(self) -> None:
        self._since: float | None = None
        self.seconds = 0.0

    def update(self, now: float, *, holds: bool) -> float:
        """Return for how many s it has held; 0 if it does not."""
        if not holds:
            self._since = None
        elif self._since is None:
            self._since = now
        self.seconds = 0.0 if self._since is None else now - self._since
        return self.seconds


class _Watch:
    """What has lasted, and since when."""

    __slots__ = ("_target", "_target_since", "beyond", "enough", "unwanted", "within")

    def __init__(self) -> None:
        self.beyond = _Lasting()
        self.within = _Lasting()
        self.unwanted = _Lasting()
        self.enough = _Lasting()
        self._target: float | None = None
        self._target_since = 0.0

    def is_steady(self, now: float, target: float | None) -> bool:
        """Return whether this has been the target for long enough, or a lower one."""
        if target != self._target:
            rises = self._target is None or target is None or target > self._target
            self._target = target
            if rises:
                self._target_since = now
        return now - self._target_since >= STEADY_SECONDS


class CurrentRequester:
    """Asks one vehicle for less current, as states."""

    def __init__(self, stored: StoredCurrent, now: float) -> None:
        """Continue from `stored` after a restart."""
        self._asking: Asking = Own()
        self._starts_until = now
        if stored.given is not None:
            self._asking = Restoring(stored.given)
            self._starts_until = now + START_SECONDS
        self._proven = stored.proven
        self._day = stored.day
        self._calls = stored.calls
        self._watch = _Watch()
        self._restores = _Lasting()
        self._number = NumberReading(None)
        self._is_calling = False
        self._asked_at: float | None = None
        self._again_at: float | None = None
        self.news: CurrentNews | None = None
        """What became known last."""

    @property
    def stored(self) -> StoredCurrent:
        """Return what has to be known after a restart."""
        given = given_of(self._asking)
        return StoredCurrent(given, self._proven, self._day, self._calls)

    @property
    def asking(self) -> Asking:
        """Return the state."""
        return self._asking

    @property
    def is_calling(self) -> bool:
        """Return whether the result of a call is awaited."""
        return self._is_calling

    @property
    def is_stuck(self) -> bool:
        """Return whether what the owner had set could not be set again for long."""
        asking = self._asking
        if not isinstance(asking, Restoring):
            return False
        return asking.tries >= STUCK_TRIES or self._restores.seconds >= STUCK_SECONDS

    def has_refused(self, today: date) -> bool:
        """Return whether the vehicle is not asked again on this day, since it did not follow."""
        return self._day.on(today).ignored >= MAXIMUM_IGNORED

    def current(self, now: float, today: date, number: NumberReading) -> VehicleCurrent:
        """Return what the rules may count on."""
        given, lowest = given_of(self._asking), self._lowest(today, number)
        if not self._may_ask(now, today, number):
            lowest = None
        return VehicleCurrent(
            lowest=None if lowest is None else ceil(lowest),
            proven=None if self._proven is None else ceil(self._proven),
            asked=None if given is None else given.amps,
            is_followed=isinstance(self._asking, Followed),
        )

    def update(
        self, now: float, today: date, wish: CurrentWish, number: NumberReading
    ) -> float | None:
        """Return the value to set in the number now; None if there is nothing to be set.

        `record` takes the result of the call. To be called at every change, and every few seconds while a vehicle is
        plugged in.
        """
        self._day, self._calls = self._day.on(today), self._calls.on(today)
        self._note_number(now, number, wish.offered)
        self._restores.update(now, holds=isinstance(self._asking, Restoring))
        facts = self._facts(now, today, wish, number)
        starts = now < self._starts_until and not wish.is_here
        if self._is_calling or starts:
            return None
        amps = self._advance(CurrentEvent.UPDATE, facts)
        if amps is None and isinstance(self._asking, Restoring):
            # What is to be restored is restored at once.
            facts = replace(facts, asking=self._asking, target=None)
            amps = self._advance(CurrentEvent.UPDATE, facts)
        return amps

    def release(self, now: float) -> float | None:
        """Return the value that restores what the owner had set, before nobody is there to do it; None if it is set."""
        if self._is_calling or given_of(self._asking) is None:
            return None
        if isinstance(self._asking, Restoring) and self._asking.done_at is None:
            self._asking = replace(self._asking, next_at=now)
        facts = CurrentFacts(now, CurrentWish(), self._number, self._asking)
        amps = self._advance(CurrentEvent.UPDATE, facts)
        facts = replace(facts, asking=self._asking)
        return self._advance(CurrentEvent.UPDATE, facts) if amps is None else amps

    def record(self, now: float, *, done: bool) -> None:
        """Take the result of a call."""
        self._is_calling = False
        if not done:
            self._calls = replace(self._calls, failed=self._calls.failed + 1)
        event = CurrentEvent.DONE if done else CurrentEvent.FAILED
        self._advance(
            event, CurrentFacts(now, CurrentWish(), self._number, self._asking)
        )

    def _advance(self, event: CurrentEvent, facts: CurrentFacts) -> float | None:
        """Make the transition that follows from an event, if any, and return the value to set in the number."""
        state = self._asking.state
        row = find_transition(CURRENT_TRANSITIONS, state, event, facts)
        if row is None:
            return None
        step = row.action(facts)
        self._asking = step.asking
        if step.news is not None:
            self._note_news(facts, step.news)
        if step.amps is not None:
            self._note_call(facts.now)
        return step.amps

    def _note_call(self, now: float) -> None:
        self._is_calling = True
        self._watch = _Watch()
        self._calls = replace(self._calls, calls=self._calls.calls + 1)
        if isinstance(self._asking, Asked):
            self._asked_at = now
            self._day = replace(self._day, asks=self._day.asks + 1)

    def _note_news(self, facts: CurrentFacts, news: CurrentNews) -> None:
        self.news = news
        given = given_of(self._asking)
        match news:
            case CurrentNews.FOLLOWED if given is not None:
                proven = given.amps if self._proven is None else self._proven
                self._proven = min(proven, given.amps)
            case CurrentNews.LIMITED if given is not None:
                self._proven = given.amps
                self._day = replace(self._day, lowest=given.amps)
            case CurrentNews.IGNORED:
                self._proven = None
                self._again_at = facts.now + AGAIN_SECONDS
                self._day = replace(self._day, ignored=self._day.ignored + 1)
            case CurrentNews.FAILED:
                self._again_at = facts.now + AGAIN_SECONDS

    def _note_number(self, now: float, number: NumberReading, offered: float) -> None:
        """Note what the number shows; one that is available again is called at once."""
        was_away, self._number = self._number.value is None, number
        if number.value is None:
            return
        asking = self._asking
        if isinstance(asking, Restoring) and was_away and asking.next_at is not None:
            self._asking = replace(asking, next_at=now)
        self._note_answer(number.value, offered)

    def _note_answer(self, value: float, offered: float) -> None:
        """Note what the vehicle made of what it was asked for, as its number shows: not all go down as far."""
        asking, given = self._asking, given_of(self._asking)
        if given is None:
            return
        if given.is_ours(value):
            self._asking = with_given(asking, replace(given, is_seen=True))
            return
        is_asked = isinstance(asking, Asked)
        maximum = max(offered, ANSWER_AMPS) if is_asked else ANSWER_AMPS
        is_awaited = is_asked or not given.is_seen
        if is_awaited and value <= maximum and not given.is_owners(value):
            given = replace(given, shown=value, is_seen=True)
            self._asking = with_given(asking, given)

    def _facts(
        self, now: float, today: date, wish: CurrentWish, number: NumberReading
    ) -> CurrentFacts:
        given, watch = given_of(self._asking), self._watch
        most = None if given is None else given.amps + TOLERANCE_AMPS
        drawing = wish.drawn >= DRAWING_AMPS
        return CurrentFacts(
            now=now,
            wish=wish,
            number=number,
            asking=self._asking,
            target=self._target(now, today, wish, number),
            unwanted=watch.unwanted.update(now, holds=wish.amps is None),
            enough=watch.enough.update(now, holds=wish.is_enough),
            beyond=watch.beyond.update(
                now, holds=most is not None and drawing and wish.drawn > most
            ),
            within=watch.within.update(
                now, holds=most is not None and drawing and wish.drawn <= most
            ),
        )

    # What to ask for

    def _target(
        self, now: float, today: date, wish: CurrentWish, number: NumberReading
    ) -> float | None:
        """Return what the vehicle is to be asked for now; None for nothing else than before."""
        amps = self._amps(today, wish, number)
        given = given_of(self._asking)
        if given is not None and not isinstance(self._asking, Restoring):
            if amps == given.amps:
                amps = None
        steady = self._watch.is_steady(now, amps)
        if amps is None or not steady or not self._may_ask(now, today, number):
            return None
        return None if self._is_held_back(now, amps) else amps

    def _amps(
        self, today: date, wish: CurrentWish, number: NumberReading
    ) -> float | None:
        """Return what the vehicle should be asked for, by its number; None if nothing fits."""
        lowest, value = self._lowest(today, number), number.value
        if wish.amps is None or not wish.is_here or lowest is None or value is None:
            return None
        amps = number.at_most(min(wish.amps, wish.offered))
        given = given_of(self._asking)
        owners = value if given is None else given.owner
        return amps if amps is not None and lowest <= amps < owners else None

    def _lowest(self, today: date, number: NumberReading) -> float | None:
        """Return the least that the vehicle may be asked for; None if the number takes nothing of use."""
        lowest, shown = number.lowest, self._day.on(today).lowest
        return lowest if lowest is None or shown is None else max(lowest, shown)

    def _may_ask(self, now: float, today: date, number: NumberReading) -> bool:
        """Return whether the vehicle may be asked for less, apart from the time between two calls."""
        day = self._day.on(today)
        return (
            number.value is not None
            and not isinstance(self._asking, Left)
            and day.ignored < MAXIMUM_IGNORED
            and day.asks < MAXIMUM_ASKS
            and (self._again_at is None or now >= self._again_at)
        )

    def _is_held_back(self, now: float, amps: float) -> bool:
        """Return whether it is too early to ask for something else."""
        if self._asked_at is None:
            return False
        given = given_of(self._asking)
        more = given is not None and amps > given.amps
        return now - self._asked_at < (MORE_SECONDS if more else ASK_SECONDS)
