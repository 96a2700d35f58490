"""The reasons of cars, plain and within Home Assistant's error messages."""

from typing import Any

import pytest

from custom_components.twc_manager.tesla import Answer, Result, meaning
from custom_components.twc_manager.tesla.answers import read_answer, seconds_after


@pytest.mark.parametrize(
    ("reason", "result"),
    [
        ("is_charging", Result.ALREADY),
        ("requested", Result.ALREADY),
        ("not_charging", Result.ALREADY),
        ("already_set", Result.ALREADY),
        ("complete", Result.COMPLETE),
        ("disconnected", Result.DISCONNECTED),
        ("no_power", Result.NO_POWER),
        ("could_not_wake_buses", Result.BUSES_ASLEEP),
        ("Command was unsuccessful: complete", Result.COMPLETE),
        ("Command was rejected: is charging", Result.ALREADY),
        ("car could not execute command: could_not_wake_buses", Result.BUSES_ASLEEP),
        ("Command failed, disconnected.", Result.DISCONNECTED),
        ("Charge is already active.", Result.ALREADY),
        ("Charge is already inactive.", Result.ALREADY),
        ("user_not_present", Result.REFUSED),
        ("Could not complete the command", Result.REFUSED),
        ("The command could not be completed", Result.REFUSED),
        ("not disconnected", Result.REFUSED),
        ("", Result.REFUSED),
    ],
)
def test_meaning(reason: str, result: Result) -> None:
    assert meaning(reason) is result


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"response": {"result": True, "reason": ""}}, Answer(Result.DONE)),
        ({"result": True}, Answer(Result.DONE)),
        (
            {"response": {"result": False, "reason": "complete"}},
            Answer(Result.COMPLETE, reason="complete"),
        ),
        ({"response": {"result": False}}, Answer(Result.REFUSED)),
    ],
)
def test_answer_to_command(body: Any, answer: Answer) -> None:
    assert read_answer(body) == answer


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"response": None},
        {"response": []},
        {"response": {}},
        {"response": {"result": "yes"}},
    ],
)
def test_answer_of_another_shape(body: Any) -> None:
    assert read_answer(body).result is Result.TRANSIENT


def test_settled() -> None:
    settled = {result for result in Result if Answer(result).settled}
    assert settled == {Result.DONE, Result.ALREADY}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        (12.5, 12.5),
        ("0", 0),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        (None, None),
        ({}, None),
        ("9999999999", 86_400),
    ],
)
def test_seconds_after(header: object, seconds: float | None) -> None:
    assert seconds_after(header) == seconds
