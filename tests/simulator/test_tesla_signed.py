"""Signed commands, sent by the library and as forged messages."""

import base64
from collections.abc import Callable
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
import pytest
from tesla_fleet_api import exceptions as said
from tesla_fleet_api.tesla.vehicle.signed import VehicleSigned
from tesla_protocol.command.universal_message_pb2 import RoutableMessage

from simulator.tesla import ChargingState, Kind, Signing, Trouble, key_point

from .tesla import Scene, with_cloud

pytestmark = pytest.mark.usefixtures("socket_enabled")

OBEYED = {"response": {"result": True, "reason": ""}}


def signing(scene: Scene, *, paired: bool = True) -> VehicleSigned[Any]:
    """Return the library's vehicle with a key of its own, for a car that requires signatures."""
    scene.car.signing = Signing.REQUIRED
    key = ec.generate_private_key(ec.SECP256R1())
    if paired:
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        scene.car.keys.add(key_point(pem))
    scene.api.private_key = key
    return scene.api.vehicles.createSigned(scene.car.vin)


def endpoints(scene: Scene) -> list[str]:
    return [call.endpoint for call in scene.cloud.call_log.of(Kind.COMMAND)]


def overhear(vehicle: VehicleSigned[Any]) -> list[str]:
    """Return a list to which every message of the vehicle is added."""
    sent: list[str] = []
    send = vehicle.signed_command

    async def sending(routable_message: str) -> dict[str, Any]:
        sent.append(routable_message)
        return await send(routable_message)

    vehicle.signed_command = sending  # type: ignore[method-assign]
    return sent


def fault(answer: dict[str, Any]) -> object:
    """Return the fault that the car reports for a message, by the library's name."""
    reply = RoutableMessage.FromString(base64.b64decode(answer["response"]))
    return said.MESSAGE_FAULTS[reply.signedMessageStatus.signed_message_fault]


def test_a_signed_command_is_obeyed() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        assert await vehicle.charge_stop() == OBEYED
        await scene.rig.master.heartbeats(5, scene.rig.twc)
        assert scene.rig.twc.drawn == 0
        assert await vehicle.charge_start() == OBEYED
        await scene.rig.master.heartbeats(15, scene.rig.twc)
        assert scene.rig.twc.drawn > 5
        assert endpoints(scene) == ["handshake", "charge_stop", "charge_start"]
        assert all(call.signed for call in scene.cloud.call_log.of(Kind.COMMAND))

    with_cloud(scenario)


def test_a_car_that_requires_signatures_rejects_unsigned_commands() -> None:
    async def scenario(scene: Scene) -> None:
        signing(scene)
        with pytest.raises(said.Forbidden) as error:
            await scene.vehicle().charge_stop()
        assert isinstance(error.value.data, dict)
        assert "Command Protocol required" in error.value.data["error"]

    with_cloud(scenario)


def test_a_car_without_signing_rejects_signed_commands() -> None:
    async def scenario(scene: Scene) -> None:
        vehicle = signing(scene)
        scene.car.signing = Signing.OFF
        with pytest.raises(said.InvalidResource):
            await vehicle.charge_stop()

    with_cloud(scenario)


def test_a_key_that_is_not_paired_is_refused() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene, paired=False)
        with pytest.raises(said.NotOnWhitelistFault):
            await vehicle.charge_stop()
        assert await scene.charging_state() is ChargingState.CHARGING

    with_cloud(scenario)


def test_a_key_that_was_removed_is_refused() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        await vehicle.charge_stop()
        scene.car.keys.clear()
        with pytest.raises(said.TeslaFleetMessageFaultUnknownKeyId):
            await vehicle.charge_start()
        assert scene.car.car.stopped

    with_cloud(scenario)


def test_a_rebooted_car_returns_its_new_session() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        await vehicle.charge_stop()
        scene.cloud.reboot(scene.car)
        assert await vehicle.charge_start() == OBEYED
        assert endpoints(scene) == [
            "handshake",
            "charge_stop",
            "charge_start",
            "charge_start",
        ]
        assert [call.result for call in scene.cloud.call_log.calls] == [
            None,
            True,
            None,
            True,
        ]

    with_cloud(scenario)


