"""The folder that a demo keeps its state in.

Its layout, its lock and the initial files of Home Assistant. In any folder, the demo only deletes files that it
created itself.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
import fcntl
from importlib.metadata import distributions
import json
import os
from pathlib import Path
import shutil
from string import Template
import tempfile
from typing import Any, Final

from .console import say
from .errors import DemoError
from .net import HOST
from .plan import DOMAIN, HOME

ROOT: Final = Path(__file__).resolve().parents[2]
ENVIRONMENT: Final = ROOT / ".venv-demo"
FLOOR: Final = ROOT / ".venv-floor"
"""The environment of the oldest Home Assistant that the integration runs on."""
INTEGRATION: Final = ROOT / "custom_components" / DOMAIN
_SUN: Final = Path(__file__).with_name("demo_sun")
_CONFIGURATION: Final = Path(__file__).with_name("configuration.yaml")
# To be raised whenever a folder of an older version can no longer be used.
_LAYOUT: Final = 4
# The maximum time in which the Home Assistant of a killed demo stops, in s.
_STILL_STOPPING_S: Final = 30.0
_RETRY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths in a demo's folder.

    Attributes:
        path: the folder.
        environment: the environment of its Home Assistant.
        integration: the files of the integration, which are linked; None if they come otherwise or not at all.
        has_keeper: whether a keeper is between the port and Home Assistant.
        has_two_lines: whether there is a second line with a port of its own.

    """

    path: Path
    environment: Path = ENVIRONMENT
    integration: Path | None = INTEGRATION
    has_keeper: bool = False
    has_two_lines: bool = False

    @property
    def lock(self) -> Path:
        """Locked while a demo runs here; also the mark that the folder is a demo's."""
        return self.path / "demo.lock"

    @property
    def child_lock(self) -> Path:
        """Locked while the demo's Home Assistant runs here."""
        return self.path / "homeassistant.lock"

    @property
    def config(self) -> Path:
        """Home Assistant's own folder."""
        return self.path / "homeassistant"

    @property
    def port(self) -> Path:
        """The simulated serial port, a link to a pty."""
        return self.path / "rs485"

    @property
    def second_port(self) -> Path:
        """The simulated serial port of the second line."""
        return self.path / "rs485-2"

    @property
    def ports(self) -> Sequence[Path]:
        """The simulated serial port of each line."""
        return (self.port, self.second_port) if self.has_two_lines else (self.port,)

    @property
    def memory(self) -> Path:
        """What the simulated connectors and the made-up account remember."""
        return self.path / "world.json"

    @property
    def keeper_state(self) -> Path:
        """The folder in which the keeper keeps its key, and what Home Assistant leaves with it."""
        return self.path / "keeper"

    @property
    def output(self) -> Path:
        """The output of Home Assistant since its start."""
        return self.path / "homeassistant.log"

    @property
    def stamp(self) -> Path:
        """What the state was made for; there when it is complete."""
        return self.path / "made-for.json"

    @property
    def complete(self) -> bool:
        """Whether an earlier demo finished setting up here, and its state can be used again."""
        try:
            made_for = json.loads(self.stamp.read_text())
        except OSError, ValueError:
            return False
        return bool(made_for == self._wanted())

    def finish(self) -> None:
        """Record that the state is complete."""
        self.stamp.write_text(json.dumps(self._wanted()))

    def clear(self) -> None:
        """Delete the state."""
        for folder in (self.config, self.keeper_state):
            shutil.rmtree(folder, ignore_errors=True)
        ports = (self.port, self.second_port)
        for file in (self.stamp, *ports, self.memory, self.output):
            file.unlink(missing_ok=True)

    def prepare(self, port: int) -> None:
        """Write the files that Home Assistant needs at its start."""
        storage = self.config / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        template = Template(_CONFIGURATION.read_text())
        configuration = template.substitute(
            time_zone=time_zone(), latitude=HOME.latitude, longitude=HOME.longitude
        )
        (self.config / "configuration.yaml").write_text(configuration)
        # What a person makes in the automation editor is kept there.
        (self.config / "automations.yaml").touch()
        if self.integration is not None:
            _link(self.config / "custom_components" / DOMAIN, self.integration)
        _link(self.config / "custom_components" / _SUN.name, _SUN)
        # Where to listen is no matter of configuration.yaml any more: since 2026.8 Home Assistant
        # takes that only on trial and after 5 minutes starts again on all interfaces. It adds
        # what is missing to this first version of the file.
        _store(storage / "http", 1, {"server_host": [HOST], "server_port": port})
        if not self.complete:
            # This step would add integrations that reach for the internet (weather, radio).
            _store(storage / "onboarding", 4, {"done": ["core_config"]})

    def _wanted(self) -> dict[str, Any]:
        # The config entry knows the port by its full path.
        return {
            "layout": _LAYOUT,
            "folder": str(self.path),
            "has_keeper": self.has_keeper,
            "has_two_lines": self.has_two_lines,
            "homeassistant": _home_assistant_version(self.environment),
        }


