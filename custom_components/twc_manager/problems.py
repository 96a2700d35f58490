"""Tells the owner what is wrong, as repair issues that go away by themselves."""

from collections.abc import Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .charging.outcome import Reason
from .charging.rules import Ruling
from .const import DOMAIN
from .twc import BusProblem, BusStatus, Snapshot, format_id

SENSOR_STALE: Final = "sensor_stale"
CANNOT_STOP: Final = "cannot_stop"

type Problems = Mapping[str, Mapping[str, str]]
"""The problems there are, with what their texts name."""

_WARNINGS: Final = frozenset({BusProblem.RATINGS_DIFFER, SENSOR_STALE, CANNOT_STOP})

PATIENCE_SECONDS: Final = 60.0
"""Sensors come and go, above all while Home Assistant starts: what lasts no longer is no problem."""


class ProblemReporter:
    """Reports the problems of one bus as they come and go."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Start with nothing reported."""
        self._hass = hass
        self._entry = entry
        self._reported: Problems = {}
        self._stuck: frozenset[int] = frozenset()
        self._stale_since: float | None = None

    @callback
    def update(self, snapshot: Snapshot, ruling: Ruling, now: float) -> None:
        """Report what is wrong on the bus and with what the rules need; `now` in s of a monotonic clock."""
        if snapshot.status is BusStatus.OFFLINE:
            # Nothing new is known.
            return
        problems: dict[str, Mapping[str, str]] = {
            problem: {} for problem in snapshot.problems
        }
        if self._stale_for(ruling, now) >= PATIENCE_SECONDS:
            problems[SENSOR_STALE] = {}
        self._stuck = frozenset(
            connector_id
            for connector_id, item in ruling.decision.connectors.items()
            if item.reason is Reason.CANNOT_STOP
            # All ways are tried again now and then, mostly in vain.
            or (connector_id in self._stuck and item.reason is Reason.STOPPING)
        )
        if self._stuck:
            names = ", ".join(format_id(item) for item in sorted(self._stuck))
            problems[CANNOT_STOP] = {"connectors": names}
        self._report(problems)

    @callback
    def clear(self) -> None:
        """Take back what was reported: nobody looks any more."""
        self._report({})

    def _stale_for(self, ruling: Ruling, now: float) -> float:
        """Return for how many s a car that wants power has been held down because a sensor is silent."""
        decided = ruling.decision.connectors.values()
        if all(item.reason is not Reason.SENSOR_STALE for item in decided):
            self._stale_since = None
            return -1.0
        if self._stale_since is None:
            self._stale_since = now
        return now - self._stale_since

    def _report(self, problems: Problems) -> None:
        for problem in self._reported.keys() - problems.keys():
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(problem))
        for problem, names in problems.items():
            if self._reported.get(problem) != names:
                self._create(problem, names)
        self._reported = problems

    def _create(self, problem: str, names: Mapping[str, str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(problem),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING
            if problem in _WARNINGS
            else ir.IssueSeverity.ERROR,
            translation_key=problem,
            translation_placeholders={"bus": self._entry.title, **names},
        )

    def _issue_id(self, problem: str) -> str:
        return f"{problem}_{self._entry.entry_id}"
