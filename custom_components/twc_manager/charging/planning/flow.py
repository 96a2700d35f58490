"""The minimum energy cost of all vehicles together, without the cost of starts: greedy over slots, augmenting paths.

Costs belong to slots, not to vehicles, as long as all vehicles charge on equally many phases. The loads of slots that
vehicles can reach are a polymatroid then, so it is optimal to open the cheapest part of a slot first, and to take from
it all that a flow from the vehicles can use. An augmentation moves vehicles among slots that are in use
already, and never empties one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of a slot at one price: its index, the price, and the maximum that all vehicles together can take."""

    slot: int
    price: float
    room: int


@dataclass(frozen=True, slots=True)
class FlowDemand:
    """What a vehicle needs, and the maximum it can take in each slot."""

    amount: int
    caps: Sequence[int]


@dataclass(frozen=True, slots=True)
class Flow:
    """What each vehicle takes in each slot, by the number of the vehicle, and what of its need is missing."""

    taken: Sequence[Sequence[int]]
    missing: Sequence[int]


def minimum_cost_flow(needs: Sequence[FlowDemand], lanes: Sequence[Lane]) -> Flow:
    """Return the flow of least cost that serves as much of the needs as possible.

    Where not all can be served, what is missing is missing to the last ones of the sequence.
    """
    network = _Network(needs)
    for lane in sorted(lanes, key=lambda lane: lane.price):
        network.open(lane.slot, lane.room)
    network.prefer_first()
    return Flow(network.taken, network.missing)


type _Step = tuple[int, int]
"""The next vehicle on a path, and the slot that it leaves to the vehicle before."""


class _Network:
    """Vehicles, slots, and what flows between them."""

    def __init__(self, needs: Sequence[FlowDemand]) -> None:
        self.missing = [need.amount for need in needs]
        self.taken = [[0] * len(need.caps) for need in needs]
        self._free = [list(need.caps) for need in needs]

    def open(self, slot: int, room: int) -> None:
        """Take as much of so much room in a slot as the vehicles can use."""
        for vehicle, missing in enumerate(self.missing):
            amount = min(room, missing, self._free[vehicle][slot])
            if amount > 0:
                self._take(vehicle, slot, amount)
                self.missing[vehicle] -= amount
                room -= amount
        while room > 0 and (path := self._path_to(slot)):
            room -= self._push(path, slot, room)

    def _path_to(self, slot: int) -> list[_Step] | None:
        """Return a path from a vehicle that needs more to one that can take more; the first step has no slot."""
        if not any(free[slot] for free in self._free):
            return None
        starts = [vehicle for vehicle, missing in enumerate(self.missing) if missing]
        for path in self._paths(starts):
            if self._free[path[-1][0]][slot]:
                return path
        return None

    def _paths(self, starts: Sequence[int]) -> Iterator[list[_Step]]:
        """Yield the shortest path to each vehicle that can be reached by leaving slots to each other."""
        paths: list[list[_Step]] = [[(vehicle, -1)] for vehicle in starts]
        reached = set(starts)
        for path in paths:
            yield path
            for vehicle in range(len(self.missing)):
                if vehicle in reached:
                    continue
                if (shared := self._left_by(vehicle, path[-1][0])) is not None:
                    reached.add(vehicle)
                    paths.append([*path, (vehicle, shared)])

    def _left_by(self, giver: int, taker: int) -> int | None:
        """Return a slot that one vehicle uses and another one could use more of."""
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
        """Yield how much each vehicle of a path can leave to the one before."""
        for (taker, _), (giver, shared) in pairwise(path):
            yield min(self.taken[giver][shared], self._free[taker][shared])

    def _shift(self, path: Sequence[_Step], amount: int) -> None:
        """Let each vehicle of a path leave an amount to the one before; the last one lacks it then."""
        for (taker, _), (giver, shared) in pairwise(path):
            self._take(giver, shared, -amount)
            self._take(taker, shared, amount)

    def _take(self, vehicle: int, slot: int, amount: int) -> None:
        self.taken[vehicle][slot] += amount
        self._free[vehicle][slot] -= amount

    def prefer_first(self) -> None:
        """Move what is missing to the last vehicles, as far as they use what the first ones could."""
        for first in range(len(self.missing)):
            while self.missing[first] and (path := self._path_down(first)):
                amount = min([self.missing[first], *self._amounts(path)])
                self._shift(path, amount)
                self.missing[first] -= amount
                self.missing[path[-1][0]] += amount

    def _path_down(self, first: int) -> list[_Step] | None:
        """Return a path to the last vehicle that can leave something to a vehicle before it."""
        found = [path for path in self._paths([first]) if path[-1][0] > first]
        return max(found, key=lambda path: path[-1][0], default=None)
