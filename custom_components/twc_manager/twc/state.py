"""The state of the bus at one moment: immutable, compared by value."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from .messages import (
    FromConnector,
    Heartbeat,
    Meter,
    PlugReport,
    PlugState,
    SerialNumber,
)

DRAWING_AMPS: Final = 1.0
"""An idle connector reports 0 or a small draw such as 0.25 A."""

JITTER_AMPS: Final = 0.2
"""The measured draw differs with every report, by this much at most, while nothing changes."""


class BusStatus(StrEnum):
    """The state of the master on the bus."""

    OFFLINE = "offline"
    """The port is not open."""
    SEARCHING = "searching"
    """Connectors of an earlier master may still be drawing unseen: no offer grows yet."""
    RUNNING = "running"
    SECOND_MASTER = "second_master"
    """Another master is present: we only listen."""


class BusProblem(StrEnum):
    """What is wrong on the bus and has to be fixed by a person."""

    SECOND_MASTER = "second_master"
    TOO_MANY_CONNECTORS = "too_many_connectors"
    RATINGS_DIFFER = "ratings_differ"
    DUPLICATE_ID = "duplicate_id"
    """Two units announce themselves with one id."""
    NOT_HEARING = "not_hearing"
    """A connector is received, but does not receive us."""
    OVER_LIMIT = "over_limit"
    """The measured draws together are above the total limit."""
    FRAME_DROPPED = "frame_dropped"
    """The write gate dropped a frame: the software above it is wrong."""


class Obedience(StrEnum):
    """Whether a connector and its car do what the connector is sent."""

    OBEYS = "obeys"
    EXCEEDS = "exceeds"
    """It follows every change, but draws more than it is offered, always by the same."""
    DISOBEYS = "disobeys"
    """It draws more than it is offered and does not follow."""


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """A connector as it last reported, with its latest answers to queries.

    One flat record on purpose: entities, rules and diagnostics read single fields, which are compared by value.

    Attributes:
        connector_id: id on the bus.
        protocol: 1, or 2 (of about May 2017 and later).
        rating: maximum current of the connector, in A.
        state: state of its last report, a `messages.State` where that is known.
        offered: amps it echoes as allowed, in A.
        drawn: amps it reports the car to draw, in A.
        plug: state of the plug; None if the connector does not report it.
        meter: counter of the connector (nominally kWh); None if it does not report it.
        volts: volts per phase; None if the connector does not report them.
        phase_amps: amps per phase; None if the connector does not report them.
        firmware: version; None if the connector has not reported it.
        serial_number: likewise.
        vin: VIN of the plugged-in car; None if unknown.
        sent: A of the last offer that was really written to the port; None before the first.
        possible: maximum in A that it could be drawing, by the records of the wiring guard, in steps of 0.5 A.
        obedience: whether it does what it is sent.
        excess: by how many A it draws more than it is offered: as learned since the car was plugged in, or as its last
            steady draw shows.
        heard_at: when it was last received, in s of a monotonic clock. It does not count in comparisons.

    All of these are as of its last answer.

    """

    connector_id: int
    protocol: int
    rating: float
    state: int = 0
    offered: float = 0.0
    drawn: float = 0.0
    plug: PlugState | None = None
    meter: int | None = None
    volts: tuple[int, int, int] | None = None
    phase_amps: tuple[float, float, float] | None = None
    firmware: str | None = None
    serial_number: str | None = None
    vin: str | None = None
    sent: float | None = None
    possible: float = 0.0
    obedience: Obedience = Obedience.OBEYS
    excess: float = 0.0
    heard_at: float | None = field(default=None, compare=False)

    @property
    def facts(self) -> tuple[object, ...]:
        """Return everything except measured values, which differ with every report."""
        return (
            self.connector_id,
            self.protocol,
            self.rating,
            self.state,
            self.offered,
            self.drawn > DRAWING_AMPS,
            self.plug,
            self.firmware,
            self.serial_number,
            self.vin,
            self.sent,
            self.obedience,
            self.excess,
        )

    def is_repeated_by(self, message: FromConnector) -> bool:
        """Return whether a later report or answer has the same contents, apart from jitter of the draw."""
        match message:
            case Heartbeat():
                return (
                    (message.state, message.offered) == (self.state, self.offered)
                    and abs(message.drawn - self.drawn) <= JITTER_AMPS
                    and (message.drawn > DRAWING_AMPS) == (self.drawn > DRAWING_AMPS)
                )
            case PlugReport():
                return message.state == self.plug
            case SerialNumber():
                return message.serial_number == self.serial_number
            case Meter():
                measured = (message.counter, message.volts, message.amps)
                return measured == (self.meter, self.volts, self.phase_amps)
            case _:
                return False

    def draws_like(self, other: Self) -> bool:
        """Return whether the draw is the same, apart from jitter."""
        return abs(self.drawn - other.drawn) <= JITTER_AMPS

    def measures_like(self, other: Self) -> bool:
        """Return whether the measured values are the same, apart from jitter."""
        return (
            self.draws_like(other)
            and self.possible == other.possible
            and self.meter == other.meter
            and self.volts == other.volts
            and self.phase_amps == other.phase_amps
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bus at one moment.

    Attributes:
        status: state of the master.
        connectors: those that are linked and have reported.
        problems: what needs a person.
        not_hearing: ids of the connectors that are received, but do not receive us.
        reserved: whole A of the total limit that are kept for connectors that are not among these, or do not receive
            us.
        ceiling: maximum sum of the offers of those that obey, in A, while the measured sum is too much; None while the
            limit alone counts.
        possible: maximum in A that all connectors together could be drawing, those included that are not among these,
            in steps of 0.5 A. A snapshot that differs in nothing else is equal.
        pending: whether a connector answers that is not among these yet: it has not answered for long enough.

    """

    status: BusStatus = BusStatus.OFFLINE
    connectors: tuple[ConnectorState, ...] = ()
    problems: frozenset[BusProblem] = frozenset()
    not_hearing: frozenset[int] = frozenset()
    reserved: int = 0
    ceiling: float | None = None
    pending: bool = False
    possible: float = field(default=0.0, compare=False)

    @property
    def facts(self) -> tuple[object, ...]:
        """Return everything except measured values."""
        facts = [item.facts for item in self.connectors]
        return (
            self.status,
            self.problems,
            self.not_hearing,
            self.reserved,
            self.ceiling,
            self.pending,
            *facts,
        )

    def draws_like(self, other: Self) -> bool:
        """Return whether the draws are the same, apart from jitter, at the same number of connectors."""
        return len(self.connectors) == len(other.connectors) and all(
            map(ConnectorState.draws_like, self.connectors, other.connectors)
        )

    def measures_like(self, other: Self) -> bool:
        """Return whether the measured values are the same, apart from jitter, at the same number of connectors."""
        return len(self.connectors) == len(other.connectors) and all(
            map(ConnectorState.measures_like, self.connectors, other.connectors)
        )

    def connector(self, connector_id: int) -> ConnectorState | None:
        """Return the state of one connector; None if it is not in the snapshot."""
        for connector in self.connectors:
            if connector.connector_id == connector_id:
                return connector
        return None


