"""What a user sees and sets while vehicles charge, over the bytes of a simulated bus."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.twc import exposure, guard, steering
from simulator import Bus, Frame, WallConnector

from .helpers import async_frames, async_until, entity_id, keep_known, quick_car, state

OLD = 0x032E
NEW = 0x1839

type Setup = tuple[WallConnector, WallConnector]


@pytest.fixture
def quick_guard(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let a test in real time not wait for what the guard wants to see before each raise."""
    if request.node.get_closest_marker("real_time"):
        for module in (guard, exposure):
            monkeypatch.setattr(module, "REACTION_SECONDS", 0.5)
        monkeypatch.setattr(steering, "SETTLE_SECONDS", 0.5)


@pytest.fixture
async def two(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
    quick_guard: None,
) -> Setup:
    """Two connectors with a car each, charging: one of protocol 1, one of protocol 2."""
    old = bus.add(WallConnector(OLD, protocol=1))
    new = bus.add(WallConnector(NEW, protocol=2))
    old.plug_in(quick_car())
    new.plug_in(quick_car())
    bus.safety.limit = 48
    keep_known(hass_storage, config_entry, OLD, protocol=1)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    await async_until(
        hass, lambda: min(old.drawn, new.drawn) > 20 and max_reported(hass) > 40
    )
    await hass.async_block_till_done()
    return old, new


def max_reported(hass: HomeAssistant) -> float:
    total = hass.states.get("sensor.twc_manager_total_current")
    return float(total.state) if total and total.state != "unavailable" else 0.0


async def _call(hass: HomeAssistant, domain: str, service: str, **data: Any) -> None:
    await hass.services.async_call(domain, service, data, blocking=True)


