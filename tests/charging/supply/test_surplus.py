"""The surplus of every kind of sensor: a faulty one gives none, and the draw of the cars does not increase it."""

from dataclasses import replace
from math import inf, isfinite, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.supply.surplus import (
    Fault,
    Reading,
    Readings,
    Source,
    SourceConfig,
    Surplus,
    Trust,
    available_w,
    read_level,
    read_power,
)
from custom_components.twc_manager.charging.supply.surplus_meter import SurplusMeter

NOW = 1000.0
BY_PRODUCTION = SourceConfig(grid=False)


def said(value: float | None, age: float = 0.0) -> Reading:
    return Reading(value, NOW - age)


def surplus(
    config: SourceConfig | None = None, charging_w: float = 0.0, **readings: Any
) -> Any:
    return available_w(
        Readings(**readings), config or SourceConfig(), charging_w, NOW
    ).watts


@pytest.mark.parametrize(
    ("state", "unit", "watts"),
    [
        ("1234.5", 1, 1234.5),
        ("-1.5", 1000, -1500),
        (2, 1000, 2000),
        (" 7 ", 1, 7),
        ("0", 1e6, 0),
    ],
)
def test_power_readings_are_converted_to_watts(
    state: str | float, unit: float, watts: float
) -> None:
    assert read_power(state, unit, NOW) == Reading(watts, NOW)
    assert read_power(state, unit, NOW, inverted=True) == Reading(-watts, NOW)


@pytest.mark.parametrize(
    ("state", "unit", "fault"),
    [
        (None, 1, Fault.UNAVAILABLE),
        ("unavailable", 1, Fault.UNAVAILABLE),
        ("unknown", 1, Fault.UNAVAILABLE),
        ("", 1, Fault.UNAVAILABLE),
        ("sunny", 1, Fault.NOT_A_NUMBER),
        ("nan", 1, Fault.NOT_A_NUMBER),
        ("-inf", 1000, Fault.NOT_A_NUMBER),
        (inf, 1, Fault.NOT_A_NUMBER),
        (True, 1, Fault.NOT_A_NUMBER),
        (10**400, 1, Fault.NOT_A_NUMBER),
        ("1e9", 1, Fault.ABSURD),
        ("-4000", 1000, Fault.ABSURD),
        ("12", None, Fault.UNIT),
    ],
)
def test_a_state_without_a_power_gives_no_reading(
    state: Any, unit: Any, fault: Fault
) -> None:
    assert read_power(state, unit, NOW) == Reading(None, NOW, fault)


def test_a_level_is_a_percentage() -> None:
    assert read_level("80", NOW).value == 80
    assert read_level("101", NOW).fault is Fault.ABSURD
    assert read_level("unknown", NOW).fault is Fault.UNAVAILABLE


def test_a_grid_meter_contains_the_connectors() -> None:
    assert surplus(grid=said(-3000)) == 3000
    assert surplus(charging_w=2400, grid=said(-600)) == 3000
    assert surplus(charging_w=2400, grid=said(400)) == 2000
    assert surplus(grid=said(500)) == -500


def test_surplus_is_production_minus_consumption() -> None:
    without = replace(BY_PRODUCTION, consumption_has_charging=False)
    readings: dict[str, Any] = {"production": said(5000), "consumption": said(3000)}

    assert surplus(BY_PRODUCTION, 2400, **readings) == 4400
    assert surplus(without, 2400, **readings) == 2000


def test_surplus_of_production_alone_subtracts_the_average_load() -> None:
    config = replace(BY_PRODUCTION, reserved_w=700)

    assert surplus(config, 2400, production=said(5000)) == 4300


def test_a_negative_consumption_is_an_error_of_the_meters() -> None:
    readings: dict[str, Any] = {"production": said(1000), "consumption": said(2300)}

    assert surplus(BY_PRODUCTION, 2400, **readings) == 1000


def test_the_discharge_of_the_house_battery_is_no_surplus() -> None:
    # The battery supplies the car, so that the grid meter shows zero.
    assert surplus(charging_w=3000, grid=said(0), battery_power=said(-2000)) == 1000
    hybrid = replace(BY_PRODUCTION, production_has_battery=True)
    assert surplus(hybrid, production=said(3000), battery_power=said(-3000)) == 0
    assert surplus(BY_PRODUCTION, production=said(0), battery_power=said(-3000)) < 0


@pytest.mark.parametrize(("level", "watts"), [(79.0, 770), (80.0, 3500), (None, 770)])
def test_the_battery_comes_first_up_to_its_level(
    level: float | None, watts: float
) -> None:
    config = SourceConfig(battery_first_to=80)

    assert (
        surplus(
            config,
            grid=said(-1000),
            battery_power=said(2500),
            battery_level=said(level),
        )
        == watts
    )


