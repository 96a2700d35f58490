"""Talking to the person in front, who may close the terminal at any time."""

from contextlib import suppress


def say(text: str = "") -> None:
    """Print a line at once; when nobody is there to read it, nothing happens."""
    with suppress(OSError):
        print(text, flush=True)
