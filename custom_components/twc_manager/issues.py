"""Repair issues of a bus: when a problem lasts long enough to be reported, and when its issue is deleted."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .charging.outcome import LimitReason
from .charging.plans.status import PlanStatus
from .charging.rules import RulesResult
from .const import DOMAIN
from .inputs.sensors import entity_name
from .inputs.watcher import SilentSensors
from .inputs.wiring import wiring_of
from .state.failed_plans import failed_plans
from .state.fuse_report import (
    FUSE_SENSOR_FROZEN,
    FUSE_SENSOR_INCOMPLETE,
    FUSE_SENSOR_INVERTED,
    FUSE_SENSOR_STILL,
    FuseReport,
)
from .state.overdraw import OverdrawReport
from .state.store import Unreadable
from .state.unreachable_plans import UnreachablePlans
from .twc import BusProblem, BusStatus, Snapshot, format_id
from .types import TwcConfigEntry
from .vehicles.left_currents import LeftCurrent
from .vehicles.readings import CurrentReading, VehicleReadings

SENSOR_STALE: Final = "sensor_stale"
"""A sensor for green energy reports nothing."""

SENSOR_INVERTED: Final = "sensor_inverted"
"""A sensor for green energy counts in the opposite direction."""

FUSE_SENSOR_STALE: Final = "fuse_sensor_stale"
"""A sensor at the main fuse reports nothing."""

OUTSIDE_SILENT: Final = "outside_silent"
"""The entity of the limit from outside has no usable value."""

LOAD_SENSOR_STALE: Final = "load_sensor_stale"
"""A sensor of another load on a circuit reports nothing."""

PEAK_SILENT: Final = "peak_silent"
"""The sensor at the grid, which the peak budget needs, has no usable value."""

SENSOR_REMOVED: Final = "sensor_removed"
"""A chosen entity was removed from Home Assistant."""

SENSOR_UNIT: Final = "sensor_unit"
"""A chosen sensor has a unit that cannot be read."""

CHARGES_ELSEWHERE: Final = "charges_elsewhere"
"""A vehicle was matched to a connector, but is at another charger."""

CURRENT_NOT_RESTORED: Final = "current_not_restored"
"""A vehicle was asked for less current, and its owner's setting could not be restored."""

CURRENT_LEFT: Final = "current_left"
"""The same, by a bus that was removed: nothing restores the setting any more."""

PLAN_UNREACHABLE: Final = "plan_unreachable"
"""A vehicle will not reach the goal of a plan in time."""

PLAN_FAILED: Final = "plan_failed"
"""A plan has an error, or no times can be planned for it."""

PRICES_SILENT: Final = "prices_silent"
"""The source of prices has had no current price for a long time."""

KEEPER_IN_CHARGE: Final = "keeper_in_charge"
"""The keeper charges although Home Assistant runs: what Home Assistant sends does not reach it."""

KEEPER_REFUSED: Final = "keeper_refused"
"""The keeper has another key, so that it accepts no lease."""

KEEPER_LIMIT: Final = "keeper_limit"
"""The limit of the keeper is below the maximum that the owner set."""

CANNOT_STOP: Final = "cannot_stop"
SLOW_HOST: Final = "slow_host"
NOT_STORED: Final = "not_stored"
"""What has to be kept across a restart cannot be written to the disk."""

type Problems = Mapping[str, Mapping[str, str]]
"""The placeholders of each problem's text, by the problem's translation key."""

_WARNINGS: Final = frozenset(
    {
        BusProblem.RATINGS_DIFFER,
        BusProblem.NOT_HEARING,
        SENSOR_STALE,
        SENSOR_INVERTED,
        FUSE_SENSOR_STALE,
        OUTSIDE_SILENT,
        PEAK_SILENT,
        SENSOR_REMOVED,
        SENSOR_UNIT,
        FUSE_SENSOR_FROZEN,
        FUSE_SENSOR_INVERTED,
        FUSE_SENSOR_STILL,
        FUSE_SENSOR_INCOMPLETE,
        CHARGES_ELSEWHERE,
        CURRENT_NOT_RESTORED,
        PLAN_UNREACHABLE,
        PLAN_FAILED,
        PRICES_SILENT,
        CANNOT_STOP,
        SLOW_HOST,
        KEEPER_REFUSED,
        KEEPER_LIMIT,
    }
)

SILENT_SECONDS: Final = 60.0
"""How many s a sensor has to be silent to be reported; many are silent briefly while Home Assistant starts."""

LATE_MINUTES: Final = 5
"""In how many minutes of an hour heartbeats have to be late to report a slow host; a backup or a start takes one or
two."""

