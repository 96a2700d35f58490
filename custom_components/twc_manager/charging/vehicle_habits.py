"""What is told of the vehicle at a connector to those that plan for it, or divide current among several buses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VehicleHabits:
    """What a vehicle has shown since it was plugged in.

    Attributes:
        takes: the most whole A that it takes; None if it takes what it gets.
        is_stoppable: whether it can be stopped, as far as is known.

    """

    takes: int | None = None
    is_stoppable: bool = True


@dataclass(frozen=True, slots=True)
class VehicleStanding:
    """How a vehicle stands among those that wait for current.

    Attributes:
        is_running: whether it has an offer.
        is_locked: whether it must not, or cannot, be stopped now.
        usable: whole A that it can use; None if it takes what it gets.

    """

    is_running: bool = False
    is_locked: bool = False
    usable: int | None = None
