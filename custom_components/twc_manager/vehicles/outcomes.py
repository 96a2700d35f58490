"""The one table between what a Tesla account answers and what the vehicles' commander acts on.

The two enums stay apart: the commander knows no account and tells only what it acts on differently, while an account
needs more of them itself, to sign a command or to try another region, and to name a remedy in the form.
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
    # A bill can be paid without any notice to us.
    Result.PAYMENT_REQUIRED: CommandOutcome.REFUSED,
    Result.REAUTH: CommandOutcome.REAUTH,
    Result.TRANSIENT: CommandOutcome.TRANSIENT,
    Result.REFUSED: CommandOutcome.REFUSED,
}