def _home_assistant_version(environment: Path) -> str:
    """Return the version that will run, which is not of the environment that this code runs in."""
    path = [str(found) for found in environment.glob("lib/python3*/site-packages")]
    found = next(iter(distributions(name="homeassistant", path=path)), None)
    if found is None:
        name = environment.name.removeprefix(".venv-")
        msg = f"there is no Home Assistant in {environment.name}: scripts/setup {name}"
        raise DemoError(msg)
    return found.version


def _store(file: Path, number: int, data: dict[str, Any]) -> None:
    """Write a file as Home Assistant's own storage does."""
    content = {"version": number, "minor_version": 1, "key": file.name, "data": data}
    file.write_text(json.dumps(content))


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def time_zone() -> str:
    """Return the name of the demo's time zone: the one in TZ, or that of the machine."""
    zone = os.environ.get("TZ", "").removeprefix(":")
    _, _, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    for candidate in (zone, name.removeprefix("posix/")):
        if candidate and (Path("/usr/share/zoneinfo") / candidate).is_file():
            return candidate
    return "UTC"


@contextmanager
def temporary_folder(
    environment: Path = ENVIRONMENT,
    integration: Path | None = INTEGRATION,
    *,
    has_keeper: bool = False,
    has_two_lines: bool = False,
) -> Iterator[Folder]:
    """Create a folder that is deleted afterwards."""
    with tempfile.TemporaryDirectory(
        prefix="twc-manager-demo-", ignore_cleanup_errors=True
    ) as path:
        yield Folder(
            Path(path).resolve(), environment, integration, has_keeper, has_two_lines
        )


@contextmanager
def copied_integration() -> Iterator[Path]:
    """Create a copy of the integration's files that may be changed, and is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="twc-manager-files-") as path:
        copy = Path(path).resolve() / DOMAIN
        shutil.copytree(INTEGRATION, copy, ignore=shutil.ignore_patterns("__pycache__"))
        yield copy


@asynccontextmanager
async def occupied(folder: Folder, url: str) -> AsyncIterator[int]:
    """Have a folder for ourselves; yields a lock's descriptor, for Home Assistant to hold on to.

    There are two locks, because a killed demo is gone at once, but its Home Assistant takes a
    moment to notice and to stop.
    """
    _make(folder)
    with _open(folder.lock) as lock, _open(folder.child_lock) as child_lock:
        if not _try_lock(lock):
            raise DemoError(_already_running(folder))
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)
        await _wait_for_lock(child_lock)
        yield child_lock


def _make(folder: Folder) -> None:
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        strange = not folder.lock.exists() and any(folder.path.iterdir())
    except OSError as error:
        msg = f"{folder.path} cannot be used: {error.strerror}"
        raise DemoError(msg) from error
    if strange:
        msg = f"{folder.path} has other files in it. Name a new or empty folder: --dir DIR"
        raise DemoError(msg)


@contextmanager
def _open(file: Path) -> Iterator[int]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _wait_for_lock(descriptor: int) -> None:
    """Wait until the processes of a killed demo have ended."""
    if _try_lock(descriptor):
        return
    say("Waiting for the Home Assistant of a killed demo to stop ...")
    try:
        async with asyncio.timeout(_STILL_STOPPING_S):
            while not _try_lock(descriptor):
                await asyncio.sleep(_RETRY_S)
    except TimeoutError as error:
        msg = "the Home Assistant of a killed demo does not stop. Use another folder: --dir DIR"
        raise DemoError(msg) from error


def _already_running(folder: Folder) -> str:
    owner: dict[str, Any] = {}
    with suppress(OSError, ValueError):
        owner = json.loads(folder.lock.read_text())
    return (
        f"a demo is already running in {folder.path} (process {owner.get('pid')}, "
        f"{owner.get('url')}). Stop it with Ctrl-C in its terminal, or use another folder: "
        "--dir DIR"
    )
