"""Numbers and texts from outside."""

from math import inf, nan

import pytest

from custom_components.twc_manager.untrusted import finite_number, redacted_line
from simulator import make_vin


@pytest.mark.parametrize(("value", "number"), [(5, 5.0), (-2.5, -2.5), (0, 0.0)])
def test_numbers(value: object, number: float) -> None:
    assert finite_number(value) == number


@pytest.mark.parametrize("value", [None, True, "5", nan, inf, -inf, 10**400, [5]])
def test_what_is_no_number(value: object) -> None:
    assert finite_number(value) is None


def test_no_vin_and_no_token_is_in_a_line() -> None:
    assert redacted_line(f"car {make_vin(3)}\n is\taway") == "car … is away"
    assert make_vin(3) not in redacted_line(
        f"/api/1/vehicles/{make_vin(3).lower()}/wake_up"
    )
    assert redacted_line(f"token {'eyJ0' * 30} is bad") == "token … is bad"
    long_word = "vehicle_subscription_required"
    assert redacted_line(long_word) == long_word
    assert len(redacted_line("so it is " * 50)) == 60
    assert redacted_line(None) == redacted_line(5) == ""
