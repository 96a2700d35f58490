"""A car that is matched to a connector but charges elsewhere: it is left alone, and an issue reports it."""

import asyncio
from collections.abc import Callable

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
import pytest

from simulator import make_vin
from simulator.tesla import Kind, TeslaCar
from tests.helpers import quick_car
from tests.scene import NEW, OLD, Builder, Scene

from .scene import MadeUp, account, async_until_charging, vehicle

pytest_plugins = ["tests.cloud"]

SWITCH = "input_boolean.model_3"
CHARGING = "sensor.model_3_charging"
TRACKER = "device_tracker.model_3"
CABLE = "binary_sensor.model_3_cable"


class Elsewhere:
    """The owner's car at another charger of the house: its entities, and the commands that it got."""

    def __init__(self, hass: HomeAssistant, late_s: float) -> None:
        self._hass = hass
        self._late_s = late_s
        self.commands: list[str] = []

    async def async_begin(self) -> None:
        assert await async_setup_component(self._hass, "homeassistant", {})
        boolean = {"model_3": {"initial": True}}
        assert await async_setup_component(
            self._hass, "input_boolean", {"input_boolean": boolean}
        )
        async_track_state_change_event(self._hass, SWITCH, self._obey)
        self._hass.states.async_set(TRACKER, "home")
        self.report("charging")

    def report(self, state: str) -> None:
        self._hass.states.async_set(CHARGING, state)

    @callback
    def _obey(self, event: Event[EventStateChangedData]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        if new is None or old is None or new.state == old.state:
            return
        self.commands.append(new.state)
        state = "charging" if new.state == "on" else "stopped"
        self._hass.loop.call_later(self._late_s, self.report, state)


async def async_begin(hass: HomeAssistant, late_s: float = 4.0) -> Elsewhere:
    car = Elsewhere(hass, late_s)
    await car.async_begin()
    return car


@pytest.fixture
def no_vin_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no connector read a VIN, so that a car is only found by what it reports."""
    monkeypatch.setattr(
        "custom_components.twc_manager.twc.queries.VIN_AFTER_PLUG_IN", 3600.0
    )
    monkeypatch.setattr("simulator.answers._vin", lambda *_: None)


def reported(scene: Scene) -> Callable[[], bool]:
    return lambda: scene.problem("charges_elsewhere") is not None


@pytest.mark.long
async def test_a_stop_that_does_not_show_is_undone_and_an_issue_reports_it(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None
) -> None:
    """ngardiner/TWCManager#457: the owner's car got 15 stops at another charger."""
    car = await async_begin(hass)
    added = vehicle(switch=SWITCH, charging_state=CHARGING, connector="1839")
    scene = await set_up((NEW, quick_car()), subentries=[added])
    (new,) = scene.bus.connectors
    await async_until_charging(scene)
    assert scene.of(added)("control") == "assigned"

    await scene.choose("select.mode", "off")
    await scene.until(reported(scene))
    issue = scene.problem("charges_elsewhere")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["vehicles"] == "Model 3 (1839)"
    await scene.until(lambda: car.commands == ["off", "on"])
    assert scene.of(added)("control") == "charges_elsewhere"
    assert scene.state("sensor.vehicle", NEW) == "unknown"

    await scene.choose("select.mode", "fixed")
    await asyncio.sleep(3600)
    await scene.choose("select.mode", "off")
    await asyncio.sleep(3600)
    assert car.commands == ["off", "on"]
    assert new.drawn > 0

    new.unplug()
    await scene.until(lambda: not reported(scene)())
    assert scene.of(added)("control") != "charges_elsewhere"
    assert car.commands == ["off", "on"]


@pytest.mark.long
async def test_a_car_that_charged_before_the_plug_in_gets_no_command(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None
) -> None:
    car = await async_begin(hass)
    car.report("stopped")
    added = vehicle(switch=SWITCH, charging_state=CHARGING, location=TRACKER)
    scene = await set_up((NEW, None), subentries=[added])
    (new,) = scene.bus.connectors
    await asyncio.sleep(600)
    car.report("charging")
    await asyncio.sleep(600)
    new.plug_in(quick_car())
    await async_until_charging(scene)
    assert not reported(scene)()
    await asyncio.sleep(120)
    car.report("charging")
    await scene.until(reported(scene))
    await scene.choose("select.mode", "off")
    await asyncio.sleep(3600)
    assert car.commands == []


@pytest.mark.long
async def test_a_car_that_stops_while_the_connector_draws_on_gets_no_command(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None
) -> None:
    car = await async_begin(hass)
    added = vehicle(switch=SWITCH, charging_state=CHARGING, location=TRACKER)
    scene = await set_up((NEW, quick_car()), subentries=[added])
    await async_until_charging(scene)
    await asyncio.sleep(600)
    car.report("stopped")
    await scene.until(reported(scene))
    await scene.choose("select.mode", "off")
    await asyncio.sleep(3600)
    assert car.commands == []


@pytest.mark.parametrize("late_s", [4.0, 240.0])
@pytest.mark.long
async def test_a_slow_cloud_refutes_nothing(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None, late_s: float
) -> None:
    """The car here obeys at once; what its cloud reports of it is minutes old."""
    car = await async_begin(hass, late_s)
    here = quick_car()

    @callback
    def obey(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        assert new is not None
        _ = here.start() if new.state == "on" else here.stop()

    async_track_state_change_event(hass, SWITCH, obey)
    added = vehicle(switch=SWITCH, charging_state=CHARGING, location=TRACKER)
    scene = await set_up((NEW, here), subentries=[added])
    (new,) = scene.bus.connectors
    await async_until_charging(scene)
    await asyncio.sleep(900)
    for _ in range(4):
        await scene.choose("select.mode", "off")
        await scene.until(lambda: new.drawn == 0)
        await asyncio.sleep(70)
        await scene.choose("select.mode", "fixed")
        await async_until_charging(scene)
        await asyncio.sleep(400)
        assert not reported(scene)()
    assert car.commands == ["off", "on"] * 4


@pytest.mark.long
async def test_an_entity_that_repeats_an_old_state_refutes_nothing(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None
) -> None:
    """The car here starts by a timer of its own; its integration is reloaded, and says what it knew before."""
    car = await async_begin(hass)
    car.report("stopped")
    added = vehicle(switch=SWITCH, charging_state=CHARGING, location=TRACKER)
    scene = await set_up((NEW, quick_car()), subentries=[added])
    await async_until_charging(scene)
    await asyncio.sleep(1200)
    car.report("unavailable")
    await asyncio.sleep(30)
    car.report("stopped")
    await asyncio.sleep(1200)
    assert not reported(scene)()


@pytest.mark.long
async def test_a_car_that_moved_between_two_connectors_is_believed(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None
) -> None:
    """Its cloud reports nothing of the minute between them, and another car comes to where it was."""
    car = await async_begin(hass)
    car.report("disconnected")
    added = vehicle(
        switch=SWITCH, charging_state=CHARGING, location=TRACKER, connector="1839"
    )
    scene = await set_up((OLD, None), (NEW, None), subentries=[added])
    old, new = scene.bus.connectors
    here, other = quick_car(), quick_car(vin=make_vin(2))
    await asyncio.sleep(600)
    old.plug_in(here)
    await scene.until(lambda: old.drawn > 5)
    car.report("charging")
    await asyncio.sleep(900)
    old.unplug()
    await asyncio.sleep(90)
    new.plug_in(here)
    old.plug_in(other)
    await scene.until(lambda: new.drawn > 5)
    await asyncio.sleep(120)
    car.report("charging")
    await asyncio.sleep(600)
    assert not reported(scene)()
    assert scene.of(added)("control") == "assigned"


@pytest.mark.long
async def test_a_car_of_an_account_at_another_charger_is_started_again(
    set_up: Builder, made_up: MadeUp, no_vin_is_read: None
) -> None:
    elsewhere = TeslaCar(car=quick_car(vin=make_vin(2)), charging_elsewhere=True)
    made_up.cars[:] = [elsewhere]
    made_up.owner.cars[:] = [elsewhere]
    added = account(made_up)
    car = vehicle("Blue one", vin=make_vin(2), account=added.subentry_id)
    scene = await set_up((NEW, quick_car()), subentries=[added, car])
    await async_until_charging(scene)
    await scene.choose("select.mode", "off")
    await scene.until(reported(scene))
    await scene.until(lambda: elsewhere.charging_elsewhere)
    await asyncio.sleep(3600)
    assert made_up.commands() == ["charge_stop", "charge_start"]
    assert made_up.count(Kind.COMMAND) == 2


@pytest.mark.long
async def test_a_stop_without_proof_is_undone_when_the_car_here_leaves(
    hass: HomeAssistant, set_up: Builder, no_vin_is_read: None
) -> None:
    """The guest leaves before the stop of the owner's car could have shown."""
    car = await async_begin(hass)
    added = vehicle(switch=SWITCH, charging_state=CHARGING, location=TRACKER)
    scene = await set_up((NEW, quick_car()), subentries=[added])
    (new,) = scene.bus.connectors
    await async_until_charging(scene)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: car.commands == ["off"])
    await asyncio.sleep(10)
    new.unplug()
    await scene.until(lambda: car.commands == ["off", "on"])
    await asyncio.sleep(3600)
    assert car.commands == ["off", "on"]
    assert not reported(scene)()