def test_the_battery_takes_its_part_of_the_production_first() -> None:
    config = replace(BY_PRODUCTION, battery_first_to=80)
    readings: dict[str, Any] = {"production": said(5000), "battery_power": said(2000)}

    assert surplus(config, battery_level=said(50), **readings) == 2770
    assert surplus(config, battery_level=said(90), **readings) == 5000


@pytest.mark.parametrize(
    ("level", "battery", "grid", "watts"),
    [
        (59.0, 3000, 0, 1770),
        # Half of 5 kW.
        (60.0, 3000, 0, 2500),
        # What the battery cannot take is for the cars.
        (60.0, 500, -4000, 5770),
        # It does not feed them.
        (60.0, -3000, 0, -1000),
        (80.0, 3000, 0, 5000),
    ],
)
def test_from_a_second_level_on_the_cars_have_a_share(
    level: float, battery: float, grid: float, watts: float
) -> None:
    config = SourceConfig(battery_first_to=80, battery_share_from=60)
    readings: dict[str, Any] = {
        "grid": said(grid),
        "battery_power": said(battery),
        "battery_level": said(level),
    }

    assert surplus(config, 2000, **readings) == watts


def test_an_unchanged_level_still_counts_but_not_a_silent_one() -> None:
    config = SourceConfig(battery_first_to=80)
    readings: dict[str, Any] = {"grid": said(0), "battery_power": said(2000)}

    assert surplus(config, battery_level=said(90, 1800), **readings) == 2000
    assert surplus(config, battery_level=said(90, 4000), **readings) == -230


def test_a_silent_sensor_is_stale() -> None:
    fresh = available_w(Readings(grid=said(-3000, 299)), SourceConfig(), 0, NOW)
    old = available_w(Readings(grid=said(-3000, 301)), SourceConfig(), 0, NOW)

    assert fresh.watts == 3000 and not fresh.stale
    assert old.watts is None and old.stale
    assert old.faults == ((Source.GRID, Fault.STALE),)


def test_a_briefly_unavailable_sensor_is_unknown_but_not_stale() -> None:
    out = read_power("unavailable", 1, NOW - 3)

    result = available_w(Readings(grid=out), SourceConfig(), 0, NOW)

    assert result.watts is None and not result.stale
    assert result.faults == ((Source.GRID, Fault.UNAVAILABLE),)


def test_a_surplus_is_as_old_as_the_meter_that_contains_the_connectors() -> None:
    readings = Readings(production=said(4000, 60), consumption=said(500, 5))

    assert available_w(readings, BY_PRODUCTION, 0, NOW).at == NOW - 5
    apart = replace(BY_PRODUCTION, consumption_has_charging=False)
    assert available_w(readings, apart, 0, NOW).at == NOW


def test_a_rise_of_the_draw_that_the_meter_has_not_seen_is_no_surplus() -> None:
    meter, config = SurplusMeter(), SourceConfig()
    readings = Readings(grid=Reading(-1000, NOW))
    assert meter.update(readings, config, 2400, NOW).watts == 3400

    assert meter.update(readings, config, 3400, NOW + 2).watts == 3400

    seen = Readings(grid=Reading(0, NOW + 5))
    assert meter.update(seen, config, 3400, NOW + 5).watts == 3400


class Polled:
    """A grid meter under constant sun: it measures every `every` s, and its value is read every `poll` s."""

    def __init__(self, every: int, poll: int, sun: float = 5000) -> None:
        self.every, self.poll, self.sun = every, poll, sun
        self.meter = SurplusMeter()
        self.now = 0
        self.value = self.stamp = 0.0
        self.last: Surplus | None = None

    def run(self, seconds: int, charging_w: float) -> Surplus:
        for _ in range(seconds):
            if self.now % self.every == 0:
                # The load of the house always varies a little.
                self.value = charging_w + self.now % 7 - self.sun
            if self.now % self.poll == 0:
                self.stamp = float(self.now)
            grid = Reading(self.value, self.stamp)
            self.last = self.meter.update(
                Readings(grid=grid), SourceConfig(), charging_w, self.now
            )
            self.now += 1
        assert self.last is not None
        return self.last


@pytest.mark.parametrize(("every", "poll"), [(60, 15), (300, 30)])
def test_a_repeated_value_with_a_new_stamp_after_a_changed_draw_is_no_measurement(
    every: int, poll: int
) -> None:
    polled = Polled(every, poll)
    polled.run(4 * every + 1, 1000)
    measured = 4 * every

    result = polled.run(every - 1, 3000)

    assert result.at == measured
    assert result.watts == pytest.approx(5000, abs=10)
    assert polled.run(1, 3000).at == measured + every


def test_a_small_change_of_the_draw_does_not_discredit_a_repeated_value() -> None:
    polled = Polled(60, 15)
    polled.run(241, 1000)

    assert polled.run(30, 1200).at == 270


