"""Energy of a connector and of its session: the integral of the power, steadied by its counter.

The integral is smooth but misses what happened while nobody listened; the connector's own counter
knows everything it ever delivered, in whole kWh, but some connectors publish numbers that no kWh
counter can hold (shared/twc-protocol.md, "The energy counter"). So the counter is followed as long
as the integral bears it out, and the integral alone otherwise. What nobody saw while there is no
counter to follow is filled in where that is safe to say: in a short absence at whose both ends the
car drew about the same.

Times are seconds of a monotonic clock, power is in W, energy in kWh.
"""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Final

from .stored_energy import ABSURD_POWER, UNITS, WINDOW, StoredEnergy

GAP: Final = 30.0
"""Updates further apart than this (s) say nothing about the power between them."""
BRIDGE: Final = 300.0
"""A car that drew the same before and after an absence of at most this (s) drew that meanwhile. Without any master
it would have been cut off after a minute; it was another one, lost reports or a restart of ours that hid it."""
MAX_POWER: Final = 25_000.0
"""The most a connector may deliver if nothing better is known, in W (32 A on three phases: 23 kW)."""
UNKNOWN_ABSENCE: Final = 1_000.0
"""The most a car may have taken in an absence of unknown length, in kWh: months of charging."""
ABSURD_BASE: Final = 200_000
"""A first reading above this is not kWh since new: 20 years of 10,000 kWh."""
BASE_WAIT: Final = 120.0
"""How long a new connector has to tell its counter before its energy starts at 0, in s."""
TOLERANCE: Final = 0.25
"""How far counter and integral may differ: amps are rounded, volts may be nominal ones."""
LAG: Final = 0.1
"""A step is seen late, as the counter is read every 10 s while charging: 22 kW for 16 s, in kWh."""
STUCK: Final = 2.0
"""A counter this far behind without a step is not believed; also the length of a trial, in kWh."""
TRIALS: Final = 3
"""A counter is believed (again) after so many trials on end that agree on its unit."""
CONFIRM: Final = 75.0
"""A leap after an absence must last this long (s): longer than the 60 s between two readings."""
CLOSE_ABSENCE: Final = 300.0
"""When the counter still stands this long (s) after an absence, nothing was missed in it."""
PERSIST: Final = 600.0
"""Readings that cannot be explained for this long (s) are no flipped bits: the counter is doubted."""


@dataclass(slots=True)
class _Window:
    """A stretch over which counter and integral are compared.

    Attributes:
        mark: count at its beginning; None until the counter was read.
        energy: integral since then, in kWh.
        missed: energy that may have flowed unseen, in kWh.
        aligned: whether it began at a step. Otherwise up to one count had gone by before.

    """

    mark: int | None = None
    energy: float = 0.0
    missed: float = 0.0
    aligned: bool = False

    def ahead(self, count: int, unit: float) -> float:
        """Return by how many kWh the counter is further than the integral explains."""
        return (
            self._counted(count, unit)
            - self.energy * (1 + TOLERANCE)
            - self._slack(unit)
        )

    def behind(self, count: int, unit: float) -> bool:
        """Return whether the counter missed energy that was seen to flow."""
        return self._counted(count, unit) < self.energy * (1 - TOLERANCE) - self._slack(
            unit
        )

    def full(self, count: int, unit: float) -> bool:
        """Return whether there is enough in it to compare."""
        return max(self.energy, self._counted(count, unit)) >= WINDOW

    def unit(self, count: int) -> float | None:
        """Return the kWh per count at which counter and integral agree; None if at none."""
        for unit in UNITS:
            if self.ahead(count, unit) <= 0 and not self.behind(count, unit):
                return unit
        return None

    def _counted(self, count: int, unit: float) -> float:
        return (count - (count if self.mark is None else self.mark)) * unit

    def _slack(self, unit: float) -> float:
        return LAG + (0.0 if self.aligned else unit)


