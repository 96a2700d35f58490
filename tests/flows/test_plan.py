"""Adding, changing and removing plans."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.planning.goals import Strategy
from custom_components.twc_manager.charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanRequest,
    WeeklyTime,
)
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.flows import (
    named as named_flow,
    plan as plan_flow,
    plan_form,
)
from custom_components.twc_manager.inputs import plan_checks
from custom_components.twc_manager.inputs.plans import plans_of
from tests.conftest import ENTRY_DATA
from tests.scene import OLD as SIMULATED, Builder
from tests.vehicles.scene import vehicle

from .clicks import SubentryClicks
from .steps import (
    INFINITY,
    NAN,
    TRANSLATIONS,
    add_connector,
    shown_in,
    steps_of,
    strings_in,
    words_in,
)

# A Monday, four months before the clock is set forward on the 28th of March.
pytestmark = pytest.mark.starts_at(datetime(2026, 11, 30, 11, 0, tzinfo=UTC))

ONE: Final = 0x1839
TEXTS: Final = TRANSLATIONS["config_subentries"]["plan"]
WEEK: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RED: Final = vehicle("Red one", "red", battery="sensor.level")
OLD: Final = vehicle("Old one", "old", connector="1839")

WORK: Final[dict[str, Any]] = {
    "name": "Work",
    "car": "vehicle_red",
    "goal": "percent",
    "amount": 80,
    "days": ["tue", "mon"],
    "at": "07:00:00",
    "strategy": "cheapest",
    "keep": 30,
}
TRIP: Final[dict[str, Any]] = {
    "name": "Trip",
    "car": "connector_1839",
    "goal": "energy",
    "amount": 20.5,
    "ready": "2026-12-05 09:30:00",
    "strategy": "one_block",
    "keep": 0,
}


class PlanFlow(SubentryClicks):
    """The flow of plans."""

    kind = "plan"
    first = "weekly"
    warning = "same_time"


@pytest.fixture
async def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bus with a connector and two cars that is not set up: its port is left alone."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "/dev/null", **ENTRY_DATA}
    )
    entry.add_to_hass(hass)
    for subentry in (RED, OLD):
        hass.config_entries.async_add_subentry(entry, subentry)
    add_connector(hass, entry, ONE)
    return entry


@pytest.fixture
def flow(hass: HomeAssistant, entry: MockConfigEntry) -> PlanFlow:
    return PlanFlow(hass, entry)


def plan(entry: MockConfigEntry) -> PlanRequest:
    """Return the only plan, as the rules get it."""
    (only,) = plans_of(entry)
    return only


# Adding


async def test_a_plan_on_days_of_the_week(flow: PlanFlow) -> None:
    result = await flow.begin()
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["weekly", "once"]
    result = await flow.begin("weekly")
    assert shown_in(result) == {
        "goal": "energy",
        "days": WEEK,
        "at": "07:00:00",
        "strategy": "cheapest",
        "keep": 0,
    }
    assert result["data_schema"].schema["car"].config["options"] == [
        {"value": "vehicle_red", "label": "Red one"},
        {"value": "vehicle_old", "label": "Old one"},
        {"value": "connector_1839", "label": "Wall Connector 1839"},
    ]

    result = await flow.enter(**WORK | {"name": " Work "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.stored() == {
        "Work": {
            "vehicle": "red",
            "goal": "percent",
            "amount": 80.0,
            "days": ["mon", "tue"],
            "at": "07:00:00",
            "strategy": "cheapest",
            "keep": 30,
        }
    }
    assert plan(flow.entry) == PlanRequest(
        plan_id=flow.id_of("Work"),
        name="Work",
        connector_id=None,
        vehicle_id="red",
        goal=PercentGoal(80),
        ready=WeeklyTime(time(7), frozenset({0, 1})),
        strategy=Strategy.CHEAPEST,
        keep=timedelta(minutes=30),
    )


async def test_a_plan_for_once(flow: PlanFlow) -> None:
    result = await flow.begin("once")
    # The field of the screen would begin with today at 0:00, which is over.
    tomorrow = dt_util.now() + timedelta(days=1)
    assert shown_in(result)["ready"] == f"{tomorrow:%Y-%m-%d} 07:00:00"
    await flow.enter(**TRIP)
    assert flow.stored()["Trip"] == {
        "connector": "1839",
        "goal": "energy",
        "amount": 20.5,
        "ready": "2026-12-05T09:30:00+01:00",
        "strategy": "one_block",
        "keep": 0,
    }
    kept = plan(flow.entry)
    assert (kept.connector_id, kept.vehicle_id) == (ONE, None)
    assert kept.goal == EnergyGoal(20.5)
    assert kept.ready == OnceTime(datetime(2026, 12, 5, 8, 30, tzinfo=UTC))
    assert kept.strategy is Strategy.ONE_BLOCK


async def test_the_first_of_two_times_is_the_one(flow: PlanFlow) -> None:
    await flow.add("once", **TRIP | {"ready": "2027-10-31 02:30:00"})
    ready = plan(flow.entry).ready
    assert ready == OnceTime(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))


async def test_a_plan_in_hours_as_late_as_possible(flow: PlanFlow) -> None:
    changes = {"goal": "duration", "amount": 2.5, "strategy": "latest"}
    await flow.add(**WORK | changes | {"car": "vehicle_old"})
    kept = plan(flow.entry)
    assert kept.goal == DurationGoal(2.5)
    assert kept.strategy is Strategy.LATEST


async def test_there_is_nothing_to_plan_for_without_any_car(
    hass: HomeAssistant,
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA)
    entry.add_to_hass(hass)
    result = await PlanFlow(hass, entry).begin()
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_car"


# What is wrong


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        ({"name": "  "}, {"name": "name_missing"}),
        ({"name": " HOLIDAY "}, {"name": "name_used"}),
        ({"days": []}, {"days": "no_day"}),
        *(
            ({"amount": value}, {"amount": "percent_range"})
            for value in (0, 101, -80, 80.5, 1e9, NAN, INFINITY, -INFINITY)
        ),
        *(
            ({"goal": "energy", "amount": value}, {"amount": "energy_range"})
            for value in (0, -1, 1001, NAN, INFINITY)
        ),
        *(
            ({"goal": "duration", "amount": value}, {"amount": "duration_range"})
            for value in (0, 0.2, 169, NAN)
        ),
        ({"car": "vehicle_old"}, {"goal": "no_level"}),
        *(({"keep": value}, {"keep": "keep_range"}) for value in (-1, 181, 7.5, NAN)),
        (
            {"name": "", "days": [], "amount": 101, "keep": 600},
            {
                "name": "name_missing",
                "days": "no_day",
                "amount": "percent_range",
                "keep": "keep_range",
            },
        ),
    ],
)
async def test_nonsense_for_a_plan(
    flow: PlanFlow, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.add(**WORK | {"name": "Holiday"})
    before = flow.stored()
    await flow.begin("weekly")
    result = await flow.enter(**WORK | user_input)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert shown_in(result) == pytest.approx(WORK | user_input, nan_ok=True)
    assert flow.stored() == before
    await flow.save(**WORK)
    assert set(flow.stored()) == {"Holiday", "Work"}


@pytest.mark.parametrize(
    ("ready", "error"),
    [
        ("2026-11-30 11:59:00", "ready_past"),
        ("2020-01-01 07:00:00", "ready_past"),
        ("0001-01-01 00:00:00", "ready_past"),
        ("2027-12-02 07:00:00", "ready_far"),
        ("9999-12-31 23:59:59", "ready_far"),
        ("2027-03-28 02:30:00", "ready_skipped"),
    ],
)
async def test_a_time_that_cannot_be(flow: PlanFlow, ready: str, error: str) -> None:
    await flow.begin("once")
    result = await flow.enter(**TRIP | {"ready": ready})
    assert result["errors"] == {"ready": error}
    assert not flow.stored()
    result = await flow.enter(**TRIP)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_level_at_a_connector_needs_any_vehicle_that_reports_one(
    hass: HomeAssistant, flow: PlanFlow
) -> None:
    await flow.add(**WORK | {"car": "connector_1839"})
    hass.config_entries.async_remove_subentry(flow.entry, "red")
    await flow.begin("weekly", change="Work")
    result = await flow.enter(**WORK | {"car": "connector_1839"})
    assert result["errors"] == {"goal": "no_level"}


@pytest.mark.parametrize(
    "user_input",
    [
        {"at": "late"},
        {"at": "24:00:00"},
        {"days": "mon"},
        {"days": ["monday"]},
        {"car": "vehicle_gone"},
        {"car": None},
        {"goal": "everything"},
        {"amount": "much"},
        {"strategy": "at_once"},
        {"keep": "long"},
        {"name": None},
        {"ready": "2026-12-05 09:30:00"},
    ],
)
async def test_wrong_types(flow: PlanFlow, user_input: dict[str, Any]) -> None:
    await flow.begin("weekly")
    with pytest.raises(InvalidData):
        await flow.enter(**WORK | user_input)
    assert not flow.stored()


async def test_a_typed_level_needs_the_capacity(
    hass: HomeAssistant, flow: PlanFlow
) -> None:
    typed = vehicle("Typed one", "typed", capacity=60.0)
    hass.config_entries.async_add_subentry(flow.entry, typed)
    await flow.add(**WORK | {"car": "vehicle_typed"})


# Two at once


async def test_a_plan_for_the_same_car_and_time_is_warned_of_and_not_refused(
    flow: PlanFlow,
) -> None:
    await flow.add(**WORK)
    await flow.begin("weekly")
    other = {**WORK, "name": "Other ", "days": ["tue", "sat"]}
    result = await flow.enter(**other)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "same_time"
    assert result["menu_options"] == ["save", "weekly"]
    assert result["description_placeholders"] == {"name": "Other", "others": "Work"}

    # What was entered can be changed, or saved as it is.
    result = await flow.enter(next_step_id="weekly")
    assert shown_in(result) == other
    await flow.enter(**other)
    result = await flow.enter(next_step_id="save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert set(flow.stored()) == {"Work", "Other"}

    # It does not have the same time as itself.
    await flow.begin("weekly", change="Work")
    result = await flow.enter(**WORK | {"days": ["mon"]})
    assert result["type"] is FlowResultType.ABORT


@pytest.mark.parametrize(
    ("user_input", "warned"),
    [
        # The vehicle's own connector.
        ({"car": "vehicle_old", "ready": "2026-12-01 07:00:00"}, True),
        ({"car": "connector_1839", "ready": "2026-12-07 07:00:00"}, True),
        ({"car": "connector_1839", "ready": "2026-12-02 07:00:00"}, False),
        ({"car": "connector_1839", "ready": "2026-12-01 07:30:00"}, False),
        ({"car": "vehicle_red", "ready": "2026-12-01 07:00:00"}, False),
    ],
)
async def test_the_same_car_and_time_as_one_for_once(
    flow: PlanFlow, user_input: dict[str, Any], warned: bool
) -> None:
    await flow.add(**WORK | {"car": "connector_1839"})
    await flow.begin("once")
    result = await flow.enter(**TRIP | user_input)
    expected = FlowResultType.MENU if warned else FlowResultType.CREATE_ENTRY
    assert result["type"] is expected
    if warned:
        assert result["menu_options"] == ["save", "once"]


# Changing


async def test_more_than_is_possible_is_warned_of_and_not_refused(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((SIMULATED, None))
    flow = PlanFlow(hass, scene.entry)
    await flow.begin("once")
    much = {**TRIP, "car": "connector_032E", "amount": 900}
    much["ready"] = "2026-12-01 07:00:00"
    result = await flow.enter(**much)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "too_much"
    assert result["menu_options"] == ["save", "once"]
    possible = result["description_placeholders"].pop("possible")
    assert result["description_placeholders"] == {"name": "Trip", "needed": "900"}
    assert 100 < int(possible) < 300

    # What was entered can be changed, or saved as it is.
    result = await flow.enter(next_step_id="once")
    assert shown_in(result) == much
    await flow.enter(**much)
    result = await flow.enter(next_step_id="save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.stored()["Trip"]["amount"] == 900

    # On Monday there are two days until Wednesday.
    await flow.begin("weekly")
    weekly = {**WORK, "car": "connector_032E", "goal": "duration", "amount": 24}
    weekly["days"] = ["wed"]
    result = await flow.enter(**weekly)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await flow.begin("weekly", change="Work")
    result = await flow.enter(**weekly | {"amount": 60})
    assert result["menu_options"] == ["save", "weekly"]
    result = await flow.enter(next_step_id="save")
    assert result["type"] is FlowResultType.ABORT


async def test_change_a_plan(flow: PlanFlow) -> None:
    await flow.add(**WORK | {"name": "Other", "at": "08:00:00"})
    await flow.add(**WORK)
    before = flow.id_of("Work")

    result = await flow.begin(change="Work")
    assert result["type"] is FlowResultType.MENU
    assert result["description_placeholders"] == {"name": "Work"}
    result = await flow.begin("weekly", change="Work")
    assert shown_in(result) == WORK | {"days": ["mon", "tue"]}
    result = await flow.enter(**WORK | {"name": "other"})
    assert result["errors"] == {"name": "name_used"}
    # Its own name is not another's.
    result = await flow.enter(**WORK | {"name": "WORK", "amount": 70})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert flow.stored()["WORK"]["amount"] == 70
    assert flow.id_of("WORK") == before


async def test_from_every_week_to_once_and_back(flow: PlanFlow) -> None:
    await flow.add(**WORK)
    result = await flow.begin("once", change="Work")
    shown = shown_in(result)
    assert shown.pop("ready")
    assert shown == {
        key: value for key, value in WORK.items() if key not in {"days", "at"}
    }
    await flow.enter(**TRIP)
    assert "days" not in flow.stored()["Trip"]
    result = await flow.begin("once", change="Trip")
    assert shown_in(result) == TRIP
    result = await flow.begin("weekly", change="Trip")
    assert shown_in(result)["days"] == WEEK
    await flow.enter(**WORK)
    assert "ready" not in flow.stored()["Work"]


async def test_change_a_plan_whose_connector_is_gone(
    hass: HomeAssistant, flow: PlanFlow
) -> None:
    await flow.add("once", **TRIP)
    entry = MockConfigEntry(
        domain=DOMAIN,
        data=flow.entry.data,
        subentries_data=[
            {
                "data": flow.stored()["Trip"],
                "subentry_type": "plan",
                "title": "Trip",
                "unique_id": None,
            }
        ],
    )
    entry.add_to_hass(hass)
    result = await PlanFlow(hass, entry).begin("once", change="Trip")
    assert result["data_schema"].schema["car"].config["options"] == [
        {"value": "connector_1839", "label": "1839"}
    ]


# The words


def test_every_text_is_used() -> None:
    """What a step needs is checked wherever a test sees one; this finds what none needs."""
    used = set().union(
        *map(strings_in, (named_flow, plan_flow, plan_form, plan_checks))
    )
    goals = {f"{goal.value}_range" for goal in plan_checks.AMOUNTS}
    assert set(TEXTS) == {"abort", "entry_type", "error", "initiate_flow", "step"}
    assert set(TEXTS["initiate_flow"]) == {"user", "reconfigure"}
    assert set(TEXTS["error"]) <= used | goals
    assert set(TEXTS["abort"]) <= used
    # One step saves, and shows nothing.
    assert set(TEXTS["step"]) == steps_of(plan_flow.PlanSubentryFlow) - {"save"}
    assert all(text and text == text.strip() for text in words_in(TEXTS))
