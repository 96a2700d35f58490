"""The files that hold the data of a bus across restarts: connectors, user settings, energy and sessions."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from typing import Any, Final
from uuid import uuid4

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from ..charging.control.check_result import CheckResult
from ..charging.control.stop_methods import StoredStop
from ..charging.metering.monthly import MonthlyTotals
from ..charging.metering.session_log import SessionLog
from ..charging.metering.stored_energy import StoredEnergy
from ..charging.modes.user_settings import UserSettings
from ..charging.starts import StoredStarts
from ..const import DOMAIN, LOGGER, PARSE_ERRORS
from ..stored_files import BUS, SESSIONS, StoredFile
from ..twc import (
    MAX_CONNECTOR_AMPS,
    MIN_OFFER,
    PROTOCOL_1,
    PROTOCOL_2,
    KnownConnector,
    format_id,
)
from ..vehicles.stored import StoredVehicles
from .phase_memory import memory_of
from .run_mark import RunMark
from .spoilt_files import is_spoilt, set_aside

_LOCKS: Final[HassKey[dict[str, asyncio.Lock]]] = HassKey(f"{DOMAIN}_write_locks")
"""A lock by entry id: a write that hangs must not finish after a write of the same entry that was set up again."""


class Part(StrEnum):
    """The parts of the stored data that can be lost one by one."""

    VEHICLES = "vehicles"
    USER_SETTINGS = "user_settings"
    CONNECTORS = "connectors"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True)
class StoredConnector:
    """The stored data of one connector.

    Attributes:
        known: its id, protocol and rating.
        energy: its lifetime energy.
        energy_at: time of the last report counted into the energy, in s since the epoch.
        session: the running session; None between sessions.
        last_session_energy: energy of the session before, in kWh.
        stop: state of a vehicle that was stopped; None if it was not.
        serial_number: serial number; None if the connector has not reported it.
        firmware: firmware version; None if the connector has not reported it.
        seen_at: time of its last report, in s since the epoch; None if unknown.
        check: the result of its last connector check; None without one.

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
    check: CheckResult | None = None