def test_an_honest_sensor_that_repeats_counts_again_after_twice_its_interval() -> None:
    # An inverter keeps the grid at 0.0 kW and compensates every step of ours.
    meter, config = SurplusMeter(), SourceConfig()
    at = {}
    for now in range(200):
        charging_w = 1000 if now < 100 else 3000
        grid = Reading(0.0, now - now % 5)
        at[now] = meter.update(Readings(grid=grid), config, charging_w, now).at

    assert at[99] == 95
    assert at[100] == at[105] == at[109] == 95
    assert at[116] == 115
    assert at[199] == 195


@pytest.mark.parametrize("moving", ["battery_power", "consumption"])
def test_another_sensor_that_moved_makes_the_measurement_new(moving: str) -> None:
    meter = SurplusMeter()
    grid = moving == "battery_power"
    config = SourceConfig(grid=grid)
    still = "grid" if grid else "production"
    for now in range(0, 100, 5):
        charging_w = 1000 if now < 50 else 3000
        readings = {
            still: Reading(0.0, now),
            moving: Reading(2000.0 - charging_w, now),
        }
        result = meter.update(Readings(**readings), config, charging_w, now)
        assert result.at == now


def test_a_value_that_returns_after_a_failed_poll_is_still_the_old_one() -> None:
    polled = Polled(300, 15)
    polled.run(1201, 1000)
    polled.run(20, 3000)
    failed = Readings(grid=Reading(None, polled.now, Fault.UNAVAILABLE))
    polled.meter.update(failed, SourceConfig(), 3000, polled.now)

    assert polled.run(30, 3000).at == 1200


def test_the_power_is_remembered_for_as_long_as_a_reading_counts() -> None:
    meter, config = SurplusMeter(), SourceConfig()
    readings = Readings(grid=Reading(0, NOW))
    for second in range(299):
        result = meter.update(readings, config, 1000 + second, NOW + second)
    assert result.watts == 1000
    # A clock that restarts resets everything.
    assert meter.update(Readings(grid=Reading(0, 1)), config, 50, 1).watts == 50


numbers = st.one_of(
    st.none(), st.floats(), st.text(max_size=4), st.sampled_from(["unavailable", "nan"])
)


@given(state=numbers, level=numbers, unit=st.sampled_from([1, 1000.0, None]))
def test_no_state_raises_an_error_or_becomes_an_absurd_surplus(
    state: Any, level: Any, unit: float | None
) -> None:
    readings = Readings(
        grid=read_power(state, unit, NOW),
        battery_power=read_power(level, unit, NOW),
        battery_level=read_level(level, NOW),
    )

    result = available_w(readings, SourceConfig(battery_first_to=50), 0, NOW)

    assert result.watts is None or (
        isfinite(result.watts) and abs(result.watts) <= 400_000
    )


@given(
    grid=st.floats(-9e3, 9e3),
    battery=st.floats(-9e3, 9e3),
    level=st.floats(0, 100),
    charging=st.floats(0, 9e3),
)
def test_an_unknown_battery_level_never_increases_the_surplus(
    grid: float, battery: float, level: float, charging: float
) -> None:
    config = SourceConfig(battery_first_to=80)
    known = surplus(
        config, charging, grid=said(grid), battery_power=said(battery),
        battery_level=said(level),
    )  # fmt: skip
    unknown = surplus(
        config, charging, grid=said(grid), battery_power=said(battery),
        battery_level=said(None),
    )  # fmt: skip

    assert known is not None and unknown is not None
    assert unknown <= known


@pytest.mark.parametrize("bad", [nan, inf])
def test_a_charging_power_that_is_no_number_is_no_surplus(bad: float) -> None:
    assert surplus(charging_w=bad, grid=said(0)) is None


def test_an_idle_battery_counts_while_its_device_reports() -> None:
    resting = Reading(0, NOW - 7200, alive_at=NOW - 5)

    result = available_w(
        Readings(grid=said(-3000), battery_power=resting), SourceConfig(), 0, NOW
    )

    assert result.watts == 2770 and not result.faults
    dead = replace(resting, alive_at=NOW - 301)
    result = available_w(
        Readings(grid=said(-3000), battery_power=dead), SourceConfig(), 0, NOW
    )
    assert result.watts is None and result.stale
    assert result.faults == ((Source.BATTERY_POWER, Fault.STALE),)


def test_a_report_of_the_device_does_not_renew_a_measurement() -> None:
    alive = Reading(-3000, NOW - 100, alive_at=NOW)

    assert available_w(Readings(grid=alive), SourceConfig(), 0, NOW).at == NOW - 100


