"""The states of the keeper, and the one table of the transitions between them. Times are in s of a monotonic clock."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from custom_components.twc_manager.twc.transitions import Transition, always

SILENCE_SECONDS: Final = 8.0
"""Home Assistant sends each connector a frame every three seconds or sooner; one gives its master up after 26 s."""

START_SECONDS: Final = 12.0
"""For so long the keeper only listens if it has seen no connector answer: one without a master announces itself every
10 s, and has then nothing of what it had."""

FRAME_SECONDS: Final = 1.0
"""A frame of Home Assistant whose first byte ended the keeper's time as the master has to be whole after so long."""


class KeeperState(StrEnum):
    """What the keeper does."""

    OFFLINE = "offline"
    """The serial port is not open."""
    FORWARDING = "forwarding"
    """Home Assistant is the master, or may become it at any moment."""
    IN_CHARGE = "in_charge"
    """The keeper is the master."""
    HOLDING = "holding"
    """Frames of Home Assistant wait until the line is free: it is back during an exchange of the keeper's, or many of
    its frames came at once after a cut of the network."""


class KeeperEvent(Enum):
    """What can change the state."""

    OPENED = auto()
    """The serial port was opened."""
    LOST = auto()
    """The serial port was lost."""
    FRAME_BEGINS = auto()
    """The first byte of a frame of Home Assistant came in."""
    BACKLOG = auto()
    """Several frames of Home Assistant came in at once."""
    LOOKED = auto()
    """Time has passed, or something was received."""


class Action(Enum):
    """What is done on entering a state."""

    NOTHING = auto()
    TAKE_OVER = auto()
    """Become the master."""
    END = auto()
    """Stop being the master."""
    WRITE = auto()
    """Write the frame that has waited longest."""
    REFUSE = auto()
    """Stop being the master, drop the frames that wait, and disconnect Home Assistant."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The inputs of the transitions.

    Attributes:
        silent_for: the time in s since Home Assistant's last frame.
        yielded_for: the time in s since the keeper was the master.
        line_free: whether a frame may be sent now.
        other_master: whether another master sends on the bus.
        has_client: whether Home Assistant is connected.
        has_linked: whether any connector has answered lately.
        waiting: how many frames of Home Assistant wait.

    """

    silent_for: float
    yielded_for: float
    line_free: bool
    other_master: bool
    has_client: bool
    has_linked: bool
    waiting: int


def is_needed(seen: Observation) -> bool:
    """Return whether the keeper has to go on as the master, and may do so now.

    Home Assistant has nothing to send on a bus without connectors: while it is connected, it links connectors that
    come.
    """
    if seen.has_linked:
        deserted = seen.silent_for >= SILENCE_SECONDS
    else:
        deserted = seen.silent_for >= START_SECONDS and not seen.has_client
    may_send = seen.line_free and seen.yielded_for >= FRAME_SECONDS
    return deserted and may_send and not seen.other_master


def line_is_free(seen: Observation) -> bool:
    """Return whether a frame may be sent now."""
    return seen.line_free


def line_is_free_for_more(seen: Observation) -> bool:
    """Return whether a frame may be sent now, and more than one waits."""
    return seen.line_free and seen.waiting > 1


_S = KeeperState
_E = KeeperEvent
type Row = Transition[KeeperState, KeeperEvent, Observation, Action]

# The first row that applies counts.
TRANSITIONS: Final[tuple[Row, ...]] = (
    Transition(_S.OFFLINE, _E.OPENED, always, _S.FORWARDING, Action.NOTHING),
    Transition(_S.FORWARDING, _E.LOST, always, _S.OFFLINE, Action.REFUSE),
    Transition(_S.IN_CHARGE, _E.LOST, always, _S.OFFLINE, Action.REFUSE),
    Transition(_S.HOLDING, _E.LOST, always, _S.OFFLINE, Action.REFUSE),
    Transition(_S.FORWARDING, _E.LOOKED, is_needed, _S.IN_CHARGE, Action.TAKE_OVER),
    Transition(_S.IN_CHARGE, _E.FRAME_BEGINS, line_is_free, _S.FORWARDING, Action.END),
    Transition(_S.IN_CHARGE, _E.FRAME_BEGINS, always, _S.HOLDING, Action.END),
    Transition(_S.FORWARDING, _E.BACKLOG, always, _S.HOLDING, Action.NOTHING),
    Transition(_S.HOLDING, _E.LOOKED, line_is_free_for_more, _S.HOLDING, Action.WRITE),
    Transition(_S.HOLDING, _E.LOOKED, line_is_free, _S.FORWARDING, Action.WRITE),
)
