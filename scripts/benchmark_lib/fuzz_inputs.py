"""Inputs for the fuzzer without coverage: valid frames of every kind, broken in every way, and noise."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from simulator import codec

from .fuzz_target import MAX_INPUT

_IDS: Final = (0x7777, 0x1839)
_IDENTITY: Final = (codec.SERIAL, *codec.VIN_PARTS)
_SPECIAL: Final = b"\xc0\xdb\xdc\xdd\x00\xff\xfb\xfc\xfd"
_MASTER: Final = (
    (codec.ANNOUNCE, codec.LINKREADY_1),
    (codec.ASK, codec.LINKREADY_2),
    (codec.ANNOUNCE, codec.IDLE_NOTICE),
    *sorted(codec.ALLOWED),
)
_CONNECTOR: Final = tuple(
    (codec.ANSWER, command)
    for command in (
        codec.LINKREADY_2,
        codec.HEARTBEAT,
        codec.METER,
        codec.FIRMWARE,
        codec.OLD_FIRMWARE,
        codec.SERIAL,
        *codec.VIN_PARTS,
        codec.PLUG,
        codec.CONTACTOR_CLOSE,
        codec.CONTACTOR_OPEN,
    )
)


def frames() -> list[bytes]:
    """Return a frame of every kind, as on the line."""
    kinds = [(*kind, length) for kind in _MASTER for length in (14, 16)]
    kinds += [(*kind, length) for kind in _CONNECTOR for length in codec.LENGTHS]
    return [codec.wrap(_body(*kind)) for kind in kinds]


def _body(kind: int, command: int, length: int) -> bytes:
    if command in _IDENTITY and kind == codec.ANSWER:
        return codec.compose(kind, command, _IDS[0], payload=b"5YJ", length=length)
    return codec.compose(
        kind, command, *_IDS[:2], payload=b"\x05\x0c\x80", length=length
    )


def inputs(count: int, seed: int) -> Iterator[bytes]:
    """Return a number of inputs; the same seed gives the same inputs."""
    dice = Random(seed)
    known = frames()
    for _ in range(count):
        how = dice.getrandbits(8)
        yield bytes([how]) + _line(dice, known)


def _line(dice: Random, known: list[bytes]) -> bytes:
    """Return some frames, most of them broken, or only noise."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(MAX_INPUT))
    line = bytearray(b"".join(dice.choices(known, k=dice.randrange(1, 5))))
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        dice.choice(_MUTATIONS)(dice, line, dice.randrange(len(line) + 1))
    return bytes(line[: MAX_INPUT - 1])


def _flip_a_bit(dice: Random, line: bytearray, at: int) -> None:
    if at < len(line):
        line[at] ^= 1 << dice.randrange(8)


def _change_a_byte(dice: Random, line: bytearray, at: int) -> None:
    line[at : at + 1] = dice.randbytes(1)


def _insert_noise(dice: Random, line: bytearray, at: int) -> None:
    line[at:at] = dice.randbytes(dice.randrange(1, 4))


def _insert_what_has_a_meaning(dice: Random, line: bytearray, at: int) -> None:
    line.insert(at, dice.choice(_SPECIAL))


def _lose_some(dice: Random, line: bytearray, at: int) -> None:
    del line[at : at + dice.randrange(1, 8)]


def _repeat_some(dice: Random, line: bytearray, at: int) -> None:
    line[at:at] = line[at : at + dice.randrange(1, 24)]


def _swap_two(dice: Random, line: bytearray, at: int) -> None:
    # The sum stays the same, and with it the checksum.
    line[at : at + 2] = line[at : at + 2][::-1]


_MUTATIONS: Final[tuple[Callable[[Random, bytearray, int], None], ...]] = (
    _flip_a_bit,
    _change_a_byte,
    _insert_noise,
    _insert_what_has_a_meaning,
    _lose_some,
    _repeat_some,
    _swap_two,
)
