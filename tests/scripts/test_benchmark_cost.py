"""What the measuring of the cost is made of, and that it measures."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

from scripts.benchmark_lib import cost_house
from scripts.benchmark_lib.cost import _percentile
from scripts.benchmark_lib.cost_bus import Heard
from scripts.benchmark_lib.cost_decode import decode_frames_per_s
from scripts.benchmark_lib.cost_floor import floor_percent
from scripts.benchmark_lib.cost_house import _waits
from simulator.codec import ANSWER, ASK, HEARTBEAT, compose, parse

ROOT = Path(__file__).parents[2]


def test_the_decoder_is_fast_enough() -> None:
    assert decode_frames_per_s() > 100_000


@pytest.mark.parametrize(
    ("kind", "payload", "offer"),
    [
        (ASK, b"\x09\x06\x40", (0x1839, 16.0)),
        (ASK, b"\x00\x00\x00", (None, None)),
        (ANSWER, b"\x09\x06\x40", (None, None)),
    ],
)
def test_only_an_offer_is_heard_as_one(
    kind: int, payload: bytes, offer: tuple[int | None, float | None]
) -> None:
    body = compose(kind, HEARTBEAT, 0x7777, 0x1839, payload=payload, length=16)
    frame = parse(body)
    assert frame is not None

    heard = Heard.of(frame, at=5.0, bus=2)

    assert (heard.offered_to, heard.amps) == offer
    assert (heard.at, heard.bus, heard.length) == (5.0, 2, 18)


def test_a_change_waits_for_the_first_frame_that_offers_it() -> None:
    heard = [
        Heard(0.5, 0, 18, 0x1839, 13.0),
        Heard(1.02, 1, 18, 0x1839, 13.0),
        Heard(1.03, 0, 18, 0x1839, 16.0),
        Heard(1.04, 0, 18, 0x1839, 13.0),
        Heard(1.9, 0, 18, 0x1839, 13.0),
    ]

    assert list(_waits([(1.0, 0, 0x1839, 13.0)], heard)) == pytest.approx([40.0])
    # What never comes counts as the longest wait.
    assert list(_waits([(1.0, 0, 0x1839, 14.0)], heard)) == [2000.0]


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(200, 0, -1)]
    assert (_percentile(values, 99), _percentile([5.0], 99)) == (198.0, 5.0)


@pytest.mark.long
def test_the_floor_exchanges_every_frame() -> None:
    # It raises if the questions are not answered.
    assert 0.005 < floor_percent(2, 3, 4.0) < 2.0


def test_windows_lie_at_the_same_place_in_the_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for now in (106.0, 305.0, 500.5):
        monkeypatch.setattr(cost_house, "monotonic", lambda now=now: now)
        begins = now + cost_house._until_same_phase(5.0)
        assert (begins - 5.0) % 300 == pytest.approx(0.0)
        assert 100 <= begins - now < 400


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_a_charging_car_costs_little() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "scripts.benchmark_lib.cost_house",
            *["1", "1", "1", "2", "60"],
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    scene = json.loads(done.stdout)
    assert scene["charging_w"] > 3000
    # Three times what it takes on a quiet machine.
    assert 0 < scene["cpu_percent"] < 0.6
    assert scene["floor_percent"] < scene["cpu_percent"]
    assert 0 < scene["main_percent"] <= scene["cpu_percent"] + 0.02
    assert 0 < scene["recorder_rows_per_connector_hour"] < 400
    assert 20 < scene["bus_bytes_per_s"] < 300
    assert len(scene["set_to_wire_ms"]) == 1 and scene["set_to_wire_ms"][0] < 500
