"""Integrates the power of a connector to the energy that it delivers.

Times are seconds of a monotonic clock, power is in W, energy in kWh.
"""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Final

from .comparison import TOLERANCE
from .stored_energy import ABSURD_POWER

GAP: Final = 30.0
"""The power between two updates further apart than this, in s, is unknown."""
BRIDGE: Final = 300.0
"""A vehicle with the same draw before and after an absence of at most this time, in s, had that draw during the absence.
Without a master the connector would have stopped it after a minute, so another master, lost reports or our own restart
was the cause."""
MAX_POWER: Final = 25_000.0
"""The power of a connector whose rating is unknown, in W (32 A on three phases: 23 kW)."""
UNKNOWN_ABSENCE: Final = 1_000.0
"""The energy that may be missed in an absence of unknown length, in kWh: months of charging."""
_JOULES_PER_KWH: Final = 3.6e6


@dataclass(frozen=True, slots=True)
class Increment:
    """What one update adds.

    Attributes:
        energy: energy since the last update, in kWh; 0 after an absence.
        absence: whether an absence ends with this update. The first update ends one, too.
        missed: maximum energy that the connector may have delivered in the absence, in kWh.
        bridge: energy to assume for the absence if no counter reports it, in kWh.

    """

    energy: float = 0.0
    absence: bool = False
    missed: float = 0.0
    bridge: float = 0.0


class PowerIntegral:
    """Integrates the power of one connector over time.

    An absence is a time without updates. Its energy is unknown; if it was short and the power before and after it
    is about the same, the lower of the two is assumed for it.
    """

    def __init__(
        self,
        max_power_w: float = MAX_POWER,
        *,
        power_w: float = 0.0,
        away_s: float | None = None,
        at: float | None = None,
    ) -> None:
        """Continue after an absence.

        Args:
            max_power_w: the maximum power of the connector.
            power_w: the power before the absence.
            away_s: the length of the absence until `at`; None if unknown.
            at: a time before the first update; None for the time of the first update.

        """
        self._max_power = max_power_w
        self._power = power_w
        self._away = inf if away_s is None else away_s
        self._restored_at = at
        self._updated_at: float | None = None

    @property
    def power(self) -> float:
        """Return the power of the last update in W."""
        return self._power

    def update(self, now: float, power_w: float) -> Increment:
        """Add the time since the last update, with `power_w` as the power now; an impossible power counts as 0."""
        power = power_w if 0 <= power_w <= ABSURD_POWER else 0.0
        if self._updated_at is None:
            waited = self._waited(now)
            increment = self._absence(
                self._away + waited, power, self.maximum_energy(waited)
            )
        else:
            elapsed = now - self._updated_at
            if 0 <= elapsed <= GAP:
                mean = (self._power + power) / 2
                increment = Increment(mean * elapsed / _JOULES_PER_KWH)
            else:
                increment = self._absence(elapsed, power, self.maximum_energy(elapsed))
        self._updated_at, self._power = now, power
        return increment

    def fill(self) -> None:
        """Note that the energy of the absence so far is known, so that none is assumed."""
        self._away = inf

    def maximum_energy(self, elapsed: float | None) -> float:
        """Return the maximum energy in kWh that the connector can deliver in some seconds, None for an unknown time."""
        if elapsed is None or not isfinite(elapsed) or elapsed < 0:
            return UNKNOWN_ABSENCE
        return self._max_power * elapsed / _JOULES_PER_KWH

    def _waited(self, now: float) -> float:
        """Return how long after the restart the first update comes, in s."""
        return 0.0 if self._restored_at is None else max(0.0, now - self._restored_at)

    def _absence(self, away: float, power: float, missed: float) -> Increment:
        """Return what an absence of `away` seconds that ends now adds."""
        low, high = sorted((self._power, power))
        is_steady = low >= high * (1 - TOLERANCE)
        if not 0 <= away <= BRIDGE or not is_steady:
            return Increment(absence=True, missed=missed)
        bridge = min(low * away / _JOULES_PER_KWH, self.maximum_energy(away))
        return Increment(absence=True, missed=missed, bridge=bridge)
