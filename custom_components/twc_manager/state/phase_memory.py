"""Remembers by VIN how many phases a vehicle was proven to use."""

from collections.abc import Mapping
from typing import Final

from ..charging.phase_knowledge import PhaseHints, PhaseKnowledge
from ..twc import Snapshot

MAX_REMEMBERED: Final = 50
"""The number of vehicles whose phases are remembered."""

_ALL_PHASES: Final = 3


def hints_of(
    memory: Mapping[str, int], counted: Mapping[int, int | None], snapshot: Snapshot
) -> PhaseHints:
    """Return the hints for the vehicles that are plugged in; `counted` is what the connectors' counters show."""
    return PhaseHints(
        counted={key: count for key, count in counted.items() if count is not None},
        remembered={
            item.connector_id: memory[item.vin]
            for item in snapshot.connectors
            if item.vin is not None and item.vin in memory
        },
    )


def remember(
    memory: Mapping[str, int], snapshot: Snapshot, phases: Mapping[int, PhaseKnowledge]
) -> Mapping[str, int]:
    """Return the memory with the numbers that are proven now, the latest last; the same object if nothing is new.

    A connector with fewer than three phases proves nothing about what the vehicle uses elsewhere.
    """
    for item in snapshot.connectors:
        known = phases.get(item.connector_id)
        if item.vin is None or known is None or not known.is_certain:
            continue
        if known.possible == _ALL_PHASES and memory.get(item.vin) != known.count:
            others = [(vin, count) for vin, count in memory.items() if vin != item.vin]
            memory = {**dict(others[-MAX_REMEMBERED + 1 :]), item.vin: known.count}
    return memory


def memory_of(data: object) -> dict[str, int]:
    """Return the memory from stored data, without entries that cannot be read: they are learned again."""
    if not isinstance(data, Mapping):
        return {}
    return {str(vin): count for vin, count in data.items() if count in (1, 2, 3)}
