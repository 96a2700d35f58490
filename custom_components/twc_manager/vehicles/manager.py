"""The cars of one bus: which hangs on which connector, and what they are told.

Here the charging rules' wishes meet the cars: whoever can be told something, by its own entities or by a Tesla
account, is told what the rules of `charging.commanding` advise, and the answers go back to them. Cars and accounts
come and go with their subentries, which the bus does not notice.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..charging.control.commander import (
    ANSWER_SECONDS,
    Answer,
    Ask,
    Commander,
    Outcome,
    Situation,
)
from ..charging.control.matching import Car, Match, as_of_last_plug_in, match
from ..charging.control.rate_limit import Waits
from ..charging.decision import ConnectorDecision, Decision
from ..charging.outcome import Rule
from ..const import DOMAIN, LOGGER
from ..inputs.subentries import async_watch
from ..state.store import StoredGarage
from ..tesla import Calls
from .account import TeslaAccount
from .account_vehicle import AccountCar
from .config import PlannedAccount, PlannedCar, plan_of
from .entity_vehicle import EntityCar
from .open_account import async_forget_library
from .readings import AccountReading, CarReading, GarageReading, control_of
from .vehicle_data import VehicleKind

ASK_SECONDS: Final = ANSWER_SECONDS - 10.0
"""An answer that takes longer is not waited for: nobody would take it."""


def _nothing() -> None:
    """Do nothing."""


class KnownCar(Protocol):
    """A car that can be told something."""

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to watch."""

    @property
    def reachable(self) -> bool:
        """Return whether there is somebody to tell it."""

    def facts(self, now: float) -> Car:
        """Return what is known of it; `now` in s of the loop's clock."""

    async def async_ask(self, ask: Ask, *, locate: bool) -> Answer:
        """Ask something of it once; `locate` says whether a look has to tell where it is."""


@dataclass(slots=True)
class _Stall:
    """A car and whoever commands it."""

    plan: PlannedCar
    car: KnownCar
    commander: Commander
    task: asyncio.Task[None] | None = None


