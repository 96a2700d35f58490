"""One main fuse with all the buses behind it: they see each other's draws, and no two raise into the same room.

Each bus tells what its vehicles do, and gets its share of what all may use. A share rises only into room that no
other bus has taken: to raise one, the others are lowered first.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor
from typing import Final

from ...twc import DRAWING_AMPS
from .fuse_evidence import FuseEvidence
from .fuse_load import FuseLoad, combined
from .fuse_reading import FuseConfig, FuseReading
from .main_fuse import FuseGuard
from .response_votes import MeterState

ABSENT_SECONDS: Final = 150.0
"""A bus that has told nothing for so long does not run any more: it decides every minute at least."""

ARRIVAL_SECONDS: Final = 3.0
"""A vehicle that draws within so long after its bus joined has charged before: none begins so fast."""


@dataclass(frozen=True, slots=True)
class FuseShare:
    """What one bus may use.

    Attributes:
        amps: A for all its vehicles together.
        silent: whether the sensors report nothing that counts.
        confirming: whether there is room for more as soon as the meter has shown the last raise.

    """

    amps: float
    silent: bool
    confirming: bool


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        config: its fuse as it was set up.
        load: what it told last.
        at: when that was.
        since: when it told something first.
        adopted: the connectors whose vehicles drew already when they were first seen.

    """

    config: FuseConfig
    load: FuseLoad = FuseLoad()
    at: float | None = None
    since: float | None = None
    adopted: frozenset[int] = frozenset()


class SharedFuse:
    """One main fuse."""

    def __init__(self) -> None:
        """Start without a bus."""
        self._members: dict[str, _Member] = {}
        self._config: FuseConfig | None = None
        self._guard: FuseGuard | None = None
        self._evidence: FuseEvidence | None = None

    def join(self, bus: str, config: FuseConfig) -> None:
        """Add a bus, or a bus with other settings: the smallest fuse that was set up counts for all."""
        self._members[bus] = _Member(config)
        configs = [item.config for item in self._members.values()]
        careful = replace(
            config,
            size=min(item.size for item in configs),
            max_age=min(item.max_age for item in configs),
            phases=max(item.phases for item in configs),
        )
        if careful != self._config:
            self._config = careful
            self._guard = FuseGuard(careful)
            self._evidence = FuseEvidence(careful)

    def leave(self, bus: str) -> None:
        """Remove a bus: what its vehicles draw from now on is load of the house."""
        member = self._members.pop(bus, None)
        if member is not None and self._guard is not None:
            self._guard.add(-member.load.taken)
        if not self._members:
            self._config = self._guard = self._evidence = None

    @property
    def meter(self) -> MeterState:
        """Return what our own draws have shown of the meter."""
        return MeterState.UNKNOWN if self._evidence is None else self._evidence.state

    @property
    def wake_at(self) -> float | None:
        """Return when to look again although nobody reports, in s; None if nothing changes by time alone."""
        times = [
            item.wake_at for item in (self._guard, self._evidence) if item is not None
        ]
        return min((at for at in times if at is not None), default=None)

    def update(
        self, bus: str, now: float, reading: FuseReading | None, load: FuseLoad
    ) -> FuseShare:
        """Take what the vehicles of a bus do, and return what it may use.

        Raises:
            KeyError: if the bus has not joined.

        """
        guard, evidence = self._guard, self._evidence
        member = self._members[bus]
        assert guard is not None
        assert evidence is not None
        adopted = _adopted(member, now, load)
        if adopted and len(self._members) > 1:
            # What they draw was load of the house so far.
            guard.add(sum(adopted.values()))
        self._members[bus] = replace(
            member,
            load=load,
            at=now,
            since=now if member.since is None else member.since,
            adopted=member.adopted | adopted.keys(),
        )
        loads = self._loads(now)
        whole = combined(loads.values())
        room = guard.update(now, reading, whole, evidence.lag)
        proven = evidence.update(now, reading, whole)
        if evidence.disproved:
            return FuseShare(0.0, silent=True, confirming=False)
        confirming = proven < room and not evidence.is_overdue(now)
        amps = _share(bus, min(room, proven), loads)
        return FuseShare(amps, silent=guard.silent, confirming=confirming)

    def _loads(self, now: float) -> dict[str, FuseLoad]:
        """Return what the buses that run told last."""
        return {
            bus: item.load
            for bus, item in self._members.items()
            if item.at is not None and now - item.at <= ABSENT_SECONDS
        }


def _adopted(member: _Member, now: float, load: FuseLoad) -> dict[int, float]:
    """Return the A that vehicles draw that have charged since before their bus joined, by connector."""
    if member.since is not None and now - member.since > ARRIVAL_SECONDS:
        return {}
    return {
        item.connector_id: item.amps
        for item in load.draws
        if item.amps >= DRAWING_AMPS and item.connector_id not in member.adopted
    }


def _share(bus: str, amps: float, loads: Mapping[str, FuseLoad]) -> float:
    """Return what a bus may use of the A for all."""
    if len(loads) == 1:
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
