"""Plays worlds, each with a blind guard first: only where that breaks a limit, the guard as it is proves something."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
import logging
from random import Random
from typing import Final

from simulator import run_virtual
from tests.independent import UpheavalKind, Verdict, World, random_world

from .lines import DirectLine, KeptLine, Line
from .product import NO_LIMIT, Offers, Product, Setup

_OWNER_SECONDS: Final = (5.0, 300.0)
_LOOK_SECONDS: Final = 60.0
_KEPT_SHARE: Final = 0.25
_CONTACTORS_SHARE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Judged:
    """A world, and the verdict on it.

    Attributes:
        seed: the seed.
        product: what was judged, in words.
        hours: for how many hours it was played.
        faults: what the master did wrong, in words.
        used_share: the current that was used, as a share of what the cars could have used.
        counts: whether the world proves something: a blind guard breaks a limit in it. Otherwise only that was played.

    """

    seed: int
    product: str
    hours: float
    faults: tuple[str, ...] = ()
    used_share: float = 0.0
    counts: bool = True


def faults_of(verdict: Verdict) -> tuple[str, ...]:
    """Return what a master did wrong, in words with numbers."""
    found = {
        "s above the limit": verdict.broken_s,
        "s with a connector above its own limit": sum(verdict.per_connector_broken_s),
        "s offered above the limit": verdict.offered_broken_s,
        f"frames not allowed ({verdict.first_not_allowed})": verdict.frames_not_allowed,
        "heartbeats beside another master": verdict.beside_master,
        f"raises too early ({verdict.first_raised_early})": verdict.raised_early,
    }
    return tuple(f"{value:g} {what}" for what, value in found.items() if value)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is judged in a world."""

    offers: Offers
    is_kept: bool = False
    has_contactors: bool = False

    @property
    def words(self) -> str:
        """Return it in words."""
        words = [self.offers.value]
        words += ["keeper"] if self.is_kept else []
        words += ["contactors"] if self.has_contactors else []
        return ", ".join(words)


def kind_of(seed: int) -> Kind:
    """Return what is judged in a world."""
    dice = Random(f"kind {seed}")
    return Kind(
        dice.choices(list(Offers), (2, 1, 1))[0],
        dice.random() < _KEPT_SHARE,
        dice.random() < _CONTACTORS_SHARE,
    )


def judge(seed: int, hours: float) -> Judged:
    """Play a world with a blind guard until that has broken the limit, and if it has, for some hours with ours."""
    product = kind_of(seed).words
    if not (blind := play(seed, hours, blind=True)).broken_s:
        return Judged(seed, product, blind.hours, counts=False)
    verdict = play(seed, hours)
    return Judged(seed, product, verdict.hours, faults_of(verdict), verdict.used_share)


def play(
    seed: int,
    hours: float,
    mutant: Callable[[], AbstractContextManager[None]] = nullcontext,
    *,
    blind: bool = False,
    kind: Kind | None = None,
) -> Verdict:
    """Play a world once, with a guard that knows the limit, a blind one, or one that a mutant changes.

    `kind` is what is judged; None for what the seed decides.
    """
    logging.disable()
    with mutant():
        return run_virtual(_played(seed, hours, kind or kind_of(seed), blind=blind))


async def _played(seed: int, hours: float, kind: Kind, *, blind: bool) -> Verdict:
    world = World(*random_world(seed))
    if kind.offers is not Offers.RULES:
        world.judge_without_stops()
    limit = NO_LIMIT if blind else world.limit_a
    line: Line = DirectLine(world)
    if kind.is_kept:
        line = KeptLine(world, limit, seed)
    ids = frozenset(int.from_bytes(item.link.id) for item in world.connectors)
    contactors = ids if kind.has_contactors else frozenset()
    setup = Setup(str(seed), kind.offers, limit, contactors)
    product = Product(setup, line.open_port)
    world.start()
    await line.start()
    if isinstance(line, KeptLine):
        line.follow(product)
    await _start(product, line)
    async with asyncio.TaskGroup() as group:
        tasks = (
            group.create_task(_owner(product, Random(f"moments {seed}"))),
            group.create_task(_upheavals(world, line, product)),
        )
        await _pass(world, hours, is_enough=blind)
        for task in tasks:
            task.cancel()
    await product.stop()
    await line.stop()
    world.stop()
    return world.verdict()


async def _start(product: Product, line: Line) -> None:
    kept, is_complete = line.found()
    line.home_starts()
    await product.start(kept=kept, is_complete=is_complete)


async def _pass(world: World, hours: float, *, is_enough: bool) -> None:
    """Let the time pass; where a broken limit is expected, end at the first one."""
    loop = asyncio.get_running_loop()
    end = loop.time() + hours * 3600
    while loop.time() < end and not (is_enough and world.verdict().broken_s):
        await asyncio.sleep(min(_LOOK_SECONDS, end - loop.time()))


async def _owner(product: Product, dice: Random) -> None:
    while True:
        await asyncio.sleep(dice.uniform(*_OWNER_SECONDS))
        product.owner_acts()


async def _upheavals(world: World, line: Line, product: Product) -> None:
    while True:
        upheaval = world.next_upheaval()
        await asyncio.sleep(upheaval.after_s)
        match upheaval.kind:
            case UpheavalKind.STALL:
                await line.trouble(upheaval.seconds)
            case UpheavalKind.RESTART:
                await product.stop()
                await asyncio.sleep(upheaval.seconds)
                await _start(product, line)
            case UpheavalKind.KILL:
                await line.kill_home(product)
                await asyncio.sleep(upheaval.seconds)
                await _start(product, line)
