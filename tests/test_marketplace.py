"""Home Assistant's own marketplace, which is newer than what the tests run on, can read and install the repository."""

from collections.abc import Iterator
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, Final
from zipfile import ZipFile

import pytest

ROOT: Final = Path(__file__).parents[1]
READER: Final = ROOT / "tests" / "marketplace_reader.py"
PYTHON: Final = ROOT / ".venv-demo" / "bin" / "python"
PACKED: Final = (".github", "custom_components", "docs")
"""The folders that matter here; a host packs all of the repository."""

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="scripts/setup demo has not been run"
)


def repository_files() -> Iterator[Path]:
    yield from (path for path in ROOT.glob("*") if path.suffix in {".json", ".md"})
    for folder in PACKED:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.parent.name != "__pycache__":
                yield path


def pack_repository(target: Path, hacs: str) -> None:
    """Pack the repository as its host does: all in one folder named after repository and tag."""
    with ZipFile(target, "w") as archive:
        for path in sorted(repository_files()):
            name = path.relative_to(ROOT).as_posix()
            content = hacs if name == "hacs.json" else path.read_bytes()
            archive.writestr(f"twc-manager-1.2.3/{name}", content)


def pack_release(target: Path) -> None:
    """Pack the asset as the release workflow does."""
    command = [sys.executable, ROOT / "scripts" / "package", "1.2.3", target]
    subprocess.run(command, check=True, capture_output=True)


def read(folder: Path, hacs: str) -> subprocess.CompletedProcess[str]:
    archive, asset, config = (folder / name for name in ("repo.zip", "a.zip", "config"))
    pack_repository(archive, hacs)
    pack_release(asset)
    config.mkdir()
    command = [PYTHON, "-P", READER, archive, asset, config]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def hacs_json() -> str:
    return (ROOT / "hacs.json").read_text("utf-8")


@pytest.fixture(name="answer", scope="module")
def answer_fixture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the marketplace made of the repository."""
    finished = read(tmp_path_factory.mktemp("marketplace"), hacs_json())
    assert finished.returncode == 0, finished.stderr
    answer: dict[str, Any] = json.loads(finished.stdout)
    return answer


@pytest.mark.long
def test_hacs_json_is_taken_as_it_is_meant(answer: dict[str, Any]) -> None:
    wanted = {
        "name": "TWC Manager",
        "homeassistant": "2026.10.0",
        "zip_release": True,
        "filename": "twc_manager.zip",
    }
    assert {key: answer["hacs"][key] for key in wanted} == wanted
    assert answer["warnings"] == []
    assert answer["errors"] == []


def test_the_integration_is_found_in_the_layout(answer: dict[str, Any]) -> None:
    assert answer["resolved"]
    assert answer["resolved_to"] == "custom_components/twc_manager"
    assert answer["name"] == "TWC Manager"
    assert answer["config_flow"]
    assert answer["authors"] == ["@twc-manager"]
    assert not answer["replaces_built_in"]


def test_the_asset_of_the_release_installs_with_its_version_and_pictures(
    answer: dict[str, Any],
) -> None:
    assert answer["found"] == ["twc_manager"]
    assert answer["installed"] == "1.2.3"
    assert answer["brand"]


def test_an_older_home_assistant_is_refused(answer: dict[str, Any]) -> None:
    assert answer["refused_before"]
    assert not answer["refused_from"]


def test_the_readme_is_the_page_that_is_shown(answer: dict[str, Any]) -> None:
    assert answer["readme"] == (ROOT / "README.md").read_text("utf-8")


@pytest.mark.long
def test_a_wrong_value_would_be_noticed(tmp_path: Path) -> None:
    broken = hacs_json().replace('"2026.10.0"', '"soon"')
    assert broken != hacs_json()
    finished = read(tmp_path, broken)
    assert finished.returncode == 0, finished.stderr
    assert "homeassistant" in json.loads(finished.stdout)["warnings"][0]


def test_the_workflow_packs_and_attaches_what_hacs_json_names() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    asset = json.loads(hacs_json())["filename"]
    assert f'scripts/package "${{TAG#v}}" {asset}' in workflow
    assert f'gh release upload "$TAG" {asset}' in workflow


def test_the_same_sources_make_the_same_zip(tmp_path: Path) -> None:
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    pack_release(first)
    pack_release(second)
    assert first.read_bytes() == second.read_bytes()
    with ZipFile(first) as archive:
        assert "manifest.json" in archive.namelist()
        assert "py.typed" in archive.namelist()
        assert not [name for name in archive.namelist() if "__pycache__" in name]
