"""The part of `scripts/demo --check --two-lines`: two lines share a main fuse and the sun, and one goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from . import plan
from .demo import Demo
from .entities import Entities, entry_of
from .seeing import STATE_WITHIN_S, charges, require, seconds_until
from .subentries import subentry_of
from .world import Line

_CHARGING_WITHIN_S: Final = 300.0
# Each raise waits until the meter, which reports every 5 s, has shown the one before.
_FULL_WITHIN_S: Final = 600.0
_FULL: Final = 0.85
"""The part of the main fuse that the house has to use once both lines charge."""
_GREEN_WITHIN_S: Final = 600.0
_SUN_W: Final = 16_000.0
# The rounding to whole amps, the unused part of a car's offer, and a rise that is waited for.
_LEFT_OVER_W: Final = 2_000.0
_HOLDS_S: Final = 15.0
"""For so long the draws have to fit the sun: they may do so for a moment on their way from somewhere else."""
_AWAY_WITHIN_S: Final = 180.0
_ABOVE_S: Final = 20.0
"""A load of the house that is switched on is seen by the meter within 5 s; then offers fall, and cars follow."""
_LOOK_S: Final = 0.5


class FuseWatch:
    """The current at the main fuse of the simulated house."""

    def __init__(self, demo: Demo) -> None:
        """Start without a measurement."""
        self._world = demo.world
        self._above_s = 0.0
        self.longest_s = 0.0
        self.worst = 0.0

    @property
    def amps(self) -> float:
        """The current now, in A."""
        return abs(self._world.house.grid_w) / float(plan.WIRING["voltage"])

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            self.worst = max(self.worst, self.amps)
            is_above = self.amps > plan.MAIN_FUSE
            self._above_s = self._above_s + _LOOK_S if is_above else 0.0
            self.longest_s = max(self.longest_s, self._above_s)
            await asyncio.sleep(_LOOK_S)


@asynccontextmanager
async def _watched(demo: Demo) -> AsyncIterator[FuseWatch]:
    watch = FuseWatch(demo)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(watch.watch())
        yield watch
        task.cancel()


async def see_two_lines(demo: Demo, saw: Callable[[str], None]) -> None:
    """Check that both lines charge, share what there is, and that one which goes away counts."""
    entities = [await demo.entities(line) for line in range(len(demo.world.lines))]
    async with _watched(demo) as watch:
        await _Lines(demo, entities, watch, saw).run()


class _Lines:
    """The checks, one after the other."""

    def __init__(
        self,
        demo: Demo,
        entities: list[Entities],
        watch: FuseWatch,
        saw: Callable[[str], None],
    ) -> None:
        """Check a demo and print the results."""
        self._demo = demo
        self._api = demo.api
        self._world = demo.world
        self._entities = entities
        self._watch = watch
        self._saw = saw

    async def run(self) -> None:
        """Run all checks; raises CheckError at the first failure."""
        self._world.set_sun(0.0)
        await self._see_the_entries()
        await self._stop_the_plan()
        await self._see_both_charge()
        await self._see_the_fuse_used()
        await self._see_one_go_and_come_back()
        await self._see_the_sun_shared()
        self._see_that_it_was_safe()

    async def _see_the_entries(self) -> None:
        for number, line in enumerate(self._world.lines):
            entry = await entry_of(self._api, number)
            require(entry["state"] == "loaded", f"{entry['title']} is {entry['state']}")
            names = ", ".join(f"{twc.id:04X}" for twc in line.bus.connectors)
            self._saw(
                f"{entry['title']}: {names}, at most {line.wiring['max_current']} A"
            )

    async def _stop_the_plan(self) -> None:
        """Switch the plan of the demo off, so that its car charges like the others."""
        subentry_id = await subentry_of(self._api, "plan", plan.PLAN)
        switch = self._entities[0].of_plan(subentry_id, "plan")
        await self._api.call("switch.turn_off", switch)

    async def _see_both_charge(self) -> None:
        took = await seconds_until(
            "a car charges on each line",
            lambda: all(map(self._charging, self._world.lines)),
            _CHARGING_WITHIN_S,
        )
        self._saw(f"a car charges on each line after another {took:.0f} s")

    async def _see_the_fuse_used(self) -> None:
        took = await seconds_until(
            f"the house uses {_FULL:.0%} of its main fuse",
            lambda: self._watch.amps >= _FULL * plan.MAIN_FUSE,
            _FULL_WITHIN_S,
        )
        self._saw(
            f"main fuse of {plan.MAIN_FUSE} A: {self._watch.amps:.1f} A after another {took:.0f} s, {self._draws()}"
        )
        await self._see_cars_shown()

    async def _see_one_go_and_come_back(self) -> None:
        """Unplug the port of the second line: its cars stop by themselves, and only then the first line has their room."""
        first, second = self._world.lines
        before = first.drawn
        assert second.pty is not None
        second.pty.unplug()
        highest = before

        def has_stopped() -> bool:
            nonlocal highest
            highest = max(highest, first.drawn + second.drawn)
            return second.drawn == 0

        took = await seconds_until(
            "the cars of the line without a port stop", has_stopped, _AWAY_WITHIN_S
        )
        await seconds_until(
            "the other line has what they left",
            lambda: first.drawn > before + 1,
            _FULL_WITHIN_S,
        )
        self._saw(
            f"a line without its port: its cars stop after {took:.0f} s, both lines drew {highest:.1f} A at most "
            f"meanwhile; then the other line draws {first.drawn:.1f} A instead of {before:.1f} A"
        )
        second.pty.replug()
        took = await seconds_until(
            "a car of the line that is back charges",
            lambda: self._charging(second),
            _FULL_WITHIN_S,
        )
        self._saw(
            f"its port is back: a car charges after {took:.0f} s, {self._draws()}"
        )

    async def _see_the_sun_shared(self) -> None:
        """Change both lines to green energy: together they use the surplus once."""
        self._world.set_sun(_SUN_W)
        for entities in self._entities:
            for key in ("start_delay", "stop_delay"):
                await self._api.call("number.set_value", entities.of_bus(key), value=0)
            await self._api.call(
                "select.select_option", entities.of_bus("mode"), option="green"
            )

        rules = [entities.of_bus("rule") for entities in self._entities]

        async def follow() -> bool:
            return all([await self._api.state(rule) == "green" for rule in rules])

        await seconds_until("both lines follow the sun", follow, STATE_WITHIN_S)
        fitted_at: float | None = None

        def fits() -> bool:
            nonlocal fitted_at
            left = _SUN_W - self._world.house.load_w
            power = self._world.house.charging_w
            both = all(map(self._charging, self._world.lines))
            if not both or not left - _LEFT_OVER_W <= power <= left:
                fitted_at = None
            elif fitted_at is None:
                fitted_at = self._world.bus.now
            return fitted_at is not None and self._world.bus.now - fitted_at > _HOLDS_S

        took = await seconds_until(
            f"both lines follow {_SUN_W / 1000:.0f} kW of sun", fits, _GREEN_WITHIN_S
        )
        self._saw(
            f"sun {_SUN_W / 1000:.0f} kW: the cars of both lines take {self._world.house.charging_w / 1000:.1f} kW "
            f"beside {self._world.house.load_w / 1000:.1f} kW of the house after {took:.0f} s, {self._draws()}"
        )

    async def _see_cars_shown(self) -> None:
        """Check that Home Assistant shows a car that charges on each line."""

        async def shown() -> bool:
            states = [
                [
                    await self._api.state(entities.of_connector(twc.id, "status"))
                    for twc in line.bus.connectors
                ]
                for entities, line in zip(
                    self._entities, self._world.lines, strict=True
                )
            ]
            return all("charging" in line for line in states)

        await seconds_until("both lines show a car that charges", shown, STATE_WITHIN_S)

    def _see_that_it_was_safe(self) -> None:
        watch = self._watch
        require(
            watch.longest_s <= _ABOVE_S,
            f"the main fuse carried {watch.worst:.1f} A, more than its {plan.MAIN_FUSE} A for {watch.longest_s:.0f} s",
        )
        for line in self._world.lines:
            limit = float(line.wiring["max_current"])
            problems = line.bus.safety.problems(limit)
            require(not problems, f"not safe: {'; '.join(problems)}")
        sent = ", ".join(
            f"{line.bus.safety.highest_sent:.0f} of {line.wiring['max_current']} A"
            for line in self._world.lines
        )
        self._saw(
            f"safe: the main fuse carried {watch.worst:.1f} A at most, never more than it may for more than "
            f"{watch.longest_s:.1f} s; offered at most {sent}; no forbidden frame"
        )
        # The log says that the port which was unplugged is lost, and that it is back.
        port = str(self._world.lines[-1].path)
        complaints = [
            item for item in self._demo.process.complaints() if port not in item
        ]
        require(not complaints, f"complaints in the log:\n{''.join(complaints[:1])}")

    def _charging(self, line: Line) -> bool:
        return any(charges(self._world, twc) for twc in line.bus.connectors)

    def _draws(self) -> str:
        draws = " and ".join(f"{line.drawn:.1f}" for line in self._world.lines)
        return f"the lines draw {draws} A"
