"""Text commands to a running simulation.

The one parser for the command line's standard input and for tests: plug in, unplug, command cars, cause faults.
An invalid command is reported and changes nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from typing import Final, Protocol

from .bus import Bus
from .car import make_vin
from .connector import WallConnector
from .faults import Faults
from .second_master import SecondMaster
from .specs import CAR_KEYS, SpecError, car, hex_id, number, switch

_HELP: Final = f"""\
plug N [{" ".join(f"{key}=" for key in CAR_KEYS)}]
unplug N
car N stop | start | sleep | wake
car N soc|target|limit VALUE        % or A
car N schedule SECONDS | off        its own schedule begins so much later
fault {"|".join(field.name for field in fields(Faults))} CHANCE|on|off
fault clear
port unplug | replug
power-cycle N
second-master on | off
status
help
quit
N is a connector's place on the bus (1, 2, 3) or its id (032E)."""


class SwitchablePort(Protocol):
    """A port that can be unplugged and plugged in again."""

    def unplug(self) -> Awaitable[None] | None:
        """Unplug it."""

    def replug(self) -> Awaitable[None] | None:
        """Plug it in again."""


class ControlError(ValueError):
    """A command is invalid or not possible now."""


def describe(twc: WallConnector) -> str:
    """Return the state of a connector in one line."""
    car_there = "no car" if twc.car is None else f"car {twc.car.soc:.0f} %"
    return (
        f"{twc.id:04X}  {twc.state.name.lower().replace('_', ' '):13} "
        f"offered {twc.offered:5.1f} A  drawn {twc.drawn:5.1f} A  {car_there}  {twc.led}"
    )


