"""evcc's way of planning, written from a description of it: each car on its own, at every step of the control.

The time that is needed is the energy by the maximum power, with an efficiency of 0.85 until it is known better, and
less power near a full battery. The cheapest quarters are taken, the late ones first among equals, and the last one that
is taken is shortened. A deadline after the known prices leaves to the time after them what fits there. If the
time is short it charges at once. A running slot is finished, a car that would restart within a quarter of an hour does
not stop, short first slots are skipped, and charging goes on after the deadline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .cars import VOLTS
from .prices import QUARTER, Price
from .view import CarView, View

_EFFICIENCY: Final = 0.85
_LEARNED_FROM: Final = 10
"""The % by which the level must have risen before the efficiency is taken from it."""
_GAP: Final = timedelta(minutes=15)
_SHORT: Final = timedelta(minutes=5)
_FALLS_FROM_KW: Final = 50.0
_FALLS_TO_KW: Final = 1.0
"""The power of a battery falls on a line from the one at 50 % to the other at 100 %."""


type _Slot = tuple[datetime, datetime]


@dataclass(slots=True)
class _Session:
    """What is kept of a car while it is plugged in."""

    arrived: datetime
    level: int
    efficiency: float = _EFFICIENCY
    step: tuple[int, float] | None = None
    """The first level that was reached while it charged, and the kWh of that moment."""
    charging: bool = False
    slot_end: datetime | None = None
    """The end of the running slot."""
    active: bool = False
    """Whether its plan has begun, so that the goal is kept after the deadline."""

    def goes_on(self, now: datetime, slots: Sequence[_Slot]) -> bool:
        """Return whether a car that charges goes on between two slots."""
        if self.slot_end is not None and now < self.slot_end:
            return True
        return bool(slots) and slots[0][0] - now < _GAP

    def takes(self, slot: _Slot, now: datetime, *, is_last: bool) -> bool:
        """Return whether a car charges in a slot, and note it."""
        is_short = slot[1] - now < _SHORT and not self.charging
        if is_short and not is_last:
            return False
        self.slot_end = slot[1]
        return True

    def learn(self, car: CarView) -> None:
        """Take the efficiency from the energy between two steps of the level."""
        if car.level == self.level:
            return
        self.level = car.level
        if self.step is None:
            self.step = car.level, car.charged_kwh
        level, kwh = self.step
        if car.level - level >= _LEARNED_FROM:
            learned = car.capacity * (car.level - level) / 100 / (car.charged_kwh - kwh)
            self.efficiency = min(1.0, max(0.5, learned))


class Evcc:
    """Plans each car on its own."""

    replans: int = 0

    def __init__(self) -> None:
        """Start without any car."""
        self._sessions: dict[int, _Session] = {}
        self.replans = 0

    def wanted(self, view: View) -> Mapping[int, int]:
        """Return the maximum of each car that is to charge now."""
        result = {}
        for at, car in view.cars.items():
            session = self._sessions.get(at)
            if session is None or session.arrived != car.arrived:
                session = self._sessions[at] = _Session(car.arrived, car.level)
            if self._charges(view, car, session):
                result[at] = car.max_amps
        return result

    def _charges(self, view: View, car: CarView, session: _Session) -> bool:
        """Return whether a car charges now, and note it."""
        wants = car.level < car.target and self._is_due(view, car, session)
        session.charging = wants
        session.active |= wants
        return wants

    def _is_due(self, view: View, car: CarView, session: _Session) -> bool:
        """Return whether the plan has a slot now."""
        self.replans += 1
        now = view.now
        if now >= car.ready:
            return session.active
        session.learn(car)
        needed = _required(car, session.efficiency)
        slots = _plan(view.prices, now, car.ready, needed)
        if slots is None:
            return True
        current = next((slot for slot in slots if slot[0] <= now < slot[1]), None)
        if current is not None:
            return session.takes(current, now, is_last=len(slots) == 1)
        return session.charging and (needed < _GAP or session.goes_on(now, slots))


def _required(car: CarView, efficiency: float) -> timedelta:
    """Return the time that charging takes up to the target."""
    power = car.max_amps * car.phases * VOLTS / 1000
    hours = 0.0
    for level in range(car.level, car.target):
        fall = (level + 0.5 - 50) / 50
        maximum = _FALLS_FROM_KW + (_FALLS_TO_KW - _FALLS_FROM_KW) * max(0.0, fall)
        hours += car.capacity / 100 / efficiency / min(power, maximum)
    return timedelta(hours=hours)


def _by_price(prices: Sequence[Price], now: datetime, ready: datetime) -> list[_Slot]:
    """Return the quarters until a time, the cheapest first, and the late ones first among equals."""
    slots = [
        (max(item.start, now), min(item.start + QUARTER, ready), item.price)
        for item in prices
        if item.start + QUARTER > now and item.start < ready
    ]
    slots.sort(key=lambda slot: (slot[2], -slot[0].timestamp()))
    return [(start, end) for start, end, _ in slots]


def _plan(
    prices: Sequence[Price], now: datetime, ready: datetime, needed: timedelta
) -> list[_Slot] | None:
    """Return the slots in their order; None to charge straight through from now on."""
    if ready - now <= needed:
        return None
    known_until = prices[-1].start + QUARTER if prices else now
    # The time after the known prices counts as available.
    needed -= max(timedelta(), ready - max(known_until, now))
    if needed <= timedelta():
        return []
    chosen: list[_Slot] = []
    for start, end in _by_price(prices, now, ready):
        if needed <= timedelta():
            break
        over = max(timedelta(), end - start - needed)
        needed -= end - start
        # The last one that is taken is shortened: the first in time starts late, another one ends early.
        if chosen and start < min(chosen)[0]:
            chosen.append((start + over, end))
        else:
            chosen.append((start, end - over))
    return sorted(slot for slot in chosen if slot[1] > slot[0])
