"""The link to the keeper of one bus: renews the lease for the time without Home Assistant, and reads its status."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Self

from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_KEEPER_KEY, CONF_KEEPER_LIMIT, LOGGER
from ..twc import WiringLimits
from ..twc.lease import KeeperReport, Lease
from ..types import TwcConfigEntry
from .connection import (
    Address,
    KeeperError,
    KeyRefusedError,
    connect_to,
    keeper_address,
    read_report,
)

REFRESH_SECONDS: Final = 60.0
"""How many s pass until a lease is sent again, changed or not."""
RETRY_SECONDS: Final = 5.0
IN_CHARGE_SECONDS: Final = 30.0
"""A keeper in charge counts as standing in if it has received no frame of Home Assistant for this time in s."""


class KeeperStatus(StrEnum):
    """The status of the keeper, as its sensor shows it."""

    READY = "ready"
    """It forwards frames, and would take over."""
    IN_CHARGE = "in_charge"
    """It is the master, since Home Assistant's frames do not reach it."""
    REFUSED = "refused"
    """It has another key."""
    UNREACHABLE = "unreachable"
    """It does not answer."""


class KeeperLink:
    """The link to the keeper of one bus.

    Attributes:
        status: the status of the keeper.
        found: its report from before this bus was set up; None without one.
        total: its own limit for all connectors together, in A; None if it did not report.

    """

    def __init__(self, hass: HomeAssistant, address: Address, key: str) -> None:
        """Prepare."""
        self.status = KeeperStatus.UNREACHABLE
        self.found: KeeperReport | None = None
        self.total: float | None = None
        self._hass = hass
        self._address = address
        self._key = key
        self._changed = asyncio.Event()
        self._lease: Callable[[], Lease | None] = lambda: None
        self._on_report: Callable[[KeeperReport | None], None] = lambda _: None
        self._sent: Lease | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, hass: HomeAssistant, entry: TwcConfigEntry) -> Self | None:
        """Return the link of a bus; None if no keeper was set up for it."""
        address = keeper_address(entry.data[CONF_DEVICE])
        key = entry.data.get(CONF_KEEPER_KEY)
        return None if address is None or not key else cls(hass, address, key)

    async def async_read_report(self, master_id: int) -> None:
        """Read what happened without Home Assistant, before anything is sent to the bus.

        A report about a master with another id proves nothing about the connectors of this one.
        """
        try:
            report = await read_report(self._address, self._key)
        except KeeperError as err:
            LOGGER.debug("The keeper does not report: %s", err)
            return
        self.total = report.total
        self.found = report if report.master_id == master_id else None

    @property
    def is_ready(self) -> bool:
        """Return whether the keeper has a lease, and receives Home Assistant's frames."""
        return self.status is KeeperStatus.READY and self._sent is not None

    @callback
    def async_start(
        self,
        entry: TwcConfigEntry,
        lease: Callable[[], Lease | None],
        on_report: Callable[[KeeperReport | None], None],
    ) -> None:
        """Send leases from now on.

        Args:
            entry: the entry of the bus.
            lease: returns the lease for the time without Home Assistant; None while that is unknown.
            on_report: called with each report, and with None when the keeper does not report.

        """
        self._lease, self._on_report = lease, on_report
        # Home Assistant cancels the task when it stops; the lease has to remain then.
        self._task = entry.async_create_background_task(
            self._hass, self._run(), f"keeper of {entry.title}"
        )

    @callback
    def async_update(self) -> None:
        """Send a new lease if it differs from the last one."""
        if self._lease() not in {None, self._sent}:
            self._changed.set()

    async def async_end(self) -> None:
        """End the lease: the bus was unloaded, so this Home Assistant is no longer responsible for it."""
        if self._task is not None:
            self._task.cancel()
        try:
            async with connect_to(self._address) as client:
                await client.authenticate(self._key)
                await client.end_lease()
        except KeeperError as err:
            LOGGER.debug("The lease could not be ended: %s", err)

    async def _run(self) -> None:
        while True:
            try:
                await self._keep_connection()
            except KeyRefusedError:
                self._set_status(KeeperStatus.REFUSED, None)
            except KeeperError as err:
                LOGGER.debug("The keeper is not reached: %s", err)
                self._set_status(KeeperStatus.UNREACHABLE, None)
            self._sent = None
            await self._wait(RETRY_SECONDS)

    async def _keep_connection(self) -> None:
        """Send leases for as long as the connection lasts."""
        async with connect_to(self._address) as client:
            report = await client.authenticate(self._key)
            while True:
                self._changed.clear()
                if (lease := self._lease()) is not None:
                    report = await client.send_lease(lease)
                    self._sent = lease
                self._set_status(_status_of(report), report)
                await self._wait(REFRESH_SECONDS)
                if lease is None:
                    report = await client.request_report()

    async def _wait(self, seconds: float) -> None:
        """Wait for some s, or until the lease has changed."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def _set_status(self, status: KeeperStatus, report: KeeperReport | None) -> None:
        self.status = status
        self._on_report(report)


def goes_on(link: KeeperLink | None) -> bool:
    """Return whether vehicles continue to charge if Home Assistant stops now."""
    return link is not None and link.is_ready


def limits_with(entry: TwcConfigEntry, limits: WiringLimits) -> WiringLimits:
    """Return the limits of the wiring with the total of the keeper if that is lower, since it drops higher offers."""
    total = min(limits.total, entry.data.get(CONF_KEEPER_LIMIT, limits.total))
    return WiringLimits(total, limits.per_connector)


def _status_of(report: KeeperReport) -> KeeperStatus:
    stands_in = report.in_charge and report.absent_seconds >= IN_CHARGE_SECONDS
    return KeeperStatus.IN_CHARGE if stands_in else KeeperStatus.READY
