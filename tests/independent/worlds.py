"""Random worlds in which cars could take more than the limit."""

from math import inf
from random import Random

from tests.independent.specs import CarSpec, ConnectorSpec, LineSpec

HUNGRY_A = (16.0, 24.0, 32.0, 40.0, 48.0)
MODEST_A = (1.0, 6.0, 10.0, 13.0, 16.0, 20.0, 32.0, 48.0)

type Parameters = tuple[int, float, tuple[ConnectorSpec, ...], LineSpec]


def random_world(seed: int) -> Parameters:
    """Return the arguments of a `World` whose hungry cars exceed its limit in sum."""
    rng = Random(f"world {seed}")
    rating = rng.choice((32.0, 32.0, 80.0))
    specs = tuple(_connector(rng, rating) for _ in range(rng.choice((2, 2, 3, 3, 3))))
    reachable = sum(min(rating, spec.cars[0].onboard_a) for spec in specs)
    limit = float(max(6, int(reachable * rng.uniform(0.3, 0.7))))
    return seed, limit, specs, _line(rng)


def _connector(rng: Random, rating_a: float) -> ConnectorSpec:
    protocol = rng.choice((1, 2, 2))
    return ConnectorSpec(
        cars=(
            _car(rng, hungry=True),
            *(_car(rng, hungry=False) for _ in range(rng.randint(0, 2))),
        ),
        protocol=protocol,
        rating_a=rating_a,
        extended=protocol == 2 and rng.random() < 0.6,
        short_heartbeats=rng.random() < 0.2,
        stops_at_zero=rng.random() < 0.4,
        keeps_offer=rng.random() < 0.3,
        stop_after_s=rng.choice(
            (rng.uniform(20, 30), rng.uniform(20, 30), rng.uniform(30, 56))
        ),
        spikes=rng.choice((0.0, 0.0, 0.0, 0.001)),
        trouble_s=rng.choice((inf, 1200.0, 300.0)),
        parked_s=rng.choice((600.0, 2400.0, inf)),
        away_s=rng.choice((0.0, 20.0, 120.0)),
    )


def _car(rng: Random, hungry: bool) -> CarSpec:
    odd = rng.random()
    return CarSpec(
        onboard_a=rng.choice(HUNGRY_A if hungry else MODEST_A),
        ramp_a_s=10 ** rng.uniform(-0.7, 0.7),
        fall_a_s=rng.uniform(5, 50)
        if rng.random() < 0.85
        else 10 ** rng.uniform(-0.5, 0.7),
        reaction_s=rng.uniform(0, 5),
        over_a=rng.uniform(-1.5, -0.5) if rng.random() < 0.75 else rng.uniform(0.5, 4),
        wake_s=rng.uniform(0, 10)
        if hungry or rng.random() < 0.6
        else rng.uniform(30, 900),
        needs_ah=inf if hungry else rng.choice((0.0, rng.uniform(1, 60))),
        pauses_s=rng.choice((inf, inf, rng.uniform(30, 900))),
        remembers=rng.random() < 0.15,
        ignores_s=rng.choice((30.0, 300.0, inf)) if odd < 0.1 else 0.0,
        jumps_s=rng.choice((20.0, 120.0, inf)) if odd > 0.92 else 0.0,
        odd_after_s=rng.uniform(30, 1200),
        trap=rng.random() < 0.1,
    )


def _line(rng: Random) -> LineSpec:
    bad = rng.choice((0.0, 0.0, 0.001, 0.01, 0.05))
    network = rng.random() < 0.3
    return LineSpec(
        lose=bad * rng.random(),
        flip=bad * rng.random(),
        noise=bad * rng.random() * 3,
        stuff=bad * rng.random(),
        delay_s=rng.choice((0.05, 0.5, 2.0)) if network else 0.0,
        double=bad * network,
        reorder=bad * network,
        split=rng.choice((0.0, 0.1, 0.5)),
        echo=rng.random() < 0.2,
        storm_s=rng.choice((inf, 900.0)),
        foreign_s=rng.choice((inf, inf, 2400.0)),
        ghost_s=rng.choice((inf, inf, 3600.0)),
    )
