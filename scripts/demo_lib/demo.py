"""The whole demo: bus, house and Home Assistant, from nothing to usable and back to nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import ClientError, ClientSession

from . import dashboard, people
from .api import Api, ApiError
from .console import say
from .entities import Entities, entities_of
from .errors import DemoError
from .flow import FlowWalk
from .folder import Folder, occupied
from .forecast import add_forecast
from .keeper import KeeperProcess
from .net import HOST, assert_free
from .options import choose_options
from .plan import DOMAIN
from .process import HomeAssistantProcess
from .subentries import add_account_and_cars, add_plan
from .world import Line, World

HOUSE_EVENT: Final = "twc_manager_demo_house"
_HOUSE_S: Final = 5.0
_LOOK_S: Final = 0.25
_UP_WITHIN_S: Final = 120.0
_RUNNING_WITHIN_S: Final = 120.0
_CONNECTORS_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Home:
    """A Home Assistant with its user logged in, and the world around it."""

    api: Api
    world: World
    process: HomeAssistantProcess
    answers: Sequence[Mapping[str, Any]]
    """The answers to the config flow, for each line."""

    @property
    def url(self) -> str:
        """The address for the browser."""
        return self.api.url

    async def entities(self, line: int = 0) -> Entities:
        """Return the integration's entities of a line as they are now."""
        return await entities_of(self.api, line)


@dataclass(frozen=True, slots=True)
class Demo(Home):
    """A demo that is usable."""

    walk: FlowWalk | None
    """The config flow of the last line, if this start needed it."""


@asynccontextmanager
async def running_demo(
    folder: Folder, port: int, *, fresh: bool = False
) -> AsyncIterator[Demo]:
    """Run a demo in a folder; everything it started is gone afterwards."""
    async with running_home(folder, port, fresh=fresh) as home:
        walk = await _make_usable(home, folder)
        yield Demo(home.api, home.world, home.process, home.answers, walk)


@asynccontextmanager
async def running_home(
    folder: Folder, port: int, *, fresh: bool = False
) -> AsyncIterator[Home]:
    """Run Home Assistant in a folder, without the integration in a new one."""
    url = f"http://{HOST}:{port}"
    async with occupied(folder, url) as lock:
        assert_free(port)
        if fresh or not folder.complete:
            folder.clear()
        folder.prepare(port)
        async with (
            World(folder.ports, folder.memory) as world,
            _ports_of(folder, world) as answers,
            HomeAssistantProcess(folder, lock) as process,
            ClientSession() as session,
            _in_the_background(process.watch),
        ):
            api = Api(session, url)
            await _log_in(api, folder)
            async with _in_the_background(lambda: _show_house(api, world)):
                yield Home(api, world, process, answers)


