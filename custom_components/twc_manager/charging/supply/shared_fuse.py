"""One main fuse with all the buses behind it: they see each other's draws, and no two raise into the same room.

Each bus reports what its vehicles do, and receives its share of what all may use. A share rises only into room that no
other bus has taken: to raise one, the others are lowered first. A bus that decides nothing more keeps what it has
taken, for as long as it is there.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ...twc import DRAWING_AMPS
from .connected_phases import ConnectedPhases
from .fuse_evidence import FuseEvidence
from .fuse_load import FuseLoad, combined
from .fuse_meter import FuseMeter
from .fuse_reading import FuseConfig, FuseReading
from .fuse_shares import FuseShare, FuseShares, limits
from .main_fuse import FuseGuard
from .phases import VehicleDraw

SILENT_SECONDS: Final = 20.0
"""A bus that has reported nothing for this time while its vehicles are plugged in decides nothing: it would every 5 s.
What its master has sent them goes on."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        config: its fuse as it was set up.
        load: what it reported last.
        at: when that was; None before its first report.
        met: the connectors that it has reported.
        lost: the vehicles at connectors that it no longer reports; they may go on.

    """

    config: FuseConfig
    load: FuseLoad = FuseLoad()
    at: float | None = None
    met: frozenset[int] = frozenset()
    lost: FuseLoad = FuseLoad()


class _Watch:
    """What is known of one main fuse and its meter."""

    def __init__(self, config: FuseConfig) -> None:
        """Start without a reading."""
        self.config = config
        self.guard = FuseGuard(config)
        self.evidence = FuseEvidence(config)
        self.phases = ConnectedPhases(config.size)
        self.shares = FuseShares()
        self.reading: FuseReading | None = None

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
        parts = (self.guard, self.evidence, self.phases, self.shares)
        times = [part.wake_at for part in parts]
        return min((at for at in times if at is not None), default=None)

    def place(
        self, now: float, reading: FuseReading | None, loads: Mapping[str, FuseLoad]
    ) -> dict[str, FuseLoad]:
        """Return the vehicles of each bus with the phases that they are known to charge on."""
        draws = combined(loads.values()).draws
        readings = () if reading is None else reading.phases(self.config)
        if reading is not None and reading.currents and not reading.signed:
            # Amps without a sign may stay the same when what was fed in is drawn instead.
            readings = ()
        self.phases.update(now, draws, readings, self.evidence.patience)
        doubted = self.evidence.is_doubted
        return {
            bus: self.phases.placed(load, doubted=doubted)
            for bus, load in loads.items()
        }

    def lose(self, load: FuseLoad) -> None:
        """Let what these vehicles have, or may take at any time, be load of the house from now on."""
        self.guard.add(self._given_up(load))

    def take_back(self, before: FuseLoad, load: FuseLoad) -> None:
        """Let what vehicles draw of which nothing was known take the place of what they had before."""
        # At once: a level below what they had must not begin anew from zero.
        self.guard.add([*self._given_up(before), *self.phases.placed(load).draws])

    def _given_up(self, load: FuseLoad) -> list[VehicleDraw]:
        """Return what these vehicles have, or may take at any time, as draws that end."""
        vehicles = self.phases.placed(load).vehicles
        return [replace(item.draw, amps=-item.taken) for item in vehicles]


class SharedFuse:
    """One main fuse."""

    def __init__(self) -> None:
        """Start without a bus."""
        self._members: dict[str, _Member] = {}
        self._watch: _Watch | None = None

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
        if self._watch is None or careful != self._watch.config:
            self._watch = _Watch(careful)

    def leave(self, bus: str) -> None:
        """Remove a bus: what its vehicles draw from now on is load of the house."""
        member = self._members.pop(bus, None)
        if member is not None and member.at is not None and self._watch is not None:
            self._watch.lose(combined((member.load, member.lost)))
        if not self._members:
            self._watch = None

    def lose(self, bus: str) -> None:
        """Note that a bus is away until it reports again: its vehicles may go on, and come back one by one."""
        member = self._members.get(bus)
        if member is None:
            return
        lost = combined((member.load, member.lost)).lost()
        self._members[bus] = replace(member, load=FuseLoad(), lost=lost)

    @property
    def meter(self) -> FuseMeter:
        """Return what our own draws have shown of the meter."""
        return FuseMeter() if self._watch is None else self._watch.evidence.meter

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
        return None if self._watch is None else self._watch.wake_at

    def update(
        self, bus: str, now: float, reading: FuseReading | None, load: FuseLoad
    ) -> FuseShare:
        """Take what the vehicles of a bus do, and return what it may use.

        Raises:
            KeyError: if the bus has not joined.

        """
        member, watch = self._members[bus], self._watch
        assert watch is not None
        watch.reading = reading
        if adopted := _adopted(member, load):
            # What they draw was load of the house so far.
            watch.guard.add(adopted)
        back = member.lost.at(load.connectors)
        if back.vehicles:
            watch.take_back(back, load.at(back.connectors))
        known = combined((member.load, member.lost))
        self._members[bus] = replace(
            member,
            load=load,
            at=now,
            met=member.met | load.connectors,
            lost=known.without(load.connectors).lost(),
        )
        loads = watch.place(now, reading, self._loads(now))
        whole = combined(loads.values())
        guard, evidence = watch.guard, watch.evidence
        rooms = guard.update(now, reading, whole, evidence.lag)
        phases = watch.phases
        may_raise = phases.needs_raise(now)
        proof = evidence.update(
            now,
            reading,
            whole,
            wants_step=may_raise or phases.needs_steps(now),
            may_raise=may_raise,
        )
        if evidence.disproved:
            return FuseShare(0.0, silent=True)
        found = tuple(limits(rooms, proof, is_overdue=evidence.is_overdue(now)))
        return watch.shares.share(bus, now, found, loads, silent=guard.silent)

    def update_undecided(self, bus: str, now: float, load: FuseLoad) -> None:
        """Take what the vehicles of a bus do for which nothing could be decided: no offer takes anything from them.

        Raises:
            KeyError: if the bus has not joined.

        """
        assert self._watch is not None
        # It may be the inputs of that bus that fail. What a meter has shown last is as old as it is.
        self.update(bus, now, self._watch.reading, load.bound())

    def commit(self, bus: str, taken: Mapping[int, float]) -> None:
        """Note the A that each vehicle of a bus may take by the offers that now go out, by its connector.

        The others may decide before the bus reports it.

        Raises:
            KeyError: if the bus has not joined.

        """
        member = self._members[bus]
        self._members[bus] = replace(member, load=member.load.committed(taken))

    def _loads(self, now: float) -> dict[str, FuseLoad]:
        """Return what each bus reported last; no offer takes anything from the vehicles of one that is silent."""
        loads: dict[str, FuseLoad] = {}
        for bus, item in self._members.items():
            if item.at is None:
                continue
            is_silent = now - item.at > SILENT_SECONDS
            loads[bus] = item.load.bound() if is_silent else item.load
            if item.lost.vehicles:
                # As if they were a bus of their own: nothing of what it may use is theirs to share.
                loads[f"{bus}, lost"] = item.lost
        return loads


def _adopted(member: _Member, load: FuseLoad) -> list[VehicleDraw]:
    """Return the draws of vehicles that have charged since before their connectors were found."""
    found = load.without(member.met).draws
    return [item for item in found if item.amps >= DRAWING_AMPS]
