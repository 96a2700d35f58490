"""Stopping and starting a car: a ladder of ways, each proven by the measured amps before it is believed.

What the car itself is to be told is only wished here: for as long as it holds, until the measured amps prove it.
How often that is tried is the business of whoever commands the car (`commanding`). The contactor is the ladder's own.

Time is an argument, in s of a monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

from ...twc import PROTOCOL_1
from ..outcome import LimitReason

STEADY_SECONDS: Final = 60.0
"""A car is not stopped so soon after its start, nor started so soon after its stop."""

METHOD_SECONDS: Final = 90.0
"""How long a way of stopping has to show in the measured amps."""

PROOF_SECONDS: Final = 3.0
"""A single report without amps may be noise: for so long it has to stay so."""

BEGIN_SECONDS: Final = 15.0
"""A car that was just offered amps is not disturbed while it begins."""

RETRY_SECONDS: Final = 900.0
"""When nothing worked: after so long all ways are tried again."""

MAX_INTERRUPTIONS: Final = 3
"""Contactor interruptions that a car bears in one plug-in session."""

CLOSE_SECONDS: Final = 120.0
"""A contactor that was opened is closed again so far apart while its car does not start."""

START_SECONDS: Final = 360.0
"""How long a car that is to be started may take; then it no longer counts as one that is about to charge."""


class VehicleRequest(StrEnum):
    """What the car itself is to be told, by whoever can command it."""

    CHARGE = "charge"
    STOP = "stop"


class StopMethod(StrEnum):
    """A way of stopping a car."""

    ZERO_AMPS = "zero_amps"
    CAR = "car"
    """The car itself, told by whoever can command it."""
    CONTACTOR = "contactor"
    HOLD = "hold"
    """No way: the car goes on at the least there is."""


@dataclass(frozen=True, slots=True)
class OpenContactor:
    """Open a connector's contactor (FC B2)."""

    connector_id: int


@dataclass(frozen=True, slots=True)
class CloseContactor:
    """Close a connector's contactor (FC B1)."""

    connector_id: int


type ContactorCommand = OpenContactor | CloseContactor


@dataclass(frozen=True, slots=True)
class StopCapabilities:
    """What there is to stop a car with.

    Attributes:
        protocol: of its connector.
        car: whether the car can be commanded: it is known which it is, and it has not failed for good.
        contactor: whether the owner allowed the contactor for this connector.
        content: whether the car has said that it will not charge, be it that it is full.

    """

    protocol: int
    car: bool = False
    contactor: bool = False
    declined_charging: bool = False

    @property
    def gentle(self) -> bool:
        """Return whether a car can be stopped without cutting its power."""
        return self.protocol == PROTOCOL_1 or self.car


