"""Who is served when there is too little for all at the least offer: turns, not seconds.

What green energy gives comes and goes all day, and each start wears a relay and a car. There a turn, and the wait
of a car that was served before, grow with the starts that the day has seen: threefold by each after the first.
Wires that are too small are small all day, and turns are as long as the owner set.

Time is an argument, in s of a monotonic clock.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from ..starts import DAY, Starts
from .budgets import GREEN
from .sharing import CurrentClaim, fits

FIRST_WAIT: Final = 60.0
"""How long there must be enough for one more after it had to give way to scarcity, in s."""

FREE_TIMES: Final = 3
MAX_WAIT: Final = 900.0
"""What that grows to, doubling, when the scarcity has come and gone more than so often."""

FORGIVEN: Final = 3600.0
"""After so many s without having to give way, the wait is short again."""

GROWTH: Final = 3
MAX_GROWTH: Final = 27
"""How much longer turns and waits for green energy become with each start, and at most: 15 min become 7 h."""


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A connector whose car wants power.

    Attributes:
        claim: what it may be given.
        priority: the higher the earlier it is served.
        running: whether it has an offer now.
        locked: whether it must not, or cannot, be stopped now.

    """

    claim: CurrentClaim
    priority: int
    running: bool
    locked: bool

    @property
    def green(self) -> bool:
        """Return whether it follows green energy."""
        return GREEN in self.claim.budgets


@dataclass(slots=True)
class _QueueEntry:
    """A connector's place in the queue: all times in s.

    Attributes:
        waiting_since: since when it waits; None while it is served.
        turn_since: when its present turn began.
        served_since: since when it has been served without a break.
        fits_since: since when there has been enough for it too; None while there is not.
        gave_way: how often it had to give way lately.
        gave_way_at: when it last had to.
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
        """Return how long there must have been enough before it is served besides the others."""
        if not self.gave_way:
            return 0.0
        doubled = max(self.gave_way - FREE_TIMES, 0)
        return min(FIRST_WAIT * (1 << doubled), MAX_WAIT)


@dataclass(frozen=True, slots=True)
class QueueResult:
    """Who is served, in the order of their right to it, and when that may change by time alone.

    Attributes:
        served: ids, the first with the best right.
        delayed: ids that fit but wait until the scarcity has been over for long enough, with its end.
        next_turn: when the next turn ends, in s; None while nobody waits.

    """

    served: tuple[int, ...]
    delayed: Mapping[int, float]
    next_turn: float | None


class ChargingQueue:
    """Gives out turns. A turn ends only if somebody else waits for it.

    Attributes:
        starts: the starts of cars on green energy.

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
        """Return who is served from `pools`, in turns of `turn` s.

        Connectors in `keep` do not seek now but keep their place; those that are `resting` do as well, and
        compete with nobody, as there is nothing for any of their kind.
        """
        by_id = {request.claim.connector_id: request for request in requests}
        self._update_entries(now, by_id, keep, resting)
        green_turn = turn * self._growth(now)
        lengths = {
            key: green_turn if request.green else turn for key, request in by_id.items()
        }
        ranked = sorted(requests, key=lambda request: self._rank(request, now, lengths))
        delayed = self._delayed(ranked, budgets, now, lengths)
        served = _admitted(
            [item for item in ranked if item.claim.connector_id not in delayed], budgets
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
        """Return how much longer turns and waits for green energy are after today's starts."""
        again = max(self.starts.today(now) - 1, 0)
        return float(min(GROWTH**again, MAX_GROWTH))

    def _delayed(
        self,
        ranked: Sequence[QueueRequest],
        budgets: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> dict[int, float]:
        """Return who could be served besides all who are, but has to wait for that to last, and until when.

        Whoever takes the place of another does not have to wait for that: it waited already.
        """
        served = [item for item in ranked if not self._waits(item)]
        left = dict(budgets)
        _admitted(served, budgets, left)
        delayed: dict[int, float] = {}
        for request in ranked:
            key = request.claim.connector_id
            entry = self._entries[key]
            if not self._waits(request):
                continue
            if not fits(request.claim, left):
                entry.fits_since = None
                continue
            if entry.fits_since is None:
                entry.fits_since = now
            beside = [item for item in served if item.green] if request.green else []
            if request.green and not beside:
                # The first one that green energy starts: it has lasted for that.
                served.append(request)
                for budget in request.claim.budgets:
                    left[budget] -= request.claim.minimum
                continue
            until = entry.fits_since + entry.wait()
            if beside:
                until = self._green_until(request, beside, budgets, now, lengths)
            if now < until:
                delayed[key] = until
        return delayed

    def _green_until(
        self,
        request: QueueRequest,
        beside: Sequence[QueueRequest],
        budgets: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> float:
        """Return until when green energy must last for one more besides these, or its turn comes anyway."""
        key = request.claim.connector_id
        entry = self._entries[key]
        used = sum(item.claim.usable for item in beside)
        wasted = budgets[GREEN] - used >= request.claim.minimum
        wait = FIRST_WAIT * self._growth(now)
        if now - entry.began_at < DAY and not wasted:
            wait = lengths[key]
        turns = [
            self._entries[other.claim.connector_id].turn_since + lengths[key]
            for other in beside
        ]
        since = now if entry.fits_since is None else entry.fits_since
        return min(since + wait, *turns)

    def _waits(self, request: QueueRequest) -> bool:
        return self._is_queued(request.claim.connector_id)

    def _is_queued(self, key: int) -> bool:
        return key in self._entries and self._entries[key].waiting_since is not None

    def _rank(
        self, request: QueueRequest, now: float, lengths: Mapping[int, float]
    ) -> tuple[bool, int, int, float, int]:
        key = request.claim.connector_id
        entry = self._entries[key]
        if entry.waiting_since is not None:
            order, since = 1, entry.waiting_since
        elif now - entry.turn_since < lengths[key]:
            order, since = 0, -entry.served_since
        else:
            order, since = 2, -entry.served_since
        return not request.locked, -request.priority, order, since, key

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
                # Without anybody waiting there are no turns. And who stays when another had to go has a new
                # one, or it would have to go as soon as that one may start again.
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
    """Return who gets the least, in this order; `left` is what that leaves of the pools."""
    left = dict(budgets) if left is None else left
    admitted: list[int] = []
    for request in requests:
        if fits(request.claim, left):
            admitted.append(request.claim.connector_id)
            for budget in request.claim.budgets:
                left[budget] -= request.claim.minimum
    return admitted
