"""Stops and starts the vehicle at a connector; the measured draw has to prove each method.

The contactor is commanded from here. A command to the vehicle itself is only requested, until the measured draw
proves that it worked; the `VehicleCommander` decides how often it is sent.

Time is an argument, in s of a monotonic clock.
"""

from dataclasses import replace
from typing import Final

from ...twc import PROTOCOL_1
from ...twc.transitions import find_transition
from ..outcome import LimitReason
from .measured import MeasuredDraw, OfferHistory
from .owner_calls import OwnerCalls
from .starting import (
    NotStarting,
    Refused,
    Start,
    StartEvent,
    Starting,
    is_refused,
    next_start,
)
from .stop_methods import (
    CloseContactor,
    ContactorCommand,
    OpenContactor,
    StopCapabilities,
    StopMethod,
    StopStep,
    StoredStop,
    VehicleRequest,
    next_method,
)
from .stop_states import (
    METHOD_SECONDS,
    RETRY_SECONDS,
    STOP_TRANSITIONS,
    Holding,
    Idle,
    Stop,
    StopEvent,
    StopFacts,
    Stopped,
    Stopping,
)

STEADY_SECONDS: Final = 60.0
"""Minimum time from a vehicle's start to its stop, and from its stop to its start."""

BEGIN_SECONDS: Final = 15.0
"""How many s a vehicle that was just offered current may take to start before it is stopped."""

CLOSE_SECONDS: Final = 120.0
"""Interval at which an opened contactor is closed again while the vehicle does not start."""

_UNPLUGGED: Final = StopCapabilities(protocol=0)
"""For a vehicle that is gone: nothing is available, or needed, to stop it."""


