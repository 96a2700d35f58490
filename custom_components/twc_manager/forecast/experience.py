"""The load profile of a house, the maximum of its solar plant, and the reliability of the forecast. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from statistics import median
from typing import Final

from ..charging.planning.series import Piece, Series

UNPROVEN: Final = 0.7
"""The share of a forecast that is used before its reliability has been measured."""

_DAYS: Final = 7
"""How many of the last days count for the reliability of the forecast."""

_MINIMUM_KWH: Final = 0.5
"""A day with a lower forecast does not count for the reliability."""

_HOURS: Final = 24 * 7
_HOUR: Final = timedelta(hours=1)
_AHEAD_DAYS: Final = 4
"""For how many days the usual load is returned: most plans look no further."""


@dataclass(frozen=True, slots=True)
class Experience:
    """What the statistics of a house show.

    Attributes:
        load_w: its usual load without the vehicles, in W, by the hour of the week; 0 is Monday at 0:00.
        maximum_w: the maximum power of the solar plant in any hour; None if it was never measured.
        measured_kwh: the production of the plant, by local day.

    """

    load_w: Mapping[int, float] = field(default_factory=dict)
    maximum_w: float | None = None
    measured_kwh: Mapping[date, float] = field(default_factory=dict)


def experience_of(
    house_kwh: Mapping[datetime, float], sun_kwh: Mapping[datetime, float], zone: tzinfo
) -> Experience:
    """Return what hourly energies show.

    Args:
        house_kwh: the consumption of the house without the vehicles, by the start of the hour.
        sun_kwh: the production of the plant, by the start of the hour.
        zone: the zone of the house.

    """
    by_hour: dict[int, list[float]] = defaultdict(list)
    for start, energy in house_kwh.items():
        by_hour[_hour_of_week(start, zone)].append(max(0.0, 1000 * energy))
    days: dict[date, float] = defaultdict(float)
    for start, energy in sun_kwh.items():
        days[start.astimezone(zone).date()] += max(0.0, energy)
    return Experience(
        {hour: median(watts) for hour, watts in by_hour.items()},
        max((1000 * energy for energy in sun_kwh.values()), default=None),
        dict(days),
    )


def reliability(
    forecast_kwh: Mapping[date, float], measured_kwh: Mapping[date, float], today: date
) -> float:
    """Return the share of a forecast to use: the part of the last days' forecasts that came true, 1 at most.

    Args:
        forecast_kwh: the forecast for each day, made the day before.
        measured_kwh: the production of each day.
        today: the current day, which does not count yet.

    """
    days = sorted(
        (
            day
            for day, energy in forecast_kwh.items()
            if day < today and energy >= _MINIMUM_KWH and day in measured_kwh
        ),
        reverse=True,
    )[:_DAYS]
    if not days:
        return UNPROVEN
    forecast = sum(forecast_kwh[day] for day in days)
    return min(1.0, sum(measured_kwh[day] for day in days) / forecast)


def left_over(
    forecast: Series, experience: Experience, share: float, zone: tzinfo
) -> Series:
    """Return the solar power in W that the house leaves over, without the hours in which its load is unknown."""
    maximum = experience.maximum_w
    if maximum is None:
        return Series()
    pieces = []
    for piece in forecast.pieces:
        load = _load_at(experience.load_w, piece.start, zone)
        if load is not None:
            left = min(piece.value * share, maximum) - load
            pieces.append(Piece(piece.start, piece.end, max(0.0, left)))
    return Series(tuple(pieces))


def usual_load(load_w: Mapping[int, float], local: datetime) -> Series:
    """Return the usual load of the house in W from the last midnight on, for `_AHEAD_DAYS`.

    Args:
        load_w: the load in W by the hour of the week.
        local: the local time.

    """
    zone = local.tzinfo
    assert zone is not None
    first, end = (
        datetime.combine(local.date() + timedelta(days=at), time(), zone)
        for at in (0, _AHEAD_DAYS)
    )
    start, pieces = first.astimezone(UTC), []
    while start < end.astimezone(UTC):
        if (load := _load_at(load_w, start, zone)) is not None:
            pieces.append(Piece(start, start + _HOUR, load))
        start += _HOUR
    return Series(tuple(pieces))


def _load_at(load: Mapping[int, float], at: datetime, zone: tzinfo) -> float | None:
    """Return the usual load at this hour of the week, otherwise the maximum at this hour of any day; None if unknown."""
    hour = _hour_of_week(at, zone)
    if hour in load:
        return load[hour]
    others = [load[other] for other in range(hour % 24, _HOURS, 24) if other in load]
    return max(others, default=None)


def _hour_of_week(at: datetime, zone: tzinfo) -> int:
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour


def kept_days(forecast_kwh: Mapping[date, float], today: date) -> dict[date, float]:
    """Return the forecasts of the days that can still count for the reliability."""
    oldest = today - timedelta(days=2 * _DAYS)
    return {day: energy for day, energy in forecast_kwh.items() if day >= oldest}
