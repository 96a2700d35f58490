"""Which vehicle is at which connector, matched only where that is certain enough to command it.

A vehicle that may be elsewhere is never commanded: unless it is proven, or reasonable to assume, that it is the one
plugged in, no vehicle is matched, and the reason is reported. Ages are in s.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

FRESH_SECONDS: Final = 300.0
"""Maximum age of a location that counts as the current one."""


class VehicleCharging(StrEnum):
    """What a vehicle reports of its charging."""

    CHARGING = "charging"
    STOPPED = "stopped"
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"


class LocationUpdates(StrEnum):
    """How the location of a vehicle is updated."""

    NEVER = "never"
    """It does not: the owner's assignment has to do."""
    PUSHED = "pushed"
    """An entity reports it, at times of its own."""
    POLLED = "polled"
    """The vehicle's state is read, which costs a call."""


class VehicleLocation(StrEnum):
    """Where a vehicle is now, as far as is known."""

    HOME = "home"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """The known facts about a vehicle; None is unknown now, even if it was known before.

    Attributes:
        vehicle_id: an id that is unique to this vehicle.
        name: what its owner calls it.
        vin: its VIN.
        location_updates: how its location is updated.
        at_home: whether it was at home when its location was last known.
        location_age: how long ago that location was last confirmed, in s.
        location_request_age: how long ago that location was requested, in s; None where none has to be.
        plugged: whether a cable is plugged into it.
        charging: its reported charging state.
        asleep: whether it is asleep.
        scheduled: whether it waits for its own scheduled charging or departure.
        battery: its charge in %.
        charge_limit: the charge in % at which it stops by itself.
        can_wake: whether there is a command to wake it.

    """

    vehicle_id: str
    name: str
    vin: str | None = None
    location_updates: LocationUpdates = LocationUpdates.NEVER
    at_home: bool | None = None
    location_age: float | None = None
    location_request_age: float | None = None
    plugged: bool | None = None
    charging: VehicleCharging | None = None
    asleep: bool | None = None
    scheduled: bool | None = None
    battery: float | None = None
    charge_limit: float | None = None
    can_wake: bool = False

    @property
    def location(self) -> VehicleLocation:
        """Return where the vehicle is now; an old location does not show that."""
        if self.at_home is None or self.location_age is None:
            return VehicleLocation.UNKNOWN
        if not 0 <= self.location_age <= FRESH_SECONDS:
            return VehicleLocation.UNKNOWN
        return VehicleLocation.HOME if self.at_home else VehicleLocation.AWAY

    @property
    def needs_location(self) -> bool:
        """Return whether the location is unknown, and can be read."""
        unknown = self.location is VehicleLocation.UNKNOWN
        return unknown and self.location_updates is LocationUpdates.POLLED

    @property
    def unplugged(self) -> bool:
        """Return whether the vehicle is known to be at no connector."""
        return self.plugged is False or self.charging is VehicleCharging.DISCONNECTED


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """What a connector reports of its vehicle. Times are in s of the monotonic clock of the rules.

    Attributes:
        connector_id: id on the bus.
        protocol: 1, or 2 (since about May 2017).
        plugged: whether a vehicle is plugged in.
        vin: the VIN that the connector reads from the vehicle; None if it reads none.
        offered: the offer in A.
        drawing: whether the vehicle draws.
        plugged_since: when the vehicle was plugged in; None if that was before the connector was first heard.
        offered_since: since when the connector has had an offer; None while it has none.

    """

    connector_id: int
    protocol: int
    plugged: bool
    vin: str | None = None
    offered: float = 0.0
    drawing: bool = False
    plugged_since: float | None = None
    offered_since: float | None = None


class MatchReason(StrEnum):
    """Why a vehicle is matched to a connector, or why none is."""

    VIN = "vin"
    ASSIGNED = "assigned"
    ONLY_ONE_HOME = "only_one_home"
    NOTHING_PLUGGED = "nothing_plugged"
    NONE_KNOWN = "none_known"
    SOMEONE_ELSES = "someone_elses"
    """The VIN belongs to no known vehicle."""
    AWAY = "away"
    """The assigned vehicle is elsewhere."""
    NOT_PLUGGED = "not_plugged"
    """The assigned vehicle reports that no cable is plugged into it."""
    PLACE_UNKNOWN = "place_unknown"
    """The location of the assigned vehicle should be reported by an entity, and is not."""
    ELSEWHERE_PLUGGED = "elsewhere_plugged"
    """The assigned vehicle is at another connector."""
    NONE_HOME = "none_home"
    SEVERAL_HOME = "several_home"
    AMBIGUOUS = "ambiguous"
    """The vehicle may as well be at another connector."""


