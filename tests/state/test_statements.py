"""The explanations of random decisions of the real rules never contradict the numbers that are shown beside them."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from random import Random
import re
from typing import Any, Final, override

import pytest

from custom_components.twc_manager.charging.explain import Scene
from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.modes.user_settings import (
    GreenUserSettings,
    UserSettings,
)
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.rules import Inputs, RulesResult
from custom_components.twc_manager.charging.settings import ConnectorSettings
from custom_components.twc_manager.charging.statement import Activity, Statement
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.state.explanations import (
    ConnectorExplanation,
    Explainer,
)
from custom_components.twc_manager.state.sentence import sentence
from custom_components.twc_manager.twc import (
    DRAWING_AMPS,
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)
from scripts.lint_lib.languages import LANGUAGES
from scripts.lint_lib.project import Project
from scripts.sentences_lib.texts import texts_of
from tests.charging.states import asking, bus, charging, idle
from tests.charging.test_rules import WIRING, Site

TEXTS: Final = [
    texts_of(Project(Path(__file__).parents[2]), language)
    for language in ("en", *LANGUAGES)
]
NEVER_CHARGING: Final = frozenset(
    {
        LimitReason.OFF,
        LimitReason.NO_VEHICLE,
        LimitReason.START_DELAY,
        LimitReason.STARTS_CAPPED,
        LimitReason.VEHICLE_FULL,
        LimitReason.WAITING_TURN,
    }
)
EVERY_DAY: Final = frozenset(range(7))


class CheckedSite(Site):
    """A bus whose every decision is explained, and each explanation checked."""

    def __init__(
        self, dice: Random, *connectors: ConnectorState, **config: Any
    ) -> None:
        super().__init__(*connectors, **config)
        self.dice = dice
        self.explainer = Explainer()
        self.reasons: set[LimitReason] = set()
        self.activities: set[Activity] = set()
        self.status = BusStatus.RUNNING
        self.full: set[int] = set()
        """The connectors whose vehicle takes nothing."""

    @override
    def look(self) -> RulesResult:
        # As the coordinator does.
        self.user_settings = self.user_settings.settled(self.local)
        heard = replace(bus(*self.connectors.values()), status=self.status)
        self.snapshot = heard
        result = super().look()
        scene = Scene(result, heard, self.user_settings, WIRING, self.now, self.local)
        explained = self.explainer.connectors(scene)
        self._check_connectors(heard, result, explained)
        statement = self.explainer.bus(scene, explained).statement
        self._check_bus(explained, statement)
        self._check_words([statement, *(item.statement for item in explained.values())])
        for key in self.full:
            full = {"drawn": 0.0, "state": State.NOT_CHARGING}
            self.connectors[key] = replace(self.connectors[key], **full)
        return result

    def _check_connectors(
        self,
        heard: Snapshot,
        result: RulesResult,
        explained: dict[int, ConnectorExplanation] | Any,
    ) -> None:
        assert explained.keys() == result.decision.connectors.keys()
        for connector in heard.connectors:
            explanation = explained[connector.connector_id]
            statement = explanation.statement
            self.reasons.add(explanation.reason)
            self.activities.add(statement.activity)
            self._check_statement(statement)
            assert statement.activity is not Activity.CHARGING or statement.amps
            charges = statement.activity in {Activity.CHARGING, Activity.STOPPING}
            assert charges <= (connector.drawn >= DRAWING_AMPS)
            if heard.status is BusStatus.SECOND_MASTER:
                continue
            offer = result.decision.offers[connector.connector_id]
            assert statement.amps <= offer
            limit = self.user_settings.connector(connector.connector_id).limit
            cause = statement.cause
            if cause is not None and cause.reason is LimitReason.OWN_LIMIT:
                assert cause.limit is not None
                assert limit is None or cause.limit <= limit

    def _check_statement(self, statement: Statement) -> None:
        cause = statement.cause
        if statement.activity is Activity.PAUSED:
            assert statement.amps == 0, statement
        if cause is not None:
            if statement.activity is Activity.CHARGING:
                assert cause.reason not in NEVER_CHARGING, statement
            if cause.limit is not None:
                assert 0 <= statement.amps <= cause.limit, statement
            if cause.surplus_w is not None:
                assert 0 <= cause.surplus_w <= (cause.needed_w or 99_000), statement
                assert cause.surplus_w != cause.needed_w
        for change in statement.changes:
            assert change.at > self.local - timedelta(seconds=4), statement

    def _check_bus(
        self, explained: dict[int, ConnectorExplanation] | Any, statement: Statement
    ) -> None:
        charging_now = [
            item.statement
            for item in explained.values()
            if item.statement.activity is Activity.CHARGING
        ]
        assert bool(charging_now) == (statement.activity is Activity.CHARGING)
        if charging_now:
            assert statement.amps == sum(item.amps for item in charging_now)
        self._check_statement(statement)

    def _check_words(self, statements: list[Statement]) -> None:
        for statement in statements:
            texts = [sentence(statement, item, self.local) for item in TEXTS]
            first = texts[0].partition(". ")[0].replace("6 A recovery", "")
            cause = statement.cause
            known = {statement.amps}
            if cause is not None:
                known |= {cause.limit, cause.drawn} - {None}
            for amps in re.findall(r"(\d+) A\b", first):
                assert int(amps) in known, (texts[0], statement)

    def happen(self) -> None:
        """Change something at random."""
        dice = self.dice
        deed = dice.choice(
            (
                self._settings,
                self._rule,
                self._plug,
                self._sun,
                self._fuse,
                self._status,
            )
        )
        deed(dice)

    def _settings(self, dice: Random) -> None:
        self.user_settings = replace(
            self.user_settings,
            current=dice.choice((None, None, 5, 13, 32)),
            connectors={
                key: ConnectorSettings(
                    limit=dice.choice((None, None, 4, 6, 16)),
                    enabled=dice.random() < 0.9,
                )
                for key in self.connectors
            },
            green=GreenUserSettings(
                reserved_w=dice.choice((0.0, 500.0)),
                grid_share_w=dice.choice((0.0, 700.0)),
            ),
        )
        if dice.random() < 0.3:
            self.user_settings = self.user_settings.with_current(
                dice.choice((None, *self.connectors)),
                dice.choice((8, 20)),
                self.local + timedelta(minutes=3),
            )

    def _rule(self, dice: Random) -> None:
        self.user_settings = replace(
            self.user_settings,
            mode=dice.choice(tuple(Mode)),
            overrides={
                key: dice.choice(tuple(Mode))
                for key in self.connectors
                if dice.random() < 0.2
            },
            charge_now=(),
        )
        if dice.random() < 0.3:
            charge_now = ChargeNow.begin(
                self.local, timedelta(minutes=4), dice.choice((None, 10, 20))
            )
            self.user_settings = self.user_settings.with_charge_now(charge_now)
        begin = (self.local + timedelta(minutes=2)).time().replace(tzinfo=None)
        self.house = replace(
            self.house,
            schedules=[
                Schedule(
                    "one",
                    "Night",
                    EVERY_DAY,
                    begin,
                    time(23, 59),
                    dice.choice(tuple(ScheduleKind)),
                    dice.choice((6, 10, 24)),
                ),
                Schedule(
                    "two",
                    "Tariff",
                    kind=dice.choice(tuple(ScheduleKind)),
                    amps=dice.choice((8, 16)),
                    follows=dice.random() < 0.3,
                    doubtful=dice.random() < 0.2,
                ),
            ][: dice.randint(0, 2)],
        )

    def _plug(self, dice: Random) -> None:
        key = dice.choice(tuple(self.connectors))
        self.full.discard(key)
        if dice.random() < 0.3:
            self.full.add(key)
        self.connectors[key] = dice.choice(
            (
                asking(key),
                charging(key),
                idle(key),
                replace(asking(key, protocol=1), plug=PlugState.PLUGGED_IN),
            )
        )

    def _sun(self, dice: Random) -> None:
        self.sun_w = dice.choice((None, -900.0, 0.0, 1000.0, 1500.0, 3000.0, 9000.0))

    def _fuse(self, dice: Random) -> None:
        amps = tuple(dice.uniform(0, 40) for _ in range(1))
        reading = FuseReading(self.now, amps) if dice.random() < 0.8 else None
        self.house = replace(self.house, fuse=reading)

    def _status(self, dice: Random) -> None:
        self.status = dice.choice(
            (
                BusStatus.RUNNING,
                BusStatus.RUNNING,
                BusStatus.SEARCHING,
                BusStatus.SECOND_MASTER,
            )
        )


def site_of(seed: int) -> CheckedSite:
    dice = Random(seed)
    config: dict[str, Any] = {}
    if seed % 2:
        config["fuse"] = FuseConfig(50)
    site = CheckedSite(dice, asking(1), asking(2), idle(3, rating=32.0), **config)
    site.house = Inputs()
    site.user_settings = UserSettings(mode=Mode.GREEN)
    return site


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.long
def test_explanations_never_contradict_the_numbers(seed: int) -> None:
    site = site_of(seed)
    for _ in range(120):
        site.happen()
        site.run(site.dice.choice((1, 1, 2, 5, 30)))


@pytest.mark.long
def test_the_random_decisions_are_of_many_kinds() -> None:
    reasons: set[LimitReason] = set()
    activities: set[Activity] = set()
    for seed in (0, 2):
        site = site_of(seed)
        for _ in range(120):
            site.happen()
            site.run(site.dice.choice((1, 5, 60)))
        reasons |= site.reasons
        activities |= site.activities
    assert len(reasons) >= 15
    assert activities == set(Activity), reasons
