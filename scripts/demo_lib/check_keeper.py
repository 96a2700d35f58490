"""The part of `scripts/demo --check --keeper` that kills Home Assistant: the cars have to charge on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aiohttp import ClientError

from .api import ApiError
from .demo import Demo
from .seeing import charges, require, seconds_until

_AWAY_S: Final = 15.0
_READY_WITHIN_S: Final = 90.0
_CHARGING_WITHIN_S: Final = 300.0
_BACK_WITHIN_S: Final = 180.0


async def see_the_keeper(demo: Demo, saw: Callable[[str], None]) -> None:
    """Check that the keeper has what it needs, that it takes over, and that Home Assistant takes over again."""
    keeper = (await demo.entities()).of_bus("keeper")

    async def is_ready() -> bool:
        with suppress(ClientError, TimeoutError, ApiError):
            return await demo.api.state(keeper) == "ready"
        return False

    await seconds_until("the keeper is ready", is_ready, _READY_WITHIN_S)
    connectors = demo.world.bus.connectors
    await seconds_until(
        "a car charges",
        lambda: any(charges(demo.world, twc) for twc in connectors),
        _CHARGING_WITHIN_S,
    )
    charging = [twc for twc in connectors if charges(demo.world, twc)]
    cars = [twc.car for twc in connectors if twc.car is not None]
    before = sum(car.interruptions for car in cars)
    demo.process.kill(_AWAY_S)
    await asyncio.sleep(_AWAY_S)
    # Once Home Assistant is back, it may have a reason to pause one.
    require(
        all(charges(demo.world, twc) for twc in charging), "a car has stopped charging"
    )
    took = await seconds_until("Home Assistant is back", is_ready, _BACK_WITHIN_S)
    interruptions = sum(car.interruptions for car in cars) - before
    require(not interruptions, f"{interruptions} cars were interrupted")
    problems = demo.world.bus.safety.problems()
    require(not problems, f"not safe: {'; '.join(problems)}")
    saw(
        f"keeper: Home Assistant was killed and back after {took:.0f} s; {len(charging)} cars charged on"
    )
