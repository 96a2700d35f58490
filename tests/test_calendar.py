"""The calendar of a bus, as Home Assistant's calendar API and its state show it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.exceptions import ServiceNotSupported
import pytest

from custom_components.twc_manager.charging.metering.amounts import Amounts, Cost
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
    SessionEnd,
)
from custom_components.twc_manager.charging.planning.result import PlannedSlot
from custom_components.twc_manager.charging.plans.status import PlanState, PlanStatus

from .adapters import MemoryAdapter
from .scene import OLD, Builder, Scene
from .vehicles.scene import plan, vehicle

# A Monday, 10:00 in California.
START: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
pytestmark = pytest.mark.starts_at(START)

HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
RED: Final = vehicle("Red one", "red", switch="switch.red")
WORK: Final = plan("Work", "work", vehicle="red")
NIGHT: Final = START + 15 * HOUR
STATUS: Final = PlanStatus(
    plan_id="work",
    state=PlanState.WAITING,
    connector_id=OLD,
    ready=START + 21 * HOUR,
    cost=0.51,
    currency="EUR",
    next_start=NIGHT,
    next_end=NIGHT + 2 * QUARTER,
    slots=(
        PlannedSlot(NIGHT, NIGHT + QUARTER, 32, 1.84, 0.2),
        PlannedSlot(NIGHT + QUARTER, NIGHT + 2 * QUARTER, 32, 1.84, 0.21),
        PlannedSlot(NIGHT + 2 * HOUR, NIGHT + 2 * HOUR + QUARTER, 16, 0.92, 0.1),
    ),
)


def report(scene: Scene, status: PlanStatus) -> None:
    """Have the plan be doing so."""
    coordinator = scene.entry.runtime_data
    coordinator.async_set_updated_data(
        replace(coordinator.data, plans={status.plan_id: status})
    )


def finished(started: datetime, **values: Any) -> Session:
    amounts = Amounts(7.3, cost=Cost(1.5, 7.3, "EUR", "Fixed"))
    defaults: dict[str, Any] = {
        "seen": started + 4 * HOUR,
        "months": (MonthAmounts("2026-11", amounts),),
        "end": SessionEnd.UNPLUGGED,
    }
    return Session(OLD, started, **defaults | values)


def attributes(scene: Scene) -> dict[str, Any]:
    state = scene.hass.states.get(scene.id("calendar.charging_times"))
    assert state is not None
    return dict(state.attributes)


async def events(
    scene: Scene, start: datetime, end: datetime
) -> list[tuple[str, str, str, str]]:
    """Return the events in a time span, by the action that cards and automations use."""
    entity_id = scene.id("calendar.charging_times")
    answer = await scene.hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": entity_id,
            "start_date_time": start.isoformat(),
            "end_date_time": end.isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    found: Any = answer
    return [
        (item["start"], item["end"], item["summary"], item["description"])
        for item in found[entity_id]["events"]
    ]


async def test_planned_times_and_finished_sessions_are_events(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), subentries=[RED, WORK])
    sessions = scene.entry.runtime_data.persistence.sessions
    sessions.add(finished(START - 30 * HOUR, vehicle_id="red"))
    sessions.add(finished(START - 6 * HOUR, months=()))
    report(scene, STATUS)
    assert await events(scene, START - 48 * HOUR, START + 24 * HOUR) == [
        (
            "2026-11-29T04:00:00-08:00",
            "2026-11-29T08:00:00-08:00",
            "Red one",
            "7.3 kWh · 1.50 EUR",
        ),
        (
            "2026-11-30T04:00:00-08:00",
            "2026-11-30T08:00:00-08:00",
            "Wall Connector 032E",
            "0 kWh",
        ),
        (
            "2026-12-01T01:00:00-08:00",
            "2026-12-01T01:30:00-08:00",
            "Red one: Work",
            "3.7 kWh · 0.41 EUR",
        ),
        (
            "2026-12-01T03:00:00-08:00",
            "2026-12-01T03:15:00-08:00",
            "Red one: Work",
            "0.9 kWh · 0.10 EUR",
        ),
    ]
    # Only what is within.
    found = await events(scene, NIGHT + HOUR, NIGHT + 3 * HOUR)
    assert [start for start, *_ in found] == ["2026-12-01T03:00:00-08:00"]
    assert await events(scene, START + 48 * HOUR, START + 72 * HOUR) == []


async def test_it_is_on_while_it_is_time_to_charge(set_up: Builder) -> None:
    scene = await set_up((OLD, None), subentries=[RED, WORK])
    report(scene, STATUS)
    assert scene.state("calendar.charging_times") == "off"
    shown = attributes(scene)
    assert (shown["message"], shown["start_time"], shown["end_time"]) == (
        "Red one: Work",
        "2026-12-01 01:00:00",
        "2026-12-01 01:30:00",
    )

    # It goes on although the plan was made anew meanwhile.
    slot = PlannedSlot(START, START + QUARTER, 32, 1.84, 0.2)
    running = replace(
        STATUS, state=PlanState.CHARGING, next_start=START - QUARTER, slots=(slot,)
    )
    report(scene, running)
    assert scene.state("calendar.charging_times") == "on"
    assert attributes(scene)["start_time"] == "2026-11-30 09:45:00"

    report(scene, replace(STATUS, slots=(), next_start=None))
    assert scene.state("calendar.charging_times") == "off"
    assert "message" not in attributes(scene)


async def test_without_prices_there_is_no_cost_and_without_a_vehicle_its_connector(
    set_up: Builder,
) -> None:
    at_connector = plan("Trip", "trip", connector="032E")
    scene = await set_up((OLD, None), subentries=[at_connector])
    report(scene, replace(STATUS, plan_id="trip", cost=None, currency=""))
    (first, _) = await events(scene, START, START + 24 * HOUR)
    assert first[2:] == ("Wall Connector 032E: Trip", "3.7 kWh")


async def test_a_session_over_which_the_clock_was_set_back_is_no_error(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None))
    at = START - 6 * HOUR
    log = scene.entry.runtime_data.persistence.sessions
    log.add(finished(at, seen=at - timedelta(minutes=5)))
    ((start, end, *_),) = await events(scene, at - HOUR, START)
    assert start == end == "2026-11-30T04:00:00-08:00"


async def test_nothing_can_be_entered(set_up: Builder) -> None:
    scene = await set_up((OLD, None))
    with pytest.raises(ServiceNotSupported):
        await scene.hass.services.async_call(
            "calendar",
            "create_event",
            {
                "entity_id": scene.id("calendar.charging_times"),
                "summary": "Charge",
                "start_date_time": "2026-12-01 01:00:00",
                "end_date_time": "2026-12-01 02:00:00",
            },
            blocking=True,
        )


async def test_it_is_unavailable_while_the_adapter_is_away(
    set_up: Builder, adapter: MemoryAdapter
) -> None:
    scene = await set_up((OLD, None))
    adapter.unplug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "off")
    assert scene.state("calendar.charging_times") == "unavailable"
