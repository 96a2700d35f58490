"""Two connectors, vehicles, and a cloud with any results: the commands it gets, and whether they are right.

The tests know which vehicle is plugged in at which connector; the code under test only sees what an installation sees.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from custom_components.twc_manager.charging.control.commander import VehicleCommander
from custom_components.twc_manager.charging.control.commands import (
    CommandContext,
    CommandOutcome,
    CommandResult,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.matching import (
    drop_outdated_locations,
    match,
)
from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.control.vehicle_facts import (
    FRESH_SECONDS,
    ConnectorFacts,
    LocationUpdates,
    Vehicle,
    VehicleCharging,
)

LEFT, RIGHT = 0x032E, 0x1839
HERE, AWAY, STRANGER = "here", "away", "stranger"
FIRST_DAY = date(2026, 6, 1)
COMMANDS = frozenset({VehicleCommand.START, VehicleCommand.STOP})


@dataclass(slots=True)
class Outlet:
    """A connector; `car` is the vehicle that is really plugged in."""

    connector_id: int
    car: str | None = None
    reads_vin: bool = False
    drawing: bool = False
    request: VehicleRequest | None = None
    charge_now: bool = False
    plugged_since: float | None = None
    offered_since: float | None = None


@dataclass(slots=True)
class Asked:
    """A command; the outlet is the true one at that time."""

    at: float
    vehicle_id: str
    command: VehicleCommand
    outlet: Outlet
    outcome: CommandOutcome | None = None

    @property
    def day(self) -> int:
        return int(self.at // 86400)


@dataclass(slots=True)
class Driveway:
    """The times of events, in s."""

    answers: Iterator[CommandResult]
    obeys: bool = True
    now: float = 100000.0
    delay: float = 2.0
    outlets: dict[int, Outlet] = field(
        default_factory=lambda: {key: Outlet(key) for key in (LEFT, RIGHT)}
    )
    assignments: dict[int, str] = field(default_factory=dict)
    cars: dict[str, Vehicle] = field(default_factory=dict)
    fixes: dict[str, float] = field(default_factory=dict)
    gone: bool = False
    """Whether the car that was here has driven off."""
    override: bool = False
    schedule: bool | None = None
    """Whether the vehicle that is here waits for its own schedule, as reading its state shows; None: as it reports."""
    asked: list[Asked] = field(default_factory=list)
    commanders: dict[str, VehicleCommander] = field(default_factory=dict)
    _due: list[tuple[float, Asked]] = field(default_factory=list)

    def add(self, car: Vehicle, location_age: float | None = None) -> None:
        self.cars[car.vehicle_id] = car
        self.commanders[car.vehicle_id] = VehicleCommander(car.vehicle_id)
        if location_age is not None:
            self.fixes[car.vehicle_id] = self.now - location_age

    def change(self, vehicle_id: str, **changes: object) -> None:
        self.cars[vehicle_id] = replace(self.cars[vehicle_id], **changes)  # type: ignore[arg-type]

    def plug(self, connector_id: int, car: str | None) -> None:
        """Plug in a vehicle, even if it was at another connector, or unplug the present one."""
        for outlet in self.outlets.values():
            if outlet.connector_id == connector_id or outlet.car == car:
                outlet.car, outlet.drawing, outlet.plugged_since = None, False, None
        outlet = self.outlets[connector_id]
        outlet.car, outlet.plugged_since = car, None if car is None else self.now

    def offer(self, connector_id: int, *, on: bool) -> None:
        outlet = self.outlets[connector_id]
        if not on:
            outlet.offered_since = None
        elif outlet.offered_since is None:
            outlet.offered_since = self.now

    def wait(self, seconds: float, step: float = 5.0) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += step
            self._answer()
            self._decide()

    def _facts(self, outlet: Outlet) -> ConnectorFacts:
        car = self.cars.get(outlet.car or "")
        vin = "OF-A-STRANGER" if car is None else car.vin
        return ConnectorFacts(
            outlet.connector_id,
            2,
            outlet.car is not None,
            vin if outlet.car is not None and outlet.reads_vin else None,
            16.0 if outlet.offered_since is not None else 0.0,
            outlet.drawing,
            outlet.plugged_since,
            outlet.offered_since,
        )

    def _known(self, car: Vehicle) -> Vehicle:
        fix = self.fixes.get(car.vehicle_id)
        age = None if fix is None else self.now - fix
        asked = car.location_updates is LocationUpdates.POLLED
        return replace(
            car, location_age=age, location_request_age=age if asked else None
        )

    def _decide(self) -> None:
        facts = {key: self._facts(outlet) for key, outlet in self.outlets.items()}
        known = drop_outdated_locations(
            self.now, facts.values(), map(self._known, self.cars.values())
        )
        cars = {car.vehicle_id: car for car in known}
        matches = match(list(facts.values()), self.assignments, known)
        assert matches.keys() == facts.keys()
        today = FIRST_DAY + timedelta(days=self.now // 86400)
        for key, found in matches.items():
            if found.vehicle_id is None:
                continue
            outlet = self.outlets[key]
            next_command = self.commanders[found.vehicle_id].decide(
                self.now,
                today,
                CommandContext(
                    outlet.request,
                    facts[key],
                    cars[found.vehicle_id],
                    found,
                    self.override,
                    outlet.charge_now,
                ),
            )
            assert next_command.until is None or next_command.until > self.now
            if next_command.command is not VehicleCommand.NOTHING:
                asked = Asked(
                    self.now, found.vehicle_id, next_command.command, replace(outlet)
                )
                self.asked.append(asked)
                self._due.append((self.now + self.delay, asked))

    def _answer(self) -> None:
        due, self._due = self._due, []
        for at, asked in due:
            if at > self.now:
                self._due.append((at, asked))
                continue
            answer = next(self.answers)
            asked.outcome = answer.outcome
            if answer.outcome is CommandOutcome.DONE:
                self._do(asked)
            self.commanders[asked.vehicle_id].record_result(self.now, answer)

    def _do(self, asked: Asked) -> None:
        if asked.command is VehicleCommand.READ_STATE:
            self.change(
                asked.vehicle_id, at_home=asked.vehicle_id == HERE and not self.gone
            )
            self.fixes[asked.vehicle_id] = self.now
            if self.schedule is not None:
                self.change(asked.vehicle_id, scheduled=self.schedule)
        elif asked.command is VehicleCommand.WAKE and self.obeys:
            self.change(asked.vehicle_id, asleep=False)
        elif self.obeys:
            for outlet in self.outlets.values():
                if outlet.car == asked.vehicle_id:
                    starts = asked.command is VehicleCommand.START
                    outlet.drawing = starts and outlet.offered_since is not None

    # What must never be

    def check(self) -> None:
        for vehicle_id in self.cars:
            calls = [item for item in self.asked if item.vehicle_id == vehicle_id]
            self._check_pace([item for item in calls if item.command in COMMANDS])
            self._check_wakes(
                [item for item in calls if item.command is VehicleCommand.WAKE]
            )
        for item in self.asked:
            assert item.outlet.car is not None
            if item.command is VehicleCommand.STOP:
                assert item.outlet.drawing
            else:
                assert (
                    not item.outlet.drawing or item.command is VehicleCommand.READ_STATE
                )
            assert item.vehicle_id != AWAY or item.command is VehicleCommand.READ_STATE

    def _check_pace(self, commands: list[Asked]) -> None:
        repeats = 0
        for before, after in pairwise(commands):
            repeats = repeats + 1 if after.at - before.at < 60 else 0
            if repeats:
                assert before.outcome is CommandOutcome.BUSY
                assert before.command is after.command
                assert after.at - before.at >= 5
            assert repeats <= 3

    def _check_wakes(self, wakes: list[Asked]) -> None:
        for before, after in pairwise(wakes):
            assert after.at - before.at >= 1800
        for item in wakes:
            assert item.outlet.offered_since is not None
            assert item.at - item.outlet.offered_since >= 180
            assert sum(other.day == item.day for other in wakes) <= 6

    def count(self, *asks: VehicleCommand, vehicle_id: str = HERE) -> int:
        return sum(
            item.vehicle_id == vehicle_id and item.command in asks
            for item in self.asked
        )


def sedan(**changes: object) -> Vehicle:
    """Return the vehicle that is here, as an account reports it."""
    car = Vehicle(
        HERE,
        "Sedan",
        "5YJ3E1EA7KF000316",
        LocationUpdates.POLLED,
        scheduled=False,
        can_wake=True,
    )
    return replace(car, **changes)  # type: ignore[arg-type]


def van(**changes: object) -> Vehicle:
    """Return the vehicle that is away, which was last reported at home, but not recently."""
    car = Vehicle(AWAY, "Van", "5YJXCAE43GF000123", LocationUpdates.POLLED, True)
    return replace(car, **changes)  # type: ignore[arg-type]


STALE = FRESH_SECONDS + 1
STOPPED = VehicleCharging.STOPPED
