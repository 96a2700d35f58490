"""The transitions between the states of asking a vehicle for less current.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Final

from ...twc import DRAWING_AMPS
from ...twc.transitions import Transition, always
from .current_states import (
    TOLERANCE_AMPS,
    Asked,
    CurrentEvent,
    CurrentFacts,
    CurrentNews,
    CurrentState,
    CurrentStep,
    Followed,
    Given,
    Left,
    Own,
    Restoring,
    given_of,
)

FOLLOW_SECONDS: Final = 90.0
"""How many s a vehicle has to follow; a cloud takes up to half a minute."""

SHOWN_SECONDS: Final = 10.0
"""How many s the measured draw has to show a reaction."""

CONFIRM_SECONDS: Final = 60.0
"""How many s after its call the owner's value is believed to be restored."""

PAUSE_SECONDS: Final = 600.0
"""How many s a request stays while the vehicle pauses: clouds pass, and it does not fall asleep so soon."""

PATIENCE_SECONDS: Final = 180.0
"""How many s the offer has to be above the request, if only by an ampere, before the vehicle may take all of it."""

_RETRY_SECONDS: Final = 120.0
_RETRY_MAXIMUM_SECONDS: Final = 3600.0
"""The maximum s between two calls that restore the owner's value; the wait doubles from `_RETRY_SECONDS` on."""

_BELIEVED_TRIES: Final = 3
"""After how many calls the number is believed although the vehicle draws little: its battery may be nearly full."""

_SHORTFALL_AMPS: Final = 1.7
"""A draw this many A below the offer has a cause in the vehicle: owners saw up to 1.5 A without one."""

_VISIBLE_AMPS: Final = 2.0
"""By how many A the offer has to exceed the request for the request to show in the draw."""


# Conditions


def asks(facts: CurrentFacts) -> bool:
    """Return whether the vehicle is to be asked for another value."""
    return facts.target is not None


def owner_changed(facts: CurrentFacts) -> bool:
    """Return whether the number shows a value that only the owner can have set."""
    value, given = facts.number.value, facts.given
    if value is None or given.is_ours(value):
        return False
    # Until the number has shown our value, it may still show the owner's.
    is_seen = given.is_seen and not isinstance(facts.asking, Restoring)
    return is_seen or not given.is_owners(value)


def released(facts: CurrentFacts) -> bool:
    """Return whether the vehicle may take what its connector offers, is gone, or has paused for `PAUSE_SECONDS`."""
    if not facts.wish.is_here or facts.unwanted >= PAUSE_SECONDS:
        return True
    # A single ampere more is not worth a call that may have to be undone soon.
    is_more = facts.wish.offered >= facts.given.amps + _VISIBLE_AMPS
    return facts.wish.is_enough and (is_more or facts.enough >= PATIENCE_SECONDS)


def follows(facts: CurrentFacts) -> bool:
    """Return whether the measured draw shows that the vehicle follows the request."""
    return facts.within >= SHOWN_SECONDS


def goes_part_way(facts: CurrentFacts) -> bool:
    """Return whether the vehicle has reduced its current to its own minimum, which is above the request."""
    return _has_had_time(facts) and facts.beyond > 0 and _limit(facts) is not None


def ignores(facts: CurrentFacts) -> bool:
    """Return whether the vehicle takes more than the request anyway, or has stopped instead."""
    asked = facts.asking
    if not _has_had_time(facts):
        return False
    stopped = facts.wish.drawn < DRAWING_AMPS and facts.wish.offered > 0
    if isinstance(asked, Asked) and asked.was_drawing and stopped:
        return True
    return facts.beyond >= SHOWN_SECONDS


def takes_more_again(facts: CurrentFacts) -> bool:
    """Return whether a vehicle that had followed has taken more for `FOLLOW_SECONDS`."""
    return facts.beyond >= FOLLOW_SECONDS


def is_restored(facts: CurrentFacts) -> bool:
    """Return whether the owner's value is restored: by the number, unless the draw refutes it."""
    restoring, value = facts.asking, facts.number.value
    assert isinstance(restoring, Restoring)
    if value is None or not restoring.given.is_owners(value):
        return False
    if restoring.done_at is None:
        return restoring.given.is_seen
    waited = facts.now - restoring.done_at >= CONFIRM_SECONDS
    believed = restoring.tries >= _BELIEVED_TRIES or not _is_held_low(facts)
    return waited and believed


def is_due(facts: CurrentFacts) -> bool:
    """Return whether the owner's value has to be set now."""
    restoring = facts.asking
    assert isinstance(restoring, Restoring)
    next_at = restoring.next_at
    return facts.number.value is not None and (next_at is None or facts.now >= next_at)


def is_gone(facts: CurrentFacts) -> bool:
    """Return whether the vehicle is unplugged, or charges by another rule."""
    return not facts.wish.is_here


def _has_had_time(facts: CurrentFacts) -> bool:
    asked = facts.asking
    return isinstance(asked, Asked) and facts.now - asked.since >= FOLLOW_SECONDS


def _limit(facts: CurrentFacts) -> float | None:
    """Return the A to which a vehicle reduced its current although asked for less; None if it shows no reduction."""
    wish, given = facts.wish, facts.given
    for value in facts.number.value, given.before:
        if (
            value is not None
            and given.amps < value < wish.offered
            and wish.drawn <= value + TOLERANCE_AMPS
        ):
            # The number shows what the vehicle made of the request, or the vehicle stays at its current before.
            return value
    if wish.drawn <= wish.offered - _SHORTFALL_AMPS:
        return float(ceil(wish.drawn - TOLERANCE_AMPS))
    return None


