"""The commander under random events: no command to a vehicle that is away, and none too often."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from random import Random
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.control.commands import (
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.control.vehicle_facts import (
    LocationUpdates,
    VehicleCharging,
)
from tests.charging.driveway import (
    AWAY,
    COMMANDS,
    HERE,
    LEFT,
    RIGHT,
    STALE,
    STRANGER,
    Driveway,
    sedan,
    van,
)

EVENTS = st.one_of(
    st.tuples(st.just("request"), st.sampled_from([*VehicleRequest, None])),
    st.tuples(st.just("offer"), st.booleans()),
    st.tuples(st.just("plug"), st.sampled_from([HERE, STRANGER, None])),
    st.tuples(st.just("assign"), st.sampled_from([HERE, AWAY, None])),
    st.tuples(st.just("reads_vin"), st.booleans()),
    st.tuples(st.just("drawing"), st.booleans()),
    st.tuples(st.just("charge_now"), st.booleans()),
    st.tuples(st.just("override"), st.booleans()),
    st.tuples(st.just("asleep"), st.none() | st.booleans()),
    st.tuples(st.just("scheduled"), st.none() | st.booleans()),
    st.tuples(st.just("charging"), st.none() | st.sampled_from(VehicleCharging)),
    st.tuples(st.just("plugged"), st.none() | st.booleans()),
    st.tuples(st.just("seen"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([5, 60, 200, 700, 4000])),
)
CONNECTORS = st.sampled_from([LEFT, RIGHT])
ANSWERS = st.builds(
    CommandResult,
    st.sampled_from(
        sorted(
            set(CommandOutcome) - {CommandOutcome.REAUTH, CommandOutcome.NOT_ALLOWED}
        )
    ),
    st.none() | st.sampled_from([0.0, 30.0, 3000.0]),
)


def happen(site: Driveway, connector_id: int, what: str, value: Any) -> None:
    """Run a random event at a connector, or of a car."""
    outlet = site.outlets[connector_id]
    match what:
        case "offer":
            site.offer(connector_id, on=value)
        case "plug":
            site.plug(connector_id, value)
        case "assign":
            site.assignments.pop(connector_id, None)
            if value is not None:
                site.assignments[connector_id] = value
        case "drawing":
            outlet.drawing = value and outlet.car is not None
        case "override":
            site.override = value
        case "seen":
            # The van was seen elsewhere a moment ago, or at home some time ago: never at home of late.
            site.change(AWAY, at_home=not value)
            site.fixes[AWAY] = site.now - (0 if value else STALE)
        case "wait":
            site.wait(value)
        case "request" | "reads_vin" | "charge_now":
            setattr(outlet, what, value)
        case _:
            for vehicle_id in site.cars:
                site.change(vehicle_id, **{what: value})


@settings(max_examples=150, deadline=None)
@given(
    events=st.lists(st.tuples(CONNECTORS, EVENTS), max_size=40),
    said=st.lists(ANSWERS, min_size=1, max_size=8),
    location_updates=st.sampled_from([LocationUpdates.POLLED, LocationUpdates.PUSHED]),
    obeys=st.booleans(),
    delay=st.sampled_from([0.0, 3.0, 50.0, 500.0]),
)
def test_the_car_that_is_away_is_never_commanded_and_none_too_often(
    events: list[tuple[int, tuple[str, Any]]],
    said: list[CommandResult],
    location_updates: LocationUpdates,
    obeys: bool,
    delay: float,
) -> None:
    site = Driveway(cycle(said), obeys=obeys, delay=delay)
    site.add(sedan())
    site.add(van(location_updates=location_updates, can_wake=True), STALE)
    for outlet in site.outlets.values():
        site.offer(outlet.connector_id, on=True)
    for connector_id, (what, value) in events:
        happen(site, connector_id, what, value)
        site.wait(5)
    site.check()


BROKEN = sorted(set(CommandOutcome) - {CommandOutcome.DONE, CommandOutcome.ALREADY})


def broken(
    random: Random, outcomes: Iterable[CommandOutcome]
) -> Iterator[CommandResult]:
    choice = [
        item
        for item in outcomes
        if item not in (CommandOutcome.REAUTH, CommandOutcome.NOT_ALLOWED)
    ]
    while True:
        yield CommandResult(
            random.choice(choice), random.choice([None, 0.0, 30.0, 3000.0])
        )


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
@pytest.mark.long
def test_a_whole_day_of_broken_cloud(seed: int, lies: bool) -> None:
    """Random requests of the rules and acts of the vehicle; if the cloud is wrong, only random requests."""
    random = Random(seed)
    outcomes = (
        [*BROKEN, CommandOutcome.DONE, CommandOutcome.ALREADY] if lies else BROKEN
    )
    site = Driveway(broken(random, outcomes), obeys=False)
    site.now = 86400.0 * 5
    site.add(sedan())
    site.outlets[LEFT].reads_vin = random.random() < 0.5
    site.assignments = {LEFT: HERE}
    site.plug(LEFT, HERE)
    site.outlets[LEFT].drawing = random.random() < 0.5
    while site.now < 86400 * 6 - 700:
        site.outlets[LEFT].request = random.choice([*VehicleRequest, None])
        site.offer(LEFT, on=random.random() < 0.8)
        site.change(HERE, asleep=random.random() < 0.3)
        if not lies:
            site.outlets[LEFT].drawing = random.random() < 0.5
        if random.random() < 0.02:
            site.plug(LEFT, HERE)
        site.wait(random.uniform(10, 600), 10)
    site.check()
    assert len(site.asked) <= 40
    assert site.count(VehicleCommand.WAKE) <= 6
    assert site.count(*COMMANDS) or site.count(VehicleCommand.READ_STATE)
