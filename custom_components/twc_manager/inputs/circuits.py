"""The circuits above buses and the other loads on them: how they are set up, and what the sensors of the loads measure.

A circuit is stored as a subentry of one bus and names the other buses behind it. All buses of this Home Assistant that
are behind it share one `Circuit`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..charging.circuits.circuit import Circuit, CircuitConfig, CircuitPlace
from ..charging.circuits.loads import (
    MAXIMUM_SILENCE,
    NOISE_AMPS,
    LoadConfig,
    LoadReading,
)
from ..const import CONF_KEEPER_LIMIT, CONF_MAX_CURRENT, CONF_VOLTAGE, DOMAIN
from ..subentries import async_watch_subentries
from ..types import TwcConfigEntry
from .liveness import Liveness, Report
from .sensors import CURRENT_UNITS, Sensor, power_reading, sensor_value

SUBENTRY_CIRCUIT: Final = "circuit"
SUBENTRY_LOAD: Final = "load"

CONF_CIRCUITS: Final = "circuits"
"""The option whether the flows offer to add circuits."""

CONF_CIRCUIT_AMPS: Final = "amps"
CONF_CIRCUIT_BUSES: Final = "buses"
CONF_LOAD_CIRCUIT: Final = "circuit"
CONF_LOAD_POWER: Final = "power"
CONF_LOAD_PHASES: Final = "phases"
CONF_LOAD_CURRENTS: Final = ("current_l1", "current_l2", "current_l3")
CONF_LOAD_MAXIMUM: Final = "maximum"
CONF_LOAD_SILENT_SECONDS: Final = "silent_seconds"

LOAD_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_LOAD_PHASES: "1",
    CONF_LOAD_SILENT_SECONDS: round(MAXIMUM_SILENCE),
}

_CIRCUITS: Final[HassKey[dict[str, Circuit]]] = HassKey(f"{DOMAIN}_circuits")


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """A load on a circuit, and its sensors.

    Attributes:
        config: the load.
        currents: a current sensor per phase.
        power: a power sensor; None if there are current sensors.
        watts_per_amp: W of one A on each of its phases.

    """

    config: LoadConfig
    currents: tuple[str, ...] = ()
    power: str | None = None
    watts_per_amp: float = 230.0

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        return self.currents if self.power is None else (self.power,)

    def reading(self, liveness: Liveness, now: float) -> LoadReading:
        """Return what the sensors of the load measure, in A of its most loaded phase; `now` is in s of the loop's clock."""
        reports = [liveness.report(item, now) for item in self.entity_ids]
        alive_at = min((item.alive_at for item in reports), default=-inf)
        amps = [self._amps(report) for report in reports]
        known = [item for item in amps if item is not None]
        if not known or len(known) < len(amps):
            return LoadReading(None, alive_at)
        # A clearly negative value means a reversed sensor: what its phase carries is unknown.
        lowest = min(known)
        return LoadReading(lowest if lowest < -NOISE_AMPS else max(known), alive_at)

    def _amps(self, report: Report) -> float | None:
        if self.power is None:
            return sensor_value(report.state, CURRENT_UNITS)
        watts = power_reading(report, Sensor(self.power)).value
        return None if watts is None else watts / self.watts_per_amp


@dataclass(frozen=True, slots=True)
class CircuitOptions:
    """A circuit and the loads on it."""

    config: CircuitConfig
    loads: tuple[LoadOptions, ...] = ()

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        return tuple(entity for load in self.loads for entity in load.entity_ids)


def offers_circuits(entry: ConfigEntry[Any]) -> bool:
    """Return whether circuits can be added to a bus: its owner has chosen that, or it already has one."""
    kinds = {item.subentry_type for item in entry.subentries.values()}
    return entry.options.get(CONF_CIRCUITS, False) or SUBENTRY_CIRCUIT in kinds


def load_of(subentry: ConfigSubentry, voltage: float) -> LoadOptions:
    """Return a load from its subentry; `voltage` is that of a phase in V."""
    chosen = {**LOAD_DEFAULTS, **subentry.data}
    return LoadOptions(
        LoadConfig(
            subentry.subentry_id,
            chosen[CONF_LOAD_MAXIMUM],
            chosen[CONF_LOAD_SILENT_SECONDS],
        ),
        tuple(chosen[key] for key in CONF_LOAD_CURRENTS if key in chosen),
        chosen.get(CONF_LOAD_POWER),
        voltage * int(chosen[CONF_LOAD_PHASES]),
    )


def amps_while_away(entry: ConfigEntry[Any]) -> float:
    """Return the A that a bus may draw for as long as it is away, which a keeper without a lease may offer; else 0."""
    limit: float | None = entry.data.get(CONF_KEEPER_LIMIT)
    maximum: float = entry.data[CONF_MAX_CURRENT]
    return 0.0 if limit is None else max(limit, maximum)


def circuits_of(hass: HomeAssistant, bus: str) -> tuple[CircuitOptions, ...]:
    """Return the circuits above a bus, also those stored at other buses, with the loads of the circuits below them."""
    every = _all_circuits(hass)
    configs = [
        item.config.above(other.config for other in every)
        for item in every
        if bus in item.config.buses
    ]
    loads = {load.config.load_id: load for item in every for load in item.loads}
    return tuple(
        CircuitOptions(config, tuple(loads[load.load_id] for load in config.loads))
        for config in configs
    )


