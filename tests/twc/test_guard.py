"""The wiring guard: single behaviours here, random sequences in test_guard_properties."""

from math import inf, nan

import pytest

from custom_components.twc_manager.twc.conduct import OVERDRAW_SECONDS
from custom_components.twc_manager.twc.contact import (
    FALLBACK_SECONDS,
    HELD_BACK_SECONDS,
    SILENCE_SECONDS,
)
from custom_components.twc_manager.twc.exposure import REACTION_SECONDS
from custom_components.twc_manager.twc.guard import (
    SETTLING_SECONDS,
    WiringGuard,
    WiringLimits,
)
from custom_components.twc_manager.twc.steering import SETTLE_SECONDS, OfferSteering

A, B, C = 0xA, 0xB, 0xC


class Bench:
    """A guard with a clock and connectors that obey unless a test says otherwise."""

    def __init__(
        self,
        *linked: int,
        total: float = 40.0,
        per_connector: float = 40.0,
        rating: float = 80.0,
    ) -> None:
        self.now = 100.0
        self.guard = WiringGuard(WiringLimits(total, per_connector), hold_until=0.0)
        self.steering = OfferSteering(self.guard)
        for connector_id in linked:
            self.guard.watch(connector_id, rating, self.now)
            self.answer(connector_id, 0.0, 0.0)
            self.answer(connector_id, 0.0, 0.0)
        # Their cars have followed whatever they were offered before.
        self.now += REACTION_SECONDS

    def send(self, connector_id: int) -> float | None:
        """Send a heartbeat with whatever is permitted and return the offer in it."""
        offer = self.steering.permit(connector_id, self.now)
        self.guard.heartbeat_sent(connector_id, offer, self.now)
        return offer

    def report(self, connector_id: int, echoed: float, drawn: float) -> None:
        self.guard.reported(connector_id, echoed, drawn, self.now)

    def answer(self, connector_id: int, echoed: float, drawn: float) -> float | None:
        """Send a heartbeat, have it answered, and let a second pass."""
        offer = self.send(connector_id)
        self.report(connector_id, echoed, drawn)
        self.now += 1.0
        return offer

    def settle(self, connector_id: int, offer: float, *, drawn: float = 0.0) -> None:
        """Let a connector take an offer for so long that it is believed."""
        for _ in range(3):
            assert self.answer(connector_id, offer, drawn) == offer


@pytest.mark.parametrize(
    ("total", "per_connector"),
    [(0, 10), (10, 0), (-1, 10), (241, 10), (10, 80.5), (nan, 10), (10, inf)],
)
def test_limits_that_are_none_are_refused(total: float, per_connector: float) -> None:
    with pytest.raises(ValueError, match="wiring limit"):
        WiringLimits(total, per_connector)


def test_three_circuits_of_60_amperes_are_used_in_full() -> None:
    assert WiringLimits(240.0, 80.0).total == 240.0
    bench = Bench(A, B, C, total=180.0, per_connector=60.0)
    bench.steering.want({A: 80.0, B: 80.0, C: 80.0})
    assert [bench.send(item) for item in (A, B, C)] == [60.0, 60.0, 60.0]


def test_nothing_is_offered_before_two_reports() -> None:
    bench = Bench()
    bench.guard.watch(A, 32.0, bench.now)
    bench.steering.want({A: 16.0})
    assert bench.answer(A, 0.0, 0.0) is None
    assert bench.answer(A, 0.0, 0.0) is None
    assert bench.answer(A, 0.0, 0.0) == 16.0


def test_reports_that_answer_nothing_do_not_count_as_two() -> None:
    bench = Bench()
    bench.guard.watch(A, 32.0, bench.now)
    bench.steering.want({A: 16.0})
    bench.answer(A, 0.0, 0.0)
    bench.report(A, 0.0, 0.0)
    assert bench.send(A) is None


@pytest.mark.parametrize("drawn", [9.9, 13.9], ids=["within", "above"])
def test_what_is_above_its_offer_at_a_start_gets_no_more_before_its_conduct_shows(
    drawn: float,
) -> None:
    # With 14 A the same car would draw 17.9 A, which an earlier process may have learned, but this one cannot know.
    bench = Bench(total=28.0)
    bench.guard.watch(A, 32.0, bench.now)
    bench.steering.want({A: 28.0})
    offers = [bench.answer(A, 10.0, drawn) for _ in range(int(SETTLING_SECONDS))]
    assert {offer for offer in offers if offer} == ({10.0} if drawn > 10 else {28.0})
    # Then the car is known for one that does not follow, or has come down, and counts as any other.
    assert bench.guard.watched[A].conduct.disobeys == (drawn > 10)
    assert [bench.answer(A, 10.0, 9.9) for _ in range(9)][-1] == 28.0


