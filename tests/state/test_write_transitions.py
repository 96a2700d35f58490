"""Every transition between the states of writing: its effect, and that its row of the table causes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from custom_components.twc_manager.state.write_states import (
    MAX_SAVE_SECONDS,
    RETRY_SECONDS,
    SAVE_SECONDS,
    TRANSITIONS,
    Closed,
    Facts,
    Idle,
    Row,
    Waiting,
    WriteEvent,
    WriteState,
    Writing,
)
from custom_components.twc_manager.twc.transitions import find_transition

type Step = tuple[float, WriteEvent]

CHANGED = WriteEvent.CHANGED
DUE = WriteEvent.DUE
WRITTEN = WriteEvent.WRITTEN
FAILED = WriteEvent.FAILED
CLOSE = WriteEvent.CLOSE


@dataclass(frozen=True, slots=True)
class Walk:
    """Events with their times, the last of which makes the transition of a row, and the state they lead to."""

    row: int
    steps: tuple[Step, ...]
    leads_to: WriteState


def walk(
    rows: Sequence[Row], steps: Sequence[Step], *, urgent: bool = False
) -> WriteState:
    """Return the state after some events."""
    state: WriteState = Idle()
    for now, event in steps:
        facts = Facts(now, state, urgent)
        if row := find_transition(rows, state.status, event, facts):
            state = row.action(facts)
            assert state.status is row.target
    return state


WRITING_AT_1 = ((0.0, CHANGED), (1.0, DUE))
WALKS = (
    Walk(0, ((0.0, CHANGED),), Waiting(due=SAVE_SECONDS, latest=MAX_SAVE_SECONDS)),
    Walk(1, ((0.0, CHANGED), (0.5, CHANGED)), Waiting(due=1.5, latest=5.0)),
    Walk(2, (*WRITING_AT_1, (2.0, CHANGED), (3.0, CHANGED)), Writing(again_at=7.0)),
    Walk(3, WRITING_AT_1, Writing()),
    Walk(4, (*WRITING_AT_1, (2.0, CHANGED), (3.0, WRITTEN)), Waiting(7.0, 7.0)),
    Walk(5, (*WRITING_AT_1, (3.0, WRITTEN)), Idle()),
    Walk(6, (*WRITING_AT_1, (3.0, FAILED)), Waiting(18.0, 18.0, earliest=18.0)),
    Walk(7, ((0.0, CLOSE),), Closed()),
    Walk(8, ((0.0, CHANGED), (0.5, CLOSE)), Closed()),
    Walk(9, (*WRITING_AT_1, (2.0, CLOSE), (3.0, WRITTEN)), Closed()),
)


def test_there_is_a_walk_for_every_transition() -> None:
    assert [item.row for item in WALKS] == list(range(len(TRANSITIONS)))


@pytest.mark.parametrize("item", WALKS, ids=lambda item: str(item.row))
def test_every_transition_has_its_effect_and_is_needed(item: Walk) -> None:
    assert walk(TRANSITIONS, item.steps) == item.leads_to
    rest = TRANSITIONS[: item.row] + TRANSITIONS[item.row + 1 :]
    assert walk(rest, item.steps) != item.leads_to


def test_changes_postpone_a_write_only_for_so_long() -> None:
    steps = [(number * 0.3, CHANGED) for number in range(30)]
    assert walk(TRANSITIONS, steps) == Waiting(MAX_SAVE_SECONDS, MAX_SAVE_SECONDS)


def test_what_is_urgent_waits_for_nothing_but_a_disk_that_fails() -> None:
    assert walk(TRANSITIONS, [(2.0, CHANGED)], urgent=True) == Waiting(2.0, 2.0)
    failed = (*WRITING_AT_1, (3.0, FAILED), (4.0, CHANGED))
    retry_at = 3.0 + RETRY_SECONDS
    found = walk(TRANSITIONS, failed, urgent=True)
    assert found == Waiting(retry_at, 4.0, earliest=retry_at)
