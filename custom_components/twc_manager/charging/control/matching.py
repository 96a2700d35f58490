"""Which car hangs on which connector, as far as that is certain enough to command it.

A car that may be elsewhere is never commanded: where it cannot be proven or reasonably taken that the car is the
one that is plugged in, nobody is matched, with the reason. Ages are in s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

FRESH_SECONDS: Final = 300.0
"""Where a car was so long ago says where it is."""


class VehicleCharging(StrEnum):
    """What a car says of its charging."""

    CHARGING = "charging"
    STOPPED = "stopped"
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"


class LocationUpdates(StrEnum):
    """How it becomes known where a car is."""

    NEVER = "never"
    """Nobody can tell: the owner's assignment has to do."""
    PUSHED = "pushed"
    """Somebody else tells, whenever he likes."""
    POLLED = "polled"
    """By a look at the car, which costs a call."""


class Place(StrEnum):
    """Where a car is, as far as it is known now."""

    HOME = "home"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What is known of a car now; None is what nobody knows now, be it that it was known once.

    Attributes:
        vehicle_id: an id that means nothing but this car.
        name: what its owner calls it.
        vin: its VIN.
        location_updates: how it becomes known where it is.
        at_home: whether it was at home when that was last found out.
        location_age: how long ago that was confirmed last, in s.
        location_request_age: how long ago somebody looked for that, in s; None where nobody has to.
        plugged: whether it has a cable in it.
        charging: what it says of its charging.
        asleep: whether it sleeps.
        scheduled: whether it waits for its own scheduled charging or departure.
        battery: its charge in %.
        charge_limit: the charge in % at which it stops by itself.
        can_wake: whether it can be woken by a call of its own.

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
    def place(self) -> Place:
        """Return where it is now; a place of long ago is none."""
        if self.at_home is None or self.location_age is None:
            return Place.UNKNOWN
        if not 0 <= self.location_age <= FRESH_SECONDS:
            return Place.UNKNOWN
        return Place.HOME if self.at_home else Place.AWAY

    @property
    def unplugged(self) -> bool:
        """Return whether it is known to hang on no connector."""
        return self.plugged is False or self.charging is VehicleCharging.DISCONNECTED


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """What a connector knows of the car at it. Times are in s of a monotonic clock, as the rules take it.

    Attributes:
        connector_id: id on the bus.
        protocol: 1, or 2 (of about May 2017 and later).
        plugged: whether a car is plugged in.
        vin: the VIN it reads from the car; None if it reads none.
        offered: A it offers the car.
        drawing: whether the car draws.
        plugged_since: when the car was plugged in; None if it was there before anybody looked.
        offered_since: since when it offers A without a break; None while it offers none.

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
    """Why a car is taken for the one at a connector, or why none is."""

    VIN = "vin"
    ASSIGNED = "assigned"
    ONLY_ONE_HOME = "only_one_home"
    NOTHING_PLUGGED = "nothing_plugged"
    NONE_KNOWN = "none_known"
    SOMEONE_ELSES = "someone_elses"
    """The VIN is none of the known cars."""
    AWAY = "away"
    """The assigned car is elsewhere."""
    NOT_PLUGGED = "not_plugged"
    """The assigned car says that no cable is in it."""
    PLACE_UNKNOWN = "place_unknown"
    """The assigned car should be heard of by somebody who does not tell where it is."""
    ELSEWHERE_PLUGGED = "elsewhere_plugged"
    """The assigned car hangs on another connector."""
    NONE_HOME = "none_home"
    SEVERAL_HOME = "several_home"
    AMBIGUOUS = "ambiguous"
    """The car may as well be at another connector."""


@dataclass(frozen=True, slots=True)
class Match:
    """The car that is taken for the one at a connector.

    Attributes:
        vehicle_id: the car; None if none can be taken for it.
        reason: how it was found, or why none was.
        proven_here: whether the connector itself proves it.
        needs_location: whether it has first to be found out where it is: until then it is not commanded.

    """

    vehicle_id: str | None
    reason: MatchReason
    proven_here: bool = False
    needs_location: bool = False


def drop_outdated_locations(
    now: float, connectors: Iterable[ConnectorFacts], cars: Iterable[Vehicle]
) -> list[Vehicle]:
    """Return the cars without the places that were found out before somebody was plugged in last.

    Who was at home then may have driven off, and somebody else's car may hang in its place; who was elsewhere may
    have come. `now` is by the clock of the connectors.
    """
    times = (item.plugged_since for item in connectors if item.plugged)
    plugged_in = max((at for at in times if at is not None), default=None)
    if plugged_in is None:
        return list(cars)
    return [
        replace(car, at_home=None, location_age=None)
        if car.location_request_age is not None
        and now - car.location_request_age < plugged_in
        else car
        for car in cars
    ]


def match(
    connectors: Sequence[ConnectorFacts],
    assignments: Mapping[int, str],
    cars: Sequence[Vehicle],
) -> dict[int, Match]:
    """Return for each connector whose car is at it.

    First the VIN that the connector reads counts, then the owner's assignment (connector to car), then whether
    just one known car is at home. No car is matched to two connectors. Ids of cars have to differ.
    """
    return _Matching(connectors, assignments, cars).matches()


class _Matching:
    """The making of one match of all connectors."""

    def __init__(
        self,
        connectors: Sequence[ConnectorFacts],
        assignments: Mapping[int, str],
        cars: Sequence[Vehicle],
    ) -> None:
        self._plugged = [item for item in connectors if item.plugged]
        self._cars = {car.vehicle_id: car for car in cars}
        self._by_vin = {car.vin: car for car in cars if car.vin is not None}
        self._assignments = assignments
        self._found = {
            item.connector_id: Match(None, MatchReason.NOTHING_PLUGGED)
            for item in connectors
            if not item.plugged
        }
        self._taken: set[str] = set()
        """Cars that are at a connector, or may be, and at no other."""

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
            if (car := self._by_vin.get(item.vin)) is not None:
                known.setdefault(car.vehicle_id, []).append(item.connector_id)
            elif self._assigned_without_vin(item.connector_id) is None:
                self._found[item.connector_id] = Match(None, MatchReason.SOMEONE_ELSES)
        for vehicle_id, connector_ids in known.items():
            self._take(
                vehicle_id,
                connector_ids,
                Match(vehicle_id, MatchReason.VIN, proven_here=True),
            )

    def _assigned_without_vin(self, connector_id: int) -> Vehicle | None:
        """Return the assigned car if a VIN that nobody knows may be its."""
        car = self._cars.get(self._assignments.get(connector_id, ""))
        return car if car is not None and car.vin is None else None

    def _match_assigned(self) -> None:
        wanted: dict[str, list[int]] = {}
        for connector_id in self._open():
            if (vehicle_id := self._assignments.get(connector_id)) in self._cars:
                wanted.setdefault(vehicle_id, []).append(connector_id)
        for vehicle_id, connector_ids in wanted.items():
            if vehicle_id in self._taken:
                found = Match(None, MatchReason.ELSEWHERE_PLUGGED)
            else:
                found = _match_one_assigned(self._cars[vehicle_id])
            self._take(vehicle_id, connector_ids, found)

    def _match_home(self) -> None:
        """Match the one car that is at home to the one connector whose car nobody knows."""
        free = [
            item.connector_id
            for item in self._plugged
            if item.vin is None and self._is_free(item.connector_id)
        ]
        for connector_id in free:
            found = self._match_one_home(alone=len(free) == 1)
            if found.vehicle_id is not None:
                self._taken.add(found.vehicle_id)
            if found.vehicle_id is not None or connector_id not in self._found:
                self._found[connector_id] = found

    def _match_one_home(self, *, alone: bool) -> Match:
        if not self._cars:
            return Match(None, MatchReason.NONE_KNOWN)
        cars = [
            car
            for car in self._cars.values()
            if car.vehicle_id not in self._taken and not car.unplugged
        ]
        home = [car for car in cars if car.place is Place.HOME]
        unknown = [
            car
            for car in cars
            if car.place is Place.UNKNOWN
            and car.location_updates is LocationUpdates.POLLED
        ]
        if len(home) > 1:
            return Match(None, MatchReason.SEVERAL_HOME)
        if not home and not unknown:
            return Match(None, MatchReason.NONE_HOME)
        if not alone:
            return Match(None, MatchReason.AMBIGUOUS)
        # Whether there is just one at home shows only once all have been found, but for those that sleep: they tell
        # nothing until they wake, and do not charge.
        first = next((car for car in unknown if not car.asleep), None)
        if first is None and home:
            return Match(home[0].vehicle_id, MatchReason.ONLY_ONE_HOME)
        car = first or unknown[0]
        return Match(car.vehicle_id, MatchReason.ONLY_ONE_HOME, needs_location=True)

    def _open(self) -> list[int]:
        """Return the connectors of which nothing was found out yet."""
        return [
            item.connector_id
            for item in self._plugged
            if item.connector_id not in self._found
        ]

    def _is_free(self, connector_id: int) -> bool:
        """Return whether nothing is known of its car: an assigned one that is elsewhere leaves its place."""
        found = self._found.get(connector_id)
        return found is None or found.reason in {
            MatchReason.AWAY,
            MatchReason.NOT_PLUGGED,
            MatchReason.ELSEWHERE_PLUGGED,
        }

    def _take(
        self, vehicle_id: str, connector_ids: Iterable[int], found: Match
    ) -> None:
        """Note a car's match; one that would be at several connectors is at none for certain."""
        ids = list(connector_ids)
        if found.vehicle_id is not None:
            self._taken.add(vehicle_id)
            if len(ids) > 1:
                found = Match(None, MatchReason.AMBIGUOUS)
        self._found.update(dict.fromkeys(ids, found))


def _match_one_assigned(car: Vehicle) -> Match:
    """Return whether a car may be taken for the one at the connector that its owner assigned it to."""
    place = car.place
    if place is Place.AWAY:
        return Match(None, MatchReason.AWAY)
    if car.unplugged:
        return Match(None, MatchReason.NOT_PLUGGED)
    if place is Place.UNKNOWN and car.location_updates is LocationUpdates.PUSHED:
        return Match(None, MatchReason.PLACE_UNKNOWN)
    unknown = place is Place.UNKNOWN and car.location_updates is LocationUpdates.POLLED
    return Match(car.vehicle_id, MatchReason.ASSIGNED, needs_location=unknown)
