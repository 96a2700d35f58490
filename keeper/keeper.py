"""The keeper: bytes between the bus and Home Assistant, and a master in its place when it is silent.

`states` has the states and their transitions. Everything runs on callbacks and one timer of the event loop.
"""

from dataclasses import dataclass
import logging
from math import inf
from typing import Final

from custom_components.twc_manager.twc import BusError, Connect, ForbiddenFrameError
from custom_components.twc_manager.twc.gate import WriteGate
from custom_components.twc_manager.twc.lease import KeeperReport, KeptConnector, Lease
from custom_components.twc_manager.twc.transitions import find_transition
from custom_components.twc_manager.twc.transport import BusTransport
from custom_components.twc_manager.twc.wake_timer import WakeTimer

from .absence import Absence
from .addresses import AllowedAddresses
from .client_frames import ClientFrames
from .clients import Clients
from .lease_holder import LeaseHolder
from .observer import BusObserver
from .offers import SentOffers
from .standby import Standby
from .states import (
    SILENCE_SECONDS,
    TRANSITIONS,
    Action,
    KeeperEvent,
    KeeperState,
    Observation,
)
from .terms import Fallback, Terms

_LOGGER = logging.getLogger(__name__)

OWN_ID: Final = 0x4B50
"""The id that is used until a frame of Home Assistant shows its own."""
_MAX_HELD: Final = 8
"""Frames of Home Assistant that wait while the keeper ends its exchange: a quarter of a second's."""
_CHECK_SECONDS: Final = 1.0
"""Interval of checks for what no event announces, such as the silence of another master."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the owner set.

    Attributes:
        device: path or URL of the serial port.
        fallback: what holds without a lease.
        allowed: from where clients may come.

    """

    device: str
    fallback: Fallback
    allowed: AllowedAddresses


