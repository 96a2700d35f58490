"""The known facts about a vehicle, and the report of a connector about the one plugged into it. Ages are in s."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final

FRESH_SECONDS: Final = 300.0
"""Maximum age of a location that counts as the current one."""


class VehicleCharging(StrEnum):
    """The charging state that a vehicle reports."""

    CHARGING = "charging"
    STOPPED = "stopped"
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"


class LocationUpdates(StrEnum):
    """How the location of a vehicle is updated."""

    NEVER = "never"
    """It is not updated: only the owner's assignment is known."""
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
    """The known facts about a vehicle; None if unknown now, even if known before.

    Attributes:
        vehicle_id: an id that is unique to this vehicle.
        name: what its owner calls it.
        vin: its VIN.
        location_updates: how its location is updated.
        at_home: whether it was at home when its location was last known.
        location_age: how long ago that location was last confirmed, in s.
        location_request_age: how long ago that location was requested, in s; None if it is pushed.
        plugged: whether a cable is plugged into it.
        charging: its reported charging state.
        charging_changed_age: how long ago that state began to be reported, in s; None if its beginning was not seen.
        charging_report_age: how long ago that state was last reported, in s; None if unknown.
        asleep: whether it is asleep.
        scheduled: whether it waits for its own scheduled charging or departure.
        battery: its charge in %.
        charge_limit: the charge in % at which it stops by itself.
        can_wake: whether a command can wake it.

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
    charging_changed_age: float | None = None
    charging_report_age: float | None = None
    asleep: bool | None = None
    scheduled: bool | None = None
    battery: float | None = None
    charge_limit: float | None = None
    can_wake: bool = False

    @property
    def location(self) -> VehicleLocation:
        """Return where the vehicle is now; unknown if its location is too old."""
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
    def full(self) -> bool:
        """Return whether the battery is known to have reached the charge at which the vehicle stops by itself."""
        if self.battery is None or self.charge_limit is None:
            return False
        return self.battery >= self.charge_limit

    @property
    def unplugged(self) -> bool:
        """Return whether the vehicle is known not to be plugged in."""
        return self.plugged is False or self.charging is VehicleCharging.DISCONNECTED


@dataclass(frozen=True, slots=True)
class PlugIn:
    """The time for which a vehicle is plugged into a connector.

    Attributes:
        connector_id: the connector.
        since: when it was plugged in, in s; None if that was before the first report of the connector.

    """

    connector_id: int
    since: float | None


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """The report of a connector about its vehicle. Times are in s of the monotonic clock of the rules.

    Attributes:
        connector_id: id on the bus.
        protocol: 1, or 2 (since about May 2017).
        plugged: whether a vehicle is plugged in.
        vin: the VIN that the connector reads from the vehicle; None if it reads none.
        offered: the offer in A.
        drawing: whether the vehicle draws.
        plugged_since: when the vehicle was plugged in; None if that was before the first report of the connector.
        offered_since: since when the connector has had an offer; None while it has none.
        contactor_open: whether its contactor was opened to stop the vehicle.
        heard_since: since when the connector has reported without a silence, in s; inf while it is silent.
        drawn: what the vehicle draws, in A.

    """

    connector_id: int
    protocol: int
    plugged: bool
    vin: str | None = None
    offered: float = 0.0
    drawing: bool = False
    plugged_since: float | None = None
    offered_since: float | None = None
    contactor_open: bool = False
    heard_since: float = -inf
    drawn: float = 0.0

    @property
    def plug_in(self) -> PlugIn:
        """Return what identifies the time for which the vehicle is plugged in."""
        return PlugIn(self.connector_id, self.plugged_since)
