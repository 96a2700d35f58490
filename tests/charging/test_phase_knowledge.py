"""How many phases a vehicle uses, by what is known of it."""

import pytest

from custom_components.twc_manager.charging.phase_knowledge import (
    CERTAIN_VOTES,
    PhaseEvidence,
    phase_knowledge,
)

_PROVEN = {"metered_votes": CERTAIN_VOTES}
_SEEN = {"metered_votes": CERTAIN_VOTES - 1}


@pytest.mark.parametrize(
    ("evidence", "number"),
    [
        ({}, None),
        ({"measured": 1, "counted": 3}, 1),
        ({"counted": 2, "owner": 1}, 2),
        # An owner may be wrong.
        ({"owner": 1}, None),
        ({"remembered": 1}, None),
        # A meter of the house may have lost a phase: it proves no fewer, but it does prove more.
        ({"metered": 1, **_PROVEN}, None),
        ({"metered": 1, "counted": 2, **_PROVEN}, 2),
        ({"metered": 3, "counted": 1, **_PROVEN}, 3),
        ({"metered": 3, "counted": 1, **_SEEN}, 1),
    ],
)
def test_what_is_known_without_a_meter_of_the_house(
    evidence: dict[str, int], number: int | None
) -> None:
    assert phase_knowledge(3, PhaseEvidence(**evidence)).unmetered == number


def test_a_connector_on_one_phase_is_known_without_any_evidence() -> None:
    assert phase_knowledge(1, PhaseEvidence()).unmetered == 1
