"""What owners of two lines behind one main fuse see: two buses, each with its own port, connector and car."""

from typing import Final

from homeassistant.core import HomeAssistant
import pytest

from .two_lines import Lines, LinesBuilder

L1: Final = "sensor.fuse_l1"
HOUSE_A: Final = 5.0


@pytest.fixture
async def lines(hass: HomeAssistant, two_lines: LinesBuilder) -> Lines:
    """Both lines behind a fuse of 38 A, whose sensor reports all that the house draws."""
    hass.states.async_set(L1, str(HOUSE_A), {"unit_of_measurement": "A"})
    both = await two_lines(shared={"fuse_size": 38, "fuse_current_l1": L1})

    def report(_: object) -> None:
        amps = HOUSE_A + both.drawn
        hass.states.async_set(L1, f"{amps:.1f}", {"unit_of_measurement": "A"})

    both.one.bus.frame_listeners.append(report)
    await both.one.until(lambda: min(both.offered) >= 14, 600)
    return both


async def test_a_line_whose_rules_fail_keeps_nothing_of_the_fuse_from_the_other(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines.let_rules_of_second_fail(monkeypatch)
    await lines.one.until(lambda: lines.offered[0] >= 28, 140)
    assert lines.offered[1] == 0
