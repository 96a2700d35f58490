"""Two units with one id, and connectors that do not hear us: what proves it, what does not, and that it clears."""

import asyncio
from collections.abc import Iterator

import pytest

from custom_components.twc_manager.twc import BusProblem
from custom_components.twc_manager.twc.announcements import (
    ALTERNATION_SECONDS,
    NOT_HEARING_HEARTBEATS,
    UNANSWERED_SECONDS,
    Announcements,
)
from simulator import Car, WallConnector

from .scene import Scene, play

ID = 0x1839


def announce(signs: str, every: float = 10.0, now: float = 0.0) -> Announcements:
    announcements = Announcements()
    for at, sign in enumerate(signs):
        announcements.received(ID, ord(sign), now + at * every)
    return announcements


@pytest.mark.parametrize("signs", ["A", "AAAA", "AAB", "ABBB", "AABC", "ABCD"])
def test_a_sign_that_changes_is_a_power_up(signs: str) -> None:
    assert not announce(signs).is_duplicate(ID, len(signs) * 10)


@pytest.mark.parametrize("signs", ["ABA", "AABA", "ABBA", "ABAB", "CABA"])
def test_signs_that_alternate_are_of_two_units(signs: str) -> None:
    announcements = announce(signs)
    assert announcements.is_duplicate(ID, len(signs) * 10)
    assert announcements.duplicates(len(signs) * 10) == [ID]


def test_signs_that_come_back_after_more_than_a_minute_prove_nothing() -> None:
    announcements = announce("ABA", every=31)
    assert not announcements.is_duplicate(ID, 62)


def test_ids_are_distinguished() -> None:
    announcements = Announcements()
    for connector_id, sign in ((1, 5), (2, 6), (1, 5), (2, 6), (1, 5)):
        announcements.received(connector_id, sign, 0.0)
    assert announcements.duplicates(0.0) == []


def test_a_minute_of_one_sign_alone_clears_it() -> None:
    announcements = announce("ABA")
    for now in range(30, 80, 10):
        announcements.received(ID, ord("A"), now)
        assert announcements.is_duplicate(ID, now)
    assert not announcements.is_duplicate(ID, 20 + ALTERNATION_SECONDS)


def test_after_a_minute_of_announcements_a_car_has_stopped() -> None:
    announcements = announce("AAAAAA")
    assert not announcements.has_stopped_vehicle(ID, 50)
    announcements.received(ID, ord("A"), UNANSWERED_SECONDS)
    assert announcements.has_stopped_vehicle(ID, UNANSWERED_SECONDS)
    announcements.answered(ID)
    assert not announcements.has_stopped_vehicle(ID, UNANSWERED_SECONDS)


def unheard(heartbeats: int, every: float = 1.0) -> Announcements:
    """Return announcements at 0 and 20 s, with heartbeats in between."""
    announcements = announce("A")
    for number in range(heartbeats):
        announcements.addressed(ID, number * every)
    announcements.received(ID, ord("A"), 20)
    return announcements


def test_six_heartbeats_without_an_answer_show_that_it_does_not_hear() -> None:
    assert unheard(NOT_HEARING_HEARTBEATS).not_hearing(20) == [ID]
    assert unheard(NOT_HEARING_HEARTBEATS - 1).not_hearing(20) == []


def test_heartbeats_that_may_still_be_answered_do_not_count() -> None:
    # The last one was sent 2 s before the second announcement.
    assert unheard(NOT_HEARING_HEARTBEATS, every=18 / 5).not_hearing(20) == []


def test_heartbeats_before_the_first_announcement_do_not_count() -> None:
    """One that was switched off, or is linked, owes no answer to them when it announces itself."""
    announcements = Announcements()
    for now in range(20):
        announcements.addressed(ID, now)
    announcements.received(ID, ord("A"), 30)
    assert announcements.not_hearing(30) == []


