"""Watches the sensors and entities that the options and schedules of a bus name, and reads them for the rules."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..charging.rules import Inputs, RulesConfig
from ..charging.settings import STALE_SECONDS
from ..charging.supply.surplus import Fault, Readings, Surplus
from ..types import TwcConfigEntry
from .daylight import Daylight, Light
from .fuse import fuse_reading
from .green import green_readings
from .liveness import Liveness
from .options import Options, options_of
from .renames import renamed
from .schedules import ScheduleOptions, schedules_of
from .sensors import (
    CURRENT_UNITS,
    POWER_UNITS,
    VOLTAGE_UNITS,
    has_other_unit,
    is_removed,
    power_reading,
)


def rules_config(options: Options) -> RulesConfig:
    """Return the options for the rules."""
    config = RulesConfig(
        starts_per_hour=options.starts_per_hour,
        fuse=options.fuse.config if options.fuse is not None else None,
        contactors=options.contactors,
        plug_in_charge=options.plug_in_charge,
        six_amp_recovery=options.six_amp_recovery,
        turn_minutes=options.turn_minutes,
    )
    if (green := options.green) is None:
        return config
    return replace(
        config,
        source=green.config,
        hold_when_stale=green.hold_when_stale,
        stop_energy_wh=green.stop_energy_wh,
    )


_SILENT: Final = frozenset({Fault.UNAVAILABLE, Fault.STALE})
"""The faults of a sensor whose inverter is off."""


@dataclass(frozen=True, slots=True)
class SilentSensors:
    """The entity ids of chosen sensors and followed entities that need the attention of the owner.

    Attributes:
        green: those for green energy that the rules need and that have no usable report; while the sun is down or low,
            without those that are merely silent, since inverters are off then and no surplus is missed.
        fuse: those at the main fuse without a usable report.
        removed: those that were removed from Home Assistant, or disabled.
        unit: those with a unit that cannot be read.
        inverted: those for green energy with a reversed sign, as the connectors' own draw has shown.
        at_fuse: all sensors that are chosen for the main fuse, usable or not.
        outside: the entity of the limit from outside, if it has no usable value.
        loads: the sensors of other loads on circuits that count with their maximum.
        peak: the sensor at the grid, if the peak budget needs it and it has no usable value.
        prices: the name of the source of prices, if it has had no current price for a long time.

    """

    green: tuple[str, ...] = ()
    fuse: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    inverted: tuple[str, ...] = ()
    at_fuse: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    peak: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    prices: str | None = None


class SensorInputs:
    """The sensors and followed entities of one bus."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Read the options and the schedules; nothing is watched yet."""
        self._hass = hass
        self._entry = entry
        self._changed: Callable[[], None] = lambda: None
        self._followed: dict[str, tuple[bool, float]] = {}
        self._daylight = Daylight(hass)
        self.options = options_of(entry)
        self.schedules = schedules_of(entry)
        self._liveness = Liveness(hass, self._entities())

    @callback
    def async_start(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `changed` whenever one of the entities reports; return the function that stops this."""
        self._changed = changed
        self._liveness.async_start(changed)
        stop = self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_updated
        )

        @callback
        def end() -> None:
            stop()
            self._liveness.async_stop()

        return end

    def read(self, now: float, disabled_schedules: frozenset[str]) -> Inputs:
        """Return the inputs for the rules; `now` is in s of the loop's clock."""
        options = self.options
        self._liveness.async_update(now)
        return Inputs(
            readings=green_readings(options.green, self._liveness, now)
            if options.green is not None
            else None,
            fuse=fuse_reading(options.fuse, self._liveness, now)
            if options.fuse is not None
            else None,
            schedules=tuple(
                item.now(
                    self._follows(item, now),
                    enabled=item.schedule.id not in disabled_schedules,
                )
                for item in self.schedules
            ),
            is_dark=self._daylight.light is Light.NIGHT,
        )

    def power_readings(self, now: float) -> Readings:
        """Return the readings of the sensors of green energy; without one at the grid, with that at the main fuse.

        `now` is in s of the loop's clock.
        """
        green, fuse = self.options.green, self.options.fuse
        readings = Readings()
        if green is not None:
            readings = green_readings(green, self._liveness, now)
        if readings.grid is None and fuse is not None and (sensor := fuse.sum_sensor):
            report = self._liveness.report(sensor.entity_id, now)
            readings = replace(readings, grid=power_reading(report, sensor))
        return readings

    def _follows(self, item: ScheduleOptions, now: float) -> bool | None:
        """Return whether the entity that a schedule follows is on, or was a moment ago; None if unknown."""
        if item.followed is None:
            return None
        if (follows := item.follows(self._hass)) is not None:
            self._followed[item.followed] = follows, now
        last, at = self._followed.get(item.followed, (None, now))
        return last if now - at < STALE_SECONDS else None

    def silent_sensors(self, surplus: Surplus | None, now: float) -> SilentSensors:
        """Return the sensors without a usable report; `surplus` is what the rules calculated from them."""
        fuse = self.options.fuse
        faults = self._green_faults(surplus)
        return SilentSensors(
            green=tuple(
                item for item, fault in faults.items() if self._is_reported(fault)
            ),
            fuse=self._silent_fuse(now),
            removed=self._removed(),
            unit=tuple(sorted(set(self._of_another_unit()))),
            inverted=tuple(item for item in faults if faults[item] is Fault.INVERTED),
            at_fuse=() if fuse is None else fuse.entity_ids,
        )

    def _is_reported(self, fault: Fault) -> bool:
        """Return whether a fault of a sensor for green energy is reported as a failure to report."""
        if fault in _SILENT:
            return self._daylight.light is Light.DAY
        return fault is not Fault.INVERTED

    def _removed(self) -> tuple[str, ...]:
        """Return the entities that no longer exist; while Home Assistant starts, they may still be added."""
        if self._hass.state is not CoreState.running:
            return ()
        return tuple(
            entity_id
            for entity_id in sorted(set(self._entities()))
            if is_removed(self._hass, entity_id)
        )

    def _of_another_unit(self) -> Iterator[str]:
        """Yield the sensors whose unit was changed to one that cannot be read."""
        green, fuse = self.options.green, self.options.fuse
        powers = [] if green is None else list(green.power_entity_ids)
        chosen: list[tuple[str, Collection[str]]] = []
        if fuse is not None:
            chosen += [(item.entity_id, CURRENT_UNITS) for item in fuse.currents]
            powers += [item.entity_id for item in fuse.powers]
            chosen += [(fuse.voltage, VOLTAGE_UNITS)] if fuse.voltage else []
        chosen += [(entity_id, POWER_UNITS) for entity_id in powers]
        for entity_id, units in chosen:
            if has_other_unit(self._hass, entity_id, units):
                yield entity_id

    def _green_faults(self, surplus: Surplus | None) -> Mapping[str, Fault]:
        """Return what is wrong with the sensors for green energy without which the surplus is not known."""
        green = self.options.green
        if green is None or surplus is None or surplus.watts is not None:
            return {}
        return {
            green.sensors[source].entity_id: fault for source, fault in surplus.faults
        }

    def _silent_fuse(self, now: float) -> tuple[str, ...]:
        if (fuse := self.options.fuse) is None:
            return ()
        reading = fuse_reading(fuse, self._liveness, now)
        places = reading.silent(fuse.config, now)
        sensors = [item.entity_id for item in fuse.sensors]
        # For a phase without a sensor there is no name to show: all sensors have to be chosen again.
        if any(place >= len(sensors) for place in places):
            return tuple(sensors)
        return tuple(sensors[place] for place in places)

    def _entities(self) -> Iterable[str]:
        options = self.options
        yield from options.limits.entity_ids
        if options.green is not None:
            yield from options.green.entity_ids
        if options.fuse is not None:
            yield from options.fuse.entity_ids
        if options.prices is not None:
            yield from options.prices.entity_ids
        yield from (item.followed for item in self.schedules if item.followed)

    @callback
    def _registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """Continue with an entity under its new id; the options and schedules of the entry are updated as well."""
        data = event.data
        if data["action"] != "update" or not (old := data.get("old_entity_id")):
            return
        new = data["entity_id"]
        self._liveness.async_rename(old, new)
        if old in self._followed:
            self._followed[new] = self._followed.pop(old)
        if old in self._entities():
            options = renamed(self._entry.options, old, new)
            self.options = options_of(self._entry, options)
            self._liveness.async_choose(self._entities())
            self._changed()

    @callback
    def async_update_schedules(self) -> None:
        """Read the schedules again, since their subentries have changed."""
        self.schedules = schedules_of(self._entry)
        self._liveness.async_choose(self._entities())
        self._changed()
