"""No traces of the machine of an author are in the project."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final

from .project import Finding, Project

_SKIPPED: Final = {"__pycache__", "htmlcov", "node_modules"}
_READ: Final = {".json", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml", ""}
_TRACES: Final = (
    (re.compile(r"(?<![\w.~$}\"'/])/(?:home/\w|root/|work/|Users/\w)"), "a path"),
    (re.compile(r"index[-]url|[A-Z]_INDEX(?:_URL)?="), "the index of packages"),
)


def check_traces(project: Project) -> Iterator[Finding]:
    """Check every text file of the project."""
    for path in _files(project.root):
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            for pattern, what in _TRACES:
                if found := pattern.search(line):
                    yield Finding(
                        f"{project.name_of(path)}:{number}",
                        f"{found.group()} looks like {what} of one machine only",
                        "say it so that it holds everywhere",
                    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name == ".git":
            # In a worktree it is a file that names the repository's path.
            continue
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name not in {".ci", ".github"}
            if not hidden and path.name not in _SKIPPED:
                yield from _files(path)
        elif path.suffix in _READ and not path.name.startswith(".cov"):
            yield path
