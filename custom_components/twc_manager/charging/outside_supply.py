"""Divides the limit from outside among all buses: as a circuit that carries the amps of the limit.

So all buses together never get more, whichever is added or lost, and the amps are divided among their vehicles like
those of a circuit. One ampere counts with the W of the vehicle of any bus that uses the most phases, so that the power
stays below the limit however the amps are shared. Times are in s of a monotonic clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from .allocation.budgets import OUTSIDE
from .circuits.circuit import Circuit, CircuitConfig
from .limits.outside import OutsideInputs, OutsideLimit, OutsideStatus, lowest
from .outcome import LimitReason


@dataclass(frozen=True, slots=True)
class OutsideLimits:
    """The limits from outside, which hold for all buses together.

    Attributes:
        found: the inputs of each limit, by the bus at which it is set up.
        buses: all buses, with the A that each may draw for as long as it is away.
        number_w: the value of this bus' number in W; None for no limit.
        away: the buses that do not run, for example those not yet set up after a start.

    """

    found: Mapping[str, OutsideInputs] = field(default_factory=dict)
    buses: Mapping[str, float] = field(default_factory=dict)
    number_w: float | None = None
    away: frozenset[str] = frozenset()


class SharedOutside:
    """The limit from outside of all buses.

    Attributes:
        circuit: the circuit that divides it; it carries unlimited amps while nothing limits.

    """

    def __init__(self, now: float) -> None:
        """Start without a bus."""
        config = CircuitConfig(
            OUTSIDE, "", inf, frozenset(), reason=LimitReason.OUTSIDE_LIMIT
        )
        self.circuit = Circuit(config, now)
        self._limits: dict[str, OutsideLimit] = {}
        self._numbers: dict[str, float | None] = {}
        self._watts_per_amp: dict[str, float] = {}
        self._wakes: dict[str, Callable[[], None]] = {}

    def join(self, bus: str, wake: Callable[[], None]) -> None:
        """Add a running bus; `wake` is called when it has to decide because the limit has changed."""
        self._wakes[bus] = wake
        self.circuit.join(bus, wake)

    def leave(self, bus: str, now: float) -> None:
        """Note that a bus no longer runs; a limit that is set up at it still holds."""
        self._wakes.pop(bus, None)
        self.circuit.lose(bus, now)

    def set_number(self, bus: str, number_w: float | None) -> None:
        """Note the value of a bus' number in W; None for no limit."""
        self._numbers[bus] = number_w

    def update(
        self, bus: str, now: float, limits: OutsideLimits, watts_per_amp: float
    ) -> OutsideStatus:
        """Take the limits as a bus knows them, and return the limit in force.

        Args:
            bus: the bus.
            now: the time.
            limits: the limits, and all buses.
            watts_per_amp: the W of one ampere for the vehicle of the bus that uses the most phases.

        """
        self.set_number(bus, limits.number_w)
        self._watts_per_amp[bus] = watts_per_amp
        self._limits = {
            key: self._limits.get(key) or OutsideLimit() for key in limits.found
        }
        status = lowest(
            self._limits[key].update(now, self._with_number(key, item, limits.away))
            for key, item in limits.found.items()
        )
        highest = max(self._watts_per_amp.get(key, 0.0) for key in (bus, *limits.buses))
        amps = status.limit.whole_amps(highest)
        config = replace(
            self.circuit.config,
            amps=inf if amps is None else float(amps),
            buses=frozenset(limits.buses),
            kept=limits.buses,
        )
        if config != self.circuit.config:
            self.circuit.configure(config, now)
            self._wake_others(bus)
        return status

    def _with_number(
        self, bus: str, inputs: OutsideInputs, away: frozenset[str]
    ) -> OutsideInputs:
        if not inputs.has_number:
            return replace(inputs, number_w=None)
        if bus in away and bus not in self._numbers:
            # Its value is only read when the bus is set up.
            return replace(inputs, number_w=inputs.unknown_w)
        return replace(inputs, number_w=self._numbers.get(bus))

    def _wake_others(self, bus: str) -> None:
        for key, wake in self._wakes.items():
            if key != bus:
                wake()


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """The place of a bus below the limit from outside."""

    shared: SharedOutside
    bus: str = ""