@dataclass(frozen=True, slots=True)
class StoredBus:
    """The stored data of a bus.

    Attributes:
        user_settings: the settings that entities and actions change.
        in_charge_at: when this master last controlled all connectors, in s since the epoch; None if never.
        ended_in_order: whether this master ended in order, with every connector that it may have offered current
            among those stored. It is false while it runs, so a crash leaves it false.
        run_mark: the boot and the port under which this was stored.
        connectors: the connectors by id.
        sessions: the finished sessions.
        months: the sums of earlier sessions by month.
        vehicles: the vehicles and accounts.
        starts: when green energy started vehicles.
        vehicle_phases: the numbers of phases that vehicles were found to use, by VIN, the latest last.

    """

    user_settings: UserSettings = UserSettings()
    in_charge_at: float | None = None
    ended_in_order: bool = False
    run_mark: RunMark = RunMark()
    connectors: Mapping[int, StoredConnector] = field(default_factory=dict)
    sessions: tuple[Mapping[str, Any], ...] = ()
    months: tuple[Mapping[str, Any], ...] = ()
    vehicles: StoredVehicles = field(default_factory=StoredVehicles)
    starts: StoredStarts = StoredStarts()
    vehicle_phases: Mapping[str, int] = field(default_factory=dict)

    @property
    def stops(self) -> dict[int, StoredStop]:
        """Return how vehicles were stopped, by connector."""
        items = self.connectors.items()
        return {key: item.stop for key, item in items if item.stop is not None}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file with data that could not be read.

    Attributes:
        lost: the parts that are lost.
        path: the file it was moved to, relative to Home Assistant's configuration; None if it could not be moved.

    """

    lost: frozenset[Part]
    path: str | None


class BusStore:
    """Stores a `StoredBus` in Home Assistant's storage, with the many sessions in a file of their own."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare without reading anything."""
        self._hass = hass
        self._lock = hass.data.setdefault(_LOCKS, {}).setdefault(
            entry_id, asyncio.Lock()
        )
        self._entry_id = entry_id
        self._bus = self._file()
        self._sessions = StoredFile(hass, SESSIONS, entry_id)
        self._written_sessions: tuple[Mapping[str, Any], ...] | None = None
        self.unreadable: tuple[Unreadable, ...] = ()
        """The files that the last `async_load` could not read."""

    def _file(self) -> StoredFile:
        """Return the file of everything but the finished sessions; a finished write survives a power cut."""
        return StoredFile(self._hass, BUS, self._entry_id)

    async def async_load(self) -> StoredBus:
        """Return the stored data, with defaults for what is missing or cannot be read.

        A file with data that cannot be read is moved aside, so that no data is lost.
        """
        self.unreadable = ()
        bus = await self._async_read(
            self._bus,
            _read_bus,
            frozenset({Part.VEHICLES, Part.USER_SETTINGS, Part.CONNECTORS}),
        )
        sessions = await self._async_read(
            self._sessions, _read_sessions, frozenset({Part.SESSIONS})
        )
        self._written_sessions, months = sessions or (None, ())
        return replace(
            bus or StoredBus(), sessions=self._written_sessions or (), months=months
        )

    async def async_save(self, bus: StoredBus) -> StoredBus | None:
        """Write a bus, and return what is on the disk afterwards, without the finished sessions.

        The finished sessions are written first: if the power fails in between, no session is lost. While Home Assistant
        stops, it writes all stores at its end: None is returned then.

        Raises:
            OSError: if the file was not written.
            HomeAssistantError: if it cannot be read back.

        """
        async with self._lock:
            if bus.sessions != self._written_sessions:
                await self._sessions.async_save(_sessions_as_dict(bus))
            revision = uuid4().hex
            await self._bus.async_save({**_bus_as_dict(bus), "revision": revision})
            if self._hass.state is CoreState.stopping:
                return None
            found = await self._async_read_back(revision)
            self._written_sessions = bus.sessions
            return found

    async def _async_read_back(self, revision: str) -> StoredBus:
        """Return what is on the disk, if that is the given revision: a `Store` only logs a write that fails."""
        data = await self._file().async_load()
        if data is None or data.get("revision") != revision:
            raise OSError(f"{self._bus.key} was not written")
        found, lost = _read_bus(data)
        if lost:
            raise OSError(f"{self._bus.key} cannot be read: {', '.join(sorted(lost))}")
        return found

    async def async_remove(self) -> StoredBus:
        """Remove the files, and return what could be read of the bus, without the finished sessions.

        Nothing is moved aside: an owner who removes a bus expects nothing of it to stay.
        """
        found = None
        # Home Assistant moves a file aside that is not JSON.
        if not await self._hass.async_add_executor_job(is_spoilt, self._bus.path):
            found, _ = await self._async_content(self._bus, _read_bus)
        await self._bus.async_remove()
        await self._sessions.async_remove()
        return found or StoredBus()

    async def _async_read[T](
        self,
        store: StoredFile,
        read: Callable[[Mapping[str, Any]], tuple[T, frozenset[Part]]],
        everything: frozenset[Part],
    ) -> T | None:
        """Return the content of a file; None if there is no file, or it cannot be read at all."""
        found, lost = await self._async_content(store, read)
        if lost is None or lost:
            path = await self._hass.async_add_executor_job(set_aside, store.path)
            self.unreadable += (Unreadable(lost or everything, path),)
        return found

    async def _async_content[T](
        self,
        store: StoredFile,
        read: Callable[[Mapping[str, Any]], tuple[T, frozenset[Part]]],
    ) -> tuple[T | None, frozenset[Part] | None]:
        """Return the content of a file, and the parts that cannot be read; None as both if nothing of it can be."""
        try:
            if (data := await store.async_load()) is None:
                return None, frozenset()
            return read(data)
        except (*PARSE_ERRORS, HomeAssistantError, NotImplementedError) as err:
            LOGGER.warning("%s cannot be read: %r", store.key, err)
            return None, None


