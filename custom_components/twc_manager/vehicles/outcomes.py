"""The one table from the results of a Tesla account to the outcomes that the vehicles' commander acts on.

There are two enums because neither room may import the other, and because they differ in purpose: the commander has one
outcome for each way it proceeds, while an account needs more results of its own, to sign a command, to try another
region, or to name a remedy in the form.
"""

from typing import Final

from ..charging.control.commands import CommandOutcome
from ..tesla import Result

OUTCOMES: Final = {
    Result.DONE: CommandOutcome.DONE,
    Result.ALREADY: CommandOutcome.ALREADY,
    Result.COMPLETE: CommandOutcome.COMPLETE,
    Result.DISCONNECTED: CommandOutcome.DISCONNECTED,
    Result.NO_POWER: CommandOutcome.NO_POWER,
    Result.BUSES_ASLEEP: CommandOutcome.BUSY,
    Result.OFFLINE: CommandOutcome.UNREACHABLE,
    Result.FORBIDDEN_SCOPES: CommandOutcome.NOT_ALLOWED,
    Result.SIGNING_REQUIRED: CommandOutcome.NOT_ALLOWED,
    Result.KEY_MISSING: CommandOutcome.NOT_ALLOWED,
    Result.KEY_UNREADABLE: CommandOutcome.NOT_ALLOWED,
    Result.NOT_PAIRED: CommandOutcome.NOT_ALLOWED,
    Result.RATE_LIMITED: CommandOutcome.RATE_LIMITED,
    Result.WRONG_REGION: CommandOutcome.TRANSIENT,
    Result.NOT_REGISTERED: CommandOutcome.NOT_ALLOWED,
    # A bill can be paid without any notice to us.
    Result.PAYMENT_REQUIRED: CommandOutcome.REFUSED,
    Result.REAUTH: CommandOutcome.REAUTH,
    Result.TRANSIENT: CommandOutcome.TRANSIENT,
    Result.REFUSED: CommandOutcome.REFUSED,
}
