"""What the owner chooses from day to day, by entities and actions: kept over restarts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from math import isfinite
from typing import Any, Final, Self

from ..settings import ConnectorSettings, GreenSettings
from .active_rule import ChargeNow, Mode, RuleSettings, resume_at
from .schedules import Schedule
from .temporary import CurrentSetting, TemporaryCurrent

START_DELAY: Final = GreenSettings().start_delay
STOP_DELAY: Final = GreenSettings().stop_delay


@dataclass(frozen=True, slots=True)
class GreenUserSettings:
    """How green energy is followed: offsets in W, delays in s."""

    reserved_w: float = 0.0
    grid_share_w: float = 0.0
    start_delay: float = START_DELAY
    stop_delay: float = STOP_DELAY


@dataclass(frozen=True, slots=True)
class UserSettings:
    """What the owner has chosen for a bus.

    Attributes:
        current: A for all connectors together; None is all the wiring bears.
        mode: what holds while neither charge now nor a schedule does.
        resume: whether the mode fixed is for today only.
        resume_clock: when the mode is green again then.
        resume_green_at: when exactly that is for the mode fixed that holds now.
        green: how green energy is followed.
        charge_now: what was asked for and may be over: one for the whole bus at most, after those of some
            connectors, none of which is in two of them.
        disabled_schedules: ids of the schedules that are switched off.
        overrides: connectors with a mode of their own.
        connectors: settings of each connector.
        temporary: amps among these settings that fall back, one for the bus and for each connector at most.

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

    @property
    def next_fall(self) -> datetime | None:
        """Return when the first of the amps fall back; None if none do."""
        return min((item.end for item in self.temporary), default=None)

    @property
    def charge_now_end(self) -> datetime | None:
        """Return when the last charge now ends; None if none was asked for."""
        return max((item.end for item in self.charge_now), default=None)

    def connector(self, connector_id: int) -> ConnectorSettings:
        """Return the settings of one connector, the defaults where nothing was set."""
        return self.connectors.get(connector_id, ConnectorSettings())

    def available(self, maximum: int) -> int:
        """Return the whole A for all connectors together when the wiring bears `maximum` A."""
        return maximum if self.current is None else min(self.current, maximum)

    def rule_settings(self, schedules: Sequence[Schedule]) -> RuleSettings:
        """Return what decides which rule is in force."""
        return RuleSettings(
            mode=self.mode,
            resume_green_at=self.resume_green_at,
            overrides=self.overrides,
            schedules=schedules,
            charge_now=self.charge_now,
        )

    def with_mode(self, mode: Mode, local: datetime) -> Self:
        """Return the settings with another mode; fixed is for today only if that was chosen."""
        return _with_end(replace(self, mode=mode), local)

    def with_resume(
        self, local: datetime, *, resume: bool | None = None, clock: time | None = None
    ) -> Self:
        """Return the settings with fixed for today only or permanently, or with another time for its end."""
        user_settings = replace(
            self,
            resume=self.resume if resume is None else resume,
            resume_clock=self.resume_clock if clock is None else clock,
        )
        return _with_end(user_settings, local)

    def settled(self, local: datetime) -> Self:
        """Return the settings once what was for a while only is over."""
        user_settings = self._fallen(local)
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
        """Return the settings without what names schedules that are gone."""
        if self.disabled_schedules.issubset(there):
            return self
        disabled = self.disabled_schedules.intersection(there)
        return replace(self, disabled_schedules=disabled)

    def with_charge_now(self, charge_now: ChargeNow) -> Self:
        """Return the settings with another charge now; those of other connectors go on.

        One for the whole bus replaces all. One for some connectors goes before that of the bus, which holds
        for them again afterwards.
        """
        if charge_now.connectors is None:
            return replace(self, charge_now=(charge_now,))
        others = self._charge_now_without(charge_now.connectors)
        return replace(self, charge_now=(charge_now, *others))

    def without_charge_now(
        self, connectors: Collection[int], known: Collection[int]
    ) -> Self:
        """Return the settings with charge now over for some of the connectors that are known."""
        left = (item.without(connectors, known) for item in self.charge_now)
        return replace(self, charge_now=tuple(item for item in left if item))

    def with_current(
        self, connector_id: int | None, amps: int, end: datetime | None = None
    ) -> Self:
        """Return the settings with other amps, for a connector or None for all together.

        0 switches a connector off and keeps its limit for later. With an end, what holds now holds again then,
        or what held before if that is for a while only itself; without one they stay.
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

    def _fallen(self, local: datetime) -> Self:
        """Return the settings with amps back that were for a while only, unless the owner changed them."""
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

    def with_connector(self, connector_id: int, settings: ConnectorSettings) -> Self:
        """Return the settings with other settings of one connector."""
        return replace(self, connectors={**self.connectors, connector_id: settings})

    def with_override(self, connector_id: int, mode: Mode | None) -> Self:
        """Return the settings with a mode of its own for a connector, or with that of the bus."""
        overrides = {**self.overrides}
        overrides.pop(connector_id, None)
        if mode is not None:
            overrides[connector_id] = mode
        return replace(self, overrides=overrides)

    def without_connector(self, connector_id: int) -> Self:
        """Return the settings with a connector forgotten."""
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
        """Return charge now less what some connectors have of their own; that of the bus stays as it is."""
        left = (
            item if item.connectors is None else item.without(connectors, ())
            for item in self.charge_now
        )
        return tuple(item for item in left if item)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings in a form for JSON."""
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
                }
                for key, item in self.connectors.items()
            },
            "temporary": [item.as_dict() for item in self.temporary],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave.

        Raises:
            AttributeError, KeyError, OverflowError, TypeError, ValueError: if it is something else.

        """
        return cls(
            current=_amps(data["current"]),
            mode=Mode(data["mode"]),
            resume=bool(data["resume"]),
            resume_clock=time.fromisoformat(data["resume_clock"]),
            resume_green_at=_instant(data["resume_green_at"]),
            green=GreenUserSettings(
                _finite(data["reserved_w"]),
                _finite(data["grid_share_w"]),
                _finite(data["start_delay"]),
                _finite(data["stop_delay"]),
            ),
            charge_now=_charge_now(data["charge_now"]),
            disabled_schedules=frozenset(map(str, data["disabled_schedules"])),
            overrides={int(key): Mode(mode) for key, mode in data["overrides"].items()},
            connectors={
                int(key): ConnectorSettings(
                    limit=_amps(item["limit"]),
                    enabled=bool(item["enabled"]),
                    priority=int(item["priority"]),
                )
                for key, item in data["connectors"].items()
            },
            # An earlier version knew none.
            temporary=tuple(map(TemporaryCurrent.from_dict, data.get("temporary", ()))),
        )


def _with_end[ChoicesT: UserSettings](
    user_settings: ChoicesT, local: datetime
) -> ChoicesT:
    """Return the settings with the end of the mode fixed, where it has one, reckoned from now."""
    today_only = user_settings.resume and user_settings.mode is Mode.FIXED
    end = resume_at(local, user_settings.resume_clock) if today_only else None
    return replace(user_settings, resume_green_at=end)


def _charge_now(
    stored: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None,
) -> tuple[ChargeNow, ...]:
    """Read what was asked for; an earlier version kept one at most."""
    if stored is None:
        return ()
    items = [stored] if isinstance(stored, Mapping) else stored
    return tuple(ChargeNow.from_dict(item) for item in items)


def _amps(value: float | None) -> int | None:
    if value is None:
        return None
    if (amps := int(value)) < 0:
        raise ValueError(f"choices: {amps} A cannot be")
    return amps


def _finite(value: float) -> float:
    if not isfinite(number := float(value)):
        raise ValueError(f"choices: {number} is no number")
    return number


def _instant(value: str | None) -> datetime | None:
    if value is None:
        return None
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("choices: a time that tells no zone")
    return instant
