"""The sentences: every one has its words in every language, fits a tile, and says what its parts say."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.outcome import LimitReason, Rule
from custom_components.twc_manager.charging.statement import (
    PASSING,
    Activity,
    Cause,
    ChangeKind,
    NextChange,
    PlanOutcome,
    PlanUnit,
    Statement,
)
from custom_components.twc_manager.state.notation import Notation, Part, Texts
from custom_components.twc_manager.state.sentence import (
    change_in_parts,
    sentence,
    sentence_in_parts,
)
from scripts.lint_lib.languages import LANGUAGES
from scripts.lint_lib.project import Project
from scripts.sentences_lib.examples import CHANGES, MONDAY, PLANS, statements
from scripts.sentences_lib.texts import texts_of

PROJECT: Final = Project(Path(__file__).parents[2])
ENGLISH: Final = texts_of(PROJECT, "en")
LONGEST: Final = 96
"""What two or three lines of a tile hold."""
LONGEST_WITH_PLAN: Final = 176
"""A plan in force is shown besides, in lines of its own."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_words_and_fits_a_tile(language: str) -> None:
    texts = texts_of(PROJECT, language)
    for statement in statements():
        text = sentence(statement, texts, MONDAY)
        longest = LONGEST if statement.plan is None else LONGEST_WITH_PLAN
        assert len(text) <= longest, text
        assert not set("{}") & set(text), text
        assert "None" not in text, text
        assert "  " not in text, text
        assert text.endswith(".") and ".." not in text, text


def test_the_examples_have_every_reason_activity_and_change() -> None:
    shown = list(statements())
    reasons = {item.cause.reason for item in shown if item.cause is not None}
    assert reasons == set(LimitReason)
    assert {item.activity for item in shown} == set(Activity)
    assert {change.kind for change in CHANGES} == set(ChangeKind) - PASSING
    assert {plan.unit for plan in PLANS} == set(PlanUnit)
    assert {plan.outcome for plan in PLANS} == set(PlanOutcome)


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (
            0,
            "Plan Work: 62% by 07:00, next 02:15–03:45 at 0.11 EUR/kWh; will be reached.",
        ),
        (3, "Plan Trip: 90% by 17:02; reached."),
    ],
)
def test_a_plan_is_shown_in_place_of_its_reason(plan: int, text: str) -> None:
    waits = Statement(
        Activity.PAUSED, Cause(LimitReason.WAITS_FOR_PLAN), 0, CHANGES[:1], PLANS[plan]
    )
    assert sentence(waits, ENGLISH, MONDAY) == f"Paused. {text}"
    green = Cause(LimitReason.GREEN_ENERGY, surplus_w=2100.0)
    charging = Statement(Activity.CHARGING, green, 9, CHANGES[:1], PLANS[plan])
    assert sentence(charging, ENGLISH, MONDAY) == (
        f"Charging at up to 9 A: 2.1 kW of sun. {text}"
    )


def test_a_slot_that_has_begun_is_shown_by_its_end() -> None:
    charging = Statement(Activity.CHARGING, Cause(LimitReason.PLAN), 16, (), PLANS[1])
    assert "12.5 kWh by 17:30, until 17:02 at -1.25 SEK/kWh" in sentence(
        charging, ENGLISH, MONDAY
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", LimitReason)
def test_a_reason_without_values_has_its_words(
    reason: LimitReason, language: str
) -> None:
    paused = Statement(Activity.PAUSED, Cause(reason))
    texts = texts_of(PROJECT, language)
    assert len(sentence(paused, texts, MONDAY)) > len("Paused: x.")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Paused: 1.4 of 2.9 kW of sun. Next: Night, 40 A, at 23:00."),
        ("de", "Pausiert: 1,4 von 2,9 kW Sonne. Dann: Night, 40 A, um 23:00."),
        ("fr", "En pause : 1,4 kW de soleil sur 2,9. Puis : Night, 40 A, à 23:00."),
    ],
)
def test_numbers_and_times_are_those_of_the_language(language: str, text: str) -> None:
    cause = Cause(LimitReason.GREEN_ENERGY, surplus_w=1400.0, needed_w=2900.0)
    statement = Statement(Activity.PAUSED, cause, 0, CHANGES[:1])
    assert sentence(statement, texts_of(PROJECT, language), MONDAY) == text


def sentence_at(at: datetime, local: datetime = MONDAY) -> str:
    change = NextChange(ChangeKind.MODE_CHANGES, at, Rule.GREEN)
    return sentence(Statement(changes=(change,)), ENGLISH, local)


