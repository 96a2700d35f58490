"""An owner who keeps changing modes, limits, schedules, charge now and plans, with changing sun."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from random import Random
from typing import Final

from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.planning.deadlines import ALL_DAYS
from custom_components.twc_manager.charging.planning.goals import Strategy
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import Tariff
from custom_components.twc_manager.charging.plans.inputs import (
    PlanInputsOfBus,
    PluggedIn,
)
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    OnceTime,
    PlanRequest,
)
from custom_components.twc_manager.charging.rules import Inputs
from custom_components.twc_manager.charging.supply.surplus import Reading, Readings
from custom_components.twc_manager.twc import DRAWING_AMPS, Snapshot

VOLTS: Final = 240
BEGIN: Final = datetime(2026, 11, 29, 16, tzinfo=UTC)
"""When each world begins, by the clock on the wall."""

_QUARTER: Final = timedelta(minutes=15)
_KNOWN_QUARTERS: Final = 96
_PLANNED_MINUTES: Final = (20.0, 240.0)


class Owner:
    """The owner of one bus.

    Attributes:
        settings: the settings that hold now.

    """

    def __init__(self, seed: str) -> None:
        """Start with the settings of a new installation; the seed decides what is changed."""
        self._dice = Random(f"owner {seed}")
        self.settings = UserSettings()
        self._schedules: tuple[Schedule, ...] = ()
        self._plans: tuple[PlanRequest, ...] = ()
        self._sun_w = 0.0
        prices = (
            Piece(
                BEGIN + number * _QUARTER,
                BEGIN + (number + 1) * _QUARTER,
                self._dice.uniform(-0.05, 0.6),
            )
            for number in range(_KNOWN_QUARTERS)
        )
        self._tariff = Tariff(Series.read(prices), Series.read(()), "EUR", "made")
        self._charged: dict[int, _Charged] = {}

    def act(self, local: datetime, snapshot: Snapshot) -> None:
        """Change something."""
        ids = [item.connector_id for item in snapshot.connectors]
        if not ids:
            return
        connector_id = self._dice.choice(ids)
        deed = self._dice.choice(
            (
                self._change_mode,
                self._charge_now,
                self._change_limit,
                self._switch,
                self._change_schedule,
                self._change_plan,
                self._shine,
            )
        )
        deed(local, connector_id)

    def measure(self, now: float, snapshot: Snapshot) -> None:
        """Count what each connector has charged."""
        for item in snapshot.connectors:
            charged = self._charged.setdefault(item.connector_id, _Charged(now))
            charged.update(now, item.drawn)

    def inputs(self, now: float, snapshot: Snapshot) -> Inputs:
        """Return the inputs of the rules besides the bus."""
        drawn_w = VOLTS * sum(item.drawn for item in snapshot.connectors)
        return Inputs(
            readings=Readings(grid=Reading(drawn_w - self._sun_w, now)),
            schedules=self._schedules,
            plans=PlanInputsOfBus(
                requests=self._plans,
                tariff=self._tariff,
                plugged_in={
                    connector_id: PluggedIn(item.kwh, item.seconds)
                    for connector_id, item in self._charged.items()
                },
            ),
        )

    def _change_mode(self, local: datetime, connector_id: int) -> None:
        mode = self._dice.choice(list(Mode))
        if self._dice.random() < 0.5:
            self.settings = self.settings.with_mode(mode, local)
        else:
            mode_or_bus = self._dice.choice((mode, None))
            self.settings = self.settings.with_override(connector_id, mode_or_bus)

    def _charge_now(self, local: datetime, connector_id: int) -> None:
        self.settings = self.settings.with_charge_now(
            ChargeNow.begin(
                local,
                timedelta(minutes=self._dice.uniform(1, 60)),
                self._dice.choice((None, 6, 10, 20)),
                self._dice.choice((None, frozenset({connector_id}))),
                until_unplugged=self._dice.random() < 0.3,
            )
        )

    def _change_limit(self, local: datetime, connector_id: int) -> None:
        end = self._dice.choice((None, local + timedelta(minutes=10)))
        self.settings = self.settings.with_current(
            self._dice.choice((None, connector_id)),
            self._dice.choice((8, 12, 16, 24, 32, 48)),
            end,
        )

    def _switch(self, _local: datetime, connector_id: int) -> None:
        before = self.settings.connector(connector_id)
        settings = replace(
            before, enabled=not before.enabled, priority=self._dice.randint(0, 3)
        )
        self.settings = self.settings.with_connector(connector_id, settings)

    def _change_schedule(self, local: datetime, connector_id: int) -> None:
        start = local + timedelta(minutes=self._dice.uniform(-5, 10))
        end = start + timedelta(minutes=self._dice.uniform(1, 90))
        schedule = Schedule(
            "schedule",
            "schedule",
            ALL_DAYS,
            time(start.hour, start.minute),
            time(end.hour, end.minute),
            self._dice.choice(list(ScheduleKind)),
            self._dice.choice((None, 10, 24)),
            self._dice.choice((None, frozenset({connector_id}))),
        )
        self._schedules = self._dice.choice(((), (schedule,)))

    def _change_plan(self, local: datetime, connector_id: int) -> None:
        minutes = self._dice.uniform(*_PLANNED_MINUTES)
        plan = PlanRequest(
            f"{connector_id}",
            "plan",
            connector_id,
            None,
            EnergyGoal(self._dice.uniform(1, 25)),
            OnceTime(local + timedelta(minutes=minutes)),
            self._dice.choice(list(Strategy)),
        )
        others = (item for item in self._plans if item.connector_id != connector_id)
        new = () if self._dice.random() < 0.3 else (plan,)
        self._plans = tuple(chain(others, new))

    def _shine(self, _local: datetime, _connector_id: int) -> None:
        self._sun_w = self._dice.choice((0.0, self._dice.uniform(0, 15000)))


class _Charged:
    """The energy that a connector has measured."""

    def __init__(self, now: float) -> None:
        self.kwh = self.seconds = 0.0
        self._at, self._drawn = now, 0.0

    def update(self, now: float, drawn: float) -> None:
        """Take a report."""
        passed = now - self._at
        self.kwh += self._drawn * VOLTS * passed / 3.6e6
        self.seconds += passed if self._drawn >= DRAWING_AMPS else 0.0
        self._at, self._drawn = now, drawn
