"""Units of prices: their currency, and the factor to the main unit of the currency per kWh. Pure."""

from dataclasses import dataclass
from typing import Final

from .errors import PriceError, Problem


@dataclass(frozen=True, slots=True)
class PriceUnit:
    """A unit of prices.

    Attributes:
        currency: its currency, such as "EUR".
        scale: a value times this is in the main unit of the currency per kWh.

    """

    currency: str
    scale: float = 1.0


_ENERGIES: Final = {"wh": 1000.0, "kwh": 1.0, "mwh": 0.001}
_DOLLARS: Final = ("USD", "AUD", "CAD", "NZD", "SGD")
_KRONER: Final = ("SEK", "NOK", "DKK", "ISK")
_NAMES: Final = {
    "€": (("EUR",), 1.0),
    "£": (("GBP",), 1.0),
    "$": (_DOLLARS, 1.0),
    "a$": (("AUD",), 1.0),
    "kr": (_KRONER, 1.0),
    "kr.": (_KRONER, 1.0),
    "zł": (("PLN",), 1.0),
    "kč": (("CZK",), 1.0),
    "ft": (("HUF",), 1.0),
    "lei": (("RON",), 1.0),
    "ct": (("EUR", *_DOLLARS), 0.01),
    "c": (("EUR", *_DOLLARS), 0.01),
    "cent": (("EUR", *_DOLLARS), 0.01),
    "cents": (("EUR", *_DOLLARS), 0.01),
    "¢": ((*_DOLLARS, "EUR"), 0.01),
    "c€": (("EUR",), 0.01),
    "€c": (("EUR",), 0.01),
    "p": (("GBP",), 0.01),
    "pence": (("GBP",), 0.01),
    "öre": (("SEK",), 0.01),
    "øre": (("NOK", "DKK"), 0.01),
    "ore": (("SEK", "NOK", "DKK"), 0.01),
    "rp": (("CHF",), 0.01),
    "rappen": (("CHF",), 0.01),
    "gr": (("PLN",), 0.01),
    "fillér": (("HUF",), 0.01),
    "bani": (("RON",), 0.01),
}
"""The currencies that a symbol or a name can stand for, and its share of their main unit."""


def unit_of(text: object, currency: str) -> PriceUnit:
    """Return the unit that a text names, such as "EUR/kWh", "öre/kWh" or "€/MWh".

    Args:
        text: the text.
        currency: the currency to prefer if a symbol stands for several.

    Raises:
        PriceError: if it is not a unit of a price of electricity.

    """
    money, _, energy = str(text or "").strip().rpartition("/")
    per = _ENERGIES.get(energy.strip().lower())
    money = money.strip()
    if per is None or not money:
        raise PriceError(Problem.UNIT, str(text))
    found = _NAMES.get(money.lower())
    if found is not None:
        currencies, share = found
        named = currency if currency in currencies else currencies[0]
        return PriceUnit(named, share * per)
    if len(money) == 3 and money.isascii() and money.isalpha() and money.isupper():
        return PriceUnit(money, per)
    raise PriceError(Problem.UNIT, str(text))