def _all_circuits(hass: HomeAssistant) -> list[CircuitOptions]:
    """Return all circuits, each with its own loads."""
    entries = hass.config_entries.async_entries(DOMAIN)
    known = {entry.entry_id: entry for entry in entries}
    return [
        _circuit_of(entry, subentry, known)
        for entry in entries
        for subentry in _of_kind(entry, SUBENTRY_CIRCUIT)
    ]


def _circuit_of(
    entry: ConfigEntry[Any],
    subentry: ConfigSubentry,
    known: Mapping[str, ConfigEntry[Any]],
) -> CircuitOptions:
    loads = tuple(
        load_of(load, entry.data[CONF_VOLTAGE])
        for load in _of_kind(entry, SUBENTRY_LOAD)
        if load.data[CONF_LOAD_CIRCUIT] == subentry.subentry_id
    )
    buses = {entry.entry_id, *subentry.data.get(CONF_CIRCUIT_BUSES, ())} & known.keys()
    config = CircuitConfig(
        subentry.subentry_id,
        subentry.title,
        subentry.data[CONF_CIRCUIT_AMPS],
        frozenset(buses),
        tuple(load.config for load in loads),
        {bus: amps_while_away(known[bus]) for bus in buses},
    )
    return CircuitOptions(config, loads)


def _of_kind(entry: ConfigEntry[Any], kind: str) -> list[ConfigSubentry]:
    return [item for item in entry.subentries.values() if item.subentry_type == kind]


class CircuitInputs:
    """The circuits that one bus is behind."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Read how they are set up; nothing is watched yet."""
        self._hass = hass
        self._bus = entry.entry_id
        self._changed: Callable[[], None] = lambda: None
        self._options: tuple[CircuitOptions, ...] = ()
        self._place = CircuitPlace(self._bus)
        self._liveness = Liveness(hass)
        # The first decision may come before anything is watched.
        self._read()

    @callback
    def async_start(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `changed` whenever a sensor reports or a circuit changes; return the function that stops this."""
        self._changed = changed
        self._read()
        self._liveness.async_start(changed)
        stop = async_watch_subentries(
            self._hass,
            lambda: self._hass.config_entries.async_entries(DOMAIN),
            self._subentries_changed,
            ignored=frozenset(),
        )

        @callback
        def end() -> None:
            stop()
            self._liveness.async_stop()
            self._place.lose(self._hass.loop.time())

        return end

    @property
    def circuits(self) -> tuple[Circuit, ...]:
        """Return the circuits that the bus is behind."""
        return self._place.circuits

    def place(self, now: float) -> CircuitPlace:
        """Return the place of the bus behind its circuits, with the newest readings of the other loads."""
        for circuit, options in zip(self._place.circuits, self._options, strict=True):
            circuit.measure(
                now,
                [
                    (load.config.load_id, load.reading(self._liveness, now))
                    for load in options.loads
                ],
            )
        return self._place

    def silent(self, now: float) -> tuple[str, ...]:
        """Return the silent sensors, whose loads count with their maximum."""
        silent = {
            load_id
            for circuit in self._place.circuits
            for load_id in circuit.status(now).silent
        }
        sensors = (
            entity_id
            for options in self._options
            for load in options.loads
            if load.config.load_id in silent
            for entity_id in load.entity_ids
        )
        return tuple(dict.fromkeys(sensors))

    @callback
    def _subentries_changed(self, kinds: frozenset[str]) -> None:
        if kinds & {SUBENTRY_CIRCUIT, SUBENTRY_LOAD}:
            self._read()
            self._changed()

    def _read(self) -> None:
        """Read how the circuits are set up, and join those above the bus."""
        now = self._hass.loop.time()
        self._options = circuits_of(self._hass, self._bus)
        circuits = self._hass.data.setdefault(_CIRCUITS, {})
        behind: list[Circuit] = []
        for options in self._options:
            config = options.config
            circuit = circuits.setdefault(config.circuit_id, Circuit(config, now))
            if circuit.config != config:
                circuit.configure(config, now)
            circuit.join(self._bus, self._changed)
            behind.append(circuit)
        self._place = CircuitPlace(self._bus, tuple(behind))
        self._liveness.async_choose(
            entity_id for options in self._options for entity_id in options.entity_ids
        )


@callback
def async_hand_over_circuits(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Hand over the circuits of a bus that is removed, with their loads, to another bus behind them."""
    for subentry in _of_kind(entry, SUBENTRY_CIRCUIT):
        buses = subentry.data.get(CONF_CIRCUIT_BUSES, ())
        heirs = [
            heir
            for bus in buses
            if (heir := hass.config_entries.async_get_entry(bus)) is not None
        ]
        if not heirs:
            hass.data.get(_CIRCUITS, {}).pop(subentry.subentry_id, None)
            continue
        heir = heirs[0]
        left = [bus for bus in buses if bus != heir.entry_id]
        given = {**subentry.data, CONF_CIRCUIT_BUSES: left}
        _give(hass, heir, subentry, given)
        for load in _of_kind(entry, SUBENTRY_LOAD):
            if load.data[CONF_LOAD_CIRCUIT] == subentry.subentry_id:
                _give(hass, heir, load, load.data)


def _give(
    hass: HomeAssistant,
    heir: ConfigEntry[Any],
    subentry: ConfigSubentry,
    data: Mapping[str, Any],
) -> None:
    hass.config_entries.async_add_subentry(
        heir,
        ConfigSubentry(
            data=MappingProxyType(dict(data)),
            subentry_id=subentry.subentry_id,
            subentry_type=subentry.subentry_type,
            title=subentry.title,
            unique_id=None,
        ),
    )
