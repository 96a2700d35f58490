"""Prints the states of the connectors, one line per change."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from simulator import State, WallConnector

from .console import say
from .world import World

_LOOK_S: Final = 0.5
# A draw always changes a little; a change of this size in A is printed.
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
    """The state of a connector to print."""

    state: str
    offered: float
    drawn: float

    def differs(self, other: Doing | None) -> bool:
        """Return whether the change is worth a line."""
        return (
            other is None
            or (self.state, self.offered) != (other.state, other.offered)
            or abs(self.drawn - other.drawn) >= _STEP_A
        )


def doing(twc: WallConnector, before: Doing | None, now: float) -> Doing:
    """Return the state of a connector; while its draw still changes, the previous draw is kept."""
    car = twc.car
    settled = car is None or car.settled(now)
    # The other states only echo a command for a second.
    state = _WORDS.get(twc.state) or (before.state if before else "ready")
    return Doing(
        state, twc.offered, twc.drawn if settled or not before else before.drawn
    )


class Reporter:
    """Prints a line whenever the state of a connector changes."""

    def __init__(self, world: World) -> None:
        """Report on this world."""
        self._world = world
        self._said: dict[int, Doing] = {}

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            for twc in self._world.connectors:
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
