"""The master: finds the connectors, keeps them linked, sends them their offers, and publishes their reports.

The scheduler chooses the next frame, the exchange decides when it may be sent, the receiver takes what comes in,
and `bus_state` has the states and their transitions. Everything runs on timers and callbacks of the event loop.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
import logging
from math import ceil
from typing import Final

from .bus_state import (
    TRANSITIONS,
    BusEvent,
    BusState,
    Listening,
    Observation,
    Offline,
    Searching,
)
from .errors import BusError
from .exchange import Exchange
from .frame import DropReason
from .frame_log import FrameLog
from .gate import ForbiddenFrameError, WriteGate, is_heartbeat, receiver_of
from .guard import WiringGuard, WiringLimits
from .messages import Heartbeat, Message, Meter, PlugReport, SerialNumber
from .peer import PeerWatch
from .publisher import Publisher, ShutdownConfirmation
from .receiver import Receiver
from .roster import Roster
from .scheduler import TransmitScheduler
from .state import BusProblem, BusStatus, KnownConnector, Observed, Snapshot, Statistics
from .transitions import find_transition
from .transport import BusTransport, Connect, SentFrame
from .wake_timer import WakeTimer

_LOGGER = logging.getLogger(__name__)

_OFTEN_THE_SAME: Final = (Heartbeat, Meter, PlugReport, SerialNumber)
"""Messages that are repeated all the time, mostly with contents that are shown already."""

LOWER_SECONDS: Final = 3.0
"""A connector is sent a lower offer within a second, with another command in the next one if that had no effect."""


class Master:
    """The master of one bus.

    Attributes:
        frames: the latest frames of both directions.

    """

    def __init__(
        self,
        url: str,
        master_id: int,
        limits: WiringLimits,
        *,
        known: Iterable[KnownConnector] = (),
        search: bool | None = None,
        resumed: Iterable[Observed] = (),
        on_change: Callable[[Snapshot], None] = lambda _: None,
        connect: Connect | None = None,
    ) -> None:
        """Prepare; nothing happens before `start`.

        Args:
            url: device path or URL of the port.
            master_id: our id on the bus, from 0 to FFFF.
            limits: what the wiring bears.
            known: connectors that were linked to us before; the first three of them are addressed at once.
            search: whether there may be connectors besides them that an earlier master served: offers then grow
                only after the time in which those announce themselves. By default, if no connector is known.
            resumed: known connectors that another program with our id has fed until now. They are sent at once what
                they have, and we are not announced: they see no change.
            on_change: called with every new snapshot.
            connect: how the port is opened.

        """
        self._guard = WiringGuard(limits, hold_until=0.0)
        self._transport = BusTransport(
            url,
            on_data=self._data_received,
            on_change=self._port_changed,
            connect=connect,
            gate=WriteGate(self._guard, master_id),
        )
        self._roster = Roster(self._guard, known, resumed)
        self._scheduler = TransmitScheduler(master_id, self._roster, self._guard)
        self._receiver = Receiver(master_id, self._roster, self._scheduler)
        self._exchange = Exchange()
        self._peer = PeerWatch(is_network=self._transport.is_network)
        self._publisher = Publisher(self._read, on_change)
        self._timer = WakeTimer(self._pump)
        self._shutdown: ShutdownConfirmation | None = None
        self._state: BusState = Offline(
            resumes=BusStatus.SEARCHING if search else BusStatus.RUNNING,
            since=self._timer.now,
        )
        self.frames: Final = FrameLog()

    @property
    def snapshot(self) -> Snapshot:
        """Return the bus as it is now."""
        return self._publisher.snapshot

    @property
    def known(self) -> tuple[KnownConnector, ...]:
        """Return the connectors to be addressed at once after a restart."""
        return self._roster.known

    @property
    def possible_amps(self) -> float:
        """Return the maximum in A that all connectors together could be drawing."""
        return self._guard.possible(self._timer.now)

    @property
    def statistics(self) -> Statistics:
        """Return the counts since the start."""
        counts = self._receiver.counts
        return Statistics(
            frames=counts.frames,
            repaired=counts.repaired,
            bad_checksum=counts.dropped[DropReason.CHECKSUM],
            bad_length=counts.dropped[DropReason.LENGTH],
            bad_escape=counts.dropped[DropReason.ESCAPE],
            bad_type=counts.dropped[DropReason.TYPE],
            noise_bytes=counts.noise_bytes,
            echoes=self._receiver.echoes,
            late_answers=self._exchange.late_answers,
            missed_answers=self._exchange.missed_answers,
            late_heartbeats=self._scheduler.cycle.late_count,
            dropped_frames=self._transport.gate.dropped,
        )

    async def start(self) -> None:
        """Open the port and begin.

        Raises:
            BusError: if the port cannot be opened; nothing is left running then.

        """
        try:
            await self._transport.open()
        except BaseException:
            self._go_offline()
            raise

    async def stop(self) -> None:
        """Stop at once and release the port."""
        self._go_offline()
        await self._transport.close()

    def set_offers(self, offers: Mapping[int, float]) -> None:
        """Take the amps wanted for each connector; as much of that as is safe is sent at once.

        A connector that is not named keeps what it has.
        """
        if self._shutdown is None:
            self._scheduler.steering.want(offers)
            self._pump()

    def expect(self, connectors: Iterable[KnownConnector]) -> None:
        """Take connectors that another program with our id has kept linked while this one did not send.

        They are addressed from the next heartbeat cycle on, and dropped if they do not answer.
        """
        self._roster.expect(connectors, self._timer.now)

    async def lower(self, amps: float) -> None:
        """Lower every offer that is above `amps`, in A, and return when all connectors confirm that.

        Offers below that stay, and no other offers are taken from then on. Call `stop` next: cars then draw less
        while there is no master. Connectors that do not confirm are waited for only briefly.
        """
        high = {
            item.connector_id: amps
            for item in self.snapshot.connectors
            if item.offered > amps or self._guard.standing(item.connector_id) > amps
        }
        if not high or isinstance(self._state, Offline):
            return
        self.set_offers(high)
        confirmed = asyncio.get_running_loop().create_future()
        self._shutdown = ShutdownConfirmation(amps, confirmed)
        with suppress(TimeoutError):
            await asyncio.wait_for(confirmed, LOWER_SECONDS)

    def switch_contactor(self, connector_id: int, *, closed: bool) -> None:
        """Have a connector close or open its contactor, soon; one that is not linked is left alone.

        Firmware 4.5.3 and later obeys. Only the measured amps show whether it did.
        """
        if (connector := self._roster.get(connector_id)) is not None:
            connector.switch_contactor(closed=closed)
            self._pump()

    # The state

    def _advance(self, event: BusEvent, now: float) -> None:
        """Make the transition that follows from an event, if any."""
        seen = Observation(
            now=now,
            state=self._state,
            other_master=self._receiver.other_masters.present(now),
            knows_connectors=bool(self._roster.known),
            silence=self._receiver.silence,
        )
        row = find_transition(TRANSITIONS, self._state.status, event, seen)
        if row is None:
            return
        entry = row.action
        self._state = entry.state(seen)
        if entry.warning is not None:
            _LOGGER.warning("%s", entry.warning)
        if isinstance(self._state, Searching):
            self._guard.hold(self._state.until)
        if isinstance(self._state, Listening):
            self._roster.none_addressed()
        if entry.takes_over:
            self._take_over(now)

    def _take_over(self, now: float) -> None:
        """Link the known connectors, and announce this master unless it goes on in the place of another program."""
        resumed = self._roster.restore(now)
        self._scheduler.restart(now, announced=not resumed)

    def _go_offline(self) -> None:
        self._timer.cancel()
        self._advance(BusEvent.CLOSED, self._timer.now)

    # The port

    def _port_changed(self, is_open: bool) -> None:
        now = self._timer.now
        self._receiver.reset()
        self._exchange.reset(now)
        self._timer.cancel()
        self._advance(BusEvent.OPENED if is_open else BusEvent.CLOSED, now)
        self._pump()
        self._publish()

    def _data_received(self, data: bytes) -> None:
        now = self._timer.now
        self._exchange.bytes_received(now)
        self._peer.received()
        got_frame = has_news = False
        before = self._state
        for message, body in self._receiver.feed(data, now):
            got_frame = True
            has_news = has_news or self._is_news(message)
            self._exchange.received(message, body, now)
            self.frames.received(body, now)
        if got_frame:
            self._advance(BusEvent.RECEIVED, now)
            if has_news or self._state is not before:
                self._publish()
            else:
                self._publisher.outdate()
        if got_frame or not self._timer.is_set:
            # Less than a frame does not free the line sooner: the timer checks the line again before we transmit.
            self._pump()

    def _peer_is_dead(self, now: float) -> bool:
        return self._peer.watches and self._peer.is_dead(
            self._exchange.silent_for(now), was_linked=self._receiver.was_linked
        )

    def _reopen_port(self) -> None:
        self._peer.reopened()
        _LOGGER.debug("Nothing comes in any more; reopening the port")
        self._transport.restart()

    # Transmission

    def _pump(self) -> None:
        """Transmit the next frame if the line is free, and set the timer for when it may be free again."""
        if isinstance(self._state, Offline):
            return
        now = self._timer.now
        if self._peer_is_dead(now):
            self._reopen_port()
            return
        if now >= self._scheduler.cycle.due:
            # Also on a line that is never free: a connector that cannot be addressed must be dropped in the end.
            self._begin_cycle(now)
        if not self._wait_for_line(now):
            self._exchange.expire(now)
            if not (self._transmit_next(now) and self._wait_for_line(now)):
                self._timer.set(self._scheduler.due)

    def _wait_for_line(self, now: float) -> bool:
        """Return whether the line is in use; if so, set the timer for when it may be free and a frame is due."""
        free_at = self._exchange.free_at(now, inside_frame=self._receiver.inside_frame)
        if free_at <= now:
            return False
        if not self._exchange.is_pending and self._scheduler.is_empty(free_at):
            free_at = max(free_at, self._scheduler.due)
        self._timer.set(free_at)
        return True

    def _begin_cycle(self, now: float) -> None:
        if not self._scheduler.cycle.begin(now):
            self._drop_silent(now)
        self._advance(BusEvent.CYCLE, now)
        # Changes that come with time alone are published here; reports are published when they come in.
        self._publish()

    def _drop_silent(self, now: float) -> None:
        for connector in self._roster.drop_silent(now):
            self._scheduler.cycle.address(connector)

    def _transmit_next(self, now: float) -> bool:
        """Transmit the most urgent frame; return whether there was any."""
        if isinstance(self._state, Listening):
            self._scheduler.link_ready.stop()
            return False
        request = self._scheduler.next(now)
        if request is None:
            return False
        try:
            sent = self._transport.send(request.body)
        except (BusError, ForbiddenFrameError) as err:
            _LOGGER.debug("%s", err)
            sent = SentFrame(request.body, 0)
        request = self._scheduler.sent(request, sent.body)
        self.frames.sent(sent.body, now)
        if sent.length:
            self._receiver.sent(sent.body)
            if is_heartbeat(sent.body):
                self._roster.heartbeat_sent(receiver_of(sent.body), now)
        self._exchange.sent(request, sent.length, now)
        return True

    # Publishing

    def _is_news(self, message: Message) -> bool:
        """Return whether to publish the contents of a message at once; the rest is published with the next cycle."""
        if self._shutdown is not None or not isinstance(message, _OFTEN_THE_SAME):
            return True
        shown = self._publisher.published.connector(message.sender)
        return shown is None or not self._roster.repeats(message, shown)

    def _read(self) -> Snapshot:
        """Return the bus as it is now."""
        now = self._timer.now
        return Snapshot(
            status=self._state.status,
            connectors=self._roster.states(now),
            problems=frozenset(self._problems(now)),
            not_hearing=frozenset(self._roster.not_hearing(now)),
            reserved=ceil(self._guard.reserved(now)),
            ceiling=self._guard.sums.ceiling,
            pending=self._roster.has_pending,
            possible=ceil(2 * self._guard.possible(now)) / 2,
        )

    def _publish(self) -> None:
        snapshot = self._publisher.renew()
        if snapshot == self._publisher.published:
            return
        if self._shutdown is not None:
            self._shutdown.check(snapshot)
        self._publisher.publish(snapshot)

    def _problems(self, now: float) -> Iterator[BusProblem]:
        if isinstance(self._state, Listening):
            yield BusProblem.SECOND_MASTER
        if self._transport.gate.has_dropped(now):
            yield BusProblem.FRAME_DROPPED
        yield from self._roster.problems(now)
