"""Holds the parts of a statement steady while values jitter: each change is a row in the recorder's database."""

from dataclasses import dataclass, field, replace
from typing import Final

from ..charging.statement import Cause, ChangeKind, NextChange, Statement
from .deadband import Deadband, DeadbandConfig
from .debounce import DebouncedTime

_WATTS: Final = 100
"""The resolution of a power in a sentence."""

_POWER: Final = DeadbandConfig(step=_WATTS, noise=150, band=500, seconds=60)
_DRAWN: Final = DeadbandConfig(step=1, noise=1, band=2, seconds=60)


@dataclass(slots=True)
class SteadyStatement:
    """The statement about a connector or a bus, constant while only measured values and times jitter."""

    _surplus: Deadband = field(default_factory=lambda: Deadband(_POWER))
    _needed: Deadband = field(default_factory=lambda: Deadband(_POWER))
    _drawn: Deadband = field(default_factory=lambda: Deadband(_DRAWN))
    _times: dict[ChangeKind, DebouncedTime] = field(default_factory=dict)

    def update(self, statement: Statement, now: float) -> Statement:
        """Take the statement at `now`, in s of a monotonic clock, and return the one to show."""
        cause = statement.cause
        return replace(
            statement,
            cause=None if cause is None else self._steady_cause(cause, now),
            changes=tuple(map(self._steady_change, statement.changes)),
        )

    def _steady_cause(self, cause: Cause, now: float) -> Cause:
        """Return a cause with steady values; as with the exact ones, the surplus stays below the needed power."""
        drawn, surplus, needed = cause.drawn, cause.surplus_w, cause.needed_w
        if drawn is not None:
            drawn = round(self._drawn.update(drawn, now))
        if surplus is not None:
            surplus = self._surplus.update(surplus, now)
        if needed is not None:
            needed = max(self._needed.update(needed, now), _WATTS)
        if surplus is not None and needed is not None:
            surplus = min(surplus, needed - _WATTS)
        return replace(cause, drawn=drawn, surplus_w=surplus, needed_w=needed)

    def _steady_change(self, change: NextChange) -> NextChange:
        steady = self._times.setdefault(change.kind, DebouncedTime())
        return replace(change, at=steady.update([change.at]) or change.at)
