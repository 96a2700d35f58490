"""`docs/dependencies.md` names every required package, so that its licence was checked."""

from collections.abc import Iterator
import re
from typing import Final

from .project import Finding, Project

_PAGE: Final = "docs/dependencies.md"
_PACKAGE: Final = re.compile(r"^(?:# if it compiles: )?([A-Za-z][\w.-]*)")


def check_dependencies(project: Project) -> Iterator[Finding]:
    """Check that each package in the manifest and in the environments is on the page."""
    page = project.root / _PAGE
    documented = page.read_text("utf-8").casefold() if page.is_file() else ""
    for name, where in sorted(_required(project).items()):
        if name.casefold() not in documented:
            yield Finding(where, f"{name} is not in {_PAGE}", "add it with its licence")


def _required(project: Project) -> dict[str, str]:
    """Return every package, with the file that requires it."""
    required = {
        path.name: path.read_text("utf-8").splitlines()
        for path in project.root.glob("requirements_*.txt")
    }
    required["manifest.json"] = project.json("manifest.json").get("requirements", [])
    return {
        found[1]: where
        for where, lines in required.items()
        for line in lines
        if (found := _PACKAGE.match(line))
    }
