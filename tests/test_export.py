"""The action that writes sessions into a CSV file."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.twc_manager.charging.metering.amounts import Amounts, Cost
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
    SessionEnd,
)
from custom_components.twc_manager.const import DOMAIN

from .scene import OLD, OTHER, Builder, Scene

# A Monday, 10:00 in California.
START: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
pytestmark = pytest.mark.starts_at(START)

HOUR: Final = timedelta(hours=1)


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A folder in which Home Assistant allows files."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    hass.config.allowlist_external_dirs.add(str(folder))
    return folder


async def charged(set_up: Builder, vehicle: str = "Red one") -> Scene:
    """Set up a bus at which vehicles have charged twice."""
    scene = await set_up((OLD, None), (OTHER, None))
    log = scene.entry.runtime_data.persistence.sessions
    amounts = Amounts(7.25, 4.0, 0.0, 3.25, Cost(-1.5, 7.25, "EUR", vehicle))
    log.add(
        Session(
            OLD,
            START - 30 * HOUR,
            START - 26 * HOUR,
            (MonthAmounts("2026-11", amounts),),
            charging_s=7260,
            peak_amps=31.25,
            end=SessionEnd.UNPLUGGED,
        )
    )
    log.add(Session(OTHER, START - 6 * HOUR, START - 2 * HOUR, end=SessionEnd.COMPLETE))
    return scene


def names(folder: Path) -> list[str]:
    return [item.name for item in folder.iterdir()]


async def export(scene: Scene, filename: Path | str, **data: Any) -> Any:
    return await scene.hass.services.async_call(
        DOMAIN,
        "export_sessions",
        {"filename": str(filename), **data},
        blocking=True,
        return_response=True,
    )


def rows(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    text = file.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff"), "a spreadsheet takes it for another encoding"
    lines = text.removeprefix("\ufeff").splitlines()
    return list(csv.DictReader(lines, delimiter=delimiter))


async def test_the_sessions_are_written_one_in_each_line(
    set_up: Builder, folder: Path
) -> None:
    scene = await charged(set_up)
    file = folder / "sessions.csv"
    assert await export(scene, file) == {"filename": str(file), "sessions": 2}
    first, second = rows(file)
    assert first == {
        "bus": "TWC Manager",
        "connector": "032E",
        "vehicle": "",
        "started": "2026-11-29 04:00:00",
        "ended": "2026-11-29 08:00:00",
        "charging_minutes": "121",
        "energy_kwh": "7.25",
        "green_kwh": "4.0",
        "battery_kwh": "0.0",
        "grid_kwh": "3.25",
        "unknown_kwh": "0.0",
        "green_percent": "55",
        "cost": "-1.5",
        "cost_at_once": "",
        "currency": "EUR",
        "average_price": "-0.2069",
        "priced_percent": "100",
        "price_source": "Red one",
        "peak_amps": "31.2",
        "end": "unplugged",
    }
    assert (second["connector"], second["cost"], second["end"]) == (
        f"{OTHER:04X}",
        "",
        "complete",
    )


async def test_only_those_of_the_target_in_a_time_span(
    set_up: Builder, folder: Path
) -> None:
    scene = await charged(set_up)
    file = folder / "Sessions.CSV"
    span = {"from": "2026-11-29 00:00:00", "to": "2026-11-29 12:00:00"}
    await export(scene, file, **span)
    assert [row["connector"] for row in rows(file)] == ["032E"]
    # It is replaced, and nothing else is left in the folder.
    await export(scene, file, device_id=scene.device(OTHER), **span)
    assert rows(file) == []
    assert names(folder) == ["Sessions.CSV"]
    with pytest.raises(ServiceValidationError) as refused:
        await export(scene, file, **{"from": span["to"], "to": span["from"]})
    assert refused.value.translation_key == "end_before_start"


@pytest.mark.parametrize(
    ("language", "data", "delimiter", "energy"),
    [
        ("de", {}, ";", "7,25"),
        ("de", {"decimal": "point"}, ",", "7.25"),
        ("en", {"decimal": "comma"}, ";", "7,25"),
    ],
)
async def test_numbers_are_written_as_a_spreadsheet_of_that_language_reads_them(
    hass: HomeAssistant,
    set_up: Builder,
    folder: Path,
    language: str,
    data: dict[str, str],
    delimiter: str,
    energy: str,
) -> None:
    scene = await charged(set_up)
    hass.config.language = language
    await export(scene, folder / "x.csv", **data)
    assert rows(folder / "x.csv", delimiter)[0]["energy_kwh"] == energy


async def test_a_name_is_no_formula_of_a_spreadsheet(
    set_up: Builder, folder: Path
) -> None:
    scene = await charged(set_up, '=HYPERLINK("x")')
    await export(scene, folder / "x.csv")
    assert rows(folder / "x.csv")[0]["price_source"] == '\'=HYPERLINK("x")'


async def test_files_elsewhere_are_refused_in_words(
    set_up: Builder, folder: Path, tmp_path: Path
) -> None:
    scene = await charged(set_up)
    outside = tmp_path / "outside.csv"
    outside.write_text("mine")
    (folder / "link.csv").symlink_to(outside)
    for name, key in (
        (outside, "export_not_allowed"),
        (folder / "link.csv", "export_not_allowed"),
        (folder / ".." / "outside.csv", "export_not_allowed"),
        ("secrets.csv", "export_not_allowed"),
        (folder / "sessions.yaml", "export_no_csv"),
        ("", "export_no_csv"),
        (folder / "missing" / "x.csv", "export_failed"),
        (folder / "x\0.csv", "export_failed"),
    ):
        with pytest.raises(HomeAssistantError) as refused:
            await export(scene, name)
        assert refused.value.translation_key == key, name
        assert "{" not in str(refused.value)
    assert outside.read_text() == "mine"


async def test_a_failure_leaves_what_was_there(set_up: Builder, folder: Path) -> None:
    scene = await charged(set_up)
    (folder / "x.csv").mkdir()
    with pytest.raises(HomeAssistantError) as refused:
        await export(scene, folder / "x.csv")
    assert refused.value.translation_key == "export_failed"
    assert names(folder) == ["x.csv"]


async def test_it_is_for_administrators(
    hass: HomeAssistant,
    hass_read_only_user: MockUser,
    set_up: Builder,
    folder: Path,
) -> None:
    await charged(set_up)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "export_sessions",
            {"filename": str(folder / "x.csv")},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert names(folder) == []
