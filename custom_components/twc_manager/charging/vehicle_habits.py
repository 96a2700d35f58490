"""What a vehicle at a connector has shown, for plans and for the division of current among buses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VehicleHabits:
    """What a vehicle has shown since it was plugged in.

    Attributes:
        takes: the maximum whole A that it takes; None if it takes all that it gets.
        is_stoppable: whether a method to stop it is known.

    """

    takes: int | None = None
    is_stoppable: bool = True


@dataclass(frozen=True, slots=True)
class VehicleStanding:
    """The standing of a vehicle in a queue.

    Attributes:
        is_running: whether it has an offer.
        is_locked: whether it must not, or cannot, be stopped now.
        usable: whole A that it can use; None if it takes all that it gets.

    """

    is_running: bool = False
    is_locked: bool = False
    usable: int | None = None
