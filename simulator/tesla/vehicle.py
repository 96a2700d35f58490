"""A simulated car in Tesla's cloud.

Its state in the cloud: asleep or online, its location, its charging, and its answers to commands. The car itself,
its battery and its quirks are in `simulator.car`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
import hashlib
from typing import Any, Final, NamedTuple

from simulator.car import Car
from simulator.connector import WallConnector

from .troubles import Trouble

ALL_BUT_LOCATION: Final = frozenset(
    {
        "charge_state",
        "climate_state",
        "closures_state",
        "drive_state",
        "gui_settings",
        "vehicle_config",
        "vehicle_state",
    }
)
"""The parts of the vehicle data that are returned by default."""


class Place(NamedTuple):
    """A place on earth, in degrees."""

    latitude: float
    longitude: float


class Signing(StrEnum):
    """Whether a car requires signed commands."""

    OFF = "off"
    """A Model S or X from before 2021, which does not support signatures."""
    ALLOWED = "allowed"
    REQUIRED = "required"


class Schedule(StrEnum):
    """The kind of a car's own schedule."""

    OFF = "Off"
    START_AT = "StartAt"
    DEPART_BY = "DepartBy"


class ChargingState(StrEnum):
    """The charging state that a car reports."""

    DISCONNECTED = "Disconnected"
    NO_POWER = "NoPower"
    STARTING = "Starting"
    CHARGING = "Charging"
    STOPPED = "Stopped"
    COMPLETE = "Complete"


