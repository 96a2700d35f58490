"""What a wall connector is: its identity, its firmware's abilities and its oddities.

Owns the description only; what it does is in `connector`.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Final

from .codec import State

LENGTH: Final = {1: 14, 2: 16}
"""Length of frames by protocol version."""
SLAVE_SWITCH: Final = 0xF
"""Position of the rotary switch that makes a connector listen to a master."""
_EXTENDED_FIRMWARE: Final = (4, 5)


@dataclass(eq=False)
class Identity:
    """The description of a connector; its fields may be changed at any time."""

    id: int
    _: KW_ONLY
    protocol: int = 2
    rating: float = 80.0
    """The max current it announces, in A: 80 in North America, 32 in Europe."""
    serial: str = ""
    firmware: tuple[int, int, int, int] = (4, 5, 3, 0)
    """Major, minor, revision, extended."""
    switch: int = SLAVE_SWITCH
    """Its rotary switch; anything but 0xF makes it a second master."""
    voltages: tuple[float, float, float] = (240.0, 0.0, 0.0)
    """The volts of its three phases; 0 where there is no wire."""
    initial_kwh: float = 924.0
    """What its energy counter shows when the simulation begins."""
    can_enabled: bool = True
    """DIP switch 2 up: the VIN of a car can be read."""
    answers_queries: bool | None = None
    """Whether it answers anything but heartbeats; None: protocol 2 does."""
    extended: bool | None = None
    """Whether it answers in 20 bytes, serial number and VIN too; None: firmware 4.5 does."""
    answers_plug: bool | None = None
    """Whether it tells the plug state; None: as `extended`."""
    mute: set[int] = field(default_factory=set)
    """Query commands that it does not answer although its firmware could."""
    meter_amps: bool = True
    """Whether the amps bytes of its meter are filled; zero in every published frame."""
    absurd_counter: bool = False
    """Report an energy counter that cannot be kWh and stands still."""
    heartbeat_length: int | None = None
    """Length of its heartbeats; 14 for some of protocol 2, None: as its protocol."""
    strict_length: bool = True
    """Ignore heartbeats of the other protocol's length."""
    answer_delay: tuple[float, float] = (0.010, 0.040)
    """Shortest and longest time from a request's end to the answer, in s."""
    tail: bytes = b"\xfc"
    """The byte after the closing marker: FC, F8, FE or none."""
    jitter: float = 0.05
    """How far a reported draw is off at most, in A."""
    idle_draw: float = 0.0
    """The draw reported while idle: 0 or 0.25 A."""
    lost_stop_s: tuple[float, float] = (20.0, 30.0)
    """How long after losing the master the car is stopped."""
    lost_state: State | None = None
    """What it shows when a master returns to a charging car: 02 or 08; None: 02 on protocol 1."""

    def __post_init__(self) -> None:
        """Leave to protocol and firmware what was not said."""
        if self.protocol not in LENGTH:
            msg = f"protocol {self.protocol}: there are only 1 and 2"
            raise ValueError(msg)
        modern = self.protocol != 1
        self.serial = self.serial or f"A16K{self.id:07d}"
        if self.answers_queries is None:
            self.answers_queries = modern
        if self.extended is None:
            self.extended = modern and self.firmware[:2] >= _EXTENDED_FIRMWARE
        if self.answers_plug is None:
            self.answers_plug = self.extended
        if self.heartbeat_length is None:
            self.heartbeat_length = LENGTH[self.protocol]
        if self.lost_state is None:
            self.lost_state = State.STARTING if modern else State.ERROR
