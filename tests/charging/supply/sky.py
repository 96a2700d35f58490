"""A surplus that is measured at once and does not depend on the charging, and the controller that follows it."""

from dataclasses import dataclass, field

from custom_components.twc_manager.charging.outcome import GreenBudget
from custom_components.twc_manager.charging.settings import GreenSettings
from custom_components.twc_manager.charging.supply.green import GreenController
from custom_components.twc_manager.charging.supply.green_demand import GreenDemand
from custom_components.twc_manager.charging.supply.surplus import Surplus, Trust

VOLTS = 240.0
MINIMUM = 6
MAXIMUM = 40
DEMAND = GreenDemand(wanted=True, minimum=MINIMUM, maximum=MAXIMUM, watts_per_amp=VOLTS)


@dataclass
class Sky:
    """A controller with a surplus that is measured at once and does not depend on the charging."""

    settings: GreenSettings = field(default_factory=GreenSettings)
    now: float = 5000.0
    demand: GreenDemand = DEMAND
    history: list[tuple[float, GreenBudget]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.follower = GreenController(self.settings)

    @property
    def amps(self) -> int:
        return self.history[-1][1].amps

    @property
    def last(self) -> GreenBudget:
        return self.history[-1][1]

    def run(
        self,
        seconds: float,
        watts: float | None,
        *,
        stale: bool = False,
        trust: Trust = Trust.BELIEVED,
    ) -> GreenBudget:
        for _ in range(int(seconds)):
            self.now += 1
            surplus = Surplus(watts, self.now, stale=stale, trust=trust)
            budget = self.follower.update(self.now, surplus, self.demand)
            self.history.append((self.now, budget))
        return self.last

    def switches(self) -> tuple[list[float], list[float]]:
        """Return the times of the starts and of the stops."""
        starts, stops = [], []
        before = 0
        for at, budget in self.history:
            if budget.amps and not before:
                starts.append(at)
            if before and not budget.amps:
                stops.append(at)
            before = budget.amps
        return starts, stops


def amps(number: float) -> float:
    """Return the power of a current in A, in W."""
    return number * VOLTS


def charging(sky: Sky, number: float = 20) -> Sky:
    """Return a sky after a car has charged for some time."""
    sky.run(200, amps(number) + 100)
    assert sky.amps == number
    return sky
