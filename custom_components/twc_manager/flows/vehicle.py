"""The subentry flow of a vehicle: one with entities in Home Assistant, or one of a Tesla account."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from ..inputs.sensors import stable_id
from ..state.names import connector_names
from ..tesla import AccountError, Result, TeslaVehicle
from ..twc import format_id
from ..types import TwcConfigEntry
from ..vehicles.account_data import SUBENTRY_ACCOUNT
from ..vehicles.open_account import (
    LIBRARY_ISSUE,
    LibraryMissingError,
    async_need_reauth,
    async_open_account,
)
from ..vehicles.vehicle_data import (
    CONF_ACCOUNT,
    CONF_CAPACITY,
    CONF_CHARGE_CURRENT,
    CONF_CONNECTOR,
    CONF_KIND,
    CONF_OVERRIDE_SCHEDULE,
    CONF_SWITCH,
    CONF_THROUGH_VEHICLE,
    CONF_VIN,
    VehicleKind,
)
from .account_form import vehicle_name
from .fields import Errors, named
from .known_vehicles import known_vehicles
from .vehicle_form import (
    ANOTHER,
    CAPACITIES,
    ENTITY_DOMAINS,
    capacity_errors,
    capacity_field,
    current_error,
    entered_vin,
    entities_fields,
    entity_errors,
    form,
    vin_error,
    without_unset,
)

_LIMITS: Final = {
    "minimum_capacity": str(CAPACITIES[0]),
    "maximum_capacity": str(CAPACITIES[1]),
}
_UNSET: Final[Mapping[str, Any]] = dict.fromkeys(
    (CONF_VIN, CONF_ACCOUNT, *ENTITY_DOMAINS, CONF_CAPACITY, CONF_CONNECTOR)
)


class VehicleSubentryFlow(ConfigSubentryFlow):
    """Add a vehicle or change one."""

    def __init__(self) -> None:
        """Start without a choice."""
        self._suggested: Mapping[str, Any] | None = None
        self._account_id = ""
        self._vehicles: Mapping[str, TeslaVehicle] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the vehicle comes from."""
        if not self._accounts():
            return await self.async_step_entities()
        return self.async_show_menu(step_id="user", menu_options=list(VehicleKind))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the form that fits the stored vehicle."""
        subentry = self._get_reconfigure_subentry()
        if subentry.data[CONF_KIND] == VehicleKind.ACCOUNT:
            self._account_id = subentry.data[CONF_ACCOUNT]
            accounts = {item.subentry_id for item in self._accounts()}
            if accounts and self._account_id not in accounts:
                return await self.async_step_account()
            return await self.async_step_settings()
        self._suggested = {**subentry.data, CONF_NAME: subentry.title}
        return await self.async_step_entities()

    # A vehicle with entities in Home Assistant

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entities of a vehicle."""
        if self._suggested is None:
            if vehicles := self._free_known_vehicles():
                return self._show_known(vehicles)
            self._suggested = {}
        errors: Errors = {}
        if user_input is not None:
            errors = self._check_entities(user_input)
            if not errors:
                return self._save_entities(user_input)
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                form(entities_fields(self.hass) | self._common_fields()),
                without_unset(self._suggested) if user_input is None else user_input,
            ),
            errors=errors,
            description_placeholders=_LIMITS,
        )

    async def async_step_known(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        """Suggest the entities of the chosen vehicle."""
        vehicle = known_vehicles(self.hass).get(user_input[CONF_SWITCH])
        if vehicle is None:
            self._suggested = {}
        else:
            self._suggested = {
                **vehicle.entities,
                CONF_VIN: vehicle.vin,
                CONF_NAME: vehicle.name,
            }
        return await self.async_step_entities()

    def _free_known_vehicles(self) -> dict[str, str]:
        """Return the names of the vehicles that can be added, by their switches."""
        taken = {subentry.unique_id for subentry in self._other_vehicles()}
        return {
            switch: vehicle.name
            for switch, vehicle in known_vehicles(self.hass).items()
            if vehicle.vin not in taken
        }

    @callback
    def _show_known(self, vehicles: Mapping[str, str]) -> SubentryFlowResult:
        field = named({**vehicles, ANOTHER: ANOTHER}, key="known_vehicle")
        first = next(iter(vehicles))
        fields = {vol.Required(CONF_SWITCH, default=first): field}
        return self.async_show_form(step_id="known", data_schema=form(fields))

    def _check_entities(self, user_input: Mapping[str, Any]) -> Errors:
        """Return the errors of a vehicle that has entities."""
        errors = self._check_common(user_input) | entity_errors(self.hass, user_input)
        others = [subentry.data for subentry in self._other_vehicles()]
        if any(other[CONF_SWITCH] == user_input[CONF_SWITCH] for other in others):
            errors.setdefault(CONF_SWITCH, "switch_used")
        numbers = {other.get(CONF_CHARGE_CURRENT) for other in others}
        errors = current_error(self.hass, user_input, numbers) | errors
        used_vins = {other[CONF_VIN] for other in others}
        if (error := vin_error(entered_vin(user_input), used_vins)) is not None:
            errors[CONF_VIN] = error
        return errors

    @callback
    def _save_entities(self, user_input: Mapping[str, Any]) -> SubentryFlowResult:
        vin, switch = entered_vin(user_input), user_input[CONF_SWITCH]
        entities = {part: user_input.get(part) for part in ENTITY_DOMAINS}
        return self._save(
            title=user_input[CONF_NAME].strip(),
            unique_id=vin or stable_id(er.async_get(self.hass), switch),
            data={
                CONF_KIND: VehicleKind.ENTITIES.value,
                CONF_VIN: vin,
                CONF_THROUGH_VEHICLE: user_input[CONF_THROUGH_VEHICLE],
                **entities,
            },
            user_input=user_input,
        )

    # A vehicle of a Tesla account

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the account if there are several."""
        accounts = {item.subentry_id: item.title for item in self._accounts()}
        if user_input is not None:
            return await self._async_of_account(user_input[CONF_ACCOUNT])
        if len(accounts) == 1:
            return await self._async_of_account(next(iter(accounts)))
        fields = {vol.Required(CONF_ACCOUNT): named(accounts)}
        return self.async_show_form(step_id="account", data_schema=form(fields))

    async def _async_of_account(self, account_id: str) -> SubentryFlowResult:
        """Continue with an account: choose a vehicle, or move the existing one to this account."""
        self._account_id = account_id
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_vehicle()
        if self._before()[CONF_VIN] not in await self._async_vehicles():
            raise AbortFlow("not_in_account")
        return await self.async_step_settings()

    async def async_step_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the vehicle."""
        if user_input is None:
            self._vehicles = await self._async_vehicles()
            if not self._vehicles:
                raise AbortFlow("no_more_vehicles")
            errors: Errors = {}
        else:
            errors = self._check_common(user_input)
            if not errors:
                return self._save_vehicle(user_input)
        names = {vin: vehicle_name(vehicle) for vin, vehicle in self._vehicles.items()}
        fields = {vol.Required(CONF_VIN, default=next(iter(names))): named(names)}
        return self.async_show_form(
            step_id="vehicle",
            data_schema=self.add_suggested_values_to_schema(
                form(fields | self._common_fields()), user_input
            ),
            errors=errors,
            description_placeholders=_LIMITS,
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the settings of a vehicle of an account."""
        subentry = self._get_reconfigure_subentry()
        errors: Errors = {}
        if user_input is not None:
            errors = self._check_common(user_input)
            if not errors:
                return self._save(
                    title=user_input[CONF_NAME].strip(),
                    unique_id=subentry.unique_id,
                    data={**subentry.data, CONF_ACCOUNT: self._account_id},
                    user_input=user_input,
                )
        shown = without_unset({**subentry.data, CONF_NAME: subentry.title})
        fields = {vol.Required(CONF_NAME): TextSelector(), **self._common_fields()}
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                form(fields), shown if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders=_LIMITS,
        )

    async def _async_vehicles(self) -> dict[str, TeslaVehicle]:
        """Return the vehicles of the account that can be added, by VIN.

        Raises:
            AbortFlow: if the account does not return its vehicles.

        """
        entry = self._get_entry()
        subentry = entry.subentries[self._account_id]
        try:
            account = await async_open_account(self.hass, entry, subentry)
            vehicles = await account.vehicles()
        except LibraryMissingError:
            raise AbortFlow(LIBRARY_ISSUE) from None
        except AccountError as err:
            if err.answer.result is Result.REAUTH:
                async_need_reauth(self.hass, entry, self._account_id)
                raise AbortFlow("needs_token") from None
            if err.answer.host_not_found:
                raise AbortFlow("host_not_found") from None
            raise AbortFlow("no_answer", {"reason": err.answer.reason or "–"}) from None
        taken = {other.data[CONF_VIN] for other in self._other_vehicles()}
        return {
            vehicle.vin: vehicle for vehicle in vehicles if vehicle.vin not in taken
        }

    @callback
    def _save_vehicle(self, user_input: Mapping[str, Any]) -> SubentryFlowResult:
        vehicle = self._vehicles[user_input[CONF_VIN]]
        return self._save(
            title=vehicle_name(vehicle),
            unique_id=vehicle.vin,
            data={
                CONF_KIND: VehicleKind.ACCOUNT.value,
                CONF_VIN: vehicle.vin,
                CONF_ACCOUNT: self._account_id,
            },
            user_input=user_input,
        )

    # What all vehicles have in common

    def _common_fields(self) -> dict[Any, Any]:
        """Return the fields of any vehicle; a connector can be chosen as soon as one is known."""
        fields = capacity_field()
        names = {
            format_id(connector_id): name or format_id(connector_id)
            for connector_id, name in connector_names(
                self.hass, self._get_entry()
            ).items()
        }
        if (chosen := self._before().get(CONF_CONNECTOR)) is not None:
            names.setdefault(chosen, chosen)
        if names:
            fields[vol.Optional(CONF_CONNECTOR)] = named(names, can_be_emptied=True)
        fields[vol.Required(CONF_OVERRIDE_SCHEDULE, default=False)] = BooleanSelector()
        return fields

    def _check_common(self, user_input: Mapping[str, Any]) -> Errors:
        errors = capacity_errors(user_input)
        if CONF_NAME in user_input and not user_input[CONF_NAME].strip():
            errors[CONF_NAME] = "name_missing"
        connector = user_input.get(CONF_CONNECTOR)
        others = self._other_vehicles()
        if connector and any(
            other.data[CONF_CONNECTOR] == connector for other in others
        ):
            errors[CONF_CONNECTOR] = "connector_used"
        return errors

    @callback
    def _save(
        self,
        *,
        title: str,
        unique_id: str | None,
        data: Mapping[str, Any],
        user_input: Mapping[str, Any],
    ) -> SubentryFlowResult:
        """Add the vehicle or change it; the vehicle manager applies the change."""
        complete = {
            **_UNSET,
            CONF_THROUGH_VEHICLE: False,
            **data,
            CONF_CAPACITY: user_input.get(CONF_CAPACITY),
            CONF_CONNECTOR: user_input.get(CONF_CONNECTOR),
            CONF_OVERRIDE_SCHEDULE: user_input[CONF_OVERRIDE_SCHEDULE],
        }
        if any(other.unique_id == unique_id for other in self._other_vehicles()):
            raise AbortFlow("already_configured")
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(
                title=title, data=complete, unique_id=unique_id
            )
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=title,
            unique_id=unique_id,
            data=complete,
        )

    def _before(self) -> Mapping[str, Any]:
        """Return the stored vehicle; an empty mapping if it is new."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        return self._get_reconfigure_subentry().data

    def _accounts(self) -> list[ConfigSubentry]:
        return list(self._get_entry().get_subentries_of_type(SUBENTRY_ACCOUNT))

    def _other_vehicles(self) -> list[ConfigSubentry]:
        """Return all vehicles except the one that is being changed."""
        entry: TwcConfigEntry = self._get_entry()
        changed = self.context.get("subentry_id")
        return [
            subentry
            for subentry in entry.get_subentries_of_type(self._subentry_type)
            if subentry.subentry_id != changed
        ]
