"""How much current vehicles take, from one time they are plugged in to the next."""

from collections.abc import Mapping
from dataclasses import replace

from .session import PlanSession
from .situation import ConnectorSituation

HEADROOM = 3
"""What a vehicle is offered above the whole A that it took so far, so that it can show that it takes more."""
_MORE_AMPS = 1.0
_ASSUMED_AMPS = {1: 32, 2: 16, 3: 16}
"""What an unknown vehicle takes on so many phases: many take more, but a plan for less is ready in time for all."""


class Habits:
    """The maximum whole A that vehicles took, where that was less than they were offered."""

    def __init__(self, known: Mapping[str, int] | None = None) -> None:
        """Go on with what was known before a restart."""
        self._known = dict(known or {})

    @property
    def known(self) -> dict[str, int]:
        """Return what is known, to be stored."""
        return dict(self._known)

    def applied(
        self, session: PlanSession, seen: ConnectorSituation
    ) -> ConnectorSituation:
        """Return a connector with what its vehicle took before, until it shows what it takes now."""
        key = session.vehicle_id or f"connector {session.connector_id}"
        if seen.takes is not None:
            self._known[key] = max(seen.takes, round(session.maximum_drawn))
            return seen
        before = self._known.get(key)
        amps = _ASSUMED_AMPS[seen.phases] if before is None else before
        if session.maximum_drawn > amps + _MORE_AMPS:
            self._known.pop(key, None)
            return seen
        return replace(seen, takes=amps, is_assumed=before is None)


def with_headroom(amps: int, seen: ConnectorSituation) -> int:
    """Return what to offer for planned A: more if the vehicle would not take it anyway."""
    if seen.takes is None or amps < seen.takes:
        return amps
    return seen.maximum if seen.is_assumed else min(seen.maximum, amps + HEADROOM)