def test_a_command_sent_again_is_not_obeyed_again() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        sent = overhear(vehicle)
        await vehicle.charge_stop()
        scene.car.car.start()
        answer = await scene.vehicle().signed_command(sent[-1])
        assert fault(answer) is said.TeslaFleetMessageFaultInvalidTokenOrCounter
        assert not scene.car.car.stopped

    with_cloud(scenario)


def _other_tag(message: RoutableMessage) -> None:
    message.signature_data.HMAC_Personalized_data.tag = bytes(32)


def _other_counter(message: RoutableMessage) -> None:
    message.signature_data.HMAC_Personalized_data.counter += 1


def _later_end(message: RoutableMessage) -> None:
    message.signature_data.HMAC_Personalized_data.expires_at += 60


def _unsigned(message: RoutableMessage) -> None:
    message.signature_data.ClearField("HMAC_Personalized_data")


def _other_command(message: RoutableMessage) -> None:
    body = message.protobuf_message_as_bytes
    message.protobuf_message_as_bytes = body + body


@pytest.mark.parametrize(
    "forge", [_other_tag, _other_counter, _later_end, _unsigned, _other_command]
)
def test_a_forged_command_is_refused(forge: Callable[[RoutableMessage], None]) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        await vehicle.handshakeInfotainment()
        send = vehicle.signed_command

        async def forging(routable_message: str) -> dict[str, Any]:
            message = RoutableMessage.FromString(base64.b64decode(routable_message))
            forge(message)
            return await send(base64.b64encode(message.SerializeToString()).decode())

        vehicle.signed_command = forging  # type: ignore[method-assign]
        with pytest.raises(said.TeslaFleetMessageFaultInvalidSignature):
            await vehicle.charge_stop()
        assert not scene.car.car.stopped

    with_cloud(scenario)


def test_a_command_that_comes_too_late_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        await vehicle.handshakeInfotainment()
        real = time.time()
        send = vehicle.signed_command

        async def slow(routable_message: str) -> dict[str, Any]:
            monkeypatch.setattr(time, "time", lambda: real + 60)
            return await send(routable_message)

        vehicle.signed_command = slow  # type: ignore[method-assign]
        with pytest.raises(said.TeslaFleetMessageFaultTimeExpired):
            await vehicle.charge_stop()
        assert not scene.car.car.stopped

    with_cloud(scenario)


def test_a_signature_for_another_car_is_rejected() -> None:
    async def scenario(scene: Scene) -> None:
        vehicle = signing(scene)
        scene.away.keys |= scene.car.keys
        sent = overhear(vehicle)
        await vehicle.charge_stop()
        answer = await scene.vehicle(scene.away).signed_command(sent[-1])
        assert fault(answer) is said.TeslaFleetMessageFaultIncorrectEpoch
        assert scene.away.charging_elsewhere

    with_cloud(scenario)


def test_troubles_apply_to_signed_commands() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        vehicle = signing(scene)
        scene.cloud.fail_next("charge_stop", Trouble.COMPLETE)
        assert await vehicle.charge_stop() == {
            "response": {"result": False, "reason": "complete"}
        }
        scene.cloud.fail_next("charge_stop", Trouble.RATE_LIMITED, after=5)
        with pytest.raises(said.RateLimited):
            await vehicle.charge_stop()
        assert not scene.car.car.stopped

    with_cloud(scenario)


@pytest.mark.parametrize("text", ["no base64!", "AAAA"])
def test_an_invalid_message_is_a_bad_request(text: str) -> None:
    async def scenario(scene: Scene) -> None:
        signing(scene)
        with pytest.raises(said.TeslaFleetError):
            await scene.vehicle().signed_command(text)

    with_cloud(scenario)


def test_a_sleeping_car_receives_no_signed_command() -> None:
    async def scenario(scene: Scene) -> None:
        vehicle = signing(scene)
        scene.car.car.sleep()
        with pytest.raises(said.VehicleOffline):
            await vehicle.charge_stop()

    with_cloud(scenario)
