"""The result of a connector check, as it is stored and reported.

It does not identify the connector, the vehicle or the owner. Currents are in A, times in s.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Final, Self

from ...twc import PROTOCOL_1, PROTOCOL_2, ConnectorState
from .check_states import CheckOutcome

FORMAT: Final = 1
"""The version of the stored and reported format."""

_MAX_AMPS: Final = 80.0
_MAX_SECONDS: Final = 600.0
_MAX_RAMP: Final = 1000.0
_MAX_STEPS: Final = 8


@dataclass(frozen=True, slots=True)
class StepResult:
    """The reaction of the vehicle to one offer.

    Attributes:
        offered: the offer.
        drawn: the draw of the vehicle at the end.
        reaction: how long its draw took to change; None if it did not change.
        ramp: the rate of that change, in A/s; None if it cannot be determined.

    """

    offered: float
    drawn: float
    reaction: float | None = None
    ramp: float | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the result from `asdict`; raises as `CheckResult.from_dict`."""
        return cls(
            _number(data["offered"], _MAX_AMPS),
            # A connector that does not obey may report anything that fits into its two bytes.
            _number(data["drawn"], 1000.0),
            _optional(data["reaction"], _MAX_SECONDS),
            _optional(data["ramp"], _MAX_RAMP),
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """Which queries the connector answers with a value."""

    meter: bool = False
    volts: bool = False
    phase_amps: bool = False
    plug_state: bool = False
    vin: bool = False
    serial_number: bool = False

    @classmethod
    def of(cls, connector: ConnectorState) -> Self:
        """Return what a connector has answered so far; zeros do not count as values."""
        return cls(
            meter=connector.meter is not None,
            volts=any(connector.volts or ()),
            phase_amps=any(connector.phase_amps or ()),
            plug_state=connector.plug is not None,
            vin=connector.vin is not None,
            serial_number=connector.serial_number is not None,
        )

    def merged(self, other: Answers) -> Answers:
        """Return what either of two has, as the amps are zero while the vehicle rests."""
        mine, others = asdict(self), asdict(other)
        return Answers(**{key: mine[key] or others[key] for key in mine})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check.

    Attributes:
        outcome: how it ended.
        protocol: the protocol of the connector.
        rating: its rating.
        firmware: its firmware; None if it does not report it.
        steps: the results of the currents above 0, in the order in which they were offered.
        zero_stops: whether 0 A stopped the vehicle; None if they were not offered for long enough.
        stop_seconds: how long that took; None if the vehicle did not stop.
        resume_seconds: how long the vehicle then took to draw again; None if it did not draw.
        answers: which queries the connector answers.

    """

    outcome: CheckOutcome
    protocol: int
    rating: float
    firmware: str | None = None
    steps: tuple[StepResult, ...] = ()
    zero_stops: bool | None = None
    stop_seconds: float | None = None
    resume_seconds: float | None = None
    answers: Answers = Answers()

    @property
    def minimum_accepted(self) -> float | None:
        """Return the lowest offer at which the vehicle drew; None if it never drew."""
        return min(
            (step.offered for step in self.steps if step.drawn >= 1), default=None
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {
            "format": FORMAT,
            **asdict(self),
            "steps": [asdict(item) for item in self.steps],
        }

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Return the result from `as_dict`.

        Raises:
            KeyError: if a field is missing.
            TypeError: if a field is of another type.
            ValueError: if a value is not possible, or the format is another one.

        """
        if not isinstance(data, Mapping):
            raise TypeError("a connector check is not a mapping")
        if data["format"] != FORMAT:
            raise ValueError(f"connector check: format {data['format']!r} is unknown")
        protocol, firmware, steps = data["protocol"], data["firmware"], data["steps"]
        if protocol not in {PROTOCOL_1, PROTOCOL_2}:
            raise ValueError(f"connector check: there is no protocol {protocol!r}")
        if not isinstance(steps, list) or len(steps) > _MAX_STEPS:
            raise ValueError("connector check: its steps are no short list")
        if firmware is not None and not isinstance(firmware, str):
            raise TypeError("connector check: its firmware is no text")
        return cls(
            outcome=CheckOutcome(data["outcome"]),
            protocol=protocol,
            rating=_number(data["rating"], _MAX_AMPS),
            firmware=firmware,
            steps=tuple(StepResult.from_dict(item) for item in steps),
            zero_stops=None
            if data["zero_stops"] is None
            else _flag(data["zero_stops"]),
            stop_seconds=_optional(data["stop_seconds"], _MAX_SECONDS),
            resume_seconds=_optional(data["resume_seconds"], _MAX_SECONDS),
            answers=_answers(data["answers"]),
        )


def _answers(data: object) -> Answers:
    if not isinstance(data, Mapping):
        raise TypeError("connector check: its answers are not a mapping")
    return Answers(**{str(key): _flag(value) for key, value in data.items()})


def _flag(value: object) -> bool:
    if value is True or value is False:
        return value
    raise TypeError(f"connector check: {value!r} is neither true nor false")


def _number(value: object, maximum: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"connector check: {value!r} is no number")
    if not (isfinite(value) and 0 <= value <= maximum):
        raise ValueError(f"connector check: {value!r} is not between 0 and {maximum:g}")
    return float(value)


def _optional(value: object, maximum: float) -> float | None:
    return None if value is None else _number(value, maximum)
