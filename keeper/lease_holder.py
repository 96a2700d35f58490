"""The lease that holds, and its file.

It survives a restart of the program with what was left of its time. After a restart of the computer it is not known how
long the power was off: then no connector has more by it than without a lease, and what was stopped stays stopped.
Written in full beside the file and then renamed, on another thread: a memory card may need seconds for it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import json
import logging
import os
from pathlib import Path
from typing import Any, Final

from custom_components.twc_manager.twc.lease import MAX_LEASE_SECONDS, Lease, number_in
from custom_components.twc_manager.twc.lease_link import MAX_LINE, decode_line

from .clock import Moment, present_moment

_LOGGER = logging.getLogger(__name__)

_FILE: Final = "lease.json"
_MAX_BYTES: Final = MAX_LINE + 1
_MAX_TIME: Final = 1e11
REFRESH_SECONDS: Final = 900.0
"""An unchanged lease is written so often, for the time that is left of it: memory cards wear."""


@dataclass(frozen=True, slots=True)
class StoredLease:
    """A lease from the disk.

    Attributes:
        lease: the lease.
        left: the maximum of its time that is left, in s.
        is_exact: whether exactly that is left; if not, it may have been over for long.

    """

    lease: Lease
    left: float
    is_exact: bool

    def without_raises(self, fallback_amps: float) -> Lease:
        """Return the lease to apply: if it may be over, no connector has more than `fallback_amps`."""
        if self.is_exact:
            return self.lease
        lowered = (
            replace(item, amps=min(item.amps, fallback_amps))
            for item in self.lease.connectors
        )
        return replace(self.lease, connectors=tuple(lowered))


class LeaseFile:
    """The lease on the disk."""

    def __init__(
        self, folder: Path, clock: Callable[[], Moment] = present_moment
    ) -> None:
        """Prepare.

        Args:
            folder: where state is kept.
            clock: returns the present moment.

        """
        self._path = folder / _FILE
        self._clock = clock

    def read(self) -> StoredLease | None:
        """Return the lease; None if it cannot be read, or is over."""
        try:
            with self._path.open("rb") as file:
                data = decode_line(file.read(_MAX_BYTES))
            lease, written = Lease.from_dict(data), _moment_in(data)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, AttributeError) as err:
            _LOGGER.warning("The stored lease cannot be read: %s", err)
            return None
        now = self._clock()
        left = lease.seconds - now.seconds_since(written)
        is_exact = now.is_of_same_boot(written)
        return StoredLease(lease, left, is_exact) if left > 0 else None

    def write(self, lease: Lease | None) -> None:
        """Write the lease, or that there is none; errors are logged."""
        try:
            if lease is None:
                self._path.unlink(missing_ok=True)
            else:
                self._replace({**lease.as_dict(), **self._clock()._asdict()})
        except OSError as err:
            _LOGGER.warning("The lease cannot be stored: %s", err)

    def _replace(self, data: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="ascii") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


def _moment_in(data: Mapping[str, Any]) -> Moment:
    """Return when a lease was written; raises ValueError if that is unknown."""
    wall, uptime = (number_in(data, key, _MAX_TIME) for key in ("wall", "uptime"))
    return Moment(wall, str(data.get("boot", "")), uptime)


class LeaseHolder:
    """The lease that holds now. Times are in s of the event loop's clock."""

    def __init__(self, file: LeaseFile, now: float, fallback_amps: float) -> None:
        """Continue with the lease on the disk, if there is one.

        Args:
            file: where it is.
            now: the time.
            fallback_amps: what a connector may have without a lease.

        """
        self._file = file
        self._lease: Lease | None = None
        self._until = 0.0
        self._written_at = now
        self._writing: asyncio.Task[None] | None = None
        self._dirty = False
        if (stored := file.read()) is not None:
            self._lease = stored.without_raises(fallback_amps)
            self._until = now + min(stored.left, MAX_LEASE_SECONDS)

    @property
    def until(self) -> float:
        """Return until when the lease holds."""
        return self._until

    def current(self, now: float) -> Lease | None:
        """Return the lease that holds; None without one, or once it is over."""
        return self._lease if now < self._until else None

    @property
    def master_id(self) -> int | None:
        """Return the id of Home Assistant's master, also of a lease that is over."""
        return None if self._lease is None else self._lease.master_id

    def take(self, lease: Lease, now: float) -> None:
        """Take a new lease, which replaces the one before."""
        is_due = now - self._written_at >= REFRESH_SECONDS
        is_new = lease != self.current(now)
        self._lease, self._until = lease, now + lease.seconds
        if is_new or is_due:
            self._save(now)

    def end(self, now: float) -> None:
        """End the lease."""
        self._until = now
        self._save(now)

    async def close(self) -> None:
        """Wait until everything is written."""
        if self._writing is not None:
            await self._writing

    def _save(self, now: float) -> None:
        self._written_at = now
        self._dirty = True
        if self._writing is None:
            loop = asyncio.get_running_loop()
            self._writing = loop.create_task(self._write())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._dirty:
            self._dirty = False
            lease = self.current(loop.time())
            await loop.run_in_executor(None, self._file.write, lease)
        self._writing = None
