"""Says where each setting of TWCManager belongs here, in the words of the screen.

The words are those of the translations, so that they cannot differ from the forms.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
import json
from pathlib import Path
from typing import Any, Final

from scripts.twc_lib.errors import shown

from .reading import OldSettings

_TEXTS: Final = (
    Path(__file__).parents[3] / "custom_components/twc_manager/translations/en.json"
)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY_DAY: Final = 0x7F
MINIMUM_AMPS: Final = 6
MAXIMUM_AMPS: Final = 80
MAXIMUM_TOTAL_AMPS: Final = 240
MINIMUM_VOLTS: Final = 100
MAXIMUM_VOLTS: Final = 277
"""No supply has more volts between a phase and neutral; more is between two phases."""
_ASK: Final = "ask an electrician"
_ROOT_OF_3: Final = 3**0.5
_MODE_SETTING: Final = "nonScheduledAmpsMax, nonScheduledAction"
_DO_NOT_CHARGE: Final = 2
_FOLLOW_GREEN: Final = 3


class Place(StrEnum):
    """Where something is entered."""

    SET_UP = "Settings → Devices & services → Add integration → TWC Manager"
    GREEN = "Configure → Green energy"
    FUSE = "Configure → Main fuse"
    BUS = "The device of the bus"
    SCHEDULE = "Add schedule → At set times"
    ACCOUNT = "Tesla account, or Add vehicle"
    ELSEWHERE = "Without a place here"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to enter where.

    Attributes:
        place: the form or the device.
        what: the field or entity there.
        value: what to enter; "" where there is only a remark.
        was: the setting of TWCManager from which it comes.
        remark: what is different, "" if nothing is.

    """

    place: Place
    what: str
    value: str
    was: str
    remark: str = ""


def advise(old: OldSettings) -> list[Advice]:
    """Return what to enter where, in the order of the forms."""
    return [advice for rule in _RULES for advice in rule(old)]


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = json.loads(_TEXTS.read_text(encoding="utf-8"))
    return texts


def _field(flow: str, step: str, key: str) -> str:
    return str(_texts()[flow]["step"][step]["data"][key])


def _schedule_field(key: str) -> str:
    schedule = _texts()["config_subentries"]["schedule"]
    return str(schedule["step"]["times"]["data"][key])


def _entity(platform: str, key: str) -> str:
    return str(_texts()["entity"][platform][key]["name"])


def _port(old: OldSettings) -> Iterator[Advice]:
    if old.port is not None:
        name = _field("config", "user", "device")
        remark = ""
        if old.port.startswith("/dev/ttyUSB"):
            remark = "choose the name that begins with /dev/serial/by-id/: it stays the same after a restart"
        yield Advice(Place.SET_UP, name, old.port, "port", remark)


def _limits(old: OldSettings) -> Iterator[Advice]:
    above = MAXIMUM_TOTAL_AMPS
    for key, name, maximum, otherwise in (
        ("max_current", "wiringMaxAmpsAllTWCs", MAXIMUM_TOTAL_AMPS, _ASK),
        ("max_connector_current", "wiringMaxAmpsPerTWC", MAXIMUM_AMPS, _ASK),
        ("min_current", "minAmpsPerTWC", MAXIMUM_AMPS, "leave it empty"),
    ):
        field = _field("config", "wiring", key)
        amps = old.number(name)
        if amps is None or not MINIMUM_AMPS <= amps <= maximum:
            limits = f"{MINIMUM_AMPS} to {maximum} A"
            yield from _refused(old, name, field, limits, otherwise)
            continue
        remark = ""
        if int(amps) > above:
            remark = f"not above the number before: {amps:g} A in TWCManager"
        elif amps != int(amps):
            remark = f"whole amps only: {amps:g} A before"
        elif key == "max_current" and amps <= MINIMUM_AMPS:
            remark = "6 A is what TWCManager came with: ask an electrician"
        above = min(int(amps), above)
        yield Advice(Place.SET_UP, field, f"{above} A", name, remark)


