"""The peak budget: no interval is raised by charging beyond what is wished or paid for, whatever the house does."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from custom_components.twc_manager.charging.away import STOPPED_SECONDS
from custom_components.twc_manager.charging.limits import peak_allowance
from custom_components.twc_manager.charging.limits.peak_allowance import (
    IntervalFacts,
    allowance,
)
from custom_components.twc_manager.charging.limits.peak_meter import PeakMeter
from custom_components.twc_manager.charging.limits.peak_tariff import (
    PRESETS,
    PeakPreset,
)
from custom_components.twc_manager.charging.limits.shared_peak import (
    PeakInputs,
    PeakLoad,
    SharedPeak,
)

from .household import MAXIMUM, MINIMUM, START, Household

QUARTER = IntervalFacts(900, 0, 0, 0, budget=4000, house=500, usual=500)
FLANDERS = PRESETS[PeakPreset.FLANDERS]


def at(minutes: float, *, average: float, **changes: Any) -> IntervalFacts:
    """Return a quarter of an hour after some minutes with this average import so far, in W."""
    gone = 60 * minutes
    return replace(QUARTER, gone=gone, used=average * gone, **changes)


def test_what_was_not_used_may_be_used_for_the_rest() -> None:
    assert allowance(QUARTER, 1400).watts == pytest.approx(3500)
    half = at(7.5, average=2000)
    assert allowance(half, 1400).watts == pytest.approx(5500)
    assert allowance(at(7.5, average=5000), 1400).watts == pytest.approx(2500)


def test_a_short_burst_of_the_house_stops_no_vehicle() -> None:
    kettle = at(3, average=3600, house=4500)
    assert allowance(kettle, 1400).watts > 1400
    # Later there is no time left to make up for it.
    late = at(12, average=3900, house=5500)
    assert allowance(late, 1400).watts < 1400


def test_a_vehicle_goes_on_at_its_minimum_while_that_can_be_made_up_for() -> None:
    dear = at(5, average=4000, house=2800, usual=2800)
    assert allowance(dear, 1400).watts == 1400
    assert not allowance(dear, 1400).may_start
    spent = at(11, average=4300, house=2800, usual=2800)
    assert allowance(spent, 1400).watts < 1400


def test_none_starts_in_the_last_minutes_or_where_it_could_not_go_on() -> None:
    assert allowance(at(11.9, average=2000), 1400).may_start
    assert not allowance(at(12.1, average=2000), 1400).may_start
    # The rest of this quarter is free, the next one would not be.
    assert not allowance(at(7, average=1000, usual=3000), 1400).may_start


def test_nothing_rises_steeply_just_before_the_end() -> None:
    end = at(14.9, average=1000)
    assert allowance(end, 1400).watts < 20_000


def test_a_time_of_which_nothing_is_known_counts_with_the_budget() -> None:
    unknown = replace(QUARTER, gone=450, used=0, unknown=450)
    assert allowance(unknown, 1400).watts == pytest.approx(3500)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("preset", "wish_kw"), [("flanders", 4.5), ("norway", 5.0)])
def test_charging_raises_no_peak(preset: str, wish_kw: float, seed: int) -> None:
    home = Household(preset, wish_kw, seed)
    bill = home.run(6)
    assert bill.too_high_by_charging == 0
    assert home.charged_kwh > 6 * 20


@pytest.mark.long
@pytest.mark.parametrize("removed", ["reserve", "expected load", "energy so far"])
def test_each_safeguard_is_needed(
    removed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    match removed:
        case "reserve":
            monkeypatch.setattr(peak_allowance, "RESERVE_SHARE", 0.0)
        case "expected load":
            monkeypatch.setattr(IntervalFacts, "expected_house", property(lambda _: 0))
        case "energy so far":
            taken = PeakMeter.facts

            def forget(*args: Any) -> IntervalFacts | None:
                facts = taken(*args)
                return facts and replace(facts, used=0.0, unknown=0.0)

            monkeypatch.setattr(PeakMeter, "facts", forget)
    homes = (Household("flanders", 4.5, seed) for seed in range(3))
    assert any(home.run(6).too_high_by_charging for home in homes)


def test_a_silent_meter_leaves_nothing_in_hours_that_count() -> None:
    peak, inputs = SharedPeak(), PeakInputs(FLANDERS, 500.0, wish_kw=5)
    load = PeakLoad(0, MAXIMUM, MINIMUM)
    assert peak.update("bus", 0, START, inputs, load).watts
    share = peak.update("bus", 5, START, replace(inputs, imported=None), load)
    assert (share.watts, share.is_silent) == (0, True)
    sweden = replace(inputs, tariff=PRESETS[PeakPreset.SWEDEN], imported=None)
    night = peak.update("bus", 10, START, sweden, load)
    assert (night.watts, night.is_silent) == (None, False)


def test_a_measurement_goes_on_after_a_restart() -> None:
    meter = PeakMeter()
    for second in range(0, 601, 10):
        local = START + timedelta(seconds=second)
        meter.update(second, local, FLANDERS, 6000.0, 0.0)
    again = PeakMeter.from_dict(meter.as_dict())
    for second in range(660, 901, 10):
        local = START + timedelta(seconds=second)
        again.update(second, local, FLANDERS, 6000.0, 0.0)
    # The minute of the restart is not known, and counts for no peak.
    assert again.records.tops(FLANDERS) == (pytest.approx(6 * 14 / 15, abs=0.02),)


def test_a_restart_forgets_no_burst_of_the_house() -> None:
    """The first oven after a restart found no reserve."""
    meter = PeakMeter()
    for second in range(0, 3600, 10):
        oven = 2500.0 if 1200 <= second < 2400 else 500.0
        local = START + timedelta(seconds=second)
        meter.update(second, local, FLANDERS, oven, 0.0)
    again = PeakMeter.from_dict(meter.as_dict())
    local = START + timedelta(seconds=3660)
    again.update(3660, local, FLANDERS, 500.0, 0.0)
    facts = again.facts(local, FLANDERS, 4000)
    assert facts is not None
    assert 1500 < facts.burst < 2000


@pytest.mark.parametrize("spoiled", [float("nan"), -1.0, "x"])
def test_a_stored_measurement_that_cannot_be_is_refused(spoiled: Any) -> None:
    running = [START.isoformat(), spoiled, 60]
    with pytest.raises((TypeError, ValueError)):
        PeakMeter.from_dict({"records": [], "running": running})
    day = START.date().isoformat()
    with pytest.raises((TypeError, ValueError)):
        PeakMeter.from_dict({"records": [[day, [spoiled]]], "running": None})
    with pytest.raises((TypeError, ValueError)):
        PeakMeter.from_dict({"records": [], "running": None, "burst": spoiled})


@pytest.mark.parametrize("seed", range(20))
def test_buses_share_it_and_never_get_more_together(seed: int) -> None:
    random, peak = Random(seed), SharedPeak()
    inputs = PeakInputs(FLANDERS, 500.0, wish_kw=9)
    loads = dict.fromkeys("abc", 0.0)
    for second in range(0, 880, 5):
        for bus in random.sample("abc", random.randint(1, 3)):
            imported = 500 + sum(loads.values())
            wanted = random.choice((0.0, 3680.0, 11_040.0))
            share = peak.update(
                bus,
                second,
                START + timedelta(seconds=second),
                replace(inputs, imported=imported),
                PeakLoad(loads[bus], wanted, MINIMUM),
            )
            others = sum(watts for key, watts in loads.items() if key != bus)
            loads[bus] = min(wanted, share.watts or 0.0)
            assert loads[bus] + others <= max(9_000 * 900, others) + 1e-6
    used = peak.meter.running
    assert used is not None
    assert used.used <= 9_000 * 900


def test_two_buses_that_want_all_get_the_same() -> None:
    peak, loads = SharedPeak(), {"a": 8000.0, "b": 0.0}
    for second in range(0, 60, 5):
        for bus in ("a", "b"):
            inputs = PeakInputs(FLANDERS, sum(loads.values()), wish_kw=8)
            load = PeakLoad(loads[bus], 11_000, MINIMUM)
            local = START + timedelta(seconds=second)
            share = peak.update(bus, second, local, inputs, load)
            loads[bus] = share.watts or 0.0
    assert loads["a"] == pytest.approx(loads["b"], rel=0.1)


def test_a_bus_that_is_away_counts_until_its_vehicles_must_have_stopped() -> None:
    """Its vehicles draw 3 kW of the 4 kW that they may, and stop by themselves after 46 s, which nothing reports."""
    peak = SharedPeak()
    inputs = PeakInputs(FLANDERS, wish_kw=8)
    present = PeakLoad(4000, 11_000, MINIMUM)
    lost = PeakLoad(3000, 11_000, MINIMUM, possible=4000)

    def update(bus: str, second: float, load: PeakLoad | None) -> float:
        imported = 7000.0 if second < 100 + 46 else 4000.0
        local = START + timedelta(seconds=second)
        now = replace(inputs, imported=imported)
        share = peak.update(bus, second, local, now, load)
        return share.watts or 0.0

    for second in range(0, 100, 5):
        update("b", second, lost)
        update("a", second, present)
    shares = {}
    for second in range(100, 400, 5):
        update("b", second, None)
        shares[second] = update("a", second, present)
    away = [watts for second, watts in shares.items() if second < 100 + STOPPED_SECONDS]
    # A little more than half: it drew less than it might have.
    assert max(away) < 4600
    assert min(watts for second, watts in shares.items() if second > 240) > 7500
    # What it drew was not taken for a burst of the house.
    facts = peak.meter.facts(START + timedelta(seconds=400), FLANDERS, 8000)
    assert facts is not None
    assert facts.burst == pytest.approx(0, abs=1)


def test_a_bus_that_has_left_counts_as_long() -> None:
    peak, inputs = SharedPeak(), PeakInputs(FLANDERS, 8000.0, wish_kw=8)
    peak.update("b", 0, START, inputs, PeakLoad(4000, 4000, MINIMUM, 4000))
    peak.lose("b", 1)
    load = PeakLoad(4000, 11_000, MINIMUM)
    for second, limit in ((10, 4500), (STOPPED_SECONDS, 4500)):
        local = START + timedelta(seconds=second)
        share = peak.update("a", second, local, inputs, load)
        assert (share.watts or 0) < limit
    local = START + timedelta(seconds=STOPPED_SECONDS + 2)
    free = replace(inputs, imported=4000.0)
    share = peak.update("a", STOPPED_SECONDS + 2, local, free, load)
    assert (share.watts or 0) > 5000
