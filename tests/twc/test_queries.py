"""What a connector is asked, how often, and when it is left in peace."""

from collections import Counter
import itertools

import pytest

from custom_components.twc_manager.twc.messages import (
    VIN_PARTS,
    Firmware,
    FromConnector,
    Meter,
    PlugReport,
    PlugState,
    Query,
    SerialNumber,
    VinPart,
)
from custom_components.twc_manager.twc.queries import (
    CONFIRM_PLUG,
    MAX_TRIES,
    METER_OTHERWISE,
    METER_WHILE_CHARGING,
    METER_WHILE_STEADY,
    PLUG_WHILE_PLUGGED_IN,
    PLUG_WHILE_UNPLUGGED,
    SERIAL_NUMBER_AGAIN,
    SERIAL_NUMBER_WHILE_STEADY,
    VIN_AFTER_PLUG_IN,
    QueryPlan,
)
from simulator import make_vin

TWC = 0x032E
VIN = make_vin(1)
STEP = 0.25


class Connector:
    """Answers what it can, and counts what it is asked."""

    def __init__(self) -> None:
        self.plan = QueryPlan(0.0)
        self.now = 0.0
        self.asked: list[tuple[float, Query]] = []
        self.drawing = False
        self.plugged_in = False
        self.plug = PlugState.UNPLUGGED.value
        self.vin = VIN
        self.mute: set[Query] = set()
        self.garbled: set[Query] = set()

    def run(self, seconds: float) -> None:
        """Let time pass; each question is answered within a step."""
        end = self.now + seconds
        while self.now < end:
            self.plan.set_drawing(self.drawing, self.now)
            self.plan.set_plugged_in(self.plugged_in, self.now)
            if (due := self.plan.next_query(self.now)) is not None:
                self.asked.append((self.now, due.query))
                self.answer(due.query)
            self.now += STEP

    def answer(self, query: Query) -> None:
        if query in self.mute | self.garbled:
            self.plan.unanswered(query, self.now)
        else:
            self.plan.answered(self.message(query), self.drawing, self.now)

    def message(self, query: Query) -> FromConnector:
        match query:
            case Query.FIRMWARE | Query.FIRMWARE_OLD:
                return Firmware(TWC, "4.5.3")
            case Query.SERIAL_NUMBER:
                return SerialNumber(TWC, "A16K0007823")
            case Query.METER:
                return Meter(TWC, 924, (240, 0, 0), None)
            case Query.PLUG_STATE:
                return PlugReport(TWC, self.plug)
            case part:
                at = sum(
                    length
                    for other, length in VIN_PARTS.items()
                    if list(VIN_PARTS).index(other) < list(VIN_PARTS).index(part)
                )
                return VinPart(TWC, part, self.vin[at : at + VIN_PARTS[part]])

    def times(self, query: Query) -> list[float]:
        return [time for time, asked in self.asked if asked is query]

    def count(self) -> Counter[Query]:
        return Counter(query for _, query in self.asked)


def gaps(times: list[float]) -> set[float]:
    return {later - earlier for earlier, later in itertools.pairwise(times)}


def test_firmware_is_asked_for_once_and_the_serial_number_every_15_s() -> None:
    connector = Connector()
    connector.run(600)
    asked = connector.count()
    assert asked[Query.FIRMWARE] == 1
    assert asked[Query.SERIAL_NUMBER] == 40
    assert Query.FIRMWARE_OLD not in asked
    assert connector.plan.firmware == "4.5.3"
    assert connector.plan.serial_number == "A16K0007823"


def test_meter_is_read_every_minute_while_idle() -> None:
    connector = Connector()
    connector.run(601)
    assert gaps(connector.times(Query.METER)) == {METER_OTHERWISE}


def test_meter_is_read_every_ten_seconds_while_charging() -> None:
    connector = Connector()
    connector.drawing = True
    connector.run(301)
    assert gaps(connector.times(Query.METER)) == {METER_WHILE_CHARGING}


def test_queries_are_less_often_while_reports_are_steady() -> None:
    connector = Connector()
    connector.drawing = True
    connector.plan.set_steady(True, 0.0)
    connector.run(301)
    assert gaps(connector.times(Query.METER)) == {METER_WHILE_STEADY}
    assert gaps(connector.times(Query.SERIAL_NUMBER)) == {SERIAL_NUMBER_WHILE_STEADY}


@pytest.mark.parametrize("step", range(0, 60, 7))
def test_queries_are_as_often_as_ever_once_reports_are_not_steady(step: int) -> None:
    connector = Connector()
    connector.drawing = True
    connector.plan.set_steady(True, 0.0)
    connector.run(120 + step)
    changed = connector.now
    connector.plan.set_steady(False, changed)
    connector.run(60)
    for query, seconds in (
        (Query.METER, METER_WHILE_CHARGING),
        (Query.SERIAL_NUMBER, SERIAL_NUMBER_AGAIN),
    ):
        since = [time for time in connector.times(query) if time >= changed]
        # Another query may be due at the same moment.
        assert max(gaps([changed, *since])) <= seconds + STEP


