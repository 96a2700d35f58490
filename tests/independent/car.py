"""A car: what it draws under a pilot, second by second."""

from tests.independent.specs import CarSpec

MINIMUM_A = 5.0  # below it there is no charging; protocol 2 offers 6 A at least


class Car:
    """The draw of one car from plug to unplug."""

    def __init__(self, spec: CarSpec) -> None:
        self.spec = spec
        self.draw_a = 0.0
        self._obeyed_a = 0.0
        self._late_s = 0.0
        self._awake_s = 0.0
        self._age_s = 0.0
        self._used_ah = 0.0
        self._trapped_s = 0.0

    @property
    def wants_energy(self) -> bool:
        """Whether it is not full."""
        return self._used_ah < self.spec.needs_ah

    @property
    def ignores(self) -> bool:
        """Whether it disregards the pilot now."""
        spec = self.spec
        return 0 <= self._age_s - spec.odd_after_s < max(spec.ignores_s, spec.jumps_s)

    def step(self, pilot_a: float, closed: bool) -> None:
        """Pass one second under the pilot, with the relay closed or open."""
        if not closed or not self.wants_energy:
            self.draw_a = self._awake_s = 0.0
            self._obeyed_a *= self.spec.remembers
            return
        self._awake_s += pilot_a > 0 or self.draw_a > 0
        if self._awake_s <= self.spec.wake_s:
            return
        self._age_s += 1
        if not self.ignores:
            self._obey(pilot_a)
        target = self._target()
        self.draw_a = max(
            min(target, self.draw_a + self.spec.ramp_a_s),
            self.draw_a - self.spec.fall_a_s,
            0.0,
        )
        self._used_ah += self.draw_a / 3600

    def _obey(self, pilot_a: float) -> None:
        if pilot_a >= self._obeyed_a:
            if self.spec.trap and self.draw_a > 2 and 0 < pilot_a - self._obeyed_a < 4:
                self._trapped_s = 5.0
            self._obeyed_a, self._late_s = pilot_a, 0.0
            self._trapped_s -= pilot_a >= (21 if self.spec.onboard_a > 32 else 16)
            return
        self._late_s += 1
        if self._late_s > self.spec.reaction_s:
            self._obeyed_a, self._late_s = pilot_a, 0.0

    def _target(self) -> float:
        spec = self.spec
        if self.ignores and spec.jumps_s:
            return spec.onboard_a
        if self._obeyed_a < MINIMUM_A or self._age_s // spec.pauses_s % 2:
            return 0.0
        wanted = self._obeyed_a + spec.over_a
        return min(spec.onboard_a, wanted, 6.0 if self._trapped_s > 0 else wanted)
