"""Random cars, plugs, wishes, limits and faults over simulated minutes: the wiring stays safe."""

import asyncio
from dataclasses import dataclass, fields, replace
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from simulator import Car, Faults, Peak, SecondMaster, WallConnector

from .scene import Scene, play

IDS = (1, 2, 3)
WISHES = st.one_of(
    st.integers(0, 40).map(float),
    st.sampled_from([0.0, 5.0, 6.0, 80.0, -1.0, float("nan"), float("inf"), 7.5]),
)
RATES = {
    field.name: st.sampled_from([0.0, 0.0, 0.02, 0.1])
    for field in fields(Faults)
    if field.name not in {"echo", "idle_noise", "forge"}
}
LIES = st.sampled_from([0.0, 0.0, 0.02])
"""Rate of answers with wrong contents and a valid checksum. The guard waits for two reports that agree: one lie is
harmless. Two in a row that hide the same draw just when another offer grows are beyond it; at this rate they do not
happen here. The campaign of faults has up to 0.1, with dice that fall the same each time."""


@dataclass(frozen=True)
class Event:
    """Something that happens, and how many seconds pass after it."""

    what: str
    which: int
    wishes: dict[int, float]
    seconds: float


TAKES = ["takes 20", "takes 40", "takes 1 more", "takes 4 more", "follows again"]
"""What a car does of itself."""
FORGETFUL = {"power cycle", "off", "port", "restart", "second master"}
EVENTS = st.builds(
    Event,
    st.sampled_from(
        [
            *["wish"] * 6,
            *["plug"] * 3,
            "car stops",
            "car starts",
            "power cycle",
            "off",
            "port",
            "restart",
            "second master",
        ]
    ),
    st.sampled_from(IDS),
    st.dictionaries(st.sampled_from(IDS), WISHES, min_size=1),
    st.sampled_from([0.05, 0.5, 3.0, 3.0, 10.0, 10.0, 35.0]),
)
CARS = st.builds(
    dict[str, Any],
    onboard_limit=st.sampled_from([16.0, 32.0, 48.0]),
    ramp=st.sampled_from([1.0, 4.0, 20.0]),
    ramp_down=st.sampled_from([2.0, 10.0, 40.0]),
    reaction_s=st.sampled_from([0.2, 2.0, 5.0]),
    shortfall=st.sampled_from([0.0, 0.5, 0.8, 1.5]),
)


@dataclass(frozen=True)
class World:
    """A bus with its connectors, cars and faults."""

    total: float
    per_connector: float
    twcs: list[tuple[int, float]]
    car: dict[str, Any]
    faults: Faults
    events: list[Event]
    seed: int

    def connectors(self) -> list[WallConnector]:
        made = [
            WallConnector(number, protocol=protocol, rating=rating)
            for number, (protocol, rating) in zip(IDS, self.twcs, strict=False)
        ]
        for twc in made:
            # How exact its meter is shall not be the question here.
            twc.jitter = 0.0
        return made


TAKING = st.builds(
    Event,
    st.sampled_from([*["wish"] * 4, *["plug"] * 3, *TAKES, "power cycle", "port"]),
    st.sampled_from(IDS),
    st.dictionaries(st.sampled_from(IDS), WISHES, min_size=1),
    st.sampled_from([0.5, 3.0, 10.0, 20.0, 35.0]),
)
WORLDS = st.builds(
    World,
    total=st.sampled_from([16.0, 20.0, 40.0]),
    per_connector=st.sampled_from([12.0, 32.0, 80.0]),
    twcs=st.lists(
        st.tuples(st.sampled_from([1, 2]), st.sampled_from([32.0, 80.0])),
        min_size=1,
        max_size=3,
    ),
    car=CARS,
    faults=st.builds(
        Faults,
        echo=st.booleans(),
        idle_noise=st.sampled_from([0.0, 1.0]),
        forge=LIES,
        **RATES,
    ),
    events=st.lists(EVENTS, min_size=5, max_size=25),
    seed=st.integers(0, 1000),
)


