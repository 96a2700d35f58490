"""The settings of a bus that the owner changes by entities and actions, stored over restarts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any, Final, Self

from ..settings import ConnectorSettings, GreenSettings
from .active_rule import ChargeNow, Mode, RuleSettings, resume_at
from .house_settings import HouseUserSettings, finite
from .schedules import Schedule
from .temporary import CurrentSetting, TemporaryCurrent

START_DELAY: Final = GreenSettings().start_delay
STOP_DELAY: Final = GreenSettings().stop_delay
_DEFAULTS: Final = ConnectorSettings()


@dataclass(frozen=True, slots=True)
class GreenUserSettings:
    """The settings of green charging: powers in W, delays in s."""

    reserved_w: float = 0.0
    grid_share_w: float = 0.0
    start_delay: float = START_DELAY
    stop_delay: float = STOP_DELAY


@dataclass(frozen=True, slots=True)
class UserSettings:
    """The settings of a bus.

    Attributes:
        current: the limit of all connectors together, in A; None for the maximum of the wiring.
        mode: the rule while neither charge now nor a schedule is in force.
        resume: whether the mode fixed lasts for today only.
        resume_clock: the local time at which the mode is then green again.
        resume_green_at: when the current mode fixed ends; None if it does not.
        green: the settings of green charging.
        charge_now: the requested ones, including ended ones. At most one is for the whole bus, and it is the last;
            a connector is in at most one of the others.
        disabled_schedules: the ids of the schedules that are switched off.
        overrides: the modes of connectors that have their own.
        connectors: the settings of each connector.
        temporary: limits that are reset at a time, at most one for the bus and for each connector.
        house: the settings of the whole house.

    """

    current: int | None = None
    mode: Mode = Mode.FIXED
    resume: bool = False
    resume_clock: time = time()
    resume_green_at: datetime | None = None
    green: GreenUserSettings = GreenUserSettings()
    charge_now: tuple[ChargeNow, ...] = ()
    disabled_schedules: frozenset[str] = frozenset()
    overrides: Mapping[int, Mode] = field(default_factory=dict)
    connectors: Mapping[int, ConnectorSettings] = field(default_factory=dict)
    temporary: tuple[TemporaryCurrent, ...] = ()
    house: HouseUserSettings = HouseUserSettings()

    @property
    def next_reset(self) -> datetime | None:
        """Return when the next temporary limit is reset; None without one."""
        return min((item.end for item in self.temporary), default=None)

    @property
    def charge_now_end(self) -> datetime | None:
        """Return when the last charge now ends; None without one."""
        return max((item.end for item in self.charge_now), default=None)

    def charge_now_at(self, connector_id: int) -> ChargeNow | None:
        """Return the charge now that applies to a connector; None without one."""
        concerned = (item for item in self.charge_now if item.concerns(connector_id))
        return next(concerned, None)

    def connector(self, connector_id: int) -> ConnectorSettings:
        """Return the settings of a connector, or the defaults."""
        return self.connectors.get(connector_id, _DEFAULTS)

    @property
    def phases(self) -> dict[int, int]:
        """Return the numbers of phases that the owner has set, by connector."""
        return {
            connector_id: settings.phases
            for connector_id, settings in self.connectors.items()
            if settings.phases is not None
        }

    def available(self, maximum: int) -> int:
        """Return the limit of all connectors together in whole A; `maximum` is that of the wiring, in A."""
        return maximum if self.current is None else min(self.current, maximum)

    def rule_settings(
        self, schedules: Sequence[Schedule], price: float | None = None
    ) -> RuleSettings:
        """Return the settings that decide which rule is in force; `price` is the current one, None if unknown."""
        limit = self.house.cheap_below
        return RuleSettings(
            mode=self.mode,
            resume_green_at=self.resume_green_at,
            overrides=self.overrides,
            schedules=schedules,
            charge_now=self.charge_now,
            cheap=price is not None and limit is not None and price < limit,
        )

    def with_mode(self, mode: Mode, local: datetime) -> Self:
        """Return the settings with another mode; fixed lasts for today only if `resume` is set."""
        return _with_end(replace(self, mode=mode), local)

    def with_resume(
        self, local: datetime, *, resume: bool | None = None, clock: time | None = None
    ) -> Self:
        """Return the settings with fixed for today only or permanently, or with another time at which it ends."""
        user_settings = replace(
            self,
            resume=self.resume if resume is None else resume,
            resume_clock=self.resume_clock if clock is None else clock,
        )
        return _with_end(user_settings, local)

    def settled(self, local: datetime) -> Self:
        """Return the settings with everything temporary that has ended removed or reset."""
        user_settings = self._with_limits_reset(local)
        if user_settings.rule_settings(()).mode_now(local) is not user_settings.mode:
            user_settings = replace(
                user_settings, mode=Mode.GREEN, resume_green_at=None
            )
        left = tuple(item for item in user_settings.charge_now if not item.over(local))
        return (
            user_settings
            if left == user_settings.charge_now
            else replace(user_settings, charge_now=left)
        )

    def with_schedules(self, there: Collection[str]) -> Self:
        """Return the settings without schedules that no longer exist; `there` are the ids of the existing ones."""
        if self.disabled_schedules.issubset(there):
            return self
        disabled = self.disabled_schedules.intersection(there)
        return replace(self, disabled_schedules=disabled)

    def with_charge_now(self, charge_now: ChargeNow) -> Self:
        """Return the settings with another charge now; those of other connectors continue.

        One for the whole bus replaces all others. One for some connectors takes precedence over that of the bus,
        which applies to them again afterwards.
        """
        if charge_now.connectors is None:
            return replace(self, charge_now=(charge_now,))
        others = self._charge_now_without(charge_now.connectors)
        return replace(self, charge_now=(charge_now, *others))

    def without_charge_now(
        self, connectors: Collection[int], known: Collection[int]
    ) -> Self:
        """Return the settings without charge now for some of the known connectors."""
        left = (item.without(connectors, known) for item in self.charge_now)
        return replace(self, charge_now=tuple(item for item in left if item))

    def unplugged(self, connector_id: int) -> Self:
        """Return the settings after the vehicle at a connector was unplugged."""
        left = (
            item.without({connector_id}, ()) if item.until_unplugged else item
            for item in self.charge_now
        )
        return replace(self, charge_now=tuple(item for item in left if item))

    def with_current(
        self, connector_id: int | None, amps: int, end: datetime | None = None
    ) -> Self:
        """Return the settings with another limit for a connector, or for all together if `connector_id` is None.

        0 A switches a connector off and keeps its limit for later. With an `end`, the current setting is restored then,
        or the last permanent one if the current one is temporary; without, the limit is permanent.
        """
        held = self._current(connector_id)
        setting = CurrentSetting(amps)
        if connector_id is not None and not amps:
            setting = CurrentSetting(held.amps, enabled=False)
        user_settings = self._with_current(connector_id, setting)
        others = tuple(
            item for item in self.temporary if item.connector_id != connector_id
        )
        if end is None:
            return replace(user_settings, temporary=others)
        before = next(
            (
                item.before
                for item in self.temporary
                if item.connector_id == connector_id and item.setting == held
            ),
            held,
        )
        temporary = TemporaryCurrent(connector_id, setting, before, end)
        return replace(user_settings, temporary=(*others, temporary))

    def _with_limits_reset(self, local: datetime) -> Self:
        """Return the settings with ended temporary limits reset, unless the owner has changed them."""
        if not self.temporary:
            return self
        user_settings = self
        left = []
        for item in self.temporary:
            if item.setting != self._current(item.connector_id):
                continue
            if item.over(local):
                user_settings = user_settings._with_current(
                    item.connector_id, item.before
                )
            else:
                left.append(item)
        if len(left) == len(self.temporary):
            return self
        return replace(user_settings, temporary=tuple(left))

    def _current(self, connector_id: int | None) -> CurrentSetting:
        if connector_id is None:
            return CurrentSetting(self.current)
        settings = self.connector(connector_id)
        return CurrentSetting(settings.limit, settings.enabled)

    def _with_current(self, connector_id: int | None, setting: CurrentSetting) -> Self:
        if connector_id is None:
            return replace(self, current=setting.amps)
        settings = replace(
            self.connector(connector_id), limit=setting.amps, enabled=setting.enabled
        )
        return self.with_connector(connector_id, settings)

    def with_house(self, **changes: Any) -> Self:
        """Return the settings with others for the house."""
        return replace(self, house=replace(self.house, **changes))

    def with_connector(self, connector_id: int, settings: ConnectorSettings) -> Self:
        """Return the settings with other settings for a connector."""
        return replace(self, connectors={**self.connectors, connector_id: settings})

    def with_override(self, connector_id: int, mode: Mode | None) -> Self:
        """Return the settings with another mode for a connector; None for the mode of the bus."""
        overrides = {**self.overrides}
        overrides.pop(connector_id, None)
        if mode is not None:
            overrides[connector_id] = mode
        return replace(self, overrides=overrides)

    def without_connector(self, connector_id: int) -> Self:
        """Return the settings without those of a connector."""
        connectors = {**self.connectors}
        connectors.pop(connector_id, None)
        return replace(
            self.with_override(connector_id, None),
            charge_now=self._charge_now_without({connector_id}),
            connectors=connectors,
            temporary=tuple(
                item for item in self.temporary if item.connector_id != connector_id
            ),
        )

    def _charge_now_without(self, connectors: Collection[int]) -> tuple[ChargeNow, ...]:
        """Return charge now without some connectors; that of the whole bus stays unchanged."""
        left = (
            item if item.connectors is None else item.without(connectors, ())
            for item in self.charge_now
        )
        return tuple(item for item in left if item)

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        resume_at = self.resume_green_at
        return {
            "current": self.current,
            "mode": self.mode.value,
            "resume": self.resume,
            "resume_clock": self.resume_clock.isoformat(),
            "resume_green_at": None if resume_at is None else resume_at.isoformat(),
            "reserved_w": self.green.reserved_w,
            "grid_share_w": self.green.grid_share_w,
            "start_delay": self.green.start_delay,
            "stop_delay": self.green.stop_delay,
            "charge_now": [item.as_dict() for item in self.charge_now],
            "disabled_schedules": sorted(self.disabled_schedules),
            "overrides": {str(key): mode.value for key, mode in self.overrides.items()},
            "connectors": {
                str(key): {
                    "limit": item.limit,
                    "enabled": item.enabled,
                    "priority": item.priority,
                    "phases": item.phases,
                }
                for key, item in self.connectors.items()
            },
            "temporary": [item.as_dict() for item in self.temporary],
            **self.house.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            AttributeError, KeyError, OverflowError, TypeError, ValueError: if the data is something else.

        """
        return cls(
            current=_amps(data["current"]),
            mode=Mode(data["mode"]),
            resume=bool(data["resume"]),
            resume_clock=time.fromisoformat(data["resume_clock"]),
            resume_green_at=_instant(data["resume_green_at"]),
            green=GreenUserSettings(
                finite(data["reserved_w"]),
                finite(data["grid_share_w"]),
                finite(data["start_delay"]),
                finite(data["stop_delay"]),
            ),
            charge_now=_charge_now(data["charge_now"]),
            disabled_schedules=frozenset(map(str, data["disabled_schedules"])),
            overrides={int(key): Mode(mode) for key, mode in data["overrides"].items()},
            connectors={
                int(key): ConnectorSettings(
                    limit=_amps(item["limit"]),
                    enabled=bool(item["enabled"]),
                    priority=int(item["priority"]),
                    phases=_phases(item["phases"]),
                )
                for key, item in data["connectors"].items()
            },
            # An earlier version had none.
            temporary=tuple(map(TemporaryCurrent.from_dict, data.get("temporary", ()))),
            house=HouseUserSettings.from_dict(data),
        )


def _with_end[ChoicesT: UserSettings](
    user_settings: ChoicesT, local: datetime
) -> ChoicesT:
    """Return the settings with the end of the mode fixed, if it has one, calculated from now."""
    today_only = user_settings.resume and user_settings.mode is Mode.FIXED
    end = resume_at(local, user_settings.resume_clock) if today_only else None
    return replace(user_settings, resume_green_at=end)


def _charge_now(
    stored: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None,
) -> tuple[ChargeNow, ...]:
    """Return the stored charge now; an earlier version stored at most one."""
    if stored is None:
        return ()
    items = [stored] if isinstance(stored, Mapping) else stored
    return tuple(ChargeNow.from_dict(item) for item in items)


def _amps(value: float | None) -> int | None:
    if value is None:
        return None
    if (amps := int(value)) < 0:
        raise ValueError(f"user settings: {amps} A cannot be")
    return amps


def _phases(value: float | None) -> int | None:
    if value is None:
        return None
    if (phases := int(value)) not in {1, 2, 3}:
        raise ValueError(f"user settings: {phases} phases cannot be")
    return phases


def _instant(value: str | None) -> datetime | None:
    if value is None:
        return None
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("user settings: a time has no zone")
    return instant
