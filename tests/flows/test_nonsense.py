"""Nonsense entered in every form, as a browser would send it: never a crash, and nothing changes but by what is legal."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from http import HTTPStatus
import json
from typing import Any, Final
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.flows.options_form import LIMITS
from custom_components.twc_manager.inputs.options import options_of
from custom_components.twc_manager.inputs.plans import plans_of
from custom_components.twc_manager.inputs.schedules import CONF_FOLLOWED, schedules_of
from tests.conftest import ENTRY_DATA

from .steps import TRANSLATIONS, add_connector, add_entity, placeholders_of

FLOWS: Final = "/api/config/config_entries/"
OPTIONS: Final = {"contactor_2431": True, "turn_minutes": 20}
SCHEDULE: Final = {"action": "amps", "amps": 16, CONF_FOLLOWED: "switch.car"}
ENTITIES: Final = (
    "sensor.grid", "sensor.level", "sensor.l1", "sensor.words", "switch.car", "sensor.none",
)  # fmt: skip
MAX_ANSWERS: Final = 6

nonsense = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
numbers = st.sampled_from([-1, 0, 0.5, 1, 6, 10, 16, 48, 60, 240, 1e308, 2**53])
times = st.sampled_from(["23:00:00", "05:00", "24:00:00", "", "7"])
moments = st.datetimes().map(str) | st.just("2026-12-24 07:00:00")
likely = (
    numbers
    | times
    | st.booleans()
    | st.sampled_from(ENTITIES)
    | st.sampled_from(["", " ", "\0", "1", "/dev/null/x", "socket://", "amps", "mon"])
    | st.lists(st.sampled_from(["mon", "sun", "2431", "FFFF"]), max_size=2)
)
bodies = st.binary(max_size=20) | nonsense.map(lambda value: json.dumps(value).encode())

hypothesis_settings = settings(
    max_examples=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)


@st.composite
def answers(draw: st.DrawFn, step: dict[str, Any]) -> Any:
    """What a person or a program may send as the answer to a step."""
    if draw(st.integers(0, 9)) == 0:
        return draw(nonsense)
    if step["type"] == "menu":
        options = st.sampled_from(list(step["menu_options"]))
        return {"next_step_id": draw(options | options | nonsense)}
    answer = {}
    for item in step["data_schema"] or []:
        if item.get("required") or draw(st.booleans()):
            answer[item["name"]] = draw(_values(item) | likely | nonsense)
    if draw(st.integers(0, 19)) == 0:
        answer[draw(st.text(max_size=5))] = draw(nonsense)
    return answer


def _values(item: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a field may hold as far as its kind goes."""
    match item.get("selector"):
        case {"select": {"options": options, **how}}:
            values = [
                option if isinstance(option, str) else option["value"]
                for option in options
            ]
            one = st.sampled_from(values) if values else st.none()
            return st.lists(one, max_size=3) if how.get("multiple") else one
        case {"number": _}:
            return numbers | st.integers(-5, 10_000)
        case {"entity": _}:
            return st.sampled_from(ENTITIES)
        case {"boolean": _}:
            return st.booleans()
        case {"time": _}:
            return times
        case {"datetime": _}:
            return moments
    return st.text(max_size=8)


