"""Scenarios for the rows of a transition table: each has to fail without its row."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest

from custom_components.twc_manager.twc.transitions import Transition

type Row = Transition[Any, Any, Any, Any]
type Scenarios = Mapping[str, Callable[[], None]]


def name_of(row: Row) -> str:
    """Return what identifies a row."""
    when = getattr(row.when, "__name__", "?")
    return f"{row.source}, {row.event}, {when}: {row.target}"


def check_table(table: Sequence[Row], scenarios: Scenarios) -> None:
    """Check that each row has its own scenario, and each scenario has a row."""
    names = [name_of(row) for row in table]
    assert len(set(names)) == len(names)
    assert set(names) == set(scenarios)


def check_row(
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    table: str,
    name: str,
    scenarios: Scenarios,
) -> None:
    """Check that the scenario of a row passes with it, and fails as soon as that row alone is deleted."""
    scenarios[name]()
    rows = getattr(module, table)
    without = tuple(row for row in rows if name_of(row) != name)
    assert len(without) == len(rows) - 1
    monkeypatch.setattr(module, table, without)
    with pytest.raises(AssertionError):
        scenarios[name]()
