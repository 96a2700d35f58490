"""The commands: each works on a port or a file and returns the exit code."""

from argparse import Namespace
import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from custom_components.twc_manager.twc import BusError, Connect, format_id
from custom_components.twc_manager.twc.scan import ScanResult, scan as listen_for_all

from . import garbage
from .doctor import LISTEN_SECONDS, Echo, Level, diagnose
from .errors import file_error, port_error, port_lost
from .listener import Listener
from .observer import Event, Observer, Summary
from .prober import Identity, MasterPresentError, PortLostError, Prober
from .recording import Recorder, new_file, read
from .twcmanager import advise, read_settings
from .view import View, advice_as_dict, event_as_dict, identity_as_dict, summary_as_dict

FINE: Final = 0
TROUBLE: Final = 1
"""Something is wrong on the bus, or no connector was found."""

_SILENT: Final = "Listening; nothing is transmitted."


async def listen(options: Namespace, view: View, connect: Connect | None = None) -> int:
    """Show the messages on the bus, live."""
    observer = Observer(show_identity=options.show_identity)
    async with Listener(options.port, on_note=view.note, connect=connect) as listener:
        view.note(f"{_SILENT} Ctrl-C ends.")
        async for time, data in listener.portions(options.seconds):
            _show_live(view, observer.feed(data, time))
    _finish_live(view, observer.summary)
    return FINE


async def record(options: Namespace, view: View, connect: Connect | None = None) -> int:
    """Record the bytes of the bus into a file."""
    observer = Observer()
    async with Listener(options.port, on_note=view.note, connect=connect) as listener:
        with new_file(options.file, replace=options.force) as stream:
            try:
                recorder = Recorder(
                    stream, datetime.now(UTC), show_identity=options.show_identity
                )
                view.note(f"{_SILENT} Recording; Ctrl-C ends.")
                async for time, data in listener.portions(options.seconds):
                    recorder.take(data, time)
                    observer.feed(data, time)
                recorder.finish()
            except OSError as err:
                raise file_error(options.file, err) from err
        seconds = round(listener.seconds, 1)
    if view.as_json:
        view.document(
            {"seconds": seconds, "summary": summary_as_dict(observer.summary)}
        )
    else:
        view.line(f"Recorded for {seconds:g} s.")
        view.summary(observer.summary)
    return FINE


async def decode(options: Namespace, view: View, connect: Connect | None = None) -> int:
    """Show the messages in a file."""
    observer = Observer(show_identity=options.show_identity)
    events: list[Event] = []
    for time, data in read(options.file):
        new_events = observer.feed(data, time)
        if view.as_json:
            events += new_events
        else:
            _show(view, new_events)
    if view.as_json:
        view.document(
            {
                "events": [event_as_dict(event) for event in events],
                "summary": summary_as_dict(observer.summary),
            }
        )
    else:
        view.summary(observer.summary)
    return FINE


async def replay(options: Namespace, view: View, connect: Connect | None = None) -> int:
    """Show the messages in a recording at the pace of their arrival, as if they came in now."""
    observer = Observer(show_identity=options.show_identity)
    loop = asyncio.get_running_loop()
    start = loop.time()
    for time, data in read(options.file):
        if time is not None:
            await asyncio.sleep(start + time / options.speed - loop.time())
        _show_live(view, observer.feed(data, time))
    _finish_live(view, observer.summary)
    return FINE


async def scan(options: Namespace, view: View, connect: Connect | None = None) -> int:
    """Show the connectors: listen first; if no master is present, query those that wait for one."""
    view.note(
        "Listening for 12 to 30 s. If there is no master, the connectors that wait for one are then asked"
        " for their firmware and serial number; nothing else is transmitted."
    )
    scanned = await _scan_port(options.port, connect)
    if view.as_json:
        view.document(_scan_as_dict(scanned))
    else:
        for sentence in _scan_sentences(scanned):
            view.line(sentence)
        if scanned.identities:
            view.identities(scanned.identities)
    return FINE if scanned.identities and scanned.refused is None else TROUBLE


async def import_twcmanager(
    options: Namespace, view: View, _connect: Connect | None = None
) -> int:
    """Show where the settings of TWCManager belong here."""
    advice = advise(read_settings(options.files))
    if view.as_json:
        view.document({"advice": [advice_as_dict(item) for item in advice]})
    else:
        view.advice(advice)
    return FINE


async def doctor(options: Namespace, view: View, connect: Connect | None = None) -> int:
    """Show what may be wrong with a bus, and what to check."""
    if options.file is not None:
        examined = _Examined(_summary_of_file(options.file))
    else:
        examined = await _examine(options, view, connect)
    summary, echo = examined.summary, examined.echo
    findings = diagnose(
        summary, seconds=examined.seconds, own_master=options.master, echo=echo
    )
    trouble = any(finding.level is Level.PROBLEM for finding in findings)
    if view.as_json:
        view.document(
            {
                "findings": [
                    {
                        "code": finding.code,
                        "level": finding.level.value,
                        "text": finding.text,
                        "check": list(finding.check),
                    }
                    for finding in findings
                ],
                "echo": echo.value,
                "summary": summary_as_dict(summary),
            }
        )
    else:
        view.findings(findings)
        view.summary(summary)
    return TROUBLE if trouble else FINE


