"""The decoder of the simulator, against frames that owners published."""

from random import Random

import pytest

from simulator.codec import (
    ASK,
    DEADLY,
    LENGTHS,
    Decoder,
    Frame,
    checksum,
    compose,
    parse,
    split_frames,
    wrap,
)

# Bodies as in tests/captures/owners.txt, with (sender, amps at byte 5 or 7) where there are any.
GOOD = {
    "FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11": (0x1839, 5, 32.0),
    "FC E1 77 77 77 00 00 00 00 00 00 00 00 46": (0x7777, None, 0),
    "FB E2 77 77 77 00 00 00 00 00 00 00 00 47": (0x7777, None, 0),
    "FC E1 03 5D 39 00 00 00 00 00 00 00 00 7A": (0x035D, None, 0),
    "FB E2 03 5D 5F 00 00 00 00 00 00 00 00 A1": (0x035D, None, 0),
    "FC E1 32 AB 77 40 06 00 00 00 00 00 00 00 00 7B": (0x32AB, None, 0),
    "FB E0 77 77 20 19 00 00 00 00 00 00 00 00 00 07": (0x7777, 7, 0),
    "FB E0 77 77 40 85 09 0C 80 00 00 00 00 00 00 28": (0x7777, 7, 32.0),
    "FB E0 77 77 02 2C 05 08 98 00 00 00 00 00 00 A1": (0x7777, 7, 22.0),
    "FD E0 20 19 77 77 08 02 58 02 10 00 00 00 00 7B": (0x2019, 9, 5.28),
    "FD E0 24 33 77 77 03 02 58 00 00 00 00 00 00 82": (0x2433, 7, 6.0),
    "FD E0 24 33 77 77 08 07 D0 01 5E 00 00 00 00 63": (0x2433, 9, 3.5),
    "FD E2 24 31 2D 0C 80 00 00 00 00 00 00 00 00 F0": (0x2431, 5, 32.0),
    "FD EB 60 61 00 A3 20 EC 00 F1 00 00 00 00 00 00 00 00 00 4C": (0x6061, None, 0),
    "FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D": (0, None, 0),
    "FB EE 77 77 20 19 00 00 00 00 00 00 00 00 15": (0x7777, None, 0),
}
REPAIRED = "FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11 FF"
BAD = (
    "FC E1 32 AB 77 40 06 00 00 00 00 00 00 00 00 BA",
    "FD E2 00 F2 8B 3F 47 46 F6 FF FF FF FF FF FF",
)


@pytest.mark.parametrize("text", GOOD)
def test_owners_frames_are_read(text: str) -> None:
    sender, at, amps = GOOD[text]
    frame = parse(bytes.fromhex(text))
    assert frame is not None
    assert frame.sender == sender
    assert not frame.repaired
    assert frame.length == len(bytes.fromhex(text))
    if at is not None:
        assert frame.amps(at) == amps
    assert text.startswith(str(frame))


def test_garbage_after_the_checksum_is_accepted() -> None:
    frame = parse(bytes.fromhex(REPAIRED))
    assert frame is not None
    assert frame.repaired
    assert frame.amps(5) == 32.0


@pytest.mark.parametrize("text", BAD)
def test_owners_noise_is_rejected(text: str) -> None:
    assert parse(bytes.fromhex(text)) is None
    decoder = Decoder()
    assert decoder.feed(wrap(bytes.fromhex(text))) == []
    assert decoder.rejected == 1


@pytest.mark.parametrize("length", range(1, 24))
def test_only_known_lengths_are_answers(length: int) -> None:
    body = bytes([0xFD, 0xE0]) + bytes([7]) * max(0, length - 3)
    body = body[: length - 1]
    whole = body + bytes([checksum(body)])
    frame = parse(whole)
    if length in LENGTHS:
        assert frame == Frame(body)
    elif frame is not None:
        assert frame.repaired


def _stream() -> tuple[bytes, list[Frame]]:
    bodies = [bytes.fromhex(text) for text in GOOD]
    bodies.append(compose(ASK, 0xE0, 0xC0DB, 0xDBDC, payload=b"\xc0\xdb\xdc\xdd"))
    tails = [b"", b"\xfc", b"\xf8", b"\xfe"]
    data = b"".join(wrap(body, tails[number % 4]) for number, body in enumerate(bodies))
    return data, [Frame(body[:-1]) for body in bodies]


def test_frames_are_read_from_pieces_of_any_size() -> None:
    data, frames = _stream()
    for size in range(1, 60):
        decoder = Decoder()
        heard = [
            frame
            for begin in range(0, len(data), size)
            for frame in decoder.feed(data[begin : begin + size])
        ]
        assert heard == frames
        assert decoder.rejected == 0


def test_frames_are_found_again_after_garbage() -> None:
    data, frames = _stream()
    dice = Random(3)
    for _ in range(300):
        noise = dice.randbytes(dice.randint(0, 100))
        heard = Decoder().feed(noise + data)
        # The opening marker may have counted as the closing one of the garbage.
        assert heard[-len(frames) + 1 :] == frames[1:]


def test_escaped_bytes_are_never_markers() -> None:
    body = compose(ASK, 0xE0, 0xC0C0, 0xDBDB)
    data = wrap(body)
    assert data.count(b"\xc0") == 2
    assert Decoder().feed(data) == [Frame(body[:-1])]


def test_broken_escapes_are_rejected() -> None:
    body = compose(ASK, 0xE0, 0x7777, 0x032E)
    data = wrap(body).replace(b"\x03\x2e", b"\xdb\x2e")
    decoder = Decoder()
    assert decoder.feed(data) == []
    assert decoder.rejected == 1


def test_writes_are_split_after_each_frame() -> None:
    one, two = wrap(compose(ASK, 0xE0, 1, 2)), wrap(compose(ASK, 0xE2, 1))
    assert split_frames(one + two) == [one, two]
    assert split_frames(one + b"\xfc" + two) == [one, b"\xfc" + two]
    assert split_frames(one[:7]) == [one[:7]]
    assert split_frames(b"") == []


def test_too_long_payloads_are_rejected() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        compose(ASK, 0xE0, 1, 2, payload=bytes(8))


def test_deadly_frames_are_those_of_the_protocol_document() -> None:
    assert {(0xFC, 0x19), (0xFC, 0x1A), (0xFB, 0xE8)} == DEADLY
