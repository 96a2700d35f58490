"""The log of the calls to the account server: the purpose and the cost of each.

Tests read from it what the client did: how often, to which car, and whether that car was at home.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The kind of a call, by Tesla's prices; a token and a list are free."""

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
    """A call to the server; its result is added while it is handled."""

    at: float
    """The time of the call by the clock of the cars, in s."""
    kind: Kind
    endpoint: str
    """The last part of its path; for a signed command the name of the command."""
    vin: str | None = None
    at_home: bool | None = None
    """Whether its car was at home; None for a call about no car."""
    signed: bool = False
    status: int | None = None
    """The HTTP status of the response; None before it."""
    result: bool | None = None
    """Whether the car executed it; None if it did not reach the car."""
    reason: str = ""
    """Why the car did not execute it."""


@dataclass(slots=True)
class CallLog:
    """All calls; the oldest is first."""

    calls: list[Call] = field(default_factory=list)

    def of(self, kind: Kind, vin: str | None = None) -> list[Call]:
        """Return the calls of a kind, optionally for one car only."""
        return [
            call
            for call in self.calls
            if call.kind == kind and (vin is None or call.vin == vin)
        ]

    def count(self, kind: Kind, vin: str | None = None) -> int:
        """Return the number of calls of a kind."""
        return len(self.of(kind, vin))

    @property
    def commands_to_cars_away(self) -> list[Call]:
        """The commands and wakes for a car that was not at home, which are never allowed."""
        return [
            call
            for call in self.calls
            if call.kind in (Kind.COMMAND, Kind.WAKE) and call.at_home is False
        ]

    @property
    def cost_usd(self) -> float:
        """The price that Tesla charges for all calls."""
        return sum(PRICES_USD[call.kind] for call in self.calls)
