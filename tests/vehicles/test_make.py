"""The maker and the model that the device of a car shows."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.vehicles.make import VehicleMake, make_of
from custom_components.twc_manager.vehicles.vehicle_data import VehicleData, VehicleKind
from tests.scene import NEW, Builder

from .scene import vehicle


@pytest.mark.parametrize(
    ("vin", "model"),
    [
        ("5YJ3E1EA7KF000316", "Model 3"),
        ("5YJSA1E26HF000337", "Model S"),
        ("5YJXCAE43GF000123", "Model X"),
        ("LRWYGCEK1MC000001", "Model Y"),
        ("XP7YGCEL1PB000001", "Model Y"),
        ("7G2CEHED0RA000001", "Cybertruck"),
        ("5YJQ0000000000000", None),
    ],
)
def test_a_tesla_shows_its_model_by_its_vin(
    hass: HomeAssistant, vin: str, model: str | None
) -> None:
    data = VehicleData(VehicleKind.ACCOUNT, vin=vin, account="account")
    assert make_of(hass, data) == VehicleMake("Tesla", model)
    data = VehicleData(VehicleKind.ENTITIES, vin=vin, switch="switch.car")
    assert make_of(hass, data) == VehicleMake("Tesla", model)


def test_another_car_shows_what_the_device_of_its_switch_shows(
    hass: HomeAssistant,
) -> None:
    entry = MockConfigEntry(domain="renault")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("renault", "1")},
        manufacturer="Renault",
        model="Zoe",
    )
    switch = er.async_get(hass).async_get_or_create(
        "switch", "renault", "1", device_id=device.id
    )
    data = VehicleData(VehicleKind.ENTITIES, switch=switch.entity_id)
    assert make_of(hass, data) == VehicleMake("Renault", "Zoe")
    for unknown in ("switch.helper", None):
        data = VehicleData(VehicleKind.ENTITIES, switch=unknown)
        assert make_of(hass, data) == VehicleMake()
    data = VehicleData(VehicleKind.ACCOUNT, account="account")
    assert make_of(hass, data) == VehicleMake("Tesla")


async def test_the_device_of_a_car_has_a_maker_and_a_model(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.states.async_set("switch.car", "on")
    car = vehicle(switch="switch.car", vin="5YJ3E1EA7KF000316")
    scene = await set_up((NEW, None), subentries=[car])
    await scene.until(lambda: scene.of(car)("control") != "")
    (device,) = [
        item
        for item in dr.async_entries_for_config_entry(
            dr.async_get(hass), scene.entry.entry_id
        )
        if item.name == "Model 3"
    ]
    assert (device.manufacturer, device.model) == ("Tesla", "Model 3")
