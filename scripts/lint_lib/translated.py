"""The English texts that the translations were made from, so that a changed one is translated again."""

from collections.abc import Iterator
from hashlib import sha256
import json
from pathlib import Path
from typing import Final

from .project import Finding, Project, leaves, read_json

RECORD: Final = Path("scripts", "lint_lib", "translated.json")
_TO_DO: Final = (
    "translate it anew where its meaning changed, then run scripts/lint --translated"
)


def check_translated(project: Project) -> Iterator[Finding]:
    """Check that no English text has changed since it was translated."""
    now, then = _digests(project), read_json(project.root / RECORD)
    for way in sorted(now.keys() | then.keys()):
        if now.get(way) == then.get(way):
            continue
        what = "was changed" if way in then and way in now else "came or went"
        yield Finding(
            "translations/en.json",
            f"{way} {what} after the other languages were looked at",
            _TO_DO,
        )


def record(project: Project) -> None:
    """Record that all translations match the present English texts."""
    text = json.dumps(_digests(project), indent=2, sort_keys=True)
    (project.root / RECORD).write_text(f"{text}\n", "utf-8")


def _digests(project: Project) -> dict[str, str]:
    return {
        way: sha256(str(text).encode()).hexdigest()[:8]
        for way, text in leaves(project.english)
    }
