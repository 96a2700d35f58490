"""The keeper as an app of Home Assistant OS, which writes what its owner chose to a file."""

from pathlib import Path
from typing import Final

from custom_components.twc_manager.twc.lease_link import decode_line

APP_OPTION: Final = "--app"
_AMPS: Final = ("limit", "fallback_amps")


def arguments_of_app(file: Path) -> list[str]:
    """Return the command line that the options in a file stand for; state is kept beside it.

    Raises:
        OSError, ValueError: if the file cannot be read.

    """
    chosen = decode_line(file.read_bytes())
    arguments = ["--state", str(file.parent)]
    for name in _AMPS:
        if chosen.get(name) is not None:
            arguments += [f"--{name.replace('_', '-')}", str(chosen[name])]
    for network in chosen.get("allow") or ():
        arguments += ["--allow", str(network)]
    if chosen.get("verbose"):
        arguments.append("--verbose")
    device = chosen.get("device")
    # Not an option, whatever it begins with.
    return [*arguments, "--", str(device)] if device else arguments
