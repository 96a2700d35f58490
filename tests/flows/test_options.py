"""The options flow, every branch of it."""

from collections.abc import AsyncGenerator, Generator
from datetime import timedelta
from typing import Any, Final
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, UnknownStep
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager import checks
from custom_components.twc_manager.charging.supply.fuse_reading import FuseConfig
from custom_components.twc_manager.charging.supply.surplus import (
    Fault,
    Reading,
    Source,
    SourceConfig,
)
from custom_components.twc_manager.const import CONF_PHASES, CONF_VOLTAGE, DOMAIN
from custom_components.twc_manager.flows import (
    fields as flow_fields,
    options as options_flow,
    options_check as check_steps,
    options_forecast as forecast_steps,
    options_form,
    options_fuse as fuse_steps,
    options_green as green_steps,
    options_outside as outside_steps,
    options_peak as peak_steps,
    options_prices as price_steps,
)
from custom_components.twc_manager.inputs.fuse import (
    CONF_FUSE_CURRENTS,
    CONF_FUSE_POWERS,
    FuseOptions,
    fuse_reading,
)
from custom_components.twc_manager.inputs.green import GreenOptions, green_readings
from custom_components.twc_manager.inputs.liveness import Liveness
from custom_components.twc_manager.inputs.options import (
    DEFAULTS,
    Options,
    connector_option,
    options_of,
)
from custom_components.twc_manager.inputs.sensors import Sensor
from custom_components.twc_manager.prices import errors as price_errors
from custom_components.twc_manager.twc import BusStatus
from simulator import Bus, WallConnector
from tests.conftest import ENTRY_DATA
from tests.helpers import async_until, keep_known, quick_car, state

from .steps import (
    INFINITY,
    NAN,
    TRANSLATIONS,
    add_connector,
    add_entity,
    add_own_entity,
    check_texts,
    shown_in,
    steps_of,
    strings_in,
    words_in,
)

ONE: Final = 0x1839
OTHER: Final = 0x2431
TEXTS: Final = TRANSLATIONS["options"]
KEPT: Final = {"contactor_2431": True, "turn_minutes": 20}
"""Options of other parts, which no part may touch."""

GRID: Final = "sensor.grid"
SUN: Final = "sensor.sun"
HOUSE: Final = "sensor.house"
BATTERY: Final = "sensor.battery"
LEVEL: Final = "sensor.level"
PHASES: Final = tuple(f"sensor.l{phase}" for phase in (1, 2, 3))
POWERS: Final = tuple(f"sensor.watts_l{phase}" for phase in (1, 2, 3))
VOLTAGE: Final = "sensor.volts"


