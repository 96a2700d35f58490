"""The master: finds the connectors, keeps them linked, hands them their offers, and tells what it learns.

What to say next is for the agenda, when it may be said for the line. Everything runs on timers and callbacks
of the event loop.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
import logging
from typing import Final

from . import messages
from .frame import Decoder, DropReason
from .frame_log import FrameLog
from .guard import FALLBACK_SECONDS, WiringGuard, WiringLimits
from .line import Echoes, ForeignMasters, Line
from .messages import (
    HEARTBEAT,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Unknown,
)
from .roster import Roster
from .scheduler import Request, TransmitScheduler
from .state import BusProblem, BusStatus, KnownConnector, Snapshot, Statistics
from .transport import BusError, BusTransport, Connect

_LOGGER = logging.getLogger(__name__)

SEARCH_SECONDS: Final = FALLBACK_SECONDS
"""A connector that an earlier master fed announces itself after about 26 s without it, but its first
announcements may collide with somebody's frames, and its car draws on meanwhile. Only when it must have
stopped that car is there nobody left who is not reckoned with."""
LOWER_SECONDS: Final = 3.0
"""A connector is told within a second, with another command in the next one if that had no effect."""
DEAD_SECONDS: Final = 60.0
"""Silence after which a port behind a network is opened anew; doubled as long as that does not help."""
MAX_DEAD_SECONDS: Final = 960.0


@dataclass(frozen=True, slots=True)
class ShutdownConfirmation:
    """What is waited for before the bus is left: that no connector has more than `amps`, in A."""

    amps: float
    confirmed: asyncio.Future[None]

    def check(self, snapshot: Snapshot) -> None:
        """See whether all connectors confirm."""
        high = any(item.offered > self.amps for item in snapshot.connectors)
        if not high and not self.confirmed.done():
            self.confirmed.set_result(None)


class Master:
    """Speaks as the master on one bus."""

    def __init__(
        self,
        url: str,
        master_id: int,
        limits: WiringLimits,
        *,
        known: Iterable[KnownConnector] = (),
        search: bool | None = None,
        on_change: Callable[[Snapshot], None] = lambda _: None,
        connect: Connect | None = None,
    ) -> None:
        """Prepare; nothing happens before `start`.

        Args:
            url: device path or URL of the port.
            master_id: our id on the bus, from 0 to FFFF.
            limits: what the wiring bears.
            known: connectors that were linked to us before; they are addressed at once, the first three of them.
            search: whether there may be connectors besides them that an earlier master fed: offers then grow
                only after the time those need to show themselves. By default, if nobody is known.
            on_change: called with every new snapshot.
            connect: how the port is opened.

        """
        self._loop = asyncio.get_running_loop()
        self._transport = BusTransport(
            url,
            on_data=self._data_received,
            on_change=self._port_changed,
            connect=connect,
        )
        self._master_id = master_id
        self._on_change = on_change
        self._decoder = Decoder()
        self._line = Line()
        self._foreign = ForeignMasters()
        self._echoes_expected = Echoes()
        self._guard = WiringGuard(limits, hold_until=0.0)
        self._roster = Roster(self._guard, known)
        self._search = not self._roster.known if search is None else search
        self._scheduler = TransmitScheduler(master_id, self._roster, self._guard)
        self._pending: Request | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._listening_only = False
        self._shutdown: ShutdownConfirmation | None = None
        self._was_linked = False
        self._dead_seconds = DEAD_SECONDS
        self._snapshot = Snapshot()
        self._echoes = 0
        self._missed_answers = 0
        self.frames: Final = FrameLog()

    @property
    def snapshot(self) -> Snapshot:
        """Return the bus as it is now."""
        return self._snapshot

    @property
    def known(self) -> tuple[KnownConnector, ...]:
        """Return the connectors to be addressed at once after a restart."""
        return self._roster.known

    @property
    def possible_amps(self) -> float:
        """Return the most A that all connectors together could be drawing."""
        return self._guard.possible(self._loop.time())

    @property
    def statistics(self) -> Statistics:
        """Return the counts since the start."""
        counts = self._decoder.counts
        return Statistics(
            frames=counts.frames,
            repaired=counts.repaired,
            bad_checksum=counts.dropped[DropReason.CHECKSUM],
            bad_length=counts.dropped[DropReason.LENGTH],
            bad_escape=counts.dropped[DropReason.ESCAPE],
            bad_type=counts.dropped[DropReason.TYPE],
            noise_bytes=counts.noise_bytes,
            echoes=self._echoes,
            missed_answers=self._missed_answers,
            late_heartbeats=self._scheduler.cycle.late_count,
        )

    async def start(self) -> None:
        """Open the port and begin.

        Raises:
            BusError: if the port cannot be opened; nothing is left running then.

        """
        try:
            await self._transport.open()
        except BaseException:
            self._cancel_timer()
            raise

    async def stop(self) -> None:
        """Stop at once and release the port."""
        self._cancel_timer()
        await self._transport.close()
        # New offers may have come while the port was closing.
        self._cancel_timer()

    def set_offers(self, offers: Mapping[int, float]) -> None:
        """Take the amps wanted for each connector; what is safe of it goes out at once.

        A connector that is not named gets no opinion: it keeps what it has.
        """
        if self._shutdown is None:
            self._guard.want(offers)
            self._pump()

    async def lower(self, amps: float) -> None:
        """Lower every offer that is above `amps`, in A, and return when all connectors confirm that.

        What is lower than that stays, and no other offers are taken any more. To be followed by `stop`, so that
        cars draw less while nobody watches. A connector that does not confirm is not waited for long.
        """
        high = {
            item.connector_id: amps
            for item in self._snapshot.connectors
            if item.offered > amps or self._guard.standing(item.connector_id) > amps
        }
        if not high or not self._transport.is_open:
            return
        self.set_offers(high)
        self._shutdown = ShutdownConfirmation(amps, self._loop.create_future())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._shutdown.confirmed, LOWER_SECONDS)

    def switch_contactor(self, connector_id: int, *, closed: bool) -> None:
        """Have a connector close or open its contactor, soon; one that is not linked is left alone.

        Firmware 4.5.3 and later obeys. Whether it did is for the measured amps to say.
        """
        if (connector := self._roster.get(connector_id)) is not None:
            connector.switch_contactor(closed=closed)
            self._pump()

    # The port

    def _port_changed(self, is_open: bool) -> None:
        now = self._loop.time()
        self._decoder.reset()
        self._line.reset(now)
        self._echoes_expected.reset()
        self._pending = None
        self._cancel_timer()
        if is_open:
            self._take_over(now, search=self._search or not self._roster.known)
            self._pump()
        self._publish(now)

    def _take_over(self, now: float, *, search: bool) -> None:
        """Begin on a line of which nothing is known any more."""
        if search:
            self._guard.hold(now + SEARCH_SECONDS)
        self._roster.restore(now)
        self._scheduler.restart(now)

    def _data_received(self, data: bytes) -> None:
        now = self._loop.time()
        self._line.received(now)
        self._dead_seconds = DEAD_SECONDS
        bodies = self._decoder.feed(data)
        for body in bodies:
            message = messages.parse(body)
            self._take(message, body, now)
            self._settle_pending(message, body, now)
            self.frames.received(body, now)
        if bodies:
            self._publish(now)
        if bodies or self._timer is None:
            # Less than a frame lets nobody speak sooner: the timer looks at the line anew before we do.
            self._pump()

    def _settle_pending(self, message: Message, body: bytes, now: float) -> None:
        """End the waiting if this is what was waited for, or at least its garbled like."""
        if self._pending is None or not self._pending.is_answered_by(body):
            return
        if isinstance(message, Unknown):
            self._give_up(self._pending, now)
        self._pending = None
        self._line.answered(now)

    def _peer_is_dead(self, now: float) -> bool:
        """Return whether a network port has been silent for suspiciously long."""
        return (
            self._transport.is_network
            and self._was_linked
            and self._line.silent_for(now) >= self._dead_seconds
        )

    def _restart_port(self) -> None:
        self._dead_seconds = min(self._dead_seconds * 2, MAX_DEAD_SECONDS)
        _LOGGER.debug("Nothing comes in any more; opening the port anew")
        self._transport.restart()

    # What is heard

    def _take(self, message: Message, body: bytes, now: float) -> None:
        match message:
            case MasterLinkReady() | MasterHeartbeat() | MasterQuery():
                self._take_master(message.sender, body, now)
            case IdleNotice():
                self._foreign.received(now)
            case Unknown():
                text = messages.body_as_text(body)
                _LOGGER.debug("Frame of unknown meaning: %s", text)
            case LinkReady():
                self._take_link_ready(message, now)
            case Heartbeat():
                if message.receiver == self._master_id:
                    self._was_linked = True
                    self._echoes_expected.answered()
                    self._roster.reported(message, now)
            case _:
                if (connector := self._roster.get(message.sender)) is not None:
                    connector.take_answer(message, now)

    def _take_master(self, sender: int, body: bytes, now: float) -> None:
        if sender == self._master_id and self._echoes_expected.is_echo(body[:-1]):
            self._echoes += 1
        elif self._roster.get(sender) is None:
            # A linked connector is no master: that is its answer with a wrong first byte, which the
            # checksum leaves out.
            self._foreign.received(now)

    def _take_link_ready(self, message: LinkReady, now: float) -> None:
        if message.sender == self._master_id:
            _LOGGER.debug("A connector has our id; announcing ours again")
            self._scheduler.link_ready.start(now)
        elif not self._foreign.present(now):
            connector = self._roster.link_ready_received(message, now)
            if connector is not None:
                self._scheduler.cycle.address(connector)

    # What is said

    def _pump(self) -> None:
        """Transmit what is next if the line is free, and come back when it may be again."""
        if not self._transport.is_open:
            return
        now = self._loop.time()
        if self._peer_is_dead(now):
            self._restart_port()
            return
        if now >= self._scheduler.cycle.due:
            # Also on a line that is never free: who cannot be addressed is gone in the end.
            self._begin_cycle(now)
        if not self._wait_for_line(now):
            self._missed(now)
            if not (self._transmit_next(now) and self._wait_for_line(now)):
                self._wake_at(self._scheduler.due, now)

    def _wait_for_line(self, now: float) -> bool:
        """Return whether the line is in use, and come back when it may be free and there is something to say."""
        free_at = self._line.free_at(now, inside_frame=self._decoder.inside_frame)
        if free_at <= now:
            return False
        if self._pending is None and self._scheduler.is_empty(free_at):
            free_at = max(free_at, self._scheduler.due)
        self._wake_at(free_at, now)
        return True

    def _wake_at(self, when: float, now: float) -> None:
        self._cancel_timer()
        self._timer = self._loop.call_at(max(when, now), self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._pump()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _missed(self, now: float) -> None:
        """Note that the answer that was waited for did not come."""
        if self._pending is None:
            return
        self._give_up(self._pending, now)
        self._pending = None
        self._line.gave_up()

    def _give_up(self, request: Request, now: float) -> None:
        """Note that a request has no answer that makes sense."""
        connector = request.connector
        if connector is None:
            return
        if request.query is not None:
            connector.queries.unanswered(request.query, now)
        elif request.command == HEARTBEAT and connector.answered:
            self._missed_answers += 1

    def _begin_cycle(self, now: float) -> None:
        if not self._scheduler.cycle.begin(now):
            self._drop_silent(now)
        self._search = self._search and self._guard.holding(now)
        self._watch_for_masters(now)
        # What changes with time alone is told now; what connectors say is told when they say it.
        self._publish(now)

    def _drop_silent(self, now: float) -> None:
        for connector in self._roster.drop_silent(now):
            self._scheduler.cycle.address(connector)

    def _watch_for_masters(self, now: float) -> None:
        present = self._foreign.present(now)
        if present == self._listening_only:
            return
        self._listening_only = present
        if present:
            _LOGGER.warning(
                "Another master speaks on the bus; listening only until it is gone"
            )
            return
        _LOGGER.warning("The other master is gone; taking over again")
        self._take_over(now, search=True)

    def _transmit_next(self, now: float) -> bool:
        """Transmit what is most urgent; return whether there was anything."""
        if self._listening_only or self._foreign.present(now):
            self._scheduler.link_ready.stop()
            return False
        request = self._scheduler.next(now)
        if request is None:
            return False
        try:
            length = self._transport.send(request.body)
        except BusError as err:
            _LOGGER.debug("%s", err)
            length = 0
        self.frames.sent(request.body, now)
        if length:
            self._echoes_expected.sent(request.body)
        self._pending = request if request.connector is not None else None
        self._line.transmitted(length, now, expects_answer=self._pending is not None)
        return True

    # What is told

    def _publish(self, now: float) -> None:
        snapshot = Snapshot(
            status=self._status(now),
            connectors=tuple(
                connector.snapshot() for connector in self._roster if connector.answered
            ),
            problems=frozenset(self._problems(now)),
        )
        if snapshot == self._snapshot:
            return
        self._snapshot = snapshot
        if self._shutdown is not None:
            self._shutdown.check(snapshot)
        try:
            self._on_change(snapshot)
        except Exception:
            # Whatever goes wrong above, the bus must go on: without heartbeats cars stop with a fault.
            _LOGGER.exception("A listener to the bus failed")

    def _status(self, now: float) -> BusStatus:
        if not self._transport.is_open:
            return BusStatus.OFFLINE
        if self._foreign.present(now):
            return BusStatus.SECOND_MASTER
        if self._guard.holding(now):
            return BusStatus.SEARCHING
        return BusStatus.RUNNING

    def _problems(self, now: float) -> Iterator[BusProblem]:
        if self._foreign.present(now):
            yield BusProblem.SECOND_MASTER
        yield from self._roster.problems()
