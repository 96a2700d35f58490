"""Follows green energy for one bus: from its connectors and the house's sensors to the budget of the surplus.

Times are in s of a monotonic clock, powers in W.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ..twc import DRAWING_AMPS, ConnectorState, Snapshot
from .engine import Engine
from .modes.user_settings import UserSettings
from .outcome import ActiveRule, GreenBudget, LimitReason
from .phase_knowledge import PhaseHints, PhaseKnowledge
from .presence import Presence
from .settings import HOLD_SECONDS, GreenSettings
from .shared_surplus import BusDemand, BusPower, GreenVehicle, SharedSurplus
from .starts import Starts
from .supply.green_demand import GreenDemand
from .supply.green_phases import GreenPhases
from .supply.surplus import Readings, SourceConfig, Surplus
from .supply.surplus_meter import contains_vehicles
from .vehicle_current import VehicleCurrent
from .wiring import Wiring, charging, useful_amps


@dataclass(frozen=True, slots=True)
class GreenConfig:
    """The options of green energy.

    Attributes:
        source: the meaning of the sensors; None without sensors.
        hold_when_stale: s for which charging continues at the minimum when they are silent, before it is paused.
        stop_energy_wh: Wh from the grid that stop charging; None if time decides.
        starts_per_hour: maximum number of starts within any hour.
        turn: length of a turn when there is too little for all, in s.

    """

    source: SourceConfig | None = None
    hold_when_stale: float = HOLD_SECONDS
    stop_energy_wh: float | None = None
    starts_per_hour: int = GreenSettings().starts_per_hour
    turn: float = 900.0


@dataclass(frozen=True, slots=True)
class GreenPlace:
    """The place of a bus among those that follow the same surplus.

    Attributes:
        surplus: the surplus.
        bus: the bus.
        wake: called when the bus has to decide because its part of the surplus has changed.

    """

    surplus: SharedSurplus = field(default_factory=SharedSurplus)
    bus: str = ""
    wake: Callable[[], None] | None = None


class GreenSupply:
    """What green energy allows one bus, and what is known of its vehicles' phases."""

    def __init__(
        self, wiring: Wiring, config: GreenConfig, engine: Engine, place: GreenPlace
    ) -> None:
        """Start for a bus."""
        self._wiring = wiring
        self._config = config
        self._engine = engine
        self._place = place
        self._phases = GreenPhases(wiring)
        self._presence = Presence()
        self._starts = Starts()
        self._currents: Mapping[int, VehicleCurrent] = {}
        if config.source is not None:
            place.surplus.join(place.bus, place.wake)
            # Kept, since they are stored after the bus has left.
            self._starts = place.surplus.follower.starts

    @property
    def starts(self) -> Starts:
        """Return the starts and stops of charging from the surplus."""
        return self._starts

    def recall(
        self,
        now: float,
        green: Sequence[float],
        stopped: float | None,
        vehicles: Sequence[float],
    ) -> None:
        """Continue with the starts from before a restart: those of the surplus, its last stop, and those of vehicles."""
        if self._config.source is not None:
            self._place.surplus.recall(self._place.bus, now, green, stopped, vehicles)

    def known_phases(self, snapshot: Snapshot) -> dict[int, PhaseKnowledge]:
        """Return what is known of the vehicles' phases, by connector."""
        return self._phases.all_known(snapshot)

    def observe(
        self,
        now: float,
        snapshot: Snapshot,
        user_settings: UserSettings,
        hints: PhaseHints,
        currents: Mapping[int, VehicleCurrent],
    ) -> None:
        """Take the evidence about the vehicles' phases and currents, and note which connectors are present."""
        self._currents = currents
        self._presence.note(now, snapshot)
        hints = replace(hints, owner=user_settings.phases)
        self._phases.observe(snapshot, hints, self._engine.present)

    def follow(
        self,
        now: float,
        snapshot: Snapshot,
        user_settings: UserSettings,
        active_rules: Mapping[int, ActiveRule],
        readings: Readings | None,
        *,
        is_dark: bool,
    ) -> tuple[Surplus | None, GreenBudget | None]:
        """Return the surplus, and the budget of the connectors that follow it; None where there are no sensors."""
        source = self._config.source
        if source is None or readings is None:
            return None, None
        shared, bus = self._place.surplus, self._place.bus
        power = self._power(snapshot, user_settings)
        surplus = shared.measure(bus, now, readings, source, power, is_dark=is_dark)
        self._phases.update(
            now,
            snapshot,
            shared.metered(bus, now, readings, source, surplus),
            contains_vehicles=contains_vehicles(readings, source),
        )
        if not snapshot.connectors and self._presence.was_seen_lately(now):
            shared.pause(bus)
            return surplus, None
        following = [
            item
            for item in snapshot.connectors
            if active_rules[item.connector_id].green
        ]
        demand = self._demand(now, following, user_settings)
        wants = BusDemand(
            power.charging_w - sum(self._phases.power(item) for item in following),
            demand,
            tuple(self._vehicles(now, following, user_settings)),
            self._settings(user_settings),
            self._config.turn,
        )
        budget = shared.follow(bus, now, surplus, wants)
        budget = self._through_vehicle(budget, demand, following)
        minimum_w = demand.minimum * demand.watts_per_amp
        needed_w = max(minimum_w - user_settings.green.grid_share_w, 0.0)
        return surplus, replace(budget, needed_w=needed_w)

    def _power(self, snapshot: Snapshot, user_settings: UserSettings) -> BusPower:
        """Return the power of the connectors."""
        amp_w = self._wiring.voltage
        return BusPower(
            sum(self._phases.power(item) for item in snapshot.connectors),
            amp_w * sum(map(attrgetter("drawn"), snapshot.connectors)),
            amp_w,
            user_settings.green.reserved_w,
        )

    def _vehicles(
        self,
        now: float,
        following: Sequence[ConnectorState],
        user_settings: UserSettings,
    ) -> Iterator[GreenVehicle]:
        """Yield the vehicles that want power."""
        for item in following:
            if not self._wants_power(item, user_settings):
                continue
            standing = self._engine.standing(item.connector_id, now)
            maximum = self._green_ceiling(item, user_settings)
            minimum = self._minimum(item)
            yield GreenVehicle(
                item.connector_id,
                min(minimum, maximum),
                maximum if standing.usable is None else max(standing.usable, minimum),
                maximum,
                user_settings.connector(item.connector_id).priority,
                standing.is_running or item.drawn >= DRAWING_AMPS,
                standing.is_locked,
            )

    def _settings(self, user_settings: UserSettings) -> GreenSettings:
        config = self._config
        settings = GreenSettings(
            grid_share_w=user_settings.green.grid_share_w,
            start_delay=user_settings.green.start_delay,
            stop_delay=user_settings.green.stop_delay,
            stop_energy_wh=config.stop_energy_wh,
            starts_per_hour=config.starts_per_hour,
            hold_when_stale=config.hold_when_stale,
        )
        if config.source is None:
            return settings
        return replace(settings, stale_after=config.source.stale_after)

    def _demand(
        self,
        now: float,
        following: Sequence[ConnectorState],
        user_settings: UserSettings,
    ) -> GreenDemand:
        """Return the demand of all connectors that follow green energy together."""
        drawing = charging(following)
        wanting = [item for item in following if self._wants_power(item, user_settings)]
        maximum = sum(self._green_ceiling(item, user_settings) for item in wanting)
        minimum, connector_minimum = self._wiring.min_current, None
        if len(wanting) == 1 and maximum >= self._offered_minimum(wanting[0]):
            minimum = self._vehicle_minimum(wanting[0]) or minimum
            connector_minimum = self._offered_minimum(wanting[0])
        return GreenDemand(
            wanted=bool(wanting),
            minimum=minimum,
            maximum=min(maximum, self._wiring.max_current),
            watts_per_amp=self._phases.watts_per_amp(drawing or wanting or following),
            offered=sum(map(self._expected, drawing)),
            drawn=sum(item.drawn for item in drawing),
            drawing=len(drawing),
            waiting=len(wanting) - len(charging(wanting)),
            starts=self._engine.green_starts.today(now),
            arriving=self._presence.are_arriving(now),
            connector_minimum=connector_minimum,
        )

    def _through_vehicle(
        self,
        budget: GreenBudget,
        demand: GreenDemand,
        following: Sequence[ConnectorState],
    ) -> GreenBudget:
        """Return a budget that the connector can offer, with the part of it that its vehicle should be asked to take.

        While the surplus is unknown, a vehicle is not asked for less than its offer.
        """
        minimum = demand.connector_minimum
        if minimum is None or not 0 < budget.amps < minimum:
            return budget
        if budget.surplus_w is None:
            return replace(budget, amps=minimum)
        reason = budget.reason
        if reason is LimitReason.GREEN_ENERGY and any(map(self._follows, following)):
            reason = LimitReason.THROUGH_VEHICLE
        return replace(budget, amps=minimum, vehicle_amps=budget.amps, reason=reason)

    def _follows(self, connector: ConnectorState) -> bool:
        """Return whether a vehicle follows the request to take less."""
        current = self._currents.get(connector.connector_id)
        return current is not None and current.is_followed

    def _vehicle_minimum(self, connector: ConnectorState) -> int | None:
        """Return the minimum of a vehicle in whole A if it is below what its connector can offer; None otherwise."""
        current = self._currents.get(connector.connector_id, VehicleCurrent())
        is_drawing = connector.drawn >= DRAWING_AMPS
        minimum = current.minimum(is_drawing=is_drawing)
        lower = minimum is not None and minimum < self._offered_minimum(connector)
        return minimum if lower else None

    def _offered_minimum(self, connector: ConnectorState) -> int:
        """Return the lowest useful offer of a connector in whole A."""
        return max(self._wiring.min_current, useful_amps(connector, self._wiring))

    def _minimum(self, connector: ConnectorState) -> int:
        """Return the minimum of a vehicle in whole A."""
        minimum = self._vehicle_minimum(connector)
        return self._offered_minimum(connector) if minimum is None else minimum

    def _expected(self, connector: ConnectorState) -> float:
        """Return the A that a vehicle is expected to take: its offer, or less if it follows a request."""
        current = self._currents.get(connector.connector_id)
        if current is None or current.asked is None or not current.is_followed:
            return connector.offered
        return min(connector.offered, current.asked)

    def _green_ceiling(
        self, connector: ConnectorState, user_settings: UserSettings
    ) -> int:
        """Return the maximum whole A from green energy, without a raise before the phases of the vehicle are known."""
        maximum = self._ceiling(connector, user_settings)
        if not self._phases.is_on_trial(connector):
            return maximum
        drawing = connector.drawn >= DRAWING_AMPS
        held = int(connector.offered) if drawing else 0
        return min(maximum, max(held, self._wiring.min_current))

    def _ceiling(self, connector: ConnectorState, user_settings: UserSettings) -> int:
        """Return the maximum whole A that settings and wiring allow a connector."""
        maximum = self._wiring.connector_maximum(connector.rating)
        return user_settings.connector(connector.connector_id).ceiling(maximum)

    def _wants_power(
        self, connector: ConnectorState, user_settings: UserSettings
    ) -> bool:
        """Return whether a vehicle may charge, and charges or wants to.

        A vehicle that draws at its first report counts, so that it is not stopped before the engine knows it.
        """
        drawing = connector.drawn >= DRAWING_AMPS
        return self._ceiling(connector, user_settings) > 0 and (
            drawing or self._engine.wants_power(connector.connector_id)
        )
