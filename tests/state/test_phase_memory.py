"""The phases of vehicles, remembered by their VINs."""

import pytest

from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseHints,
    PhaseKnowledge,
    PhaseSource,
)
from custom_components.twc_manager.state.phase_memory import (
    MAX_REMEMBERED,
    hints_of,
    memory_of,
    remember,
)
from custom_components.twc_manager.twc import ConnectorState, Snapshot

PROVEN = PhaseKnowledge(1, PhaseSource.METER, 3, is_certain=True)


def plugged(vin: str | None) -> Snapshot:
    return Snapshot(connectors=(ConnectorState(1, 2, 32.0, vin=vin),))


def test_what_is_proven_is_known_when_the_vehicle_comes_back() -> None:
    memory = remember({}, plugged("VIN1"), {1: PROVEN})
    assert hints_of(memory, {1: None}, plugged("VIN1")) == PhaseHints(remembered={1: 1})
    assert hints_of(memory, {1: 3}, plugged("VIN2")) == PhaseHints(counted={1: 3})
    assert hints_of(memory, {}, plugged(None)) == PhaseHints()
    assert memory_of(dict(memory)) == memory


@pytest.mark.parametrize(
    ("vin", "known"),
    [
        pytest.param(None, PROVEN, id="nobody knows the vehicle"),
        pytest.param("VIN1", PhaseKnowledge(1, PhaseSource.METER, 3), id="one vote"),
        pytest.param("VIN1", PhaseKnowledge(1, PhaseSource.OWNER, 3), id="said"),
        pytest.param(
            "VIN1",
            PhaseKnowledge(1, PhaseSource.WIRING, 1, is_certain=True),
            id="the connector has one phase",
        ),
    ],
)
def test_what_proves_nothing_about_the_vehicle_is_not_remembered(
    vin: str | None, known: PhaseKnowledge
) -> None:
    assert remember({}, plugged(vin), {1: known}) == {}


def test_the_vehicles_of_long_ago_are_forgotten() -> None:
    memory: dict[str, int] = {}
    for number in range(MAX_REMEMBERED + 5):
        memory = dict(remember(memory, plugged(f"VIN{number}"), {1: PROVEN}))
    assert len(memory) == MAX_REMEMBERED
    assert "VIN4" not in memory
    assert f"VIN{MAX_REMEMBERED + 4}" in memory


@pytest.mark.parametrize("data", [None, [], "3", {"VIN1": 4}, {"VIN1": "1"}])
def test_a_memory_that_cannot_be_read_is_empty(data: object) -> None:
    assert memory_of(data) == {}
