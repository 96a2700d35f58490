"""The sources of each kind of helper are found as Home Assistant keeps them."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
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
    "min_max": {"entity_ids": [SOURCE], "type": "max"},
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


async def test_compensation_and_utility_meters_in_yaml(hass: HomeAssistant) -> None:
    """These are no platforms of the sensors."""
    hass.states.async_set(SOURCE, "100", WATTS)
    points = [[0.0, 0.0], [100.0, 90.0]]
    compensation = {"made": {"source": SOURCE, "data_points": points, "degree": 1}}
    assert await async_setup_component(
        hass, "compensation", {"compensation": compensation}
    )
    assert await async_setup_component(
        hass, "utility_meter", {"utility_meter": {"counted": {"source": SOURCE}}}
    )
    await hass.async_block_till_done()
    made = {"sensor.counted", *hass.states.async_entity_ids("sensor")} - {SOURCE}
    assert len(made) == 2
    for entity_id in made:
        assert origin_of(hass, entity_id) == Origin(sources=frozenset({SOURCE}))


async def test_looking_for_sources_logs_nothing(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """A template with triggers reads what is known only while they fire."""
    hass.states.async_set(SOURCE, "100", WATTS)
    sensor = {
        "name": "made",
        "state": "{{ states('sensor.source') | float - trigger.event.data.watts }}",
        "unit_of_measurement": "W",
    }
    triggers = [{"trigger": "event", "event_type": "measured"}]
    assert await async_setup_component(
        hass, "template", {"template": {"triggers": triggers, "sensor": sensor}}
    )
    await hass.async_block_till_done()
    assert origin_of(hass, "sensor.made") == Origin(sources=frozenset({SOURCE}))
    assert "undefined" not in caplog.text


async def test_what_else_a_helper_keeps_is_not_searched(hass: HomeAssistant) -> None:
    hass.states.async_set(SOURCE, "100", WATTS)
    hass.states.async_set("sensor.other", "100", WATTS)
    made = await add_yaml(
        hass, "made", platform="min_max", entity_ids=[SOURCE], type="max"
    )
    entity = hass.data[DATA_INSTANCES]["sensor"].get_entity(made)
    assert entity is not None
    ring: dict[str, Any] = {"other": "sensor.other"}
    ring["itself"] = ring
    vars(entity)["_anything"] = ring
    assert origin_of(hass, made) == Origin(sources=frozenset({SOURCE}))
