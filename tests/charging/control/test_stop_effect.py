"""What a stop shows of where a vehicle is: every transition, each proven necessary."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from custom_components.twc_manager.charging.control import stop_effect as module
from custom_components.twc_manager.charging.control.commands import (
    CommandContext,
    CommandOutcome,
)
from custom_components.twc_manager.charging.control.matching import Match, MatchReason
from custom_components.twc_manager.charging.control.stop_effect import (
    EFFECT_TRANSITIONS,
    EffectEvent,
    EffectFacts,
    EffectState,
    NoStop,
    StopAccepted,
    StopConfirmed,
    StopEffect,
    StopRefuted,
    StopSent,
    is_undo_due,
    next_effect,
    stop_to_undo,
)
from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.control.vehicle_facts import (
    ConnectorFacts,
    LocationUpdates,
    VehicleCharging,
)
from tests.charging.driveway import HERE, LEFT, sedan
from tests.charging.tables import Scenarios, check_row, check_table, name_of

DRAWING = ConnectorFacts(
    LEFT, 2, plugged=True, offered=6.0, drawing=True, plugged_since=0.0
)
DONE, ALREADY = CommandOutcome.DONE, CommandOutcome.ALREADY
TRANSIENT, REFUSED = CommandOutcome.TRANSIENT, CommandOutcome.REFUSED


class Site:
    """A vehicle that is matched to a connector with another one that draws."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.effect: StopEffect = NoStop()
        self.context = CommandContext(
            VehicleRequest.STOP, DRAWING, sedan(), Match(HERE, MatchReason.ASSIGNED)
        )

    def connector(self, **changes: Any) -> None:
        connector = replace(self.context.connector, **changes)
        self.context = replace(self.context, connector=connector)

    def vehicle(self, **changes: Any) -> None:
        vehicle = replace(self.context.vehicle, **changes)
        self.context = replace(self.context, vehicle=vehicle)

    def note(
        self,
        event: EffectEvent,
        outcome: CommandOutcome | None = None,
        after: float = 1.0,
    ) -> EffectState:
        self.now += after
        facts = EffectFacts(self.now, self.effect, self.context, outcome)
        self.effect = next_effect(event, facts)
        return self.effect.state

    def send(self, outcome: CommandOutcome) -> EffectState:
        self.note(EffectEvent.SEND)
        return self.note(EffectEvent.RESULT, outcome)

    def report(self, after: float = 1.0) -> EffectState:
        return self.note(EffectEvent.REPORT, after=after)

    @property
    def undo(self) -> bool:
        return stop_to_undo(self.effect) is not None

    @property
    def due(self) -> bool:
        return is_undo_due(EffectFacts(self.now, self.effect, self.context))


def accepted(outcome: CommandOutcome = DONE) -> Site:
    site = Site()
    site.send(outcome)
    return site


def refuted(outcome: CommandOutcome = DONE) -> Site:
    site = accepted(outcome)
    assert site.report(after=89) is EffectState.ACCEPTED
    assert site.report() is EffectState.REFUTED
    return site


def a_stop_has_to_show() -> None:
    assert Site().note(EffectEvent.SEND) is EffectState.SENT


def a_stop_is_sent_again() -> None:
    site = Site()
    site.send(TRANSIENT)
    site.connector(plugged_since=500.0)
    site.note(EffectEvent.SEND)
    assert site.effect == StopSent(site.context.connector.plug_in, undo=True)


def an_accepted_stop_is_sent_again() -> None:
    site = accepted()
    assert site.note(EffectEvent.SEND) is EffectState.SENT
    assert site.undo


def what_was_done_has_to_be_undone_elsewhere() -> None:
    site = accepted()
    assert site.effect == StopAccepted(DRAWING.plug_in, True, site.now)
    # One that stood still was stopped by something else.
    assert not accepted(ALREADY).undo
    # Unless by us, without a result.
    site = Site()
    site.send(TRANSIENT)
    site.send(ALREADY)
    assert site.undo


def a_lost_result_may_have_to_be_undone() -> None:
    site = Site()
    assert site.send(TRANSIENT) is EffectState.SENT
    assert site.undo


def what_was_refused_shows_nothing() -> None:
    site = Site()
    assert site.send(REFUSED) is EffectState.NONE
    # An earlier one may have worked.
    site.send(TRANSIENT)
    assert site.send(REFUSED) is EffectState.SENT


def another_plug_in_shows_nothing() -> None:
    site = accepted(ALREADY)
    site.connector(plugged_since=900.0)
    assert site.report() is EffectState.NONE
    # But what was done may still have to be undone.
    site = accepted()
    site.connector(plugged=False, drawing=False)
    assert site.report(after=100) is EffectState.ACCEPTED
    assert site.due


def a_draw_that_falls_confirms_the_match() -> None:
    site = accepted()
    site.connector(drawing=False)
    assert site.report() is EffectState.ACCEPTED
    assert site.report(after=9) is EffectState.ACCEPTED
    assert site.report() is EffectState.CONFIRMED
    assert not site.undo


def a_draw_falls_by_nothing_but_the_stop() -> None:
    for other in ({"contactor_open": True}, {"offered": 0.0}):
        site = accepted()
        site.connector(drawing=False, **other)
        site.report()
        assert site.report(after=20) is EffectState.ACCEPTED
    site = accepted()
    site.connector(drawing=False)
    site.report()
    site.connector(offered=0.0)
    assert site.report(after=20) is EffectState.CONFIRMED


