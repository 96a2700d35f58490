"""Validates the forecasts of integrations: Wh by time become W of periods in UTC. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from ..charging.planning.series import Piece, Series
from ..untrusted import is_usable_time, number_of

LONGEST: Final = timedelta(hours=1)
"""The maximum length of a period: at night some integrations leave out periods with 0."""

_MAXIMUM_W: Final = 1e6


def read_forecast(wh: Mapping[Any, Any], *, at_end: bool = False) -> Series:
    """Return the W of a forecast, without invalid times and energies.

    Args:
        wh: Wh by the time in ISO 8601 at which a period begins, or ends.
        at_end: whether the times are the ends of the periods.

    """
    found = dict(filter(None, map(_read, wh.items())))
    times = sorted(found)
    if at_end:
        starts = [times[0] - LONGEST, *times[:-1]] if times else []
        spans = [
            (max(start, end - LONGEST), end, found[end])
            for start, end in zip(starts, times, strict=True)
        ]
    else:
        after = [end for _, end in pairwise(times)] + [
            time + LONGEST for time in times[-1:]
        ]
        spans = [
            (start, min(end, start + LONGEST), found[start])
            for start, end in zip(times, after, strict=True)
        ]
    pieces = (
        Piece(start, end, _watts(start, end, energy)) for start, end, energy in spans
    )
    return Series(tuple(piece for piece in pieces if piece.value <= _MAXIMUM_W))


def _read(item: tuple[Any, Any]) -> tuple[datetime, float] | None:
    """Return the time in UTC and the Wh; None if one of them is not valid."""
    try:
        at, energy = datetime.fromisoformat(str(item[0])), number_of(item[1])
    except ValueError:
        return None
    if at.tzinfo is None or not is_usable_time(at) or energy is None or energy < 0:
        return None
    return at.astimezone(UTC), energy


def _watts(start: datetime, end: datetime, energy: float) -> float:
    return energy / ((end - start).total_seconds() / 3600)


def added(forecasts: Iterable[Series]) -> Series:
    """Return the sum of the forecasts of several plants; an unknown one adds nothing."""
    known = [series for series in forecasts if series.pieces]
    if len(known) < 2:
        return known[0] if known else Series()
    edges = {at for series in known for piece in series.pieces for at in _edges(piece)}
    pieces = []
    for start, end in pairwise(sorted(edges)):
        if (watts := _sum_at(known, start)) is not None:
            pieces.append(Piece(start, end, watts))
    return Series(tuple(pieces))


def _edges(piece: Piece) -> tuple[datetime, datetime]:
    return piece.start, piece.end


def _sum_at(forecasts: Iterable[Series], at: datetime) -> float | None:
    """Return the W of all forecasts at a time; None if none is known."""
    found = [watts for series in forecasts if (watts := series.at(at)) is not None]
    return sum(found) if found else None


def energy_kwh(series: Series, start: datetime, end: datetime) -> float:
    """Return the kWh of a series between two times."""
    return sum(
        piece.value
        / 1000
        * (min(piece.end, end) - max(piece.start, start)).total_seconds()
        / 3600
        for piece in series.pieces
        if piece.start < end and piece.end > start
    )
