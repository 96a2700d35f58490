"""Safeguards of guard and gate, each taken out: the judge has to catch each, or the worlds prove nothing."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

from custom_components.twc_manager.twc import exposure
from custom_components.twc_manager.twc.exposure import Exposure
from custom_components.twc_manager.twc.gate import (
    WriteGate,
    is_heartbeat,
    offer_in,
    receiver_of,
)
from custom_components.twc_manager.twc.guard import Watched, WiringGuard, WiringLimits
from custom_components.twc_manager.twc.roster import Roster
from custom_components.twc_manager.twc.steering import OfferSteering

type Mutant = Callable[[], AbstractContextManager[None]]


def without(owner: Any, name: str, value: object) -> Mutant:
    """Return a mutant in which one thing of a class or module is replaced."""

    @contextmanager
    def mutant() -> Generator[None]:
        with patch.object(owner, name, value):
            yield

    return mutant


def _begins_with_two_amps_more(
    self: WiringGuard, limits: WiringLimits, *, hold_until: float
) -> None:
    _BEGIN(self, replace(limits, total=limits.total + 2), hold_until=hold_until)


_BEGIN: Final = WiringGuard.__init__


@contextmanager
def _gate_and_steering_do_nothing() -> Generator[None]:
    """Send what is wanted, and let it through."""

    def permit(self: OfferSteering, connector_id: int, _now: float) -> float:
        return self._wanted.get(connector_id, 0.0)

    def check(self: WriteGate, body: bytes, now: float) -> bytes:
        if is_heartbeat(body):
            assert self._records is not None
            self._records.heartbeat_sent(receiver_of(body), offer_in(body), now)
        return body

    with (
        patch.object(OfferSteering, "permit", permit),
        patch.object(WriteGate, "check", check),
    ):
        yield


@contextmanager
def _starts_without_knowledge() -> Generator[None]:
    with (
        patch.object(WiringGuard, "holding", lambda *_: False),
        patch.object(Roster, "restore", lambda *_: False),
    ):
        yield


def _counts_only_what_it_reported(self: Watched, now: float) -> float:
    ended = self.has_fallen_back(now)
    return 0.0 if ended else self.exposure.possible_with(self.conduct.excess)


def _forgets_the_offer_before(self: Exposure, offer: float | None) -> None:
    self._answered = False
    if offer is not None:
        self.sent = self.standing = self._highest = offer
        self._lower = None


def _loses_the_silent(self: WiringGuard, connector_id: int, _now: float) -> None:
    self._watched[connector_id].gone = True
    self._watched = {k: v for k, v in self._watched.items() if k != connector_id}


MUTANTS: Final[dict[str, Mutant]] = {
    "a connector counts with its draw alone": without(
        Exposure, "possible_with", lambda self, _excess: self.drawn
    ),
    "a connector counts with its offer alone": without(
        Exposure, "possible_with", lambda self, _excess: self.standing
    ),
    "a lower offer holds at once": without(
        Exposure, "heartbeat_sent", _forgets_the_offer_before
    ),
    "vehicles follow at once": without(exposure, "REACTION_SECONDS", 0.0),
    "one that is silent counts nothing": without(
        Watched, "has_fallen_back", lambda self, _now: self.gone
    ),
    "one that is silent is forgotten": without(WiringGuard, "gone", _loses_the_silent),
    "the limit is 2 A higher": without(
        WiringGuard, "__init__", _begins_with_two_amps_more
    ),
    "a connector that was just linked counts nothing": without(
        Watched, "possible", _counts_only_what_it_reported
    ),
    "a start knows nothing and searches for nothing": _starts_without_knowledge,
    "gate and steering do nothing": _gate_and_steering_do_nothing,
}
