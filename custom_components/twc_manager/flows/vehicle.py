"""Subentry flow of a car: one that Home Assistant knows, or one of a Tesla account."""

from collections.abc import Mapping
import re
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

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
    CONF_BATTERY,
    CONF_CABLE,
    CONF_CHARGING_STATE,
    CONF_CONNECTOR,
    CONF_KIND,
    CONF_LOCATION,
    CONF_OVERRIDE_SCHEDULE,
    CONF_SWITCH,
    CONF_VIN,
    VehicleKind,
)
from .account_form import vehicle_name
from .fields import Errors, connector_names, entity_error, own_entities
from .known_vehicles import known_vehicles

ANOTHER: Final = "another"
_VIN: Final = re.compile(r"[0-9A-HJ-NPR-Z]{17}")
_DOMAINS: Final[Mapping[str, tuple[str, ...]]] = {
    CONF_SWITCH: (Platform.SWITCH, "input_boolean"),
    CONF_CABLE: (Platform.BINARY_SENSOR, "input_boolean"),
    CONF_CHARGING_STATE: (Platform.SENSOR, Platform.BINARY_SENSOR),
    CONF_LOCATION: (Platform.DEVICE_TRACKER,),
    CONF_BATTERY: (Platform.SENSOR,),
}
"""What kinds of entity tell, or do, which part of it."""

_NOTHING: Final[Mapping[str, Any]] = dict.fromkeys(
    (CONF_VIN, CONF_ACCOUNT, *_DOMAINS, CONF_CONNECTOR)
)


