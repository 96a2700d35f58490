"""The speed of the decoder, in frames per second."""

from itertools import batched
from random import Random
from time import process_time
from typing import Final

from custom_components.twc_manager.twc.frame import Decoder
from simulator.codec import ANSWER, ASK, HEARTBEAT, compose, wrap

_FRAMES: Final = 200_000
_PORTION: Final = 64
"""The number of bytes that arrive at a time, as from an adapter."""
_MASTER_ID: Final = 0x7777


def _beats(count: int) -> bytes:
    """Return a number of heartbeats and their answers, with all possible currents."""
    dice = Random(0)
    line = bytearray()
    for _ in range(count // 2):
        connector_id, amps = dice.choice((0x032E, 0x1839)), dice.randbytes(2)
        for kind, ids in (
            (ASK, (_MASTER_ID, connector_id)),
            (ANSWER, (connector_id, _MASTER_ID)),
        ):
            payload = b"\x09" + amps
            line += wrap(compose(kind, HEARTBEAT, *ids, payload=payload, length=16))
            line += b"\xfc"
    return bytes(line)


def decode_frames_per_s() -> float:
    """Return the number of frames decoded in a second of processor time."""
    portions = [bytes(portion) for portion in batched(_beats(_FRAMES), _PORTION)]
    decoder = Decoder()
    began = process_time()
    for portion in portions:
        decoder.feed(portion)
    took = process_time() - began
    assert decoder.counts.frames == _FRAMES
    return _FRAMES / took