def test_it_ends_with_an_answer_with_the_announcements_and_if_it_is_not_addressed() -> (
    None
):
    announcements = unheard(10)
    assert announcements.not_hearing(49) == [ID]
    assert announcements.not_hearing(51) == []
    for ends in Announcements.answered, Announcements.not_addressed:
        announcements = unheard(10)
        ends(announcements, ID)
        assert announcements.not_hearing(20) == []
        announcements.received(ID, ord("A"), 30)
        assert announcements.not_hearing(30) == []
    announcements = unheard(10)
    announcements.none_addressed()
    assert announcements.not_hearing(20) == []


# On the bus


def twins() -> Iterator[WallConnector]:
    for _ in range(2):
        yield WallConnector(ID, protocol=2, rating=80.0)


@pytest.mark.parametrize("seed", range(8))
def test_two_units_with_one_id_are_offered_nothing_until_one_is_away(seed: int) -> None:
    """Both announce themselves before they hear us: a link ends the announcements of both."""
    one, other = twins()
    hears = [(twc, twc.hear) for twc in (one, other)]
    for twc, _ in hears:
        twc.hear = lambda frame: None  # type: ignore[method-assign]

    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(40)
        for twc, hear in hears:
            twc.hear = hear  # type: ignore[method-assign]
        scene.offer({ID: 32.0})
        for twc in (one, other):
            twc.plug_in(Car(onboard_limit=48))
        await asyncio.sleep(180)
        assert scene.snapshot.problems == {BusProblem.DUPLICATE_ID}
        assert one.offered == other.offered == 0.0
        scene.bus.remove(other)
        await scene.until(lambda: one.offered == 32.0, 100)
        assert scene.snapshot.problems == set()

    play(scenario, one, other, limit=32.0, seed=seed)


def test_a_connector_that_is_switched_off_and_on_again_is_one_unit() -> None:
    twc = WallConnector(ID, protocol=2, rating=80.0)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for _ in range(6):
            twc.power_cycle()
            await asyncio.sleep(40)
            assert scene.ids == {ID}
            assert BusProblem.DUPLICATE_ID not in scene.snapshot.problems

    play(scenario, twc, forgets=True)


def deaf_pair() -> tuple[WallConnector, WallConnector]:
    twc = WallConnector(1, protocol=2, rating=80.0)
    deaf = WallConnector(2, protocol=2, rating=80.0)
    return twc, deaf


def test_one_that_never_answers_does_not_hold_up_the_others() -> None:
    """The car beside it stayed at 0 A of 40 A."""
    twc, deaf = deaf_pair()
    hear = deaf.hear
    deaf.hear = lambda frame: None  # type: ignore[method-assign]

    async def scenario(scene: Scene) -> None:
        scene.offer({1: 40.0, 2: 40.0})
        twc.plug_in(Car(onboard_limit=48))
        deaf.plug_in(Car(onboard_limit=48))
        await scene.until(
            lambda: BusProblem.NOT_HEARING in scene.snapshot.problems, 100
        )
        await scene.until(lambda: twc.offered == 34.0, 60)
        await asyncio.sleep(120)
        # It counts all the same, and 0 A is what it is sent.
        assert twc.offered == 34.0
        assert scene.master.possible_amps == 40.0
        assert {amps for _, amps in scene.limits_sent(deaf)} == {0.0}
        assert BusProblem.NOT_HEARING in scene.snapshot.problems
        deaf.hear = hear  # type: ignore[method-assign]
        await scene.until(lambda: scene.ids == {1, 2}, 60)
        assert BusProblem.NOT_HEARING not in scene.snapshot.problems
        await scene.until(lambda: twc.offered == deaf.offered == 20.0, 60)

    play(scenario, twc, deaf)


def test_one_that_answers_now_and_then_hears_us() -> None:
    twc, deaf = deaf_pair()

    async def scenario(scene: Scene) -> None:
        scene.bus.faults.lose = 0.5
        for _ in range(300):
            await asyncio.sleep(1)
            assert BusProblem.NOT_HEARING not in scene.snapshot.problems

    play(scenario, twc, deaf, forgets=True)


def test_ids_that_come_and_go_are_forgotten() -> None:
    announcements = Announcements()
    for number in range(1000):
        announcements.received(number, 7, number)
    # Those of the last minute are kept; settled are those of 12 s ago.
    kept = [key for key in range(1000) if announcements.is_settled(key, 1000)]
    assert kept == list(range(939, 989))
