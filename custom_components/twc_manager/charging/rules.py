"""All rules together: from the bus, the house and the owner's choices to offers and their reasons.

Pure: time is an argument, `now` in s of a monotonic clock and `local` by the clock on the wall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Final

from ..twc import DRAWING_AMPS, BusStatus, ConnectorState, Snapshot
from .control.stopping import StoredStop
from .decision import AllocationInputs, Decision
from .engine import Engine
from .modes.active_rule import RuleSettings, active_rules
from .modes.schedules import Schedule
from .modes.user_settings import UserSettings
from .outcome import ActiveRule, GreenBudget
from .settings import ChargingParameters, GreenSettings
from .starts import Starts, StoredStarts
from .supply.green import GreenController, GreenDemand
from .supply.main_fuse import FuseConfig, FuseReading
from .supply.surplus import Readings, SourceConfig, Surplus, SurplusMeter
from .wiring import Wiring, power


@dataclass(frozen=True, slots=True)
class RulesConfig:
    """What is set up once.

    Attributes:
        source: what the sensors of green energy mean; None if there are none.
        stop_when_stale: whether charging stops when they are silent, or else goes on at the minimum.
        stop_energy_wh: Wh from the grid that stop charging; None if time decides.
        starts_per_hour: how many starts there may be within any hour.
        fuse: the main fuse; None if nobody watches it.
        contactors: connectors whose contactor may stop a car.
        plug_in_charge: whether a car that is plugged in while charging is paused is offered 6 A for a minute.
        six_amp_recovery: whether a car that is stuck at 6 A is freed.
        turn_minutes: how long a turn lasts when there is too little for all.

    """

    source: SourceConfig | None = None
    stop_when_stale: bool = False
    stop_energy_wh: float | None = None
    starts_per_hour: int = GreenSettings().starts_per_hour
    fuse: FuseConfig | None = None
    contactors: frozenset[int] = frozenset()
    plug_in_charge: bool = True
    six_amp_recovery: bool = True
    turn_minutes: float = 15.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is known of the house now: the sensors, the schedules, the cars that can be told something."""

    readings: Readings | None = None
    fuse: FuseReading | None = None
    schedules: Sequence[Schedule] = ()
    commandable: frozenset[int] = frozenset()
    declined_charging: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RulesResult:
    """What the rules say.

    Attributes:
        decision: the offers, their reasons, and the commands to contactors.
        orders: which rule is in force for each connector.
        bus_order: which rule is in force where no connector has its own.
        budget: what green energy allows; None if there is none to follow, or nobody who could.
        surplus: what is left for all charging, whatever rule it is by; None if no sensor tells.

    """

    decision: Decision
    orders: Mapping[int, ActiveRule]
    bus_order: ActiveRule
    budget: GreenBudget | None = None
    surplus: Surplus | None = None


@dataclass(slots=True)
class _Green:
    """What follows green energy."""

    config: SourceConfig
    meter: SurplusMeter = field(default_factory=SurplusMeter)
    follower: GreenController = field(
        default_factory=lambda: GreenController(GreenSettings())
    )


_NOBODY: Final = 0
"""An id that no connector has: what holds for it holds for the bus."""

ABSENT_SECONDS: Final = 60.0
"""Connectors that are all back so soon go on as before: a port that was lost for a moment stops no car."""

_ARRIVAL_SECONDS: Final = 3.0
"""How long after the first of them the last of the connectors of a bus is heard: one is asked after the other, and
again each second."""

_ORDERS_SECONDS: Final = timedelta(seconds=1)
"""How long orders are good for: reports come many times a second, while schedules take long to look through."""


@dataclass(frozen=True, slots=True)
class _Orders:
    """The orders for some connectors, as worked out at a time."""

    settings: RuleSettings
    connector_ids: tuple[int, ...]
    at: datetime
    until: datetime
    orders: Mapping[int, ActiveRule]


