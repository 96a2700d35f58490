"""A car on the cable of a wall connector.

Owns what a car does with the amps it is offered: whether it wants any, how many it takes, how fast
it follows, its battery, and the moods of real cars that docs/protocol.md tells of ("What the
amps do to a car"). A car knows no protocol: the connector tells it the offer (the pilot signal).
"""

from dataclasses import dataclass, field
from math import inf
from typing import Final

# Below this a car is not meant to be stuck: it is only starting or stopping.
_REALLY_CHARGING_A: Final = 2.0
# The trap holds a car at the least offer there is.
_TRAP_A: Final = 6.0
_FRACTION_A: Final = 5.0
# How long an offer at the spike value must last to free a car from the trap.
_CURE_S: Final = 5.0
_STUBBORN_CURE_S: Final = 10.0

_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES: Final = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10),
        *range(10)), strict=True)
)  # fmt: skip


def make_vin(number: int) -> str:
    """Return a made-up Tesla VIN with a right check digit (its ninth character)."""
    blank = f"5YJ3E1EA0KF{number % 1_000_000:06d}"
    total = sum(_VIN_VALUES[c] * w for c, w in zip(blank, _VIN_WEIGHTS, strict=True))
    return f"{blank[:8]}{'0123456789X'[total % 11]}{blank[9:]}"


