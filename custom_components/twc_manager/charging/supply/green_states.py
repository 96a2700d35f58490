"""The states of following green energy, and what their transitions depend on.

Times are in s of a monotonic clock, powers in W.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import floor
from typing import ClassVar, Final

from ..settings import GreenSettings
from ..starts import Starts
from .green_demand import EPSILON, GreenDemand
from .green_knowledge import Knowledge
from .response import STEP_AMPS
from .surplus import Surplus

_TEST_SECONDS: Final = 30.0
"""The time that vehicles have to follow an offer before the meter is tested by another one."""


class GreenState(StrEnum):
    """What following green energy does at the moment."""

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
    """Vehicles come or go, or limits change."""
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
    """What vehicles that charge are offered together.

    Attributes:
        amps: whole A.
        dip_since: since when there has been slightly less; None if there is not.
        crowded_since: since when several vehicles have been held at the minimum before one has to stop; None if they
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
        short_since: since when it did not cover the minimum before that; None if it did.

    """

    state: ClassVar = GreenState.BLIND
    offer: Offer
    short_since: float | None


type Progress = Waiting | Covered | Charging | Short | Blind


@dataclass(frozen=True, slots=True)
class Lately:
    """How the surplus has been over the last seconds and minutes.

    Attributes:
        lasted_w: the surplus that has lasted; None if it has not been watched for long enough.
        trend_w: the surplus on average; None if it has never been known.

    """

    lasted_w: float | None = None
    trend_w: float | None = None


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
        knowledge: whether it is known, and if not, for how long charging goes on.
        unused: A that the vehicles leave of what they are offered.
        resumed: A that vehicles are offered at least which charge already when they are first seen; 0 if none does.
        confirmed: the maximum A that may be offered by what the meter has shown.
        unchanged: s since the offer changed.
        lately: how the surplus has been.

    """

    now: float
    progress: Progress
    demand: GreenDemand
    settings: GreenSettings
    starts: Starts
    surplus: Surplus
    knowledge: Knowledge
    unused: float
    resumed: int
    confirmed: int
    unchanged: float
    lately: Lately

    @property
    def watts(self) -> float | None:
        """Return the surplus in W; None if it is not known."""
        return self.surplus.watts

    @property
    def offer(self) -> Offer:
        """Return the offer; one of 0 A if nothing charges."""
        return offer_of(self.progress) or Offer(0)

    @property
    def minimum_amps(self) -> int:
        """Return the A at which all vehicles that draw are held at the minimum."""
        return self.demand.minimum * max(self.demand.drawing, 1)

    @property
    def tested(self) -> int:
        """Return the A at which all vehicles draw less by a step."""
        return floor(min(self.demand.drawn, self.offer.amps) - STEP_AMPS)

    @property
    def may_test(self) -> bool:
        """Return whether another change would show what the meter does, since it has had time to show the last one."""
        return not self.surplus.on_trial and self.unchanged >= _TEST_SECONDS

    def covers(self, vehicles: int) -> bool:
        """Return whether the surplus, with what the grid may give, is the minimum of so many vehicles."""
        demand = self.demand
        # A vehicle that is asked for amps itself takes all of them.
        through_vehicle = demand.minimum < demand.offered_minimum
        unused = 0.0 if through_vehicle else self.unused
        needed = vehicles * demand.minimum - unused
        watts = (self.watts or 0.0) + self.settings.grid_share_w
        return watts >= needed * demand.watts_per_amp - EPSILON


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
