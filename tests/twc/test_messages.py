"""What bodies mean, and the bodies a master sends, held against the protocol document."""

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.twc.frame import Decoder, encode
from custom_components.twc_manager.twc.messages import (
    VIN_PARTS,
    Command,
    Heartbeat,
    LinkReady,
    MasterHeartbeat,
    Meter,
    Query,
    SerialNumber,
    Unknown,
    VinPart,
    body_as_text,
    carries_identity,
    encode_contactor,
    encode_heartbeat,
    encode_link_ready,
    encode_query,
    format_id,
    is_valid_vin,
    parse,
)
from simulator import make_vin

from .vectors import BODIES, ROWS

# The first two are the usual examples of the standard, the third is of the simulator's own making.
RIGHT_VINS = ["1M8GDM9AXKP042788", "11111111111111111", make_vin(316)]


def with_checksum(body: bytes) -> bytes:
    return body + bytes([sum(body[1:]) % 256])


def body(text: str) -> bytes:
    return with_checksum(bytes.fromhex(text))


@pytest.mark.parametrize("row", ROWS)
def test_row_of_the_protocol_document_is_understood(row: str) -> None:
    assert parse(bytes.fromhex(row)) == ROWS[row]


@pytest.mark.parametrize(
    ("made", "row"),
    [
        (encode_link_ready(0x7777, 0x19, second=False), 0),
        (encode_link_ready(0x7777, 0x19, second=True), 1),
        (encode_heartbeat(0x7777, 0x2019, Command.LIMIT, 16.0, 1), 3),
        (encode_heartbeat(0x7777, 0x2019, Command.LIMIT_WHILE_CHARGING, 80.0, 2), 4),
        (encode_query(0x7777, 0x2019, Query.METER, 2), 5),
        (encode_query(0x7777, 0x2019, Query.FIRMWARE, 2), 6),
        (encode_query(0x7777, 0x2019, Query.FIRMWARE_OLD, 2), 7),
        (encode_query(0x7777, 0x2019, Query.SERIAL_NUMBER, 2), 8),
        (encode_query(0x7777, 0x2019, Query.VIN_START, 2), 9),
        (encode_query(0x7777, 0x2019, Query.VIN_MIDDLE, 2), 10),
        (encode_query(0x7777, 0x2019, Query.VIN_END, 2), 11),
        (encode_query(0x7777, 0x2019, Query.PLUG_STATE, 1), 12),
        (encode_contactor(0x7777, 0x2019, close=True, protocol=2), 13),
        (encode_contactor(0x7777, 0x2019, close=False, protocol=2), 14),
    ],
)
def test_master_says_what_the_protocol_document_says(made: bytes, row: int) -> None:
    assert with_checksum(made) == BODIES[row]


@given(
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF),
    st.sampled_from(Command),
    st.integers(0, 8000),
    st.sampled_from([1, 2]),
)
def test_heartbeat_survives_the_line(
    master: int, receiver: int, command: Command, centiamps: int, protocol: int
) -> None:
    made = encode_heartbeat(master, receiver, command, centiamps / 100, protocol)
    (received,) = Decoder().feed(encode(made))
    assert len(received) == {1: 14, 2: 16}[protocol]
    assert parse(received) == MasterHeartbeat(
        master, receiver, command, centiamps / 100
    )


@given(
    st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF)),
    st.integers(0, 255),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFF),
    st.sampled_from([13, 15, 19]),
)
def test_heartbeat_of_a_connector_is_read_in_every_length(
    ids: tuple[int, int], state: int, offered: int, drawn: int, length: int
) -> None:
    sender, receiver = ids
    start = b"\xfd\xe0" + sender.to_bytes(2) + receiver.to_bytes(2) + bytes([state])
    made = (start + offered.to_bytes(2) + drawn.to_bytes(2)).ljust(length, b"\0")
    assert parse(with_checksum(made)) == Heartbeat(
        sender, receiver, state, offered / 100, drawn / 100
    )


@given(
    st.sampled_from([0xFB, 0xFC, 0xFD]),
    st.integers(0, 255),
    st.binary(min_size=11, max_size=17),
)
def test_any_body_is_parsed_without_raising(
    first: int, command: int, rest: bytes
) -> None:
    made = with_checksum(bytes([first, command]) + rest)
    message = parse(made)
    assert not isinstance(message, Unknown) or message.body == made


@pytest.mark.parametrize(
    "text",
    [
        "FD 77 03 2E 00 00 00 00 00 00 00 00 00",
        "FB 77 03 2E 00 00 00 00 00 00 00 00 00",
        "FC 19 77 77 03 2E 00 00 00 00 00 00 00",
        # answers of connectors whose first byte lost a bit: the checksum does not show it
        "FC E0 03 2E 77 77 01 06 40 05 DC 00 00",
        "FC EB 03 2E 00 00 03 9C 00 F0 00 00 00",
    ],
)
def test_unknown_frame_is_kept_as_it_is(text: str) -> None:
    assert parse(body(text)) == Unknown(body(text))


