"""scripts/twc import-twcmanager: where the settings of a real TWCManager belong here."""

import json
from pathlib import Path

import pytest

from scripts.twc_lib.cli import main

_FILES = Path(__file__).parent / "twcmanager"


def _printed(
    capsys: pytest.CaptureFixture[str], *names: str | Path
) -> list[dict[str, str]]:
    assert main(["import-twcmanager", *map(str, names), "--json"]) == 0
    advice: list[dict[str, str]] = json.loads(capsys.readouterr().out)["advice"]
    return advice


def _entered(advice: list[dict[str, str]]) -> dict[str, str]:
    return {item["what"]: item["value"] for item in advice if item["value"]}


def test_a_fork_s_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    advice = _printed(capsys, _FILES / "config.json", _FILES / "settings.json")
    assert _entered(advice) == {
        "Serial port": "/dev/serial0",
        "Maximum for all wall connectors together": "16 A",
        "Maximum per wall connector": "16 A",
        "Minimum charging current": "6 A",
        "Phases": "3",
        "Voltage": "230 V",
        "Consumption contains the wall connectors": "on",
        "Mode": "Follow green energy",
        "Resume green at": "06:00",
        "Start": "22:00",
        "End": "06:30",
        "Days": "Mon, Tue, Wed, Thu, Fri",
        "Current": "16 A",
    }
    remarks = {item["was"]: item["remark"] for item in advice}
    assert "between two phases" in remarks["defaultVoltage"]
    assert "integration of this inverter" in remarks["Fronius"]
    assert "HASS" not in remarks


def test_the_constants_of_the_first_one(capsys: pytest.CaptureFixture[str]) -> None:
    advice = _printed(
        capsys, _FILES / "TWCManager.py.txt", _FILES / "TWCManager.settings"
    )
    assert _entered(advice) == {
        "Serial port": "/dev/ttyUSB0",
        "Maximum for all wall connectors together": "20 A",
        "Maximum per wall connector": "20 A",
        "Minimum charging current": "6 A",
        "Size of the main fuse": "15 A",
        "Reserved power": "670 W",
        "Mode": "Follow green energy",
        "Start": "23:00",
        "End": "07:00",
        "Days": "every day",
        "Current": "12 A",
    }


def test_it_reads_well_and_shows_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-twcmanager", *map(str, sorted(_FILES.iterdir()))]) == 0
    out = capsys.readouterr().out
    assert "Add integration → TWC Manager\n  Serial port: " in out
    assert "secret" not in out
    assert "make new ones" in out


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "[1, 2]",
        '{"config": 5}',
        "{'wiringMaxAmpsAllTWCs': !!python/object:os.system}",
        "{" * 5000,
        "# nothing\nx = 5\n",
        "\x00\xff binary",
    ],
)
def test_what_is_no_file_of_twcmanager_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "file"
    file.write_text(text)
    assert main(["import-twcmanager", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "is not a file of TWCManager" in err


def test_odd_values_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.json"
    file.write_text(
        '{"config": {"wiringMaxAmpsAllTWCs": "much", "wiringMaxAmpsPerTWC": null, "minAmpsPerTWC": 1e999,'
        ' "defaultVoltage": [1], "numberOfPhases": true, "scheduledAmpsDaysBitmap": -1}, "sources": 7}'
    )
    assert _entered(_printed(capsys, file)) == {}