@dataclass(frozen=True, slots=True)
class StopStep:
    """How far the stopping of a car is.

    Attributes:
        hold: whether it has to keep the least offer meanwhile.
        reason: why it still draws; None when it does not.
        until: when the next step is due, in s; None if none is.
        commands: what to do now, once.

    """

    hold: bool
    reason: LimitReason | None = None
    until: float | None = None
    commands: tuple[ContactorCommand, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredStop:
    """What is kept of a ladder over a restart: nobody else knows that a car has to be started again.

    Attributes:
        stop_command_sent: whether the car was told to stop.
        contactor_open: whether the contactor was opened.
        interruptions: how often it was opened in this plug-in session.

    """

    stop_command_sent: bool = False
    contactor_open: bool = False
    interruptions: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave."""
        return cls(
            stop_command_sent=data.get("stop_command_sent") is True,
            contactor_open=data.get("contactor_open") is True,
            interruptions=int(data.get("interruptions", 0)),
        )


class StopController:
    """Stops and starts the car at one connector, and remembers how."""

    def __init__(self, connector_id: int, stored: StoredStop | None = None) -> None:
        """Go on from what was stored."""
        stored = stored or StoredStop()
        self._id = connector_id
        self._car_told = stored.stop_command_sent
        self._contactor_open = stored.contactor_open
        self._interruptions = stored.interruptions
        self._stop_method: StopMethod | None = None
        self._rung_since = 0.0
        self._stopped_by: StopMethod | None = None
        self._useless_until = 0.0
        self._tried: list[StopMethod] = []
        self._drawing: bool | None = None
        self._quiet_since: float | None = None
        self._started_at: float | None = None
        self._stopped_at: float | None = None
        self._offer: int | None = None
        self._offered_at: float | None = None
        self._offering_since: float | None = None
        self._told_at = 0.0
        self._request: VehicleRequest | None = None
        self._declined_charging = False
        self._starting_since: float | None = None
        self._unwilling_until = 0.0
        self._close_again_at = 0.0

    @property
    def request(self) -> VehicleRequest | None:
        """Return what the car is to be told by the last decision; None if nothing, or if it does so."""
        return self._request

    @property
    def offered_since(self) -> float | None:
        """Return since when the connector has had an offer, in s; None while it has none."""
        return self._offering_since

    @property
    def stop_method(self) -> StopMethod | None:
        """Return the way that is being tried, or that worked; None while the car may charge."""
        return self._stop_method or self._stopped_by

    @property
    def stored(self) -> StoredStop:
        """Return what is to be kept."""
        return StoredStop(self._car_told, self._contactor_open, self._interruptions)

    @property
    def needs_start(self) -> bool:
        """Return whether the car was stopped by us and has to be started by us."""
        return self._car_told or self._contactor_open

    def about_to_charge(self, now: float) -> bool:
        """Return whether the car is quiet only because it was stopped by us, and will charge once it is let."""
        return (
            self.needs_start
            and not self._declined_charging
            and now >= self._unwilling_until
        )

    def update(self, now: float, *, drawing: bool, offered: bool = False) -> None:
        """Take a report: whether the car draws, and whether the connector has an offer."""
        # What is decided now says what is wished.
        self._request = None
        if self._drawing is None and self.needs_start:
            # What was told just before a restart may still be on its way.
            self._told_at = now
        if not offered:
            self._offering_since = None
        elif self._offering_since is None:
            # What was decided may have had to wait for free wiring.
            self._offered_at = self._offering_since = now
        if self._drawing is False and drawing and self._proven(now):
            self._started_at = now
        if drawing:
            self._quiet_since = None
        elif self._quiet_since is None:
            # At the first look nobody knows since when the car has been quiet: for long.
            first_look = self._drawing is None
            self._quiet_since = now - PROOF_SECONDS if first_look else now
            self._stopped_at = None if first_look else now
        self._drawing = drawing
        if (
            drawing
            and self._stop_method is None
            and now - self._told_at >= METHOD_SECONDS
        ):
            # What it was told before it began has no effect any more; what it was told just now may have.
            self._car_told = self._contactor_open = False

    def end_session(self) -> None:
        """Begin a new session: another car, or the same with nothing to resent."""
        self._stop_method = self._stopped_by = None
        self._tried.clear()
        self._useless_until = 0.0
        self._car_told = False
        self._interruptions = 0
        self._may_start_anew()
        self._started_at = self._stopped_at = self._offered_at = None

    def record_offer(self, offer: int, now: float) -> None:
        """Note the offer that goes out."""
        if offer > 0 and not self._offer:
            self._offered_at = now
        if offer == 0 and self._offer and self._drawing:
            self._stopped_at = now
        self._offer = offer

    def stop_delay_until(self, now: float) -> float | None:
        """Return until when the car must not be stopped; None if it may be."""
        since, seconds = self._started_at, STEADY_SECONDS
        if not self._drawing:
            since, seconds = self._offered_at, BEGIN_SECONDS
        if since is None or not self._offer or now >= since + seconds:
            return None
        return since + seconds

    def cannot_stop(self, now: float, capabilities: StopCapabilities) -> bool:
        """Return whether the car draws and nothing there is would stop it, as far as known."""
        if not self._drawing or self._stop_method not in {None, StopMethod.HOLD}:
            return False
        return (
            now < self._useless_until
            or self._next_rung(capabilities) is StopMethod.HOLD
        )

    def stop(
        self, now: float, capabilities: StopCapabilities, *, urgent: bool = False
    ) -> StopStep:
        """Take the next step to stop the car; `urgent` does not spare one that has just started."""
        self._declined_charging, self._starting_since = (
            capabilities.declined_charging,
            None,
        )
        if not self._drawing and self._proven(now):
            return self._stopped(now)
        locked = (
            self.stop_delay_until(now)
            if self._stop_method is None and not urgent
            else None
        )
        if locked is not None:
            return StopStep(True, LimitReason.STOP_DELAY, locked)
        commands: tuple[ContactorCommand, ...] = ()
        if self._rung_is_over(now, capabilities):
            commands = self._climb(now, capabilities)
        if capabilities.car and StopMethod.CAR in self._tried:
            # What is on its way to the car still has its effect after the wish is over.
            self._request, self._told_at = VehicleRequest.STOP, now
        cannot = self._stop_method is StopMethod.HOLD
        return StopStep(
            capabilities.protocol != PROTOCOL_1,
            LimitReason.CANNOT_STOP if cannot else LimitReason.STOPPING,
            self._rung_since + (RETRY_SECONDS if cannot else METHOD_SECONDS),
            commands,
        )

    def start_delay_until(
        self, now: float, capabilities: StopCapabilities
    ) -> float | None:
        """Return until when the car must not be started; None if it may be, or already is."""
        if self._offer != 0 or self._stopped_at is None:
            return None
        if self._drawing and capabilities.protocol != PROTOCOL_1:
            return None
        until = self._stopped_at + STEADY_SECONDS
        return until if now < until else None

    def allow_charging(
        self, now: float, capabilities: StopCapabilities
    ) -> tuple[ContactorCommand, ...]:
        """Let the car charge, and return what to tell it for that, once."""
        self._stop_method = self._stopped_by = None
        self._tried.clear()
        self._declined_charging = capabilities.declined_charging
        return () if self._drawing else self._start(now, capabilities)

    def _proven(self, now: float) -> bool:
        return (
            self._quiet_since is not None and now - self._quiet_since >= PROOF_SECONDS
        )

    def _stopped(self, now: float) -> StopStep:
        """Note that the car is proven not to draw; what made it stop stays visible."""
        if self._stop_method is not None:
            self._stopped_by = (
                None if self._stop_method is StopMethod.HOLD else self._stop_method
            )
            self._stop_method = None
            self._tried.clear()
        elif (locked := self.stop_delay_until(now)) is not None:
            return StopStep(True, LimitReason.STOP_DELAY, locked)
        return StopStep(False)

    def _rung_is_over(self, now: float, capabilities: StopCapabilities) -> bool:
        if self._stop_method is StopMethod.HOLD:
            if now - self._rung_since < RETRY_SECONDS:
                return self._next_rung(capabilities) is not StopMethod.HOLD
            self._tried.clear()
            return True
        return self._stop_method is None or now - self._rung_since >= METHOD_SECONDS

    def _climb(
        self, now: float, capabilities: StopCapabilities
    ) -> tuple[ContactorCommand, ...]:
        stop_method = self._next_rung(capabilities)
        self._stop_method, self._rung_since, self._stopped_by = stop_method, now, None
        self._tried.append(stop_method)
        if stop_method is StopMethod.HOLD:
            self._useless_until = now + RETRY_SECONDS
        if stop_method in {StopMethod.CAR, StopMethod.CONTACTOR}:
            self._told_at = now
            self._may_start_anew()
        if stop_method is StopMethod.CAR:
            self._car_told = True
        if stop_method is not StopMethod.CONTACTOR:
            return ()
        self._contactor_open = True
        self._interruptions += 1
        return (OpenContactor(self._id),)

    def _next_rung(self, capabilities: StopCapabilities) -> StopMethod:
        ways = {
            StopMethod.ZERO_AMPS: capabilities.protocol == PROTOCOL_1,
            StopMethod.CAR: capabilities.car,
            StopMethod.CONTACTOR: capabilities.contactor
            and capabilities.protocol != PROTOCOL_1
            and self._interruptions < MAX_INTERRUPTIONS,
        }
        for stop_method, available in ways.items():
            if available and stop_method not in self._tried:
                return stop_method
        return StopMethod.HOLD

    def _may_start_anew(self) -> None:
        self._starting_since = None
        self._unwilling_until = self._close_again_at = 0.0

    def _start(
        self, now: float, capabilities: StopCapabilities
    ) -> tuple[ContactorCommand, ...]:
        """Start a car that was stopped by more than 0 A, and return the commands that begin that."""
        since = self._stopped_at
        steady = since is None or now - since >= STEADY_SECONDS
        if not self.needs_start or not steady:
            return ()
        self._wait_for_start(now)
        if self._car_told and capabilities.car:
            self._request = VehicleRequest.CHARGE
        if not self._contactor_open or now < self._close_again_at:
            return ()
        self._close_again_at = now + CLOSE_SECONDS
        return (CloseContactor(self._id),)

    def _wait_for_start(self, now: float) -> None:
        """Take a car that has had its time for one that will not, for a while; its start stays wished."""
        if now < self._unwilling_until:
            return
        if self._starting_since is None:
            self._starting_since = now
        elif now - self._starting_since >= START_SECONDS:
            self._starting_since, self._contactor_open = None, False
            self._unwilling_until = now + RETRY_SECONDS
