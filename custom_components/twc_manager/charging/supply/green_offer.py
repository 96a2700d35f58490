"""The offer while vehicles charge: it falls with the surplus at once, and rises once the surplus has lasted.

Times are in s of a monotonic clock, powers in W.
"""

from dataclasses import replace
from math import isfinite
from typing import Final

from ..settings import GreenSettings
from .green_demand import whole_amps
from .green_states import GreenFacts, Offer
from .history import Lasting

_DIP_SECONDS: Final = 8.0
"""The time for which a fall within the dead band may be noise: the offer falls within 10 s."""

_ONE_AMP_PATIENCE: Final = 4.0
"""The number of rise delays for which a single ampere more must have lasted: it is worth little, and may be noise."""


class Rises:
    """The surplus that has lasted long enough to be offered: a single ampere has to last longer."""

    __slots__ = ("_long", "_seconds", "_usual")

    def __init__(self, settings: GreenSettings) -> None:
        """Start without measurements."""
        self.follow(settings)

    def follow(self, settings: GreenSettings) -> None:
        """Restart with the times of other settings."""
        self._seconds = settings.rise_delay
        self._usual = Lasting(self._seconds)
        self._long = Lasting(self._seconds * _ONE_AMP_PATIENCE)

    def clear(self) -> None:
        """Drop all measurements."""
        self._usual.clear()
        self._long.clear()

    def add(self, now: float, watts: float) -> None:
        """Add the present surplus."""
        self._usual.add(now, watts)
        self._long.add(now, watts)

    def lasted_w(self, now: float) -> float | None:
        """Return the W that lasted; None if the measurements do not cover the time."""
        return self._usual.lowest(now)

    def ready_at(self, amps: int) -> float | None:
        """Return when so many A more may be offered; None without measurements."""
        ready = (self._usual if amps > 1 else self._long).ready_at()
        return ready if isfinite(ready) else None

    def risen(self, offer: Offer, facts: GreenFacts) -> Offer:
        """Return the offer, higher if more has lasted."""
        for lasting, step in (self._usual, 2), (self._long, 1):
            watts = lasting.lowest(facts.now)
            if watts is None:
                continue
            more = whole_amps(
                watts - facts.settings.dead_band_w, facts.unused, facts.demand
            )
            more = min(more, facts.confirmed)
            if more >= offer.amps + step:
                return offer.at(more)
        return offer


def followed(offer: Offer, facts: GreenFacts, rises: Rises) -> Offer:
    """Return the offer that follows from a measured surplus."""
    watts, demand = facts.watts or 0.0, facts.demand
    offer = _crowded(offer, facts)
    held = demand.minimum * demand.drawing if _is_held(offer, facts) else 0
    bearable = max(whole_amps(watts, facts.unused, demand), held)
    if bearable >= offer.amps:
        return rises.risen(replace(offer, dip_since=None), facts)
    since = facts.now if offer.dip_since is None else offer.dip_since
    band = watts + facts.settings.dead_band_w
    slight = whole_amps(band, facts.unused, demand) >= offer.amps
    if slight and facts.now - since < _DIP_SECONDS:
        return replace(offer, dip_since=since)
    return offer.at(bearable)


def _crowded(offer: Offer, facts: GreenFacts) -> Offer:
    """Return the offer with since when there has been too little for all vehicles that draw."""
    drawing = facts.demand.drawing
    fits = facts.demand.minimum * drawing <= offer.amps
    if drawing < 2 or not fits or facts.covers(drawing):
        return replace(offer, crowded_since=None)
    return (
        offer
        if offer.crowded_since is not None
        else replace(offer, crowded_since=facts.now)
    )


def _is_held(offer: Offer, facts: GreenFacts) -> bool:
    """Return whether all vehicles are held at the minimum, as one alone is, before one has to stop."""
    since = offer.crowded_since
    return since is not None and facts.now < since + facts.settings.stop_delay