HOUR_SECONDS: Final = 3600.0
MINUTE_SECONDS: Final = 60.0


class SlowHostDetector:
    """Detects a machine that is too slow for the bus, by the minutes of the last hour in which heartbeats were late."""

    def __init__(self) -> None:
        """Start without late heartbeats."""
        self._count = 0
        self._late: deque[float] = deque(maxlen=LATE_MINUTES)

    def is_slow(self, late_heartbeats: int, now: float) -> bool:
        """Return whether heartbeats are repeatedly late.

        Args:
            late_heartbeats: how many there were since the start.
            now: the time, in s of a monotonic clock.

        """
        if late_heartbeats > self._count and not self._is_same_minute(now):
            self._late.append(now)
        self._count = late_heartbeats
        return len(self._late) == LATE_MINUTES and now - self._late[0] < HOUR_SECONDS

    def _is_same_minute(self, now: float) -> bool:
        return bool(self._late) and now - self._late[-1] < MINUTE_SECONDS


class IssueReporter:
    """Creates and deletes the repair issues of one bus."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Start without issues."""
        self._slow_host = SlowHostDetector()
        self._hass = hass
        self._entry = entry
        self._overdraw = OverdrawReport(wiring_of(entry).max_current)
        self._plans = UnreachablePlans()
        self._fuse = FuseReport()
        self._reported: Problems = {}
        self._waiting: frozenset[int] | None = None
        self._stuck: frozenset[int] = frozenset()
        self._silent_since: Mapping[str, float] = {}

    @callback
    def update(
        self,
        snapshot: Snapshot,
        result: RulesResult,
        silent: SilentSensors,
        late_heartbeats: int,
        now: float,
        *,
        vehicles: VehicleReadings,
        plans: Mapping[str, PlanStatus],
        plan_names: Mapping[str, str],
    ) -> None:
        """Report the problems of the bus, of the rules' sensors, of vehicles and of this machine.

        Args:
            snapshot: the bus; while it is offline, the issues stay.
            result: the decision of the rules.
            silent: the sensors that report nothing.
            late_heartbeats: how many there were since the start.
            now: the time, in s of a monotonic clock.
            vehicles: what is known of the vehicles.
            plans: how the plans are doing, by id.
            plan_names: the names of the plans, by id.

        """
        slow_host = self._slow_host.is_slow(late_heartbeats, now)
        if snapshot.status is BusStatus.OFFLINE:
            return
        problems: dict[str, Mapping[str, str]] = {
            problem: {} for problem in snapshot.problems
        }
        if snapshot.not_hearing:
            names = ", ".join(map(format_id, sorted(snapshot.not_hearing)))
            problems[BusProblem.NOT_HEARING] = {"connectors": names}
        problems |= self._overdraw.problems(snapshot, result)
        problems |= self._silent(result, silent, now)
        found = self._fuse.problems(result.fuse_meter, silent.at_fuse, now)
        problems |= {
            problem: {"sensors": self._names(sensors)}
            for problem, sensors in found.items()
        }
        problems |= _elsewhere(vehicles.elsewhere)
        problems |= _unrestored(vehicles.unrestored)
        if texts := self._plans.texts(plans, plan_names, now):
            problems[PLAN_UNREACHABLE] = {"plans": texts}
        if texts := failed_plans(plans, plan_names):
            problems[PLAN_FAILED] = {"plans": texts}
        problems |= self._unstoppable(result)
        if slow_host:
            problems[SLOW_HOST] = {}
        if silent.prices is not None:
            problems[PRICES_SILENT] = {"source": silent.prices}
        self._report(problems)

    @callback
    def update_storage(self, waiting: frozenset[int] | None) -> None:
        """Report that nothing can be written, with the connectors that wait for it; None if writes succeed."""
        if waiting == self._waiting:
            return
        self._waiting = waiting
        if waiting is None:
            delete_issue(self._hass, self._entry, NOT_STORED)
            return
        names = ", ".join(map(format_id, sorted(waiting))) or "–"
        create_issue(self._hass, self._entry, NOT_STORED, {"connectors": names})

    @callback
    def clear(self) -> None:
        """Delete all issues, since the bus is no longer watched."""
        self._report({})
        self.update_storage(None)

    def _unstoppable(self, result: RulesResult) -> Problems:
        """Return the connectors whose car cannot be stopped as a problem."""
        self._stuck = frozenset(
            connector_id
            for connector_id, item in result.decision.connectors.items()
            if item.reason is LimitReason.CANNOT_STOP
            # From time to time all methods are tried again, mostly without success.
            or (connector_id in self._stuck and item.reason is LimitReason.STOPPING)
        )
        if not self._stuck:
            return {}
        names = ", ".join(format_id(item) for item in sorted(self._stuck))
        return {CANNOT_STOP: {"connectors": names}}

    def _silent(
        self, result: RulesResult, silent: SilentSensors, now: float
    ) -> Problems:
        """Return the problems of sensors that have been silent for `SILENT_SECONDS`, with the sensors' names.

        Sensors at the main fuse are needed at any time, those for green energy only while a car charges by it: many
        inverters switch off at night.
        """
        found = {
            FUSE_SENSOR_STALE: silent.fuse,
            LOAD_SENSOR_STALE: silent.loads,
            OUTSIDE_SILENT: silent.outside,
            PEAK_SILENT: silent.peak,
            SENSOR_REMOVED: silent.removed,
            SENSOR_UNIT: silent.unit,
            SENSOR_INVERTED: silent.inverted,
        }
        if _follows_green(result):
            found[SENSOR_STALE] = silent.green
        self._silent_since = {
            problem: self._silent_since.get(problem, now)
            for problem, sensors in found.items()
            if sensors
        }
        return {
            problem: {"sensors": self._names(found[problem])}
            for problem, since in self._silent_since.items()
            if now - since >= SILENT_SECONDS
        }

    def _names(self, entity_ids: Iterable[str]) -> str:
        return ", ".join(entity_name(self._hass, item) for item in entity_ids)

    def _report(self, problems: Problems) -> None:
        for problem in self._reported.keys() - problems.keys():
            delete_issue(self._hass, self._entry, problem)
        for problem, names in problems.items():
            if self._reported.get(problem) != names:
                create_issue(self._hass, self._entry, problem, names)
        self._reported = problems