@dataclass(frozen=True, slots=True)
class KnownConnector:
    """What is kept of a connector across a restart, so that it can be addressed at once."""

    connector_id: int
    protocol: int
    rating: float


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of a connector on the line while another program was its master with our id.

    Attributes:
        known: the connector.
        report: its last report.
        offer: the last offer that it was sent, in A; None if none was seen.

    """

    known: KnownConnector
    report: Heartbeat
    offer: float | None = None

    @property
    def standing(self) -> float:
        """Return the offer that it has, in A: the one it was sent last, else the one it echoes."""
        return self.report.offered if self.offer is None else self.offer


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts since the start; of frames unless the name says otherwise.

    Attributes:
        late_answers: answers to heartbeats that came after the time the line is reserved for them: a slow network
            delays them.
        missed_answers: answers to heartbeats that never came, or made no sense.

    """

    frames: int = 0
    repaired: int = 0
    bad_checksum: int = 0
    bad_length: int = 0
    bad_escape: int = 0
    bad_type: int = 0
    noise_bytes: int = 0
    echoes: int = 0
    late_answers: int = 0
    missed_answers: int = 0
    late_heartbeats: int = 0
    dropped_frames: int = 0

    @property
    def bad_frames(self) -> int:
        """Return how many frames were dropped for any reason."""
        return self.bad_checksum + self.bad_length + self.bad_escape + self.bad_type