class Garage:
    """The cars of one bus and their accounts."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        kept: StoredGarage,
        keep: Callable[[StoredGarage], None],
    ) -> None:
        """Go on from what was kept; `keep` takes what is to be kept."""
        self._hass = hass
        self._entry = entry
        self._keep = keep
        self._tallies = {**kept.tallies}
        self._calls = {**kept.calls}
        self._waits = {**kept.waits}
        self._accounts: dict[str, TeslaAccount] = {}
        self._stalls: dict[str, _Stall] = {}
        self._facts: Mapping[str, Car] = {}
        self._matches: Mapping[int, Match] = {}
        self._changed: Callable[[], None] = _nothing
        self._stop: CALLBACK_TYPE = _nothing
        self._unwatch: CALLBACK_TYPE = _nothing
        self.cars: frozenset[int] = frozenset()
        """The connectors whose car can be told to stop."""
        self.content: frozenset[int] = frozenset()
        """The connectors whose car has said that it will not charge."""
        self.wake_at: float | None = None
        """When to decide again if nothing happens before, in s of the loop's clock."""

    @callback
    def async_start(self, changed: Callable[[], None]) -> None:
        """Begin; `changed` is called whenever it is to be decided anew."""
        self._changed = changed
        self._stop = async_watch(self._hass, self._entry, plan_of, self._plan_changed)
        self._build()

    @callback
    def async_stop(self) -> None:
        """Tell the cars nothing more."""
        self._stop()
        self._unwatch()
        self._stop = self._unwatch = _nothing
        self._note_waits()
        self._kept()
        for stall in self._stalls.values():
            _leave(stall)
        for account in self._accounts.values():
            account.async_stop()

    # What the rules say

    @callback
    def async_decide(self, now: float, today: date, decision: Decision) -> bool:
        """Take what the rules decided and tell the cars what is due; return whether any was told something.

        `now` is in s of the loop's clock.
        """
        facts = [stall.car.facts(now) for stall in self._stalls.values()]
        connectors = [item.facts for item in decision.connectors.values() if item.facts]
        known = as_of_last_plug_in(now, connectors, facts)
        cars = self._facts = {car.car_id: car for car in known}
        self._matches = match(connectors, self._assignments(), known)
        self.wake_at = None
        told = False
        for connector_id, found in self._matches.items():
            if found.car_id is not None:
                told |= self._decide_one(
                    now,
                    today,
                    decision.connectors[connector_id],
                    cars[found.car_id],
                    found,
                )
        self._conclude(today)
        return told

    def reading(self, today: date) -> GarageReading:
        """Return what is to be shown."""
        return GarageReading(
            {
                car_id: self._read_car(car_id, stall)
                for car_id, stall in self._stalls.items()
            },
            {
                account_id: AccountReading(
                    account.plan.name,
                    account.calls.total(today),
                    account.calls.cost(today),
                )
                for account_id, account in self._accounts.items()
            },
        )

    def _decide_one(
        self,
        now: float,
        today: date,
        decision: ConnectorDecision,
        car: Car,
        found: Match,
    ) -> bool:
        """Let a car's commander decide; return whether it has something to ask."""
        assert decision.facts is not None
        stall = self._stalls[car.car_id]
        situation = Situation(
            wish=decision.wish,
            connector=decision.facts,
            car=car,
            match=found,
            override=stall.plan.data.override_schedule,
            charge_now=decision.rule is Rule.CHARGE_NOW,
        )
        if not stall.car.reachable:
            return False
        advice = stall.commander.decide(now, today, situation)
        if advice.until is not None:
            self.wake_at = min(advice.until, self.wake_at or advice.until)
        if advice.ask is Ask.NOTHING:
            return False
        self._note_tally(car.car_id, stall)
        stall.task = self._entry.async_create_background_task(
            self._hass,
            # A look for another reason must not lose the place that was known.
            self._async_ask(
                car.car_id, stall, advice.ask, locate=not found.proven_here
            ),
            f"{DOMAIN} {advice.ask} a car",
            eager_start=False,
        )
        return True

    async def _async_ask(
        self, car_id: str, stall: _Stall, ask: Ask, *, locate: bool
    ) -> None:
        """Ask something of a car, and give its commander the answer."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await stall.car.async_ask(ask, locate=locate)
        except TimeoutError:
            answer = Answer(Outcome.TRANSIENT)
        except Exception:  # noqa: BLE001
            LOGGER.exception("A car could not be asked to %s", ask)
            answer = Answer(Outcome.TRANSIENT)
        stall.commander.answer(self._hass.loop.time(), answer)
        self._note_tally(car_id, stall)
        self._changed()

    def _conclude(self, today: date) -> None:
        """Work out what the rules have to know; look again at once if that is news to them."""
        before = self.cars, self.content
        stalls = {
            connector_id: self._stalls[found.car_id]
            for connector_id, found in self._matches.items()
            if found.car_id is not None
        }
        self.cars = frozenset(
            connector_id
            for connector_id, stall in stalls.items()
            if stall.car.reachable and stall.commander.able(today)
        )
        self.content = frozenset(
            connector_id
            for connector_id, stall in stalls.items()
            if stall.commander.content
        )
        if before != (self.cars, self.content):
            self._changed()

    def _assignments(self) -> dict[int, str]:
        return {
            stall.plan.data.connector: car_id
            for car_id, stall in self._stalls.items()
            if stall.plan.data.connector is not None
        }

    def _read_car(self, car_id: str, stall: _Stall) -> CarReading:
        at = (key for key, found in self._matches.items() if found.car_id == car_id)
        connector_id = next(at, None)
        facts = self._facts.get(car_id)
        battery = None if facts is None else facts.battery
        last = stall.commander.last
        return CarReading(
            name=stall.plan.name,
            battery=None if battery is None else round(battery),
            control=control_of(self._matches, connector_id, stall.plan.data.connector),
            connector_id=connector_id,
            last_command=None if last is None else last.ask,
            last_result=None if last is None else last.outcome,
            problem=self._problem_of(stall),
        )

    def _problem_of(self, stall: _Stall) -> Outcome | None:
        """Return what keeps a car from being told anything; whoever is to do it may come while Home Assistant starts."""
        if self._hass.is_running and not stall.car.reachable:
            return Outcome.UNREACHABLE
        return stall.commander.problem

    def _note_tally(self, car_id: str, stall: _Stall) -> None:
        self._tallies[car_id] = stall.commander.tally
        self._note_waits()
        self._kept()

    def _note_waits(self) -> None:
        """Note how long the cars are to be left alone, which is shorter once they have shown what they were told."""
        for car_id, stall in self._stalls.items():
            self._waits[car_id] = stall.commander.waits.moved(self._epoch)

    def _kept(self) -> None:
        self._keep(StoredGarage({**self._tallies}, {**self._calls}, {**self._waits}))

    @property
    def _epoch(self) -> float:
        """Return what makes s since the epoch of the loop's clock."""
        return dt_util.utcnow().timestamp() - self._hass.loop.time()

    # What was added

    @callback
    def _plan_changed(self) -> None:
        self._build()
        self._changed()

    def _build(self) -> None:
        """Make the cars and accounts that were added; those that are as they were go on as they are."""
        plan = plan_of(self._entry)
        self._build_accounts(plan.accounts)
        self._build_cars(plan.cars)
        self._kept()
        self._watch()

    def _build_accounts(self, planned: Mapping[str, PlannedAccount]) -> None:
        before, self._accounts = self._accounts, {}
        self._calls = {key: self._calls.get(key) or Calls() for key in planned}
        for account_id, plan in planned.items():
            account = before.get(account_id)
            if account is None or account.plan != plan:
                account = self._new_account(account_id, plan)
            else:
                del before[account_id]
            self._accounts[account_id] = account
        for account in before.values():
            account.async_stop()
        async_forget_library(self._hass)

    def _build_cars(self, planned: Mapping[str, PlannedCar]) -> None:
        self._note_waits()
        before, self._stalls = self._stalls, {}
        self._facts, self._matches = {}, {}
        self._tallies = {
            key: tally for key, tally in self._tallies.items() if key in planned
        }
        self._waits = {
            key: waits for key, waits in self._waits.items() if key in planned
        }
        for car_id, plan in planned.items():
            stall = before.get(car_id)
            if stall is None or stall.plan != plan:
                stall = self._new_stall(car_id, plan)
            else:
                del before[car_id]
            self._stalls[car_id] = stall
        for stall in before.values():
            _leave(stall)

    def _new_account(self, account_id: str, plan: PlannedAccount) -> TeslaAccount:
        account = TeslaAccount(
            self._hass,
            self._entry,
            account_id,
            plan,
            calls=self._calls[account_id],
            counted=self._counted,
        )
        account.async_start(self._changed)
        return account

    def _new_stall(self, car_id: str, plan: PlannedCar) -> _Stall:
        data = plan.data
        car: KnownCar
        if data.kind is VehicleKind.ENTITIES:
            car = EntityCar(self._hass, car_id, plan.name, data)
        else:
            account = self._accounts.get(data.account or "")
            car = AccountCar(self._hass, car_id, plan.name, data, account)
        return _Stall(plan, car, self._new_commander(car_id))

    def _new_commander(self, car_id: str) -> Commander:
        """Return one that goes on at the pace of the one before, be it of before a restart."""
        epoch = self._epoch
        kept = self._waits.get(car_id, Waits()).as_of(self._hass.loop.time() + epoch)
        return Commander(car_id, self._tallies.get(car_id), kept.moved(-epoch))

    @callback
    def _counted(self) -> None:
        self._kept()
        self._changed()

    def _watch(self) -> None:
        """Watch the entities of all cars."""
        self._unwatch()
        self._unwatch = _nothing
        entity_ids = [
            entity_id
            for stall in self._stalls.values()
            for entity_id in stall.car.entity_ids
        ]
        if entity_ids:
            self._unwatch = async_track_state_change_event(
                self._hass, entity_ids, self._spoke
            )

    @callback
    def _spoke(self, _: Event[EventStateChangedData]) -> None:
        self._changed()


def _leave(stall: _Stall) -> None:
    """Wait no longer for an answer of a car."""
    if stall.task is not None:
        stall.task.cancel()
