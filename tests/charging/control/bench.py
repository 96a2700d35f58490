"""A bench for connector checks: a connector and a car that do what a test sets, without a bus."""

from dataclasses import replace
from typing import Any

from custom_components.twc_manager.charging.control.check_result import CheckResult
from custom_components.twc_manager.charging.control.connector_check import (
    CheckSituation,
    ConnectorCheck,
)
from tests.charging.states import charging

MAX_SECONDS = 1000


class Bench:
    """A check of one connector with reports every second.

    The car follows its offer after `reaction` s with `ramp` A/s and draws 0.8 A less. At 0 A it stops, or goes on
    with `held` A.
    """

    def __init__(
        self,
        *,
        drawn: float = 19.2,
        minimum: int = 6,
        ceiling: int = 32,
        zero_stops: bool = True,
        reaction: float = 2.0,
        ramp: float = 4.0,
        **report: Any,
    ) -> None:
        self.now = 0.0
        self.ceiling = ceiling
        self.present = self.enabled = True
        self.zero_stops = zero_stops
        self.reaction, self.ramp = reaction, ramp
        self.offered: list[int] = []
        self.asked: list[tuple[float, int]] = []
        """What the check asked for, with the times."""
        self._willing = drawn > 0
        self._changed_at = -60.0
        self.connector = charging(amps=drawn, offered=20.0, **report)
        self.check = ConnectorCheck(self.connector, minimum)
        self.check.begin(self.now)
        self.wait(1)

    @property
    def result(self) -> CheckResult:
        assert self.check.result is not None, "the check has not ended"
        return self.check.result

    def car_draws(self, willing: bool) -> None:
        self._willing = willing

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.now += 1.0
            self._offer()
            self._follow()
            seen = CheckSituation(
                self.connector, self.ceiling, self.present, self.enabled
            )
            self.check.update(seen, self.now)

    def currents(self, seconds: float) -> list[int]:
        """Return the different currents that are offered in a time."""
        self.wait(seconds)
        return [
            amps
            for index, amps in enumerate(self.offered)
            if index == 0 or amps != self.offered[index - 1]
        ]

    def until_amps(self, amps: int) -> None:
        self._until(lambda: self.check.amps == amps)

    def until_ended(self) -> None:
        self._until(lambda: self.check.result is not None)

    def _until(self, condition: Any) -> None:
        began = self.now
        while not condition():
            assert self.now - began < MAX_SECONDS, "it never came"
            self.wait(1)

    def _offer(self) -> None:
        amps = self.check.amps
        if amps is not None:
            self.asked.append((self.now, amps))
        offer = 20 if amps is None else min(amps, self.ceiling)
        self.offered.append(offer)
        if offer != self.connector.offered:
            self._changed_at = self.now
            self.connector = replace(self.connector, offered=float(offer))

    def _follow(self) -> None:
        offered, drawn = self.connector.offered, self.connector.drawn
        goal = max(offered - 0.8, 0.0)
        if offered == 0 and not self.zero_stops:
            goal = 5.2
        if not self._willing:
            goal = 0.0
        if self.now - self._changed_at < self.reaction:
            return
        step = max(-self.ramp, min(self.ramp, goal - drawn))
        self.connector = replace(self.connector, drawn=round(drawn + step, 2))
