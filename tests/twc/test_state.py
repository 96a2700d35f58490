"""What of a snapshot is a fact, and what is only measured."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.twc_manager.twc import (
    BusProblem,
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)
from custom_components.twc_manager.twc.messages import (
    Firmware,
    FromConnector,
    Meter,
    PlugReport,
    SerialNumber,
)

ONE = ConnectorState(0x1839, 2, 80.0, state=State.CHARGING, offered=16.0, drawn=15.2)
OTHER = replace(ONE, connector_id=0x032E)
BEFORE = Snapshot(BusStatus.RUNNING, (ONE, OTHER))


@pytest.mark.parametrize(
    "measured",
    [
        {"drawn": 14.9},
        {"meter": 925},
        {"volts": (240, 0, 0)},
        {"phase_amps": (15.0, 0.0, 0.0)},
    ],
)
def test_what_is_measured_changes_no_fact(measured: dict[str, Any]) -> None:
    after = replace(BEFORE, connectors=(ONE, replace(OTHER, **measured)))

    assert after != BEFORE
    assert after.facts == BEFORE.facts


@pytest.mark.parametrize(
    ("measured", "same"),
    [
        ({}, True),
        ({"drawn": 15.3}, True),
        ({"drawn": 15.0}, True),
        ({"drawn": 14.9}, False),
        ({"drawn": 15.5}, False),
        ({"meter": 925}, False),
        ({"volts": (240, 0, 0)}, False),
        ({"phase_amps": (15.0, 0.0, 0.0)}, False),
    ],
)
def test_a_draw_that_only_jitters_is_the_same(
    measured: dict[str, Any], same: bool
) -> None:
    after = replace(BEFORE, connectors=(ONE, replace(OTHER, **measured)))

    assert after.measures_like(BEFORE) is same
    assert BEFORE.measures_like(after) is same


def test_what_nobody_measured_before_is_not_the_same() -> None:
    assert not BEFORE.measures_like(replace(BEFORE, connectors=(ONE,)))


@pytest.mark.parametrize(
    "changed",
    [
        {"drawn": 0.3},
        {"state": State.NOT_CHARGING},
        {"offered": 15.0},
        {"plug": PlugState.UNPLUGGED},
        {"vin": "5YJ3E1EA0KF000001"},
        {"rating": 32.0},
        {"firmware": "4.5.3"},
        {"serial_number": "A16K0006201"},
    ],
)
def test_all_else_is_a_fact(changed: dict[str, Any]) -> None:
    after = replace(BEFORE, connectors=(ONE, replace(OTHER, **changed)))

    assert after.facts != BEFORE.facts


@pytest.mark.parametrize(
    "after",
    [
        replace(BEFORE, connectors=(ONE,)),
        replace(BEFORE, status=BusStatus.OFFLINE),
        replace(BEFORE, problems=frozenset({BusProblem.RATINGS_DIFFER})),
    ],
)
def test_who_is_there_and_how_the_bus_is_are_facts(after: Snapshot) -> None:
    assert after.facts != BEFORE.facts


REPORTED = replace(
    ONE,
    plug=PlugState.CHARGING,
    meter=924,
    volts=(240, 0, 0),
    phase_amps=(15.2, 0.0, 0.0),
    firmware="4.5.3",
    serial_number="A16K0007823",
)


@pytest.mark.parametrize(
    ("message", "repeats"),
    [
        (PlugReport(0x1839, PlugState.CHARGING), True),
        (PlugReport(0x1839, PlugState.UNPLUGGED), False),
        (Meter(0x1839, 924, (240, 0, 0), (15.2, 0.0, 0.0)), True),
        (Meter(0x1839, 925, (240, 0, 0), (15.2, 0.0, 0.0)), False),
        (Meter(0x1839, 924, (239, 0, 0), (15.2, 0.0, 0.0)), False),
        (Meter(0x1839, 924, (240, 0, 0), (15.3, 0.0, 0.0)), False),
        (SerialNumber(0x1839, "A16K0007823"), True),
        (SerialNumber(0x1839, "A16K0007824"), False),
        # Asked for once: what it says is always new.
        (Firmware(0x1839, "4.5.3"), False),
    ],
)
def test_an_answer_that_says_what_is_shown_repeats_it(
    message: FromConnector, repeats: bool
) -> None:
    assert REPORTED.is_repeated_by(message) is repeats
