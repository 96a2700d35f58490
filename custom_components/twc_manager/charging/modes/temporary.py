"""Amps that were set for a while only, and what holds again afterwards: an automation may die meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class CurrentSetting:
    """How a slider of amps stands.

    Attributes:
        amps: whole A; None is all there is.
        enabled: whether a connector may charge at all.

    """

    amps: int | None = None
    enabled: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return {"amps": self.amps, "enabled": self.enabled}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; a KeyError, TypeError or ValueError says that it is something else."""
        amps = None if data["amps"] is None else int(data["amps"])
        if amps is not None and amps < 0:
            raise ValueError(f"temporary current: {amps} A cannot be")
        return cls(amps, bool(data["enabled"]))


@dataclass(frozen=True, slots=True)
class TemporaryCurrent:
    """A setting that falls back.

    Attributes:
        connector_id: whose it is; None is that of the bus.
        setting: what was set. Once it is another one, the owner changed it, and there is no falling back.
        before: what holds again afterwards.
        end: when.

    """

    connector_id: int | None
    setting: CurrentSetting
    before: CurrentSetting
    end: datetime

    def over(self, local: datetime) -> bool:
        """Return whether its end has passed."""
        return self.end.astimezone(UTC) <= local.astimezone(UTC)

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return {
            "connector_id": self.connector_id,
            "setting": self.setting.as_dict(),
            "before": self.before.as_dict(),
            "end": self.end.astimezone(UTC).isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; a KeyError, TypeError or ValueError says that it is something else."""
        end = datetime.fromisoformat(data["end"])
        if end.tzinfo is None:
            raise ValueError("temporary current: its end tells no zone")
        connector_id = data["connector_id"]
        return cls(
            None if connector_id is None else int(connector_id),
            CurrentSetting.from_dict(data["setting"]),
            CurrentSetting.from_dict(data["before"]),
            end,
        )
