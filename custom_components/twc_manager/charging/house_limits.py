"""The limits of the house on all charging of a bus, as budgets of whole A that all connectors share.

They are in W; a bus shares A. One ampere is taken to be as many W as it is for the vehicle that is plugged in and uses the
most phases, so that the power stays below the limit however the A are shared.
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
"""The peak budget raises offers only after it has allowed more for this time: the load of a house is never still."""


@dataclass(frozen=True, slots=True)
class PeakPlace:
    """The place of a bus behind a meter whose peak is paid for; other buses may be there as well."""

    peak: SharedPeak
    bus: str = ""


@dataclass(frozen=True, slots=True)
class LimitInputs:
    """What is known of the limits of the house.

    Attributes:
        outside: the limits from outside; None if there is no such thing.
        below: the place of the bus below them; None without them.
        peak: what is known of the peak budget; None if there is none.
        place: the place of the bus behind the meter of the peak; None without a peak budget.
        local: the local time.

    """

    outside: OutsideLimits | None = None
    below: OutsidePlace | None = None
    peak: PeakInputs | None = None
    place: PeakPlace | None = None
    local: datetime | None = None

    def at(self, local: datetime, settings: HouseUserSettings) -> Self:
        """Return the same with the time and what the owner has set by entities."""
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
        budgets: by their keys; only those that limit something.
        status: what is told of them.

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
        told = LimitsStatus(peak=share.status, peak_amps=amps)
        return LimitBudgets({PEAK: CurrentBudget(amps, reason, reason)}, told)

    def _peak_current(
        self,
        now: float,
        share: PeakShare,
        contexts: Sequence[ConnectorContext],
        watts_per_amp: float,
    ) -> int:
        """Return the whole A that the peak budget leaves; it is lowered at once, and raised after a while."""
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
        """Return the most phases that a vehicle which is plugged in may charge on."""
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
    """Return on how many phases a vehicle may charge: on all, as long as nothing proves less."""
    return known.count if known is not None and known.is_certain else wiring.phases
