"""The places of a bus beside the other buses of this Home Assistant: behind its main fuse, and at its surplus."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback

from ..charging.fuse_supply import FusePlace
from ..charging.green_supply import GreenPlace
from ..types import TwcConfigEntry
from .fuse_place import fuse_place
from .green_place import green_place
from .options import Options


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a bus."""

    fuse: FusePlace
    green: GreenPlace


@callback
def async_take_places(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    options: Options,
    wake: Callable[[], None],
) -> Places:
    """Return the places of a bus, which it leaves when it is unloaded; `wake` is called when others change its part."""
    bus = entry.entry_id
    places = Places(
        fuse_place(hass, bus, options.fuse),
        green_place(hass, bus, options.green, wake),
    )

    @callback
    def leave() -> None:
        places.fuse.fuse.leave(bus)
        places.green.surplus.leave(bus)

    entry.async_on_unload(leave)
    return places
