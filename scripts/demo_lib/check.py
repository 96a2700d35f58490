"""`scripts/demo --check`: controls the demo through Home Assistant's API and checks the cars.

It calls the same actions as a card on a dashboard, and checks the result in the simulator, which has the true draws
of the cars.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isnan
import re
import time
from typing import Final

from simulator import WallConnector

from . import dashboard, plan
from .check_keeper import see_the_keeper
from .check_lines import see_two_lines
from .check_plan import PlanCheck
from .check_sun import follow_the_sun
from .console import say
from .demo import Demo, running_demo
from .entities import Entities, connector_devices, entry_of, house_meters
from .folder import Folder, temporary_folder
from .net import free_port
from .options import forecast_of_tomorrow
from .seeing import (
    STATE_WITHIN_S,
    CheckError,
    Protocol,
    charges,
    number,
    require,
    seconds_until,
)

_MODULE: Final = re.compile(r"/twc_manager_frontend/twc-manager\.js\?v=[\w.-]+")
_WITHIN_S: Final = 1200.0
# A new master raises no offer for 30 s, since connectors of an earlier master announce themselves only then.
_CHARGING_WITHIN_S: Final = 300.0
_WIRE_WITHIN_S: Final = 60.0
_FOLLOW_WITHIN_S: Final = 120.0
# Raises wait until the other draws have fallen, and starts and stops are rare to protect relays.
_SWITCH_WITHIN_S: Final = 300.0
_NEW_LIMIT_A: Final = 16
# A car draws a little less than its offer, and a meter is never exact.
_CAR_LEAVES_A: Final = 1.5
_STIRS_A: Final = 0.3
_METERS_DIFFER_A: Final = 1.5


class Check:
    """The checks, one after the other."""

    def __init__(
        self, demo: Demo, entities: Entities, saw: Callable[[str], None]
    ) -> None:
        """Check a demo and print the results."""
        self._demo = demo
        self._api = demo.api
        self._world = demo.world
        self._entities = entities
        self._saw = saw

    async def run(self) -> None:
        """Run all checks; raises CheckError at the first failure."""
        await self._see_the_flow()
        await self._see_the_connectors()
        await self._see_the_dashboard()
        await self._see_the_forecast()
        planned = PlanCheck(self._demo, self._entities, self._saw)
        await planned.see_the_plan_of_the_demo()
        await planned.begin()
        # The time of the plan comes by the clock on the wall, whatever the other cars do.
        async with asyncio.TaskGroup() as group:
            group.create_task(planned.see_the_slot())
            group.create_task(self._see_the_others())
        await self._see_the_house()
        await self._see_the_cost()
        self._see_that_it_was_safe()
        self._see_the_log()

    async def _see_the_others(self) -> None:
        """Check the cars without a plan."""
        await self._see_charge([plan.BY_ACCOUNT, plan.EXTENDED])
        await self._see_the_devices()
        await self._see_the_totals()
        await self._set_a_limit(self._world.connector(plan.EXTENDED))
        await self._switch_off_and_on(self._world.connector(plan.EXTENDED))
        await follow_the_sun(self._demo, self._entities, self._saw)

    async def _see_the_flow(self) -> None:
        walk = self._demo.walk
        require(walk is not None, "the config flow was not walked")
        if walk is not None:
            require("scan" in walk.steps, f"no progress step among {walk.steps}")
            self._saw(f"config flow: {' > '.join(walk.steps)}")
            for row in walk.found.splitlines():
                self._saw(f"  found | {row.strip('| ')}")
        state = (await entry_of(self._api))["state"]
        require(state == "loaded", f"the config entry is {state}, not loaded")

    async def _see_the_connectors(self) -> None:
        for twc in self._world.bus.connectors:
            status = await self._of(twc, "status")
            limit = await self._number(twc, "charge_limit")
            allowed = min(twc.rating, plan.MAX_CONNECTOR_CURRENT)
            require(
                limit == allowed,
                f"{twc.id:04X} has a limit of {limit} A, not of {allowed} A",
            )
            self._saw(f"{twc.id:04X}: {status}, limit {limit:.0f} A")

    async def _see_the_devices(self) -> None:
        """Check the data that the connectors reported; those with protocol 1 report none."""
        newest = self._world.connector(plan.EXTENDED)

        async def is_shown() -> bool:
            devices = await connector_devices(self._api, self._entities)
            return bool(devices[newest.id]["serial_number"] == newest.serial)

        await seconds_until(
            f"{newest.id:04X} shows its serial number", is_shown, STATE_WITHIN_S
        )
        devices = await connector_devices(self._api, self._entities)
        for twc in self._world.bus.connectors:
            device = devices[twc.id]
            self._saw(
                f"{twc.id:04X}: device '{device['name']}', firmware {device['sw_version'] or '-'}, "
                f"serial number {device['serial_number'] or '-'}"
            )

    async def _see_the_dashboard(self) -> None:
        """Check the dashboard, and that every page loads the module which makes it."""
        stored = await self._api.ask("lovelace/config", url_path=dashboard.URL_PATH)
        require(stored == dashboard.CONFIG, f"the dashboard is {stored}")
        found = _MODULE.search(await self._api.text("/"))
        require(found is not None, "no page loads the module of the cards")
        if found is not None:
            module = await self._api.text(found[0])
            require("twc-manager-connector-card" in module, "the module has no cards")
            self._saw(f"dashboard: made by {found[0]}, {len(module) / 1000:.0f} kB")

    async def _see_the_forecast(self) -> None:
        """Check that something is left of the sun that is forecast."""
        left = await forecast_of_tomorrow(self._api)
        kwh = number(left.removesuffix(" kWh"))
        require(kwh > 0, f"the house leaves {left} of the sun")
        self._saw(f"forecast: the house leaves {left} of the sun tomorrow")

    async def _see_charge(self, connector_ids: Sequence[int]) -> None:
        """Check that the cars at some connectors charge."""
        connectors = [self._world.connector(item) for item in connector_ids]
        names = ", ".join(f"{twc.id:04X}" for twc in connectors)
        took = await seconds_until(
            f"the cars at {names} charge",
            lambda: all(charges(self._world, twc) for twc in connectors),
            _CHARGING_WITHIN_S,
        )
        for twc in connectors:
            await self._state_is(twc, "status", "charging")
        offers = ", ".join(
            f"{twc.id:04X} draws {twc.drawn:.1f} of {twc.offered:.0f} A"
            for twc in connectors
        )
        self._saw(f"charging after another {took:.0f} s: {offers}")

    async def _set_a_limit(self, twc: WallConnector) -> None:
        """Move the slider; check the offer on the wire, the first reaction of the car, and its draw."""
        before, name = twc.drawn, f"{twc.id:04X}"
        require(
            before > _NEW_LIMIT_A,
            f"{name} draws {before:.1f} A: too little to see it follow",
        )
        began = time.monotonic()
        slider = self._entities.of_connector(twc.id, "charge_limit")
        await self._api.call("number.set_value", slider, value=_NEW_LIMIT_A)
        on_wire = await seconds_until(
            f"{name} is offered {_NEW_LIMIT_A} A",
            lambda: twc.offered == _NEW_LIMIT_A,
            _WIRE_WITHIN_S,
            since=began,
        )
        stirs = await seconds_until(
            f"the car at {name} begins to follow",
            lambda: abs(twc.drawn - before) > _STIRS_A,
            _FOLLOW_WITHIN_S,
            since=began,
        )
        follows = await seconds_until(
            f"the car at {name} draws {_NEW_LIMIT_A} A or a little less",
            lambda: (
                charges(self._world, twc)
                and _NEW_LIMIT_A - _CAR_LEAVES_A <= twc.drawn <= _NEW_LIMIT_A
            ),
            _FOLLOW_WITHIN_S,
            since=began,
        )
        self._saw(
            f"{name} set to {_NEW_LIMIT_A} A: offered after {on_wire:.2f} s, the car begins after "
            f"{stirs:.1f} s and draws {twc.drawn:.1f} A after {follows:.1f} s (before: {before:.1f} A)"
        )
        await self._meter_agrees(twc)

    async def _switch_off_and_on(self, twc: WallConnector) -> None:
        """Switch a connector whose car is stopped and started by its account."""
        switch, name = self._entities.of_connector(twc.id, "charge"), f"{twc.id:04X}"
        began = time.monotonic()
        await self._api.call("switch.turn_off", switch)
        stops = await seconds_until(
            f"the car at {name} stops",
            lambda: twc.drawn == 0 and not twc.charging,
            _SWITCH_WITHIN_S,
            since=began,
        )
        await self._state_is(twc, "status", "paused")
        self._saw(
            f"{name} switched off: the car draws 0.0 A after {stops:.1f} s, status paused"
        )
        began = time.monotonic()
        await self._api.call("switch.turn_on", switch)
        starts = await seconds_until(
            f"the car at {name} charges again",
            lambda: charges(self._world, twc),
            _SWITCH_WITHIN_S,
            since=began,
        )
        await self._state_is(twc, "status", "charging")
        self._saw(
            f"{name} switched on: the car charges again after {starts:.1f} s, status charging"
        )

    async def _see_the_totals(self) -> None:
        current = self._entities.of_bus("total_current")

        async def agrees() -> bool:
            shown = number(await self._api.state(current))
            return abs(shown - self._world.drawn) <= _METERS_DIFFER_A

        await seconds_until(
            "the total current agrees with the cars", agrees, STATE_WITHIN_S
        )
        amps = await self._api.state(current)
        power = await self._api.state(self._entities.of_bus("total_power"))
        require(number(power) > 0, f"the total power is {power}")
        self._saw(
            f"totals: {amps} A (the cars draw {self._world.drawn:.1f} A), {power} kW"
        )

    async def _see_the_house(self) -> None:
        seen = []
        for entity_id in await house_meters(self._api):
            watts = await self._api.state(entity_id)
            require(
                watts.lstrip("-").isdecimal(),
                f"{entity_id} shows {watts}, which is no number",
            )
            seen.append(f"{entity_id} {watts} W")
        require(
            len(seen) == len(self._world.house_figures),
            f"only these meters are there: {seen}",
        )
        self._saw(f"house: {', '.join(seen)}")

    async def _see_the_cost(self) -> None:
        """Check that the session of a car that charged costs something at the made prices; changes are held back."""
        twc = self._world.connector(plan.EXTENDED)
        keys = ("session_cost", "month_cost")

        async def is_shown() -> bool:
            costs = [await self._number(twc, key) for key in keys]
            return not any(map(isnan, costs)) and costs[0] > 0

        await seconds_until(f"{twc.id:04X} shows costs", is_shown, STATE_WITHIN_S)
        costs = ", ".join([f"{key} {await self._of(twc, key)}" for key in keys])
        price = await self._api.state(self._entities.of_bus("price"))
        require(number(price) > 0, f"the price of electricity is {price}")
        self._saw(f"{twc.id:04X}: {costs} USD at {price} USD/kWh")

    def _see_that_it_was_safe(self) -> None:
        safety = self._world.bus.safety
        problems = safety.problems(plan.MAX_CURRENT)
        require(not problems, f"not safe: {'; '.join(problems)}")
        self._saw(
            f"safe: never more than {safety.highest_sent:.0f} A offered and {safety.highest_drawn:.1f} A "
            f"drawn of {plan.MAX_CURRENT} A, no forbidden frame"
        )

    def _see_the_log(self) -> None:
        """Check that there are no warnings of the integration or about it."""
        complaints = self._demo.process.complaints()
        require(
            not complaints,
            f"{len(complaints)} complaints in the log, the first:\n{''.join(complaints[:1])}",
        )
        self._saw("log: no warning and no error of ours")

    async def _of(self, twc: WallConnector, key: str) -> str:
        return await self._api.state(self._entities.of_connector(twc.id, key))

    async def _number(self, twc: WallConnector, key: str) -> float:
        return number(await self._of(twc, key))

    async def _state_is(self, twc: WallConnector, key: str, wanted: str) -> None:
        async def shown() -> bool:
            return await self._of(twc, key) == wanted

        await seconds_until(f"{twc.id:04X} shows {key} {wanted}", shown, STATE_WITHIN_S)

    async def _meter_agrees(self, twc: WallConnector) -> None:
        """Check that Home Assistant shows the draw of the car."""

        async def shown() -> bool:
            return abs(await self._number(twc, "current") - twc.drawn) <= _CAR_LEAVES_A

        took = await seconds_until(
            f"{twc.id:04X} shows its draw", shown, STATE_WITHIN_S
        )
        power = await self._of(twc, "power")
        self._saw(
            f"{twc.id:04X} shows {await self._of(twc, 'current')} A and {power} kW "
            f"after another {took:.1f} s"
        )


async def _see_a_demo(folder: Folder, protocol: Protocol) -> None:
    """Check what the form of a demo is about: with two lines only what they share."""
    async with running_demo(folder, free_port()) as demo:
        version = (await demo.api.get("/api/config"))["version"]
        protocol.saw(f"Home Assistant {version} runs with the integration added")
        if folder.has_two_lines:
            await see_two_lines(demo, protocol.saw)
        else:
            await Check(demo, await demo.entities(), protocol.saw).run()
        if folder.has_keeper:
            await see_the_keeper(demo, protocol.saw)
    protocol.saw("everything stopped")


def _show_log(folder: Folder) -> None:
    """Print the log of a failed check, since its folder is deleted."""
    with suppress(OSError):
        say(f"\nHome Assistant said:\n{folder.output.read_text(errors='replace')}")


async def check(*, has_keeper: bool = False, has_two_lines: bool = False) -> int:
    """Run and check a demo, with a keeper, with two lines or with neither; return the exit code."""
    protocol = Protocol()
    with temporary_folder(has_keeper=has_keeper, has_two_lines=has_two_lines) as folder:
        try:
            async with asyncio.timeout(_WITHIN_S):
                await _see_a_demo(folder, protocol)
        except TimeoutError as error:
            _show_log(folder)
            msg = f"the check was not through after {_WITHIN_S:.0f} s"
            raise CheckError(msg) from error
        except Exception:
            _show_log(folder)
            raise
    say(f"\nThe demo works: {protocol.count} things seen in {protocol.seconds:.0f} s.")
    return 0
