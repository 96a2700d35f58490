"""Converts the limits of the house in W to budgets of whole A that all connectors of a bus share.

One ampere counts with the W of the vehicle that is plugged in and uses the most phases, so that the power stays below
the limit however the A are shared.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from ..twc import BusStatus
from .allocation.budgets import PEAK, CurrentBudget
from .allocation.demand import Demand
from .candidate import ConnectorContext
from .decision import AllocationInputs, LimitsStatus
from .limits.outside import ROUNDING, OutsideStatus
from .limits.shared_peak import PeakInputs, PeakLoad, PeakShare, SharedPeak
from .modes.house_settings import HouseUserSettings
from .outcome import LimitReason
from .outside_supply import OutsideLimits, OutsidePlace
from .phase_knowledge import PhaseKnowledge
from .wiring import Wiring, measured_volts, power

RAISE_SECONDS: Final = 15.0
"""How many s the peak budget has to allow more before offers are raised, as the load of a house varies all the time."""


@dataclass(frozen=True, slots=True)
class PeakPlace:
    """The place of a bus behind the meter of a peak budget, which other buses may share."""

    peak: SharedPeak
    bus: str = ""


@dataclass(frozen=True, slots=True)
class LimitInputs:
    """The inputs of the limits of the house.

    Attributes:
        outside: the limits from outside; None without any.
        below: the place of the bus below them; None without any.
        peak: the inputs of the peak budget; None without one.
        place: the place of the bus behind the meter of the peak budget; None without one.
        local: the local time; None before `at` has set it.

    """

    outside: OutsideLimits | None = None
    below: OutsidePlace | None = None
    peak: PeakInputs | None = None
    place: PeakPlace | None = None
    local: datetime | None = None

    def at(self, local: datetime, settings: HouseUserSettings) -> Self:
        """Return the inputs with the time and the owner's settings."""
        outside, peak = self.outside, self.peak
        if outside is not None:
            outside = replace(outside, number_w=settings.outside_w)
        if peak is not None:
            wish_kw = settings.peak_target_kw
            if wish_kw is None:
                wish_kw = peak.tariff.default_wish_kw
            peak = replace(peak, wish_kw=wish_kw)
        return replace(self, outside=outside, peak=peak, local=local)


NO_LIMITS: Final = LimitInputs()


@dataclass(frozen=True, slots=True)
class LimitBudgets:
    """The limits as budgets.

    Attributes:
        budgets: the budgets by key, only of limits that limit something.
        status: the state of the limits.

    """

    budgets: Mapping[Hashable, CurrentBudget] = field(default_factory=dict)
    status: LimitsStatus = LimitsStatus()


class HouseLimits:
    """The limits of the house on one bus."""

    def __init__(self, wiring: Wiring) -> None:
        """Start without limits."""
        self._wiring = wiring
        self._peak_amps = 0
        self._allowed_at: float | None = None

    def update(
        self,
        inputs: AllocationInputs,
        limits: LimitInputs,
        contexts: Sequence[ConnectorContext],
    ) -> LimitBudgets:
        """Return the budgets now, for these connectors."""
        peak = self._of_peak(inputs, limits, contexts)
        outside = self._of_outside(inputs, limits, contexts)
        return replace(peak, status=replace(peak.status, outside=outside))

    def _of_outside(
        self,
        inputs: AllocationInputs,
        limits: LimitInputs,
        contexts: Sequence[ConnectorContext],
    ) -> OutsideStatus | None:
        """Return the limit from outside; its circuit divides it among all buses."""
        if limits.outside is None or limits.below is None:
            return None
        watts_per_amp = self._wiring.voltage * self._phases(inputs, contexts)
        return limits.below.shared.update(
            limits.below.bus, inputs.now, limits.outside, watts_per_amp
        )

    def _of_peak(
        self,
        inputs: AllocationInputs,
        limits: LimitInputs,
        contexts: Sequence[ConnectorContext],
    ) -> LimitBudgets:
        peak, place, local = limits.peak, limits.place, limits.local
        if peak is None or place is None or local is None:
            return LimitBudgets()
        volts = measured_volts(inputs.snapshot.connectors) or 0.0
        phases = self._phases(inputs, contexts)
        watts_per_amp = max(volts, self._wiring.voltage) * phases
        load = None
        if inputs.snapshot.status is not BusStatus.OFFLINE:
            load = self._load(inputs, contexts, watts_per_amp)
        share = place.peak.update(place.bus, inputs.now, local, peak, load)
        if share.watts is None:
            self._peak_amps, self._allowed_at = self._wiring.max_current, None
            return LimitBudgets(status=LimitsStatus(peak=share.status))
        amps = self._peak_current(inputs.now, share, contexts, watts_per_amp)
        reason = LimitReason.PEAK_BUDGET
        if share.is_silent:
            reason = LimitReason.SENSOR_STALE
        status = LimitsStatus(peak=share.status, peak_amps=amps)
        return LimitBudgets({PEAK: CurrentBudget(amps, reason, reason)}, status)

    def _peak_current(
        self,
        now: float,
        share: PeakShare,
        contexts: Sequence[ConnectorContext],
        watts_per_amp: float,
    ) -> int:
        """Return the whole A that the peak budget leaves; they fall at once, and rise after `RAISE_SECONDS`."""
        amps = int((share.watts or 0.0) / watts_per_amp + ROUNDING)
        if not share.may_start:
            running = [item.runtime.offer or 0 for item in contexts if item.running]
            amps = min(amps, max(sum(running), self._wiring.min_current * len(running)))
        if amps <= self._peak_amps:
            self._peak_amps, self._allowed_at = amps, None
        elif self._allowed_at is None:
            self._allowed_at = now
        elif now - self._allowed_at >= RAISE_SECONDS:
            self._peak_amps = amps
        return self._peak_amps

    def _load(
        self,
        inputs: AllocationInputs,
        contexts: Sequence[ConnectorContext],
        watts_per_amp: float,
    ) -> PeakLoad:
        charging = sum(
            power(
                item.connector,
                self._wiring,
                _phases(inputs.phases.get(item.connector_id), self._wiring),
            )
            for item in contexts
        )
        wanted = sum(
            item.limits.ceiling
            for item in contexts
            if item.demand is Demand.WANTED and item.settings.enabled
        )
        return PeakLoad(
            charging,
            wanted=wanted * watts_per_amp,
            minimum=self._wiring.min_current * watts_per_amp,
            possible=inputs.snapshot.possible * watts_per_amp,
        )

    def _phases(
        self, inputs: AllocationInputs, contexts: Sequence[ConnectorContext]
    ) -> int:
        """Return the maximum number of phases on which a vehicle that is plugged in may charge."""
        counts = [
            min(
                _phases(inputs.phases.get(item.connector_id), self._wiring),
                self._wiring.phases,
            )
            for item in contexts
            if item.runtime.demand_tracker.present
        ]
        return max(counts, default=self._wiring.phases)


def _phases(known: PhaseKnowledge | None, wiring: Wiring) -> int:
    """Return on how many phases a vehicle may charge: on all, unless fewer are proven."""
    return known.count if known is not None and known.is_certain else wiring.phases