class Keeper:
    """Keeps one bus."""

    def __init__(
        self, setting: Setting, holder: LeaseHolder, connect: Connect | None = None
    ) -> None:
        """Prepare; nothing happens before the port is opened.

        Args:
            setting: what the owner set.
            holder: the lease.
            connect: how the port is opened.

        """
        self._timer: Final = WakeTimer(self._look)
        self._setting = setting
        self._holder = holder
        self._state = KeeperState.OFFLINE
        self._frames = ClientFrames(self._timer.now)
        self._absence = Absence()
        self._observer = BusObserver(holder.master_id or OWN_ID)
        self._held: list[bytes] = []
        self._standby: Standby | None = None
        self._yielded_at = -inf
        self.port: Final = BusTransport(
            setting.device,
            on_data=self._bus_received,
            on_change=self._port_changed,
            connect=connect,
            gate=WriteGate(SentOffers(setting.fallback.total)),
        )
        self.clients: Final = Clients(
            setting.allowed,
            is_open=lambda: self.port.is_open,
            on_data=self._client_received,
            on_change=self._client_changed,
        )
        self._observer.expect(self._terms().known)

    @property
    def state(self) -> KeeperState:
        """Return what the keeper does."""
        return self._state

    @property
    def total(self) -> float:
        """Return the owner's limit for all connectors together, in A."""
        return self._setting.fallback.total

    def take_lease(self, lease: Lease) -> None:
        """Take a lease that Home Assistant leaves: it does so only while it knows every connector."""
        now = self._timer.now
        self._holder.take(lease, now)
        is_present = now - self._frames.last_frame_at < SILENCE_SECONDS
        if is_present and lease.master_id == self._frames.master_id:
            self._absence.confirmed()
        self._observer.expect(item.known for item in lease.connectors)
        self._terms_changed()

    def end_lease(self) -> None:
        """End the lease: Home Assistant's integration was unloaded."""
        self._holder.end(self._timer.now)
        self._terms_changed()

    def report(self) -> KeeperReport:
        """Return what the keeper has seen."""
        now = self._timer.now
        taken = self._absence.ampere_hours(self._observer.ampere_seconds())
        return KeeperReport(
            master_id=self._observer.master_id,
            in_charge=self._state is KeeperState.IN_CHARGE,
            has_lease=self._holder.current(now) is not None,
            complete=self._absence.is_complete,
            absent_seconds=now - self._frames.last_frame_at,
            total=self.total,
            dropped=self._frames.dropped + self.port.gate.dropped,
            connectors=tuple(
                KeptConnector(
                    item.known, item.standing, taken.get(item.known.connector_id, 0.0)
                )
                for item in self._observer.linked(now)
            ),
        )

    async def close(self) -> None:
        """Stop at once, and release the port."""
        self._timer.cancel()
        if self._standby is not None:
            self._standby.end()
        self.clients.drop()
        await self.port.close()
        self._timer.cancel()
        await self._holder.close()

    def _terms(self) -> Terms:
        lease = self._holder.current(self._timer.now)
        return Terms.of(lease, self._setting.fallback)

    def _terms_changed(self) -> None:
        if self._standby is not None:
            self._standby.update(self._terms())

    # What comes in

    def _port_changed(self, is_open: bool) -> None:
        self._observer.reset(self._timer.now)
        if not is_open:
            self._absence.interrupted()
        self._advance(KeeperEvent.OPENED if is_open else KeeperEvent.LOST)

    def _bus_received(self, data: bytes) -> None:
        now = self._timer.now
        self._observer.received(data, now)
        self.clients.send(data)
        if self._standby is not None:
            for connector_id in self._observer.announcing():
                self._standby.announced(connector_id)
            self._standby.received(data)
        if self._observer.other_master(now):
            self._absence.interrupted()
        self._advance(KeeperEvent.LOOKED)

    def _client_changed(self) -> None:
        self._frames.restart()
        self._advance(KeeperEvent.LOOKED)

    def _client_received(self, data: bytes) -> bool:
        """Take bytes of Home Assistant; return whether they complete a frame that a master may send."""
        if self._frames.begins(data):
            self._advance(KeeperEvent.FRAME_BEGINS)
        frames = list(self._frames.feed(data, self._timer.now))
        if frames:
            self._take_frames(frames)
        self._advance(KeeperEvent.LOOKED)
        return bool(frames)

    def _take_frames(self, frames: list[bytes]) -> None:
        if self._frames.master_id not in {None, self._observer.master_id}:
            # What this one knows of the connectors is not what the one before knew.
            self._absence.interrupted()
            self._observer.master_id = self._frames.master_id
        self._absence.frame_received(self._observer.ampere_seconds())
        if len(frames) > 1:
            self._advance(KeeperEvent.BACKLOG)
        if self._state is not KeeperState.HOLDING:
            self._write(frames[-1])
            return
        for body in frames:
            # Of several frames of one kind to one connector only the last still holds.
            self._held = [item for item in self._held if item[:6] != body[:6]]
            self._held.append(body)
        del self._held[:-_MAX_HELD]

    # What goes out

    def _write(self, body: bytes) -> None:
        """Write a frame to the bus, if the gate lets it through."""
        try:
            sent = self.port.send(body)
        except (BusError, ForbiddenFrameError) as err:
            _LOGGER.debug("%s", err)
            return
        self._observer.sent(sent.body, sent.length, self._timer.now)

    # The state

    def _look(self) -> None:
        # The lease may be over.
        self._terms_changed()
        self._advance(KeeperEvent.LOOKED)

    def _advance(self, event: KeeperEvent) -> None:
        """Make the transition that follows from an event, if any, and set the timer for the next look."""
        now = self._timer.now
        seen = Observation(
            silent_for=now - self._frames.last_frame_at,
            yielded_for=now - self._yielded_at,
            line_free=self._observer.free_at(now) <= now,
            other_master=self._observer.other_master(now),
            has_client=self.clients.connected,
            has_linked=bool(self._observer.linked(now)),
            waiting=len(self._held),
        )
        row = find_transition(TRANSITIONS, self._state, event, seen)
        if row is not None:
            _LOGGER.info("%s", row.target)
            self._state = row.target
            self._act(row.action)
        self._set_timer()

    def _act(self, action: Action) -> None:
        if action is Action.TAKE_OVER:
            self._take_over()
            return
        if self._standby is not None:
            self._standby.end()
            self._standby = None
            self._yielded_at = self._timer.now
        if action is Action.WRITE and self._held:
            self._write(self._held.pop(0))
        elif action is Action.REFUSE:
            self._held.clear()
            self.clients.drop()

    def _take_over(self) -> None:
        now = self._timer.now
        terms = self._terms()
        self._standby = Standby(
            self._observer.master_id, terms, self._observer.linked(now), self._write
        )
        for connector_id in self._observer.announcing():
            self._standby.announced(connector_id)
        self._standby.begin()

    def _set_timer(self) -> None:
        """Set when the state is checked next."""
        now = self._timer.now
        match self._state:
            case KeeperState.OFFLINE:
                self._timer.cancel()
            case KeeperState.HOLDING:
                self._timer.set(self._observer.free_at(now))
            case KeeperState.FORWARDING:
                due = self._frames.last_frame_at + SILENCE_SECONDS
                if due <= now:
                    free_at = self._observer.free_at(now)
                    due = free_at if free_at > now else now + _CHECK_SECONDS
                self._timer.set(due)
            case KeeperState.IN_CHARGE:
                self._timer.set(max(self._holder.until, now + _CHECK_SECONDS))
