"""How many goals can be reached: the proof of the benchmark of plans, next to a flow."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from scripts.benchmark_lib.plan.cars import CarSpec
from scripts.benchmark_lib.plan.nights import Event, Night
from scripts.benchmark_lib.plan.reach import Reachable, reachable

from .test_benchmark_plan import CAR, night

CHEAP_LATE = [0.4] * 32 + [0.1] * 16 + [0.4] * 12
"""Cheap from the eighth to the twelfth hour, when the car of eight hours shall be ready."""


def test_a_goal_that_takes_longer_than_there_is_time_cannot_be_reached() -> None:
    made = night([0.3] * 60, CAR)
    assert reachable(made, [0]) == Reachable(1)
    assert reachable(replace(made, limit=10, room=(10,) * 60), [0]) == Reachable(0)
    assert reachable(night([0.3] * 60, replace(CAR, arrives=260)), [0]) == Reachable(0)


def test_a_car_that_takes_less_near_its_goal_needs_more_time() -> None:
    slow = replace(CAR, knee=20, target=100, level=46.5)
    assert reachable(night([0.3] * 60, replace(slow, knee=100)), [0]) == Reachable(1)
    assert reachable(night([0.3] * 60, slow), [0]) == Reachable(0)
    assert reachable(night([0.3] * 60, replace(slow, level=78)), [0]) == Reachable(1)


def test_of_goals_that_do_not_fit_together_as_many_count_as_do() -> None:
    # Each needs 8 of 12 hours at 16 A.
    assert reachable(night([0.3] * 60, CAR, CAR, limit=32), [0, 1]) == Reachable(2)
    assert reachable(night([0.3] * 60, CAR, CAR, limit=20), [0, 1]) == Reachable(1)
    assert reachable(night([0.3] * 60, CAR, CAR, limit=20), [1]) == Reachable(1)


def test_a_car_that_cannot_be_stopped_takes_its_minimum_from_the_others() -> None:
    stubborn = replace(CAR, stoppable=False, target=21)
    # 128 A h and 72 A h of 192 A h.
    assert reachable(night([0.3] * 60, CAR, stubborn, limit=16), [0, 1]) == Reachable(1)
    assert reachable(night([0.3] * 60, CAR, stubborn, limit=17), [0, 1]) == Reachable(2)
    # Until it is full.
    full = replace(stubborn, level=97, target=98)
    assert reachable(night([0.3] * 60, CAR, full, limit=16), [0, 1]) == Reachable(2)


def test_what_nobody_can_foresee_is_no_fault() -> None:
    car = replace(CAR, target=46)
    made = replace(night(CHEAP_LATE, car), event=Event.INTERRUPTED)
    # It waits for the cheap hours, in which another load takes nearly all that there is.
    taken = tuple(2 if 36 <= at < 48 else 32 for at in range(60))
    assert reachable(replace(made, room=taken), [0]) == Reachable(1, unforeseen=1)
    # It takes less, so that there is time afterwards.
    brief = tuple(2 if 36 <= at < 38 else 32 for at in range(60))
    assert reachable(replace(made, room=brief), [0]) == Reachable(1)
    # It was known.
    known = replace(made, room=taken, event=Event.USUAL)
    assert reachable(known, [0]) == Reachable(1)


def test_who_leaves_before_the_goal_of_the_cheapest_plan_was_not_foreseen() -> None:
    car = replace(CAR, target=46)
    for leaves, unforeseen in ((CAR.ready - 180, 1), (CAR.ready - 20, 0)):
        made = night(CHEAP_LATE, replace(car, leaves=leaves))
        found = reachable(replace(made, event=Event.LEAVES_EARLY), [0])
        assert found == Reachable(1, unforeseen)


def flows(made: Night, chosen: Sequence[int]) -> bool:
    """Return whether a flow of Ford and Fulkerson serves the goals."""
    capacity: dict[tuple[str, str], float] = defaultdict(float)
    needed = 0.0
    for number in chosen:
        car = made.cars[number]
        need = car.need_kwh(car.level) / car.kwh_per_amp_minute
        needed += need
        capacity["source", f"car {number}"] = need
        for at in range(len(made.room)):
            minutes = min(15 * at + 15, car.judged_at) - max(15 * at, car.arrives)
            if minutes > 0:
                capacity[f"car {number}", f"at {at}"] = car.max_amps * minutes
                capacity[f"at {at}", "sink"] = made.room[at] * 15
    served = 0.0
    while (path := _path(capacity)) is not None:
        amount = min(capacity[edge] for edge in path)
        for one, other in path:
            capacity[one, other] -= amount
            capacity[other, one] += amount
        served += amount
    return served >= needed - 1e-6


def _path(capacity: dict[tuple[str, str], float]) -> list[tuple[str, str]] | None:
    """Return the edges of a shortest path with capacity from the source to the sink."""
    edges: dict[str, list[str]] = defaultdict(list)
    for (one, other), left in capacity.items():
        if left > 1e-9:
            edges[one].append(other)
    before: dict[str, str] = {}
    queue = deque(["source"])
    while queue:
        place = queue.popleft()
        for following in edges[place]:
            if following != "source" and following not in before:
                before[following] = place
                queue.append(following)
    if "sink" not in before:
        return None
    path, place = [], "sink"
    while place != "source":
        path.append((before[place], place))
        place = before[place]
    return path


def random_car(dice: Random) -> CarSpec:
    arrives = dice.randrange(0, 120, 5)
    ready = arrives + dice.randrange(30, 180, 5)
    return replace(
        CAR, arrives=arrives, ready=ready, leaves=ready, max_amps=dice.choice((10, 16)),
        level=0, target=dice.randrange(2, 14),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_the_cuts_prove_what_a_flow_finds(seed: int) -> None:
    dice = Random(seed)
    cars = [random_car(dice) for _ in range(dice.choice((1, 2, 3)))]
    room = tuple(dice.choice((0, 8, 16, 24)) for _ in range(20))
    made = replace(night([0.3] * 20, *cars), room=room)
    numbers = range(len(cars))
    # Less than 0.05 kWh each is not missing: about a minute.
    assert (reachable(made, numbers).goals == len(cars)) >= flows(made, numbers)
    if reachable(made, numbers).goals == len(cars):
        less = [replace(car, target=car.target - 0.2) for car in cars]  # type: ignore[arg-type]
        assert flows(replace(made, cars=tuple(less)), numbers)
