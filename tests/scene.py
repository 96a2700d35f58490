"""A house with a bus, a grid meter and cars that obey, for tests of what an owner sees and sets."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import UnitOfPower
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, Car, WallConnector

from .helpers import PATIENCE, async_until, entity_id, keep_known, state

OLD: Final = 0x032E
"""A connector of protocol 1, whose car stops at 0 A."""
NEW: Final = 0x1839
"""One of protocol 2, whose car does not."""
OTHER: Final = 0x2431
"""Another one of protocol 1."""

PROTOCOLS: Final = {OLD: 1, NEW: 2, OTHER: 1}
GRID: Final = "sensor.grid"
GRID_OPTIONS: Final[dict[str, Any]] = {"green_source": "grid", "green_grid": GRID}


class WallClock:
    """The wall clock of Home Assistant, which can be moved while the clock of the event loop goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = dt_util.now
        self._moved = timedelta()
        monkeypatch.setattr(dt_util, "now", self.now)

    def now(self, time_zone: Any = None) -> datetime:
        # The sum of a local time and a duration is by what the clock shows, not by what passes.
        utc = dt_util.as_utc(self._now()) + self._moved
        return utc.astimezone(time_zone or dt_util.get_default_time_zone())

    def move(self, by: timedelta) -> None:
        """Move on by so much."""
        self._moved += by

    def set(self, weekday: int, clock: str) -> None:
        """Move on to the next such time of such a day of the week, 0 is Monday."""
        hours, minutes, seconds = map(float, clock.split(":"))
        now = self.now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        day += timedelta((weekday - now.weekday()) % 7)
        then = day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
        self.move((then if then >= now else then + timedelta(7)) - now)


@dataclass(slots=True)
class House:
    """The sun, the others in the house, and a meter at the grid that reports what is left.

    Attributes:
        sun_w: what the sun gives, in W.
        says: the state of the meter in the place of the true one; None for the true one.
        silent_for: the age of its reports, in s.

    """

    hass: HomeAssistant
    bus: Bus
    sun_w: float = 0.0
    says: str | None = None
    silent_for: float = 0.0
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    def report(self) -> None:
        """Read the meter now and once a second from now on."""
        self.stop()
        watts = sum(item.power_w for item in self.bus.connectors) - self.sun_w
        self.hass.states.async_set(
            GRID,
            f"{watts:.0f}" if self.says is None else self.says,
            {"unit_of_measurement": UnitOfPower.WATT},
            timestamp=dt_util.utcnow().timestamp() - self.silent_for,
        )
        self._timer = self.hass.loop.call_later(1.0, self.report)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


