"""The judge of the sessions of a campaign of faults: what it takes for lost, and what not."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.twc_manager.charging.metering.amounts import Amounts
from custom_components.twc_manager.charging.metering.sessions import Session
from scripts.benchmark_lib.faults.session_judge import SessionJudge
from simulator import Bus, World

NOON = datetime(2027, 3, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class _Connector:
    """A connector that the integration sees."""

    delivered_kwh: float = 0.0
    id: int = 1
    linked: bool = True
    master: int = 0x7777


@dataclass
class _Coordinator:
    """What the integration has stored."""

    kept: list[Session] = field(default_factory=list)

    @property
    def data(self) -> Any:
        return SimpleNamespace(connectors={1})

    @property
    def persistence(self) -> Any:
        log = SimpleNamespace(find=lambda: self.kept)
        return SimpleNamespace(sessions=log, counters=SimpleNamespace(running=[]))


def judged(
    started: datetime, clock_set: timedelta = timedelta(), kwh: float = 8.0
) -> list[str]:
    """Return what is lost of a visit from noon to two; after three minutes the clock is set."""
    world = World()
    bus = Bus(world, 0)
    twc: Any = _Connector()
    bus.connectors.append(twc)
    session = Session(1, started, started + HOUR)
    kept = session.with_amounts("2027-03", Amounts(energy_kwh=kwh))
    home: Any = SimpleNamespace(coordinator=_Coordinator([kept]))
    judge = SessionJudge(bus, home, lambda: True)
    judge.plugged_in(twc, NOON)
    judge.look(NOON + 3 * MINUTE)
    judge.set_clock(clock_set)
    twc.delivered_kwh = 8.0
    judge.look(NOON + 4 * MINUTE + clock_set)
    judge.unplugged(twc, NOON + 2 * HOUR + clock_set)
    world.advance(world.time() + 700)
    assert judge.counted == 1
    return judge.lost


@pytest.mark.parametrize("clock_set", [-HOUR, timedelta(), HOUR])
def test_a_session_whose_start_follows_the_clock_is_not_lost(
    clock_set: timedelta,
) -> None:
    assert judged(NOON + clock_set, clock_set) == []


def test_a_session_that_misses_energy_or_began_at_another_time_is_lost() -> None:
    assert "8.00 kWh were seen, 6.00 kept" in judged(NOON, kwh=6.0)[0]
    assert "0.00 kept" in judged(NOON - HOUR)[0]
    assert "0.00 kept" in judged(NOON + 3 * HOUR)[0]
