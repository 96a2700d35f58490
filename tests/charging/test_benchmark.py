"""The benchmark: its days, its file format, and what the rules must reach on them."""

from functools import partial
import json
from pathlib import Path
import subprocess

import pytest

from scripts.benchmark_lib.replay import Result
from scripts.benchmark_lib.task import Task, run as run_task
from scripts.benchmark_lib.year import make_day_of_year, months
from simulator.days import day_names, make_day, read_day

BENCHMARK = Path(__file__).parents[2] / "scripts" / "benchmark"
HOUR = 3600


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BENCHMARK, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.long
def test_the_same_seed_makes_the_same_day() -> None:
    day = make_day("broken-summer-1", 3)

    assert day == make_day("broken-summer-1", 3)
    assert day.production_w != make_day("broken-summer-1", 4).production_w
    assert day.production_w != make_day("broken-summer-2", 3).production_w
    assert len(day.production_w) == len(day.house_w) == 24 * HOUR
    assert max(day.production_w) <= 9000 and max(day.production_w[: 4 * HOUR]) == 0


@pytest.mark.long
def test_a_car_that_can_be_asked_for_less_catches_more_of_a_winter_day() -> None:
    day = partial(make_day, "broken-winter-1", 0)
    without, with_less = run_task(Task(day, through_vehicle=True))
    sun = [item.charged_kwh - item.grid_kwh for item in (without, with_less)]
    assert sun[1] > 2 * sun[0] > 0
    assert with_less.starts <= without.starts


def test_there_are_days_of_all_sorts() -> None:
    sorts = {tuple(name.split("-")[:2]) for name in day_names()}

    assert sorts == {
        (weather, season)
        for weather in ("clear", "broken", "overcast")
        for season in ("summer", "winter")
    }


def test_a_recorded_day_is_read(tmp_path: Path) -> None:
    file = tmp_path / "clear-mine.csv"
    file.write_text(
        "seconds,production_w,house_w\n100,10,1\n103,20,2\n104,30,3\n", encoding="utf-8"
    )

    day = read_day(file)

    assert day.name == "clear-mine"
    assert list(day.production_w) == [10, 10, 10, 20, 30]
    assert list(day.house_w) == [1, 1, 1, 2, 3]


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "seconds,production_w,house_w\n",
        "seconds,production_w\n1,2\n",
        "seconds,production_w,house_w\n1,2\n",
        "seconds,production_w,house_w\n1,x,2\n",
        "seconds,production_w,house_w\n1,2,nan\n",
        "seconds,production_w,house_w\n5,2,2\n5,2,2\n",
        "seconds,production_w,house_w\n5,2,2\n9e9,2,2\n",
    ],
)
def test_an_invalid_recorded_day_is_reported(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "day.csv"
    file.write_text(rows, encoding="utf-8")

    with pytest.raises(ValueError, match=r"day\.csv"):
        read_day(file)


@pytest.mark.long
def test_a_file_can_be_replayed(tmp_path: Path) -> None:
    file = tmp_path / "clear-box.csv"
    rows = [
        f"{second},{6000 if second > 600 else 0},400" for second in range(0, 5400, 60)
    ]
    file.write_text(
        "\n".join(["seconds,production_w,house_w", *rows]), encoding="utf-8"
    )

    done = run("rules", "--json", "--csv", file)

    assert done.returncode == 0, done.stderr
    days = json.loads(done.stdout)["days"]
    assert {(day["connectors"], day["rule"]) for day in days} == {
        *((count, rule) for count in (1, 2, 3) for rule in ("ours", "twcmanager")),
        (2, "lines"),
        (3, "lines"),
    }
    found = {(day["connectors"], day["rule"]): day for day in days}
    for count in (2, 3):
        line, lines = found[count, "ours"], found[count, "lines"]
        for key in ("charged_kwh", "starts"):
            assert lines[key] == pytest.approx(line[key], rel=0.1)
        assert lines["grid_kwh"] <= 1.1 * line["grid_kwh"] + 0.05
    for day in days:
        assert set(day) == {
            "day", "connectors", "rule", "charged_kwh", "surplus_caught", "grid_kwh",
            "starts", "offer_changes", "caught_kwh", "caught_of_possible",
            "grid_kwh_at_equal_energy",
        }  # fmt: skip
        assert day["day"] == "clear-box"
        assert day["charged_kwh"] > 5 and 0.9 < day["surplus_caught"] <= 1
        assert day["surplus_caught"] <= day["caught_of_possible"] <= 1
        assert day["grid_kwh_at_equal_energy"] >= day["grid_kwh"]


@pytest.mark.long
def test_mistakes_are_reported_in_one_line(tmp_path: Path) -> None:
    assert "usage: scripts/benchmark" in run("--help").stdout
    assert run("rulez").returncode != 0
    missing = run("rules", "--csv", tmp_path / "none.csv")
    assert missing.returncode == 1
    assert missing.stderr.count("\n") == 1 and "none.csv" in missing.stderr


@pytest.mark.long
def test_a_year_has_its_seasons() -> None:
    june, december = make_day_of_year(172, 0), make_day_of_year(355, 0)

    assert june == make_day_of_year(172, 0)
    assert (june.name.split("-", 1)[1], december.name.split("-", 1)[1]) == (
        "06-21",
        "12-21",
    )
    lit = [sum(watts > 0 for watts in day.production_w) for day in (june, december)]
    assert 15.5 * HOUR < lit[0] < 16.5 * HOUR and 7.5 * HOUR < lit[1] < 8.5 * HOUR


def test_a_month_is_judged_by_its_worst_days() -> None:
    def day(name: str, caught: float, starts: int) -> Result:
        return Result(name, 1, "ours", 10.0, caught, 1.5, starts, 50, 9.0)

    table = list(months([day("clear-06-01", 0.98, 1), day("broken-06-02", 0.91, 7)]))

    assert [line.split() for line in table[1:]] == [
        [month, "ours", "2", "20.0", "3.0", "98.0%", "91.0%", "8", "7", "1", "100"]
        for month in ("06", "year")
    ]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_rules_catch_the_sun_and_spare_the_relays() -> None:
    done = run("rules", "--json", "--seed", "1")

    assert done.returncode == 0, done.stderr
    days = [day for day in json.loads(done.stdout)["days"] if day["rule"] == "ours"]
    assert len(days) == 3 * len(day_names())
    for day in days:
        minimum = {"clear": 0.95, "broken": 0.85}.get(day["day"].split("-")[0], 0)
        assert day["surplus_caught"] >= minimum, day
        assert day["starts"] <= 6, day
