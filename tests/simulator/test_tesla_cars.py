"""The cars of a made-up account are the cars on the simulated connectors."""

import asyncio
from typing import Any

import pytest
from tesla_fleet_api.exceptions import (
    Forbidden,
    InvalidCommand,
    NotFound,
    VehicleOffline,
)

from simulator import Command
from simulator.tesla import ChargingState, Kind, Place, Schedule, Scope, Signing

from .tesla import PARIS, Scene, with_cloud

pytestmark = pytest.mark.usefixtures("socket_enabled")

OBEYED = {"response": {"result": True, "reason": ""}}


def refused(reason: str) -> dict[str, Any]:
    return {"response": {"result": False, "reason": reason}}


def test_a_command_stops_the_car_on_the_connector_and_starts_it_again() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        twc, master = scene.rig.twc, scene.rig.master
        assert twc.drawn == pytest.approx(19.2)
        assert await scene.charging_state() is ChargingState.CHARGING
        assert await scene.vehicle().charge_stop() == OBEYED
        await master.heartbeats(5, twc)
        assert twc.drawn == 0
        assert await scene.charging_state() is ChargingState.STOPPED
        assert await scene.vehicle().charge_start() == OBEYED
        assert await scene.charging_state() is ChargingState.STARTING
        await master.heartbeats(15, twc)
        assert twc.drawn > 5

    with_cloud(scenario)


def test_a_car_returns_the_reason_for_rejecting_a_command() -> None:
    async def scenario(scene: Scene) -> None:
        vehicle, twc, master = scene.vehicle(), scene.rig.twc, scene.rig.master
        assert await scene.charging_state() is ChargingState.NO_POWER
        assert await vehicle.charge_start() == refused("no_power")
        await scene.rig.charge(20)
        assert await vehicle.charge_start() == refused("is_charging")
        await vehicle.charge_stop()
        await master.heartbeats(5, twc)
        assert await vehicle.charge_stop() == refused("not_charging")
        await vehicle.charge_start()
        assert await vehicle.charge_start() == refused("requested")
        scene.car.car.target = 30
        await master.heartbeats(5, twc)
        assert await scene.charging_state() is ChargingState.COMPLETE
        assert await vehicle.charge_start() == refused("complete")
        twc.unplug()
        assert await scene.charging_state() is ChargingState.DISCONNECTED
        assert await vehicle.charge_start() == refused("disconnected")
        assert await vehicle.charge_stop() == refused("not_charging")

    with_cloud(scenario)


def test_a_cars_own_schedule_delays_charging_until_a_start_command() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.car.not_before = scene.rig.bus.now + 3600
        await scene.rig.charge(20)
        assert scene.rig.twc.drawn == 0
        state = await scene.charge_state()
        assert state["charging_state"] == "Stopped"
        assert state["scheduled_charging_mode"] == "StartAt"
        assert state["scheduled_charging_pending"] is True
        await scene.vehicle().charge_start()
        await scene.rig.master.heartbeats(10, scene.rig.twc)
        assert scene.rig.twc.drawn > 5
        assert (await scene.charge_state())["scheduled_charging_pending"] is False

    with_cloud(scenario)


def test_a_scheduled_departure_is_reported_as_one() -> None:
    async def scenario(scene: Scene) -> None:
        assert (await scene.charge_state())["scheduled_charging_mode"] == "Off"
        scene.car.schedule = Schedule.DEPART_BY
        assert (await scene.charge_state())["scheduled_charging_mode"] == "DepartBy"

    with_cloud(scenario)


def test_waking_takes_its_time() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.car.sleep()
        vehicle = scene.vehicle()
        for call in (vehicle.vehicle_data, vehicle.charge_stop, vehicle.charge_start):
            with pytest.raises(VehicleOffline):
                await call()
        assert (await vehicle.wake_up())["response"]["state"] == "asleep"
        await asyncio.sleep(29)
        assert (await vehicle.vehicle())["response"]["state"] == "asleep"
        await asyncio.sleep(1)
        assert (await vehicle.vehicle())["response"]["state"] == "online"
        assert await scene.charging_state() is ChargingState.NO_POWER
        assert scene.cloud.call_log.count(Kind.WAKE) == 1

    with_cloud(scenario, wake_s=30.0)


