"""The wiring guard: what no setting, rule or fault above it can get an offer past.

It keeps, for every connector, how many amps it *could* be drawing because of what was sent to it, and
lets an offer grow only into room that is proven to be free. To lower an offer is always allowed.

Nothing here knows a clock or a port; time is an argument, in s of a monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite
from typing import Final

MAX_WIRING_AMPS: Final = 80.0
"""No wall connector of the second generation takes more."""

MIN_OFFER: Final = 5.0
"""Offers between 0 and this make cars misbehave; some connectors want more for their least."""

AGREEING_REPORTS: Final = 2
"""An 8-bit checksum lets one frame of noise in 256 pass: a single report proves nothing."""

FALLBACK_SECONDS: Final = 60.0
"""A connector that hears no master for 26 s stops its car within another 30 s; with a margin."""

REACTION_SECONDS: Final = 5.0
"""How long a car that is just ramping up may go on with the offer it had before (IEC 61851-1 allows 5 s)."""

SETTLE_SECONDS: Final = 5.0
"""Room that comes bit by bit is handed on in steps no closer than this."""

OVERDRAW_SECONDS: Final = 10.0
"""How long a car may draw beyond its offer, as it does while it follows a lower one, before that counts."""

OVERDRAW_TOLERANCE: Final = 0.5
"""A measured draw this little above the offer, in A, is the meter's error."""


@dataclass(frozen=True, slots=True)
class WiringLimits:
    """What the wiring bears, in A: all connectors together, and each by itself."""

    total: float
    per_connector: float

    def __post_init__(self) -> None:
        """Refuse limits that are none.

        Raises:
            ValueError: if a limit is not a number above 0 and at most 80 A.

        """
        for limit in (self.total, self.per_connector):
            if not isfinite(limit) or not 0 < limit <= MAX_WIRING_AMPS:
                raise ValueError(
                    f"A wiring limit must be above 0 and at most {MAX_WIRING_AMPS:g} A, not {limit} A"
                )


class Exposure:
    """How many amps one connector could be drawing, from what it was sent and what it reported."""

    __slots__ = ("_answered", "_highest", "_lower", "_lower_since", "_reports", "_sent")

    def __init__(self) -> None:
        """Start without knowledge."""
        self._sent: float | None = None
        # The highest offer that may still be in force or in a car's mind, and the one that reports
        # say has taken its place.
        self._highest = 0.0
        self._lower: float | None = None
        self._lower_since = 0.0
        self._reports: tuple[tuple[float, float], ...] = ()
        self._answered = True

    @property
    def known(self) -> bool:
        """Return whether enough reports came for `possible` to be believed."""
        return len(self._reports) >= AGREEING_REPORTS

    @property
    def sent(self) -> float | None:
        """Return the offer sent last, in A; None before the first."""
        return self._sent

    @property
    def standing(self) -> float:
        """Return the offer the connector has, in A: the one sent last, else the one it echoes."""
        if self._sent is not None:
            return self._sent
        return min(echoed for echoed, _ in self._reports) if self.known else 0.0

    @property
    def echoed(self) -> float:
        """Return the least A that the last reports echo as allowed."""
        return min((echoed for echoed, _ in self._reports), default=0.0)

    @property
    def drawn(self) -> float:
        """Return the draw in A that agreeing reports prove."""
        return min(drawn for _, drawn in self._reports) if self.known else 0.0

    @property
    def possible(self) -> float:
        """Return the most amps the connector could be drawing, as far as known."""
        return max(self._highest, *(max(report) for report in self._reports), 0.0)

    def heartbeat_sent(self, offer: float | None) -> None:
        """Note a heartbeat that went out, and the offer in it if it carried one."""
        self._answered = False
        if offer is None:
            return
        if offer != self._sent:
            self._lower = None
        self._highest = max(self._highest, self.standing, offer)
        self._sent = offer

    def reported(self, echoed: float, drawn: float, now: float) -> None:
        """Note what the connector says it may draw and does draw.

        A report that answers nothing (one that comes twice, or seconds late from a network adapter)
        can raise what the connector is believed to draw, but proves no fall of it.
        """
        if self._answered:
            self._merge(echoed, drawn)
            return
        self._answered = True
        self._reports = (*self._reports, (echoed, drawn))[-AGREEING_REPORTS:]
        if self._sent is not None:
            self._confirm(max(self._sent, echoed), now)

    def _confirm(self, offer: float, now: float) -> None:
        """Take the offer that a connector has by its own word; one that is said for long enough counts."""
        if offer >= self._highest:
            self._lower = None
        elif self._lower is None or offer > self._lower:
            self._lower = offer
            self._lower_since = now
        elif now - self._lower_since >= REACTION_SECONDS:
            self._highest = self._lower
            self._lower = None

    def _merge(self, echoed: float, drawn: float) -> None:
        if not self._reports:
            return
        *older, (last_echoed, last_drawn) = self._reports
        newest = (max(last_echoed, echoed), max(last_drawn, drawn))
        self._reports = (*older, newest)


