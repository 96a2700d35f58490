"""The options of the limit from outside, and the limit that its entity shows, in the types of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    Platform,
    UnitOfPower,
)
from homeassistant.core import State, split_entity_id
from homeassistant.util.unit_conversion import PowerConverter

from ..charging.limits.outside import (
    FALLBACK_W,
    HOLD_SECONDS,
    UNLIMITED,
    ChargingLimit,
    OutsideInputs,
    OutsideSource,
)
from ..charging.supply.surplus import ABSURD_W
from .liveness import Liveness
from .sensors import CURRENT_UNITS, POWER_UNITS, sensor_value

CONF_OUTSIDE_NUMBER: Final = "outside_number"
CONF_OUTSIDE_ENTITY: Final = "outside_entity"
CONF_OUTSIDE_CONTACT_W: Final = "outside_contact_w"
CONF_OUTSIDE_SILENT_MINUTES: Final = "outside_silent_minutes"
CONF_OUTSIDE_HOLD_MINUTES: Final = "outside_hold_minutes"
CONF_OUTSIDE_FALLBACK_W: Final = "outside_fallback_w"

NUMBER_DOMAINS: Final = (Platform.SENSOR, Platform.NUMBER, "input_number")
"""The domains of entities whose value is the limit."""

CONTACT_DOMAINS: Final = (Platform.BINARY_SENSOR, Platform.SWITCH, "input_boolean")
"""The domains of entities that are on while the limit that the owner entered holds."""

UNITS: Final = (*POWER_UNITS, *CURRENT_UNITS)
"""The units that a limit can have."""

_ABSURD_A: Final = 1000.0

OUTSIDE_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_OUTSIDE_NUMBER: False,
    CONF_OUTSIDE_CONTACT_W: round(FALLBACK_W),
    CONF_OUTSIDE_HOLD_MINUTES: round(HOLD_SECONDS / 60),
    CONF_OUTSIDE_FALLBACK_W: round(FALLBACK_W),
}


@dataclass(frozen=True, slots=True)
class OutsideOptions:
    """The sources of a limit from outside.

    Attributes:
        has_number: whether this integration has a number entity for it.
        entity_id: the entity that shows it; None if none is chosen.
        contact_w: the limit in W while that entity is on, if it can be on or off.
        silent_after: s after which its value no longer counts; None if it counts however old it is.
        hold_seconds: how many s the last limit holds while the entity is silent.
        fallback_w: the limit in W after that.

    """

    has_number: bool = False
    entity_id: str | None = None
    contact_w: float = FALLBACK_W
    silent_after: float | None = None
    hold_seconds: float = HOLD_SECONDS
    fallback_w: float = FALLBACK_W

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        return () if self.entity_id is None else (self.entity_id,)


def outside_of(chosen: Mapping[str, Any]) -> OutsideOptions | None:
    """Return the options; None if no limit from outside is set up. `chosen` includes all defaults."""
    options = OutsideOptions(
        has_number=chosen[CONF_OUTSIDE_NUMBER],
        entity_id=chosen.get(CONF_OUTSIDE_ENTITY),
        contact_w=chosen[CONF_OUTSIDE_CONTACT_W],
        silent_after=_seconds(chosen.get(CONF_OUTSIDE_SILENT_MINUTES)),
        hold_seconds=60.0 * chosen[CONF_OUTSIDE_HOLD_MINUTES],
        fallback_w=chosen[CONF_OUTSIDE_FALLBACK_W],
    )
    return options if options.has_number or options.entity_id is not None else None


def outside_inputs(
    options: OutsideOptions, liveness: Liveness, now: float
) -> OutsideInputs:
    """Return the limit that the entity shows; `now` is in s of the loop's clock."""
    inputs = OutsideInputs(has_number=options.has_number, unknown_w=options.fallback_w)
    if options.entity_id is None:
        return inputs
    report = liveness.report(options.entity_id, now)
    limit = limit_of(report.state, options.contact_w)
    if (
        options.silent_after is not None
        and now - report.alive_at > options.silent_after
    ):
        limit = None
    source = OutsideSource(limit, options.hold_seconds, options.fallback_w)
    return replace(inputs, source=source)


def limit_of(state: State | None, contact_w: float) -> ChargingLimit | None:
    """Return the limit that a state shows; None if it shows no usable limit.

    Args:
        state: the state; None if it does not count.
        contact_w: the limit in W while an entity that can be on or off is on.

    """
    if state is None:
        return None
    if split_entity_id(state.entity_id)[0] in CONTACT_DOMAINS:
        limits = {STATE_ON: ChargingLimit(watts=contact_w), STATE_OFF: UNLIMITED}
        return limits.get(state.state)
    value = sensor_value(state, UNITS)
    if value is None or value < 0:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit in CURRENT_UNITS:
        return ChargingLimit(amps=value) if value <= _ABSURD_A else None
    watts = value * PowerConverter.get_unit_ratio(UnitOfPower.WATT, unit)
    return ChargingLimit(watts=watts) if watts <= ABSURD_W else None


def _seconds(minutes: float | None) -> float | None:
    return None if minutes is None else 60.0 * minutes
