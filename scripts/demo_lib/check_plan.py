"""The part of the check about plans: a car waits for the slot of its plan, charges in it, and has enough after it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from simulator import WallConnector

from . import plan
from .demo import Demo
from .entities import Entities
from .seeing import charges, number, seconds_until

# As late as possible is before the reserve of a plan, a quarter of an hour and a tenth of the charging time. A plan without
# time for its reserve would charge at once.
_READY_IN: Final = timedelta(minutes=20)
_ENERGY_KWH: Final = 0.2
_WAITS_WITHIN_S: Final = 300.0
_BEGINS_WITHIN_S: Final = 600.0
_ENDS_WITHIN_S: Final = 420.0


async def follow_a_plan(
    demo: Demo, entities: Entities, saw: Callable[[str], None]
) -> None:
    """Set a plan and see its slot begin and end; raises CheckError on a failure."""
    await _Plan(demo, entities, saw).follow()


class _Plan:
    """The check of a plan at the connector whose car 0 A stops."""

    def __init__(
        self, demo: Demo, entities: Entities, saw: Callable[[str], None]
    ) -> None:
        """Check a demo and print the results."""
        self._api = demo.api
        self._world = demo.world
        self._entities = entities
        self._saw = saw
        self._twc: WallConnector = demo.world.connector(plan.PROTOCOL_1)

    async def follow(self) -> None:
        """Set a plan for a little energy from now on, as late as possible, and cancel it at the end."""
        name = f"{self._twc.id:04X}"
        charged = number(await self._api.state(self._of("session_energy")))
        ready = datetime.now().astimezone() + _READY_IN
        await self._api.call(
            "twc_manager.set_plan",
            self._of("status"),
            energy=_ENERGY_KWH,
            date_time=ready.isoformat(timespec="seconds"),
            strategy="latest",
        )
        waits = await self._until(
            "waits for its plan", "waits_for_plan", False, _WAITS_WITHIN_S
        )
        begins = await self._until("charges by its plan", None, True, _BEGINS_WITHIN_S)
        ends = await self._until(
            "has what was planned", "plan_reached", False, _ENDS_WITHIN_S
        )
        after = number(await self._api.state(self._of("session_energy")))
        self._saw(
            f"{name} with a plan: waits after {waits:.0f} s, charges after another {begins:.0f} s, and ends after "
            f"another {ends:.0f} s with {after - charged:.2f} kWh more"
        )
        await self._api.call("twc_manager.cancel_plan", self._of("status"))
        await seconds_until(
            f"the car at {name} charges without the plan",
            lambda: charges(self._world, self._twc),
            _BEGINS_WITHIN_S,
        )

    async def _until(
        self, what: str, reason: str | None, charging: bool, within_s: float
    ) -> float:
        """Wait until the car charges or not, and the connector shows a reason for it; return the s it took."""

        async def shown() -> bool:
            is_there = (
                charges(self._world, self._twc) if charging else not self._twc.drawn
            )
            if not is_there:
                return False
            return reason in {None, await self._api.state(self._of("limited_by"))}

        return await seconds_until(
            f"the car at {self._twc.id:04X} {what}", shown, within_s
        )

    def _of(self, key: str) -> str:
        return self._entities.of_connector(self._twc.id, key)
