"""Adding and changing a car: one that Home Assistant knows, and one of the simulated Tesla account."""

from typing import Any, Final
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigSubentry,
    SubentryFlowContext,
)
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.requirements import RequirementsNotFound
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.flows import (
    fields as flow_fields,
    vehicle as vehicle_flow,
    vehicle_form,
)
from custom_components.twc_manager.vehicles.vehicle_data import (
    SUBENTRY_VEHICLE,
    BatteryData,
    VehicleData,
    VehicleKind,
    vehicles_of,
)
from simulator import Car, make_vin
from simulator.tesla import Account, TeslaCar, TeslaCloud, Trouble
from tests.conftest import ENTRY_DATA
from tests.vehicles.test_accounts import account, as_subentry

from .steps import (
    INFINITY,
    NAN,
    TRANSLATIONS,
    add_connector,
    add_entity,
    check_texts,
    shown_in,
    strings_in,
    words_in,
)

pytest_plugins = ["tests.cloud"]

ONE: Final = 0x032E
VIN: Final = make_vin(1)
OTHER_VIN: Final = make_vin(2)
TEXTS: Final = TRANSLATIONS["config_subentries"][SUBENTRY_VEHICLE]
SOMETIMES: Final = frozenset({"connector"})
ENTITIES: Final = {
    "switch": "switch.car_charge",
    "cable": "binary_sensor.car_cable",
    "charging_state": "sensor.car_charging",
    "location": "device_tracker.car",
    "battery": "sensor.car_battery",
    "charge_limit": "number.car_limit",
    "energy_left": "sensor.car_energy",
    "charge_current": "number.car_current",
}
ENERGY_LEFT: Final = {
    "teslemetry": "energy_remaining",
    "tessie": "charge_state_energy_remaining",
}
CAR: Final = {
    "name": "Red one",
    "override_schedule": False,
    "through_vehicle": True,
    **ENTITIES,
}