def test_nothing_is_offered_without_a_wish() -> None:
    bench = Bench(A)
    assert bench.send(A) is None


def test_an_offer_is_kept_when_there_is_no_opinion_any_more() -> None:
    bench = Bench(A)
    bench.steering.want({A: 16.0})
    bench.settle(A, 16.0)
    bench.steering.want({})
    assert bench.send(A) == 16.0


@pytest.mark.parametrize("wish", [nan, inf, -inf, -1.0, -80.0, 4.99, 0.0])
def test_a_wish_that_is_no_useful_number_means_nothing(wish: float) -> None:
    bench = Bench(A)
    bench.steering.want({A: wish})
    assert bench.send(A) == 0.0


@pytest.mark.parametrize(
    ("wish", "offer"), [(16.99, 16.0), (5.0, 5.0), (32.0, 32.0), (1e9, 40.0)]
)
def test_offers_are_whole_amps_within_the_limit(wish: float, offer: float) -> None:
    bench = Bench(A)
    bench.steering.want({A: wish})
    assert bench.send(A) == offer


def test_a_connector_that_wants_six_amps_at_least_is_not_offered_five() -> None:
    bench = Bench()
    bench.guard.watch(A, 32.0, bench.now, minimum=6.0)
    bench.answer(A, 0.0, 0.0)
    bench.answer(A, 0.0, 0.0)
    bench.steering.want({A: 5.9})
    assert bench.send(A) == 0.0


def test_no_offer_is_above_the_limit_per_connector() -> None:
    bench = Bench(A, per_connector=16.0)
    bench.steering.want({A: 32.0})
    assert bench.send(A) == 16.0


def test_no_offer_is_above_the_rating() -> None:
    bench = Bench(A, rating=24.0)
    bench.steering.want({A: 32.0})
    assert bench.send(A) == 24.0


def test_wishes_that_are_too_much_together_are_cut_from_the_largest() -> None:
    bench = Bench(A, B, C)
    bench.steering.want({A: 40.0, B: 40.0, C: 6.0})
    assert [bench.send(item) for item in (A, B, C)] == [17.0, 17.0, 6.0]


def test_a_raise_waits_until_the_other_one_has_confirmed_and_fallen_twice() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    bench.settle(A, 40.0, drawn=39.0)
    bench.steering.want({A: 20.0, B: 20.0})
    assert bench.send(B) == 0.0
    for _ in range(20):
        assert bench.answer(A, 20.0, 39.0) == 20.0
        assert bench.send(B) == 0.0
    bench.answer(A, 20.0, 19.2)
    assert bench.send(B) == 0.0
    bench.answer(A, 20.0, 19.2)
    assert bench.send(B) == 20.0


def test_a_raise_waits_for_a_car_that_may_still_be_ramping_up() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    bench.settle(A, 40.0, drawn=5.0)
    bench.steering.want({A: 20.0, B: 20.0})
    begin = bench.now
    while bench.now <= begin + REACTION_SECONDS:
        assert bench.send(B) == 0.0
        bench.answer(A, 20.0, 6.0)
    assert bench.send(B) == 20.0


def test_an_offer_of_an_earlier_master_counts_like_one_of_ours_when_it_is_lowered() -> (
    None
):
    bench = Bench(A)
    bench.guard.watch(B, 80.0, bench.now)
    bench.answer(B, 40.0, 5.0)
    bench.answer(B, 40.0, 5.0)
    bench.now += REACTION_SECONDS
    bench.steering.want({B: 6.0})
    bench.answer(B, 6.0, 5.0)
    bench.answer(B, 6.0, 5.0)
    assert bench.guard.possible(bench.now) == 40.0
    bench.now += REACTION_SECONDS
    bench.answer(B, 6.0, 5.0)
    assert bench.guard.possible(bench.now) == 6.0


def test_a_raise_does_not_wait_for_a_connector_that_never_had_its_amps() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 20.0, B: 20.0})
    assert bench.send(A) == 20.0
    assert bench.send(B) == 20.0


def test_one_frame_of_noise_frees_no_room() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    bench.settle(A, 40.0, drawn=39.0)
    bench.steering.want({A: 20.0, B: 20.0})
    for _ in range(10):
        bench.answer(A, 20.0, 39.0)
    bench.answer(A, 0.0, 0.0)
    assert bench.send(B) == 0.0


