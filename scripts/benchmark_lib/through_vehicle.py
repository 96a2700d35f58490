"""Our rules with a car that takes less than the minimum of its connector, since it is asked for it through its own number."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from custom_components.twc_manager.charging.control.current_request import (
    CurrentRequester,
)
from custom_components.twc_manager.charging.control.current_states import (
    NumberReading,
    StoredCurrent,
)
from custom_components.twc_manager.vehicles.currents import wish_at

from .contestants import Ours, Site, View

_TODAY: Final = date(2026, 6, 21)
_CONNECTOR: Final = 1
THREE_PHASES: Final = Site(
    connectors=1, max_amps=16, max_connector_amps=16, min_amps=6, volts=3 * 230.0
)
"""A connector on three phases, where the minimum is 4.1 kW; one ampere counts on all of them."""


class ThroughVehicle:
    """One connector, and the number of its car."""

    def __init__(self, site: Site) -> None:
        """Start at night, with the number at what its owner has set."""
        self._rules = Ours(site)
        self._requester = CurrentRequester(StoredCurrent(), 0.0)
        self._amps = float(site.max_connector_amps)
        self._maximum = self._amps

    @property
    def calls(self) -> int:
        """Return how often the number was set."""
        return self._requester.stored.calls.calls

    def offers(self, now: float, view: View) -> Sequence[int]:
        """Follow the grid's meter, and set the number."""
        number = NumberReading(self._amps, maximum=self._maximum)
        known = self._requester.current(now, _TODAY, number)
        self._rules.currents = {_CONNECTOR: known}
        offers = self._rules.offers(now, view)
        if (decision := self._rules.decision) is not None:
            wish = wish_at(decision.connectors[_CONNECTOR])
            amps = self._requester.update(now, _TODAY, wish, number)
            if amps is not None:
                self._amps = amps
                self._requester.record(now, done=True)
        view.asked = [self._amps]
        return offers
