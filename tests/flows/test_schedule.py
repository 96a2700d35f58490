"""Adding, changing and removing schedules."""

from datetime import UTC, datetime, time
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.flows import (
    fields as flow_fields,
    named as named_flow,
    schedule as schedule_flow,
)
from custom_components.twc_manager.inputs.schedules import ScheduleOptions, schedules_of
from custom_components.twc_manager.subentries import async_watch_subentries
from simulator import Bus, WallConnector
from tests.conftest import ENTRY_DATA
from tests.helpers import keep_known
from tests.scene import Builder

from .clicks import SubentryClicks
from .steps import (
    INFINITY,
    NAN,
    TRANSLATIONS,
    add_connector,
    add_entity,
    shown_in,
    steps_of,
    strings_in,
    words_in,
)

ONE: Final = 0x1839
OTHER: Final = 0x2431
TEXTS: Final = TRANSLATIONS["config_subentries"]["schedule"]
WEEK: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

NIGHT: Final[dict[str, Any]] = {
    "name": "Night",
    "days": ["sun", "mon"],
    "start": "23:00:00",
    "end": "05:00:00",
    "action": "amps",
    "amps": 16,
}
CHEAP: Final[dict[str, Any]] = {
    "name": "Cheap power",
    "entity_id": "binary_sensor.cheap",
    "action": "green_only",
}


class ScheduleFlow(SubentryClicks):
    """The flow of schedules."""

    kind = "schedule"
    first = "times"
    warning = "overlap"
    sometimes = frozenset({"connectors"})


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bus that is not set up: its port is left alone."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "/dev/null", **ENTRY_DATA}
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def flow(hass: HomeAssistant, entry: MockConfigEntry) -> ScheduleFlow:
    for entity_id in (
        "binary_sensor.cheap",
        "schedule.night",
        "input_boolean.holidays",
        "switch.boiler",
        "calendar.work",
    ):
        add_entity(hass, entity_id, "off")
    add_entity(hass, "sensor.price", 12)
    return ScheduleFlow(hass, entry)


# Adding


async def test_a_schedule_with_times(flow: ScheduleFlow) -> None:
    result = await flow.begin()
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["times", "entity"]
    result = await flow.begin("times")
    assert result["type"] is FlowResultType.FORM
    assert not result["errors"]
    assert shown_in(result) == {
        "days": WEEK,
        "start": "23:00:00",
        "end": "05:00:00",
        "action": "amps",
    }
    assert result["description_placeholders"] == {
        "minimum": "12",
        "maximum": "48",
        # The bus is not set up.
        "mode": "?",
    }

    result = await flow.enter(**NIGHT | {"name": " Night ", "amps": 16.0})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.stored() == {
        "Night": {
            "days": ["mon", "sun"],
            "start": "23:00:00",
            "end": "05:00:00",
            "action": "amps",
            "amps": 16,
        }
    }
    assert type(flow.stored()["Night"]["amps"]) is int
    (subentry,) = flow.entry.subentries.values()
    assert (subentry.subentry_type, subentry.unique_id) == ("schedule", None)
    (night,) = schedules_of(flow.entry)
    assert night == ScheduleOptions(
        Schedule(
            id=subentry.subentry_id,
            name="Night",
            days=frozenset({0, 6}),
            start=time(23),
            end=time(5),
            kind=ScheduleKind.AMPS,
            amps=16,
        )
    )
    # Sunday's night lasts into Monday.
    monday = datetime(2026, 11, 23, 4, 59, tzinfo=UTC)
    assert night.schedule.span(monday) is not None
    assert night.schedule.span(monday.replace(day=22)) is None


async def test_a_schedule_that_follows_an_entity(
    hass: HomeAssistant, flow: ScheduleFlow
) -> None:
    result = await flow.begin("entity")
    assert shown_in(result)["action"] == "amps"
    await flow.enter(**CHEAP)
    assert flow.stored() == {
        "Cheap power": {"entity_id": "binary_sensor.cheap", "action": "green_only"}
    }
    (cheap,) = schedules_of(flow.entry)
    assert cheap.followed == "binary_sensor.cheap"
    assert cheap.schedule.kind is ScheduleKind.GREEN_ONLY
    assert cheap.schedule.amps is None
    assert cheap.schedule.connectors is None

    for value, follows in (
        ("on", True),
        ("off", False),
        ("unavailable", None),
        ("unknown", None),
    ):
        add_entity(hass, "binary_sensor.cheap", value)
        assert cheap.follows(hass) is follows
    hass.states.async_remove("binary_sensor.cheap")
    assert cheap.follows(hass) is None
    assert cheap.now(True).follows
    assert not cheap.now(False).doubtful
    assert cheap.now(None).doubtful
    assert not cheap.now(None).follows
    assert not cheap.now(True, enabled=False).enabled


