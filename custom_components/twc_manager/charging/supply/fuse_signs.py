"""The direction of currents that are measured without one: by the power of the same phases.

Many meters report amps that are positive whether the house draws or feeds in. Power has a sign. What the amps could
be with each combination of directions is compared with it, and of those that agree the one with the most load counts.

Currents are in A, power is in W.
"""

from collections.abc import Sequence
from itertools import product
from typing import Final

_TOLERANCE: Final = 0.25
"""How far W may be from V times A: loads have a power factor, and not all sensors are read at the same moment."""

_ROUNDING_AMPS: Final = 0.6
"""Meters report whole amps."""


def with_signs(amps: Sequence[float], watts: float, volts: float) -> tuple[float, ...]:
    """Return currents with the signs that agree with the sum of their powers, negative when fed in.

    Without an agreeing combination, as while the sensors are read one after the other, all of them count as load.

    Args:
        amps: A of each phase.
        watts: W of the phases together, negative when fed in; nan if they are not known.
        volts: V of a phase.

    """
    sizes = [abs(item) for item in amps]
    slack = volts * (sum(sizes) * _TOLERANCE + _ROUNDING_AMPS * len(sizes))
    agreeing = [
        signed
        for signs in product((1, -1), repeat=len(sizes))
        if abs(
            volts * sum(signed := [s * a for s, a in zip(signs, sizes, strict=True)])
            - watts
        )
        <= slack
    ]
    return tuple(map(max, zip(*agreeing, strict=True))) if agreeing else tuple(sizes)
