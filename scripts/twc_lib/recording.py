"""Recordings: files of the bytes on a bus, ours and those that owners publish.

A recording of ours is text. Its first line is `HEADER`; a `#` begins a comment; every other line has the
seconds since the start and the bytes that came in until then, in hex:

    # twc recording 1
    0.104 C0 FD E2 03 2E 39 1F 40 00 00 00 00 00 00 AB C0 FC

Without that header a line may also be the body of one frame, without markers, with its checksum and not
escaped, which is how owners publish frames; a `|` begins a remark. A line of the frames in the diagnostics of
the integration can be read as well, such as `12.345 heard fd e0 ...`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
import re
import stat
import sys
from typing import BinaryIO, Final, NamedTuple, TextIO

from custom_components.twc_manager.twc.frame import LENGTHS, MARKER, checksum

from .errors import ToolError, file_error, printable, shown
from .privacy import IdentityFilter

HEADER: Final = "# twc recording 1"
STANDARD_INPUT: Final = "-"
_MAX_LINE_BYTES: Final = 100_000
_MARKER: Final = bytes([MARKER])
_ESCAPES: Final = ((b"\xdb", b"\xdb\xdd"), (_MARKER, b"\xdb\xdc"))
_LINE: Final = re.compile(
    r"(?:(?P<time>\d{1,9}\.\d{1,9})\s+)?(?:(?P<logged>sent|heard)\s+)?(?P<hex>.*)"
)
_BETWEEN: Final = re.compile(r"0[xX]|[,:\-]")
_REDACTED: Final = "(redacted)"


class Portion(NamedTuple):
    """Bytes that came in, and when: in s since the start, None if the file has no time."""

    time: float | None
    data: bytes


class Recorder:
    """Writes a recording."""

    def __init__(
        self,
        stream: TextIO,
        started: datetime,
        *,
        show_identity: bool = False,
        remarks: tuple[str, ...] = (),
    ) -> None:
        """Write the header. Without `show_identity` identities of cars and connectors are replaced by X."""
        self._stream = stream
        self._filter = None if show_identity else IdentityFilter()
        self._last = 0.0
        identity = "shown" if show_identity else "X in place of them"
        print(HEADER, file=stream)
        print(f"# started {started.isoformat(timespec='seconds')}", file=stream)
        print(f"# serial numbers and VINs: {identity}", file=stream)
        for remark in remarks:
            print(f"# {remark}", file=stream)
        print("# seconds and bytes", file=stream, flush=True)

    def take(self, data: bytes, time: float) -> None:
        """Write bytes that came in `time` s after the start."""
        self._last = time
        self._write(self._filter.feed(data, time) if self._filter else data)

    def finish(self) -> None:
        """Write what is still held back."""
        if self._filter is not None:
            self._write(self._filter.flush())

    def _write(self, data: bytes) -> None:
        if data:
            text = f"{self._last:.3f} {data.hex(' ').upper()}"
            print(text, file=self._stream, flush=True)


@contextmanager
def new_file(name: str, *, replace: bool) -> Iterator[TextIO]:
    """Open a file for a new recording.

    Raises:
        ToolError: if it cannot be written, is no regular file, or has contents that must not be replaced.

    """
    path = Path(name)
    try:
        found = path.stat() if path.exists() else None
        if found is not None and not stat.S_ISREG(found.st_mode):
            raise ToolError(f"{shown(name)} is no file to record into.")
        if found is not None and found.st_size and not replace:
            raise ToolError(f"{shown(name)} exists already; --force records over it.")
        stream = path.open("w", encoding="utf-8")
    except OSError as err:
        raise file_error(name, err) from err
    except ValueError as err:
        raise ToolError(f"{shown(name)} cannot be the name of a file.") from err
    with stream:
        yield stream


def read(name: str) -> Iterator[Portion]:
    """Read a file of one of the kinds above, line by line; `-` is the standard input.

    Raises:
        ToolError: if it cannot be read, or is of no such kind.

    """
    try:
        if name == STANDARD_INPUT:
            yield from _read(sys.stdin.buffer, "standard input")
            return
        with Path(name).open("rb") as stream:
            if stream.isatty():
                raise ToolError(f"{shown(name)} is no file; 'listen' is for ports.")
            yield from _read(stream, shown(name))
    except OSError as err:
        raise file_error(name, err) from err
    except ValueError as err:
        raise ToolError(f"{shown(name)} cannot be the name of a file.") from err


class _Line(NamedTuple):
    """The content of a line."""

    time: float | None
    data: bytes
    from_log: bool
    """Whether it names the direction, as the frames in the diagnostics do."""


def _read(stream: BinaryIO, name: str) -> Iterator[Portion]:
    ours = False
    found = False
    bodies = _Bodies()
    for number, text in enumerate(_lines(stream, name), 1):
        ours = ours or (number == 1 and text.strip() == HEADER)
        line = _parse(text, f"{name}, line {number}")
        if line is None:
            continue
        found = True
        yield Portion(line.time, line.data if ours else bodies.as_stream(line))
    if not (found or ours):
        raise ToolError(f"{name} holds no bytes of a bus.")


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Return the lines of a text file; the file may be of any kind and size."""
    encoding = "utf-8-sig"
    while line := stream.readline(_MAX_LINE_BYTES):
        if len(line) == _MAX_LINE_BYTES or b"\0" in line:
            raise ToolError(f"{name} is not a text file.")
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            raise ToolError(f"{name} is not a text file.") from None
        encoding = "utf-8"
        yield text


def _parse(line: str, place: str) -> _Line | None:
    """Return the content of a line; None if it has none."""
    text = line.partition("#")[0].partition("|")[0].strip(' \t\r\n",')
    if not text or text.endswith(_REDACTED):
        return None
    match = _LINE.fullmatch(text)
    try:
        data = bytes.fromhex(_BETWEEN.sub(" ", match["hex"])) if match else b""
    except ValueError:
        data = b""
    if match is None or not data:
        raise ToolError(f"{place}: '{printable(text[:40])}' is not hex.")
    time = float(match["time"]) if match["time"] else None
    if match["logged"]:
        return _Line(time, data + bytes([checksum(data)]), from_log=True)
    return _Line(time, data, from_log=False)


class _Bodies:
    """Distinguishes lines with the body of one frame from lines with a part of a stream."""

    def __init__(self) -> None:
        """Start between frames."""
        self._is_cut = False

    def as_stream(self, line: _Line) -> bytes:
        """Return the bytes as they were on the bus: a body gets its markers and escapes."""
        data = line.data
        alone = MARKER not in data and data[0] in LENGTHS
        if line.from_log or (alone and not self._is_cut):
            for plain, escaped in _ESCAPES:
                data = data.replace(plain, escaped)
            data = _MARKER + data + _MARKER
        # More than a tail byte after the last marker: the next line continues a frame.
        self._is_cut = len(data) - data.rfind(_MARKER) > 2
        return data
