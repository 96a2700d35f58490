"""The settings that the rules use, in A, W and s."""

from dataclasses import dataclass, field
from typing import Final

STALE_SECONDS: Final = 300.0
"""The default time in s after which the reading of a silent sensor no longer counts."""

HOLD_SECONDS: Final = 1800.0
"""The default time in s for which charging continues at the minimum while a sensor of green energy is silent."""


BOOST_DOWN_TO: Final = 20.0
"""The default level of the house battery in % down to which it may supply vehicles that charge from the grid."""


@dataclass(frozen=True, slots=True)
class ConnectorSettings:
    """Settings of one connector.

    Attributes:
        limit: the maximum offer in A; None for the maximum of the wiring.
        enabled: whether it may charge at all; the limit is kept meanwhile.
        priority: the higher, the earlier it is served when there is too little for all.
        contactor: whether its vehicle may be stopped by opening the contactor.
        phases: the number of phases that its vehicle uses, as the owner has set it; None to learn it.

    """

    limit: int | None = None
    enabled: bool = True
    priority: int = 0
    contactor: bool = False
    phases: int | None = None

    def ceiling(self, maximum: int) -> int:
        """Return the maximum whole A these settings allow on a connector with a maximum of `maximum` A."""
        if not self.enabled:
            return 0
        return maximum if self.limit is None else min(self.limit, maximum)


@dataclass(frozen=True, slots=True)
class ChargingParameters:
    """Settings of a bus.

    Attributes:
        current: the A for all connectors together; None is the maximum of the wiring.
        connectors: settings of each.
        plug_in_charge: whether a vehicle that is plugged in while charging is paused is offered 6 A for a minute.
        six_amp_recovery: whether a vehicle that is stuck at 6 A is freed by a short higher offer.
        turn_minutes: length of a turn, in min, when there is too little for all.

    """

    current: int | None = None
    connectors: dict[int, ConnectorSettings] = field(default_factory=dict)
    plug_in_charge: bool = True
    six_amp_recovery: bool = True
    turn_minutes: float = 15

    def connector(self, connector_id: int) -> ConnectorSettings:
        """Return the settings of one connector, or the defaults."""
        return self.connectors.get(connector_id, ConnectorSettings())

    def available(self, maximum: int) -> int:
        """Return the whole A for all connectors together when the wiring has a maximum of `maximum` A."""
        return maximum if self.current is None else min(self.current, maximum)


@dataclass(frozen=True, slots=True)
class GreenSettings:
    """The settings for following green energy.

    Attributes:
        grid_share_w: W that may come from the grid to reach the minimum, so that a cloud does not stop the
            vehicle. It never pays for more than the minimum.
        start_delay: s for which the surplus must have covered the minimum before a start.
        stop_delay: s for which it must have fallen short before a stop.
        stop_energy_wh: Wh that may come from the grid before a stop; if set, it decides instead of `stop_delay`.
            Exported energy in between is subtracted.
        stop_stretch: the maximum factor by which the stop delay grows on a changeable day after a start: a stop also
            waits until the average surplus is too low, and that threshold falls with each start, as every further stop
            and start wears relay and vehicle; 1 for no growth.
        starts_per_hour: the maximum number of starts within any hour.
        rise_delay: s for which a higher surplus must have lasted before a raise.
        settle: s after a change in which meters and vehicles are awaited.
        dead_band_w: W that must be left over after a raise, and that may be missing for a moment before offers are
            lowered.
        stale_after: s after which a silent source no longer allows more than the minimum.
        hold_when_stale: s for which charging then continues at the minimum, before it is paused.

    """

    grid_share_w: float = 0.0
    start_delay: float = 60.0
    stop_delay: float = 180.0
    stop_energy_wh: float | None = None
    stop_stretch: float = 16.0
    starts_per_hour: int = 4
    rise_delay: float = 20.0
    settle: float = 5.0
    dead_band_w: float = 60.0
    stale_after: float = STALE_SECONDS
    hold_when_stale: float = HOLD_SECONDS