@dataclass(eq=False, kw_only=True, slots=True)
class TeslaCar:
    """A car in an account; all fields may be changed while the server runs."""

    car: Car
    name: str = "Made-up Tesla"
    signing: Signing = Signing.ALLOWED
    keys: set[bytes] = field(default_factory=set)
    """The public keys that it accepts, as uncompressed points of NIST P-256."""
    place: Place | None = None
    """Its location away from home; None: at home. A car at one of the connectors is always at home."""
    fix_age_s: float = 0.0
    """The age of its location, in s."""
    offline: bool = False
    """Whether it is out of reach of the cloud, not only asleep."""
    charging_elsewhere: bool = False
    """Whether it charges at another charger, at home or away."""
    stopped_elsewhere: bool = False
    """Whether it was stopped there, and is still plugged in."""
    schedule: Schedule | None = None
    """The kind of its own schedule; None: a start time while `Car.not_before` delays it."""

    @property
    def vin(self) -> str:
        """Its VIN."""
        return self.car.vin

    @property
    def number(self) -> int:
        """Its number in the cloud."""
        return int.from_bytes(hashlib.sha256(self.vin.encode()).digest()[:6])

    def state(self) -> str:
        """Return whether the cloud can reach it: online, asleep or offline."""
        if self.offline:
            return "offline"
        return "asleep" if self.car.asleep else "online"

    def charging_state(self, twc: WallConnector | None) -> ChargingState:
        """Return the charging state that it reports; `twc` is the connector at which it is plugged in."""
        if twc is None:
            return self._state_elsewhere
        if self.car.full:
            return ChargingState.COMPLETE
        if twc.charging:
            return ChargingState.CHARGING if twc.drawn > 0 else ChargingState.STARTING
        return ChargingState.STOPPED if twc.supply.pilot else ChargingState.NO_POWER

    @property
    def _state_elsewhere(self) -> ChargingState:
        if self.charging_elsewhere:
            return ChargingState.CHARGING
        stopped = self.stopped_elsewhere
        return ChargingState.STOPPED if stopped else ChargingState.DISCONNECTED

    def start_charging(self, twc: WallConnector | None) -> Trouble | None:
        """Execute charge_start; return the reason if it refuses."""
        refusal = _NO_START.get(self.charging_state(twc))
        if refusal is None and twc is not None:
            self.car.start()
            twc.refresh()
        elif refusal is None:
            self.charging_elsewhere, self.stopped_elsewhere = True, False
        return refusal

    def stop_charging(self, twc: WallConnector | None) -> Trouble | None:
        """Execute charge_stop; return the reason if it refuses."""
        if self.charging_state(twc) not in (
            ChargingState.CHARGING,
            ChargingState.STARTING,
        ):
            return Trouble.NOT_CHARGING
        if twc is not None:
            self.car.stop()
            twc.refresh()
        else:
            self.charging_elsewhere, self.stopped_elsewhere = False, True
        return None

    def summary(self) -> dict[str, Any]:
        """Return its entry in lists."""
        return {
            "id": self.number,
            "user_id": 100_021,
            "vehicle_id": self.number % 1_000_000_007,
            "vin": self.vin,
            "color": None,
            "access_type": "OWNER",
            "display_name": self.name,
            "option_codes": None,
            "granular_access": {"hide_private": False},
            "tokens": None,
            "state": self.state(),
            "in_service": False,
            "id_s": str(self.number),
            "calendar_enabled": True,
            "api_version": 84,
            "backseat_token": None,
            "backseat_token_updated_at": None,
            "ble_autopair_enrolled": False,
            "command_signing": self.signing.value,
        }

    def data(
        self,
        wanted: frozenset[str],
        home: Place,
        twc: WallConnector | None,
        now: float,
        wall_clock: float,
    ) -> dict[str, Any]:
        """Return parts of its vehicle data; `now` is the time of the clock of the cars."""
        parts: dict[str, Any] = {
            "charge_state": self._charge_state(twc, now),
            "climate_state": {"is_climate_on": False, "outside_temp": 12.5},
            "closures_state": {"locked": True},
            "drive_state": {"shift_state": None, "speed": None, "power": 0},
            "gui_settings": {"gui_charge_rate_units": "kW"},
            "vehicle_config": {"car_type": "model3", "driver_assist": "TeslaAP3"},
            "vehicle_state": {
                "car_version": "2026.32.3 0123456789ab",
                "locked": True,
                "vehicle_name": self.name,
            },
        }
        found = {name: part for name, part in parts.items() if name in wanted}
        if "location_data" in wanted:
            found["drive_state"] = {
                **found.get("drive_state", {}),
                **self._location(
                    home if twc is not None else self.place or home, wall_clock
                ),
            }
        stamp = {"timestamp": int(wall_clock * 1000)}
        return self.summary() | {name: part | stamp for name, part in found.items()}

    def _charge_state(self, twc: WallConnector | None, now: float) -> dict[str, Any]:
        state = self.charging_state(twc)
        pending = twc is not None and self.car.scheduled_later(now)
        amps = 0.0 if twc is None else twc.drawn
        return {
            "battery_level": int(self.car.soc),
            "usable_battery_level": int(self.car.soc),
            "charge_limit_soc": int(self.car.target),
            "charging_state": state.value,
            "charge_port_door_open": state is not ChargingState.DISCONNECTED,
            "conn_charge_cable": (
                "<invalid>" if state is ChargingState.DISCONNECTED else "SAE"
            ),
            "charge_amps": int(self.car.onboard_limit),
            "charger_actual_current": round(amps),
            "charger_pilot_current": 0 if twc is None else int(twc.supply.pilot),
            "charger_power": 0 if twc is None else round(twc.power_w / 1000),
            "charge_enable_request": not self.car.stopped,
            "user_charge_enable_request": None,
            "scheduled_charging_mode": self._schedule.value,
            "scheduled_charging_pending": pending,
            "managed_charging_active": False,
            "fast_charger_present": self.charging_elsewhere,
        }

    @property
    def _schedule(self) -> Schedule:
        if self.schedule is not None:
            return self.schedule
        return Schedule.OFF if self.car.not_before is None else Schedule.START_AT

    def _location(self, place: Place, wall_clock: float) -> dict[str, Any]:
        return {
            "latitude": place.latitude,
            "longitude": place.longitude,
            "heading": 90,
            "gps_as_of": int(wall_clock - self.fix_age_s),
        }


_NO_START: Final = {
    ChargingState.DISCONNECTED: Trouble.DISCONNECTED,
    ChargingState.COMPLETE: Trouble.COMPLETE,
    ChargingState.NO_POWER: Trouble.NO_POWER,
    ChargingState.STARTING: Trouble.REQUESTED,
    ChargingState.CHARGING: Trouble.IS_CHARGING,
}
