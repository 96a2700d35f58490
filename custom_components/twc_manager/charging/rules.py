"""All rules together: from the bus, the sensors and the user's settings to offers and their reasons.

Pure: time is an argument, `now` in s of a monotonic clock and `local` as the local time.

The way of an amps number to the wire: `Rules.decide` asks `modes` for the rule in force, `plan_rules` for plans and
`green_supply` for the surplus. `Engine.decide` makes the budgets (wiring, `fuse_supply`, `house_limits`,
`circuit_supply`), `Allocator` divides them, and `CircuitSupply.allowed` limits raises. The coordinator passes
`RulesResult.decision.offers` through `BusPersistence.allowed_offers` to `Master.set_offers`, where `twc/steering` and
the guard of the wiring limit each offer again, before `twc/heartbeat_cycle` builds the frame and `twc/gate` checks its
bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import isfinite

from ..twc import BusStatus, Snapshot
from .circuits.circuit import CircuitPlace
from .control.stop_methods import StoredStop
from .decision import AllocationInputs, Decision, LimitsStatus
from .engine import Engine
from .fuse_supply import FusePlace
from .green_supply import GreenConfig, GreenPlace, GreenSupply
from .house_limits import LimitInputs
from .modes.active_rule import RuleSettings, rules_for
from .modes.kept_rules import KEEP_RULES, KeptRules
from .modes.owner_requests import owner_requests
from .modes.schedules import Schedule
from .modes.user_settings import UserSettings
from .outcome import ActiveRule, GreenBudget
from .phase_knowledge import PhaseHints, PhaseKnowledge
from .plan_rules import PlanRules, PlansResult
from .plans.inputs import PlanInputsOfBus
from .plans.keeper import PlanKeeper
from .settings import HOLD_SECONDS, ChargingParameters, GreenSettings
from .starts import StoredStarts
from .supply.fuse_meter import FuseMeter
from .supply.fuse_reading import FuseConfig, FuseReading
from .supply.surplus import Readings, SourceConfig, Surplus
from .vehicle_current import VehicleCurrent
from .wiring import Wiring


@dataclass(frozen=True, slots=True)
class RulesConfig:
    """The options of the rules.

    Attributes:
        source: the meaning of the sensors of green energy; None without sensors.
        hold_when_stale: s for which charging continues at the minimum when they are silent, before it is paused.
        stop_energy_wh: Wh from the grid that stop charging; None if time decides.
        starts_per_hour: maximum number of starts within any hour.
        fuse: the main fuse; None if it has no meter.
        contactors: connectors whose contactor may stop a vehicle.
        plug_in_charge: whether a vehicle that is plugged in while charging is paused is offered 6 A for a minute.
        six_amp_recovery: whether a vehicle that is stuck at 6 A is freed.
        turn_minutes: length of a turn, in min, when there is too little for all.

    """

    source: SourceConfig | None = None
    hold_when_stale: float = HOLD_SECONDS
    stop_energy_wh: float | None = None
    starts_per_hour: int = GreenSettings().starts_per_hour
    fuse: FuseConfig | None = None
    contactors: frozenset[int] = frozenset()
    plug_in_charge: bool = True
    six_amp_recovery: bool = True
    turn_minutes: float = 15.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs besides the bus: sensors, schedules, circuits, commandable vehicles, limits of the house, plans."""

    readings: Readings | None = None
    fuse: FuseReading | None = None
    circuits: CircuitPlace = CircuitPlace()
    schedules: Sequence[Schedule] = ()
    commandable: frozenset[int] = frozenset()
    declined_charging: frozenset[int] = frozenset()
    phases: PhaseHints = PhaseHints()
    is_dark: bool = False
    limits: LimitInputs = LimitInputs()
    currents: Mapping[int, VehicleCurrent] = field(default_factory=dict)
    plans: PlanInputsOfBus = field(default_factory=PlanInputsOfBus)


