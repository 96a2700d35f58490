"""Cars with a number for their charge current, as other integrations give them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    ServiceCall,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component

from simulator import Car

NUMBER = "number.charge_current"


@dataclass
class CarNumber:
    """A number of a car.

    Attributes:
        floor: the A below which the car does not go.
        is_asleep: whether calls fail, as those of a car that does not wake up do.
        made_of: what the car makes of a value that is set.
        values: what was set, in order.

    """

    hass: HomeAssistant
    car: Car
    floor: float = 0.0
    obeys: bool = True
    is_asleep: bool = False
    made_of: Callable[[float], float] = float
    values: list[float] = field(default_factory=list)

    @property
    def value(self) -> str:
        """Return what the number shows."""
        shown = self.hass.states.get(NUMBER)
        assert shown is not None
        return shown.state

    async def async_set(self, value: float) -> None:
        """Set it as its owner does in another app: nothing is called."""
        self.hass.states.async_set("input_number.charge_current", str(value))
        await self.hass.async_block_till_done()

    async def async_make_available(self, *, available: bool) -> None:
        """Have its integration lose the car, or find it again."""
        state = "on" if available else "off"
        self.hass.states.async_set("input_boolean.car_online", state)
        await self.hass.async_block_till_done()


async def async_give_car_a_number(
    hass: HomeAssistant, car: Car, initial: float = 32.0, **kwargs: Any
) -> CarNumber:
    """Give a car a number that it obeys: a template's, behind which a script is that may fail."""
    number = CarNumber(hass, car, **kwargs)
    hass.states.async_set("input_boolean.car_online", "on")
    hass.states.async_set("input_number.charge_current", str(initial))
    car.onboard_limit = initial

    async def set_current(call: ServiceCall) -> None:
        if number.is_asleep:
            raise HomeAssistantError("The car is asleep")
        amps = float(call.data["amps"])
        number.values.append(amps)
        made = number.made_of(amps)
        hass.states.async_set("input_number.charge_current", str(made))

    @callback
    def obey(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and number.obeys:
            car.onboard_limit = max(float(new.state), number.floor)

    hass.services.async_register("car", "set_current", set_current)
    async_track_state_change_event(hass, "input_number.charge_current", obey)
    template = {
        "name": "Charge current",
        "unique_id": "charge_current",
        "state": "{{ states('input_number.charge_current') }}",
        "availability": "{{ is_state('input_boolean.car_online', 'on') }}",
        "min": 0,
        "max": 32,
        "step": 1,
        "unit_of_measurement": "A",
        "set_value": [{"action": "car.set_current", "data": {"amps": "{{ value }}"}}],
    }
    config = {"template": [{"number": [template]}]}
    assert await async_setup_component(hass, "template", config)
    await hass.async_block_till_done()
    assert hass.states.get(NUMBER) is not None
    return number
