"""The log of the calls to the account server: what each was for and what it costs.

Owns the record that tests ask what the client did: how often, to which car, and whether that car
was at home at the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a call is for, as Tesla prices it; a token and a list cost nothing."""

    TOKEN = "token"
    LIST = "list"
    DATA = "data"
    WAKE = "wake"
    COMMAND = "command"


PRICES_USD: Final[Mapping[Kind, float]] = {
    Kind.TOKEN: 0.0,
    Kind.LIST: 0.0,
    Kind.DATA: 0.002,
    Kind.WAKE: 0.02,
    Kind.COMMAND: 0.001,
}


@dataclass(slots=True)
class Call:
    """A call to the server; what becomes of it is filled in while it lasts."""

    at: float
    """When it came, by the clock of the cars, in s."""
    kind: Kind
    endpoint: str
    """The last part of its path; for a signed command the name of the command in it."""
    vin: str | None = None
    at_home: bool | None = None
    """Whether its car was at home then; None when it is about no car."""
    signed: bool = False
    status: int | None = None
    """The HTTP status answered; None as long as nothing was answered."""
    result: bool | None = None
    """Whether the car obeyed; None when it never heard of it."""
    reason: str = ""
    """Why it did not."""


@dataclass(slots=True)
class CallLog:
    """All calls, the oldest first."""

    calls: list[Call] = field(default_factory=list)

    def of(self, kind: Kind, vin: str | None = None) -> list[Call]:
        """Return the calls of a kind, those about one car if given."""
        return [
            call
            for call in self.calls
            if call.kind == kind and (vin is None or call.vin == vin)
        ]

    def count(self, kind: Kind, vin: str | None = None) -> int:
        """Return how many calls of a kind there were."""
        return len(self.of(kind, vin))

    @property
    def commands_to_cars_away(self) -> list[Call]:
        """The commands and wakes for a car that was not at home; there must never be one."""
        return [
            call
            for call in self.calls
            if call.kind in (Kind.COMMAND, Kind.WAKE) and call.at_home is False
        ]

    @property
    def cost_usd(self) -> float:
        """What Tesla would charge for all of it."""
        return sum(PRICES_USD[call.kind] for call in self.calls)
