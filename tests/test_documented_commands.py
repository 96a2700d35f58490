"""The commands in the documentation: each is there with its options, and those that can run here do what is said.

A block of commands that is new has to be added to `RUN_HERE` or to `NOT_HERE`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import re
import shlex
import shutil
import sys
from typing import Final

import pytest

from simulator import Bus, PtyPort, WallConnector

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "keeper_app").glob("*.md")),
)
_BLOCK: Final = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_OURS: Final = re.compile(r"(?:bash )?(\.ci/run|scripts/[a-z-]+)(?![\w/-])(.*)")
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_PATH: Final = re.compile(
    r"(?:\.github|blueprints|custom_components|docs|frontend|keeper|keeper_app|scripts|simulator|tests)/[\w./-]*\w/?"
)
_NOT_OURS: Final = frozenset({"--project", "--user"})
"""Options of other programs that a line with one of our commands also names."""


@dataclass(frozen=True, slots=True)
class Command:
    """One of our commands, as a page has it."""

    page: str
    script: str
    rest: str


def blocks() -> Iterator[tuple[str, str]]:
    """Return each line of each block of commands, with its page."""
    for page in PAGES:
        for text in _BLOCK.findall(page.read_text("utf-8")):
            joined = text.replace("\\\n", " ")
            for line in joined.splitlines():
                if command := line.partition("#")[0].strip():
                    yield page.name, " ".join(command.split())


def our_commands() -> list[Command]:
    """Return our commands in blocks and within sentences."""
    found = list(blocks())
    for page in PAGES:
        found += [(page.name, span) for span in _SPAN.findall(page.read_text("utf-8"))]
    return [
        Command(page, match[1], match[2])
        for page, text in found
        if (match := _OURS.fullmatch(text.removeprefix("$ ")))
    ]


def help_of(script: Path) -> str:
    """Return what a script says of itself: the comment or the text at its top."""
    text = script.read_text("utf-8")
    if "python" in text.partition("\n")[0]:
        return text.split('"""')[1]
    return "\n".join(
        line for line in text.partition("\n\n")[0].splitlines() if line.startswith("#")
    )


def test_every_command_is_there_with_its_options() -> None:
    commands = our_commands()
    assert len(commands) > 60
    wrong = []
    for command in commands:
        script = ROOT / command.script
        if not script.is_file():
            wrong.append(f"{command.page}: there is no {command.script}")
            continue
        said = help_of(script)
        options = set(_OPTION.findall(command.rest)) - _NOT_OURS
        wrong += [
            f"{command.page}: {command.script} has no {option}"
            for option in sorted(options - {"--help"})
            if option not in said
        ]
    assert wrong == []


@pytest.mark.parametrize("name", ["benchmark", "twc", "release"])
def test_every_part_of_a_command_is_there(name: str) -> None:
    said = help_of(ROOT / "scripts" / name)
    parts = {
        command.rest.split()[0]
        for command in our_commands()
        if command.script == f"scripts/{name}" and command.rest.strip()
    }
    parts = {part for part in parts if re.fullmatch(r"[a-z][a-z-]+", part)}
    assert parts
    assert {part for part in parts if f"scripts/{name} {part}" not in said} == set()


def _is_there(name: str) -> bool:
    """Return whether there is such a file in the project or in the integration."""
    component = ROOT / "custom_components" / "twc_manager"
    return any((folder / name).exists() for folder in (ROOT, component))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_marked_as_such(page: Path) -> None:
    marks = set(re.findall(r"^ *```(\w+)", page.read_text("utf-8"), re.MULTILINE))
    assert marks <= {"jinja", "json", "python", "sh", "yaml"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_files_that_are_there(page: Path) -> None:
    named = {
        span.split(":")[0]
        for span in _SPAN.findall(page.read_text("utf-8"))
        if _PATH.fullmatch(span.split(":")[0])
    }
    missing = {name for name in named if not _is_there(name)}
    assert missing == set()


def test_a_file_that_a_page_downloads_is_attached_to_a_release() -> None:
    latest = re.compile(r"/releases/latest/download/([\w.-]+)")
    named = {name for page in PAGES for name in latest.findall(page.read_text("utf-8"))}
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    (upload,) = re.findall(r"run: gh release upload (.*)", workflow)
    assert len(named) > 1
    assert named <= {Path(word).name for word in upload.split()}


# What runs here


async def _run(*command: str | Path, cwd: Path | None = None) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


def _words(line: str) -> list[str]:
    """Return the words of a line; a path within the project is made whole.

    `scripts/twc` is what it starts itself, without the set-up of the environment before.
    """
    words = [
        str(ROOT / word) if word.startswith(("scripts/", "tests/")) else word
        for word in shlex.split(line)
    ]
    if words[0] == str(ROOT / "scripts" / "twc"):
        words[:1] = [sys.executable, "-P", "-m", "scripts.twc_lib"]
    return words


@asynccontextmanager
async def _port(path: Path) -> Iterator[Path]:
    """Yield a simulated port with a connector that waits for a master."""
    bus = Bus(seed=1)
    bus.add(WallConnector(0x2F5D))
    bus.start()
    port = PtyPort(bus, path)
    try:
        yield path
    finally:
        port.close()
        bus.stop()


async def _package_library(line: str, folder: Path) -> None:
    code, out = await _run(*_words(line), cwd=folder)
    assert code == 0, out
    wheel = Path(out.strip())
    pip = next(text for _, text in blocks() if text.startswith("pip install"))
    assert pip == f"pip install {wheel.name}"


async def _import(line: str, folder: Path) -> None:
    """Run it with files of a TWCManager in the place of those of the line."""
    files = ROOT / "tests" / "scripts" / "twcmanager"
    words = _words(line)
    begin = words.index("import-twcmanager") + 1
    for at, word in enumerate(words[begin:], begin):
        name = Path(word).name
        found = next(path for path in files.iterdir() if path.name.startswith(name))
        shutil.copy(found, folder / name)
        words[at] = str(folder / name)
    code, out = await _run(*words)
    assert code == 0, out
    assert "Maximum for all wall connectors together" in out


async def _keeper_check(line: str, folder: Path) -> None:
    """Pack the keeper and let it look at a simulated line."""
    program = folder / "twc-keeper"
    code, out = await _run(ROOT / "scripts" / "package", "--keeper", program)
    assert code == 0, out
    async with _port(folder / "rs485") as port:
        options = shlex.split(line)[3:]
        state = folder / "state"
        code, out = await _run(
            sys.executable, "-I", program, port, *options, "--state", state
        )
    assert code == 0, out
    for said in ("Key for Home Assistant", "Connector 2F5D waits for a master"):
        assert said in out
    assert re.search(
        r"Port to enter in Home Assistant: socket://\S+:9600$", out, re.MULTILINE
    )


async def _collect(line: str, folder: Path) -> None:
    """See that the tests of a line are there."""
    arguments = _words(line)[1:]
    command = (sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments)
    code, out = await _run(*command, cwd=ROOT)
    assert code == 0, out


async def _plain(line: str, folder: Path) -> None:
    program = shlex.split(line)[0]
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program} here")
    code, out = await _run(*shlex.split(line), cwd=folder)
    assert code == 0, out


