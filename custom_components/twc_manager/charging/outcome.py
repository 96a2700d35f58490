"""The types of the rules' decisions that the rooms of the rules, entities and texts share."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Final


class Rule(StrEnum):
    """The rules, the one with the highest precedence first."""

    CHARGE_NOW = "charge_now"
    PLAN = "plan"
    LEVEL = "level"
    """The battery is below the level up to which the vehicle charges at once."""
    SCHEDULE = "schedule"
    CHEAP = "cheap"
    """Green energy otherwise, but electricity is cheap enough now to charge with all available current."""
    GREEN = "green"
    FIXED = "fixed"
    OFF = "off"


class LimitReason(StrEnum):
    """What limits the offer of a connector."""

    OWN_LIMIT = "own_limit"
    """A limit that the owner set."""
    WIRING = "wiring"
    SHARED = "shared"
    CIRCUIT = "circuit"
    """A circuit above several buses, or one with other loads on it."""
    MAIN_FUSE = "main_fuse"
    OUTSIDE_LIMIT = "outside_limit"
    """The limit of a grid operator, an energy manager or a generator."""
    PEAK_BUDGET = "peak_budget"
    """More would raise the peak that is billed."""
    GREEN_ENERGY = "green_energy"
    SCHEDULE = "schedule"
    PLAN = "plan"
    """The current that its plan allows now."""
    WAITS_FOR_PLAN = "waits_for_plan"
    PLAN_REACHED = "plan_reached"
    LEVEL_REACHED = "level_reached"
    """The battery has reached the level at which charging has to stop."""
    OFF = "off"
    WAITING_TURN = "waiting_turn"
    START_DELAY = "start_delay"
    STOP_DELAY = "stop_delay"
    """There is too little green energy; charging stops if that lasts."""
    MINIMUM_CHARGING_TIME = "minimum_charging_time"
    """It has to stop, but started too recently."""
    SETTLING = "settling"
    PLUG_IN_CHARGE = "plug_in_charge"
    VEHICLE_FULL = "vehicle_full"
    VEHICLE_LIMIT = "vehicle_limit"
    THROUGH_VEHICLE = "through_vehicle"
    """The vehicle was asked to take less than its connector can offer, and does."""
    SIX_AMP_RECOVERY = "six_amp_recovery"
    SENSOR_STALE = "sensor_stale"
    PHASE_UNPROVEN = "phase_unproven"
    """The sensor of a phase has stood still since a raise, so that it may be dead."""
    DISOBEYS = "disobeys"
    """The connector draws more than its offer and does not follow it."""
    OTHER_DISOBEYS = "other_disobeys"
    """Another connector does not obey, and its draw is missing here."""
    CONNECTOR_CHECK = "connector_check"
    """A connector check is running."""
    CANNOT_STOP = "cannot_stop"
    STOPPING = "stopping"
    STARTS_CAPPED = "starts_capped"
    SEARCHING = "searching"
    SECOND_MASTER = "second_master"
    NO_VEHICLE = "no_vehicle"


class Lacking(Enum):
    """What the meter at the main fuse has to show before more is allowed, although there is room."""

    PROOF = auto()
    """It has to show the last raise."""
    MOVEMENT = auto()
    """A sensor that has stood still since a raise that others have shown has to move."""


class OwnerRequest(Enum):
    """The request of a person at a connector."""

    LESS = auto()
    """To switch off, to cancel or to lower."""
    MORE = auto()
    """To switch on, or to raise."""


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """What the rule in force allows one connector.

    Attributes:
        rule: the rule.
        amps: the maximum whole A by this rule; None for all available current, 0 for no charging.
        green: whether it charges from green energy only.
        until: when the rule ends; None if unknown.
        name: name of the schedule or the plan in force; None without one.
        parts: the rules it combines: the first one, and those of schedules that may be in force instead, because
            the state of their entities is unknown; empty without such a schedule.
        reason: the reason to show when its A are the limit; None for that of the rule.

    """

    rule: Rule
    amps: int | None = None
    green: bool = False
    until: datetime | None = None
    name: str | None = None
    parts: tuple[ActiveRule, ...] = ()
    reason: LimitReason | None = None

    @property
    def limits(self) -> tuple[ActiveRule, ...]:
        """Return its parts that limit the A."""
        return tuple(part for part in self.parts or (self,) if part.amps is not None)


AVAILABLE_CURRENT: Final = frozenset({Rule.FIXED, Rule.CHEAP, Rule.LEVEL})
"""The rules that allow all available current, up to the owner's limit for all connectors together."""

FIXED: Final = ActiveRule(Rule.FIXED)
"""The default without any other rule: all available current."""


@dataclass(frozen=True, slots=True)
class GreenBudget:
    """What green energy allows all connectors that follow it, together.

    Attributes:
        amps: whole A; 0 for no charging.
        reason: what limits it.
        until: when a running delay ends, in s of the monotonic clock; None without a delay.
        surplus_w: the surplus in W that it is calculated from; None while no source is usable.
        needed_w: the surplus in W that one vehicle needs to charge; None if unknown.
        vehicle_amps: the part of the A that the vehicle should be asked to take, while these are the minimum of its
            connector; None for all.

    """

    amps: int
    reason: LimitReason = LimitReason.GREEN_ENERGY
    until: float | None = None
    surplus_w: float | None = None
    needed_w: float | None = None
    vehicle_amps: int | None = None
