"""The limits from outside that are set up at any bus of this Home Assistant: each holds for all charging together."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from ..charging.outside_supply import OutsideLimits, OutsidePlace, SharedOutside
from ..const import DOMAIN
from ..types import TwcConfigEntry
from .circuits import amps_while_away
from .liveness import Liveness
from .outside import OUTSIDE_DEFAULTS, OutsideOptions, outside_inputs, outside_of

_SHARED: Final[HassKey[SharedOutside]] = HassKey(f"{DOMAIN}_outside")


def limits_set_up(hass: HomeAssistant) -> dict[str, OutsideOptions]:
    """Return the limits from outside by the bus at which they are set up, without disabled buses."""
    found = {
        entry.entry_id: outside_of({**OUTSIDE_DEFAULTS, **entry.options})
        for entry in _buses(hass)
        if entry.disabled_by is None
    }
    return {bus: options for bus, options in found.items() if options is not None}


def _buses(hass: HomeAssistant) -> list[ConfigEntry[Any]]:
    return hass.config_entries.async_entries(DOMAIN)


class OutsideOfHouse:
    """The limits from outside as one bus reads them."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Read which limits are set up; nothing is watched yet."""
        self._hass = hass
        self._bus = entry.entry_id
        self._changed: Callable[[], None] = lambda: None
        self._liveness = Liveness(hass)
        self._read_options()

    @callback
    def async_start(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `changed` whenever a limit may have changed; return the function that stops this."""
        self._changed = changed
        self._liveness.async_start(changed)
        stop = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )

        @callback
        def end() -> None:
            stop()
            self._liveness.async_stop()
            if (shared := self._hass.data.get(_SHARED)) is not None:
                shared.leave(self._bus, self._hass.loop.time())

        return end

    def note_number(self, number_w: float | None) -> None:
        """Note the value of the bus' number in W, also while the bus cannot run; None for no limit."""
        if (place := self.place()) is not None:
            place.shared.set_number(self._bus, number_w)

    def read(self, now: float) -> tuple[OutsideLimits, OutsidePlace] | None:
        """Return the limits and the place of the bus below them; None if no limit is set up."""
        if (place := self.place()) is None:
            return None
        limits = OutsideLimits(
            {
                bus: outside_inputs(options, self._liveness, now)
                for bus, options in self._options.items()
            },
            {entry.entry_id: amps_while_away(entry) for entry in _buses(self._hass)},
            away=frozenset(
                entry.entry_id
                for entry in _buses(self._hass)
                if entry.state is not ConfigEntryState.LOADED
            ),
        )
        return limits, place

    def silent(self, now: float) -> tuple[str, ...]:
        """Return the entity that was chosen at this bus if it has no usable value."""
        if (options := self._options.get(self._bus)) is None:
            return ()
        source = outside_inputs(options, self._liveness, now).source
        is_silent = source is not None and source.limit is None
        return options.entity_ids if is_silent else ()

    def place(self) -> OutsidePlace | None:
        """Return the place of the bus below the limits; None if no limit is set up."""
        data = self._hass.data
        if not self._options:
            # What the buses have reported is outdated once a limit is set up again.
            data.pop(_SHARED, None)
            return None
        now = self._hass.loop.time()
        shared = data.setdefault(_SHARED, SharedOutside(now))
        shared.join(self._bus, self._changed)
        return OutsidePlace(shared, self._bus)

    def _read_options(self) -> None:
        self._options: Mapping[str, OutsideOptions] = limits_set_up(self._hass)
        self._liveness.async_choose(
            entity_id
            for options in self._options.values()
            for entity_id in options.entity_ids
        )

    @callback
    def _entry_changed(
        self, change: ConfigEntryChange, entry: ConfigEntry[Any]
    ) -> None:
        if entry.domain != DOMAIN:
            return
        before = self._options
        self._read_options()
        if before != self._options or change is not ConfigEntryChange.UPDATED:
            self._changed()
