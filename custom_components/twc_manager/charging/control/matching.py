"""Matches vehicles to connectors, only where a match is certain enough to command the vehicle.

A vehicle that may be elsewhere is never commanded: unless it is proven, or reasonable to assume, that it is the one
plugged in, no vehicle is matched, and the reason is reported. Ages are in s.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from .vehicle_facts import ConnectorFacts, LocationUpdates, Vehicle, VehicleLocation


class MatchReason(StrEnum):
    """The reason why a vehicle is matched to a connector, or why none is matched."""

    VIN = "vin"
    ASSIGNED = "assigned"
    ONLY_ONE_HOME = "only_one_home"
    NOTHING_PLUGGED = "nothing_plugged"
    NONE_KNOWN = "none_known"
    SOMEONE_ELSES = "someone_elses"
    """The VIN does not belong to a known vehicle, or the owner has chosen a guest."""
    AWAY = "away"
    """The assigned vehicle is elsewhere."""
    NOT_PLUGGED = "not_plugged"
    """The assigned vehicle reports that no cable is plugged into it."""
    PLACE_UNKNOWN = "place_unknown"
    """The location of the assigned vehicle should be reported by an entity, but is not."""
    CHARGES_ELSEWHERE = "charges_elsewhere"
    """The measurements of the connector have refuted the match."""
    ELSEWHERE_PLUGGED = "elsewhere_plugged"
    """The assigned vehicle is at another connector."""
    NONE_HOME = "none_home"
    SEVERAL_HOME = "several_home"
    AMBIGUOUS = "ambiguous"
    """The vehicle may also be at another connector."""


@dataclass(frozen=True, slots=True)
class Match:
    """The vehicle that is matched to a connector.

    Attributes:
        vehicle_id: the vehicle; None if none is matched.
        reason: why it is matched, or why none is.
        proven_here: whether the connector itself proves the match.
        needs_location: whether its location has to be read first; until then it is not commanded.

    """

    vehicle_id: str | None
    reason: MatchReason
    proven_here: bool = False
    needs_location: bool = False


def drop_outdated_locations(
    now: float, connectors: Iterable[ConnectorFacts], vehicles: Iterable[Vehicle]
) -> list[Vehicle]:
    """Return the vehicles without the locations that were requested before a vehicle was last plugged in.

    A vehicle that was at home then may have left, and another one may be plugged in instead; one that was away may
    have come. `now` is on the clock of the connectors.
    """
    times = (item.plugged_since for item in connectors if item.plugged)
    plugged_in = max((at for at in times if at is not None), default=None)
    if plugged_in is None:
        return list(vehicles)
    return [
        replace(vehicle, at_home=None, location_age=None)
        if vehicle.location_request_age is not None
        and now - vehicle.location_request_age < plugged_in
        else vehicle
        for vehicle in vehicles
    ]


def match(
    connectors: Sequence[ConnectorFacts],
    assignments: Mapping[int, str],
    vehicles: Sequence[Vehicle],
    refuted: Collection[tuple[int, str]] = (),
    guests: Collection[int] = (),
    *,
    elsewhere: Collection[tuple[int, str]] = (),
) -> dict[int, Match]:
    """Return the match of each connector.

    The VIN that the connector reads counts first, then the owner's assignment (connector to vehicle), then whether
    exactly one known vehicle is at home. No vehicle is matched to two connectors. The ids of vehicles have to differ.

    Only a VIN matches a pair of a connector and a vehicle that is `refuted`, any vehicle at one of the connectors with
    `guests`, and a pair of which the vehicle was `elsewhere` while the one at the connector was plugged in.
    """
    matching = _Matching(connectors, assignments, vehicles, refuted, elsewhere)
    return matching.matches(guests)


@dataclass(frozen=True, slots=True)
class _HomeFacts:
    """What the match of a vehicle at home depends on.

    Attributes:
        any_known: whether the owner added a vehicle at all.
        home: the unmatched vehicles at home.
        unlocated: the unmatched vehicles whose location has to be read.
        only_connector: whether all other connectors have a match.

    """

    any_known: bool
    home: tuple[Vehicle, ...]
    unlocated: tuple[Vehicle, ...]
    only_connector: bool


_NOT_AT_HOME: Final[tuple[tuple[Callable[[_HomeFacts], bool], MatchReason], ...]] = (
    (lambda facts: not facts.any_known, MatchReason.NONE_KNOWN),
    (lambda facts: len(facts.home) > 1, MatchReason.SEVERAL_HOME),
    (lambda facts: not facts.home and not facts.unlocated, MatchReason.NONE_HOME),
    (lambda facts: not facts.only_connector, MatchReason.AMBIGUOUS),
)
"""The reasons why no vehicle at home is matched; the first that applies counts."""

_NOT_ASSIGNED: Final[tuple[tuple[Callable[[Vehicle], bool], MatchReason], ...]] = (
    (lambda vehicle: vehicle.location is VehicleLocation.AWAY, MatchReason.AWAY),
    (lambda vehicle: vehicle.unplugged, MatchReason.NOT_PLUGGED),
    (
        lambda vehicle: (
            vehicle.location is VehicleLocation.UNKNOWN
            and vehicle.location_updates is LocationUpdates.PUSHED
        ),
        MatchReason.PLACE_UNKNOWN,
    ),
)
"""The reasons why an assigned vehicle is not matched; the first that applies counts."""

_REPLACEABLE: Final = frozenset(
    {
        MatchReason.AWAY,
        MatchReason.NOT_PLUGGED,
        MatchReason.ELSEWHERE_PLUGGED,
        MatchReason.CHARGES_ELSEWHERE,
    }
)
"""The reasons with which the assigned vehicle is not at its connector, so that another one may be."""


class _Matching:
    """One match of all connectors."""

    def __init__(
        self,
        connectors: Sequence[ConnectorFacts],
        assignments: Mapping[int, str],
        vehicles: Sequence[Vehicle],
        refuted: Collection[tuple[int, str]],
        elsewhere: Collection[tuple[int, str]],
    ) -> None:
        self._refuted = refuted
        self._elsewhere = elsewhere
        self._plugged = [item for item in connectors if item.plugged]
        self._vehicles = {vehicle.vehicle_id: vehicle for vehicle in vehicles}
        self._by_vin = {
            vehicle.vin: vehicle for vehicle in vehicles if vehicle.vin is not None
        }
        self._assignments = assignments
        self._found = {
            item.connector_id: Match(None, MatchReason.NOTHING_PLUGGED)
            for item in connectors
            if not item.plugged
        }
        self._taken: set[str] = set()
        """The vehicles that are, or may be, at a connector, and so cannot be at another one."""

    def matches(self, guests: Collection[int]) -> dict[int, Match]:
        """Return the match of each connector; those with guests are only matched by a VIN."""
        self._match_vins()
        for item in self._plugged:
            if item.connector_id in guests:
                other = Match(None, MatchReason.SOMEONE_ELSES)
                self._found.setdefault(item.connector_id, other)
        self._match_assigned()
        self._match_home()
        return self._found

    def _match_vins(self) -> None:
        known: dict[str, list[int]] = {}
        for item in self._plugged:
            if item.vin is None:
                continue
            if (vehicle := self._by_vin.get(item.vin)) is not None:
                known.setdefault(vehicle.vehicle_id, []).append(item.connector_id)
            elif not self._may_be_assigned(item.connector_id):
                self._found[item.connector_id] = Match(None, MatchReason.SOMEONE_ELSES)
        for vehicle_id, connector_ids in known.items():
            proven = Match(vehicle_id, MatchReason.VIN, proven_here=True)
            self._take(vehicle_id, connector_ids, proven)

    def _may_be_assigned(self, connector_id: int) -> bool:
        """Return whether an unknown VIN may be that of the assigned vehicle."""
        vehicle = self._vehicles.get(self._assignments.get(connector_id, ""))
        return vehicle is not None and vehicle.vin is None

    def _match_assigned(self) -> None:
        assigned: dict[str, list[int]] = {}
        for item in self._plugged:
            vehicle_id = self._assignments.get(item.connector_id)
            if item.connector_id in self._found or vehicle_id not in self._vehicles:
                continue
            if (reason := self._why_not(item.connector_id, vehicle_id)) is not None:
                self._found[item.connector_id] = Match(None, reason)
                continue
            assigned.setdefault(vehicle_id, []).append(item.connector_id)
        for vehicle_id, connector_ids in assigned.items():
            if vehicle_id in self._taken:
                found = Match(None, MatchReason.ELSEWHERE_PLUGGED)
            else:
                found = _match_assigned_vehicle(self._vehicles[vehicle_id])
            self._take(vehicle_id, connector_ids, found)

    def _why_not(self, connector_id: int, vehicle_id: str) -> MatchReason | None:
        """Return why a vehicle cannot be at a connector; None if it may be there."""
        if (connector_id, vehicle_id) in self._refuted:
            return MatchReason.CHARGES_ELSEWHERE
        if (connector_id, vehicle_id) in self._elsewhere:
            return MatchReason.ELSEWHERE_PLUGGED
        return None

    def _match_home(self) -> None:
        """Match the only vehicle at home to the only connector without a known vehicle."""
        free = [
            item.connector_id
            for item in self._plugged
            if item.vin is None and self._is_free(item.connector_id)
        ]
        for connector_id in free:
            found = self._match_home_at(connector_id, only_connector=len(free) == 1)
            if found.vehicle_id is not None:
                self._taken.add(found.vehicle_id)
            if found.vehicle_id is not None or connector_id not in self._found:
                self._found[connector_id] = found

    def _match_home_at(self, connector_id: int, *, only_connector: bool) -> Match:
        found = _match_vehicle_at_home(self._home_facts(connector_id, only_connector))
        refuted = any(at == connector_id for at, _ in self._refuted)
        if found.reason is MatchReason.NONE_HOME and refuted:
            return Match(None, MatchReason.CHARGES_ELSEWHERE)
        return found

    def _home_facts(self, connector_id: int, only_connector: bool) -> _HomeFacts:
        free = [
            vehicle
            for vehicle in self._vehicles.values()
            if vehicle.vehicle_id not in self._taken
            and not vehicle.unplugged
            and self._why_not(connector_id, vehicle.vehicle_id) is None
        ]
        return _HomeFacts(
            any_known=bool(self._vehicles),
            home=tuple(item for item in free if item.location is VehicleLocation.HOME),
            unlocated=tuple(item for item in free if item.needs_location),
            only_connector=only_connector,
        )

    def _is_free(self, connector_id: int) -> bool:
        """Return whether a connector has no known vehicle."""
        found = self._found.get(connector_id)
        return found is None or found.reason in _REPLACEABLE

    def _take(
        self, vehicle_id: str, connector_ids: Sequence[int], found: Match
    ) -> None:
        """Record the match of a vehicle; if it matches several connectors, none is certain."""
        if found.vehicle_id is not None:
            self._taken.add(vehicle_id)
            if len(connector_ids) > 1:
                found = Match(None, MatchReason.AMBIGUOUS)
        self._found.update(dict.fromkeys(connector_ids, found))


def _match_assigned_vehicle(vehicle: Vehicle) -> Match:
    """Return the match of a vehicle to the connector that its owner assigned it to."""
    for applies, reason in _NOT_ASSIGNED:
        if applies(vehicle):
            return Match(None, reason)
    return Match(
        vehicle.vehicle_id,
        MatchReason.ASSIGNED,
        needs_location=vehicle.needs_location,
    )


def _match_vehicle_at_home(facts: _HomeFacts) -> Match:
    """Return the match of the only vehicle at home to a connector without a known vehicle."""
    for applies, reason in _NOT_AT_HOME:
        if applies(facts):
            return Match(None, reason)
    # That exactly one vehicle is at home is known only once all are located. A vehicle that is asleep cannot be located
    # until it wakes, and does not charge.
    awake = next((item for item in facts.unlocated if not item.asleep), None)
    if awake is None and facts.home:
        return Match(facts.home[0].vehicle_id, MatchReason.ONLY_ONE_HOME)
    vehicle = awake or facts.unlocated[0]
    return Match(vehicle.vehicle_id, MatchReason.ONLY_ONE_HOME, needs_location=True)