def issue_id(entry: ConfigEntry, problem: str) -> str:
    """Return the id of the issue of a problem of one bus."""
    return f"{problem}_{entry.entry_id}"


@callback
def create_issue(
    hass: HomeAssistant, entry: ConfigEntry, problem: str, names: Mapping[str, str]
) -> None:
    """Create the issue of a problem of one bus; `names` are the placeholders of its text beside the bus."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry, problem),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING
        if problem in _WARNINGS
        else ir.IssueSeverity.ERROR,
        translation_key=problem,
        translation_placeholders={"bus": entry.title, **names},
    )


@callback
def delete_issue(hass: HomeAssistant, entry: ConfigEntry, problem: str) -> None:
    """Delete the issue of a problem of one bus, if there is one."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(entry, problem))


def _elsewhere(elsewhere: Mapping[int, frozenset[str]]) -> Problems:
    """Return the vehicles that charge elsewhere as a problem, with the connectors they were matched to."""
    names = sorted(
        f"{name} ({format_id(connector_id)})"
        for connector_id, vehicles in elsewhere.items()
        for name in vehicles
    )
    return {CHARGES_ELSEWHERE: {"vehicles": ", ".join(names)}} if names else {}


def _unrestored(unrestored: Mapping[str, CurrentReading]) -> Problems:
    """Return the vehicles that may be left with less current than their owners have set as a problem."""
    names = sorted(
        f"{name} ({item.amps:g} A → {item.owner:g} A)"
        for name, item in unrestored.items()
    )
    return {CURRENT_NOT_RESTORED: {"vehicles": ", ".join(names)}} if names else {}


def _follows_green(result: RulesResult) -> bool:
    """Return whether green energy limits a car that is plugged in, whether it charges or waits."""
    return any(
        item.active_rule.green and item.reason is not LimitReason.NO_VEHICLE
        for item in result.decision.connectors.values()
    )


@callback
def async_report_unreadable(
    hass: HomeAssistant, entry: TwcConfigEntry, unreadable: Iterable[Unreadable]
) -> None:
    """Report the parts of the stored data that could not be read; each issue stays until the owner confirms it."""
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


@callback
def async_report_left_currents(
    hass: HomeAssistant, entry: TwcConfigEntry, left: Iterable[LeftCurrent]
) -> None:
    """Report the vehicles that a removed bus leaves with less current; the issue stays until the owner confirms it."""
    vehicles = sorted(f"{item.vehicle} ({item.owner:g} A)" for item in left)
    if not vehicles:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{CURRENT_LEFT}_{entry.entry_id}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=CURRENT_LEFT,
        translation_placeholders={
            "bus": entry.title,
            "vehicles": ", ".join(vehicles),
        },
    )
