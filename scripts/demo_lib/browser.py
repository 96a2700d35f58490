"""A real browser, logged in to the demo as its user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
import shutil
from typing import Final

from playwright.async_api import Browser, Page, async_playwright

from .errors import DemoError
from .people import PASSWORD, USER

_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The first page after a login loads the whole frontend.
_FIRST_PAGE_MS: Final = 90_000.0


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Run the machine's own Chromium, the one in CHROMIUM if that is set."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        msg = "there is no Chromium on this machine"
        raise DemoError(msg)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def log_in(
    page: Page, url: str, user: str = USER, password: str = PASSWORD
) -> None:
    """Log in on Home Assistant's login page and wait for the page behind it."""
    await page.goto(url)
    await page.locator("input[name=username]").fill(user, timeout=_FIRST_PAGE_MS)
    await page.locator("input[name=password]").fill(password)
    await page.keyboard.press("Enter")
    await page.locator("home-assistant-main").wait_for(timeout=_FIRST_PAGE_MS)