def test_one_frame_of_noise_lowers_no_offer() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 20.0, B: 20.0})
    bench.settle(A, 20.0, drawn=19.0)
    bench.settle(B, 20.0, drawn=19.0)
    bench.answer(A, 655.0, 655.0)
    assert bench.send(A) == 20.0
    assert bench.send(B) == 20.0


def test_a_late_report_frees_no_room() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    bench.settle(A, 40.0, drawn=39.0)
    bench.steering.want({A: 20.0, B: 20.0})
    for _ in range(10):
        bench.answer(A, 20.0, 39.0)
    bench.answer(A, 20.0, 19.0)
    for _ in range(3):
        bench.report(A, 20.0, 19.0)
    assert bench.send(B) == 0.0


def test_an_ignored_offer_still_counts_with_what_the_connector_echoes() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    bench.settle(A, 40.0, drawn=5.0)
    bench.steering.want({A: 20.0, B: 20.0})
    for _ in range(30):
        bench.answer(A, 40.0, 5.0)
        assert bench.answer(B, 0.0, 0.0) == 0.0


def test_an_offer_that_may_have_got_lost_counts_until_a_lower_one_is_confirmed() -> (
    None
):
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    assert bench.send(A) == 40.0
    bench.steering.want({A: 20.0, B: 20.0})
    assert bench.send(A) == 20.0
    assert bench.guard.possible(bench.now) == 40.0
    assert bench.send(B) == 0.0
    bench.answer(A, 20.0, 0.0)
    bench.now += REACTION_SECONDS
    assert bench.send(B) == 0.0
    bench.answer(A, 20.0, 0.0)
    assert bench.send(B) == 20.0


def test_an_earlier_confirmation_of_the_same_offer_does_not_count() -> None:
    bench = Bench(A)
    bench.steering.want({A: 10.0})
    bench.settle(A, 10.0)
    bench.steering.want({A: 20.0})
    bench.send(A)
    bench.steering.want({A: 10.0})
    bench.answer(A, 10.0, 9.0)
    bench.now += REACTION_SECONDS
    assert bench.guard.possible(bench.now) == 20.0
    bench.answer(A, 10.0, 9.0)
    assert bench.guard.possible(bench.now) == 10.0


def test_an_echo_above_the_last_offer_is_what_counts() -> None:
    """Some connectors may never go below the minimum that a car can be offered."""
    bench = Bench(A)
    bench.steering.want({A: 40.0})
    bench.settle(A, 40.0)
    bench.steering.want({A: 0.0})
    begin = bench.now
    while bench.now < begin + REACTION_SECONDS:
        bench.answer(A, 6.0, 0.0)
        assert bench.guard.possible(bench.now) == 40.0
    bench.answer(A, 6.0, 0.0)
    assert bench.guard.possible(bench.now) == 6.0


def test_an_echo_that_comes_down_later_counts_from_then_on() -> None:
    bench = Bench(A)
    bench.steering.want({A: 40.0})
    bench.settle(A, 40.0)
    bench.steering.want({A: 10.0})
    for _ in range(10):
        bench.answer(A, 40.0, 0.0)
    begin = bench.now
    while bench.now < begin + REACTION_SECONDS:
        bench.answer(A, 10.0, 0.0)
        assert bench.guard.possible(bench.now) == 40.0
    bench.answer(A, 10.0, 0.0)
    assert bench.guard.possible(bench.now) == 10.0


def test_part_of_a_raise_goes_out_into_the_room_there_is_and_then_settles() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 40.0, B: 0.0})
    bench.settle(A, 40.0, drawn=30.0)
    bench.steering.want({A: 20.0, B: 20.0})
    for _ in range(6):
        bench.answer(A, 20.0, 30.0)
    assert bench.send(B) == 10.0
    bench.report(B, 10.0, 0.0)
    changed = bench.now
    bench.answer(A, 20.0, 26.0)
    bench.answer(A, 20.0, 26.0)
    assert bench.send(B) == 10.0
    bench.now = changed + SETTLE_SECONDS
    assert bench.send(B) == 14.0
    bench.report(B, 14.0, 0.0)
    # What completes the raise does not wait.
    bench.answer(A, 20.0, 19.0)
    bench.answer(A, 20.0, 19.0)
    assert bench.answer(B, 14.0, 0.0) == 20.0


def test_to_lower_is_always_allowed() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 20.0, B: 20.0})
    bench.settle(A, 20.0)
    bench.guard.hold(bench.now + 100)
    bench.guard.watch(B, 80.0, bench.now)
    bench.steering.want({A: 6.0})
    assert bench.send(A) == 6.0


