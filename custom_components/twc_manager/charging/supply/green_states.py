"""The states of following green energy, and the table of their transitions.

Times are in s of a monotonic clock, powers in W.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import ClassVar, Final

from ...twc.transitions import Transition, always
from ..settings import GreenSettings
from ..starts import Starts
from .green_demand import EPSILON, GreenDemand, whole_amps
from .surplus import Surplus

_LESS_WITH_EACH_START: Final = 0.7
"""To what share of the minimum that may sink before a stop, once more for each start after the day's first."""


class GreenState(StrEnum):
    """How far green energy is followed."""

    WAITING = "waiting"
    """Nothing charges: there is too little, or it is not known."""
    COVERED = "covered"
    """Nothing charges yet: the surplus covers the minimum, and has to last."""
    CHARGING = "charging"
    """There is enough for what is offered."""
    SHORT = "short"
    """The surplus does not cover the minimum, which goes on for a while."""
    BLIND = "blind"
    """Charging, while the surplus is not known."""


class GreenEvent(StrEnum):
    """What changes the state."""

    DEMAND = "demand"
    """Cars come or go, or limits change."""
    LOST = "lost"
    """The surplus is not known."""
    KNOWN = "known"
    """The surplus is known."""
    MEASURED = "measured"
    """The surplus was measured after the last change and what it caused."""
    UPDATE = "update"
    """Time passes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What cars that charge are offered together.

    Attributes:
        amps: whole A.
        dip_since: since when there has been slightly less; None if there is not.
        crowded_since: since when several cars have been held at the minimum before one has to stop; None if they
            are not.
        borrowed_wh: Wh that the grid gave beyond its share, less what was exported since.

    """

    amps: int
    dip_since: float | None = None
    crowded_since: float | None = None
    borrowed_wh: float = 0.0

    def at(self, amps: int) -> Offer:
        """Return the offer with other amps."""
        return self if amps == self.amps else replace(self, amps=amps, dip_since=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing charges."""

    state: ClassVar = GreenState.WAITING


@dataclass(frozen=True, slots=True)
class Covered:
    """Nothing charges yet; since when the surplus has covered the minimum."""

    state: ClassVar = GreenState.COVERED
    since: float


@dataclass(frozen=True, slots=True)
class Charging:
    """There is enough for what is offered."""

    state: ClassVar = GreenState.CHARGING
    offer: Offer


@dataclass(frozen=True, slots=True)
class Short:
    """What is offered, and since when the surplus has not covered the minimum."""

    state: ClassVar = GreenState.SHORT
    offer: Offer
    since: float


@dataclass(frozen=True, slots=True)
class Blind:
    """The surplus is not known.

    Attributes:
        offer: what is offered.
        since: since when it has not been known; -inf if it has been so for too long already.
        short_since: since when it did not cover the minimum before that; None if it did.

    """

    state: ClassVar = GreenState.BLIND
    offer: Offer
    since: float
    short_since: float | None


type Progress = Waiting | Covered | Charging | Short | Blind


@dataclass(frozen=True, slots=True)
class GreenFacts:
    """What the transitions depend on.

    Attributes:
        now: the time.
        progress: the state before.
        demand: what the connectors are like.
        settings: what the owner has set.
        starts: the starts and stops so far.
        surplus: the surplus, with no W if it is not known.
        unused: A that the cars leave of what they are offered.
        resumed: A that cars are offered at least which charge already when they are first seen; 0 if none does.
        confirmed: the most A that may be offered by what the meter has shown.
        lasted_w: the surplus that has lasted; None if it has not been watched for long enough.
        trend_w: the surplus on average; None if it has never been known.

    """

    now: float
    progress: Progress
    demand: GreenDemand
    settings: GreenSettings
    starts: Starts
    surplus: Surplus
    unused: float
    resumed: int
    confirmed: int
    lasted_w: float | None
    trend_w: float | None

    @property
    def watts(self) -> float | None:
        """Return the surplus in W; None if it is not known."""
        return self.surplus.watts

    @property
    def offer(self) -> Offer:
        """Return the offer; one of 0 A if nothing charges."""
        return offer_of(self.progress) or Offer(0)

    def covers(self, vehicles: int) -> bool:
        """Return whether the surplus, with what the grid may give, is the minimum of so many cars."""
        least = vehicles * self.demand.minimum - self.unused
        watts = (self.watts or 0.0) + self.settings.grid_share_w
        return watts >= least * self.demand.watts_per_amp - EPSILON


def offer_of(progress: Progress) -> Offer | None:
    """Return what is offered in a state; None if nothing charges."""
    return None if isinstance(progress, Waiting | Covered) else progress.offer


def with_offer(progress: Progress, offer: Offer) -> Progress:
    """Return the same state with another offer."""
    if isinstance(progress, Waiting | Covered):
        return progress
    return replace(progress, offer=offer)


def short_since(progress: Progress) -> float | None:
    """Return since when the surplus has not covered the minimum that goes on; None if it does."""
    if isinstance(progress, Blind):
        return progress.short_since
    return progress.since if isinstance(progress, Short) else None


# Conditions


def resumes(facts: GreenFacts) -> bool:
    """Return whether cars charge already, by an earlier rule or from before a restart."""
    return facts.resumed > 0 and not wants_nothing(facts)


def wants_nothing(facts: GreenFacts) -> bool:
    """Return whether no car wants power, or the limits leave too little for any."""
    demand = facts.demand
    return not demand.wanted or demand.maximum < demand.minimum


def is_enough(facts: GreenFacts) -> bool:
    """Return whether the surplus covers the minimum of one car."""
    return facts.covers(1)


def is_too_little(facts: GreenFacts) -> bool:
    """Return whether the surplus does not cover the minimum of one car."""
    return not facts.covers(1)


def was_short(facts: GreenFacts) -> bool:
    """Return whether the surplus fell short before it was lost."""
    return short_since(facts.progress) is not None


def turns_stale(facts: GreenFacts) -> bool:
    """Return whether it turns out that the surplus has not been known for too long."""
    blind = facts.progress
    return isinstance(blind, Blind) and facts.surplus.stale and blind.since > -inf


def start_is_due(facts: GreenFacts) -> bool:
    """Return whether the surplus has covered the minimum for long enough, and cars want it."""
    covered = facts.progress
    return (
        isinstance(covered, Covered)
        and not wants_nothing(facts)
        and not facts.surplus.on_trial
        and facts.now >= covered.since + facts.settings.start_delay
        and facts.now >= facts.starts.earliest_start
    )


def stop_is_due(facts: GreenFacts) -> bool:
    """Return whether the surplus has been short for too long, or has cost too much."""
    settings, since = facts.settings, short_since(facts.progress)
    if since is None or facts.now < facts.starts.earliest_stop:
        return False
    if settings.stop_energy_wh is not None:
        return facts.offer.borrowed_wh >= settings.stop_energy_wh
    short_for = facts.now - since
    if short_for < settings.stop_delay:
        return False
    longest = settings.stop_delay * max(settings.stop_stretch, 1.0)
    return short_for >= longest or _is_hopeless(facts)


def _is_hopeless(facts: GreenFacts) -> bool:
    """Return whether the sun has given too little for a while: the more starts, the less is enough."""
    demand = facts.demand
    again = max(facts.starts.today(facts.now), demand.starts) - 1
    if again <= 0 or facts.trend_w is None:
        return True
    least_w = demand.minimum * demand.watts_per_amp
    return facts.trend_w < least_w * _LESS_WITH_EACH_START**again


def gives_up(facts: GreenFacts) -> bool:
    """Return whether charging stops because nothing has been known for too long."""
    settings = facts.settings
    allowed = facts.now >= facts.starts.earliest_stop
    return allowed and settings.stop_when_stale and _is_blind_for_too_long(facts)


def holds_minimum(facts: GreenFacts) -> bool:
    """Return whether charging falls to the minimum because nothing has been known for too long."""
    above = facts.offer.amps > facts.demand.minimum
    stops = facts.settings.stop_when_stale
    return above and not stops and _is_blind_for_too_long(facts)


def _is_blind_for_too_long(facts: GreenFacts) -> bool:
    blind = facts.progress
    return (
        isinstance(blind, Blind)
        and facts.now - blind.since >= facts.settings.stale_after
    )


def doubt_lowers(facts: GreenFacts) -> bool:
    """Return whether charging falls to the minimum to see whether the meter shows that."""
    return facts.surplus.doubted and facts.offer.amps > facts.demand.minimum


def doubt_stops(facts: GreenFacts) -> bool:
    """Return whether charging stops to see whether the meter shows that."""
    allowed = facts.now >= facts.starts.earliest_stop
    return (
        facts.surplus.doubted and allowed and facts.offer.amps <= facts.demand.minimum
    )


# Actions


def _wait(_: GreenFacts) -> Progress:
    return Waiting()


def _count_cover(facts: GreenFacts) -> Progress:
    return Covered(facts.now)


def _resume(facts: GreenFacts) -> Progress:
    return Charging(Offer(facts.resumed))


def _start(facts: GreenFacts) -> Progress:
    watts = (facts.lasted_w or 0.0) - facts.settings.dead_band_w
    amps = whole_amps(watts, 0.0, facts.demand)
    return Charging(Offer(min(amps, facts.confirmed)))


def _charge(facts: GreenFacts) -> Progress:
    return Charging(facts.offer)


def _fall_short(facts: GreenFacts) -> Progress:
    since = short_since(facts.progress)
    return Short(facts.offer, facts.now if since is None else since)


def _go_blind(facts: GreenFacts) -> Progress:
    since = -inf if facts.surplus.stale else facts.now
    return Blind(facts.offer, since, short_since(facts.progress))


def _hold_minimum(facts: GreenFacts) -> Progress:
    return with_offer(facts.progress, facts.offer.at(facts.demand.minimum))


type _Action = Callable[[GreenFacts], Progress]
type _Row = Transition[GreenState, GreenEvent, GreenFacts, _Action]

_S, _E = GreenState, GreenEvent
GREEN_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.WAITING, _E.DEMAND, resumes, _S.CHARGING, _resume),
    Transition(_S.COVERED, _E.DEMAND, resumes, _S.CHARGING, _resume),
    Transition(_S.CHARGING, _E.DEMAND, wants_nothing, _S.WAITING, _wait),
    Transition(_S.SHORT, _E.DEMAND, wants_nothing, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.DEMAND, wants_nothing, _S.WAITING, _wait),
    Transition(_S.COVERED, _E.LOST, always, _S.WAITING, _wait),
    Transition(_S.CHARGING, _E.LOST, always, _S.BLIND, _go_blind),
    Transition(_S.SHORT, _E.LOST, always, _S.BLIND, _go_blind),
    Transition(_S.BLIND, _E.LOST, turns_stale, _S.BLIND, _go_blind),
    Transition(_S.BLIND, _E.KNOWN, was_short, _S.SHORT, _fall_short),
    Transition(_S.BLIND, _E.KNOWN, always, _S.CHARGING, _charge),
    Transition(_S.WAITING, _E.MEASURED, is_enough, _S.COVERED, _count_cover),
    Transition(_S.COVERED, _E.MEASURED, is_too_little, _S.WAITING, _wait),
    Transition(_S.CHARGING, _E.MEASURED, is_too_little, _S.SHORT, _fall_short),
    Transition(_S.SHORT, _E.MEASURED, is_enough, _S.CHARGING, _charge),
    Transition(_S.COVERED, _E.UPDATE, start_is_due, _S.CHARGING, _start),
    Transition(_S.CHARGING, _E.UPDATE, doubt_lowers, _S.CHARGING, _hold_minimum),
    Transition(_S.CHARGING, _E.UPDATE, doubt_stops, _S.WAITING, _wait),
    Transition(_S.SHORT, _E.UPDATE, stop_is_due, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.UPDATE, stop_is_due, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.UPDATE, gives_up, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.UPDATE, holds_minimum, _S.BLIND, _hold_minimum),
)
"""The first row that applies counts."""
