"""Wall connectors and cars as `key=value` words, for the command line.

The names of the keys and the checks of the values. Nothing is created from an invalid spec.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from .car import Car
from .connector import WallConnector
from .identity import LENGTH

_HIGHEST_ID: Final = 0xFFFF
_PHASES: Final = 3
_TAILS: Final = {"fc": b"\xfc", "f8": b"\xf8", "fe": b"\xfe", "none": b""}


class SpecError(ValueError):
    """A word is invalid; the text is for the user."""


def number(text: str) -> float:
    """Read a number that is finite and not negative."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf"):
        msg = f"'{text}' is not a number of 0 or more"
        raise SpecError(msg)
    return value


def _positive(text: str) -> float:
    value = number(text)
    if not value:
        msg = f"'{text}' is not above 0"
        raise SpecError(msg)
    return value


def whole(text: str) -> int:
    """Read a whole number."""
    if not text.isascii() or not text.isdigit():
        msg = f"'{text}' is not a whole number"
        raise SpecError(msg)
    return int(text)


def switch(text: str) -> bool:
    """Read on or off."""
    if text not in ("on", "off"):
        msg = f"'{text}' is neither on nor off"
        raise SpecError(msg)
    return text == "on"


def hex_id(text: str) -> int:
    """Read an id of four hex digits."""
    try:
        value = int(text, 16)
    except ValueError:
        value = -1
    if not 0 < value < _HIGHEST_ID:
        msg = f"'{text}' is not an id of four hex digits"
        raise SpecError(msg)
    return value


def _percent(text: str) -> float:
    value = number(text)
    if value > 100:
        msg = f"'{text}' is more than 100 %"
        raise SpecError(msg)
    return value


def _protocol(text: str) -> int:
    if whole(text) not in LENGTH:
        msg = f"protocol {text}: there are only 1 and 2"
        raise SpecError(msg)
    return whole(text)


def _phases(text: str) -> int:
    if not 1 <= whole(text) <= _PHASES:
        msg = f"{text} phases: 1 to 3"
        raise SpecError(msg)
    return whole(text)


def _vin(text: str) -> str:
    if len(text) != 17 or not (text.isascii() and text.isalnum()):
        msg = f"'{text}' is not a VIN of 17 characters"
        raise SpecError(msg)
    return text.upper()


def _firmware(text: str) -> tuple[int, ...]:
    parts = [whole(part) for part in text.split(".")]
    if not 3 <= len(parts) <= 4 or max(parts) > 255:
        msg = f"'{text}' is no firmware version, which looks like 4.5.3"
        raise SpecError(msg)
    return (*parts, 0)[:4]


def _voltages(text: str) -> tuple[float, ...]:
    volts = [number(part) for part in text.split("/")]
    if len(volts) > _PHASES:
        msg = f"'{text}' has more than three phases"
        raise SpecError(msg)
    return (*volts, 0.0, 0.0)[:3]


def _tail(text: str) -> bytes:
    if text.lower() not in _TAILS:
        msg = f"'{text}' is none of {', '.join(_TAILS)}"
        raise SpecError(msg)
    return _TAILS[text.lower()]


type _Keys = Mapping[str, tuple[str, Callable[[str], Any]]]

CONNECTOR_KEYS: Final[_Keys] = {
    "id": ("id", hex_id),
    "protocol": ("protocol", _protocol),
    "rating": ("rating", number),
    "serial": ("serial", str),
    "firmware": ("firmware", _firmware),
    "volts": ("voltages", _voltages),
    "kwh": ("initial_kwh", number),
    "switch": ("switch", lambda text: int(text, 16)),
    "extended": ("extended", switch),
    "queries": ("answers_queries", switch),
    "can": ("can_enabled", switch),
    "absurd-counter": ("absurd_counter", switch),
    "counter-unit": ("counter_unit", _positive),
    "meter-volts": ("meter_volts", switch),
    "meter-amps": ("meter_amps", switch),
    "plug": ("answers_plug", switch),
    "zero-stops": ("zero_stops", switch),
    "minimum-offer": ("minimum_offer", number),
    "heartbeat": ("heartbeat_length", whole),
    "idle": ("idle_draw", number),
    "tail": ("tail", _tail),
}
CAR_KEYS: Final[_Keys] = {
    "vin": ("vin", _vin),
    "limit": ("onboard_limit", number),
    "phases": ("phases", _phases),
    "soc": ("soc", _percent),
    "target": ("target", _percent),
    "battery": ("battery_kwh", number),
    "ramp": ("ramp", number),
    "wake": ("wake_s", number),
    "asleep": ("asleep", switch),
    "trap": ("six_amp_trap", switch),
    "can": ("can_enabled", switch),
    "tolerates": ("tolerates", whole),
}


def _read(words: Iterable[str], keys: _Keys) -> dict[str, Any]:
    """Read `key=value` words by a table of keys."""
    values = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or key not in keys:
            msg = f"'{word}' is not understood; known are {', '.join(f'{k}=' for k in keys)}"
            raise SpecError(msg)
        name, read = keys[key]
        try:
            values[name] = read(text)
        except SpecError:
            raise
        except ValueError:
            msg = f"'{text}' cannot be {key}"
            raise SpecError(msg) from None
    return values


def connector(spec: str) -> WallConnector:
    """Create a wall connector from `id=032E,protocol=2,...`."""
    values = _read(spec.split(","), CONNECTOR_KEYS)
    if "id" not in values:
        msg = f"'{spec}' has no id="
        raise SpecError(msg)
    return WallConnector(values.pop("id"), **values)


def car(words: Iterable[str], **defaults: Any) -> Car:
    """Create a car from `vin=... limit=32 soc=40`."""
    return Car(**(defaults | _read(words, CAR_KEYS)))
