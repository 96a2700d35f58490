"""The stored data of a bus, and the time of its reports."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.metering.circumstances import Circumstances
from custom_components.twc_manager.charging.starts import StoredStarts
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.persistence import BusPersistence, Sources
from custom_components.twc_manager.state.run_mark import RunMark
from custom_components.twc_manager.state.store import BusStore, StoredBus
from tests.charging.states import bus, charging


async def test_an_absence_begins_at_the_last_report_of_a_connector_not_when_it_is_stored(
    hass: HomeAssistant, config_entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    sources = Sources(
        RunMark(), Wiring(48, 40, 12, 240, 1), lambda: True, dict, StoredStarts
    )
    store = BusStore(hass, config_entry.entry_id)
    persistence = BusPersistence(
        hass, config_entry, store, StoredBus(), sources, on_written=lambda: None
    )
    persistence.update_connectors(bus(charging(1)))
    now = hass.loop.time()
    for second in range(3):
        persistence.count(
            bus(charging(1)), Circumstances(), now + 5 * second, dt_util.now()
        )
    heard = dt_util.utcnow().timestamp()

    # The port is lost, and Home Assistant stops an hour later.
    freezer.tick(timedelta(hours=1))
    await persistence.async_close()

    stored = persistence.connectors[1]
    assert stored.energy is not None
    assert stored.energy.kwh > 0
    assert stored.energy_at == heard
