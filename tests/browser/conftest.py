"""One Home Assistant, one simulated house and one browser for the whole story.

The chapters of the story build on each other, in the order in which they are written. When one
fails, the rest is skipped, and what the browser and Home Assistant showed is kept in .cache/browser.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, expect
import pytest
import pytest_asyncio
import pytest_socket

from scripts.demo_lib.browser import log_in, running_browser
from scripts.demo_lib.console import say
from scripts.demo_lib.demo import Home, running_home
from scripts.demo_lib.folder import ROOT, copied_integration, temporary_folder
from scripts.demo_lib.net import free_port
from scripts.demo_lib.plan import DOMAIN

_KEPT: Final = ROOT / ".cache" / "browser"
_PATIENCE_MS: Final = 20_000.0
_DESKTOP: Final[ViewportSize] = {"width": 1400, "height": 900}
_ENDED: Final = pytest.StashKey[str]()
_REJECTED: Final = "A promise was rejected with"
_REPORT_REJECTED: Final = f"""
addEventListener("unhandledrejection", ({{ reason }}) => {{
  if (!(reason instanceof Error)) console.error("{_REJECTED}", JSON.stringify(reason));
}});
"""


@dataclass(frozen=True, slots=True)
class Story:
    """What the chapters have in common."""

    home: Home
    port: Path
    """The port that leads to the simulated bus."""
    files: Path
    """The files of the integration, a copy that may be updated."""
    browser: Browser
    page: Page
    """A page on a desktop, logged in."""
    accidents: list[str] = field(default_factory=list)
    """What went wrong in the scripts of any page."""

    async def watch(self, page: Page) -> None:
        """Be patient with a page, and note what goes wrong in its scripts."""

        def note(message: ConsoleMessage) -> None:
            # The error of the page names only the type of what a promise was rejected with.
            if message.text.startswith(_REJECTED):
                self.accidents.append(f"{message.text} on {message.location['url']}")

        page.set_default_timeout(_PATIENCE_MS)
        page.on("pageerror", lambda error: self.accidents.append(str(error)))
        page.on("console", note)
        await page.add_init_script(_REPORT_REJECTED)


@asynccontextmanager
async def _running_story() -> AsyncIterator[Story]:
    expect.set_options(timeout=_PATIENCE_MS)
    with (
        copied_integration() as files,
        temporary_folder(integration=files) as folder,
    ):
        async with (
            running_home(folder, free_port()) as home,
            running_browser() as browser,
        ):
            context = await browser.new_context(viewport=_DESKTOP, timezone_id="UTC")
            page = await context.new_page()
            story = Story(home, folder.port, files, browser, page)
            await story.watch(page)
            await log_in(page, home.url)
            yield story


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def story() -> AsyncGenerator[Story]:
    """A Home Assistant that knows nothing of wall connectors yet."""
    pytest_socket.enable_socket()
    begun, over = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def run() -> None:
        async with _running_story() as story:
            begun.set_result(story)
            await over.wait()

    # Its groups of tasks have to end in the task that they began in, which fixtures do not promise.
    task = asyncio.create_task(run())
    await asyncio.wait({task, begun}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    yield begun.result()
    over.set()
    await task


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """The story goes on after a chapter, and so does what runs in it."""


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def chapter(
    request: pytest.FixtureRequest, story: Story, socket_enabled: None
) -> AsyncGenerator[None]:
    """Run a chapter only if all before it went well; keep what there is to see if it does not."""
    if ended := request.session.stash.get(_ENDED, None):
        pytest.skip(f"the story ended in {ended}")
    yield
    if ended := request.session.stash.get(_ENDED, None):
        await _keep(story, ended)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        item.session.stash[_ENDED] = item.name
    return report


async def _keep(story: Story, name: str) -> None:
    """Keep a picture and the log of a chapter that went wrong, and print what matters of them."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    await story.page.screenshot(path=_KEPT / f"{name}.png")
    process = story.home.process
    (_KEPT / f"{name}.log").write_text("\n".join(process.records()))
    ours = [record for record in process.records() if DOMAIN in record]
    say(f"The browser is at {story.page.url} and shows (also in {_KEPT}):")
    say(await story.page.locator("body").aria_snapshot())
    say("\n".join(["Home Assistant said of us:", *ours[-10:]]))
    say(f"Home Assistant said at last:\n{process.tail()}")
