"""For which connectors a change of the settings requests less or more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.owner_requests import owner_requests
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.outcome import OwnerRequest
from custom_components.twc_manager.charging.settings import ConnectorSettings

ONE, TWO = 0x1111, 0x2222
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LESS, MORE = OwnerRequest.LESS, OwnerRequest.MORE
BASE = UserSettings()
CHARGING_NOW = replace(BASE, charge_now=(ChargeNow.begin(NOW),))


def _one(**changes: object) -> UserSettings:
    return BASE.with_connector(ONE, replace(ConnectorSettings(), **changes))


@pytest.mark.parametrize(
    ("lower", "higher", "connector_ids"),
    [
        (_one(enabled=False), BASE, {ONE}),
        (_one(limit=10), _one(limit=20), {ONE}),
        (_one(limit=10), BASE, {ONE}),
        (replace(BASE, mode=Mode.OFF), BASE, {ONE, TWO}),
        (replace(BASE, overrides={TWO: Mode.OFF}), BASE, {TWO}),
        (replace(BASE, current=10), replace(BASE, current=12), {ONE, TWO}),
        (BASE, CHARGING_NOW, {ONE, TWO}),
        (
            replace(BASE, charge_now=(ChargeNow.begin(NOW, amps=6),)),
            CHARGING_NOW,
            {ONE, TWO},
        ),
        (
            BASE,
            replace(
                BASE, charge_now=(ChargeNow.begin(NOW, connectors=frozenset({ONE})),)
            ),
            {ONE},
        ),
    ],
)
def test_less_and_more(
    lower: UserSettings, higher: UserSettings, connector_ids: set[int]
) -> None:
    assert owner_requests(higher, lower, (ONE, TWO), 48) == dict.fromkeys(
        connector_ids, LESS
    )
    assert owner_requests(lower, higher, (ONE, TWO), 48) == dict.fromkeys(
        connector_ids, MORE
    )


@pytest.mark.parametrize(
    "after",
    [
        BASE,
        replace(BASE, current=48),
        _one(limit=48),
        _one(priority=5),
        replace(BASE, mode=Mode.GREEN),
        replace(BASE, resume=True),
        replace(BASE, overrides={ONE: Mode.FIXED}),
    ],
)
def test_neither(after: UserSettings) -> None:
    assert owner_requests(BASE, after, (ONE, TWO), 48) == {}


def test_off_for_one_while_the_limit_is_raised_is_less() -> None:
    after = _one(limit=30, enabled=False)
    assert owner_requests(_one(limit=10), after, (ONE,), 48) == {ONE: LESS}
