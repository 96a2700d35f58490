"""The part of the check about plans: a car waits for the cheap time of its plan, charges in it, and then has enough."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from simulator import WallConnector

from . import plan
from .demo import Demo
from .entities import Entities, template_entity
from .prices import PIECE
from .seeing import STATE_WITHIN_S, charges, number, require, seconds_until
from .subentries import subentry_of

_ENERGY_KWH: Final = 0.1
# There is time for the cheap piece, and for the reserve of a plan after it: a plan without that charges at once.
_READY_IN: Final = timedelta(hours=1)
# The plan has to be made before the piece begins.
_AHEAD: Final = timedelta(seconds=30)
# What it has taken when it is seen to charge.
_NOTHING_KWH: Final = 0.02
_WAITS_WITHIN_S: Final = 300.0
_ENDS_WITHIN_S: Final = 420.0


class PlanCheck:
    """The check of a plan at the connector whose car 0 A stops, and of the one that the demo has."""

    def __init__(
        self, demo: Demo, entities: Entities, saw: Callable[[str], None]
    ) -> None:
        """Check a demo and print the results."""
        self._api = demo.api
        self._world = demo.world
        self._entities = entities
        self._saw = saw
        self._twc: WallConnector = demo.world.connector(plan.PROTOCOL_1)
        self._name = f"{self._twc.id:04X}"
        self._cheap = datetime.now().astimezone()
        self._energy_kwh = 0.0

    async def see_the_plan_of_the_demo(self) -> None:
        """Check that the plan has a time and a cost, and switch it off, so that its car charges like the others."""
        subentry_id = await subentry_of(self._api, "plan", plan.PLAN)

        def of(key: str) -> str:
            return self._entities.of_plan(subentry_id, key)

        async def is_planned() -> bool:
            return number(await self._api.state(of("cost"))) > 0

        await seconds_until(f"the plan {plan.PLAN} is made", is_planned, STATE_WITHIN_S)
        state = await self._api.state(of("state"))
        require(state in {"waiting", "charging"}, f"the plan {plan.PLAN} is {state}")
        self._saw(
            f"plan {plan.PLAN}: {state}, next slot {await self._api.state(of('next_slot'))}, "
            f"{await self._api.state(of('cost'))} USD"
        )
        await self._api.call("switch.turn_off", of("plan"))

    async def begin(self) -> None:
        """Make a piece of an hour cheap, set a plan that fits into it, and check that the car waits.

        The car is switched off meanwhile: one that charges already would rather go on than start once more.
        """
        self._cheap = _next_piece(datetime.now().astimezone() + _AHEAD)
        self._world.prices.make_cheap(self._cheap)
        await self._see_the_cheap_price()
        await self._api.call(
            "select.select_option", self._of("own_mode"), option="fixed"
        )
        await self._api.call("switch.turn_off", self._of("charge"))
        await self._until("is off", self._waits, None, _WAITS_WITHIN_S)
        ready = self._cheap + _READY_IN
        await self._api.call(
            "twc_manager.set_plan",
            self._of("status"),
            energy=_ENERGY_KWH,
            date_time=ready.isoformat(timespec="seconds"),
        )
        await self._api.call("switch.turn_on", self._of("charge"))
        waits = await self._until(
            "waits for its plan", self._waits, "waits_for_plan", _WAITS_WITHIN_S
        )
        self._energy_kwh = self._twc.energy_kwh
        self._saw(
            f"{self._name} with a plan: waits after {waits:.0f} s until {self._cheap:%H:%M:%S}"
        )

    async def _see_the_cheap_price(self) -> None:
        """Wait until Home Assistant has the cheap piece: a plan without it might charge at once, and then go on."""
        entity_id = await template_entity(self._api, plan.PRICE)
        cheap = (self._cheap.isoformat(), self._world.prices.at(self._cheap))

        async def is_there() -> bool:
            rows = (await self._api.get(f"/api/states/{entity_id}"))["attributes"][
                "data"
            ]
            return cheap in [(row["start_time"], row["price_per_kwh"]) for row in rows]

        await seconds_until("the cheap price is there", is_there, STATE_WITHIN_S)

    async def see_the_slot(self) -> None:
        """Check that the car charges in the cheap piece and not before, and ends; cancel the plan."""
        piece_s = (self._cheap + PIECE - datetime.now().astimezone()).total_seconds()
        await self._until("charges by its plan", self._charges, None, piece_s)
        began = datetime.now().astimezone()
        before = self._energy_kwh
        require(
            began >= self._cheap and self._twc.energy_kwh - before < _NOTHING_KWH,
            f"the car at {self._name} charged before its slot",
        )
        await self._until(
            "has what was planned", self._waits, "plan_reached", _ENDS_WITHIN_S
        )
        self._saw(
            f"{self._name} with a plan: charges {(began - self._cheap).total_seconds():.0f} s after its slot began, "
            f"and ends with {self._twc.energy_kwh - before:.2f} kWh more"
        )
        await self._api.call("twc_manager.cancel_plan", self._of("status"))

    def _waits(self) -> bool:
        return not self._twc.drawn

    def _charges(self) -> bool:
        return charges(self._world, self._twc)

    async def _until(
        self,
        what: str,
        is_there: Callable[[], bool],
        reason: str | None,
        within_s: float,
    ) -> float:
        """Wait for a condition, and until the connector shows a reason for it; return the s it took."""

        async def shown() -> bool:
            return is_there() and reason in {
                None,
                await self._api.state(self._of("limited_by")),
            }

        return await seconds_until(f"the car at {self._name} {what}", shown, within_s)

    def _of(self, key: str) -> str:
        return self._entities.of_connector(self._twc.id, key)


def _next_piece(after: datetime) -> datetime:
    """Return the next time after another at which a price can begin."""
    hour = after.replace(minute=0, second=0, microsecond=0)
    return hour + -(-(after - hour) // PIECE) * PIECE
