"""Distinguishes calls by a person from those by an automation."""

from homeassistant.core import Context


def is_by_person(context: Context | None) -> bool:
    """Return whether a person made a call in the front end; the context of an automation's call has a parent."""
    return (
        context is not None
        and context.user_id is not None
        and context.parent_id is None
    )
