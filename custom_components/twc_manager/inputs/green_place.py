"""Finds the buses of this Home Assistant that share a surplus: those that follow the same sensors."""

from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from ..charging.green_supply import GreenPlace
from ..charging.shared_surplus import SharedSurplus
from ..const import DOMAIN
from .green import GreenOptions
from .sensors import stable_id

type _Key = frozenset[tuple[str, str, bool]]
type _Surpluses = WeakValueDictionary[_Key, SharedSurplus]

_SURPLUSES: Final[HassKey[_Surpluses]] = HassKey(f"{DOMAIN}_surpluses")


def green_place(
    hass: HomeAssistant,
    bus: str,
    green: GreenOptions | None,
    wake: Callable[[], None],
) -> GreenPlace:
    """Return the place of a bus at its surplus; `wake` is called when other buses have changed its part."""
    if green is None:
        return GreenPlace(SharedSurplus(), bus, wake)
    registry = er.async_get(hass)
    key = frozenset(
        (source.value, stable_id(registry, sensor.entity_id), sensor.inverted)
        for source, sensor in green.sensors.items()
    )
    surpluses: _Surpluses = hass.data.setdefault(_SURPLUSES, WeakValueDictionary())
    return GreenPlace(surpluses.setdefault(key, SharedSurplus()), bus, wake)
