"""A vehicle of any kind that can be commanded, and its commander."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from ..charging.control.commander import VehicleCommander
from ..charging.control.commands import CommandOutcome, CommandResult, VehicleCommand
from ..charging.control.vehicle_facts import Vehicle
from ..charging.plans.battery import BatteryState
from .config import ConfiguredVehicle


class ControllableVehicle(Protocol):
    """A vehicle that can be commanded."""

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities whose states belong to its facts."""

    @property
    def reachable(self) -> bool:
        """Return whether a command can be sent."""

    def facts(self, now: float) -> Vehicle:
        """Return what is known of it; `now` is in s of the loop's clock."""

    def battery(self, now: float) -> BatteryState:
        """Return the report about its battery; `now` is in s of the loop's clock."""

    async def async_send(
        self, command: VehicleCommand, *, locate: bool
    ) -> CommandResult:
        """Send a command once; `locate` is whether `VehicleCommand.READ_STATE` includes the location."""


@dataclass(slots=True)
class ManagedVehicle:
    """A vehicle, its commander, and the command in progress."""

    config: ConfiguredVehicle
    vehicle: ControllableVehicle
    commander: VehicleCommander
    task: asyncio.Task[None] | None = None

    def problem(self, *, is_running: bool) -> CommandOutcome | None:
        """Return why it cannot be commanded.

        `is_running` is whether Home Assistant has started: before, entities and accounts may still be missing.
        """
        if is_running and not self.vehicle.reachable:
            return CommandOutcome.UNREACHABLE
        return self.commander.problem

    def cancel(self) -> None:
        """Stop waiting for the result of a command."""
        if self.task is not None:
            self.task.cancel()
