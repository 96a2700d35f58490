"""The view: shows results in colours for a person, or as JSON for a program.

Results go to the standard output, everything else to the standard error.
"""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
import json
import sys
from typing import Any, Final

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from custom_components.twc_manager.twc import format_id
from custom_components.twc_manager.twc.describe import (
    as_dict,
    describe,
    receiver_of,
    sender_of,
)

from .doctor import Finding, Level
from .observer import Event, Garbage, ReceivedFrame, Summary
from .prober import Identity
from .twcmanager import Advice

_MARKS: Final = {
    Level.PROBLEM: ("✗", "bold red"),
    Level.NOTE: ("!", "yellow"),
    Level.GOOD: ("✓", "green"),
}
_FROM_MASTER: Final = (0xFB, 0xFC)


class View:
    """The output of the tool."""

    def __init__(self, *, as_json: bool, show_hex: bool = False) -> None:
        """Choose the form; `show_hex` adds the bytes of each frame."""
        self.as_json = as_json
        self._show_hex = show_hex
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print the progress for a person."""
        self._err.print(Text(text, style="dim"))

    def document(self, values: dict[str, Any]) -> None:
        """Print a result for a program."""
        print(json.dumps(values, indent=2), flush=True)

    def json_line(self, values: dict[str, Any]) -> None:
        """Print one of many results for a program."""
        print(json.dumps(values), flush=True)

    def event(self, event: Event) -> None:
        """Show an event on the bus."""
        self._out.print(self._event_text(event))

    def _event_text(self, event: Event) -> Text:
        time = "" if event.time is None else f"{event.time:10.3f}  "
        line = Text.assemble((time, "dim"))
        if isinstance(event, Garbage):
            return line.append(_garbage_text(event), style="red")
        style = "cyan" if event.body[0] in _FROM_MASTER else "green"
        line.append(f"{sender_of(event.message) or '?':>4}", style=style)
        receiver = receiver_of(event.message) or "all"
        line.append(f" → {receiver:<4}  {describe(event.message)}")
        if self._show_hex:
            line.append(f"  [{event.body.hex(' ').upper()}]", style="dim")
        return line

    def summary(self, summary: Summary) -> None:
        """Show the senders, and the quality of the line."""
        counts = summary.counts
        self._out.print()
        self._out.print(
            f"{summary.bytes_received} bytes, {counts.frames} frames"
            f" ({counts.repaired} repaired), {counts.bad_frames} bad frames,"
            f" {counts.noise_bytes} bytes of noise"
        )
        for sender, frames in sorted(summary.masters.items()):
            self._out.print(f"master {format_id(sender)}, frames: {frames}")
        if summary.idle_notices:
            self._out.print(f"idle notices of a master: {summary.idle_notices}")
        for connector, seen in sorted(summary.connectors.items()):
            known_facts = (
                "" if seen.rating is None else f"{seen.rating:g} A",
                "" if seen.protocol is None else f"protocol {seen.protocol}",
                f"firmware {seen.firmware}" if seen.firmware else "",
                f"serial number {seen.serial_number}" if seen.serial_number else "",
            )
            words = ", ".join(filter(None, known_facts)) or "rating unknown"
            self._out.print(f"connector {format_id(connector)}: {words}")

    def findings(self, findings: Iterable[Finding]) -> None:
        """Show the findings of the doctor."""
        for finding in findings:
            mark, style = _MARKS[finding.level]
            self._out.print(Text.assemble((f"{mark} {finding.text}", style)))
            for check in finding.check:
                self._out.print(f"    - {check}", markup=False)

    def identities(self, identities: Iterable[Identity]) -> None:
        """Show the connectors."""
        titles = ("id", "rating", "protocol", "firmware", "serial number")
        table = Table(*(Column(title, overflow="fold") for title in titles))
        for identity in identities:
            known = identity.known
            table.add_row(
                format_id(known.connector_id),
                f"{known.rating:g} A",
                str(known.protocol),
                identity.firmware or "unknown",
                identity.serial_number or "unknown",
            )
        self._out.print(table)

    def advice(self, advice: Iterable[Advice]) -> None:
        """Show what to enter where, by the place."""
        for place, items in groupby(advice, key=lambda item: item.place):
            self._out.print(Text(f"\n{place}", style="bold"))
            for item in items:
                what = ": ".join(filter(None, (item.what, item.value)))
                line = Text.assemble("  ", what, (f"  [{item.was}]", "dim"))
                self._out.print(line)
                if item.remark:
                    self._out.print(Text(f"      {item.remark}", style="yellow"))

    def line(self, text: str) -> None:
        """Print a sentence of a result."""
        self._out.print(text, markup=False)


def error(text: str) -> None:
    """Print in one line why a command ends."""
    print(f"error: {text}", file=sys.stderr)


def event_as_dict(event: Event) -> dict[str, Any]:
    """Return an event as plain values."""
    time = None if event.time is None else round(event.time, 3)
    match event:
        case ReceivedFrame():
            return {
                "time": time,
                **as_dict(event.message),
                "text": describe(event.message),
                "bytes": event.body.hex(" ").upper(),
            }
        case Garbage():
            return {
                "time": time,
                "type": "garbage",
                "dropped": list(event.reasons),
                "noise_bytes": event.noise_bytes,
                "repaired": event.repaired,
                "text": _garbage_text(event),
            }


def summary_as_dict(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain values."""
    counts = summary.counts
    return {
        "bytes": summary.bytes_received,
        "frames": counts.frames,
        "repaired": counts.repaired,
        "bad_frames": {reason.value: n for reason, n in counts.dropped.items()},
        "noise_bytes": counts.noise_bytes,
        "kinds": dict(sorted(summary.kinds.items())),
        "masters": {
            format_id(sender): n for sender, n in sorted(summary.masters.items())
        },
        "idle_notices": summary.idle_notices,
        "dangerous_frames": summary.dangerous,
        "connectors": [
            {
                "id": format_id(connector),
                "rating": seen.rating,
                "protocol": seen.protocol,
                "firmware": seen.firmware,
                "serial_number": seen.serial_number,
                "masters": [format_id(master) for master in sorted(seen.masters)],
            }
            for connector, seen in sorted(summary.connectors.items())
        ],
    }


def advice_as_dict(advice: Advice) -> dict[str, str]:
    """Return what to enter where as plain values."""
    return asdict(advice)


def identity_as_dict(identity: Identity) -> dict[str, Any]:
    """Return the identity of a connector as plain values."""
    return {
        "id": format_id(identity.known.connector_id),
        "rating": identity.known.rating,
        "protocol": identity.known.protocol,
        "firmware": identity.firmware,
        "serial_number": identity.serial_number,
    }


def _garbage_text(garbage: Garbage) -> str:
    words = [f"bad frame: {reason}" for reason in garbage.reasons]
    if garbage.noise_bytes:
        words.append(f"noise: {garbage.noise_bytes} bytes")
    if garbage.repaired:
        words.append("repaired: a garbage byte at the end of a frame")
    return ", ".join(words)
