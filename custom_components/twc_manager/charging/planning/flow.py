"""The least energy cost of all cars together, without the cost of starts: a greedy over slots with augmenting paths.

Costs belong to slots, not to cars, as long as all cars charge on equally many phases. The loads of slots that cars can
reach are a polymatroid then, so it is optimal to open the cheapest part of a slot first, and to take from it all that a
flow from the cars can use. An augmentation moves cars among slots that are in use already, and never empties one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of a slot at one price: the index of the slot, the price, and the most that all cars together can take."""

    slot: int
    price: float
    room: int


@dataclass(frozen=True, slots=True)
class Need:
    """What a car needs, and the most it can take in each slot."""

    amount: int
    caps: Sequence[int]


@dataclass(frozen=True, slots=True)
class Flow:
    """What each car takes in each slot, by the number of the car, and what of its need is missing."""

    taken: Sequence[Sequence[int]]
    missing: Sequence[int]


def minimum_cost_flow(needs: Sequence[Need], lanes: Sequence[Lane]) -> Flow:
    """Return the flow of least cost that serves as much of the needs as possible.

    Where not all can be served, what is missing is missing to the last ones of the sequence.
    """
    network = _Network(needs)
    for lane in sorted(lanes, key=lambda lane: lane.price):
        network.open(lane.slot, lane.room)
    network.prefer_first()
    return Flow(network.taken, network.missing)


type _Step = tuple[int, int]
"""The next car on a path, and the slot that it leaves to the car before."""


class _Network:
    """Cars, slots, and what flows between them."""

    def __init__(self, needs: Sequence[Need]) -> None:
        self.missing = [need.amount for need in needs]
        self.taken = [[0] * len(need.caps) for need in needs]
        self._free = [list(need.caps) for need in needs]

    def open(self, slot: int, room: int) -> None:
        """Take as much of so much room in a slot as the cars can use."""
        for car, missing in enumerate(self.missing):
            amount = min(room, missing, self._free[car][slot])
            if amount > 0:
                self._take(car, slot, amount)
                self.missing[car] -= amount
                room -= amount
        while room > 0 and (path := self._path_to(slot)):
            room -= self._push(path, slot, room)

    def _path_to(self, slot: int) -> list[_Step] | None:
        """Return a path from a car that needs more to one that can take more in a slot; the first step has no slot."""
        if not any(free[slot] for free in self._free):
            return None
        starts = [car for car, missing in enumerate(self.missing) if missing]
        for path in self._paths(starts):
            if self._free[path[-1][0]][slot]:
                return path
        return None

    def _paths(self, starts: Sequence[int]) -> Iterator[list[_Step]]:
        """Yield the shortest path to each car that can be reached by leaving slots to each other."""
        paths: list[list[_Step]] = [[(car, -1)] for car in starts]
        reached = set(starts)
        for path in paths:
            yield path
            for car in range(len(self.missing)):
                if car in reached:
                    continue
                if (shared := self._left_by(car, path[-1][0])) is not None:
                    reached.add(car)
                    paths.append([*path, (car, shared)])

    def _left_by(self, giver: int, taker: int) -> int | None:
        """Return a slot that one car uses and another one could use more of."""
        free = self._free[taker]
        for slot, amount in enumerate(self.taken[giver]):
            if amount and free[slot]:
                return slot
        return None

    def _push(self, path: Sequence[_Step], slot: int, room: int) -> int:
        """Move as much as possible along a path into a slot; return how much."""
        first, last = path[0][0], path[-1][0]
        amount = min(room, self.missing[first], self._free[last][slot])
        amount = min([amount, *self._amounts(path)])
        self._shift(path, amount)
        self._take(last, slot, amount)
        self.missing[first] -= amount
        return amount

    def _amounts(self, path: Sequence[_Step]) -> Iterator[int]:
        """Yield how much each car of a path can leave to the one before."""
        for (taker, _), (giver, shared) in pairwise(path):
            yield min(self.taken[giver][shared], self._free[taker][shared])

    def _shift(self, path: Sequence[_Step], amount: int) -> None:
        """Let each car of a path leave an amount to the one before; the last one lacks it then."""
        for (taker, _), (giver, shared) in pairwise(path):
            self._take(giver, shared, -amount)
            self._take(taker, shared, amount)

    def _take(self, car: int, slot: int, amount: int) -> None:
        self.taken[car][slot] += amount
        self._free[car][slot] -= amount

    def prefer_first(self) -> None:
        """Move what is missing to the last cars, as far as they use what the first ones could."""
        for first in range(len(self.missing)):
            while self.missing[first] and (path := self._path_down(first)):
                amount = min([self.missing[first], *self._amounts(path)])
                self._shift(path, amount)
                self.missing[first] -= amount
                self.missing[path[-1][0]] += amount

    def _path_down(self, first: int) -> list[_Step] | None:
        """Return a path to the last car that can leave something to a car before it."""
        found = [path for path in self._paths([first]) if path[-1][0] > first]
        return max(found, key=lambda path: path[-1][0], default=None)
