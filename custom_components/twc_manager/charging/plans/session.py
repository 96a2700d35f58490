"""The plans at one connector while a vehicle is plugged in, and which of them is in force."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from ..planning.goals import MIN_AMPS
from ..planning.levels import Draw
from .failures import blamed_on
from .inputs import PlanInputsOfBus, PluggedIn
from .need import Battery, Charged, EnergyNeed, need_of
from .progress import Progress, ProgressState, advanced, begin, revised
from .request import PlanRequest
from .situation import ConnectorSituation

MATCHING_SECONDS: Final = 60.0
"""Maximum time after plugging in until it is known which vehicle it is; one that is not known then has no plan."""


_NOISE_SECONDS: Final = 20.0
"""A vehicle that was there for less is no vehicle, or one that is plugged in again; its plans are not over."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, in s of a monotonic clock and in UTC."""

    now: float
    at: datetime


@dataclass(slots=True)
class PlanSession:
    """The plans at a connector since its vehicle was plugged in.

    Attributes:
        connector_id: the connector.
        vehicle_id: the vehicle that it was last matched to; None if it was to none.
        battery: what is known of its battery.
        progress: how far each plan is, by its id.
        in_force: the plan that is in force; None if none is.
        need: what is still needed for that plan.
        charged: what was charged since that plan began.
        maximum_drawn: the maximum A that it has drawn.
        has_begun: whether its plans have begun.
        slot_began: since when the plan in force charges, in UTC; None while it waits.
        vin: the VIN of its vehicle; None if it is not known.
        plugged_at: when its vehicle was plugged in; None if that was before a restart.

    """

    connector_id: int
    vehicle_id: str | None = None
    battery: Battery = field(default_factory=Battery)
    progress: dict[str, Progress] = field(default_factory=dict)
    in_force: Progress | None = None
    need: EnergyNeed = field(default_factory=lambda: EnergyNeed(0.0))
    charged: Charged = field(default_factory=Charged)
    maximum_drawn: float = 0.0
    has_begun: bool = False
    slot_began: datetime | None = None
    vin: str | None = None
    plugged_at: Moment | None = None

    def is_of(self, plugged_in: PluggedIn) -> bool:
        """Return whether the vehicle that is plugged in may be the one of this session: another VIN is another one."""
        return None in {self.vin, plugged_in.vin} or self.vin == plugged_in.vin

    def matched_by(self, now: float) -> datetime | None:
        """Return until when it may still turn out which vehicle it is, in UTC; None if that is over."""
        begun = self.plugged_at
        if self.vehicle_id is not None or begun is None:
            return None
        if now - begun.now >= MATCHING_SECONDS:
            return None
        return begun.at + timedelta(seconds=MATCHING_SECONDS)

    def match(self, vehicle_id: str | None) -> None:
        """Take which vehicle it is; what was known of the battery of another one is dropped."""
        if None not in {self.vehicle_id, vehicle_id} and self.vehicle_id != vehicle_id:
            self.battery = Battery()
        self.vehicle_id = vehicle_id

    def update(
        self,
        seen: ConnectorSituation,
        inputs: PlanInputsOfBus,
        local: datetime,
        voltage: float,
    ) -> None:
        """Take what is known now, and choose the plan that is in force; after an error there is none."""
        self.in_force = None
        plugged_in = inputs.plugged_in.get(self.connector_id, PluggedIn())
        self.vin = plugged_in.vin or self.vin
        self.maximum_drawn = max(self.maximum_drawn, seen.drawn)
        if (state := inputs.levels.get(self.connector_id)) is not None:
            # What it is offered is not known here: what it takes only shows that it takes so much.
            draw = Draw(seen.drawn, seen.drawn, seen.usable)
            self.battery.update(state, plugged_in.energy_kwh, draw)
        else:
            self.battery.lose()
        self._follow_requests(inputs, plugged_in, local)
        # Hours are missing as well while the connector is switched off.
        kilowatts = max(seen.usable, MIN_AMPS) * seen.phases * voltage / 1000
        needs = {}
        for plan_id, progress in self.progress.items():
            if plan_id in inputs.failed:
                continue
            with blamed_on(plan_id):
                charged = _charged(progress.began, plugged_in)
                need = need_of(
                    progress.request.goal, self.battery, charged, seen.usable, kilowatts
                )
                self.progress[plan_id] = advanced(progress, need, local)
            needs[plan_id] = need
        self.in_force = self._choose(inputs, local)
        if self.in_force is not None:
            self.need = needs[self.in_force.request.plan_id]
            self.charged = _charged(self.in_force.began, plugged_in)

    def note_slot(self, local: datetime, *, charges: bool) -> None:
        """Note whether the plan in force charges now."""
        if not charges:
            self.slot_began = None
        elif self.slot_began is None:
            self.slot_began = local.astimezone(UTC).replace(microsecond=0)

    def concerns(self, request: PlanRequest) -> bool:
        """Return whether a plan is for this connector and this vehicle."""
        return request.connector_id in {None, self.connector_id} and (
            request.vehicle_id in {None, self.vehicle_id}
        )

    def plan_ids(self, inputs: PlanInputsOfBus) -> frozenset[str]:
        """Return the ids of the plans for this connector and this vehicle, without those that have failed."""
        return frozenset(
            item.plan_id
            for item in inputs.requests
            if item.plan_id not in inputs.failed and self.concerns(item)
        )

    def _follow_requests(
        self, inputs: PlanInputsOfBus, plugged_in: PluggedIn, local: datetime
    ) -> None:
        """Begin with plans that are new, and end those that are gone; one that has failed stays as it is."""
        began = plugged_in if self.has_begun else PluggedIn()
        progress: dict[str, Progress] = {}
        for request in filter(self.concerns, inputs.requests):
            after = before = self.progress.get(request.plan_id)
            if request.plan_id not in inputs.failed:
                with blamed_on(request.plan_id):
                    after = _followed(before, request, began, local)
            if after is not None:
                progress[request.plan_id] = after
        self.progress = progress
        self.has_begun = True

    def _choose(self, inputs: PlanInputsOfBus, local: datetime) -> Progress | None:
        """Return the plan in force: one of an action first, then that which shall be ready first of those not reached."""
        settings = inputs.settings
        once = {item.plan_id for item in settings.once}
        candidates = [
            item
            for plan_id, item in self.progress.items()
            if item.request.enabled
            and plan_id not in inputs.failed
            and not settings.is_skipped(plan_id, local)
        ]
        if settings.paused or not candidates:
            return None

        def preference(item: Progress) -> tuple[bool, bool, datetime]:
            reached = item.state is ProgressState.REACHED
            is_over = reached and local >= item.ready
            return (
                item.request.plan_id not in once or is_over,
                reached,
                item.ready,
            )

        return min(candidates, key=preference)

    def ended_once(self, once: Collection[str], now: float) -> frozenset[str]:
        """Return which plans for a single time end with this session: none if it was no more than noise."""
        if self.plugged_at is not None and now - self.plugged_at.now < _NOISE_SECONDS:
            return frozenset()
        return frozenset(self.progress.keys() & set(once))


def _followed(
    before: Progress | None, request: PlanRequest, began: PluggedIn, local: datetime
) -> Progress | None:
    """Return how far a plan is, None if its time is over; one that is new begins."""
    if before is None:
        return begin(request, began, local)
    return revised(before, request, local)


def _charged(began: PluggedIn, now: PluggedIn) -> Charged:
    """Return what was charged since a plan began; a counter that went back counts from there."""
    return Charged(
        now.energy_kwh,
        max(0.0, now.energy_kwh - began.energy_kwh),
        max(0.0, now.charging_s - began.charging_s) / 3600,
    )
