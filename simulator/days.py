"""Whole days of production and house load, second by second, to replay charging rules against.

The days come from the simulator's own sun and house, reproducible by their seed, or from a recorded file.
"""

from array import array
from collections.abc import Iterator
import csv
from dataclasses import dataclass
import math
from pathlib import Path
from typing import Final

from .house import DAY_S, Load, Sun, Weather

_HOUR_S: Final = 3_600.0
_SECONDS: Final = int(DAY_S)
# (maximum production in W, sunrise, sunset) at about 48 degrees north, for 10 kW of modules.
_SEASONS: Final = {
    "summer": (9_000.0, 5.0 * _HOUR_S, 21.0 * _HOUR_S),
    "winter": (5_000.0, 8.0 * _HOUR_S, 16.5 * _HOUR_S),
}
# Broken clouds are the hard case, so there are several such days.
_DAYS_OF: Final = {Weather.CLEAR: 1, Weather.BROKEN: 3, Weather.OVERCAST: 1}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of one value per second.

    Attributes:
        name: begins with the weather.
        production_w: the solar production, in W.
        house_w: the consumption of the house without its cars, in W.

    """

    name: str
    production_w: array[float]
    house_w: array[float]


def day_names() -> list[str]:
    """Return the names of the days, such as `broken-summer-2`."""
    return [
        f"{weather}-{season}-{number}"
        for weather, count in _DAYS_OF.items()
        for season in _SEASONS
        for number in range(1, count + 1)
    ]


def make_day(name: str, seed: int) -> Day:
    """Return the day of a name; another seed gives other clouds and another load."""
    weather, season, number = name.split("-")
    peak_w, sunrise_s, sunset_s = _SEASONS[season]
    # Far enough apart, since sun and load add offsets to their seeds.
    dice = seed * 1_000 + int(number) * 100 + list(_SEASONS).index(season) * 50
    sun = Sun(
        peak_w=peak_w,
        sunrise_s=sunrise_s,
        sunset_s=sunset_s,
        weather=Weather(weather),
        seed=dice,
    )
    load = Load(seed=dice)
    return Day(
        name,
        array("d", (sun.production_w(second) for second in range(_SECONDS))),
        array("d", (load.load_w(second) for second in range(_SECONDS))),
    )


def read_day(path: Path) -> Day:
    """Return the day in a CSV file with the columns seconds, production_w and house_w.

    A value holds until the next row.

    Raises:
        ValueError: if the file is invalid; the text says why.

    """
    production_w, house_w = array("d"), array("d")
    before: tuple[float, float] | None = None
    with path.open(encoding="utf-8-sig", newline="") as file:
        for second, production, house in _rows(file, path.name):
            if before is not None:
                missing = second - len(production_w)
                production_w.extend([before[0]] * missing)
                house_w.extend([before[1]] * missing)
            before = (production, house)
            production_w.append(production)
            house_w.append(house)
    if not production_w:
        raise ValueError(f"{path.name}: there is not one row in it")
    return Day(path.stem, production_w, house_w)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is no power")
    return number


def _rows(file: Iterator[str], name: str) -> Iterator[tuple[int, float, float]]:
    """Return the seconds since the first row, the production and the load of each row."""
    first, last = 0, -1
    for row in csv.DictReader(file):
        try:
            second = int(float(row["seconds"]))
            production, house = _finite(row["production_w"]), _finite(row["house_w"])
        except (KeyError, TypeError, ValueError, OverflowError) as err:
            raise ValueError(
                f"{name}: a row is not 'seconds, production_w, house_w' in numbers: {row}"
            ) from err
        if last < 0:
            first, last = second, second - 1
        if not last < second <= first + 7 * _SECONDS:
            raise ValueError(f"{name}: the seconds do not rise from row to row")
        last = second
        yield second - first, production, house