def test_meter_is_read_within_ten_seconds_after_a_car_begins_to_draw() -> None:
    connector = Connector()
    connector.run(20)
    begin = connector.now
    connector.drawing = True
    connector.run(60)
    first = next(time for time in connector.times(Query.METER) if time >= begin)
    assert first - begin <= METER_WHILE_CHARGING


@pytest.mark.parametrize(
    ("plug", "seconds"), [(0, PLUG_WHILE_UNPLUGGED), (3, PLUG_WHILE_PLUGGED_IN)]
)
def test_plug_state_is_asked_for_while_idle_only(plug: int, seconds: float) -> None:
    connector = Connector()
    connector.plug = plug
    connector.run(120)
    idle = connector.times(Query.PLUG_STATE)
    # The first answer has to be confirmed by a second one.
    assert gaps(idle[1:]) == {seconds}
    connector.drawing = True
    connector.run(120)
    assert connector.times(Query.PLUG_STATE) == idle
    connector.drawing = False
    connector.run(STEP)
    assert len(connector.times(Query.PLUG_STATE)) == len(idle) + 1


def test_plug_state_is_asked_for_at_once_when_another_state_is_reported() -> None:
    connector = Connector()
    connector.run(60)
    connector.plug = 3
    connector.plan.state_changed(connector.now)
    connector.run(CONFIRM_PLUG + STEP)
    assert connector.plan.plug is PlugState.PLUGGED_IN


@pytest.mark.parametrize("case", ["draws", "does not report it"])
def test_another_state_does_not_query_a_plug_that_is_known_or_never_reported(
    case: str,
) -> None:
    connector = Connector()
    connector.drawing = case == "draws"
    connector.plug = 7 if case == "does not report it" else 0
    connector.run(60)
    before = connector.times(Query.PLUG_STATE)
    connector.plan.state_changed(connector.now)
    connector.run(60)
    assert connector.times(Query.PLUG_STATE) == before


def test_plug_state_changes_by_two_agreeing_answers() -> None:
    connector = Connector()
    connector.run(60)
    seen = [connector.plan.plug]
    for _ in range(2):
        connector.plan.answered(PlugReport(TWC, 3), drawing=False, now=connector.now)
        seen.append(connector.plan.plug)
    assert seen == [PlugState.UNPLUGGED, PlugState.UNPLUGGED, PlugState.PLUGGED_IN]


def test_unknown_plug_state_is_not_asked_for_without_a_pause() -> None:
    connector = Connector()
    connector.plug = 7
    connector.run(600)
    assert connector.plan.plug is None
    assert connector.count()[Query.PLUG_STATE] == MAX_TRIES


def test_vin_is_read_once_some_time_after_the_plug_went_in() -> None:
    connector = Connector()
    connector.run(30)
    connector.plugged_in = True
    begin = connector.now
    connector.run(600)
    for part in VIN_PARTS:
        assert len(connector.times(part)) == 1
    assert connector.times(Query.VIN_START)[0] - begin >= VIN_AFTER_PLUG_IN
    assert connector.plan.vin == VIN


def test_vin_is_forgotten_with_the_plug_and_read_again_for_the_next_car() -> None:
    connector = Connector()
    connector.plugged_in = True
    connector.run(30)
    connector.plugged_in = False
    connector.run(STEP)
    assert connector.plan.vin is None
    connector.vin = make_vin(2)
    connector.plugged_in = True
    connector.run(30)
    assert connector.plan.vin == make_vin(2)


def test_vin_of_zeros_is_accepted_as_unknown() -> None:
    connector = Connector()
    connector.vin = ""
    connector.plugged_in = True
    connector.run(600)
    assert connector.plan.vin is None
    assert all(len(connector.times(part)) == 1 for part in VIN_PARTS)


def test_vin_with_a_wrong_check_digit_is_tried_three_times() -> None:
    connector = Connector()
    connector.vin = VIN[:8] + ("1" if VIN[8] != "1" else "2") + VIN[9:]
    connector.plugged_in = True
    connector.run(600)
    assert connector.plan.vin is None
    assert all(len(connector.times(part)) == MAX_TRIES for part in VIN_PARTS)


@pytest.mark.parametrize("part", VIN_PARTS)
def test_vin_with_a_part_that_never_comes_is_tried_three_times(part: Query) -> None:
    connector = Connector()
    connector.garbled = {part}
    connector.plugged_in = True
    connector.run(600)
    assert connector.plan.vin is None
    assert len(connector.times(part)) == MAX_TRIES