class EnergyCounter:
    """Lifetime energy of one connector: never falls, and survives restarts.

    A believed counter sets the bounds (from its count to just under the next) and the integral
    moves the value between them. A counter that the integral does not bear out is dropped, and
    watched: when it agrees with the integral again for long enough, or in another unit, its
    further steps are followed from where the lifetime energy then stands. Only the very first
    reading sets the base, as a leap later on would count as energy in Home Assistant's statistics.
    """

    def __init__(
        self,
        stored: StoredEnergy | None = None,
        *,
        max_power_w: float = MAX_POWER,
        away_s: float | None = None,
        at: float | None = None,
    ) -> None:
        """Go on from what was stored.

        max_power_w: the most this connector can deliver. away_s: seconds of wall time from the
        last update before it was stored until `at`, None if not known. at: a time before the first
        update; None: that of the first update. Together they bound what can have been charged
        meanwhile.
        """
        kept = StoredEnergy() if stored is None else stored
        self._max_power = max_power_w
        self._kwh, self._pending, self._settled = kept.kwh, kept.pending, kept.settled
        self._unit, self._count, self._offset = kept.unit, kept.count, kept.offset
        missed = 0.0 if stored is None else kept.missed + self._possible(away_s)
        self._window = _Window(kept.mark, kept.energy, missed)
        self._last: tuple[float, float] | None = None
        self._before = (inf if away_s is None else away_s, kept.power)
        self._restored = None if stored is None else at
        self._resumed = 0.0
        self._started: float | None = None
        self._candidate: tuple[int, float] | None = None
        self._odd_since: float | None = None
        self._trial_unit: float | None = None
        self._trials = 0

    @property
    def lifetime_kwh(self) -> float | None:
        """Energy since the connector was new, or since it is known if it does not tell.

        None for the first two minutes of a new connector, until its counter was read: going from
        0 to the counter would show as that much energy charged.
        """
        return self._kwh if self._settled else None

    @property
    def follows_counter(self) -> bool:
        """Whether the connector's own counter is followed."""
        return self._unit is not None

    @property
    def stored(self) -> StoredEnergy:
        """What to keep over a restart."""
        return StoredEnergy(
            kwh=self._kwh,
            pending=self._pending,
            settled=self._settled,
            unit=self._unit,
            count=self._count,
            offset=self._offset,
            mark=self._window.mark,
            energy=self._window.energy,
            missed=min(self._window.missed, 1e8),
            power=self._before[1] if self._last is None else self._last[1],
        )

    def update(self, now: float, power_w: float, meter: int | None) -> float:
        """Take the power and the counter as they are now; return the energy since last time.

        To be called at least every 30 s, changed or not: a longer silence is energy unknown,
        which only the counter can fill in, or `_bridge` where there is none. The energy returned
        is by the integral and the bridge.
        """
        power = power_w if 0 <= power_w <= ABSURD_POWER else 0.0
        bridged = self._bridge(now, power)
        energy = self._integrate(now, power)
        # The counter is compared with what was seen only.
        self._window.energy += energy
        energy += bridged
        self._pending += energy
        if meter is not None and meter >= 0:
            self._read(now, meter)
        if (
            self._unit is not None
            and self._count is not None
            and self._window.energy > STUCK
        ):
            if self._window.behind(self._count, self._unit):
                self._doubt()
        self._settle(now)
        self._show()
        return energy

    def _bridge(self, now: float, power: float) -> float:
        """Return the kWh of an absence that ends now, as far as both its ends tell them."""
        if self._last is None:
            away, before = self._before
            away += self._waited(now)
        else:
            away, before = now - self._last[0], self._last[1]
            if away <= GAP:
                return 0.0
        low, high = sorted((before, power))
        if self._unit is not None or not 0 <= away <= BRIDGE:
            return 0.0
        if low < high * (1 - TOLERANCE):
            return 0.0
        return min(low * away / 3.6e6, self._possible(away))

    def _integrate(self, now: float, power: float) -> float:
        """Return the kWh since the last update; after an absence 0, noting what may be missed."""
        last, self._last = self._last, (now, power)
        if last is None:
            self._resumed = now
            if waited := self._waited(now):
                self._window.missed += self._possible(waited)
            return 0.0
        elapsed = now - last[0]
        if not 0 <= elapsed <= GAP:
            self._window.missed += self._possible(elapsed)
            self._window.aligned = False
            self._resumed = now
            self._candidate = self._odd_since = None
            return 0.0
        return (last[1] + power) / 2 * elapsed / 3.6e6

    def _waited(self, now: float) -> float:
        """Return for how many s the first update, which comes now, was waited for."""
        return 0.0 if self._restored is None else max(0.0, now - self._restored)

    def _possible(self, elapsed: float | None) -> float:
        """Return the most that can have been charged unseen, in kWh."""
        if elapsed is None or not isfinite(elapsed) or elapsed < 0:
            return UNKNOWN_ABSENCE
        return self._max_power * elapsed / 3.6e6

    def _read(self, now: float, count: int) -> None:
        """Take one reading of the counter."""
        if not self._settled:
            if count <= ABSURD_BASE:
                self._settled = True
                self._kwh, self._pending = float(count), 0.0
                self._unit, self._count, self._offset = 1.0, count, 0.0
                self._window = _Window(count)
        elif self._unit is None or self._count is None:
            self._try(count)
        else:
            self._follow(now, count, self._count, self._unit)

    def _follow(self, now: float, count: int, before: int, unit: float) -> None:
        """Check a reading of a believed counter, and accept or ignore it."""
        window = self._window
        ahead = inf if count < before else window.ahead(count, unit)
        if count == before:
            self._candidate = self._odd_since = None
            if now - self._resumed >= CLOSE_ABSENCE:
                window.missed = 0.0
        elif ahead <= 0:
            self._accept(count, unit)
        elif ahead <= window.missed:
            self._odd_since = None
            if self._candidate is None or count < self._candidate[0]:
                self._candidate = (count, now)
            elif now - self._candidate[1] >= CONFIRM:
                self._accept(self._candidate[0], unit)
        else:
            self._candidate = None
            if self._odd_since is None:
                self._odd_since = now
            elif now - self._odd_since >= PERSIST:
                self._doubt()

    def _accept(self, count: int, unit: float) -> None:
        """Follow a step: the lifetime energy is at least what the counter says."""
        window = self._window
        if window.full(count, unit):
            if window.behind(count, unit):
                self._doubt()
                return
            self._window = _Window(count, aligned=window.missed == 0)
        self._count, self._pending = count, 0.0
        self._kwh = max(self._kwh, self._offset + count * unit)
        self._candidate = self._odd_since = None

    def _doubt(self) -> None:
        """Follow the integral from now on, and begin to watch the counter anew."""
        self._unit = self._count = self._candidate = self._odd_since = None
        self._window = _Window()
        self._trial_unit, self._trials = None, 0

    def _try(self, count: int) -> None:
        """Watch a counter that is not believed, until it agrees with the integral in some unit."""
        window = self._window
        stepped = self._count is not None and count != self._count
        self._count = count
        if window.mark is None or window.missed:
            self._window = _Window(count)
        elif window.energy >= 2 * STUCK or (stepped and window.energy >= STUCK):
            unit = window.unit(count)
            self._trials = self._trials + 1 if unit == self._trial_unit else 1
            self._trial_unit = unit
            self._window = _Window(count, aligned=stepped)
            if unit is not None and stepped and self._trials >= TRIALS:
                self._believe(count, unit)

    def _believe(self, count: int, unit: float) -> None:
        """Follow the counter's further steps; its base only if that is where we are anyway."""
        self._unit = unit
        reached = self._kwh + self._pending
        self._offset = (
            0.0 if abs(reached - count * unit) <= unit else reached - count * unit
        )
        self._accept(count, unit)

    def _settle(self, now: float) -> None:
        """Start at 0 when no usable counter turned up in time."""
        if self._started is None or now < self._started:
            self._started = now
        if not self._settled and now - self._started >= BASE_WAIT:
            self._settled = True
            self._doubt()

    def _show(self) -> None:
        """Show what was integrated, as far as the counter allows; the rest waits."""
        room = self._pending
        if self._unit is not None and self._count is not None:
            room = min(
                room, self._offset + (self._count + 0.999) * self._unit - self._kwh
            )
        if room > 0:
            self._kwh += room
            self._pending -= room
