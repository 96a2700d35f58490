"""What the cost of the main thread consists of: the CPU time of some functions, each without that of the others.

The time that is in none of them is that of the event loop, of the selector, and of serialx.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from time import thread_time
from typing import Any, Final

REST: Final = "event loop, selector, serialx"
RECORDER: Final = "other threads: the recorder, files"

_PACKAGE: Final = "custom_components.twc_manager"
_PARTS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "decoder": (("twc.frame", "Decoder", "feed"),),
    "master: messages, exchange, timers, state": (
        ("twc.transport", "BusTransport", "data_received"),
        ("twc.master", "Master", "_data_received"),
        ("twc.master", "Master", "_pump"),
        ("twc.wake_timer", "WakeTimer", "_wake"),
        ("twc.wake_timer", "WakeTimer", "set"),
        ("twc.exchange", "Exchange", "free_at"),
        ("twc.exchange", "Exchange", "received"),
        ("twc.frame_log", "FrameLog", "received"),
        ("twc.frame_log", "FrameLog", "sent"),
    ),
    "choosing the next frame": (
        ("twc.scheduler", "TransmitScheduler", "next"),
        ("twc.scheduler", "TransmitScheduler", "is_empty"),
        ("twc.rhythm", "Rhythm", "begin"),
    ),
    "guard, gate and steering": (
        ("twc.steering", "OfferSteering", "_reckon"),
        ("twc.guard", "WiringGuard", "reported"),
        ("twc.guard", "WiringGuard", "allowed"),
        ("twc.gate", "WriteGate", "check"),
    ),
    "connectors and their queries": (
        ("twc.roster", "Roster", "reported"),
        ("twc.roster", "Roster", "answered"),
    ),
    "snapshots": (
        ("twc.master", "Master", "_read"),
        ("twc.master", "Master", "_publish"),
    ),
    "writing a frame": (("twc.transport", "BusTransport", "send"),),
    "rules": (
        ("runtime.rules_runner", "RulesRunner", "decide"),
        ("runtime.rules_runner", "RulesRunner", "command_vehicles"),
    ),
    "energy and sessions": (("coordinator", "TwcCoordinator", "_count"),),
    "what is shown": (
        ("state.view", "BusView", "read"),
        ("issues", "IssueReporter", "update"),
    ),
    "entities and states": (
        ("coordinator", "TwcCoordinator", "async_set_updated_data"),
    ),
    "the rest of the coordinator": (
        ("coordinator", "TwcCoordinator", "_bus_changed"),
        ("coordinator", "TwcCoordinator", "_decide"),
    ),
}
"""By the module, the class and the name of each function."""


class PartMeter:
    """Adds up the CPU time of each part, in the one thread that runs them all."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._seconds = dict.fromkeys(_PARTS, 0.0)
        # The time that the parts called by each running one took, the innermost last.
        self._inner = [0.0]

    def seconds(self) -> dict[str, float]:
        """Return the CPU time of each part so far, in s."""
        return dict(self._seconds)

    def measured[**P, R](self, part: str, function: Callable[P, R]) -> Callable[P, R]:
        """Return a function whose time counts for a part, without that of the parts it calls."""

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            begin = thread_time()
            self._inner.append(0.0)
            try:
                return function(*args, **kwargs)
            finally:
                took = thread_time() - begin
                self._seconds[part] += took - self._inner.pop()
                self._inner[-1] += took

        return run


@contextmanager
def measured_parts() -> Iterator[PartMeter]:
    """Measure the parts of every bus that is set up meanwhile."""
    meter = PartMeter()
    before: list[tuple[type, str, Any]] = []
    for part, functions in _PARTS.items():
        for module, owner_name, name in functions:
            # Imported here: what is measured besides is how long the first set-up takes, imports included.
            owner = getattr(import_module(f"{_PACKAGE}.{module}"), owner_name)
            function = getattr(owner, name)
            before.append((owner, name, function))
            setattr(owner, name, meter.measured(part, function))
    try:
        yield meter
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)
