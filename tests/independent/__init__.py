"""An independent world that judges a master of the load-sharing protocol.

It is written from docs/protocol.md and IEC 61851 alone, by an author who has not read the integration, its simulator or
its tests, so that the two can disagree. `World` is the seam: it gives a master a serial port, plays the line, the
connectors, their cars and other masters on the running event loop, and returns a `Verdict`. `House` puts several worlds behind
one circuit, one main fuse and one meter, and returns a `HouseVerdict`.
"""

from tests.independent.house import House
from tests.independent.house_specs import (
    FaultKind,
    HouseSpec,
    HouseVerdict,
    LoadSpec,
    MeterFault,
    MeterSpec,
    Reading,
)
from tests.independent.houses import random_house
from tests.independent.specs import (
    CarSpec,
    ConnectorSpec,
    LineSpec,
    Upheaval,
    UpheavalKind,
    Verdict,
)
from tests.independent.world import World
from tests.independent.worlds import random_world

__all__ = [
    "CarSpec",
    "ConnectorSpec",
    "FaultKind",
    "House",
    "HouseSpec",
    "HouseVerdict",
    "LineSpec",
    "LoadSpec",
    "MeterFault",
    "MeterSpec",
    "Reading",
    "Upheaval",
    "UpheavalKind",
    "Verdict",
    "World",
    "random_house",
    "random_world",
]
