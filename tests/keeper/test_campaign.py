"""Whatever happens to either of the two and to what is between them: one master, no raise, nothing forbidden."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from custom_components.twc_manager.twc import BusError
from custom_components.twc_manager.twc.frame import encode
from keeper import client_frames, keeper as keeper_module, standby
from keeper.observer import BusObserver
from keeper.states import TRANSITIONS, Action, KeeperEvent
from simulator.codec import compose, wrap
from tests.helpers import USUAL_GAP

from .judge import own, problems
from .scene import HOME_ADDRESS, HOME_ID, Home, Scene, play, three

type Happening = Callable[[Scene], Awaitable[None]]

AMPS = 16.0


async def away(scene: Scene, seconds: float) -> None:
    """Let Home Assistant be killed for some time."""
    await scene.home.stop()
    await asyncio.sleep(seconds)
    await scene.home.start()


async def lease_over(scene: Scene) -> None:
    scene.lease({item.id: AMPS for item in scene.connectors}, seconds=60)
    await away(scene, 300)


async def keeper_killed(scene: Scene) -> None:
    await scene.home.stop()
    await asyncio.sleep(20)
    await scene.kill_keeper()
    await asyncio.sleep(3)
    await scene.start_keeper()
    await asyncio.sleep(120)
    assert scene.in_charge
    await scene.home.start()


async def cut_to_keeper(scene: Scene) -> None:
    scene.network.cut(to_client=False)
    await asyncio.sleep(60)
    scene.network.mend()


async def cut_to_client(scene: Scene) -> None:
    """Home Assistant receives nothing, and goes on sending to connectors whose answers are lost."""
    scene.network.cut(to_keeper=False)
    await asyncio.sleep(60)
    scene.network.mend()


async def half_open(scene: Scene) -> None:
    """The connection stands, and nothing passes in either direction."""
    scene.network.cut()
    await asyncio.sleep(120)
    assert scene.in_charge
    scene.network.mend()


async def a_short_cut(scene: Scene) -> None:
    """What was written meanwhile comes in all at once."""
    for seconds in (2, 6, 15):
        scene.network.cut()
        await asyncio.sleep(seconds)
        scene.network.mend()
        await asyncio.sleep(20)


async def a_quarter_of_an_hour(scene: Scene) -> None:
    await away(scene, 900)


async def a_moment(scene: Scene) -> None:
    await away(scene, 5)
    assert not own(scene)


async def two_homes(
    scene: Scene, address: str = "192.168.1.11", master_id: int = 0x1234
) -> None:
    """A second Home Assistant, such as a copy for a try, is turned away while the first one sends."""
    rejected = scene.running.clients.rejected
    other = Home(scene, address, master_id)
    await other.start()
    await asyncio.sleep(60)
    assert other.master is not None
    assert not other.master.snapshot.connectors
    assert scene.running.clients.rejected > rejected + 3
    await other.stop()
    assert {item.body[2:4] for item in scene.written} == {b"\x77\x77"}


async def two_homes_behind_one_address(scene: Scene) -> None:
    """The second one runs on the same computer, or behind the same router."""
    gaps_since = scene.now
    await two_homes(scene, HOME_ADDRESS)
    assert scene.longest_gap(gaps_since) < USUAL_GAP


async def two_homes_of_one_backup(scene: Scene) -> None:
    """The second one is a copy, which sends with the same id."""
    gaps_since = scene.now
    await two_homes(scene, HOME_ADDRESS, HOME_ID)
    assert scene.longest_gap(gaps_since) < USUAL_GAP
    assert not own(scene)


EVENTS = [
    a_moment,
    a_quarter_of_an_hour,
    lease_over,
    keeper_killed,
    cut_to_keeper,
    cut_to_client,
    half_open,
    a_short_cut,
    two_homes,
    two_homes_behind_one_address,
    two_homes_of_one_backup,
]


@pytest.mark.long
@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_event_breaks_anything(event: Happening, protocol: int) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging(AMPS)
        await event(scene)
        await asyncio.sleep(60)
        assert not scene.in_charge
        assert scene.interruptions == 0

    scene = play(scenario, *three(protocol))
    assert problems(scene, may_limit=AMPS) == []


@pytest.mark.slow
def test_three_hours_break_nothing() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging(AMPS)
        await away(scene, 3 * 3600)
        await asyncio.sleep(60)
        assert scene.interruptions == 0

    assert problems(play(scenario, *three()), may_limit=AMPS) == []


def random_restarts(seed: int) -> Scene:
    """Restart both in a random order, with random pauses that a connector bears."""
    dice = Random(seed)

    async def restart_home(scene: Scene) -> None:
        await scene.home.stop()
        await asyncio.sleep(dice.uniform(0, 30))
        await start_home(scene)

    async def restart_keeper(scene: Scene) -> None:
        if scene.keeper is not None:
            await scene.kill_keeper()
        await asyncio.sleep(dice.uniform(0, 8))
        if scene.keeper is None:
            await scene.start_keeper()

    async def start_home(scene: Scene) -> None:
        while scene.home.master is None:
            try:
                await scene.home.start()
            except BusError:
                await asyncio.sleep(1)

    async def scenario(scene: Scene) -> None:
        await scene.charging(AMPS)
        for _ in range(3):
            restarts = [restart_home(scene), restart_keeper(scene)]
            dice.shuffle(restarts)
            if dice.random() < 0.5:
                await asyncio.gather(*restarts)
            else:
                for item in restarts:
                    await item
            await asyncio.sleep(dice.uniform(0, 20))
        await asyncio.sleep(30)
        assert not scene.in_charge
        assert scene.interruptions == 0

    dice_protocol = dice.choice([1, 2])
    return play(scenario, *three(dice_protocol), seed=seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_restarts_in_random_orders_break_nothing(seed: int) -> None:
    assert problems(random_restarts(seed), may_limit=AMPS) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 500))
def test_restarts_in_many_random_orders_break_nothing(seed: int) -> None:
    assert problems(random_restarts(seed), may_limit=AMPS) == []


# Each property is broken once its safeguard is removed: otherwise the campaign would prove nothing.


def judged(event: Happening) -> list[str]:
    """Return the problems of one event, and the interruptions of cars."""

    interruptions = 0

    async def scenario(scene: Scene) -> None:
        nonlocal interruptions
        await scene.charging(AMPS)
        await event(scene)
        await asyncio.sleep(30)
        interruptions = scene.interruptions

    scene = play(scenario, *three())
    found = problems(scene, may_limit=AMPS)
    return found + ["a car was interrupted"] * interruptions


@pytest.mark.long
def test_a_keeper_that_does_not_yield_is_a_second_master(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = tuple(
        row for row in TRANSITIONS if row.event is not KeeperEvent.FRAME_BEGINS
    )
    monkeypatch.setattr(keeper_module, "TRANSITIONS", rows)

    async def event(scene: Scene) -> None:
        await away(scene, 30)

    assert any("after Home Assistant" in item for item in judged(event))


@pytest.mark.long
def test_without_a_keeper_that_takes_over_cars_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = tuple(row for row in TRANSITIONS if row.action is not Action.TAKE_OVER)
    monkeypatch.setattr(keeper_module, "TRANSITIONS", rows)

    async def event(scene: Scene) -> None:
        await away(scene, 60)

    assert "a car was interrupted" in judged(event)


@pytest.mark.long
def test_without_ceilings_offers_rise(monkeypatch: pytest.MonkeyPatch) -> None:
    async def event(scene: Scene) -> None:
        scene.home.offer(dict.fromkeys((1, 2, 3), 8.0))
        await asyncio.sleep(15)
        await away(scene, 60)

    assert judged(event) == []
    monkeypatch.setattr(
        standby.Ceilings,
        "offers",
        lambda self, terms: {key: terms.amps_for(key) for key in self._ceilings},
    )
    assert any("was raised" in item for item in judged(event))


class Stranger:
    """Something on the bus that no test knows."""

    name = "stranger"


@pytest.mark.long
def test_without_a_look_at_the_line_the_keeper_talks_over_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def event(scene: Scene) -> None:
        # Home Assistant falls silent, and something sends just when the keeper's time has come.
        await scene.home.stop()
        await asyncio.sleep(scene.home_frames[-1] + 7.982 - scene.now)
        scene.bus.transmit(Stranger(), wrap(compose(0xFD, 0xEB, 0x5566, length=20)))
        await asyncio.sleep(10)
        await scene.home.start()

    assert judged(event) == []
    monkeypatch.setattr(BusObserver, "free_at", lambda self, now: now)
    assert any("talked over" in item for item in judged(event))


@pytest.mark.long
def test_without_the_gate_a_client_writes_what_it_likes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guarded = True

    async def event(scene: Scene) -> None:
        if not guarded:
            scene.running.port.gate.check = lambda body, now: body  # type: ignore[method-assign]
        connect = scene.network.connector(HOME_ADDRESS)
        loop = asyncio.get_running_loop()
        await scene.home.stop()
        transport, _ = await connect(loop, asyncio.Protocol, "", baudrate=9600)
        for body in (
            "FC 19 77 77 00 00 00 00 00 00 00 00 00",
            "FB E0 77 77 00 01 02 1F 40 00 00 00 00",
            "FB E0 77 77 00 01 09 1F 40 00 00 00 00 00 00",
        ):
            transport.write(encode(bytes.fromhex(body)))
            await asyncio.sleep(1)
        assert scene.running.report().dropped == (3 if guarded else 0)
        transport.abort()
        await scene.home.start()

    assert judged(event) == []
    guarded = False
    monkeypatch.setattr(client_frames, "check_allowed", lambda body: None)
    found = "; ".join(judged(event))
    assert "not on the allow-list" in found
    assert "heartbeat command 02" in found
    assert "A sent" in found
