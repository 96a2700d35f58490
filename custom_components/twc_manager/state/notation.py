"""Writes the values in a sentence: in the notation of its language, or left open for the card that shows them."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
import re
from typing import Any, Final

from ..const import DOMAIN

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CATEGORY: Final = "config_panel"
_PREFIX: Final = f"component.{DOMAIN}.{CATEGORY}.sentence."

_MARK: Final = "\x1f"
_MARKED: Final = re.compile(f"{_MARK}([0-9]+){_MARK}")

type Part = str | Mapping[str, Any]
"""A part of a sentence: text, or a value that is left open."""


class Texts:
    """The texts of the sentences in one language, by their keys below `sentence`."""

    __slots__ = ("_translations",)

    def __init__(self, translations: Mapping[str, str]) -> None:
        """Take the translations of the category, as Home Assistant returns them."""
        self._translations = translations

    def __getitem__(self, key: str) -> str:
        """Return a text."""
        return self._translations[f"{_PREFIX}{key}"]

    @property
    def are_loaded(self) -> bool:
        """Return whether there are any."""
        return bool(self._translations)


def number_text(value: float, digits: int, texts: Texts) -> str:
    """Return a number with `digits` decimals; a single decimal that is zero is left out."""
    text = f"{value:.{digits}f}"
    if digits == 1:
        text = text.removesuffix(".0")
    return text.replace(".", texts["decimal"])


class Notation:
    """Writes values in the notation of a language, and times in a time zone."""

    def __init__(self, texts: Texts, zone: tzinfo | None) -> None:
        """Take the texts of the language, and the zone."""
        self.texts = texts
        self._zone = zone

    def name(self, name: str) -> str:
        """Return a name that a person gave."""
        return name

    def amount(self, value: float) -> str:
        """Return a number with one digit after the point if that is not zero."""
        return number_text(value, 1, self.texts)

    def kilowatts(self, watts: float) -> str:
        """Return a power in kW, without its unit."""
        return f"{watts / 1000:.1f}".replace(".", self.texts["decimal"])

    def price(self, value: float, currency: str) -> str:
        """Return what a kWh costs."""
        amount = f"{number_text(value, 2, self.texts)} {currency}".rstrip()
        return f"{amount}/kWh"

    def time(self, at: datetime) -> str:
        """Return a time of day."""
        return f"{at.astimezone(self._zone):%H:%M}"

    def day(self, at: datetime) -> str:
        """Return a day of the week."""
        return self.texts[f"day.{_DAYS[at.astimezone(self._zone).weekday()]}"]


class OpenNotation(Notation):
    """Leaves values open: a card writes them with the number and time formats that its user has chosen."""

    def __init__(self, texts: Texts) -> None:
        """Take the texts of the language."""
        super().__init__(texts, None)
        self._values: list[Mapping[str, Any]] = []

    def parts(self, text: str) -> list[Part]:
        """Return a text that was written with this notation as a list of its texts and open values."""
        pieces = _MARKED.split(text)
        return [
            self._values[int(piece)] if index % 2 else piece
            for index, piece in enumerate(pieces)
            if piece
        ]

    def name(self, name: str) -> str:
        """Return a name without the mark that stands for an open value."""
        return name.replace(_MARK, "")

    def amount(self, value: float) -> str:
        """Leave a number open."""
        return self._open(number=round(value, 1), digits=0)

    def kilowatts(self, watts: float) -> str:
        """Leave a power in kW open."""
        return self._open(number=round(watts / 1000, 1), digits=1)

    def price(self, value: float, currency: str) -> str:
        """Leave a price open."""
        return self._open(price=round(value, 4), currency=currency or None)

    def time(self, at: datetime) -> str:
        """Leave a time of day open."""
        return self._open(time=at.isoformat())

    def day(self, at: datetime) -> str:
        """Leave a day of the week open."""
        return self._open(day=at.isoformat())

    def _open(self, **value: Any) -> str:
        self._values.append(value)
        return f"{_MARK}{len(self._values) - 1}{_MARK}"
