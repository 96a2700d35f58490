"""Output to the terminal, which the user may close at any time."""

from contextlib import suppress


def say(text: str = "") -> None:
    """Print a line at once; do nothing if the terminal is closed."""
    with suppress(OSError):
        print(text, flush=True)
