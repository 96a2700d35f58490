"""scripts/twc import-twcmanager: where the settings of a real TWCManager belong here."""

import json
from pathlib import Path

import pytest

from custom_components.twc_manager.flows.wiring import WIRING_PLACEHOLDERS
from scripts.twc_lib.cli import main
from scripts.twc_lib.twcmanager import advice

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


def _config(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.json"
    file.write_text(text)
    return file


def test_comments_are_read_over_wherever_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _config(
        tmp_path,
        '{ # mine\n// and "yours\n"config": {"wiringMaxAmpsAllTWCs": 32, // the "common" cable\n"numberOfPhases": 1},\n'
        '"interface": {"TCP": {"enabled": true, "server": "10.0.0.2:7000//x"}}, # end\n}',
    )
    assert _entered(_printed(capsys, file)) == {
        "Maximum for all wall connectors together": "32 A",
        "Phases": "1",
        "Serial port": "socket://10.0.0.2:7000//x",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"config": {\n  "wiringMaxAmpsAllTWCs": 40,\n', " at line 3"),
        ("{'wiringMaxAmpsAllTWCs': !!python/object:os.system}", " at line 1"),
        ('{"config": {\n  "wiringMaxAmpsAllTWCs": 40\n  "port": 5 "', " at line 3"),
    ],
)
def test_a_file_that_is_damaged_is_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    assert main(["import-twcmanager", str(_config(tmp_path, text))]) == 2
    assert f"is damaged or not complete{line}" in capsys.readouterr().err


def test_odd_values_are_not_to_be_entered_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _config(
        tmp_path,
        '{"config": {"wiringMaxAmpsAllTWCs": "much", "wiringMaxAmpsPerTWC": -3, "minAmpsPerTWC": 1e999,'
        ' "defaultVoltage": [1], "numberOfPhases": 7, "scheduledAmpsDaysBitmap": -1}, "sources": 7}',
    )
    advice = _printed(capsys, file)
    assert _entered(advice) == {}
    assert {item["was"]: item["remark"] for item in advice} == {
        "wiringMaxAmpsAllTWCs": "much is not possible, 6 to 240 A are: ask an electrician",
        "wiringMaxAmpsPerTWC": "-3 is not possible, 6 to 80 A are: ask an electrician",
        "minAmpsPerTWC": "1e999 is not possible, 6 to 80 A are: leave it empty",
        "numberOfPhases": "7 is not possible, 1 to 3 are: ask an electrician",
        "defaultVoltage": "[1] is not possible, 100 to 277 V are: leave it empty",
    }


def test_what_the_form_would_refuse_together_is_not_advised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """TWCManager takes a maximum of each above that of all, and a minimum above both."""
    file = _config(
        tmp_path,
        '{"config": {"wiringMaxAmpsAllTWCs": 32, "wiringMaxAmpsPerTWC": 48, "minAmpsPerTWC": 40}}',
    )
    advice = _printed(capsys, file)
    assert set(_entered(advice).values()) == {"32 A"}
    assert "48 A in TWCManager" in advice[1]["remark"]


def test_the_limits_are_those_of_the_form() -> None:
    assert tuple(
        int(WIRING_PLACEHOLDERS[name])
        for name in (
            "minimum_current",
            "maximum_current",
            "maximum_total",
            "minimum_voltage",
            "maximum_voltage",
        )
    ) == (
        advice.MINIMUM_AMPS,
        advice.MAXIMUM_AMPS,
        advice.MAXIMUM_TOTAL_AMPS,
        advice.MINIMUM_VOLTS,
        advice.MAXIMUM_VOLTS,
    )
