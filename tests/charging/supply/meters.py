"""A meter with faults and a draw that changes in steps, to simulate many days quickly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from custom_components.twc_manager.charging.supply.response import MeterResponse
from custom_components.twc_manager.charging.supply.response_readings import Measurement


@dataclass(slots=True)
class SimulatedMeter:
    """A meter that measures every `interval` s, is read every `stamped` s, and reports after `lag` s."""

    interval: float = 1.0
    stamped: float = 0.0
    lag: float = 0.0
    resolution: float = 0.01
    sign: float = 1.0
    frozen: bool = False
    value: float | None = None
    _measured_at: float = -1e9
    _reported: Measurement | None = None
    _truths: list[tuple[float, float]] = field(default_factory=list)

    def read(self, now: float, truth: float) -> Measurement | None:
        self._truths.append((now, truth))
        while len(self._truths) > 1 and self._truths[1][0] <= now - self.lag:
            self._truths.pop(0)
        if now - self._measured_at >= self.interval and not (
            self.frozen and self.value is not None
        ):
            seen = self._truths[0][1] * self.sign
            self.value = round(seen / self.resolution) * self.resolution
            self._measured_at = now
        every = self.stamped or self.interval
        if self._reported is None or now - self._reported.at >= every:
            assert self.value is not None
            self._reported = Measurement(now, self.value)
        return self._reported


@dataclass(slots=True)
class Trial:
    """A meter, its response tracker, and a draw that the test sets."""

    meter: SimulatedMeter
    load: Callable[[float], float]
    regulate: Callable[[float], float] = lambda amps: amps
    dice: Random = field(default_factory=lambda: Random(1))
    response: MeterResponse = field(default_factory=lambda: MeterResponse(longest=60))
    now: float = 0.0
    draw: float = 0.0
    states: set[str] = field(default_factory=set)

    def run(self, seconds: float, every: float = 1.0) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += every
            truth = self.regulate(self.load(self.now) + self.draw)
            jitter = self.dice.choice((0.0, 0.1, -0.1)) if self.draw else 0.0
            reading = self.meter.read(self.now, truth)
            self.response.update(self.now, [self.draw + jitter], [reading])
            self.states.add(self.response.state.value)
