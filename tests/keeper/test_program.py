"""The keeper as a program: one file, on the oldest Python that it runs on, with a bus on a real pty."""

import ast
import asyncio
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
import runpy
import shutil
import socket
import subprocess
import sys
from typing import Any, Final
from zipfile import ZipFile

import pytest

from custom_components.twc_manager.keeper_link.connection import (
    Address,
    greeted_limit,
    read_report,
)
from custom_components.twc_manager.twc import Master, WiringLimits
from keeper.check import own_address
from keeper.options import read_options
from scripts.demo_lib.net import HOST, free_pair
from simulator import Bus, Car, PtyPort, WallConnector

ROOT: Final = Path(__file__).parents[2]
OLDEST: Final = (3, 12)
SOURCES: Final = [
    *(ROOT / "keeper").glob("*.py"),
    *(ROOT / "custom_components/twc_manager/twc").glob("*.py"),
]


def oldest_python() -> str:
    """Return the oldest Python on this machine that the keeper runs on."""
    name = "python{}.{}".format(*OLDEST)
    found = shutil.which(name)
    # A stand-in of a version manager is there without the version itself.
    works = found and not subprocess.run([found, "-V"], check=False).returncode
    return found if found and works else sys.executable


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keeper as one file."""
    loader = SourceFileLoader("package", str(ROOT / "scripts" / "package"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    package = module_from_spec(spec)
    loader.exec_module(package)
    target = tmp_path_factory.mktemp("program") / "twc-keeper.pyz"
    assert package.main(["--keeper", str(target)]) == 0
    return target


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_sources_are_of_the_oldest_python(source: Path) -> None:
    ast.parse(source.read_text("utf-8"), feature_version=OLDEST)


def test_one_file_needs_nothing_else(program: Path, tmp_path: Path) -> None:
    command = [oldest_python(), "-I", str(program), "--help"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=tmp_path, env={}
    )
    assert "--fallback-amps" in done.stdout


def test_an_older_python_is_refused_in_words(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = ZipFile(program).read("__main__.py").decode()
    ast.parse(start, feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 11, 2, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.12 or newer.* 3\.11\."):
        runpy.run_path(str(program), run_name="__main__")


def test_the_check_names_the_address_of_this_computer(
    monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    # Home Assistant does not find every computer by its name.
    monkeypatch.setattr(socket.socket, "connect", lambda *_: None)
    monkeypatch.setattr(socket.socket, "getsockname", lambda _: ("192.168.1.20", 1))
    assert own_address() == "192.168.1.20"


def test_the_check_names_the_computer_if_it_has_no_way_out(
    monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    def unreachable(*_: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert own_address() == socket.gethostname()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["/dev/x"],
        ["/dev/x", "--limit", "nan"],
        ["/dev/x", "--limit", "1000"],
        ["/dev/x", "--limit", "20", "--fallback-amps", "21"],
        ["/dev/x", "--limit", "20", "--allow", "kitchen"],
        ["/dev/x", "--limit", "20", "--tcp-port", "65535"],
    ],
)
def test_wrong_arguments_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_options(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


class Running:
    """The program on a bus, in real time."""

    def __init__(self, program: Path, port: PtyPort, folder: Path) -> None:
        self.tcp_port = free_pair()
        self.folder = folder
        self.command = [
            *(oldest_python(), "-I", str(program), str(port.path)),
            *("--limit", "32", "--state", str(folder), "--listen", HOST),
            *("--tcp-port", str(self.tcp_port)),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def up(self) -> None:
        async with asyncio.timeout(20):
            while await greeted_limit(self.second) is None:
                await asyncio.sleep(0.1)

    @property
    def second(self) -> Address:
        return Address(HOST, self.tcp_port + 1)

    @property
    def key(self) -> str:
        return (self.folder / "key").read_text().strip()


@pytest.mark.long
@pytest.mark.real_time
async def test_the_program_serves_the_bus_and_says_what_it_finds(
    program: Path, tmp_path: Path, socket_enabled: None
) -> None:
    bus = Bus(asyncio.get_running_loop(), seed=1)
    twc = bus.add(WallConnector(0x2F5D, rating=32))
    twc.plug_in(Car())
    port = PtyPort(bus)
    bus.start()
    running = Running(program, port, tmp_path / "state")
    master = Master(f"socket://{HOST}:{running.tcp_port}", 0x7777, WiringLimits(32, 32))
    try:
        checked = await asyncio.create_subprocess_exec(
            *running.command, "--check", stdout=subprocess.PIPE
        )
        said, _ = await checked.communicate()
        assert checked.returncode == 0, said
        assert b"Connector 2F5D waits for a master" in said
        assert running.key.encode() in said
        running.start()
        await running.up()
        await master.start()
        async with asyncio.timeout(40):
            while not master.snapshot.connectors:
                await asyncio.sleep(0.2)
        report = await read_report(running.second, running.key)
        assert report.master_id == 0x7777
        assert [item.known.connector_id for item in report.connectors] == [0x2F5D]
        assert not report.in_charge
        assert _memory_mb(running) < 25
    finally:
        await master.stop()
        running.kill()
        port.close()
        bus.stop()
    assert not bus.safety.forbidden_frames


def _memory_mb(running: Running) -> float:
    """Return the memory that the program alone takes, in MB."""
    assert running.process is not None
    path = Path(f"/proc/{running.process.pid}/smaps_rollup")
    fields: dict[str, Any] = {}
    for line in path.read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        fields[name] = int(value.split()[0])
    return fields["Pss"] * 1024 / 1e6
