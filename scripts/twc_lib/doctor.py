"""The doctor: finds what may be wrong with a bus from what was received on it, and says what to check.

Pure: a `Summary` in, findings out. docs/look-inside.md describes the same criteria for a person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custom_components.twc_manager.twc import format_id

from . import garbage
from .observer import Summary

LISTEN_SECONDS: Final = 40.0
"""A connector without a master sends a linkready every 10 s; one that has just lost its master, 26 s later."""
MAX_CONNECTORS: Final = 3
_MASTER_FRAMES_NEEDED: Final = 2
"""One frame may be noise that passed the checksum."""
_FRAMES_NEEDED: Final = 4
"""The number that one connector without a master sends while the doctor listens."""
_DAMAGED_NEEDED: Final = 3
_NOISE_BYTES_NEEDED: Final = 14
"""Fewer may be chance, or stray bytes of an adapter that was just opened, and are too few for a share."""
_SOME_BAD: Final = 0.01
_MANY_BAD: Final = 0.1
_NOISE_SHARE: Final = 0.05


class Level(StrEnum):
    """How bad a finding is."""

    GOOD = "good"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: a code for programs, a sentence, and what to check."""

    code: str
    level: Level
    text: str
    check: tuple[str, ...] = ()


class Echo(StrEnum):
    """Whether the adapter echoes what it sends."""

    NOT_TESTED = "not_tested"
    YES = "yes"
    NO = "no"


def diagnose(
    summary: Summary,
    *,
    seconds: float | None = None,
    own_master: int | None = None,
    echo: Echo = Echo.NOT_TESTED,
) -> list[Finding]:
    """Return the findings about a bus, the worst first.

    Args:
        summary: what was received while the doctor listened.
        seconds: for how long that was; None for a file.
        own_master: id of a master that may be present, such as Home Assistant on another adapter.
        echo: result of the test for an echo.

    """
    briefly = seconds is not None and round(seconds) < LISTEN_SECONDS
    if not summary.counts.frames:
        findings = [_no_frames(summary)]
    else:
        findings = [
            *_masters(summary, own_master),
            *_dangerous(summary),
            *_connectors(summary),
            *_directions(summary),
            *_line_quality(summary, briefly=briefly),
        ]
    if seconds is not None and briefly:
        findings.append(_listened_briefly(seconds))
    findings += _echo(echo)
    order = [Level.PROBLEM, Level.NOTE, Level.GOOD]
    return sorted(findings, key=lambda finding: order.index(finding.level))


_NOBODY: Final = Finding(
    "nobody",
    Level.PROBLEM,
    "Nothing was received, not even noise.",
    (
        "Is the power of the wall connectors on? Check their breakers, and the light on the front.",
        "Is the rotary switch of each wall connector at F? It is read at power-up.",
        "Are both wires connected from the adapter to the connector's load-sharing terminals?",
        "Is it the right port? The light of most adapters blinks when bytes are received.",
        "A linked connector only answers its master. Was there a master a moment ago?",
    ),
)
_NO_FRAMES: Final = {
    garbage.Garbage.LITTLE: Finding(
        "nobody",
        Level.PROBLEM,
        "Only a few stray bytes were received.",
        _NOBODY.check,
    ),
    garbage.Garbage.SWAPPED: Finding(
        "swapped_wires",
        Level.PROBLEM,
        "The received bytes are inverted: the two wires, A and B, are very likely swapped.",
        (
            "Swap the two wires at the adapter, which does no harm: manufacturers use A and B differently.",
            "If that does not help, check the speed of the port as well: 9600 baud, 8N1.",
        ),
    ),
    garbage.Garbage.TOO_FAST: Finding(
        "wrong_baud_rate",
        Level.PROBLEM,
        "The received bytes are slower than the port reads: its speed is very likely set too high.",
        (
            "Set the serial server or gateway to 9600 baud, 8 data bits, no parity, 1 stop bit.",
            "If it is already at 9600 baud, look for a short circuit or a missing wire, which read as zeros.",
        ),
    ),
    garbage.Garbage.OTHER_SPEED: Finding(
        "wrong_baud_rate",
        Level.PROBLEM,
        "The same invalid bytes are received again and again: a wrong speed or format of the port is likely.",
        (
            "Set the serial server or gateway to 9600 baud, 8 data bits, no parity, 1 stop bit.",
            "Is it a bus of second generation wall connectors? Other devices use RS-485 too.",
            "Swap the two wires, A and B, and try again.",
        ),
    ),
    garbage.Garbage.NOISE: Finding(
        "only_noise",
        Level.PROBLEM,
        "There is only noise: invalid bytes without a pattern.",
        (
            "Are both wires connected at both ends? An open line picks up interference.",
            "Does the line have its resistors: 120 ohms at each end, and a bias?",
            "Swap the two wires, A and B, and try again.",
            "Is the port at 9600 baud, 8N1?",
        ),
    ),
}


