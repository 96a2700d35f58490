"""Keeps the next rule of each connector, since searching for it takes long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .active_rule import NextRule, RuleSettings, next_rule

_CHECK_AGAIN: Final = timedelta(hours=1)
"""How long a next rule is kept: the search covers two weeks only, and the clock may be set."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A next rule, and until when it stays the next one."""

    settings: RuleSettings
    at: datetime
    until: datetime
    following: NextRule | None


class NextRules:
    """Finds the next rules, only as often as they can change."""

    def __init__(self) -> None:
        """Start without known rules."""
        self._found: dict[int | None, _Found] = {}

    def find(
        self, settings: RuleSettings, connector_id: int | None, local: datetime
    ) -> NextRule | None:
        """Return the result of `next_rule`."""
        found = self._found.get(connector_id)
        if (
            found is None
            or not found.at <= local < found.until
            or found.settings != settings
        ):
            following = next_rule(settings, connector_id, local)
            until = local + _CHECK_AGAIN
            if following is not None:
                until = min(until, following.start)
            found = _Found(settings, local, until, following)
            self._found[connector_id] = found
        return found.following
