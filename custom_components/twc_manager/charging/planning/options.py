"""What one vehicle can take in each slot, and what it costs: the minimum as a block, and then what is above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from .slots import Slot

_WATT_SECONDS: float = 3.6e6


@dataclass(frozen=True, slots=True)
class Option:
    """What a vehicle can take in a slot, in A s of one phase; prices are for 1 A s.

    Attributes:
        amps: the maximum whole A.
        seconds: how long the slot lasts.
        block: the A s at the minimum current, for the whole slot; 0 for a vehicle that charges anyway.
        block_price: its price: that of sun and grid together. A part of it is a part of the time.
        sun: the A s of sun above it.
        sun_price: their price.
        grid: the A s from the grid above it.
        grid_price: their price.

    """

    amps: int
    seconds: int
    block: int = 0
    block_price: float = 0.0
    sun: int = 0
    sun_price: float = 0.0
    grid: int = 0
    grid_price: float = 0.0

    @property
    def total(self) -> int:
        """Return the maximum A s."""
        return self.block + self.sun + self.grid

    def cost(self, amount: int) -> float:
        """Return what it costs to take so many A s."""
        if amount <= self.block:
            return amount * self.block_price
        above = amount - self.block
        sun = min(above, self.sun)
        return (
            self.block * self.block_price
            + sun * self.sun_price
            + (above - sun) * self.grid_price
        )

    def next_part(self, amount: int) -> tuple[float, int]:
        """Return the price of more, and how much there is at this price; nothing above the total."""
        if amount < self.block:
            return self.block_price, self.block - amount
        if amount < self.block + self.sun:
            return self.sun_price, self.block + self.sun - amount
        return self.grid_price, self.total - amount

    def last_part(self, amount: int) -> tuple[float, int]:
        """Return the price of the last that was taken, and how much of it."""
        if amount > self.block + self.sun:
            return self.grid_price, amount - self.block - self.sun
        if amount > self.block:
            return self.sun_price, amount - self.block
        return self.block_price, amount


NOTHING: Option = Option(0, 0)


def make_option(
    slot: Slot, amps: int, minimum: int, watts_per_amp: float, used_w: float
) -> Option:
    """Return what a vehicle can take in a slot, besides what others take.

    Args:
        slot: the slot.
        amps: the maximum whole A that are left for it.
        minimum: the lowest A at which it charges; 0 for one that charges anyway.
        watts_per_amp: its W for 1 A.
        used_w: the W that others take, which use the sun first.

    """
    if amps < max(minimum, 1):
        return Option(0, slot.seconds)
    seconds, unit = slot.seconds, watts_per_amp / _WATT_SECONDS
    sun_amps = min(amps, int(max(0.0, slot.sun_w - used_w) / watts_per_amp))
    in_block = min(sun_amps, minimum)
    grid_price, sun_price = slot.price * unit, slot.sun_price * unit
    block_price = grid_price
    if minimum:
        share = in_block / minimum
        block_price = share * sun_price + (1 - share) * grid_price
    return Option(
        amps=amps,
        seconds=seconds,
        block=minimum * seconds,
        block_price=block_price,
        sun=(sun_amps - in_block) * seconds,
        sun_price=sun_price,
        grid=(amps - max(minimum, sun_amps)) * seconds,
        grid_price=grid_price,
    )


def total_cost(options: Sequence[Option], amounts: Sequence[int]) -> float:
    """Return the cost of the energy of amounts."""
    return sum(
        option.cost(amount)
        for option, amount in zip(options, amounts, strict=True)
        if amount
    )


def count_starts(
    blocks: Sequence[int], amounts: Sequence[int], *, running: bool
) -> int:
    """Return how often a vehicle starts that takes these amounts; `blocks` are those of whole slots at the minimum.

    A part of a block stops within its slot: between two others it is a start more.
    """
    starts = 0
    before = running
    for at, amount in enumerate(amounts):
        if amount and not before:
            starts += 1
        after = at + 1 < len(amounts) and amounts[at + 1] > 0
        if before and after and 0 < amount < blocks[at]:
            starts += 1
        before = amount > 0
    return starts
