"""Asks one vehicle for less current than the minimum of its connector, and restores its owner's value afterwards.

Neither wiring nor main fuse relies on it: for them, the offer of the connector counts. Time is an argument, in s of a
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
"""The minimum time between two calls with different values, in s."""

MORE_SECONDS: Final = 180.0
"""The same for a higher value: waiting only loses a little surplus."""

STEADY_SECONDS: Final = 20.0
"""How many s another value has to be wanted before the call; the grid covers the difference meanwhile."""

AGAIN_SECONDS: Final = 900.0
"""How many s a vehicle that did not follow is not asked again."""

MAXIMUM_IGNORED: Final = 2
"""How often a vehicle may ignore a request before it is not asked again that day."""

MAXIMUM_ASKS: Final = 60
"""The maximum number of requests a day; restoring the owner's value does not count."""

STUCK_TRIES: Final = 3
STUCK_SECONDS: Final = 600.0
"""After this many calls that did not restore the owner's value (about six minutes), or after this time, as an
unavailable number is not called, the owner is informed."""

START_SECONDS: Final = 90.0
"""How many s after a restart nothing is restored, as connectors and vehicles may still have to be found."""


class _Lasting:
    """Measures how long a condition has held.

    Attributes:
        seconds: how many s it had held at the last update; 0 if it does not hold.

    """

    __slots__ = ("_since", "seconds")

    def __init__(self) -> None:
        self._since: float | None = None
        self.seconds = 0.0

    def update(self, now: float, *, holds: bool) -> float:
        """Return how many s the condition has held; 0 if it does not hold."""
        if not holds:
            self._since = None
        elif self._since is None:
            self._since = now
        self.seconds = 0.0 if self._since is None else now - self._since
        return self.seconds


class _Watch:
    """The durations that the transitions depend on."""

    __slots__ = ("_target", "_target_since", "beyond", "enough", "unwanted", "within")

    def __init__(self) -> None:
        self.beyond = _Lasting()
        self.within = _Lasting()
        self.unwanted = _Lasting()
        self.enough = _Lasting()
        self._target: float | None = None
        self._target_since = 0.0

    def is_steady(self, now: float, target: float | None) -> bool:
        """Return whether the target has been this one, or a lower one, for `STEADY_SECONDS`."""
        if target != self._target:
            rises = self._target is None or target is None or target > self._target
            self._target = target
            if rises:
                self._target_since = now
        return now - self._target_since >= STEADY_SECONDS


class CurrentRequester:
    """Asks one vehicle for less current; `current_states` has the states."""

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
        """The last news; None before any."""

    @property
    def stored(self) -> StoredCurrent:
        """Return the data to store over a restart."""
        given = given_of(self._asking)
        return StoredCurrent(given, self._proven, self._day, self._calls)

    @property
    def asking(self) -> Asking:
        """Return the state."""
        return self._asking

    @property
    def is_stuck(self) -> bool:
        """Return whether the owner's value could not be restored for a long time."""
        asking = self._asking
        if not isinstance(asking, Restoring):
            return False
        return asking.tries >= STUCK_TRIES or self._restores.seconds >= STUCK_SECONDS

    def has_refused(self, today: date) -> bool:
        """Return whether the vehicle is not asked again on this day, since it did not follow."""
        return self._day.on(today).ignored >= MAXIMUM_IGNORED

    def current(self, now: float, today: date, number: NumberReading) -> VehicleCurrent:
        """Return what the rules may rely on."""
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
        """Return the value to set in the number now; None without a call.

        Pass the result of the call to `record`. Call `update` at every change, and every few seconds while a vehicle is
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
            # The owner's value is restored at once.
            facts = replace(facts, asking=self._asking, target=None)
            amps = self._advance(CurrentEvent.UPDATE, facts)
        return amps

    def release(self, now: float) -> float | None:
        """Return the value that restores the owner's setting before the bus ends; None if nothing has to be restored."""
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
        """Note the value of the number; a number that is available again is called at once."""
        was_away, self._number = self._number.value is None, number
        if number.value is None:
            return
        asking = self._asking
        if isinstance(asking, Restoring) and was_away and asking.next_at is not None:
            self._asking = replace(asking, next_at=now)
        self._note_answer(number.value, offered)

    def _note_answer(self, value: float, offered: float) -> None:
        """Note the value that the vehicle made of the request, by its number, as not all vehicles go as low."""
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
        limit = None if given is None else given.amps + TOLERANCE_AMPS
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
                now, holds=limit is not None and drawing and wish.drawn > limit
            ),
            within=watch.within.update(
                now, holds=limit is not None and drawing and wish.drawn <= limit
            ),
        )

    # The target

    def _target(
        self, now: float, today: date, wish: CurrentWish, number: NumberReading
    ) -> float | None:
        """Return the A to ask the vehicle for now; None for no change."""
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
        """Return the A to ask the vehicle for, in steps of its number; None if no value fits."""
        lowest, value = self._lowest(today, number), number.value
        if wish.amps is None or not wish.is_here or lowest is None or value is None:
            return None
        amps = number.at_most(min(wish.amps, wish.offered))
        given = given_of(self._asking)
        owners = value if given is None else given.owner
        return amps if amps is not None and lowest <= amps < owners else None

    def _lowest(self, today: date, number: NumberReading) -> float | None:
        """Return the minimum A to ask the vehicle for; None if the number has no useful value."""
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
        """Return whether it is too early for another value."""
        if self._asked_at is None:
            return False
        given = given_of(self._asking)
        more = given is not None and amps > given.amps
        return now - self._asked_at < (MORE_SECONDS if more else ASK_SECONDS)
