"""The next rule of each connector as worked out a while ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .active_rule import NextRule, RuleSettings, next_rule

_LOOK_AGAIN: Final = timedelta(hours=1)
"""How long a next rule is kept: schedules are searched for two weeks only, and the clock may be set."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A next rule, and for how long it is the next one."""

    settings: RuleSettings
    at: datetime
    until: datetime
    following: NextRule | None


class NextRules:
    """Finds the next rules, which takes long, only as often as they can change."""

    def __init__(self) -> None:
        """Start without any."""
        self._found: dict[int | None, _Found] = {}

    def find(
        self, settings: RuleSettings, connector_id: int | None, local: datetime
    ) -> NextRule | None:
        """Return what `next_rule` returns."""
        found = self._found.get(connector_id)
        if (
            found is None
            or not found.at <= local < found.until
            or found.settings != settings
        ):
            following = next_rule(settings, connector_id, local)
            until = local + _LOOK_AGAIN
            if following is not None:
                until = min(until, following.start)
            found = _Found(settings, local, until, following)
            self._found[connector_id] = found
        return found.following