def _no_frames(summary: Summary) -> Finding:
    if not summary.bytes_received:
        return _NOBODY
    return _NO_FRAMES[garbage.classify(bytes(summary.raw))]


def _masters(summary: Summary, own: int | None) -> Iterator[Finding]:
    second = [*_second_master(summary, own)]
    yield from second or _silent_masters(summary, own)


def _second_master(summary: Summary, own: int | None) -> Iterator[Finding]:
    foreign = {sender: n for sender, n in summary.masters.items() if sender != own}
    frames = sum(foreign.values()) + summary.idle_notices
    if frames >= _MASTER_FRAMES_NEEDED:
        names = ", ".join(format_id(sender) for sender in sorted(foreign))
        real = (
            " It sends the idle notices of a real wall connector."
            if summary.idle_notices
            else ""
        )
        yield Finding(
            "second_master",
            Level.PROBLEM,
            f"There is a master on this bus{f': {names}' if names else ''}.{real}",
            (
                "Is it a wall connector? Set its rotary switch to F and switch its power off and on.",
                "Is it your Home Assistant, on another adapter? --master ID exempts it.",
            ),
        )


def _silent_masters(summary: Summary, own: int | None) -> Iterator[Finding]:
    silent_masters = {
        master for seen in summary.connectors.values() for master in seen.masters
    } - {own, *summary.masters}
    if silent_masters and not summary.masters:
        names = ", ".join(format_id(master) for master in sorted(silent_masters))
        yield Finding(
            "unheard_master",
            Level.NOTE,
            f"Connectors answer a master ({names}) that this port does not receive.",
            (
                "Does another program use the same adapter or gateway, perhaps Home Assistant?",
            ),
        )


def _dangerous(summary: Summary) -> Iterator[Finding]:
    if summary.dangerous:
        yield Finding(
            "dangerous_frame",
            Level.PROBLEM,
            f"{summary.dangerous} frames were sent that can disable a wall connector permanently.",
            ("Disconnect everything that transmits on this bus at once.",),
        )


def _connectors(summary: Summary) -> Iterator[Finding]:
    if not summary.connectors:
        yield Finding(
            "no_connector",
            Level.PROBLEM,
            "No wall connector was found.",
            _NOBODY.check[:3],
        )
        return
    count = len(summary.connectors)
    names = ", ".join(format_id(sender) for sender in sorted(summary.connectors))
    if count > MAX_CONNECTORS:
        yield Finding(
            "too_many_connectors",
            Level.PROBLEM,
            f"There are {count} wall connectors ({names}); a bus allows {MAX_CONNECTORS}.",
            ("Put the others on a bus of their own.",),
        )
    else:
        yield Finding("connectors", Level.GOOD, f"Wall connectors found: {names}.")
    ratings = {seen.rating for seen in summary.connectors.values()} - {None}
    if len(ratings) > 1:
        shown = " and ".join(
            f"{rating:g} A" for rating in sorted(filter(None, ratings))
        )
        yield Finding(
            "ratings_differ",
            Level.PROBLEM,
            f"The wall connectors have different ratings: {shown}. They refuse to work together.",
            ("Connectors on one bus must be of the same kind, such as 32 A or 80 A.",),
        )