class Standing:
    """A grid meter that freezes at some time, while its time stamps continue."""

    def __init__(self, value: float) -> None:
        self.value, self.now = value, 0
        self.meter = SurplusMeter()
        for second in range(100):
            self.run(1, 0.0, value + second % 3)

    def run(
        self, seconds: int, charging_w: float, value: float | None = None
    ) -> Surplus:
        for _ in range(seconds):
            grid = Reading(self.value if value is None else value, self.now)
            result = self.meter.update(
                Readings(grid=grid), SourceConfig(), charging_w, self.now
            )
            self.now += 1
        return result


@pytest.mark.parametrize("value", [-6000.0, 3000.0])
def test_a_meter_that_repeats_its_value_while_our_power_moves_counts_as_silent(
    value: float,
) -> None:
    standing = Standing(value)
    assert standing.run(300, 0).watts is not None

    result = standing.run(100, 700)
    assert result.watts is not None
    assert result.trust is Trust.DOUBTED
    assert result.unconfirmed == pytest.approx(700 / 230)
    # One more step has to prove it.
    result = standing.run(30, 0)

    assert (result.watts, result.stale) == (None, True)
    assert result.faults == ((Source.GRID, Fault.FROZEN),)
    # It stays frozen whatever is drawn, until the first new value.
    assert standing.run(200, 0).faults == ((Source.GRID, Fault.FROZEN),)
    assert standing.run(1, 0, value + 1).watts is not None


def test_a_small_change_of_our_power_proves_no_meter_frozen() -> None:
    standing = Standing(-6000)

    assert standing.run(600, 680).watts is not None


def test_a_grid_that_is_kept_at_zero_is_not_frozen() -> None:
    standing = Standing(0)

    assert standing.run(3600, 5000).faults == ()


def test_a_steady_meter_beside_a_changing_battery_is_not_frozen() -> None:
    meter = SurplusMeter()
    for now in range(3600):
        charging_w = 0.0 if now < 200 else 3000.0
        readings = Readings(
            grid=Reading(-400.0, now),
            battery_power=Reading(4000 - charging_w - now % 5, now),
        )
        assert meter.update(readings, SourceConfig(), charging_w, now).faults == ()


@pytest.mark.parametrize("resolution", [1, 100])
def test_a_slow_meter_or_a_coarse_one_is_not_frozen(resolution: int) -> None:
    meter = SurplusMeter()
    value = 0.0
    for now in range(2 * 3600):
        charging_w = 700.0 * (now // 200 % 10)
        if now % 60 == 0:
            value = round((charging_w - 8000) / resolution) * resolution
        readings = Readings(grid=Reading(value, now - now % 15))
        assert meter.update(readings, SourceConfig(), charging_w, now).faults == ()


def test_production_alone_is_never_frozen() -> None:
    meter = SurplusMeter()
    for now in range(3600):
        readings = Readings(production=Reading(5000.0, now))
        result = meter.update(readings, BY_PRODUCTION, 1.0 * now, now)
        assert (result.watts, result.unconfirmed) == (5000, None)


def test_a_sensor_without_repeated_states_counts_again_while_its_device_reports() -> (
    None
):
    meter = SurplusMeter()
    for now in range(0, 300, 5):
        charging_w = 1000.0 if now < 100 else 3000.0
        readings = Readings(grid=Reading(0.0, 0, alive_at=now))
        result = meter.update(readings, SourceConfig(), charging_w, now)
        if 100 <= now < 110:
            assert result.at == 95

    assert result.at == 295


@pytest.mark.parametrize("drawn_w", [2300, None])
def test_phases_that_become_known_do_not_make_a_steady_meter_a_frozen_one(
    drawn_w: float | None,
) -> None:
    # A car of 10 A is assumed on three phases or known to use one, by turns; its draw stays the same.
    meter, config = SurplusMeter(), SourceConfig()
    frozen = False
    for now in range(0, 4000, 5):
        charging_w = 6900 if now // 700 % 2 == 0 else 2300
        surplus = meter.update(
            Readings(grid=Reading(5000.0, now)),
            config,
            charging_w,
            now,
            amp_w=230,
            drawn_w=drawn_w,
        )
        frozen = frozen or surplus.watts is None
    # Without the measured current the changed power counts as one that the meter should have shown.
    assert frozen is (drawn_w is None)


def test_a_meter_that_is_quicker_than_the_connectors_reports_is_not_frozen() -> None:
    # It measures correctly each second, in steps of 100 W; the connector reports a start 2 s later.
    meter, config = SurplusMeter(), SourceConfig()
    for now in range(1000):
        truth = [0, 2000, 4000, 9400][min(max(now - 500, 0), 3)]
        reported = [0, 2000, 4000, 9400][min(max(now - 502, 0), 3)]
        grid = Reading(round(3000 * (now < 400) + truth - 5000, -2), now)
        surplus = meter.update(
            Readings(grid=grid), config, reported, now, amp_w=230, drawn_w=reported
        )
        assert surplus.watts is not None, now
