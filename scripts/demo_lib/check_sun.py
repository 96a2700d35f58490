"""The part of the check about green energy: two cars follow the sun down and up, and stop and start with it."""

from collections.abc import Callable
from typing import Final

from simulator.tesla import Kind

from . import plan
from .demo import Demo
from .entities import Entities
from .seeing import STATE_WITHIN_S, charges, require, seconds_until

_BRIGHT_W: Final = 12_000.0
# Enough for both: a car that stops would have to wait before it starts again.
_DULL_W: Final = 7_000.0
# The rounding to whole amps, and the unused part of a car's offer.
_LEFT_OVER_W: Final = 1_200.0
# A car just started is not stopped for a minute, nor the reverse, and a rise has to last.
_SUN_WITHIN_S: Final = 600.0


async def follow_the_sun(
    demo: Demo, entities: Entities, saw: Callable[[str], None]
) -> None:
    """Change to green energy and check the result; raises CheckError on a failure."""
    await _Sun(demo, entities, saw).follow()


class _Sun:
    """The checks of green energy."""

    def __init__(
        self, demo: Demo, entities: Entities, saw: Callable[[str], None]
    ) -> None:
        """Check a demo and print the results."""
        self._api = demo.api
        self._world = demo.world
        self._entities = entities
        self._saw = saw
        self._others = [demo.world.connector(plan.PROTOCOL_1)]
        self._connectors = [
            twc for twc in demo.world.bus.connectors if twc not in self._others
        ]

    async def follow(self) -> None:
        """Change to green energy; check that the offers follow a constant sun down and up again."""
        for key in ("start_delay", "stop_delay"):
            await self._api.call(
                "number.set_value", self._entities.of_bus(key), value=0
            )
        self._set_sun(_BRIGHT_W)
        await self._api.call(
            "select.select_option", self._entities.of_bus("mode"), option="green"
        )
        rule = self._entities.of_bus("rule")

        async def green() -> bool:
            return await self._api.state(rule) == "green"

        await seconds_until("the rule in force is green", green, STATE_WITHIN_S)
        for watts in (_BRIGHT_W, _DULL_W, _BRIGHT_W):
            self._set_sun(watts)
            await self._see_offers_for(watts)
        await self._see_cars_stop_and_start()
        await self._api.call(
            "select.select_option", self._entities.of_bus("mode"), option="fixed"
        )

    async def _see_offers_for(self, watts: float) -> None:
        """Check that the draws stay within the surplus, and use nearly all of it."""

        def fits() -> bool:
            left = watts - self._world.house.load_w
            return left - _LEFT_OVER_W <= self._power_w <= left

        took = await seconds_until(
            f"the cars follow {watts / 1000:.0f} kW of sun", fits, _SUN_WITHIN_S
        )
        power = await self._api.state(self._entities.of_bus("green_power"))
        self._saw(
            f"sun {watts / 1000:.0f} kW: the cars take {self._power_w / 1000:.1f} kW beside "
            f"{self._world.house.load_w / 1000:.1f} kW of the house after {took:.0f} s "
            f"(green power shown: {power} kW)"
        )

    async def _see_cars_stop_and_start(self) -> None:
        """Check that all cars stop without the sun, one of them through its account, and start again with it."""
        name, call_log = f"{plan.BY_ACCOUNT:04X}", self._world.cloud.call_log
        before = len(self._commands())
        self._set_sun(0)
        took = await seconds_until(
            "all cars stop without the sun",
            lambda: self._power_w == 0,
            _SUN_WITHIN_S,
        )
        sent = self._commands()[before:]
        require(sent == ["charge_stop"], f"the account sent the car at {name} {sent}")
        self._saw(
            f"no sun: the car at {name} stops through its account; all cars are still after {took:.0f} s"
        )
        self._set_sun(_BRIGHT_W)
        # One is enough: the others wait longer with each start of the day.
        connectors = self._connectors
        took = await seconds_until(
            "a car starts with the sun",
            lambda: any(charges(self._world, twc) for twc in connectors),
            _SUN_WITHIN_S,
        )
        charging = [twc.id for twc in connectors if charges(self._world, twc)]
        sent = self._commands()[before + 1 :]
        started = ["charge_start"]
        allowed = [started] if plan.BY_ACCOUNT in charging else [[], started]
        require(sent in allowed, f"the account sent the car at {name} {sent}")
        require(not call_log.commands_to_cars_away, "a car elsewhere was commanded")
        names = ", ".join(f"{item:04X}" for item in charging)
        self._saw(
            f"sun again: the car at {names} charges after {took:.0f} s; "
            f"all calls to the account so far cost ${call_log.cost_usd:.3f}"
        )

    def _set_sun(self, watts: float) -> None:
        self._world.set_sun(watts, self._others)

    @property
    def _power_w(self) -> float:
        """The power of the cars that follow the sun, in W."""
        return sum(twc.power_w for twc in self._connectors)

    def _commands(self) -> list[str]:
        """Return the commands from the account to the car that only it can stop."""
        car = self._world.connector(plan.BY_ACCOUNT).car
        assert car is not None
        call_log = self._world.cloud.call_log
        return [call.endpoint for call in call_log.of(Kind.COMMAND, car.vin)]
