"""What a kWh costs and what one earns, over time."""

from dataclasses import dataclass, field
from typing import Final

from .series import Series


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one source, in the currency's main unit per kWh; without a price, nothing is known.

    Attributes:
        prices: what a kWh from the grid costs, with everything that is added to it.
        feed_in: what a kWh of sun earns when it is exported.
        currency: the currency, such as "EUR".
        source: the name of the source, for people.

    """

    prices: Series = field(default_factory=Series)
    feed_in: Series = field(default_factory=Series)
    currency: str = ""
    source: str = ""

    @property
    def is_known(self) -> bool:
        """Return whether there is a price at all."""
        return bool(self.prices.pieces)


EMPTY: Final = Tariff()
"""No price is known."""
