"""Chooses which vehicles are served when there is too little for all of them at the minimum: turns instead of a split.

Green energy varies all day, and each start wears a relay and a vehicle. So a turn on green energy, and the wait of a
vehicle that was served before, grow threefold with each start of the day after the first. A wiring limit is the same
all day, and turns are as long as set.

Time is an argument, in s of a monotonic clock.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from ..starts import DAYLIGHT_SECONDS, Starts
from .budgets import GREEN
from .sharing import CurrentClaim, fits

FIRST_WAIT: Final = 60.0
"""The time in s for which there must be enough for one more vehicle after it had to stop for others."""

FREE_TIMES: Final = 3
"""The number of such stops of a vehicle after which that wait doubles each time."""

MAX_WAIT: Final = 900.0
"""The maximum of that wait, in s."""

FORGIVEN: Final = 3600.0
"""The time in s without such a stop after which that wait is short again."""

GROWTH: Final = 3
"""The factor by which turns and waits for green energy grow with each start."""

MAX_GROWTH: Final = 27
"""The maximum of that factor over a day: 15 min become 7 h."""


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A connector whose vehicle wants power.

    Attributes:
        claim: the current that it may get.
        priority: the higher, the earlier it is served.
        running: whether it has an offer now.
        locked: whether it must not, or cannot, be stopped now.

    """

    claim: CurrentClaim
    priority: int
    running: bool
    locked: bool

    @property
    def connector_id(self) -> int:
        """Return the id of the connector."""
        return self.claim.connector_id

    @property
    def green(self) -> bool:
        """Return whether it follows green energy."""
        return GREEN in self.claim.budgets


@dataclass(slots=True)
class _QueueEntry:
    """A connector's place in the queue: all times in s.

    Attributes:
        waiting_since: since when it waits; None while it is served.
        turn_since: when its current turn began.
        served_since: since when it has been served without a break.
        fits_since: since when there has been enough for it as well; None while there is not.
        gave_way: how often it recently had to stop for others.
        gave_way_at: when it last had to stop for others.
        began_at: when green energy last started it.

    """

    waiting_since: float | None
    turn_since: float
    served_since: float
    fits_since: float | None = None
    gave_way: int = 0
    gave_way_at: float = 0.0
    began_at: float = -inf

    def wait(self) -> float:
        """Return for how many s there must be enough before it is served beside the others."""
        if not self.gave_way:
            return 0.0
        doubled = max(self.gave_way - FREE_TIMES, 0)
        return min(FIRST_WAIT * (1 << doubled), MAX_WAIT)


@dataclass(frozen=True, slots=True)
class QueueResult:
    """Which connectors are served, and when that may change by time alone.

    Attributes:
        served: ids, the first one with the best right.
        delayed: ids that there is enough for, but not for long enough yet, with the end of their wait in s.
        next_turn: when the next turn ends, in s; None while no connector waits.

    """

    served: tuple[int, ...]
    delayed: Mapping[int, float]
    next_turn: float | None


