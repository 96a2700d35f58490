"""The cost of the calls of a month."""

from datetime import date
import json
from typing import Any

import pytest

from custom_components.twc_manager.tesla import CallKind, Calls

TODAY = date(2026, 11, 30)
TOMORROW = date(2026, 12, 1)


def test_cost_of_a_month() -> None:
    calls = Calls()
    assert calls.cost(TODAY) == calls.total(TODAY) == 0
    for kind, times in (
        (CallKind.COMMAND, 3),
        (CallKind.DATA, 2),
        (CallKind.WAKE, 1),
    ):
        for _ in range(times):
            calls.add(kind, TODAY)
    assert calls.counts(TODAY) == {
        CallKind.COMMAND: 3,
        CallKind.DATA: 2,
        CallKind.WAKE: 1,
    }
    assert calls.total(TODAY) == 6
    assert calls.cost(TODAY) == 0.027
    assert calls.cost(TOMORROW) == calls.total(TOMORROW) == 0


def test_a_month_that_begins_with_a_call() -> None:
    calls = Calls()
    calls.add(CallKind.WAKE, TODAY)
    calls.add(CallKind.COMMAND, TOMORROW)
    assert calls.total(TOMORROW) == 1
    assert calls.cost(TOMORROW) == 0.001


def test_the_same_month_of_another_year_is_another() -> None:
    calls = Calls()
    calls.add(CallKind.WAKE, TODAY)
    assert calls.total(TODAY.replace(year=2027)) == 0


def test_kept_over_a_restart() -> None:
    calls = Calls()
    calls.add(CallKind.DATA, TODAY)
    stored = json.loads(json.dumps(calls.as_dict()))
    assert Calls.from_dict(stored).counts(TODAY) == calls.counts(TODAY)
    assert Calls.from_dict(stored).total(TOMORROW) == 0
    assert Calls.from_dict(Calls().as_dict()).total(TODAY) == 0


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"month": "2026-11"},
        {"month": "2026-11", "counts": {"flight": 1}},
        {"month": "2026-11", "counts": {"data": "many"}},
        {"month": "2026-11", "counts": {"data": None}},
        {"month": "2026-11", "counts": 5},
    ],
)
def test_nothing_that_was_ever_kept(stored: Any) -> None:
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        Calls.from_dict(stored)
