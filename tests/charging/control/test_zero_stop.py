"""Everyday stops by 0 A: when they are tried, and what is learned from them."""

import pytest

from custom_components.twc_manager.charging.control.stop_methods import (
    StopCapabilities,
    StopMethod,
    StopStep,
    StoredStop,
)
from custom_components.twc_manager.charging.control.stop_states import METHOD_SECONDS
from custom_components.twc_manager.charging.control.stopping import StopController
from custom_components.twc_manager.charging.control.zero_stop import (
    AGREEING_STOPS,
    ZeroStop,
)

BELIEVED = ZeroStop(AGREEING_STOPS)


class Connector:
    """A connector whose car has been drawing for long, with what was seen of 0 A there."""

    def __init__(self, protocol: int, zero: ZeroStop) -> None:
        self.now = 10_000.0
        self.protocol = protocol
        self.controller = StopController(1, StoredStop(zero=zero))
        self.controller.record_offer(16, self.now)
        self.report(drawing=True)
        self.now += 1000

    def report(self, *, drawing: bool) -> None:
        self.now += 4
        self.controller.update(self.now, drawing=drawing, offered=drawing)

    def stop(
        self, *, declined: bool = False, by_every_method: bool = False
    ) -> StopStep:
        self.now += 1
        capabilities = StopCapabilities(
            self.protocol, vehicle=True, declined_charging=declined, zero=self.zero
        )
        return self.controller.stop(
            self.now, capabilities, by_every_method=by_every_method
        )

    @property
    def zero(self) -> ZeroStop:
        return self.controller.stored.zero


@pytest.mark.parametrize(
    ("protocol", "zero", "method"),
    [
        (1, ZeroStop(), StopMethod.ZERO_AMPS),
        (1, ZeroStop(failed=True), StopMethod.VEHICLE),
        (2, ZeroStop(), StopMethod.VEHICLE),
        (2, ZeroStop(1), StopMethod.VEHICLE),
        (2, BELIEVED, StopMethod.ZERO_AMPS),
    ],
)
def test_0_a_are_tried_where_they_are_believed_to_stop(
    protocol: int, zero: ZeroStop, method: StopMethod
) -> None:
    connector = Connector(protocol, zero)
    step = connector.stop()

    assert connector.controller.stop_method is method
    # Where 0 A are offered they are offered at once; a car that is stopped otherwise goes on meanwhile.
    assert step.hold is (protocol == 2 and method is not StopMethod.ZERO_AMPS)


def test_a_stop_that_the_draw_proves_agrees() -> None:
    connector = Connector(1, ZeroStop())
    for _ in range(2):
        connector.report(drawing=True)
        connector.now += 1000
        connector.stop()
        connector.report(drawing=False)
        connector.report(drawing=False)
        connector.stop()
    assert connector.zero == BELIEVED


def test_a_car_that_does_not_want_to_charge_proves_nothing() -> None:
    connector = Connector(1, ZeroStop())
    connector.stop()
    connector.report(drawing=False)
    connector.report(drawing=False)
    connector.stop(declined=True)
    assert connector.zero == ZeroStop()


def test_one_failure_drops_it_and_the_next_method_follows() -> None:
    connector = Connector(2, BELIEVED)
    connector.stop()
    connector.now += METHOD_SECONDS
    connector.report(drawing=True)
    connector.stop()

    assert connector.zero == ZeroStop(failed=True)
    assert connector.controller.stop_method is StopMethod.VEHICLE
    assert connector.stop().hold


def test_methods_that_are_all_used_at_once_teach_nothing() -> None:
    connector = Connector(1, ZeroStop())
    connector.stop(by_every_method=True)
    assert connector.controller.stop_method is StopMethod.VEHICLE
    assert connector.zero == ZeroStop()


def test_what_was_seen_outlasts_the_session_and_a_restart() -> None:
    connector = Connector(2, BELIEVED)
    connector.controller.end_session()
    stored = StoredStop.from_dict(connector.controller.stored.as_dict())
    assert stored.zero == BELIEVED
