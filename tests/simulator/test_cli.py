"""The command line of the simulator, as a process."""

from pathlib import Path
import re
import signal
import subprocess
import sys
import time

import pytest

ROOT = Path(__file__).parents[2]


def simulate(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_prints_its_port_and_accepts_commands(tmp_path: Path) -> None:
    link = tmp_path / "twc"
    done = simulate(
        "--pty",
        str(link),
        "--connector=id=4085,protocol=1,rating=32",
        "--cars=0",
        typed="plug 1 soc=33\nstatus\nfly\n\nquit\n",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"port: {link}\n")
    assert "4085  wants power" in done.stdout
    assert "car 33 %" in done.stdout
    assert "no: there is no command 'fly'" in done.stdout
    assert done.stdout.endswith("bye\n")
    assert done.stderr == ""
    assert not link.is_symlink()


def test_it_reads_a_file_of_commands(tmp_path: Path) -> None:
    commands = tmp_path / "commands"
    commands.write_text("status\nquit\n")
    with commands.open() as typed:
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "--tcp", "--connectors=2"],
            cwd=ROOT,
            stdin=typed,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert re.match(r"port: socket://127\.0\.0\.1:\d+\n", done.stdout)
    assert "highest sums" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    link = tmp_path / "twc"
    with subprocess.Popen(
        [sys.executable, "-m", "simulator", "--pty", str(link)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"port: {link}\n"
        assert "032E" in process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert errors == ""
    assert not link.is_symlink()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--connector", "id=1,protocol=7"], "there are only 1 and 2"),
        (["--connectors", "9"], "invalid choice"),
        (["--tcp", "nowhere"], "HOST:PORT"),
        (["--tcp", "192.0.2.1:9"], "cannot open the port"),
        (["--pty", "/proc/no/such"], "cannot open the port"),
    ],
)
def test_it_reports_wrong_arguments(arguments: list[str], says: str) -> None:
    done = simulate(*arguments)
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr
