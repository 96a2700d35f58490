"""Spoils data that come from outside: keys that are missing or doubled, other types, numbers without an end."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from math import inf, nan
from random import Random
from typing import Any, Final

_MAX_DAMAGES: Final = 3

_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 0.1, -0.0, 2**31, -(2**63), 10**400),
    *(1e308, -1e308, 5e-324, nan, inf, -inf),
    *("", " ", "0", "-1", "nan", "inf", "1e999", "unknown", "unavailable", "\x00", "ß" * 300),
    *("2026-11-29", "2026-11-29T12:00:00", "2026-11-29T12:00:00+01:00"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "24:00:00", "25:61"),
    *(datetime.min, datetime.max, datetime.max.replace(tzinfo=UTC)),
    *([], {}, [[]], [{}], {"": None}, [None] * 20),
)  # fmt: skip


class Spoiler:
    """Spoils copies of data at random, but the same ones for a seed.

    Args:
        seed: the seed.
        is_json: whether only what JSON can say is put in, without numbers that are none.

    """

    def __init__(self, seed: int, *, is_json: bool = False) -> None:
        self._dice = Random(seed)
        self._values = [value for value in _VALUES if not is_json or _is_json(value)]

    def spoilt(self, data: Any) -> Any:
        """Return a copy of a mapping or a list with up to three damages inside."""
        spoilt = deepcopy(data)
        for _ in range(self._dice.randint(1, _MAX_DAMAGES)):
            self._damage(spoilt)
        return spoilt

    def anything(self) -> Any:
        """Return a value of any type."""
        return deepcopy(self._dice.choice(self._values))

    def _damage(self, data: Any) -> None:
        paths = paths_in(data)
        if not paths:
            return
        *path, last = self._dice.choice(paths)
        inside = data
        for key in path:
            inside = inside[key]
        damages: tuple[Callable[[], object], ...] = (
            lambda: inside.__setitem__(last, self.anything()),
            lambda: inside.__setitem__(last, self._moved(inside, last)),
            lambda: inside.__delitem__(last),
        )
        self._dice.choices(damages, (3, 1, 1))[0]()

    def _moved(self, inside: Any, last: Any) -> Any:
        """Return what stands elsewhere in the same mapping or list."""
        others = list(inside.values() if isinstance(inside, Mapping) else inside)
        return deepcopy(self._dice.choice(others))


def paths_in(data: Any) -> list[tuple[Any, ...]]:
    """Return the paths to everything inside."""
    items: Sequence[tuple[Any, Any]] = ()
    if isinstance(data, dict):
        items = list(data.items())
    elif isinstance(data, list):
        items = list(enumerate(data))
    return [(key, *rest) for key, value in items for rest in ((), *paths_in(value))]


def _is_json(value: Any) -> bool:
    if isinstance(value, float | int):
        return abs(value) < (inf if isinstance(value, float) else 2**63)
    return not isinstance(value, datetime)
