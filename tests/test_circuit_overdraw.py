"""What flows on a circuit when cars draw more than they are offered."""

import asyncio

import pytest

from .scene import OLD, OTHER
from .test_circuits import subentry
from .test_overdraw import Meters, meters
from .two_lines import Lines, LinesBuilder

__all__ = ["meters"]


@pytest.fixture
async def lines(two_lines: LinesBuilder) -> Lines:
    """Two lines on a circuit of 32 A, which they use up."""
    circuit = subentry("circuit", "panel", amps=32, buses=[two_lines.entry.entry_id])
    both = await two_lines(subentries=[circuit])
    await both.one.until(lambda: both.offered == (16, 16), 300)
    await both.one.until(lambda: both.drawn > 30, 60)
    return both


@pytest.mark.parametrize("more", [2, 4])
async def test_cars_that_draw_more_are_lowered_and_charge_on(
    lines: Lines, meters: Meters, more: float
) -> None:
    meters.more = {OLD: more, OTHER: more}
    await asyncio.sleep(25)
    for _ in range(600):
        await asyncio.sleep(1)
        assert lines.drawn <= 32.5
        assert min(lines.offered) >= 12
    assert lines.one.problem("does_not_obey") is None
    assert lines.two.problem("does_not_obey") is None