def test_a_woken_car_takes_the_power_it_is_offered() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.car.stop()
        scene.car.car.sleep()
        await scene.vehicle().wake_up()
        await scene.rig.charge(20)
        await scene.rig.master.heartbeats(20, scene.rig.twc)
        assert scene.rig.twc.drawn == 0
        assert await scene.vehicle().charge_start() == OBEYED
        await scene.rig.master.heartbeats(10, scene.rig.twc)
        assert scene.rig.twc.drawn > 5

    with_cloud(scenario, wake_s=30.0)


async def sleeps_after(scene: Scene, seconds: float) -> bool:
    """Wait with the same offer; return whether the car is asleep afterwards."""
    await scene.rig.master.heartbeats(seconds, scene.rig.twc)
    return scene.car.car.asleep


def test_a_car_that_does_not_charge_falls_asleep_and_a_higher_offer_wakes_it() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        assert not await sleeps_after(scene, 80)
        await scene.vehicle().charge_stop()
        assert not await sleeps_after(scene, 50)
        assert await sleeps_after(scene, 20)
        assert await sleeps_after(scene, 50)
        await scene.rig.master.heartbeat(scene.rig.twc, Command.LIMIT, 30)
        assert not await sleeps_after(scene, 40)

    with_cloud(scenario, sleeps_after=60.0, wake_s=30.0)


def test_its_own_schedule_wakes_it() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.car.not_before = scene.rig.bus.now + 200
        await scene.rig.charge(20)
        assert await sleeps_after(scene, 100)
        assert not await sleeps_after(scene, 100)
        assert scene.rig.twc.drawn > 5

    with_cloud(scenario, sleeps_after=60.0)


def test_queries_keep_a_car_awake() -> None:
    async def scenario(scene: Scene) -> None:
        scene.away.car.sleeps_after = 60
        for _ in range(5):
            await asyncio.sleep(50)
            await scene.vehicle(scene.away).vehicle_data()
        await asyncio.sleep(50)
        answer = await scene.vehicle(scene.away).vehicle()
        assert answer["response"]["state"] == "online"
        await asyncio.sleep(60)
        found = (await scene.api.products())["response"]
        assert [car["state"] for car in found] == ["online", "asleep"]

    with_cloud(scenario)


def test_a_car_out_of_reach_does_not_wake() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.car.sleep()
        scene.car.offline = True
        await scene.vehicle().wake_up()
        await asyncio.sleep(100)
        assert (await scene.vehicle().vehicle())["response"]["state"] == "offline"
        with pytest.raises(VehicleOffline):
            await scene.vehicle().charge_start()

    with_cloud(scenario)


def test_the_location_is_returned_only_if_requested_and_granted() -> None:
    async def place(scene: Scene, *endpoints: str) -> Place | None:
        data = await scene.vehicle(scene.away).vehicle_data(list(endpoints) or None)
        drive = data["response"].get("drive_state", {})
        if "latitude" not in drive:
            return None
        assert drive["gps_as_of"] == int(scene.now) - 120
        return Place(drive["latitude"], drive["longitude"])

    async def scenario(scene: Scene) -> None:
        scene.away.fix_age_s = 120
        assert await place(scene) is None
        assert await place(scene, "charge_state", "location_data") == PARIS
        scene.account.scopes -= {Scope.VEHICLE_LOCATION}
        assert await place(scene, "location_data") is None

    with_cloud(scenario)


def test_a_car_on_our_connector_is_at_home_whatever_it_reported_before() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.place = PARIS
        assert scene.cloud.at_home(scene.car)
        scene.rig.twc.unplug()
        assert not scene.cloud.at_home(scene.car)

    with_cloud(scenario)


