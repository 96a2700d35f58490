"""Puts together what the entities of a bus show."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from ..charging.explain import Scene
from ..charging.plans.settings import PlanSettings
from ..charging.rules import RulesResult
from ..charging.wiring import Wiring
from ..twc import BusStatus, Snapshot, Statistics
from ..vehicles.readings import VehicleReadings
from .costs import CostView
from .data import TwcData, is_paused
from .explanations import BusExplanation, Explainer
from .persistence import BusPersistence

STATISTICS_SECONDS: Final = 60.0
"""How often the counts of the bus may change; each change is written to the recorder's database."""


class BusView:
    """Combines the bus, the result of the rules and the stored data in one value."""

    def __init__(
        self,
        wiring: Wiring,
        persistence: BusPersistence,
        read_statistics: Callable[[], Statistics],
    ) -> None:
        """Start without counts."""
        self._persistence = persistence
        self._wiring = wiring
        self._explainer = Explainer()
        self._costs = CostView()
        self._read_statistics = read_statistics
        self._statistics = Statistics()
        self._statistics_at = 0.0

    def before_start(self, schedules: Mapping[str, str]) -> TwcData:
        """Return the data to show before the port is open."""
        return TwcData(
            status=BusStatus.OFFLINE,
            connectors={},
            explanations={},
            explanation=BusExplanation(),
            user_settings=self._persistence.user_settings,
            statistics=self._statistics,
            schedules=schedules,
        )

    def read(
        self,
        snapshot: Snapshot,
        result: RulesResult,
        vehicles: VehicleReadings,
        schedules: Mapping[str, str],
        plan_settings: PlanSettings,
        *,
        now: float,
        local: datetime,
    ) -> TwcData:
        """Return the data to show now.

        Args:
            snapshot: the bus.
            result: the decision of the rules on that snapshot.
            vehicles: the readings of the vehicles and accounts.
            schedules: the names of the schedules by their ids.
            plan_settings: what the owner set of the plans.
            now: the time, in s of a monotonic clock.
            local: the local time.

        """
        offline = snapshot.status is BusStatus.OFFLINE
        user_settings = self._persistence.user_settings
        scene = Scene(result, snapshot, user_settings, self._wiring, now, local)
        explanations = self._explainer.connectors(scene)
        return TwcData(
            status=snapshot.status,
            connectors={
                item.connector_id: self._persistence.meters(item).read(
                    item, now, paused=is_paused(result, item.connector_id)
                )
                for item in (() if offline else snapshot.connectors)
            },
            explanations=explanations,
            explanation=self._explainer.bus(scene, explanations),
            user_settings=user_settings,
            statistics=self._statistics_now(now),
            schedules=schedules,
            vehicles=vehicles,
            plans=result.plans.statuses,
            plan_settings=plan_settings,
            costs=self._costs.read(
                self._persistence.counters,
                self._persistence.connectors,
                vehicles.vehicles,
                now=now,
                local=local,
            ),
        )

    def _statistics_now(self, now: float) -> Statistics:
        if now - self._statistics_at >= STATISTICS_SECONDS:
            self._statistics_at = now
            self._statistics = self._read_statistics()
        return self._statistics
