"""The master as a library: its wheel, in an environment without Home Assistant, runs the script of its page."""

import asyncio
from importlib import metadata
from pathlib import Path
import re
import shutil
import sys
import venv

import pytest

from simulator import Bus, Car, TcpPort, WallConnector

ROOT = Path(__file__).parents[2]
_PAGE = ROOT / "docs" / "library.md"
_VERSION = "1.2.3"
_SECONDS = "12"
"""Of the real clock: the wall connectors announce themselves every 10 s."""


async def _run(*command: str | Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def _environment(folder: Path) -> Path:
    """Return a Python with nothing but the wheel and the serial library."""
    code, out = await _run(
        sys.executable, ROOT / "scripts" / "package", "--library", _VERSION, folder
    )
    assert code == 0, out
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    code, out = await _run(
        *(_uv(), "pip", "install", "--python", python, "--offline", "--no-deps"),
        folder / f"twc_gen2-{_VERSION}-py3-none-any.whl",
    )
    assert code == 0, out
    packages = next((folder / "env" / "lib").glob("python3*")) / "site-packages"
    for library in ("serialx", "typing_extensions"):
        for file in metadata.distribution(library).files or ():
            if ".." not in file.parts:
                target = packages / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), target)
    return python


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=ROOT / ".tools/uv/bin")
    assert found is not None, "scripts/setup has one"
    return found


@pytest.mark.usefixtures("socket_enabled")
async def test_the_script_of_the_page_shares_amps_without_home_assistant(
    tmp_path: Path,
) -> None:
    python = await _environment(tmp_path)
    script = tmp_path / "share.py"
    (code,) = re.findall(r"```python\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
    script.write_text(code)
    bus = Bus(seed=1)
    for unit in (0x032E, 0x1839):
        bus.add(WallConnector(unit)).plug_in(Car())
    bus.start()
    port = TcpPort(bus)
    await port.start()
    ended, out = await _run(python, script, port.url, _SECONDS)
    missing, _ = await _run(python, "-c", "import homeassistant")
    await port.stop()
    bus.stop()
    bus.safety.assert_clean()
    assert (ended, missing) == (0, 1), out
    assert "032E" in out
    assert "1839" in out


async def test_a_port_that_is_not_there_ends_it_in_one_line(tmp_path: Path) -> None:
    python = await _environment(tmp_path)
    script = tmp_path / "share.py"
    (code,) = re.findall(r"```python\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
    script.write_text(code)
    ended, out = await _run(python, script, "/dev/not-there")
    assert ended == 1
    assert len(out.splitlines()) == 1
    assert out.startswith("/dev/not-there cannot be opened: ")
