"""How long a bus that is away counts where several buses share something: its vehicles go on by themselves for a while."""

from typing import Final

from ..twc.contact import FALLBACK_SECONDS, HELD_BACK_SECONDS

STOPPED_SECONDS: Final = FALLBACK_SECONDS + HELD_BACK_SECONDS + 15.0
"""A connector without a master has stopped its car after this time: the longest of the guard, and the end of a bus."""


def stopped_at(now: float) -> float:
    """Return when the connectors of a bus that is lost now must have stopped their vehicles."""
    return now + STOPPED_SECONDS
