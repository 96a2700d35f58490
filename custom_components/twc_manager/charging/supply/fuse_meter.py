"""What our own draw has shown of the sensors at the main fuse."""

from dataclasses import dataclass

from .response_votes import MeterState


@dataclass(frozen=True, slots=True)
class FuseMeter:
    """What is known of the sensors.

    Attributes:
        state: what is known of all of them together.
        still: which of them hold vehicles back since they have not moved since a raise that others have shown, by
            their places.
        misses_vehicles: whether they move, but have not shown the last steps of the vehicles.

    """

    state: MeterState = MeterState.UNKNOWN
    still: frozenset[int] = frozenset()
    misses_vehicles: bool = False