def test_a_time_is_shown_in_the_zone_of_the_house_to_the_minute_that_has_begun() -> (
    None
):
    tokyo = MONDAY.astimezone(ZoneInfo("Asia/Tokyo"))
    at = MONDAY + timedelta(seconds=61)
    assert sentence_at(at) == "No vehicle. Next: green energy at 14:04."
    assert sentence_at(at, tokyo) == "No vehicle. Next: green energy at 22:04."
    assert (
        sentence_at(at - timedelta(seconds=1))
        == "No vehicle. Next: green energy at 14:03."
    )


def test_a_day_is_named_where_the_time_alone_could_be_that_of_another_one() -> None:
    assert "at 11:02" in sentence_at(MONDAY + timedelta(hours=21))
    assert "Tue 13:02" in sentence_at(MONDAY + timedelta(hours=23))
    assert "Sun 13:02" in sentence_at(MONDAY + timedelta(days=6, hours=-1))
    assert sentence_at(MONDAY + timedelta(days=6)) == "No vehicle."


def test_a_step_of_seconds_is_not_shown() -> None:
    passing = NextChange(ChangeKind.PASSING, MONDAY + timedelta(seconds=5))
    later = NextChange(ChangeKind.STOP, MONDAY + timedelta(minutes=5))
    settling = Statement(
        Activity.PAUSED, Cause(LimitReason.SETTLING), 0, (passing, later)
    )
    assert settling.next_change == passing
    assert (
        sentence(settling, ENGLISH, MONDAY)
        == "Paused: settling after a change. Next: stop at 14:07."
    )


def test_a_slot_is_shown_to_the_minute_that_has_begun() -> None:
    assert PLANS[0].end is not None
    plan = replace(PLANS[0], end=PLANS[0].end - timedelta(seconds=26))
    waits = Statement(Activity.PAUSED, Cause(LimitReason.WAITS_FOR_PLAN), plan=plan)
    assert "next 02:15–03:45 at" in sentence(waits, ENGLISH, MONDAY)


def test_a_price_below_that_of_the_grid_is_shown_with_the_sun() -> None:
    plan = replace(PLANS[0], has_sun=True)
    waits = Statement(Activity.PAUSED, Cause(LimitReason.WAITS_FOR_PLAN), plan=plan)
    text = "next 02:15–03:45 with sun at 0.11 EUR/kWh"
    assert text in sentence(waits, ENGLISH, MONDAY)


def closed(parts: Iterable[Part], texts: Texts) -> str:
    """Return a sentence the values of which are written as the server does it."""

    def written(part: Part) -> str:
        notation = Notation(texts, MONDAY.tzinfo)
        match part:
            case {"number": value, "digits": 0}:
                return notation.amount(value)
            case {"number": value, "digits": 1}:
                return notation.kilowatts(1000 * value)
            case {"price": value, "currency": currency}:
                return notation.price(value, currency)
            case {"time": at}:
                return notation.time(datetime.fromisoformat(at))
            case {"day": at}:
                return notation.day(datetime.fromisoformat(at))
        assert isinstance(part, str)
        return part

    return "".join(map(written, parts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_of_a_sentence_say_what_it_says(language: str) -> None:
    texts = texts_of(PROJECT, language)
    for statement in statements():
        parts = sentence_in_parts(statement, texts, MONDAY)
        assert closed(parts, texts) == sentence(statement, texts, MONDAY)
    for change in CHANGES:
        statement = Statement(changes=(change,))
        ending = closed(change_in_parts(change, texts, MONDAY), texts)
        assert sentence(statement, texts, MONDAY).endswith(ending)


def test_numbers_prices_and_times_are_left_open() -> None:
    green = Cause(LimitReason.GREEN_ENERGY, surplus_w=2140.0)
    statement = Statement(Activity.CHARGING, green, 9, (), PLANS[0])
    assert sentence_in_parts(statement, ENGLISH, MONDAY) == [
        "Charging at up to 9 A: ",
        {"number": 2.1, "digits": 1},
        " kW of sun. Plan Work: ",
        {"number": 62, "digits": 0},
        "% by ",
        {"time": "2026-12-01T06:00:00+00:00"},
        ", next ",
        {"time": "2026-12-01T01:15:00+00:00"},
        "–",
        {"time": "2026-12-01T02:45:00+00:00"},
        " at ",
        {"price": 0.11, "currency": "EUR"},
        "; will be reached.",
    ]


@pytest.mark.parametrize("name", ["\x1f0\x1f", "\x1f7\x1f", "{0}", "\x1f"])
def test_a_name_is_never_taken_for_a_value(name: str) -> None:
    plan = replace(PLANS[3], name=name)
    statement = Statement(Activity.PAUSED, plan=plan)
    parts = sentence_in_parts(statement, ENGLISH, MONDAY)
    shown = name.replace("\x1f", "")
    assert parts[0] == f"Paused. Plan {shown}: "
