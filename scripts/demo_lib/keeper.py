"""The keeper of the demo, as a separate process between the simulated port and Home Assistant."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import os
import sys
from typing import Any, Final, Self

from .errors import DemoError
from .folder import ROOT, Folder
from .net import HOST, free_pair
from .plan import MAX_CURRENT, WIRING

_UP_WITHIN_S: Final = 20.0
_STOP_S: Final = 5.0
_LOOK_S: Final = 0.1


class KeeperProcess:
    """A keeper that owns the port of a folder."""

    def __init__(self, folder: Folder) -> None:
        """Prepare; the TCP port is the same one for a folder, since the config entry knows it."""
        self._folder = folder
        self._port = _port_of(folder)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def answers(self) -> Mapping[str, Any]:
        """Return the answers to the config flow."""
        key = (self._folder.keeper_state / "key").read_text("ascii").strip()
        device = f"socket://{HOST}:{self._port}"
        return {"device": device, "keeper_key": key, **WIRING}

    async def __aenter__(self) -> Self:
        """Start it and wait until it serves."""
        with (self._folder.path / "keeper.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "keeper", str(self._folder.port)),
                *("--limit", str(MAX_CURRENT), "--state"),
                *(str(self._folder.keeper_state), "--listen", HOST),
                *("--tcp-port", str(self._port)),
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal only reaches the demo.
                start_new_session=True,
            )
        await self._wait_until_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _wait_until_up(self) -> None:
        try:
            async with asyncio.timeout(_UP_WITHIN_S):
                while not await self._serves():
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            msg = f"the keeper did not start; see {self._folder.path / 'keeper.log'}"
            raise DemoError(msg) from error

    async def _serves(self) -> bool:
        """Return whether it greets on the control connection."""
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, self._port + 1)
            writer.close()
            return True
        return False


def _port_of(folder: Folder) -> int:
    file = folder.keeper_state / "tcp-port"
    with suppress(OSError, ValueError):
        return int(file.read_text("ascii"))
    file.parent.mkdir(parents=True, exist_ok=True)
    port = free_pair()
    file.write_text(str(port), "ascii")
    return port
