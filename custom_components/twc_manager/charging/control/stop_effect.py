"""Tracks whether a stop of a vehicle shows at the connector it was matched to, and whether it has to be undone.

A vehicle whose accepted stop does not show there is at another charger: it is only commanded once more, by the start
that undoes the stop. A vehicle whose stop may still be executed when the vehicle here is unplugged is started as well:
if it was really here, it answers that it is not plugged in.

Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from ...twc.transitions import Transition, always, find_transition
from .commands import ACCEPTED, CommandContext, CommandOutcome
from .matching import MatchReason
from .vehicle_facts import PlugIn, VehicleCharging, VehicleLocation

EFFECT_SECONDS: Final = 90.0
"""How long an accepted stop may take to show in the measured draw."""

FALLEN_SECONDS: Final = 10.0
"""How many s the draw has to be gone: a vehicle that was just unplugged does not draw either."""


class EffectState(StrEnum):
    """What is known of the effect of the stops sent to a vehicle."""

    NONE = "none"
    """No stop was sent whose effect is open."""
    SENT = "sent"
    """A stop was sent, and may have been executed."""
    ACCEPTED = "accepted"
    """The vehicle accepted it: it has to show in the draw."""
    CONFIRMED = "confirmed"
    """It has shown: the vehicle is at the connector."""
    REFUTED = "refuted"
    """It has not shown: the vehicle is elsewhere."""


class EffectEvent(StrEnum):
    """What changes the state of a stop's effect."""

    SEND = "send"
    """A stop is sent."""
    RESULT = "result"
    """The result of the stop arrives."""
    REPORT = "report"
    """The connector that the vehicle is matched to reports."""
    START = "start"
    """The vehicle accepts a start, or does not need it."""


@dataclass(frozen=True, slots=True)
class NoStop:
    """No stop was sent whose effect is open."""

    state: ClassVar = EffectState.NONE


@dataclass(frozen=True, slots=True)
class StopSent:
    """A stop was sent.

    Attributes:
        plug_in: where and when the vehicle was matched.
        undo: whether an earlier stop has to be undone if the vehicle is elsewhere.

    """

    state: ClassVar = EffectState.SENT
    plug_in: PlugIn
    undo: bool = False


@dataclass(frozen=True, slots=True)
class StopAccepted:
    """A stop was accepted.

    Attributes:
        plug_in: where and when the vehicle was matched.
        undo: whether it has to be undone if the vehicle is elsewhere.
        since: when it was accepted, in s.
        fallen_at: when the draw fell because of it, in s; None while the vehicle here draws.

    """

    state: ClassVar = EffectState.ACCEPTED
    plug_in: PlugIn
    undo: bool
    since: float
    fallen_at: float | None = None


@dataclass(frozen=True, slots=True)
class StopConfirmed:
    """A stop has shown where the vehicle was matched."""

    state: ClassVar = EffectState.CONFIRMED
    plug_in: PlugIn


@dataclass(frozen=True, slots=True)
class StopRefuted:
    """A stop has not shown where the vehicle was matched; `undo` is whether it has to be undone."""

    state: ClassVar = EffectState.REFUTED
    plug_in: PlugIn
    undo: bool


type StopEffect = NoStop | StopSent | StopAccepted | StopConfirmed | StopRefuted


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """What the transitions depend on.

    Attributes:
        now: the time in s.
        effect: the state before.
        context: what is known of the connector and the vehicle.
        outcome: the result that arrived; None without one.

    """

    now: float
    effect: StopEffect
    context: CommandContext
    outcome: CommandOutcome | None = None

    @property
    def here(self) -> bool:
        """Return whether the connector reports the same plug-in as when the stop was sent."""
        connector = self.context.connector
        return (
            not isinstance(self.effect, NoStop)
            and connector.plugged
            and connector.plug_in == self.effect.plug_in
        )


# Conditions


def accepted(facts: EffectFacts) -> bool:
    """Return whether the vehicle accepted the stop, or had stopped before."""
    return facts.outcome in ACCEPTED


def may_have_worked(facts: EffectFacts) -> bool:
    """Return whether the stop may have been executed although its result was lost."""
    return facts.outcome is CommandOutcome.TRANSIENT


def nothing_to_undo(facts: EffectFacts) -> bool:
    """Return whether no stop was executed."""
    return not _undo(facts.effect)


def over_without_effect(facts: EffectFacts) -> bool:
    """Return whether the plug-in is over, and nothing has to be undone."""
    return not facts.here and not _undo(facts.effect)


def over(facts: EffectFacts) -> bool:
    """Return whether the plug-in is over."""
    return not facts.here


def has_fallen(facts: EffectFacts) -> bool:
    """Return whether the draw has been gone for `FALLEN_SECONDS`, by reports without a silence."""
    effect = facts.effect
    fallen_at = effect.fallen_at if isinstance(effect, StopAccepted) else None
    return (
        facts.here
        and fallen_at is not None
        and not facts.context.connector.drawing
        and _heard_since(facts, fallen_at)
        and facts.now >= fallen_at + FALLEN_SECONDS
    )


def falls(facts: EffectFacts) -> bool:
    """Return whether the draw falls because of the stop, not because of an open contactor or a missing offer."""
    connector = facts.context.connector
    by_itself = connector.offered > 0 and not connector.contactor_open
    return facts.here and not connector.drawing and by_itself and not _fell(facts)


def rises(facts: EffectFacts) -> bool:
    """Return whether a draw that had fallen is back."""
    return facts.here and facts.context.connector.drawing and _fell(facts)


