"""The bytes between the bus and Home Assistant, and which client counts as it."""

import asyncio
from typing import Any

import pytest

from custom_components.twc_manager.twc.frame import encode
from custom_components.twc_manager.twc.gate import ForbiddenFrameError, WriteGate
from custom_components.twc_manager.twc.messages import (
    PROTOCOL_2,
    Command,
    encode_heartbeat,
)
from keeper.addresses import AllowedAddresses
from keeper.clients import LEFT_BEHIND_SECONDS
from keeper.offers import SentOffers
from keeper.states import TRANSITIONS, KeeperState

from .network import End
from .scene import HOME_ADDRESS, Scene, play, three

HEARTBEAT = encode(bytes.fromhex("FB E0 77 77 C0 DB 05 06 40 00 00 00 00"))
OTHER_ADDRESS = "192.168.1.20"


class Listener(asyncio.Protocol):
    """A client that records what it receives."""

    def __init__(self) -> None:
        self.data = b""
        self.is_over = False

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True


async def client(scene: Scene, address: str = HOME_ADDRESS) -> tuple[End, Listener]:
    connect = scene.network.connector(address)
    end, protocol = await connect(
        asyncio.get_running_loop(), Listener, "", baudrate=9600
    )
    await asyncio.sleep(0.05)
    return end, protocol


def test_bytes_of_the_bus_are_untouched_and_frames_are_forwarded_as_they_are() -> None:
    on_bus: list[bytes] = []
    written: list[Any] = []

    async def scenario(scene: Scene) -> None:
        end, listener = await client(scene)
        port = scene.port.memory._transport
        assert port is not None
        write, received = port.write, scene.running.port._on_data
        port.write = lambda data: (written.append((scene.now, data)), write(data))[0]  # type: ignore[method-assign]
        scene.running.port._on_data = lambda data: (
            on_bus.append(data),
            received(data),
        )[0]  # type: ignore[func-returns-value]
        await asyncio.sleep(7)
        sent_at = scene.now
        end.write(HEARTBEAT[:7])
        await asyncio.sleep(0.01)
        end.write(HEARTBEAT[7:])
        await asyncio.sleep(0.5)
        (at, data), *_ = written
        assert data == HEARTBEAT
        assert at - sent_at < 0.010 + 0.003
        assert on_bus
        assert listener.data == b"".join(on_bus)

    play(scenario, *three())


async def spoken(end: End, seconds: float) -> None:
    """Send a heartbeat a second for some time."""
    for _ in range(int(seconds)):
        end.write(HEARTBEAT)
        await asyncio.sleep(1)


def test_another_address_wins_only_after_a_silence() -> None:
    async def scenario(scene: Scene) -> None:
        end, first = await client(scene)
        await spoken(end, 20)
        _, other = await client(scene, OTHER_ADDRESS)
        assert other.is_over
        await asyncio.sleep(8)
        _, other = await client(scene, OTHER_ADDRESS)
        assert other.is_over
        await asyncio.sleep(2)
        _, other = await client(scene, OTHER_ADDRESS)
        assert first.is_over
        assert not other.is_over

    play(scenario)


def test_a_restarted_client_wins_once_its_old_connection_is_seen_to_be_left_behind() -> (
    None
):
    async def scenario(scene: Scene) -> None:
        end, first = await client(scene)
        await spoken(end, 2)
        again, second = await client(scene)
        await asyncio.sleep(LEFT_BEHIND_SECONDS - 1.5)
        assert not first.is_over
        assert not second.data
        await asyncio.sleep(1)
        assert first.is_over
        await spoken(again, 12)
        assert not second.is_over
        assert second.data

    play(scenario, *three())


def test_a_restarted_client_wins_at_once_if_its_old_connection_ends() -> None:
    async def scenario(scene: Scene) -> None:
        end, _ = await client(scene)
        await spoken(end, 2)
        _, second = await client(scene)
        end.abort()
        await asyncio.sleep(0.1)
        again, third = await client(scene)
        assert not second.is_over
        again.abort()
        await asyncio.sleep(0.1)
        assert third.is_over
        assert scene.running.clients.connected

    play(scenario)


def test_a_second_client_from_the_same_address_is_turned_away_while_the_first_speaks() -> (
    None
):
    async def scenario(scene: Scene) -> None:
        end, first = await client(scene)
        await spoken(end, 2)
        _, second = await client(scene)
        _, third = await client(scene)
        assert second.is_over
        assert not third.is_over
        await spoken(end, 20)
        assert third.is_over
        assert not first.is_over
        assert scene.running.clients.rejected == 2

    play(scenario)