class ChargingQueue:
    """Gives turns to connectors. A turn ends only if another connector waits for it.

    Attributes:
        starts: the starts of vehicles on green energy.

    """

    def __init__(self) -> None:
        """Start with an empty queue."""
        self._entries: dict[int, _QueueEntry] = {}
        self.starts = Starts()

    def choose(
        self,
        now: float,
        requests: Sequence[QueueRequest],
        budgets: Mapping[Hashable, int],
        turn: float,
        *,
        keep: Collection[int] = (),
        resting: Collection[int] = (),
    ) -> QueueResult:
        """Return which connectors are served from `budgets`, in turns of `turn` s.

        Connectors in `keep` request nothing now but keep their place, and count as waiting. Those in `resting`
        keep theirs too but wait for no turn, as their budget is too small for any of them.
        """
        by_id = {request.connector_id: request for request in requests}
        self._update_entries(now, by_id, keep, resting)
        green_turn = turn * self._growth(now)
        lengths = {
            key: green_turn if request.green else turn for key, request in by_id.items()
        }
        ranked = sorted(requests, key=lambda request: self._rank(request, now, lengths))
        delayed = self._delayed(ranked, budgets, now, lengths)
        served = _admitted(
            [item for item in ranked if item.connector_id not in delayed], budgets
        )
        waiting_ids = by_id.keys() - set(served)
        waiting_ids |= {key for key in keep if self._is_queued(key)}
        self._record(now, by_id, served, lengths, scarce=bool(waiting_ids))
        ends = [self._entries[key].turn_since + lengths[key] for key in served]
        next_turn = min(ends, default=None) if waiting_ids else None
        return QueueResult(tuple(served), delayed, next_turn)

    def _update_entries(
        self,
        now: float,
        by_id: Mapping[int, QueueRequest],
        keep: Collection[int],
        resting: Collection[int],
    ) -> None:
        self._entries = {
            key: entry
            for key, entry in self._entries.items()
            if key in by_id or key in keep or key in resting
        }
        for key, request in by_id.items():
            waiting = None if request.running else now
            self._entries.setdefault(key, _QueueEntry(waiting, now, now))
        for key in resting:
            entry = self._entries.setdefault(key, _QueueEntry(now, now, now))
            if entry.waiting_since is None:
                entry.waiting_since = now
            entry.fits_since = None

    def _growth(self, now: float) -> float:
        """Return by what factor turns and waits for green energy are longer after today's starts."""
        again = max(self.starts.today(now) - 1, 0)
        return float(min(GROWTH**again, MAX_GROWTH))

    def _delayed(
        self,
        ranked: Sequence[QueueRequest],
        budgets: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> dict[int, float]:
        """Return which connectors fit beside all served ones but wait for that to last, and until when.

        A connector that takes the place of another one does not wait again.
        """
        served = [item for item in ranked if not self._waits(item)]
        left = dict(budgets)
        _admitted(served, budgets, left)
        green = [item for item in served if item.green]
        delayed: dict[int, float] = {}
        for request in filter(self._waits, ranked):
            if not self._fits(request, left, now):
                continue
            if request.green and not green:
                # The first one that green energy starts: the surplus has lasted for that.
                green.append(request)
                _take(request.claim, left)
                continue
            until = self._delayed_until(request, green, budgets, now, lengths)
            if now < until:
                delayed[request.connector_id] = until
        return delayed

    def _fits(
        self, request: QueueRequest, left: Mapping[Hashable, int], now: float
    ) -> bool:
        """Return whether there is enough for one more connector, and note since when."""
        entry = self._entries[request.connector_id]
        if not fits(request.claim, left):
            entry.fits_since = None
            return False
        if entry.fits_since is None:
            entry.fits_since = now
        return True

    def _delayed_until(
        self,
        request: QueueRequest,
        green: Sequence[QueueRequest],
        budgets: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> float:
        """Return until when there must be enough for one more connector before it is served."""
        if request.green:
            return self._green_until(request, green, budgets, now, lengths)
        entry = self._entries[request.connector_id]
        since = now if entry.fits_since is None else entry.fits_since
        return since + entry.wait()

    def _green_until(
        self,
        request: QueueRequest,
        beside: Sequence[QueueRequest],
        budgets: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> float:
        """Return until when green energy must last for one more connector beside these, unless its turn comes first."""
        key = request.connector_id
        entry = self._entries[key]
        used = sum(item.claim.usable for item in beside)
        wasted = budgets[GREEN] - used >= request.claim.minimum
        wait = FIRST_WAIT * self._growth(now)
        if now - entry.began_at < DAYLIGHT_SECONDS and not wasted:
            wait = lengths[key]
        turns = [
            self._entries[other.connector_id].turn_since + lengths[key]
            for other in beside
        ]
        since = now if entry.fits_since is None else entry.fits_since
        return min(since + wait, *turns)

    def _waits(self, request: QueueRequest) -> bool:
        return self._is_queued(request.connector_id)

    def _is_queued(self, key: int) -> bool:
        return key in self._entries and self._entries[key].waiting_since is not None

    def _rank(
        self, request: QueueRequest, now: float, lengths: Mapping[int, float]
    ) -> tuple[bool, int, int, float, int]:
        key = request.connector_id
        entry = self._entries[key]
        if entry.waiting_since is not None:
            group, since = 1, entry.waiting_since
        elif now - entry.turn_since < lengths[key]:
            group, since = 0, -entry.served_since
        else:
            group, since = 2, -entry.served_since
        return not request.locked, -request.priority, group, since, key

    def _record(
        self,
        now: float,
        by_id: Mapping[int, QueueRequest],
        served: Collection[int],
        lengths: Mapping[int, float],
        *,
        scarce: bool,
    ) -> None:
        changed = any(self._is_queued(key) for key in served)
        for key, request in by_id.items():
            entry, turn = self._entries[key], lengths[key]
            if key not in served:
                self._wait(entry, now, stopped=request.running, turn=turn)
                continue
            if entry.waiting_since is not None:
                entry.waiting_since, entry.fits_since = None, None
                entry.turn_since = entry.served_since = now
                if request.green:
                    self.starts.start(now)
                    entry.began_at = now
            elif not scarce or (changed and now - entry.turn_since >= turn):
                # While no connector waits there are no turns. A connector that continues when another one had to
                # stop gets a new turn, or it would have to stop as soon as the other may start again.
                entry.turn_since = now
            if now - entry.gave_way_at >= FORGIVEN:
                entry.gave_way = 0

    @staticmethod
    def _wait(entry: _QueueEntry, now: float, *, stopped: bool, turn: float) -> None:
        if entry.waiting_since is not None:
            return
        entry.waiting_since = now
        if stopped and now - entry.turn_since < turn:
            entry.gave_way = min(entry.gave_way + 1, 8)
            entry.gave_way_at = now


def _admitted(
    requests: Sequence[QueueRequest],
    budgets: Mapping[Hashable, int],
    left: dict[Hashable, int] | None = None,
) -> list[int]:
    """Return which connectors get their minimum, in this order; `left` becomes what the budgets have left."""
    left = dict(budgets) if left is None else left
    admitted: list[int] = []
    for request in requests:
        if fits(request.claim, left):
            admitted.append(request.connector_id)
            _take(request.claim, left)
    return admitted


def _take(claim: CurrentClaim, left: dict[Hashable, int]) -> None:
    """Take the minimum of a claim from the budgets."""
    for budget in claim.budgets:
        left[budget] -= claim.minimum
