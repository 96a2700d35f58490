"""The identity of a wall connector, the features of its firmware and its quirks.

Only the description; the behaviour is in `connector`.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Final

from .codec import State

LENGTH: Final = {1: 14, 2: 16}
"""Length of frames by protocol version."""
SLAVE_SWITCH: Final = 0xF
"""Position of the rotary switch that makes a connector listen to a master."""
_EXTENDED_FIRMWARE: Final = (4, 5)
# The minimum useful offer: the pilot signal cannot express less.
_MINIMUM_OFFER_A: Final = {1: 5.0, 2: 6.0}


@dataclass(eq=False)
class Identity:
    """The description of a connector; the fields may be changed at any time."""

    id: int
    _: KW_ONLY
    protocol: int = 2
    rating: float = 80.0
    """The maximum current that it announces, in A: 80 in North America, 32 in Europe."""
    serial: str = ""
    firmware: tuple[int, int, int, int] = (4, 5, 3, 0)
    """Major, minor, revision, extended."""
    switch: int = SLAVE_SWITCH
    """The position of its rotary switch; any other than 0xF makes it a second master."""
    voltages: tuple[float, float, float] = (240.0, 0.0, 0.0)
    """The voltages of its three phases, in V; 0 for a phase that is not connected."""
    initial_kwh: float = 924.0
    """The reading of its energy meter at the beginning, in kWh."""
    can_enabled: bool = True
    """Whether DIP switch 2 is up, so that it can read the VIN of a car."""
    answers_queries: bool | None = None
    """Whether it answers queries; None: if it has protocol 2."""
    extended: bool | None = None
    """Whether it answers in 20 bytes, with serial number and VIN; None: if it has firmware 4.5."""
    answers_plug: bool | None = None
    """Whether it reports the plug state; None: as `extended`."""
    mute: set[int] = field(default_factory=set)
    """Queries that it does not answer although its firmware could."""
    meter_volts: bool = True
    """Whether its meter reports voltages; otherwise they are 0."""
    meter_amps: bool = True
    """Whether its meter reports currents; they are 0 in every published frame."""
    counter_unit: float = 1.0
    """The kWh that its energy meter counts as one."""
    absurd_counter: bool = False
    """Whether its energy meter reports an impossible value that never changes."""
    heartbeat_length: int | None = None
    """The length of its heartbeats, 14 for some with protocol 2; None: as its protocol."""
    strict_length: bool | None = None
    """Whether it ignores heartbeats with the length of the other protocol; None: if it has protocol 2."""
    zero_stops: bool | None = None
    """Whether an offer of 0 A stops a car that charges; None: if it has protocol 1."""
    minimum_offer: float | None = None
    """The minimum offer that it passes on to a car, in A; None: 5 with protocol 1, else 6."""
    answer_delay: tuple[float, float] = (0.010, 0.040)
    """The minimum and maximum time from the end of a request to the answer, in s."""
    tail: bytes = b"\xfc"
    """The byte after the closing marker: FC, F8, FE or none."""
    jitter: float = 0.05
    """The maximum error of a reported draw, in A."""
    idle_draw: float = 0.0
    """The draw reported while idle: 0 or 0.25 A."""
    lost_stop_s: tuple[float, float] = (20.0, 30.0)
    """The time from the loss of the master until it stops the car, in s."""
    lost_state: State | None = None
    """The state it reports when a master returns while a car charges: 02 or 08; None: 02 with protocol 1."""

    def __post_init__(self) -> None:
        """Set the defaults of the protocol and the firmware."""
        if self.protocol not in LENGTH:
            msg = f"protocol {self.protocol}: there are only 1 and 2"
            raise ValueError(msg)
        modern = self.protocol != 1
        self.serial = self.serial or f"A16K{self.id:07d}"
        self._set_default("strict_length", modern)
        self._set_default("zero_stops", not modern)
        self._set_default("minimum_offer", _MINIMUM_OFFER_A[self.protocol])
        self._set_default("answers_queries", modern)
        is_extended = modern and self.firmware[:2] >= _EXTENDED_FIRMWARE
        self._set_default("extended", is_extended)
        self._set_default("answers_plug", self.extended)
        self._set_default("heartbeat_length", LENGTH[self.protocol])
        self._set_default("lost_state", State.STARTING if modern else State.ERROR)

    def _set_default(self, name: str, value: object) -> None:
        """Set a field that was not given."""
        if getattr(self, name) is None:
            setattr(self, name, value)
