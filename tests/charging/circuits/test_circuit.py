"""A circuit holds for all its buses together, whichever of them come and go, and whatever its other loads do."""

from collections.abc import Callable, Sequence
from math import inf
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging import away as away_module
from custom_components.twc_manager.charging.away import STOPPED_SECONDS
from custom_components.twc_manager.charging.bus_draw import BusDraw, BusVehicle
from custom_components.twc_manager.charging.circuits.circuit import (
    GRANTED_SECONDS,
    Circuit,
    CircuitConfig,
)
from custom_components.twc_manager.charging.circuits.loads import (
    LoadConfig,
    Loads,
    LoadWatch,
)
from custom_components.twc_manager.charging.circuits.raises import Committed, Raise
from custom_components.twc_manager.twc.contact import (
    FALLBACK_SECONDS,
    HELD_BACK_SECONDS,
)
from tests.charging.circuits import model
from tests.charging.circuits.model import EVENTS, Event, Plug, Site, random_events, run

BUSES = frozenset({"one", "two"})


def circuit(amps: float = 32) -> Circuit:
    """Return a circuit that has waited for buses it never heard of."""
    return Circuit(CircuitConfig("id", "Garage", amps, BUSES), -STOPPED_SECONDS)


def draw(taken: float, wanted: float = 32, possible: float | None = None) -> BusDraw:
    vehicle = BusVehicle(1, taken=taken, wanted=wanted, is_charging=taken > 0)
    return BusDraw((vehicle,), possible=taken if possible is None else possible)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1 << 30),
    events=st.lists(st.tuples(EVENTS, st.integers(1, 40)), max_size=25),
)
def test_no_order_of_events_lets_the_buses_have_more_than_the_circuit(
    seed: int, events: list[tuple[Event, int]]
) -> None:
    run(Random(seed), events)


def forget_grants(patch: pytest.MonkeyPatch) -> None:
    """Count only what a bus has reported, not what it was granted since."""
    patch.setattr(Circuit, "commit", lambda *_: None)


def forget_the_lost(patch: pytest.MonkeyPatch) -> None:
    """Count nothing of a bus that is away."""
    patch.setattr(away_module, "STOPPED_SECONDS", 0.0)


def believe_the_lowered(patch: pytest.MonkeyPatch) -> None:
    """Count an offer that was lowered as if its car had followed at once."""
    patch.setattr(model, "CONFIRMED", 0.0)


def raise_at_once(patch: pytest.MonkeyPatch) -> None:
    """Raise one car of a bus before another one has lost what it gives."""

    def all_of(
        raises: Sequence[Raise], _: float | None, beside: float = 0.0
    ) -> Committed:
        could = sum(max(item.offer, item.possible) for item in raises)
        return Committed({item.connector_id: item.offer for item in raises}, could)

    patch.setattr(model, "within_room", all_of)


def believe_the_silent(patch: pytest.MonkeyPatch) -> None:
    """Count a load whose sensor is silent with what it was measured to draw."""
    patch.setattr(
        LoadWatch,
        "amps",
        lambda watch, _: max((amps for _, amps in watch._seen), default=0.0),
    )


def forget_the_loads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Loads, "amps", lambda *_: 0.0)


def forget_the_loads_below(patch: pytest.MonkeyPatch) -> None:
    """Count a load on the circuit only that it was added to."""
    patch.setattr(CircuitConfig, "feeds", lambda *_: False)


def run_many() -> None:
    """Let many random orders of events happen."""
    for seed in range(60):
        random = Random(seed)
        run(random, random_events(random))


@pytest.mark.parametrize(
    "remove",
    [
        forget_grants,
        forget_the_lost,
        believe_the_lowered,
        raise_at_once,
        believe_the_silent,
        forget_the_loads,
        forget_the_loads_below,
    ],
)
def test_each_safeguard_is_needed(
    monkeypatch: pytest.MonkeyPatch, remove: Callable[[pytest.MonkeyPatch], None]
) -> None:
    remove(monkeypatch)
    with pytest.raises(AssertionError):
        run_many()


def test_all_of_it_is_used_and_both_have_a_part() -> None:
    site = Site(32, Random(1))
    for line in site.lines[:2]:
        line.plugs[0].wanted = 32
    highest = 0
    for _ in range(200):
        site.step()
        highest = max(highest, site.could_draw("garage"))
    assert highest == 32
    assert all(line.could_draw(site.now) >= 8 for line in site.lines[:2])


