"""What an owner sets of plans by entities and actions; stored over restarts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from .request import OnceTime, PlanRequest
from .stored_request import request_as_dict, request_from_dict


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The settings of the plans of a bus.

    Attributes:
        paused: whether all plans are paused.
        disabled: the ids of the plans that are switched off.
        skipped: for each plan that is skipped once, by its id, until when it is not followed.
        once: the plans that actions have set, each for a single time; at most one for a connector and a vehicle.

    """

    paused: bool = False
    disabled: frozenset[str] = frozenset()
    skipped: Mapping[str, datetime] = field(default_factory=dict)
    once: tuple[PlanRequest, ...] = ()

    def requests(self, added: Iterable[PlanRequest]) -> tuple[PlanRequest, ...]:
        """Return all plans: those that the owner has added, with whether they are switched on, and those of actions."""
        switched = (
            replace(item, enabled=False) if item.plan_id in self.disabled else item
            for item in added
        )
        return (*self.once, *switched)

    def is_skipped(self, plan_id: str, now: datetime) -> bool:
        """Return whether a plan is skipped now."""
        until = self.skipped.get(plan_id)
        return until is not None and now < until

    def with_enabled(self, plan_id: str, *, enabled: bool) -> Self:
        """Return the settings with a plan switched on or off."""
        others = self.disabled - {plan_id}
        return replace(self, disabled=others if enabled else others | {plan_id})

    def with_skipped(self, plan_id: str, until: datetime | None) -> Self:
        """Return the settings with a plan that is skipped until a time; None to follow it again."""
        skipped = {key: at for key, at in self.skipped.items() if key != plan_id}
        if until is not None:
            skipped[plan_id] = until.astimezone(UTC)
        return replace(self, skipped=skipped)

    def with_once(self, request: PlanRequest) -> Self:
        """Return the settings with a plan for a single time, instead of another one for the same connector and vehicle."""
        place = request.connector_id, request.vehicle_id
        others = (
            item
            for item in self.once
            if item.plan_id != request.plan_id
            and (item.connector_id, item.vehicle_id) != place
        )
        return replace(self, once=(request, *others))

    def without(self, plan_ids: Collection[str]) -> Self:
        """Return the settings without some plans."""
        return replace(
            self,
            disabled=self.disabled.difference(plan_ids),
            skipped={
                key: at for key, at in self.skipped.items() if key not in plan_ids
            },
            once=tuple(item for item in self.once if item.plan_id not in plan_ids),
        )

    def settled(self, now: datetime, there: Collection[str]) -> Self:
        """Return the settings without what is over, and what belongs to plans that were removed.

        Args:
            now: the present time.
            there: the ids of the plans that the owner has added.

        """
        known = {*there, *(item.plan_id for item in self.once)}
        skipped = {
            key: at for key, at in self.skipped.items() if at > now and key in known
        }
        disabled = self.disabled & known
        if disabled == self.disabled and skipped.keys() == self.skipped.keys():
            return self
        return replace(self, disabled=disabled, skipped=skipped)

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {
            "paused": self.paused,
            "disabled": sorted(self.disabled),
            "skipped": {key: at.isoformat() for key, at in self.skipped.items()},
            "once": [request_as_dict(item) for item in self.once],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            AttributeError, KeyError, OverflowError, TypeError, ValueError: if the data is something else.

        """
        skipped = {
            str(key): datetime.fromisoformat(at) for key, at in data["skipped"].items()
        }
        if any(at.tzinfo is None for at in skipped.values()):
            raise ValueError("plans: a time has no zone")
        once = tuple(request_from_dict(item) for item in data["once"])
        if not all(isinstance(item.ready, OnceTime) for item in once):
            raise ValueError("plans: one of an action is not for a single time")
        return cls(
            paused=bool(data["paused"]),
            disabled=frozenset(map(str, data["disabled"])),
            skipped=skipped,
            once=once,
        )