def test_bytes_without_a_frame_do_not_hold_the_connection() -> None:
    async def scenario(scene: Scene) -> None:
        end, first = await client(scene)
        for _ in range(12):
            end.write(b"GET / HTTP/1.1\r\n\r\n")
            await asyncio.sleep(1)
        await client(scene)
        assert first.is_over

    play(scenario)


@pytest.mark.parametrize(
    ("networks", "address", "permitted"),
    [
        ((), "127.0.0.1", True),
        ((), "192.168.7.8", True),
        ((), "::ffff:10.1.2.3", True),
        ((), "fe80::1%eth0", True),
        ((), "8.8.8.8", False),
        ((), "2001:db8::1", False),
        ((), "", False),
        (("192.168.1.10",), "192.168.1.10", True),
        (("192.168.1.10",), "192.168.1.11", False),
        (("192.168.1.10",), "127.0.0.1", False),
        (("0.0.0.0/0",), "8.8.8.8", True),
    ],
)
def test_clients_come_from_private_networks_unless_configured_otherwise(
    networks: tuple[str, ...], address: str, permitted: bool
) -> None:
    assert AllowedAddresses(networks).permits(address) is permitted


def test_a_wrong_network_is_refused() -> None:
    with pytest.raises(ValueError):
        AllowedAddresses(["kitchen"])


@pytest.mark.long
def test_a_lost_port_ends_the_connection_and_comes_back() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging()
        for _ in range(3):
            scene.port.memory.unplug()
            await asyncio.sleep(5)
            assert scene.running.state is KeeperState.OFFLINE
            assert not scene.running.clients.connected
            scene.port.memory.replug()
            await asyncio.sleep(15)
            assert scene.running.state is KeeperState.FORWARDING
        assert scene.interruptions == 0

    play(scenario, *three())


def test_offers_together_stay_within_the_keepers_own_limit() -> None:
    offers = SentOffers(32.0)
    assert offers.allowed(1, 0) == 32
    offers.heartbeat_sent(1, 20.0, 0)
    assert offers.allowed(2, 0) == 12
    offers.heartbeat_sent(2, None, 1)
    assert offers.allowed(2, 1) == 12
    assert offers.allowed(1, 1) == 32
    # It has had no heartbeat for so long that it has stopped its car.
    assert offers.allowed(2, 90) == 32


def test_no_frame_of_the_gate_revives_an_offer_that_its_connector_has_lost() -> None:
    """Home Assistant gives the amps of one that is gone to others: it must not get them back by a substitute."""
    gate = WriteGate(SentOffers(32.0))
    lost, other, refused = (
        encode_heartbeat(0x7777, receiver, Command.LIMIT, amps, PROTOCOL_2)
        for receiver, amps in ((1, 11.0), (2, 6.0), (2, 40.0))
    )
    assert gate.check(lost, 0.0) == lost
    assert gate.check(other, 25.0) == other
    # For as long as it may be linked, a heartbeat keeps it so.
    assert gate.check(refused, 25.9) == lost
    assert gate.check(other, 51.0) == other
    assert gate.check(refused, 52.0) == other
    with pytest.raises(ForbiddenFrameError):
        gate.check(refused, 90.0)


def test_a_bus_full_of_noise_costs_no_memory() -> None:
    offers = SentOffers(32.0)
    for number in range(1000):
        offers.heartbeat_sent(number, 0.0, 0)
    assert len(offers._offers) <= 16


def test_every_state_is_left_when_the_port_is_lost() -> None:
    lost = {row.source for row in TRANSITIONS if row.target is KeeperState.OFFLINE}
    assert lost == set(KeeperState) - {KeeperState.OFFLINE}


@pytest.mark.long
@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 50, b"\xc0"],
    ids=["words", "zeros", "markers"],
)
def test_bytes_that_are_no_frame_do_not_keep_the_keeper_away(data: bytes) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging()
        await scene.home.stop()
        await asyncio.sleep(10)
        end, _ = await client(scene)
        for _ in range(40):
            end.write(data)
            await asyncio.sleep(1.5)
        assert scene.longest_gap(scene.now - 60) < 5
        assert scene.interruptions == 0
        end.abort()

    play(scenario, *three())
