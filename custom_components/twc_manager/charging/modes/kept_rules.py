"""Keeps the rules in force for a moment, since working them out takes long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .active_rule import RuleSettings, RulesInForce

KEEP_RULES: Final = timedelta(seconds=1)
"""How long rules are kept: reports arrive many times a second, and evaluating schedules takes long."""


@dataclass(frozen=True, slots=True)
class KeptRules:
    """The rules in force for some connectors, worked out at a time."""

    settings: RuleSettings
    connector_ids: tuple[int, ...]
    at: datetime
    until: datetime
    rules: RulesInForce

    def hold(
        self, settings: RuleSettings, connector_ids: tuple[int, ...], local: datetime
    ) -> bool:
        """Return whether the rules hold with these settings, for these connectors, at a time."""
        return (
            self.at <= local < self.until
            and self.connector_ids == connector_ids
            and self.settings == settings
        )
