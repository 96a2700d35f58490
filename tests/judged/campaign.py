"""Plays worlds, each with the guard as it is and with a blind one, and adds up what the judge says."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
import logging
from random import Random
from typing import Any, Final

from simulator import run_virtual
from tests.independent import UpheavalKind, Verdict, World, random_world

from .product import NO_LIMIT, Product, Rules

_OWNER_SECONDS: Final = (5.0, 300.0)
_LOOK_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A world, and what the judge says of both runs."""

    seed: int
    rules: Rules
    verdict: Verdict
    blind: Verdict

    @property
    def counts(self) -> bool:
        """Return whether the limit could have been broken: it was, with the blind guard."""
        return self.blind.broken_s > 0

    @property
    def faults(self) -> list[str]:
        """Return what the master did wrong."""
        return faults_of(self.verdict)


def faults_of(verdict: Verdict) -> list[str]:
    """Return what a master did wrong, in words with numbers."""
    found = {
        "s above the limit": verdict.broken_s,
        "s with a connector above its own limit": sum(verdict.per_connector_broken_s),
        "s offered above the limit": verdict.offered_broken_s,
        f"frames not allowed ({verdict.first_not_allowed})": verdict.frames_not_allowed,
        "heartbeats beside another master": verdict.beside_master,
        f"raises too early ({verdict.first_raised_early})": verdict.raised_early,
    }
    return [f"{value:g} {what}" for what, value in found.items() if value]


def judge(seed: int, hours: float) -> Judged:
    """Play a world for some hours, twice: the blind guard until it has broken the limit."""
    rules = rules_of(seed)
    verdict = play(seed, hours)
    return Judged(seed, rules, verdict, play(seed, hours, blind=True))


def rules_of(seed: int) -> Rules:
    """Return who says what is offered in a world."""
    return Random(f"rules {seed}").choice(list(Rules))


def play(
    seed: int,
    hours: float,
    mutant: Callable[[], AbstractContextManager[None]] = nullcontext,
    *,
    blind: bool = False,
) -> Verdict:
    """Play a world once, with a guard that knows the limit or is blind, or one that is changed as said."""
    logging.disable()
    with mutant():
        return run_virtual(_played(seed, hours, blind=blind))


async def _played(seed: int, hours: float, *, blind: bool) -> Verdict:
    world = World(*random_world(seed))

    async def open_port(factory: Callable[[], asyncio.Protocol]) -> tuple[Any, Any]:
        protocol = factory()
        return world.open_port(protocol), protocol

    limit = NO_LIMIT if blind else world.limit_a
    product = Product(rules_of(seed), limit, seed, open_port)
    world.start()
    await product.start()
    async with asyncio.TaskGroup() as group:
        tasks = (
            group.create_task(_owner(product, Random(f"moments {seed}"))),
            group.create_task(_upheavals(world, product)),
        )
        await _pass(world, hours, is_enough=blind)
        for task in tasks:
            task.cancel()
    await product.stop()
    world.stop()
    return world.verdict()


async def _pass(world: World, hours: float, *, is_enough: bool) -> None:
    """Let the time pass; a broken limit is enough where it is expected."""
    loop = asyncio.get_running_loop()
    end = loop.time() + hours * 3600
    while loop.time() < end and not (is_enough and world.verdict().broken_s):
        await asyncio.sleep(min(_LOOK_SECONDS, end - loop.time()))


async def _owner(product: Product, dice: Random) -> None:
    while True:
        await asyncio.sleep(dice.uniform(*_OWNER_SECONDS))
        product.owner_acts()


async def _upheavals(world: World, product: Product) -> None:
    while True:
        upheaval = world.next_upheaval()
        await asyncio.sleep(upheaval.after_s)
        match upheaval.kind:
            case UpheavalKind.STALL:
                world.stall_port(upheaval.seconds)
            case UpheavalKind.RESTART:
                await product.stop()
                await asyncio.sleep(upheaval.seconds)
                await product.start()
            case UpheavalKind.KILL:
                await product.kill(world.drop_port)
                await asyncio.sleep(upheaval.seconds)
                await product.start()
