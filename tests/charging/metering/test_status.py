"""The status of a connector, and its power."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.allocation.demand import has_vehicle
from custom_components.twc_manager.charging.metering.status import Status, status
from custom_components.twc_manager.charging.wiring import Wiring, power
from custom_components.twc_manager.twc import ConnectorState, PlugState, State
from tests.charging.states import asking, charging, idle

THREE_PHASES = Wiring(32, 32, 6, 230, 3)
ONE_PHASE = Wiring(48, 40, 12, 240, 1)


@pytest.mark.parametrize(
    ("connector", "expected"),
    [
        (idle(), Status.READY),
        (idle(plug=PlugState.UNPLUGGED), Status.DISCONNECTED),
        (asking(), Status.PAUSED),
        (asking(offered=16), Status.CONNECTED),
        (asking(offered=16, state=State.STARTING), Status.STARTING),
        (asking(offered=16, state=State.NOT_CHARGING), Status.COMPLETE),
        (asking(state=State.NOT_CHARGING), Status.PAUSED),
        (charging(), Status.CHARGING),
        (charging(offered=0), Status.CHARGING),
        (charging(state=State.STARTING, amps=3.5), Status.CHARGING),
        (asking(offered=16, drawn=0.25), Status.CONNECTED),
        (idle(state=State.ERROR), Status.ERROR),
        (charging(state=State.ERROR, amps=16.86), Status.CHARGING),
        (idle(offered=16, vin="5YJ3E1EA8KF000001"), Status.CONNECTED),
    ],
)
def test_status(connector: ConnectorState, expected: Status) -> None:
    assert status(connector, has_vehicle=has_vehicle(connector)) is expected


def test_power_is_by_nominal_volts_where_none_are_measured() -> None:
    assert power(charging(amps=10), ONE_PHASE) == 2400
    assert power(charging(amps=10), THREE_PHASES) == 6900


def test_power_is_by_measured_volts_where_there_are_some() -> None:
    assert power(charging(amps=10, volts=(241, 0, 0)), THREE_PHASES) == 2410
    assert power(charging(amps=10, volts=(230, 231, 232)), THREE_PHASES) == 6930


def test_a_car_on_one_phase_of_three_is_counted_once() -> None:
    connector = charging(amps=10, volts=(230, 230, 230), phase_amps=(10.0, 0.0, 0.0))

    assert power(connector, THREE_PHASES) == 2300


def test_power_is_by_the_phases_that_were_learned_of_a_car() -> None:
    silent = (0.0, 0.0, 0.0)
    connector = charging(amps=10, volts=(230, 230, 230), phase_amps=silent)

    assert power(connector, THREE_PHASES, 1) == 2300
    assert power(charging(amps=10), THREE_PHASES, 2) == 4600
    # Never more phases than the connector has; its own amps count before what was learned.
    assert power(charging(amps=10, volts=(240, 0, 0)), THREE_PHASES, 3) == 2400
    measured = replace(connector, phase_amps=(10.0, 10.0, 0.0))
    assert power(measured, THREE_PHASES, 1) == 4600


def test_a_meter_read_a_while_ago_does_not_hold_the_power_back() -> None:
    before_the_raise = (5.0, 0.0, 0.0)
    connector = charging(amps=16, volts=(240, 0, 0), phase_amps=before_the_raise)

    assert power(connector, ONE_PHASE) == 3840


def test_amps_bytes_that_are_always_zero_are_not_believed() -> None:
    connector = charging(amps=10, volts=(230, 0, 0), phase_amps=(0.0, 0.0, 0.0))

    assert power(connector, THREE_PHASES) == 2300
