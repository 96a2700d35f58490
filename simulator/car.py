"""A car on the cable of a wall connector.

A car reacts to the offer: whether it wants power, how much it draws, how fast the draw follows, its battery, and
the quirks of real cars that docs/protocol.md describes ("What the amps do to a car"). A car has no protocol: the
connector signals the offer to it (the pilot signal).
"""

from dataclasses import dataclass, field
from math import inf
from typing import Final

# A car that draws less is starting or stopping, and cannot be in the trap.
_REALLY_CHARGING_A: Final = 2.0
# The trap holds a car at the minimum offer.
_TRAP_A: Final = 6.0
_FRACTION_A: Final = 5.0
# The time for which a spike must last to free a car from the trap.
_CURE_S: Final = 5.0
_STUBBORN_CURE_S: Final = 10.0

_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES: Final = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10),
        *range(10)), strict=True)
)  # fmt: skip


def make_vin(number: int) -> str:
    """Return a made-up Tesla VIN with a valid check digit (its ninth character)."""
    blank = f"5YJ3E1EA0KF{number % 1_000_000:06d}"
    total = sum(_VIN_VALUES[c] * w for c, w in zip(blank, _VIN_WEIGHTS, strict=True))
    return f"{blank[:8]}{'0123456789X'[total % 11]}{blank[9:]}"


