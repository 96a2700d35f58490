"""A simulated RS-485 bus of Tesla wall connectors, for tests and demos without hardware.

It provides a bus with connectors, cars, faults and ports. It is written from docs/protocol.md and shares no code
with the integration, so that tests against it find the integration's mistakes:

    bus = Bus(seed=1)
    twc = bus.add(WallConnector(0x032E, protocol=2, rating=80.0))
    bus.start()
    twc.plug_in(Car(onboard_limit=48))
    transport, protocol = await MemoryPort(bus).connect(MyMaster)
    ...
    bus.safety.assert_clean(limit=48.0)
"""

from .bus import Bus, PortHandle
from .car import Car, make_vin
from .clock import VirtualTimeLoop, run_virtual
from .codec import Command, Decoder, Frame, State
from .connector import Led, WallConnector
from .control import Control, ControlError
from .faults import Faults
from .host import HostLoop, PowerCutError
from .house import House, Load, Sun, Weather
from .memory import MemoryPort, MemoryTransport
from .pty import PtyPort
from .safety import ForbiddenFrame, HeartbeatLog, Peak, SafetyRecord
from .second_master import SecondMaster
from .tcp import TcpPort
from .world import World

__all__ = [
    "Bus",
    "Car",
    "Command",
    "Control",
    "ControlError",
    "Decoder",
    "Faults",
    "ForbiddenFrame",
    "Frame",
    "HeartbeatLog",
    "HostLoop",
    "House",
    "Led",
    "Load",
    "MemoryPort",
    "MemoryTransport",
    "Peak",
    "PortHandle",
    "PowerCutError",
    "PtyPort",
    "SafetyRecord",
    "SecondMaster",
    "State",
    "Sun",
    "TcpPort",
    "VirtualTimeLoop",
    "WallConnector",
    "Weather",
    "World",
    "make_vin",
    "run_virtual",
]