def a_draw_that_is_back_confirms_nothing() -> None:
    site = accepted()
    site.connector(drawing=False)
    site.report()
    site.connector(drawing=True)
    site.report()
    site.connector(drawing=False)
    site.report(after=20)
    assert site.report() is EffectState.ACCEPTED


def a_draw_that_does_not_fall_refutes_the_match() -> None:
    assert refuted().effect == StopRefuted(DRAWING.plug_in, undo=True)
    assert refuted(ALREADY).effect == StopRefuted(DRAWING.plug_in, undo=False)
    # A vehicle that reports after the stop that it charges has not obeyed: nothing is known of where it is.
    site = accepted()
    site.vehicle(charging=VehicleCharging.CHARGING, charging_report_age=30.0)
    assert site.report(after=95) is EffectState.ACCEPTED
    site.vehicle(charging_report_age=200.0)
    assert site.report() is EffectState.REFUTED


def a_refutation_ends_with_the_plug_in() -> None:
    site = refuted(ALREADY)
    site.connector(plugged=False)
    assert site.report() is EffectState.NONE
    site = refuted()
    site.connector(plugged=False)
    assert site.report() is EffectState.REFUTED


def a_confirmation_ends_with_the_plug_in() -> None:
    site = accepted()
    site.connector(drawing=False)
    site.report()
    assert site.report(after=10) is EffectState.CONFIRMED
    assert site.send(DONE) is EffectState.CONFIRMED
    site.connector(plugged_since=1200.0)
    assert site.report() is EffectState.NONE


def a_start_undoes_a_lost_stop() -> None:
    site = Site()
    site.send(TRANSIENT)
    assert site.note(EffectEvent.START) is EffectState.NONE


def a_start_undoes_an_accepted_stop() -> None:
    assert accepted().note(EffectEvent.START) is EffectState.NONE


def a_start_undoes_a_refuted_stop() -> None:
    assert refuted().note(EffectEvent.START) is EffectState.NONE


EFFECTS: Scenarios = {
    "none, send, always: sent": a_stop_has_to_show,
    "sent, send, always: sent": a_stop_is_sent_again,
    "accepted, send, always: sent": an_accepted_stop_is_sent_again,
    "sent, result, accepted: accepted": what_was_done_has_to_be_undone_elsewhere,
    "sent, result, may_have_worked: sent": a_lost_result_may_have_to_be_undone,
    "sent, result, nothing_to_undo: none": what_was_refused_shows_nothing,
    "accepted, report, over_without_effect: none": another_plug_in_shows_nothing,
    "accepted, report, has_fallen: confirmed": a_draw_that_falls_confirms_the_match,
    "accepted, report, falls: accepted": a_draw_falls_by_nothing_but_the_stop,
    "accepted, report, rises: accepted": a_draw_that_is_back_confirms_nothing,
    "accepted, report, has_not_fallen: refuted": a_draw_that_does_not_fall_refutes_the_match,
    "refuted, report, over_without_effect: none": a_refutation_ends_with_the_plug_in,
    "confirmed, report, over: none": a_confirmation_ends_with_the_plug_in,
    "sent, start, always: none": a_start_undoes_a_lost_stop,
    "accepted, start, always: none": a_start_undoes_an_accepted_stop,
    "refuted, start, always: none": a_start_undoes_a_refuted_stop,
}


def test_every_row_of_the_table_has_its_scenario() -> None:
    check_table(EFFECT_TRANSITIONS, EFFECTS)


@pytest.mark.parametrize("name", [name_of(row) for row in EFFECT_TRANSITIONS])
def test_no_row_of_the_table_can_be_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row(monkeypatch, module, "EFFECT_TRANSITIONS", name, EFFECTS)


def test_a_row_enters_the_state_it_names() -> None:
    plug_in = DRAWING.plug_in
    before: dict[EffectState, StopEffect] = {
        EffectState.NONE: NoStop(),
        EffectState.SENT: StopSent(plug_in),
        EffectState.ACCEPTED: StopAccepted(plug_in, True, 0.0),
        EffectState.CONFIRMED: StopConfirmed(plug_in),
        EffectState.REFUTED: StopRefuted(plug_in, True),
    }
    for row in EFFECT_TRANSITIONS:
        facts = EffectFacts(0.0, before[row.source], Site().context, DONE)
        assert row.action(facts).state is row.target


def test_a_stop_is_undone_only_where_the_vehicle_is_not() -> None:
    site = accepted()
    assert not site.due
    site.vehicle(
        location_updates=LocationUpdates.PUSHED, at_home=False, location_age=0.0
    )
    assert site.due
    site = accepted()
    elsewhere = Match(None, MatchReason.CHARGES_ELSEWHERE)
    site.context = replace(site.context, match=elsewhere)
    assert site.due
    assert refuted().due
    assert not refuted(ALREADY).due
    assert not Site().due


def test_a_silence_of_the_connector_neither_confirms_nor_refutes() -> None:
    site = accepted()
    site.connector(heard_since=inf)
    assert site.report(after=100) is EffectState.ACCEPTED
    site.connector(heard_since=site.now)
    assert site.report(after=100) is EffectState.ACCEPTED
    site = accepted()
    site.connector(drawing=False)
    site.report()
    site.connector(heard_since=site.now + 5)
    assert site.report(after=20) is EffectState.ACCEPTED
