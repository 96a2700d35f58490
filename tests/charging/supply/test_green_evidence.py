"""What our own steps prove about a meter in green mode: nothing is raised by a frozen or an inverted one."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from custom_components.twc_manager.charging.supply.surplus import (
    Fault,
    Reading,
    Readings,
    SourceConfig,
    Surplus,
    Trust,
)
from custom_components.twc_manager.charging.supply.surplus_meter import SurplusMeter

from .home import KINDS, Home
from .house import House
from .sky import MINIMUM, VOLTS


def reported_at(house: House, fault: Fault) -> list[int]:
    """Return when a fault was reported."""
    return [at for at, seen in house.faults if seen is fault]


def starts(house: House) -> int:
    return sum(before == 0 < after for before, after in pairwise(house.amps))


def noisy(now: int) -> float:
    """Return the load of a house that is never quite the same."""
    return 2000.0 + now % 7 + 100 * (now % 900 < 300)


def test_a_meter_that_is_frozen_from_the_start_is_found_out_by_a_stop() -> None:
    # It shows an export of 9 kW at night, with new time stamps all the time.
    house = House(lambda _: 0, every=10**6, poll=5)
    house.reading = Reading(-9000, 0)
    house.meter.update(Readings(grid=house.reading), SourceConfig(), 0, 0)
    house.now = 1

    house.run(3600)

    assert max(house.amps) == MINIMUM
    assert starts(house) == 1
    assert reported_at(house, Fault.FROZEN)[0] < 1800
    assert set(house.amps[1800:]) == {0}


@pytest.mark.parametrize("every", [1, 5, 10])
def test_a_meter_that_freezes_costs_one_step_and_is_found_out(every: int) -> None:
    house = House(lambda now: 6000 + now % 3, every=every)
    house.run(1200)
    frozen_at, before = house.now, house.amps[-1]
    house.every, house.poll = 10**6, 5
    house.reading = Reading(house.reading.value - 5000, house.now)

    house.run(3600)

    assert before + 2 <= max(house.amps[frozen_at:]) <= before + 3
    assert reported_at(house, Fault.FROZEN)[0] < frozen_at + 240
    assert set(house.amps[frozen_at + 600 : frozen_at + 1800]) == {MINIMUM}
    assert house.amps[-1] == 0


@pytest.mark.parametrize("every", [1, 5, 10])
def test_a_meter_that_counts_the_other_way_round_raises_nothing(every: int) -> None:
    # At night it shows the load of the house, and then the car's draw too, as export.
    house = House(lambda _: 0, load=noisy, every=every, sign=-1)

    house.run(2 * 3600)

    assert max(house.amps) <= MINIMUM + 3
    assert reported_at(house, Fault.INVERTED)[0] < 3600
    assert set(house.amps[reported_at(house, Fault.INVERTED)[0] + 200 :]) <= {
        0,
        MINIMUM,
    }


@pytest.mark.long
def test_a_meter_that_was_turned_round_is_believed_again_after_a_day() -> None:
    house = House(lambda _: 0, load=noisy, sign=-1)
    house.run(2 * 3600)
    assert house.faults[-1] == (house.now - 1, Fault.INVERTED)
    house.sign, house.production = 1, lambda now: 8000

    house.run(24 * 3600)

    assert house.now - 1 not in reported_at(house, Fault.INVERTED)
    assert house.amps[-1] > MINIMUM


def test_the_battery_confirms_what_a_regulated_grid_does_not_show() -> None:
    meter, config = SurplusMeter(), SourceConfig()

    def update(now: int, draw: float, battery: float) -> Surplus:
        readings = Readings(grid=Reading(0.0, now), battery_power=Reading(battery, now))
        return meter.update(readings, config, draw, now, amp_w=VOLTS)

    for now in range(300):
        update(now, 1440.0, 1000.0 + now % 5)
    assert update(300, 2160.0, 1000.0).unconfirmed == pytest.approx(3)
    assert update(302, 2160.0, 280.0).unconfirmed == pytest.approx(0)


def test_a_regulated_grid_alone_confirms_nothing_and_proves_nothing() -> None:
    meter = SurplusMeter()
    for now in range(3600):
        draw = 1440.0 if now < 300 else 2160.0
        surplus = meter.update(
            Readings(grid=Reading(0.0, now)), SourceConfig(), draw, now, amp_w=VOLTS
        )
    assert surplus.unconfirmed == pytest.approx(3)
    assert surplus.trust is not Trust.DOUBTED
    assert surplus.watts is not None


# What must not set it off


@pytest.mark.parametrize("days", [20, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_there_is_no_false_alarm(kind: str, days: int) -> None:
    home = Home(kind, Random(kind))
    for _ in range(days):
        # The seconds around some steps one by one, the hours between in steps of minutes.
        for _ in range(3):
            home.draw = home.dice.choice((0, 6, 9, 12, 16))
            home.run(180)
            home.draw = max(home.draw + home.dice.choice((3, -3, 5)), 0)
            home.run(180)
            home.run(home.dice.randrange(5, 8) * 3600, every=120)
    assert not home.faults & {Fault.FROZEN, Fault.INVERTED}


CLOUDS: dict[str, Callable[[int], float]] = {
    "slow": lambda now: 4000 + 3500 * ((now // 7) % 240 - 120) / 120,
    "fast": lambda now: 8000 if now % 300 < 150 else 1500,
    "edges": lambda now: 1500 + 110 * min(now % 400, 400 - now % 400, 60),
}


@pytest.mark.parametrize("every", [5, 60])
@pytest.mark.parametrize("clouds", CLOUDS)
@pytest.mark.long
def test_clouds_that_our_own_steps_follow_are_no_alarm(clouds: str, every: int) -> None:
    house = House(CLOUDS[clouds], every=every, poll=15 if every == 60 else 1)

    house.run(4 * 3600)

    assert not house.faults