def test_to_raise_one_the_other_is_lowered_first() -> None:
    garage = circuit()
    assert garage.update("one", 0, draw(0)).amps == 32
    garage.commit("one", 32)
    # The first one has all of it: it gives half of it back, and until it has there is nothing for the second.
    assert garage.update("two", 1, draw(0)).room == 0
    assert garage.update("one", 2, draw(32)).amps == 16
    garage.commit("one", 32)
    assert garage.update("two", 3, draw(0)).room == 0
    garage.update("one", 9, draw(16))
    garage.commit("one", 16)
    assert garage.update("two", 10, draw(0)).amps == 16


def test_a_bus_that_takes_more_than_is_left_to_it_decides_at_once() -> None:
    garage, woken = circuit(), list[float]()
    garage.join("one", lambda: woken.append(now))
    for now in (0.0, 5.0):
        garage.update("one", now, draw(16))
        garage.update("two", now, draw(16))
    stubborn = BusVehicle(1, taken=24, bound=24, wanted=32, is_charging=True)
    for now in (7.0, 7.5, 8.5):
        garage.update("two", now, BusDraw((stubborn,), possible=24))
    assert woken == [7.0], "once for each change"
    now = 9.0
    garage.update("one", now, draw(8))
    garage.update("two", now, draw(16))
    assert woken == [7.0], "what it has is no more than its part"


def test_a_bus_that_left_the_circuit_is_not_woken() -> None:
    garage, woken = circuit(), list[str]()
    garage.join("one", lambda: woken.append("one"))
    garage.update("one", 0, draw(16))
    for buses in (frozenset({"two"}), BUSES):
        garage.configure(CircuitConfig("id", "Garage", 32, buses), 1)
    garage.update("one", 2, draw(32))
    garage.update("two", 5, draw(0))
    assert woken == []


def test_a_bus_that_is_away_counts_with_what_it_could_draw_until_it_must_have_stopped() -> (
    None
):
    garage = circuit()
    garage.update("one", 0, draw(12, possible=20))
    garage.commit("one", 20)
    garage.lose("one", 1)
    garage.lose("one", 60)
    assert garage.update("two", 61, draw(6)).room == 12
    assert garage.update("two", 1 + STOPPED_SECONDS, draw(6)).room == 32


def test_a_bus_behind_an_adapter_that_stood_still_counts_for_longer() -> None:
    """Its connectors may have got the last heartbeats only when the adapter went on, and run on from then."""
    garage = circuit()
    garage.update("one", 0, draw(12, possible=20))
    garage.commit("one", 20)
    garage.lose("one", 1)
    stopped_at = 1 + HELD_BACK_SECONDS + FALLBACK_SECONDS
    assert garage.update("two", stopped_at, draw(6)).room == 12


def test_a_bus_that_comes_back_is_not_believed_to_have_less_than_when_it_left() -> None:
    garage = circuit()
    garage.update("one", 0, draw(20))
    garage.commit("one", 20)
    garage.lose("one", 1)
    garage.update("one", 5, draw(0, wanted=0))
    garage.commit("one", 0)
    assert garage.update("two", 6, draw(6)).room == 12


def test_no_offer_grows_before_every_bus_has_reported_what_it_has() -> None:
    garage = Circuit(CircuitConfig("id", "Garage", 32, BUSES), 100.0)
    assert garage.update("one", 101, draw(10)).amps == 10
    assert garage.update("one", 101, draw(10)).room == 0
    garage.update("two", 102, draw(0, wanted=0))
    garage.commit("two", 0)
    assert garage.update("one", 103, draw(10)).room == 32


def test_a_bus_that_never_reports_anything_is_waited_for_only_so_long() -> None:
    garage = Circuit(CircuitConfig("id", "Garage", 32, BUSES), 100.0)
    garage.update("one", 101, draw(10))
    assert garage.update("one", 100 + STOPPED_SECONDS, draw(10)).room == 32


def test_while_a_bus_searches_no_other_one_grows_and_none_is_stopped() -> None:
    garage = circuit()
    garage.update("one", 0, BusDraw(is_searching=True))
    garage.commit("one", 0)
    share = garage.update("two", 1, draw(12))
    assert (share.amps, share.room) == (12, 0)
    # Its port is lost meanwhile: what it has not found yet stops by itself.
    garage.lose("one", 2)
    assert garage.update("two", 3, draw(12)).room == 0
    assert garage.update("two", 2 + STOPPED_SECONDS, draw(12)).room == 32


def test_what_no_offer_can_take_from_a_bus_is_taken_from_the_others() -> None:
    garage = circuit()
    vehicle = BusVehicle(1, taken=20, bound=20, wanted=20, is_charging=True)
    garage.update("one", 0, BusDraw((vehicle,), possible=20))
    garage.commit("one", 20)
    assert garage.update("two", 1, draw(16)).amps == 12