@dataclass(eq=False, kw_only=True, slots=True)
class Car:
    """A car; all fields may be changed while it charges. Times are loop times in seconds."""

    vin: str = make_vin(1)
    onboard_limit: float = 48.0
    """The most its charger takes per phase, in A."""
    phases: int = 1
    ramp: float = 4.0
    """How fast its draw rises, in A/s."""
    ramp_down: float = 10.0
    """How fast its draw falls, in A/s."""
    reaction_s: float = 0.5
    """How long it takes to notice a changed offer; until then it goes on towards the old one."""
    start_s: float = 2.0
    """How long it takes from being offered amps to the first draw."""
    shortfall: float = 0.8
    """How much less than offered it draws, in A (owners saw 0.5 to 1.5)."""
    minimum: float | None = None
    """The least offer it charges at, in A; None: the least that its connector knows."""
    battery_kwh: float = 75.0
    efficiency: float = 0.92
    soc: float = 40.0
    """State of charge in %."""
    target: float = 80.0
    """The charge limit set in the car, in %."""
    taper: float = 1.0
    """It takes less and less over the last so many %; 0 stops it from full power."""
    not_before: float | None = None
    """Its own schedule: before this it wants no power though plugged in."""
    asleep: bool = False
    wake_s: float = 60.0
    """How long it takes to wake after being offered amps or being called."""
    sleeps_after: float | None = None
    """How long nothing may happen to it before it falls asleep; None: it never does by itself."""
    six_amp_trap: bool = False
    """A small raise makes it drop to 6 A and stay there until it is offered a spike."""
    stubborn_trap: bool = False
    """The spike alone does not help: it takes 10 s of it and then about 2 A less."""
    trap_raise: float = 4.0
    """The largest raise that springs the trap, in A."""
    tolerates: int = 3
    """After so many interruptions in one session it wants the plug pulled."""
    stranded_by_contactor: bool = False
    """A contactor opened under it keeps it from charging until unplugged."""
    handshake_s: float | None = None
    """Refuses to charge when it saw no amps for so long after being plugged in; None: never."""
    can_enabled: bool = True
    """Whether the connector can read its VIN."""

    stopped: bool = field(default=False, init=False)
    """Told from the car's side not to charge."""
    interruptions: int = field(default=0, init=False)
    wants_unplug: bool = field(default=False, init=False)
    trapped: bool = field(default=False, init=False)
    drawn: float = field(default=0.0, init=False)
    """What it draws on each of its phases now, in A."""
    wakes_at: float | None = field(default=None, init=False)
    _rests_since: float | None = field(default=None, init=False)
    _sleeps_under: float = field(default=0.0, init=False)
    _offer: float = field(default=0.0, init=False)
    _old_aim: float = field(default=0.0, init=False)
    """What it was heading for when the offer changed."""
    _reacts_at: float = field(default=0.0, init=False)
    _spike_since: float | None = field(default=None, init=False)

    def stop(self) -> None:
        """Stop charging by a command to the car."""
        self.stopped = True

    def start(self) -> None:
        """Charge by a command to the car; overrides its own schedule, as a real one does."""
        self.stopped = False
        self.not_before = None

    def sleep(self) -> None:
        """Fall asleep; only a car that does not charge does."""
        self.asleep = True
        self.wakes_at = None
        self._sleeps_under = 0.0

    def wake(self) -> None:
        """Be awake at once."""
        self.asleep = False
        self.wakes_at = self._rests_since = None

    def call(self, now: float) -> None:
        """Begin to wake, as by a call from afar; an awake one stays awake for longer."""
        self._rests_since = None
        if self.asleep:
            soon = now + self.wake_s
            self.wakes_at = soon if self.wakes_at is None else min(self.wakes_at, soon)

    def pass_time(self, now: float) -> None:
        """Wake or fall asleep if it is time."""
        if self.asleep:
            if self.wakes_at is not None and now >= self.wakes_at:
                self.wake()
        elif self.sleeps_after is None or self.drawn > 0 or self._offer > 0:
            self._rests_since = None
        elif self._rests_since is None:
            self._rests_since = now
        elif now - self._rests_since >= self.sleeps_after:
            self.sleep()
            # The offer it fell asleep under does not wake it, only a higher one; or its schedule.
            self._sleeps_under = inf
            self.wakes_at = self.not_before if self.scheduled_later(now) else None

    @property
    def full(self) -> bool:
        """Whether the target is reached."""
        return self.soc >= self.target

    def would_charge(self, now: float) -> bool:
        """Whether it would charge once awake."""
        return not (
            self.stopped or self.wants_unplug or self.full or self.scheduled_later(now)
        )

    def scheduled_later(self, now: float) -> bool:
        """Whether it waits for its own schedule."""
        return self.not_before is not None and now < self.not_before

    def plugged_in(self) -> None:
        """Begin a new session."""
        self.interruptions = 0
        self.wants_unplug = self.trapped = False
        self.cut_off()

    def cut_off(self) -> None:
        """Be without power, and so without an offer to follow."""
        self.drawn = self._offer = self._old_aim = self._reacts_at = 0.0

    def interrupted(self, *, by_contactor: bool = False) -> None:
        """Notice that the power was cut while charging."""
        self.cut_off()
        self.trapped = False
        self.interruptions += 1
        self.wants_unplug |= self.interruptions >= self.tolerates
        self.wants_unplug |= by_contactor and self.stranded_by_contactor

    def offered(self, amps: float, now: float, spike: float) -> None:
        """Notice the amps that the pilot signals; `spike` is what frees a trapped car."""
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
        # A second change while it still reacts to the first does not make it wait anew.
        if now >= self._reacts_at:
            self._old_aim = aim
            self._reacts_at = now + (self.reaction_s if self._offer else self.start_s)
        self._offer = amps

    def _stir(self, amps: float, now: float) -> None:
        """Begin to wake when more power is offered than it fell asleep under."""
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

    def aim(self) -> float:
        """Return the draw it is heading for at the present offer, in A."""
        offer = self._offer
        if offer <= 0:
            return 0.0
        if abs(offer - round(offer)) > 0.005:
            return min(offer, _FRACTION_A)
        if self.trapped:
            offer = min(offer, _TRAP_A)
        return max(
            0.0, min(offer - self.shortfall, self.onboard_limit, self._tapered())
        )

    def _tapered(self) -> float:
        """Return the most that the battery takes so near to its target."""
        if not self.taper:
            return self.onboard_limit
        return max(
            _FRACTION_A, self.onboard_limit * (self.target - self.soc) / self.taper
        )

    def advance(self, since: float, now: float) -> float:
        """Let the draw follow from `since` to `now`; return the mean draw meanwhile."""
        reacts = min(max(since, self._reacts_at), now)
        amp_seconds = self._follow(self._old_aim, reacts - since)
        amp_seconds += self._follow(self.aim(), now - reacts)
        return amp_seconds / (now - since) if now > since else self.drawn

    def _follow(self, aim: float, seconds: float) -> float:
        """Let the draw follow for so long; return the sum of it over the time, in As."""
        before, gap = self.drawn, aim - self.drawn
        rate = self.ramp if gap > 0 else self.ramp_down
        moving = min(abs(gap) / rate, seconds)
        if moving < abs(gap) / rate:
            aim = before + rate * moving * (1 if gap > 0 else -1)
        self.drawn = aim
        return (before + aim) / 2 * moving + aim * (seconds - moving)

    def settled(self, now: float) -> bool:
        """Whether the draw stands still until something changes."""
        return now >= self._reacts_at and self.drawn == self.aim()

    def charge(self, kwh: float) -> None:
        """Take energy into the battery."""
        self.soc = min(100.0, self.soc + 100 * kwh * self.efficiency / self.battery_kwh)
