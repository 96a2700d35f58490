"""Reports lost connections that keep vehicles from charging: as repair issues, and as the signal for the trigger."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_DEVICE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .issues import create_issue, delete_issue, issue_id
from .state.connection_loss import LOST_SECONDS, ConnectionLoss, ConnectionWatch
from .twc import Snapshot, format_id, public_name
from .types import TwcConfigEntry

PORT_LOST: Final = "port_lost"
"""The port is gone."""

CONNECTOR_LOST: Final = "connector_lost"
"""Connectors at which a vehicle is plugged in no longer answer."""

NOT_SET_UP: Final = "not_set_up"
"""The port cannot be opened when the bus is set up."""

_SIGNAL: Final = f"{DOMAIN}_connection_lost"

_FAILING_SINCE: Final[HassKey[dict[str, float]]] = HassKey(f"{DOMAIN}_failing_since")
"""When the first of the attempts to set up a bus failed, by the id of its entry."""

_ATTEMPTS: Final = {ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.SETUP_RETRY}


@dataclass(frozen=True, slots=True)
class LostConnection:
    """A connection that was lost, for automations.

    Attributes:
        problem: what was lost: `PORT_LOST`, `CONNECTOR_LOST` or `NOT_SET_UP`.
        bus: name of the bus.
        connectors: the connectors that are gone; empty if the whole bus is.

    """

    problem: str
    bus: str
    connectors: tuple[str, ...] = ()


@callback
def async_on_connection_lost(
    hass: HomeAssistant, listener: Callable[[LostConnection], None]
) -> CALLBACK_TYPE:
    """Call a listener with each connection that is lost; return the function that unsubscribes."""
    return async_dispatcher_connect(hass, _SIGNAL, listener)


class ConnectionReporter:
    """Creates and deletes the repair issues of the lost connections of one bus that is set up."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Start with nothing lost."""
        self._hass = hass
        self._entry = entry
        self._watch = ConnectionWatch()
        self._reported = ConnectionLoss()
        self._named: frozenset[int] = frozenset()

    @property
    def wake_at(self) -> float | None:
        """Return when `update` has to be called next, in s of a monotonic clock."""
        return self._watch.wake_at

    @callback
    def update(
        self,
        snapshot: Snapshot,
        plugged_in: Mapping[int, bool],
        known: Collection[int],
        now: float,
    ) -> None:
        """Report what is lost now; `plugged_in`, `known` and `now` are those of `ConnectionWatch.update`."""
        loss = self._watch.update(snapshot.status, plugged_in, known, now)
        self._show(loss, snapshot.not_hearing)

    @callback
    def clear(self) -> None:
        """Delete the issues, since the bus is no longer watched."""
        self._show(ConnectionLoss())

    def _show(
        self, loss: ConnectionLoss, not_hearing: frozenset[int] = frozenset()
    ) -> None:
        before, self._reported = self._reported, loss
        if loss.port != before.port:
            self._report(PORT_LOST, _device(self._entry) if loss.port else None)
        self._name(loss.connectors - not_hearing)
        if loss.port and not before.port:
            _send(self._hass, LostConnection(PORT_LOST, self._entry.title))
        if new := loss.connectors - before.connectors:
            ids = tuple(map(format_id, sorted(new)))
            _send(self._hass, LostConnection(CONNECTOR_LOST, self._entry.title, ids))

    def _name(self, connectors: frozenset[int]) -> None:
        """Report the connectors that do not answer; one that is received has an issue of its own, with another remedy."""
        if connectors == self._named:
            return
        self._named = connectors
        names = ", ".join(map(format_id, sorted(connectors)))
        self._report(CONNECTOR_LOST, {"connectors": names} if names else None)

    def _report(self, problem: str, names: Mapping[str, str] | None) -> None:
        if names is None:
            delete_issue(self._hass, self._entry, problem)
        else:
            create_issue(self._hass, self._entry, problem, names)


@callback
def async_note_failed_set_up(hass: HomeAssistant, entry: TwcConfigEntry) -> None:
    """Report that a bus cannot be set up, once its attempts have failed for `LOST_SECONDS`; Home Assistant retries."""
    now = hass.loop.time()
    since = hass.data[_FAILING_SINCE].setdefault(entry.entry_id, now)
    if now - since < LOST_SECONDS:
        return
    known = ir.async_get(hass).async_get_issue(DOMAIN, issue_id(entry, NOT_SET_UP))
    create_issue(hass, entry, NOT_SET_UP, _device(entry))
    if known is None:
        _send(hass, LostConnection(NOT_SET_UP, entry.title))


@callback
def async_follow_set_ups(hass: HomeAssistant) -> None:
    """Delete the issue of a bus that is set up at last, and of one that is disabled or removed."""
    hass.data[_FAILING_SINCE] = {}

    @callback
    def changed(_: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and entry.state not in _ATTEMPTS:
            hass.data[_FAILING_SINCE].pop(entry.entry_id, None)
            delete_issue(hass, entry, NOT_SET_UP)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)


def _device(entry: TwcConfigEntry) -> dict[str, str]:
    return {"device": public_name(entry.data[CONF_DEVICE])}


def _send(hass: HomeAssistant, lost: LostConnection) -> None:
    async_dispatcher_send(hass, _SIGNAL, lost)