class StopController:
    """Stops and starts the vehicle at one connector, and remembers by which method.

    Attributes:
        owner: the requests of a person at the connector.

    """

    def __init__(self, connector_id: int, stored: StoredStop | None = None) -> None:
        """Continue from what was stored."""
        self._connector_id = connector_id
        self._stored = stored or StoredStop()
        self._stop: Stop = Idle()
        self._start: Start = NotStarting()
        self._draw = MeasuredDraw()
        self._offers = OfferHistory()
        self.owner = OwnerCalls()
        self._request: VehicleRequest | None = None
        self._declined_charging = False
        self._commanded_at = 0.0
        self._close_again_at = 0.0
        self._no_method_until = 0.0

    @property
    def request(self) -> VehicleRequest | None:
        """Return what the last decision requests from the vehicle; None without a request, or if it complies already."""
        return self._request

    @property
    def offered_since(self) -> float | None:
        """Return since when the connector has had an offer, in s; None while it has none."""
        return self._offers.offering_since

    @property
    def stop_method(self) -> StopMethod | None:
        """Return the method that is being tried, or that worked; None while the vehicle may charge."""
        return self._stop.method

    @property
    def stored(self) -> StoredStop:
        """Return what is to be stored."""
        return self._stored

    @property
    def needs_start(self) -> bool:
        """Return whether the vehicle was stopped here and has to be started here."""
        return self._stored.needs_start

    def about_to_charge(self, now: float) -> bool:
        """Return whether the vehicle is quiet only because it was stopped here, and will charge when allowed."""
        return (
            self.needs_start
            and not self._declined_charging
            and not is_refused(self._start, now)
        )

    def update(
        self,
        now: float,
        *,
        drawing: bool,
        offered: bool = False,
        heard_at: float | None = None,
    ) -> None:
        """Process a report.

        Args:
            now: the time.
            drawing: whether the vehicle draws.
            offered: whether the connector has an offer.
            heard_at: when the connector sent the report; None if that is unknown.

        """
        # The next decision renews the request if it still holds.
        self._request = None
        if self._draw.drawing is None and self.needs_start:
            # A command sent just before a restart may still take effect.
            self._commanded_at = now
        self._offers = self._offers.reported(now, offered=offered)
        self._draw = self._draw.updated(now, drawing=drawing, heard_at=heard_at)
        idle = not isinstance(self._stop, Stopping | Holding)
        if drawing and idle and now - self._commanded_at >= METHOD_SECONDS:
            # A vehicle that draws is not stopped any more; only a recent command may still take effect.
            self._stored = replace(
                self._stored, stop_command_sent=False, contactor_open=False
            )

    def interrupt(self, now: float) -> None:
        """Process that the connector is, or was, silent, so that a start could not be seen in that time."""
        # The next decision renews the request if it still holds.
        self._request = None
        if isinstance(self._stop, Stopping):
            self._stop = self._stop.interrupted(now)
        if isinstance(self._start, Starting):
            self._start = Starting(now)

    def end_session(self) -> None:
        """Forget the data of the plug-in session, as the next vehicle may be another one."""
        self._apply(StopEvent.END_SESSION, self._facts(0.0, _UNPLUGGED))
        self._reset_start(0.0)
        self._no_method_until = 0.0
        self.owner.note_allowed()
        self._stored = replace(self._stored, stop_command_sent=False, interruptions=0)
        self._draw = replace(self._draw, started_at=None, stopped_at=None)
        self._offers = replace(self._offers, offered_at=None)

    def record_offer(self, offer: int, now: float) -> None:
        """Record the offer in A that was decided."""
        if offer == 0 and self._offers.amps and self._draw.drawing:
            self._draw = replace(self._draw, stopped_at=now)
        self._offers = self._offers.decided(now, offer)

    def stop_delay_until(self, now: float) -> float | None:
        """Return until when the vehicle must not be stopped, in s; None if it may be stopped now."""
        steady = self._steady_until(now)
        if steady is None:
            return None
        until = self.owner.stop_at(now, steady, self._offers.offered_at)
        return until if now < until else None

    def _steady_until(self, now: float) -> float | None:
        """Return until when automations must not stop the vehicle, in s; None if they may."""
        since, seconds = self._draw.started_at, STEADY_SECONDS
        if not self._draw.drawing:
            since, seconds = self._offers.offered_at, BEGIN_SECONDS
        if since is None or not self._offers.amps or now >= since + seconds:
            return None
        return since + seconds

    def start_delay_until(
        self, now: float, capabilities: StopCapabilities
    ) -> float | None:
        """Return until when the vehicle must not be started, in s; None if it may be started, or draws already."""
        stopped_at = self._draw.stopped_at
        if self._offers.amps != 0 or stopped_at is None:
            return None
        if self._draw.drawing and not capabilities.zero_amps:
            return None
        until = stopped_at + self.owner.start_seconds(STEADY_SECONDS)
        return until if now < until else None

    def cannot_stop(self, now: float, capabilities: StopCapabilities) -> bool:
        """Return whether the vehicle draws, and no method is known to stop it."""
        if not self._draw.drawing or isinstance(self._stop, Stopping):
            return False
        tried = self._stop.tried if isinstance(self._stop, Holding) else ()
        method = next_method(capabilities, self._stored.interruptions, tried)
        return now < self._no_method_until or method is StopMethod.HOLD

    def stop(
        self,
        now: float,
        capabilities: StopCapabilities,
        *,
        urgent: bool = False,
        by_every_method: bool = False,
    ) -> StopStep:
        """Take the next step to stop the vehicle.

        Args:
            now: the time.
            capabilities: what is available to stop it.
            urgent: whether it is stopped even if it has just started.
            by_every_method: whether all methods that are available are used at once.

        """
        self._declined_charging = capabilities.declined_charging
        self._start = next_start(self._start, StartEvent.STOP, now)
        self.owner.note_paused()
        facts = self._facts(now, capabilities, urgent=urgent)
        commands = self._apply(StopEvent.STOP, facts)
        if by_every_method:
            commands += self._begin_all(now, capabilities)
        if not urgent and _begins(facts.stop, self._stop):
            self._note_owner_stop(now)
        return self._step(facts, commands)

    def _step(
        self, facts: StopFacts, commands: tuple[ContactorCommand, ...]
    ) -> StopStep:
        """Return the progress of stopping."""
        stop, capabilities = self._stop, facts.capabilities
        if facts.quiet or not isinstance(stop, Stopping | Holding):
            if facts.delay is None:
                return StopStep(False)
            return StopStep(True, LimitReason.MINIMUM_CHARGING_TIME, facts.delay)
        if capabilities.vehicle and StopMethod.VEHICLE in stop.tried:
            # A command that was sent takes effect even after the request ended.
            self._request, self._commanded_at = VehicleRequest.STOP, facts.now
        # At protocol 1 nothing else can be tried meanwhile.
        hold = capabilities.protocol != PROTOCOL_1 and not capabilities.zero_amps
        if isinstance(stop, Holding):
            until = stop.since + RETRY_SECONDS
            return StopStep(hold, LimitReason.CANNOT_STOP, until, commands)
        until = stop.since + METHOD_SECONDS
        return StopStep(hold, LimitReason.STOPPING, until, commands)

    def _begin_all(
        self, now: float, capabilities: StopCapabilities
    ) -> tuple[ContactorCommand, ...]:
        """Begin all methods that are left, and return the contactor commands to send."""
        commands: tuple[ContactorCommand, ...] = ()
        while isinstance(self._stop, Stopping):
            before = self._stop
            facts = replace(self._facts(now, capabilities, urgent=True), hurry=True)
            commands += self._apply(StopEvent.STOP, facts)
            if self._stop is before or not isinstance(self._stop, Stopping):
                break
        return commands

    def _note_owner_stop(self, now: float) -> None:
        """Note a person's stop for which automations would have had to wait."""
        if self.owner.wants_less and self._steady_until(now) is not None:
            self.owner.note_stop(now)

    def allow_charging(
        self, now: float, capabilities: StopCapabilities
    ) -> tuple[ContactorCommand, ...]:
        """Let the vehicle charge, and return the contactor commands for that, to be sent once."""
        self._apply(StopEvent.ALLOW, self._facts(now, capabilities))
        self.owner.note_allowed()
        self._declined_charging = capabilities.declined_charging
        if self._draw.drawing or not self.needs_start:
            return ()
        stopped_at = self._draw.stopped_at
        steady = self.owner.start_seconds(STEADY_SECONDS)
        if stopped_at is not None and now - stopped_at < steady:
            return ()
        return self._continue_start(now, capabilities)

    def _facts(
        self, now: float, capabilities: StopCapabilities, *, urgent: bool = False
    ) -> StopFacts:
        quiet = self._draw.is_quiet(now)
        in_use = isinstance(self._stop, Stopping | Holding)
        # A method in use is not delayed any more, and neither is an urgent stop of a vehicle that draws.
        delayed = not in_use and (quiet or not urgent)
        return StopFacts(
            now=now,
            stop=self._stop,
            capabilities=capabilities,
            interruptions=self._stored.interruptions,
            quiet=quiet,
            delay=self.stop_delay_until(now) if delayed else None,
        )

    def _apply(
        self, event: StopEvent, facts: StopFacts
    ) -> tuple[ContactorCommand, ...]:
        """Change the state after an event, and return the contactor commands to send."""
        row = find_transition(STOP_TRANSITIONS, self._stop.state, event, facts)
        if row is None:
            return ()
        self._stop = row.action(facts)
        self._learn_from(facts)
        if isinstance(self._stop, Holding):
            self._no_method_until = facts.now + RETRY_SECONDS
        if isinstance(self._stop, Stopping):
            return self._begin(self._stop.method, facts.now)
        return ()

    def _learn_from(self, facts: StopFacts) -> None:
        """Note whether 0 A have stopped the vehicle; one that does not want to charge proves nothing."""
        before, after = facts.stop, self._stop
        if (
            not isinstance(before, Stopping)
            or before.method is not StopMethod.ZERO_AMPS
        ):
            return
        if isinstance(after, Stopped):
            if not facts.capabilities.declined_charging:
                self.note_zero_stop(stopped=True)
        elif isinstance(after, Stopping | Holding) and not (
            facts.hurry or before.unheard
        ):
            self.note_zero_stop(stopped=False)

    def note_zero_stop(self, *, stopped: bool) -> None:
        """Note whether an offer of 0 A has stopped the vehicle, as its measured draw proves."""
        zero = self._stored.zero.seen(stopped=stopped)
        self._stored = replace(self._stored, zero=zero)

    def _begin(self, method: StopMethod, now: float) -> tuple[ContactorCommand, ...]:
        """Begin a method, record what has to be undone before the vehicle can charge again, and return its commands."""
        if method is StopMethod.ZERO_AMPS:
            return ()
        self._commanded_at = now
        self._reset_start(now)
        if method is StopMethod.VEHICLE:
            self._stored = replace(self._stored, stop_command_sent=True)
            return ()
        self._stored = replace(
            self._stored,
            contactor_open=True,
            interruptions=self._stored.interruptions + 1,
        )
        return (OpenContactor(self._connector_id),)

    def _reset_start(self, now: float) -> None:
        self._start = next_start(self._start, StartEvent.RESET, now)
        self._close_again_at = 0.0

    def _continue_start(
        self, now: float, capabilities: StopCapabilities
    ) -> tuple[ContactorCommand, ...]:
        """Start a vehicle that was stopped by more than 0 A, and return the contactor commands to send."""
        before = self._start
        self._start = next_start(before, StartEvent.START, now)
        if isinstance(self._start, Refused) and self._start is not before:
            self._stored = replace(self._stored, contactor_open=False)
        if self._stored.stop_command_sent and capabilities.vehicle:
            self._request = VehicleRequest.CHARGE
        if not self._stored.contactor_open or now < self._close_again_at:
            return ()
        self._close_again_at = now + CLOSE_SECONDS
        return (CloseContactor(self._connector_id),)


def _begins(before: Stop, after: Stop) -> bool:
    """Return whether a method to stop the vehicle was begun now."""
    return isinstance(after, Stopping) and not isinstance(before, Stopping | Holding)