@pytest.mark.parametrize(
    "entity_id",
    ["schedule.night", "input_boolean.holidays", "switch.boiler", "calendar.work"],
)
async def test_entities_that_can_be_followed(
    flow: ScheduleFlow, entity_id: str
) -> None:
    await flow.add("entity", **CHEAP | {"entity_id": entity_id})
    assert schedules_of(flow.entry)[0].followed == entity_id


async def test_a_schedule_for_some_connectors(
    hass: HomeAssistant, flow: ScheduleFlow
) -> None:
    await flow.begin("times")
    with pytest.raises(InvalidData):
        await flow.enter(**NIGHT, connectors=[])

    add_connector(hass, flow.entry, OTHER)
    add_connector(hass, flow.entry, ONE)
    result = await flow.begin("times")
    assert result["data_schema"].schema["connectors"].config["options"] == [
        {"value": "1839", "label": "Wall Connector 1839"},
        {"value": "2431", "label": "Wall Connector 2431"},
    ]
    await flow.enter(**NIGHT, connectors=["2431"])
    await flow.add(**NIGHT | {"name": "All"}, connectors=[])
    stored = flow.stored()
    assert stored["Night"]["connectors"] == ["2431"]
    assert "connectors" not in stored["All"]
    one, both = (item.schedule.connectors for item in schedules_of(flow.entry))
    assert (one, both) == (frozenset({OTHER}), None)


@pytest.mark.parametrize(
    ("user_input", "amps"),
    [
        ({"action": "green_only"}, 16),
        ({"action": "do_not_charge"}, None),
        ({"action": "do_not_charge", "amps": 1000}, None),
        ({"amps": 12}, 12),
        ({"amps": 48}, 48),
    ],
)
async def test_amps(
    flow: ScheduleFlow, user_input: dict[str, Any], amps: int | None
) -> None:
    await flow.add(**NIGHT | user_input)
    assert flow.stored()["Night"].get("amps") == amps
    (item,) = schedules_of(flow.entry)
    assert item.schedule.amps == amps
    assert item.now(None) == item.schedule


async def test_a_whole_day(flow: ScheduleFlow) -> None:
    await flow.add(**NIGHT | {"start": "06:00", "end": "06:00:00", "days": ["sat"]})
    assert flow.stored()["Night"]["start"] == "06:00:00"
    (item,) = schedules_of(flow.entry)
    saturday = datetime(2026, 11, 21, 6, tzinfo=UTC)
    span = item.schedule.span(saturday)
    assert span is not None
    assert (span.start, span.end) == (saturday, saturday.replace(day=22))


# What is wrong


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        ({"name": "  "}, {"name": "name_missing"}),
        ({"name": " HOLIDAY "}, {"name": "name_used"}),
        ({"days": []}, {"days": "no_day"}),
        ({"amps": None}, {"amps": "amps_missing"}),
        *(
            ({"amps": value}, {"amps": "amps_range"})
            for value in (0, 11, 49, -16, 16.5, 1e9, NAN, INFINITY, -INFINITY)
        ),
        ({"action": "green_only", "amps": 0}, {"amps": "amps_range"}),
        (
            {"name": "", "days": [], "amps": None},
            {"name": "name_missing", "days": "no_day", "amps": "amps_missing"},
        ),
    ],
)
async def test_nonsense_for_a_schedule(
    flow: ScheduleFlow, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.add(**NIGHT | {"name": "Holiday"})
    await flow.begin("times")
    entered = {k: v for k, v in (NIGHT | user_input).items() if v is not None}
    result = await flow.enter(**entered)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert shown_in(result) == pytest.approx(entered, nan_ok=True)
    await flow.save(**NIGHT)
    assert set(flow.stored()) == {"Holiday", "Night"}


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        ({"entity_id": "schedule.gone"}, {"entity_id": "entity_missing"}),
        ({"entity_id": "sensor.price"}, {"entity_id": "wrong_entity"}),
        ({"action": "amps"}, {"amps": "amps_missing"}),
        ({"name": ""}, {"name": "name_missing"}),
    ],
)
async def test_nonsense_for_one_that_follows(
    flow: ScheduleFlow, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.begin("entity")
    result = await flow.enter(**CHEAP | user_input)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    result = await flow.enter(**CHEAP)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "user_input",
    [
        {"start": "late"},
        {"start": "24:00:00"},
        {"end": None},
        {"end": 5},
        {"days": "mon"},
        {"days": ["monday"]},
        {"days": None},
        {"action": "explode"},
        {"action": None},
        {"amps": "many"},
        {"name": None},
        {"connectors": ["9999"]},
        {"connectors": "1839"},
        {"entity_id": "schedule.night"},
    ],
)
async def test_wrong_types(
    hass: HomeAssistant, flow: ScheduleFlow, user_input: dict[str, Any]
) -> None:
    add_connector(hass, flow.entry, ONE)
    await flow.begin("times")
    with pytest.raises(InvalidData):
        await flow.enter(**NIGHT | user_input)
    assert not flow.stored()


