"""What is stored of the plans of a bus over a restart: what the owner set, and the plan that is followed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..planning.goals import energy_needed
from ..planning.levels import LevelTracker
from ..planning.result import Plan, PlannedSlot, Prospect, VehiclePlan
from ..planning.series import Piece, Series
from ..planning.tariff import EMPTY, Tariff
from .followed import FollowedPlan, PlannedGoal
from .inputs import PluggedIn
from .need import Battery
from .progress import Progress, ProgressState
from .session import PlanSession
from .settings import PlanSettings
from .stored_request import request_as_dict, request_from_dict


@dataclass(frozen=True, slots=True)
class KeptPlans:
    """The plan that is followed, and what it follows from.

    Attributes:
        sessions: the vehicles that are plugged in, by connector.
        followed: the plan; None without one.
        tariff: the prices that are known.
        habits: the maximum whole A that vehicles took, by what identifies them.

    """

    sessions: Mapping[int, PlanSession] = field(default_factory=dict)
    followed: FollowedPlan | None = None
    tariff: Tariff = EMPTY
    habits: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {
            "sessions": [_session_as_dict(item) for item in self.sessions.values()],
            "plan": None if self.followed is None else _plan_as_dict(self.followed),
            "tariff": _tariff_as_dict(self.tariff),
            "habits": dict(self.habits),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> KeptPlans:
        """Return what `as_dict` returned.

        Raises:
            AttributeError, KeyError, OverflowError, TypeError, ValueError: if the data is something else.

        """
        sessions = [_session_from_dict(item) for item in data["sessions"]]
        plan = data["plan"]
        return cls(
            {item.connector_id: item for item in sessions},
            None if plan is None else _plan_from_dict(plan),
            _tariff_from_dict(data["tariff"]),
            {str(key): int(amps) for key, amps in data["habits"].items()},
        )


@dataclass(frozen=True, slots=True)
class StoredPlans:
    """What is stored of the plans of a bus.

    Attributes:
        settings: what the owner set.
        kept: the plan that is followed, as `KeptPlans.as_dict` returned it; None without one.

    """

    settings: PlanSettings = PlanSettings()
    kept: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {"settings": self.settings.as_dict(), "kept": self.kept}


def _session_as_dict(session: PlanSession) -> dict[str, Any]:
    tracker = session.battery.tracker
    return {
        "connector": session.connector_id,
        "vehicle": session.vehicle_id,
        "vin": session.vin,
        "maximum_drawn": session.maximum_drawn,
        "tracker": None if tracker is None else asdict(tracker),
        "level_at_kwh": session.battery.level_at_kwh,
        "progress": [_progress_as_dict(item) for item in session.progress.values()],
    }


def _session_from_dict(data: Mapping[str, Any]) -> PlanSession:
    vehicle, vin, tracker = data["vehicle"], data["vin"], data["tracker"]
    progress = [_progress_from_dict(item) for item in data["progress"]]
    return PlanSession(
        int(data["connector"]),
        None if vehicle is None else str(vehicle),
        Battery(
            None if tracker is None else _tracker_from_dict(tracker),
            float(data["level_at_kwh"]),
        ),
        {item.request.plan_id: item for item in progress},
        maximum_drawn=float(data["maximum_drawn"]),
        has_begun=True,
        vin=None if vin is None else str(vin),
    )


def _tracker_from_dict(data: Mapping[str, Any]) -> LevelTracker:
    first, at_kwh, amps = data["first"], data["at_kwh"], data["knee_amps"]
    tracker = LevelTracker(
        float(data["capacity"]),
        float(data["level"]),
        float(data["efficiency"]),
        None if at_kwh is None else float(at_kwh),
        None if first is None else (float(first[0]), float(first[1])),
        float(data["knee"]),
        None if amps is None else float(amps),
    )
    # Raises if there is no such battery.
    energy_needed(tracker.capacity, tracker.level, 100.0, tracker.efficiency)
    return tracker


def _progress_as_dict(progress: Progress) -> dict[str, Any]:
    return {
        "request": request_as_dict(progress.request),
        "began_kwh": progress.began.energy_kwh,
        "began_s": progress.began.charging_s,
        "ready": progress.ready.timestamp(),
        "state": progress.state.name,
    }


def _progress_from_dict(data: Mapping[str, Any]) -> Progress:
    return Progress(
        request_from_dict(data["request"]),
        PluggedIn(float(data["began_kwh"]), float(data["began_s"])),
        _instant(data["ready"]),
        ProgressState[data["state"]],
    )


def _plan_as_dict(followed: FollowedPlan) -> dict[str, Any]:
    return {
        "made": followed.plan.made.timestamp(),
        "cars": [
            _vehicle_as_dict(vehicle, followed.goals[connector_id])
            for connector_id, vehicle in followed.plan.vehicles.items()
            if connector_id in followed.goals
        ],
    }


def _plan_from_dict(data: Mapping[str, Any]) -> FollowedPlan:
    vehicles = [_vehicle_from_dict(item) for item in data["cars"]]
    plan = Plan(
        _instant(data["made"]),
        {vehicle.connector_id: vehicle for vehicle, _ in vehicles},
        sum(vehicle.cost for vehicle, _ in vehicles),
    )
    return FollowedPlan(
        plan, {vehicle.connector_id: goal for vehicle, goal in vehicles}
    )


def _vehicle_as_dict(vehicle: VehiclePlan, goal: PlannedGoal) -> dict[str, Any]:
    return {
        "connector": vehicle.connector_id,
        "ready": goal.ready.timestamp(),
        "kwh": goal.kwh,
        "slots": [
            [
                slot.start.timestamp(),
                slot.end.timestamp(),
                slot.amps,
                slot.kwh,
                slot.cost,
                slot.known,
            ]
            for slot in vehicle.slots
        ],
        "prospect": vehicle.prospect.value,
        "missing_kwh": vehicle.missing_kwh,
        "cost": vehicle.cost,
        "cost_at_once": vehicle.cost_at_once,
        "starts": vehicle.starts,
    }


def _vehicle_from_dict(data: Mapping[str, Any]) -> tuple[VehiclePlan, PlannedGoal]:
    vehicle = VehiclePlan(
        connector_id=int(data["connector"]),
        slots=tuple(_slot_from_list(item) for item in data["slots"]),
        prospect=Prospect(data["prospect"]),
        done=None,
        missing_kwh=float(data["missing_kwh"]),
        cost=float(data["cost"]),
        cost_at_once=float(data["cost_at_once"]),
        starts=int(data["starts"]),
    )
    return vehicle, PlannedGoal(_instant(data["ready"]), float(data["kwh"]))


def _slot_from_list(data: Iterable[Any]) -> PlannedSlot:
    start, end, amps, kwh, cost, known = data
    slot = PlannedSlot(
        _instant(start), _instant(end), int(amps), float(kwh), float(cost), bool(known)
    )
    if slot.start >= slot.end:
        raise ValueError("plans: a slot ends before it begins")
    return slot


def _tariff_as_dict(tariff: Tariff) -> dict[str, Any]:
    return {
        "currency": tariff.currency,
        "source": tariff.source,
        "prices": _series_as_list(tariff.prices),
        "feed_in": _series_as_list(tariff.feed_in),
    }


def _tariff_from_dict(data: Mapping[str, Any]) -> Tariff:
    return Tariff(
        _series_from_list(data["prices"]),
        _series_from_list(data["feed_in"]),
        str(data["currency"]),
        str(data["source"]),
    )


def _series_as_list(series: Series) -> list[list[float]]:
    return [
        [piece.start.timestamp(), piece.end.timestamp(), piece.value]
        for piece in series.pieces
    ]


def _series_from_list(data: Iterable[Any]) -> Series:
    return Series.read(
        Piece(_instant(start), _instant(end), float(value))
        for start, end, value in data
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