def test_a_bus_is_not_given_more_than_it_may_have_by_itself() -> None:
    garage = circuit(amps=40)
    vehicles = tuple(BusVehicle(number, wanted=32) for number in range(3))
    garage.update("one", 0, BusDraw(vehicles, limit=13))
    garage.commit("one", 0)
    assert garage.update("two", 1, draw(0)).amps == 27


def test_the_one_with_the_higher_priority_charges_where_there_is_enough_for_one() -> (
    None
):
    garage = circuit(amps=9)
    low = BusVehicle(1, taken=6, wanted=16, is_charging=True)
    high = BusVehicle(1, wanted=16, priority=1)
    garage.update("one", 0, BusDraw((low,), possible=6))
    garage.commit("one", 6)
    garage.update("two", 1, BusDraw((high,)))
    garage.commit("two", 0)
    assert garage.update("one", 2, BusDraw((low,), possible=6)).amps == 0


def test_where_there_is_enough_for_one_they_take_turns() -> None:
    garage = circuit(amps=9)
    taken = {"one": 0.0, "two": 0.0}
    served = dict(taken)
    for now in range(0, 7200, 5):
        for bus, amps in tuple(taken.items()):
            share = garage.update(bus, now, draw(amps))
            given = taken[bus] = min(share.amps, share.room)
            garage.commit(bus, given)
            served[bus] += 5 * (given >= 6)
    assert served["one"] == pytest.approx(3600, abs=930)
    assert served["two"] == pytest.approx(3600, abs=930)


def test_it_reports_what_each_bus_could_be_drawing() -> None:
    garage = circuit()
    garage.update("one", 0, draw(12, possible=20))
    garage.update("two", 0, BusDraw(is_searching=True))
    assert garage.status(1).buses == {"one": 20, "two": inf}


def test_a_bus_that_is_added_later_is_waited_for() -> None:
    garage = circuit()
    garage.update("one", 0, draw(10))
    garage.configure(CircuitConfig("id", "Garage", 32, BUSES | {"three"}), 0)
    garage.update("two", 0, draw(0, wanted=0))
    assert garage.update("one", 1, draw(10)).room == 0


def test_a_circuit_feeds_those_with_fewer_of_its_buses_or_the_same_and_no_more_amps() -> (
    None
):
    def made(name: str, amps: float, *buses: str) -> CircuitConfig:
        load = LoadConfig(f"load of {name}", 5)
        return CircuitConfig(name, name, amps, frozenset(buses), (load,))

    cable, garage = made("cable", 25, "one"), made("garage", 32, "one", "two")
    feed, other = made("feed", 40, "one", "two"), made("other", 40, "two", "three")
    every = [cable, garage, feed, other]
    found = {
        item.circuit_id: [load.load_id for load in item.above(every).loads]
        for item in every
    }
    assert found == {
        "cable": ["load of cable"],
        "garage": ["load of garage", "load of cable"],
        "feed": ["load of feed", "load of cable", "load of garage"],
        "other": ["load of other"],
    }


def test_plugs_of_the_model_may_go_on_with_an_old_offer() -> None:
    item = Plug()
    item.send(0, 16)
    item.send(10, 6)
    assert (item.within(14, 5), item.within(16, 5)) == (16, 6)


def test_a_grant_counts_until_a_report_would_show_that_it_was_sent() -> None:
    shared = circuit()
    shared.update("two", 0, BusDraw())
    assert shared.update("one", 0, draw(0)).room == 32
    shared.commit("one", 32)
    # The master has sent that at once; what the bus reports next is still from before.
    shared.update("one", 0.1, BusDraw())
    shared.commit("one", 0)
    assert shared.update("two", 0.1, draw(0)).room == 0
    assert shared.update("two", 0.1 + GRANTED_SECONDS, draw(0)).room == 32


@pytest.mark.parametrize("was_here", [True, False])
def test_a_bus_with_a_keeper_counts_for_as_long_as_it_is_away(was_here: bool) -> None:
    config = CircuitConfig("id", "Garage", 32, BUSES, kept={"two": 20})
    shared = Circuit(config, -STOPPED_SECONDS)
    if was_here:
        shared.update("two", 0, draw(6))
        shared.commit("two", 6)
        shared.lose("two", 0)
    later = STOPPED_SECONDS + 10
    share = shared.update("one", later, draw(16))
    assert (share.room, share.amps) == (12, 12)
    shared.update("two", later, draw(6, wanted=6))
    assert shared.update("one", later, draw(12)).room == 26
