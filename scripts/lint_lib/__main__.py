"""Prints the findings in the project in the current folder, and fails if there are any.

With `--translated` it first records that all translations match the present English texts.
With `--figures` it prints the size of the code and its imports upward instead, for docs/architecture.md.
"""

from pathlib import Path
import sys

from .checks import CHECKS, check
from .figures import figures
from .project import Project
from .translated import record


def main() -> int:
    """Check the project."""
    project = Project(Path.cwd())
    if "--figures" in sys.argv[1:]:
        for line in figures(project):
            print(line)
        return 0
    if "--translated" in sys.argv[1:]:
        record(project)
    findings = check(project)
    for finding in findings:
        print(finding)
    if findings:
        print(f"Found {len(findings)} problems in what Home Assistant and HACS read.")
        return 1
    print(f"All {len(CHECKS)} checks of what Home Assistant and HACS read passed!")
    return 0


if __name__ == "__main__":
    sys.exit(main())