class _Watched:
    """A connector under guard."""

    __slots__ = (
        "_overdraws_since",
        "changed_at",
        "exposure",
        "gone",
        "last_heartbeat",
        "minimum",
        "rating",
        "watched_since",
    )

    def __init__(self, rating: float, minimum: float, now: float) -> None:
        """Start without knowledge of what it was offered and draws."""
        self.rating = rating
        self.minimum = minimum
        self.watched_since = now
        self.last_heartbeat = now
        self.changed_at = now
        self.exposure = Exposure()
        self.gone = False
        self._overdraws_since: float | None = None

    @property
    def proven(self) -> float:
        """Return the A that it takes or is free to take, as far as agreeing reports prove."""
        return max(self.exposure.standing, self.exposure.drawn)

    def has_fallen_back(self, now: float) -> bool:
        """Return whether it has missed its master for so long that it must have stopped its car."""
        return self.gone and now - self.last_heartbeat >= FALLBACK_SECONDS

    def possible(self, now: float) -> float:
        """Return the most A it could be drawing.

        Whoever fed it before, be it ourselves before the port was lost, may have lowered its offer only just
        now: until its car must have followed, what it reports proves nothing.
        """
        if self.has_fallen_back(now):
            return 0.0
        followed = now - self.watched_since >= REACTION_SECONDS
        if self.exposure.known and followed:
            return self.exposure.possible
        return max(self.exposure.possible, self.rating)

    def heartbeat_sent(self, offer: float | None, now: float) -> None:
        """Note a heartbeat, with the offer in it if it carried one."""
        if offer is not None and offer != self.exposure.sent:
            self.changed_at = now
        self.exposure.heartbeat_sent(offer)
        self.last_heartbeat = now

    def reported(self, echoed: float, drawn: float, now: float) -> None:
        """Note a report."""
        self.exposure.reported(echoed, drawn, now)
        if self.exposure.drawn <= self.exposure.standing + OVERDRAW_TOLERANCE:
            self._overdraws_since = None
        elif self._overdraws_since is None:
            self._overdraws_since = now

    def overdrawn(self, now: float) -> float:
        """Return what it draws in A if that has been more than its offer for long, else 0."""
        since = self._overdraws_since
        if since is None or now - since < OVERDRAW_SECONDS:
            return 0.0
        return self.exposure.drawn

    def whole_amps(self, amps: float) -> float:
        """Round down to what a car makes sense of; what is too little is nothing."""
        return float(floor(amps)) if amps >= self.minimum else 0.0