def _bus_as_dict(bus: StoredBus) -> dict[str, Any]:
    return {
        "user_settings": bus.user_settings.as_dict(),
        "in_charge_at": bus.in_charge_at,
        "ended_in_order": bus.ended_in_order,
        "run_mark": bus.run_mark.as_dict(),
        "vehicles": bus.vehicles.as_dict(),
        "starts": bus.starts.as_dict(),
        "vehicle_phases": dict(bus.vehicle_phases),
        "connectors": [_connector_as_dict(item) for item in bus.connectors.values()],
    }


def _sessions_as_dict(bus: StoredBus) -> dict[str, Any]:
    return {"sessions": list(bus.sessions), "months": list(bus.months)}


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
        "check": None if item.check is None else item.check.as_dict(),
    }


def _read_bus(data: Mapping[str, Any]) -> tuple[StoredBus, frozenset[Part]]:
    """Return the data of a bus that can be read, and the parts that cannot."""
    lost: set[Part] = set()
    # The first version stored no vehicles.
    data = {"vehicles": StoredVehicles().as_dict(), **data}

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
        ended_in_order=data.get("ended_in_order") is True,
        run_mark=RunMark.from_dict(data.get("run_mark")),
        connectors=read(Part.CONNECTORS, "connectors", _connectors_from_list, {}),
        vehicles=read(
            Part.VEHICLES, "vehicles", StoredVehicles.from_dict, StoredVehicles()
        ),
        # An earlier version did not store it.
        starts=StoredStarts.from_dict(data.get("starts")),
        vehicle_phases=memory_of(data.get("vehicle_phases")),
    )
    if Part.CONNECTORS in lost:
        # Connectors may be there that are unknown now: search for them.
        bus = replace(bus, in_charge_at=None, ended_in_order=False)
    return bus, frozenset(lost)


type _Sessions = tuple[tuple[Mapping[str, Any], ...], tuple[Mapping[str, Any], ...]]
"""The finished sessions, and the sums of earlier ones by month."""


def _read_sessions(data: Mapping[str, Any]) -> tuple[_Sessions, frozenset[Part]]:
    """Return the sessions and the months that can be read, and their part if some cannot."""
    sessions, months = tuple(data["sessions"]), tuple(data["months"])
    readable = tuple(SessionLog(sessions).stored)
    readable_months = tuple(MonthlyTotals.read(months).stored)
    is_whole = (len(readable), len(readable_months)) == (len(sessions), len(months))
    return (readable, readable_months), frozenset(() if is_whole else {Part.SESSIONS})


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
        check=_optional(item.get("check"), _check_from_dict),
    )


def _known_from_dict(item: Mapping[str, Any]) -> KnownConnector:
    known = KnownConnector(
        int(item["id"], 16), int(item["protocol"]), _number(item["rating"])
    )
    if known.protocol not in {PROTOCOL_1, PROTOCOL_2}:
        raise ValueError(f"there is no protocol {known.protocol}")
    if not 0 <= known.connector_id <= 0xFFFF:
        raise ValueError(f"there is no connector {known.connector_id:X}")
    if not MIN_OFFER <= known.rating <= MAX_CONNECTOR_AMPS:
        raise ValueError(f"no connector takes {known.rating} A")
    return known


def _check_from_dict(data: Any) -> CheckResult | None:
    """Return the result of a check; one that cannot be read is found out anew."""
    try:
        return CheckResult.from_dict(data)
    except PARSE_ERRORS as err:
        LOGGER.warning("The result of a connector check cannot be read: %r", err)
        return None


def _number(value: float) -> float:
    if not 0 <= (number := float(value)) < inf:
        raise ValueError(f"{number} cannot be")
    return number


def _optional[T](value: Any, read: Callable[[Any], T]) -> T | None:
    return None if value is None else read(value)
