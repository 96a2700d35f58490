"""The lease, its file, and the control connection on which Home Assistant leaves it."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from custom_components.twc_manager.twc import (
    KnownConnector,
    WiringLimits,
    lease_link as link,
)
from custom_components.twc_manager.twc.lease import KeeperReport, Lease, LeasedConnector
from keeper.addresses import AllowedAddresses
from keeper.clock import Moment, present_moment
from keeper.control import MAX_CONNECTIONS, Control
from keeper.key import make_key
from keeper.lease_holder import LeaseFile, LeaseHolder
from keeper.terms import Fallback, Terms
from simulator import Car, WallConnector

from .network import End, Network
from .scene import HOME_ADDRESS, HOME_ID, Scene, play, three

KEY = "0123456789abcdef"
LEASE = Lease(
    HOME_ID,
    3600.0,
    WiringLimits(32.0, 16.0),
    (LeasedConnector(KnownConnector(1, 2, 32.0), 13.0),),
)


def stored(
    folder: Path, written: Moment, now: Moment, fallback_amps: float = 6.0
) -> tuple[float, float] | None:
    """Return the A and the s that hold of a lease of 13 A and an hour, after a restart."""
    LeaseFile(folder, lambda: written).write(LEASE)
    holder = LeaseHolder(LeaseFile(folder, lambda: now), 0.0, fallback_amps)
    lease = holder.current(0.0)
    return None if lease is None else (lease.amps_for(1) or 0.0, holder.until)


WRITTEN = Moment(wall=1000.0, boot="first", uptime=50.0)


def test_a_lease_survives_a_restart_of_the_keeper_with_what_is_left_of_it(
    tmp_path: Path,
) -> None:
    # Whatever was done to the clock meanwhile.
    for wall in (10.0, 1600.0, 9e9):
        assert stored(tmp_path, WRITTEN, Moment(wall, "first", 650.0)) == (13, 3000)
        assert stored(tmp_path, WRITTEN, Moment(wall, "first", 3650.0)) is None


@pytest.mark.parametrize(
    ("wall", "left"), [(10.0, 3600), (1000.0, 3600), (1600.0, 3000), (4700.0, None)]
)
def test_after_a_power_cut_nobody_has_more_than_without_a_lease(
    tmp_path: Path, wall: float, left: float | None
) -> None:
    """A clock without a battery goes on where it stood, so that the lease may have been over for long."""
    for boot in ("second", ""):
        now = Moment(wall, boot, 20.0)
        for fallback_amps, amps in ((6.0, 6), (20.0, 13), (0.0, 0)):
            held = stored(tmp_path, WRITTEN, now, fallback_amps)
            assert held == (None if left is None else (amps, left))


def test_the_computer_knows_which_start_it_is() -> None:
    first, second = present_moment(), present_moment()
    assert second.is_of_same_boot(first)
    assert 0 <= second.seconds_since(first) < 60
    assert not Moment(1.0, "", 1.0).is_of_same_boot(Moment(1.0, "", 1.0))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"seconds": 1e999}', b"\xff\xfe", b"[" * 100000],
)
def test_a_damaged_file_is_no_lease(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lease.json").write_bytes(content)
    assert LeaseFile(tmp_path).read() is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("master", "XYZ"),
        ("master", 7),
        ("seconds", float("nan")),
        ("seconds", -1),
        ("seconds", True),
        pytest.param("seconds", 10**400, id="seconds-huge"),
        ("total", 0),
        ("total", 1e9),
        ("per_connector", "32"),
        ("connectors", {}),
        ("connectors", [1]),
        ("connectors", [{"id": "0001", "protocol": 3, "rating": 32, "amps": 6}]),
        ("connectors", [{"id": "0001", "protocol": 2, "rating": 32, "amps": 81}]),
        ("connectors", [{}] * 4),
    ],
)
def test_a_lease_with_anything_out_of_bounds_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValueError):
        Lease.from_dict({**LEASE.as_dict(), key: value})


def test_a_lease_is_what_was_sent() -> None:
    sent = link.encode_line({"type": link.LEASE, **LEASE.as_dict()})
    assert Lease.from_dict(link.decode_line(sent)) == LEASE
    assert len(sent) < link.MAX_LINE / 4


@pytest.mark.parametrize(
    ("fallback", "lease", "total", "each"),
    [
        (Fallback(20.0, 6.0), None, 20.0, 6.0),
        (Fallback(20.0, 6.0), LEASE, 20.0, 13.0),
        (Fallback(80.0, 0.0), LEASE, 32.0, 13.0),
        (Fallback(80.0, 0.0), None, 80.0, 0.0),
    ],
)
def test_the_owners_limit_holds_whatever_the_lease_says(
    fallback: Fallback, lease: Lease | None, total: float, each: float
) -> None:
    terms = Terms.of(lease, fallback)
    assert terms.limits.total == total
    assert terms.amps_for(1) == each
    assert terms.amps_for(2) == fallback.amps


def test_the_key_is_drawn_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = make_key(tmp_path / "new")
    assert make_key(tmp_path / "new") == key
    assert (tmp_path / "new" / "key").stat().st_mode & 0o077 == 0


class Talk(asyncio.Protocol):
    """Home Assistant's end of a control connection."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.signed: link.SignedLines | None = None
        self.is_over = False

    def data_received(self, data: bytes) -> None:
        decode = json.loads if self.signed is None else self.signed.decode
        self.lines += [decode(line) for line in data.splitlines()]

    def sign(self, key: str = KEY, home: str | None = None) -> None:
        """Sign from now on, with nonces of which the keeper's is in its greeting."""
        nonces = link.Nonces(link.nonce_in(self.lines[0]), home or link.draw_nonce())
        self.signed = link.SignedLines(key, link.Side.HOME, nonces)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True


