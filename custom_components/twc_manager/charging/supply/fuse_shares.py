"""What each bus behind a main fuse may use of the room that there is.

Currents are in A.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, inf, isinf

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


def fuse_share(
    bus: str, found: Sequence[Limit], loads: Mapping[str, FuseLoad], *, silent: bool
) -> FuseShare:
    """Return what a bus may use.

    Args:
        bus: the bus.
        found: what all buses may use.
        loads: the vehicles of each.
        silent: whether the sensors report nothing that counts.

    """
    common = [item for item in found if item.holds_for_all(loads.values())]
    lowest = min(common, key=lambda item: item.amps)
    return FuseShare(
        _share(bus, lowest.amps, loads),
        silent=silent,
        lacking=lowest.lacking,
        rooms=tuple(
            _phase_share(bus, item.phases, item, loads)
            for item in found
            if item.phases is not None and item not in common
        ),
    )


def _phase_share(
    bus: str, phases: frozenset[int], limit: Limit, loads: Mapping[str, FuseLoad]
) -> PhaseShare:
    there = {key: limit.of(load) for key, load in loads.items()}
    return PhaseShare(
        phases,
        limit.is_proof,
        _share(bus, limit.amps, there),
        limit.lacking,
        frozenset(item.connector_id for item in there[bus].draws),
    )


def _share(bus: str, amps: float, loads: Mapping[str, FuseLoad]) -> float:
    """Return what a bus may use of the A for all."""
    if len(loads) == 1 or isinf(amps):
        return amps
    fair = _fair_shares(floor(amps), loads)
    others = sum(
        max(load.taken, fair[key]) for key, load in loads.items() if key != bus
    )
    return max(min(loads[bus].taken, fair[bus]), amps - others, 0.0)


def _fair_shares(amps: int, loads: Mapping[str, FuseLoad]) -> dict[str, int]:
    """Return whole A for each bus: the minimum for as many as possible, those that charge first, the rest evenly."""
    shares = dict.fromkeys(loads, 0)
    for key in sorted(loads, key=lambda key: (not loads[key].count, key)):
        needed = min(loads[key].minimum, floor(loads[key].wanted))
        if 0 < needed <= amps:
            shares[key], amps = needed, amps - needed
    growing = [key for key in shares if shares[key]]
    while amps and (
        growing := [key for key in growing if shares[key] < loads[key].wanted]
    ):
        lowest = min(growing, key=lambda key: (shares[key], key))
        shares[lowest], amps = shares[lowest] + 1, amps - 1
    return shares
