"""What each bus behind a main fuse may use of the room that there is.

Currents are in A.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, inf, isinf

from ..fair_shares import Turns, fair_shares
from ..outcome import Lacking
from .fuse_load import FuseLoad
from .fuse_proof import Proof
from .phases import FuseRoom


@dataclass(frozen=True, slots=True)
class PhaseShare:
    """What those vehicles of one bus may use that may charge on some phases.

    Attributes:
        phases: the phases.
        is_proof: whether only those count that have not shown on as many other phases as they use.
        amps: A for them together.
        lacking: what the meter has yet to show so that they may use more; None if there is no more room.
        connectors: their connectors.

    """

    phases: frozenset[int]
    is_proof: bool
    amps: float
    lacking: Lacking | None
    connectors: frozenset[int]


@dataclass(frozen=True, slots=True)
class FuseShare:
    """What one bus may use.

    Attributes:
        amps: A for all its vehicles together; inf if each phase leaves one of them out.
        silent: whether the sensors report nothing that counts.
        lacking: what the meter has yet to show so that they may use more; None if there is no more room.
        rooms: what holds for a part of its vehicles, since the others are known not to charge on those phases.

    """

    amps: float
    silent: bool
    lacking: Lacking | None = None
    rooms: tuple[PhaseShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """What all vehicles may use that may charge on some phases.

    Attributes:
        amps: A for them together.
        phases: the phases; None if they are all.
        is_proof: whether only those count that have not shown on as many other phases as they use.
        lacking: what the meter has yet to show so that they may use more; None if there is no more room.

    """

    amps: float
    phases: frozenset[int] | None = None
    is_proof: bool = False
    lacking: Lacking | None = None

    def of(self, load: FuseLoad) -> FuseLoad:
        """Return the vehicles that it holds for."""
        if self.phases is None:
            return load
        return load.hiding_on(self.phases) if self.is_proof else load.on(self.phases)

    def holds_for_all(self, loads: Iterable[FuseLoad]) -> bool:
        """Return whether it holds for every vehicle."""
        return all(len(self.of(load).vehicles) == len(load.vehicles) for load in loads)


def limits(
    rooms: Sequence[FuseRoom], proof: Proof, *, is_overdue: bool
) -> Iterator[Limit]:
    """Yield what the vehicles may use by the room that there is and by what the meter has proven.

    Args:
        rooms: the room by each sensor.
        proof: what the meter has proven.
        is_overdue: whether it has not shown a raise in time.

    """
    proven = proof.rooms if len(proof.rooms) == len(rooms) else (inf,) * len(rooms)
    for place, (room, amps) in enumerate(zip(rooms, proven, strict=True)):
        yield Limit(room.amps, room.phases)
        lacking = None if is_overdue else Lacking.PROOF
        if place in proof.still:
            lacking = Lacking.MOVEMENT
        if amps < room.amps:
            yield Limit(amps, room.phases, is_proof=True, lacking=lacking)
    yield Limit(proof.amps, lacking=None if is_overdue else Lacking.PROOF)


class FuseShares:
    """Divides what the fuse leaves among the buses behind it: by priority, in turns, then evenly."""

    def __init__(self) -> None:
        """Start without a vehicle."""
        self._turns: dict[Hashable, Turns] = {}

    @property
    def wake_at(self) -> float | None:
        """Return when the next turn ends, in s; None while no vehicle waits for one."""
        times = (turns.next_at() for turns in self._turns.values())
        return min((at for at in times if at is not None), default=None)

    def share(
        self,
        bus: str,
        now: float,
        found: Sequence[Limit],
        loads: Mapping[str, FuseLoad],
        *,
        silent: bool,
    ) -> FuseShare:
        """Return what a bus may use.

        Args:
            bus: the bus.
            now: the time.
            found: what all buses may use.
            loads: the vehicles of each.
            silent: whether the sensors report nothing that counts.

        """
        common = [item for item in found if item.holds_for_all(loads.values())]
        lowest = min(common, key=lambda item: item.amps)
        apart = [
            item for item in found if item.phases is not None and item not in common
        ]
        keys = [None, *(_key(item) for item in apart)]
        self._turns = {key: self._turns.get(key) or Turns() for key in keys}
        return FuseShare(
            _share(bus, now, lowest.amps, loads, self._turns[None]),
            silent=silent,
            lacking=lowest.lacking,
            rooms=tuple(self._phase_share(bus, now, item, loads) for item in apart),
        )

    def _phase_share(
        self, bus: str, now: float, limit: Limit, loads: Mapping[str, FuseLoad]
    ) -> PhaseShare:
        there = {key: limit.of(load) for key, load in loads.items()}
        return PhaseShare(
            limit.phases or frozenset(),
            limit.is_proof,
            _share(bus, now, limit.amps, there, self._turns[_key(limit)]),
            limit.lacking,
            frozenset(item.connector_id for item in there[bus].draws),
        )


def _key(limit: Limit) -> Hashable:
    return limit.phases, limit.is_proof


def _share(
    bus: str, now: float, amps: float, loads: Mapping[str, FuseLoad], turns: Turns
) -> float:
    """Return what a bus may use of the A for all."""
    if len(loads) == 1 or isinf(amps):
        return amps
    draws = {key: load.sharing for key, load in loads.items()}
    fair = fair_shares(now, floor(amps), draws, turns)
    others = sum(
        max(load.taken, fair[key]) for key, load in loads.items() if key != bus
    )
    return max(min(loads[bus].taken, fair[bus]), amps - others, 0.0)
