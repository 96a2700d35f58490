"""The steps of the config flow for a keeper: recognise it at the port, and ask for its key."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Final

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from ..const import CONF_KEEPER_KEY, CONF_KEEPER_LIMIT
from ..keeper_link.connection import (
    Address,
    KeeperError,
    KeyRefusedError,
    greeted_limit,
    keeper_address,
    read_report,
)
from ..twc import KnownConnector
from ..twc.lease import KeeperReport
from ..twc.reach import free_id
from ..twc.scan import ScanResult
from .finding import async_find

_SCHEMA: Final[Any] = vol.Schema({vol.Optional(CONF_KEEPER_KEY): TextSelector()})


class KeeperSteps(ConfigFlow):
    """Recognises a keeper at the chosen port, and asks for its key."""

    _device: str
    _keeper: Address | None = None
    _keeper_limit: float | None = None
    _keeper_key = ""
    _keeper_report: KeeperReport | None = None

    @abstractmethod
    async def _async_after_wiring(self) -> ConfigFlowResult:
        """Continue with the next open step."""

    @callback
    @abstractmethod
    def _async_found_one(self, connector: KnownConnector) -> None:
        """Count a connector that was found."""

    async def _async_after_port(self) -> ConfigFlowResult:
        """Ask for the key if a keeper serves the port, else go on."""
        self._keeper = keeper_address(self._device)
        self._keeper_report = self._keeper_limit = None
        if self._keeper is not None:
            self._keeper_limit = await greeted_limit(self._keeper)
        if self._keeper_limit is not None:
            return await self.async_step_keeper()
        self._keeper_key = ""
        # The owner may have entered the wiring before choosing another port.
        return await self._async_after_wiring()

    async def async_step_keeper(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that the port belongs to a keeper, and ask for its key."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._keeper_key = user_input.get(CONF_KEEPER_KEY, "").strip()
            error = await self._async_check_key()
            if error is None:
                return await self._async_after_wiring()
            errors[CONF_KEEPER_KEY] = error
        return self.async_show_form(
            step_id="keeper",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, {CONF_KEEPER_KEY: self._keeper_key}
            ),
            errors=errors,
            description_placeholders={"device": self._device},
        )

    async def _async_check_key(self) -> str | None:
        """Ask the keeper for its report; return the error, or None. Without a key it is not asked."""
        if not self._keeper_key:
            return None
        assert self._keeper is not None
        try:
            self._keeper_report = await read_report(self._keeper, self._keeper_key)
        except KeyRefusedError:
            return "keeper_key_refused"
        except KeeperError:
            return "keeper_silent"
        return None

    async def _async_find(self) -> ScanResult:
        """Return the connectors on the bus, by a scan or, once they are linked to the keeper, by its report.

        Raises:
            BusError: if the port cannot be opened or is lost while the bus is scanned.

        """
        result = ScanResult()
        if not await self._async_has_linked():
            result = await async_find(self._device, self._async_found_one)
            # The keeper may have linked them just before, or meanwhile.
            if result.connectors or not await self._async_has_linked():
                return result
        assert self._keeper_report is not None
        known = tuple(item.known for item in self._keeper_report.connectors)
        for item in known:
            self._async_found_one(item)
        return replace(result, connectors=known)

    async def _async_has_linked(self) -> bool:
        """Ask the keeper again, and return whether any connector answers it."""
        await self._async_check_key()
        return self._keeper_report is not None and bool(self._keeper_report.connectors)

    def _data_without_keeper(self) -> dict[str, Any]:
        """Return the stored data of the bus that is reconfigured, without those of its former keeper."""
        data = dict(self._get_reconfigure_entry().data)
        for key in (CONF_KEEPER_LIMIT, CONF_KEEPER_KEY):
            data.pop(key, None)
        return data

    def _keeper_data(self) -> dict[str, Any]:
        """Return the data to store for the keeper: its limit, and its key if it was entered; empty without a keeper."""
        if self._keeper_limit is None:
            return {}
        key = {CONF_KEEPER_KEY: self._keeper_key} if self._keeper_key else {}
        return {CONF_KEEPER_LIMIT: self._keeper_limit, **key}

    def _master_id(self, result: ScanResult) -> int:
        """Return the id of this master: that of the keeper if connectors are linked to it, otherwise a free one."""
        report = self._keeper_report
        if report is not None and report.connectors:
            return report.master_id
        return free_id(result.ids)
