"""The wiring guard: records what every connector could be drawing, and limits the amps that it may be sent.

It keeps, for every connector, how many amps it *could* be drawing because of what was really sent to it, and lets an
offer grow only into room that is certainly free. The write gate asks it about the amps in every frame.

| term | of | means, in A |
|---|---|---|
| cap | a connector | the highest offer that it may ever get: by its rating, the limit per connector and the total limit |
| sent | a connector | the offer in the last heartbeat that had one |
| echoed | a connector | the allowed amps that it repeats in its reports, the lower of the last two |
| standing | a connector | the offer that it has: sent, or echoed before anything was sent |
| has | a connector | what it may keep, as sending it again is no raise: the lower of standing and echoed |
| drawn | a connector | the draw that its last two reports agree on |
| in use | a connector | the higher of standing and drawn: what is lost to the others at least |
| possible | a connector, all | the maximum that it could be drawing, whatever is not known assumed to be the worst |
| reserved | all | what is kept for connectors that are out of reach, which cannot be lowered |
| room | a connector | what the total limit leaves to it when all others draw what is possible |
| allowed | a connector | the maximum that it may be sent now: has, or more within its cap and its room |

The guard uses neither a clock nor a port; time is an argument, in s of a monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite
from typing import Final

from .conduct import LOWEST_OFFER, Conduct, SumWatch
from .contact import Contact
from .exposure import REACTION_SECONDS, Exposure

MAX_CONNECTOR_AMPS: Final = 80.0
"""Maximum current of a Wall Connector Gen 2."""

MAX_TOTAL_AMPS: Final = 3 * MAX_CONNECTOR_AMPS
"""Maximum for all connectors of a bus, where each of the three has a circuit of its own."""

MIN_OFFER: Final = 5.0
"""Offers between 0 and this make cars misbehave; some connectors have a higher minimum."""

SETTLING_SECONDS: Final = 20.0
"""How long a car that draws above its offer at a start gets no more: by then it has followed, or is known not to."""


@dataclass(frozen=True, slots=True)
class WiringLimits:
    """What the wiring can carry, in A: for all connectors together, and for each one."""

    total: float
    per_connector: float

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ValueError: if a limit is not a number above 0, or above what that many connectors can draw.

        """
        for limit, maximum in (
            (self.total, MAX_TOTAL_AMPS),
            (self.per_connector, MAX_CONNECTOR_AMPS),
        ):
            if not isfinite(limit) or not 0 < limit <= maximum:
                raise ValueError(
                    f"This wiring limit must be above 0 and at most {maximum:g} A, not {limit} A"
                )


class Watched:
    """A connector under guard."""

    __slots__ = (
        "changed_at",
        "conduct",
        "contact",
        "exposure",
        "gone",
        "length",
        "minimum",
        "rating",
        "silenced",
        "unanswered",
        "units",
        "watched_since",
    )

    def __init__(
        self, rating: float, minimum: float, length: int | None, now: float
    ) -> None:
        """Start without knowledge of its offer and its draw."""
        self.rating = rating
        self.minimum = minimum
        self.length = length
        self.watched_since = now
        self.contact = Contact(now)
        self.changed_at = now
        self.exposure = Exposure()
        self.conduct = Conduct()
        self.gone = False
        self.unanswered = False
        # Whether 0 A is what was sent last to it, since it does not answer.
        self.silenced = False
        self.units = 1

    @property
    def moments(self) -> tuple[float, ...]:
        """Return the times at which time alone may change something of what is returned here."""
        return (
            self.watched_since + REACTION_SECONDS,
            self.watched_since + SETTLING_SECONDS,
            self.contact.misses_us_at,
            self.contact.ends_at,
            self.conduct.overdraws_at,
        )

    @property
    def in_use(self) -> float:
        """Return the A that it has been offered, or those that it draws if these are more."""
        return self.units * max(self.exposure.standing, self.exposure.drawn)

    def has_fallen_back(self, now: float) -> bool:
        """Return whether it has been without a master for so long that it must have stopped its car."""
        return self.gone and self.contact.has_ended(now)

    def is_settling(self, now: float) -> bool:
        """Return whether it draws above an offer that it had before, which may just have been lowered or not be followed."""
        return not self.conduct.is_calm and now - self.watched_since < SETTLING_SECONDS

    def possible(self, now: float) -> float:
        """Return the maximum in A that it could be drawing.

        An earlier master, or we ourselves before the port was lost, may have lowered its offer just
        now: until its car must have followed, its reports prove nothing.
        """
        if self.has_fallen_back(now):
            return 0.0
        followed = now - self.watched_since >= REACTION_SECONDS
        possible = self.exposure.possible_with(self.conduct.excess)
        if not (self.exposure.known and followed):
            # After a long time of announcements its car has stopped; once it receives us again, it has the 0 A it was
            # sent.
            is_stopped = self.unanswered and (self.gone or self.silenced)
            assumed = LOWEST_OFFER if is_stopped else self.rating
            possible = max(possible, min(assumed, self.rating))
        return self.units * possible

    @property
    def is_out_of_reach(self) -> bool:
        """Return whether its offer cannot be lowered: it has no link, or does not receive us."""
        return self.gone or (self.silenced and not self.exposure.known)

    def reserved(self, now: float) -> float:
        """Return the A that are not available to others because it is out of reach."""
        if not self.is_out_of_reach or self.has_fallen_back(now):
            return 0.0
        return self.possible(now) if self.unanswered else self.in_use

    def heartbeat_sent(self, offer: float | None, now: float) -> None:
        """Note a heartbeat, with the offer in it if it carried one."""
        if offer is not None:
            self.silenced = self.unanswered and offer == 0.0
            if offer != self.exposure.sent:
                self.changed_at = now
        self.exposure.heartbeat_sent(offer)
        self.contact.sent(now)

    def reported(self, echoed: float, drawn: float, now: float) -> None:
        """Note a report."""
        exposure = self.exposure
        if exposure.awaits_report:
            self.contact.answered()
        exposure.reported(echoed, drawn, now)
        self.conduct.reported(exposure.standing, exposure.drawn, now)

    def overdrawn(self, now: float) -> float:
        """Return its draw in A if that has been above its offer for long, else 0."""
        return self.exposure.drawn if self.conduct.overdraws(now) else 0.0

    def whole_amps(self, amps: float) -> float:
        """Round down to whole A; below the minimum of the connector return 0."""
        return float(floor(amps)) if amps >= self.minimum else 0.0


