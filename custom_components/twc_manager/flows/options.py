"""The options flow of a bus: a menu of its parts, of which the larger ones have files of their own (`options_*`)."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult

from ..inputs.circuits import CONF_CIRCUITS
from ..inputs.options import (
    CONF_CONTACTOR,
    CONF_EMERGENCY_AMPS,
    CONF_LEAVE_AT_MINIMUM,
    CONF_PLUG_IN_CHARGE,
    CONF_SIX_AMP_RECOVERY,
    CONF_STARTS_PER_HOUR,
    CONF_TURN_MINUTES,
    connector_option,
)
from ..state.names import connector_names
from .fields import CONF_CONNECTOR, connector_schema
from .options_check import CheckSteps
from .options_forecast import ForecastSteps
from .options_form import without_defaults
from .options_fuse import FuseSteps
from .options_green import GreenSteps
from .options_outside import OutsideSteps
from .options_peak import PeakSteps
from .options_prices import PriceSteps

_VEHICLE_FIELDS: Final = (CONF_CONTACTOR,)
_BEHAVIOUR_FIELDS: Final = (
    CONF_PLUG_IN_CHARGE,
    CONF_SIX_AMP_RECOVERY,
    CONF_TURN_MINUTES,
    CONF_STARTS_PER_HOUR,
    CONF_LEAVE_AT_MINIMUM,
    CONF_EMERGENCY_AMPS,
)


class TwcManagerOptionsFlow(
    GreenSteps,
    PriceSteps,
    ForecastSteps,
    FuseSteps,
    OutsideSteps,
    PeakSteps,
    CheckSteps,
):
    """Change the options part by part."""

    _connector_id = 0

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which part to change."""
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                "green",
                "prices",
                "forecast",
                "fuse",
                "house",
                "vehicles",
                "behaviour",
                "check",
            ],
        )

    # The whole house

    async def async_step_house(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which setting of the whole house to change."""
        return self.async_show_menu(
            step_id="house", menu_options=["circuits", "outside", "peak"]
        )

    async def async_step_circuits(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether circuits and other loads can be added to the bus."""
        return await self._async_ask_numbers("circuits", [CONF_CIRCUITS], user_input)

    # Vehicles

    async def async_step_vehicles(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the connector, unless there is only one."""
        names = connector_names(self.hass, self.config_entry)
        if not names:
            return self.async_abort(reason="no_connectors")
        if user_input is None and len(names) > 1:
            return self.async_show_form(
                step_id="vehicles", data_schema=connector_schema(names)
            )
        self._connector_id = (
            next(iter(names)) if user_input is None else int(user_input[CONF_CONNECTOR])
        )
        return await self.async_step_vehicle()

    async def async_step_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the car at a connector may be stopped."""
        names = {
            key: connector_option(key, self._connector_id) for key in _VEHICLE_FIELDS
        }
        if user_input is not None:
            kept = without_defaults(user_input)
            self._change(names.values(), {names[key]: kept[key] for key in kept})
            return await self.async_step_save()
        options = self.config_entry.options
        connectors = connector_names(self.hass, self.config_entry)
        return self._show_form(
            "vehicle",
            _VEHICLE_FIELDS,
            user_input,
            {},
            suggested={
                key: options[name] for key, name in names.items() if name in options
            },
            placeholders={"connector": connectors.get(self._connector_id, "")},
        )

    # Behaviour

    async def async_step_behaviour(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the behaviour."""
        return await self._async_ask_numbers("behaviour", _BEHAVIOUR_FIELDS, user_input)