class VehicleFlow:
    """A flow as a person clicks through it; every answer is checked for its words."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry
        self.result: Any

    async def begin(self, *path: str) -> Any:
        await self._begin({"source": SOURCE_USER})
        for option in path:
            assert option in self.result["menu_options"]
            await self.enter(next_step_id=option)
        return self.result

    async def change(self, name: str) -> Any:
        (subentry,) = (item for item in self.cars() if item.title == name)
        return await self._begin(
            {"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id}
        )

    async def enter(self, **user_input: Any) -> Any:
        return self._keep(
            await self.hass.config_entries.subentries.async_configure(
                self.result["flow_id"], user_input
            )
        )

    async def add(self, **changes: Any) -> ConfigSubentry:
        """Add a car by its entities."""
        await self.begin()
        result = await self.enter(**{**CAR, **changes})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        return self.cars()[-1]

    def cars(self) -> list[ConfigSubentry]:
        return list(self.entry.get_subentries_of_type(SUBENTRY_VEHICLE))

    async def _begin(self, context: SubentryFlowContext) -> Any:
        return self._keep(
            await self.hass.config_entries.subentries.async_init(
                (self.entry.entry_id, SUBENTRY_VEHICLE), context=context
            )
        )

    def _keep(self, result: Any) -> Any:
        check_texts(result, TEXTS, SOMETIMES)
        self.result = result
        return result


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bus that is not set up: its port is left alone."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "/dev/null", **ENTRY_DATA}
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def flow(hass: HomeAssistant, entry: MockConfigEntry) -> VehicleFlow:
    for entity_id in (*ENTITIES.values(), "input_boolean.car", "light.car"):
        add_entity(hass, entity_id, "off")
    add_entity(hass, "sensor.car_energy", 40, "kWh")
    add_entity(hass, "number.car_current", 32, "A", min=0)
    return VehicleFlow(hass, entry)


# A car that Home Assistant knows


async def test_without_an_account_there_is_nothing_to_choose(flow: VehicleFlow) -> None:
    result = await flow.begin()
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "entities"
    assert shown_in(result) == {}


async def test_all_entities(hass: HomeAssistant, flow: VehicleFlow) -> None:
    add_connector(hass, flow.entry, ONE)
    subentry = await flow.add(
        name=" Red one ",
        vin=f" {VIN.lower()} ",
        capacity=75,
        connector="032E",
        override_schedule=True,
    )
    assert subentry.title == "Red one"
    assert subentry.unique_id == VIN
    assert subentry.data == {
        "kind": "entities",
        "vin": VIN,
        "account": None,
        **ENTITIES,
        "capacity": 75.0,
        "through_vehicle": True,
        "connector": "032E",
        "override_schedule": True,
    }
    assert vehicles_of(flow.entry) == {
        subentry.subentry_id: VehicleData(
            VehicleKind.ENTITIES,
            vin=VIN,
            switch="switch.car_charge",
            cable="binary_sensor.car_cable",
            charging_state="sensor.car_charging",
            location="device_tracker.car",
            battery="sensor.car_battery",
            pack=BatteryData("number.car_limit", "sensor.car_energy", 75.0),
            connector=ONE,
            override_schedule=True,
            charge_current="number.car_current",
        )
    }
    assert VIN not in repr(vehicles_of(flow.entry))


async def test_switch_only(flow: VehicleFlow) -> None:
    await flow.begin()
    result = await flow.enter(name="Bus", switch="input_boolean.car")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = flow.cars()
    assert subentry.unique_id == "input_boolean.car"
    assert subentry.data == {
        "kind": "entities",
        **dict.fromkeys(
            ("vin", "account", *(key for key in ENTITIES if key != "switch"))
        ),
        "capacity": None,
        "through_vehicle": False,
        "switch": "input_boolean.car",
        "connector": None,
        "override_schedule": False,
    }


async def test_switch_that_can_be_renamed(
    hass: HomeAssistant, flow: VehicleFlow
) -> None:
    hass.states.async_remove("switch.car_charge")
    registered = er.async_get(hass).async_get_or_create(
        "switch", "ble", "1", suggested_object_id="car_charge"
    )
    add_entity(hass, registered.entity_id, "off")
    assert (await flow.add()).unique_id == registered.id


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": "  "}, {"name": "name_missing"}),
        ({"vin": "5YJ3"}, {"vin": "vin_invalid"}),
        ({"vin": "O" * 17}, {"vin": "vin_invalid"}),
        ({"switch": "switch.gone"}, {"switch": "entity_missing"}),
        ({"location": "device_tracker.gone"}, {"location": "entity_missing"}),
        ({"energy_left": "sensor.car_battery"}, {"energy_left": "not_energy_left"}),
        (
            {"charge_current": "number.car_limit"},
            {"charge_current": "not_charge_current"},
        ),
        ({"charge_current": "number.from_six"}, {"charge_current": "current_minimum"}),
        *(
            ({"capacity": value}, {"capacity": "capacity_range"})
            for value in (0, -75, 4.9, 251, NAN, INFINITY)
        ),
    ],
)
async def test_wrong_input(
    flow: VehicleFlow, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    add_entity(flow.hass, "number.from_six", 32, "A", min=6)
    await flow.begin()
    result = await flow.enter(**{**CAR, **changes})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert shown_in(result) == pytest.approx({**CAR, **changes}, nan_ok=True)
    result = await flow.enter(**CAR)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_number_of_a_vehicle_that_is_to_take_less_is_needed(
    flow: VehicleFlow,
) -> None:
    await flow.begin()
    without = {key: value for key, value in CAR.items() if key != "charge_current"}
    result = await flow.enter(**without)
    assert result["errors"] == {"charge_current": "current_missing"}
    await flow.enter(**{**without, "through_vehicle": False})
    (subentry,) = flow.cars()
    assert VehicleData.from_dict(subentry.data).charge_current is None


async def test_a_number_is_not_used_before_its_owner_wants_it(
    flow: VehicleFlow,
) -> None:
    subentry = await flow.add(through_vehicle=False)
    assert subentry.data["charge_current"] == "number.car_current"
    assert VehicleData.from_dict(subentry.data).charge_current is None


@pytest.mark.parametrize("part", ENTITIES)
async def test_wrong_kind_of_entity(flow: VehicleFlow, part: str) -> None:
    await flow.begin()
    result = await flow.enter(**{**CAR, part: "light.car"})
    assert result["errors"] == {part: f"not_{part}"}


async def test_what_another_car_has(hass: HomeAssistant, flow: VehicleFlow) -> None:
    add_connector(hass, flow.entry, ONE)
    await flow.add(vin=VIN, connector="032E")
    await flow.begin()
    result = await flow.enter(**CAR, vin=VIN, connector="032E")
    assert result["errors"] == {
        "switch": "switch_used",
        "charge_current": "current_used",
        "vin": "vin_used",
        "connector": "connector_used",
    }


async def test_change_by_entities(hass: HomeAssistant, flow: VehicleFlow) -> None:
    before = await flow.add(vin=VIN)
    result = await flow.change("Red one")
    assert shown_in(result) == {**CAR, "vin": VIN}
    result = await flow.enter(name="Blue one", switch="input_boolean.car", vin=VIN)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    (subentry,) = flow.cars()
    assert subentry.subentry_id == before.subentry_id
    assert subentry.title == "Blue one"
    assert subentry.data["switch"] == "input_boolean.car"
    assert subentry.data["cable"] is None


async def test_connector_that_is_gone_stays_chosen(
    hass: HomeAssistant, flow: VehicleFlow
) -> None:
    add_connector(hass, flow.entry, ONE)
    await flow.add(connector="032E")
    devices = dr.async_get(hass)
    (device,) = dr.async_entries_for_config_entry(devices, flow.entry.entry_id)
    devices.async_remove_device(device.id)
    await flow.change("Red one")
    result = await flow.enter(**CAR, connector="032E")
    assert result["reason"] == "reconfigure_successful"
    assert flow.cars()[0].data["connector"] == "032E"


# Cars of other integrations


def add_tesla(
    hass: HomeAssistant,
    platform: str = "tesla_fleet",
    vin: str = VIN,
    name: str | None = "Model S",
    disabled: tuple[str, ...] = (),
) -> None:
    """Let another integration know a car, as the registry has it."""
    entry = MockConfigEntry(domain=platform)
    entry.add_to_hass(hass)
    device_id = None
    if name is not None:
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(platform, vin)}, name=name
        )
        device_id = device.id
    ours = "" if platform == "tessie" else "user_"
    level = "usable_battery_level" if platform == "tessie" else "battery_level"
    for domain, key in (
        ("switch", f"charge_state_{ours}charge_enable_request"),
        ("switch", "vehicle_state_sentry_mode"),
        ("binary_sensor", "charge_state_conn_charge_cable"),
        ("sensor", "charge_state_charging_state"),
        ("device_tracker", "location"),
        ("sensor", f"charge_state_{level}"),
        ("number", "charge_state_charge_limit_soc"),
        ("number", "charge_state_charge_current_request"),
        ("sensor", ENERGY_LEFT.get(platform, "nothing")),
    ):
        registered = er.async_get(hass).async_get_or_create(
            domain,
            platform,
            f"{vin}-{key}",
            suggested_object_id=f"{vin[-4:]}_{key}",
            device_id=device_id,
            disabled_by=er.RegistryEntryDisabler.USER if key in disabled else None,
        )
        if not registered.disabled:
            unit = "kWh" if key in ENERGY_LEFT.values() else None
            if key == "charge_state_charge_current_request":
                unit = "A"
            add_entity(hass, registered.entity_id, "off", unit)


@pytest.mark.parametrize("platform", ["tesla_fleet", "teslemetry", "tessie"])
async def test_car_of_another_integration(
    hass: HomeAssistant, flow: VehicleFlow, platform: str
) -> None:
    add_tesla(hass, platform)
    result = await flow.begin()
    assert result["step_id"] == "known"
    (key,) = result["data_schema"].schema
    result = await flow.enter(switch=key.default())
    assert result["step_id"] == "entities"
    shown = shown_in(result)
    ours = "" if platform == "tessie" else "user_"
    level = "usable_battery_level" if platform == "tessie" else "battery_level"
    end = VIN[-4:]
    key = ENERGY_LEFT.get(platform)
    energy_left = {} if key is None else {"energy_left": f"sensor.{end}_{key}"}
    assert (
        shown
        == {
            "name": "Model S",
            "vin": VIN,
            "switch": f"switch.{end}_charge_state_{ours}charge_enable_request",
            "cable": f"binary_sensor.{end}_charge_state_conn_charge_cable",
            "charging_state": f"sensor.{end}_charge_state_charging_state",
            "location": f"device_tracker.{end}_location",
            "battery": f"sensor.{end}_charge_state_{level}",
            "charge_limit": f"number.{end}_charge_state_charge_limit_soc",
            "charge_current": f"number.{end}_charge_state_charge_current_request",
        }
        | energy_left
    )
    result = await flow.enter(**shown)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.cars()[0].unique_id == VIN


async def test_another_car_than_those(hass: HomeAssistant, flow: VehicleFlow) -> None:
    add_tesla(hass)
    await flow.begin()
    result = await flow.enter(switch="another")
    assert result["step_id"] == "entities"
    assert shown_in(result) == {}


async def test_what_is_disabled_is_not_offered(
    hass: HomeAssistant, flow: VehicleFlow
) -> None:
    add_tesla(hass, disabled=("location",), name=None)
    add_tesla(
        hass,
        "tessie",
        OTHER_VIN,
        disabled=("charge_state_charge_enable_request",),
    )
    result = await flow.begin()
    (key,) = result["data_schema"].schema
    result = await flow.enter(switch=key.default())
    assert shown_in(result)["name"] == f"Tesla …{VIN[-4:]}"
    assert "location" not in shown_in(result)


async def test_cars_that_were_added_are_not_offered(
    hass: HomeAssistant, flow: VehicleFlow
) -> None:
    await flow.add(vin=VIN)
    add_tesla(hass)
    assert (await flow.begin())["step_id"] == "entities"


async def test_cable_that_was_never_made(
    hass: HomeAssistant, flow: VehicleFlow
) -> None:
    add_tesla(hass)
    registry = er.async_get(hass)
    registry.async_remove(f"binary_sensor.{VIN[-4:]}_charge_state_conn_charge_cable")
    result = await flow.begin()
    (key,) = result["data_schema"].schema
    assert "cable" not in shown_in(await flow.enter(switch=key.default()))


# A car of a Tesla account


def add_account(flow: VehicleFlow, owner: Account, url: str) -> str:
    subentry = as_subentry(account(owner, url))
    flow.hass.config_entries.async_add_subentry(flow.entry, subentry)
    return subentry.subentry_id


async def test_car_of_the_only_account(
    hass: HomeAssistant, flow: VehicleFlow, owner: Account, cloud: TeslaCloud
) -> None:
    add_connector(hass, flow.entry, ONE)
    account_id = add_account(flow, owner, cloud.url())
    result = await flow.begin()
    assert result["menu_options"] == ["entities", "account"]
    result = await flow.enter(next_step_id="account")
    assert result["step_id"] == "vehicle"
    vin = owner.cars[0].vin
    result = await flow.enter(vin=vin, connector="032E")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = flow.cars()
    assert subentry.title == "Red one"
    assert subentry.unique_id == vin
    assert subentry.data == {
        "kind": "account",
        "vin": vin,
        "account": account_id,
        **dict.fromkeys(ENTITIES),
        "capacity": None,
        "through_vehicle": False,
        "connector": "032E",
        "override_schedule": False,
    }

    owner.cars.append(TeslaCar(car=Car(vin=make_vin(8)), name=""))
    await flow.begin("account")
    result = await flow.enter(vin=make_vin(8), connector="032E")
    assert result["errors"] == {"connector": "connector_used"}
    result = await flow.enter(vin=make_vin(8))
    assert result["title"] == f"…{make_vin(8)[-4:]}"
    result = await flow.begin("account")
    assert result["reason"] == "no_more_vehicles"


async def test_one_of_two_accounts(
    flow: VehicleFlow, owner: Account, cloud: TeslaCloud
) -> None:
    other = Account(cars=[TeslaCar(car=Car(vin=OTHER_VIN))], subject="other")
    cloud.accounts.append(other)
    add_account(flow, owner, cloud.url())
    account_id = add_account(flow, other, cloud.url())
    result = await flow.begin("account")
    assert result["step_id"] == "account"
    await flow.enter(account=account_id)
    result = await flow.enter(vin=OTHER_VIN)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.cars()[0].data["account"] == account_id


async def test_added_twice_at_once(
    flow: VehicleFlow, owner: Account, cloud: TeslaCloud
) -> None:
    add_account(flow, owner, cloud.url())
    second = VehicleFlow(flow.hass, flow.entry)
    await flow.begin("account")
    await second.begin("account")
    await flow.enter(vin=owner.cars[0].vin)
    result = await second.enter(vin=owner.cars[0].vin)
    assert result["reason"] == "already_configured"


async def test_change_of_a_car_of_an_account(
    flow: VehicleFlow, owner: Account, cloud: TeslaCloud
) -> None:
    add_account(flow, owner, cloud.url())
    await flow.begin("account")
    await flow.enter(vin=owner.cars[0].vin)
    before = flow.cars()[0]
    result = await flow.change("Red one")
    assert result["step_id"] == "settings"
    assert shown_in(result) == {"name": "Red one", "override_schedule": False}
    result = await flow.enter(name=" ", override_schedule=True)
    assert result["errors"] == {"name": "name_missing"}
    result = await flow.enter(name="Blue one", override_schedule=True)
    assert result["reason"] == "reconfigure_successful"
    (after,) = flow.cars()
    assert after.title == "Blue one"
    assert after.unique_id == before.unique_id
    assert after.data == {**before.data, "override_schedule": True}


async def test_car_whose_account_was_removed_and_added_again(
    flow: VehicleFlow, owner: Account, cloud: TeslaCloud
) -> None:
    removed = add_account(flow, owner, cloud.url())
    await flow.begin("account")
    await flow.enter(vin=owner.cars[0].vin)
    before = flow.cars()[0]
    flow.hass.config_entries.async_remove_subentry(flow.entry, removed)
    # Its name can be changed all the same.
    result = await flow.change("Red one")
    assert result["step_id"] == "settings"

    stranger = Account(cars=[TeslaCar(car=Car(vin=OTHER_VIN))], subject="other")
    cloud.accounts.append(stranger)
    wrong = add_account(flow, stranger, cloud.url())
    result = await flow.change("Red one")
    assert result["reason"] == "not_in_account"

    account_id = add_account(flow, owner, cloud.url())
    result = await flow.change("Red one")
    assert result["step_id"] == "account"
    result = await flow.enter(account=wrong)
    assert result["reason"] == "not_in_account"
    await flow.change("Red one")
    result = await flow.enter(account=account_id)
    assert result["step_id"] == "settings"
    result = await flow.enter(name="Red one", override_schedule=False)
    assert result["reason"] == "reconfigure_successful"
    (after,) = flow.cars()
    assert after.unique_id == before.unique_id
    assert after.data == {**before.data, "account": account_id}


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(Trouble.UNAVAILABLE, "no_answer"), (Trouble.LOGIN_REQUIRED, "needs_token")],
)
async def test_account_that_does_not_answer(
    flow: VehicleFlow,
    owner: Account,
    cloud: TeslaCloud,
    trouble: Trouble,
    reason: str,
) -> None:
    add_account(flow, owner, cloud.url())
    cloud.fail("token", trouble)
    result = await flow.begin("account")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == reason
    await flow.hass.async_block_till_done()
    asked = flow.hass.config_entries.flow.async_progress()
    assert bool(asked) is (reason == "needs_token")


async def test_account_whose_server_is_not_found(
    flow: VehicleFlow, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(*_: Any, **__: Any) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr("aiohttp.TCPConnector._resolve_host", resolve)
    add_account(flow, owner, "https://nowhere.example")
    result = await flow.begin("account")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "host_not_found"


async def test_library_that_cannot_be_installed(
    flow: VehicleFlow, owner: Account, cloud: TeslaCloud
) -> None:
    add_account(flow, owner, cloud.url())
    with patch(
        "custom_components.twc_manager.vehicles.open_account.async_get_integration_with_requirements",
        side_effect=RequirementsNotFound("tesla_fleet", ["tesla-fleet-api"]),
    ):
        result = await flow.begin("account")
    assert result["reason"] == "tesla_library"


# The words


def test_every_text_is_used() -> None:
    modules = (vehicle_flow, vehicle_form, flow_fields)
    used = set().union(*(strings_in(module) for module in modules))
    wrong = {f"not_{part}" for part in ENTITIES}
    assert set(TEXTS["error"]) <= used | wrong
    assert set(TEXTS["abort"]) <= used | {"tesla_library"}
    assert all(text and text == text.strip() for text in words_in(TEXTS))