class WiringGuard:
    """Knows what each connector has, could be drawing, and may be sent.

    Attributes:
        sums: the watch over the measured sum of all draws.
        revision: rises with everything that is noted. While it stays, only time changes what the guard returns.

    """

    def __init__(self, limits: WiringLimits, *, hold_until: float) -> None:
        """Start without connectors; no offer grows before `hold_until`.

        The hold is for a bus whose connectors are not known yet: one that had an earlier master may still
        be drawing, and announces itself only when it misses that master.
        """
        self._limits = limits
        self.hold_until = hold_until
        self._watched: dict[int, Watched] = {}
        self.sums = SumWatch(limits.total)
        self.revision = 0

    @property
    def limits(self) -> WiringLimits:
        """Return the wiring limits in force."""
        return self._limits

    @property
    def watched(self) -> Mapping[int, Watched]:
        """Return the connectors under guard by their ids."""
        return self._watched

    def hold(self, until: float) -> None:
        """Let no offer grow before `until`."""
        self.hold_until = max(self.hold_until, until)
        self.revision += 1

    def holding(self, now: float) -> bool:
        """Return whether no offer may grow because connectors are still being looked for."""
        return now < self.hold_until

    def watch(
        self,
        connector_id: int,
        rating: float,
        now: float,
        *,
        minimum: float = MIN_OFFER,
        length: int | None = None,
    ) -> None:
        """Watch a connector that was linked, or that is believed to be present.

        Everything known of it before is dropped, but for the excess of its car: until it has reported, and its car
        has had the time to follow, it counts with its rating.

        Args:
            connector_id: id on the bus.
            rating: its maximum current in A.
            now: time.
            minimum: minimum offer in A that it can follow; less is sent as 0 A.
            length: length of the bodies that it understands; None for any.

        """
        if self._all_fallen_back(now):
            # What was measured was of cars that have stopped since.
            self.sums = SumWatch(self._limits.total)
        self.revision += 1
        before = self._watched.get(connector_id)
        watched = self._watched[connector_id] = Watched(rating, minimum, length, now)
        if before is not None:
            watched.conduct = before.conduct.resumed()
            watched.silenced = before.silenced

    def gone(self, connector_id: int, now: float) -> None:
        """Note that a connector became silent. It still counts until it must have stopped its car."""
        self.revision += 1
        self._watched[connector_id].gone = True
        self._watched = {
            other: watched
            for other, watched in self._watched.items()
            if not watched.has_fallen_back(now)
        }

    def heartbeat_sent(
        self, connector_id: int, offer: float | None, now: float
    ) -> None:
        """Note a heartbeat that was sent, with the offer in it if it carried one."""
        self.revision += 1
        self._watched[connector_id].heartbeat_sent(offer, now)

    def reported(
        self, connector_id: int, echoed: float, drawn: float, now: float
    ) -> None:
        """Note the amps that a connector reports as allowed and as drawn."""
        self.revision += 1
        watched = self._watched[connector_id]
        if watched.exposure.awaits_report:
            for other in self._watched.values():
                other.contact.others_answered(watched.contact.sent_at, now)
        watched.reported(echoed, drawn, now)
        self._watch_sum(now)

    def is_over(self, now: float) -> bool:
        """Return whether the measured sum is too much: not of connectors that are all gone and have stopped."""
        return self.sums.is_over and not self._all_fallen_back(now)

    def _all_fallen_back(self, now: float) -> bool:
        return all(item.has_fallen_back(now) for item in self._watched.values())

    def _watch_sum(self, now: float) -> None:
        """Add up what is drawn, what is drawn in spite of lower offers, and the offers of the others and of those that obey."""
        measured = stubborn = others = obeying = 0.0
        for item in self._watched.values():
            if item.has_fallen_back(now):
                continue
            measured += item.exposure.drawn
            if overdrawn := item.overdrawn(now):
                stubborn += overdrawn
            else:
                others += item.exposure.standing
            if not item.conduct.disobeys:
                obeying += item.exposure.standing
        give_way = stubborn > 0 < others and stubborn + others > self._limits.total
        self.sums.update(measured, None if give_way else obeying, now)

    def announced(
        self, connector_id: int, rating: float, now: float, *, units: int = 1
    ) -> None:
        """Note that a connector without a link announces itself. It counts until a minute after its last announcement.

        Args:
            connector_id: id on the bus.
            rating: its maximum current in A.
            now: time.
            units: how many units have this id; each of them has what was sent to it.

        """
        if connector_id not in self._watched:
            self.watch(connector_id, rating, now)
            self.gone(connector_id, now)
        self.revision += 1
        watched = self._watched[connector_id]
        watched.contact.announced(now)
        watched.units = units

    def unanswered(self, connector_id: int) -> None:
        """Note that a connector has announced itself for so long that it has no master and has stopped its car."""
        self.revision += 1
        watched = self._watched[connector_id]
        watched.unanswered = True
        if watched.gone:
            watched.exposure = Exposure()

    def unplugged(self, connector_id: int) -> None:
        """Forget how the car at a connector followed its offers."""
        self.revision += 1
        self._watched[connector_id].conduct = Conduct()

    def standing(self, connector_id: int) -> float:
        """Return the offer a connector has, in A: the one sent last, else the one it echoes."""
        return self._watched[connector_id].exposure.standing

    def possible(self, now: float) -> float:
        """Return the maximum in A that all connectors together could be drawing."""
        return sum([item.possible(now) for item in self._watched.values()])

    def reserved(self, now: float) -> float:
        """Return the A that are kept for connectors that are out of reach."""
        return sum([item.reserved(now) for item in self._watched.values()])

    def has(self, connector_id: int, now: float) -> float | None:
        """Return the A that a connector already has, by what it was sent last and by what it echoes.

        None if it is not under guard, or is gone: nothing may be sent to it. One that may have given up its offer
        has none: to send that again is a raise.
        """
        watched = self._watched.get(connector_id)
        if watched is None or watched.gone:
            return None
        if watched.contact.may_miss_us(now):
            return 0.0
        return min(watched.exposure.standing, watched.exposure.echoed)

    def allowed(self, connector_id: int, now: float) -> float | None:
        """Return the maximum in A that a connector may be sent now; None if nothing may be sent to it.

        That is what it has already, or up to its caps what all others leave to it. A connector that has not reported
        often enough gets no amps, one that is settling no more than it has, and no offer grows while holding.
        """
        has = self.has(connector_id, now)
        if has is None or self.holding(now):
            return has
        watched = self._watched[connector_id]
        if not watched.exposure.known or watched.is_settling(now):
            return has
        room = self.room(connector_id, now) - watched.conduct.excess
        return max(has, min(self.cap(connector_id), room))

    def length(self, connector_id: int) -> int | None:
        """Return the length of the bodies that a connector understands; None for any."""
        return self._watched[connector_id].length

    def cap(self, connector_id: int) -> float:
        """Return the maximum in A that a connector may ever be offered."""
        limits = self._limits
        rating = self._watched[connector_id].rating
        return min(rating, limits.per_connector, limits.total)

    def room(self, connector_id: int, now: float) -> float:
        """Return the A that all others leave to a connector."""
        room = self._limits.total
        for other, watched in self._watched.items():
            if other != connector_id:
                room -= watched.possible(now)
        return room
