"""The steering: which offer each connector is sent on the way from what it has to what is wanted.

It offers only what the wiring guard allows; the write gate checks that once more. Times are in s of a monotonic clock.

It is called several times between two frames, while hardly anything changes: a result is kept together with all its
inputs, and calculated again as soon as one of them differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from .guard import Watched, WiringGuard
from .lowering import Target, fit, lower_alike

SETTLE_SECONDS: Final = 5.0
"""Minimum time between two raises while room becomes free bit by bit."""


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """The result of a calculation.

    Attributes:
        facts: all that it was calculated from.
        targets: the offers to steer to, in A.
        changes: by how many A the offer that may be sent differs from the standing one, where it does.

    """

    facts: tuple[object, ...]
    targets: Mapping[int, float]
    changes: Mapping[int, float]


class OfferSteering:
    """Decides for each heartbeat which offer to send."""

    __slots__ = ("_guard", "_latest", "_wanted")

    def __init__(self, guard: WiringGuard) -> None:
        """Start with nothing wanted."""
        self._guard = guard
        self._wanted: dict[int, float] = {}
        self._latest = _Reckoning((), {}, {})

    def want(self, offers: Mapping[int, float]) -> None:
        """Take the offers wanted from now on, in A; connectors that are not among them keep theirs."""
        self._wanted = dict(offers)

    def has_settled(self, now: float) -> bool:
        """Return whether every connector has the offer that it is to have."""
        targets = self._reckon(now).targets
        return all(self._guard.standing(key) == targets[key] for key in targets)

    def permit(self, connector_id: int, now: float) -> float | None:
        """Return the offer in whole A that may be sent now; None if there is none.

        It is never above what is wanted nor above the limits, and it grows only into free room.
        """
        watched = self._guard.watched[connector_id]
        if not watched.exposure.known:
            return 0.0 if watched.unanswered else None
        allowed = self._guard.allowed(connector_id, now) or 0.0
        if connector_id not in self._wanted:
            kept = self._kept(connector_id, allowed, now)
            return None if watched.exposure.sent is None else watched.whole_amps(kept)
        target = self._reckon(now).targets[connector_id]
        return self._steer(connector_id, target, allowed, now)

    def changes(self, now: float) -> Mapping[int, float]:
        """Return by how many A the offer that may be sent now differs from the standing one, where it does."""
        return self._reckon(now).changes

    def _reckon(self, now: float) -> _Reckoning:
        """Return what follows from the present facts."""
        facts = self._facts(now)
        if facts != self._latest.facts:
            targets = self._targets(now)
            self._latest = _Reckoning(facts, targets, self._changes(targets, now))
        return self._latest

    def _facts(self, now: float) -> tuple[object, ...]:
        """Return all that offers are calculated from, as it is at this moment."""
        guard = self._guard
        return (
            self._wanted,
            guard.holding(now),
            guard.sums.ceiling,
            *(_facts_of(key, item, now) for key, item in guard.watched.items()),
        )

    def _changes(self, targets: Mapping[int, float], now: float) -> dict[int, float]:
        """Return by how many A the offer that may be sent differs from the standing one, where it does."""
        changes: dict[int, float] = {}
        allowed = self._guard.allowed_to_each(now)
        for connector_id, target in targets.items():
            watched = self._guard.watched[connector_id]
            if watched.exposure.known:
                offer = self._steer(
                    connector_id, target, allowed[connector_id] or 0.0, now
                )
                if offer != watched.exposure.standing:
                    changes[connector_id] = offer - watched.exposure.standing
        return changes

    def _steer(
        self, connector_id: int, target: float, allowed: float, now: float
    ) -> float:
        """Return the offer in whole A that may be sent to a connector, allowed so many A, on its way to a target."""
        watched = self._guard.watched[connector_id]
        kept = self._kept(connector_id, allowed, now)
        if target <= kept:
            return target
        raised = watched.whole_amps(min(target, allowed))
        settling = raised < target and now - watched.changed_at < SETTLE_SECONDS
        if raised <= kept or settling:
            return watched.whole_amps(kept)
        return raised

    def _kept(self, connector_id: int, allowed: float, now: float) -> float:
        """Return the offer that a connector may keep, in A, of what it is allowed.

        One that it does not confirm may have been lost: sending it again is a raise, for which there may be no room
        any more.
        """
        standing = self._guard.standing(connector_id)
        if standing <= allowed:
            return standing
        return self._guard.has(connector_id, now) or 0.0

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
        watched.is_out_of_reach,
        watched.unanswered,
        watched.gone,
        watched.has_fallen_back(now),
        watched.may_miss_us(now),
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
