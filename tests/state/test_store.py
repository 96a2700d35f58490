"""The data stored across restarts, and what is read of data that cannot be."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from hypothesis import given, strategies as st

from custom_components.twc_manager.charging.control.stop_methods import StoredStop
from custom_components.twc_manager.charging.explain import Scene
from custom_components.twc_manager.charging.metering.amounts import Amounts, Cost
from custom_components.twc_manager.charging.metering.at_once import AtOnce, Quarter
from custom_components.twc_manager.charging.metering.monthly import MonthlyTotals
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
    SessionEnd,
)
from custom_components.twc_manager.charging.metering.stored_energy import StoredEnergy
from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.user_settings import (
    GreenUserSettings,
    UserSettings,
)
from custom_components.twc_manager.charging.rules import Inputs, Rules, RulesConfig
from custom_components.twc_manager.charging.settings import ConnectorSettings
from custom_components.twc_manager.charging.starts import StoredStarts
from custom_components.twc_manager.charging.supply.surplus import (
    Reading,
    Readings,
    SourceConfig,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.explanations import Explainer
from custom_components.twc_manager.state.run_mark import RunMark
from custom_components.twc_manager.state.store import (
    BusStore,
    StoredBus,
    StoredConnector,
    _bus_as_dict,
    _read_bus,
)
from custom_components.twc_manager.twc import KnownConnector
from tests.charging.states import bus, charging
from tests.spoiler import paths_in

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
SESSION: Final = Session(
    connector_id=0x1839,
    started=NOW,
    seen=NOW + timedelta(hours=3),
    months=(
        MonthAmounts(
            "2026-11",
            Amounts(21.5, 16.0, 4.0, 1.5, Cost(1.725, 21.5, "EUR", "Nord Pool")),
        ),
    ),
    charging_s=9000,
    peak_amps=31.4,
    vin="5YJ3E1EA0KF000001",
    vehicle_id="red",
    at_once=AtOnce(4.3),
    end=SessionEnd.COMPLETE,
)
RUNNING: Final = replace(
    SESSION,
    end=None,
    at_once=AtOnce(
        quarters=(
            Quarter(1_994_000, 600, 24.5, 1200, 0.3125, 0.08),
            Quarter(1_994_001, 900, 32, 0, None, None),
        ),
        peak_offer=32,
        watts_per_amp=690,
        currency="EUR",
    ),
)
FULL: Final = StoredBus(
    run_mark=RunMark("7d1c5a30", "2c26b46b"),
    user_settings=UserSettings(
        current=32,
        mode=Mode.GREEN,
        resume=True,
        resume_clock=time(6, 30),
        resume_green_at=NOW,
        green=GreenUserSettings(300, 500, 120, 600),
        charge_now=(ChargeNow.begin(NOW, timedelta(hours=2), 20, frozenset({0x1839})),),
        disabled_schedules=frozenset({"night"}),
        overrides={0x032E: Mode.OFF},
        connectors={0x1839: ConnectorSettings(24, enabled=False, priority=3, phases=1)},
    ),
    connectors={
        0x1839: StoredConnector(
            known=KnownConnector(0x1839, 2, 80.0),
            energy=StoredEnergy(kwh=924.5, settled=True),
            energy_at=NOW.timestamp(),
            session=RUNNING.as_dict(),
            last_session_energy=3.25,
            stop=StoredStop(
                stop_command_sent=True, contactor_open=True, interruptions=2
            ),
            serial_number="A16K0006201",
            firmware="4.5.3",
        ),
        0x032E: StoredConnector(KnownConnector(0x032E, 1, 32.0)),
    },
    sessions=(SESSION.as_dict(),),
    months=tuple(MonthlyTotals().with_sessions([SESSION]).stored),
    starts=StoredStarts(
        (1_795_400_000, 1_795_404_000), 1_795_402_000, (1_795_400_001,)
    ),
    vehicle_phases={"LRW3E7FA5MC000001": 3},
)


async def test_a_session_is_written_before_it_is_no_longer_stored_as_running(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Whatever cuts the power in between, one of the two files has it."""
    written: list[str] = []
    write = Store._async_write_data

    async def note(store: Store[Any], data: dict[str, Any]) -> None:
        await write(store, data)
        written.append(store.key)

    with patch.object(Store, "_async_write_data", note):
        await BusStore(hass, "bus").async_save(FULL)

    assert written == [f"{DOMAIN}.bus.sessions", f"{DOMAIN}.bus"]
    assert hass_storage[f"{DOMAIN}.bus.sessions"]["data"]["sessions"]
    assert hass_storage[f"{DOMAIN}.bus"]["data"]


async def test_stored_data_is_restored(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    store = BusStore(hass, "a")
    assert await store.async_load() == StoredBus()
    for kept in (StoredBus(), FULL):
        await store.async_save(kept)
        assert await BusStore(hass, "a").async_load() == kept
    assert await BusStore(hass, "b").async_load() == StoredBus()

    await store.async_remove()
    assert hass_storage == {}
    assert await BusStore(hass, "a").async_load() == StoredBus()


def set_at(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return change


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(paths_in(_bus_as_dict(FULL))), JSON)
def test_the_rules_accept_whatever_is_read(path: tuple[Any, ...], value: Any) -> None:
    data = deepcopy(_bus_as_dict(FULL))
    set_at(*path, to=value)(data)
    kept, _ = _read_bus(data)
    wiring = Wiring(48, 40, 12, 240, 1)
    rules = Rules(
        wiring,
        RulesConfig(source=SourceConfig()),
        {key: item.stop for key, item in kept.connectors.items() if item.stop},
        kept.starts,
    )
    explainer = Explainer()
    user_settings = kept.user_settings.settled(NOW)
    for now in range(3):
        snapshot = bus(charging(0x1839), charging(0x032E, protocol=1))
        ruling = rules.decide(
            1000.0 + now,
            NOW,
            snapshot,
            user_settings,
            Inputs(Readings(grid=Reading(-3000.0, 1000.0 + now))),
        )
        assert 0 <= sum(ruling.decision.offers.values()) <= 48
        scene = Scene(ruling, snapshot, user_settings, wiring, now, NOW)
        explainer.bus(scene, explainer.connectors(scene))
    assert _read_bus(_bus_as_dict(kept)) == (kept, frozenset())
