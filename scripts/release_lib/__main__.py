"""The command line of `scripts/release`, which has the help text."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
from typing import Final

from scripts.demo_lib.errors import DemoError, causes
from scripts.demo_lib.folder import ENVIRONMENT, FLOOR, INTEGRATION, ROOT

from .keep import keep
from .rehearse import rehearse

_PACKAGE: Final = ROOT / "scripts" / "package"
ZIP: Final = "twc_manager.zip"
_KEEPER: Final = "twc-keeper.pyz"
_SERVICE: Final = ROOT / "keeper" / "twc-keeper.service"


def _version() -> str:
    manifest = json.loads((INTEGRATION / "manifest.json").read_text("utf-8"))
    return str(manifest["version"])


def _package(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, _PACKAGE, *arguments], check=True)


def _build(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _package(_version(), folder / ZIP)
    _package("--keeper", folder / _KEEPER)
    shutil.copy(_SERVICE, folder)
    _package("--library", _version(), folder)


def _rehearse(environment: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="twc-manager-release-") as folder:
        archive = Path(folder) / ZIP
        _package(_version(), archive)
        asyncio.run(rehearse(environment, archive))


def _keep() -> None:
    print(asyncio.run(keep(_version())))


def _step(arguments: list[str]) -> Callable[[], None]:
    """Return what to do; `scripts/release` has checked the arguments."""
    match arguments:
        case ["build", *folder]:
            target = Path(*folder) if folder else ROOT / ".cache" / "release"
            return lambda: _build(target)
        case ["rehearse", *floor]:
            return lambda: _rehearse(FLOOR if floor else ENVIRONMENT)
        case _:
            return _keep


def main() -> int:
    """Run the command line."""
    code = 0
    try:
        _step(sys.argv[1:])()
    except* DemoError as group:
        for error in causes(group):
            print(f"\nerror: {error}", file=sys.stderr)
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
