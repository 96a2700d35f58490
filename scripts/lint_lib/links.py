"""Links in the documentation and in forms: their targets within the project exist, including headings and pictures."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
import re
from typing import Final
from urllib.parse import unquote

from .project import Finding, Project

_LINK: Final = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_DEFINED: Final = re.compile(r"\s*\[[^\]]+\]:\s+<?([^\s>]+)")
_ADDRESS: Final = re.compile(r"\s*-?\s*url:\s+(\S+)")
_PICTURE: Final = re.compile(r"!\[([^\]]*)\]\(")
_HEADING: Final = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_FENCE: Final = re.compile(r"\s*(?:>\s*)?(```|~~~)")
_LINKED: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_NOT_IN_ANCHOR: Final = re.compile(r"[^\w\- ]")
_CODE: Final = re.compile(r"`[^`]*`")
_SCHEME: Final = re.compile(r"[a-z][a-z+.-]*:")


def pages_of(project: Project) -> list[Path]:
    """Return the pages of the documentation."""
    return [
        *sorted(project.root.glob("*.md")),
        *sorted(project.root.glob("docs/**/*.md")),
    ]


def _linking(project: Project) -> Iterator[Path]:
    """Return all files with links: the pages, those of the keeper's app, and what GitHub shows."""
    yield from pages_of(project)
    yield from sorted(project.root.glob("keeper_app/*.md"))
    for ending in ("md", "yml"):
        yield from sorted(project.root.glob(f".github/**/*.{ending}"))


def check_links(project: Project) -> Iterator[Finding]:
    """Check that each link to something of this project leads there, from here or by its address on the web."""
    published = f"{project.json('manifest.json').get('documentation')}/blob/main/"
    for page in _linking(project):
        for number, target in _links_of(page.read_text("utf-8")):
            path, _, anchor = unquote(target).partition("#")
            _, ours, rest = path.partition(published)
            if ours:
                goal = project.root / rest
            elif _SCHEME.match(path):
                continue
            else:
                goal = page.parent / path if path else page
            if what := _fault(goal, anchor):
                where = f"{project.name_of(page)}:{number}"
                yield Finding(where, f"{target} {what}", "correct the link")


def check_pictures(project: Project) -> Iterator[Finding]:
    """Check that each picture of the documentation is shown on a page, with words for those who do not see it."""
    shown: set[Path] = set()
    for page in pages_of(project):
        for number, line in _lines_of(page.read_text("utf-8")):
            shown |= {
                (page.parent / found[1]).resolve() for found in _LINK.finditer(line)
            }
            if any(not found[1].strip() for found in _PICTURE.finditer(line)):
                where = f"{project.name_of(page)}:{number}"
                yield Finding(where, "a picture has no words", "say what it shows")
    for path in sorted(project.root.glob("docs/images/*")):
        if path.resolve() not in shown:
            yield Finding(
                project.name_of(path), "no page shows it", "show or remove it"
            )


def _fault(goal: Path, anchor: str) -> str | None:
    """Return the finding for the target of a link."""
    if not goal.exists():
        return "leads nowhere"
    if not anchor or goal.suffix != ".md":
        return None
    known = anchor in _anchors_of(goal.read_text("utf-8"))
    return None if known else "has no such heading"


def _lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Return the numbered lines that are not code."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def _links_of(text: str) -> Iterator[tuple[int, str]]:
    for number, line in _lines_of(text):
        for pattern in (_DEFINED, _ADDRESS):
            if defined := pattern.match(line):
                yield number, defined[1]
        for found in _LINK.finditer(_CODE.sub("", line)):
            yield number, found[1]


@cache
def _anchors_of(text: str) -> frozenset[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    times: Counter[str] = Counter()
    anchors: set[str] = set()
    for _, line in _lines_of(text):
        if found := _HEADING.match(line):
            name = _LINKED.sub(r"\1", found[1]).lower()
            anchor = _NOT_IN_ANCHOR.sub("", name).replace(" ", "-")
            anchors.add(f"{anchor}-{times[anchor]}" if times[anchor] else anchor)
            times[anchor] += 1
    return frozenset(anchors)
