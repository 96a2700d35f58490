"""Tells what the connectors do, a line per change."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from simulator import State, WallConnector

from .console import say
from .world import World

_LOOK_S: Final = 0.5
# A draw moves all the time by a little; this is worth a line.
_STEP_A: Final = 0.5
_WORDS: Final = {
    State.READY: "ready",
    State.CHARGING: "charging",
    State.ERROR: "error",
    State.NOT_CHARGING: "not charging",
    State.WANTS_POWER: "wants power",
    State.STARTING: "starting",
}


@dataclass(frozen=True, slots=True)
class Doing:
    """What a connector does, as far as a person cares."""

    state: str
    offered: float
    drawn: float

    def differs(self, other: Doing | None) -> bool:
        """Return whether a person would want to know of the change."""
        return (
            other is None
            or (self.state, self.offered) != (other.state, other.offered)
            or abs(self.drawn - other.drawn) >= _STEP_A
        )


def doing(twc: WallConnector, before: Doing | None, now: float) -> Doing:
    """Return what a connector does; while its car still follows, the draw is that of before."""
    car = twc.car
    settled = car is None or car.settled(now)
    # The other states only echo a command for a second.
    state = _WORDS.get(twc.state) or (before.state if before else "ready")
    return Doing(
        state, twc.offered, twc.drawn if settled or not before else before.drawn
    )


class Reporter:
    """Says a line whenever a connector does something else than before."""

    def __init__(self, world: World) -> None:
        """Report on this world."""
        self._world = world
        self._said: dict[int, Doing] = {}

    async def run(self) -> None:
        """Report for ever."""
        while True:
            for twc in self._world.bus.connectors:
                self._look(twc)
            await asyncio.sleep(_LOOK_S)

    def _look(self, twc: WallConnector) -> None:
        before = self._said.get(twc.id)
        now = doing(twc, before, self._world.bus.now)
        if now.differs(before):
            self._said[twc.id] = now
            say(
                f"{datetime.now():%H:%M:%S}  {twc.id:04X}  {now.state:12}  "
                f"offered {now.offered:4.1f} A  drawn {now.drawn:4.1f} A"
            )