_FOR_BOTH_DIRECTIONS: Final = (
    "Does the adapter switch between sending and receiving by itself? Try another adapter.",
    "Are D+ and D- both firmly connected, all the way to it? One wire alone can carry one direction.",
    "Are there 120 ohms at each end of the line, and nowhere else?",
    "Switch its breaker off for ten seconds, then on again.",
)
_ONCE_ALONE: Final = (
    "That is right while no master runs: the integration cannot run while this tool uses its port.",
    (
        "If one goes on like that beside a master that others answer, use it once as a stand-alone unit: breaker off,"
        " rotary switch from F to the position for its circuit, breaker on, wait for the steady green light, breaker"
        " off, rotary switch back to F, breaker on."
    ),
)


def _directions(summary: Summary) -> Iterator[Finding]:
    """Return the findings about connectors that announce themselves again and again: they receive no master."""
    connectors = sorted(summary.connectors.items())
    deaf = [sender for sender, seen in connectors if seen.is_not_hearing]
    waiting = [
        sender
        for sender, seen in connectors
        if seen.announced > 1 and not seen.is_not_hearing
    ]
    if deaf:
        yield Finding(
            "not_hearing",
            Level.PROBLEM,
            f"Received, but not receiving their master: {_names(deaf)}. They announce themselves and answer no heartbeat.",
            (*_FOR_BOTH_DIRECTIONS, _ONCE_ALONE[-1]),
        )
    if waiting:
        yield Finding(
            "waiting",
            Level.NOTE,
            f"Waiting for a master: {_names(waiting)}. They announce themselves again and again.",
            _ONCE_ALONE,
        )


def _names(senders: Iterable[int]) -> str:
    return ", ".join(map(format_id, senders))


_FOR_A_CLEAN_LINE: Final = (
    "120 ohms at each end of the line, and nowhere else?",
    "A twisted pair, away from the cables that supply the cars? Tight screws?",
    "An adapter with a bias, and its ground connected?",
)


def _line_quality(summary: Summary, *, briefly: bool) -> Iterator[Finding]:
    counts = summary.counts
    damaged = counts.bad_frames + counts.repaired
    frames = counts.bad_frames + counts.frames
    share, noise = damaged / frames, counts.noise_bytes / summary.bytes_received
    noisy = share > _SOME_BAD or noise > _NOISE_SHARE
    if noisy and (
        damaged >= _DAMAGED_NEEDED or counts.noise_bytes >= _NOISE_BYTES_NEEDED
    ):
        is_bad = share > _MANY_BAD or noise > 2 * _NOISE_SHARE
        yield Finding(
            "noise",
            Level.PROBLEM if is_bad else Level.NOTE,
            f"The line is noisy: {share:.1%} of the frames are damaged, {noise:.1%} of all bytes are noise.",
            _FOR_A_CLEAN_LINE,
        )
    elif briefly:
        return
    elif noisy or frames < _FRAMES_NEEDED:
        yield Finding(
            "too_little",
            Level.NOTE,
            f"Frames: {frames}, damaged: {damaged}, bytes of noise: {counts.noise_bytes}."
            " These are too few data to assess the line.",
            ("Listen for longer; 'doctor PORT --seconds 120' does.",),
        )
    else:
        yield Finding("clean_line", Level.GOOD, "The line is clean.")


def _listened_briefly(seconds: float) -> Finding:
    return Finding(
        "listened_briefly",
        Level.NOTE,
        f"It listened for {seconds:.0f} s only: there may be a device that sent nothing, and more noise.",
        (
            f"Let it listen for {LISTEN_SECONDS:.0f} s: a wall connector without a master announces itself every 10 s.",
            "One that has just lost its master starts to do so after 26 s.",
        ),
    )


def _echo(echo: Echo) -> Iterator[Finding]:
    if echo is Echo.YES:
        yield Finding(
            "echo",
            Level.NOTE,
            "The adapter receives what it sends. The integration ignores such echoes.",
        )
    elif echo is Echo.NO:
        yield Finding("no_echo", Level.GOOD, "The adapter does not echo.")
