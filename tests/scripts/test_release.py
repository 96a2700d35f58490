"""A release: its files are the same each time, and its zip is installed, used and removed without a trace."""

import asyncio
import json
from pathlib import Path
import subprocess
import sys
from zipfile import ZipFile

import pytest

from scripts.demo_lib.folder import ENVIRONMENT, FLOOR
from scripts.lint_lib.releases import changelog_versions

ROOT = Path(__file__).parents[2]
VERSION = json.loads(
    (ROOT / "custom_components/twc_manager/manifest.json").read_text("utf-8")
)["version"]


ENVIRONMENTS = [path for path in (ENVIRONMENT, FLOOR) if path.exists()]
"""Of the newest and the oldest Home Assistant, if scripts/setup has made them."""


def _package(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "package", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_zip_of_this_version_says_so_and_has_all_files(tmp_path: Path) -> None:
    archive = tmp_path / "twc_manager.zip"
    assert _package(VERSION, archive).returncode == 0
    with ZipFile(archive) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        assert packed.testzip() is None
        assert "frontend/twc-manager.js" in packed.namelist()
    assert manifest["version"] == VERSION


@pytest.mark.parametrize(
    ("version", "wheel"),
    [
        ("1.2.3", "twc_gen2-1.2.3-py3-none-any.whl"),
        ("1.2.3-beta.1", "twc_gen2-1.2.3b1-py3-none-any.whl"),
        ("1.2.3-rc.12", "twc_gen2-1.2.3rc12-py3-none-any.whl"),
    ],
)
def test_the_library_has_its_version_as_python_writes_it(
    tmp_path: Path, version: str, wheel: str
) -> None:
    assert _package("--library", version, tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == [wheel]


@pytest.mark.parametrize(
    "version", ["1.2", "1.2.3b1", "1.2.3-beta", "v1.2.3", "1.2.3-dev.1", "../1.2.3"]
)
def test_a_version_that_home_assistant_would_sort_otherwise_is_refused(
    tmp_path: Path, version: str
) -> None:
    assert _package(version, tmp_path / "twc_manager.zip").returncode == 1
    assert not [*tmp_path.iterdir()]


def test_the_changelog_has_this_version() -> None:
    assert VERSION in changelog_versions((ROOT / "CHANGELOG.md").read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.name)
async def test_a_release_is_installed_used_and_removed(
    environment: Path,
) -> None:
    floor = ["--floor"] if environment == FLOOR else []
    process = await asyncio.create_subprocess_exec(
        *(ENVIRONMENT / "bin" / "python", "-P", "-m", "scripts.release_lib"),
        *("rehearse", *floor),
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    assert "no file and no entry is left" in out.decode()
