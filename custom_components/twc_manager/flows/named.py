"""The base of subentry flows whose subentries have unique names."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback

from .fields import Errors


class NamedSubentryFlow(ConfigSubentryFlow):
    """Add a subentry with a unique name, or change one."""

    def _before(self) -> Mapping[str, Any]:
        """Return the stored data of the subentry that is changed; an empty mapping for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        return self._get_reconfigure_subentry().data

    def _name_errors(self, user_input: Mapping[str, Any]) -> Errors:
        """Return the error of the entered name, by field."""
        name = user_input[CONF_NAME].strip()
        if not name:
            return {CONF_NAME: "name_missing"}
        used = name.casefold() in self._other_names()
        return {CONF_NAME: "name_used"} if used else {}

    def _other_names(self) -> set[str]:
        """Return the names of the other subentries of the same type, case-folded."""
        changed = self.context.get("subentry_id")
        return {
            subentry.title.casefold()
            for subentry in self._get_entry().get_subentries_of_type(
                self._subentry_type
            )
            if subentry.subentry_id != changed
        }

    @callback
    def _save_named(
        self, user_input: Mapping[str, Any], data: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Save the subentry under the entered name; `async_watch_subentries` reports the change to the bus."""
        title = user_input[CONF_NAME].strip()
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=title, data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
        )