@dataclass(frozen=True, slots=True)
class Match:
    """The vehicle that is taken to be at a connector.

    Attributes:
        vehicle_id: the vehicle; None if none can be taken to be there.
        reason: how it was matched, or why none was.
        proven_here: whether the connector itself proves it.
        needs_location: whether its location has to be read first: until then it is not commanded.

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
) -> dict[int, Match]:
    """Return the vehicle at each connector.

    The VIN that the connector reads counts first, then the owner's assignment (connector to vehicle), then whether
    exactly one known vehicle is at home. No vehicle is matched to two connectors. The ids of vehicles have to differ.
    """
    return _Matching(connectors, assignments, vehicles).matches()


@dataclass(frozen=True, slots=True)
class _HomeFacts:
    """What the match of a vehicle at home depends on.

    Attributes:
        any_known: whether the owner added a vehicle at all.
        home: the vehicles at home that are at no connector.
        unlocated: the vehicles at no connector whose location has to be read.
        only_connector: whether no other connector waits for a vehicle.

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
"""Why no vehicle at home is matched; the first that applies counts."""

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
"""Why an assigned vehicle is not matched; the first that applies counts."""

_REPLACEABLE: Final = frozenset(
    {MatchReason.AWAY, MatchReason.NOT_PLUGGED, MatchReason.ELSEWHERE_PLUGGED}
)
"""The assigned vehicle is not at its connector, so another one may be."""


class _Matching:
    """One match of all connectors."""

    def __init__(
        self,
        connectors: Sequence[ConnectorFacts],
        assignments: Mapping[int, str],
        vehicles: Sequence[Vehicle],
    ) -> None:
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
        """Vehicles that are, or may be, at one connector, and so at no other."""

    def matches(self) -> dict[int, Match]:
        """Return the match of each connector."""
        self._match_vins()
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
            if item.connector_id not in self._found and vehicle_id in self._vehicles:
                assigned.setdefault(vehicle_id, []).append(item.connector_id)
        for vehicle_id, connector_ids in assigned.items():
            if vehicle_id in self._taken:
                found = Match(None, MatchReason.ELSEWHERE_PLUGGED)
            else:
                found = _match_assigned_vehicle(self._vehicles[vehicle_id])
            self._take(vehicle_id, connector_ids, found)

    def _match_home(self) -> None:
        """Match the only vehicle at home to the only connector without a known vehicle."""
        free = [
            item.connector_id
            for item in self._plugged
            if item.vin is None and self._is_free(item.connector_id)
        ]
        for connector_id in free:
            found = _match_vehicle_at_home(self._home_facts(len(free) == 1))
            if found.vehicle_id is not None:
                self._taken.add(found.vehicle_id)
            if found.vehicle_id is not None or connector_id not in self._found:
                self._found[connector_id] = found

    def _home_facts(self, only_connector: bool) -> _HomeFacts:
        free = [
            vehicle
            for vehicle in self._vehicles.values()
            if vehicle.vehicle_id not in self._taken and not vehicle.unplugged
        ]
        return _HomeFacts(
            any_known=bool(self._vehicles),
            home=tuple(item for item in free if item.location is VehicleLocation.HOME),
            unlocated=tuple(item for item in free if item.needs_location),
            only_connector=only_connector,
        )

    def _is_free(self, connector_id: int) -> bool:
        """Return whether nothing is known of the vehicle at a connector."""
        found = self._found.get(connector_id)
        return found is None or found.reason in _REPLACEABLE

    def _take(
        self, vehicle_id: str, connector_ids: Sequence[int], found: Match
    ) -> None:
        """Record the match of a vehicle; one matched to several connectors is at none for certain."""
        if found.vehicle_id is not None:
            self._taken.add(vehicle_id)
            if len(connector_ids) > 1:
                found = Match(None, MatchReason.AMBIGUOUS)
        self._found.update(dict.fromkeys(connector_ids, found))


def _match_assigned_vehicle(vehicle: Vehicle) -> Match:
    """Return whether a vehicle may be taken to be at the connector that its owner assigned it to."""
    for applies, reason in _NOT_ASSIGNED:
        if applies(vehicle):
            return Match(None, reason)
    return Match(
        vehicle.vehicle_id,
        MatchReason.ASSIGNED,
        needs_location=vehicle.needs_location,
    )


def _match_vehicle_at_home(facts: _HomeFacts) -> Match:
    """Return whether one vehicle at home may be taken to be at a connector without a known vehicle."""
    for applies, reason in _NOT_AT_HOME:
        if applies(facts):
            return Match(None, reason)
    # Only once all are located is it known that exactly one is at home. A vehicle that is asleep cannot be located
    # until it wakes, and does not charge.
    awake = next((item for item in facts.unlocated if not item.asleep), None)
    if awake is None and facts.home:
        return Match(facts.home[0].vehicle_id, MatchReason.ONLY_ONE_HOME)
    vehicle = awake or facts.unlocated[0]
    return Match(vehicle.vehicle_id, MatchReason.ONLY_ONE_HOME, needs_location=True)
