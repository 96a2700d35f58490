"""The usual load of the house, read periodically, and the current that it leaves of the main fuse and a peak budget."""

from datetime import UTC, datetime, timedelta
from typing import Final, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.limits.peak_tariff import PeakTariff
from ..charging.planning.caps import left_by_house
from ..charging.planning.series import Piece, Series
from ..charging.supply.fuse_reading import FuseConfig
from ..types import TwcConfigEntry
from .experience import usual_load
from .outlook import Outlook
from .statistics import async_usual_load

_EVERY: Final = timedelta(hours=12)
_HOUR: Final = timedelta(hours=1)
_AHEAD_HOURS: Final = 4 * 24


class UsualLoad(Outlook):
    """The usual load of the house of one bus without the vehicles, in W."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Start without a known load."""
        super().__init__(hass, entry, "what the house usually takes", _EVERY)
        self._hass = hass

    @override
    async def _async_expected(self) -> Series:
        """Return the expected load of the house in W, without hours in which it is unknown."""
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        load_w = await async_usual_load(self._hass, now, zone)
        return usual_load(load_w, dt_util.as_local(now))


def left_of_fuse(fuse: FuseConfig, house_w: Series) -> Series:
    """Return the A that a house with this usual load leaves of its main fuse; empty without a voltage."""
    if (voltage := fuse.voltage) is None:
        return Series()
    return left_by_house(fuse.size, house_w, voltage * fuse.phases)


def left_of_peak(
    tariff: PeakTariff,
    budget_w: float,
    house_w: Series,
    watts_per_amp: float,
    local: datetime,
) -> Series:
    """Return the A that a house with this usual load leaves of a peak budget in the hours that count, for some days.

    Args:
        tariff: the tariff, which determines the hours that count.
        budget_w: the budget in W.
        house_w: the usual load in W; where it is unknown, it counts as 0.
        watts_per_amp: the W of 1 A on all phases.
        local: the local time.

    """
    start, pieces = local.astimezone(UTC).replace(minute=0, second=0, microsecond=0), []
    for at in (start + _HOUR * hour for hour in range(_AHEAD_HOURS)):
        if tariff.counts(at.astimezone(local.tzinfo)):
            left = (budget_w - max(house_w.at(at) or 0.0, 0.0)) / watts_per_amp
            pieces.append(Piece(at, at + _HOUR, max(left, 0.0)))
    return Series(tuple(pieces))
