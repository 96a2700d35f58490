"""The steering: which offer each connector is sent on the way from what it has to what is wanted.

It offers only what the wiring guard allows; the write gate checks that once more. Times are in s of a monotonic clock.

It is called several times between two frames, while hardly anything changes. A result is kept until the guard notes
anything, other offers are wanted, or so much time has passed that time alone may matter. It is kept together with all
its inputs, and then calculated again if one of them differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Final

from .guard import Watched, WiringGuard
from .lowering import Target, fit, lower_alike

SETTLE_SECONDS: Final = 5.0
"""Minimum time between two raises while room becomes free bit by bit."""

_ROUNDING: Final = 1e-6
"""Times in s closer than this count as the same."""


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """The result of a calculation.

    Attributes:
        facts: all that it was calculated from.
        revision: the revision of the guard's records with these facts.
        since: the time of these facts.
        until: until when time alone changes none of them.
        targets: the offers to steer to, in A.
        changes: by how many A the offer that may be sent differs from the standing one, where it does.

    """

    facts: tuple[object, ...]
    revision: int
    since: float
    until: float
    targets: Mapping[int, float]
    changes: Mapping[int, float]


class OfferSteering:
    """Decides for each heartbeat which offer to send."""

    __slots__ = ("_guard", "_latest", "_wanted")

    def __init__(self, guard: WiringGuard) -> None:
        """Start with nothing wanted."""
        self._guard = guard
        self._wanted: dict[int, float] = {}
        self._latest = _Reckoning((), -1, inf, -inf, {}, {})

    def want(self, offers: Mapping[int, float]) -> None:
        """Take the offers wanted from now on, in A; connectors that are not among them keep theirs."""
        if offers != self._wanted:
            self._wanted = dict(offers)
            # No more than this: the facts are compared in any case.
            self._latest = replace(self._latest, until=-inf)

    def has_settled(self, now: float) -> bool:
        """Return whether every connector has the offer that it is to have."""
        targets = self._reckon(now).targets
        return all(self._guard.standing(key) == targets[key] for key in targets)

    def permit(self, connector_id: int, now: float) -> float | None:
        """Return the offer in whole A that may be sent now; None without one.

        It is never above what is wanted nor above the limits, and it grows only into free room.
        """
        watched = self._guard.watched[connector_id]
        if not watched.exposure.known:
            return 0.0 if watched.unanswered else None
        if connector_id not in self._wanted:
            kept = self._kept(connector_id, now)
            return None if watched.exposure.sent is None else watched.whole_amps(kept)
        return self._steer(connector_id, self._reckon(now).targets[connector_id], now)

    def changes(self, now: float) -> Mapping[int, float]:
        """Return by how many A the offer that may be sent now differs from the standing one, where it does."""
        return self._reckon(now).changes

    def _reckon(self, now: float) -> _Reckoning:
        """Return what follows from the present facts."""
        latest, revision = self._latest, self._guard.revision
        if latest.revision != revision or not latest.since <= now < latest.until:
            facts = self._facts(now)
            if facts == latest.facts:
                targets, changes = latest.targets, latest.changes
            else:
                targets = self._targets(now)
                changes = self._changes(targets, now)
            until = self._until(now)
            latest = _Reckoning(facts, revision, now, until, targets, changes)
            self._latest = latest
        return latest

    def _until(self, now: float) -> float:
        """Return until when time alone changes no fact, a little early: sums and differences of times are rounded."""
        moments = [self._guard.hold_until]
        for watched in self._guard.watched.values():
            moments += *watched.moments, watched.changed_at + SETTLE_SECONDS
        coming = [at for at in moments if at > now - _ROUNDING]
        return min(coming, default=inf) - _ROUNDING

    def _facts(self, now: float) -> tuple[object, ...]:
        """Return all that offers are calculated from, as it is at this moment."""
        guard = self._guard
        return (
            self._wanted,
            guard.holding(now),
            guard.sums.ceiling,
            *[_facts_of(key, item, now) for key, item in guard.watched.items()],
        )

    def _changes(self, targets: Mapping[int, float], now: float) -> dict[int, float]:
        """Return by how many A the offer that may be sent differs from the standing one, where it does."""
        changes: dict[int, float] = {}
        for connector_id, target in targets.items():
            exposure = self._guard.watched[connector_id].exposure
            if exposure.known:
                offer = self._steer(connector_id, target, now)
                if offer != exposure.standing:
                    changes[connector_id] = offer - exposure.standing
        return changes

    def _steer(self, connector_id: int, target: float, now: float) -> float:
        """Return the offer in whole A that may be sent to a connector on its way to a target."""
        kept = self._kept(connector_id, now)
        if target <= kept:
            return target
        watched = self._guard.watched[connector_id]
        allowed = self._guard.allowed(connector_id, now) or 0.0
        raised = watched.whole_amps(min(target, allowed))
        settling = raised < target and now - watched.changed_at < SETTLE_SECONDS
        if raised <= kept or settling:
            return watched.whole_amps(kept)
        return raised

    def _kept(self, connector_id: int, now: float) -> float:
        """Return the offer that a connector may keep, in A.

        One that it does not confirm may have been lost: sending it again is a raise, for which there may be no room
        any more.
        """
        standing = self._guard.standing(connector_id)
        has = self._guard.has(connector_id, now) or 0.0
        if standing <= has or standing <= (self._guard.allowed(connector_id, now) or 0):
            return standing
        return has

    def _targets(self, now: float) -> dict[int, float]:
        """Return the offers to steer to: the wanted ones, capped, and together within the limit.

        Current that we cannot lower is not available to the others: the offers of connectors that are silent or
        for which nothing is wanted, and the draw of a car beyond its offer.
        """
        targets: dict[int, Target] = {}
        kept = 0.0
        left = self._guard.limits.total - self._guard.reserved(now)
        ceiling = self._guard.sums.ceiling
        for connector_id, watched in self._guard.watched.items():
            if watched.has_fallen_back(now):
                continue
            wanted = self._wanted.get(connector_id)
            if watched.is_out_of_reach or wanted is None:
                # What those have that are out of reach is reserved already.
                left -= 0.0 if watched.is_out_of_reach else watched.in_use
                kept += watched.exposure.standing
                continue
            targets[connector_id] = Target(
                offer=self._capped(connector_id, watched, wanted),
                minimum=watched.minimum,
                excess=watched.conduct.expected_excess,
                taken=watched.overdrawn(now),
                disobeys=watched.conduct.disobeys,
            )
        fit(targets, left)
        if ceiling is not None:
            lower_alike(targets, ceiling - kept)
        return {connector_id: item.offer for connector_id, item in targets.items()}

    def _capped(self, connector_id: int, watched: Watched, amps: float) -> float:
        """Return the wanted offer within the limits of connector and wiring; 0 for anything that is not a number."""
        if not isfinite(amps):
            return 0.0
        return watched.whole_amps(min(amps, self._guard.cap(connector_id)))


def _facts_of(connector_id: int, watched: Watched, now: float) -> tuple[object, ...]:
    """Return all of a connector that offers are calculated from, as it is at this moment."""
    exposure, conduct = watched.exposure, watched.conduct
    return (
        connector_id,
        watched.rating,
        watched.minimum,
        watched.silenced,
        watched.unanswered,
        watched.gone,
        watched.has_fallen_back(now),
        watched.contact.may_miss_us(now),
        watched.is_settling(now),
        now - watched.changed_at < SETTLE_SECONDS,
        watched.possible(now),
        watched.in_use,
        exposure.known,
        exposure.standing,
        exposure.echoed,
        conduct.excess,
        conduct.expected_excess,
        conduct.disobeys,
        watched.overdrawn(now),
    )
