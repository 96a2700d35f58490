"""Reads prices from the attributes of entities."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from ..charging.planning.series import Series
from ..inputs.sensors import sensor_value
from .errors import PriceError, Problem
from .lists import Row, is_shifted, read_list
from .reading import Reading
from .shapes import find_list
from .units import PriceUnit, unit_of

_OCTOPUS: Final = "octopus_energy"
_TODAY: Final = "_current_day_rates"
_TOMORROW: Final = "_next_day_rates"


def read_entity(hass: HomeAssistant, entity_id: str, zone: tzinfo) -> Reading:
    """Return the prices in the attributes of an entity.

    Raises:
        PriceError: if it has no prices, or they cannot be read.

    """
    state = _state(hass, entity_id)
    found = find_list(state.attributes, state.last_updated, zone)
    if found is None or not found.rows:
        raise PriceError(Problem.NO_DATA, entity_id)
    text = found.unit or state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    unit = unit_of(text, _currency(hass, state))
    rows: list[Row] = [*found.rows, *_rows_of_next_day(hass, entity_id, zone)]
    series = read_list(rows, PriceUnit(unit.currency, unit.scale * found.scale))
    _check_times(hass, state, series)
    return Reading(series, unit.currency)


def _check_times(hass: HomeAssistant, state: State, series: Series) -> None:
    """Compare a list with the price that is the state of its entity, if the state is a price.

    Raises:
        PriceError: if the list is hours off.

    """
    try:
        price, _ = read_present_price(hass, state.entity_id)
    except PriceError:
        return
    if is_shifted(series, price, state.last_updated):
        raise PriceError(Problem.SHIFTED, f"{price:g} at {state.last_updated}")


def read_present_price(hass: HomeAssistant, entity_id: str) -> tuple[float, str]:
    """Return the price that is the state of an entity, per kWh, and its currency.

    Raises:
        PriceError: if the state is not a price.

    """
    state = _state(hass, entity_id)
    text = str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT))
    unit = unit_of(text, _currency(hass, state))
    if (value := sensor_value(state, [text])) is None:
        raise PriceError(Problem.NO_DATA, entity_id)
    return value * unit.scale, unit.currency


def has_prices(hass: HomeAssistant, entity_id: str, zone: tzinfo) -> bool:
    """Return whether an entity has prices that can be read."""
    try:
        return read_entity(hass, entity_id, zone).series != Series()
    except PriceError:
        return False


def related_entities(hass: HomeAssistant, entity_id: str) -> Iterator[str]:
    """Yield the entities with the prices of an entity: itself, and for Octopus Energy the one of tomorrow."""
    yield entity_id
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    if entry is None or entry.platform != _OCTOPUS or _TODAY not in entry.unique_id:
        return
    other = registry.async_get_entity_id(
        entry.domain, _OCTOPUS, entry.unique_id.replace(_TODAY, _TOMORROW)
    )
    if other is not None:
        yield other


def _rows_of_next_day(
    hass: HomeAssistant, entity_id: str, zone: tzinfo
) -> Iterator[Row]:
    for other in related_entities(hass, entity_id):
        if other != entity_id and (state := hass.states.get(other)) is not None:
            found = find_list(state.attributes, state.last_updated, zone)
            yield from () if found is None else found.rows


def _state(hass: HomeAssistant, entity_id: str) -> State:
    state = hass.states.get(entity_id)
    if state is None:
        raise PriceError(Problem.NOT_FOUND, entity_id)
    # An event that has not happened yet is unknown, but has its attributes.
    if state.state == STATE_UNAVAILABLE:
        raise PriceError(Problem.NO_DATA, entity_id)
    return state


def _currency(hass: HomeAssistant, state: State) -> str:
    """Return the currency for units that do not name one."""
    own = state.attributes.get("currency")
    return own if isinstance(own, str) and len(own) == 3 else hass.config.currency
