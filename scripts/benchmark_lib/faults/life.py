"""Everyday events: cars come and go, the owner changes settings, and the meter of the house reports."""

from datetime import datetime, timedelta
from math import pi, sin
from random import Random
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.twc_manager import async_remove_config_entry_device
from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, Car, WallConnector, make_vin

from .home import Home
from .plan import Event, What
from .session_judge import SessionJudge
from .wall_clock import WallClock

GRID: Final = "sensor.grid"
METER_S: Final = 5.0
_SUN_W: Final = 9000.0
_BASE_W: Final = 400.0
NONSENSE: Final = ("unknown", "unavailable", "nan", "-1e9", "1e9", "42 W", "")

_NUMBERS: Final = {
    "number.total_current_limit": (0, 6, 16, 24, 32, 48),
    "number.reserved_power": (-500, 0, 1000),
    "number.grid_share": (0, 500, 4000),
    "number.start_delay": (0, 1, 5),
    "number.stop_delay": (0, 1, 5),
}
_OWN_NUMBERS: Final = {
    "number.charge_limit": (6, 10, 16, 40),
    "number.priority": (0, 1, 5),
}
_MODES: Final = ("fixed", "fixed", "fixed", "fixed", "green", "green", "off")
_OWN_MODES: Final = ("bus", "bus", "bus", "fixed", "fixed", "green", "off")


def random_car(dice: Random, number: int) -> Car:
    """Return some car."""
    return Car(
        vin=make_vin(number),
        onboard_limit=dice.choice((48, 32, 16)),
        ramp=dice.choice((1.0, 4.0, 20.0)),
        ramp_down=dice.choice((2.0, 10.0, 40.0)),
        # IEC 61851-1 allows 5 s.
        reaction_s=dice.choice((0.2, 0.5, 2.0, 5.0)),
        shortfall=dice.uniform(0.5, 1.5),
        soc=dice.uniform(5, 60),
        asleep=dice.random() < 0.1,
        six_amp_trap=dice.random() < 0.2,
        tolerates=3 if dice.random() < 0.1 else 1000,
    )


def house_w(local: datetime) -> float:
    """Return what the house takes without vehicles, less the sun, in W."""
    hours = local.hour + local.minute / 60
    sun = max(0.0, sin((hours - 6) / 12 * pi)) * _SUN_W
    return _BASE_W - sun


