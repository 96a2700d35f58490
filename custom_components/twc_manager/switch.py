"""Switches of TWC Manager: which connectors may charge, and which rules are in force."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import UndefinedType
from homeassistant.util import dt as dt_util

from .charging.modes.active_rule import ChargeNow
from .charging.modes.user_settings import UserSettings
from .coordinator import TwcCoordinator
from .entity import (
    TwcBusSetting,
    TwcConnectorSetting,
    TwcEntity,
    TwcHouseEntity,
    TwcPlanEntity,
    add_for_each_connector,
    add_for_each_subentry,
)
from .inputs.plans import SUBENTRY_PLAN
from .types import TwcConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BusSwitchDescription(SwitchEntityDescription):
    """Describe a switch of the bus."""

    is_on_fn: Callable[[UserSettings], bool]
    set_fn: Callable[[UserSettings, bool, datetime], UserSettings]


CHARGE_NOW_FOR_ALL: Final = BusSwitchDescription(
    key="charge_now",
    translation_key="charge_now",
    is_on_fn=lambda user_settings: bool(user_settings.charge_now),
    set_fn=lambda user_settings, on, local: replace(
        user_settings, charge_now=(ChargeNow.begin(local),) if on else ()
    ),
)
RESUME_GREEN: Final = BusSwitchDescription(
    key="resume_green",
    translation_key="resume_green",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
    is_on_fn=lambda user_settings: user_settings.resume,
    set_fn=lambda user_settings, on, local: user_settings.with_resume(local, resume=on),
)

BATTERY_BOOST: Final = BusSwitchDescription(
    key="battery_boost",
    translation_key="battery_boost",
    is_on_fn=lambda user_settings: user_settings.house.boost,
    set_fn=lambda user_settings, on, local: user_settings.with_house(boost=on),
)

SCHEDULE: Final = "schedule"

CHARGE: Final = SwitchEntityDescription(key="charge", translation_key="charge")
CHARGE_NOW: Final = SwitchEntityDescription(
    key="charge_now", translation_key="charge_now"
)
PAUSE_PLANS: Final = SwitchEntityDescription(
    key="pause_plans",
    translation_key="pause_plans",
    entity_category=EntityCategory.CONFIG,
)
PLAN: Final = SwitchEntityDescription(key="plan", translation_key="plan")
SKIP_PLAN: Final = SwitchEntityDescription(key="skip", translation_key="skip_plan")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches."""
    coordinator = entry.runtime_data
    async_add_entities([BusSwitch(coordinator, CHARGE_NOW_FOR_ALL)])
    if coordinator.inputs.options.green is not None:
        async_add_entities([BusSwitch(coordinator, RESUME_GREEN)])
    if coordinator.inputs.options.has_battery:
        async_add_entities([HouseSwitch(coordinator, BATTERY_BOOST)])
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [
            ChargeSwitch(coordinator, CHARGE, connector_id),
            ChargeNowSwitch(coordinator, CHARGE_NOW, connector_id),
        ],
    )
    _add_for_each_schedule(entry, async_add_entities)
    async_add_entities([PausePlansSwitch(coordinator, PAUSE_PLANS)])
    add_for_each_subentry(
        entry,
        async_add_entities,
        SUBENTRY_PLAN,
        lambda plan_id: [
            PlanSwitch(coordinator, PLAN, plan_id),
            SkipPlanSwitch(coordinator, SKIP_PLAN, plan_id),
        ],
    )


