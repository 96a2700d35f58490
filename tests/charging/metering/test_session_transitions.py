"""Every transition of a session's states: its visible effect, and that its row of the table causes it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.twc_manager.charging.metering import session_tracker
from custom_components.twc_manager.charging.metering.sample import Sample
from custom_components.twc_manager.charging.metering.session_tracker import (
    TRANSITIONS,
    SessionState,
    SessionTracker,
    Situation,
    Transition,
)
from custom_components.twc_manager.charging.metering.sessions import SessionEnd

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
GONE = Sample(plugged_in=False)
ONE = Sample(
    plugged_in=True, drawn=16, offer=16, energy_kwh=0.1, vin="5YJ3E1EA0KF000001"
)
OTHER = replace(ONE, vin="5YJ3E1EA0KF000002")

type Seen = tuple[str | None, float, SessionEnd | None]
"""The VIN and the energy of the session that runs, and why one ended."""


class Connector:
    """A connector, and its displayed session every second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.tracker = SessionTracker(7)
        self.seen: list[Seen] = []

    def run(self, seconds: int, sample: Sample) -> None:
        for _ in range(seconds):
            self.now += 1
            at = BEGIN + timedelta(seconds=self.now)
            ended = self.tracker.update(self.now, at, sample)
            session = self.tracker.session
            self.seen.append(
                (
                    None if session is None else session.vin,
                    0.0 if session is None else round(session.energy_kwh, 3),
                    None if ended is None else ended.end,
                )
            )


def charging(*then: tuple[int, Sample]) -> Connector:
    """Return a connector at which a car charged for 5 s, followed by further seconds."""
    connector = Connector()
    connector.run(5, ONE)
    for seconds, sample in then:
        connector.run(seconds, sample)
    return connector


def begins() -> Connector:
    return charging()


def goes_on() -> Connector:
    return charging((1, ONE))


def goes_on_after_noise() -> Connector:
    return charging((3, GONE), (3, ONE))


def is_gone() -> Connector:
    return charging((6, GONE))


def is_gone_after_another_car_was_seen_shortly() -> Connector:
    return charging((3, OTHER), (4, GONE))


def is_gone_after_the_clock_was_set_back() -> Connector:
    connector = charging((3, GONE))
    connector.now -= 100
    connector.run(6, GONE)
    return connector


def is_replaced() -> Connector:
    return charging((6, OTHER))


@dataclass(frozen=True)
class Case:
    """The visible result, and the row of the table that leads to it from `source`."""

    scenario: Callable[[], Connector]
    row: int
    source: SessionState
    seen: Seen


NONE, RUNNING, DOUBTED = SessionState
CASES = [
    Case(begins, 0, NONE, (ONE.vin, 0.5, None)),
    Case(goes_on, 1, RUNNING, (ONE.vin, 0.6, None)),
    Case(goes_on_after_noise, 1, DOUBTED, (ONE.vin, 0.8, None)),
    Case(is_gone, 2, RUNNING, (None, 0, SessionEnd.UNPLUGGED)),
    Case(is_gone_after_another_car_was_seen_shortly, 3, DOUBTED, (ONE.vin, 0.5, None)),
    Case(
        is_gone_after_the_clock_was_set_back,
        3,
        DOUBTED,
        (None, 0, SessionEnd.UNPLUGGED),
    ),
    Case(is_replaced, 4, DOUBTED, (OTHER.vin, 0.1, SessionEnd.OTHER_VEHICLE)),
    Case(is_gone, 5, DOUBTED, (None, 0, SessionEnd.UNPLUGGED)),
]


def _name(case: Case) -> str:
    return f"{case.row}-{case.source.name.lower()}-{case.scenario.__name__}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_transition_leads_to_what_is_seen(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: set[tuple[int, SessionState]] = set()

    def watched(number: int, row: Transition) -> Transition:
        def action(at: Situation) -> object:
            taken.add((number, at.progress.state))
            progress, ended = row.action(at)
            assert progress.state is row.target
            return progress, ended

        return replace(row, action=action)

    rows = tuple(watched(*item) for item in enumerate(TRANSITIONS))
    monkeypatch.setattr(session_tracker, "TRANSITIONS", rows)
    assert case.scenario().seen[-1] == case.seen
    assert (case.row, case.source) in taken


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_without_its_row_something_else_is_seen(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = case.scenario().seen
    rest = TRANSITIONS[: case.row] + TRANSITIONS[case.row + 1 :]
    monkeypatch.setattr(session_tracker, "TRANSITIONS", rest)
    assert case.scenario().seen != usual


def test_every_row_is_walked_from_each_of_its_states() -> None:
    rows = {
        (number, source)
        for number, row in enumerate(TRANSITIONS)
        for source in row.sources
    }
    assert {(case.row, case.source) for case in CASES} == rows
