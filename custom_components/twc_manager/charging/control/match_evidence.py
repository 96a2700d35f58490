"""The evidence against the match of a vehicle to a connector.

A match without a VIN is a conclusion from locations and cables: the vehicle may be charging at another charger of the
same house while a guest's vehicle is plugged in here. Then its reports contradict what the connector measures. Only
reports with a known time count, and with wide margins: clouds answer late, and integrations repeat old states.

Times are in s of a monotonic clock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .matching import Match, match
from .vehicle_facts import ConnectorFacts, PlugIn, Vehicle, VehicleCharging

REPORT_SECONDS: Final = 300.0
"""How many s late a vehicle may report."""

CONTRADICTED_SECONDS: Final = 90.0
"""How many s the measurement has to contradict a report."""

PLUG_IN_SECONDS: Final = 60.0
"""How many s a report has to be away from the plug-in to belong to the time before or after it."""


@dataclass(frozen=True, slots=True)
class _PlugIn:
    """What was known when a vehicle was plugged in.

    Attributes:
        plug_in: the connector and the time.
        quiet_since: since when no vehicle of the bus had drawn at that time; None if one drew.

    """

    plug_in: PlugIn
    quiet_since: float | None


class MatchEvidence:
    """Collects the evidence about the matches of one bus, and refutes or confirms them."""

    def __init__(self) -> None:
        """Start without evidence."""
        self._plug_ins: dict[int, _PlugIn] = {}
        self._drawing_since: dict[int, float] = {}
        self._quiet_since: float | None = None
        self._refuted: dict[PlugIn, frozenset[str]] = {}
        self._confirmed: dict[PlugIn, str] = {}
        self._elsewhere: dict[PlugIn, frozenset[str]] = {}

    @property
    def refuted(self) -> frozenset[tuple[int, str]]:
        """Return the pairs of a connector and a vehicle that is not plugged in there."""
        return _pairs(self._refuted)

    def match(
        self,
        now: float,
        connectors: Sequence[ConnectorFacts],
        assignments: Mapping[int, str],
        vehicles: Sequence[Vehicle],
        guests: Collection[int] = (),
    ) -> dict[int, Match]:
        """Return the vehicle at each connector, without the matches that are refuted by now; see `match`."""
        self._observe(now, connectors)
        while True:
            found = match(
                connectors,
                assignments,
                vehicles,
                self.refuted,
                guests,
                elsewhere=_pairs(self._elsewhere),
            )
            if not self._judge(now, connectors, vehicles, found):
                break
        self._note_proven(now, connectors, found)
        return found

    def refute(self, plug_in: PlugIn, vehicle_id: str) -> None:
        """Record that a vehicle is elsewhere, which holds until the vehicle at the connector is unplugged."""
        before = self._refuted.get(plug_in, frozenset())
        self._refuted[plug_in] = before | {vehicle_id}

    def confirm(self, plug_in: PlugIn, vehicle_id: str) -> None:
        """Record that a vehicle has followed a command at the connector, which counts more than its reports."""
        self._confirmed[plug_in] = vehicle_id

    def _note_proven(
        self,
        now: float,
        connectors: Sequence[ConnectorFacts],
        found: Mapping[int, Match],
    ) -> None:
        """Note that vehicles that are proven to be at one connector are not the ones at other connectors.

        Otherwise such a vehicle would be the only one at home once it is unplugged, and be matched to another
        connector.
        """
        proven = {
            vehicle_id: item.connector_id
            for item in connectors
            if item.heard_since <= now
            and (vehicle_id := _proven_at(found[item.connector_id])) is not None
        }
        for item in connectors:
            if _has_been_plugged_in(item, now):
                others = {key for key, at in proven.items() if at != item.connector_id}
                before = self._elsewhere.get(item.plug_in, frozenset())
                self._elsewhere[item.plug_in] = before | others

    def _observe(self, now: float, connectors: Sequence[ConnectorFacts]) -> None:
        """Take the measurements of the connectors; a missing connector, as on a lost bus, does not end a plug-in."""
        for item in connectors:
            self._observe_plug(item)
        self._drawing_since = {
            item.connector_id: self._drawing_since.get(item.connector_id, now)
            for item in connectors
            if item.drawing and item.heard_since <= now
        }
        quiet = all(not item.drawing and item.heard_since <= now for item in connectors)
        if not connectors or not quiet:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now

    def _observe_plug(self, item: ConnectorFacts) -> None:
        known = self._plug_ins.get(item.connector_id)
        if item.plugged and known is not None and known.plug_in == item.plug_in:
            return
        if known is not None:
            del self._plug_ins[item.connector_id]
            self._drawing_since.pop(item.connector_id, None)
            self._refuted.pop(known.plug_in, None)
            self._confirmed.pop(known.plug_in, None)
            self._elsewhere.pop(known.plug_in, None)
        if item.plugged:
            self._plug_ins[item.connector_id] = _PlugIn(item.plug_in, self._quiet_since)

    def _judge(
        self,
        now: float,
        connectors: Sequence[ConnectorFacts],
        vehicles: Sequence[Vehicle],
        found: Mapping[int, Match],
    ) -> bool:
        """Refute contradicted matches; return whether there were any."""
        known = {vehicle.vehicle_id: vehicle for vehicle in vehicles}
        contradicted = False
        for item in connectors:
            at = found[item.connector_id]
            if at.vehicle_id is None or at.proven_here:
                continue
            if self._confirmed.get(item.plug_in) == at.vehicle_id:
                continue
            if self._is_contradicted(now, item, known[at.vehicle_id]):
                self.refute(item.plug_in, at.vehicle_id)
                contradicted = True
        return contradicted

    def _is_contradicted(
        self, now: float, connector: ConnectorFacts, vehicle: Vehicle
    ) -> bool:
        """Return whether a vehicle cannot be the one at a connector, by the times of its report."""
        if vehicle.charging_changed_age is None:
            return False
        changed_at = now - vehicle.charging_changed_age
        if vehicle.charging is VehicleCharging.STOPPED:
            return self._has_drawn_on(now, connector, changed_at)
        if vehicle.charging is VehicleCharging.CHARGING:
            return self._began_before(now, connector, vehicle, changed_at)
        return False

    def _has_drawn_on(
        self, now: float, connector: ConnectorFacts, stopped_at: float
    ) -> bool:
        """Return whether a connector has drawn long before and after a vehicle stopped."""
        since = self._drawing_since.get(connector.connector_id)
        return (
            since is not None
            and since + REPORT_SECONDS <= stopped_at <= now - CONTRADICTED_SECONDS
        )

    def _began_before(
        self, now: float, connector: ConnectorFacts, vehicle: Vehicle, began_at: float
    ) -> bool:
        """Return whether a vehicle has charged since before the plug-in, while nothing on this bus drew."""
        known = self._plug_ins[connector.connector_id]
        plugged_at, quiet_since = known.plug_in.since, known.quiet_since
        report_age = vehicle.charging_report_age
        if plugged_at is None or quiet_since is None or report_age is None:
            return False
        reported_at = now - report_age
        return (
            quiet_since + REPORT_SECONDS <= began_at <= plugged_at - PLUG_IN_SECONDS
            and reported_at >= plugged_at + PLUG_IN_SECONDS
        )


def _pairs(
    vehicles: Mapping[PlugIn, frozenset[str]],
) -> frozenset[tuple[int, str]]:
    """Return each connector with each of its vehicles."""
    return frozenset(
        (plug_in.connector_id, vehicle_id)
        for plug_in, vehicle_ids in vehicles.items()
        for vehicle_id in vehicle_ids
    )


def _proven_at(match: Match) -> str | None:
    """Return the vehicle that is proven to be at a connector; None without proof."""
    return match.vehicle_id if match.proven_here else None


def _has_been_plugged_in(connector: ConnectorFacts, now: float) -> bool:
    """Return whether the vehicle at a connector has been plugged in for `PLUG_IN_SECONDS`."""
    since = connector.plugged_since
    return connector.plugged and (since is None or now - since >= PLUG_IN_SECONDS)
