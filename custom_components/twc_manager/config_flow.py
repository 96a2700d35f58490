"""Config flow of TWC Manager: the port, the wiring, and a look at who is on the bus."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
import random
from typing import Any, Final, override
from urllib.parse import parse_qs, urlsplit

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import (
    CONF_DEVICE,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
)
from serialx import SerialException, get_serial_classes
import voluptuous as vol

from .const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DEFAULT_MAX_CURRENT,
    DEFAULT_MIN_CURRENT,
    DEFAULT_VOLTAGE,
    DOMAIN,
    LEAST_CURRENT,
    LOGGER,
)
from .options import SUBENTRY_SCHEDULE
from .options_flow import TwcManagerOptionsFlow
from .schedule_flow import ScheduleSubentryFlow
from .twc import MAX_WIRING_AMPS, BusError, BusErrorReason, KnownConnector, format_id
from .twc.scan import ScanResult, scan

TITLE: Final = "TWC Manager"
MOST_CURRENT: Final = int(MAX_WIRING_AMPS)
LEAST_VOLTAGE: Final = 100
MOST_VOLTAGE: Final = 277

# No limits in the selectors: what breaks them is answered with words of our own, which say what to do.
_AMPS: Final = NumberSelector(
    NumberSelectorConfig(
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    )
)
_VOLTS: Final = NumberSelector(
    NumberSelectorConfig(
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfElectricPotential.VOLT,
    )
)
# Home Assistant serves voluptuous from probatio; type checkers do not know that these are the same.
PORT_SCHEMA: Final[Any] = vol.Schema({vol.Required(CONF_DEVICE): SerialPortSelector()})
WIRING_SCHEMA: Final[Any] = vol.Schema(
    {
        vol.Required(CONF_MAX_CURRENT, default=DEFAULT_MAX_CURRENT): _AMPS,
        vol.Required(CONF_MAX_CONNECTOR_CURRENT, default=DEFAULT_MAX_CURRENT): _AMPS,
        vol.Required(CONF_PHASES, default="1"): SelectSelector(
            SelectSelectorConfig(
                options=["1", "3"],
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_PHASES,
            )
        ),
        vol.Optional(CONF_MIN_CURRENT): _AMPS,
        vol.Optional(CONF_VOLTAGE): _VOLTS,
    }
)


class TwcManagerConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up a bus, or change how one is set up."""

    VERSION = 1
    MINOR_VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> TwcManagerOptionsFlow:
        """Return the flow for what can be chosen later."""
        return TwcManagerOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flows for what a bus can have any number of."""
        return {SUBENTRY_SCHEDULE: ScheduleSubentryFlow}

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._device = ""
        self._port_error: BusErrorReason | None = None
        self._wiring_input: dict[str, Any] = {}
        self._wiring: dict[str, int] = {}
        self._scan: asyncio.Task[ScanResult] | None = None
        self._found_so_far = 0
        self._result: ScanResult | None = None

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
        """Ask for the port of a bus that is set up already."""
        if not self._device:
            data = self._get_reconfigure_entry().data
            self._device = data[CONF_DEVICE]
            self._wiring_input = _wiring_suggestions(data)
        return await self._async_ask_port(user_input)

    async def async_step_another_port(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port again."""
        return await self._async_ask_port(None)

    @property
    def _port_step(self) -> str:
        return "reconfigure" if self.source == SOURCE_RECONFIGURE else "user"

    async def _async_ask_port(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        if user_input is not None:
            self._device = user_input[CONF_DEVICE].strip()
            self._result = None
            self._port_error = None
            if await self.hass.async_add_executor_job(_is_port, self._device):
                await self._async_abort_if_port_used()
                # Who comes back for the port has told about the wiring before.
                return await self._async_after_wiring()
            self._port_error = BusErrorReason.INVALID
        return self.async_show_form(
            step_id=self._port_step,
            data_schema=self.add_suggested_values_to_schema(
                PORT_SCHEMA, {CONF_DEVICE: self._device}
            ),
            errors={CONF_DEVICE: self._port_error} if self._port_error else None,
        )

    async def _async_abort_if_port_used(self) -> None:
        """Refuse a port that another bus uses, whatever it is called there."""
        used = [
            entry.data[CONF_DEVICE]
            for entry in self._async_current_entries(include_ignore=False)
            if entry.entry_id != self.context.get("entry_id")
        ]
        if await self._async_is_any(used):
            raise AbortFlow("already_configured")

    async def _async_is_any(self, devices: Iterable[str]) -> bool:
        """Return whether the chosen port is one of these."""
        return await self.hass.async_add_executor_job(_is_any_of, self._device, devices)

    # The wiring

    async def async_step_wiring(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the wiring bears."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._wiring_input = user_input
            wiring, errors = _read_wiring(user_input)
            if not errors:
                self._wiring = wiring
                return await self._async_after_wiring()
        return self.async_show_form(
            step_id="wiring",
            data_schema=self.add_suggested_values_to_schema(
                WIRING_SCHEMA, self._wiring_input
            ),
            errors=errors,
            description_placeholders={
                "least_current": str(LEAST_CURRENT),
                "most_current": str(MOST_CURRENT),
                "least_voltage": str(LEAST_VOLTAGE),
                "most_voltage": str(MOST_VOLTAGE),
            },
        )

    async def _async_after_wiring(self) -> ConfigFlowResult:
        """Go where there is still something to do."""
        if not self._wiring:
            return await self.async_step_wiring()
        if self._result is not None:
            return self._async_show_result(self._outcome(self._result))
        if self.source == SOURCE_RECONFIGURE and await self._async_is_any(
            [self._get_reconfigure_entry().data[CONF_DEVICE]]
        ):
            # The bus itself has this port open: there is nothing to look for, and no port to do it with.
            return await self.async_step_save()
        return await self.async_step_scan()

    # The look at the bus

    async def async_step_scan(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Listen on the bus; Home Assistant cancels the task if the flow is closed meanwhile."""
        if self._scan is None:
            self._found_so_far = 0
            # A background task is cancelled, not waited for, when Home Assistant stops.
            self._scan = self.hass.async_create_background_task(
                scan(self._device, on_found=self._async_found_one), f"{DOMAIN} scan"
            )
        elif self._scan.done():
            return self._async_scan_done(self._scan)
        # Also if it is over already: only a step that showed progress may be followed by another step without
        # that one being given the input of the step before.
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
        return self.async_show_progress_done(next_step_id=self._outcome(self._result))

    @callback
    def _async_found_one(self, connector: KnownConnector) -> None:
        """Count, and have the screen fetch the step again."""
        self._found_so_far += 1
        self.async_notify_flow_changed()

    def _outcome(self, result: ScanResult) -> str:
        """Return the step that tells what was found."""
        if result.second_master:
            return "second_master"
        if not result.connectors:
            return "only_noise" if result.only_noise else "none_found"
        limit = self._wiring[CONF_MAX_CONNECTOR_CURRENT]
        if any(connector.rating < limit for connector in result.connectors):
            return "low_rating"
        return "found"

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell who was found."""
        return self._async_show_result("found")

    async def async_step_low_rating(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell who was found, and that one of them cannot deliver what the wiring bears."""
        return self._async_show_result("low_rating")

    async def async_step_none_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that the line was silent."""
        return self._async_show_result("none_found")

    async def async_step_only_noise(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that nothing heard made sense."""
        return self._async_show_result("only_noise")

    async def async_step_second_master(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that somebody else speaks as master."""
        return self._async_show_result("second_master")

    @callback
    def _async_show_result(self, step_id: str) -> ConfigFlowResult:
        """Show what was found and let the person choose how to go on."""
        assert self._result is not None
        good = step_id in {"found", "low_rating"}
        first, last = ("save", "scan") if good else ("scan", "save")
        return self.async_show_menu(
            step_id=step_id,
            menu_options=[first, "wiring", "another_port", last],
            description_placeholders={
                "connectors": _table(self._result.connectors),
                "limit": str(self._wiring[CONF_MAX_CONNECTOR_CURRENT]),
                "masters": _list_ids(self._result.masters),
                "others": _list_ids(self._result.ids - {*self._result.masters}),
            },
        )

    # The end

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry or change it."""
        # Another flow may have taken the port while this one was open.
        await self._async_abort_if_port_used()
        data = {CONF_DEVICE: self._device, **self._wiring}
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_reload_and_abort(
                self._get_reconfigure_entry(), data_updates=data
            )
        assert self._result is not None
        others = self._async_current_entries(include_ignore=False)
        return self.async_create_entry(
            title=f"{TITLE} ({_short_name(self._device)})" if others else TITLE,
            data={CONF_MASTER_ID: _new_master_id(self._result.ids), **data},
        )


def _is_port(device: str) -> bool:
    """Return whether this can be a port: an absolute path, or a URL of a kind that can be opened."""
    if not device.isprintable() or " " in device:
        return False
    if device.startswith("/"):
        return True
    try:
        url = urlsplit(device)
        # Only asked for whether it raises; the kinds known depend on what Home Assistant has loaded.
        get_serial_classes(device)
        return bool(url.scheme and url.hostname) and url.port != 0
    except ValueError, SerialException:
        return False


def _port_key(device: str) -> tuple[object, ...]:
    """Return what different names of the same port have in common.

    A path may be a link, as those in /dev/serial/by-id are. A service of the network is the same whatever
    protocol it is spoken to in, and the query holds keys and options; only an ESPHome device has several
    ports behind one address, told apart by a name in the query.
    """
    if device.startswith("/"):
        return (Path(device).resolve(),)
    url = urlsplit(device)
    port_name = parse_qs(url.query).get("port_name")
    return (url.hostname, url.port, url.path.strip("/"), *(port_name or ()))


def _is_any_of(device: str, others: Iterable[str]) -> bool:
    return _port_key(device) in map(_port_key, others)


def _short_name(device: str) -> str:
    """Return a name that tells ports apart and hides what a URL may have to hide."""
    if device.startswith("/"):
        return Path(device).name
    url = urlsplit(device)
    port_name = parse_qs(url.query).get("port_name")
    return port_name[0] if port_name else str(url.hostname)


def _wiring_suggestions(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to show of an entry's wiring; what followed from the rest stays open, to follow again."""
    phases, limit = data[CONF_PHASES], data[CONF_MAX_CONNECTOR_CURRENT]
    suggestions = {
        CONF_MAX_CURRENT: data[CONF_MAX_CURRENT],
        CONF_MAX_CONNECTOR_CURRENT: limit,
        CONF_PHASES: str(phases),
    }
    if data[CONF_MIN_CURRENT] != _default_min_current(phases, limit):
        suggestions[CONF_MIN_CURRENT] = data[CONF_MIN_CURRENT]
    if data[CONF_VOLTAGE] != DEFAULT_VOLTAGE[phases]:
        suggestions[CONF_VOLTAGE] = data[CONF_VOLTAGE]
    return suggestions


def _default_min_current(phases: int, limit: int) -> int:
    return min(DEFAULT_MIN_CURRENT[phases], limit)


def _read_wiring(
    user_input: Mapping[str, Any],
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the wiring in whole A and V, and what is wrong with it by field."""
    errors: dict[str, str] = {}

    def whole(key: str, error: str, least: int, most: int) -> int:
        value: float = user_input[key]
        # Says no to NaN and infinity as well.
        if least <= value <= most and value == int(value):
            return int(value)
        errors[key] = error
        return most

    phases = int(user_input[CONF_PHASES])
    total = whole(CONF_MAX_CURRENT, "current_range", LEAST_CURRENT, MOST_CURRENT)
    limit = whole(
        CONF_MAX_CONNECTOR_CURRENT, "current_range", LEAST_CURRENT, MOST_CURRENT
    )
    if limit > total:
        errors.setdefault(CONF_MAX_CONNECTOR_CURRENT, "above_total")
    minimum = _default_min_current(phases, limit)
    if CONF_MIN_CURRENT in user_input:
        minimum = whole(CONF_MIN_CURRENT, "minimum_range", LEAST_CURRENT, limit)
    voltage = DEFAULT_VOLTAGE[phases]
    if CONF_VOLTAGE in user_input:
        voltage = whole(CONF_VOLTAGE, "voltage_range", LEAST_VOLTAGE, MOST_VOLTAGE)
    wiring = {
        CONF_MAX_CURRENT: total,
        CONF_MAX_CONNECTOR_CURRENT: limit,
        CONF_MIN_CURRENT: minimum,
        CONF_PHASES: phases,
        CONF_VOLTAGE: voltage,
    }
    return wiring, errors


def _table(connectors: Iterable[KnownConnector]) -> str:
    """Return the rows of a Markdown table, whose head is in the translation."""
    return "\n".join(
        f"| {format_id(item.connector_id)} | {item.rating:g} A | {item.protocol} |"
        for item in connectors
    )


def _list_ids(ids: Iterable[int]) -> str:
    return ", ".join(format_id(unit_id) for unit_id in sorted(ids)) or "–"


def _new_master_id(taken: frozenset[int]) -> int:
    """Return a random id for the master that nobody on the bus has."""
    while (master_id := random.randint(0x0001, 0xFFFF)) in taken:
        pass
    return master_id
