"""Every transition of the counter's states: its visible effect, and that its row of the table causes it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from custom_components.twc_manager.charging.metering import counter_transitions
from custom_components.twc_manager.charging.metering.counter_states import CounterState
from custom_components.twc_manager.charging.metering.counter_transitions import (
    TRANSITIONS,
    Situation,
    Transition,
)
from custom_components.twc_manager.charging.metering.energy import EnergyCounter
from custom_components.twc_manager.charging.metering.stored_energy import StoredEnergy

HOUR = 3600.0
POWER = 22_000.0

type Seen = tuple[float | None, bool]
"""The lifetime energy, and whether the counter is followed."""


class Connector:
    """A connector with any power and any counter, and its displayed energy every 5 s."""

    def __init__(self, stored: StoredEnergy | None = None) -> None:
        self.now = 0.0
        self.energy = EnergyCounter(stored, away_s=0)
        self.seen: list[Seen] = []

    def run(self, seconds: float, count: int | None, power: float = 0.0) -> None:
        for _ in range(int(seconds / 5)):
            self.now += 5
            self.energy.update(self.now, power, count)
            kwh = self.energy.lifetime_kwh
            shown = None if kwh is None else round(kwh, 2)
            self.seen.append((shown, self.energy.follows_counter))

    def charge(self, kwh: float, count: int | None) -> None:
        self.run(round(kwh / POWER * 3.6e6 / 5) * 5, count, POWER)

    def count_up(self, kwh: int, first: float = 924.0, unit: float = 1.0) -> None:
        """Charge with a correct counter, one kWh after the other."""
        each = POWER * 5 / 3.6e6
        for _ in range(round(kwh / each)):
            first += each
            self.run(5, int(first / unit), POWER)

    def away(self, seconds: float = HOUR) -> None:
        self.now += seconds


def followed() -> Connector:
    """Return a connector whose counter is followed at 924 kWh."""
    connector = Connector()
    connector.run(10, 924)
    return connector


def confirming(seconds: float = 20, count: int = 930) -> Connector:
    """Return a connector whose counter jumped during an absence; the jump is not confirmed yet."""
    connector = followed()
    connector.away()
    connector.run(seconds, count)
    return connector


def unexplained(seconds: float = 20) -> Connector:
    """Return a connector whose counter has a value without an explanation."""
    connector = followed()
    connector.run(seconds, 5000)
    return connector


def on_trial() -> Connector:
    """Return a connector whose counter stood still while it charged, and is not followed any more."""
    connector = followed()
    connector.charge(2.2, 924)
    return connector


def begins_at_the_counter() -> Connector:
    return followed()


def begins_at_zero_without_a_counter() -> Connector:
    connector = Connector()
    connector.run(130, None)
    return connector


def misses_nothing_in_an_absence_after_which_it_stands() -> Connector:
    connector = followed()
    connector.away()
    connector.run(320, 924)
    connector.run(100, 930)
    return connector


def closes_an_absence_though_it_leapt_shortly() -> Connector:
    connector = followed()
    connector.away()
    connector.run(290, 924)
    connector.run(20, 930)
    connector.run(10, 924)
    connector.run(100, 930)
    return connector


def closes_an_absence_though_it_was_unexplained_shortly() -> Connector:
    connector = followed()
    connector.away()
    connector.run(290, 924)
    connector.run(20, 5000)
    connector.run(10, 924)
    connector.run(100, 930)
    return connector


def returns_from_a_leap() -> Connector:
    connector = confirming(70)
    connector.run(10, 924)
    connector.run(20, 930)
    return connector


def returns_from_what_nothing_explains() -> Connector:
    connector = unexplained(200)
    connector.run(10, 924)
    connector.run(450, 5000)
    return connector


def steps_too_late() -> Connector:
    connector = followed()
    connector.charge(1, 924)
    connector.charge(1.9, 925)
    connector.run(10, 926)
    return connector


def steps_too_late_after_a_leap() -> Connector:
    connector = fine_counter()
    connector.away()
    connector.run(10, 100_200)
    connector.charge(1.9, None)
    connector.run(10, 100_100)
    return connector


def steps_too_late_after_what_nothing_explains() -> Connector:
    connector = followed()
    connector.charge(1, 924)
    connector.charge(1.9, 925)
    connector.run(10, 5000)
    connector.run(10, 926)
    return connector


def steps() -> Connector:
    connector = followed()
    connector.charge(0.9, 924)
    connector.run(10, 925)
    return connector


def steps_after_a_leap() -> Connector:
    connector = confirming()
    connector.charge(0.9, None)
    connector.run(10, 925)
    return connector


def steps_after_what_nothing_explains() -> Connector:
    connector = unexplained()
    connector.charge(0.9, None)
    connector.run(10, 925)
    return connector


def leaps_in_an_absence() -> Connector:
    return confirming(100)


def leaps_after_what_nothing_explains() -> Connector:
    connector = confirming(20, 5000)
    connector.run(100, 930)
    return connector


def leaps_to_the_lowest_count() -> Connector:
    connector = confirming(20, 940)
    connector.run(90, 930)
    return connector


def fine_counter() -> Connector:
    """Return a connector whose counter counts Wh and is followed at 100 kWh."""
    stored = StoredEnergy(100.0, 0.0, True, 0.001, 100_000, 0.0, 100_000)
    connector = Connector(stored)
    connector.run(10, 100_000)
    return connector


def leaps_and_then_misses_what_is_charged() -> Connector:
    connector = fine_counter()
    connector.away()
    connector.run(10, 100_200)
    connector.charge(1.5, None)
    connector.run(10, 105_000)
    return connector


def stays_where_nothing_explains_it() -> Connector:
    return unexplained(650)


def leaps_and_then_reads_what_nothing_explains() -> Connector:
    connector = confirming()
    connector.run(650, 5000)
    return connector


def leaps_again_after_a_second_absence() -> Connector:
    connector = confirming(70)
    connector.away(60)
    connector.run(20, 930)
    return connector


def is_unexplained_again_after_an_absence() -> Connector:
    connector = unexplained(590)
    connector.away(60)
    connector.run(100, 5000)
    return connector


def stands_while_the_car_charges() -> Connector:
    return on_trial()


def stands_at_a_leap_while_the_car_charges() -> Connector:
    connector = confirming()
    connector.charge(2.6, None)
    return connector


def stays_unexplained_while_the_car_charges() -> Connector:
    connector = unexplained()
    connector.charge(2.2, 5000)
    return connector


def passes_its_trials() -> Connector:
    connector = on_trial()
    connector.count_up(12)
    return connector


def passes_its_trials_in_another_unit() -> Connector:
    connector = on_trial()
    connector.count_up(12, unit=0.1)
    return connector


def begins_a_trial_again_after_an_absence() -> Connector:
    connector = on_trial()
    connector.count_up(1)
    connector.away()
    connector.count_up(12, 950.0)
    return connector


@dataclass(frozen=True)
class Case:
    """The visible result, and the row of the table that leads to it from `source`."""

    scenario: Callable[[], Connector]
    row: int
    source: CounterState
    seen: Seen


AWAITED, FOLLOWED, CONFIRMING, UNEXPLAINED, ON_TRIAL = CounterState
CASES = [
    Case(begins_at_the_counter, 0, AWAITED, (924, True)),
    Case(begins_at_zero_without_a_counter, 1, AWAITED, (0, False)),
    Case(begins_at_zero_without_a_counter, 2, AWAITED, (0, False)),
    Case(misses_nothing_in_an_absence_after_which_it_stands, 3, FOLLOWED, (924, True)),
    Case(closes_an_absence_though_it_leapt_shortly, 3, CONFIRMING, (924, True)),
    Case(
        closes_an_absence_though_it_was_unexplained_shortly, 3, UNEXPLAINED, (924, True)
    ),
    Case(returns_from_a_leap, 4, CONFIRMING, (924, True)),
    Case(returns_from_what_nothing_explains, 4, UNEXPLAINED, (924, True)),
    Case(steps_too_late, 5, FOLLOWED, (926.9, False)),
    Case(steps_too_late_after_a_leap, 5, CONFIRMING, (101.9, False)),
    Case(steps_too_late_after_what_nothing_explains, 5, UNEXPLAINED, (926.9, False)),
    Case(steps, 6, FOLLOWED, (925, True)),
    Case(steps_after_a_leap, 6, CONFIRMING, (925, True)),
    Case(steps_after_what_nothing_explains, 6, UNEXPLAINED, (925, True)),
    Case(leaps_in_an_absence, 7, FOLLOWED, (930, True)),
    Case(leaps_after_what_nothing_explains, 7, UNEXPLAINED, (930, True)),
    Case(leaps_to_the_lowest_count, 8, CONFIRMING, (930, True)),
    Case(leaps_and_then_misses_what_is_charged, 9, CONFIRMING, (101.5, False)),
    Case(leaps_in_an_absence, 10, CONFIRMING, (930, True)),
    Case(stays_where_nothing_explains_it, 11, FOLLOWED, (924, False)),
    Case(leaps_and_then_reads_what_nothing_explains, 11, CONFIRMING, (924, False)),
    Case(stays_where_nothing_explains_it, 12, UNEXPLAINED, (924, False)),
    Case(leaps_again_after_a_second_absence, 13, CONFIRMING, (924, True)),
    Case(is_unexplained_again_after_an_absence, 13, UNEXPLAINED, (924, True)),
    Case(stands_while_the_car_charges, 14, FOLLOWED, (926.2, False)),
    Case(stands_at_a_leap_while_the_car_charges, 14, CONFIRMING, (926.6, False)),
    Case(stays_unexplained_while_the_car_charges, 14, UNEXPLAINED, (926.2, False)),
    Case(begins_a_trial_again_after_an_absence, 15, ON_TRIAL, (939.2, True)),
    Case(passes_its_trials, 16, ON_TRIAL, (938.2, True)),
    Case(passes_its_trials_in_another_unit, 16, ON_TRIAL, (938.2, True)),
    Case(passes_its_trials, 17, ON_TRIAL, (938.2, True)),
    Case(passes_its_trials, 18, ON_TRIAL, (938.2, True)),
]


def _name(case: Case) -> str:
    return f"{case.row}-{case.source.name.lower()}-{case.scenario.__name__}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_transition_leads_to_what_is_seen(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: set[tuple[int, CounterState]] = set()

    def watched(number: int, row: Transition) -> Transition:
        def action(at: Situation) -> object:
            taken.add((number, at.energy.counter.state))
            energy = row.action(at)
            assert energy.counter.state is row.target
            return energy

        return replace(row, action=action)

    rows = tuple(watched(*item) for item in enumerate(TRANSITIONS))
    monkeypatch.setattr(counter_transitions, "TRANSITIONS", rows)
    kwh, follows = case.seen
    shown, followed_at_end = case.scenario().seen[-1]
    assert shown == (None if kwh is None else pytest.approx(kwh, abs=0.06))
    assert followed_at_end is follows
    assert (case.row, case.source) in taken


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_without_its_row_something_else_is_seen(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = case.scenario().seen
    rest = TRANSITIONS[: case.row] + TRANSITIONS[case.row + 1 :]
    monkeypatch.setattr(counter_transitions, "TRANSITIONS", rest)
    assert case.scenario().seen != usual


def test_every_row_is_walked_from_each_of_its_states() -> None:
    rows = {
        (number, source)
        for number, row in enumerate(TRANSITIONS)
        for source in row.sources
    }
    assert {(case.row, case.source) for case in CASES} == rows
