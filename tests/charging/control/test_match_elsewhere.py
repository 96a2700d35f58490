"""A vehicle whose VIN one connector reads is not the one that is plugged in at another one meanwhile, or after it left."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from custom_components.twc_manager.charging.control.match_evidence import (
    PLUG_IN_SECONDS,
    MatchEvidence,
)
from custom_components.twc_manager.charging.control.matching import Match, MatchReason
from custom_components.twc_manager.charging.control.vehicle_facts import (
    ConnectorFacts,
    Vehicle,
)

OURS, GUESTS = 0x2431, 0x1839
VIN = "5YJ3E1EA1KF000003"
KNOWN = Vehicle("white", "White", VIN, at_home=True, location_age=1.0)
NOBODY = Match(None, MatchReason.NONE_HOME)


class Garage:
    """Our vehicle at one connector, and a guest's at another one."""

    def __init__(self, assigned: Mapping[int, str]) -> None:
        self.now = 10_000.0
        self.assigned = assigned
        self.evidence = MatchEvidence()
        self.connectors = {
            item: ConnectorFacts(item, 2, False) for item in (OURS, GUESTS)
        }
        self.match()

    def set(self, connector_id: int, seconds: float = 0.0, **changes: Any) -> Match:
        """Let a connector report something after a while, and return which vehicle is at the guest's."""
        self.now += seconds
        before = self.connectors[connector_id]
        self.connectors[connector_id] = replace(before, **changes)
        return self.match()

    def plug(self, connector_id: int, seconds: float = 0.0, **changes: Any) -> Match:
        self.now += seconds
        return self.set(connector_id, plugged=True, plugged_since=self.now, **changes)

    def unplug(self, connector_id: int, seconds: float = 0.0) -> Match:
        return self.set(
            connector_id, seconds, plugged=False, plugged_since=None, vin=None
        )

    def match(self) -> Match:
        found = self.evidence.match(
            self.now, list(self.connectors.values()), self.assigned, [KNOWN]
        )
        return found[GUESTS]


@pytest.mark.parametrize(
    ("assigned", "nobody"),
    [
        ({}, NOBODY),
        ({GUESTS: "white"}, Match(None, MatchReason.ELSEWHERE_PLUGGED)),
    ],
)
def test_a_guest_is_not_taken_for_the_vehicle_that_was_unplugged_before(
    assigned: dict[int, str], nobody: Match
) -> None:
    garage = Garage(assigned)
    garage.plug(GUESTS)
    garage.plug(OURS, PLUG_IN_SECONDS, vin=VIN)
    garage.set(OURS, 300)
    assert garage.unplug(OURS) == nobody
    assert garage.set(GUESTS, 3600) == nobody


def test_the_vehicle_is_found_where_it_is_plugged_in_afterwards() -> None:
    garage = Garage({})
    garage.plug(GUESTS)
    garage.plug(OURS, 300, vin=VIN)
    garage.set(OURS, 300)
    garage.unplug(OURS)
    garage.unplug(GUESTS, 10)
    assert garage.plug(GUESTS, 60) == Match("white", MatchReason.ONLY_ONE_HOME)


def test_a_vehicle_may_change_its_connector_before_the_first_one_notices() -> None:
    garage = Garage({})
    garage.plug(OURS, vin=VIN)
    garage.plug(GUESTS, 300)
    garage.set(OURS, PLUG_IN_SECONDS - 1)
    assert garage.unplug(OURS) == Match("white", MatchReason.ONLY_ONE_HOME)


def test_what_a_silent_connector_read_proves_nothing() -> None:
    garage = Garage({})
    garage.plug(OURS, vin=VIN)
    garage.set(OURS, heard_since=float("inf"))
    garage.plug(GUESTS, 300)
    garage.set(OURS, 300)
    garage.unplug(OURS)
    assert garage.match() == Match("white", MatchReason.ONLY_ONE_HOME)