def has_not_fallen(facts: EffectFacts) -> bool:
    """Return whether the connector still draws, and the vehicle has not reported since that it charges itself."""
    effect, vehicle = facts.effect, facts.context.vehicle
    if not isinstance(effect, StopAccepted) or not facts.here:
        return False
    overdue = facts.now >= effect.since + EFFECT_SECONDS
    seen = facts.context.connector.drawing and _heard_since(facts, effect.since)
    if not overdue or not seen:
        return False
    age = vehicle.charging_report_age
    charges = vehicle.charging is VehicleCharging.CHARGING
    return not (charges and age is not None and facts.now - age > effect.since)


def _heard_since(facts: EffectFacts, at: float) -> bool:
    """Return whether the connector has reported without a silence since a time."""
    return facts.context.connector.heard_since <= at


def _fell(facts: EffectFacts) -> bool:
    effect = facts.effect
    return isinstance(effect, StopAccepted) and effect.fallen_at is not None


def _undo(effect: StopEffect) -> bool:
    return stop_to_undo(effect) is not None


# Actions


def _none(_: EffectFacts) -> StopEffect:
    return NoStop()


def _sent(facts: EffectFacts) -> StopEffect:
    return StopSent(facts.context.connector.plug_in, _undo(facts.effect))


def _maybe(facts: EffectFacts) -> StopEffect:
    assert isinstance(facts.effect, StopSent)
    return replace(facts.effect, undo=True)


def _accepted(facts: EffectFacts) -> StopEffect:
    assert isinstance(facts.effect, StopSent)
    # A vehicle that had stopped before was not stopped by this command.
    undo = facts.effect.undo or facts.outcome is CommandOutcome.DONE
    return StopAccepted(facts.effect.plug_in, undo, facts.now)


def _fallen(facts: EffectFacts) -> StopEffect:
    assert isinstance(facts.effect, StopAccepted)
    return replace(facts.effect, fallen_at=facts.now)


def _risen(facts: EffectFacts) -> StopEffect:
    assert isinstance(facts.effect, StopAccepted)
    return replace(facts.effect, fallen_at=None)


def _confirmed(facts: EffectFacts) -> StopEffect:
    assert isinstance(facts.effect, StopAccepted)
    return StopConfirmed(facts.effect.plug_in)


def _refuted(facts: EffectFacts) -> StopEffect:
    assert isinstance(facts.effect, StopAccepted)
    return StopRefuted(facts.effect.plug_in, facts.effect.undo)


type _Row = Transition[
    EffectState, EffectEvent, EffectFacts, Callable[[EffectFacts], StopEffect]
]

_S, _E = EffectState, EffectEvent
EFFECT_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.NONE, _E.SEND, always, _S.SENT, _sent),
    Transition(_S.SENT, _E.SEND, always, _S.SENT, _sent),
    Transition(_S.ACCEPTED, _E.SEND, always, _S.SENT, _sent),
    Transition(_S.SENT, _E.RESULT, accepted, _S.ACCEPTED, _accepted),
    Transition(_S.SENT, _E.RESULT, may_have_worked, _S.SENT, _maybe),
    Transition(_S.SENT, _E.RESULT, nothing_to_undo, _S.NONE, _none),
    Transition(_S.ACCEPTED, _E.REPORT, over_without_effect, _S.NONE, _none),
    Transition(_S.ACCEPTED, _E.REPORT, has_fallen, _S.CONFIRMED, _confirmed),
    Transition(_S.ACCEPTED, _E.REPORT, falls, _S.ACCEPTED, _fallen),
    Transition(_S.ACCEPTED, _E.REPORT, rises, _S.ACCEPTED, _risen),
    Transition(_S.ACCEPTED, _E.REPORT, has_not_fallen, _S.REFUTED, _refuted),
    Transition(_S.REFUTED, _E.REPORT, over_without_effect, _S.NONE, _none),
    Transition(_S.CONFIRMED, _E.REPORT, over, _S.NONE, _none),
    Transition(_S.SENT, _E.START, always, _S.NONE, _none),
    Transition(_S.ACCEPTED, _E.START, always, _S.NONE, _none),
    Transition(_S.REFUTED, _E.START, always, _S.NONE, _none),
)
"""The first row that applies counts. A confirmed vehicle is not tested again in the same plug-in."""


def is_undo_due(facts: EffectFacts) -> bool:
    """Return whether a stop may have been executed by a vehicle that is not at the connector it was matched to."""
    return stop_to_undo(facts.effect) is not None and (
        not facts.here
        or is_elsewhere(facts)
        or facts.context.vehicle.location is VehicleLocation.AWAY
    )


def is_elsewhere(facts: EffectFacts) -> bool:
    """Return whether it is proven that the vehicle is elsewhere."""
    refuted = isinstance(facts.effect, StopRefuted)
    return refuted or facts.context.match.reason is MatchReason.CHARGES_ELSEWHERE


def stop_to_undo(effect: StopEffect) -> PlugIn | None:
    """Return the plug-in for which a stop was sent whose effect has not shown yet; None without such a stop."""
    if isinstance(effect, StopSent | StopAccepted | StopRefuted) and effect.undo:
        return effect.plug_in
    return None


def next_effect(event: EffectEvent, facts: EffectFacts) -> StopEffect:
    """Return the state after an event."""
    row = find_transition(EFFECT_TRANSITIONS, facts.effect.state, event, facts)
    return facts.effect if row is None else row.action(facts)
