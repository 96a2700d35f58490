"""One input of the fuzzer, fed to the decoder and compared with the simulator's decoding.

The simulator's codec shares nothing with the integration's: both were written from docs/protocol.md. If
only one of them accepts a frame, one of them is wrong.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from custom_components.twc_manager.twc import frame, messages
from simulator import codec

MAX_INPUT: Final = 128
"""Bytes of an input: room for four frames."""
_MAX_EXAMPLES: Final = 5
_MAX_HELD: Final = 64
"""The maximum number of bytes that a decoder may buffer."""
_PORTIONS: Final = (MAX_INPUT, MAX_INPUT, 40, 40, 18, 7, 3, 1)
"""The numbers of bytes that arrive at a time."""
_FRAME: Final = 0x80
_KINDS: Final = (codec.ANSWER, codec.ASK, codec.ANNOUNCE)
_LENGTHS: Final = {
    codec.ANSWER: codec.LENGTHS,
    codec.ASK: (13, 14, 15, 16),
    codec.ANNOUNCE: (13, 14, 15, 16),
}


@dataclass(slots=True)
class Findings:
    """The findings of some inputs.

    Attributes:
        inputs: the number of inputs.
        accepted_frames: the number of frames that the decoder accepted.
        unknown_frames: the number of these without a meaning for the parser.
        wrong_accepts: the number of frames that the decoder should not have accepted.
        missed_frames: the number of frames that it should have accepted.
        exceptions: the number of inputs that caused an exception.
        peak_buffer: the maximum number of bytes that a decoder buffered.
        examples: the first inputs with a finding, in hex, and the finding.

    """

    inputs: int = 0
    accepted_frames: int = 0
    unknown_frames: int = 0
    wrong_accepts: int = 0
    missed_frames: int = 0
    exceptions: int = 0
    peak_buffer: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def all_is_well(self) -> bool:
        """Return whether there are no findings."""
        wrong = self.wrong_accepts + self.missed_frames + self.exceptions
        return not wrong and self.peak_buffer <= _MAX_HELD

    def add(self, other: Findings) -> None:
        """Add the findings of other inputs."""
        self.inputs += other.inputs
        self.accepted_frames += other.accepted_frames
        self.unknown_frames += other.unknown_frames
        self.wrong_accepts += other.wrong_accepts
        self.missed_frames += other.missed_frames
        self.exceptions += other.exceptions
        self.peak_buffer = max(self.peak_buffer, other.peak_buffer)
        self.examples = (self.examples + other.examples)[:_MAX_EXAMPLES]

    def as_dict(self) -> dict[str, Any]:
        """Return the findings for JSON."""
        return asdict(self)


class Target:
    """Feeds inputs and collects the findings.

    The first byte of an input says what becomes of the rest: bytes on the line, in how many portions; or what a
    frame says, which gets the length and checksum that make it right, since chance seldom does. The bytes go to
    decoders that never start anew, as on a bus.
    """

    def __init__(self) -> None:
        """Start without inputs."""
        self.findings = Findings()
        self._decoder = frame.Decoder()
        self._judge = codec.Decoder()

    def feed(self, data: bytes) -> None:
        """Feed one input."""
        self.findings.inputs += 1
        try:
            self._feed(data)
        except Exception as err:  # noqa: BLE001
            self.findings.exceptions += 1
            self._keep(data, repr(err))
            # Their buffers may differ now.
            self._decoder, self._judge = frame.Decoder(), codec.Decoder()

    def _feed(self, data: bytes) -> None:
        for portion in _portions(data):
            taken = self._decoder.feed(portion)
            right = [item.body for item in self._judge.feed(portion)]
            self._compare(data, taken, right)
            self._look_at_memory()
            for body in taken:
                message = messages.parse(body)
                self.findings.unknown_frames += isinstance(message, messages.Unknown)

    def _compare(self, data: bytes, taken: list[bytes], right: list[bytes]) -> None:
        self.findings.accepted_frames += len(taken)
        if [body[:-1] for body in taken] == right and all(
            codec.checksum(body[:-1]) == body[-1] for body in taken
        ):
            return
        wrong = [
            body
            for body in taken
            if body[:-1] not in right or codec.checksum(body[:-1]) != body[-1]
        ]
        self.findings.wrong_accepts += len(wrong)
        self.findings.missed_frames += max(len(right) - len(taken) + len(wrong), 0)
        self._keep(data, f"taken {taken}, right were {right}")

    def _look_at_memory(self) -> None:
        # The buffer is private.
        held = len(self._decoder._partial)  # noqa: SLF001
        self.findings.peak_buffer = max(self.findings.peak_buffer, held)

    def _keep(self, data: bytes, what: str) -> None:
        if len(self.findings.examples) < _MAX_EXAMPLES:
            self.findings.examples.append(f"{data.hex()}: {what}")


def _portions(data: bytes) -> Iterator[bytes]:
    """Return the portions in which the bytes of an input arrive."""
    if not data:
        return
    how, rest = data[0], data[1:]
    if how & _FRAME:
        yield codec.wrap(_valid_body(how, rest))
        return
    size = _PORTIONS[how % len(_PORTIONS)]
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def _valid_body(how: int, data: bytes) -> bytes:
    """Return a body with `data`, of the type and length that `how` selects, with its checksum."""
    kind = _KINDS[how % len(_KINDS)]
    lengths = _LENGTHS[kind]
    length = lengths[(how >> 2) % len(lengths)]
    body = (bytes([kind]) + data)[: length - 1].ljust(length - 1, b"\0")
    return body + bytes([codec.checksum(body)])