def test_no_offer_grows_while_connectors_are_looked_for() -> None:
    bench = Bench(A)
    bench.steering.want({A: 20.0})
    bench.guard.hold(bench.now + 30)
    assert bench.guard.holding(bench.now)
    assert bench.answer(A, 0.0, 0.0) == 0.0
    bench.now += 30
    assert not bench.guard.holding(bench.now)
    assert bench.send(A) == 20.0


def test_a_connector_that_has_not_reported_counts_with_its_rating() -> None:
    bench = Bench(A)
    bench.guard.watch(B, 32.0, bench.now)
    bench.steering.want({A: 40.0})
    bench.now += SETTLE_SECONDS
    assert bench.guard.possible(bench.now) == 32.0
    assert bench.send(A) == 8.0


def test_a_restored_connector_keeps_what_an_earlier_master_gave_it() -> None:
    bench = Bench(A)
    bench.guard.watch(B, 80.0, bench.now)
    bench.answer(B, 25.0, 24.0)
    bench.answer(B, 25.0, 24.0)
    bench.now += REACTION_SECONDS
    assert bench.send(B) is None
    bench.steering.want({A: 40.0})
    assert bench.send(A) == 15.0


def test_a_silent_connector_counts_until_it_must_have_stopped_its_car() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 20.0, B: 20.0})
    bench.settle(A, 20.0, drawn=19.0)
    bench.settle(B, 20.0, drawn=19.0)
    bench.guard.gone(B, bench.now)
    bench.steering.want({A: 40.0})
    last = bench.now - 1.0
    # 26 s until it misses us, 30 s at most until it stops its car, and a margin.
    assert FALLBACK_SECONDS >= 26 + 30
    while bench.now < last + FALLBACK_SECONDS:
        assert bench.answer(A, 20.0, 19.0) == 20.0
    assert bench.answer(A, 20.0, 19.0) == 40.0


def test_one_that_never_answers_counts_less_only_after_it_was_sent_nothing() -> None:
    """The line may heal at any moment: what it was sent last is in force then."""
    bench = Bench(A, total=40.0)
    bench.guard.watch(B, 32.0, bench.now)
    bench.guard.unanswered(B)
    assert bench.guard.room(A, bench.now) == 8.0
    assert bench.send(B) == 0.0
    assert bench.guard.room(A, bench.now) == 34.0


@pytest.mark.parametrize("gone_before", [True, False])
def test_who_may_have_got_its_last_heartbeat_late_counts_for_longer(
    gone_before: bool,
) -> None:
    """An adapter that held everything back for half a minute gave it the last heartbeat only then."""
    bench = Bench(A, B)
    bench.steering.want({A: 16.0, B: 0.0})
    bench.settle(A, 16.0, drawn=16.0)
    bench.send(A)
    bench.send(B)
    bench.now += SILENCE_SECONDS
    if gone_before:
        bench.guard.gone(A, bench.now)
    bench.send(B)
    bench.report(B, 0.0, 0.0)
    delivered = bench.now
    if not gone_before:
        bench.guard.gone(A, bench.now)
    while bench.now < delivered + FALLBACK_SECONDS:
        assert bench.guard.possible(bench.now) == 16.0
        bench.answer(B, 0.0, 0.0)
    assert bench.guard.possible(bench.now) == 0.0


def test_without_an_answer_from_anybody_it_does_not_count_for_ever() -> None:
    bench = Bench(A)
    bench.steering.want({A: 16.0})
    bench.settle(A, 16.0, drawn=16.0)
    bench.send(A)
    last = bench.now
    bench.guard.gone(A, bench.now)
    bench.now = last + FALLBACK_SECONDS + HELD_BACK_SECONDS - 1
    assert bench.guard.possible(bench.now) == 16.0
    bench.now += 1
    assert bench.guard.possible(bench.now) == 0.0


def test_who_has_fallen_back_is_forgotten_when_the_next_one_goes() -> None:
    bench = Bench(A, B)
    bench.guard.gone(A, bench.now)
    bench.now += FALLBACK_SECONDS
    bench.send(B)
    bench.guard.gone(B, bench.now)
    assert list(bench.guard._watched) == [B]


