"""Who is served when there is too little for all at the least offer: turns, not seconds.

Time is an argument, in s of a monotonic clock.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .sharing import PoolClaim, fits

FIRST_WAIT: Final = 60.0
"""How long there must be enough for one more after it had to give way to scarcity, in s."""

FREE_TIMES: Final = 3
LONGEST_WAIT: Final = 900.0
"""What that grows to, doubling, when the scarcity has come and gone more than so often."""

FORGIVEN: Final = 3600.0
"""After so many s without having to give way, the wait is short again."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """A connector whose car wants power.

    Attributes:
        claim: what it may be given.
        priority: the higher the earlier it is served.
        running: whether it has an offer now.
        locked: whether it must not, or cannot, be stopped now.

    """

    claim: PoolClaim
    priority: int
    running: bool
    locked: bool


@dataclass(slots=True)
class _Place:
    """A connector's place in the queue: all times in s.

    Attributes:
        waiting_since: since when it waits; None while it is served.
        turn_since: when its present turn began.
        served_since: since when it has been served without a break.
        fits_since: since when there has been enough for it too; None while there is not.
        gave_way: how often it had to give way lately.
        gave_way_at: when it last had to.

    """

    waiting_since: float | None
    turn_since: float
    served_since: float
    fits_since: float | None = None
    gave_way: int = 0
    gave_way_at: float = 0.0

    def wait(self) -> float:
        """Return how long there must have been enough before it is served besides the others."""
        if not self.gave_way:
            return 0.0
        doubled = max(self.gave_way - FREE_TIMES, 0)
        return min(FIRST_WAIT * (1 << doubled), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Turns:
    """Who is served, in the order of their right to it, and when that may change by time alone.

    Attributes:
        served: ids, the first with the best right.
        delayed: ids that fit but wait until the scarcity has been over for long enough, with its end.
        next_turn: when the next turn ends, in s; None while nobody waits.

    """

    served: tuple[int, ...]
    delayed: Mapping[int, float]
    next_turn: float | None


class TurnKeeper:
    """Gives out turns. A turn ends only if somebody else waits for it."""

    def __init__(self) -> None:
        """Start with an empty queue."""
        self._places: dict[int, _Place] = {}

    def choose(
        self,
        now: float,
        seekers: Sequence[Seeker],
        pools: Mapping[Hashable, int],
        turn: float,
        keep: Collection[int] = (),
    ) -> Turns:
        """Return who is served from `pools`, in turns of `turn` s.

        Connectors in `keep` do not seek now but keep their place.
        """
        by_id = {seeker.claim.connector_id: seeker for seeker in seekers}
        self._places = {
            key: place
            for key, place in self._places.items()
            if key in by_id or key in keep
        }
        for key, seeker in by_id.items():
            waiting = None if seeker.running else now
            self._places.setdefault(key, _Place(waiting, now, now))
        ranked = sorted(seekers, key=lambda seeker: self._rank(seeker, now, turn))
        delayed = self._delayed(ranked, pools, now)
        served = _admitted(
            [item for item in ranked if item.claim.connector_id not in delayed], pools
        )
        waiting_ids = by_id.keys() - set(served) - delayed.keys()
        waiting_ids |= {key for key in keep if self._is_queued(key)}
        self._note(now, by_id, served, turn, scarce=bool(waiting_ids))
        ends = [self._places[key].turn_since + turn for key in served]
        next_turn = min(ends, default=None) if waiting_ids else None
        return Turns(tuple(served), delayed, next_turn)

    def _delayed(
        self, ranked: Sequence[Seeker], pools: Mapping[Hashable, int], now: float
    ) -> dict[int, float]:
        """Return who could be served besides all who are, but had to give way too lately, and until when.

        Whoever takes the place of another does not have to wait for that: it waited already.
        """
        served = [item for item in ranked if not self._waits(item)]
        left = dict(pools)
        _admitted(served, pools, left)
        delayed: dict[int, float] = {}
        for seeker in ranked:
            place = self._places[seeker.claim.connector_id]
            if not self._waits(seeker):
                continue
            if not fits(seeker.claim, left):
                place.fits_since = None
                continue
            if place.fits_since is None:
                place.fits_since = now
            if now < (until := place.fits_since + place.wait()):
                delayed[seeker.claim.connector_id] = until
        return delayed

    def _waits(self, seeker: Seeker) -> bool:
        return self._is_queued(seeker.claim.connector_id)

    def _is_queued(self, key: int) -> bool:
        return key in self._places and self._places[key].waiting_since is not None

    def _rank(
        self, seeker: Seeker, now: float, turn: float
    ) -> tuple[bool, int, int, float, int]:
        key = seeker.claim.connector_id
        place = self._places[key]
        if place.waiting_since is not None:
            order, since = 1, place.waiting_since
        elif now - place.turn_since < turn:
            order, since = 0, -place.served_since
        else:
            order, since = 2, -place.served_since
        return not seeker.locked, -seeker.priority, order, since, key

    def _note(
        self,
        now: float,
        by_id: Mapping[int, Seeker],
        served: Collection[int],
        turn: float,
        *,
        scarce: bool,
    ) -> None:
        changed = any(self._is_queued(key) for key in served)
        for key, seeker in by_id.items():
            place = self._places[key]
            if key not in served:
                self._wait(place, now, stopped=seeker.running, turn=turn)
                continue
            if place.waiting_since is not None:
                place.waiting_since, place.fits_since = None, None
                place.turn_since = place.served_since = now
            elif not scarce or (changed and now - place.turn_since >= turn):
                # Without anybody waiting there are no turns. And who stays when another had to go has a new
                # one, or it would have to go as soon as that one may start again.
                place.turn_since = now
            if now - place.gave_way_at >= FORGIVEN:
                place.gave_way = 0

    @staticmethod
    def _wait(place: _Place, now: float, *, stopped: bool, turn: float) -> None:
        if place.waiting_since is not None:
            return
        place.waiting_since = now
        if stopped and now - place.turn_since < turn:
            place.gave_way = min(place.gave_way + 1, 8)
            place.gave_way_at = now


def _admitted(
    seekers: Sequence[Seeker],
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
