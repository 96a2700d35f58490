"""Every benchmark can be started by scripts/benchmark, and its help describes it."""

from pathlib import Path
import re
from typing import Final

from scripts.benchmark_lib import __main__ as command

SCRIPT: Final = (Path(__file__).parents[2] / "scripts" / "benchmark").read_text()


def test_each_benchmark_can_be_started_and_has_its_help() -> None:
    started = re.search(r"^  ([a-z| ]+)\) ;;$", SCRIPT, re.MULTILINE)
    assert started is not None
    names = set(started[1].split(" | "))
    assert names == set(command._MEASURED)
    assert names == set(
        re.findall(r"^# *(?:usage: +)?scripts/benchmark ([a-z]+)", SCRIPT, re.MULTILINE)
    )
    assert names == set(re.findall(r"^# ([a-z]+): ", SCRIPT, re.MULTILINE)) - {"usage"}
