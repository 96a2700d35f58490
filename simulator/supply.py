"""The power side of a wall connector: offer, contactor, car, energy.

The effect of the master's limit commands with each protocol, and the state byte. There are no frames and no timers:
every method takes the time, and `next_change` returns when the next update is due.
"""

from typing import Final

from .car import Car
from .codec import Command, State
from .identity import Identity

# "80 A units: 21 A, 32 A units: 16 A".
_SPIKE_A: Final = (21.0, 16.0)
_SMALL_RATING_A: Final = 40.0
_STARTING_S: Final = 5.0
_BUSY_S: Final = 1.0
_ECHO_S: Final = 1.0
_NUDGE_A: Final = 2.0
_NUDGE_S: Final = 10.0
# The intervals of updates while a draw changes, and while it is constant but the battery fills, in s.
_MOVING_S: Final = 0.25
_CHARGING_S: Final = 10.0


class Supply:
    """The power of a connector for the car on its cable."""

    def __init__(self, identity: Identity) -> None:
        """Start without power and without a car."""
        self._identity = identity
        self.energy_kwh = identity.initial_kwh
        self.delivered_kwh = 0.0
        self.relay_operations = 0
        self.car: Car | None = None
        self.charging = False
        self.touched = False
        """Whether the draw has begun to change since the last call of `next_change`."""
        self._aim = 0.0
        self._at = 0.0
        self._plugged_at = 0.0
        self.reset()

    def reset(self) -> None:
        """Drop the state that a connector loses without power."""
        self.enabled = False
        self.failed = False
        self.contactor_allowed = True
        self.limit = 0.0
        self._held = False
        self._nudge = 0.0
        self._nudge_until = 0.0
        self._started_at = 0.0
        self._asks_again = False
        self._shown: list[tuple[State, float]] = []

    @property
    def offer(self) -> float:
        """The last limit, with the change by a raise or lower command for 10 s, in A."""
        return max(
            0.0, self.limit + (self._nudge if self._at < self._nudge_until else 0.0)
        )

    @property
    def spike(self) -> float:
        """The offer that frees a car from the 6 A trap, in A."""
        return _SPIKE_A[self._identity.rating < _SMALL_RATING_A]

    def plug_in(self, car: Car, now: float) -> None:
        """Plug in a car."""
        self.car = car
        self._plugged_at = now
        self._asks_again = False
        car.plugged_in()
        self.update(now)

    def unplug(self, now: float) -> None:
        """Unplug the car."""
        self.update(now)
        if self.car is not None:
            self._close_relay(closed=False)
            self.car.cut_off()
        self.car = None
        self._asks_again = False

    def enable(self, now: float) -> None:
        """Enable the power: there is a master."""
        self.enabled = True
        self.update(now)

    def disable(self, now: float) -> None:
        """Cut the power: the master or the power supply is gone."""
        self.update(now)
        self.enabled = False
        self.limit = 0.0
        self._held = False
        self._cut()

    def fail(self, now: float) -> None:
        """Stop until a reset, after the error command."""
        self.disable(now)
        self.failed = True

    def allow_contactor(self, now: float, *, closed: bool) -> None:
        """Close or open the contactor by a command, which stays in force."""
        self.update(now)
        self.contactor_allowed = closed
        if not closed:
            self._cut(by_contactor=True)
        self.update(now)

    def command(self, code: int, amps: float, now: float) -> None:
        """Execute the command of a heartbeat, by the rules of the protocol version."""
        self.update(now)
        if self._identity.protocol == 1:
            self._command_1(code, amps, now)
        else:
            self._command_2(code, amps, now)
        self.update(now)

    def _command_1(self, code: int, amps: float, now: float) -> None:
        if code == Command.LIMIT:
            self._set_limit(amps, now)
            if amps <= 0 and not self._held and self._identity.zero_stops:
                self._hold()
            elif amps > 0:
                self._held = False
        elif code == Command.NOTHING and self._held:
            # "alternating 00 and 05 makes the relay click every second"
            self._held = False
            self.relay_operations += 1

    def _hold(self) -> None:
        """Open the relay at a limit of 0 A; a charging car has time to stop first."""
        self._held = True
        self.relay_operations += not self.charging

    def _command_2(self, code: int, amps: float, now: float) -> None:
        if code == Command.LIMIT and not self.charging:
            self._set_limit(amps, now)
        elif code == Command.LIMIT_CHARGING:
            self.limit = amps
            self._nudge_until = now
            self._echo(State.LIMITED, now, _ECHO_S)
        elif code in (Command.RAISE, Command.LOWER):
            self._nudge = _NUDGE_A if code == Command.RAISE else -_NUDGE_A
            self._nudge_until = now + _NUDGE_S
            self._echo(State(code), now, _NUDGE_S)

    def _set_limit(self, amps: float, now: float) -> None:
        if amps != self.limit:
            self._shown = [(State.BUSY, now + _BUSY_S)]
        self.limit = amps

    def _echo(self, state: State, now: float, seconds: float) -> None:
        """Report the number of the command as the state for a time, then that the adjustment is done."""
        until = now + seconds
        self._shown = [(state, until - 0.5), (State.ADJUSTED, until + 0.5)]

    def state(self, now: float) -> State:
        """Return the present state byte."""
        while self._shown and now >= self._shown[0][1]:
            del self._shown[0]
        if self.failed:
            return State.ERROR
        return self._shown[0][0] if self._shown else self._plain_state(now)

    def _plain_state(self, now: float) -> State:
        car = self.car
        if car is None:
            return State.READY
        if self.charging:
            is_new = now < self._started_at + _STARTING_S
            return State.STARTING if is_new else State.CHARGING
        if self._held or not self.contactor_allowed or car.drawn > 0:
            return State.NOT_CHARGING
        return self._waiting_state(car, now)

    def _waiting_state(self, car: Car, now: float) -> State:
        """Return the state byte while a car neither charges nor is kept from it."""
        if car.scheduled_later(now) and not (car.stopped or car.full):
            return State.WANTS_POWER
        if not car.would_charge(now):
            return State.READY if car.asleep else State.NOT_CHARGING
        return State.STARTING if self._asks_again else State.WANTS_POWER

    @property
    def pilot(self) -> float:
        """The offer that the pilot signals to the car now, in A."""
        if not self.enabled or self.failed or self._held or not self.contactor_allowed:
            return 0.0
        minimum = self._minimum_offer()
        return self.offer if self.offer >= minimum else self._pilot_below(minimum)

    def _pilot_below(self, minimum: float) -> float:
        """Return what the pilot signals for an offer below the minimum, in A."""
        # "Protocol 2: 0 A does not stop the car": it continues at the minimum. That is not proven for every unit.
        stops = self.offer <= 0 and self._identity.zero_stops
        goes_on = self._identity.protocol != 1 or self.offer <= 0
        return minimum if goes_on and self.charging and not stops else 0.0

    def _minimum_offer(self) -> float:
        minimum = self._identity.minimum_offer
        assert minimum is not None
        if self.car is None or self.car.minimum is None:
            return minimum
        return (
            max(minimum, self.car.minimum)
            if self._identity.protocol == 1
            else self.car.minimum
        )

    def update(self, now: float) -> None:
        """Advance to now, and start or stop charging as needed."""
        since, self._at = self._at, now
        car = self.car
        if car is None:
            return
        mean = car.advance(since, now)
        if mean:
            self._count(mean, (now - since) / 3600)
        self._check_handshake(car, now)
        car.pass_time(now)
        pilot = self.pilot
        willing = car.would_charge(now) and not car.asleep
        car.offered(pilot if willing or car.asleep else 0.0, now, self.spike)
        self._start_or_stop(on=willing and pilot > 0, now=now)
        if car.aim() != self._aim:
            self._aim = car.aim()
            self.touched = True

    def _start_or_stop(self, *, on: bool, now: float) -> None:
        if on == self.charging:
            return
        if on:
            self._started_at = now
            self._asks_again = False
        self._close_relay(closed=on)

    def _check_handshake(self, car: Car, now: float) -> None:
        """Make a car refuse to charge if there was no offer for too long after it was plugged in."""
        if self.charging or self.pilot > 0:
            self._plugged_at = float("inf")
        elif car.handshake_s is not None and now - self._plugged_at > car.handshake_s:
            car.wants_unplug = True

    def _cut(self, *, by_contactor: bool = False) -> None:
        """Open the relay while the car draws current."""
        if self.charging and self.car is not None:
            self.car.interrupted(by_contactor=by_contactor)
            self._asks_again = True
        elif self.car is not None:
            self.car.cut_off()
        self._close_relay(closed=False)

    def _close_relay(self, *, closed: bool) -> None:
        self.relay_operations += closed != self.charging
        self.charging = closed

    def _count(self, mean: float, hours: float) -> None:
        """Add energy to the meters and to the battery."""
        if self.car is None:
            return
        kwh = mean * sum(self.phase_volts()) * hours / 1000
        self.energy_kwh += kwh
        self.delivered_kwh += kwh
        self.car.charge(kwh)

    def phase_volts(self) -> tuple[float, ...]:
        """Return the voltages of the phases that the car uses, in V."""
        wired = [volts for volts in self._identity.voltages if volts]
        return tuple(wired[: self.car.phases if self.car is not None else 0])

    def next_change(self, now: float) -> float | None:
        """Return the time until the next update in s; None if only an event can change anything."""
        self.touched = False
        car = self.car
        if car is None:
            return None
        if not car.settled(now):
            return _MOVING_S
        times = (car.not_before, car.wakes_at, self._nudge_until)
        waits = [time - now for time in times if time is not None and time > now]
        if self.charging:
            waits.append(_CHARGING_S)
        return min(waits, default=None)