@dataclass(slots=True)
class Browser:
    """Sends answers to flows over HTTP, and looks at what comes back."""

    client: TestClient[Any, Any]
    path: str
    handler: str | list[str]
    texts: dict[str, Any]

    async def walk(self, data: st.DataObject) -> dict[str, Any]:
        """Answer a flow again and again; return the last step it came to."""
        url = f"{FLOWS}{self.path}"
        step = await self._send(url, json.dumps({"handler": self.handler}).encode())
        assert step is not None
        for _ in range(MAX_ANSWERS):
            if step["type"] not in {"form", "menu"}:
                return step
            answer = data.draw(answers(step))
            here = f"{url}/{step['flow_id']}"
            after = await self._send(here, json.dumps(answer).encode())
            if after is not None:
                self._check_words(step, after)
                step = after
        await self.client.delete(f"{url}/{step['flow_id']}")
        return step

    async def _send(self, url: str, body: bytes) -> dict[str, Any] | None:
        """Return the step that an answer leads to; None if it was refused as what no form can send."""
        response = await self.client.post(
            url, data=body, headers={"Content-Type": "application/json"}
        )
        text = await response.text()
        assert response.status in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}, text
        if response.status == HTTPStatus.BAD_REQUEST:
            assert json.loads(text).keys() & {"message", "errors"}
            return None
        step: dict[str, Any] = json.loads(text)
        return step

    def _check_words(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Check that a step says what is wrong, or is another one."""
        given = set(after.get("description_placeholders") or {})
        if after["type"] == "abort":
            assert after["reason"] in self.texts["abort"]
        if after["type"] != "form":
            return
        errors = after["errors"] or {}
        for error in errors.values():
            words = self.texts["error"][error]
            assert words and placeholders_of(words) <= given
        if before["type"] == "form" and before["step_id"] == after["step_id"]:
            assert errors


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bus that is not set up: its port is left alone."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_DEVICE: "/dev/null", **ENTRY_DATA},
        options=OPTIONS,
        subentries_data=[
            ConfigSubentryData(
                data=SCHEDULE, subentry_type="schedule", title="Night", unique_id=None
            )
        ],
    )
    entry.add_to_hass(hass)
    add_connector(hass, entry, 0x2431)
    add_entity(hass, "sensor.grid", 1200, "W")
    add_entity(hass, "sensor.level", 50, "%", device_class="battery")
    add_entity(hass, "sensor.l1", "unknown", "A")
    add_entity(hass, "sensor.words", "nan")
    add_entity(hass, "switch.car", "on")
    return entry


@pytest.fixture(autouse=True)
def not_set_up() -> Generator[None]:
    """Leave the port alone after a flow."""
    with patch(f"custom_components.{DOMAIN}.async_setup_entry", return_value=False):
        yield


@pytest.fixture
async def client(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> AsyncGenerator[TestClient[Any, Any]]:
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, DOMAIN, {})
    yield await hass_client()
    for manager in (
        hass.config_entries.flow,
        hass.config_entries.options,
        hass.config_entries.subentries,
    ):
        for flow in manager.async_progress():
            manager.async_abort(flow["flow_id"])


@hypothesis_settings
@given(data=st.data())
async def test_a_new_bus(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    entry: MockConfigEntry,
    data: st.DataObject,
) -> None:
    await Browser(client, "flow", DOMAIN, TRANSLATIONS["config"]).walk(data)

    # Without a port that can be opened no nonsense makes an entry.
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert entry.data == {CONF_DEVICE: "/dev/null", **ENTRY_DATA}


@hypothesis_settings
@given(data=st.data())
async def test_options(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    entry: MockConfigEntry,
    data: st.DataObject,
) -> None:
    browser = Browser(client, "options/flow", entry.entry_id, TRANSLATIONS["options"])
    step = await browser.walk(data)

    if step["type"] != "create_entry":
        assert dict(entry.options) == OPTIONS
        return
    # By chance it made sense: then it is legal.
    options_of(entry)
    for key, (minimum, maximum) in LIMITS.items():
        assert minimum <= entry.options.get(key, minimum) <= maximum
    hass.config_entries.async_update_entry(entry, options=OPTIONS)
    await hass.async_block_till_done()


@hypothesis_settings
@given(data=st.data())
async def test_schedules(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    entry: MockConfigEntry,
    data: st.DataObject,
) -> None:
    before = dict(entry.subentries)
    browser = Browser(
        client,
        "subentries/flow",
        [entry.entry_id, "schedule"],
        TRANSLATIONS["config_subentries"]["schedule"],
    )
    step = await browser.walk(data)

    added = entry.subentries.keys() - before.keys()
    assert bool(added) is (step["type"] == "create_entry")
    assert schedules_of(entry)
    for subentry_id in added:
        amps = entry.subentries[subentry_id].data.get("amps", 12)
        assert ENTRY_DATA["min_current"] <= amps <= ENTRY_DATA["max_current"]
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    assert dict(entry.subentries) == before


@hypothesis_settings
@given(data=st.data())
async def test_plans(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    entry: MockConfigEntry,
    data: st.DataObject,
) -> None:
    before = dict(entry.subentries)
    browser = Browser(
        client,
        "subentries/flow",
        [entry.entry_id, "plan"],
        TRANSLATIONS["config_subentries"]["plan"],
    )
    step = await browser.walk(data)

    added = entry.subentries.keys() - before.keys()
    assert bool(added) is (step["type"] == "create_entry")
    # What was added can be followed.
    assert len(plans_of(entry)) == len(added)
    for subentry_id in added:
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    assert dict(entry.subentries) == before


@hypothesis_settings
@given(data=st.data())
async def test_cars(
    hass: HomeAssistant,
    client: TestClient[Any, Any],
    entry: MockConfigEntry,
    data: st.DataObject,
) -> None:
    before = dict(entry.subentries)
    browser = Browser(
        client,
        "subentries/flow",
        [entry.entry_id, "vehicle"],
        TRANSLATIONS["config_subentries"]["vehicle"],
    )
    step = await browser.walk(data)

    added = entry.subentries.keys() - before.keys()
    assert bool(added) is (step["type"] == "create_entry")
    for subentry_id in added:
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    assert dict(entry.subentries) == before


@hypothesis_settings
@given(body=bodies, path=st.sampled_from(["flow", "options/flow", "subentries/flow"]))
async def test_what_is_no_answer_at_all(
    client: TestClient[Any, Any], entry: MockConfigEntry, body: bytes, path: str
) -> None:
    response = await client.post(
        f"{FLOWS}{path}", data=body, headers={"Content-Type": "application/json"}
    )

    assert response.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}
    assert dict(entry.options) == OPTIONS
