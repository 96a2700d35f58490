"""The comparison of a connector's own energy counter with the integral of its power. Energy is in kWh.

The power of a current depends on the number of phases that the vehicle uses. While that is unknown, the integral is
between the values for the fewest and for the most phases, and a counter that agrees with any of these is not refuted.
"""

from dataclasses import dataclass, replace
from typing import Final, Self

from .stored_energy import UNITS, WINDOW

TOLERANCE: Final = 0.25
"""How far counter and integral may differ: amps are rounded, volts may be nominal ones."""
LAG: Final = 0.1
"""The energy in kWh by which a step may be late: the counter is read every 10 s while charging (22 kW for 16 s)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stretch of time over which counter and integral are compared.

    Attributes:
        mark: count at its beginning; None until the counter is read.
        low: integral since then, in kWh, if the vehicle uses as few phases as it may.
        high: the same with as many as it may. Both are equal once the phases are known.
        missed: energy that may have flowed in absences since then, in kWh.
        aligned: whether it began at a step of the counter. Otherwise a part of the first count had passed before.
        resumed_at: end of the last absence, in s of a monotonic clock.

    """

    mark: int | None = None
    low: float = 0.0
    high: float = 0.0
    missed: float = 0.0
    aligned: bool = False
    resumed_at: float = 0.0

    def with_energy(self, low: float, high: float) -> Self:
        """Return the comparison with more energy integrated."""
        return replace(self, low=self.low + low, high=self.high + high)

    def with_absence(self, missed: float, now: float) -> Self:
        """Return the comparison after an absence that ends now."""
        return replace(self, missed=self.missed + missed, aligned=False, resumed_at=now)

    def ahead(self, count: int, unit: float) -> float:
        """Return by how many kWh the counter exceeds what the integral explains."""
        return (
            self._counted(count, unit) - self.high * (1 + TOLERANCE) - self._slack(unit)
        )

    def is_behind(self, count: int, unit: float) -> bool:
        """Return whether the counter lacks energy that was integrated."""
        explained = self.low * (1 - TOLERANCE) - self._slack(unit)
        return self._counted(count, unit) < explained

    def is_full(self, count: int, unit: float) -> bool:
        """Return whether there is enough energy to compare."""
        return max(self.low, self._counted(count, unit)) >= WINDOW

    def unit(self, count: int) -> float | None:
        """Return the kWh per count at which counter and integral agree; None without such a unit."""
        for unit in UNITS:
            if self.ahead(count, unit) <= 0 and not self.is_behind(count, unit):
                return unit
        return None

    def _counted(self, count: int, unit: float) -> float:
        return (count - (count if self.mark is None else self.mark)) * unit

    def _slack(self, unit: float) -> float:
        return LAG + (0.0 if self.aligned else unit)
