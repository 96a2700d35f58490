"""What can go wrong in a way that a person should be told about in a sentence."""

from collections.abc import Iterator


class DemoError(Exception):
    """The demo cannot go on; the text is for the person who started it."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """Return the exceptions in a group of groups of exceptions."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from causes(inner)
    else:
        yield error
