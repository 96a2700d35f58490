"""What is learned of a connector that draws more than its offers: every row of the table is walked and needed."""

import pytest

from custom_components.twc_manager.twc import excess
from custom_components.twc_manager.twc.excess import (
    EXCESS_TRANSITIONS,
    ExcessLearner,
    Learned,
    Learning,
    LearningState,
    Sample,
    Sampled,
    SampleFacts,
    Unknown,
)
from tests.charging.tables import Scenarios, check_row, check_table, name_of


class Draws:
    """The reports of one connector, second by second."""

    def __init__(self, learned: float = 0.0) -> None:
        self.learner = ExcessLearner(learned)
        self._now = 0.0

    def go(self, offer: float, drawn: float, seconds: int = 11) -> None:
        for _ in range(seconds):
            self.learner.reported(offer, drawn, self._now)
            self._now += 1

    @property
    def excess(self) -> float:
        return self.learner.excess


def one_ampere_more() -> Draws:
    """Return a connector of which an excess of 1 A was learned."""
    draws = Draws()
    draws.go(16, 17)
    draws.go(16, 17)
    assert draws.excess == 1
    return draws


# Scenarios


def a_small_excess_that_is_seen_twice_is_learned() -> None:
    one_ampere_more()


def a_draw_above_an_offer_that_is_replaced_counts_as_the_first_sample() -> None:
    draws = Draws()
    draws.go(16, 18, 4)
    draws.go(12, 14)
    assert draws.excess == 2


def a_large_excess_under_two_offers_is_learned() -> None:
    draws = Draws()
    draws.go(16, 18)
    assert draws.excess == 0
    draws.go(12, 14)
    assert draws.excess == 2


def a_sample_that_does_not_agree_replaces_the_one_before() -> None:
    draws = Draws()
    draws.go(16, 17)
    draws.go(16, 19)
    draws.go(12, 15)
    assert draws.excess == 3


def a_draw_that_lasted_before_a_new_offer_replaces_the_sample() -> None:
    draws = Draws()
    draws.go(16, 17)
    draws.go(20, 23, 5)
    draws.go(14, 17)
    assert draws.excess == 3


def two_draws_within_the_offer_end_a_learned_excess() -> None:
    draws = one_ampere_more()
    draws.go(16, 15.5)
    assert draws.excess == 1
    draws.go(16, 15.5)
    assert draws.excess == 0


def another_excess_that_is_seen_twice_replaces_the_learned_one() -> None:
    draws = one_ampere_more()
    draws.go(16, 19)
    assert draws.excess == 1
    draws.go(12, 15)
    assert draws.excess == 3


def after_an_excess_was_learned_samples_are_compared_with_the_latest() -> None:
    draws = one_ampere_more()
    for drawn in 19, 15.5, 15.5:
        draws.go(16, drawn)
    assert draws.excess == 0


def after_a_silence_a_draw_above_a_replaced_offer_counts_as_the_first_sample() -> None:
    draws = Draws(learned=1)
    draws.go(16, 19, 2)
    draws.go(12, 15)
    assert draws.excess == 3


SCENARIOS: Scenarios = {
    "unknown, steady, shows_excess: sampled": a_small_excess_that_is_seen_twice_is_learned,
    "unknown, replaced, always: sampled": a_draw_above_an_offer_that_is_replaced_counts_as_the_first_sample,
    "sampled, steady, shows_excess_again: learned": a_large_excess_under_two_offers_is_learned,
    "sampled, steady, shows_excess: sampled": a_sample_that_does_not_agree_replaces_the_one_before,
    "sampled, replaced, has_lasted: sampled": a_draw_that_lasted_before_a_new_offer_replaces_the_sample,
    "learned, steady, shows_none_again: sampled": two_draws_within_the_offer_end_a_learned_excess,
    "learned, steady, shows_another_again: learned": another_excess_that_is_seen_twice_replaces_the_learned_one,
    "learned, steady, shows_excess: learned": after_an_excess_was_learned_samples_are_compared_with_the_latest,
    "learned, replaced, has_lasted_or_is_first: learned": after_a_silence_a_draw_above_a_replaced_offer_counts_as_the_first_sample,
}


def test_every_row_of_the_table_has_its_scenario() -> None:
    check_table(EXCESS_TRANSITIONS, SCENARIOS)


@pytest.mark.parametrize("name", [name_of(row) for row in EXCESS_TRANSITIONS])
def test_no_row_of_the_table_can_be_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row(monkeypatch, excess, "EXCESS_TRANSITIONS", name, SCENARIOS)


def test_a_row_enters_the_state_it_names() -> None:
    before: dict[LearningState, Learning] = {
        LearningState.UNKNOWN: Unknown(),
        LearningState.SAMPLED: Sampled(Sample(16, 1)),
        LearningState.LEARNED: Learned(1, Sample(16, 1)),
    }
    for row in EXCESS_TRANSITIONS:
        facts = SampleFacts(before[row.source], Sample(16, 1), 10)
        assert row.action(facts).state is row.target


# What teaches nothing


def test_one_sample_teaches_nothing() -> None:
    draws = Draws()
    draws.go(16, 17)
    assert draws.excess == 0


def test_a_large_excess_under_one_offer_teaches_nothing() -> None:
    draws = Draws()
    for _ in range(5):
        draws.go(16, 19)
    assert draws.excess == 0
    # But it is expected to go on.
    assert draws.learner.beyond == 3


def test_a_car_that_is_full_teaches_nothing() -> None:
    draws = one_ampere_more()
    for _ in range(3):
        draws.go(16, 3)
    assert draws.excess == 1


def test_a_draw_that_is_on_its_way_down_is_not_expected_to_stay() -> None:
    draws = Draws()
    draws.go(32, 31)
    draws.go(16, 31, 2)
    draws.go(16, 24, 2)
    draws.go(16, 15.5)
    assert (draws.excess, draws.learner.beyond) == (0, 0)
