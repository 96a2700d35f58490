"""How long a lost bus counts where buses share current, since its vehicles continue for a while by themselves."""

from typing import Final

from ..twc.contact import FALLBACK_SECONDS, HELD_BACK_SECONDS

STOPPED_SECONDS: Final = FALLBACK_SECONDS + HELD_BACK_SECONDS + 15.0
"""The s after which a connector without a master must have stopped its vehicle, with the time to end a bus."""


def stopped_at(now: float) -> float:
    """Return when the connectors of a bus that is lost now must have stopped their vehicles."""
    return now + STOPPED_SECONDS
