"""What the houses of owners have: meters, adapters in the network, and a look at the frames on the wire."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, Command, Frame, MemoryPort, WallConnector
from simulator.codec import ANSWER, LINKREADY_2, centiamps, compose, wrap
from tests.scene import Scene

MASTER_HEARTBEAT: Final = (0xFB, 0xE0)
LIMITS: Final = frozenset({Command.LIMIT, Command.LIMIT_CHARGING})


class Meter:
    """A sensor of the house that shows a value every so many s."""

    def __init__(
        self,
        hass: HomeAssistant,
        entity_id: str,
        read: Callable[[], object],
        unit: str,
        every: float,
    ) -> None:
        self.entity_id = entity_id
        self.read = read
        self.unit = unit
        self.every = every
        self._hass = hass
        self._timer: asyncio.TimerHandle | None = None

    def show(self) -> None:
        """Show the value now, and again and again from now on."""
        self.stop()
        value = self.read()
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        attributes = {"unit_of_measurement": self.unit}
        if self.unit in {"W", "kW"}:
            attributes["device_class"] = "power"
        moment = self._hass.loop.time()
        self._hass.states.async_set(
            self.entity_id, shown, attributes, force_update=True
        )
        self._timer = self._hass.loop.call_at(moment + self.every, self.show)

    def stop(self) -> None:
        """Die, with the last value on the screen."""
        if self._timer is not None:
            self._timer.cancel()


class Meters:
    """The sensors of a house."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.all: list[Meter] = []

    def add(
        self,
        entity_id: str,
        read: Callable[[], object],
        unit: str = "W",
        every: float = 1.0,
    ) -> Meter:
        """Add a sensor, and let it begin."""
        meter = Meter(self._hass, entity_id, read, unit, every)
        self.all.append(meter)
        meter.show()
        return meter

    def stop(self) -> None:
        for meter in self.all:
            meter.stop()


class NetworkAdapter:
    """A serial server in the network.

    Attributes:
        delay_s: how late each direction is, in s.
        transmits: whether what is sent to it gets to the wire.

    """

    def __init__(self, bus: Bus, url: str) -> None:
        self.url = url
        self.delay_s = 0.0
        self.transmits = True
        self._port = MemoryPort(bus, url)

    async def connect(
        self, protocol_factory: Callable[[], asyncio.Protocol]
    ) -> tuple[asyncio.Transport, Any]:
        """Open the port, as `MemoryPort.connect` does."""
        transport, way = await self._port.connect(lambda: _Way(self, protocol_factory))
        return transport, way.protocol


class _Way(asyncio.Protocol):
    """What lies between the master and the wire."""

    def __init__(
        self, adapter: NetworkAdapter, protocol_factory: Callable[[], asyncio.Protocol]
    ) -> None:
        self.protocol = protocol_factory()
        self._adapter = adapter
        self._loop = asyncio.get_running_loop()
        self._timers: list[asyncio.TimerHandle] = []

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        write = transport.write

        def send(data: Any) -> None:
            if self._adapter.transmits:
                self._later(write, bytes(data))

        transport.write = send  # type: ignore[method-assign]
        self.protocol.connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._later(self.protocol.data_received, data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers:
            timer.cancel()
        self.protocol.connection_lost(exc)

    def _later(self, call: Callable[[bytes], object], data: bytes) -> None:
        now = self._loop.time()
        self._timers = [timer for timer in self._timers if timer.when() > now]
        self._timers.append(
            self._loop.call_later(self._adapter.delay_s, lambda: call(data))
        )


def amps_sent(bus: Bus, connector_id: int) -> list[float]:
    """Return a list to which the A in each heartbeat that limits a connector is added from now on."""
    amps: list[float] = []

    def note(frame: Frame) -> None:
        if (
            frame.key == MASTER_HEARTBEAT
            and frame.receiver == connector_id
            and frame.body[6] in LIMITS
        ):
            amps.append(frame.amps(7))

    bus.frame_listeners.append(note)
    return amps


class _Noise:
    """What is on a bad line."""

    name = "noise"


def announce(bus: Bus, connector_id: int, *, sign: int, amps: float) -> None:
    """Let noise be on the line that reads as the announcement of a connector."""
    payload = bytes((sign,)) + centiamps(amps)
    body = compose(ANSWER, LINKREADY_2, connector_id, payload=payload, length=16)
    bus.transmit(_Noise(), wrap(body))


def starts_of(connector: WallConnector) -> Callable[[], int]:
    """Return a function that returns how often a connector has begun to charge since now."""
    began = 0
    was = connector.charging

    def note() -> None:
        nonlocal began, was
        if connector.charging != was:
            was = connector.charging
            began += was

    connector.bus.change_listeners.append(note)  # type: ignore[attr-defined]
    return lambda: began


def watts(bus: Bus) -> float:
    """Return the true power of all cars in W."""
    return sum(item.power_w for item in bus.connectors)


def base_w(bus: Bus) -> float:
    """Return what the rest of the house takes in W, which is never the same for long."""
    return 400 + bus.now * 7 % 41


def twc(scene: Scene, connector_id: int) -> WallConnector:
    """Return the wall connector with this id."""
    return next(item for item in scene.bus.connectors if item.id == connector_id)


def status(scene: Scene, connector_id: int) -> str | None:
    """Return the status of a connector; None while it is not shown."""
    unique_id = f"{scene.entry.entry_id}_{connector_id:04X}_status"
    found = er.async_get(scene.hass).async_get_entity_id("sensor", DOMAIN, unique_id)
    shown = scene.hass.states.get(found or "")
    return None if shown is None else shown.state


def reported(scene: Scene, problem: str) -> str:
    """Return what the words of a repair issue name; fail if there is none."""
    issue = scene.problem(problem)
    assert issue is not None, problem
    return str(dict(issue.translation_placeholders or {}))


def issues(scene: Scene) -> set[str]:
    """Return the repair issues of the bus."""
    suffix = f"_{scene.entry.entry_id}"
    return {
        issue_id.removesuffix(suffix)
        for _, issue_id in ir.async_get(scene.hass).issues
        if issue_id.endswith(suffix)
    }


def interruptions(scene: Scene) -> int:
    """Return how often cars lost their power while they charged."""
    return sum(
        item.car.interruptions for item in scene.bus.connectors if item.car is not None
    )
