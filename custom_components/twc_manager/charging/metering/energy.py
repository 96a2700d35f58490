"""Lifetime energy of a connector: the integral of its power, bounded by its own counter.

The integral is smooth but misses the energy of absences. The connector's own counter holds all energy since new, in
whole kWh, but some connectors publish numbers that no kWh counter can have (docs/protocol.md, "The energy
counter"). So the counter is followed while the integral agrees with it, and the integral alone otherwise.

Times are seconds of a monotonic clock, power is in W, energy in kWh.
"""

from dataclasses import replace

from ..phase_knowledge import PhaseKnowledge
from .comparison import Comparison
from .counter_phases import CounterPhases
from .counter_states import (
    Awaited,
    CounterTrust,
    Followed,
    LifetimeEnergy,
    OnTrial,
    followed_counter,
)
from .counter_transitions import Event, Situation, react
from .power_integral import MAX_POWER, PowerIntegral
from .stored_energy import StoredEnergy

_MAX_STORED: float = 1e8


class EnergyCounter:
    """Lifetime energy of one connector: never falls, and survives restarts.

    A counter that is followed sets the bounds (from its count to just below the next) and the integral moves the value
    between them.
    """

    def __init__(
        self,
        stored: StoredEnergy | None = None,
        *,
        max_power_w: float = MAX_POWER,
        away_s: float | None = None,
        at: float | None = None,
    ) -> None:
        """Continue from what was stored.

        Together, the arguments bound the energy of the absence before the first update.

        Args:
            stored: the stored data; None for a new connector.
            max_power_w: the maximum power of the connector.
            away_s: seconds of wall time from the last stored update until `at`; None if unknown.
            at: a time before the first update; None for the time of the first update.

        """
        initial = StoredEnergy() if stored is None else stored
        self._integral = PowerIntegral(
            max_power_w,
            power_w=initial.power,
            away_s=away_s,
            at=None if stored is None else at,
        )
        missed = 0.0
        if stored is not None:
            missed = stored.missed + self._integral.maximum_energy(away_s)
        self._energy = LifetimeEnergy(
            initial.kwh,
            initial.pending,
            Comparison(initial.mark, initial.low, initial.high, missed),
            _counter_of(initial),
        )
        self._phases = CounterPhases()

    @property
    def lifetime_kwh(self) -> float | None:
        """Return the energy since the connector was new, or since the first update if it has no counter.

        None in the first two minutes of a new connector, until its counter is read: a step from 0 to the counter would
        count as charged energy.
        """
        is_awaited = isinstance(self._energy.counter, Awaited)
        return None if is_awaited else self._energy.kwh

    @property
    def follows_counter(self) -> bool:
        """Return whether the connector's own counter is followed."""
        return followed_counter(self._energy.counter) is not None

    @property
    def stored(self) -> StoredEnergy:
        """Return the data to store across restarts."""
        energy, comparison = self._energy, self._energy.comparison
        stored = StoredEnergy(
            kwh=energy.kwh,
            pending=energy.pending,
            settled=not isinstance(energy.counter, Awaited),
            mark=comparison.mark,
            low=comparison.low,
            high=comparison.high,
            missed=min(comparison.missed, _MAX_STORED),
            power=self._integral.power,
        )
        if (followed := followed_counter(energy.counter)) is not None:
            return replace(
                stored,
                unit=followed.unit,
                count=followed.count,
                offset=followed.offset,
            )
        if isinstance(energy.counter, OnTrial):
            return replace(stored, count=energy.counter.count)
        return stored

    @property
    def counted_phases(self) -> CounterPhases:
        """Return what the counter shows of the number of phases that the vehicle uses."""
        return self._phases

    def rescale(self, kwh: float, factor: float) -> None:
        """Correct energy that was integrated with a wrong number of phases.

        The lifetime energy never falls: Home Assistant's statistics would mistake that for a new counter, and add all
        of it again. So energy that is already too much is not added until as much has really flowed. With a counter
        that is followed this is less than one count, whatever number of phases was assumed.

        Args:
            kwh: how much was integrated.
            factor: the right number of phases divided by the wrong one.

        """
        energy = self._energy
        pending = energy.pending + kwh * (factor - 1)
        if (followed := followed_counter(energy.counter)) is not None:
            since_step = max(energy.kwh - followed.energy, 0.0)
            pending = (since_step + energy.pending) * factor - since_step
        self._energy = replace(energy, pending=pending)

    def fill(self, kwh: float) -> None:
        """Add energy of the absence before the first update that another device measured, instead of an assumption.

        A counter that is followed has counted it as well, and still sets the bounds.
        """
        self._integral.fill()
        energy = self._energy
        self._energy = replace(energy, pending=energy.pending + kwh)

    def update(
        self,
        now: float,
        power_w: float,
        meter: int | None,
        phases: PhaseKnowledge | None = None,
    ) -> float:
        """Take the power and the counter as they are now; return the energy since the last update.

        Call it at least every 30 s, changed or not: the energy of a longer absence is unknown and only comes from the
        counter or, without one, from `PowerIntegral`'s bridge. The energy returned is that of integral and bridge.

        Args:
            now: the time.
            power_w: the power with the number of phases that is known or assumed.
            meter: the count of the connector's own counter; None if it was not read.
            phases: what is known of the number of phases; None if the power does not depend on it.

        """
        increment = self._integral.update(now, power_w)
        # Only measured energy is compared with the counter.
        measured = increment.energy
        bridged = 0.0 if self.follows_counter else increment.bridge
        low, high = _shares(phases)
        comparison = self._energy.comparison.with_energy(
            measured * low, measured * high
        )
        if increment.absence:
            comparison = comparison.with_absence(increment.missed, now)
            self._phases.interrupt()
        self._phases.add(measured / (1 if phases is None else phases.count))
        pending = self._energy.pending + measured + bridged
        self._energy = replace(self._energy, pending=pending, comparison=comparison)
        if increment.absence:
            self._react(Event.ABSENCE, now)
        if meter is not None and meter >= 0:
            self._react(Event.READING, now, meter)
            self._count_phases(meter)
        self._react(Event.UPDATE, now)
        self._show()
        return measured + bridged

    def _react(self, event: Event, now: float, count: int = -1) -> None:
        self._energy = react(event, Situation(self._energy, now, count))

    def _count_phases(self, meter: int) -> None:
        """Compare the phases with the counter while it is followed."""
        counter = self._energy.counter
        if isinstance(counter, Followed):
            self._phases.read(meter, counter.unit)
        else:
            self._phases.interrupt()

    def _show(self) -> None:
        """Move the pending energy into the lifetime energy, as far as the counter allows."""
        energy = self._energy
        room = energy.pending
        if (followed := followed_counter(energy.counter)) is not None:
            room = min(room, followed.ceiling - energy.kwh)
        if room > 0:
            self._energy = replace(
                energy, kwh=energy.kwh + room, pending=energy.pending - room
            )


def _shares(phases: PhaseKnowledge | None) -> tuple[float, float]:
    """Return the lowest and the highest factor between a power and what may really flow."""
    if phases is None:
        return 1.0, 1.0
    low, high = phases.range
    return low / phases.count, high / phases.count


def _counter_of(stored: StoredEnergy) -> CounterTrust:
    """Return the state of the counter that was stored."""
    if not stored.settled:
        return Awaited()
    if stored.unit is None or stored.count is None:
        return OnTrial(stored.count)
    return Followed(stored.unit, stored.count, stored.offset)
