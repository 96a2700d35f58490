"""Decides whether the house battery should hold, by the source that the vehicles of a bus charge from."""

from collections.abc import Mapping
from dataclasses import replace

from ..charging.limits.battery_hold import BatteryBoost, BatteryHold
from ..charging.modes.house_settings import HouseUserSettings
from ..charging.modes.user_settings import UserSettings
from ..charging.outcome import ActiveRule
from ..charging.rules import RulesResult
from ..charging.supply.surplus import Readings
from ..charging.wiring import Wiring, charging, power
from ..twc import Snapshot


class BatteryWatcher:
    """Decides whether the house battery should hold."""

    def __init__(self, wiring: Wiring) -> None:
        """Start with a battery that does not have to hold."""
        self._wiring = wiring
        self._hold = BatteryHold()
        self._is_boost_over = False

    def follow(
        self,
        now: float,
        snapshot: Snapshot,
        result: RulesResult,
        readings: Readings | None,
        settings: HouseUserSettings,
    ) -> RulesResult:
        """Return the result of the rules with the decision for the battery; unchanged without a battery sensor.

        Args:
            now: the time, in s of a monotonic clock.
            snapshot: the bus.
            result: the decision of the rules.
            readings: the readings for green energy; None without sensors.
            settings: the owner's settings for the house.

        """
        if readings is None or readings.battery_power is None:
            return result
        level = readings.battery_level
        status = self._hold.update(
            now,
            BatteryBoost(settings.boost, settings.boost_down_to),
            None if level is None else level.value,
            from_grid=self._is_from_grid(snapshot, result),
        )
        self._is_boost_over = status.is_boost_over
        limits = replace(result.decision.limits, battery=status)
        return replace(result, decision=replace(result.decision, limits=limits))

    def settled(self, user_settings: UserSettings) -> UserSettings:
        """Return the owner's settings without a boost that has ended."""
        if not (self._is_boost_over and user_settings.house.boost):
            return user_settings
        return user_settings.with_house(boost=False)

    def _is_from_grid(self, snapshot: Snapshot, result: RulesResult) -> bool:
        """Return whether a vehicle charges by another rule than green energy, and charging takes more than the surplus."""
        drawing = charging(snapshot.connectors)
        if not any(
            _takes_any(result.active_rules, item.connector_id) for item in drawing
        ):
            return False
        if result.surplus is None or result.surplus.watts is None:
            return True
        taken = sum(power(item, self._wiring) for item in drawing)
        return taken > result.surplus.watts


def _takes_any(rules: Mapping[int, ActiveRule], connector_id: int) -> bool:
    """Return whether a vehicle may charge from any source."""
    rule = rules.get(connector_id)
    return rule is not None and not rule.green
