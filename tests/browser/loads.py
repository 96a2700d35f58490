"""Cold loads of the dashboard: a browser that knows nothing of Home Assistant but the login."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import (
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    StorageState,
    ViewportSize,
)

LOADS: Final = 20
CARDS: Final = ("flow", "connector", "plan")
BROKEN: Final = "hui-error-card, hui-warning"
_WITHIN_MS: Final = 30_000.0
_DESKTOP: Final[ViewportSize] = {"width": 1400, "height": 900}


def card(page: Page, name: str) -> Locator:
    """Return the cards of a kind that are drawn."""
    return page.locator(f"twc-manager-{name}-card ha-card")


@asynccontextmanager
async def new_page(
    browser: Browser, login: StorageState | None = None
) -> AsyncIterator[Page]:
    """Open a page in a context without caches."""
    context: BrowserContext = await browser.new_context(
        viewport=_DESKTOP, storage_state=login, timezone_id="UTC"
    )
    page = await context.new_page()
    page.set_default_timeout(_WITHIN_MS)
    try:
        yield page
    finally:
        await context.close()


async def failed_loads(browser: Browser, login: StorageState, url: str) -> list[str]:
    """Load the dashboard at an address many times; return what went wrong."""
    failures: list[str] = []
    for _ in range(LOADS):
        async with new_page(browser, login) as page:
            page.on("pageerror", lambda error: failures.append(str(error)))
            await page.goto(url)
            try:
                for name in CARDS:
                    await card(page, name).first.wait_for()
            except Error as error:
                failures.append(str(error))
            if await page.locator(BROKEN).count():
                failures.append("a card is broken")
    return failures
