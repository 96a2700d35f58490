"""The answers of cars and accounts, reduced to the few results that make a difference."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
import re
from typing import Final

from aiohttp import ClientConnectorDNSError

from ..untrusted import redacted_line

MAX_RETRY_AFTER: Final = 86_400.0
"""In s; a longer pause that a server requests is reduced to this."""


class Result(StrEnum):
    """The result of a call."""

    DONE = "done"
    ALREADY = "already"
    """The car was already doing it."""
    COMPLETE = "complete"
    """The battery is at its limit."""
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"
    BUSES_ASLEEP = "buses_asleep"
    """The car is still waking up; a little later it obeys."""
    OFFLINE = "offline"
    """The car is asleep or out of reach."""
    FORBIDDEN_SCOPES = "forbidden_scopes"
    """The token lacks a scope for this."""
    SIGNING_REQUIRED = "signing_required"
    KEY_MISSING = "key_missing"
    """There is no file where the private key should be."""
    KEY_UNREADABLE = "key_unreadable"
    NOT_PAIRED = "not_paired"
    """The car does not know the key that the command was signed with."""
    RATE_LIMITED = "rate_limited"
    WRONG_REGION = "wrong_region"
    NOT_REGISTERED = "not_registered"
    """The application was not registered in the region of the account."""
    PAYMENT_REQUIRED = "payment_required"
    REAUTH = "reauth"
    """The account rejects all our tokens: its owner has to sign in again."""
    TRANSIENT = "transient"
    """A fault that may pass."""
    REFUSED = "refused"
    """Any other reason, which is given."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a call.

    Attributes:
        result: the result of the call.
        after: the s to wait before the next call, if the server names them.
        reason: the server's reason for the failure, without VINs and tokens.

    """

    result: Result
    after: float | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether the car does what the command asked for."""
        return self.result in {Result.DONE, Result.ALREADY}

    @property
    def host_not_found(self) -> bool:
        """Whether no address was found for the name of the server."""
        return self.reason == ClientConnectorDNSError.__name__


UNEXPECTED: Final = Answer(Result.TRANSIENT, reason="unexpected answer")
"""For a body that is cut off or not in the expected form."""


class AccountError(Exception):
    """A call to an account failed; the text holds no secrets."""

    def __init__(self, answer: Answer) -> None:
        """Store the answer, whose result is not `Result.DONE`."""
        super().__init__(f"{answer.result}: {answer.reason}".rstrip(": "))
        self.answer: Final = answer


_MEANINGS: Final = {
    "already_active": Result.ALREADY,
    "already_inactive": Result.ALREADY,
    "already_set": Result.ALREADY,
    "is_charging": Result.ALREADY,
    "not_charging": Result.ALREADY,
    "requested": Result.ALREADY,
    "charging_complete": Result.COMPLETE,
    "complete": Result.COMPLETE,
    "disconnected": Result.DISCONNECTED,
    "no_power": Result.NO_POWER,
    "could_not_wake_buses": Result.BUSES_ASLEEP,
}
# These are at the end of a sentence that begins with the name of a switch.
_ENDINGS: Final = ("already_active", "already_inactive", "is_charging")


def read_answer(body: object) -> Answer:
    """Return the answer in the body of a response to a command."""
    response = body.get("response", body) if isinstance(body, dict) else None
    result = response.get("result") if isinstance(response, dict) else None
    if not isinstance(response, dict) or not isinstance(result, bool):
        return UNEXPECTED
    if result:
        return Answer(Result.DONE)
    reason = redacted_line(response.get("reason"))
    return Answer(meaning(reason), reason=reason)


def meaning(reason: str) -> Result:
    """Return the result that a car's reason stands for, alone or at the end of one of Home Assistant's sentences.

    A reason that is none of those with a meaning of their own is `Result.REFUSED`.
    """
    end = re.split(r"[:,]", reason)[-1]
    word = "_".join(re.findall(r"[a-z0-9]+", end.lower()))
    if word in _MEANINGS:
        return _MEANINGS[word]
    for ending in _ENDINGS:
        if word.endswith(f"_{ending}"):
            return _MEANINGS[ending]
    return Result.REFUSED


def seconds_after(header: object) -> float | None:
    """Return the s of a Retry-After header; None if it is missing or not a number."""
    try:
        seconds = float(header)  # type: ignore[arg-type]
    except OverflowError, TypeError, ValueError:
        return None
    if not isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, MAX_RETRY_AFTER)
