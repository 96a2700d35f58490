"""Limits that leave vehicles less than was planned: plans notice it, hold their times, and report early if they cannot."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit,
    CircuitConfig,
    CircuitPlace,
)
from custom_components.twc_manager.charging.house_limits import LimitInputs
from custom_components.twc_manager.charging.limits.outside import (
    ChargingLimit,
    OutsideInputs,
    OutsideSource,
)
from custom_components.twc_manager.charging.plan_room import PlanRoom
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.plans.request import EnergyGoal
from custom_components.twc_manager.charging.plans.shortage import Shortage
from custom_components.twc_manager.charging.plans.status import PlanState
from custom_components.twc_manager.charging.rules import Inputs

from .home import EVENING, Car, Home, at, prices_by_hour, work

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
THREE_HOURS = (work(EnergyGoal(33)),)
"""It needs three hours at 16 A."""
LATE_NIGHT = prices_by_hour([0.4] * 7 + [0.1] * 3 + [0.5] * 38)
"""Cheap from 1:00 to 4:00."""
TWICE = prices_by_hour([0.4] * 4 + [0.1] + [0.4] * 5 + [0.1] * 3 + [0.4] * 35)
"""Cheap from 22:00 to 23:00, and from 4:00 to 7:00."""


def behind_fuse(load: Callable[[datetime], float]) -> Home:
    """Return a house with a main fuse of 25 A, and what it takes of each phase itself."""
    return Home({1: Car()}, THREE_HOURS, LATE_NIGHT, fuse_size=25, load_amps=load)


def heating_from(start: datetime) -> Callable[[datetime], float]:
    """Return what a house takes that heats from a time on: it leaves half of what the car takes."""
    return lambda local: 16.0 if local >= start else 4.0


@pytest.mark.long
def test_a_car_is_ready_though_the_fuse_leaves_half_of_what_was_planned() -> None:
    home = behind_fuse(heating_from(at("20:00", day=0)))
    first = home.run(EVENING + MINUTE).decision.connectors[1]
    assert first.active_rule.until == at("1:00")
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 32.95
    assert home.charged_between()[0][0] > at("21:00", day=0)


def circuit_of_8() -> Inputs:
    circuit = Circuit(CircuitConfig("1", "Garage", 8, frozenset({"bus"})), 0.0)
    return Inputs(circuits=CircuitPlace("bus", (circuit,)))


def operator_of_8() -> Inputs:
    source = OutsideSource(ChargingLimit(amps=8))
    return Inputs(limits=LimitInputs(outside=OutsideInputs(source=source)))


@pytest.mark.long
@pytest.mark.parametrize("inputs", [circuit_of_8(), operator_of_8()])
def test_a_car_is_ready_though_a_limit_leaves_half_of_what_was_planned(
    inputs: Inputs,
) -> None:
    """After the first slot, what is still to come would take until 9:00."""
    home = Home({1: Car()}, THREE_HOURS, TWICE, inputs=inputs)
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 32.95


@pytest.mark.long
def test_it_is_reported_early_that_a_limit_leaves_too_little() -> None:
    """From 1:00 to 7:00 there are 8 A: 33 kWh could be reached, but not from 1:20 on at 6 A."""
    home = behind_fuse(lambda local: 18.0 if local >= at("1:00") else 4.0)
    home.run(at("0:59"))
    assert home.state() is PlanState.WAITING
    home.run(at("2:30"))
    assert home.state() is PlanState.UNREACHABLE
    reached = home.status.possible_kwh
    home.run(at("7:00"))
    assert reached == pytest.approx(home.cars[1].kwh, abs=2)


@pytest.mark.long
def test_half_an_hour_of_cooking_changes_nothing_of_the_night() -> None:
    def load(local: datetime) -> float:
        cooks = at("19:00", day=0) <= local < at("19:30", day=0)
        return 20.0 if cooks else 4.0

    home = behind_fuse(load)
    home.run(at("7:00"))
    ((start, end),) = home.charged_between()
    assert at("0:45") <= start <= at("1:00") and end <= at("4:20")


@pytest.mark.long
def test_when_the_limit_is_over_a_car_charges_at_full_power_again() -> None:
    home = behind_fuse(lambda local: 16.0 if at("1:00") <= local < at("1:30") else 4.0)
    home.run(at("1:29"))
    assert home.offers[-1][1][1] <= 8
    home.run(at("2:00"))
    assert home.cars[1].drawn == 16
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 32.95
    assert home.charged_between()[-1][1] <= at("4:45")


@pytest.mark.long
def test_when_a_circuit_has_room_again_all_cars_charge() -> None:
    """One of them takes all that its lowered plan gives it: that is no sign that there is no more."""
    circuit = Circuit(CircuitConfig("1", "Garage", 8, frozenset({"bus"})), 0.0)
    other = work(EnergyGoal(33), plan_id="other", connector_id=2)
    home = Home(
        {1: Car(), 2: Car()},
        (*THREE_HOURS, other),
        prices_by_hour([0.1] * 6 + [0.4] * 42),
        inputs=Inputs(circuits=CircuitPlace("bus", (circuit,))),
    )
    home.run(at("19:00", day=0))
    assert sum(car.drawn for car in home.cars.values()) == 8
    circuit.configure(CircuitConfig("1", "Garage", 32, frozenset({"bus"})), home.now)
    home.run(at("19:20", day=0))
    assert [car.drawn for car in home.cars.values()] == [16, 16]


def test_an_error_in_what_limits_leave_ends_neither_the_plan_nor_the_control_of_the_bus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Home({1: Car()}, THREE_HOURS, prices_by_hour([0.1] * 48))
    home.run(EVENING + 5 * MINUTE)
    monkeypatch.setattr(PlanRoom, "note", lambda *_, **__: 1 / 0)
    failed = home.step()
    assert isinstance(failed.plans.error, ZeroDivisionError)
    assert failed.decision.offers[1] >= 16
    assert home.state() is PlanState.CHARGING


NIGHT = datetime(2026, 11, 30, 20, tzinfo=UTC)


def measured(
    rooms: list[float | None], caps: Series = Series(), limit: int = 32
) -> Iterator[tuple[datetime, Series]]:
    """Yield what is expected to be left after each five minutes with such room."""
    shortage, now = Shortage(), NIGHT
    for room in rooms:
        for _ in range(10):
            shortage.update(now, room, caps, limit)
            now += MINUTE / 2
        shortage.update(now, None, caps, limit)
        yield now, shortage.left(caps, limit)


def expected(
    rooms: list[float | None], **changes: object
) -> Callable[[timedelta], float | None]:
    """Return what is expected after such rooms, by how much later."""
    (*_, (now, series)) = measured(rooms, **changes)
    return lambda later: series.at(now + later)


def test_what_was_missing_is_taken_to_be_missing_three_times_as_long() -> None:
    left = expected([32.0] * 30 + [8.0] * 6)
    assert left(timedelta()) == left(89 * MINUTE) == 8
    assert left(3 * HOUR) > 16


def test_what_is_missing_of_what_was_expected_counts() -> None:
    """The house usually leaves 8 A in the evening, and 20 A in the night: what it leaves now is no news."""
    caps = Series(
        (
            Piece(NIGHT - HOUR, NIGHT + 2 * HOUR, 8),
            Piece(NIGHT + 2 * HOUR, NIGHT + 9 * HOUR, 20),
        )
    )
    left = expected([8.0] * 12, caps=caps)
    assert left(timedelta()) == 8
    assert left(2 * HOUR) == 20


def test_a_house_that_never_stands_still_is_no_news() -> None:
    found = list(measured([20.0] * 36 + [21.0, 19.5, 20.5, 19.0] * 3))[36:]
    assert {series.at(NIGHT + 6 * HOUR) for _, series in found} <= {19, 20}


def test_the_minimum_is_tried_even_if_nothing_is_left() -> None:
    caps = Series((Piece(NIGHT - HOUR, NIGHT + 9 * HOUR, 4),))
    assert expected([0.0] * 6)(MINUTE) == 6
    assert expected([0.0] * 6, caps=caps)(MINUTE) == 4


def test_where_nothing_was_measured_it_is_as_before() -> None:
    assert expected([8.0] * 6 + [None] * 6)(80 * MINUTE) == 8


def test_a_limit_that_is_over_for_a_quarter_of_an_hour_is_not_expected_again() -> None:
    left = expected([8.0] * 24 + [inf] * 3)
    assert {left(timedelta()), left(2 * HOUR), left(8 * HOUR)} <= {None, 32}


def test_a_limit_that_comes_and_goes_is_expected_by_its_average() -> None:
    """As that of a peak budget within each quarter of an hour."""
    left = expected([32.0, 16.0, 6.0] * 10)
    assert left(HOUR) == pytest.approx(18, abs=1)


def test_a_clock_that_is_set_back_begins_anew() -> None:
    shortage = Shortage()
    for at_minute in range(30):
        shortage.update(NIGHT + at_minute * MINUTE, 8, Series(), 32)
    assert shortage.left(Series(), 32).pieces
    shortage.update(NIGHT - HOUR, 8, Series(), 32)
    assert not shortage.left(Series(), 32).pieces


def remembered(rooms: list[float | None]) -> Series:
    """Return what is remembered after five minutes with each room."""
    shortage, now = Shortage(), NIGHT
    for room in rooms:
        for _ in range(10):
            shortage.update(now, room, Series(), 32)
            now += MINUTE / 2
    shortage.update(now, None, Series(), 32)
    return shortage.lately


def test_what_a_limit_left_is_remembered_once_it_is_over() -> None:
    short = Series((Piece(NIGHT + HOUR, NIGHT + 2 * HOUR, 8.0),))
    assert remembered([inf] * 12 + [8.0] * 12) == Series()
    assert remembered([inf] * 12 + [8.0] * 12 + [inf] * 6) == short
    assert remembered([inf] * 12 + [8.0] * 12 + [inf] * 131) == short


def test_what_is_always_missing_is_not_remembered() -> None:
    """What a house leaves that always takes something is what there is: it is expected to go on."""
    assert remembered([20.0, 21.0] * 30) == Series()
    assert [piece.value for piece in remembered([20.0] * 30 + [8.0] * 6 + [20.0] * 12).pieces] == [8]  # fmt: skip


def test_what_a_limit_left_is_forgotten_after_twelve_hours() -> None:
    assert remembered([8.0] * 12 + [inf] * 144) == Series()


def test_what_two_limits_left_is_remembered_apart() -> None:
    found = remembered([8.5] * 3 + [inf] * 3 + [8.0] * 3 + [10.0] * 3 + [inf] * 6)
    assert [(piece.end - piece.start, piece.value) for piece in found.pieces] == [
        (15 * MINUTE, 8), (15 * MINUTE, 8), (15 * MINUTE, 10),
    ]  # fmt: skip


@pytest.mark.long
def test_what_another_load_took_once_is_kept_free_for_the_case_that_it_comes_again() -> (
    None
):
    """In the evening the sauna takes all that there is for two hours; it is used once more before the car has to leave."""

    def load(local: datetime) -> float:
        evening = at("18:30", day=0) <= local < at("20:30", day=0)
        return 24.0 if evening or local >= at("5:30") else 4.0

    prices = prices_by_hour([0.4] * 10 + [0.1] * 3 + [0.5] * 35)
    home = Home({1: Car()}, THREE_HOURS, prices, fuse_size=25, load_amps=load)
    home.run(at("7:00"))
    assert home.cars[1].kwh >= 32.95