def _show(view: View, events: list[Event]) -> None:
    for event in events:
        view.event(event)


def _show_live(view: View, events: list[Event]) -> None:
    if not view.as_json:
        _show(view, events)
        return
    for event in events:
        view.json_line(event_as_dict(event))


def _finish_live(view: View, summary: Summary) -> None:
    if view.as_json:
        view.json_line({"type": "summary", **summary_as_dict(summary)})
    else:
        view.summary(summary)


def _summary_of_file(name: str) -> Summary:
    observer = Observer()
    for time, data in read(name):
        observer.feed(data, time)
    return observer.summary


class _Examined(NamedTuple):
    """What the doctor received, for how many s, and the test for an echo; None and NOT_TESTED for a file."""

    summary: Summary
    seconds: float | None = None
    echo: Echo = Echo.NOT_TESTED


async def _examine(
    options: Namespace, view: View, connect: Connect | None
) -> _Examined:
    """Listen on a port and, with --transmit, test it for an echo."""
    observer = Observer()
    async with Listener(options.port, on_note=view.note, connect=connect) as listener:
        view.note(f"{_SILENT} This takes {options.seconds:g} s.")
        async for time, data in listener.portions(options.seconds):
            observer.feed(data, time)
        seconds = listener.seconds
    summary = observer.summary
    if not options.transmit:
        return _Examined(summary, seconds)
    complete = round(seconds) >= max(options.seconds, LISTEN_SECONDS)
    if reason := _reason_for_silence(summary, complete=complete):
        view.note(f"Nothing is transmitted to test for an echo, since {reason}.")
        return _Examined(summary, seconds)
    view.note("Transmitting three announcements of a master to test for an echo.")
    return _Examined(summary, seconds, await _test_echo(options.port, summary, connect))


def _reason_for_silence(summary: Summary, *, complete: bool) -> str | None:
    """Return why nothing may be transmitted, since cars may be charging under a master; None if it may."""
    answered = any(seen.masters for seen in summary.connectors.values())
    if summary.masters or summary.idle_notices or answered:
        return "there is a master"
    if not summary.counts.frames and summary.bytes_received >= garbage.MIN_BYTES:
        return "there may be a device that is not understood"
    if not complete:
        return f"a master may not send anything in less than {LISTEN_SECONDS:g} s"
    return None


async def _test_echo(port: str, summary: Summary, connect: Connect | None) -> Echo:
    """Test whether the adapter echoes what it sends."""
    prober = Prober(port, summary.connectors, connect=connect)
    try:
        await prober.transport.open()
        return await prober.test_echo()
    except MasterPresentError:
        return Echo.NOT_TESTED
    except BusError as err:
        raise port_error(port, err) from err
    except PortLostError as err:
        raise port_lost(port) from err
    finally:
        await prober.transport.close()


class _Scanned(NamedTuple):
    """What a scan received, the identities of the connectors, and why they were not queried, if so."""

    found: ScanResult
    identities: list[Identity]
    refused: str | None


async def _scan_port(port: str, connect: Connect | None) -> _Scanned:
    """Listen on a port and, if no master is present, query the connectors."""
    try:
        found = await listen_for_all(port, connect=connect)
    except BusError as err:
        raise port_error(port, err) from err
    unidentified = [Identity(known, None, None) for known in found.connectors]
    refused = _master_at_work(found)
    if refused is not None or not unidentified:
        return _Scanned(found, unidentified, refused)
    try:
        return _Scanned(found, await _identify(port, found, connect), None)
    except MasterPresentError:
        return _Scanned(found, unidentified, "a master began to send")


async def _identify(
    port: str, found: ScanResult, connect: Connect | None
) -> list[Identity]:
    prober = Prober(port, found.ids, connect=connect)
    try:
        await prober.transport.open()
        return [await prober.identify(known) for known in found.connectors]
    except BusError as err:
        raise port_error(port, err) from err
    except PortLostError as err:
        raise port_lost(port) from err
    finally:
        await prober.transport.close()


def _master_at_work(found: ScanResult) -> str | None:
    """Return why nothing may be transmitted; None if it may."""
    if found.master_frames:
        names = ", ".join(format_id(master) for master in found.masters)
        return f"there is a master on this bus{f': {names}' if names else ''}"
    if found.answering:
        names = ", ".join(format_id(connector) for connector in found.answering)
        return f"connectors answer a master: {names}"
    return None


def _scan_as_dict(scanned: _Scanned) -> dict[str, Any]:
    found = scanned.found
    return {
        "connectors": [identity_as_dict(identity) for identity in scanned.identities],
        "linked": [format_id(connector) for connector in found.linked],
        "masters": [format_id(master) for master in found.masters],
        "refused": scanned.refused,
        "bytes": found.bytes_received,
    }


def _scan_sentences(scanned: _Scanned) -> Iterator[str]:
    if scanned.refused is not None:
        yield f"No query was sent, since {scanned.refused}."
        yield "Stop it, or use 'listen', which never transmits."
    elif scanned.found.only_noise:
        yield "Only noise was received; 'doctor' shows what to check."
    elif not scanned.identities:
        yield "Nothing was received; 'doctor' shows what to check."
    else:
        yield "A serial number identifies your wall connector: leave it out of what you publish."