def _supply(old: OldSettings) -> Iterator[Advice]:
    name, field = "numberOfPhases", _field("config", "wiring", "phases")
    if (phases := old.number(name)) in {1, 2, 3}:
        yield Advice(Place.SET_UP, field, f"{phases:g}", name)
    else:
        yield from _refused(old, name, field, "1 to 3", _ASK)
    name, field = "defaultVoltage", _field("config", "wiring", "voltage")
    volts, remark = old.number(name), ""
    if volts is not None and volts > MAXIMUM_VOLTS:
        remark = (
            f"{volts:g} V is between two phases: here it is between a phase and neutral"
        )
        volts = round(volts / _ROOT_OF_3, -1)
    if volts is not None and MINIMUM_VOLTS <= volts <= MAXIMUM_VOLTS:
        yield Advice(Place.SET_UP, field, f"{volts:g} V", name, remark)
    else:
        limits = f"{MINIMUM_VOLTS} to {MAXIMUM_VOLTS} V"
        yield from _refused(old, name, field, limits, "leave it empty")


def _refused(
    old: OldSettings, name: str, what: str, limits: str, otherwise: str
) -> Iterator[Advice]:
    """Say of a setting that is there why it cannot be entered, and what to do instead."""
    given = old.values.get(name)
    if given is not None:
        remark = f"{shown(str(given))} is not possible, {limits} are: {otherwise}"
        yield Advice(Place.SET_UP, what, "", name, remark)


def _sources(old: OldSettings) -> Iterator[Advice]:
    for source in old.sources:
        yield Advice(
            Place.GREEN,
            "Sensors",
            "",
            source,
            "set up the integration of this inverter, meter or tariff in Home Assistant, and choose its sensors",
        )
    if old.is_on("subtractChargerLoad"):
        yield Advice(
            Place.GREEN,
            _field("options", "green_production", "green_consumption_has_charging"),
            "on",
            "subtractChargerLoad",
            "not needed with a sensor at the grid connection",
        )
    if old.is_on("treatGenerationAsGridDelivery"):
        yield Advice(
            Place.GREEN,
            _field("options", "green_grid", "green_grid_positive"),
            "fed into the grid",
            "treatGenerationAsGridDelivery",
            "choose the sensor as that of the grid connection",
        )


def _watts(old: OldSettings, amps: float) -> str:
    volts = old.number("defaultVoltage") or 240
    return f"{round(amps * volts * (old.number('numberOfPhases') or 1), -1):g} W"


def _green(old: OldSettings) -> Iterator[Advice]:
    offset = old.number("greenEnergyAmpsOffset")
    if offset:
        kept_back = -offset if old.original else offset
        yield Advice(
            Place.BUS,
            _entity("number", "reserved_power"),
            _watts(old, kept_back),
            "greenEnergyAmpsOffset",
            "a positive number keeps back. 0 with a sensor at the grid connection, which sees what the house takes",
        )
    flex = old.number("greenEnergyFlexAmps")
    if flex:
        yield Advice(
            Place.BUS,
            _entity("number", "grid_share"),
            _watts(old, flex),
            "greenEnergyFlexAmps",
            "it counts for starting too",
        )
    for key, name, factor in (
        ("stop_delay", "greenEnergyLatch", 1.0),
        ("stop_delay", "startStopDelay", 1 / 60),
        ("start_delay", "startStopDelay", 1 / 60),
    ):
        value = old.number(name)
        if value:
            yield Advice(
                Place.BUS, _entity("number", key), f"{value * factor:g} min", name
            )


def _fuse(old: OldSettings) -> Iterator[Advice]:
    for name in ("maxAmpsAllowedFromGrid", "maxAmpsMains"):
        amps = old.number(name)
        if amps:
            yield Advice(
                Place.FUSE,
                _field("options", "fuse", "fuse_size"),
                f"{amps:g} A",
                name,
                "only with a sensor at the grid connection; then it holds in every mode, for the whole house",
            )