@dataclass(frozen=True, slots=True)
class RulesResult:
    """The result of the rules.

    Attributes:
        decision: the offers, their reasons, and the commands to contactors.
        active_rules: the rule in force for each connector.
        bus_rule: the rule in force for the bus.
        budget: what green energy allows; None without its sensors, or without a connector.
        surplus: the power left for all charging, under any rule; None without the sensors.
        phases: what is known of the phases that the vehicles use, by connector.
        fuse_meter: what our own draw has shown about the meter at the main fuse.
        rule_settings: the settings and schedules that determine the rules in force.
        plans: the state of the plans.

    """

    decision: Decision
    active_rules: Mapping[int, ActiveRule]
    bus_rule: ActiveRule
    budget: GreenBudget | None = None
    surplus: Surplus | None = None
    phases: Mapping[int, PhaseKnowledge] = field(default_factory=dict)
    fuse_meter: FuseMeter = FuseMeter()
    rule_settings: RuleSettings = RuleSettings()
    plans: PlansResult = PlansResult()

    @property
    def follows_house(self) -> bool:
        """Return whether sensors of the house, its limits or other buses count, of which each decision learns."""
        decision = self.decision
        rooms = (decision.circuit_amps, *decision.fuse_rooms.values())
        is_limited = decision.limits != LimitsStatus() or any(
            amps is not None for amps in rooms
        )
        return is_limited or self.surplus is not None


