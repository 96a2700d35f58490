"""Dashboard and cards in the oldest Home Assistant that the integration runs on, where they are registered in a race."""

import pytest

from scripts.demo_lib import dashboard, pages
from scripts.demo_lib.browser import log_in, running_browser
from scripts.demo_lib.demo import running_home
from scripts.demo_lib.flow import FlowWalk
from scripts.demo_lib.folder import FLOOR, temporary_folder
from scripts.demo_lib.net import free_port
from scripts.demo_lib.plan import WIRING
from tests.browser.loads import failed_loads, new_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(420),
]


async def test_the_dashboard_is_offered_and_drawn_in_every_cold_load() -> None:
    with temporary_folder(environment=FLOOR) as folder:
        async with (
            running_home(folder, free_port()) as home,
            running_browser() as browser,
        ):
            walk = FlowWalk(home.api, {"device": str(folder.port), **WIRING})
            await walk.walk()
            async with new_page(browser) as page:
                await log_in(page, home.url)
                await pages.add_dashboard(page, home.url)
                login = await page.context.storage_state()
            config = await home.api.ask("lovelace/config", url_path=dashboard.URL_PATH)
            assert config == dashboard.CONFIG
            url = home.url + dashboard.OVERVIEW
            assert await failed_loads(browser, login, url) == []
            assert home.process.complaints() == []
