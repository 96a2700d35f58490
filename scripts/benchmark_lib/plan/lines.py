"""The cars of a night on two lines behind one fuse: each line makes its plans for both, as the buses of a house do."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Final

from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.charging.plans.shared_plans import (
    BusReport,
    SharedPlans,
    always,
)
from custom_components.twc_manager.charging.plans.together import Shared

from .nights import Night
from .ours import Ours, away_from
from .view import View

_LINES: Final = 2
_FUSE: Final = "fuse"


def line_of(at: int) -> int:
    """Return the line of a car."""
    return at % _LINES


class TwoLines:
    """Our way of planning, a planner for each line, as the buses of one Home Assistant do."""

    def __init__(self, night: Night) -> None:
        """Start without a plan."""
        away = away_from(night)
        self._shared = SharedPlans()
        self._lines = [
            Ours({at: car for at, car in away.items() if line_of(at) == line})
            for line in range(_LINES)
        ]

    @property
    def replans(self) -> int:
        """Return how often another plan was made."""
        return sum(line.replans for line in self._lines)

    def wanted(self, view: View) -> Mapping[int, int]:
        """Return the A of the plans."""
        result: dict[int, int] = {}
        for number in range(_LINES):
            result |= self._wanted(number, view)
        for number in range(_LINES):
            # It learns at once what the other one has planned for it since.
            if self._read(str(number), view).offered is not None:
                result |= self._wanted(number, view)
        return result

    def _wanted(self, number: int, view: View) -> Mapping[int, int]:
        """Return the A of the plan of a line."""
        planner, line = self._lines[number], str(number)
        planner.shared = self._read(line, view)
        wanted = planner.wanted(_of(view, number))
        self._publish(line, planner)
        own = [at for at in view.cars if line_of(at) == number]
        return {at: wanted.get(at, 0) for at in own}

    def _read(self, line: str, view: View) -> Shared:
        """Return what a line shares with the other."""
        rooms: dict[Hashable, Series] = {_FUSE: always(view.room[0])}
        return self._shared.read(line, rooms, None, view.now, 0.0)

    def _publish(self, line: str, planner: Ours) -> None:
        """Report the plan to the other line, and offer it what was planned for it."""
        made = planner.made
        followed = made if made is not None and made.inputs.goals else None
        self._shared.update(
            line,
            BusReport(
                followed,
                planner.inputs,
                planner.shared.rooms,
                beside=planner.shared.beside,
            ),
        )
        for other, plan in planner.others.items():
            self._shared.offer(other, plan)
        planner.others = {}


def _of(view: View, line: int) -> View:
    """Return what one line sees: what the cars of the other draw is load of the house."""
    own = {at: car for at, car in view.cars.items() if line_of(at) == line}
    others = sum(car.drawn for at, car in view.cars.items() if at not in own)
    return replace(view, cars=own, left=max(view.left - others, 0))