class Rules:
    """The rules of one bus; `checks` are its connector checks."""

    def __init__(
        self,
        wiring: Wiring,
        config: RulesConfig,
        stored: Mapping[int, StoredStop] | None = None,
        starts: StoredStarts | None = None,
        place: FusePlace | None = None,
        *,
        green: GreenPlace | None = None,
    ) -> None:
        """Start for a bus.

        Args:
            wiring: its wiring.
            config: the options.
            stored: the value of the property `stored` before a restart.
            starts: the value of the property `starts` before a restart.
            place: the place behind a main fuse that other buses are behind as well; None for a fuse of its own.
            green: the place among buses that follow the same surplus; None for a surplus of its own.

        """
        self._wiring = wiring
        self._config = config
        self._engine = Engine(wiring, config.fuse, stored, place)
        self.checks = self._engine.checks
        self._plan_rules = PlanRules(wiring, self._engine)
        settings = GreenConfig(
            config.source,
            config.hold_when_stale,
            config.stop_energy_wh,
            config.starts_per_hour,
            config.turn_minutes * 60,
        )
        green = green or GreenPlace()
        self._green = GreenSupply(wiring, settings, self._engine, green)
        self._kept_rules: KeptRules | None = None
        self._starts = starts or StoredStarts()
        self._epoch: float | None = None

    @property
    def starts(self) -> StoredStarts:
        """Return the starts that are to be stored over a restart, to the second."""
        if (epoch := self._epoch) is None:
            return self._starts
        green = self._green.starts
        return StoredStarts(
            tuple(round(epoch + at) for at in green.times),
            round(epoch + green.stopped) if isfinite(green.stopped) else None,
            tuple(round(epoch + at) for at in self._engine.green_starts.times),
        )

    @property
    def plans(self) -> PlanKeeper:
        """Return the plans."""
        return self._plan_rules.keeper

    @property
    def stored(self) -> dict[int, StoredStop]:
        """Return how vehicles were stopped, which is to be stored over a restart."""
        return self._engine.stored

    def note_owner_call(
        self, before: UserSettings, after: UserSettings, connector_ids: Iterable[int]
    ) -> None:
        """Note that a person changed the settings, so that the next decision need not wait like one of an automation."""
        maximum = self._wiring.max_current
        self._engine.ask(owner_requests(before, after, connector_ids, maximum))

    def decide(
        self,
        now: float,
        local: datetime,
        snapshot: Snapshot,
        user_settings: UserSettings,
        inputs: Inputs,
    ) -> RulesResult:
        """Return the decision for now. Call it at every change, and at the time that the last decision names."""
        if self._epoch is None:
            self._restore_starts(now, local.timestamp() - now)
        if snapshot.status is BusStatus.OFFLINE:
            # The last reports are outdated.
            snapshot = replace(snapshot, connectors=())
        self._green.observe(
            now, snapshot, user_settings, inputs.phases, inputs.currents
        )
        kept = self._rules_in_force(snapshot, user_settings, inputs, local)
        rules = self._plan_rules.apply(
            snapshot, user_settings, kept, inputs.plans, now=now, local=local
        )
        surplus, budget = self._green.follow(
            now,
            snapshot,
            user_settings,
            rules,
            inputs.readings,
            is_dark=inputs.is_dark,
        )
        phases = self._green.known_phases(snapshot)
        self._plan_rules.note_supply(now, snapshot, surplus, phases)
        decision = self._engine.decide(
            AllocationInputs(
                now=now,
                snapshot=snapshot,
                settings=self._parameters(user_settings),
                active_rules=rules,
                green=budget,
                commandable=inputs.commandable,
                declined_charging=inputs.declined_charging,
                phases=phases,
                circuits=inputs.circuits,
                currents=inputs.currents,
            ),
            inputs.fuse,
            inputs.limits.at(local, user_settings.house),
        )
        self._plan_rules.note_room(
            snapshot,
            decision,
            inputs.plans,
            now=now,
            local=local,
            fuse=self._config.fuse,
            reading=inputs.fuse,
        )
        return RulesResult(
            decision,
            rules,
            kept.rules.bus,
            budget,
            surplus,
            phases,
            self._engine.fuse_meter,
            kept.settings,
            self._plan_rules.result,
        )

    def report_circuits_undecided(
        self, now: float, circuits: CircuitPlace, snapshot: Snapshot
    ) -> None:
        """Report a bus without a decision, to which nothing is offered, to its circuits."""
        self._engine.report_circuits_undecided(now, circuits, snapshot)

    def report_fuse_undecided(self, now: float, snapshot: Snapshot) -> None:
        """Report to the main fuse a bus for which nothing could be decided, and on which nothing is offered."""
        self._engine.report_fuse_undecided(now, snapshot)

    def _restore_starts(self, now: float, epoch: float) -> None:
        """Continue with the starts from before a restart; `epoch` plus `now` is the time in s since the epoch."""
        self._epoch = epoch
        stored = self._starts
        stopped = None if stored.stopped is None else stored.stopped - epoch
        vehicles = [at - epoch for at in stored.vehicles]
        self._green.recall(now, [at - epoch for at in stored.green], stopped, vehicles)
        self._engine.green_starts.recall(now, vehicles)

    def _rules_in_force(
        self,
        snapshot: Snapshot,
        user_settings: UserSettings,
        inputs: Inputs,
        local: datetime,
    ) -> KeptRules:
        """Return the rules in force for the bus and each connector, with the settings that determine them."""
        price = inputs.plans.tariff.prices.at(local)
        settings = user_settings.rule_settings(inputs.schedules, price)
        ids = tuple(item.connector_id for item in snapshot.connectors)
        kept = self._kept_rules
        if kept is None or not kept.hold(settings, ids, local):
            rules = rules_for(settings, ids, local)
            ends = [item.until for item in (rules.bus, *rules.connectors.values())]
            until = min([local + KEEP_RULES, *(end for end in ends if end is not None)])
            kept = self._kept_rules = KeptRules(settings, ids, local, until, rules)
        return kept

    def _parameters(self, user_settings: UserSettings) -> ChargingParameters:
        config = self._config
        ids = {*user_settings.connectors, *config.contactors}
        return ChargingParameters(
            current=user_settings.current,
            connectors={
                connector_id: replace(
                    user_settings.connector(connector_id),
                    contactor=connector_id in config.contactors,
                )
                for connector_id in ids
            },
            plug_in_charge=config.plug_in_charge,
            six_amp_recovery=config.six_amp_recovery,
            turn_minutes=config.turn_minutes,
        )
