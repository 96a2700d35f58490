"""The subentry flow of a plan: the goal of a vehicle, and the time at which it has to be reached."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.util import dt as dt_util

from ..charging.plans.reach import Reach
from ..charging.plans.request import PlanRequest
from ..inputs.plans import CONF_READY, coincide, plan_of, plans_of
from ..state.names import connector_names
from ..vehicles.vehicle_data import vehicles_of
from .named import NamedSubentryFlow
from .plan_form import (
    LIMITS,
    TIMES,
    as_stored,
    plan_errors,
    plan_schema,
    suggestions,
    vehicle_options,
)


class PlanSubentryFlow(NamedSubentryFlow):
    """Add a plan or change one."""

    def __init__(self) -> None:
        """Start without input."""
        self._entered: dict[str, Any] | None = None

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the new plan is for days of the week or for once."""
        if not self._vehicles():
            raise AbortFlow("no_car")
        return self.async_show_menu(step_id="user", menu_options=list(TIMES))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the plan is for days of the week or for once from now on."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=list(TIMES),
            description_placeholders={"name": self._get_reconfigure_subentry().title},
        )

    async def async_step_weekly(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a plan with a time on days of the week."""
        return self._ask("weekly", user_input)

    async def async_step_once(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a plan with a date and a time."""
        return self._ask("once", user_input)

    async def async_step_same_time(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a plan that is for the same vehicle and time as others."""
        return self._warn()

    async def async_step_too_much(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a plan that asks for more than is possible."""
        reach = self._short_reach()
        return self._save() if reach is None else self._warn_of_too_much(reach)

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Save the plan in spite of a warning."""
        return self._save()

    @callback
    def _save(self) -> SubentryFlowResult:
        assert self._entered is not None
        return self._save_named(self._entered, as_stored(self._entered))

    @callback
    def _ask(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors = {}
        if user_input is not None:
            errors = self._name_errors(user_input)
            errors |= plan_errors(user_input, self._get_entry())
            if not errors:
                return self._save_or_warn(user_input)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                plan_schema(step_id, self._vehicles()),
                self._shown(step_id) if user_input is None else user_input,
            ),
            errors=errors,
            description_placeholders=LIMITS,
        )

    @callback
    def _save_or_warn(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        """Save the plan, or warn about others for the same vehicle and time, or about a goal that cannot be reached."""
        self._entered = user_input
        if self._others_at_same_time():
            return self._warn()
        if (reach := self._short_reach()) is not None:
            return self._warn_of_too_much(reach)
        return self._save()

    @callback
    def _warn(self) -> SubentryFlowResult:
        """Show the plans for the same vehicle and time; the entered one can be saved anyway."""
        assert self._entered is not None
        step = "once" if CONF_READY in self._entered else "weekly"
        return self.async_show_menu(
            step_id="same_time",
            menu_options=["save", step],
            description_placeholders={
                "name": self._entered[CONF_NAME].strip(),
                "others": ", ".join(self._others_at_same_time()),
            },
        )

    @callback
    def _warn_of_too_much(self, reach: Reach) -> SubentryFlowResult:
        """Show what is possible; the entered plan can be saved anyway."""
        assert self._entered is not None
        step = "once" if CONF_READY in self._entered else "weekly"
        return self.async_show_menu(
            step_id="too_much",
            menu_options=["save", step],
            description_placeholders={
                "name": self._entered[CONF_NAME].strip(),
                "needed": f"{reach.needed_kwh:.0f}",
                "possible": f"{reach.possible_kwh:.0f}",
            },
        )

    def _short_reach(self) -> Reach | None:
        """Return the maximum that the plan can reach, if that is not enough at any connector it may be for; None otherwise."""
        assert self._entered is not None
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        plans = entry.runtime_data.plans
        this = plan_of("", "", as_stored(self._entered))
        ids = connector_names(self.hass, entry)
        places = {item for item in self._places(this) if isinstance(item, int)}
        found = [
            reach
            for connector_id in places or ids
            if (reach := plans.reach_of(this, connector_id)) is not None
        ]
        best = max(found, key=attrgetter("possible_kwh"), default=None)
        return best if best is not None and best.is_enough is False else None

    def _others_at_same_time(self) -> list[str]:
        """Return the names of the other plans for the same vehicle that are ready at the same time."""
        assert self._entered is not None
        changed = self.context.get("subentry_id")
        this = plan_of("", "", as_stored(self._entered))
        return [
            plan.name
            for plan in plans_of(self._get_entry())
            if plan.plan_id != changed
            and self._places(plan) & self._places(this)
            and coincide(plan, this, dt_util.now())
        ]

    def _places(self, plan: PlanRequest) -> set[str | int]:
        """Return the connector and the vehicle of a plan, and the connector that the vehicle is assigned to."""
        vehicle = vehicles_of(self._get_entry()).get(plan.vehicle_id or "")
        own = None if vehicle is None else vehicle.connector
        places = (plan.connector_id, plan.vehicle_id, own)
        return {place for place in places if place is not None}

    def _vehicles(self) -> dict[str, str]:
        return vehicle_options(self.hass, self._get_entry(), self._before())

    def _shown(self, step_id: str) -> Mapping[str, Any]:
        """Return the suggested values of the form; a vehicle that was removed has to be chosen anew."""
        if self._entered is not None:
            return self._entered
        shown = suggestions(step_id, self._before())
        if self.source == SOURCE_RECONFIGURE:
            shown[CONF_NAME] = self._get_reconfigure_subentry().title
        return shown
