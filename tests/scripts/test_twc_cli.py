"""scripts/twc as a person types it, on a real pseudo terminal and a real TCP port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import signal

import pytest

from scripts.twc_lib.cli import main
from simulator import Bus, PtyPort, TcpPort, WallConnector

ROOT = Path(__file__).parents[2]
TWC = ROOT / "scripts" / "twc"
OWNERS = ROOT / "tests" / "captures" / "owners.txt"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def heed_ctrl_c() -> None:
    """Undo what a shell does to its jobs in the background, of which these tests may be one: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def start(*arguments: str | Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        TWC,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=heed_ctrl_c,
    )


async def end(process: asyncio.subprocess.Process) -> Ended:
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def run(*arguments: str | Path) -> Ended:
    return await end(await start(*arguments))


@asynccontextmanager
async def bus() -> AsyncIterator[Bus]:
    bus = Bus(seed=1)
    bus.add(WallConnector(0x032E, rating=80.0))
    bus.start()
    try:
        yield bus
    finally:
        bus.stop()


async def test_listen_and_ctrl_c_on_a_pty() -> None:
    async with bus() as simulated:
        port = PtyPort(simulated)
        await listen_and_press_ctrl_c(str(port.path))
        port.close()


@pytest.mark.usefixtures("socket_enabled")
async def test_listen_and_ctrl_c_through_tcp() -> None:
    async with bus() as simulated:
        port = TcpPort(simulated)
        await port.start()
        await listen_and_press_ctrl_c(port.url)
        await port.stop()


async def listen_and_press_ctrl_c(port: str) -> None:
    process = await start("listen", port, "--json")
    assert process.stdout is not None
    first = json.loads(await process.stdout.readline())
    process.send_signal(signal.SIGINT)
    ended = await end(process)
    assert (first["type"], first["sender"]) == ("link_ready", "032E")
    assert ended.code == 0
    assert json.loads(ended.out.splitlines()[-1])["type"] == "summary"
    assert "Traceback" not in ended.err


async def test_scan_ends_on_ctrl_c() -> None:
    async with bus() as simulated:
        port = PtyPort(simulated)
        process = await start("scan", port.path)
        assert process.stderr is not None
        # Another test may be using scripts/setup at the moment, which is reported first.
        async for line in process.stderr:
            if b"Listening" in line:
                break
        process.send_signal(signal.SIGINT)
        ended = await end(process)
        port.close()
    assert ended.code == 130
    assert ended.out == ""
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("listen",),
        ("listen", "/dev/does-not-exist"),
        ("listen", "."),
        ("listen", OWNERS),
        ("listen", "gopher://me:secret@host"),
        ("listen", "esphome://host:6053/?key=secret"),
        ("socket://me:secret@host:1",),
        ("scan", "socket://me:secret@127.0.0.1:1"),
        ("doctor", "/dev/does-not-exist", "--json"),
        ("decode", "/does/not/exist"),
        ("decode", "."),
        ("decode", "/bin/sh"),
        ("decode", "socket://me:secret@host:1"),
        ("replay", OWNERS, "--speed", "fast"),
        ("record", "only-one"),
        ("import-twcmanager",),
        ("import-twcmanager", "/does/not/exist"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments)),
)
@pytest.mark.usefixtures("socket_enabled")
def test_bad_input_gets_one_line_and_exit_code_2(
    arguments: tuple[str | Path, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code = exit_code([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in err
    assert "secret" not in err


def exit_code(arguments: list[str]) -> int | str | None:
    """Run the command line in this process."""
    try:
        return main(arguments)
    except SystemExit as err:
        return err.code


def test_owners_frames_are_decoded(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["decode", str(OWNERS), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)["summary"]
    assert (summary["frames"], summary["repaired"]) == (17, 1)


async def test_a_reader_that_has_seen_enough_is_no_trouble() -> None:
    process = await asyncio.create_subprocess_shell(
        f"'{TWC}' decode '{OWNERS}' | head -n 1",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    ended = await end(process)
    assert len(ended.out.splitlines()) == 1
    assert "Traceback" not in ended.err


async def test_help_names_every_command() -> None:
    ended = await run("--help")
    assert ended.code == 0
    for command in (
        "listen",
        "record",
        "decode",
        "replay",
        "scan",
        "doctor",
        "import-twcmanager",
    ):
        assert f"scripts/twc {command}" in ended.out
