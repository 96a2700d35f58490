"""What is kept over a restart: who is on the bus, what the owner chose, energy and sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..charging.control.stopping import StoredStop
from ..charging.metering.sessions import SessionLog
from ..charging.metering.stored_energy import StoredEnergy
from ..charging.modes.user_settings import UserSettings
from ..charging.starts import StoredStarts
from ..const import DOMAIN, LOGGER, PARSE_ERRORS
from ..twc import (
    MAX_WIRING_AMPS,
    MIN_OFFER,
    PROTOCOL_1,
    PROTOCOL_2,
    KnownConnector,
    format_id,
)
from ..vehicles.stored import StoredVehicles

STORAGE_VERSION: Final = 1
SAVE_DELAY: Final = 1.0


class Part(StrEnum):
    """What is kept, in parts that can be lost one by one."""

    CARS = "cars"
    USER_SETTINGS = "user_settings"
    CONNECTORS = "connectors"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True)
class StoredConnector:
    """What is kept of one connector.

    Attributes:
        known: how to address it.
        energy: the lifetime energy counted.
        energy_at: when that was, which is when it was heard last, in s since the epoch.
        session: the session that runs; None between sessions.
        last_session_energy: kWh of the session before.
        stop: what is to be remembered of a car that was stopped.
        serial_number: as it told; None if it did not.
        firmware: likewise.
        seen_at: when it was last there, in s since the epoch; None if that is not known.

    """

    known: KnownConnector
    energy: StoredEnergy | None = None
    energy_at: float | None = None
    session: Mapping[str, Any] | None = None
    last_session_energy: float = 0.0
    stop: StoredStop | None = None
    serial_number: str | None = None
    firmware: str | None = None
    seen_at: float | None = None


@dataclass(frozen=True, slots=True)
class StoredBus:
    """What is kept of a bus.

    Attributes:
        choices: what the owner chose.
        in_charge_at: when all connectors were known and in our hands, in s since the epoch; None if never.
        connectors: the connectors by id.
        sessions: the finished sessions.
        garage: the cars and the accounts.
        starts: when green energy started cars.

    """

    user_settings: UserSettings = UserSettings()
    in_charge_at: float | None = None
    connectors: Mapping[int, StoredConnector] = field(default_factory=dict)
    sessions: tuple[Mapping[str, Any], ...] = ()
    vehicles: StoredVehicles = field(default_factory=StoredVehicles)
    starts: StoredStarts = StoredStarts()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be read.

    Attributes:
        lost: what is gone of it, of `Part`.
        path: the file it was moved to, below Home Assistant's configuration; None if it could not be moved.

    """

    lost: frozenset[Part]
    path: str | None


class BusStore:
    """Keeps a `StoredBus` in Home Assistant's storage: the sessions in a file of their own, as they are many."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._bus: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}"
        )
        self._sessions: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.sessions"
        )
        self.unreadable: tuple[Unreadable, ...] = ()
        """What the last `async_load` could not read."""

    async def async_load(self) -> StoredBus:
        """Return what was kept, with defaults for what was not or makes no sense.

        A file with something that cannot be read is moved aside, so that nothing is lost.
        """
        self.unreadable = ()
        bus = await self._async_read(
            self._bus,
            _read_bus,
            frozenset({Part.CARS, Part.USER_SETTINGS, Part.CONNECTORS}),
        )
        sessions = await self._async_read(
            self._sessions, _read_sessions, frozenset({Part.SESSIONS})
        )
        return replace(bus or StoredBus(), sessions=sessions or ())

    @callback
    def async_save_soon(self, get: Callable[[], StoredBus]) -> None:
        """Keep what `get` returns, but for the sessions, in a moment."""
        self._bus.async_delay_save(lambda: _bus_as_dict(get()), SAVE_DELAY)

    @callback
    def async_save_sessions_soon(self, get: Callable[[], StoredBus]) -> None:
        """Keep the finished sessions of what `get` returns, at once.

        Whatever comes between, a session is then either kept as running or as finished.
        """
        self._sessions.async_delay_save(lambda: _sessions_as_dict(get()))

    async def async_save(self, bus: StoredBus) -> None:
        """Keep a bus now."""
        await self._bus.async_save(_bus_as_dict(bus))
        await self._sessions.async_save(_sessions_as_dict(bus))

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._bus.async_remove()
        await self._sessions.async_remove()

    async def _async_read[T](
        self,
        store: Store[dict[str, Any]],
        read: Callable[[Mapping[str, Any]], tuple[T, frozenset[Part]]],
        everything: frozenset[Part],
    ) -> T | None:
        """Return what a file holds; None if there is none, or nothing of it can be read."""
        found, lost = None, everything
        try:
            if (data := await store.async_load()) is None:
                return None
            found, lost = read(data)
        except (*PARSE_ERRORS, HomeAssistantError, NotImplementedError) as err:
            LOGGER.warning("%s cannot be read: %r", store.key, err)
        if lost:
            path = await self._hass.async_add_executor_job(_set_aside, store.path)
            self.unreadable += (Unreadable(lost, path),)
        return found


def _set_aside(path: str) -> str | None:
    """Move a file out of the way; return where it is now, below Home Assistant's configuration."""
    old = Path(path)
    stamp = dt_util.utcnow().strftime("%Y%m%dT%H%M%S")
    new = old.with_name(f"{old.name}.unreadable.{stamp}")
    try:
        old.rename(new)
    except OSError as err:
        LOGGER.warning("%s could not be moved aside: %s", old.name, err)
        return None
    return f"{old.parent.name}/{new.name}"