@dataclass(slots=True)
class Scene:
    """A bus that is set up in Home Assistant."""

    hass: HomeAssistant
    bus: Bus
    entry: MockConfigEntry
    house: House

    def state(self, key: str, connector_id: int | None = None) -> str:
        """Return the state of an entity, such as `sensor.rule`."""
        platform, _, name = key.partition(".")
        return state(self.hass, self.entry, platform, name, connector_id)

    def why(self, connector_id: int | None = None) -> str:
        return self.state("sensor.limited_by", connector_id)

    def id(self, key: str, connector_id: int | None = None) -> str:
        platform, _, name = key.partition(".")
        return entity_id(self.hass, self.entry, platform, name, connector_id)

    def states_of(self, key: str, connector_id: int | None = None) -> list[str]:
        """Return a list to which each state that an entity has from now on is added."""
        states: list[str] = []

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            state = event.data["new_state"]
            if state is not None and [state.state] != states[-1:]:
                states.append(state.state)

        async_track_state_change_event(self.hass, self.id(key, connector_id), changed)
        return states

    async def choose(
        self, key: str, value: float | str | bool, connector_id: int | None = None
    ) -> None:
        """Set an entity to a value as a person does."""
        platform = key.partition(".")[0]
        data: dict[str, Any] = {"entity_id": self.id(key, connector_id)}
        match platform:
            case "select":
                service, data["option"] = "select_option", value
            case "number":
                service, data["value"] = "set_value", value
            case "time":
                service, data["time"] = "set_value", value
            case _:
                service = "turn_on" if value else "turn_off"
        await self.hass.services.async_call(platform, service, data, blocking=True)

    async def until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> float:
        """Wait until something holds; return the s it took."""
        return await async_until(self.hass, true, bus=self.bus, seconds=seconds)

    async def act(self, service: str, **data: Any) -> Any:
        """Call one of our actions."""
        return await self.hass.services.async_call(
            DOMAIN,
            service,
            data,
            blocking=True,
            return_response=service.startswith(("get_", "capture_")),
        )

    def of(self, subentry: ConfigSubentry) -> Callable[[str], str]:
        """Return a function from the key of a sensor of a car or an account to its state."""
        member_id = f"{self.entry.entry_id}.{subentry.subentry_id}"

        def state_of(key: str) -> str:
            registry = er.async_get(self.hass)
            unique_id = f"{member_id}_{key}"
            found = registry.async_get_entity_id("sensor", DOMAIN, unique_id)
            shown = self.hass.states.get(found or "")
            assert shown is not None, f"no sensor with unique id {unique_id}"
            return shown.state

        return state_of

    def device(self, connector_id: int | None = None) -> str:
        """Return the id of a device."""
        suffix = "" if connector_id is None else f"_{connector_id:04X}"
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, f"{self.entry.entry_id}{suffix}"), self.entry.entry_id
        )
        assert device is not None
        return device.id

    @property
    def house_device(self) -> str:
        """Return the id of the device of what concerns the whole house."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, f"{self.entry.entry_id}.house"), self.entry.entry_id
        )
        assert device is not None
        return device.id

    def problem(self, problem: str) -> ir.IssueEntry | None:
        issue_id = f"{problem}_{self.entry.entry_id}"
        return ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)

    async def reload(self) -> None:
        await self.hass.config_entries.async_reload(self.entry.entry_id)


class Builder:
    """Sets up the bus of a test."""

    def __init__(
        self,
        hass: HomeAssistant,
        hass_storage: dict[str, Any],
        bus: Bus,
        entry: MockConfigEntry,
    ) -> None:
        self._hass = hass
        self._storage = hass_storage
        self._bus = bus
        self._entry = entry
        self._house = House(hass, bus)

    async def __call__(
        self,
        *cars: tuple[int, Car | None],
        subentries: Iterable[ConfigSubentry] = (),
        **options: Any,
    ) -> Scene:
        """Set up connectors that were there before, each with the car it has, and wait for them."""
        hass, entry, bus = self._hass, self._entry, self._bus
        hass.config_entries.async_update_entry(entry, options=options)
        for subentry in subentries:
            hass.config_entries.async_add_subentry(entry, subentry)
        keep_known(self._storage, entry, *dict(cars))
        data = self._storage[f"{DOMAIN}.{entry.entry_id}"]["data"]
        for item in data["connectors"]:
            item["protocol"] = PROTOCOLS[int(item["id"], 16)]
        bus.safety.limit = 48
        for connector_id, car in cars:
            connector = WallConnector(connector_id, protocol=PROTOCOLS[connector_id])
            bus.add(connector)
            if car is not None:
                connector.plug_in(car)
        if options.get("green_source"):
            self._house.report()
        assert await hass.config_entries.async_setup(entry.entry_id)
        scene = Scene(hass, bus, entry, self._house)
        await scene.until(lambda: len(entry.runtime_data.data.connectors) == len(cars))
        return scene

    def end(self) -> None:
        self._house.stop()
        self._bus.safety.assert_clean(limit=48)


async def async_give_car_a_switch(hass: HomeAssistant, car: Car, name: str) -> str:
    """Give a car a switch that it obeys; return its entity id."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {name: {"initial": True}}}
    )

    @callback
    def obey(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.state == "off":
            car.stop()
        else:
            car.start()

    async_track_state_change_event(hass, f"input_boolean.{name}", obey)
    return f"input_boolean.{name}"
