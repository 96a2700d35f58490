"""An event loop on virtual time, so that hours of charging run in milliseconds.

Whenever nothing is ready, `VirtualTimeLoop` moves its clock to the next timer instead of waiting for it. Real file
descriptors (a pty, a socket) still work: they are polled before each jump.
"""

import asyncio
from collections.abc import Callable, Coroutine
import os
import pty
import select
import selectors
from socket import AF_UNIX, SO_ACCEPTCONN, SOL_SOCKET, socket
import stat
import tty
from typing import Any, Final, override

# Bytes written to a pty reach its other end through a kernel worker, a little later; those of a connection, too.
_GRACE_S: Final = 0.000_5
# No kernel worker waits longer for a processor, on whatever machine.
_FENCE_S: Final = 5.0
# Without timers and ready callbacks only another thread or process can cause an event.
_STUCK_S: Final = 10.0
# Without a file descriptor that can be late, calls of threads are polled only this often.
_POLL_EVERY: Final = 50


def _can_be_late(fd: int) -> bool:
    """Return whether the kernel may deliver written bytes late.

    True for a pty, a pipe or a connection; False for the loop's own pair of sockets, an inotify or a listening socket.
    """
    mode = os.fstat(fd).st_mode
    if not stat.S_ISSOCK(mode):
        return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)
    inspected = socket(fileno=fd)
    try:
        return inspected.family != AF_UNIX and not inspected.getsockopt(
            SOL_SOCKET, SO_ACCEPTCONN
        )
    finally:
        inspected.detach()


class PtyFence:
    """Waits until kernel workers have delivered what was written to ptys before.

    They work through a queue: once a byte has passed through a pty of our own, those written earlier are delivered,
    however busy the machine is.
    """

    def __init__(self) -> None:
        """Open the pty."""
        self._near, self._far = pty.openpty()
        tty.setraw(self._far)

    def wait(self) -> None:
        """Wait, in real time."""
        os.write(self._near, b".")
        if select.select([self._far], [], [], _FENCE_S)[0]:
            os.read(self._far, 1)

    def close(self) -> None:
        """Close the pty."""
        os.close(self._near)
        os.close(self._far)


class JumpingSelector(selectors.DefaultSelector):
    """A selector that moves a clock forward instead of waiting."""

    def __init__(self) -> None:
        """Start at a time that is neither 0 nor a likely constant."""
        super().__init__()
        self.now = 1_000.0
        self.threads = 0
        self._skipped = 0
        self._late: set[int] = set()
        self._fence: PtyFence | None = None

    @override
    def close(self) -> None:
        """Close the selector."""
        super().close()
        if self._fence is not None:
            self._fence.close()

    @override
    def register(
        self, fileobj: Any, events: int, data: Any = None
    ) -> selectors.SelectorKey:
        """Register a file descriptor."""
        key = super().register(fileobj, events, data)
        if _can_be_late(key.fd):
            self._late.add(key.fd)
            if self._fence is None and os.isatty(key.fd):
                self._fence = PtyFence()
        return key

    @override
    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Unregister a file descriptor."""
        key = super().unregister(fileobj)
        self._late.discard(key.fd)
        return key

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        """Return ready file descriptors, or none after moving the clock by `timeout`."""
        if timeout is not None and timeout <= 0:
            return self._poll(0)
        if timeout is None:
            return self._wait_for_others()
        wait = self._grace()
        while True:
            if self._fence is not None:
                self._fence.wait()
            if ready := self._poll(wait):
                return ready
            if not self.threads:
                self.jump(timeout)
                return []

    def jump(self, seconds: float) -> None:
        """Move the clock."""
        self.now += seconds

    def _poll(self, wait: float) -> list[Any]:
        """Return the ready real file descriptors; polled less often if none can be late."""
        self._skipped += 1
        if wait == 0 and self._skipped < _POLL_EVERY and not self._late:
            return []
        self._skipped = 0
        return list(super().select(wait))

    def _grace(self) -> float:
        """Return the time to wait for the kernel or a thread before a jump, in real seconds."""
        return _GRACE_S if self.threads or self._late else 0

    def _wait_for_others(self) -> list[Any]:
        """Wait in real time, since there is no timer."""
        if ready := list(super().select(_STUCK_S)):
            return ready
        msg = "nothing is left that could ever happen: the program under test waits for ever"
        raise RuntimeError(msg)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio event loop on virtual time."""

    def __init__(self, selector: JumpingSelector | None = None) -> None:
        """Create a loop whose time does not pass while code runs."""
        self._jumping = selector or JumpingSelector()
        super().__init__(self._jumping)

    @override
    def time(self) -> float:
        """Return the virtual time, in s."""
        return self._jumping.now

    @override
    def run_in_executor[*Ts, T](
        self, executor: Any, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run in a thread; the clock does not jump until the thread is done."""
        future = super().run_in_executor(executor, func, *args)
        self._jumping.threads += 1
        future.add_done_callback(self._thread_done)
        return future

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Join the threads; the clock does not jump, or the timeout would expire at once."""
        self._jumping.threads += 1
        try:
            await super().shutdown_default_executor(timeout)
        finally:
            self._jumping.threads -= 1

    def _thread_done(self, _: object) -> None:
        self._jumping.threads -= 1


def run_virtual[T](main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on virtual time, like `asyncio.run`."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
