"""The result of a reader of prices."""

from dataclasses import dataclass

from ..charging.planning.series import Series


@dataclass(frozen=True, slots=True)
class Reading:
    """The prices of a source without surcharges, in the main unit of the currency per kWh."""

    series: Series
    currency: str