def test_vin_is_put_together_from_answers_that_come_too_late() -> None:
    connector = Connector()
    connector.mute = set(VIN_PARTS)
    connector.plugged_in = True
    connector.run(VIN_AFTER_PLUG_IN + STEP)
    for part in VIN_PARTS:
        assert connector.asked[-1][1] is part
        connector.plan.answered(connector.message(part), False, connector.now)
        connector.run(2.0)
    assert connector.plan.vin == VIN


def test_vin_is_tried_again_for_the_next_car_if_the_connector_answered_anything() -> (
    None
):
    connector = Connector()
    connector.mute = {Query.VIN_END}
    connector.plugged_in = True
    connector.run(60)
    connector.plugged_in = False
    connector.run(60)
    connector.mute = set()
    connector.plugged_in = True
    connector.run(60)
    assert connector.plan.vin == VIN


def test_connector_that_answers_nothing_is_left_in_peace() -> None:
    connector = Connector()
    connector.mute = set(Query)
    connector.plugged_in = True
    connector.run(60)
    asked = connector.count()
    assert asked[Query.VIN_START] == MAX_TRIES
    assert asked[Query.VIN_MIDDLE] == asked[Query.VIN_END] == 0
    assert all(asked[query] == MAX_TRIES for query in Query if query not in VIN_PARTS)
    for plugged_in in (False, True, False, True):
        connector.plugged_in = plugged_in
        connector.drawing = plugged_in
        connector.run(600)
    assert connector.count() == asked


def test_old_form_of_the_firmware_question_follows_the_new_one() -> None:
    connector = Connector()
    connector.mute = {Query.FIRMWARE}
    connector.run(600)
    assert connector.count()[Query.FIRMWARE] == MAX_TRIES
    assert connector.count()[Query.FIRMWARE_OLD] == 1
    assert connector.plan.firmware == "4.5.3"


def test_a_question_that_was_answered_once_is_never_given_up() -> None:
    connector = Connector()
    connector.run(90)
    connector.mute = {Query.METER}
    connector.run(300)
    connector.mute = set()
    connector.run(60)
    assert gaps(connector.times(Query.METER)[-2:]) != {METER_OTHERWISE}
    connector.run(120)
    assert gaps(connector.times(Query.METER)[-2:]) == {METER_OTHERWISE}


def test_answers_to_nobody_are_taken_too() -> None:
    plan = QueryPlan(0.0)
    plan.answered(Firmware(TWC, "4.5.3"), drawing=False, now=0.0)
    plan.answered(VinPart(TWC, Query.VIN_START, "5YJ"), drawing=False, now=0.0)
    assert plan.firmware == "4.5.3"
    assert plan.vin is None


def quiet(*, knows_plug: bool = False) -> QueryPlan:
    """Return the plan of a connector that has answered what it can at 0 s; the meter is due again in a minute."""
    plan = QueryPlan(0.0)
    for answer in (
        Firmware(TWC, "4.5.3"),
        SerialNumber(TWC, ""),
        Meter(TWC, 5, (230, 0, 0), None),
    ):
        plan.answered(answer, False, 0.0)
    if knows_plug:
        plan.set_drawing(True, 0.0)
    else:
        for _ in range(MAX_TRIES):
            plan.unanswered(Query.PLUG_STATE, 0.0)
    return plan


def test_a_vehicle_that_is_plugged_in_brings_a_question_forward() -> None:
    plan = quiet()
    assert plan.next_query(1.0) is None
    plan.set_plugged_in(True, 1.0)
    assert plan.next_query(0.9 + VIN_AFTER_PLUG_IN) is None
    due = plan.next_query(1.0 + VIN_AFTER_PLUG_IN)
    assert due is not None and due.query is Query.VIN_START


def test_a_draw_brings_the_meter_forward() -> None:
    plan = quiet()
    assert plan.next_query(1.0) is None
    plan.set_drawing(True, 1.0)
    due = plan.next_query(1.0 + METER_WHILE_CHARGING)
    assert due is not None and due.query is Query.METER


def test_the_plug_is_asked_for_as_soon_as_nothing_is_drawn_any_more() -> None:
    plan = quiet(knows_plug=True)
    assert plan.next_query(1.0) is None
    plan.set_drawing(False, 1.0)
    due = plan.next_query(1.0)
    assert due is not None and due.query is Query.PLUG_STATE


def test_an_answer_that_has_to_be_confirmed_brings_a_question_forward() -> None:
    plan = quiet()
    assert plan.next_query(1.0) is None
    plan.answered(SerialNumber(TWC, "A18B"), False, 1.0)
    due = plan.next_query(30.0)
    assert due is not None and due.query is Query.SERIAL_NUMBER