def _hour(hours: float) -> str:
    minutes = round(hours * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(old: OldSettings) -> str:
    bits = int(old.number("scheduledAmpsDaysBitmap") or _EVERY_DAY)
    chosen = [day for index, day in enumerate(_DAYS) if bits >> index & 1]
    return "every day" if len(chosen) in {0, 7} else ", ".join(chosen)


def _schedule(old: OldSettings) -> Iterator[Advice]:
    amps = old.number("scheduledAmpsMax") or 0
    start = old.number("scheduledAmpsStartHour")
    end = old.number("scheduledAmpsEndHour")
    if amps <= 0 or start is None or end is None or min(start, end) < 0:
        return
    for key, value, name in (
        ("start", _hour(start), "scheduledAmpsStartHour"),
        ("end", _hour(end), "scheduledAmpsEndHour"),
        ("days", _days(old), "scheduledAmpsDaysBitmap"),
        ("amps", f"{amps:g} A", "scheduledAmpsMax"),
    ):
        yield Advice(Place.SCHEDULE, _schedule_field(key), value, name)
    if old.is_on("scheduledAmpsFlexStart"):
        yield Advice(
            Place.SCHEDULE,
            "Add plan",
            "As late as possible",
            "scheduledAmpsFlexStart",
            "in place of the schedule: a plan starts late and is ready at the end",
        )


def _otherwise(old: OldSettings) -> Iterator[Advice]:
    mode = _mode(old)
    amps = old.number("nonScheduledAmpsMax") or 0
    if mode is not None:
        states = _texts()["entity"]["select"]["mode"]["state"]
        remark = ""
        if mode == "fixed" and not old.original:
            remark = f"if TWCManager followed the sun by day, choose {states['green']}, and add a schedule for the rest"
        yield Advice(
            Place.BUS, _entity("select", "mode"), states[mode], _MODE_SETTING, remark
        )
    if mode == "fixed":
        yield Advice(
            Place.BUS,
            _entity("number", "total_current_limit"),
            f"{amps:g} A",
            "nonScheduledAmpsMax",
        )
    hour = old.number("hourResumeTrackGreenEnergy")
    if hour is not None and hour >= 0:
        yield Advice(
            Place.BUS,
            _entity("time", "resume_green_at"),
            _hour(hour),
            "hourResumeTrackGreenEnergy",
            f"enable it and {_entity('switch', 'resume_green')} first",
        )


def _mode(old: OldSettings) -> str | None:
    """Return what held outside of schedules: an action of the forks, or else a number of amps that says it."""
    amps = old.number("nonScheduledAmpsMax")
    action = old.number("nonScheduledAction")
    if action == _FOLLOW_GREEN or (amps is not None and amps < 0):
        return "green"
    if amps:
        return "fixed"
    if amps is None:
        return None
    return "off" if old.original or action == _DO_NOT_CHARGE else "green"


def _account(old: OldSettings) -> Iterator[Advice]:
    for name in ("carApiBearerToken", "carApiRefreshToken", "teslaApiClientID"):
        if old.values.get(name):
            yield Advice(
                Place.ACCOUNT,
                "Token",
                "",
                name,
                "not shown here. Tokens of the old owner's API are no longer accepted by Tesla: make new ones",
            )
            return


_NOT_HERE: Final = {
    "minChargeLevel": "At once up to, on the device of the vehicle",
    "chargeNowLimit": "the vehicle's own limit is left alone",
    "greenEnergyLimit": "the vehicle's own limit is left alone; Stop at, on the device of the vehicle, ends below it",
    "scheduledLimit": "the vehicle's own limit is left alone",
    "nonScheduledLimit": "the vehicle's own limit is left alone",
    "realPowerFactorMinAmps": "not needed: the sensor at the grid sees what the vehicles take",
    "realPowerFactorMaxAmps": "not needed: the sensor at the grid sees what the vehicles take",
}


def _rest(old: OldSettings) -> Iterator[Advice]:
    for name, remark in _NOT_HERE.items():
        value = old.number(name)
        if value is not None and value >= 0:
            yield Advice(Place.ELSEWHERE, name, "", name, remark)


_RULES: Final[tuple[Callable[[OldSettings], Iterator[Advice]], ...]] = (
    _port,
    _limits,
    _supply,
    _sources,
    _fuse,
    _green,
    _otherwise,
    _schedule,
    _account,
    _rest,
)
