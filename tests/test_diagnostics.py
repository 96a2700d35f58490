"""Diagnostics: what they contain, and what is redacted."""

import json
from typing import Any

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.diagnostics import async_get_config_entry_diagnostics
from simulator import Bus, WallConnector

from .helpers import async_until, keep_known, quick_car, state
from .scene import Builder
from .vehicles.scene import vehicle

ONE = 0x1839


async def test_diagnostics_contain_the_state_but_no_identity(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    all_entities: None,
) -> None:
    connector = bus.add(WallConnector(ONE, serial="B17G0012345"))
    car = quick_car()
    connector.plug_in(car)
    keep_known(hass_storage, config_entry, ONE)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await async_until(
        hass, lambda: state(hass, config_entry, "sensor", "vehicle_vin", ONE) == car.vin
    )

    red = vehicle("Red one", vin=car.vin, account="none")
    hass.config_entries.async_add_subentry(config_entry, red)
    report = await async_get_config_entry_diagnostics(hass, config_entry)

    text = json.dumps(report)
    assert report["status"] == "running"
    assert report["connectors"]["1839"]["drawn"] > 5
    assert report["statistics"]["frames"] > 0
    assert any("sent fb e0" in frame for frame in report["frames"])
    for secret in (car.vin, connector.serial):
        assert secret not in text
        for part in (secret[:7], secret[7:14]):
            assert part not in text
            assert part.encode().hex(" ") not in text

    device = "socket://me:hidden@adapter.local:8899?key=hidden"
    data = {**config_entry.data, CONF_DEVICE: device}
    hass.config_entries.async_update_entry(config_entry, data=data)
    report = await async_get_config_entry_diagnostics(hass, config_entry)
    assert report["entry"][CONF_DEVICE] == "socket://adapter.local:8899"
    assert "hidden" not in json.dumps(report)


async def test_diagnostics_do_not_name_a_home(
    hass: HomeAssistant, set_up: Builder
) -> None:
    """Tibber calls a home by its address, and that is what is chosen."""
    scene = await set_up(
        (ONE, None), price_source="tibber", price_entry="x", price_part="Home Street 5"
    )
    report = await async_get_config_entry_diagnostics(hass, scene.entry)
    assert report["options"]["price_source"] == "tibber"
    assert "Home Street" not in json.dumps(report)