@asynccontextmanager
async def _ports_of(
    folder: Folder, world: World
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """Yield the answers to the config flow for the port of each line, or for the keeper that runs meanwhile."""
    if not folder.has_keeper:
        yield [{"device": str(line.path), **line.wiring} for line in world.lines]
        return
    async with KeeperProcess(folder) as keeper:
        yield [keeper.answers]


@asynccontextmanager
async def _in_the_background(
    work: Callable[[], Awaitable[None]],
) -> AsyncIterator[None]:
    """Run a coroutine in the background; its failure ends this context too."""
    async with asyncio.TaskGroup() as group:

        async def do() -> None:
            await work()

        task = group.create_task(do())
        yield
        task.cancel()


async def _log_in(api: Api, folder: Folder) -> None:
    """Wait for Home Assistant and log in as its user."""
    await wait_for("an answer of Home Assistant", api.answers, _UP_WITHIN_S)
    if folder.complete:
        await people.log_in(api)
    else:
        say("Setting Home Assistant up ...")
        await people.onboard(api)
    await _wait_until_running(api)


async def _make_usable(home: Home, folder: Folder) -> FlowWalk | None:
    """Set up Home Assistant until the integration can be used."""
    api = home.api
    walk = None
    if not folder.complete:
        say("Adding the integration, which looks for wall connectors ...")
        for answers in home.answers:
            walk = FlowWalk(api, answers)
            await walk.walk()
    await settle(api, home.world, folder)
    return walk


async def settle(api: Api, world: World, folder: Folder) -> None:
    """Wait until what was added is there, and choose what the demo needs beside it if that is new."""
    await wait_for_connectors(api, world)
    await _show_house_once(api, world)
    if not folder.complete:
        await add_forecast(api)
        for line in range(len(world.lines)):
            await choose_options(api, line, has_fuse=folder.has_two_lines)
        await wait_for_connectors(api, world)
        await add_account_and_cars(api, world)
        await add_plan(api)
    await dashboard.install(api)
    folder.finish()


async def restart(api: Api) -> float:
    """Restart Home Assistant, and return how many seconds the integration's setup took of its start.

    Home Assistant keeps the time only while it starts.
    """
    await _begin_restart(api)

    async def set_up() -> bool:
        with suppress(ClientError, TimeoutError, ApiError):
            return any(row["domain"] == DOMAIN for row in await timings())
        return False

    async def timings() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await api.ask("integration/setup_info")
        return rows

    await wait_for("the integration after a restart", set_up, _UP_WITHIN_S)
    await _wait_until_running(api)
    return next(
        float(row["seconds"]) for row in await timings() if row["domain"] == DOMAIN
    )


async def restart_without_integration(api: Api) -> None:
    """Restart Home Assistant after the files of the integration were removed."""
    await _begin_restart(api)

    async def is_without() -> bool:
        with suppress(ClientError, TimeoutError, ApiError):
            return DOMAIN not in (await api.get("/api/config"))["components"]
        return False

    await wait_for("a start without the integration", is_without, _UP_WITHIN_S)
    await _wait_until_running(api)


async def _begin_restart(api: Api) -> None:
    # It may stop before it has answered.
    with suppress(ClientError, TimeoutError, ApiError):
        await api.post("/api/services/homeassistant/restart")


async def _wait_until_running(api: Api) -> None:
    async def running() -> bool:
        return bool((await api.get("/api/config"))["state"] == "RUNNING")

    await wait_for("the end of Home Assistant's start", running, _RUNNING_WITHIN_S)


async def wait_for_connectors(api: Api, world: World) -> None:
    """Wait until all connectors have their entities; raises DemoError after a timeout."""

    async def are_there(number: int, line: Line) -> bool:
        entities = await entities_of(api, number)
        for twc in line.bus.connectors:
            if not entities.has_connector(twc.id):
                return False
            status = entities.of_connector(twc.id, "status")
            if await api.state(status) in {"unavailable", "unknown"}:
                return False
        return True

    async def there() -> bool:
        for number, line in enumerate(world.lines):
            if not await are_there(number, line):
                return False
        return True

    await wait_for("entities for all wall connectors", there, _CONNECTORS_WITHIN_S)


async def wait_for(
    what: str, there: Callable[[], Awaitable[bool]], within_s: float
) -> None:
    """Wait until a condition is true; raises DemoError after a timeout."""
    try:
        async with asyncio.timeout(within_s):
            while not await there():
                await asyncio.sleep(_LOOK_S)
    except TimeoutError as error:
        msg = f"waited {within_s:.0f} s in vain for {what}"
        raise DemoError(msg) from error


async def _show_house(api: Api, world: World) -> None:
    """Report the values of the house's meters to Home Assistant until cancelled."""
    while True:
        # The user may restart Home Assistant; the meters continue.
        with suppress(ClientError, TimeoutError, ApiError):
            await _show_house_once(api, world)
        await asyncio.sleep(_HOUSE_S)


async def _show_house_once(api: Api, world: World) -> None:
    figures = world.house_figures | world.prices.figures(datetime.now().astimezone())
    await api.post(f"/api/events/{HOUSE_EVENT}", figures)
