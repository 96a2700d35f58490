"""What Home Assistant's harness does around each test, done once or only where it is needed.

Most tests need neither Home Assistant nor an event loop, and the harness would cost them more than what they test. It
is a plugin of pytest, loaded by conftest.py, so that its fixtures replace those of the harness.
"""

from collections.abc import Iterator
import threading
from unittest.mock import patch

import pytest


def _has_loop(node: pytest.Item) -> bool:
    """Return whether a test runs on an event loop, as coroutines and those with Home Assistant do."""
    return node.get_closest_marker("asyncio") is not None or "hass" in node.fixturenames


@pytest.fixture(autouse=True)
def configure_event_loop() -> None:
    """Do nothing: the runner of tests.virtual makes the loop as it has to be."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Do nothing: the runner of tests.virtual makes the loop as it has to be."""


@pytest.fixture(autouse=True)
def verify_cleanup(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check that a test leaves nothing behind: tasks and timers where there is a loop for them."""
    if _has_loop(request.node):
        # The harness's own.
        request.getfixturevalue("verify_cleanup")
        yield
        return
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before, "a thread is left behind"


@pytest.fixture(autouse=True, scope="session")
def disable_http_server() -> Iterator[None]:
    """Let Home Assistant open no port."""
    server = "homeassistant.components.http.HomeAssistantHTTP"
    with patch(f"{server}.async_bind"), patch(f"{server}.start"):
        yield


@pytest.fixture(autouse=True, scope="session")
def skip_stop_scripts() -> Iterator[None]:
    """Let scripts leave no timer behind that stops them after Home Assistant has."""
    with patch("homeassistant.helpers.script._schedule_stop_scripts_after_shutdown"):
        yield
