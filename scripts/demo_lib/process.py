"""The Home Assistant of the demo, as a separate process.

Its start, its end and its output. It has its own process group, so that Ctrl-C in the terminal only reaches the demo,
which then stops it gracefully.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import os
from pathlib import Path
import re
import signal
from typing import Final, Self

from .errors import DemoError
from .folder import Folder
from .plan import DOMAIN

_CHILD: Final = Path(__file__).with_name("child.py")
# The exit code of Home Assistant for a restart.
_RESTART: Final = 100
_STOP_S: Final = 20.0
_TAIL_LINES: Final = 25
# A record begins at a line with a date and a time.
_RECORD: Final = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
_COMPLAINT: Final = re.compile(r"\S+ \S+ (?:WARNING|ERROR|CRITICAL) ")
# The warning that a custom integration was not tested by Home Assistant.
_LOADER: Final = "[homeassistant.loader]"


class HomeAssistantProcess:
    """A Home Assistant in a folder."""

    def __init__(self, folder: Folder, lock: int) -> None:
        """Prepare; it holds on to the folder's lock as long as it runs."""
        self._folder = folder
        self._lock = lock
        self._process: asyncio.subprocess.Process | None = None
        self._away_s: float | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        self._folder.output.write_bytes(b"")
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it and all its processes."""
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        self._signal(signal.SIGKILL)
        await process.wait()

    async def watch(self) -> None:
        """Start it again after a restart; raise DemoError if it ends otherwise."""
        while True:
            assert self._process is not None
            code = await self._process.wait()
            if self._away_s is not None:
                away_s, self._away_s = self._away_s, None
                await asyncio.sleep(away_s)
            elif code != _RESTART:
                msg = (
                    f"Home Assistant ended with code {code}. It said:\n\n{self.tail()}"
                )
                raise DemoError(msg)
            await self._start()

    def kill(self, away_s: float) -> None:
        """Kill it and start it again after a while, in s."""
        self._away_s = away_s
        self._signal(signal.SIGKILL)

    def records(self) -> list[str]:
        """Return what it logged since the demo began; a record has its traceback with it."""
        return [record.strip() for record in _RECORD.split(self._said())]

    def complaints(self) -> list[str]:
        """Return the warnings and errors of the integration and about it."""
        return [
            record
            for record in self.records()
            if _COMPLAINT.match(record) and DOMAIN in record and _LOADER not in record
        ]

    def tail(self) -> str:
        """Return the end of its output."""
        return "\n".join(self._said().splitlines()[-_TAIL_LINES:])

    def _said(self) -> str:
        return self._folder.output.read_text(errors="replace")

    async def _start(self) -> None:
        with self._folder.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(self._folder.environment / "bin" / "python"),
                str(_CHILD),
                "--skip-pip",
                "--log-no-color",
                "--config",
                str(self._folder.config),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=_environment(os.environ),
                pass_fds=(self._lock,),
                start_new_session=True,
            )

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to everything that belongs to it."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would change how Home Assistant behaves."""
    strange = ("PYTHON", "HASS", "SUPERVISOR", "SETUP_PORT", "VIRTUAL_ENV")
    kept = {name: value for name, value in ours.items() if not name.startswith(strange)}
    # Its output is captured; a second log would only be confusing.
    return kept | {"HA_DISABLE_LOG_FILE": "1", "PYTHONUNBUFFERED": "1"}