def test_commands_to_a_car_away_are_recorded() -> None:
    async def scenario(scene: Scene) -> None:
        call_log = scene.cloud.call_log
        await scene.vehicle(scene.away).vehicle_data()
        await scene.vehicle().charge_stop()
        assert call_log.commands_to_cars_away == []
        assert await scene.charging_state(scene.away) is ChargingState.CHARGING
        assert await scene.vehicle(scene.away).charge_stop() == OBEYED
        # It is still plugged in there, and can be started again.
        assert await scene.charging_state(scene.away) is ChargingState.STOPPED
        await scene.vehicle(scene.away).wake_up()
        found = call_log.commands_to_cars_away
        assert [call.endpoint for call in found] == ["charge_stop", "wake_up"]
        assert {call.vin for call in found} == {scene.away.vin}
        assert found[0].result is True

    with_cloud(scenario)


def test_calls_are_counted_by_what_they_cost() -> None:
    async def scenario(scene: Scene) -> None:
        call_log, vehicle = scene.cloud.call_log, scene.vehicle()
        await scene.api.products()
        await scene.vehicle(scene.away).vehicle_data()
        await vehicle.vehicle_data()
        await vehicle.charge_start()
        await vehicle.charge_stop()
        await vehicle.wake_up()
        await scene.refresh()
        counts = {kind: call_log.count(kind) for kind in Kind}
        assert counts == {
            Kind.TOKEN: 1, Kind.LIST: 1, Kind.DATA: 2, Kind.WAKE: 1, Kind.COMMAND: 2,
        }  # fmt: skip
        assert call_log.count(Kind.DATA, scene.car.vin) == 1
        assert call_log.cost_usd == pytest.approx(2 * 0.002 + 0.02 + 2 * 0.001)
        assert call_log.of(Kind.COMMAND)[0].reason == "no_power"

    with_cloud(scenario)


def test_the_list_marks_cars_that_require_signed_commands() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.signing = Signing.REQUIRED
        scene.away.keys.add(b"a key")
        answer = await scene.api.products()
        assert answer["count"] == 2
        assert [car["command_signing"] for car in answer["response"]] == [
            "required",
            "allowed",
        ]
        assert "charge_state" not in answer["response"][0]
        vins = [car.vin for car in scene.account.cars]
        status = (await scene.vehicle().fleet_status(vins))["response"]
        assert status["unpaired_vins"] == [scene.car.vin]
        assert status["key_paired_vins"] == [scene.away.vin]
        info = status["vehicle_info"][scene.car.vin]
        assert info["vehicle_command_protocol_required"] is True

    with_cloud(scenario)


def test_calls_without_their_scope_are_refused() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.scopes = frozenset({Scope.VEHICLE_CHARGING_CMDS})
        await scene.vehicle().charge_stop()
        with pytest.raises(Forbidden):
            await scene.vehicle().vehicle_data()
        scene.account.scopes = frozenset({Scope.VEHICLE_DEVICE_DATA})
        await scene.vehicle().vehicle_data()
        with pytest.raises(Forbidden) as refusal:
            await scene.vehicle().charge_stop()
        assert isinstance(refusal.value.data, dict)
        assert refusal.value.data["error"] == "Unauthorized missing scopes"

    with_cloud(scenario)


def test_an_unknown_command_is_recorded() -> None:
    async def scenario(scene: Scene) -> None:
        with pytest.raises(InvalidCommand):
            await scene.vehicle().set_charge_limit(90)
        assert scene.cloud.call_log.of(Kind.COMMAND)[0].endpoint == "set_charge_limit"
        assert scene.car.car.target == 80

    with_cloud(scenario)


def test_a_car_of_no_account_is_not_found() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.cars.remove(scene.away)
        with pytest.raises(NotFound):
            await scene.api.vehicles.createFleet("5YJ3E1EA9KF000002").vehicle_data()

    with_cloud(scenario)