async def _make_key_pair(line: str, folder: Path) -> None:
    """Run both lines of a pair of keys, since the second one needs what the first one made."""
    for _, text in blocks():
        if text.startswith("openssl"):
            await _plain(text, folder)
            if text == line:
                return


RUN_HERE: Final[dict[str, Callable[[str, Path], Awaitable[None]]]] = {
    "scripts/package --library": _package_library,
    "scripts/twc import-twcmanager": _import,
    "sudo twc-keeper": _keeper_check,
    "scripts/test tests/": _collect,
    "openssl": _make_key_pair,
}
"""By how a line begins."""

NOT_HERE: Final = {
    "scripts/setup": ".ci/run does it",
    "scripts/test": ".ci/run does it",
    "scripts/lint": ".ci/run does it",
    "scripts/demo": ".ci/run does it with --check",
    "pip install": "tests/scripts/test_library.py installs the wheel",
    "git clone": "it needs the network",
    "scripts/twc doctor": "it listens for 40 s; tests/scripts/test_twc_commands.py runs it",
    "python3 -m venv": "tests/scripts/test_library.py makes an environment",
    "sudo": "it changes the machine",
    "systemctl": "it needs the machine of the keeper",
}
"""By how a line begins: who runs it, or why nobody does."""


def _begin(line: str, beginnings: object) -> str | None:
    assert isinstance(beginnings, dict)
    return next((key for key in beginnings if line.startswith(key)), None)


def _lines_to_run() -> list[str]:
    return sorted({line for _, line in blocks() if _begin(line, RUN_HERE)})


def test_each_line_of_a_block_runs_somewhere_or_has_a_reason() -> None:
    lines = [line for _, line in blocks()]
    assert len(lines) > 15
    unknown = [
        line
        for line in lines
        if not _begin(line, RUN_HERE) and not _begin(line, NOT_HERE)
    ]
    assert unknown == []
    for beginnings in (RUN_HERE, NOT_HERE):
        assert {_begin(line, beginnings) for line in lines} >= set(beginnings)


@pytest.mark.long
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("line", _lines_to_run())
async def test_a_line_does_what_is_said(line: str, tmp_path: Path) -> None:
    begin = _begin(line, RUN_HERE)
    assert begin is not None
    await RUN_HERE[begin](line, tmp_path)


# What a page shows as printed


def _shown() -> list[tuple[str, str]]:
    """Return each command line that a page shows with what it prints."""
    found = []
    for page in PAGES:
        for text in re.findall(
            r"^```\n\$ (.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        ):
            command, _, printed = text.partition("\n")
            found.append((command, printed))
    return found


@pytest.mark.long
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(("command", "printed"), _shown(), ids=lambda text: text[:30])
async def test_a_command_prints_what_is_shown(
    command: str, printed: str, tmp_path: Path
) -> None:
    bus = Bus(seed=1)
    for connector_id in (0x032E, 0x1839, 0x2431):
        bus.add(WallConnector(connector_id, firmware=(4, 5, 3, 0)))
    bus.start()
    port = PtyPort(bus, tmp_path / "port")
    words = [
        str(port.path) if word.startswith("/dev/") else word for word in _words(command)
    ]
    _, out = await _run(*words, cwd=ROOT)
    port.close()
    bus.stop()
    assert out.strip() == printed.strip()
