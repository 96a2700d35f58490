"""A port on a real pseudo terminal, for a master that opens a device path.

Bytes that a master writes are sent on the simulated bus, and bytes on the bus can be read from the pty. While it is
not open they are lost, as with a real adapter.
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

# The interval of checks whether the pty was opened, in s; the kernel only reports that it was closed.
_LOOK_S: Final = 0.05
_READ_BYTES: Final = 1024


class PtyPort:
    """A serial port that any program on this machine can open."""

    def __init__(self, bus: Bus, link: Path | None = None) -> None:
        """Create the pty; `link` is a fixed path that leads to it, even after the adapter was plugged in again."""
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
        """The path to open: the link, if there is one."""
        if self._link is not None:
            return self._link
        if self._path is None:
            msg = "the port is unplugged"
            raise FileNotFoundError(errno.ENOENT, msg)
        return self._path

    @property
    def plugged(self) -> bool:
        """Whether the pty exists now."""
        return self._master is not None

    @property
    def is_open(self) -> bool:
        """Whether a program has opened it."""
        if self._master is None:
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        return not any(events & select.POLLHUP for _, events in poll.poll(0))

    def replug(self) -> None:
        """Plug the adapter in again: a new pty with the same link."""
        if self._master is not None:
            return
        self._master, other = os.openpty()
        tty.setraw(other)
        self._path = Path(os.ttyname(other))
        # Only a pty that was opened and closed reports a hangup, which `is_open` needs to detect an open one.
        os.close(other)
        os.set_blocking(self._master, False)
        self._make_link(self._path)
        self._handle = self._bus.attach(self._send_out, "pty")
        self._look()

    def unplug(self) -> None:
        """Unplug the adapter: a program that has opened it gets an error, and the link is removed."""
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
        """Remove the port permanently."""
        self.unplug()

    def _make_link(self, target: Path) -> None:
        """Point the link to the pty; never replace anything that is not a link."""
        if self._link is None:
            return
        self._link.parent.mkdir(parents=True, exist_ok=True)
        if self._link.is_symlink():
            self._link.unlink()
        self._link.symlink_to(target)

    def _look(self) -> None:
        """Start to read once the pty is open."""
        self._look_timer = None
        if self._master is None:
            return
        if self.is_open:
            self._reading = True
            self._bus.loop.add_reader(self._master, self._read)
        else:
            self._look_timer = self._bus.loop.call_later(_LOOK_S, self._look)

    def _read(self) -> None:
        """Send bytes written to the pty on the bus; when it is closed, wait until it is opened again."""
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
        """Write bytes from the bus to the pty; they are lost if its buffer is full."""
        if self._master is None or not self.is_open:
            return
        try:
            os.write(self._master, data)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EIO):
                raise