class Control:
    """Executes commands to a bus and its port."""

    def __init__(
        self,
        bus: Bus,
        port: SwitchablePort | None = None,
        on_quit: Callable[[], None] = lambda: None,
    ) -> None:
        """Control a bus; `on_quit` is called by `quit`."""
        self._bus = bus
        self._port = port
        self._on_quit = on_quit
        self._second_master = SecondMaster()
        self._cars = 0
        self._commands: dict[str, Callable[[list[str]], str]] = {
            "plug": self._plug,
            "unplug": self._unplug,
            "car": self._car,
            "fault": self._fault,
            "power-cycle": self._power_cycle,
            "second-master": self._switch_second_master,
            "status": self._status,
            "help": lambda _: _HELP,
            "quit": self._quit,
        }

    async def execute(self, line: str) -> str:
        """Execute one command and return a report.

        Raises:
            ControlError: if it is invalid.

        """
        name, *words = line.split() or ["help"]
        if name == "port":
            return await self._switch_port(words)
        command = self._commands.get(name)
        if command is None:
            msg = f"there is no command '{name}'; 'help' lists them"
            raise ControlError(msg)
        try:
            return command(words)
        except SpecError as error:
            raise ControlError(str(error)) from error

    def _connector(self, words: list[str]) -> WallConnector:
        """Return the connector that the first word names."""
        if not words:
            msg = "which connector? Its place on the bus (1, 2, 3) or its id is missing"
            raise ControlError(msg)
        word = words.pop(0)
        twcs = self._bus.connectors
        if len(word) < 4 and word.isascii() and word.isdigit():
            if 1 <= int(word) <= len(twcs):
                return twcs[int(word) - 1]
        elif found := [twc for twc in twcs if twc.id == hex_id(word)]:
            return found[0]
        there = ", ".join(f"{twc.id:04X}" for twc in twcs)
        msg = f"there is no connector '{word}', only {there}"
        raise ControlError(msg)

    def _with_car(self, words: list[str]) -> WallConnector:
        twc = self._connector(words)
        if twc.car is None:
            msg = f"{twc.name} has no car"
            raise ControlError(msg)
        return twc

    def _plug(self, words: list[str]) -> str:
        twc = self._connector(words)
        if twc.car is not None:
            msg = f"{twc.name} has a car already"
            raise ControlError(msg)
        new = car(words, vin=make_vin(100 + self._cars))
        self._cars += 1
        twc.plug_in(new)
        return f"car {new.vin} plugged in at {twc.name}"

    def _unplug(self, words: list[str]) -> str:
        twc = self._with_car(words)
        _no_more(words)
        twc.unplug()
        return f"unplugged at {twc.name}"

    def _car(self, words: list[str]) -> str:
        twc = self._with_car(words)
        what = words.pop(0) if words else ""
        if what in ("stop", "start", "sleep", "wake"):
            _no_more(words)
            self._command_car(twc, what)
        elif what in ("soc", "target", "limit"):
            changed = car([f"{what}={_only(words)}"])
            name = CAR_KEYS[what][0]
            setattr(twc.car, name, getattr(changed, name))
        elif what == "schedule":
            self._schedule(twc, _only(words))
        else:
            msg = f"a car knows stop, start, sleep, wake, soc, target, limit, schedule, not '{what}'"
            raise ControlError(msg)
        twc.refresh()
        return f"car at {twc.name}: {what}"

    def _command_car(self, twc: WallConnector, what: str) -> None:
        if twc.car is not None:
            if what == "sleep" and twc.charging:
                msg = "a car that charges does not sleep"
                raise ControlError(msg)
            getattr(twc.car, what)()

    def _schedule(self, twc: WallConnector, text: str) -> None:
        begin = None if text == "off" else self._bus.now + number(text)
        if twc.car is not None:
            twc.car.not_before = begin

    def _fault(self, words: list[str]) -> str:
        if words == ["clear"]:
            self._bus.faults.clear()
            return "no faults"
        known = {field.name: field.default for field in fields(Faults)}
        if len(words) != 2 or words[0] not in known:
            msg = f"fault needs one of {', '.join(known)} and a value, or 'clear'"
            raise ControlError(msg)
        name, text = words
        value: float | bool
        if isinstance(known[name], bool):
            value = switch(text)
        else:
            value = float(switch(text)) if text in ("on", "off") else number(text)
            if value > 1 and name != "idle_noise":
                msg = f"{name} is a chance from 0 to 1, not {text}"
                raise ControlError(msg)
        setattr(self._bus.faults, name, value)
        return f"fault {name}: {text}"

    async def _switch_port(self, words: list[str]) -> str:
        what = _only(words)
        if self._port is None or what not in ("unplug", "replug"):
            msg = "port unplug | replug" if self._port else "there is no port to switch"
            raise ControlError(msg)
        done = self._port.unplug() if what == "unplug" else self._port.replug()
        if done is not None:
            await done
        return f"port {what}ged"

    def _power_cycle(self, words: list[str]) -> str:
        twc = self._connector(words)
        _no_more(words)
        twc.power_cycle()
        return f"{twc.name} switched off and on"

    def _switch_second_master(self, words: list[str]) -> str:
        if switch(_only(words)):
            self._second_master.attach(self._bus)
            return f"{self._second_master.name} is on the bus"
        self._second_master.detach()
        return "no second master"

    def _status(self, words: list[str]) -> str:
        _no_more(words)
        safety = self._bus.safety
        sums = (
            f"highest sums: offered {safety.highest_offered:.1f} A, "
            f"drawn {safety.highest_drawn:.1f} A; "
            f"forbidden frames: {len(safety.forbidden_frames)}"
        )
        return "\n".join((*map(describe, self._bus.connectors), sums))

    def _quit(self, words: list[str]) -> str:
        _no_more(words)
        self._on_quit()
        return "bye"


def _no_more(words: list[str]) -> None:
    if words:
        msg = f"'{' '.join(words)}' is too much"
        raise ControlError(msg)


def _only(words: list[str]) -> str:
    if len(words) != 1:
        msg = f"one word is needed here, not {len(words)}"
        raise ControlError(msg)
    return words[0]
