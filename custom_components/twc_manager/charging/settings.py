"""What the owner has set, as the rules use it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ConnectorSettings:
    """Settings of one connector.

    Attributes:
        limit: the most A it may be offered, as set last; None is as much as the wiring bears.
        enabled: whether it may charge at all; the limit is kept meanwhile.
        priority: who is served first when there is too little for all; the higher the earlier.
        contactor: whether its car may be stopped by opening the contactor.

    """

    limit: int | None = None
    enabled: bool = True
    priority: int = 0
    contactor: bool = False

    def ceiling(self, maximum: int) -> int:
        """Return the most whole A these settings allow on a connector that bears `maximum` A."""
        if not self.enabled:
            return 0
        return maximum if self.limit is None else min(self.limit, maximum)


@dataclass(frozen=True, slots=True)
class ChargingParameters:
    """Settings of a bus.

    Attributes:
        current: the A for all connectors together; None is all the wiring bears.
        connectors: settings of each.
        plug_in_charge: whether a car that is plugged in while charging is paused is offered 6 A for a minute.
        six_amp_recovery: whether a car that is stuck at 6 A is freed by a short higher offer.
        turn_minutes: how long a turn lasts when there is too little for all.

    """

    current: int | None = None
    connectors: dict[int, ConnectorSettings] = field(default_factory=dict)
    plug_in_charge: bool = True
    six_amp_recovery: bool = True
    turn_minutes: float = 15

    def connector(self, connector_id: int) -> ConnectorSettings:
        """Return the settings of one connector, the defaults where nothing was set."""
        return self.connectors.get(connector_id, ConnectorSettings())

    def available(self, maximum: int) -> int:
        """Return the whole A for all connectors together when the wiring bears `maximum` A."""
        return maximum if self.current is None else min(self.current, maximum)
