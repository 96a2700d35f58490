"""The settings of the whole house that the owner changes by entities."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Self

from ..settings import BOOST_DOWN_TO


@dataclass(frozen=True, slots=True)
class HouseUserSettings:
    """The settings of the house.

    Attributes:
        cheap_below: the price of a kWh below which vehicles charge from more than green energy; None if not set.
        outside_w: the limit from outside for all charging together, in W; None for no limit.
        peak_target_kw: the peak of the import that the owner accepts, in kW; None for the default of the tariff.
        boost: whether the house battery may supply vehicles that charge from the grid.
        boost_down_to: the level of the battery in % at which a boost ends by itself.

    """

    cheap_below: float | None = None
    outside_w: float | None = None
    peak_target_kw: float | None = None
    boost: bool = False
    boost_down_to: float = BOOST_DOWN_TO

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the settings from `as_dict`; other keys of `data` are ignored.

        Raises:
            TypeError, ValueError: if a value is not valid.

        """
        return cls(
            cheap_below=_optional(data.get("cheap_below")),
            outside_w=_optional(data.get("outside_w")),
            peak_target_kw=_optional(data.get("peak_target_kw")),
            boost=bool(data.get("boost", False)),
            boost_down_to=finite(data.get("boost_down_to", BOOST_DOWN_TO)),
        )


def finite(value: float) -> float:
    """Return a stored number.

    Raises:
        TypeError, ValueError: if it is not a finite number.

    """
    if not isfinite(number := float(value)):
        raise ValueError(f"user settings: {number} is no number")
    return number


def _optional(value: float | None) -> float | None:
    return None if value is None else finite(value)