@callback
def _add_for_each_schedule(
    entry: TwcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a switch for each schedule, and remove it together with its schedule.

    They are not entities of the subentries: those would move the device of the bus to a subentry.
    """
    coordinator = entry.runtime_data
    added: set[str] = set()

    @callback
    def follow() -> None:
        there = coordinator.data.schedules.keys()
        if added == there:
            return
        _forget_schedules(coordinator)
        async_add_entities(
            ScheduleSwitch(coordinator, schedule_id)
            for schedule_id in sorted(there - added)
        )
        added.clear()
        added.update(there)

    _forget_schedules(coordinator)
    follow()
    entry.async_on_unload(coordinator.async_add_listener(follow))


def _forget_schedules(coordinator: TwcCoordinator) -> None:
    """Remove the switches of schedules that were removed."""
    entry_id = coordinator.config_entry.entry_id
    kept = {
        f"{entry_id}_{SCHEDULE}_{schedule_id}"
        for schedule_id in coordinator.data.schedules
    }
    registry = er.async_get(coordinator.hass)
    for entity in er.async_entries_for_config_entry(registry, entry_id):
        if entity.translation_key == SCHEDULE and entity.unique_id not in kept:
            registry.async_remove(entity.entity_id)


class _Switch(TwcEntity, SwitchEntity):
    """A switch that shows and changes a user setting."""

    @property
    @abstractmethod
    @override
    def is_on(self) -> bool:
        """Return whether it is on."""

    @abstractmethod
    def _set(self, *, on: bool) -> None:
        """Change the setting."""

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on."""
        self._set(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off."""
        self._set(on=False)


class BusSwitch(TwcBusSetting, _Switch):
    """A switch of the bus."""

    entity_description: BusSwitchDescription

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is on."""
        return self.entity_description.is_on_fn(self.coordinator.data.user_settings)

    @override
    def _set(self, *, on: bool) -> None:
        coordinator = self.coordinator
        user_settings = self.entity_description.set_fn(
            coordinator.user_settings, on, dt_util.now()
        )
        coordinator.async_update_user_settings(user_settings, self._context)


class HouseSwitch(TwcHouseEntity, BusSwitch):
    """A switch for the whole house."""


class ScheduleSwitch(TwcBusSetting, _Switch):
    """Whether a schedule is enabled."""

    def __init__(self, coordinator: TwcCoordinator, schedule_id: str) -> None:
        """Name the switch after its schedule."""
        super().__init__(
            coordinator,
            SwitchEntityDescription(
                key=f"{SCHEDULE}_{schedule_id}",
                translation_key=SCHEDULE,
                entity_category=EntityCategory.CONFIG,
            ),
        )
        self._schedule_id = schedule_id
        self._attr_translation_placeholders = {}
        self._update_name()

    def _update_name(self) -> None:
        name = self.coordinator.data.schedules.get(self._schedule_id)
        if name is not None:
            self._attr_translation_placeholders = {"schedule": name}

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the schedule is enabled."""
        return (
            self._schedule_id
            not in self.coordinator.data.user_settings.disabled_schedules
        )

    @override
    def _set(self, *, on: bool) -> None:
        user_settings = self.coordinator.user_settings
        disabled = set(user_settings.disabled_schedules) - {self._schedule_id}
        if not on:
            disabled.add(self._schedule_id)
        self.coordinator.async_update_user_settings(
            replace(user_settings, disabled_schedules=frozenset(disabled))
        )

    @property
    @override
    def name(self) -> str | UndefinedType | None:
        """Return the name, which follows the schedule's; Home Assistant would cache the first one."""
        return self._name_internal(None, self.platform_data.platform_translations)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._update_name()
        super()._handle_coordinator_update()

    @override
    def _shown(self) -> Any:
        return self.state, self._attr_translation_placeholders


class PausePlansSwitch(TwcBusSetting, _Switch):
    """Whether all plans are paused, for a holiday for instance."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether they are paused."""
        return self.coordinator.plans.settings.paused

    @override
    def _set(self, *, on: bool) -> None:
        self.coordinator.plans.async_pause(paused=on)


class PlanSwitch(TwcPlanEntity, _Switch):
    """Whether a plan is enabled."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the plan is enabled."""
        return self.plan_id not in self.coordinator.plans.settings.disabled

    @override
    def _set(self, *, on: bool) -> None:
        self.coordinator.plans.async_enable(self.plan_id, enabled=on)


class SkipPlanSwitch(TwcPlanEntity, _Switch):
    """Whether the next occurrence of a plan is skipped; the switch turns off by itself afterwards."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the plan is skipped."""
        plans = self.coordinator.plans
        return plans.settings.is_skipped(self.plan_id, dt_util.utcnow())

    @override
    def _set(self, *, on: bool) -> None:
        self.coordinator.plans.async_skip(self.plan_id, skip=on)


class ChargeSwitch(TwcConnectorSetting, _Switch):
    """Whether a connector may charge; its limit is kept while it may not."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the connector may charge."""
        return self.settings.enabled

    @override
    def _set(self, *, on: bool) -> None:
        self.change_settings(replace(self.settings, enabled=on))


class ChargeNowSwitch(TwcConnectorSetting, _Switch):
    """Charge now at one connector, until its vehicle is unplugged and for the default duration at most."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether charge now applies to the connector, by itself or with the whole bus."""
        user_settings = self.coordinator.data.user_settings
        return user_settings.charge_now_at(self.connector_id) is not None

    @override
    def _set(self, *, on: bool) -> None:
        coordinator, own = self.coordinator, frozenset({self.connector_id})
        user_settings = coordinator.user_settings
        if on:
            charge_now = ChargeNow.begin(
                dt_util.now(), connectors=own, until_unplugged=True
            )
            user_settings = user_settings.with_charge_now(charge_now)
        else:
            known = coordinator.persistence.connectors
            user_settings = user_settings.without_charge_now(own, known)
        coordinator.async_update_user_settings(user_settings, self._context)