@dataclass(eq=False, kw_only=True, slots=True)
class Car:
    """A car; all fields may be changed while it charges. Times are loop times in seconds."""

    vin: str = make_vin(1)
    onboard_limit: float = 48.0
    """The maximum of its charger per phase, in A."""
    phases: int = 1
    ramp: float = 4.0
    """How fast its draw rises, in A/s."""
    ramp_down: float = 10.0
    """How fast its draw falls, in A/s."""
    reaction_s: float = 0.5
    """The time until it reacts to a changed offer, in s; until then the draw follows the old one."""
    start_s: float = 2.0
    """The time from the first offer to the first draw, in s."""
    shortfall: float = 0.8
    """The difference between offer and draw, in A (owners measured 0.5 to 1.5)."""
    minimum: float | None = None
    """The minimum offer at which it charges, in A; None: the minimum of its connector."""
    battery_kwh: float = 75.0
    efficiency: float = 0.92
    soc: float = 40.0
    """State of charge in %."""
    target: float = 80.0
    """The charge limit set in the car, in %."""
    taper: float = 1.0
    """The last % before the charge limit, over which the draw falls; with 0 it stops from full power."""
    not_before: float | None = None
    """The start of its own schedule: before this it does not charge."""
    asleep: bool = False
    wake_s: float = 60.0
    """The time to wake up after an offer or a call, in s."""
    sleeps_after: float | None = None
    """The time without any event after which it falls asleep, in s; None: it stays awake."""
    six_amp_trap: bool = False
    """Whether a small raise makes it drop to 6 A and stay there until a spike."""
    stubborn_trap: bool = False
    """Whether a spike only frees it if it lasts 10 s and about 2 A less follow."""
    trap_raise: float = 4.0
    """The largest raise that triggers the trap, in A."""
    tolerates: int = 3
    """The number of interruptions in one session after which it has to be plugged in again."""
    stranded_by_contactor: bool = False
    """Whether it refuses to charge after a contactor opened under load, until it is unplugged."""
    handshake_s: float | None = None
    """The time without an offer after it was plugged in after which it refuses to charge, in s; None: never."""
    can_enabled: bool = True
    """Whether the connector can read its VIN."""
    likes: float | None = None
    """What it draws whatever it is offered, as long as it is offered anything, in A; None: it follows its offer."""

    stopped: bool = field(default=False, init=False)
    """Whether charging was stopped by a command to the car."""
    interruptions: int = field(default=0, init=False)
    wants_unplug: bool = field(default=False, init=False)
    trapped: bool = field(default=False, init=False)
    drawn: float = field(default=0.0, init=False)
    """The present draw on each of its phases, in A."""
    wakes_at: float | None = field(default=None, init=False)
    _rests_since: float | None = field(default=None, init=False)
    _sleeps_under: float = field(default=0.0, init=False)
    _offer: float = field(default=0.0, init=False)
    _old_aim: float = field(default=0.0, init=False)
    """The target of its draw when the offer changed, in A."""
    _reacts_at: float = field(default=0.0, init=False)
    _spike_since: float | None = field(default=None, init=False)
    _astray: bool = field(default=False, init=False)
    """Whether its draw does not come of an offer, or has not come back to one yet."""

    def stop(self) -> None:
        """Stop charging by a command to the car."""
        self.stopped = True

    def start(self) -> None:
        """Start charging by a command to the car; this overrides its own schedule, as in a real car."""
        self.stopped = False
        self.not_before = None

    def sleep(self) -> None:
        """Fall asleep, unless it charges."""
        self.asleep = True
        self.wakes_at = None
        self._sleeps_under = 0.0

    def wake(self) -> None:
        """Wake up at once."""
        self.asleep = False
        self.wakes_at = self._rests_since = None

    def call(self, now: float) -> None:
        """Begin to wake up, as after a remote call; an awake car stays awake for longer."""
        self._rests_since = None
        if self.asleep:
            soon = now + self.wake_s
            self.wakes_at = soon if self.wakes_at is None else min(self.wakes_at, soon)

    def pass_time(self, now: float) -> None:
        """Wake up or fall asleep if it is time."""
        if self.asleep:
            if self.wakes_at is not None and now >= self.wakes_at:
                self.wake()
        elif self.sleeps_after is None or self.drawn > 0 or self._offer > 0:
            self._rests_since = None
        elif self._rests_since is None:
            self._rests_since = now
        elif now - self._rests_since >= self.sleeps_after:
            self.sleep()
            # Only its schedule or an offer above the one at which it fell asleep wakes it up.
            self._sleeps_under = inf
            self.wakes_at = self.not_before if self.scheduled_later(now) else None

    @property
    def full(self) -> bool:
        """Whether the charge limit is reached."""
        return self.soc >= self.target

    def would_charge(self, now: float) -> bool:
        """Whether it would charge if it were awake."""
        return not (
            self.stopped or self.wants_unplug or self.full or self.scheduled_later(now)
        )

    def scheduled_later(self, now: float) -> bool:
        """Whether it waits for its own schedule."""
        return self.not_before is not None and now < self.not_before

    def plugged_in(self) -> None:
        """Start a new session."""
        self.interruptions = 0
        self.wants_unplug = self.trapped = False
        self.cut_off()

    def cut_off(self) -> None:
        """Lose power, and with it the offer."""
        self.drawn = self._offer = self._old_aim = self._reacts_at = 0.0

    def interrupted(self, *, by_contactor: bool = False) -> None:
        """React to a loss of power while charging."""
        self.cut_off()
        self.trapped = False
        self.interruptions += 1
        self.wants_unplug |= self.interruptions >= self.tolerates
        self.wants_unplug |= by_contactor and self.stranded_by_contactor

    def offered(self, amps: float, now: float, spike: float) -> None:
        """React to the offer of the pilot signal, in A; an offer of `spike` frees a trapped car."""
        if self.asleep:
            self._stir(amps, now)
            amps = 0.0
        aim = self.aim()
        self._free_from_trap(amps, now, spike)
        if amps == self._offer:
            return
        small_raise = 0 < amps - self._offer <= self.trap_raise
        if (
            self.six_amp_trap
            and small_raise
            and self.drawn > _REALLY_CHARGING_A
            and amps < spike
        ):
            self.trapped = True
        # A second change during the reaction time does not restart it.
        if now >= self._reacts_at:
            self._old_aim = aim
            self._reacts_at = now + (self.reaction_s if self._offer else self.start_s)
        self._offer = amps

    def _stir(self, amps: float, now: float) -> None:
        """Begin to wake up if the offer is higher than when it fell asleep."""
        if amps > self._sleeps_under:
            self.call(now)
        self._sleeps_under = min(self._sleeps_under, amps)

    def _free_from_trap(self, amps: float, now: float, spike: float) -> None:
        since = self._spike_since
        spiked_s = 0.0 if since is None else now - since
        needed = _STUBBORN_CURE_S if self.stubborn_trap else _CURE_S
        lowered = self._offer >= spike > amps >= spike - 3
        if spiked_s >= needed and (lowered or not self.stubborn_trap):
            self.trapped = False
        if amps < spike:
            self._spike_since = None
        elif since is None:
            self._spike_since = now

    @property
    def taken(self) -> float:
        """How much it draws that no offer made it draw, in A: by a negative shortfall, or by what it likes."""
        if self.likes is None and self.shortfall < 0:
            return min(self.drawn, -self.shortfall)
        return max(0.0, self.drawn - self._offer) if self._astray else 0.0

    def aim(self) -> float:
        """Return the target of the draw at the present offer, in A."""
        offer = self._offer
        if offer <= 0:
            return 0.0
        if self.likes is not None:
            return min(self.likes, self.onboard_limit)
        if abs(offer - round(offer)) > 0.005:
            return min(offer, _FRACTION_A)
        if self.trapped:
            offer = min(offer, _TRAP_A)
        return max(
            0.0, min(offer - self.shortfall, self.onboard_limit, self._tapered())
        )

    def _tapered(self) -> float:
        """Return the maximum draw of the battery near its charge limit, in A."""
        if not self.taper:
            return self.onboard_limit
        return max(
            _FRACTION_A, self.onboard_limit * (self.target - self.soc) / self.taper
        )

    def advance(self, since: float, now: float) -> float:
        """Advance the draw from `since` to `now`; return the mean draw in that time, in A."""
        reacts = min(max(since, self._reacts_at), now)
        amp_seconds = self._follow(self._old_aim, reacts - since)
        amp_seconds += self._follow(self.aim(), now - reacts)
        takes = self.likes is not None or self.shortfall < 0
        self._astray = takes or (self._astray and self.drawn > self.aim())
        return amp_seconds / (now - since) if now > since else self.drawn

    def _follow(self, aim: float, seconds: float) -> float:
        """Advance the draw by a time in s; return its integral, in As."""
        before, gap = self.drawn, aim - self.drawn
        rate = self.ramp if gap > 0 else self.ramp_down
        moving = min(abs(gap) / rate, seconds)
        if moving < abs(gap) / rate:
            aim = before + rate * moving * (1 if gap > 0 else -1)
        self.drawn = aim
        return (before + aim) / 2 * moving + aim * (seconds - moving)

    def settled(self, now: float) -> bool:
        """Whether the draw is constant until something else changes."""
        return now >= self._reacts_at and self.drawn == self.aim()

    def charge(self, kwh: float) -> None:
        """Add energy to the battery."""
        self.soc = min(100.0, self.soc + 100 * kwh * self.efficiency / self.battery_kwh)