def test_a_draw_beyond_the_offer_is_taken_from_the_others() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 20.0, B: 20.0})
    bench.settle(A, 20.0, drawn=19.0)
    bench.settle(B, 20.0, drawn=19.0)
    begin = bench.now
    lowered: list[tuple[float, float]] = []
    for _ in range(40):
        # It gives way by what it takes too much; if it does not follow, that frees nothing.
        assert bench.answer(A, 20.0, 30.0) in {20.0, 10.0}
        offer = bench.send(B)
        assert offer is not None
        bench.report(B, offer, offer - 1)
        bench.now += 1.0
        lowered.append((bench.now - begin, offer))
    # It stays that way, without going up and down.
    first = next(time for time, offer in lowered if offer == 10.0)
    assert OVERDRAW_SECONDS <= first <= OVERDRAW_SECONDS + 5
    assert {offer for time, offer in lowered if time >= first} == {10.0}
    bench.answer(A, 20.0, 19.0)
    bench.answer(A, 20.0, 19.0)
    assert bench.answer(B, 10.0, 9.0) == 20.0


def test_a_car_that_ignores_zero_amps_can_be_given_more_again() -> None:
    bench = Bench(A)
    bench.steering.want({A: 0.0})
    for _ in range(30):
        assert bench.answer(A, 0.0, 5.2) == 0.0
    bench.steering.want({A: 16.0})
    assert bench.send(A) == 16.0


def test_a_car_that_follows_slowly_costs_the_others_nothing() -> None:
    bench = Bench(A, B)
    bench.steering.want({A: 30.0, B: 10.0})
    bench.settle(A, 30.0, drawn=29.0)
    bench.settle(B, 10.0, drawn=9.0)
    bench.steering.want({A: 20.0, B: 10.0})
    for drawn in (29.0, 27.0, 25.0, 22.0, 19.0):
        assert bench.answer(A, 20.0, drawn) == 20.0
        assert bench.answer(B, 10.0, 9.0) == 10.0


def test_limits_are_known() -> None:
    assert Bench().guard.limits == WiringLimits(40.0, 40.0)


def test_an_offer_that_was_lost_is_not_made_again_into_room_that_is_gone() -> None:
    """Another one links meanwhile, with what an earlier master gave it."""
    bench = Bench(A)
    bench.steering.want({A: 40.0, B: 0.0})
    assert bench.send(A) == 40.0
    bench.guard.watch(B, 40.0, bench.now)
    assert bench.send(A) == 0.0


def test_an_offer_that_was_lost_is_made_again_while_there_is_room() -> None:
    bench = Bench(A)
    bench.steering.want({A: 40.0})
    assert [bench.send(A), bench.send(A)] == [40.0, 40.0]
    bench.answer(A, 40.0, 0.0)
    bench.answer(A, 40.0, 0.0)
    # It has it: one that comes now takes nothing away.
    bench.guard.watch(B, 40.0, bench.now)
    assert bench.send(A) == 40.0


def test_an_offer_that_a_connector_may_have_given_up_is_made_again_only_into_free_room() -> (
    None
):
    """A machine that slept does not give back what another one has taken meanwhile."""
    bench = Bench(A, total=20.0)
    bench.steering.want({A: 16.0, B: 5.0})
    bench.settle(A, 16.0, drawn=16.0)
    bench.now += SILENCE_SECONDS
    # It has what an earlier master gave it.
    bench.guard.watch(B, 16.0, bench.now)
    assert bench.send(A) == 0.0


def test_an_offer_that_a_connector_may_have_given_up_is_made_again_while_there_is_room() -> (
    None
):
    bench = Bench(A, total=20.0)
    bench.steering.want({A: 16.0})
    bench.settle(A, 16.0, drawn=16.0)
    bench.now += SILENCE_SECONDS
    assert bench.send(A) == 16.0


def test_heartbeats_that_are_not_answered_keep_no_offer_alive() -> None:
    bench = Bench(A, total=20.0)
    bench.steering.want({A: 16.0, B: 5.0})
    bench.settle(A, 16.0, drawn=16.0)
    for _ in range(int(SILENCE_SECONDS)):
        bench.send(A)
        bench.now += 1.0
    bench.guard.watch(B, 16.0, bench.now)
    assert bench.send(A) == 0.0


def test_a_car_may_still_follow_what_was_lowered_before_we_came() -> None:
    """Its offer fell just before a restart, and it goes on for a while towards the one it had."""
    bench = Bench()
    begin = bench.now
    for connector_id in (A, B):
        bench.guard.watch(connector_id, 40.0, begin)
    bench.steering.want({A: 6.0, B: 34.0})
    while bench.now < begin + REACTION_SECONDS:
        assert bench.send(B) in {None, 0.0}
        bench.report(B, 0.0, 0.0)
        bench.answer(A, 6.0, 6.0)
    assert bench.send(B) == 34.0