def test_linkready_shows_the_protocol_by_its_length() -> None:
    short = body("FD E2 03 2E 5A 1F 40 00 00 00 00 00 00")
    long = body("FD E2 03 2E 5A 1F 40 00 00 00 00 00 00 00 00")
    assert parse(short) == LinkReady(0x032E, 0x5A, 80.0, 1)
    assert parse(long) == LinkReady(0x032E, 0x5A, 80.0, 2)


@pytest.mark.parametrize("length", [13, 15])
def test_meter_without_room_for_the_amps_has_none(length: int) -> None:
    start = bytes.fromhex("FD EB 03 2E 00 00 03 9C 00 F0 00 F1")
    message = parse(with_checksum(start.ljust(length, b"\0")))
    assert message == Meter(0x032E, 924, (240, 241, 0), None)


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("41 31 36 4B 30 30 30 37 38 32 33 00 00 00 00", "A16K0007823"),
        ("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", ""),
    ],
)
def test_serial_number_is_read_up_to_its_zeros(text: str, serial: str) -> None:
    assert parse(body("FD ED 03 2E" + text)) == SerialNumber(0x032E, serial)


@pytest.mark.parametrize(
    "text",
    [
        "41 31 36 4B 00 30 30 37 38 32 33 00 00 00 00",
        "41 31 36 4B 07 30 30 37 38 32 33 00 00 00 00",
        "41 31 36 4B FF 30 30 37 38 32 33 00 00 00 00",
    ],
)
def test_garbled_serial_number_is_not_believed(text: str) -> None:
    assert isinstance(parse(body("FD ED 03 2E" + text)), Unknown)


@pytest.mark.parametrize("part", VIN_PARTS)
def test_garbled_part_of_a_vin_is_not_believed(part: Query) -> None:
    start = bytes([0xFD, part, 0x03, 0x2E]) + b"5Y-".ljust(15, b"\0")
    assert isinstance(parse(with_checksum(start)), Unknown)


@pytest.mark.parametrize("part", VIN_PARTS)
def test_part_of_a_vin_that_is_all_zero_means_unknown(part: Query) -> None:
    start = bytes([0xFD, part, 0x03, 0x2E]).ljust(19, b"\0")
    assert parse(with_checksum(start)) == VinPart(0x032E, part, "")


@pytest.mark.parametrize("row", ROWS)
def test_serial_number_and_vin_are_what_identifies_somebody(row: str) -> None:
    assert carries_identity(bytes.fromhex(row)) == isinstance(
        ROWS[row], SerialNumber | VinPart
    )


@pytest.mark.parametrize("first", ["FB", "FC"])
@pytest.mark.parametrize(
    "rest",
    [
        "ED 03 2E 41 31 36 4B 30 30 30 37 38 32 33",
        "EE 03 2E 35 59 4A 33 45 31 45 00 00 00 00",
        "F1 03 2E 33 32 31 00 00 00 00 00 00 00 00",
    ],
)
def test_answer_that_identifies_somebody_does_so_with_a_wrong_first_byte(
    first: str, rest: str
) -> None:
    """The checksum leaves the first byte out."""
    garbled = bytes.fromhex(first + rest)
    assert carries_identity(garbled)
    assert carries_identity(with_checksum(garbled))
    assert body_as_text(garbled).endswith("03 2e (redacted)")


def test_id_is_shown_as_four_hex_digits() -> None:
    assert format_id(0x032E) == "032E"


@pytest.mark.parametrize("vin", RIGHT_VINS)
def test_vin_with_its_check_digit_is_right(vin: str) -> None:
    assert is_valid_vin(vin)


@pytest.mark.parametrize(
    "vin",
    [
        "",
        "1M8GDM9AXKP04278",
        "1M8GDM9AXKP0427888",
        "1M8GDM9A0KP042788",
        "IM8GDM9AXKP042788",
        "1m8gdm9axkp042788",
    ],
)
def test_vin_of_wrong_length_letters_or_check_digit_is_wrong(vin: str) -> None:
    assert not is_valid_vin(vin)


@pytest.mark.parametrize("vin", RIGHT_VINS)
@pytest.mark.parametrize("place", [place for place in range(17) if place != 8])
def test_vin_with_one_changed_figure_is_wrong(vin: str, place: int) -> None:
    # The check digit is a sum mod 11, so that of any two figures at most one can be right.
    right = [
        figure
        for figure in "0123456789"
        if is_valid_vin(vin[:place] + figure + vin[place + 1 :])
    ]
    assert len(right) <= 1
    assert right == [vin[place]] or not vin[place].isdigit()
