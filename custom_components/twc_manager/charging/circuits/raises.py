"""Limits raises of offers to the room that is certainly free in the circuits of a bus.

The guard of the wiring does the same for the line of the bus. Here, amps that move from one vehicle to another count
until the first vehicle has really lost them, so that they never count twice. Currents are in A.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Raise:
    """A connector and the offer that was decided for it.

    Attributes:
        connector_id: the connector.
        offer: the decided offer in whole A.
        has: its current offer in whole A; a lower one is not a raise.
        possible: the A that it could be drawing.
        minimum: the lowest useful offer.

    """

    connector_id: int
    offer: int
    has: int
    possible: float
    minimum: int


@dataclass(frozen=True, slots=True)
class Committed:
    """The offers that are sent.

    Attributes:
        offers: whole A by connector.
        amps: the A that the bus could be drawing with them.

    """

    offers: Mapping[int, int]
    amps: float


def within_room(raises: Sequence[Raise], room: float, beside: float = 0.0) -> Committed:
    """Return the offers that may be sent now.

    Args:
        raises: the connectors of the bus.
        room: the A that the circuits leave the bus; inf if they limit nothing.
        beside: the A that other connectors of the bus could be drawing.

    """
    offers = {item.connector_id: min(item.offer, item.has) for item in raises}
    could = {
        item.connector_id: max(item.possible, offers[item.connector_id])
        for item in raises
    }
    for item in sorted(raises, key=lambda item: (item.has == 0, item.connector_id)):
        key = item.connector_id
        if item.offer <= item.has:
            continue
        offer = item.offer
        left = room - beside - sum(could.values()) + could[key]
        if left < offer:
            offer = floor(left)
        if offer > item.has and offer >= min(item.minimum, item.offer):
            offers[key] = offer
            could[key] = max(could[key], offer)
    return Committed(offers, beside + sum(could.values()))