# Changing


async def test_a_schedule_that_overlaps_is_warned_of_and_not_refused(
    flow: ScheduleFlow,
) -> None:
    await flow.add(**NIGHT)
    await flow.add(**NIGHT | {"name": "Noon", "start": "11:00:00", "end": "13:00:00"})
    await flow.begin("times")
    late = {**NIGHT, "name": "Late ", "days": ["mon"], "start": "04:00:00"}
    result = await flow.enter(**late | {"end": "11:00:00"})
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "overlap"
    assert result["menu_options"] == ["save", "times"]
    assert result["description_placeholders"] == {
        "name": "Late",
        "others": "Night (23:00–05:00)",
    }

    # What was entered can be changed, or saved as it is.
    result = await flow.enter(next_step_id="times")
    assert shown_in(result) == {**late, "end": "11:00:00"}
    result = await flow.enter(**late | {"end": "11:01:00"})
    assert result["description_placeholders"]["others"] == (
        "Night (23:00–05:00), Noon (11:00–13:00)"
    )
    result = await flow.enter(next_step_id="save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.stored()["Late"]["end"] == "11:01:00"

    # It does not overlap with itself.
    await flow.begin("times", change="Noon")
    result = await flow.enter(
        **NIGHT | {"name": "Noon", "start": "12:00:00", "end": "14:00:00"}
    )
    assert result["type"] is FlowResultType.ABORT


async def test_the_form_says_what_counts_at_other_times(set_up: Builder) -> None:
    scene = await set_up((ONE, None))
    flow = ScheduleFlow(scene.hass, scene.entry)
    for mode, name in ("off", "Off"), ("fixed", "Fixed"):
        await scene.choose("select.mode", mode)
        for step in "times", "entity":
            result = await flow.begin(step)
            assert result["description_placeholders"]["mode"] == name


async def test_change_a_schedule(flow: ScheduleFlow) -> None:
    other = {"name": "Other", "start": "12:00:00", "end": "13:00:00"}
    await flow.add(**NIGHT | other)
    await flow.add(**NIGHT)
    before = flow.id_of("Night")

    result = await flow.begin(change="Night")
    assert result["type"] is FlowResultType.MENU
    assert result["description_placeholders"] == {"name": "Night"}
    result = await flow.begin("times", change="Night")
    assert shown_in(result) == NIGHT | {"days": ["mon", "sun"]}

    result = await flow.enter(**NIGHT | {"name": "other"})
    assert result["errors"] == {"name": "name_used"}
    # Its own name is not another's.
    result = await flow.enter(**NIGHT | {"name": "NIGHT", "action": "do_not_charge"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert flow.stored()["NIGHT"] == {
        "days": ["mon", "sun"],
        "start": "23:00:00",
        "end": "05:00:00",
        "action": "do_not_charge",
    }
    assert flow.id_of("NIGHT") == before
    assert [item.schedule.name for item in schedules_of(flow.entry)] == [
        "Other",
        "NIGHT",
    ]


async def test_from_times_to_an_entity_and_back(flow: ScheduleFlow) -> None:
    await flow.add(**NIGHT)
    result = await flow.begin("entity", change="Night")
    assert shown_in(result) == {"name": "Night", "action": "amps", "amps": 16}
    await flow.enter(**CHEAP)
    assert flow.stored() == {
        "Cheap power": {"entity_id": "binary_sensor.cheap", "action": "green_only"}
    }

    result = await flow.begin("times", change="Cheap power")
    assert shown_in(result) == {
        "name": "Cheap power",
        "days": WEEK,
        "start": "23:00:00",
        "end": "05:00:00",
        "action": "green_only",
    }
    await flow.enter(**NIGHT)
    assert "entity_id" not in flow.stored()["Night"]


async def test_change_a_schedule_for_a_connector_that_is_gone(
    hass: HomeAssistant, flow: ScheduleFlow
) -> None:
    data = {**NIGHT, "connectors": ["2431"]}
    del data["name"]
    entry = MockConfigEntry(
        domain=DOMAIN,
        data=flow.entry.data,
        subentries_data=[
            ConfigSubentryData(
                data=data, subentry_type="schedule", title="Night", unique_id=None
            ),
        ],
    )
    entry.add_to_hass(hass)
    flow = ScheduleFlow(hass, entry)
    add_connector(hass, entry, ONE)
    result = await flow.begin("times", change="Night")
    assert result["data_schema"].schema["connectors"].config["options"] == [
        {"value": "1839", "label": "Wall Connector 1839"},
        {"value": "2431", "label": "2431"},
    ]
    assert shown_in(result)["connectors"] == ["2431"]
    await flow.enter(**NIGHT, connectors=["2431", "1839"])
    assert flow.stored()["Night"]["connectors"] == ["1839", "2431"]


# Acting at once


async def test_every_change_is_reported(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hass_ws_client: WebSocketGenerator,
    bus: Bus,
    config_entry: MockConfigEntry,
) -> None:
    bus.add(WallConnector(ONE))
    keep_known(hass_storage, config_entry, ONE)
    assert await hass.config_entries.async_setup(config_entry.entry_id)
    reported: list[list[str]] = []
    reported_kinds: list[frozenset[str]] = []

    def changed(kinds: frozenset[str]) -> None:
        reported_kinds.append(kinds)
        reported.append([item.schedule.name for item in schedules_of(config_entry)])

    stop = async_watch_subentries(
        hass, lambda: [config_entry], changed, ignored=frozenset()
    )
    flow = ScheduleFlow(hass, config_entry)

    await flow.add(**NIGHT, connectors=["1839"])
    assert reported == [["Night"]]
    await flow.add(**NIGHT | {"name": "Day"})
    await flow.begin("times", change="Night")
    await flow.save(**NIGHT | {"amps": 20})
    await flow.begin("times", change="Day")
    await flow.save(**NIGHT | {"name": "Noon"})
    assert reported[1:] == [["Night", "Day"], ["Night", "Day"], ["Night", "Noon"]]

    # Nothing of a schedule changed: neither here nor in another entry.
    await flow.begin("times", change="Noon")
    await flow.save(**NIGHT | {"name": "Noon"})
    hass.config_entries.async_update_entry(config_entry, title="Garage")
    other = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA)
    other.add_to_hass(hass)
    hass.config_entries.async_update_entry(other, title="Barn")
    assert len(reported) == 4

    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "config_entries/subentries/delete",
            "entry_id": config_entry.entry_id,
            "subentry_id": flow.id_of("Night"),
        }
    )
    assert (await client.receive_json())["success"]
    assert reported[4:] == [["Noon"]]
    assert set(reported_kinds) == {frozenset({"schedule"})}

    stop()
    await flow.add(**NIGHT)
    assert len(reported) == 5


# The words


def test_every_text_is_used() -> None:
    """What a step needs is checked wherever a test sees one; this finds what none needs."""
    used = set().union(*map(strings_in, (named_flow, schedule_flow, flow_fields)))
    assert "schedule" in TRANSLATIONS["config_subentries"]
    assert set(TEXTS) == {"entry_type", "error", "initiate_flow", "step"}
    assert set(TEXTS["initiate_flow"]) == {"user", "reconfigure"}
    assert set(TEXTS["error"]) <= used
    steps = steps_of(schedule_flow.ScheduleSubentryFlow)
    # One step saves, and shows nothing.
    assert set(TEXTS["step"]) == steps - {"save"}
    assert all(text and text == text.strip() for text in words_in(TEXTS))
