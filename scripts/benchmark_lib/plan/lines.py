"""The cars of a night on two lines behind one fuse: each line plans for itself, with what the plans of the other leave."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from custom_components.twc_manager.charging.plans.shared_plans import (
    SharedPlans,
    always,
)

from .nights import Night
from .ours import Ours, away_from
from .view import View

_LINES: Final = 2
_FUSE: Final = frozenset({"fuse"})


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
        for number, planner in enumerate(self._lines):
            planner.shared = self._shared.left(
                str(number), {"fuse": always(view.room[0])}
            )
            result |= planner.wanted(_of(view, number))
            made = planner.made
            told = made if made is not None and made.inputs.goals else None
            self._shared.tell(str(number), told, _FUSE)
        return result


def _of(view: View, line: int) -> View:
    """Return what one line sees: what the cars of the other draw is load of the house."""
    own = {at: car for at, car in view.cars.items() if line_of(at) == line}
    others = sum(car.drawn for at, car in view.cars.items() if at not in own)
    return replace(view, cars=own, left=max(view.left - others, 0))
