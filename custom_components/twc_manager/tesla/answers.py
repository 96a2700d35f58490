"""What a car or its account answered, in the few kinds that make a difference."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
import re
from typing import Final

from ..untrusted import redacted_line

LONGEST_AFTER: Final = 86_400.0
"""Nobody is believed who says to come back later than this, in s."""


class Result(StrEnum):
    """What became of a call."""

    DONE = "done"
    ALREADY = "already"
    """The car does already what it was told."""
    COMPLETE = "complete"
    """The battery is at its limit."""
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"
    BUSES_ASLEEP = "buses_asleep"
    """The car could not wake all of itself: soon it can."""
    OFFLINE = "offline"
    """The car is asleep or out of reach."""
    FORBIDDEN_SCOPES = "forbidden_scopes"
    """The owner did not allow this to whoever the token is for."""
    SIGNING_REQUIRED = "signing_required"
    KEY_MISSING = "key_missing"
    """The file with the private key is not where it should be."""
    KEY_UNREADABLE = "key_unreadable"
    NOT_PAIRED = "not_paired"
    """The car does not know the key that the command was signed with."""
    RATE_LIMITED = "rate_limited"
    WRONG_REGION = "wrong_region"
    PAYMENT_REQUIRED = "payment_required"
    REAUTH = "reauth"
    """The account takes none of our tokens: only its owner can help."""
    TRANSIENT = "transient"
    """Nobody can say; later it may work."""
    REFUSED = "refused"
    """For another reason, which is given."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call.

    Attributes:
        result: the kind.
        after: how long to leave it alone, in s, if the other side said so.
        reason: what the other side or the failure was called, without anything that is nobody's business.

    """

    result: Result
    after: float | None = None
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether the car does what it was told."""
        return self.result in {Result.DONE, Result.ALREADY}


UNEXPECTED: Final = Answer(Result.TRANSIENT, reason="unexpected answer")
"""To what is of no use: cut off, or of another shape."""


class AccountError(Exception):
    """A question to an account that was not answered; its text holds no secrets."""

    def __init__(self, answer: Answer) -> None:
        """Carry an answer other than `Result.DONE`."""
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
# These stand at the end of a sentence that begins with the name of a switch.
_ENDINGS: Final = ("already_active", "already_inactive", "is_charging")


def read_answer(body: object) -> Answer:
    """Return what the body of an answer to a command means."""
    response = body.get("response", body) if isinstance(body, dict) else None
    result = response.get("result") if isinstance(response, dict) else None
    if not isinstance(response, dict) or not isinstance(result, bool):
        return UNEXPECTED
    if result:
        return Answer(Result.DONE)
    reason = redacted_line(response.get("reason"))
    return Answer(meaning(reason), reason=reason)


def meaning(reason: str) -> Result:
    """Return what a car's reason means, bare or at the end of a sentence such as Home Assistant's.

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
    """Return the s of a Retry-After header; None for none and for what is no sensible number."""
    try:
        seconds = float(header)  # type: ignore[arg-type]
    except OverflowError, TypeError, ValueError:
        return None
    if not isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_AFTER)
