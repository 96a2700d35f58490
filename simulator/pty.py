"""A port on a real pseudo terminal, for a master that opens a device path.

Owns the pty and the link to it. Bytes a master writes go onto the simulated bus, bytes on the bus
come out of the pty, unless nobody has it open: then they are lost, as with a real adapter.
"""

import asyncio
import errno
import os
from pathlib import Path
import select
import tty
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .bus import Bus, PortHandle

# How often to look whether someone opened the pty; the kernel tells only who closes it.
_LOOK_S: Final = 0.05
_READ_BYTES: Final = 1024


class PtyPort:
    """A serial port that any program on this machine can open."""

    def __init__(self, bus: Bus, link: Path | None = None) -> None:
        """Make the pty; `link` is a fixed path that leads to it, also after a replug."""
        self._bus = bus
        self._link = link
        self._master: int | None = None
        self._path: Path | None = None
        self._handle: PortHandle | None = None
        self._look_timer: asyncio.TimerHandle | None = None
        self._reading = False
        self.replug()

    @property
    def path(self) -> Path:
        """The path to open: the link if there is one."""
        if self._link is not None:
            return self._link
        if self._path is None:
            msg = "the port is unplugged"
            raise FileNotFoundError(errno.ENOENT, msg)
        return self._path

    @property
    def plugged(self) -> bool:
        """Whether there is a pty now."""
        return self._master is not None

    @property
    def is_open(self) -> bool:
        """Whether some program has it open."""
        if self._master is None:
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        return not any(events & select.POLLHUP for _, events in poll.poll(0))

    def replug(self) -> None:
        """Put the adapter back: a new pty under the same link."""
        if self._master is not None:
            return
        self._master, other = os.openpty()
        tty.setraw(other)
        self._path = Path(os.ttyname(other))
        # Only a side that was open and closed again shows as hung up, which is how to see who is.
        os.close(other)
        os.set_blocking(self._master, False)
        self._make_link(self._path)
        self._handle = self._bus.attach(self._send_out, "pty")
        self._look()

    def unplug(self) -> None:
        """Pull the adapter out: whoever has it open gets an error, and the link is gone."""
        if self._master is None:
            return
        self._stop_reading()
        if self._look_timer is not None:
            self._look_timer.cancel()
            self._look_timer = None
        if self._handle is not None:
            self._handle.detach()
            self._handle = None
        os.close(self._master)
        self._master = self._path = None
        if self._link is not None:
            self._link.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the port for good."""
        self.unplug()

    def _make_link(self, target: Path) -> None:
        """Lead the link to the pty; never take a name that is not a link already."""
        if self._link is None:
            return
        self._link.parent.mkdir(parents=True, exist_ok=True)
        if self._link.is_symlink():
            self._link.unlink()
        self._link.symlink_to(target)

    def _look(self) -> None:
        """Begin to read once someone has opened the pty."""
        self._look_timer = None
        if self._master is None:
            return
        if self.is_open:
            self._reading = True
            self._bus.loop.add_reader(self._master, self._read)
        else:
            self._look_timer = self._bus.loop.call_later(_LOOK_S, self._look)

    def _read(self) -> None:
        """Put on the bus what was written to the pty; wait for the next one when it is closed."""
        if self._master is None:
            return
        try:
            data = os.read(self._master, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data and self._handle is not None:
            self._handle.write(data)
        elif not data:
            self._stop_reading()
            self._look()

    def _stop_reading(self) -> None:
        if self._reading and self._master is not None:
            self._bus.loop.remove_reader(self._master)
        self._reading = False

    def _send_out(self, data: bytes) -> None:
        """Hand bytes off the bus to whoever has the pty open; a full buffer loses them."""
        if self._master is None or not self.is_open:
            return
        try:
            os.write(self._master, data)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EIO):
                raise
