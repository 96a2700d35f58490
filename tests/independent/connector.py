"""A wall connector in the slave position, and the cars that come to it."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from math import inf
from random import Random

from tests.independent import wire
from tests.independent.car import MINIMUM_A, Car
from tests.independent.line import Line
from tests.independent.specs import ConnectorSpec

LINK_LOST_S = (26.0, 30.0)  # without a heartbeat
RELAY_OPENS_S = 6.0  # after the pilot was taken away, if the car goes on
ANNOUNCE_S = (9.0, 11.0)
LONG_ANSWERS = (0xEB, 0xED, 0xEE, 0xEF, 0xF1)
OLD_ANSWERS = (0xEB, 0xB4, 0x1B)


@dataclass(slots=True)
class Link:
    """What a connector knows of its master; times are absolute."""

    id: bytes
    sign: int
    master: bytes = b""  # empty while unlinked
    heard_at: float = -inf
    lost_s: float = LINK_LOST_S[0]
    announce_at: float = 0.0
    second_announcements: int = 0
    lost_links: int = 0


@dataclass(slots=True)
class Trouble:
    """What is wrong with a connector, until when."""

    unpowered_until: float = -inf
    deaf_until: float = -inf  # hears nothing
    mute_until: float = -inf  # is not heard
    stopped: bool = False  # command 02, until its power was off
    opened: bool = False  # command FC B2


@dataclass(slots=True)
class Offer:
    """The offer in force, which is echoed; a quirk: `kept_a` returns with the next master after a power cut or a stop."""

    told_a: float = 0.0  # since it was switched on or stopped the car
    in_force_a: float = 0.0
    kept_a: float = 0.0
    command: int = 0  # just taken
    pilotless_s: float = inf  # since the pilot was taken away
    lost_at: float = -inf
    _earlier: deque[tuple[float, float]] = field(default_factory=deque)  # until when

    def take(self, amps: float, command: int, now: float) -> None:
        """Put an offer in A in force."""
        earlier = self._earlier
        while earlier and earlier[-1][1] <= self.told_a:
            earlier.pop()
        earlier.append((now, self.told_a))
        self.told_a = self.in_force_a = amps
        self.command = command

    def lose(self, keeps: bool, now: float) -> None:
        """Drop the offer; the car is stopped at once."""
        if self.in_force_a:
            self.lost_at = now
            self.kept_a = self.in_force_a if keeps else self.kept_a
        self.told_a = self.in_force_a = 0.0
        self._earlier.clear()

    def highest_a(self, since: float) -> float:
        """Return the highest offer in A since a time."""
        while self._earlier and self._earlier[0][0] <= since:
            self._earlier.popleft()
        return max(self.told_a, self._earlier[0][1] if self._earlier else 0.0)


class Connector:
    """Plays a unit whose rotary switch is at F."""

    def __init__(
        self,
        spec: ConnectorSpec,
        rng: Random,
        line: Line,
        neighbours: Sequence[Connector],
    ) -> None:
        """Switch it on; `neighbours` are all units on the line."""
        self.spec = spec
        self.car: Car | None = None
        self.offer = Offer()
        self.link = Link(rng.randbytes(2), rng.randrange(256))
        self.trouble = Trouble()
        self.saw: list[Callable[[float, float, float], None]] = []
        self.visit_at = 0.0
        self._serial = f"A{rng.randrange(10**10):010}"
        self._energy_kwh = 10 ** rng.uniform(2, 7)
        self._cars = cycle(spec.cars)
        self._rng = rng
        self._line = line
        self._neighbours = neighbours

    @property
    def draw_a(self) -> float:
        """The draw of its car on each phase, in A."""
        return self.car.draw_a if self.car else 0.0

    @property
    def phases(self) -> tuple[int, ...]:
        """The phases of the house on which its car draws, 0 to 2: each plugged-in car has its own number of them."""
        if not self.car:
            return ()
        return (0, 1, 2) if self.car.spec.phases == 3 else (self.spec.first_phase,)

    @property
    def _length(self) -> int:
        return 14 if self.spec.protocol == 1 else 16

    def floor_a(self, stops_ignoring: bool) -> float:
        """Return what its car would still draw in the end; `stops_ignoring`: whether it is offered 0 A if it ignores its pilot."""
        if not self.car:
            return 0.0
        if self.spec.protocol == 1 or self.spec.stops_at_zero:
            return self.draw_a if self.car.ignores and not stops_ignoring else 0.0
        if self.car.ignores:
            return self.draw_a
        return min(self.draw_a, 6.0 + max(self.car.spec.over_a, 0.0))

    def wait_s(self, mean_s: float) -> float:
        """Return a random time with that mean."""
        return self._rng.expovariate(1.0) * mean_s

    def hear(self, body: bytes, now: float) -> None:
        """Take a frame that arrived undamaged."""
        kind = body[:2]
        if (
            kind[0] == 0xFD
            or now < self.trouble.unpowered_until
            or now < self.trouble.deaf_until
        ):
            return
        if kind in (wire.ANNOUNCE_1, wire.ANNOUNCE_2):
            self._hear_announcement(kind, body[2:4], now)
        elif body[4:6] == self.link.id and len(body) >= self._length:
            if kind == wire.HEARTBEAT:
                self._obey(body, now)
            elif self.link.master:
                self._answer(kind, body[2:4], now)

    def _hear_announcement(self, kind: bytes, sender: bytes, now: float) -> None:
        link = self.link
        if link.master:
            return
        if sender == link.id:
            link.id = self._rng.randbytes(2)
        link.second_announcements += kind == wire.ANNOUNCE_2
        if kind == wire.ANNOUNCE_2 and link.second_announcements % 5 == 2:
            for index in range(5):
                self._announce(now, 0.15 + self._rng.random() * 0.05 + 0.1 * index)

    def _obey(self, body: bytes, now: float) -> None:
        link, offer, command = self.link, self.offer, body[6]
        if not link.master:
            offer.in_force_a, offer.kept_a = max(offer.in_force_a, offer.kept_a), 0.0
        link.master, link.heard_at = body[2:4], now
        link.lost_s = self._rng.uniform(*LINK_LOST_S)
        self.trouble.stopped |= command == 2
        if self.spec.protocol == 1:
            taken = command == 5
        else:
            taken = command == 9 or (command == 5 and not self.draw_a)
        if taken:
            offer.take(int.from_bytes(body[7:9]) / 100, command, now)
        self._report(now)

    def _report(self, now: float) -> None:
        rng, spec, offer = self._rng, self.spec, self.offer
        reported = self.draw_a or rng.choice((0.0, 0.0, 0.0, 0.25))
        if rng.random() < spec.spikes:
            reported = rng.uniform(50, 655)
        head = (
            wire.ANSWER
            + self.link.id
            + self.link.master
            + bytes([self._state()])
            + wire.amps(offer.in_force_a)
            + wire.amps(reported)
        )
        told, length = offer.told_a, 14 if spec.short_heartbeats else self._length
        delay_s = rng.uniform(0.02, 0.15)

        def seen(at: float) -> None:
            for see in self.saw:
                see(at, reported, told)

        self._say(head, length, now, delay_s, seen)

    def _state(self) -> int:
        offer, command = self.offer, self.offer.command
        offer.command = 0
        if self.trouble.stopped:
            return 2
        if not self.car:
            return 0
        if not self.car.wants_energy:
            return 3
        if self.draw_a > 0:
            return 9 if command == 9 else 1
        if offer.in_force_a == 0:
            return 3 if offer.pilotless_s < inf else 4
        return 8

    def _answer(self, kind: bytes, master: bytes, now: float) -> None:
        asked, extended = kind[1], self.spec.extended
        payload = self._facts(asked)
        if kind[0] == 0xFC and extended and asked in (wire.START, wire.STOP):
            self.trouble.opened, payload = asked == wire.STOP, master
        if payload is not None and (extended or asked in OLD_ANSWERS):
            head = bytes([0xFD, asked]) + self.link.id + payload
            length = 20 if extended and asked in LONG_ANSWERS else self._length
            self._say(head, length, now, self._rng.uniform(0.02, 0.1))

    def _facts(self, asked: int) -> bytes | None:
        vin = b"5YJ3E7EA7KF123456" if self.car else bytes(17)
        return {
            0xEB: int(self._energy_kwh).to_bytes(4) + bytes([0, 230] * 3),
            0xEC: bytes([4, 5, 3, 0]),
            0x1B: bytes([4, 5, 3]),
            0xED: self._serial.encode(),
            0xEE: vin[:7],
            0xEF: vin[7:14],
            0xF1: vin[14:],
            0xB4: bytes([0 if not self.car else 1 if self.draw_a else 3]),
        }.get(asked)

    def _announce(self, now: float, delay_s: float) -> None:
        self.link.announce_at = now + delay_s + self._rng.uniform(*ANNOUNCE_S)
        head = (
            wire.LINKREADY
            + self.link.id
            + bytes([self.link.sign])
            + wire.amps(self.spec.rating_a)
        )
        self._say(head, self._length, now, delay_s)

    def _say(
        self,
        head: bytes,
        length: int,
        now: float,
        delay_s: float,
        seen: Callable[[float], None] | None = None,
    ) -> None:
        if now >= self.trouble.mute_until:
            self._line.send(self, wire.complete(head, length), delay_s, seen=seen)

    def tick(self, now: float) -> None:
        """Pass one second."""
        self._visit(now)
        if now < self.trouble.unpowered_until:
            if self.car:
                self.car.step(0.0, closed=False)
            return
        if self._rng.random() * self.spec.trouble_s < 1:
            self._suffer(now)
        link, silent = self.link, now - self.link.heard_at
        if link.master and silent > link.lost_s:
            link.master, link.announce_at = b"", now
            link.lost_links += 1
        if silent > self.spec.stop_after_s:
            self._lose_offer(now)
        if not link.master and now >= link.announce_at:
            self._announce(now, self._rng.random())
        if self.car:
            self._feed(self.car)

    def _visit(self, now: float) -> None:
        if now < self.visit_at:
            return
        self.visit_at = now + self.wait_s(
            self.spec.away_s if self.car else self.spec.parked_s
        )
        self.car = None if self.car else Car(next(self._cars))
        self.trouble.opened, self.offer.pilotless_s = False, inf

    def _feed(self, car: Car) -> None:
        pilot, offer = self._pilot_a(car), self.offer
        if pilot > 0:
            offer.pilotless_s = 0.0
        else:
            offer.pilotless_s += 1
        car.step(
            pilot, closed=offer.pilotless_s < RELAY_OPENS_S and not self.trouble.opened
        )
        self._energy_kwh += car.draw_a * 230 / 3.6e6

    def _pilot_a(self, car: Car) -> float:
        offer = self.offer.in_force_a
        if self.trouble.stopped or self.trouble.opened:
            return 0.0
        if self.spec.protocol == 1:
            return offer if offer >= MINIMUM_A else 0.0
        cannot_stop = car.draw_a > 0 and (offer > 0 or not self.spec.stops_at_zero)
        return offer if offer >= 6 else 6.0 if cannot_stop else 0.0

    def _lose_offer(self, now: float) -> None:
        self.offer.lose(self.spec.keeps_offer, now)
        if self.car:
            self.offer.pilotless_s = inf
            self.car.draw_a = 0.0

    def _suffer(self, now: float) -> None:
        trouble, link, rng = self.trouble, self.link, self._rng
        until, kind = now + 10 ** rng.uniform(0, 2.1), rng.randrange(5)
        if kind in (0, 1):
            trouble.deaf_until = until
        if kind in (1, 2):
            trouble.mute_until = until
        if kind < 3:
            return
        ids = [unit.link.id for unit in self._neighbours]
        strange_ids = [*ids, link.master or link.id]
        self._lose_offer(now)
        self.trouble = Trouble(unpowered_until=until)
        link.master, link.heard_at, link.announce_at = b"", -inf, until
        link.sign = rng.choice((link.sign, rng.randrange(256)))
        if rng.random() < 0.3 or ids.count(link.id) > 1:
            link.id = rng.randbytes(2)
        elif rng.random() < 0.1:
            link.id = rng.choice(strange_ids)
