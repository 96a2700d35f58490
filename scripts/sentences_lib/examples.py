"""Statements with real values: every reason with what a connector can do meanwhile, and every change."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.twc_manager.charging.outcome import LimitReason, Rule
from custom_components.twc_manager.charging.statement import (
    Activity,
    Cause,
    ChangeKind,
    NextChange,
    PlanOutcome,
    PlanStatement,
    PlanUnit,
    Statement,
)

MONDAY: Final = datetime(2026, 11, 30, 14, 2, tzinfo=ZoneInfo("Europe/Berlin"))
"""The local time of all examples."""

_AT: Final = MONDAY.replace(hour=23, minute=0)

CHANGES: Final = (
    NextChange(
        ChangeKind.SCHEDULE_BEGINS, _AT, Rule.SCHEDULE, schedule="Night", amps=40
    ),
    NextChange(
        ChangeKind.SCHEDULE_BEGINS,
        _AT + timedelta(hours=30, minutes=30),
        Rule.SCHEDULE,
        schedule="Weekend",
        green=True,
    ),
    NextChange(ChangeKind.SCHEDULE_BEGINS, _AT, Rule.SCHEDULE, schedule="Peak", amps=0),
    NextChange(
        ChangeKind.SCHEDULE_BEGINS,
        _AT,
        Rule.SCHEDULE,
        schedule="A schedule with a long name",
        amps=16,
    ),
    NextChange(ChangeKind.SCHEDULE_BEGINS, _AT, Rule.SCHEDULE, schedule="Night"),
    NextChange(ChangeKind.SCHEDULE_ENDS, _AT, Rule.FIXED, schedule="Night"),
    NextChange(ChangeKind.CHARGE_NOW_ENDS, _AT, Rule.GREEN),
    NextChange(ChangeKind.CHARGE_NOW_ENDS, _AT + timedelta(days=1), Rule.GREEN),
    NextChange(ChangeKind.MODE_CHANGES, _AT, Rule.GREEN),
    NextChange(ChangeKind.MODE_CHANGES, _AT, Rule.FIXED),
    NextChange(ChangeKind.MODE_CHANGES, _AT, Rule.OFF),
    NextChange(ChangeKind.LIMIT_ENDS, _AT),
    NextChange(ChangeKind.START, MONDAY + timedelta(seconds=75)),
    NextChange(ChangeKind.STOP, MONDAY + timedelta(minutes=3)),
    NextChange(ChangeKind.TURN, MONDAY + timedelta(minutes=15)),
    NextChange(ChangeKind.CHECK_ENDS, MONDAY + timedelta(minutes=4)),
)
"""Every change that is shown."""

_NO_CHANGE: Final = NextChange(ChangeKind.PASSING, MONDAY + timedelta(seconds=5))

PLANS: Final = (
    PlanStatement(
        "Work",
        62,
        PlanUnit.PERCENT,
        MONDAY.replace(hour=7, minute=0) + timedelta(days=1),
        PlanOutcome.REACHABLE,
        MONDAY.replace(hour=2, minute=15) + timedelta(days=1),
        MONDAY.replace(hour=3, minute=45) + timedelta(days=1),
        0.11,
        "EUR",
    ),
    PlanStatement(
        "A plan with a long name",
        12.5,
        PlanUnit.ENERGY,
        MONDAY.replace(hour=17, minute=30),
        PlanOutcome.UNREACHABLE,
        MONDAY - timedelta(hours=1),
        MONDAY + timedelta(hours=3),
        -1.25,
        "SEK",
    ),
    PlanStatement(
        "Weekend",
        3,
        PlanUnit.DURATION,
        MONDAY + timedelta(days=5),
        PlanOutcome.UNKNOWN,
        MONDAY + timedelta(days=1),
        MONDAY + timedelta(days=1, hours=3),
    ),
    PlanStatement(
        "Trip", 90, PlanUnit.PERCENT, MONDAY + timedelta(hours=3), PlanOutcome.REACHED
    ),
    PlanStatement(
        "Errands",
        40,
        PlanUnit.PERCENT,
        MONDAY + timedelta(hours=4),
        PlanOutcome.REACHABLE,
        MONDAY + timedelta(hours=1),
        MONDAY + timedelta(hours=2),
        0.08,
        "EUR",
        has_sun=True,
    ),
)
"""Plans in force: every unit and outcome, with and without a slot and a price."""

_WITH_PLANS: Final = (
    (Activity.PAUSED, LimitReason.WAITS_FOR_PLAN, 0),
    (Activity.CHARGING, LimitReason.PLAN, 16),
    (Activity.CHARGING, LimitReason.CANNOT_STOP, 6),
    (Activity.PAUSED, LimitReason.PLAN_REACHED, 0),
)

type _Examples = tuple[tuple[Activity, int, Mapping[str, Any]], ...]
"""What connectors do, what they are offered, and the values of a cause."""

_PAUSED: Final[_Examples] = ((Activity.PAUSED, 0, {}),)
_CHARGING: Final[_Examples] = ((Activity.CHARGING, 6, {}),)

_EXAMPLES: Final[Mapping[LimitReason, _Examples]] = {
    LimitReason.OWN_LIMIT: (
        (Activity.CHARGING, 16, {"limit": 16}),
        (Activity.PAUSED, 0, {"limit": 4}),
    ),
    LimitReason.WIRING: (
        (Activity.CHARGING, 32, {"limit": 32}),
        (Activity.OFFERING, 40, {"limit": 40}),
        (Activity.STARTING, 40, {"limit": 40}),
    ),
    LimitReason.SHARED: ((Activity.CHARGING, 20, {"limit": 40, "vehicles": 2}),),
    LimitReason.MAIN_FUSE: (
        (Activity.CHARGING, 14, {"limit": 14}),
        (Activity.PAUSED, 0, {"limit": 3}),
    ),
    LimitReason.OUTSIDE_LIMIT: (
        (Activity.CHARGING, 6, {"limit": 6}),
        (Activity.PAUSED, 0, {"limit": 3}),
    ),
    LimitReason.CIRCUIT: (
        (Activity.CHARGING, 12, {"limit": 12}),
        (Activity.PAUSED, 0, {"limit": 4}),
    ),
    LimitReason.PEAK_BUDGET: (
        (Activity.CHARGING, 9, {"limit": 9}),
        (Activity.PAUSED, 0, {"limit": 2}),
    ),
    LimitReason.GREEN_ENERGY: (
        (Activity.PAUSED, 0, {"surplus_w": 1400.0, "needed_w": 2900.0}),
        (Activity.CHARGING, 13, {"surplus_w": 3200.0}),
    ),
    LimitReason.SCHEDULE: (
        (Activity.CHARGING, 10, {"limit": 10, "schedule": "Night"}),
        (Activity.PAUSED, 0, {"limit": 0, "schedule": "Peak"}),
    ),
    LimitReason.STOP_DELAY: (
        (Activity.CHARGING, 6, {"surplus_w": 1100.0, "needed_w": 1400.0}),
        (Activity.CHARGING, 6, {}),
    ),
    LimitReason.VEHICLE_FULL: ((Activity.DECLINED, 6, {}),),
    LimitReason.VEHICLE_LIMIT: (
        (Activity.CHARGING, 32, {"drawn": 16}),
        (Activity.DECLINED, 0, {}),
    ),
    LimitReason.THROUGH_VEHICLE: (
        (Activity.CHARGING, 6, {"drawn": 3}),
        (Activity.STARTING, 6, {}),
    ),
    LimitReason.DISOBEYS: (
        (Activity.STOPPING, 0, {"drawn": 24}),
        (Activity.PAUSED, 0, {}),
    ),
    LimitReason.STOPPING: (
        (Activity.CHARGING, 6, {}),
        (Activity.STOPPING, 0, {}),
    ),
    LimitReason.OFF: _PAUSED,
    LimitReason.START_DELAY: _PAUSED,
    LimitReason.STARTS_CAPPED: _PAUSED,
    LimitReason.WAITING_TURN: _PAUSED,
    LimitReason.NO_VEHICLE: _PAUSED,
    LimitReason.CANNOT_STOP: (*_CHARGING, (Activity.CHARGING, 6, {"from_grid": True})),
    LimitReason.MINIMUM_CHARGING_TIME: _CHARGING,
    LimitReason.PHASE_UNPROVEN: _CHARGING,
    LimitReason.SIX_AMP_RECOVERY: _CHARGING,
    LimitReason.PLUG_IN_CHARGE: _CHARGING,
}


_USUAL: Final[_Examples] = ((Activity.CHARGING, 16, {}), (Activity.PAUSED, 0, {}))
"""What a connector with a reason without values can do."""


def statements() -> Iterator[Statement]:
    """Return statements with every reason, each with what can follow, then with every change."""
    changes = cycle(CHANGES)
    for reason in LimitReason:
        for activity, amps, values in _EXAMPLES.get(reason, _USUAL):
            cause = Cause(reason, **values)
            yield Statement(activity, cause, amps, (_NO_CHANGE,))
            yield Statement(activity, cause, amps, (_NO_CHANGE, next(changes)))
    for activity, reason, amps in _WITH_PLANS:
        for plan in PLANS:
            yield Statement(activity, Cause(reason), amps, (_NO_CHANGE,), plan)
    yield Statement()
    for change in CHANGES:
        yield Statement(changes=(change,))
