"""Config flow of TWC Manager: the port, the wiring, and a scan of the bus; a Tesla account follows in a flow of its own."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_DEVICE
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import SerialPortSelector
import voluptuous as vol

from .const import (
    CONF_KEEPER_KEY,
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    DOMAIN,
    LOGGER,
)
from .flows.account import AccountSubentryFlow
from .flows.circuit import circuit_flows
from .flows.finding import result_placeholders, result_step
from .flows.keeper import KeeperSteps
from .flows.options import TwcManagerOptionsFlow
from .flows.plan import PlanSubentryFlow
from .flows.ports import is_any_of, is_port, short_name
from .flows.reauth import ReauthSteps
from .flows.schedule import ScheduleSubentryFlow
from .flows.vehicle import VehicleSubentryFlow
from .flows.wiring import (
    WIRING_PLACEHOLDERS,
    WIRING_SCHEMA,
    needs_own_circuits,
    read_wiring,
    wiring_suggestions,
)
from .inputs.plans import SUBENTRY_PLAN
from .inputs.schedules import SUBENTRY_SCHEDULE
from .twc import BusError, BusErrorReason, KnownConnector
from .twc.scan import ScanResult, probe
from .types import TwcConfigEntry
from .vehicles.account_data import SUBENTRY_ACCOUNT, AccountKind
from .vehicles.vehicle_data import SUBENTRY_VEHICLE

TITLE: Final = "TWC Manager"
# Type checkers see another class than Home Assistant's forms.
PORT_SCHEMA: Final[Any] = vol.Schema({vol.Required(CONF_DEVICE): SerialPortSelector()})


class TwcManagerConfigFlow(KeeperSteps, ReauthSteps, domain=DOMAIN):
    """Set up a bus, or reconfigure one."""

    VERSION = 1
    MINOR_VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: TwcConfigEntry) -> TwcManagerOptionsFlow:
        """Return the options flow."""
        return TwcManagerOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: TwcConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the subentry flows."""
        return {
            SUBENTRY_PLAN: PlanSubentryFlow,
            SUBENTRY_SCHEDULE: ScheduleSubentryFlow,
            SUBENTRY_ACCOUNT: AccountSubentryFlow,
            SUBENTRY_VEHICLE: VehicleSubentryFlow,
            **circuit_flows(config_entry),
        }

    def __init__(self) -> None:
        """Start without input."""
        self._device = ""
        self._port_error: BusErrorReason | None = None
        self._wiring_input: dict[str, Any] = {}
        self._wiring: dict[str, int] = {}
        self._scan: asyncio.Task[ScanResult] | None = None
        self._found_so_far = 0
        self._result: ScanResult | None = None
        self._account_kind: AccountKind | None = None

    # The port

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port of a new bus."""
        return await self._async_ask_port(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port of an existing bus."""
        if not self._device:
            data = self._get_reconfigure_entry().data
            self._device = data[CONF_DEVICE]
            self._keeper_key = data.get(CONF_KEEPER_KEY, "")
            self._wiring_input = wiring_suggestions(data)
        return await self._async_ask_port(user_input)

    async def async_step_another_port(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port again."""
        return await self._async_ask_port(None)

    async def _async_ask_port(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        if user_input is not None:
            self._device = user_input[CONF_DEVICE].strip()
            self._result = None
            self._port_error = None
            if await self.hass.async_add_executor_job(is_port, self._device):
                await self._async_abort_if_port_used()
                self._port_error = await self._async_probe_port()
            else:
                self._port_error = BusErrorReason.INVALID
            if self._port_error is None:
                return await self._async_after_port()
        return self.async_show_form(
            step_id=self._port_step,
            data_schema=self.add_suggested_values_to_schema(
                PORT_SCHEMA, {CONF_DEVICE: self._device}
            ),
            errors={CONF_DEVICE: self._port_error} if self._port_error else None,
        )

    async def _async_probe_port(self) -> BusErrorReason | None:
        """Return why the port cannot be opened; None if it can be."""
        if await self._async_is_own_port():
            return None
        try:
            await probe(self._device)
        except BusError as err:
            LOGGER.debug("The port cannot be opened: %s", err)
            return err.reason
        return None

    async def _async_is_own_port(self) -> bool:
        """Return whether the bus that is reconfigured has the port open: no other program can open it."""
        return self.source == SOURCE_RECONFIGURE and await self._async_is_any(
            [self._get_reconfigure_entry().data[CONF_DEVICE]]
        )

    async def _async_is_any(self, devices: Iterable[str]) -> bool:
        """Return whether the chosen port is one of the given ports."""
        return await self.hass.async_add_executor_job(is_any_of, self._device, devices)

    async def _async_abort_if_port_used(self) -> None:
        """Abort if another bus uses the port, also under another name."""
        used = [
            entry.data[CONF_DEVICE]
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id")
        ]
        if await self._async_is_any(used):
            raise AbortFlow("already_configured")

    # The wiring

    async def async_step_wiring(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the limits of the wiring."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._wiring_input = user_input
            self._wiring = {}
            wiring, errors = read_wiring(user_input)
            if not errors and needs_own_circuits(wiring):
                return await self.async_step_own_circuits()
            if not errors:
                return await self.async_step_wiring_confirmed()
        return self.async_show_form(
            step_id="wiring",
            data_schema=self.add_suggested_values_to_schema(
                WIRING_SCHEMA, self._wiring_input
            ),
            errors=errors,
            description_placeholders=WIRING_PLACEHOLDERS,
        )

    async def async_step_own_circuits(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have the owner confirm that each connector has a circuit of its own."""
        return self.async_show_menu(
            step_id="own_circuits",
            menu_options=["wiring", "wiring_confirmed"],
            description_placeholders={
                "total": f"{self._wiring_input[CONF_MAX_CURRENT]:g}"
            },
        )

    async def async_step_wiring_confirmed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Store the entered wiring."""
        self._wiring, _ = read_wiring(self._wiring_input)
        return await self._async_after_wiring()

    async def _async_after_wiring(self) -> ConfigFlowResult:
        """Continue with the next open step."""
        if not self._wiring:
            return await self.async_step_wiring()
        if self._result is not None:
            return self._async_show_result(self._result_step(self._result))
        if await self._async_is_own_port():
            # It cannot be scanned, and need not be.
            return await self.async_step_save()
        return await self.async_step_scan()

    # The scan of the bus

    async def async_step_scan(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Scan the bus; Home Assistant cancels the task if the owner closes the flow."""
        if self._scan is None:
            self._found_so_far = 0
            # Home Assistant cancels a background task when it stops and does not wait for it.
            self._scan = self.hass.async_create_background_task(
                self._async_find(), f"{DOMAIN} scan"
            )
        elif self._scan.done():
            return self._async_scan_done(self._scan)
        # A task that is already done shows progress, too: only then does the next step start without the input of
        # this one.
        return self.async_show_progress(
            step_id="scan",
            progress_action="scan",
            progress_task=self._scan,
            description_placeholders={"count": str(self._found_so_far)},
        )

    @callback
    def _async_scan_done(self, task: asyncio.Task[ScanResult]) -> ConfigFlowResult:
        self._scan = None
        try:
            self._result = task.result()
        except BusError as err:
            LOGGER.debug("Looking for wall connectors failed: %s", err)
            self._port_error = err.reason
            return self.async_show_progress_done(next_step_id=self._port_step)
        return self.async_show_progress_done(
            next_step_id=self._result_step(self._result)
        )

    @callback
    def _async_found_one(self, connector: KnownConnector) -> None:
        """Count the connector and refresh the progress."""
        self._found_so_far += 1
        self.async_notify_flow_changed()

    def _result_step(self, result: ScanResult) -> str:
        return result_step(result, self._wiring[CONF_MAX_CONNECTOR_CURRENT])

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the connectors."""
        return self._async_show_result("found")

    async def async_step_low_rating(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the connectors, and that the rating of at least one is below the wiring's limit."""
        return self._async_show_result("low_rating")

    async def async_step_none_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that the line was silent."""
        return self._async_show_result("none_found")

    async def async_step_not_hearing(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that connectors are received, but do not receive what is sent."""
        return self._async_show_result("not_hearing")

    async def async_step_only_noise(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that only noise was received."""
        return self._async_show_result("only_noise")

    async def async_step_second_master(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that another master sends on the bus."""
        return self._async_show_result("second_master")

    @callback
    def _async_show_result(self, step_id: str) -> ConfigFlowResult:
        """Show the result and the possible next steps."""
        assert self._result is not None
        good = step_id in {"found", "low_rating"}
        first, last = ("save", "scan") if good else ("scan", "save")
        return self.async_show_menu(
            step_id=step_id,
            menu_options=[first, "wiring", "another_port", last],
            description_placeholders=result_placeholders(
                self._result, self._wiring[CONF_MAX_CONNECTOR_CURRENT]
            ),
        )

    # The end

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the entry, or offer an account for a new one."""
        # Another flow may have taken the port while this one was open.
        await self._async_abort_if_port_used()
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            data = self._data_without_keeper() | self._data()
            return self.async_update_reload_and_abort(entry, data=data)
        return self.async_show_menu(
            step_id="save", menu_options=["skip_account", *AccountKind]
        )

    async def async_step_skip_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry without an account."""
        return await self._async_create()

    async def async_step_fleet(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry, then ask for an account at Tesla's Fleet API."""
        return await self._async_create(AccountKind.FLEET)

    async def async_step_teslemetry(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry, then ask for an account at Teslemetry."""
        return await self._async_create(AccountKind.TESLEMETRY)

    async def async_step_tessie(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry, then ask for an account at Tessie."""
        return await self._async_create(AccountKind.TESSIE)

    async def _async_create(
        self, account: AccountKind | None = None
    ) -> ConfigFlowResult:
        """Create the entry; an account is asked for afterwards, so that what is entered there cannot lose the bus."""
        await self._async_abort_if_port_used()
        self._account_kind = account
        assert self._result is not None
        others = self._async_current_entries(include_ignore=False)
        return self.async_create_entry(
            title=f"{TITLE} ({short_name(self._device)})" if others else TITLE,
            data={CONF_MASTER_ID: self._master_id(self._result), **self._data()},
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Begin the flow of the account that the owner chose."""
        if self._account_kind is None:
            return result
        flows = self.hass.config_entries.subentries
        flow = await flows.async_init(
            (result["result"].entry_id, SUBENTRY_ACCOUNT),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        await flows.async_configure(
            flow["flow_id"], {"next_step_id": self._account_kind}
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        return result

    @property
    def _port_step(self) -> str:
        return "reconfigure" if self.source == SOURCE_RECONFIGURE else "user"

    def _data(self) -> dict[str, Any]:
        return {CONF_DEVICE: self._device, **self._keeper_data(), **self._wiring}
