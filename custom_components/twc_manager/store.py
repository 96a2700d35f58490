"""What is kept over a restart: who is on the bus, what the owner chose, energy and sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .charging.choices import Choices
from .charging.energy import StoredEnergy
from .charging.stopping import StoredStop
from .const import DOMAIN, LOGGER
from .twc import PROTOCOL_1, PROTOCOL_2, KnownConnector, format_id

STORAGE_VERSION: Final = 1
SAVE_DELAY: Final = 1.0

UNREADABLE: Final = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What says that something else was kept than we ever keep."""


@dataclass(frozen=True, slots=True)
class StoredConnector:
    """What is kept of one connector.

    Attributes:
        known: how to address it.
        energy: the lifetime energy counted.
        energy_at: when that was, in s since the epoch.
        session: the session that runs; None between sessions.
        last_session_energy: kWh of the session before.
        stop: what is to be remembered of a car that was stopped.
        serial_number: as it told; None if it did not.
        firmware: likewise.

    """

    known: KnownConnector
    energy: StoredEnergy | None = None
    energy_at: float | None = None
    session: Mapping[str, Any] | None = None
    last_session_energy: float = 0.0
    stop: StoredStop | None = None
    serial_number: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class StoredBus:
    """What is kept of a bus.

    Attributes:
        choices: what the owner chose.
        in_charge_at: when all connectors were known and in our hands, in s since the epoch; None if never.
        connectors: the connectors by id.
        sessions: the finished sessions.

    """

    choices: Choices = Choices()
    in_charge_at: float | None = None
    connectors: Mapping[int, StoredConnector] = field(default_factory=dict)
    sessions: tuple[Mapping[str, Any], ...] = ()


class BusStore:
    """Keeps a `StoredBus` in Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}"
        )

    async def async_load(self) -> StoredBus:
        """Return what was kept; the defaults if nothing was, or if it makes no sense."""
        data = await self._store.async_load()
        if data is None:
            return StoredBus()
        try:
            return _bus_from_dict(data)
        except UNREADABLE as err:
            LOGGER.warning("What was kept makes no sense, starting afresh: %r", err)
            return StoredBus()

    @callback
    def async_save_soon(self, get: Callable[[], StoredBus]) -> None:
        """Keep what `get` returns, in a moment."""
        self._store.async_delay_save(lambda: _bus_as_dict(get()), SAVE_DELAY)

    async def async_save(self, bus: StoredBus) -> None:
        """Keep a bus now."""
        await self._store.async_save(_bus_as_dict(bus))

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()


def _bus_as_dict(bus: StoredBus) -> dict[str, Any]:
    return {
        "choices": bus.choices.as_dict(),
        "in_charge_at": bus.in_charge_at,
        "connectors": [_connector_as_dict(item) for item in bus.connectors.values()],
        "sessions": list(bus.sessions),
    }


def _connector_as_dict(item: StoredConnector) -> dict[str, Any]:
    return {
        "id": format_id(item.known.connector_id),
        "protocol": item.known.protocol,
        "rating": item.known.rating,
        "energy": item.energy.as_dict() if item.energy is not None else None,
        "energy_at": item.energy_at,
        "session": item.session,
        "last_session_energy": item.last_session_energy,
        "stop": item.stop.as_dict() if item.stop is not None else None,
        "serial_number": item.serial_number,
        "firmware": item.firmware,
    }


def _bus_from_dict(data: Mapping[str, Any]) -> StoredBus:
    connectors = [_connector_from_dict(item) for item in data["connectors"]]
    return StoredBus(
        choices=Choices.from_dict(data["choices"]),
        in_charge_at=_optional(data["in_charge_at"], _number),
        connectors={item.known.connector_id: item for item in connectors},
        sessions=tuple(data["sessions"]),
    )


def _connector_from_dict(item: Mapping[str, Any]) -> StoredConnector:
    energy, stop = item["energy"], item["stop"]
    return StoredConnector(
        known=_known_from_dict(item),
        energy=None if energy is None else StoredEnergy.from_dict(energy),
        energy_at=_optional(item["energy_at"], _number),
        session=item["session"],
        last_session_energy=_number(item["last_session_energy"]),
        stop=None if stop is None else StoredStop.from_dict(stop),
        serial_number=_optional(item["serial_number"], str),
        firmware=_optional(item["firmware"], str),
    )


def _known_from_dict(item: Mapping[str, Any]) -> KnownConnector:
    known = KnownConnector(
        int(item["id"], 16), int(item["protocol"]), _number(item["rating"])
    )
    if known.protocol not in {PROTOCOL_1, PROTOCOL_2}:
        raise ValueError(f"there is no protocol {known.protocol}")
    if known.connector_id > 0xFFFF:
        raise ValueError(f"there is no connector {known.connector_id:X}")
    return known


def _number(value: float) -> float:
    if not 0 <= (number := float(value)) < inf:
        raise ValueError(f"{number} cannot be")
    return number


def _optional[T](value: Any, read: Callable[[Any], T]) -> T | None:
    return None if value is None else read(value)
