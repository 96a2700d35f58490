"""How many A the vehicles may use according to what the meter at the main fuse has shown of them.

Currents are in A.
"""

from dataclasses import dataclass
from math import floor

from .fuse_load import FuseLoad
from .response import STEP_AMPS


@dataclass(frozen=True, slots=True)
class Proof:
    """What the vehicles may use by what the meter has proven.

    Attributes:
        amps: A of all vehicles together.
        rooms: A of the vehicles on the phases of each sensor; empty as long as there is none.
        still: which of the sensors have not moved since a raise that others have shown, by their places.

    """

    amps: float
    rooms: tuple[float, ...] = ()
    still: frozenset[int] = frozenset()


def proven_amps(confirmed: float, load: FuseLoad) -> float:
    """Return the A that vehicles may use of which the meter has shown `confirmed` A."""
    # A start at the minimum is one step.
    step = max(STEP_AMPS, load.minimum) if load.is_waiting else STEP_AMPS
    # A vehicle that charges goes on: only a raise needs proof.
    return max(floor(confirmed + load.slack + step + 0.25), load.kept)