class Story:
    """Lets the events of a world happen."""

    def __init__(self, scene: Scene, world: World) -> None:
        self.scene = scene
        self.world = world
        self.twcs = {twc.id: twc for twc in scene.bus.connectors}
        self.other: SecondMaster | None = None

    async def happen(self, event: Event) -> None:
        twc = self.twcs.get(event.which)
        match event.what:
            case "wish":
                self.scene.offer(event.wishes)
            case "port":
                self.scene.port.memory.unplug()
                await asyncio.sleep(event.seconds)
                self.scene.port.memory.replug()
            case "restart":
                await self.scene.restart(after=event.seconds)
                self.scene.offer(self.scene.offers)
            case "second master" if self.other is None:
                # One that only announces itself: what it gives away is not ours to answer for.
                self.other = SecondMaster(0x035D, heartbeats=False)
                self.other.attach(self.scene.bus)
            case _ if twc is not None:
                self.happen_to(twc, event.what)
        await asyncio.sleep(event.seconds)
        if event.what != "second master" and self.other is not None:
            self.other.detach()
            self.other = None

    def happen_to(self, twc: WallConnector, what: str) -> None:
        match what:
            case "plug" if twc.car is None:
                twc.plug_in(Car(**self.world.car))
            case "plug":
                twc.unplug()
            case "car stops" if twc.car is not None:
                twc.car.stop()
                twc.refresh()
            case "car starts" if twc.car is not None:
                twc.car.start()
                twc.refresh()
            case "power cycle" if twc in self.scene.bus.connectors:
                twc.power_cycle()
            case "off" if twc in self.scene.bus.connectors:
                self.scene.bus.remove(twc)
            case "off":
                self.scene.bus.add(twc)
            case _ if what in TAKES and twc.car is not None:
                self.take(twc, twc.car, what)

    def take(self, twc: WallConnector, car: Car, what: str) -> None:
        match what.split():
            case ["takes", amps]:
                car.likes = float(amps)
            case ["takes", amps, "more"]:
                car.shortfall = -float(amps)
            case _:
                car.likes, car.shortfall = None, self.world.car["shortfall"]
        twc.refresh()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLDS)
def test_whatever_happens_the_wiring_limit_holds(world: World) -> None:
    async def scenario(scene: Scene) -> None:
        scene.bus.safety.per_connector_limit = world.per_connector
        await asyncio.sleep(31)
        scene.bus.faults = scene.bus.line._faults = world.faults
        story = Story(scene, world)
        for event in world.events:
            await story.happen(event)

    scene = play(
        scenario,
        *world.connectors(),
        limit=world.total,
        per_connector=min(world.per_connector, world.total),
        seed=world.seed,
        forgets=any(event.what in FORGETFUL for event in world.events),
    )
    assert scene.bus.safety.possible_broken_s == 0
    assert all(not twc.deadly_frames for twc in scene.bus.connectors)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    WORLDS.flatmap(
        lambda world: st.lists(TAKING, min_size=5, max_size=25).map(
            lambda events: replace(world, events=events)
        )
    )
)
@pytest.mark.long
def test_only_what_cars_take_of_themselves_is_too_much(world: World) -> None:
    """Their offers are within the limit, and nothing that follows an offer comes on top of what they take."""

    async def scenario(scene: Scene) -> None:
        scene.bus.safety.per_connector_limit = world.per_connector
        await asyncio.sleep(31)
        scene.bus.faults = scene.bus.line._faults = world.faults
        story = Story(scene, world)
        for event in world.events:
            await story.happen(event)
        # The verdict is on what they were offered.
        scene.bus.safety.drawn = Peak()
        for twc in scene.bus.connectors:
            twc.power_down()

    scene = play(
        scenario,
        *world.connectors(),
        limit=world.total,
        per_connector=min(world.per_connector, world.total),
        seed=world.seed,
        forgets=True,
    )
    assert scene.bus.safety.possible_broken_s == 0
