"""The commands of scripts/twc against the simulator, on the virtual clock."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
import signal
from typing import Any

import pytest

from scripts.twc_lib.cli import parse
from scripts.twc_lib.errors import ToolError
from scripts.twc_lib.recording import read
from scripts.twc_lib.view import View
from simulator import Bus, SecondMaster, WallConnector, run_virtual
from simulator.bad_wiring import BadWiring
from simulator.codec import Frame
from tests.captures.make import Port

CAPTURES = Path(__file__).parents[1] / "captures"
WAITING = CAPTURES / "waiting.txt"
QUERIES = {(0xFB, 0xEC), (0xFB, 0x1B), (0xFB, 0xED)}


class Scene:
    """A bus, a command that has a port on it, and what was on the wire."""

    def __init__(self, *connectors: WallConnector, wiring: BadWiring | None = None):
        self.bus = Bus(seed=3)
        for connector in connectors:
            self.bus.add(connector)
        self.wire: list[Frame] = []
        self.bus.frame_listeners.append(self.wire.append)
        self.port = Port(self.bus, wiring)
        self.seconds = 0.0

    def run(
        self,
        *arguments: str | Path,
        before: Callable[[], object] = lambda: None,
        settle: float = 0.0,
    ) -> int:
        """Run a command beside the bus and return its exit code."""
        options = parse([str(argument) for argument in arguments])

        async def main() -> int:
            self.bus.start()
            before()
            await asyncio.sleep(settle)
            start = self.bus.now
            code: int = await options.run(
                options, View(as_json=options.json), self.port
            )
            self.seconds = self.bus.now - start
            self.bus.stop()
            return code

        return run_virtual(main())

    @property
    def transmitted(self) -> set[tuple[int, int]]:
        """Return which frames came from a master."""
        return {frame.key for frame in self.wire if frame.kind != 0xFD}


def two() -> list[WallConnector]:
    return [
        WallConnector(0x032E, protocol=1, rating=80.0, answers_queries=True),
        WallConnector(0xC0DB, protocol=2, rating=80.0, firmware=(4, 5, 3, 0)),
    ]


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_listen_shows_who_speaks_and_transmits_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*two())
    assert scene.run("listen", "/dev/simulated", "--seconds", "25") == 0

    out = capsys.readouterr().out
    assert "C0DB → all   waiting for a master; 80 A, protocol 2" in out
    assert "connector 032E: 80 A, protocol 1" in out
    assert scene.seconds == pytest.approx(25)
    assert not scene.transmitted


def test_listen_prints_a_line_of_json_for_each_frame(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*two())
    assert scene.run("listen", "/dev/simulated", "--seconds", "25", "--json") == 0

    *frames, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert {frame["sender"] for frame in frames} == {"032E", "C0DB"}
    assert frames[0]["bytes"].startswith("FD E2")
    assert summary["type"] == "summary"
    assert summary["frames"] == len(frames) == len(scene.wire)


def test_listen_ends_on_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(*two())

    def press() -> None:
        scene.bus.loop.call_later(15, signal.raise_signal, signal.SIGINT)

    assert scene.run("listen", "/dev/simulated", before=press) == 0
    # The virtual clock looks for signals now and then only.
    assert 15 <= scene.seconds < 60
    assert "connector 032E" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_record_writes_what_decode_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bus.txt"
    scene = Scene(*two())
    code = scene.run("record", file, "--port", "/dev/simulated", "--seconds", "25")
    assert code == 0
    assert not scene.transmitted
    capsys.readouterr()

    assert Scene().run("decode", file, "--json") == 0
    decoded = printed(capsys)
    assert decoded["summary"]["frames"] == len(scene.wire)
    times = [event["time"] for event in decoded["events"]]
    assert times == sorted(times)
    assert 0 < times[0] < times[-1] < 25


def test_record_keeps_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "bus.txt"
    file.write_text("mine")
    with pytest.raises(ToolError, match="exists already"):
        Scene().run("record", "/dev/simulated", file, "--seconds", "1")
    assert file.read_text() == "mine"

    assert (
        Scene().run("record", "/dev/simulated", file, "--seconds", "1", "--force") == 0
    )
    assert file.read_text().startswith("# twc recording 1\n")


@pytest.mark.parametrize("name", ["/dev/null", ".", "no/such/folder/file"])
def test_record_writes_only_ordinary_files(name: str) -> None:
    with pytest.raises(ToolError):
        Scene().run("record", "/dev/simulated", name, "--seconds", "1", "--force")


@pytest.mark.parametrize(("speed", "seconds"), [("1", 38.5), ("10", 3.85)])
def test_replay_takes_as_long_as_it_took(
    speed: str, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene()
    assert scene.run("replay", WAITING, "--speed", speed) == 0
    assert scene.seconds == pytest.approx(seconds, rel=0.05)
    assert "8 frames" in capsys.readouterr().out


def test_scan_asks_those_who_wait(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(*two())
    assert scene.run("scan", "/dev/simulated", "--json") == 0

    result = printed(capsys)
    assert result["refused"] is None
    assert result["connectors"] == [
        {
            "id": "032E",
            "rating": 80.0,
            "protocol": 1,
            "firmware": "4.5.3",
            "serial_number": None,
        },
        {
            "id": "C0DB",
            "rating": 80.0,
            "protocol": 2,
            "firmware": "4.5.3",
            "serial_number": "A16K0049371",
        },
    ]
    assert scene.transmitted == {(0xFB, 0xEC), (0xFB, 0xED)}
    assert scene.bus.safety.forbidden_frames == []


def test_scan_falls_back_to_the_older_question(
    capsys: pytest.CaptureFixture[str],
) -> None:
    connector = WallConnector(0x1839, protocol=2, firmware=(3, 9, 12, 0), mute={0xEC})
    scene = Scene(connector)
    assert scene.run("scan", "/dev/simulated") == 0
    out = capsys.readouterr().out
    assert "3.9.12" in out
    assert "unknown" in out
    assert scene.transmitted == QUERIES


@pytest.mark.parametrize("echo", [False, True])
def test_scan_copes_with_an_echo_and_noise(
    echo: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(*two())
    scene.bus.faults.echo = echo
    scene.bus.faults.corrupt = scene.bus.faults.noise = 0.1
    assert scene.run("scan", "/dev/simulated", "--json") == 0
    assert [found["id"] for found in printed(capsys)["connectors"]] == ["032E", "C0DB"]
    assert scene.transmitted <= QUERIES


def test_scan_refuses_beside_a_master(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(*two())

    def come() -> None:
        SecondMaster(0x035D).attach(scene.bus)

    assert scene.run("scan", "/dev/simulated", before=come) == 1
    assert "No query was sent, since there is a master" in capsys.readouterr().out
    assert not scene.transmitted & QUERIES


class Playback(Port):
    """A port through which a recording is heard, as if it happened now."""

    def __init__(self, bus: Bus, file: Path) -> None:
        super().__init__(bus)
        self._file = file

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        transport, protocol = await super().__call__(
            loop, protocol_factory, url, baudrate=baudrate
        )
        for time, data in read(str(self._file)):
            assert time is not None
            loop.call_later(time, protocol.data_received, data)
        return transport, protocol


def test_scan_refuses_where_connectors_answer_an_unheard_master(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene()
    # A second client of the gateway that a master uses hears the answers and not the master.
    scene.port = Playback(scene.bus, CAPTURES / "unheard_master.txt")
    assert scene.run("scan", "/dev/simulated", "--json") == 1

    result = printed(capsys)
    assert result["refused"] == "connectors answer a master: 032E, C0DB"
    assert result["masters"] == []
    assert not scene.wire


def test_scan_stops_its_queries_when_a_master_begins_to_send(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*two())

    def come() -> None:
        scene.bus.loop.call_later(12.02, SecondMaster(0x035D).attach, scene.bus)

    assert scene.run("scan", "/dev/simulated", "--json", before=come) == 1
    assert printed(capsys)["refused"] == "a master began to send"
    first = next(i for i, frame in enumerate(scene.wire) if frame.sender == 0x035D)
    asked = [frame for frame in scene.wire[first:] if frame.key in QUERIES]
    assert len(asked) <= 1


def test_scan_of_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene()
    assert scene.run("scan", "/dev/simulated") == 1
    assert "Nothing was received" in capsys.readouterr().out
    assert not scene.transmitted


def codes(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [finding["code"] for finding in printed(capsys)["findings"]]


def test_doctor_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(*two())
    assert scene.run("doctor", "/dev/simulated", "--json") == 0
    assert codes(capsys) == ["waiting", "connectors", "clean_line"]
    assert not scene.transmitted


@pytest.mark.parametrize(("echo", "code"), [(False, "no_echo"), (True, "echo")])
def test_doctor_finds_an_echo_if_it_may_transmit(
    echo: bool, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(*two())
    scene.bus.faults.echo = echo
    assert scene.run("doctor", "/dev/simulated", "--json", "--transmit") == 0
    assert code in codes(capsys)
    assert scene.transmitted == {(0xFC, 0xE1)}


def test_doctor_never_transmits_beside_a_master(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*two())

    def come() -> None:
        SecondMaster(0x035D).attach(scene.bus)

    code = scene.run("doctor", "/dev/simulated", "--json", "--transmit", before=come)
    assert code == 1
    assert codes(capsys)[0] == "second_master"
    senders = {frame.sender for frame in scene.wire if frame.kind == 0xFC}
    assert senders <= {0x035D, 0x0000}


@pytest.mark.parametrize("wiring", [BadWiring(swapped=True), BadWiring(baud=19200)])
def test_doctor_never_transmits_where_it_understands_nobody(
    wiring: BadWiring, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(*two(), wiring=wiring)

    def come() -> None:
        SecondMaster(0x035D).attach(scene.bus)

    scene.run("doctor", "/dev/simulated", "--transmit", before=come)
    # What a badly wired port sends is no frame on this bus, so the wire shows nothing.
    assert "Nothing is transmitted" in capsys.readouterr().err


def test_doctor_that_is_interrupted_transmits_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*two())

    def press() -> None:
        scene.bus.loop.call_later(5, signal.raise_signal, signal.SIGINT)

    scene.run("doctor", "/dev/simulated", "--json", "--transmit", before=press)
    assert not scene.transmitted
    assert "listened_briefly" in codes(capsys)


def test_doctor_knows_its_own_master(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(*two())

    def come() -> None:
        SecondMaster(0x7777).attach(scene.bus)

    arguments = ("doctor", "/dev/simulated", "--json", "--seconds", "9")
    assert scene.run(*arguments, "--master", "7777", before=come) == 0
    assert "second_master" not in codes(capsys)


@pytest.mark.parametrize(
    ("wiring", "code"),
    [
        *(
            (BadWiring(swapped=True, lead_bits=lead, failsafe=safe), "swapped_wires")
            for lead in (0, 1, 5, 9, 12)
            for safe in (True, False)
        ),
        *(
            (BadWiring(baud=baud), "wrong_baud_rate")
            for baud in (4800, 14400, 19200, 38400, 57600, 115200)
        ),
    ],
)
@pytest.mark.parametrize("busy", [False, True])
def test_doctor_finds_bad_wiring(
    wiring: BadWiring, code: str, busy: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(*two(), wiring=wiring)

    def come() -> None:
        if busy:
            SecondMaster(0x035D).attach(scene.bus)

    assert scene.run("doctor", "/dev/simulated", "--json", before=come) == 1
    assert codes(capsys) == [code]


@pytest.mark.parametrize(
    ("rate", "code"), [(0.0, "nobody"), (2.0, "only_noise"), (20.0, "only_noise")]
)
def test_doctor_of_an_empty_line(
    rate: float, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene()
    scene.bus.faults.idle_noise = rate
    assert scene.run("doctor", "/dev/simulated", "--json") == 1
    assert codes(capsys) == [code]


def test_doctor_finds_noise(capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(*two())
    scene.bus.faults.noise = 0.5
    scene.bus.faults.idle_noise = 1.0
    assert scene.run("doctor", "/dev/simulated", "--json") == 1
    assert codes(capsys)[0] == "noise"


@pytest.mark.parametrize(
    ("connectors", "expected"), [(two(), ["connectors"]), ([], ["nobody"])]
)
def test_doctor_that_is_interrupted_says_how_little_it_heard(
    connectors: list[WallConnector],
    expected: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*connectors)
    scene.run("doctor", "/dev/simulated", "--json", "--seconds", "11")
    found = printed(capsys)["findings"]
    assert sorted(finding["code"] for finding in found) == sorted(
        ["listened_briefly", *expected]
    )
    [briefly] = [item for item in found if item["code"] == "listened_briefly"]
    assert "11 s" in briefly["text"]


def test_scan_says_when_the_port_is_lost() -> None:
    scene = Scene(*two())
    memory = scene.port.memory

    def pull() -> None:
        scene.bus.loop.call_later(5, memory.unplug)

    with pytest.raises(ToolError, match=r"/dev/simulated was lost"):
        scene.run("scan", "/dev/simulated", before=pull)


def test_listen_waits_for_a_lost_port_to_come_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene(*two())
    memory = scene.port.memory

    def pull_and_put_back() -> None:
        scene.bus.loop.call_later(5, memory.unplug)
        scene.bus.loop.call_later(20, memory.replug)

    arguments = ("listen", "/dev/simulated", "--seconds", "60")
    assert scene.run(*arguments, before=pull_and_put_back) == 0
    out, err = capsys.readouterr()
    assert "The port was lost; waiting for it to come back." in err
    assert "The port is back." in err
    assert out.count("032E → all") in (4, 5)
