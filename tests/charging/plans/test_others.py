"""What vehicles without a plan leave to those with one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from custom_components.twc_manager.charging.outcome import ActiveRule, Rule
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.plans.others import Others
from custom_components.twc_manager.charging.plans.situation import ConnectorSituation

NOW: Final = datetime(2026, 11, 30, 18, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
WAITING: Final = ConnectorSituation(2, ActiveRule(Rule.OFF, 0), 32)
NIGHT: Final = (NOW + 5 * HOUR, NOW + 12 * HOUR, 20)
LIMIT: Final = 40


def left(*others: ConnectorSituation, caps: Series = Series()) -> list[float | None]:
    """Return what is left now and in the night."""
    found = Others(others, 1, LIMIT).leave(caps, NOW, NOW + 24 * HOUR)
    return [found.at(NOW), found.at(NOW + 6 * HOUR), found.at(NOW + 13 * HOUR)]


def test_a_vehicle_that_a_schedule_will_let_charge_takes_its_amps_then() -> None:
    assert left(replace(WAITING, given=(NIGHT,))) == [40, 20, 40]
    # No more than it takes, and no more than its share.
    assert left(replace(WAITING, given=(NIGHT,), takes=13)) == [40, 27, 40]
    assert left(replace(WAITING, given=((*NIGHT[:2], 32),))) == [40, 20, 40]


def test_a_vehicle_that_no_schedule_lets_charge_leaves_everything() -> None:
    assert left(WAITING) == [None] * 3


def test_what_limits_all_is_less_by_what_others_take() -> None:
    fuse = Series((Piece(NOW, NOW + 24 * HOUR, 30.0),))
    charging = replace(WAITING, drawn=12.0, given=(NIGHT,))

    assert Others([charging], 1, LIMIT).taken == 16
    assert left(charging, caps=fuse) == [14, 14, 14]
    assert left(replace(WAITING, given=(NIGHT,)), caps=fuse) == [30, 10, 30]
