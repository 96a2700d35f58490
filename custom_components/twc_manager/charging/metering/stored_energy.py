"""The data of a connector's energy that is stored across restarts, and its validation.

Power is in W, energy in kWh.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

UNITS: Final = (1.0, 0.1, 0.01, 0.001)
"""The units that a counter may have, in kWh per count: kWh as in most connectors, 100 Wh, 10 Wh, Wh."""
ABSURD_POWER: Final = 60_000.0
"""The power that no connector exceeds, in W (80 A on three phases of 250 V)."""
MAXIMUM_AHEAD: Final = 250.0
"""The maximum energy in kWh by which the shown value may exceed the counter: more than a session that was counted on three
phases instead of one."""
WINDOW: Final = 1.0
"""The minimum energy over which counter and integral are compared, in kWh."""


@dataclass(frozen=True, slots=True)
class StoredEnergy:
    """The stored data of an `EnergyCounter`.

    Attributes:
        kwh: lifetime energy shown.
        pending: energy integrated but not shown yet, because the counter has not stepped; negative if more was shown
            than has flowed.
        settled: whether the lifetime energy has a base; without one it is not shown.
        unit: kWh per count; None if the counter is not followed.
        count: last count accepted, or read while the counter is on trial.
        offset: lifetime energy at count 0.
        mark: count where the running comparison with the integral began.
        low: integral since then with the fewest phases that the vehicle may use.
        high: the same with the most phases.
        missed: maximum energy of absences since then.
        power: power of the last update in W.

    """

    kwh: float = 0.0
    pending: float = 0.0
    settled: bool = False
    unit: float | None = None
    count: int | None = None
    offset: float = 0.0
    mark: int | None = None
    low: float = 0.0
    high: float = 0.0
    missed: float = 0.0
    power: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the data as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Return the data from `as_dict`.

        Raises:
            ValueError: if they are not valid; the message names the error.

        """
        if not isinstance(data, Mapping):
            raise ValueError("stored energy is not a mapping")  # noqa: TRY004
        if (settled := data.get("settled")) is not True and settled is not False:
            raise ValueError("stored energy: 'settled' is neither true nor false")
        if (unit := data.get("unit")) is not None and unit not in UNITS:
            raise ValueError(f"stored energy: {unit!r} is no unit of a counter")
        read = cls(
            kwh=_number(data, "kwh", 0.0, 1e8),
            pending=_number(data, "pending", -1e8, 1e8),
            settled=settled is True,
            unit=None if unit is None else float(unit),
            count=_count(data, "count"),
            offset=_number(data, "offset", -1e10, 1e10),
            mark=_count(data, "mark"),
            low=_number(data, "low", 0.0, 1e8),
            high=_number(data, "high", 0.0, 1e8),
            missed=_number(data, "missed", 0.0, 1e8),
            # Earlier versions did not store it.
            power=_number({"power": 0.0, **data}, "power", 0.0, ABSURD_POWER),
        )
        if read.unit is not None and not read.fits(read.unit):
            raise ValueError(
                "stored energy: its counter and its energy do not belong together"
            )
        return read

    def fits(self, unit: float) -> bool:
        """Return whether the energy fits a followed counter, apart from one count."""
        if self.count is None or self.mark is None:
            return False
        compared = 0 <= (self.count - self.mark) * unit <= WINDOW
        ahead = self.kwh - self.offset - self.count * unit
        return compared and -1 <= ahead <= 2 * unit + MAXIMUM_AHEAD


def _number(data: Mapping[str, object], key: str, low: float, high: float) -> float:
    """Return a stored number; raises ValueError unless it is within its bounds."""
    value = data.get(key)
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not low <= value <= high
    ):
        raise ValueError(
            f"stored energy: {key!r} is {value!r}, not a number from {low} to {high}"
        )
    return float(value)


def _count(data: Mapping[str, object], key: str) -> int | None:
    """Return a stored reading of a counter, which has four bytes on the bus; None without one."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise ValueError(f"stored energy: {key!r} is {value!r}, not a count")
    return value