async def talk(control: Control, address: str = HOME_ADDRESS) -> tuple[End, Talk]:
    connect = Network(control.protocol).connector(address)
    end, protocol = await connect(asyncio.get_running_loop(), Talk, "", baudrate=9600)
    await asyncio.sleep(0.1)
    return end, protocol


async def say(end: End, protocol: Talk, **data: Any) -> None:
    assert protocol.signed is not None
    end.write(protocol.signed.encode(data))
    await asyncio.sleep(0.1)


async def proven(control: Control) -> tuple[End, Talk]:
    end, protocol = await talk(control)
    nonce = link.draw_nonce()
    protocol.sign(home=nonce)
    await say(end, protocol, type=link.HELLO, nonce=nonce)
    return end, protocol


def controlled(scenario: Callable[[Scene, Control], Any]) -> None:
    async def main(scene: Scene) -> None:
        control = Control(scene.running, AllowedAddresses(), KEY)
        await scenario(scene, control)
        control.close()
        await asyncio.sleep(1)

    play(main, *three())


def test_a_lease_is_left_and_ended() -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        end, protocol = await proven(control)
        await say(end, protocol, type=link.LEASE, **LEASE.as_dict())
        assert KeeperReport.from_dict(protocol.lines[-1]).has_lease
        await asyncio.sleep(1)
        assert scene.lease_file.read() is not None
        await say(end, protocol, type=link.END)
        assert not KeeperReport.from_dict(protocol.lines[-1]).has_lease
        await asyncio.sleep(1)
        assert scene.lease_file.read() is None

    controlled(scenario)


NONCE = "5" * 32


@pytest.mark.parametrize(
    "hello",
    [
        {"type": link.HELLO},
        {"type": link.HELLO, "nonce": 7},
        {"type": link.HELLO, "nonce": "5" * 31},
        {"type": link.HELLO, "nonce": "ü" * 32},
        {"type": link.HELLO, "nonce": "A" * 32},
        {"type": link.ASK, "nonce": NONCE},
        {"type": link.LEASE, "nonce": NONCE, **LEASE.as_dict()},
    ],
)
def test_a_talk_begins_with_a_hello_that_has_a_nonce(hello: dict[str, Any]) -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        end, protocol = await talk(control)
        protocol.sign(home=NONCE)
        await say(end, protocol, **hello)
        assert protocol.is_over
        assert len(protocol.lines) == 1
        assert not scene.running.report().has_lease

    controlled(scenario)


def test_without_the_key_nothing_is_taken() -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        for key in ("", "another key", KEY[:-1]):
            end, protocol = await talk(control)
            protocol.sign(key, NONCE)
            await say(end, protocol, type=link.HELLO, nonce=NONCE)
            assert protocol.is_over
            assert len(protocol.lines) == 1
        for data in ({"type": link.HELLO, "nonce": NONCE}, LEASE.as_dict()):
            end, protocol = await talk(control)
            end.write(link.encode_line(data))
            await asyncio.sleep(0.1)
            assert protocol.is_over
        assert not scene.running.report().has_lease

    controlled(scenario)


def test_a_second_hello_ends_the_talk() -> None:
    async def scenario(_: Scene, control: Control) -> None:
        end, protocol = await proven(control)
        await say(end, protocol, type=link.HELLO, nonce=NONCE)
        assert protocol.is_over

    controlled(scenario)


