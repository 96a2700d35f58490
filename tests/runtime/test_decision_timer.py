"""When decisions are made: never two at once, never after the stop, and never later than asked for."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.runtime.decision_timer import (
    FAILED_SECONDS,
    MEASURED_SECONDS,
    MIN_WAIT_SECONDS,
    DecisionTimer,
)

FOREVER = 1_000.0


class Decisions:
    """Notes when decisions are made; the next one is due after `wait`, and `during` happens within one."""

    def __init__(self, hass: HomeAssistant, wait: float = FOREVER) -> None:
        self._loop = hass.loop
        self._start = hass.loop.time()
        self.wait = wait
        self.during: Callable[[], None] = lambda: None
        self.at: list[float] = []
        self.timer = DecisionTimer(hass, self._decide)

    def _decide(self) -> float:
        self.at.append(round(self._loop.time() - self._start, 3))
        self.during()
        return self.wait


async def test_decides_again_after_the_wait(hass: HomeAssistant) -> None:
    decisions = Decisions(hass, wait=3.0)
    decisions.timer.decide_now()
    await asyncio.sleep(7)
    decisions.timer.stop()
    await asyncio.sleep(7)
    assert decisions.at == [0.0, 3.0, 6.0]


async def test_an_error_of_a_decision_is_not_the_end_of_the_decisions(
    hass: HomeAssistant,
) -> None:
    """Without another one the offers of the last decision would stand, whatever the house does."""
    decisions = Decisions(hass)

    def fail() -> None:
        decisions.during = lambda: None
        raise RuntimeError

    decisions.during = fail
    with pytest.raises(RuntimeError):
        decisions.timer.decide_now()
    await asyncio.sleep(7)
    decisions.timer.stop()
    assert decisions.at == [0.0, FAILED_SECONDS]


async def test_waits_at_least_a_moment(hass: HomeAssistant) -> None:
    decisions = Decisions(hass, wait=-1.0)
    decisions.timer.decide_now()
    await asyncio.sleep(MIN_WAIT_SECONDS * 1.5)
    decisions.timer.stop()
    assert decisions.at == [0.0, MIN_WAIT_SECONDS]


async def test_several_changes_at_once_are_one_decision(hass: HomeAssistant) -> None:
    decisions = Decisions(hass)
    for _ in range(3):
        decisions.timer.decide_soon()
    assert decisions.at == []
    await asyncio.sleep(1)
    assert decisions.at == [0.0]
    decisions.timer.stop()


async def test_measured_values_wait_for_each_other(hass: HomeAssistant) -> None:
    decisions = Decisions(hass)
    decisions.timer.decide_on_measured_values()
    await asyncio.sleep(MEASURED_SECONDS / 2)
    decisions.timer.decide_on_measured_values()
    await asyncio.sleep(2)
    assert decisions.at == [MEASURED_SECONDS]
    decisions.timer.stop()


async def test_a_decision_takes_the_place_of_those_that_were_due(
    hass: HomeAssistant,
) -> None:
    decisions = Decisions(hass)
    decisions.timer.decide_on_measured_values()
    decisions.timer.decide_soon()
    decisions.timer.decide_now()
    await asyncio.sleep(2)
    assert decisions.at == [0.0]
    decisions.timer.stop()


async def test_a_change_during_a_decision_leads_to_another_one_after_it(
    hass: HomeAssistant,
) -> None:
    decisions = Decisions(hass)

    def change() -> None:
        if len(decisions.at) == 1:
            decisions.timer.decide_now()
            assert len(decisions.at) == 1

    decisions.during = change
    decisions.timer.decide_now()
    await asyncio.sleep(1)
    assert decisions.at == [0.0, 0.0]
    decisions.timer.stop()


async def test_an_error_does_not_prevent_the_next_decision(hass: HomeAssistant) -> None:
    decisions = Decisions(hass)

    def fail() -> None:
        raise ValueError("no decision")

    decisions.during = fail
    with pytest.raises(ValueError, match="no decision"):
        decisions.timer.decide_now()
    decisions.during = lambda: None
    decisions.timer.decide_now()
    assert decisions.at == [0.0, 0.0]
    decisions.timer.stop()


@pytest.mark.parametrize("within", [False, True])
async def test_nothing_is_decided_after_the_stop(
    hass: HomeAssistant, within: bool
) -> None:
    decisions = Decisions(hass, wait=1.0)
    if within:
        decisions.during = decisions.timer.stop
        decisions.timer.decide_now()
    else:
        decisions.timer.decide_now()
        decisions.timer.decide_soon()
        decisions.timer.decide_on_measured_values()
        decisions.timer.stop()
    decisions.timer.decide_now()
    decisions.timer.decide_soon()
    decisions.timer.decide_on_measured_values()
    await asyncio.sleep(5)
    assert decisions.at == [0.0]
