"""What identifies the owner, the car or the place is shown nowhere, and not kept by the recorder."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
import json
import logging
import threading
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import Base
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.twc_manager.charging.control.stopping import STEADY_SECONDS
from custom_components.twc_manager.const import DOMAIN
from simulator.tesla import Place, Trouble
from tests.scene import GRID_OPTIONS, NEW, Builder, Scene
from tests.vehicles.scene import MadeUp, account, account_data, vehicle

from .arrangements import issues, twc

pytest_plugins = ["tests.cloud"]


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: Any) -> None:
    """Let there be a database before Home Assistant, as its harness wants it."""


@asynccontextmanager
async def _no_time_passes(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Let the virtual clock stand while Home Assistant waits for the thread of the recorder."""
    done = threading.Event()
    waiting = hass.loop.run_in_executor(None, done.wait)
    try:
        yield
    finally:
        done.set()
        await waiting


@pytest.fixture
async def recorder(
    hass: HomeAssistant, async_test_recorder: Any
) -> AsyncGenerator[Recorder]:
    """The recorder, with a database in memory."""
    async with AsyncExitStack() as stack:
        async with _no_time_passes(hass):
            instance = await stack.enter_async_context(async_test_recorder(hass))
        yield instance
        async with _no_time_passes(hass):
            await stack.aclose()


def _kept(recorder: Recorder) -> str:
    """Return all that the recorder has written, as text."""
    with recorder.get_session() as session:
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(table.select())
        )


async def _a_day_with_troubles(scene: Scene, made_up: MadeUp) -> None:
    """Pause and start the car, with answers and refusals of all kinds, and end the session."""
    connector = twc(scene, NEW)
    await scene.until(lambda: connector.drawn > 10)
    await asyncio.sleep(STEADY_SECONDS)
    made_up.server.fail_next("charge_stop", Trouble.SERVER_ERROR)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: connector.drawn == 0, 900)
    await asyncio.sleep(STEADY_SECONDS)
    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: connector.drawn > 10, 900)
    made_up.owner.revoke()
    await asyncio.sleep(STEADY_SECONDS)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: "cannot_stop" in issues(scene), 900)
    connector.unplug()
    await scene.until(lambda: scene.state("event.session", NEW) != "unknown", 120)


@pytest.mark.long
async def test_no_vin_no_token_and_no_place_is_shown_or_recorded(
    recorder: Recorder,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    set_up: Builder,
    made_up: MadeUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """home-assistant/core#105017, zabuldon/teslajsonpy#22, kerniger/leapmotor-ha#69: a VIN in what is sent with reports."""
    for name in (f"custom_components.{DOMAIN}", "tesla_fleet_api", "aiohttp"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    home = Place(hass.config.latitude, hass.config.longitude)
    (red,) = made_up.cars
    red.car.soc = 10
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car], **GRID_OPTIONS)
    tokens = {made_up.owner.refresh_token}
    twc(scene, NEW).serial = "B17G0012345"
    await _a_day_with_troubles(scene, made_up)
    (kept,) = (
        item
        for item in scene.entry.subentries.values()
        if item.subentry_id == added.subentry_id
    )
    data = account_data(kept)
    assert data.tokens is not None
    tokens |= {made_up.owner.refresh_token, data.tokens.refresh_token}
    tokens |= {data.tokens.access_token} - {""}
    assert len(tokens) >= 3

    registry = er.async_get(hass)
    places = {
        "diagnostics": json.dumps(
            await get_diagnostics_for_config_entry(hass, hass_client, scene.entry)
        ),
        "states": "\n".join(
            str(item.as_dict())
            for item in hass.states.async_all()
            if (entry := registry.async_get(item.entity_id))
            and entry.platform == DOMAIN
        ),
        "issues": "\n".join(str(item) for item in ir.async_get(hass).issues.values()),
        "sessions": str(await scene.act("get_sessions")),
        "log": "\n".join(
            record.getMessage()
            for record in caplog.records
            if record.name.startswith(
                ("custom_components.twc", "tesla_fleet", "aiohttp")
            )
        ),
    }
    async with _no_time_passes(hass):
        await async_wait_recording_done(hass)
        places["recorder"] = await recorder.async_add_executor_job(_kept, recorder)

    # What is looked for would be found: each place has something of this day.
    assert "1839" in places["diagnostics"]
    assert "Red one" in places["states"]
    assert "cannot_stop" in places["recorder"]
    assert "Red one" in places["sessions"]
    secrets = {
        "VIN": {red.vin, red.vin[3:13]},
        "serial number": {"B17G0012345"},
        "token": tokens | {made_up.owner.subject},
        "place": {f"{home.latitude:.4f}", f"{home.longitude:.4f}"},
    }
    found = [
        (place, kind)
        for place, words in places.items()
        for kind, items in secrets.items()
        for item in items
        if item in words
    ]
    assert found == []
