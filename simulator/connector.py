"""A Gen 2 wall connector whose rotary switch is at F.

Its identity, its reaction to each received frame, and its light. The link to the master is in `link`, the power in
`supply`, the answers to queries in `answers`. All behaviour is from docs/protocol.md; comments name the choices
that the document leaves open.
"""

import asyncio
from enum import StrEnum
from typing import Final

from .answers import Answering, answer
from .car import Car
from .codec import (
    ANNOUNCE,
    ANSWER,
    ASK,
    CONTACTOR_CLOSE,
    CONTACTOR_OPEN,
    DEADLY,
    HEARTBEAT,
    LINKREADY_1,
    LINKREADY_2,
    Command,
    Frame,
    State,
    centiamps,
    compose,
    wrap,
)
from .identity import LENGTH, SLAVE_SWITCH
from .link import Link, LinkEvents, Neighbours
from .medium import Medium
from .second_master import SecondMaster
from .supply import Supply

_MAX_CONNECTORS: Final = 3
_BOOT_S: Final = 3.0
_BUSY_LINE_S: Final = (0.005, 0.040)
_ABSURD_KWH: Final = 10_690_796
_MIN_READING_A: Final = 0.3


class Led(StrEnum):
    """The light on the front."""

    OFF = "off"
    GREEN = "green"
    RED = "red"
    RED_BLINK = "red blink"
    RED_BLINK_5 = "red, 5 blinks"
    RED_BLINK_6 = "red, 6 blinks"


