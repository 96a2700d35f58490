"""What a world consists of, and the verdict on the master that ran in it."""

from dataclasses import dataclass
from enum import Enum
from math import inf


@dataclass(frozen=True)
class CarSpec:
    """How a car behaves (times in s, currents in A). IEC 61851 gives it 5 s to follow a lower pilot."""

    onboard_a: float = 32.0
    ramp_a_s: float = 2.0
    fall_a_s: float = 10.0  # how fast it lowers its draw, after its reaction
    reaction_s: float = 2.0
    over_a: float = -1.0  # draw above the pilot; a sound car takes 0.5 to 1.5 A less
    wake_s: float = 3.0  # from the first offer until it draws
    needs_ah: float = inf  # then it is full
    pauses_s: float = inf  # draws for that long, then nothing for as long, and so on
    remembers: bool = False  # restarts with its pilot from before the stop
    ignores_s: float = 0.0  # ignores every change of the pilot for that long, `odd_after_s` after it began to charge
    jumps_s: float = 0.0  # takes its onboard maximum for that long, at the same moment
    odd_after_s: float = 60.0
    trap: bool = False  # the 6 A trap: a small raise makes it fall to 6 A
    phases: int = 3  # it draws the same current on each of three, or on one only


@dataclass(frozen=True)
class ConnectorSpec:
    """A connector, and the cars that come to it in turn."""

    cars: tuple[CarSpec, ...] = (CarSpec(),)
    protocol: int = 2
    rating_a: float = 32.0
    extended: bool = True  # firmware 4.5.3: 20-byte answers, VIN, contactor commands
    short_heartbeats: bool = False  # protocol 2 that answers heartbeats with 14 bytes
    stops_at_zero: bool = False  # protocol 2 that stops at 0 A
    keeps_offer: bool = False  # runs on its old offer after a power cut
    stop_after_s: float = 30.0  # from a master's last word until the car is stopped
    spikes: float = 0.0  # share of heartbeats with absurd amps
    trouble_s: float = inf  # mean time between power cuts, deafness, new ids
    parked_s: float = inf  # mean stay of a car
    away_s: float = 0.0  # mean time between two cars
    first_phase: int = 0  # which of L1, L2, L3 (0 to 2) is wired to its first terminal, on which one-phase cars draw


@dataclass(frozen=True)
class LineSpec:
    """The line and the adapter: probabilities per frame, times in s."""

    lose: float = 0.0
    flip: float = 0.0
    noise: float = 0.0
    stuff: float = 0.0  # a garbage byte between checksum and closing C0
    delay_s: float = 0.0  # at most, by a network adapter
    double: float = 0.0
    reorder: float = 0.0
    split: float = 0.0
    echo: bool = False
    storm_s: float = inf  # mean time between storms with ten times as many faults
    foreign_s: float = inf  # mean time between appearances of another master
    ghost_s: float = inf  # mean time between a damaged unit's announcements under a new id every second


class UpheavalKind(Enum):
    """What happens to the process of the master."""

    NONE = "none"
    RESTART = "restart"
    KILL = "kill"
    STALL = "stall"


@dataclass(frozen=True)
class Upheaval:
    """`after_s` from now the master is restarted or killed and absent for `seconds`, or stalled for them."""

    kind: UpheavalKind
    after_s: float
    seconds: float


@dataclass(frozen=True)
class CarTruth:
    """What is true of the car at a connector, whatever is reported."""

    plugged: bool
    drawing_a: float
    wants_energy: bool


@dataclass(frozen=True)
class Verdict:
    """The judgement on the master; the rules are in audit.py. The first eight fields are faults unless zero or empty."""

    broken_s: float
    worst_a: float  # the largest excess over the limit in a broken second
    per_connector_broken_s: tuple[int, ...]
    offered_broken_s: float
    frames_not_allowed: int
    first_not_allowed: str  # in hexadecimal, for the search
    beside_master: int  # heartbeats beside another master that it had heard
    raised_early: int  # offers that were raised before the others had come down
    raised_early_worst_a: float  # the largest excess over the limit by one of them
    first_raised_early: str  # when, to what and beside what, for the search
    first_broken_at_s: float  # after the start; 0 if never
    hours: float
    over_limit_s: float  # all seconds above the limit, whosever fault
    beyond_help_s: float  # of these, excused: the disobedient car alone, with all others stopped, was above the limit
    kept_beside_s: float  # of those: the others had not been lowered
    foreign_s: float  # of these: another master was there or had just left
    twins_s: float  # of these: two units had one id
    lost_links: int
    linked_share: float  # of the time that connectors had power
    used_share: float  # of what the cars could have used within the limit
