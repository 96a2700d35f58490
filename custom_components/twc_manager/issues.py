"""Tells the owner what is wrong, as repair issues that go away by themselves."""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .charging.outcome import LimitReason
from .charging.rules import RulesResult
from .const import DOMAIN
from .inputs.sensors import entity_name
from .inputs.watcher import SilentSensors
from .state.store import Unreadable
from .twc import BusProblem, BusStatus, Snapshot, format_id
from .types import TwcConfigEntry

SENSOR_STALE: Final = "sensor_stale"
"""One of those for green energy."""

FUSE_SENSOR_STALE: Final = "fuse_sensor_stale"
CANNOT_STOP: Final = "cannot_stop"
SLOW_HOST: Final = "slow_host"

type Problems = Mapping[str, Mapping[str, str]]
"""The problems there are, with what their texts name."""

_WARNINGS: Final = frozenset(
    {
        BusProblem.RATINGS_DIFFER,
        SENSOR_STALE,
        FUSE_SENSOR_STALE,
        CANNOT_STOP,
        SLOW_HOST,
    }
)

PATIENCE_SECONDS: Final = 60.0
"""Sensors come and go, above all while Home Assistant starts: what lasts no longer is no problem."""


class IssueReporter:
    """Reports the problems of one bus as they come and go."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Start with nothing reported."""
        self._hass = hass
        self._entry = entry
        self._reported: Problems = {}
        self._stuck: frozenset[int] = frozenset()
        self._silent_since: Mapping[str, float] = {}

    @callback
    def update(
        self,
        snapshot: Snapshot,
        ruling: RulesResult,
        silent: SilentSensors,
        now: float,
        *,
        slow_host: bool,
    ) -> None:
        """Report what is wrong on the bus and with what the rules need; `now` in s of a monotonic clock."""
        if snapshot.status is BusStatus.OFFLINE:
            # Nothing new is known.
            return
        problems: dict[str, Mapping[str, str]] = {
            problem: {} for problem in snapshot.problems
        }
        problems |= self._silent(ruling, silent, now)
        self._stuck = frozenset(
            connector_id
            for connector_id, item in ruling.decision.connectors.items()
            if item.reason is LimitReason.CANNOT_STOP
            # All ways are tried again now and then, mostly in vain.
            or (connector_id in self._stuck and item.reason is LimitReason.STOPPING)
        )
        if self._stuck:
            names = ", ".join(format_id(item) for item in sorted(self._stuck))
            problems[CANNOT_STOP] = {"connectors": names}
        if slow_host:
            problems[SLOW_HOST] = {}
        self._report(problems)

    @callback
    def clear(self) -> None:
        """Take back what was reported: nobody looks any more."""
        self._report({})

    def _silent(
        self, ruling: RulesResult, silent: SilentSensors, now: float
    ) -> dict[str, Mapping[str, str]]:
        """Return what sensors are to blame for that have been silent for long, with their names.

        Those at the main fuse are missed at any time, those of green energy only while there is a car that
        follows it: many inverters sleep at night.
        """
        found = {FUSE_SENSOR_STALE: silent.fuse}
        if _follows_green(ruling):
            found[SENSOR_STALE] = silent.green
        self._silent_since = {
            problem: self._silent_since.get(problem, now)
            for problem, sensors in found.items()
            if sensors
        }
        return {
            problem: {
                "sensors": ", ".join(
                    entity_name(self._hass, entity_id) for entity_id in found[problem]
                )
            }
            for problem, since in self._silent_since.items()
            if now - since >= PATIENCE_SECONDS
        }

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


def _follows_green(ruling: RulesResult) -> bool:
    """Return whether a car charges, or would, by green energy, content with what it gets or not."""
    return any(
        item.order.green and item.reason is not LimitReason.NO_CAR
        for item in ruling.decision.connectors.values()
    )


@callback
def async_report_unreadable(
    hass: HomeAssistant, entry: TwcConfigEntry, unreadable: Iterable[Unreadable]
) -> None:
    """Report what could not be read of what was kept, until the owner confirms to have seen it."""
    for item in unreadable:
        for part in item.lost:
            ir.async_create_issue(
                hass,
                DOMAIN,
                f"unreadable_{part}_{entry.entry_id}",
                is_fixable=True,
                is_persistent=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key=f"unreadable_{part}",
                translation_placeholders={
                    "bus": entry.title,
                    "file": item.path or "-",
                },
            )
