"""Several buses at one surplus: it is followed once, and divided among them."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.outcome import GreenBudget, LimitReason
from custom_components.twc_manager.charging.settings import GreenSettings
from custom_components.twc_manager.charging.shared_surplus import (
    ABSENT_SECONDS,
    BusDemand,
    BusPower,
    GreenVehicle,
    SharedSurplus,
)
from custom_components.twc_manager.charging.supply.green_demand import (
    GreenDemand,
    demand_of_all,
)
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
)

VOLTS = 230.0
SOURCE = SourceConfig(grid=True)
SETTINGS = GreenSettings()
TURN = 900.0


class Line:
    """A bus with one car that takes what it gets, a second later."""

    def __init__(self, house: House, name: str, priority: int = 0) -> None:
        self.house, self.name, self.priority = house, name, priority
        self.amps = 0
        self.starts = 0
        self.budget = GreenBudget(0)
        self.woken = 0
        self.has_changed = False
        self.settings = SETTINGS
        self.wants = True
        house.surplus.join(name, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def decide(self, now: float) -> None:
        shared, watts = self.house.surplus, self.amps * VOLTS
        readings = Readings(grid=Reading(self.house.grid_w, now))
        surplus = shared.measure(
            self.name,
            now,
            readings,
            SOURCE,
            BusPower(watts, watts, VOLTS),
            is_dark=False,
        )
        drawing = self.amps > 0
        demand = GreenDemand(
            wanted=self.wants,
            minimum=6,
            maximum=32 if self.wants else 0,
            watts_per_amp=VOLTS,
            offered=self.amps,
            drawn=self.amps,
            drawing=int(drawing),
            starts=self.starts,
            waiting=int(self.wants and not drawing),
        )
        vehicle = GreenVehicle(7, 6, 32, 32, self.priority, drawing)
        vehicles = (vehicle,) if self.wants else ()
        wants = BusDemand(0.0, demand, vehicles, self.settings, TURN)
        self.budget = shared.follow(self.name, now, surplus, wants)
        amps = self.budget.amps if self.budget.amps >= 6 else 0
        self.starts += amps > 0 and not drawing
        self.has_changed = amps != self.amps
        self.amps = amps


class House:
    """A meter that is two seconds late, the sun, and two lines with one car each."""

    def __init__(self, **priorities: int) -> None:
        self.surplus = SharedSurplus()
        self.sun_w = 0.0
        self.now = 0.0
        self.measured = [0.0, 0.0, 0.0]
        self.imported = 0.0
        self.lines = [
            Line(self, name, priorities.get(name, 0)) for name in ("one", "two")
        ]

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.measured.append(VOLTS * sum(self.amps) - self.sun_w)
            self.imported += max(self.measured[-1], 0.0) / 3600
            for number, line in enumerate(self.lines):
                is_due = (self.now + 2 * number) % 5 == 0
                if is_due or line.woken or line.has_changed:
                    line.woken = 0
                    line.decide(self.now)

    @property
    def grid_w(self) -> float:
        """Return what the meter shows."""
        return self.measured[-3]

    @property
    def amps(self) -> list[int]:
        return [line.amps for line in self.lines]


def test_both_use_the_surplus_and_none_takes_what_the_other_does_for_the_house() -> (
    None
):
    house = House()
    house.sun_w = 21 * VOLTS
    house.run(900)
    assert sum(house.amps) == 20
    assert abs(house.amps[0] - house.amps[1]) <= 1
    assert house.imported < 15
    before = list(house.amps)
    house.run(1800)
    assert house.amps == before
    assert sum(line.starts for line in house.lines) == 2


def test_with_enough_for_one_they_take_turns_that_grow_as_those_of_one_line_do() -> (
    None
):
    house = House()
    house.sun_w = 9 * VOLTS
    house.run(4 * 3600)
    starts = [line.starts for line in house.lines]
    assert min(starts) >= 1
    assert sum(starts) <= 4
    assert min(house.amps) == 0


def test_the_higher_priority_is_served_first() -> None:
    house = House(two=5)
    house.sun_w = 9 * VOLTS
    house.run(3600)
    assert house.amps[0] == 0
    assert house.amps[1] >= 6
    assert house.lines[0].starts == 0
    assert house.lines[0].budget.reason is LimitReason.WAITING_TURN


def test_one_that_leaves_gives_the_other_its_part() -> None:
    house = House()
    house.sun_w = 21 * VOLTS
    house.run(900)
    gone = house.lines.pop()
    house.surplus.leave(gone.name)
    house.run(600)
    assert house.amps == [20]


def test_when_the_last_one_has_left_the_next_begins_anew() -> None:
    house = House()
    house.sun_w = 21 * VOLTS
    house.run(900)
    assert house.surplus.follower.starts.times
    for line in house.lines:
        house.surplus.leave(line.name)
    assert not house.surplus.follower.starts.times


def test_one_that_no_longer_runs_is_left_out_after_a_while() -> None:
    house = House()
    house.sun_w = 21 * VOLTS
    house.run(900)
    house.lines.pop()
    house.run(int(ABSENT_SECONDS) + 600)
    assert house.amps == [20]


def test_one_whose_car_wants_nothing_takes_nothing_from_the_other() -> None:
    house = House()
    house.lines[1].wants = False
    house.sun_w = 21 * VOLTS
    house.run(900)
    assert house.amps == [20, 0]


def test_the_other_is_woken_when_its_part_changes() -> None:
    house = House()
    house.sun_w = 21 * VOLTS
    house.run(900)
    one, two = house.lines
    one.wants = False
    for _ in range(120):
        house.now += 1
        house.measured.append(VOLTS * sum(house.amps) - house.sun_w)
        one.decide(house.now)
        if two.woken:
            break
    assert two.woken


def test_of_each_setting_the_more_careful_one_counts() -> None:
    house = House()
    house.lines[0].settings = replace(SETTINGS, starts_per_hour=2, start_delay=30)
    house.lines[1].settings = replace(SETTINGS, starts_per_hour=9, start_delay=120)
    house.run(30)
    settings = house.surplus.follower.settings
    assert (settings.starts_per_hour, settings.start_delay) == (2, 120)


def test_stored_starts_of_the_surplus_count_once() -> None:
    shared = SharedSurplus()
    for bus in ("one", "two", "one"):
        shared.join(bus)
        shared.recall(bus, 1000.0, [100.0, 500.0], 600.0, [100.0])
    assert shared.follower.starts.times == (100.0, 500.0)
    assert shared.follower.starts.stopped == 600.0


DEMANDS = st.builds(
    GreenDemand,
    wanted=st.booleans(),
    minimum=st.integers(5, 16),
    maximum=st.integers(0, 80),
    watts_per_amp=st.floats(200, 700),
    offered=st.floats(0, 80),
    drawn=st.floats(0, 80),
    drawing=st.integers(0, 3),
    starts=st.integers(0, 5),
    waiting=st.integers(0, 3),
)


@given(st.lists(DEMANDS, min_size=1, max_size=4))
def test_the_demand_of_all_is_the_sum_of_each(demands: list[GreenDemand]) -> None:
    together = demand_of_all(demands)
    assert together.maximum == sum(item.maximum for item in demands)
    assert together.drawn == pytest.approx(sum(item.drawn for item in demands))
    assert together.drawing + together.waiting == sum(
        item.drawing + item.waiting for item in demands
    )
    lowest = min(item.watts_per_amp for item in demands)
    highest = max(item.watts_per_amp for item in demands)
    assert lowest - 1e-6 <= together.watts_per_amp <= highest + 1e-6
    if len(demands) == 1:
        assert together is demands[0]
