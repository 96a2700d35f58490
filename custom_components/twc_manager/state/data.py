"""What the entities of one bus show, as one value that compares: nothing is written that did not change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..charging.modes.user_settings import Choices
from ..charging.outcome import Reason
from ..charging.rules import Ruling
from ..twc import BusStatus, Statistics
from ..vehicles.readings import GarageReading
from .meters import ConnectorReading
from .reasons import BusVerdict, ConnectorVerdict


@dataclass(frozen=True, slots=True)
class TwcData:
    """What the entities of one bus show. Connectors that are not there are missing."""

    status: BusStatus
    connectors: Mapping[int, ConnectorReading]
    verdicts: Mapping[int, ConnectorVerdict]
    verdict: BusVerdict
    choices: Choices
    statistics: Statistics
    schedules: Mapping[str, str]
    """The names of the schedules by their ids."""
    garage: GarageReading = field(default_factory=GarageReading)
    """What is known of the cars and the Tesla accounts."""

    @property
    def total_current(self) -> float:
        """Return the A that all cars draw together."""
        return round(sum((item.current for item in self.connectors.values()), 0.0), 1)

    @property
    def total_power(self) -> int:
        """Return the W that all connectors deliver together."""
        return sum(item.power for item in self.connectors.values())


def is_paused(ruling: Ruling, connector_id: int) -> bool:
    """Return whether the rules let no car charge at a connector, however full it is."""
    decision = ruling.decision.connectors.get(connector_id)
    content = {Reason.CAR_FULL, Reason.CAR_LIMIT, Reason.NO_CAR}
    return (
        decision is not None and not decision.offer and decision.reason not in content
    )
