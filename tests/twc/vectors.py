"""Bytes of known meaning: the rows of the protocol document, and what owners published.

`ROWS` is written by hand from shared/twc-protocol.md, so that encoder and parser are held against the document
and not against each other.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custom_components.twc_manager.twc.messages import (
    ContactorReport,
    Firmware,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Meter,
    PlugReport,
    Query,
    SerialNumber,
    VinPart,
)

CAPTURES: Final = Path(__file__).parents[1] / "captures" / "owners.txt"


@dataclass(frozen=True, slots=True)
class Capture:
    """One published frame: its body as it stood between the markers, and what its finder says of it."""

    body: bytes
    meaning: str


def captures() -> list[Capture]:
    """Return the published frames."""
    lines = CAPTURES.read_text("utf-8").splitlines()
    parts = [line.split("|") for line in lines if not line.startswith("#")]
    return [Capture(bytes.fromhex(body), text.strip()) for body, text, _ in parts]


# What stands between the markers, with its checksum, and what it means.
ROWS: Final[dict[str, Message]] = {
    # master to everyone
    "FC E1 77 77 19 00 00 00 00 00 00 00 00 E8": MasterLinkReady(
        0x7777, second=False, sign=0x19
    ),
    "FB E2 77 77 19 00 00 00 00 00 00 00 00 E9": MasterLinkReady(
        0x7777, second=True, sign=0x19
    ),
    "FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D": IdleNotice(),
    # master to one connector
    "FB E0 77 77 20 19 05 06 40 00 00 00 00 52": MasterHeartbeat(
        0x7777, 0x2019, command=5, amps=16.0
    ),
    "FB E0 77 77 20 19 09 1F 40 00 00 00 00 00 00 6F": MasterHeartbeat(
        0x7777, 0x2019, command=9, amps=80.0
    ),
    "FB EB 77 77 20 19 00 00 00 00 00 00 00 00 00 12": MasterQuery(
        0x7777, 0x2019, 0xEB
    ),
    "FB EC 77 77 20 19 00 00 00 00 00 00 00 00 00 13": MasterQuery(
        0x7777, 0x2019, 0xEC
    ),
    "FB 1B 77 77 20 19 00 00 00 00 00 00 00 00 00 42": MasterQuery(
        0x7777, 0x2019, 0x1B
    ),
    "FB ED 77 77 20 19 00 00 00 00 00 00 00 00 00 14": MasterQuery(
        0x7777, 0x2019, 0xED
    ),
    "FB EE 77 77 20 19 00 00 00 00 00 00 00 00 00 15": MasterQuery(
        0x7777, 0x2019, 0xEE
    ),
    "FB EF 77 77 20 19 00 00 00 00 00 00 00 00 00 16": MasterQuery(
        0x7777, 0x2019, 0xEF
    ),
    "FB F1 77 77 20 19 00 00 00 00 00 00 00 00 00 18": MasterQuery(
        0x7777, 0x2019, 0xF1
    ),
    "FB B4 77 77 20 19 00 00 00 00 00 00 00 DB": MasterQuery(0x7777, 0x2019, 0xB4),
    "FC B1 77 77 20 19 00 00 00 00 00 00 00 00 00 D8": MasterQuery(
        0x7777, 0x2019, 0xB1
    ),
    "FC B2 77 77 20 19 00 00 00 00 00 00 00 00 00 D9": MasterQuery(
        0x7777, 0x2019, 0xB2
    ),
    # connector to master
    "FD E2 03 2E 5A 1F 40 00 00 00 00 00 00 CC": LinkReady(
        0x032E, sign=0x5A, rating=80.0, protocol=1
    ),
    "FD E2 03 2E 5A 0C 80 00 00 00 00 00 00 00 00 F9": LinkReady(
        0x032E, sign=0x5A, rating=32.0, protocol=2
    ),
    "FD E0 03 2E 77 77 01 06 40 05 DC 00 00 27": Heartbeat(
        0x032E, 0x7777, state=1, offered=16.0, drawn=15.0
    ),
    "FD E0 03 2E 77 77 01 06 40 00 19 00 00 00 00 5F": Heartbeat(
        0x032E, 0x7777, state=1, offered=16.0, drawn=0.25
    ),
    "FD EB 03 2E 00 00 03 9C 00 F0 00 00 00 00 00 AB": Meter(
        0x032E, 924, (240, 0, 0), None
    ),
    "FD EB 03 2E 00 00 2D 22 00 E6 00 E7 00 E8 20 1F 21 00 00 80": Meter(
        0x032E, 11554, (230, 231, 232), (16.0, 15.5, 16.5)
    ),
    "FD EC 03 2E 04 05 03 00 00 00 00 00 00 00 00 29": Firmware(0x032E, "4.5.3"),
    "FD 1B 03 2E 03 09 0C 00 00 00 00 00 00 64": Firmware(0x032E, "3.9.12"),
    "FD ED 03 2E 41 31 36 4B 30 30 30 37 38 32 33 00 00 00 00 75": SerialNumber(
        0x032E, "A16K0007823"
    ),
    "FD EE 03 2E 35 59 4A 33 45 31 45 00 00 00 00 00 00 00 00 E5": VinPart(
        0x032E, Query.VIN_START, "5YJ3E1E"
    ),
    "FD EF 03 2E 41 37 4B 46 30 30 30 00 00 00 00 00 00 00 00 B9": VinPart(
        0x032E, Query.VIN_MIDDLE, "A7KF000"
    ),
    "FD F1 03 2E 33 31 36 00 00 00 00 00 00 00 00 00 00 00 00 BC": VinPart(
        0x032E, Query.VIN_END, "316"
    ),
    "FD F1 03 2E 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 22": VinPart(
        0x032E, Query.VIN_END, ""
    ),
    "FD B4 03 2E 03 00 00 00 00 00 00 00 00 00 00 E8": PlugReport(0x032E, 3),
    "FD B1 03 2E 00 00 00 00 00 00 00 00 00 00 00 E2": ContactorReport(
        0x032E, closed=True
    ),
    "FD B2 03 2E 00 00 00 00 00 00 00 00 00 00 00 E3": ContactorReport(
        0x032E, closed=False
    ),
}

BODIES: Final = [bytes.fromhex(row) for row in ROWS]
