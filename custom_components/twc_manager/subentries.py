"""Watches the subentries of buses, such as schedules, vehicles and accounts, and reports which kind has changed.

This is the only place that watches them, so that subentries are read again only when something in them differs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN

type _Content = Mapping[str, tuple[str, str, Mapping[str, Any]]]
"""The kind, the title and the data of each subentry, by its id."""


@callback
def async_watch_subentries(
    hass: HomeAssistant,
    entries: Callable[[], Iterable[ConfigEntry[Any]]],
    changed: Callable[[frozenset[str]], None],
    *,
    ignored: frozenset[str],
) -> CALLBACK_TYPE:
    """Call `changed` with the kinds of the subentries that were added, removed or changed, as soon as that happens.

    Home Assistant reports subentries only to an entry's update listeners, which `OptionsFlowWithReload` and
    `async_update_reload_and_abort` do not allow, and by this signal.

    Args:
        hass: Home Assistant.
        entries: returns the entries to watch.
        changed: called with the kinds, as in `ConfigSubentry.subentry_type`.
        ignored: keys of a subentry's data whose changes are not reported.

    """
    known = _content(entries(), ignored)

    @callback
    def compare(_: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        nonlocal known
        if entry.domain != DOMAIN:
            return
        before, known = known, _content(entries(), ignored)
        if kinds := _differing(before, known):
            changed(kinds)

    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, compare)


@callback
def async_ask_for_kinds_again(entry: ConfigEntry[Any]) -> None:
    """Have Home Assistant ask anew which kinds of subentries an entry can have.

    It asks once per start and has no public way to ask again, but circuits can be added only while an option says so.
    """
    object.__setattr__(entry, "_supported_subentry_types", None)


def _content(entries: Iterable[ConfigEntry[Any]], ignored: frozenset[str]) -> _Content:
    return {
        subentry.subentry_id: (
            subentry.subentry_type,
            subentry.title,
            {key: item for key, item in subentry.data.items() if key not in ignored},
        )
        for entry in entries
        for subentry in entry.subentries.values()
    }


def _differing(before: _Content, after: _Content) -> frozenset[str]:
    """Return the kinds of the subentries that are not the same in both."""
    return frozenset(
        kind
        for one, other in ((before, after), (after, before))
        for subentry_id, content in one.items()
        for kind in content[:1]
        if other.get(subentry_id) != content
    )