async def test_two_cars_share_the_wiring_fairly(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    old, new = two

    assert (old.offered, new.offered) == (24, 24)
    for connector_id in (OLD, NEW):
        assert state(hass, config_entry, "sensor", "status", connector_id) == "charging"
        current = state(hass, config_entry, "sensor", "current", connector_id)
        assert float(current) == pytest.approx(23.2, abs=0.3)
        assert (
            state(hass, config_entry, "binary_sensor", "charging", connector_id) == "on"
        )
    assert state(hass, config_entry, "binary_sensor", "connection") == "on"
    bus.safety.assert_clean(limit=48)


@pytest.mark.real_time
async def test_a_changed_limit_is_on_the_wire_at_once_and_the_car_follows(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    old, new = two
    limit = entity_id(hass, config_entry, "number", "charge_limit", NEW)

    frames: list[Frame] = []
    bus.frame_listeners.append(frames.append)
    await _call(hass, "number", "set_value", entity_id=limit, value=16)
    await async_until(hass, lambda: new.offered == 16, bus=bus)
    on_the_wire = len(frames)
    await async_until(hass, lambda: new.drawn < 16, bus=bus)

    # What was being said, its answer, and then it: some 0.1 s, however slow the machine is.
    assert on_the_wire <= 3
    # The other one gets what that leaves, once it is proven to be free.
    await async_until(hass, lambda: old.offered == 32, bus=bus)
    bus.safety.assert_clean(limit=48)


async def test_a_switch_stops_an_old_connector_and_brings_it_back_at_its_limit(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    old, _ = two
    switch = entity_id(hass, config_entry, "switch", "charge", OLD)
    limit = entity_id(hass, config_entry, "number", "charge_limit", OLD)
    await _call(hass, "number", "set_value", entity_id=limit, value=14)

    await _call(hass, "switch", "turn_off", entity_id=switch)
    await async_until(
        hass,
        lambda: state(hass, config_entry, "sensor", "status", OLD) == "paused",
    )
    assert old.drawn == 0
    assert state(hass, config_entry, "number", "charge_limit", OLD) == "0"

    await _call(hass, "switch", "turn_on", entity_id=switch)
    await async_until(hass, lambda: old.offered == 14 and old.drawn > 12, bus=bus)
    assert state(hass, config_entry, "number", "charge_limit", OLD) == "14"


async def test_a_connector_of_protocol_2_that_may_not_charge_is_held_at_its_minimum(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    _, new = two
    switch = entity_id(hass, config_entry, "switch", "charge", NEW)

    await _call(hass, "switch", "turn_off", entity_id=switch)

    await async_until(hass, lambda: 0 < new.drawn < 6.1, bus=bus)
    assert new.offered == 6


async def test_0_a_on_the_slider_switches_off_and_more_switches_on_again(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    old, _ = two
    limit = entity_id(hass, config_entry, "number", "charge_limit", OLD)

    await _call(hass, "number", "set_value", entity_id=limit, value=0)
    assert state(hass, config_entry, "switch", "charge", OLD) == "off"
    await async_until(hass, lambda: old.drawn == 0, bus=bus)

    await _call(hass, "number", "set_value", entity_id=limit, value=20)
    assert state(hass, config_entry, "switch", "charge", OLD) == "on"
    await async_until(hass, lambda: old.offered == 20, bus=bus)


async def test_amps_below_the_minimum_are_refused_with_a_message_and_change_nothing(
    hass: HomeAssistant, config_entry: MockConfigEntry, two: Setup
) -> None:
    before = state(hass, config_entry, "number", "charge_limit", OLD)
    limit = entity_id(hass, config_entry, "number", "charge_limit", OLD)

    for value in (1, 5, 11):
        with pytest.raises(ServiceValidationError, match="too little"):
            await _call(hass, "number", "set_value", entity_id=limit, value=value)
    for value in (-1, 41, 1e9):
        with pytest.raises(ServiceValidationError, match="outside valid range"):
            await _call(hass, "number", "set_value", entity_id=limit, value=value)

    assert state(hass, config_entry, "number", "charge_limit", OLD) == before


async def test_the_amps_for_all_are_shared_out(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    old, new = two
    number = entity_id(hass, config_entry, "number", "total_current_limit")

    await _call(hass, "number", "set_value", entity_id=number, value=30)

    await async_until(hass, lambda: (old.offered, new.offered) == (15, 15), bus=bus)


async def test_an_unplugged_car_leaves_its_amps_to_the_other(
    hass: HomeAssistant, bus: Bus, config_entry: MockConfigEntry, two: Setup
) -> None:
    old, new = two

    new.unplug()

    await async_until(
        hass,
        lambda: (
            state(hass, config_entry, "sensor", "status", NEW) == "disconnected"
            and old.offered == 40
        ),
        bus=bus,
    )
    assert state(hass, config_entry, "binary_sensor", "cable", NEW) == "off"
    bus.safety.assert_clean(limit=48)


async def test_the_vehicle_and_the_connector_are_identified(
    hass: HomeAssistant,
    all_entities: None,
    config_entry: MockConfigEntry,
    two: Setup,
) -> None:
    _, new = two
    assert new.car is not None

    await async_until(
        hass,
        lambda: state(hass, config_entry, "sensor", "vehicle_vin", NEW) == new.car.vin,
    )

    lifetime = float(state(hass, config_entry, "sensor", "lifetime_energy", NEW))
    assert lifetime == pytest.approx(924, abs=0.1)
    assert state(hass, config_entry, "sensor", "rating", NEW) == "80.0"


async def test_only_changed_states_are_written(
    hass: HomeAssistant,
    all_entities: None,
    bus: Bus,
    config_entry: MockConfigEntry,
    two: Setup,
) -> None:
    """Each write is a row in the recorder's database, or at least an event for all listeners."""
    _, new = two
    assert new.car is not None
    await async_until(
        hass,
        lambda: state(hass, config_entry, "sensor", "vehicle_vin", NEW) == new.car.vin,
    )
    # The meter of the connector is asked every 10 s only.
    await async_until(
        hass,
        lambda: float(state(hass, config_entry, "sensor", "current_l1", NEW)) > 20,
    )
    written: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    hass.bus.async_listen("state_changed", note)
    hass.bus.async_listen("state_reported", note, event_filter=callback(lambda _: True))

    # Some beats of two connectors whose draw jitters by a few 0.01 A.
    await async_frames(bus, 30)

    assert written == []