def _is_held_low(facts: CurrentFacts) -> bool:
    """Return whether the vehicle still draws no more than the request, although it is offered more."""
    wish, amps = facts.wish, facts.given.amps
    draws_little = DRAWING_AMPS <= wish.drawn <= amps + TOLERANCE_AMPS
    return draws_little and wish.offered >= amps + _VISIBLE_AMPS


# Actions


def _ask(facts: CurrentFacts) -> CurrentStep:
    target, value = facts.target, facts.number.value
    assert target is not None
    assert value is not None
    given = given_of(facts.asking)
    given = Given(value, target) if given is None else given.asked(target)
    was_drawing = facts.wish.drawn >= DRAWING_AMPS
    return CurrentStep(Asked(given, facts.now, was_drawing), target)


def _await(facts: CurrentFacts) -> CurrentStep:
    asked = facts.asking
    assert isinstance(asked, Asked)
    return CurrentStep(replace(asked, since=facts.now))


def _follow(facts: CurrentFacts) -> CurrentStep:
    return CurrentStep(Followed(facts.given), news=CurrentNews.FOLLOWED)


def _accept_limit(facts: CurrentFacts) -> CurrentStep:
    limit = _limit(facts)
    given = facts.given if limit is None else facts.given.asked(limit)
    return CurrentStep(Followed(given), news=CurrentNews.LIMITED)


def _restore(facts: CurrentFacts) -> CurrentStep:
    return CurrentStep(Restoring(facts.given))


def _give_up(facts: CurrentFacts) -> CurrentStep:
    return CurrentStep(Restoring(facts.given), news=CurrentNews.IGNORED)


def _undo_failed(facts: CurrentFacts) -> CurrentStep:
    # A failed call may have reached the vehicle.
    restoring = Restoring(facts.given, next_at=facts.now + _RETRY_SECONDS)
    return CurrentStep(restoring, news=CurrentNews.FAILED)


def _set_again(facts: CurrentFacts) -> CurrentStep:
    restoring = facts.asking
    assert isinstance(restoring, Restoring)
    wait = min(_RETRY_SECONDS * 2.0**restoring.tries, _RETRY_MAXIMUM_SECONDS)
    again = Restoring(
        restoring.given, restoring.tries + 1, facts.now + wait, restoring.done_at
    )
    return CurrentStep(again, restoring.given.owner)


def _note_done(facts: CurrentFacts) -> CurrentStep:
    restoring = facts.asking
    assert isinstance(restoring, Restoring)
    return CurrentStep(replace(restoring, done_at=facts.now))


def _note_failed(facts: CurrentFacts) -> CurrentStep:
    return CurrentStep(facts.asking, news=CurrentNews.FAILED)


def _leave(_: CurrentFacts) -> CurrentStep:
    return CurrentStep(Left(), news=CurrentNews.CHANGED)


def _accept_owners(_: CurrentFacts) -> CurrentStep:
    return CurrentStep(Own(), news=CurrentNews.CHANGED)


def _end(_: CurrentFacts) -> CurrentStep:
    return CurrentStep(Own(), news=CurrentNews.RESTORED)


def _begin_anew(_: CurrentFacts) -> CurrentStep:
    return CurrentStep(Own())


type _Action = Callable[[CurrentFacts], CurrentStep]
type _Row = Transition[CurrentState, CurrentEvent, CurrentFacts, _Action]

_S, _E = CurrentState, CurrentEvent
CURRENT_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.OWN, _E.UPDATE, asks, _S.ASKED, _ask),
    Transition(_S.ASKED, _E.DONE, always, _S.ASKED, _await),
    Transition(_S.ASKED, _E.FAILED, always, _S.RESTORING, _undo_failed),
    Transition(_S.ASKED, _E.UPDATE, owner_changed, _S.LEFT, _leave),
    Transition(_S.ASKED, _E.UPDATE, released, _S.RESTORING, _restore),
    Transition(_S.ASKED, _E.UPDATE, follows, _S.FOLLOWED, _follow),
    Transition(_S.ASKED, _E.UPDATE, goes_part_way, _S.FOLLOWED, _accept_limit),
    Transition(_S.ASKED, _E.UPDATE, ignores, _S.RESTORING, _give_up),
    Transition(_S.ASKED, _E.UPDATE, asks, _S.ASKED, _ask),
    Transition(_S.FOLLOWED, _E.UPDATE, owner_changed, _S.LEFT, _leave),
    Transition(_S.FOLLOWED, _E.UPDATE, released, _S.RESTORING, _restore),
    Transition(_S.FOLLOWED, _E.UPDATE, takes_more_again, _S.RESTORING, _give_up),
    Transition(_S.FOLLOWED, _E.UPDATE, asks, _S.ASKED, _ask),
    Transition(_S.RESTORING, _E.DONE, always, _S.RESTORING, _note_done),
    Transition(_S.RESTORING, _E.FAILED, always, _S.RESTORING, _note_failed),
    Transition(_S.RESTORING, _E.UPDATE, owner_changed, _S.OWN, _accept_owners),
    Transition(_S.RESTORING, _E.UPDATE, is_restored, _S.OWN, _end),
    Transition(_S.RESTORING, _E.UPDATE, asks, _S.ASKED, _ask),
    Transition(_S.RESTORING, _E.UPDATE, is_due, _S.RESTORING, _set_again),
    Transition(_S.LEFT, _E.UPDATE, is_gone, _S.OWN, _begin_anew),
)
"""The first row that applies counts."""
