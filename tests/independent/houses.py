"""Random houses in which the cars and the loads could take more than the circuit or the fuse."""

from dataclasses import replace
from random import Random

from tests.independent.house_specs import (
    ALL_PHASES,
    FaultKind,
    HouseSpec,
    LoadSpec,
    MeterFault,
    MeterSpec,
)
from tests.independent.worlds import Parameters, random_world

FUSES_A = (16.0, 20.0, 25.0, 35.0, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0)

type HouseParameters = tuple[int, tuple[Parameters, ...], HouseSpec]


def random_house(seed: int) -> HouseParameters:
    """Return the seed of a `House`, the arguments of its worlds, and its spec."""
    rng = Random(f"house parameters {seed}")
    lines = tuple(_line(rng, seed, index) for index in range(rng.choice((1, 2, 2))))
    base = rng.uniform(0.3, 4), rng.uniform(0.3, 4), rng.uniform(0.3, 4)
    loads = _loads(rng)
    peak = max(
        base[phase] * 1.5 + sum(load.amps for load in loads if phase in load.phases)
        for phase in ALL_PHASES
    )
    wanted = sum(_reachable_a(line) for line in lines)
    which = rng.choice(("circuit", "fuse", "fuse", "both", "both"))
    least = max(peak / 1.1, (peak + wanted) * rng.uniform(0.3, 0.7))
    fuse = next((fuse for fuse in FUSES_A if fuse >= least), FUSES_A[-1])
    sun = rng.choice((0.0, 0.0, 8.0, 14.0))
    spec = HouseSpec(
        circuit_a=None
        if which == "fuse"
        else float(max(6, int(wanted * rng.uniform(0.4, 0.9)))),
        fuse_a=None if which == "circuit" else fuse,
        base_a=base,
        loads=loads,
        solar_a=rng.choice(((sun, sun, sun), (sun, 0.0, 0.0), (0.0, sun, sun))),
        meter=_meter(rng),
    )
    return seed, lines, spec


def _line(rng: Random, seed: int, index: int) -> Parameters:
    own_seed, limit, specs, line = random_world(1000 * seed + index)
    wired = tuple(
        replace(
            spec,
            cars=tuple(replace(car, phases=rng.choice((1, 3, 3))) for car in spec.cars),
            first_phase=rng.randrange(3),
        )
        for spec in specs[: rng.randint(1, 3)]
    )
    return own_seed, limit, wired, line


def _reachable_a(line: Parameters) -> float:
    _, limit, specs, _ = line
    return min(limit, sum(min(spec.rating_a, spec.cars[0].onboard_a) for spec in specs))


def _loads(rng: Random) -> tuple[LoadSpec, ...]:
    first, second = rng.randrange(3), rng.randrange(3)
    possible = (
        LoadSpec(9.0, (first,), on_s=180, off_s=1500),  # a kettle
        LoadSpec(10.0, (second,), on_s=1800, off_s=3600, pulse_s=25.0),  # an oven
        LoadSpec(8.0, ((first + 1) % 3,), on_s=900, off_s=2000, pulse_s=8.0),  # a hob
        LoadSpec(4.0, on_s=1200, off_s=1200, start_a=12.0),  # a heat pump
        LoadSpec(9.0, on_s=1500, off_s=3000),  # a heater
    )
    return tuple(load for load in possible if rng.random() < 0.7)


def _meter(rng: Random) -> MeterSpec:
    faults = []
    if rng.random() < 0.5:
        kind = rng.choice(tuple(FaultKind))
        phases = ALL_PHASES if rng.random() < 0.6 else (rng.randrange(3),)
        after, seconds = rng.uniform(200, 1800), 10 ** rng.uniform(1.3, 3.2)
        faults.append(MeterFault(kind, after, seconds, phases))
    interval, lag = rng.choice((0, 1, 5, 10, 10, 30)), rng.choice((0.0, 1.0, 3.0, 8.0))
    return MeterSpec(interval, lag, tuple(faults))
