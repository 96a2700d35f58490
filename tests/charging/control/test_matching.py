"""Which vehicle is matched to a connector; one elsewhere never is."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.control.matching import (
    Match,
    MatchReason,
    match,
)
from custom_components.twc_manager.charging.control.vehicle_facts import (
    FRESH_SECONDS,
    ConnectorFacts,
    LocationUpdates,
    Vehicle,
    VehicleCharging,
    VehicleLocation,
)

ONE, TWO = 0x032E, 0x1839
VINS = ("5YJ3E1EA7KF000316", "5YJXCAE43GF000123", "5YJSA1E26HF000337")
A = Vehicle("a", "A", VINS[0])
B = Vehicle("b", "B", VINS[1])
type Facts = Mapping[str, object]
HOME: Facts = {"at_home": True, "location_age": 10.0}
AWAY: Facts = {"at_home": False, "location_age": 10.0}
POLLED: Facts = {"location_updates": LocationUpdates.POLLED}
PUSHED: Facts = {"location_updates": LocationUpdates.PUSHED}


def car(base: Vehicle, *facts: Facts, **changes: object) -> Vehicle:
    for fact in facts:
        changes = {**fact, **changes}
    return replace(base, **changes)  # type: ignore[arg-type]


def at(connector_id: int = ONE, vin: str | None = None) -> ConnectorFacts:
    return ConnectorFacts(connector_id, 2, True, vin)


def only(assigned: str | None, *cars: Vehicle, vin: str | None = None) -> Match:
    """Return the match of one plugged connector."""
    assignments = {} if assigned is None else {ONE: assigned}
    return match([at(vin=vin)], assignments, cars)[ONE]


def test_a_place_is_one_only_for_a_few_minutes() -> None:
    assert A.location is VehicleLocation.UNKNOWN
    assert car(A, HOME).location is VehicleLocation.HOME
    assert car(A, AWAY, location_age=FRESH_SECONDS).location is VehicleLocation.AWAY
    assert (
        car(A, HOME, location_age=FRESH_SECONDS + 1).location is VehicleLocation.UNKNOWN
    )
    assert car(A, HOME, location_age=-1.0).location is VehicleLocation.UNKNOWN
    assert car(A, HOME, location_age=float("nan")).location is VehicleLocation.UNKNOWN


def test_a_vin_that_the_connector_reads_proves_which_car_is_here() -> None:
    proven = Match("a", MatchReason.VIN, proven_here=True)
    assert only(None, A, B, vin=A.vin) == proven
    # Whatever else is reported, or was chosen.
    assert only("b", car(A, POLLED, AWAY, plugged=False), B, vin=A.vin) == proven


def test_an_unknown_vin_is_another_owners() -> None:
    for assigned in (None, "a"):
        nobody = only(assigned, car(A, HOME), vin=VINS[2])
        assert nobody == Match(None, MatchReason.SOMEONE_ELSES)
    # A car whose VIN is unknown may be this one, if its owner has chosen it.
    unknown = car(A, HOME, vin=None)
    assert only("a", unknown, vin=VINS[2]) == Match("a", MatchReason.ASSIGNED)
    assert only(None, unknown, vin=VINS[2]) == Match(None, MatchReason.SOMEONE_ELSES)


def is_commanded(found: Match) -> bool:
    return found.vehicle_id is not None and not found.needs_location


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [
        (car(A, HOME), Match("a", MatchReason.ASSIGNED)),
        (car(A, AWAY), Match(None, MatchReason.AWAY)),
        (A, Match("a", MatchReason.ASSIGNED)),
        (car(A, POLLED), Match("a", MatchReason.ASSIGNED, needs_location=True)),
        (
            car(A, POLLED, AWAY, location_age=301.0),
            Match("a", MatchReason.ASSIGNED, needs_location=True),
        ),
        (car(A, POLLED, HOME), Match("a", MatchReason.ASSIGNED)),
        (car(A, PUSHED), Match(None, MatchReason.PLACE_UNKNOWN)),
        (
            car(A, PUSHED, HOME, location_age=301.0),
            Match(None, MatchReason.PLACE_UNKNOWN),
        ),
        (car(A, HOME, plugged=False), Match(None, MatchReason.NOT_PLUGGED)),
        (
            car(A, charging=VehicleCharging.DISCONNECTED),
            Match(None, MatchReason.NOT_PLUGGED),
        ),
    ],
)
def test_the_owners_assignment_counts_unless_the_car_is_or_may_be_elsewhere(
    assigned: Vehicle, expected: Match
) -> None:
    assert only("a", assigned) == expected


@pytest.mark.parametrize(
    ("cars", "expected"),
    [
        ([], Match(None, MatchReason.NONE_KNOWN)),
        ([A], Match(None, MatchReason.NONE_HOME)),
        ([car(A, HOME)], Match("a", MatchReason.ONLY_ONE_HOME)),
        ([car(A, HOME), car(B, AWAY)], Match("a", MatchReason.ONLY_ONE_HOME)),
        ([car(A, HOME), car(B, HOME)], Match(None, MatchReason.SEVERAL_HOME)),
        (
            [car(A, HOME), car(B, HOME, plugged=False)],
            Match("a", MatchReason.ONLY_ONE_HOME),
        ),
        ([car(A, AWAY), car(B, AWAY)], Match(None, MatchReason.NONE_HOME)),
        ([car(A, POLLED)], Match("a", MatchReason.ONLY_ONE_HOME, needs_location=True)),
        (
            [car(A, HOME), car(B, POLLED)],
            Match("b", MatchReason.ONLY_ONE_HOME, needs_location=True),
        ),
        ([car(A, HOME), car(B, PUSHED)], Match("a", MatchReason.ONLY_ONE_HOME)),
        (
            [car(A, HOME), car(B, POLLED, asleep=True)],
            Match("a", MatchReason.ONLY_ONE_HOME),
        ),
        (
            [car(A, POLLED, asleep=True), car(B, POLLED)],
            Match("b", MatchReason.ONLY_ONE_HOME, needs_location=True),
        ),
        (
            [car(A, POLLED, asleep=True), car(B, AWAY)],
            Match("a", MatchReason.ONLY_ONE_HOME, needs_location=True),
        ),
    ],
)
def test_else_it_is_the_only_one_at_home(cars: list[Vehicle], expected: Match) -> None:
    assert only(None, *cars) == expected
    # So it is at a connector whose own car is elsewhere, or gone.
    assert only("gone", *cars) == expected


def test_another_car_may_stand_in_the_place_of_an_assigned_one() -> None:
    away, here = car(A, AWAY), car(B, HOME)
    assert only("a", away, here) == Match("b", MatchReason.ONLY_ONE_HOME)
    assert only("a", away, car(B, AWAY)) == Match(None, MatchReason.AWAY)


def test_no_car_is_at_two_connectors() -> None:
    both = [at(ONE), at(TWO)]
    nobody = Match(None, MatchReason.AMBIGUOUS)
    assert match(both, {}, [car(A, HOME)]) == {ONE: nobody, TWO: nobody}
    assert match(both, {ONE: "a", TWO: "a"}, [A]) == {ONE: nobody, TWO: nobody}
    # The VIN of a moment ago, where two cables were swapped.
    swapped = [at(ONE, A.vin), at(TWO, A.vin)]
    assert match(swapped, {}, [A]) == {ONE: nobody, TWO: nobody}
    # The one that is proven elsewhere is not here, whatever its owner chose.
    assert match([at(ONE), at(TWO, A.vin)], {ONE: "a"}, [A, car(B, AWAY)]) == {
        ONE: Match(None, MatchReason.ELSEWHERE_PLUGGED),
        TWO: Match("a", MatchReason.VIN, proven_here=True),
    }


def test_an_empty_connector_has_no_car() -> None:
    empty = ConnectorFacts(ONE, 2, False)
    nothing = Match(None, MatchReason.NOTHING_PLUGGED)
    assert match([empty], {ONE: "a"}, [car(A, HOME)]) == {ONE: nothing}
    assert match([empty, at(TWO)], {TWO: "b"}, [A, B]) == {
        ONE: nothing,
        TWO: Match("b", MatchReason.ASSIGNED),
    }


CARS = st.builds(
    Vehicle,
    vehicle_id=st.just(""),
    name=st.just("car"),
    vin=st.none(),
    location_updates=st.sampled_from(LocationUpdates),
    at_home=st.none() | st.booleans(),
    location_age=st.none() | st.sampled_from([0.0, 299.0, 301.0]),
    plugged=st.none() | st.booleans(),
    charging=st.none() | st.sampled_from(VehicleCharging),
    asleep=st.none() | st.booleans(),
)


@given(
    cars=st.tuples(CARS, CARS, CARS),
    vins=st.lists(st.booleans(), min_size=3, max_size=3),
    connectors=st.lists(
        st.tuples(st.booleans(), st.none() | st.sampled_from(VINS)), max_size=3
    ),
    assignments=st.dictionaries(
        st.integers(0, 2), st.sampled_from(["0", "1", "2", "gone"])
    ),
    reverse=st.booleans(),
)
def test_whatever_is_known(
    cars: tuple[Vehicle, ...],
    vins: list[bool],
    connectors: list[tuple[bool, str | None]],
    assignments: dict[int, str],
    reverse: bool,
) -> None:
    known = [
        replace(item, vehicle_id=str(index), vin=VINS[index] if vins[index] else None)
        for index, item in enumerate(cars)
    ]
    facts = [
        ConnectorFacts(index, 2, plugged, vin if plugged else None)
        for index, (plugged, vin) in enumerate(connectors)
    ]
    found = match(facts, assignments, known)

    assert found.keys() == {item.connector_id for item in facts}
    matched = [
        item.vehicle_id for item in found.values() if item.vehicle_id is not None
    ]
    assert len(matched) == len(set(matched))
    by_id = {item.vehicle_id: item for item in known}
    for fact in facts:
        one = found[fact.connector_id]
        assert fact.plugged or one.reason is MatchReason.NOTHING_PLUGGED
        assert not one.needs_location or one.vehicle_id is not None
        if one.vehicle_id is None:
            continue
        at_it = by_id[one.vehicle_id]
        assert one.proven_here is (fact.vin is not None and fact.vin == at_it.vin)
        if one.proven_here:
            continue
        assert fact.vin is None or at_it.vin is None
        assert at_it.location is not VehicleLocation.AWAY
        if not one.needs_location and at_it.location is VehicleLocation.UNKNOWN:
            assert at_it.location_updates is LocationUpdates.NEVER
            assert assignments[fact.connector_id] == at_it.vehicle_id
    again = match(facts[::-1] if reverse else facts, assignments, known[::-1])
    assert {key: is_commanded(item) for key, item in again.items()} == {
        key: is_commanded(item) for key, item in found.items()
    }