class WiringGuard:
    """Decides for each heartbeat which offer may really go out."""

    def __init__(self, limits: WiringLimits, *, hold_until: float) -> None:
        """Start with nobody on the bus; no offer grows before `hold_until`.

        The hold is for a bus whose connectors nobody knows yet: one that an earlier master fed may still
        be drawing, and shows itself only when it misses that master.
        """
        self._limits = limits
        self._hold_until = hold_until
        self._watched: dict[int, _Watched] = {}
        self._wanted: dict[int, float] = {}

    @property
    def limits(self) -> WiringLimits:
        """Return the wiring limits in force."""
        return self._limits

    def hold(self, until: float) -> None:
        """Let no offer grow before `until`."""
        self._hold_until = max(self._hold_until, until)

    def holding(self, now: float) -> bool:
        """Return whether no offer may grow because connectors are still being looked for."""
        return now < self._hold_until

    def watch(
        self,
        connector_id: int,
        rating: float,
        now: float,
        *,
        minimum: float = MIN_OFFER,
    ) -> None:
        """Take a connector under guard that linked, or that is believed to be there.

        Nothing that was known of it counts any more: until it has reported, and its car has had the time to
        follow what it reports, it counts with its rating.

        Args:
            connector_id: id on the bus.
            rating: most A it takes.
            now: time.
            minimum: smallest offer in A it makes sense of; what is less goes out as 0 A.

        """
        self._watched[connector_id] = _Watched(rating, minimum, now)

    def gone(self, connector_id: int, now: float) -> None:
        """Note that a connector fell silent. It counts on until it must have stopped its car."""
        self._watched[connector_id].gone = True
        self._watched = {
            other: watched
            for other, watched in self._watched.items()
            if not watched.has_fallen_back(now)
        }

    def want(self, offers: Mapping[int, float]) -> None:
        """Take the offers wanted from now on, in A; connectors that are not named keep what they have."""
        self._wanted = dict(offers)

    def heartbeat_sent(
        self, connector_id: int, offer: float | None, now: float
    ) -> None:
        """Note a heartbeat that went out, with the offer in it if it carried one."""
        self._watched[connector_id].heartbeat_sent(offer, now)

    def reported(
        self, connector_id: int, echoed: float, drawn: float, now: float
    ) -> None:
        """Note a connector's report of the amps it may draw and does draw."""
        self._watched[connector_id].reported(echoed, drawn, now)

    def standing(self, connector_id: int) -> float:
        """Return the offer a connector has, in A: the one sent last, else the one it echoes."""
        return self._watched[connector_id].exposure.standing

    def possible(self, now: float) -> float:
        """Return the most amps all connectors together could be drawing."""
        return sum(watched.possible(now) for watched in self._watched.values())

    def permit(self, connector_id: int, now: float) -> float | None:
        """Return the offer, in whole A, that may go out now; None if there is none to make.

        It is never above what is wanted nor above the caps, and it grows only into free room.
        """
        watched = self._watched[connector_id]
        if not watched.exposure.known:
            return None
        if connector_id not in self._wanted:
            kept = self._kept(watched, now)
            return None if watched.exposure.sent is None else watched.whole_amps(kept)
        return self._steer(watched, self._targets(now)[connector_id], now)

    def changes(self, now: float) -> dict[int, float]:
        """Return where the offer that may go out now is another than the standing one, and by how many A."""
        changes: dict[int, float] = {}
        for connector_id, target in self._targets(now).items():
            watched = self._watched[connector_id]
            if watched.exposure.known:
                offer = self._steer(watched, target, now)
                if offer != watched.exposure.standing:
                    changes[connector_id] = offer - watched.exposure.standing
        return changes

    def _steer(self, watched: _Watched, target: float, now: float) -> float:
        """Return the offer that may go out to a connector on its way to a target, in whole A."""
        kept = self._kept(watched, now)
        if target <= kept:
            return target
        raised = watched.whole_amps(min(target, self._room(watched, now)))
        settling = raised < target and now - watched.changed_at < SETTLE_SECONDS
        if raised <= kept or settling or self.holding(now):
            return watched.whole_amps(kept)
        return raised

    def _kept(self, watched: _Watched, now: float) -> float:
        """Return the offer that a connector may keep, in A.

        One that it does not confirm may have been lost: to say it again is a raise, for which there may be no room
        any more.
        """
        standing = watched.exposure.standing
        if standing <= watched.exposure.echoed or standing <= self._room(watched, now):
            return standing
        return watched.exposure.echoed

    def _room(self, watched: _Watched, now: float) -> float:
        """Return the A that all others leave to a connector."""
        return self._limits.total - self.possible(now) + watched.possible(now)

    def _targets(self, now: float) -> dict[int, float]:
        """Return the offers to steer to: what is wanted, capped, and together within the limit.

        What is beyond our say is gone for the others: what connectors have for which nothing is wanted or
        that are silent, and what a car draws beyond its offer.
        """
        targets: dict[int, float] = {}
        floors: dict[int, float] = {}
        left = self._limits.total
        for connector_id, watched in self._watched.items():
            if watched.has_fallen_back(now):
                continue
            wanted = self._wanted.get(connector_id)
            if wanted is None or watched.gone:
                left -= watched.proven
                continue
            targets[connector_id] = self._capped(watched, wanted)
            floors[connector_id] = watched.overdrawn(now)
        self._shrink(targets, floors, left)
        return targets

    def _capped(self, watched: _Watched, amps: float) -> float:
        """Return what is wanted as far as connector and wiring bear it; what is no number is nothing."""
        if not isfinite(amps):
            return 0.0
        limits = self._limits
        cap = min(watched.rating, limits.per_connector, limits.total)
        return watched.whole_amps(min(amps, cap))

    def _shrink(
        self, targets: dict[int, float], floors: Mapping[int, float], left: float
    ) -> None:
        """Lower offers until they fit into `left` A, the largest first.

        To lower an offer below what its car draws in spite of it helps nobody.
        """
        while sum(max(amps, floors[item]) for item, amps in targets.items()) > left:
            helps = [item for item, amps in targets.items() if amps > floors[item]]
            if not helps:
                return
            largest = max(helps, key=targets.__getitem__)
            lowered = targets[largest] - 1
            targets[largest] = self._watched[largest].whole_amps(lowered)
