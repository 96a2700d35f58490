"""What is kept of a connector's energy over a restart, and what of it can be believed when it is read again.

Power is in W, energy in kWh.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

UNITS: Final = (1.0, 0.1, 0.01, 0.001)
"""What one count may be worth, in kWh: kWh as most connectors have it, 100 Wh, 10 Wh, Wh."""
ABSURD_POWER: Final = 60_000.0
"""More than any connector delivers (80 A on three phases of 250 V), in W."""
WINDOW: Final = 1.0
"""Counter and integral are compared over at least this much energy, in kWh."""


@dataclass(frozen=True, slots=True)
class StoredEnergy:
    """What is kept of an `EnergyCounter` over a restart.

    Attributes:
        kwh: lifetime energy shown.
        pending: energy integrated but not shown yet, because the counter has not stepped.
        settled: whether the lifetime energy has a base; without one it was never shown.
        unit: kWh per count; None if the counter is not believed.
        count: last count accepted.
        offset: lifetime energy at count 0.
        mark: count where the running comparison with the integral began.
        energy: integral since then.
        missed: energy that may have flowed unseen since then.
        power: what was delivered at last, in W.

    """

    kwh: float = 0.0
    pending: float = 0.0
    settled: bool = False
    unit: float | None = None
    count: int | None = None
    offset: float = 0.0
    mark: int | None = None
    energy: float = 0.0
    missed: float = 0.0
    power: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Read what `as_dict` gave; a ValueError says what is wrong with anything else."""
        if not isinstance(data, Mapping):
            raise ValueError("stored energy is not a mapping")  # noqa: TRY004
        if (settled := data.get("settled")) is not True and settled is not False:
            raise ValueError("stored energy: 'settled' is neither true nor false")
        if (unit := data.get("unit")) is not None and unit not in UNITS:
            raise ValueError(f"stored energy: {unit!r} is no unit of a counter")
        read = cls(
            kwh=_number(data, "kwh", 0.0, 1e8),
            pending=_number(data, "pending", 0.0, 1e8),
            settled=settled is True,
            unit=None if unit is None else float(unit),
            count=_count(data, "count"),
            offset=_number(data, "offset", -1e10, 1e10),
            mark=_count(data, "mark"),
            energy=_number(data, "energy", 0.0, 1e8),
            missed=_number(data, "missed", 0.0, 1e8),
            # Earlier versions kept none.
            power=_number({"power": 0.0, **data}, "power", 0.0, ABSURD_POWER),
        )
        if read.unit is not None and not read.fits(read.unit):
            raise ValueError(
                "stored energy: its counter and its energy do not belong together"
            )
        return read

    def fits(self, unit: float) -> bool:
        """Return whether the energy is where a believed counter keeps it, give or take a count."""
        if self.count is None or self.mark is None:
            return False
        compared = 0 <= (self.count - self.mark) * unit <= WINDOW
        return (
            compared
            and -1 <= self.kwh - self.offset - self.count * unit <= 2 * unit + 1
        )


def _number(data: Mapping[str, object], key: str, low: float, high: float) -> float:
    """Return a stored number within its bounds."""
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
    """Return a stored reading of a counter, four bytes on the bus; None if there was none."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise ValueError(f"stored energy: {key!r} is {value!r}, not a count")
    return value
