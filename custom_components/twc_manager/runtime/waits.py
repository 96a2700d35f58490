"""Calculates how long the rules can wait for the next decision if nothing happens before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..charging.modes.user_settings import UserSettings
from ..charging.rules import RulesResult

BUSY_SECONDS: Final = 5.0
"""The maximum s between decisions while a car is plugged in; each decision counts the energy since the last."""

STEADY_SECONDS: Final = 7.0
"""The same once the bus has been still for `STILL_SECONDS` and nothing else counts. With the 3 s between the reports of a
steady vehicle, and a second more if one is lost, it is below what counts as a silence, see `charging/report_clock.py`."""

STILL_SECONDS: Final = 30.0
"""For how many s the facts and draws of the bus have to be the same: by then ramps and reactions have ended."""

IDLE_SECONDS: Final = 20.0
"""The maximum s between decisions while no car is plugged in. Reports counted more than 30 s apart have an absence between
them, in which energy may have been missed: what is stored of it would change with each decision."""


def wait_after(
    result: RulesResult,
    user_settings: UserSettings,
    wake_times: Iterable[float | None],
    *,
    busy: bool,
    still_for: float,
    now: float,
    local: datetime,
) -> float:
    """Return in how many s a rule changes, a result expires, or energy has to be counted.

    Args:
        result: the decision of the rules.
        user_settings: the owner's settings.
        wake_times: when other parts need a decision, in s of the clock of `now`; None for those that need none.
        busy: whether energy has to be counted.
        still_for: for how many s the facts and draws of the bus have been the same.
        now: the time, in s of a monotonic clock.
        local: the local time.

    """
    waits = [_regular_wait(result, still_for) if busy else IDLE_SECONDS]
    waits += [
        (active_rule.until - local).total_seconds()
        for active_rule in (result.bus_rule, *result.active_rules.values())
        if active_rule.until is not None
    ]
    if (fall := user_settings.next_reset) is not None:
        waits.append((fall - local).total_seconds())
    times = (result.decision.wake_at, *wake_times)
    waits += [at - now for at in times if at is not None]
    return min(waits)


def _regular_wait(result: RulesResult, still_for: float) -> float:
    """Return the s between decisions while a car is plugged in."""
    steady = still_for >= STILL_SECONDS and not result.follows_house
    return STEADY_SECONDS if steady else BUSY_SECONDS
