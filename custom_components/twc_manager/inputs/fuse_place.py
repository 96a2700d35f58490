"""Finds the buses of this Home Assistant behind the same main fuse: those that follow the same sensors."""

from typing import Final
from weakref import WeakValueDictionary

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from ..charging.fuse_supply import FusePlace
from ..charging.supply.shared_fuse import SharedFuse
from ..const import DOMAIN
from .fuse import FuseOptions
from .sensors import stable_id

type _Fuses = WeakValueDictionary[frozenset[str], SharedFuse]

_FUSES: Final[HassKey[_Fuses]] = HassKey(f"{DOMAIN}_fuses")


def fuse_place(hass: HomeAssistant, bus: str, fuse: FuseOptions | None) -> FusePlace:
    """Return the place of a bus behind its main fuse."""
    if fuse is None:
        return FusePlace(SharedFuse(), bus)
    registry = er.async_get(hass)
    key = frozenset(stable_id(registry, item.entity_id) for item in fuse.sensors)
    fuses: _Fuses = hass.data.setdefault(_FUSES, WeakValueDictionary())
    return FusePlace(fuses.setdefault(key, SharedFuse()), bus)