def test_strangers_and_those_who_are_silent_are_disconnected() -> None:
    async def scenario(_: Scene, control: Control) -> None:
        _, far = await talk(control, "8.8.8.8")
        assert far.is_over
        (_, oldest), *others = [await talk(control) for _ in range(MAX_CONNECTIONS)]
        others.append(await talk(control))
        assert oldest.is_over
        assert not any(protocol.is_over for _, protocol in others)
        await asyncio.sleep(15)
        assert all(protocol.is_over for _, protocol in others)

    controlled(scenario)


def test_strangers_keep_nobody_out_who_has_the_key() -> None:
    async def scenario(_: Scene, control: Control) -> None:
        proved = [await proven(control) for _ in range(MAX_CONNECTIONS - 1)]
        for _ in range(2 * MAX_CONNECTIONS):
            await talk(control)
        proved.append(await proven(control))
        assert not any(protocol.is_over for _, protocol in proved)
        # Connections that have proven it are not ended for others.
        _, one_more = await talk(control)
        assert one_more.is_over
        assert not any(protocol.is_over for _, protocol in proved)

    controlled(scenario)


def test_nonsense_ends_the_connection_and_nothing_else() -> None:
    dice = Random(1)

    async def scenario(scene: Scene, control: Control) -> None:
        nonsense = [b"[" * 3000 + b"\n", b"x" * 10000, b"\n", b"\xff\n", b"[]\n"]
        nonsense += [dice.randbytes(dice.randrange(1, 400)) + b"\n" for _ in range(60)]
        for data in nonsense:
            end, protocol = await proven(control)
            assert protocol.lines[-1]["type"] == link.REPORT
            end.write(data)
            await asyncio.sleep(0.1)
            assert protocol.is_over
        end, protocol = await proven(control)
        await say(end, protocol, type=link.LEASE, **{**LEASE.as_dict(), "total": 1e6})
        assert protocol.lines[-1] == {"type": link.REFUSED}
        await say(end, protocol, type="reboot")
        assert protocol.lines[-1] == {"type": link.REFUSED}
        assert not scene.running.report().has_lease

    controlled(scenario)


def test_the_memory_card_is_spared() -> None:
    writes = 0

    class Counting(LeaseFile):
        def write(self, lease: Lease | None) -> None:
            nonlocal writes
            writes += 1

    async def main(scene: Scene) -> None:
        holder = LeaseHolder(Counting(scene.folder), scene.now, 6.0)
        for _ in range(60):
            holder.take(LEASE, scene.now)
            await asyncio.sleep(60)
        await holder.close()

    play(main)
    assert writes == 4


@pytest.mark.long
def test_an_emergency_share_is_reached_within_30_s() -> None:
    """Nothing watches the main fuse any more: less than the cars had, by the lease."""

    async def scenario(scene: Scene) -> None:
        await scene.charging(16.0)
        scene.lease(dict.fromkeys((1, 2, 3), 6.0))
        await scene.home.stop()
        await asyncio.sleep(30)
        assert all(item.drawn <= 6 for item in scene.connectors)
        assert scene.interruptions == 0

    play(scenario, *three())


@pytest.mark.long
@pytest.mark.parametrize("protocol", [1, 2])
def test_who_comes_while_home_assistant_is_away_gets_the_lease_or_the_fallback(
    protocol: int,
) -> None:
    async def scenario(scene: Scene) -> None:
        scene.lease({1: 10.0})
        await asyncio.sleep(20)
        for number in (1, 2):
            twc = scene.bus.add(WallConnector(number, protocol=protocol))
            twc.plug_in(Car(onboard_limit=48))
        await asyncio.sleep(180)
        assert [item.offered for item in scene.connectors] == [10.0, 6.0]
        assert all(item.drawn > 4 for item in scene.connectors)

    play(scenario)


@pytest.mark.long
def test_what_was_stopped_stays_stopped() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging(16.0)
        scene.home.offer({1: 16.0, 2: 0.0, 3: 16.0})
        scene.lease({1: 16.0, 2: 0.0, 3: 16.0})
        await asyncio.sleep(30)
        await scene.home.stop()
        await asyncio.sleep(120)
        assert scene.connectors[1].offered == 0
        assert scene.connectors[1].drawn < 1

    play(scenario, *three(1))


@pytest.mark.long
def test_a_lease_does_not_outlive_its_time_by_an_outage() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging(16.0)
        scene.lease({1: 16.0, 2: 0.0, 3: 10.0}, seconds=3600)
        await asyncio.sleep(10)
        await scene.home.stop()
        await scene.kill_keeper()
        # Five hours without power, which the clock does not know of.
        for item in scene.connectors:
            item.power_cycle()
        scene.boot, scene.wall_is_late = "second", 5 * 3600.0
        await asyncio.sleep(30)
        await scene.start_keeper()
        await asyncio.sleep(180)
        assert [item.offered for item in scene.connectors] == [6, 0, 6]

    play(scenario, *three())
