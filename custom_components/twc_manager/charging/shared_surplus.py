"""One surplus for all buses that follow the same sensors: measured once, followed once, and divided among them.

Each bus reports the draw and the demand of its connectors. One controller turns the surplus into amps for all buses, so
that they do not react to each other's steps and share one budget of starts; the amps are divided by priority, in turns
and evenly, like those of one bus. With a single bus nothing is divided.

Times are in s of a monotonic clock, powers in W.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from .allocation.budgets import GREEN
from .allocation.queue import ChargingQueue, QueueRequest, QueueResult
from .allocation.sharing import CurrentClaim, divide
from .outcome import GreenBudget, LimitReason
from .settings import GreenSettings
from .supply.green import GreenController
from .supply.green_demand import GreenDemand, demand_of_all
from .supply.response_readings import DrawHistory
from .supply.surplus import Readings, SourceConfig, Surplus
from .supply.surplus_meter import MeteredPower, SurplusMeter

ABSENT_SECONDS: Final = 150.0
"""A bus without a report for this number of s no longer runs, as a running bus decides at least once a minute."""


@dataclass(frozen=True, slots=True)
class BusPower:
    """The power of the connectors of a bus.

    Attributes:
        charging_w: W with the known or assumed phases.
        drawn_w: the measured amps in W, at `amp_w` each.
        amp_w: W of one ampere on one phase.
        reserved_w: W that the owner reserves for the house.

    """

    charging_w: float = 0.0
    drawn_w: float = 0.0
    amp_w: float = 230.0
    reserved_w: float = 0.0


@dataclass(frozen=True, slots=True)
class GreenVehicle:
    """A vehicle that follows the surplus and wants power.

    Attributes:
        connector_id: its connector.
        minimum: whole A below which it gets nothing.
        usable: whole A that it can use.
        maximum: whole A that it may get.
        priority: the higher, the earlier it is served.
        is_running: whether it has an offer.
        is_locked: whether it must not, or cannot, be stopped now.

    """

    connector_id: int
    minimum: int
    usable: int
    maximum: int
    priority: int = 0
    is_running: bool = False
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class BusDemand:
    """The demand of a bus for surplus.

    Attributes:
        others_w: W of connectors that charge by another rule, which use surplus first.
        demand: the demand of the connectors that follow the surplus together.
        vehicles: the vehicles of these connectors that want power.
        settings: the settings of the bus for following the surplus.
        turn: length of a turn, in s.

    """

    others_w: float
    demand: GreenDemand
    vehicles: tuple[GreenVehicle, ...]
    settings: GreenSettings
    turn: float


@dataclass(slots=True)
class _Member:
    """A bus: its last report, and what it got."""

    wake: Callable[[], None] | None = None
    at: float | None = None
    power: BusPower = BusPower()
    history: DrawHistory = field(default_factory=DrawHistory)
    wants: BusDemand | None = None
    amps: int = 0

    def is_here(self, now: float) -> bool:
        """Return whether it runs."""
        return self.at is not None and now - self.at <= ABSENT_SECONDS


class SharedSurplus:
    """The surplus of some sensors.

    Attributes:
        follower: the controller that turns it into amps.

    """

    def __init__(self) -> None:
        """Start without a bus."""
        self._members: dict[str, _Member] = {}
        self._keys: dict[tuple[str, int], int] = {}
        self._begin()

    def _begin(self) -> None:
        """Start without measurements."""
        self.follower = GreenController(GreenSettings())
        self._meter = SurplusMeter()
        self._queue = ChargingQueue()
        self._recalled: set[str] = set()

    def join(self, bus: str, wake: Callable[[], None] | None = None) -> None:
        """Add a bus; `wake` is called when it has to decide because its part has changed."""
        self._members[bus] = _Member(wake)

    def leave(self, bus: str) -> None:
        """Remove a bus, so that its vehicles count as load of the house; without a bus, everything is forgotten."""
        self._members.pop(bus, None)
        if not self._members:
            self._begin()

    def recall(
        self,
        bus: str,
        now: float,
        green: Iterable[float],
        stopped: float | None,
        vehicles: Iterable[float],
    ) -> None:
        """Continue with the starts from before a restart, which each bus has stored; those of the surplus are shared."""
        if not self._recalled:
            self.follower.starts.recall(now, green, stopped)
        if bus not in self._recalled:
            self._queue.starts.recall(now, vehicles)
        self._recalled.add(bus)

    def measure(
        self,
        bus: str,
        now: float,
        readings: Readings,
        source: SourceConfig,
        power: BusPower,
        *,
        is_dark: bool,
    ) -> Surplus:
        """Take the power of a bus and the newest readings, and return the surplus."""
        member = self._members[bus]
        member.at, member.power = now, power
        member.history.add(now, power.charging_w)
        powers = [item.power for item in self._here(now).values()]
        source = replace(source, reserved_w=max(item.reserved_w for item in powers))
        return self._meter.update(
            readings,
            source,
            sum(item.charging_w for item in powers),
            now,
            amp_w=power.amp_w,
            drawn_w=sum(item.drawn_w for item in powers),
            is_dark=is_dark,
        )

    def metered(
        self,
        bus: str,
        now: float,
        readings: Readings,
        source: SourceConfig,
        surplus: Surplus,
    ) -> MeteredPower | None:
        """Return the measured power that contains the connectors of a bus, without the other buses; None if unknown."""
        metered = self._meter.metered(readings, source, surplus)
        if metered is None:
            return None
        others = (item for key, item in self._here(now).items() if key != bus)
        drawn_w = sum(item.history.at(metered.at) for item in others)
        return replace(metered, watts=metered.watts - drawn_w)

    def pause(self, bus: str) -> None:
        """Note that the demand of a bus is unknown."""
        self._members[bus].wants = None

    def follow(
        self, bus: str, now: float, surplus: Surplus, wants: BusDemand
    ) -> GreenBudget:
        """Take the demand of a bus, and return what the surplus allows it."""
        self._members[bus].wants = wants
        all_wants = {
            key: item.wants
            for key, item in self._here(now).items()
            if item.wants is not None
        }
        if surplus.watts is not None:
            # Charging by another rule uses surplus before the connectors that follow it.
            others_w = sum(item.others_w for item in all_wants.values())
            surplus = replace(surplus, watts=surplus.watts - others_w)
        self.follower.settings = _careful(
            [item.settings for item in all_wants.values()]
        )
        demand = demand_of_all([item.demand for item in all_wants.values()])
        budget = self.follower.update(now, surplus, demand)
        if len(all_wants) == 1:
            return budget
        return self._divided(bus, now, budget, all_wants)

    def _here(self, now: float) -> Mapping[str, _Member]:
        """Return the buses that run."""
        return {key: item for key, item in self._members.items() if item.is_here(now)}

    def _divided(
        self,
        bus: str,
        now: float,
        budget: GreenBudget,
        all_wants: Mapping[str, BusDemand],
    ) -> GreenBudget:
        """Return the part of a bus, and wake the others if theirs has changed."""
        requests = {
            item.connector_id: item
            for owner, wants in all_wants.items()
            for item in self._requests(owner, wants)
        }
        budgets: dict[Hashable, int] = {
            key: wants.demand.maximum for key, wants in all_wants.items()
        }
        budgets[GREEN] = budget.amps
        turn = max(item.turn for item in all_wants.values())
        result = self._queue.choose(now, list(requests.values()), budgets, turn)
        served = [requests[key].claim for key in result.served]
        parts = dict.fromkeys(all_wants, 0)
        for key, portion in divide(served, budgets).items():
            parts[self._owner(key)] += portion.amps
        self._set_parts(bus, parts)
        if parts[bus] or not all_wants[bus].vehicles:
            return replace(budget, amps=parts[bus])
        return self._waiting(bus, budget, result)

    def _requests(self, bus: str, wants: BusDemand) -> Iterator[QueueRequest]:
        """Yield the requests of the vehicles of a bus, with numbers that are unique among all buses."""
        for item in wants.vehicles:
            yield _request(self._key(bus, item.connector_id), bus, item)

    def _waiting(
        self, bus: str, budget: GreenBudget, result: QueueResult
    ) -> GreenBudget:
        """Return the budget of a bus that gets nothing, with the reason."""
        if not budget.amps:
            return budget
        delays = result.delayed.items()
        waits = [until for key, until in delays if self._owner(key) == bus]
        reason = LimitReason.START_DELAY if waits else LimitReason.WAITING_TURN
        until = min(waits, default=result.next_turn)
        return replace(budget, amps=0, reason=reason, until=until)

    def _set_parts(self, bus: str, parts: Mapping[str, int]) -> None:
        """Note the part of each bus, and wake the other buses whose part has changed."""
        for key, amps in parts.items():
            member = self._members[key]
            has_changed, member.amps = member.amps != amps, amps
            if has_changed and key != bus and member.wake is not None:
                member.wake()

    def _key(self, bus: str, connector_id: int) -> int:
        """Return a number for a connector that is unique among all buses."""
        return self._keys.setdefault((bus, connector_id), len(self._keys))

    def _owner(self, key: int) -> str:
        """Return the bus of the connector with such a number."""
        return next(bus for (bus, _), number in self._keys.items() if number == key)


def _request(key: int, bus: str, vehicle: GreenVehicle) -> QueueRequest:
    return QueueRequest(
        CurrentClaim(
            key, vehicle.minimum, vehicle.usable, vehicle.maximum, (GREEN, bus)
        ),
        vehicle.priority,
        vehicle.is_running,
        vehicle.is_locked,
    )


def _careful(settings: list[GreenSettings]) -> GreenSettings:
    """Return the settings for all buses: of each setting the most careful one."""
    first, *others = settings
    if not others:
        return first
    energies = [
        item.stop_energy_wh for item in settings if item.stop_energy_wh is not None
    ]
    return replace(
        first,
        grid_share_w=min(item.grid_share_w for item in settings),
        start_delay=max(item.start_delay for item in settings),
        stop_delay=min(item.stop_delay for item in settings),
        stop_energy_wh=min(energies, default=None),
        starts_per_hour=min(item.starts_per_hour for item in settings),
        stale_after=min(item.stale_after for item in settings),
        hold_when_stale=min(item.hold_when_stale for item in settings),
    )
