"""What `twc-keeper --check` prints: the port, which devices send on the bus, the folder, the network, the port to enter."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
import os
import socket
from typing import Final

from custom_components.twc_manager.twc import BusError, format_id
from custom_components.twc_manager.twc.gate import WriteGate
from custom_components.twc_manager.twc.transport import BusTransport

from .keeper import OWN_ID
from .key import make_key
from .lease_holder import LeaseFile
from .observer import BusObserver
from .options import Options

LISTEN_SECONDS: Final = 12.0
"""A connector without a master announces itself every 10 s."""


async def check(options: Options, seconds: float = LISTEN_SECONDS) -> int:
    """Print what is found; return the exit code: 0 if the keeper can work, 1 if not."""
    findings = [*_folder(options), *_network(options), *await _bus(options, seconds)]
    for is_good, text in findings:
        print(f"{'ok  ' if is_good else 'FAIL'}  {text}")
    return 0 if all(is_good for is_good, _ in findings) else 1


def _folder(options: Options) -> Iterator[tuple[bool, str]]:
    """Check the folder with the key and the lease."""
    try:
        key = make_key(options.folder)
    except (OSError, ValueError) as err:
        yield False, f"The folder {options.folder} cannot be used: {err}"
        return
    if not os.access(options.folder, os.W_OK):
        yield False, f"The folder {options.folder} cannot be written to"
        return
    yield True, f"Key for Home Assistant: {key}"
    stored = LeaseFile(options.folder).read()
    if stored is None:
        amps = options.fallback.amps
        yield True, f"No lease: without Home Assistant each connector gets {amps:g} A"
        return
    each = ", ".join(
        f"{format_id(item.known.connector_id)} {item.amps:g} A"
        for item in stored.without_raises(options.fallback.amps).connectors
    )
    hours = f"{'' if stored.is_exact else 'up to '}{stored.left / 3600:.1f} h"
    yield True, f"Lease for {hours}: {each or 'no connector'}"


def _network(options: Options) -> Iterator[tuple[bool, str]]:
    """Check that both ports can be listened on."""
    for port in (options.port, options.port + 1):
        try:
            with socket.create_server((options.host or "", port)):
                pass
        except OSError as err:
            yield False, f"TCP port {port}: {err.strerror}; is the keeper running?"
            return
    host = options.host or own_address()
    yield True, f"Port to enter in Home Assistant: socket://{host}:{options.port}"


def own_address() -> str:
    """Return the address at which others in the network find this computer; its name if it has no way out."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Sends nothing: the system only chooses the way to an address that nobody has.
        probe.connect(("198.51.100.1", 9))
        return str(probe.getsockname()[0])
    return socket.gethostname()


async def _bus(options: Options, seconds: float) -> list[tuple[bool, str]]:
    """Open the serial port and listen."""
    loop = asyncio.get_running_loop()
    observer = BusObserver(OWN_ID)
    transport = BusTransport(
        options.device,
        on_data=lambda data: observer.received(data, loop.time()),
        on_change=lambda _: None,
        gate=WriteGate(),
    )
    try:
        await transport.open()
    except BusError as err:
        return [(False, str(err))]
    print(f"Listening on {options.device} for {seconds:g} s ...", flush=True)
    await asyncio.sleep(seconds)
    await transport.close()
    return [(True, f"{options.device} opens"), *_on_bus(observer, loop.time())]


def _on_bus(observer: BusObserver, now: float) -> Iterator[tuple[bool, str]]:
    if observer.other_master(now):
        yield False, "Another master sends on the bus: stop TWCManager first"
    for item in sorted(observer.announcing()):
        yield True, f"Connector {format_id(item)} waits for a master"
    frames, noise = observer.received_counts
    if frames:
        yield True, f"{frames} frames were received"
    elif noise:
        yield (
            False,
            f"Only noise ({noise} bytes): are D+ and D- the wrong way round?",
        )
    else:
        yield (
            False,
            "Nothing was received: is a connector switched on, with its rotary switch at F?",
        )
