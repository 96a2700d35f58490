"""The options of the peak budget and the readings of its sensors, in the types of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from ..charging.limits.peak_tariff import PRESETS, PeakPreset, PeakTariff, PeakWindow
from ..charging.limits.shared_peak import PeakInputs
from ..charging.settings import STALE_SECONDS
from ..charging.supply.surplus import Reading
from .liveness import Liveness
from .schedules import WEEKDAYS
from .sensors import GridSign, Sensor, power_reading

CONF_PEAK_TARIFF: Final = "peak_tariff"
CONF_PEAK_POWER: Final = "peak_power"
CONF_PEAK_POWER_POSITIVE: Final = "peak_power_positive"
CONF_PEAK_METER: Final = "peak_meter"
CONF_PEAK_MARGIN: Final = "peak_margin"
CONF_PEAK_MINUTES: Final = "peak_minutes"
CONF_PEAK_MONTHS: Final = "peak_months"
CONF_PEAK_DAYS: Final = "peak_days"
CONF_PEAK_START: Final = "peak_start"
CONF_PEAK_END: Final = "peak_end"
CONF_PEAK_HIGHEST: Final = "peak_highest"
CONF_PEAK_DISTINCT_DAYS: Final = "peak_distinct_days"
CONF_PEAK_WINDOW: Final = "peak_window"
CONF_PEAK_FLOOR: Final = "peak_floor"
CONF_PEAK_STEPS: Final = "peak_steps"

MARGIN_PERCENT: Final = 5
MONTHS: Final = tuple(str(month) for month in range(1, 13))

PEAK_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_PEAK_POWER_POSITIVE: GridSign.IMPORT.value,
    CONF_PEAK_MARGIN: MARGIN_PERCENT,
}

_RESET_DELAY: Final = timedelta(minutes=20)
"""How long after the beginning of a month a meter may still show the peak of the month before."""


@dataclass(frozen=True, slots=True)
class PeakOptions:
    """The peak budget.

    Attributes:
        tariff: the tariff.
        power: the sensor at the grid; None to use that of green energy or of the main fuse.
        meter: the entity with the highest interval that the meter has counted so far; None if none is chosen.
        margin: the part of the budget that is kept free.

    """

    tariff: PeakTariff
    power: Sensor | None = None
    meter: str | None = None
    margin: float = MARGIN_PERCENT / 100

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        power = () if self.power is None else (self.power.entity_id,)
        return power if self.meter is None else (*power, self.meter)


def peak_of(chosen: Mapping[str, Any]) -> PeakOptions | None:
    """Return the options; None without a tariff. `chosen` includes all defaults."""
    if CONF_PEAK_TARIFF not in chosen:
        return None
    power = chosen.get(CONF_PEAK_POWER)
    is_inverted = chosen[CONF_PEAK_POWER_POSITIVE] == GridSign.EXPORT
    return PeakOptions(
        tariff_of(chosen),
        None if power is None else Sensor(power, is_inverted),
        chosen.get(CONF_PEAK_METER),
        chosen[CONF_PEAK_MARGIN] / 100,
    )


def tariff_of(chosen: Mapping[str, Any]) -> PeakTariff:
    """Return the tariff of the preset with the owner's changes."""
    details = {**details_of(PRESETS[PeakPreset(chosen[CONF_PEAK_TARIFF])]), **chosen}
    return PeakTariff(
        minutes=int(details[CONF_PEAK_MINUTES]),
        months=frozenset(map(int, details[CONF_PEAK_MONTHS])),
        weekdays=frozenset(map(WEEKDAYS.index, details[CONF_PEAK_DAYS])),
        start=time.fromisoformat(details[CONF_PEAK_START]),
        end=time.fromisoformat(details[CONF_PEAK_END]),
        highest=details[CONF_PEAK_HIGHEST],
        distinct_days=details[CONF_PEAK_DISTINCT_DAYS],
        window=PeakWindow(details[CONF_PEAK_WINDOW]),
        floor_kw=details[CONF_PEAK_FLOOR],
        steps=steps_of(details[CONF_PEAK_STEPS]),
    )


def details_of(tariff: PeakTariff) -> dict[str, Any]:
    """Return the options that describe a tariff."""
    return {
        CONF_PEAK_MINUTES: str(tariff.minutes),
        CONF_PEAK_MONTHS: [month for month in MONTHS if int(month) in tariff.months],
        CONF_PEAK_DAYS: [WEEKDAYS[day] for day in sorted(tariff.weekdays)],
        CONF_PEAK_START: tariff.start.isoformat(),
        CONF_PEAK_END: tariff.end.isoformat(),
        CONF_PEAK_HIGHEST: tariff.highest,
        CONF_PEAK_DISTINCT_DAYS: tariff.distinct_days,
        CONF_PEAK_WINDOW: tariff.window.value,
        CONF_PEAK_FLOOR: tariff.floor_kw,
        CONF_PEAK_STEPS: " ".join(f"{step:g}" for step in tariff.steps),
    }


def steps_of(text: str) -> tuple[float, ...]:
    """Return the ends of the steps of a tariff, in kW, from a text in which spaces separate them.

    Raises:
        ValueError: if they are not rising numbers above 0.

    """
    steps = tuple(float(part.replace(",", ".")) for part in text.split())
    if any(not 0 < step < 1000 for step in steps) or list(steps) != sorted(set(steps)):
        raise ValueError("the steps do not rise")
    return steps


def peak_inputs(
    options: PeakOptions,
    liveness: Liveness,
    grid: Reading | None,
    now: float,
    local: datetime,
) -> PeakInputs:
    """Return the inputs of the peak budget.

    Args:
        options: the options.
        liveness: the states of the sensors.
        grid: the reading of the other sensor at the grid, used without a sensor of the budget's own; None without one.
        now: the time, in s of the loop's clock.
        local: the local time.

    """
    if options.power is not None:
        report = liveness.report(options.power.entity_id, now)
        grid = power_reading(report, options.power)
    imported = None
    if grid is not None and now - grid.reported_at <= STALE_SECONDS:
        imported = grid.value
    return PeakInputs(
        options.tariff,
        imported,
        _known_kw(options, liveness, now, local),
        margin=options.margin,
    )


def _known_kw(
    options: PeakOptions, liveness: Liveness, now: float, local: datetime
) -> float | None:
    """Return the highest interval of this month by the meter, in kW; None if the meter does not report it."""
    begin = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if options.meter is None or local - begin < _RESET_DELAY:
        return None
    reading = power_reading(liveness.report(options.meter, now), Sensor(options.meter))
    if reading.value is None or reading.value < 0:
        return None
    return reading.value / 1000