class Rules:
    """The rules of one bus."""

    def __init__(
        self,
        wiring: Wiring,
        config: RulesConfig,
        stored: Mapping[int, StoredStop] | None = None,
        starts: StoredStarts | None = None,
    ) -> None:
        """Start; `stored` and `starts` are what these gave before a restart."""
        self._wiring = wiring
        self._config = config
        self._engine = Engine(wiring, config.fuse, stored)
        self._green = _Green(config.source) if config.source is not None else None
        self._orders: _Orders | None = None
        self._seen_at: float | None = None
        self._first_seen_at: float | None = None
        self._starts = starts or StoredStarts()
        self._epoch: float | None = None

    @property
    def starts(self) -> StoredStarts:
        """Return the starts that are to be kept over a restart, to the second."""
        if (epoch := self._epoch) is None:
            return self._starts
        green = self._green.follower.starts if self._green is not None else Starts()
        return StoredStarts(
            tuple(round(epoch + at) for at in green.times),
            round(epoch + green.stopped) if isfinite(green.stopped) else None,
            tuple(round(epoch + at) for at in self._engine.green_starts.times),
        )

    @property
    def stored(self) -> dict[int, StoredStop]:
        """Return what is to be kept over a restart."""
        return self._engine.stored

    def decide(
        self,
        now: float,
        local: datetime,
        snapshot: Snapshot,
        user_settings: UserSettings,
        house: Inputs,
    ) -> RulesResult:
        """Return what holds now. To be called at every change, and when the last decision says."""
        if self._epoch is None:
            self._recall_starts(now, local.timestamp() - now)
        if snapshot.status is BusStatus.OFFLINE:
            # What was last heard says nothing about now.
            snapshot = replace(snapshot, connectors=())
        self._look_who_is_there(now, snapshot)
        settings = self._settings(user_settings)
        in_force = {**self._orders_of(snapshot, user_settings, house, local)}
        bus_order = in_force.pop(_NOBODY)
        surplus, budget = self._follow(
            now, snapshot, user_settings, in_force, house.readings
        )
        decision = self._engine.decide(
            AllocationInputs(
                now=now,
                snapshot=snapshot,
                settings=settings,
                orders=in_force,
                green=budget,
                commandable=house.commandable,
                declined_charging=house.declined_charging,
            ),
            house.fuse,
        )
        return RulesResult(decision, in_force, bus_order, budget, surplus)

    def _recall_starts(self, now: float, epoch: float) -> None:
        """Go on from the starts before a restart; `epoch` is what makes s since the epoch of `now`."""
        self._epoch = epoch
        stored = self._starts
        stopped = None if stored.stopped is None else stored.stopped - epoch
        if self._green is not None:
            times = (at - epoch for at in stored.green)
            self._green.follower.starts.recall(now, times, stopped)
        self._engine.green_starts.recall(now, (at - epoch for at in stored.cars))

    def _orders_of(
        self,
        snapshot: Snapshot,
        user_settings: UserSettings,
        house: Inputs,
        local: datetime,
    ) -> Mapping[int, ActiveRule]:
        """Return what the rule in force allows each connector, and the bus."""
        settings = user_settings.rule_settings(house.schedules)
        ids = (_NOBODY, *(item.connector_id for item in snapshot.connectors))
        known = self._orders
        if (
            known is None
            or not known.at <= local < known.until
            or known.connector_ids != ids
            or known.settings != settings
        ):
            found = active_rules(settings, ids, local)
            ends = [item.until for item in found.values() if item.until is not None]
            until = min([local + _ORDERS_SECONDS, *ends])
            known = self._orders = _Orders(settings, ids, local, until, found)
        return known.orders

    def _settings(self, user_settings: UserSettings) -> ChargingParameters:
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

    def _follow(
        self,
        now: float,
        snapshot: Snapshot,
        user_settings: UserSettings,
        in_force: Mapping[int, ActiveRule],
        readings: Readings | None,
    ) -> tuple[Surplus | None, GreenBudget | None]:
        """Return the surplus, and what it allows."""
        if self._green is None or readings is None:
            return None, None
        green = self._green
        source = replace(green.config, reserved_w=user_settings.green.reserved_w)
        charging_w = sum(power(item, self._wiring) for item in snapshot.connectors)
        surplus = green.meter.update(readings, source, charging_w, now)
        if not snapshot.connectors and self._was_seen_lately(now):
            return surplus, None
        following = [
            item for item in snapshot.connectors if in_force[item.connector_id].green
        ]
        others_w = charging_w - sum(power(item, self._wiring) for item in following)
        left = surplus
        if surplus.watts is not None:
            # What charges by another rule has its part of the sun before those that follow it.
            left = replace(surplus, watts=surplus.watts - others_w)
        green.follower.settings = self._green_settings(user_settings)
        budget = green.follower.update(
            now, left, self._demand(now, following, user_settings)
        )
        return surplus, budget

    def _look_who_is_there(self, now: float, snapshot: Snapshot) -> None:
        """Note since when anybody is there, and when anybody was."""
        if not snapshot.connectors and not self._was_seen_lately(now):
            self._first_seen_at = None
        if snapshot.connectors:
            self._seen_at = now
            if self._first_seen_at is None:
                self._first_seen_at = now

    def _are_arriving(self, now: float) -> bool:
        """Return whether connectors may be missing that have been there all the time."""
        first = self._first_seen_at
        return first is not None and now - first < _ARRIVAL_SECONDS

    def _was_seen_lately(self, now: float) -> bool:
        return self._seen_at is not None and now - self._seen_at < ABSENT_SECONDS

    def _green_settings(self, user_settings: UserSettings) -> GreenSettings:
        config = self._config
        settings = GreenSettings(
            grid_share_w=user_settings.green.grid_share_w,
            start_delay=user_settings.green.start_delay,
            stop_delay=user_settings.green.stop_delay,
            stop_energy_wh=config.stop_energy_wh,
            starts_per_hour=config.starts_per_hour,
            stop_when_stale=config.stop_when_stale,
        )
        if config.source is None:
            return settings
        return replace(settings, stale_after=config.source.stale_after)

    def _demand(
        self,
        now: float,
        following: Sequence[ConnectorState],
        user_settings: UserSettings,
    ) -> GreenDemand:
        """Return what the connectors that follow green energy want together."""
        wiring = self._wiring
        drawing = [item for item in following if item.drawn >= DRAWING_AMPS]
        ceilings = {
            item.connector_id: user_settings.connector(item.connector_id).ceiling(
                wiring.connector_maximum(item.rating)
            )
            for item in following
        }
        wanting = [
            item
            for item in following
            if ceilings[item.connector_id]
            # One that draws already when it is first seen is not to be stopped before it is looked at.
            and (item in drawing or self._engine.wants_power(item.connector_id))
        ]
        return GreenDemand(
            wanted=bool(wanting),
            minimum=wiring.min_current,
            maximum=min(
                sum(ceilings[item.connector_id] for item in wanting), wiring.max_current
            ),
            watts_per_amp=_watts_per_amp(drawing or wanting or following, wiring),
            offered=sum(item.offered for item in drawing),
            drawn=sum(item.drawn for item in drawing),
            drawing=len(drawing),
            starts=self._engine.green_starts.today(now),
            arriving=self._are_arriving(now),
        )


def _watts_per_amp(connectors: Sequence[ConnectorState], wiring: Wiring) -> float:
    """Return the W that an A gives at these connectors, by measured volts and phases where known."""
    if not connectors:
        return wiring.watts(1)
    each = [
        power(item, wiring) / item.drawn
        if item.drawn >= DRAWING_AMPS
        else power(replace(item, drawn=1.0, phase_amps=None), wiring)
        for item in connectors
    ]
    return sum(each) / len(each)
