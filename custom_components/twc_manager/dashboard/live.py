"""Pushes changes of the buses to subscribed cards, at most once a second."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import TwcCoordinator
from ..services.access import check_read_access
from ..services.target import Target
from ..state.notation import Texts
from ..types import TwcConfigEntry
from .buses import bus_as_live, may_read_meters, without_meters

PAUSE_SECONDS: Final = 1.0
"""The minimum time between two pushes, in s."""

TICK: Final = timedelta(seconds=10)
"""How often values are checked that change without a change of the bus: the house's sensors, prices, times."""


@dataclass(slots=True)
class Subscriber:
    """A subscription of a card.

    Attributes:
        user: the user who sees the card.
        language: the language of the texts.
        send: sends data to the card.
        texts: the texts in that language; None before they are loaded.
        sent: the data that were sent last.

    """

    user: User
    language: str
    send: Callable[[dict[str, Any]], None]
    texts: Texts | None = None
    sent: dict[str, Any] | None = None


class LiveHub:
    """Collects the data of all buses while there are subscribers, and sends it to them."""

    def __init__(self, hass: HomeAssistant, version: str) -> None:
        """Start without subscribers; `version` is that of the module of the front end."""
        self._hass = hass
        self._version = version
        self._subscribers: list[Subscriber] = []
        self._stops: list[CALLBACK_TYPE] = []
        self._followed: dict[str, tuple[TwcCoordinator, CALLBACK_TYPE]] = {}
        self._pending: CALLBACK_TYPE | None = None
        self._pushed_at: float | None = None

    def check_access(self, subscriber: Subscriber) -> None:
        """Check that a subscriber may read at least one bus, if there is any.

        Raises:
            Unauthorized: if buses exist, and none of them may be read.

        """
        if self._entries and not any(self._readable(subscriber)):
            raise Unauthorized

    @callback
    def async_add(self, subscriber: Subscriber) -> CALLBACK_TYPE:
        """Add a subscriber; return a function that removes it."""
        if not self._subscribers:
            self._start()
        self._subscribers.append(subscriber)

        @callback
        def remove() -> None:
            self._subscribers.remove(subscriber)
            if not self._subscribers:
                self._stop()

        return remove

    @callback
    def async_send(self, subscriber: Subscriber) -> None:
        """Send a subscriber what has changed since it was last sent."""
        self._push([subscriber])

    # Following the buses

    @property
    def _entries(self) -> list[TwcConfigEntry]:
        """Return the entries of all buses that are not disabled."""
        return self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)

    def _readable(self, subscriber: Subscriber) -> Iterator[TwcConfigEntry]:
        """Yield the entries of the buses that a subscriber may read."""
        for entry in self._entries:
            try:
                check_read_access(self._hass, subscriber.user, [Target(entry, None)])
            except Unauthorized:
                continue
            yield entry

    @callback
    def _start(self) -> None:
        self._stops = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
            ),
            async_track_time_interval(
                self._hass, self._tick, TICK, cancel_on_shutdown=True
            ),
        ]
        self._follow()

    @callback
    def _stop(self) -> None:
        for stop in self._stops:
            stop()
        for _, stop in self._followed.values():
            stop()
        self._stops.clear()
        self._followed.clear()
        if self._pending is not None:
            self._pending()
            self._pending = None

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._follow()
            self._changed()

    @callback
    def _follow(self) -> None:
        """Follow the loaded buses; a bus gets another coordinator each time it is loaded."""
        loaded = {
            entry.entry_id: entry.runtime_data
            for entry in self._entries
            if entry.state is ConfigEntryState.LOADED
        }
        for entry_id, (coordinator, stop) in list(self._followed.items()):
            if loaded.get(entry_id) is not coordinator:
                stop()
                del self._followed[entry_id]
        for entry_id, coordinator in loaded.items():
            if entry_id not in self._followed:
                stop = coordinator.async_add_listener(self._changed)
                self._followed[entry_id] = coordinator, stop

    @callback
    def _tick(self, _: datetime) -> None:
        self._changed()

    @callback
    def _changed(self) -> None:
        """Push the changes, at least `PAUSE_SECONDS` after the last push."""
        if self._pending is not None:
            return
        now = self._hass.loop.time()
        wait = 0.0
        if self._pushed_at is not None:
            wait = max(0.0, self._pushed_at + PAUSE_SECONDS - now)
        self._pending = async_call_later(self._hass, wait, self._due)

    @callback
    def _due(self, _: datetime) -> None:
        self._pending = None
        self._push(list(self._subscribers))

    # Pushing

    @callback
    def _push(self, subscribers: list[Subscriber]) -> None:
        """Send each subscriber its changes; the data of a bus are put together once per language."""
        self._pushed_at = self._hass.loop.time()
        made: dict[tuple[str, str], dict[str, Any]] = {}
        for subscriber in subscribers:
            if (texts := subscriber.texts) is None:
                continue
            live = {
                "version": self._version,
                "buses": [
                    self._bus(entry, subscriber, texts, made)
                    for entry in self._readable(subscriber)
                ],
            }
            if live != subscriber.sent:
                subscriber.send(_news(live, subscriber.sent))
                subscriber.sent = live

    def _bus(
        self,
        entry: TwcConfigEntry,
        subscriber: Subscriber,
        texts: Texts,
        made: dict[tuple[str, str], dict[str, Any]],
    ) -> dict[str, Any]:
        key = entry.entry_id, subscriber.language
        if key not in made:
            made[key] = bus_as_live(self._hass, entry, texts, dt_util.now())
        bus = made[key]
        return bus if may_read_meters(subscriber.user, bus) else without_meters(bus)


def _news(live: dict[str, Any], sent: dict[str, Any] | None) -> dict[str, Any]:
    """Return the data with only those fields of each bus that differ from what was sent.

    Prices and the forecast of three days are far larger than what changes each second while a vehicle charges.
    """
    known = {bus["entry_id"]: bus for bus in sent["buses"]} if sent else {}
    return {**live, "buses": [_changed(bus, known) for bus in live["buses"]]}


def _changed(bus: dict[str, Any], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the fields of a bus that differ, and its id."""
    entry_id = bus["entry_id"]
    before = known.get(entry_id, {})
    changed = {
        key: value
        for key, value in bus.items()
        if key not in before or before[key] != value
    }
    return {"entry_id": entry_id, **changed}
