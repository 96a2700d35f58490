"""The judge of the sessions of a campaign: every visit of a car that took energy has to be among the stored ones."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from custom_components.twc_manager.charging.metering.sessions import Session
from custom_components.twc_manager.coordinator import TwcCoordinator
from simulator import Bus, WallConnector

from .home import Home
from .judges import is_seen

_SLACK: Final = timedelta(seconds=120)


@dataclass(slots=True)
class _Visit:
    """A car's visit to a connector.

    Attributes:
        ids: the ids of the connector during the visit.
        plugged_in: when it began, by the clock as it is set now.
        first: the earliest time on the clock during the visit, which may have been set.
        last: the latest one.
        before: the energy that the connector had delivered before, in kWh.
        delivered: the energy that it had delivered at the last check, in kWh.
        unseen_kwh: the part of it that was delivered while the integration was not running.
        kwh: the energy of the whole visit.

    """

    ids: set[int]
    plugged_in: datetime
    first: datetime
    last: datetime
    before: float
    delivered: float
    unseen_kwh: float = 0.0
    kwh: float = 0.0

    def look(self, twc: WallConnector, at: datetime, *, seen: bool) -> None:
        """Note what goes on."""
        self.ids.add(twc.id)
        self.first, self.last = min(self.first, at), max(self.last, at)
        if not seen:
            self.unseen_kwh += twc.delivered_kwh - self.delivered
        self.delivered = twc.delivered_kwh

    def set_clock(self, by: timedelta) -> None:
        """Note that the clock was set: a session that runs then began earlier or later, too."""
        self.plugged_in += by
        self.first = min(self.first, self.plugged_in)

    def covers(self, started: datetime) -> bool:
        """Return whether a session with this start can be this visit."""
        return self.first - _SLACK <= started <= self.last + _SLACK


class SessionJudge:
    """Checks that every visit of a car that took energy is among the stored sessions.

    A connector is one by its plug alone: where nothing showed that it was empty meanwhile, two cars that report no
    VIN are one visit. So the visit before then belongs to the one that is judged.
    """

    _MIN_KWH: Final = 0.3
    _LATER_S: Final = 600.0
    _SEEN_LOOKS: Final = 3
    """As often has an empty connector to be there before a car that comes is known to be another one."""
    _SHARE: Final = 0.9
    """The share of the energy delivered while the integration ran that the stored sessions need to have."""
    _ALLOWANCE_KWH: Final = 0.1

    def __init__(self, bus: Bus, home: Home, calm: Callable[[], bool]) -> None:
        """Start without cars."""
        self._bus = bus
        self._home = home
        self._calm = calm
        self._visits: dict[int, _Visit] = {}
        self._before: dict[int, _Visit] = {}
        self._seen_empty: Counter[int] = Counter()
        self.lost: list[str] = []
        self.counted = 0

    def plugged_in(self, twc: WallConnector, at: datetime) -> None:
        """Record that a car was plugged in."""
        delivered = twc.delivered_kwh
        visit = _Visit({twc.id}, at, at, at, delivered, delivered)
        self._visits[id(twc)] = visit
        before = self._before.get(id(twc))
        if before is not None and self._seen_empty[id(twc)] < self._SEEN_LOOKS:
            visit.plugged_in = before.plugged_in
            visit.first = min(before.first, at)
            visit.ids |= before.ids

    def unplugged(self, twc: WallConnector, at: datetime) -> None:
        """Record that it was unplugged; some time later its session has to be among the stored ones."""
        visit = self._before[id(twc)] = self._visits.pop(id(twc))
        self._seen_empty[id(twc)] = 0
        visit.look(twc, at, seen=is_seen(twc, self._home))
        visit.kwh = twc.delivered_kwh - visit.before
        if visit.kwh >= self._MIN_KWH:
            self._bus.loop.call_later(self._LATER_S, self._judge, visit)

    def set_clock(self, by: timedelta) -> None:
        """Note that the clock was set."""
        for visit in (*self._visits.values(), *self._before.values()):
            visit.set_clock(by)

    def look(self, at: datetime) -> None:
        """Note what goes on at the connectors, and which are seen to be empty."""
        for twc in self._bus.connectors:
            seen = is_seen(twc, self._home)
            if visit := self._visits.get(id(twc)):
                visit.look(twc, at, seen=seen)
            elif seen:
                self._seen_empty[id(twc)] += 1

    def _judge(self, visit: _Visit) -> None:
        coordinator = self._home.coordinator
        if coordinator is None or not self._calm():
            self._bus.loop.call_later(60.0, self._judge, visit)
            return
        self.counted += 1
        stored = [
            item.energy_kwh
            for item in _sessions(coordinator)
            if item.connector_id in visit.ids and visit.covers(item.started)
        ]
        seen = visit.kwh - visit.unseen_kwh
        if not stored or sum(stored) < self._SHARE * seen - self._ALLOWANCE_KWH:
            ids = ", ".join(f"{item:04X}" for item in sorted(visit.ids))
            self.lost.append(
                f"{self._bus.now:.0f} s: {ids} from {visit.first} to {visit.last}: {seen:.2f} kWh were seen, "
                f"{sum(stored):.2f} kept"
            )


def _sessions(coordinator: TwcCoordinator) -> Iterator[Session]:
    """Return the stored sessions and those in progress."""
    persistence = coordinator.persistence
    yield from persistence.sessions.find()
    yield from persistence.counters.running