def _bus_as_dict(bus: StoredBus) -> dict[str, Any]:
    return {
        "user_settings": bus.user_settings.as_dict(),
        "in_charge_at": bus.in_charge_at,
        "cars": bus.vehicles.as_dict(),
        "starts": bus.starts.as_dict(),
        "connectors": [_connector_as_dict(item) for item in bus.connectors.values()],
    }


def _sessions_as_dict(bus: StoredBus) -> dict[str, Any]:
    return {"sessions": list(bus.sessions)}


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
        "seen_at": item.seen_at,
    }


def _read_bus(data: Mapping[str, Any]) -> tuple[StoredBus, frozenset[Part]]:
    """Return what can be read of a bus, and what cannot."""
    lost: set[Part] = set()
    # There were no cars before there were cars.
    data = {"cars": StoredVehicles().as_dict(), **data}

    def read[T](part: Part, key: str, reader: Callable[[Any], T], default: T) -> T:
        try:
            return reader(data[key])
        except PARSE_ERRORS as err:
            LOGGER.warning("What was kept as %s makes no sense: %r", key, err)
            lost.add(part)
            return default

    bus = StoredBus(
        user_settings=read(
            Part.USER_SETTINGS, "user_settings", UserSettings.from_dict, UserSettings()
        ),
        in_charge_at=read(
            Part.CONNECTORS,
            "in_charge_at",
            lambda value: _optional(value, _number),
            None,
        ),
        connectors=read(Part.CONNECTORS, "connectors", _connectors_from_list, {}),
        vehicles=read(Part.CARS, "cars", StoredVehicles.from_dict, StoredVehicles()),
        # An earlier version kept none.
        starts=StoredStarts.from_dict(data.get("starts")),
    )
    if Part.CONNECTORS in lost:
        # Somebody may be out there whom nobody knows any more: they are to be searched for.
        bus = replace(bus, in_charge_at=None)
    return bus, frozenset(lost)


def _read_sessions(
    data: Mapping[str, Any],
) -> tuple[tuple[Mapping[str, Any], ...], frozenset[Part]]:
    """Return the sessions that can be read, and whether some cannot."""
    kept = tuple(data["sessions"])
    readable = tuple(SessionLog(kept).stored)
    lost = frozenset({Part.SESSIONS} if len(readable) < len(kept) else ())
    return readable, lost


def _connectors_from_list(items: Any) -> dict[int, StoredConnector]:
    connectors = [_connector_from_dict(item) for item in items]
    return {item.known.connector_id: item for item in connectors}


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
        seen_at=_optional(item.get("seen_at"), _number),
    )


def _known_from_dict(item: Mapping[str, Any]) -> KnownConnector:
    known = KnownConnector(
        int(item["id"], 16), int(item["protocol"]), _number(item["rating"])
    )
    if known.protocol not in {PROTOCOL_1, PROTOCOL_2}:
        raise ValueError(f"there is no protocol {known.protocol}")
    if not 0 <= known.connector_id <= 0xFFFF:
        raise ValueError(f"there is no connector {known.connector_id:X}")
    if not MIN_OFFER <= known.rating <= MAX_WIRING_AMPS:
        raise ValueError(f"no connector takes {known.rating} A")
    return known


def _number(value: float) -> float:
    if not 0 <= (number := float(value)) < inf:
        raise ValueError(f"{number} cannot be")
    return number


def _optional[T](value: Any, read: Callable[[Any], T]) -> T | None:
    return None if value is None else read(value)
