"""One row of a state machine's table of transitions, and the search in such a table; for the bus and for the rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Transition[StateT: Enum, EventT: Enum, FactsT, ActionT]:
    """One row of a table of transitions.

    Attributes:
        source: the state the machine is in.
        event: what happens.
        when: the condition for this row.
        target: the state the machine enters.
        action: what is done to enter it.

    """

    source: StateT
    event: EventT
    when: Callable[[FactsT], bool]
    target: StateT
    action: ActionT


def find_transition[StateT: Enum, EventT: Enum, FactsT, ActionT](
    table: Iterable[Transition[StateT, EventT, FactsT, ActionT]],
    state: StateT,
    event: EventT,
    facts: FactsT,
) -> Transition[StateT, EventT, FactsT, ActionT] | None:
    """Return the first row that applies; None if the state does not change."""
    for row in table:
        if row.source is state and row.event is event and row.when(facts):
            return row
    return None


def always(_: object) -> bool:
    """Return True: the condition of a row that needs none."""
    return True