class VehicleSubentryFlow(ConfigSubentryFlow):
    """Add a car or change one."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._suggested: Mapping[str, Any] | None = None
        self._account_id = ""
        self._cars: Mapping[str, TeslaVehicle] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the car is known."""
        if not self._accounts():
            return await self.async_step_entities()
        return self.async_show_menu(step_id="user", menu_options=list(VehicleKind))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for what is to change."""
        subentry = self._get_reconfigure_subentry()
        if subentry.data[CONF_KIND] == VehicleKind.ACCOUNT:
            self._account_id = subentry.data[CONF_ACCOUNT]
            accounts = {item.subentry_id for item in self._accounts()}
            if accounts and self._account_id not in accounts:
                return await self.async_step_account()
            return await self.async_step_settings()
        self._suggested = {**subentry.data, CONF_NAME: subentry.title}
        return await self.async_step_entities()

    # A car that Home Assistant knows

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entities of a car."""
        if self._suggested is None:
            if cars := self._free_known_cars():
                return self._show_known(cars)
            self._suggested = {}
        errors: Errors = {}
        if user_input is not None:
            errors = self._check_entities(user_input)
            if not errors:
                return self._save_entities(user_input)
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                self._entities_schema(),
                _shown(self._suggested) if user_input is None else user_input,
            ),
            errors=errors,
        )

    async def async_step_known(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        """Fill in the entities of the car that was chosen."""
        car = known_vehicles(self.hass).get(user_input[CONF_SWITCH])
        if car is None:
            self._suggested = {}
        else:
            self._suggested = {**car.entities, CONF_VIN: car.vin, CONF_NAME: car.name}
        return await self.async_step_entities()

    def _free_known_cars(self) -> dict[str, str]:
        """Return the names of the cars that were not added yet, by their switches."""
        taken = {subentry.unique_id for subentry in self._other_vehicles()}
        return {
            switch: car.name
            for switch, car in known_vehicles(self.hass).items()
            if car.vin not in taken
        }

    @callback
    def _show_known(self, cars: Mapping[str, str]) -> SubentryFlowResult:
        options = _options({**cars, ANOTHER: ANOTHER})
        config = SelectSelectorConfig(
            options=options,
            mode=SelectSelectorMode.LIST,
            translation_key="known_car",
        )
        first = next(iter(cars))
        fields = {vol.Required(CONF_SWITCH, default=first): SelectSelector(config)}
        return self.async_show_form(step_id="known", data_schema=_schema(fields))

    def _entities_schema(self) -> Any:
        mine = own_entities(self.hass)
        fields: dict[Any, Any] = {vol.Required(CONF_NAME): TextSelector()}
        for part, domains in _DOMAINS.items():
            marker = vol.Required if part == CONF_SWITCH else vol.Optional
            fields[marker(part)] = EntitySelector(
                EntitySelectorConfig(
                    exclude_entities=mine,
                    filter=EntityWithDeviceFilterSelectorConfig(domain=list(domains)),
                )
            )
        fields[vol.Optional(CONF_VIN)] = TextSelector()
        return _schema(fields | self._common_fields())

    def _check_entities(self, user_input: Mapping[str, Any]) -> Errors:
        """Return what is wrong with what was entered."""
        errors = self._check_common(user_input)
        for part, domains in _DOMAINS.items():
            if part not in user_input:
                continue
            wrong = f"not_{part}"
            error = entity_error(self.hass, user_input[part], domains, wrong=wrong)
            if error is not None:
                errors[part] = error
        others = [subentry.data for subentry in self._other_vehicles()]
        if any(other[CONF_SWITCH] == user_input[CONF_SWITCH] for other in others):
            errors.setdefault(CONF_SWITCH, "switch_used")
        vin = _vin(user_input)
        if vin is not None and not _VIN.fullmatch(vin):
            errors[CONF_VIN] = "vin_invalid"
        elif vin is not None and any(other[CONF_VIN] == vin for other in others):
            errors[CONF_VIN] = "vin_used"
        return errors

    @callback
    def _save_entities(self, user_input: Mapping[str, Any]) -> SubentryFlowResult:
        vin, switch = _vin(user_input), user_input[CONF_SWITCH]
        entities = {part: user_input.get(part) for part in _DOMAINS}
        return self._save(
            title=user_input[CONF_NAME].strip(),
            unique_id=vin or _entity_key(self.hass, switch),
            data={CONF_KIND: VehicleKind.ENTITIES.value, CONF_VIN: vin, **entities},
            user_input=user_input,
        )

    # A car of a Tesla account

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the account, if there are several."""
        accounts = {item.subentry_id: item.title for item in self._accounts()}
        if user_input is not None:
            return await self._async_of_account(user_input[CONF_ACCOUNT])
        if len(accounts) == 1:
            return await self._async_of_account(next(iter(accounts)))
        fields = {vol.Required(CONF_ACCOUNT): _select(accounts)}
        return self.async_show_form(step_id="account", data_schema=_schema(fields))

    async def _async_of_account(self, account_id: str) -> SubentryFlowResult:
        """Go on with an account: to the choice of a car, or with the one whose account was removed."""
        self._account_id = account_id
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_car()
        if self._before()[CONF_VIN] not in await self._async_cars():
            raise AbortFlow("not_in_account")
        return await self.async_step_settings()

    async def async_step_car(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the car."""
        if user_input is None:
            self._cars = await self._async_cars()
            if not self._cars:
                raise AbortFlow("no_more_cars")
            errors: Errors = {}
        else:
            errors = self._check_common(user_input)
            if not errors:
                return self._save_car(user_input)
        names = {vin: vehicle_name(car) for vin, car in self._cars.items()}
        fields = {vol.Required(CONF_VIN, default=next(iter(names))): _select(names)}
        return self.async_show_form(
            step_id="car",
            data_schema=self.add_suggested_values_to_schema(
                _schema(fields | self._common_fields()), user_input
            ),
            errors=errors,
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for what can be changed of a car of an account."""
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
        shown = _shown({**subentry.data, CONF_NAME: subentry.title})
        fields = {vol.Required(CONF_NAME): TextSelector(), **self._common_fields()}
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                _schema(fields), shown if user_input is None else user_input
            ),
            errors=errors,
        )

    async def _async_cars(self) -> dict[str, TeslaVehicle]:
        """Return the cars of the account that were not added yet, by VIN; AbortFlow if it does not tell."""
        entry = self._get_entry()
        subentry = entry.subentries[self._account_id]
        try:
            account = await async_open_account(self.hass, entry, subentry)
            cars = await account.cars()
        except LibraryMissingError:
            raise AbortFlow(LIBRARY_ISSUE) from None
        except AccountError as err:
            if err.answer.result is Result.REAUTH:
                async_need_reauth(self.hass, entry, self._account_id)
                raise AbortFlow("needs_token") from None
            raise AbortFlow("no_answer", {"reason": err.answer.reason or "–"}) from None
        taken = {other.data[CONF_VIN] for other in self._other_vehicles()}
        return {car.vin: car for car in cars if car.vin not in taken}

    @callback
    def _save_car(self, user_input: Mapping[str, Any]) -> SubentryFlowResult:
        car = self._cars[user_input[CONF_VIN]]
        return self._save(
            title=vehicle_name(car),
            unique_id=car.vin,
            data={
                CONF_KIND: VehicleKind.ACCOUNT.value,
                CONF_VIN: car.vin,
                CONF_ACCOUNT: self._account_id,
            },
            user_input=user_input,
        )

    # What all cars have in common

    def _common_fields(self) -> dict[Any, Any]:
        """Return the fields of any car; a connector can be chosen once there is one."""
        fields: dict[Any, Any] = {}
        names = {
            format_id(connector_id): name or format_id(connector_id)
            for connector_id, name in connector_names(
                self.hass, self._get_entry()
            ).items()
        }
        if (chosen := self._before().get(CONF_CONNECTOR)) is not None:
            names.setdefault(chosen, chosen)
        if names:
            fields[vol.Optional(CONF_CONNECTOR)] = _select(names)
        fields[vol.Required(CONF_OVERRIDE_SCHEDULE, default=False)] = BooleanSelector()
        return fields

    def _check_common(self, user_input: Mapping[str, Any]) -> Errors:
        errors: Errors = {}
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
        """Create the car or change it; whoever watches the cars acts on it at once."""
        complete = {
            **_NOTHING,
            **data,
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
        """Return the car as it was; nothing if it is new."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        return self._get_reconfigure_subentry().data

    def _accounts(self) -> list[ConfigSubentry]:
        return list(self._get_entry().get_subentries_of_type(SUBENTRY_ACCOUNT))

    def _other_vehicles(self) -> list[ConfigSubentry]:
        """Return the cars but for the one that is changed."""
        entry: TwcConfigEntry = self._get_entry()
        changed = self.context.get("subentry_id")
        return [
            subentry
            for subentry in entry.get_subentries_of_type(self._subentry_type)
            if subentry.subentry_id != changed
        ]


def _schema(fields: dict[Any, Any]) -> Any:
    """Return a form; to type checkers, Home Assistant's own schemas are of another kind."""
    return vol.Schema(fields)


def _select(names: Mapping[str, str]) -> SelectSelector:
    """Return a field for one of several things with names of their own."""
    return SelectSelector(
        SelectSelectorConfig(options=_options(names), mode=SelectSelectorMode.LIST)
    )


def _options(names: Mapping[str, str]) -> list[SelectOptionDict]:
    return [SelectOptionDict(value=key, label=name) for key, name in names.items()]


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to show in the fields: what there is."""
    return {key: value for key, value in data.items() if value is not None}


def _vin(user_input: Mapping[str, Any]) -> str | None:
    """Return the VIN that was entered, however it was typed."""
    return "".join(user_input.get(CONF_VIN, "").split()).upper() or None


def _entity_key(hass: HomeAssistant, entity_id: str) -> str:
    """Return what an entity stays known by when it is renamed, if it is in the registry."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id
