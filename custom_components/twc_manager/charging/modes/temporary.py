"""Limits set for a time only, which are reset even if the automation that set them has stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class CurrentSetting:
    """A current limit and whether charging is enabled.

    Attributes:
        amps: the limit in whole A; None for no limit of its own.
        enabled: whether the connector may charge; always True for the bus.

    """

    amps: int | None = None
    enabled: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {"amps": self.amps, "enabled": self.enabled}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            KeyError, TypeError, ValueError: if the data is something else.

        """
        amps = None if data["amps"] is None else int(data["amps"])
        if amps is not None and amps < 0:
            raise ValueError(f"temporary current: {amps} A cannot be")
        return cls(amps, bool(data["enabled"]))


@dataclass(frozen=True, slots=True)
class TemporaryCurrent:
    """A setting that is reset at a time.

    Attributes:
        connector_id: the connector; None for the bus.
        setting: the temporary setting. If the owner has changed it meanwhile, it is not reset.
        before: the setting to restore.
        end: when it is restored.

    """

    connector_id: int | None
    setting: CurrentSetting
    before: CurrentSetting
    end: datetime

    def over(self, local: datetime) -> bool:
        """Return whether it has ended."""
        return self.end.astimezone(UTC) <= local.astimezone(UTC)

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {
            "connector_id": self.connector_id,
            "setting": self.setting.as_dict(),
            "before": self.before.as_dict(),
            "end": self.end.astimezone(UTC).isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            KeyError, TypeError, ValueError: if the data is something else.

        """
        end = datetime.fromisoformat(data["end"])
        if end.tzinfo is None:
            raise ValueError("temporary current: its end has no zone")
        connector_id = data["connector_id"]
        return cls(
            None if connector_id is None else int(connector_id),
            CurrentSetting.from_dict(data["setting"]),
            CurrentSetting.from_dict(data["before"]),
            end,
        )
