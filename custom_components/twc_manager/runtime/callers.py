"""Who made a call."""

from homeassistant.core import Context


def is_by_person(context: Context | None) -> bool:
    """Return whether a person made a call on the screen; what an automation calls for them has a parent."""
    return (
        context is not None
        and context.user_id is not None
        and context.parent_id is None
    )
