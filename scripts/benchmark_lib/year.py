"""The days of a year: the sun by the season, and random weather for each day.

The weather is made up: a quarter of the days are clear, nearly half have broken clouds, the rest are overcast, the
same in every season. It tests the rules in all seasons, and does not predict the yield of a roof.
"""

from array import array
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
import math
from random import Random
from typing import Final

from simulator.days import Day
from simulator.house import Load, Sun, Weather

from .replay import Result

DAYS: Final = 365
_NEW_YEAR: Final = date(2027, 1, 1)
_SECONDS: Final = 86_400
_NOON_S: Final = 12.5 * 3_600
_LATITUDE: Final = math.radians(48)
_TILT: Final = math.radians(23.44)
_LONGEST_DAY: Final = 172
# The maximum production of 10 kW of modules, in W: the mean of the seasons, and the amplitude.
_PEAK_W, _PEAK_SWING_W = 7_000.0, 2_000.0
_WEATHER: Final = {Weather.CLEAR: 25, Weather.BROKEN: 45, Weather.OVERCAST: 30}


def make_day_of_year(number: int, seed: int) -> Day:
    """Return the day with a number from 1 to 365, named by its weather and date."""
    dice = Random(f"{seed} {number}")
    (weather,) = dice.choices(list(_WEATHER), list(_WEATHER.values()))
    season = math.cos(math.tau * (number - _LONGEST_DAY) / DAYS)
    half_day_s = _half_day_s(_TILT * season)
    clouds = dice.randrange(1 << 30)
    sun = Sun(
        peak_w=_PEAK_W + _PEAK_SWING_W * season,
        sunrise_s=_NOON_S - half_day_s,
        sunset_s=_NOON_S + half_day_s,
        weather=weather,
        seed=clouds,
    )
    load = Load(seed=clouds)
    at = _NEW_YEAR + timedelta(days=number - 1)
    return Day(
        f"{weather}-{at:%m-%d}",
        array("d", (sun.production_w(second) for second in range(_SECONDS))),
        array("d", (load.load_w(second) for second in range(_SECONDS))),
    )


def _half_day_s(declination: float) -> float:
    """Return the time from sunrise to noon."""
    angle = math.acos(-math.tan(_LATITUDE) * math.tan(declination))
    return angle / math.tau * _SECONDS


def months(results: Iterable[Result]) -> Iterable[str]:
    """Return the table of a year: a line for each month and rule, and one for the whole."""
    yield (
        f"{'month':<6} {'rule':<10} {'days':>4} {'kWh':>8} {'grid kWh':>8} {'clear':>7}"
        f" {'broken':>7} {'starts':>6} {'max':>4} {'over 6':>6} {'changes':>7}"
    )
    groups: dict[tuple[str, str], list[Result]] = {}
    for item in results:
        month = item.day.split("-")[1]
        for key in ((month, item.rule), ("year", item.rule)):
            groups.setdefault(key, []).append(item)
    for (month, rule), items in sorted(groups.items()):
        starts = [item.starts for item in items]
        yield (
            f"{month:<6} {rule:<10} {len(items):>4}"
            f" {sum(item.charged_kwh for item in items):>8.1f}"
            f" {sum(item.grid_kwh for item in items):>8.1f}"
            f" {_minimum_caught(items, Weather.CLEAR):>7}"
            f" {_minimum_caught(items, Weather.BROKEN):>7}"
            f" {sum(starts):>6} {max(starts):>4}"
            f" {sum(number > 6 for number in starts):>6}"
            f" {sum(item.offer_changes for item in items):>7}"
        )


def _minimum_caught(items: Sequence[Result], weather: Weather) -> str:
    """Return the minimum of caught on the days with a kind of weather."""
    caught = [item.surplus_caught for item in items if item.day.startswith(weather)]
    return f"{min(caught):.1%}" if caught else "-"
