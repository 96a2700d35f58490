"""The table of the transitions of following green energy: their conditions and actions.

Times are in s of a monotonic clock, powers in W.
"""

from collections.abc import Callable
from typing import Final

from ...twc.transitions import Transition, always
from .green_demand import whole_amps
from .green_knowledge import Knowledge
from .green_states import (
    Blind,
    Charging,
    Covered,
    GreenEvent,
    GreenFacts,
    GreenState,
    Offer,
    Progress,
    Short,
    Waiting,
    short_since,
    with_offer,
)
from .surplus import Trust

_LESS_WITH_EACH_START: Final = 0.7
"""Factor on the minimum that the average has to stay above, once for each start after the first of the day."""

_MINIMUM_ONLY: Final = frozenset({Knowledge.AWAITED, Knowledge.STALE, Knowledge.NONE})


# Conditions


def resumes(facts: GreenFacts) -> bool:
    """Return whether vehicles charge already, by an earlier rule or from before a restart, and may go on."""
    may_go_on = facts.knowledge is not Knowledge.NONE
    return facts.resumed > 0 and may_go_on and not wants_nothing(facts)


def wants_nothing(facts: GreenFacts) -> bool:
    """Return whether no vehicle wants power, or the limits leave too little for any."""
    demand = facts.demand
    return not demand.wanted or demand.maximum < demand.minimum


def is_enough(facts: GreenFacts) -> bool:
    """Return whether the surplus covers the minimum of one vehicle."""
    return facts.covers(1)


def is_too_little(facts: GreenFacts) -> bool:
    """Return whether the surplus does not cover the minimum of one vehicle."""
    return not facts.covers(1)


def was_short(facts: GreenFacts) -> bool:
    """Return whether the surplus fell short before it was lost."""
    return short_since(facts.progress) is not None


def start_is_due(facts: GreenFacts) -> bool:
    """Return whether the surplus has covered the minimum for long enough, and vehicles want it."""
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
    if again <= 0 or facts.lately.trend_w is None:
        return True
    minimum_w = demand.minimum * demand.watts_per_amp
    return facts.lately.trend_w < minimum_w * _LESS_WITH_EACH_START**again


def gives_up(facts: GreenFacts) -> bool:
    """Return whether charging is paused because nothing has been known for too long."""
    return facts.knowledge is Knowledge.NONE and facts.now >= facts.starts.earliest_stop


def holds_minimum(facts: GreenFacts) -> bool:
    """Return whether all vehicles fall to the minimum because too little is known."""
    return facts.knowledge in _MINIMUM_ONLY and facts.offer.amps > facts.minimum_amps


def standing_lowers(facts: GreenFacts) -> bool:
    """Return whether charging falls by a step to see whether the meter shows that."""
    standing = facts.surplus.trust is Trust.STANDING
    return standing and facts.may_test and facts.tested >= facts.minimum_amps


def unproven_lowers(facts: GreenFacts) -> bool:
    """Return whether all vehicles fall to the minimum, since nothing shows that there is enough for more."""
    unproven = facts.surplus.trust is Trust.UNPROVEN
    return unproven and facts.offer.amps > facts.minimum_amps


def doubt_lowers(facts: GreenFacts) -> bool:
    """Return whether charging falls to the minimum to see whether the meter shows that."""
    doubted = facts.surplus.trust is Trust.DOUBTED
    return doubted and facts.may_test and facts.offer.amps > facts.demand.minimum


def doubt_stops(facts: GreenFacts) -> bool:
    """Return whether charging stops to see whether the meter shows that."""
    doubted = facts.surplus.trust is Trust.DOUBTED and facts.may_test
    allowed = facts.now >= facts.starts.earliest_stop
    return doubted and allowed and facts.offer.amps <= facts.demand.minimum


# Actions


def _wait(_: GreenFacts) -> Progress:
    return Waiting()


def _count_cover(facts: GreenFacts) -> Progress:
    return Covered(facts.now)


def _resume(facts: GreenFacts) -> Progress:
    return Charging(Offer(facts.resumed))


def _start(facts: GreenFacts) -> Progress:
    watts = (facts.lately.lasted_w or 0.0) - facts.settings.dead_band_w
    amps = whole_amps(watts, 0.0, facts.demand)
    return Charging(Offer(min(amps, facts.confirmed)))


def _charge(facts: GreenFacts) -> Progress:
    return Charging(facts.offer)


def _fall_short(facts: GreenFacts) -> Progress:
    since = short_since(facts.progress)
    return Short(facts.offer, facts.now if since is None else since)


def _go_blind(facts: GreenFacts) -> Progress:
    return Blind(facts.offer, short_since(facts.progress))


def _lower_by_step(facts: GreenFacts) -> Progress:
    return with_offer(facts.progress, facts.offer.at(facts.tested))


def _hold_all(facts: GreenFacts) -> Progress:
    return with_offer(facts.progress, facts.offer.at(facts.minimum_amps))


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
    Transition(_S.BLIND, _E.KNOWN, was_short, _S.SHORT, _fall_short),
    Transition(_S.BLIND, _E.KNOWN, always, _S.CHARGING, _charge),
    Transition(_S.WAITING, _E.MEASURED, is_enough, _S.COVERED, _count_cover),
    Transition(_S.COVERED, _E.MEASURED, is_too_little, _S.WAITING, _wait),
    Transition(_S.CHARGING, _E.MEASURED, is_too_little, _S.SHORT, _fall_short),
    Transition(_S.SHORT, _E.MEASURED, is_enough, _S.CHARGING, _charge),
    Transition(_S.COVERED, _E.UPDATE, start_is_due, _S.CHARGING, _start),
    Transition(_S.CHARGING, _E.UPDATE, standing_lowers, _S.CHARGING, _lower_by_step),
    Transition(_S.CHARGING, _E.UPDATE, unproven_lowers, _S.CHARGING, _hold_all),
    Transition(_S.CHARGING, _E.UPDATE, doubt_lowers, _S.CHARGING, _hold_minimum),
    Transition(_S.CHARGING, _E.UPDATE, doubt_stops, _S.WAITING, _wait),
    Transition(_S.SHORT, _E.UPDATE, stop_is_due, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.UPDATE, stop_is_due, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.UPDATE, gives_up, _S.WAITING, _wait),
    Transition(_S.BLIND, _E.UPDATE, holds_minimum, _S.BLIND, _hold_all),
)
"""The first row that applies counts."""
