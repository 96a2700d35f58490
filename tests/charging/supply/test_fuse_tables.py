"""The transitions of the watch over the main fuse, of the level of a sensor, and of the test of its meter."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.supply import (
    fuse_levels,
    fuse_probe,
    fuse_states,
)
from custom_components.twc_manager.charging.supply.fuse_levels import (
    LevelEvent,
    LevelFacts,
    Over,
    Room,
    Steady,
    next_level,
)
from custom_components.twc_manager.charging.supply.fuse_load import (
    FuseLoad,
    VehicleLoad,
)
from custom_components.twc_manager.charging.supply.fuse_probe import (
    Lowered,
    ProbeFacts,
    Raised,
    Restored,
    Waiting,
    next_probe,
)
from custom_components.twc_manager.charging.supply.fuse_states import (
    Blind,
    Doubted,
    FuseEvent,
    FuseFacts,
    FuseWatch,
    Starting,
    Watching,
    next_watch,
)
from custom_components.twc_manager.charging.supply.phases import VehicleDraw
from custom_components.twc_manager.charging.supply.probe_target import ProbeTarget
from tests.charging.tables import Scenarios, check_row, check_table

FUSE = FuseFacts(now=100.0, watch=Watching(), grace=60.0, drawn=16.0)
ROOMS = {"rooms": (20.0, 30.0), "times": (99.0, 99.0)}


def _watch(before: FuseWatch, event: FuseEvent, **facts: object) -> FuseWatch:
    values = replace(FUSE, watch=before, **facts)  # type: ignore[arg-type]
    return next_watch(values, event)


def _a_second_value_of_each_sensor_begins_the_watch() -> None:
    before = Starting(40.0, 16.0, (25.0, 25.0), (98.0, 98.0), 98.0)
    assert _watch(before, FuseEvent.READ, **ROOMS) == Watching()


def _a_first_value_leaves_what_goes_on() -> None:
    after = _watch(Starting(90.0), FuseEvent.READ, **ROOMS)
    assert after == Starting(90.0, 16.0, (20.0, 30.0), (99.0, 99.0), 100.0)


def _no_value_for_too_long_after_the_start_leaves_nothing() -> None:
    assert _watch(Starting(40.0, 16.0), FuseEvent.ABSURD) == Starting(40.0)


def _no_value_yet_leaves_what_goes_on() -> None:
    assert _watch(Starting(41.0), FuseEvent.ABSURD) == Starting(41.0, 16.0)


def _silence_before_the_watch_begins_anew() -> None:
    before = Starting(90.0, 16.0, (25.0,), (95.0,), 95.0)
    assert _watch(before, FuseEvent.SILENT) == Starting(90.0)


def _an_absurd_value_is_doubted() -> None:
    assert _watch(Watching(), FuseEvent.ABSURD) == Doubted(100.0)


def _silence_leaves_nothing() -> None:
    assert _watch(Watching(), FuseEvent.SILENT) == Blind()


def _a_believable_value_ends_the_doubt() -> None:
    assert _watch(Doubted(99.0), FuseEvent.READ) == Watching()


def _a_doubt_that_lasts_leaves_nothing() -> None:
    assert _watch(Doubted(95.6), FuseEvent.ABSURD) == Doubted(95.6)
    assert _watch(Doubted(95.5), FuseEvent.ABSURD) == Blind()


def _silence_in_doubt_leaves_nothing() -> None:
    assert _watch(Doubted(99.0), FuseEvent.SILENT) == Blind()


def _a_value_after_silence_is_watched_again() -> None:
    assert _watch(Blind(), FuseEvent.READ) == Watching()


FUSE_SCENARIOS: Scenarios = {
    "starting, FuseEvent.READ, first_is_known: watching": _a_second_value_of_each_sensor_begins_the_watch,
    "starting, FuseEvent.READ, always: starting": _a_first_value_leaves_what_goes_on,
    "starting, FuseEvent.ABSURD, grace_is_over: starting": _no_value_for_too_long_after_the_start_leaves_nothing,
    "starting, FuseEvent.ABSURD, always: starting": _no_value_yet_leaves_what_goes_on,
    "starting, FuseEvent.SILENT, always: starting": _silence_before_the_watch_begins_anew,
    "watching, FuseEvent.ABSURD, always: doubted": _an_absurd_value_is_doubted,
    "watching, FuseEvent.SILENT, always: blind": _silence_leaves_nothing,
    "doubted, FuseEvent.READ, always: watching": _a_believable_value_ends_the_doubt,
    "doubted, FuseEvent.ABSURD, doubt_lasts: blind": _a_doubt_that_lasts_leaves_nothing,
    "doubted, FuseEvent.SILENT, always: blind": _silence_in_doubt_leaves_nothing,
    "blind, FuseEvent.READ, always: watching": _a_value_after_silence_is_watched_again,
}

LEVEL = LevelFacts(
    now=100.0,
    at=99.0,
    level=Steady(16.0),
    carried=0.9,
    bearable=20.0,
    room=16.0,
    calm_at=90.0,
    wait=8.0,
    minimum=6,
)


def _level(
    before: fuse_levels.Level, event: LevelEvent = LevelEvent.READING, **facts: object
) -> fuse_levels.Level:
    values = replace(LEVEL, level=before, **facts)  # type: ignore[arg-type]
    return next_level(values, event)


OVERLOAD = {"carried": 1.06, "bearable": 12.0}
SLIGHT = {"carried": 1.05, "bearable": 15.0}
MORE = {"room": 25.0}


def _an_overload_lowers_at_once() -> None:
    assert _level(Steady(16.0), **OVERLOAD) == Steady(12.0)


def _a_slight_overload_is_borne() -> None:
    assert _level(Steady(16.0), **SLIGHT) == Over(16.0, 100.0)


def _room_is_noted() -> None:
    assert _level(Steady(16.0), **MORE) == Room(16.0, 99.0)
    assert _level(Steady(16.0), room=17.4) == Steady(16.0)
    # What the level rises into already is not waited for again.
    assert _level(Steady(16.0, since=50.0), **MORE) == Room(16.0, 50.0, raised=True)


def _a_slight_overload_that_grows_lowers_at_once() -> None:
    assert _level(Over(16.0, 99.0), **OVERLOAD) == Steady(12.0)


def _a_slight_overload_that_lasts_lowers() -> None:
    assert _level(Over(16.0, 95.1), **SLIGHT) == Over(16.0, 95.1)
    assert _level(Over(16.0, 95.0), **SLIGHT) == Steady(15.0)


def _a_slight_overload_ends() -> None:
    assert _level(Over(16.0, 95.0)) == Steady(16.0)


def _a_slight_overload_lasts_without_a_new_reading() -> None:
    assert _level(Over(16.0, 95.1), LevelEvent.TIME, **SLIGHT) == Over(16.0, 95.1)
    assert _level(Over(16.0, 95.0), LevelEvent.TIME, **SLIGHT) == Steady(15.0)


def _an_overload_ends_the_room() -> None:
    assert _level(Room(16.0, 95.0), **OVERLOAD) == Steady(12.0)


def _a_slight_overload_ends_the_room() -> None:
    assert _level(Room(16.0, 95.0), **SLIGHT) == Over(16.0, 100.0)


def _room_that_lasts_is_used_by_steps() -> None:
    assert _level(Room(16.0, 91.1), **MORE) == Room(16.0, 91.1)
    assert _level(Room(16.0, 91.0), **MORE) == Room(19.0, 91.0, raised=True)
    assert _level(Room(16.0, 91.0), room=18.2) == Room(18.2, 91.0, raised=True)
    # The last change of the offers does not show yet.
    assert _level(Room(16.0, 91.0), **MORE, calm_at=99.5) == Room(16.0, 91.0)
    # A vehicle that had to stop starts later.
    assert _level(Room(5.0, 40.0), **MORE) == Room(5.0, 40.0)
    assert _level(Room(5.0, 39.0), **MORE) == Room(8.0, 39.0, raised=True)
    assert _level(Room(0.0, 39.0), **MORE) == Room(6, 39.0, raised=True)


def _room_is_used_up() -> None:
    assert _level(Room(16.0, 95.0)) == Steady(16.0)
    assert _level(Room(16.0, 95.0, raised=True)) == Steady(16.0, since=95.0)


LEVEL_SCENARIOS: Scenarios = {
    "steady, LevelEvent.READING, is_overload: steady": _an_overload_lowers_at_once,
    "steady, LevelEvent.READING, is_over: over": _a_slight_overload_is_borne,
    "steady, LevelEvent.READING, has_room: room": _room_is_noted,
    "over, LevelEvent.READING, is_overload: steady": _a_slight_overload_that_grows_lowers_at_once,
    "over, LevelEvent.READING, lasts: steady": _a_slight_overload_that_lasts_lowers,
    "over, LevelEvent.READING, is_within: steady": _a_slight_overload_ends,
    "over, LevelEvent.TIME, lasts: steady": _a_slight_overload_lasts_without_a_new_reading,
    "room, LevelEvent.READING, is_overload: steady": _an_overload_ends_the_room,
    "room, LevelEvent.READING, is_over: over": _a_slight_overload_ends_the_room,
    "room, LevelEvent.READING, may_rise: room": _room_that_lasts_is_used_by_steps,
    "room, LevelEvent.READING, has_no_room: steady": _room_is_used_up,
}

PROBE = ProbeFacts(
    now=1000.0,
    probe=Waiting(),
    changed_at=0.0,
    patience=12.0,
    target=ProbeTarget(13.0),
    worth=True,
    doubted=False,
    is_unclear=False,
    urgent=False,
)


RESTORED = Restored(1020.0, since=1000.0)


def _probe(before: fuse_probe.Probe, **facts: object) -> fuse_probe.Probe:
    return next_probe(replace(PROBE, probe=before, **facts))  # type: ignore[arg-type]


def _a_meter_that_shows_the_same_for_long_is_tested() -> None:
    lowered = Lowered(1020.0, 13.0)
    assert _probe(Waiting()) == Waiting()
    assert _probe(Waiting(999.0), doubted=True) == lowered
    assert _probe(Waiting(941.0), urgent=True) == Waiting(941.0)
    assert _probe(Waiting(940.0), urgent=True) == lowered
    assert _probe(Waiting(701.0), is_unclear=True) == Waiting(701.0)
    assert _probe(Waiting(700.0), is_unclear=True) == lowered
    # What one sensor has to show lowers its vehicles alone.
    alone = ProbeTarget(6.0, place=2)
    tested = Lowered(1020.0, 6.0, place=2)
    assert _probe(Waiting(940.0), urgent=True, target=alone) == tested
    # There is nothing to lower, or the last change is to be seen first.
    assert _probe(Waiting(), doubted=True, worth=False) == Waiting()
    assert _probe(Waiting(), doubted=True, changed_at=981.0) == Waiting()


def _what_was_lowered_is_restored() -> None:
    assert _probe(Lowered(1001.0, 13.0)) == Lowered(1001.0, 13.0)
    assert _probe(Lowered(1000.0, 13.0)) == RESTORED
    # A vehicle that is still on its way is waited for, but not without end.
    late = Lowered(1030.0, 13.0, is_late=True)
    assert _probe(Lowered(1000.0, 13.0), rests=False) == late
    assert _probe(late, rests=False) == late
    assert _probe(late) == RESTORED
    assert _probe(replace(late, until=1000.0), rests=False) == RESTORED


def _what_a_small_step_did_not_show_is_worth_a_stop() -> None:
    small = Lowered(1000.0, 6.0)
    assert _probe(small, again=True, target=ProbeTarget(0.0)) == Lowered(1020.0, 0.0)
    assert _probe(small, again=True, target=ProbeTarget(9.0)) == RESTORED
    assert (
        _probe(Lowered(1001.0, 6.0), again=True, target=ProbeTarget(0.0)).until
        == 1001.0
    )
    assert _probe(Lowered(1000.0, 0.0), again=True, target=ProbeTarget(0.0)) == RESTORED


def _what_cannot_be_lowered_is_raised_for_a_moment() -> None:
    stuck = {"worth": False, "base": 6.0}
    assert _probe(Waiting(941.0), **stuck) == Waiting(941.0)
    assert _probe(Waiting(940.0), changed_at=981.0, **stuck) == Waiting(940.0)
    assert _probe(Waiting(940.0), **stuck) == Raised(1020.0, 9.0, 6.0)


def _what_was_raised_is_lowered_again() -> None:
    # Whatever there is to lower by then.
    raised = Raised(1000.0, 9.0, 6.0)
    assert _probe(replace(raised, until=1001.0)) == replace(raised, until=1001.0)
    assert _probe(raised, target=ProbeTarget(0.0)) == Lowered(1020.0, 6.0)


def _the_test_ends() -> None:
    goes_on = Restored(1001.0, since=993.0)
    assert _probe(goes_on) == goes_on
    assert _probe(replace(goes_on, until=1000.0)) == Waiting(1000.0)


def _what_nothing_was_restored_of_is_not_waited_for() -> None:
    in_vain = Restored(1001.0, since=992.0)
    assert _probe(in_vain, doubted=True) == Waiting(1000.0)
    assert _probe(in_vain) == in_vain
    assert _probe(in_vain, doubted=True, changed_at=992.0) == in_vain
    short = replace(in_vain, since=993.0)
    assert _probe(short, doubted=True) == short


PROBE_SCENARIOS: Scenarios = {
    "waiting, ProbeEvent.UPDATE, is_due: lowered": _a_meter_that_shows_the_same_for_long_is_tested,
    "waiting, ProbeEvent.UPDATE, is_stuck: raised": _what_cannot_be_lowered_is_raised_for_a_moment,
    "raised, ProbeEvent.UPDATE, is_over: lowered": _what_was_raised_is_lowered_again,
    "lowered, ProbeEvent.UPDATE, has_failed: lowered": _what_a_small_step_did_not_show_is_worth_a_stop,
    "lowered, ProbeEvent.UPDATE, is_over: restored": _what_was_lowered_is_restored,
    "restored, ProbeEvent.UPDATE, is_over: waiting": _the_test_ends,
    "restored, ProbeEvent.UPDATE, is_without_effect: waiting": _what_nothing_was_restored_of_is_not_waited_for,
}

TABLES: Mapping[str, tuple[object, Scenarios]] = {
    "fuse": (fuse_states, FUSE_SCENARIOS),
    "level": (fuse_levels, LEVEL_SCENARIOS),
    "probe": (fuse_probe, PROBE_SCENARIOS),
}


@pytest.mark.parametrize("table", TABLES)
def test_each_row_has_its_scenario(table: str) -> None:
    module, scenarios = TABLES[table]
    check_table(module.TRANSITIONS, scenarios)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("table", "name"),
    [(table, name) for table, (_, rows) in TABLES.items() for name in rows],
)
def test_a_row_does_what_no_other_does(
    monkeypatch: pytest.MonkeyPatch, table: str, name: str
) -> None:
    module, scenarios = TABLES[table]
    check_row(monkeypatch, module, "TRANSITIONS", name, scenarios)  # type: ignore[arg-type]


def test_a_stop_in_vain_is_not_tried_again_for_an_hour() -> None:
    draw = VehicleDraw("", 1, 5.2, session=7)
    stop = ProbeTarget(None, FuseLoad((VehicleLoad(draw),)))
    went_on = _probe(Lowered(1000.0, 0.0), target=stop)
    assert went_on == Restored(
        1020.0, since=1000.0, unstopped=frozenset({(draw.key, 7)})
    )
    rested = _probe(replace(went_on, until=1000.0), target=stop)
    assert isinstance(rested, Waiting)
    assert _probe(rested, now=4599.0, doubted=True, target=stop) == rested
    assert _probe(rested, now=4600.0, doubted=True, target=stop).ceiling == 0.0
    # A step that stops none, and another vehicle.
    assert _probe(rested, now=1001.0, doubted=True).ceiling == 13.0
    other = ProbeTarget(None, FuseLoad((VehicleLoad(replace(draw, session=8)),)))
    assert _probe(rested, now=1001.0, doubted=True, target=other).ceiling == 0.0
    # One that was stopped.
    stopped = ProbeTarget(None, FuseLoad((VehicleLoad(replace(draw, amps=0.0)),)))
    assert _probe(Lowered(1000.0, 0.0), target=stopped) == RESTORED
