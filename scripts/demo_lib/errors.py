"""Errors that are reported to the user in one sentence."""

from collections.abc import Iterator


class DemoError(Exception):
    """The demo cannot continue; the text is for the user."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """Return the exceptions in a group of groups of exceptions."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from causes(inner)
    else:
        yield error
