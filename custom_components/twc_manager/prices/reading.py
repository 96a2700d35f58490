"""What a reader of prices returns."""

from dataclasses import dataclass

from ..charging.planning.series import Series


@dataclass(frozen=True, slots=True)
class Reading:
    """Prices as a source has them, in the main unit of the currency per kWh."""

    series: Series
    currency: str
