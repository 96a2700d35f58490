"""A connector check in the loop: units that differ in each point that it records, and all beside them stay within their limits."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from custom_components.twc_manager.charging.control.check_result import CheckResult
from custom_components.twc_manager.charging.control.check_states import CheckOutcome
from custom_components.twc_manager.charging.outcome import ActiveRule, GreenBudget, Rule
from custom_components.twc_manager.charging.wiring import Wiring
from simulator import Car, WallConnector

from .rig import Rig, with_rig

WIRING = Wiring(48, 40, 6, 240, 1)
CIRCUIT = Wiring(24, 24, 6, 240, 1)
MAX_SECONDS = 600.0


class Checked:
    """A rig whose checks begin and end as a test says."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.found: dict[int, CheckResult] = {}
        rig.decisions.append(lambda decision: self._note(decision.checks))

    def _note(self, checks: Mapping[int, CheckResult]) -> None:
        self.found |= checks

    async def charging(self) -> None:
        await self.until(lambda: all(twc.drawn > 4 for twc in self.rig.twcs))
        await asyncio.sleep(70)

    async def until(self, true: Callable[[], bool]) -> None:
        began = self.rig.loop.time()
        while not true():
            assert self.rig.loop.time() - began < MAX_SECONDS, "it never came"
            await asyncio.sleep(0.5)

    def begin(self) -> None:
        twc = self.rig.twcs[0]
        state = self.rig.inputs.snapshot.connector(twc.id)
        assert state is not None
        self.rig.checks.begin(state, self.rig.loop.time())
        self.rig.decide()

    async def result(self) -> CheckResult:
        twc = self.rig.twcs[0]
        await self.until(lambda: twc.id in self.found)
        return self.found[twc.id]


def check(
    *twcs: WallConnector,
    wiring: Wiring = WIRING,
    then: Callable[[Checked], Awaitable[None]] | None = None,
    car: Mapping[str, Any] | None = None,
) -> CheckResult:
    """Check the first of some connectors with cars, and return what was found."""
    found: list[CheckResult] = []

    async def scenario(rig: Rig) -> None:
        checked = Checked(rig)
        for number, twc in enumerate(rig.twcs):
            twc.plug_in(Car(**(car or {}) if number == 0 else {}))
        await checked.charging()
        checked.begin()
        if then is not None:
            await then(checked)
        found.append(await checked.result())

    with_rig(scenario, wiring, *twcs)
    return found[0]


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("stops", [True, False])
def test_whether_0_a_stop_it(protocol: int, stops: bool) -> None:
    found = check(WallConnector(0x032E, protocol=protocol, zero_stops=stops))

    assert found.outcome is CheckOutcome.COMPLETE
    assert found.zero_stops is stops
    assert (found.stop_seconds is not None) is stops
    assert (found.resume_seconds is not None) is stops


def test_how_fast_a_car_reacts_and_ramps() -> None:
    quick = check(WallConnector(0x032E), car={"reaction_s": 0.5, "ramp": 4.0})
    slow = check(WallConnector(0x032E), car={"reaction_s": 5.0, "ramp": 0.5})

    def of(found: CheckResult) -> tuple[float, float]:
        # From 12 to 16 A.
        step = found.steps[1]
        assert step.reaction is not None
        assert step.ramp is not None
        return step.reaction, step.ramp

    assert of(quick)[0] < 3 < of(slow)[0] < 9
    assert of(slow)[1] == pytest.approx(0.5, rel=0.3)
    assert of(quick)[1] > 1.5


@pytest.mark.parametrize(("minimum", "accepted"), [(5.0, 5), (6.0, 12)])
def test_the_minimum_that_a_unit_passes_on(minimum: float, accepted: float) -> None:
    wiring = Wiring(48, 40, 5, 240, 1)
    twc = WallConnector(0x032E, protocol=1, minimum_offer=minimum)
    found = check(twc, wiring=wiring)

    assert found.minimum_accepted == accepted


@pytest.mark.parametrize(
    ("unit", "missing"),
    [
        ({"meter_volts": False}, {"volts"}),
        ({"meter_amps": False}, {"phase_amps"}),
        ({"answers_plug": False}, {"plug_state"}),
        ({"can_enabled": False}, {"vin"}),
        ({"mute": {0xED}}, {"serial_number"}),
        ({"mute": {0xEB}}, {"meter", "volts", "phase_amps"}),
        ({}, set()),
    ],
)
def test_which_answers_there_are(unit: dict[str, Any], missing: set[str]) -> None:
    answers = check(WallConnector(0x032E, **unit)).answers
    names = ("meter", "volts", "phase_amps", "plug_state", "vin", "serial_number")
    assert {name for name in names if not getattr(answers, name)} == missing