class Life:
    """Runs the events of owner, cars and meter."""

    def __init__(
        self, bus: Bus, home: Home, clock: WallClock, sessions: SessionJudge
    ) -> None:
        """Begin with no car there."""
        self._bus = bus
        self._home = home
        self._clock = clock
        self._sessions = sessions
        self._cars = 0
        self._silent = 0
        self._frozen = 0
        self._nonsense: str | None = None
        self._shown = ""

    def start(self) -> None:
        """Start the reports of the meter."""
        if not self._silent:
            self._home.call(self._report_grid)
        self._bus.loop.call_later(METER_S, self.start)

    def happen(self, event: Event) -> None:
        """Run an event."""
        match event.what:
            case What.PLUG_IN:
                self._plug_in(event)
            case What.UNPLUG:
                self._unplug(event)
            case What.CHOICE:
                self._home.do(lambda hass: self._choose(hass, event))
            case What.TIDY_UP:
                self.tidy_up()
            case What.SILENCE:
                self._silent += 1
                self._bus.loop.call_later(event.seconds, self._speak)
            case What.NONSENSE:
                self._nonsense = Random(event.dice).choice(NONSENSE)
                self._bus.loop.call_later(event.seconds, self._make_sense)
            case What.CLOCK:
                by = timedelta(seconds=event.seconds)
                self._clock.move(by)
                self._sessions.set_clock(by)
            case What.DISOBEY:
                self._disobey(event)
            case What.FROZEN:
                self._frozen += 1
                self._bus.loop.call_later(event.seconds, self._thaw)

    def tidy_up(self) -> None:
        """Remove the connectors that no longer exist."""
        self._home.do(self._tidy_up)

    def _plug_in(self, event: Event) -> None:
        self._cars += 1
        car = random_car(Random(event.dice), self._cars)
        twc = self._bus.connectors[event.place]
        twc.plug_in(car)
        self._sessions.plugged_in(twc, self._clock.utcnow())

    def _unplug(self, event: Event) -> None:
        twc = self._bus.connectors[event.place]
        self._sessions.unplugged(twc, self._clock.utcnow())
        twc.unplug()

    def _speak(self) -> None:
        self._silent -= 1

    def _make_sense(self) -> None:
        self._nonsense = None

    def _thaw(self) -> None:
        self._frozen -= 1

    def _disobey(self, event: Event) -> None:
        """Make a car draw what it likes, or some A more than it is offered, for a while."""
        dice = Random(event.dice)
        twc = self._bus.connectors[event.place]
        car = twc.car
        if car is None:
            return
        if dice.random() < 0.5:
            car.likes = min(dice.choice((20.0, 32.0, 40.0)), twc.rating)
        else:
            car.shortfall = -dice.choice((1.0, 2.0, 4.0))
        twc.refresh()
        self._bus.loop.call_later(event.seconds, self._obey, twc, car)

    def _obey(self, twc: WallConnector, car: Car) -> None:
        """Follow the offers again."""
        car.likes = None
        car.shortfall = 0.8
        if twc.car is car and twc.powered:
            twc.refresh()

    def _report_grid(self, hass: HomeAssistant) -> None:
        """Report the power of the house by the grid meter."""
        charging_w = sum(twc.power_w for twc in self._bus.connectors)
        watts = charging_w + house_w(self._clock.now())
        if not (self._frozen and self._shown):
            self._shown = f"{watts:.0f}"
        state = self._shown if self._nonsense is None else self._nonsense
        # A frozen one repeats its value with a new time, as some meters do.
        hass.states.async_set(
            GRID,
            state,
            {"unit_of_measurement": UnitOfPower.WATT},
            force_update=self._frozen > 0,
        )

    async def _choose(self, hass: HomeAssistant, event: Event) -> None:
        """Change a setting as an owner does by an entity or an action."""
        if (entry := self._home.entry) is None:
            return
        dice = Random(event.dice)
        twc = self._bus.connectors[event.place]
        own = f"{twc.id:04X}_"
        match dice.randrange(8):
            case 0 | 1:
                await set_entity(hass, entry, "select.mode", dice.choice(_MODES))
            case 2:
                await set_entity(
                    hass, entry, f"select.{own}own_mode", dice.choice(_OWN_MODES)
                )
            case 3 | 4:
                key = dice.choice(list(_NUMBERS))
                await set_entity(hass, entry, key, dice.choice(_NUMBERS[key]))
            case 5:
                key = dice.choice(list(_OWN_NUMBERS))
                platform, _, name = key.partition(".")
                await set_entity(
                    hass,
                    entry,
                    f"{platform}.{own}{name}",
                    dice.choice(_OWN_NUMBERS[key]),
                )
            case 6:
                minutes = dice.choice((1, 10, 60))
                await hass.services.async_call(
                    DOMAIN,
                    "charge_now",
                    {
                        "duration": {"minutes": minutes},
                        "device_id": _bus_device(hass, entry),
                    },
                    blocking=True,
                )
            case 7:
                await hass.services.async_call(
                    DOMAIN,
                    "cancel_charge_now",
                    {"device_id": _bus_device(hass, entry)},
                    blocking=True,
                )

    async def _tidy_up(self, hass: HomeAssistant) -> None:
        """Remove the connectors that no longer exist, as an owner does from time to time."""
        if (entry := self._home.entry) is None:
            return
        there = {f"{entry.entry_id}_{twc.id:04X}" for twc in self._bus.connectors}
        registry = dr.async_get(hass)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            keys = {key for domain, key in device.identifiers if domain == DOMAIN}
            if keys & {entry.entry_id, *there}:
                continue
            if await async_remove_config_entry_device(hass, entry, device):
                registry.async_remove_device(device.id)


def _bus_device(hass: HomeAssistant, entry: ConfigEntry) -> str:
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        (DOMAIN, entry.entry_id), entry.entry_id
    )
    if device is None:
        raise RuntimeError("the bus has no device")
    return device.id


async def set_entity(
    hass: HomeAssistant, entry: ConfigEntry, key: str, value: Any
) -> None:
    """Set an entity, if it exists."""
    platform, _, name = key.partition(".")
    unique_id = f"{entry.entry_id}_{name}"
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    if entity_id is None:
        return
    service, field = {
        "select": ("select_option", "option"),
        "number": ("set_value", "value"),
    }[platform]
    state = hass.states.get(entity_id)
    if state is None or state.state == "unavailable":
        return
    if platform == "number":
        value = min(value, state.attributes["max"])
    await hass.services.async_call(
        platform, service, {"entity_id": entity_id, field: value}, blocking=True
    )