class WallConnector(Answering):
    """A wall connector, created with the arguments of `Identity`: `WallConnector(0x032E, protocol=2)`."""

    def __post_init__(self) -> None:
        """Start without power, bus and car."""
        super().__post_init__()
        self.supply = Supply(self)
        self.sign = 0
        self.dead = False
        self.deadly_frames: list[str] = []
        self.heartbeats_heard = 0
        self._bus: Medium | None = None
        self._link: Link | None = None
        self._others: Neighbours | None = None
        self._master: SecondMaster | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._boot_timer: asyncio.TimerHandle | None = None
        self._stop_timer: asyncio.TimerHandle | None = None
        self._tick_timer: asyncio.TimerHandle | None = None
        self._return_state: State | None = None

    @property
    def name(self) -> str:
        """Its name, from its present id."""
        return f"connector {self.id:04X}"

    @property
    def bus(self) -> Medium:
        """The bus it is attached to."""
        if self._bus is None:
            msg = f"{self.name} hangs on no bus"
            raise RuntimeError(msg)
        return self._bus

    @property
    def powered(self) -> bool:
        """Whether it runs: it has power, has booted and is not disabled."""
        return self._link is not None and not self.dead

    @property
    def linked(self) -> bool:
        """Whether it has a master."""
        return self._link is not None and self._link.up and not self.dead

    @property
    def master(self) -> int | None:
        """The id of its master."""
        return self._link.master if self._link is not None else None

    @property
    def car(self) -> Car | None:
        """The car on its cable."""
        return self.supply.car

    @property
    def offered(self) -> float:
        """The limit in force now, in A."""
        return self.supply.offer

    @property
    def drawn(self) -> float:
        """The true draw of the car on each of its phases now, in A."""
        if self.car is None:
            return 0.0
        self.supply.update(self.bus.now)
        return self.car.drawn

    @property
    def taken(self) -> float:
        """How much of the draw no offer made its car draw, in A."""
        drawn = self.drawn
        return min(drawn, self.car.taken) if self.car is not None else 0.0

    @property
    def possible(self) -> float:
        """What its offer lets a car draw, or made it draw, in A."""
        return max(self.offered, self.drawn - self.taken)

    @property
    def charging(self) -> bool:
        """Whether its relay is closed and the car charges."""
        return self.supply.charging

    @property
    def phase_amps(self) -> tuple[float, ...]:
        """The draw on each of the three phases, in A."""
        used = len(self.supply.phase_volts())
        return tuple(self.drawn if phase < used else 0.0 for phase in range(3))

    @property
    def power_w(self) -> float:
        """The power of the car now, in W."""
        return self.drawn * sum(self.supply.phase_volts())

    @property
    def energy_kwh(self) -> float:
        """The exact energy delivered since it was new, in kWh."""
        self.supply.update(self.bus.now)
        return self.supply.energy_kwh

    @property
    def delivered_kwh(self) -> float:
        """The exact energy delivered since the simulation began, in kWh."""
        self.supply.update(self.bus.now)
        return self.supply.delivered_kwh

    @property
    def reported_kwh(self) -> int:
        """The reading of its energy meter, in its unit."""
        if self.absurd_counter:
            return _ABSURD_KWH
        return int(self.energy_kwh / self.counter_unit)

    @property
    def state(self) -> State:
        """The state that a heartbeat would report now."""
        now = self.bus.now
        self.supply.update(now)
        state = self.supply.state(now)
        return state if self._return_state is None else self._return_state

    @property
    def led(self) -> Led:
        """The state of its light now."""
        if not self.powered:
            return Led.OFF
        if self.supply.failed:
            return Led.RED
        if self._others is not None and len(self._others.recent()) >= _MAX_CONNECTORS:
            return Led.RED_BLINK_5
        if self._others is not None and self._others.ratings_differ(self.rating):
            return Led.RED_BLINK_6
        return Led.GREEN if self.linked else Led.RED_BLINK

    def plug_in(self, car: Car) -> None:
        """Plug in a car."""
        if self.car is not None:
            msg = f"{self.name} has a car already"
            raise RuntimeError(msg)
        self.supply.plug_in(car, self.bus.now)
        self.refresh()

    def unplug(self) -> None:
        """Unplug the car."""
        self.supply.unplug(self.bus.now)
        self.refresh()

    def join(self, bus: Medium) -> None:
        """Take the bus that it was attached to."""
        self._bus = bus

    def power_up(self) -> None:
        """Start to run without a master."""
        if self.dead:
            return
        dice = self.bus.dice
        self.sign = dice.randrange(1, 256)
        self._others = Neighbours(self.bus.loop)
        if self.switch != SLAVE_SWITCH:
            self._become_master()
            return
        self._link = Link(
            self.bus.loop, dice, LinkEvents(self._announce, self._lose_master)
        )
        self.refresh()

    def power_down(self) -> None:
        """Lose power: only its identity and counters survive."""
        self.supply.disable(self.bus.now)
        self.supply.reset()
        self._return_state = None
        if self._link is not None:
            self._link.stop()
            self._link = None
        if self._master is not None:
            self._master.detach()
            self._master = None
        self._cancel_timers()

    def power_cycle(self) -> None:
        """Switch its breaker off and on; it takes a few seconds to boot."""
        self.power_down()
        self.bus.changed()
        self._boot_timer = self.bus.loop.call_later(_BOOT_S, self.power_up)

    def refresh(self) -> None:
        """Advance the supply to now, and schedule the next update."""
        now = self.bus.now
        self.supply.update(now)
        self.bus.changed()
        if self._tick_timer is not None:
            self._tick_timer.cancel()
            self._tick_timer = None
        wait = self.supply.next_change(now) if self.bus.running else None
        if wait is not None:
            self._tick_timer = self.bus.loop.call_later(wait, self.refresh)

    def hear(self, frame: Frame) -> None:
        """Take a frame from the wire; its own frames arrive too and are ignored."""
        if self._link is None or self._others is None or self.dead:
            return
        if frame.kind == ANSWER:
            self._hear_connector(frame, self._others)
        elif frame.key in DEADLY:
            self._die(frame)
        elif frame.key in ((ANNOUNCE, LINKREADY_1), (ASK, LINKREADY_2)):
            self._hear_linkready(frame, self._link)
        elif len(frame.body) > 6 and frame.receiver == self.id:
            self._hear_request(frame, self._link)

    def _hear_connector(self, frame: Frame, others: Neighbours) -> None:
        if frame.sender == self.id:
            return
        if frame.command == LINKREADY_2:
            others.hear(frame.sender, frame.amps(5))
        elif frame.command == HEARTBEAT:
            others.hear(frame.sender)

    def _hear_linkready(self, frame: Frame, link: Link) -> None:
        if frame.sender == self.id:
            # "Same id as ours: the connector picks a new id."
            self.id = self.bus.dice.randrange(0x0001, 0xFFFF)
            link.drop()
        elif frame.command == LINKREADY_2:
            link.linkready_2()

    def _hear_request(self, frame: Frame, link: Link) -> None:
        if frame.key == (ASK, HEARTBEAT):
            self._hear_heartbeat(frame, link)
            return
        # The document does not say whether unlinked ones answer queries; they do here.
        if (body := answer(self, frame.command)) is not None:
            self._reply(body)
            self._switch_contactor(frame)

    def _switch_contactor(self, frame: Frame) -> None:
        closed = frame.command == CONTACTOR_CLOSE
        if frame.kind == ANNOUNCE and (closed or frame.command == CONTACTOR_OPEN):
            self.supply.allow_contactor(self.bus.now, closed=closed)
            self.refresh()

    def _hear_heartbeat(self, frame: Frame, link: Link) -> None:
        if self.strict_length and frame.length != LENGTH[self.protocol]:
            return
        self.heartbeats_heard += 1
        link.heartbeat(frame.sender)
        if self._stop_timer is not None:
            self._stop_timer.cancel()
            self._stop_timer = None
        now = self.bus.now
        before = self.supply.offer
        self.supply.enable(now)
        if frame.body[6] == Command.ERROR:
            self.supply.fail(now)
        else:
            self.supply.command(frame.body[6], frame.amps(7), now)
        self._reply(None)
        if self.supply.touched or before != self.supply.offer:
            self.refresh()

    def _reply(self, body: bytes | None) -> None:
        """Answer after a delay; None is the heartbeat, composed when it is sent."""
        bus = self.bus
        usual = bus.dice.uniform(*self.answer_delay)
        self._later(bus.faults.answer_delay(usual, bus.dice), body)

    def _later(self, seconds: float, body: bytes | None) -> None:
        self._timers = {timer for timer in self._timers if timer.when() > self.bus.now}
        self._timers.add(self.bus.loop.call_later(seconds, self._say, body))

    def _say(self, body: bytes | None) -> None:
        if self.powered:
            self.bus.transmit(self, wrap(body or self._heartbeat(), self.tail))

    def _heartbeat(self) -> bytes:
        """Return the heartbeat: state, limit and draw."""
        state = self.state
        self._return_state = None
        payload = bytes((state,)) + centiamps(self.offered) + centiamps(self._reading())
        ids = self.id, self.master or 0
        return compose(
            ANSWER,
            HEARTBEAT,
            *ids,
            payload=payload,
            length=self.heartbeat_length or LENGTH[self.protocol],
        )

    def _reading(self) -> float:
        """Return the draw as it measures it, in A."""
        if self.drawn < _MIN_READING_A:
            return self.idle_draw
        return max(0.0, self.drawn + self.bus.dice.uniform(-self.jitter, self.jitter))

    def _announce(self) -> None:
        """Send a linkready once the line is quiet."""
        if not self.powered or self.linked:
            return
        if self.bus.line.busy:
            wait = self.bus.dice.uniform(*_BUSY_LINE_S)
            self._timers.add(self.bus.loop.call_later(wait, self._announce))
            return
        payload = bytes((self.sign,)) + centiamps(self.rating)
        length = LENGTH[self.protocol]
        body = compose(ANSWER, LINKREADY_2, self.id, payload=payload, length=length)
        self.bus.transmit(self, wrap(body, self.tail))

    def _lose_master(self) -> None:
        """Continue for a time without a master, then stop the car."""
        # "02 error / lost the master"; owners saw 08 after a loss while charging.
        charging = self.charging and self.lost_state is not None
        self._return_state = self.lost_state if charging else State.ERROR
        wait = self.bus.dice.uniform(*self.lost_stop_s)
        self._stop_timer = self.bus.loop.call_later(wait, self._stop_car)
        self.bus.changed()

    def _stop_car(self) -> None:
        self._stop_timer = None
        self.supply.disable(self.bus.now)
        self.refresh()

    def _die(self, frame: Frame) -> None:
        """Be disabled permanently by a forbidden frame."""
        self.deadly_frames.append(str(frame))
        self.power_down()
        self.dead = True
        self.bus.changed()

    def _become_master(self) -> None:
        """Act as a second master, as a connector with a wrong rotary switch does."""
        self._master = SecondMaster(self.id, self.sign)
        self._master.attach(self.bus)

    def _cancel_timers(self) -> None:
        for timer in (
            *self._timers,
            self._boot_timer,
            self._stop_timer,
            self._tick_timer,
        ):
            if timer is not None:
                timer.cancel()
        self._timers.clear()
        self._boot_timer = self._stop_timer = self._tick_timer = None