def test_the_others_get_what_is_left_and_the_wiring_holds() -> None:
    """Beside it a car takes what the check leaves, and gives it back before the check raises its offer."""
    twcs = [WallConnector(0x032E, protocol=2), WallConnector(0x1839, protocol=2)]
    beside: list[float] = []

    async def watch(checked: Checked) -> None:
        other = checked.rig.twcs[1]
        while not checked.found:
            beside.append(other.offered)
            assert checked.rig.twcs[0].offered not in {1, 2, 3, 4}
            await asyncio.sleep(1)

    found = check(*twcs, wiring=CIRCUIT, then=watch)
    assert found.outcome is CheckOutcome.COMPLETE
    assert max(beside) == 18
    assert min(beside) >= 6


async def _unplug(checked: Checked) -> None:
    checked.rig.twcs[0].unplug()


async def _lose_bus(checked: Checked) -> None:
    checked.rig.port.unplug()


async def _switch_off(checked: Checked) -> None:
    checked.rig.limit(checked.rig.twcs[0], enabled=False)


async def _mode_off(checked: Checked) -> None:
    checked.rig.set(active_rules={0x032E: ActiveRule(Rule.OFF)})


async def _cancel(checked: Checked) -> None:
    checked.rig.checks.cancel(checked.rig.loop.time())
    checked.rig.decide()


@pytest.mark.parametrize("seconds", [10, 150])
@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (_unplug, CheckOutcome.UNPLUGGED),
        (_lose_bus, CheckOutcome.LOST),
        (_switch_off, CheckOutcome.SWITCHED_OFF),
        (_mode_off, CheckOutcome.SWITCHED_OFF),
        (_cancel, CheckOutcome.CANCELLED),
    ],
)
def test_it_can_be_ended_at_any_moment(
    end: Callable[[Checked], Awaitable[None]], outcome: CheckOutcome, seconds: int
) -> None:
    async def then(checked: Checked) -> None:
        await asyncio.sleep(seconds)
        assert not checked.found
        await end(checked)

    assert check(WallConnector(0x032E), then=then).outcome is outcome


def test_after_two_checks_0_a_stop_a_new_connector_too() -> None:
    async def scenario(rig: Rig) -> None:
        checked = Checked(rig)
        (twc,) = rig.twcs
        twc.plug_in(Car())
        for _ in range(2):
            await checked.charging()
            rig.limit(twc, enabled=False)
            await asyncio.sleep(100)
            # It cannot be stopped as far as is known.
            assert twc.drawn > 5
            rig.limit(twc, enabled=True)
            await asyncio.sleep(20)
            checked.found.clear()
            checked.begin()
            assert (await checked.result()).zero_stops
            await asyncio.sleep(100)
        rig.limit(twc, enabled=False)
        await asyncio.sleep(30)
        assert twc.drawn == 0
        # It forgets nothing over a restart.
        await rig.stop()
        await asyncio.sleep(5)
        await rig.start()
        rig.limit(twc, enabled=True)
        await checked.charging()
        rig.limit(twc, enabled=False)
        await asyncio.sleep(30)
        assert twc.drawn == 0

    with_rig(scenario, WIRING, WallConnector(0x032E, protocol=2, zero_stops=True))


async def _sun(rig: Rig) -> None:
    rig.set(
        active_rules={0x032E: ActiveRule(Rule.GREEN, green=True)},
        green=GreenBudget(14),
    )


async def _current(rig: Rig) -> None:
    rig.settings(current=14)


async def _schedule(rig: Rig) -> None:
    rig.set(active_rules={0x032E: ActiveRule(Rule.SCHEDULE, 14)})


async def _own_limit(rig: Rig) -> None:
    rig.limit(rig.twcs[0], limit=14)


@pytest.mark.parametrize("limit", [_sun, _current, _schedule, _own_limit])
def test_every_other_rule_stands_above_it(
    limit: Callable[[Rig], Awaitable[None]],
) -> None:
    """The owner, a schedule and the sun may leave less than the check would offer."""

    async def then(checked: Checked) -> None:
        await asyncio.sleep(20)
        await limit(checked.rig)
        while not checked.found:
            await asyncio.sleep(1)
            assert checked.rig.twcs[0].offered <= 14

    found = check(WallConnector(0x032E), then=then)
    assert found.outcome is CheckOutcome.COMPLETE
    assert [step.offered for step in found.steps] == [12, 14, 6, 12]


def test_too_little_for_the_minimum_ends_it() -> None:
    async def then(checked: Checked) -> None:
        await asyncio.sleep(20)
        checked.rig.limit(checked.rig.twcs[0], limit=5)

    found = check(WallConnector(0x032E), then=then)
    assert found.outcome is CheckOutcome.LIMITED
