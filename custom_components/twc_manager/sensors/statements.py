"""The attributes of sensors that explain the decision of the rules; none of them is recorded."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.statement import Statement
from ..state.parts import as_parts, change_as_parts
from ..state.sentence import sentence
from ..state.texts import async_server_texts

ATTR_EXPLANATION: Final = "explanation"
ATTR_DEFICIT: Final = "deficit"

UNRECORDED: Final = frozenset(
    {
        ATTR_DEFICIT,
        ATTR_EXPLANATION,
        "activity",
        "amps",
        "change",
        "drawn",
        "green_power",
        "limit",
        "needed_power",
        "next",
        "next_at",
        "schedule",
        "vehicles",
    }
)
"""All attributes: they change with every measurement, and the state alone is of interest later."""


def reason_attributes(hass: HomeAssistant, statement: Statement) -> dict[str, Any]:
    """Return a statement as a sentence in the language of the server, and in parts, amps in A and powers in W."""
    texts = async_server_texts(hass)
    parts = as_parts(statement)
    if not texts.are_loaded:
        return parts
    return {ATTR_EXPLANATION: sentence(statement, texts, dt_util.now()), **parts}


def change_attributes(statement: Statement) -> dict[str, Any]:
    """Return the next change as attributes; empty if it is unknown."""
    change = statement.next_change
    return {} if change is None else change_as_parts(change)
