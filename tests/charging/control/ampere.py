"""A vehicle with a number for its current, at a connector, for tests of asking it for less."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from custom_components.twc_manager.charging.control.current_request import (
    CurrentRequester,
)
from custom_components.twc_manager.charging.control.current_states import (
    CurrentState,
    CurrentWish,
    NumberReading,
    StoredCurrent,
)

OWNERS: Final = 32.0
OFFERED: Final = 6.0
DAY: Final = date(2026, 6, 1)


@dataclass
class Driver:
    """A requester, its vehicle and the number in between.

    Attributes:
        wanted: what the rules want of the vehicle; None for nothing less.
        value: what the number shows; None while it is unavailable.
        floor: the A below which the vehicle does not go.
        obeys: whether the vehicle takes what is set in the number.
        fails: whether calls fail.
        shows: whether the number shows what is set, as soon as it is.
        calls: what was set, with the time.

    """

    stored: StoredCurrent = StoredCurrent()
    wanted: float | None = None
    is_here: bool = True
    is_enough: bool = True
    offered: float = OFFERED
    value: float | None = OWNERS
    floor: float = 0.0
    obeys: bool = True
    stops: bool = False
    fails: bool = False
    shows: bool = True
    now: float = 100_000.0
    set_to: float = OWNERS
    calls: list[tuple[float, float]] = field(default_factory=list)
    number: NumberReading = NumberReading(None, 0.0, 32.0, 1.0)

    def __post_init__(self) -> None:
        self.requester = CurrentRequester(self.stored, self.now)
        self.day = DAY

    @property
    def state(self) -> CurrentState:
        return self.requester.asking.state

    @property
    def values(self) -> list[float]:
        """Return what was set, in order."""
        return [amps for _, amps in self.calls]

    @property
    def drawn(self) -> float:
        """Return what the vehicle takes."""
        if not self.is_here or (self.stops and self.set_to < OFFERED):
            return 0.0
        limit = max(self.set_to, self.floor) if self.obeys else OWNERS
        return min(self.offered, limit)

    @property
    def reading(self) -> NumberReading:
        """Return what the number reports."""
        number = self.number
        return NumberReading(self.value, number.minimum, number.maximum, number.step)

    def run(self, seconds: int) -> None:
        """Let time pass, in steps of 5 s as between two decisions."""
        for _ in range(seconds // 5):
            self.now += 5
            wish = CurrentWish(
                self.wanted if self.is_here else None,
                is_here=self.is_here,
                is_enough=self.is_enough,
                offered=self.offered if self.is_here else 0.0,
                drawn=self.drawn,
            )
            amps = self.requester.update(self.now, self.day, wish, self.reading)
            if amps is not None:
                self.call(amps)

    def call(self, amps: float) -> None:
        """Make the call."""
        self.calls.append((self.now, amps))
        if not self.fails:
            self.set_to = amps
            if self.shows and self.value is not None:
                self.value = amps
        self.requester.record(self.now, done=not self.fails)

    def ask(self, amps: float) -> None:
        """Have the rules want less."""
        self.wanted, self.is_enough = amps, False

    def release(self) -> None:
        """Have the rules want nothing less any more."""
        self.wanted, self.is_enough = None, True

    def next_day(self) -> None:
        """Let midnight pass."""
        self.day += timedelta(days=1)


def asked(amps: float = 3.0, **kwargs: object) -> Driver:
    """Return a driver whose vehicle was asked for less a moment ago."""
    driver = Driver(**kwargs)  # type: ignore[arg-type]
    driver.ask(amps)
    driver.run(25)
    assert (driver.values, driver.state) == ([amps], CurrentState.ASKED)
    return driver


def followed(amps: float = 3.0, **kwargs: object) -> Driver:
    """Return a driver whose vehicle takes what it was asked for."""
    driver = asked(amps, **kwargs)
    driver.run(30)
    assert driver.state is CurrentState.FOLLOWED
    return driver


def restoring(**kwargs: object) -> Driver:
    """Return a driver that has to restore what the owner had set, and whose calls fail."""
    driver = followed(**kwargs)
    driver.fails = True
    driver.release()
    driver.run(10)
    assert driver.state is CurrentState.RESTORING
    return driver