class OptionsFlow:
    """A flow as a person clicks through it; every answer is checked for its words."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry
        self.result: Any

    async def begin(self, *path: str) -> Any:
        """Open the options and click through menus."""
        manager = self.hass.config_entries.options
        self._keep(await manager.async_init(self.entry.entry_id))
        for option in path:
            await self.choose(option)
        return self.result

    async def enter(self, **user_input: Any) -> Any:
        manager = self.hass.config_entries.options
        return self._keep(
            await manager.async_configure(self.result["flow_id"], user_input)
        )

    async def choose(self, option: str) -> Any:
        assert option in self.result["menu_options"]
        return await self.enter(next_step_id=option)

    async def fails(self, errors: dict[str, str], **user_input: Any) -> None:
        """Enter something wrong, and find it where it was."""
        result = await self.enter(**user_input)
        assert result["type"] is FlowResultType.FORM
        assert result["errors"] == errors
        shown = shown_in(result)
        assert shown == pytest.approx(user_input, nan_ok=True)

    def saved(self) -> dict[str, Any]:
        """Return what was saved of this part, after it was saved at all."""
        assert self.result["type"] is FlowResultType.CREATE_ENTRY
        assert dict(self.entry.options) == self.result["data"]
        assert KEPT.items() <= self.entry.options.items()
        return {
            key: value for key, value in self.entry.options.items() if key not in KEPT
        }

    def _keep(self, result: Any) -> Any:
        check_texts(result, TEXTS)
        self.result = result
        return result


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bus that is not set up: its port is left alone."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "/dev/null", **ENTRY_DATA}, options=KEPT
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def setup_entry() -> Generator[AsyncMock]:
    """Let the bus not come up after a reload."""
    with patch(
        f"custom_components.{DOMAIN}.async_setup_entry", return_value=False
    ) as mock:
        yield mock


@pytest.fixture
async def flow(
    hass: HomeAssistant, entry: MockConfigEntry, setup_entry: AsyncMock
) -> AsyncGenerator[OptionsFlow]:
    """A flow, and the sensors of a house."""
    add_entity(hass, GRID, -1200, "W", friendly_name="Grid power")
    add_entity(hass, SUN, 3.2, "kW", friendly_name="Solar")
    add_entity(hass, HOUSE, 700, "W")
    add_entity(hass, BATTERY, 450, "W")
    add_entity(hass, LEVEL, 80, "%")
    for entity_id, amps in zip(PHASES, (12.34, 3, -2), strict=True):
        add_entity(hass, entity_id, amps, "A")
    add_entity(hass, "sensor.temperature", 21, "°C")
    add_entity(hass, "number.limit", 100, "W")
    add_entity(hass, "switch.car", "on")
    add_entity(hass, "light.lamp", "on")
    add_own_entity(hass, "sensor.twc_power", "W")
    add_own_entity(hass, "sensor.twc_current", "A")
    add_own_entity(hass, "switch.twc_charge")
    yield OptionsFlow(hass, entry)
    # What was saved last is still being loaded.
    await hass.async_block_till_done()


def three_phases(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    data = {**entry.data, CONF_PHASES: 3, CONF_VOLTAGE: 230}
    hass.config_entries.async_update_entry(entry, data=data)


async def test_it_begins_with_the_parts(flow: OptionsFlow) -> None:
    result = await flow.begin()
    assert result["type"] is FlowResultType.MENU
    parts = ["green", "prices", "forecast", "fuse", "house", "vehicles"]
    parts += ["behaviour", "check"]
    assert result["menu_options"] == parts


# Green energy


async def test_grid_connection(
    hass: HomeAssistant, flow: OptionsFlow, setup_entry: AsyncMock
) -> None:
    result = await flow.begin("green")
    assert result["menu_options"] == ["green_grid", "green_production", "green_details"]
    assert result["description_placeholders"] == {"chosen": "–"}

    result = await flow.choose("green_grid")
    assert result["type"] is FlowResultType.FORM
    assert not result["errors"]
    assert shown_in(result) == {
        "green_grid_positive": "import",
        "green_battery_positive": "charging",
        "green_battery_first_to": 100,
    }

    result = await flow.enter(green_grid=GRID, green_grid_positive="import")
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "green_grid_confirm"
    assert result["description_placeholders"] == {
        "grid_import": "0 W",
        "grid_export": "1.2 kW",
        "production": "–",
        "consumption": "–",
        "battery_charging": "–",
        "battery_discharging": "–",
        "battery_level": "–",
        "surplus": "1.2 kW",
    }
    assert "green_source" not in flow.entry.options

    await flow.choose("save")
    assert flow.saved() == {"green_source": "grid", "green_grid": GRID}
    await hass.async_block_till_done()
    setup_entry.assert_awaited_once()


async def test_wrong_sign_is_seen_and_turned(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    await flow.begin("green", "green_grid")
    result = await flow.enter(green_grid=GRID, green_grid_positive="export")
    assert result["description_placeholders"]["grid_import"] == "1.2 kW"
    assert result["description_placeholders"]["grid_export"] == "0 W"
    assert result["description_placeholders"]["surplus"] == "-1.2 kW"

    result = await flow.choose("green_grid")
    assert shown_in(result)["green_grid"] == GRID
    assert shown_in(result)["green_grid_positive"] == "export"
    await flow.enter(green_grid=GRID, green_grid_positive="import")

    add_entity(hass, GRID, 300, "W")
    result = await flow.choose("green_grid_confirm")
    assert result["description_placeholders"]["grid_import"] == "300 W"

    await flow.choose("green_grid")
    await flow.enter(green_grid=GRID, green_grid_positive="export")
    await flow.choose("save")
    assert flow.saved() == {
        "green_source": "grid",
        "green_grid": GRID,
        "green_grid_positive": "export",
    }
    green = options_of(flow.entry).green
    assert green is not None
    assert green.sensors == {Source.GRID: Sensor(GRID, inverted=True)}


async def test_grid_connection_with_a_house_battery(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    await flow.begin("green", "green_grid")
    result = await flow.enter(
        green_grid=GRID,
        green_battery_power=BATTERY,
        green_battery_positive="discharging",
        green_battery_level=LEVEL,
        green_battery_first_to=70.0,
        green_battery_share_from=40.0,
    )
    shown = result["description_placeholders"]
    assert shown["battery_charging"] == "0 W"
    assert shown["battery_discharging"] == "450 W"
    assert shown["battery_level"] == "80 %"
    # Its discharge never counts.
    assert shown["surplus"] == "750 W"

    await flow.choose("save")
    saved = flow.saved()
    assert saved == {
        "green_source": "grid",
        "green_grid": GRID,
        "green_battery_power": BATTERY,
        "green_battery_positive": "discharging",
        "green_battery_level": LEVEL,
        "green_battery_first_to": 70,
        "green_battery_share_from": 40,
    }
    assert type(saved["green_battery_first_to"]) is int
    assert options_of(flow.entry).green == GreenOptions(
        SourceConfig(
            grid=True, battery_first_to=70, battery_share_from=40, stale_after=300
        ),
        {
            Source.GRID: Sensor(GRID),
            Source.BATTERY_POWER: Sensor(BATTERY, inverted=True),
            Source.BATTERY_LEVEL: Sensor(LEVEL),
        },
    )

    # Shown again, emptied, and gone.
    result = await flow.begin("green", "green_grid")
    del saved["green_source"]
    assert shown_in(result) == {**saved, "green_grid_positive": "import"}
    await flow.enter(green_grid=GRID, green_battery_first_to=100)
    await flow.choose("save")
    assert flow.saved() == {"green_source": "grid", "green_grid": GRID}


async def test_silent_sensors_are_seen(
    hass: HomeAssistant, flow: OptionsFlow, freezer: FrozenDateTimeFactory
) -> None:
    add_entity(hass, LEVEL, "unknown", "%")
    add_entity(hass, BATTERY, "unavailable", "W")
    add_entity(hass, GRID, "nan", "W")
    await flow.begin("green", "green_grid")
    result = await flow.enter(
        green_grid=GRID, green_battery_power=BATTERY, green_battery_level=LEVEL
    )
    assert {
        value
        for key, value in result["description_placeholders"].items()
        if key not in ("production", "consumption")
    } == {"?"}

    # One that was silent for too long is shown, but nothing is made of it.
    add_entity(hass, GRID, -500, "W")
    add_entity(hass, BATTERY, 0, "W")
    freezer.tick(timedelta(minutes=6))
    result = await flow.choose("green_grid_confirm")
    assert result["description_placeholders"]["grid_export"] == "500 W"
    assert result["description_placeholders"]["surplus"] == "?"


async def test_production_replaces_the_grid(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    await flow.begin("green", "green_grid")
    await flow.enter(green_grid=GRID, green_battery_power=BATTERY)
    await flow.choose("save")

    result = await flow.begin("green")
    assert result["description_placeholders"] == {"chosen": f"Grid power, {BATTERY}"}
    result = await flow.choose("green_production")
    assert shown_in(result) == {
        "green_production_positive": "positive",
        "green_production_has_battery": False,
        "green_consumption_has_charging": True,
        "green_battery_power": BATTERY,
        "green_battery_positive": "charging",
        "green_battery_first_to": 100,
    }
    result = await flow.enter(
        green_production=SUN,
        green_consumption=HOUSE,
        green_consumption_has_charging=False,
        green_production_has_battery=True,
    )
    assert result["step_id"] == "green_production_confirm"
    shown = result["description_placeholders"]
    assert shown["production"] == "3.2 kW"
    assert shown["consumption"] == "700 W"
    assert shown["grid_import"] == "–"
    assert shown["surplus"] == "2.5 kW"
    again = await flow.choose("green_production_confirm")
    assert again["description_placeholders"] == shown

    await flow.choose("save")
    assert flow.saved() == {
        "green_source": "production",
        "green_production": SUN,
        "green_consumption": HOUSE,
        "green_consumption_has_charging": False,
        "green_production_has_battery": True,
    }
    assert options_of(flow.entry).green == GreenOptions(
        SourceConfig(
            grid=False, consumption_has_charging=False, production_has_battery=True
        ),
        {Source.PRODUCTION: Sensor(SUN), Source.CONSUMPTION: Sensor(HOUSE)},
    )


async def test_production_counted_as_negative(flow: OptionsFlow) -> None:
    await flow.begin("green", "green_production")
    result = await flow.enter(
        green_production=SUN, green_production_positive="negative"
    )
    assert result["description_placeholders"]["production"] == "-3.2 kW"
    result = await flow.choose("green_production")
    assert shown_in(result)["green_production_positive"] == "negative"


async def test_green_energy_is_given_up(flow: OptionsFlow) -> None:
    await flow.begin("green", "green_details")
    await flow.enter(green_stale_minutes=10, green_hold_minutes=0)
    await flow.begin("green", "green_grid")
    await flow.enter(green_grid=GRID)
    await flow.choose("save")
    assert options_of(flow.entry).green is not None

    await flow.begin("green", "green_none")
    assert flow.saved() == {"green_stale_minutes": 10, "green_hold_minutes": 0}
    assert options_of(flow.entry).green is None


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        ({}, {"green_grid": "choose_sensor"}),
        ({"green_grid": "sensor.gone"}, {"green_grid": "entity_missing"}),
        ({"green_grid": "sensor.temperature"}, {"green_grid": "not_power"}),
        ({"green_grid": "number.limit"}, {"green_grid": "not_power"}),
        ({"green_grid": PHASES[0]}, {"green_grid": "not_power"}),
        (
            {"green_grid": GRID, "green_battery_power": GRID},
            {"green_battery_power": "same_sensor"},
        ),
        (
            {"green_grid": "sensor.gone", "green_battery_power": "sensor.gone"},
            {"green_grid": "entity_missing", "green_battery_power": "entity_missing"},
        ),
        (
            {"green_grid": GRID, "green_battery_level": LEVEL},
            {"green_battery_power": "choose_battery_power"},
        ),
        (
            {"green_grid": GRID, "green_battery_first_to": 50},
            {"green_battery_level": "choose_battery_level"},
        ),
        (
            {"green_grid": GRID, "green_battery_share_from": 50},
            {"green_battery_level": "choose_battery_level"},
        ),
        (
            {
                "green_grid": GRID,
                "green_battery_power": BATTERY,
                "green_battery_level": HOUSE,
            },
            {"green_battery_level": "not_level"},
        ),
        *(
            (
                {
                    "green_grid": GRID,
                    "green_battery_power": BATTERY,
                    "green_battery_level": LEVEL,
                    "green_battery_first_to": value,
                },
                {"green_battery_first_to": "green_battery_first_to_range"},
            )
            for value in (-1, 101, 50.5, NAN, INFINITY, -INFINITY)
        ),
    ],
)
async def test_nonsense_for_the_grid(
    flow: OptionsFlow, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.begin("green", "green_grid")
    await flow.fails(errors, **user_input)
    result = await flow.enter(green_grid=GRID)
    assert result["step_id"] == "green_grid_confirm"


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        ({}, {"green_production": "choose_sensor"}),
        ({"green_consumption": HOUSE}, {"green_production": "choose_production"}),
        (
            {"green_production": SUN, "green_consumption": SUN},
            {"green_consumption": "same_sensor"},
        ),
        (
            {"green_production": LEVEL, "green_consumption": "sensor.gone"},
            {"green_production": "not_power", "green_consumption": "entity_missing"},
        ),
        (
            {"green_production": SUN, "green_battery_level": LEVEL},
            {"green_battery_power": "choose_battery_power"},
        ),
    ],
)
async def test_nonsense_for_the_production(
    flow: OptionsFlow, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.begin("green", "green_production")
    await flow.fails(errors, **user_input)
    result = await flow.enter(green_production=SUN)
    assert result["step_id"] == "green_production_confirm"


async def test_details_of_green_energy(flow: OptionsFlow) -> None:
    result = await flow.begin("green", "green_details")
    assert shown_in(result) == {"green_stale_minutes": 5, "green_hold_minutes": 30}
    await flow.enter(
        green_stale_minutes=10.0, green_hold_minutes=0, green_stop_energy=250.0
    )
    assert flow.saved() == {
        "green_stale_minutes": 10,
        "green_hold_minutes": 0,
        "green_stop_energy": 250,
    }

    await flow.begin("green", "green_grid")
    await flow.enter(green_grid=GRID)
    await flow.choose("save")
    green = options_of(flow.entry).green
    assert green is not None
    assert green.config.stale_after == 600
    assert green.hold_when_stale == 0
    assert green.stop_energy_wh == 250

    # What is emptied is as it was.
    await flow.begin("green", "green_details")
    await flow.enter()
    assert flow.saved() == {"green_source": "grid", "green_grid": GRID}
    green = options_of(flow.entry).green
    assert green is not None
    assert (green.hold_when_stale, green.stop_energy_wh) == (1800, None)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("green_stale_minutes", (0, -5, 61, 5.5, NAN, INFINITY)),
        ("green_stop_energy", (0, 9, 10_001, 99.5, NAN, INFINITY)),
    ],
)
async def test_nonsense_for_the_details(
    flow: OptionsFlow, key: str, values: tuple[float, ...]
) -> None:
    await flow.begin("green", "green_details")
    for value in values:
        await flow.fails({key: f"{key}_range"}, **{key: value})


# The main fuse


async def test_fuse_with_a_current_sensor(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    result = await flow.begin("fuse")
    assert shown_in(result) == {
        "fuse_current_positive": "import",
        "fuse_power_positive": "import",
        "fuse_silent_seconds": 60,
    }
    result = await flow.enter(fuse_size=63.0, fuse_current_l1=PHASES[0])
    assert result["type"] is FlowResultType.MENU
    assert result["description_placeholders"] == {
        "size": "63",
        "sensors": f"| {PHASES[0]} | 12.3 A |",
        "room": "49.7 A",
    }
    add_entity(hass, PHASES[0], 70, "A")
    result = await flow.choose("fuse_confirm")
    assert result["description_placeholders"]["room"] == "0.0 A"
    await flow.choose("save")
    assert flow.saved() == {"fuse_size": 63, "fuse_current_l1": PHASES[0]}
    assert options_of(flow.entry).fuse == FuseOptions(
        FuseConfig(size=63, voltage=240, phases=1), (Sensor(PHASES[0]),)
    )

    # Emptied, it is not watched any more; a sign alone is nothing to keep.
    await flow.begin("fuse")
    await flow.enter(fuse_power_positive="export")
    assert flow.saved() == {}
    assert options_of(flow.entry).fuse is None


async def test_a_fuse_sensor_that_reports_only_changes(flow: OptionsFlow) -> None:
    await flow.begin("fuse")
    await flow.enter(fuse_size=63, fuse_current_l1=PHASES[0], fuse_silent_seconds=600.0)
    await flow.choose("save")
    fuse = options_of(flow.entry).fuse
    assert fuse is not None
    assert fuse.config.max_age == 600


async def test_fuse_of_two_legs(flow: OptionsFlow) -> None:
    await flow.begin("fuse")
    await flow.enter(
        fuse_size=100, fuse_current_l1=PHASES[0], fuse_current_l2=PHASES[1]
    )
    await flow.choose("save")
    fuse = options_of(flow.entry).fuse
    assert fuse is not None
    assert fuse.entity_ids == PHASES[:2]


async def test_fuse_of_three_phases(hass: HomeAssistant, flow: OptionsFlow) -> None:
    three_phases(hass, flow.entry)
    await flow.begin("fuse")
    currents = dict(zip(CONF_FUSE_CURRENTS, PHASES, strict=True))
    result = await flow.enter(fuse_size=35, **currents)
    assert result["description_placeholders"]["sensors"].splitlines() == [
        "| sensor.l1 | 12.3 A |",
        "| sensor.l2 | 3.0 A |",
        "| sensor.l3 | -2.0 A |",
    ]
    assert result["description_placeholders"]["room"] == "21.7 A"

    add_entity(hass, PHASES[1], "unavailable", "A")
    result = await flow.choose("fuse_confirm")
    assert "| sensor.l2 | ? |" in result["description_placeholders"]["sensors"]
    assert result["description_placeholders"]["room"] == "?"

    result = await flow.choose("fuse")
    assert shown_in(result)["fuse_size"] == 35
    await flow.enter(fuse_size=35, **currents)
    await flow.choose("save")
    assert options_of(flow.entry).fuse == FuseOptions(
        FuseConfig(size=35, voltage=230, phases=3), tuple(map(Sensor, PHASES))
    )


async def test_numbers_are_written_as_in_the_language_of_the_server(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    hass.config.language = "de"
    add_entity(hass, GRID, -1200, "W", friendly_name="Netz 1.0")
    await flow.begin("green")
    await flow.choose("green_grid")
    result = await flow.enter(green_grid=GRID, green_grid_positive="import")
    assert result["description_placeholders"]["grid_export"] == "1,2 kW"
    three_phases(hass, flow.entry)
    await flow.begin("fuse")
    result = await flow.enter(
        fuse_size=25, fuse_power=GRID, fuse_power_positive="export"
    )
    assert result["description_placeholders"] == {
        "size": "25",
        "sensors": "| Netz 1.0 | 1,2 kW |",
        "room": "22,3 A",
    }


async def test_fuse_with_a_power_sensor(hass: HomeAssistant, flow: OptionsFlow) -> None:
    three_phases(hass, flow.entry)
    await flow.begin("fuse")
    result = await flow.enter(
        fuse_size=25, fuse_power=GRID, fuse_power_positive="export"
    )
    assert result["description_placeholders"] == {
        "size": "25",
        "sensors": "| Grid power | 1.2 kW |",
        "room": "22.3 A",
    }
    add_entity(hass, GRID, "unknown", "W")
    result = await flow.choose("fuse_confirm")
    assert result["description_placeholders"]["sensors"] == f"| {GRID} | ? |"
    assert result["description_placeholders"]["room"] == "?"
    await flow.choose("save")
    assert flow.saved() == {
        "fuse_size": 25,
        "fuse_power": GRID,
        "fuse_power_positive": "export",
    }
    assert options_of(flow.entry).fuse == FuseOptions(
        FuseConfig(size=25, voltage=230, phases=3),
        powers=(Sensor(GRID, inverted=True),),
        power_is_sum=True,
    )


async def test_fuse_with_currents_without_a_sign(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    three_phases(hass, flow.entry)
    await flow.begin("fuse")
    sensors = dict(zip(CONF_FUSE_CURRENTS, PHASES, strict=True))
    for key, entity_id, value in zip(
        CONF_FUSE_POWERS, POWERS, (-2829, 690, 460), strict=True
    ):
        add_entity(hass, entity_id, value, "W")
        sensors[key] = entity_id
    add_entity(hass, VOLTAGE, 231.4, "V")
    result = await flow.enter(
        fuse_size=25, fuse_current_positive="both", fuse_voltage=VOLTAGE, **sensors
    )
    assert result["description_placeholders"]["sensors"].splitlines() == [
        "| sensor.l1 | -12.3 A |",
        "| sensor.l2 | 3.0 A |",
        "| sensor.l3 | 2.0 A |",
        "| sensor.watts_l1 | -2.8 kW |",
        "| sensor.watts_l2 | 690 W |",
        "| sensor.watts_l3 | 460 W |",
        "| sensor.volts | 231 V |",
    ]
    assert result["description_placeholders"]["room"] == "21.0 A"
    await flow.choose("save")
    assert flow.saved() == {
        "fuse_size": 25,
        "fuse_current_positive": "both",
        "fuse_voltage": VOLTAGE,
        **sensors,
    }


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        # Each sensor shows its direction: a power sensor beside it is not needed.
        (
            {"fuse_current_l1": PHASES[0], "fuse_power_l1": GRID},
            {"fuse_power_l1": "sign_known"},
        ),
        (
            {
                "fuse_current_l1": PHASES[0],
                "fuse_current_l2": PHASES[1],
                "fuse_current_positive": "both",
                "fuse_power_l1": GRID,
            },
            {"fuse_power_l1": "other_phases"},
        ),
        (
            {"fuse_power_l1": GRID, "fuse_power": HOUSE},
            {"fuse_power": "one_power"},
        ),
        (
            {"fuse_power_l1": GRID, "fuse_power_l2": GRID},
            {"fuse_power_l2": "same_sensor"},
        ),
        (
            {"fuse_power_l1": GRID, "fuse_power_l2": HOUSE, "fuse_power_l3": SUN},
            {"fuse_power_l3": "too_many_phases"},
        ),
        ({"fuse_power_l1": PHASES[0]}, {"fuse_power_l1": "not_power"}),
        ({"fuse_voltage": VOLTAGE}, {"fuse_current_l1": "choose_sensor"}),
        (
            {"fuse_power": GRID, "fuse_voltage": PHASES[0]},
            {"fuse_voltage": "not_voltage"},
        ),
        (
            {"fuse_power": GRID, "fuse_voltage": "sensor.high_voltage"},
            {"fuse_voltage": "other_voltage"},
        ),
        (
            {"fuse_power": GRID, "fuse_voltage": "sensor.gone"},
            {"fuse_voltage": "entity_missing"},
        ),
    ],
)
async def test_sensors_that_do_not_go_together_at_the_fuse(
    hass: HomeAssistant,
    flow: OptionsFlow,
    user_input: dict[str, Any],
    errors: dict[str, str],
) -> None:
    add_entity(hass, VOLTAGE, 236, "V")
    add_entity(hass, "sensor.high_voltage", 400, "V")
    await flow.begin("fuse")
    await flow.fails(errors, fuse_size=63, **user_input)


async def test_too_few_powers_for_the_fuse(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    three_phases(hass, flow.entry)
    await flow.begin("fuse")
    await flow.fails(
        {"fuse_power_l2": "too_few_phases", "fuse_power_l3": "too_few_phases"},
        fuse_size=63,
        fuse_power_l1=GRID,
    )


FUSE_ERRORS: Final = [
    ({"fuse_size": 63}, {"fuse_current_l1": "choose_sensor"}),
    ({"fuse_current_l1": PHASES[0]}, {"fuse_size": "choose_size"}),
    ({"fuse_power": GRID}, {"fuse_size": "choose_size"}),
    (
        {"fuse_size": 63, "fuse_current_l1": PHASES[0], "fuse_power": GRID},
        {"fuse_power": "sign_known"},
    ),
    (
        {"fuse_size": 63, "fuse_current_l1": "sensor.gone"},
        {"fuse_current_l1": "entity_missing"},
    ),
    ({"fuse_size": 63, "fuse_current_l1": GRID}, {"fuse_current_l1": "not_current"}),
    ({"fuse_size": 63, "fuse_power": PHASES[0]}, {"fuse_power": "not_power"}),
    (
        {"fuse_size": 63, "fuse_current_l1": PHASES[0], "fuse_current_l2": PHASES[0]},
        {"fuse_current_l2": "same_sensor"},
    ),
    (
        {
            "fuse_size": 63,
            "fuse_current_l1": PHASES[0],
            "fuse_current_l2": PHASES[1],
            "fuse_current_l3": PHASES[2],
        },
        {"fuse_current_l3": "too_many_phases"},
    ),
    *(
        ({"fuse_size": value, "fuse_power": GRID}, {"fuse_size": "fuse_size_range"})
        for value in (0, 9, 201, -63, 62.5, NAN, INFINITY)
    ),
    *(
        (
            {"fuse_size": 63, "fuse_power": GRID, "fuse_silent_seconds": value},
            {"fuse_silent_seconds": "fuse_silent_seconds_range"},
        )
        for value in (0, 9, 3601, 60.5, NAN, INFINITY)
    ),
]


@pytest.mark.parametrize(("user_input", "errors"), FUSE_ERRORS)
async def test_nonsense_for_the_fuse(
    flow: OptionsFlow, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.begin("fuse")
    await flow.fails(errors, **user_input)


async def test_too_few_phases_for_the_fuse(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    three_phases(hass, flow.entry)
    await flow.begin("fuse")
    few = "too_few_phases"
    await flow.fails(
        {"fuse_current_l2": few, "fuse_current_l3": few},
        fuse_size=63,
        fuse_current_l1=PHASES[0],
    )
    await flow.fails(
        {"fuse_current_l1": few, "fuse_current_l3": "not_current"},
        fuse_size=63,
        fuse_current_l2=PHASES[0],
        fuse_current_l3=GRID,
    )


# Cars


async def test_no_cars_without_connectors(flow: OptionsFlow) -> None:
    result = await flow.begin("vehicles")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_connectors"


async def test_the_car_at_the_only_connector(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    add_connector(hass, flow.entry, ONE)
    result = await flow.begin("vehicles")
    assert result["step_id"] == "vehicle"
    assert result["description_placeholders"] == {"connector": "Wall Connector 1839"}
    assert shown_in(result) == {"contactor": False}

    await flow.enter(contactor=True)
    assert flow.saved() == {"contactor_1839": True}
    assert options_of(flow.entry).contactors == {ONE, OTHER}

    result = await flow.begin("vehicles")
    assert shown_in(result) == {"contactor": True}
    await flow.enter(contactor=False)
    assert flow.saved() == {}


async def test_the_car_at_one_of_several_connectors(
    hass: HomeAssistant, flow: OptionsFlow
) -> None:
    add_connector(hass, flow.entry, OTHER)
    add_connector(hass, flow.entry, ONE)
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, flow.entry.entry_id):
        if device.name == "Wall Connector 1839":
            devices.async_update_device(device.id, name_by_user="Garage")
    devices.async_get_or_create(
        config_entry_id=flow.entry.entry_id,
        identifiers={(DOMAIN, flow.entry.entry_id)},
        name="TWC Manager",
    )

    result = await flow.begin("vehicles")
    assert result["step_id"] == "vehicles"
    assert result["data_schema"].schema["connector"].config["options"] == [
        {"value": str(ONE), "label": "Garage"},
        {"value": str(OTHER), "label": "Wall Connector 2431"},
    ]
    result = await flow.enter(connector=str(ONE))
    assert result["description_placeholders"] == {"connector": "Garage"}
    await flow.enter(contactor=True)
    assert flow.saved() == {"contactor_1839": True}

    await flow.begin("vehicles")
    result = await flow.enter(connector=str(OTHER))
    assert shown_in(result) == {"contactor": True}


# Behaviour


async def test_behaviour(flow: OptionsFlow) -> None:
    result = await flow.begin("behaviour")
    assert shown_in(result) == {
        "plug_in_charge": True,
        "six_amp_recovery": True,
        "turn_minutes": 20,
        "starts_per_hour": 4,
        "leave_at_minimum": False,
        "emergency_amps": 6,
    }
    await flow.enter(
        plug_in_charge=False,
        six_amp_recovery=False,
        turn_minutes=20.0,
        starts_per_hour=2.0,
        leave_at_minimum=True,
        emergency_amps=8.0,
    )
    assert flow.saved() == {
        "plug_in_charge": False,
        "six_amp_recovery": False,
        "starts_per_hour": 2,
        "leave_at_minimum": True,
        "emergency_amps": 8,
    }
    options = options_of(flow.entry)
    assert not options.plug_in_charge
    assert not options.six_amp_recovery
    assert (options.turn_minutes, options.starts_per_hour) == (20, 2)
    assert options.leave_at_minimum

    await flow.begin("behaviour")
    await flow.enter(turn_minutes=20)
    assert flow.saved() == {}


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("turn_minutes", (0, 4, 241, 7.5, NAN, INFINITY)),
        ("starts_per_hour", (0, 31, 1.5, NAN, -INFINITY)),
        ("emergency_amps", (-1, 81, 6.5, NAN)),
    ],
)
async def test_nonsense_for_the_behaviour(
    flow: OptionsFlow, key: str, values: tuple[float, ...]
) -> None:
    await flow.begin("behaviour")
    for value in values:
        await flow.fails({key: f"{key}_range"}, **{key: value})


# What no screen sends


@pytest.mark.parametrize(
    ("path", "user_input"),
    [
        (("green", "green_grid"), {"green_grid": 5}),
        (("green", "green_grid"), {"green_grid": "grid"}),
        (("green", "green_grid"), {"green_grid": [GRID]}),
        (("green", "green_grid"), {"green_grid": GRID, "green_grid_positive": "up"}),
        (("green", "green_grid"), {"green_production": SUN}),
        (("green", "green_details"), {"green_hold_minutes": None}),
        (("green", "green_details"), {"green_stale_minutes": "long"}),
        # Our own entities are not offered.
        (("green", "green_grid"), {"green_grid": "sensor.twc_power"}),
        (("fuse",), {"fuse_size": 63, "fuse_current_l1": "sensor.twc_current"}),
        (("fuse",), {"fuse_size": {}}),
        (("fuse",), {"green_grid": GRID}),
        (("vehicles",), {"connector": "9999"}),
        (("behaviour",), {"turn_minutes": None}),
    ],
)
async def test_wrong_types(
    hass: HomeAssistant,
    flow: OptionsFlow,
    path: tuple[str, ...],
    user_input: dict[str, Any],
) -> None:
    add_connector(hass, flow.entry, ONE)
    add_connector(hass, flow.entry, OTHER)
    await flow.begin(*path)
    with pytest.raises(InvalidData):
        await flow.enter(**user_input)
    assert dict(flow.entry.options) == KEPT


async def test_unknown_menu_option(flow: OptionsFlow) -> None:
    await flow.begin()
    with pytest.raises((InvalidData, UnknownStep)):
        await flow.enter(next_step_id="save")


# The options without the flow


def test_nothing_chosen() -> None:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA)
    assert options_of(entry) == Options()
    assert Options().starts_per_hour == 4
    assert Options().turn_minutes == 15


@pytest.mark.parametrize(
    "options",
    [
        {"green_source": "grid"},
        {"green_source": "production", "green_grid": GRID},
        {"green_grid": GRID, "green_source": "nothing"},
        {"fuse_power": GRID},
        {"contactor_1839": False},
    ],
)
def test_half_of_the_options_is_none(options: dict[str, Any]) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=options)
    assert options_of(entry) == Options()


async def test_values_of_sensors(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    add_entity(hass, GRID, 1.5, "kW")
    add_entity(hass, LEVEL, 55, "%")
    freezer.tick(10)
    hass.states.async_set(GRID, "1.5", {"unit_of_measurement": "kW"})
    freezer.tick(2)
    green = GreenOptions(
        SourceConfig(),
        {
            Source.GRID: Sensor(GRID, inverted=True),
            Source.BATTERY_POWER: Sensor("sensor.gone"),
            Source.BATTERY_LEVEL: Sensor(LEVEL),
        },
    )
    readings = green_readings(green, Liveness(hass, green.entity_ids), 1000.0)
    # A sensor that reports the same value again is not silent.
    assert readings.grid == Reading(-1500.0, 998.0)
    assert readings.battery_level == Reading(55.0, 988.0)
    assert readings.battery_power == Reading(None, 1000.0, Fault.UNAVAILABLE)
    assert readings.production is None


@pytest.mark.parametrize(
    ("value", "unit"), [("12", "mA"), ("much", "A"), ("inf", "A"), (None, None)]
)
async def test_unusable_values_of_fuse_sensors(
    hass: HomeAssistant, value: str | None, unit: str | None
) -> None:
    add_entity(hass, PHASES[0], 10, "A")
    if value is not None:
        add_entity(hass, PHASES[1], value, unit)
    fuse = FuseOptions(FuseConfig(size=63), tuple(map(Sensor, PHASES[:2])))
    reading = fuse_reading(fuse, Liveness(hass, fuse.entity_ids), 1000.0)
    assert reading.currents[0] == 10
    assert reading.amps(fuse.config) is None


async def test_a_phase_without_a_sensor_is_not_known(hass: HomeAssistant) -> None:
    add_entity(hass, PHASES[0], 10, "A")
    fuse = FuseOptions(FuseConfig(size=63, phases=3), (Sensor(PHASES[0]),))
    assert (
        fuse_reading(fuse, Liveness(hass, fuse.entity_ids), 1000.0).amps(fuse.config)
        is None
    )


# With a real bus


async def test_saving_reloads_the_bus_and_charging_is_not_counted_as_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    bus: Bus,
    config_entry: MockConfigEntry,
) -> None:
    bus.add(WallConnector(ONE)).plug_in(quick_car())
    keep_known(hass_storage, config_entry, ONE)
    hass.config_entries.async_update_entry(config_entry, options=KEPT)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    before = config_entry.runtime_data
    await async_until(hass, lambda: before.data.total_power > 1000)
    add_entity(hass, GRID, 0, "W")

    flow = OptionsFlow(hass, config_entry)
    await flow.begin("green", "green_grid")
    result = await flow.enter(green_grid=GRID)
    assert result["description_placeholders"]["grid_import"] == "0 W"
    shown = float(result["description_placeholders"]["surplus"].removesuffix(" kW"))
    assert shown == pytest.approx(before.data.total_power / 1000, abs=0.1)

    await flow.choose("save")
    await async_until(hass, lambda: config_entry.runtime_data is not before)
    assert config_entry.state is ConfigEntryState.LOADED
    await async_until(
        hass,
        lambda: state(hass, config_entry, "sensor", "status", ONE) == "charging",
    )

    # Saving the same again interrupts no charging; the connector's name comes from its device.
    after = config_entry.runtime_data
    result = await flow.begin("vehicles")
    assert result["description_placeholders"] == {"connector": "Wall Connector 1839"}
    await flow.enter(contactor=False)
    flow.saved()
    await hass.async_block_till_done()
    assert config_entry.runtime_data is after
    assert after.data.status is BusStatus.RUNNING


# The words


def test_every_text_is_used() -> None:
    """What a step needs is checked wherever a test sees one; this finds what none needs."""
    parts = (
        options_flow,
        options_form,
        green_steps,
        fuse_steps,
        outside_steps,
        peak_steps,
        check_steps,
        price_steps,
        forecast_steps,
        price_errors,
        checks,
        flow_fields,
    )
    used = set[str]().union(*map(strings_in, parts))
    ranges = {f"{key}_range" for key in options_form.LIMITS}
    assert set(TEXTS) == {"abort", "error", "step"}
    assert ranges <= set(TEXTS["error"]) <= used | ranges
    assert set(TEXTS["abort"]) <= used
    flow = options_flow.TwcManagerOptionsFlow
    classes = (flow, *flow.__bases__, options_form.OptionsForm)
    steps = set[str]().union(*map(steps_of, classes))
    assert set(TEXTS["step"]) == steps - {
        *("save", "green_none", "prices_none", "check_cancel")
    }
    for step in TEXTS["step"].values():
        assert set(step.get("menu_options", {})) <= steps
    assert all(text and text == text.strip() for text in words_in(TEXTS))


def test_every_default_is_an_option() -> None:
    fields = {
        key for step in TEXTS["step"].values() for key in step.get("data", {})
    } - {"connector"}
    assert set(DEFAULTS) <= fields
    assert connector_option("contactor", 0x32E) == "contactor_032E"
