"""The sources of each kind of helper are found as Home Assistant keeps them."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager.inputs.origins import Origin, origin_of

from .test_liveness import WATTS, add_helper, add_yaml

SOURCE: Final = "sensor.source"
FORMS: Final[dict[str, dict[str, Any]]] = {
    "derivative": {
        "source": SOURCE,
        "round": 2,
        "time_window": {"seconds": 0},
        "unit_time": "h",
    },
    "integration": {"source": SOURCE, "round": 2, "unit_time": "h", "method": "left"},
    "min_max": {"entity_ids": [SOURCE], "type": "mean", "round_digits": 2},
    "statistics": {
        "entity_id": SOURCE,
        "state_characteristic": "mean",
        "sampling_size": 20,
        "keep_last_sample": False,
        "percentile": 50,
        "precision": 2,
    },
    "utility_meter": {
        "source": SOURCE,
        "cycle": "none",
        "offset": 0,
        "tariffs": [],
        "net_consumption": False,
        "delta_values": False,
        "periodically_resetting": True,
    },
}
YAML: Final[dict[str, dict[str, Any]]] = {
    "derivative": {"source": SOURCE},
    "integration": {"source": SOURCE},
    "statistics": {
        "entity_id": SOURCE,
        "state_characteristic": "mean",
        "sampling_size": 20,
    },
}


@pytest.mark.parametrize("domain", FORMS)
async def test_sources_of_a_helper_from_a_form(
    hass: HomeAssistant, domain: str
) -> None:
    hass.states.async_set(SOURCE, "100", WATTS)
    made = await add_helper(hass, domain, "made", **FORMS[domain])
    assert hass.states.get(made) is not None
    assert origin_of(hass, made) == Origin(sources=frozenset({SOURCE}))


@pytest.mark.parametrize("platform", YAML)
async def test_sources_of_a_helper_in_yaml(hass: HomeAssistant, platform: str) -> None:
    hass.states.async_set(SOURCE, "100", WATTS)
    made = await add_yaml(hass, "made", platform=platform, **YAML[platform])
    assert hass.states.get(made) is not None
    assert origin_of(hass, made) == Origin(sources=frozenset({SOURCE}))


async def test_a_source_that_is_kept_by_its_registry_id(hass: HomeAssistant) -> None:
    source = er.async_get(hass).async_get_or_create(
        "sensor", "a_meter", "1", suggested_object_id="source"
    )
    hass.states.async_set(SOURCE, "100", WATTS)
    form = FORMS["min_max"] | {"entity_ids": [source.id]}
    made = await add_helper(hass, "min_max", "made", **form)
    assert origin_of(hass, made) == Origin(sources=frozenset({SOURCE}))
