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
LONGEST_WAIT: Final = 900.0
"""What that grows to, doubling, when the scarcity has come and gone more than so often."""

FORGIVEN: Final = 3600.0
"""After so many s without having to give way, the wait is short again."""

GROWTH: Final = 3
MOST_GROWTH: Final = 27
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
        return GREEN in self.claim.pools


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
        return min(FIRST_WAIT * (1 << doubled), LONGEST_WAIT)


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
        self._places: dict[int, _QueueEntry] = {}
        self.starts = Starts()

    def choose(
        self,
        now: float,
        seekers: Sequence[QueueRequest],
        pools: Mapping[Hashable, int],
        turn: float,
        *,
        keep: Collection[int] = (),
        resting: Collection[int] = (),
    ) -> QueueResult:
        """Return who is served from `pools`, in turns of `turn` s.

        Connectors in `keep` do not seek now but keep their place; those that are `resting` do as well, and
        compete with nobody, as there is nothing for any of their kind.
        """
        by_id = {seeker.claim.connector_id: seeker for seeker in seekers}
        self._set_places(now, by_id, keep, resting)
        green_turn = turn * self._growth(now)
        lengths = {
            key: green_turn if seeker.green else turn for key, seeker in by_id.items()
        }
        ranked = sorted(seekers, key=lambda seeker: self._rank(seeker, now, lengths))
        delayed = self._delayed(ranked, pools, now, lengths)
        served = _admitted(
            [item for item in ranked if item.claim.connector_id not in delayed], pools
        )
        waiting_ids = by_id.keys() - set(served)
        waiting_ids |= {key for key in keep if self._is_queued(key)}
        self._note(now, by_id, served, lengths, scarce=bool(waiting_ids))
        ends = [self._places[key].turn_since + lengths[key] for key in served]
        next_turn = min(ends, default=None) if waiting_ids else None
        return QueueResult(tuple(served), delayed, next_turn)

    def _set_places(
        self,
        now: float,
        by_id: Mapping[int, QueueRequest],
        keep: Collection[int],
        resting: Collection[int],
    ) -> None:
        self._places = {
            key: place
            for key, place in self._places.items()
            if key in by_id or key in keep or key in resting
        }
        for key, seeker in by_id.items():
            waiting = None if seeker.running else now
            self._places.setdefault(key, _QueueEntry(waiting, now, now))
        for key in resting:
            place = self._places.setdefault(key, _QueueEntry(now, now, now))
            if place.waiting_since is None:
                place.waiting_since = now
            place.fits_since = None

    def _growth(self, now: float) -> float:
        """Return how much longer turns and waits for green energy are after today's starts."""
        again = max(self.starts.today(now) - 1, 0)
        return float(min(GROWTH**again, MOST_GROWTH))

    def _delayed(
        self,
        ranked: Sequence[QueueRequest],
        pools: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> dict[int, float]:
        """Return who could be served besides all who are, but has to wait for that to last, and until when.

        Whoever takes the place of another does not have to wait for that: it waited already.
        """
        served = [item for item in ranked if not self._waits(item)]
        left = dict(pools)
        _admitted(served, pools, left)
        delayed: dict[int, float] = {}
        for seeker in ranked:
            key = seeker.claim.connector_id
            place = self._places[key]
            if not self._waits(seeker):
                continue
            if not fits(seeker.claim, left):
                place.fits_since = None
                continue
            if place.fits_since is None:
                place.fits_since = now
            beside = [item for item in served if item.green] if seeker.green else []
            if seeker.green and not beside:
                # The first one that green energy starts: it has lasted for that.
                served.append(seeker)
                for pool in seeker.claim.pools:
                    left[pool] -= seeker.claim.least
                continue
            until = place.fits_since + place.wait()
            if beside:
                until = self._green_until(seeker, beside, pools, now, lengths)
            if now < until:
                delayed[key] = until
        return delayed

    def _green_until(
        self,
        seeker: QueueRequest,
        beside: Sequence[QueueRequest],
        pools: Mapping[Hashable, int],
        now: float,
        lengths: Mapping[int, float],
    ) -> float:
        """Return until when green energy must last for one more besides these, or its turn comes anyway."""
        key = seeker.claim.connector_id
        place = self._places[key]
        used = sum(item.claim.usable for item in beside)
        wasted = pools[GREEN] - used >= seeker.claim.least
        wait = FIRST_WAIT * self._growth(now)
        if now - place.began_at < DAY and not wasted:
            wait = lengths[key]
        turns = [
            self._places[other.claim.connector_id].turn_since + lengths[key]
            for other in beside
        ]
        since = now if place.fits_since is None else place.fits_since
        return min(since + wait, *turns)

    def _waits(self, seeker: QueueRequest) -> bool:
        return self._is_queued(seeker.claim.connector_id)

    def _is_queued(self, key: int) -> bool:
        return key in self._places and self._places[key].waiting_since is not None

    def _rank(
        self, seeker: QueueRequest, now: float, lengths: Mapping[int, float]
    ) -> tuple[bool, int, int, float, int]:
        key = seeker.claim.connector_id
        place = self._places[key]
        if place.waiting_since is not None:
            order, since = 1, place.waiting_since
        elif now - place.turn_since < lengths[key]:
            order, since = 0, -place.served_since
        else:
            order, since = 2, -place.served_since
        return not seeker.locked, -seeker.priority, order, since, key

    def _note(
        self,
        now: float,
        by_id: Mapping[int, QueueRequest],
        served: Collection[int],
        lengths: Mapping[int, float],
        *,
        scarce: bool,
    ) -> None:
        changed = any(self._is_queued(key) for key in served)
        for key, seeker in by_id.items():
            place, turn = self._places[key], lengths[key]
            if key not in served:
                self._wait(place, now, stopped=seeker.running, turn=turn)
                continue
            if place.waiting_since is not None:
                place.waiting_since, place.fits_since = None, None
                place.turn_since = place.served_since = now
                if seeker.green:
                    self.starts.start(now)
                    place.began_at = now
            elif not scarce or (changed and now - place.turn_since >= turn):
                # Without anybody waiting there are no turns. And who stays when another had to go has a new
                # one, or it would have to go as soon as that one may start again.
                place.turn_since = now
            if now - place.gave_way_at >= FORGIVEN:
                place.gave_way = 0

    @staticmethod
    def _wait(place: _QueueEntry, now: float, *, stopped: bool, turn: float) -> None:
        if place.waiting_since is not None:
            return
        place.waiting_since = now
        if stopped and now - place.turn_since < turn:
            place.gave_way = min(place.gave_way + 1, 8)
            place.gave_way_at = now


def _admitted(
    seekers: Sequence[QueueRequest],
    pools: Mapping[Hashable, int],
    left: dict[Hashable, int] | None = None,
) -> list[int]:
    """Return who gets the least, in this order; `left` is what that leaves of the pools."""
    left = dict(pools) if left is None else left
    admitted: list[int] = []
    for seeker in seekers:
        if fits(seeker.claim, left):
            admitted.append(seeker.claim.connector_id)
            for pool in seeker.claim.pools:
                left[pool] -= seeker.claim.least
    return admitted
