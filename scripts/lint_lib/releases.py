"""The next release has the same version in every file that names it, and the changelog lists its changes."""

from collections.abc import Iterator
import re
from typing import Final

from .project import Finding, Project

_VERSION: Final = re.compile(
    r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?:alpha|beta|rc)\.[1-9]\d*)?"
)
"""What scripts/package packs, and Home Assistant, HACS and the Supervisor sort alike."""
_HEADING: Final = re.compile(
    r"^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE
)
_SECTION: Final = re.compile(r"^### (.+)$", re.MULTILINE)
_SECTIONS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""Those of keepachangelog.com."""
_UNRELEASED: Final = "Unreleased"
_CHANGELOG: Final = "CHANGELOG.md"
_APP: Final = "keeper_app/config.yaml"


def changelog_versions(text: str) -> list[str]:
    """Return the versions in a changelog, in its order."""
    return [version for version, _ in _HEADING.findall(text)]


def check_releases(project: Project) -> Iterator[Finding]:
    """Check the versions of the manifest and of the keeper's app, and the changelog."""
    manifest = project.name_of(project.component / "manifest.json")
    version = str(project.json("manifest.json").get("version"))
    if not _VERSION.fullmatch(version):
        yield Finding(
            manifest, f"version is {version}", "make it one such as 1.2.3-beta.1"
        )
    app = re.search(r'^version: "(.*)"$', _text(project, _APP), re.MULTILINE)
    if app is None or app[1] != version:
        yield Finding(_APP, "its version is another one", f"make it {version}")
    for what, to_do in _faults(_text(project, _CHANGELOG), version):
        yield Finding(_CHANGELOG, what, to_do)


def _faults(text: str, version: str) -> Iterator[tuple[str, str]]:
    headings = _HEADING.findall(text)
    versions = changelog_versions(text)
    if version not in versions:
        yield f"nothing is said of {version}", f"add ## [{version}] - YYYY-MM-DD"
    if len(set(versions)) < len(versions):
        yield "a version is there twice", "make one of them"
    for name, date in headings:
        if (name == _UNRELEASED) == bool(date):
            yield f"{name} has {date or 'no date'}", "a release has a date"
    for section in _SECTION.findall(text):
        if section not in _SECTIONS:
            yield f"there is no section {section}", f"one of {', '.join(_SECTIONS)}"


def _text(project: Project, name: str) -> str:
    try:
        return (project.root / name).read_text("utf-8")
    except OSError:
        return ""
