"""Hearing of changes of what hangs on a bus' entry: schedules, cars and accounts."""

from collections.abc import Callable

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..types import TwcConfigEntry


@callback
def async_watch[T](
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    read: Callable[[TwcConfigEntry], T],
    changed: Callable[[], None],
) -> CALLBACK_TYPE:
    """Call `changed` at once when what `read` reads of a bus' subentries is another than before.

    Home Assistant tells of subentries only through the entry's update listeners, which neither
    `OptionsFlowWithReload` nor `async_update_reload_and_abort` put up with, and through this signal.
    """
    known = read(entry)

    @callback
    def compare(change: ConfigEntryChange, updated: TwcConfigEntry) -> None:
        nonlocal known
        if updated is not entry or change is not ConfigEntryChange.UPDATED:
            return
        if (now := read(entry)) != known:
            known = now
            changed()

    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, compare)
