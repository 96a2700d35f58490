"""The subentry flow of a schedule: its times or the entity that it follows, and its action."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, Platform, UnitOfElectricCurrent
from homeassistant.core import callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    TextSelector,
    TimeSelector,
)
from homeassistant.helpers.translation import async_translate_state
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.modes.schedules import Schedule, ScheduleKind, overlap
from ..const import CONF_MAX_CURRENT, CONF_MIN_CURRENT, DOMAIN
from ..inputs.schedules import (
    CONF_ACTION,
    CONF_AMPS,
    CONF_CONNECTORS,
    CONF_DAYS,
    CONF_END,
    CONF_FOLLOWED,
    CONF_START,
    WEEKDAYS,
    schedule_of,
    schedules_of,
)
from ..state.names import connector_names
from ..twc import format_id
from ..types import TwcConfigEntry
from .fields import Errors, choice, entity_error, is_whole, named, number, weekdays
from .named import NamedSubentryFlow
from .texts import SILENT

FOLLOWED_DOMAINS: Final = (
    "schedule",
    Platform.BINARY_SENSOR,
    "input_boolean",
    Platform.SWITCH,
    Platform.CALENDAR,
)
# Home Assistant suggests midnight for both times, which would be a whole day.
_SUGGESTED: Final[Mapping[str, Any]] = {
    CONF_DAYS: list(WEEKDAYS),
    CONF_START: "23:00:00",
    CONF_END: "05:00:00",
    CONF_ACTION: ScheduleKind.AMPS.value,
}
_TIMES: Final[Mapping[Any, Any]] = {
    vol.Required(CONF_DAYS): weekdays(),
    vol.Required(CONF_START): TimeSelector(),
    vol.Required(CONF_END): TimeSelector(),
}
_FOLLOWED: Final[Mapping[Any, Any]] = {
    vol.Required(CONF_FOLLOWED): EntitySelector(
        EntitySelectorConfig(
            filter=EntityWithDeviceFilterSelectorConfig(domain=list(FOLLOWED_DOMAINS))
        )
    )
}


class ScheduleSubentryFlow(NamedSubentryFlow):
    """Add a schedule or change one."""

    def __init__(self) -> None:
        """Start without input."""
        self._entered: dict[str, Any] | None = None

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the new schedule follows times or an entity."""
        return self.async_show_menu(step_id="user", menu_options=["times", "entity"])

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the schedule follows times or an entity from now on."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["times", "entity"],
            description_placeholders={"name": self._get_reconfigure_subentry().title},
        )

    async def async_step_times(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a schedule with days and times."""
        return self._ask("times", _TIMES, user_input)

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a schedule that follows an entity."""
        return self._ask("entity", _FOLLOWED, user_input)

    async def async_step_overlap(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a schedule that overlaps with others."""
        return self._warn()

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Save the schedule although it overlaps with others."""
        assert self._entered is not None
        return self._save_named(self._entered, _as_stored(self._entered))

    @callback
    def _ask(
        self, step_id: str, when: Mapping[Any, Any], user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: Errors = {}
        if user_input is not None:
            errors = self._check(user_input)
            if not errors:
                return self._save_or_warn(user_input)
        minimum, maximum = self._limits()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                self._schema(when), self._shown() if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders={
                "minimum": str(minimum),
                "maximum": str(maximum),
                "mode": self._mode(),
            },
        )

    @callback
    def _save_or_warn(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        """Save the schedule, or warn about others that it overlaps with."""
        if not self._overlapping(user_input):
            return self._save_named(user_input, _as_stored(user_input))
        self._entered = user_input
        return self._warn()

    @callback
    def _warn(self) -> SubentryFlowResult:
        """Show the schedules that the entered one overlaps with; it can be saved anyway."""
        assert self._entered is not None
        others = self._overlapping(self._entered)
        return self.async_show_menu(
            step_id="overlap",
            menu_options=["save", "times"],
            description_placeholders={
                "name": self._entered[CONF_NAME].strip(),
                "others": ", ".join(map(_with_times, others)),
            },
        )

    def _overlapping(self, user_input: Mapping[str, Any]) -> list[Schedule]:
        """Return the other schedules that are in force at a time of this one."""
        changed = self.context.get("subentry_id")
        this = schedule_of("", "", _as_stored(user_input)).schedule
        return [
            item.schedule
            for item in schedules_of(self._get_entry())
            if item.schedule.id != changed
            and overlap(this, item.schedule, dt_util.now())
        ]

    def _mode(self) -> str:
        """Return the mode of the bus in the language of the server; a question mark while the bus is not set up."""
        entry: TwcConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return SILENT
        return async_translate_state(
            self.hass,
            entry.runtime_data.user_settings.mode,
            Platform.SELECT,
            DOMAIN,
            "mode",
            None,
        )

    def _schema(self, when: Mapping[Any, Any]) -> Any:
        """Return the form; connectors can be chosen as soon as one is known."""
        actions = choice("schedule_action", ScheduleKind)
        fields = {
            vol.Required(CONF_NAME): TextSelector(),
            **when,
            vol.Required(CONF_ACTION): actions,
            vol.Optional(CONF_AMPS): number(UnitOfElectricCurrent.AMPERE),
        }
        if options := self._connector_options():
            fields[vol.Optional(CONF_CONNECTORS)] = named(options, multiple=True)
        return vol.Schema(fields)

    def _connector_options(self) -> dict[str, str]:
        """Return the known connectors, and those that the stored schedule names."""
        names = dict.fromkeys(self._before().get(CONF_CONNECTORS, ()), "")
        for connector_id, name in connector_names(self.hass, self._get_entry()).items():
            names[format_id(connector_id)] = name
        return {key: name or key for key, name in sorted(names.items())}

    def _shown(self) -> Mapping[str, Any]:
        """Return the suggested values of the form."""
        if self._entered is not None:
            return self._entered
        if self.source != SOURCE_RECONFIGURE:
            return _SUGGESTED
        title = self._get_reconfigure_subentry().title
        return {**_SUGGESTED, **self._before(), CONF_NAME: title}

    def _limits(self) -> tuple[int, int]:
        """Return the minimum and the maximum current in A."""
        data = self._get_entry().data
        return data[CONF_MIN_CURRENT], data[CONF_MAX_CURRENT]

    def _check(self, user_input: Mapping[str, Any]) -> Errors:
        """Return the errors in the input, by field."""
        errors = self._name_errors(user_input)
        if user_input.get(CONF_DAYS) == []:
            errors[CONF_DAYS] = "no_day"
        if CONF_FOLLOWED in user_input:
            error = entity_error(self.hass, user_input[CONF_FOLLOWED], FOLLOWED_DOMAINS)
            if error is not None:
                errors[CONF_FOLLOWED] = error
        if user_input[CONF_ACTION] != ScheduleKind.DO_NOT_CHARGE:
            errors |= self._check_amps(user_input)
        return errors

    def _check_amps(self, user_input: Mapping[str, Any]) -> Errors:
        if CONF_AMPS in user_input:
            good = is_whole(user_input[CONF_AMPS], *self._limits())
            return {} if good else {CONF_AMPS: "amps_range"}
        needed = user_input[CONF_ACTION] == ScheduleKind.AMPS
        return {CONF_AMPS: "amps_missing"} if needed else {}


def _with_times(schedule: Schedule) -> str:
    return f"{schedule.name} ({schedule.start:%H:%M}–{schedule.end:%H:%M})"


def _as_stored(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data to store: only the fields of this kind, times in ISO format, days in order."""
    data: dict[str, Any] = {CONF_ACTION: user_input[CONF_ACTION]}
    if CONF_FOLLOWED in user_input:
        data[CONF_FOLLOWED] = user_input[CONF_FOLLOWED]
    else:
        data[CONF_DAYS] = [day for day in WEEKDAYS if day in user_input[CONF_DAYS]]
        for key in (CONF_START, CONF_END):
            data[key] = cv.time(user_input[key]).isoformat("seconds")
    charges = user_input[CONF_ACTION] != ScheduleKind.DO_NOT_CHARGE
    if charges and CONF_AMPS in user_input:
        data[CONF_AMPS] = int(user_input[CONF_AMPS])
    if connectors := user_input.get(CONF_CONNECTORS):
        data[CONF_CONNECTORS] = sorted(set(connectors))
    return data
