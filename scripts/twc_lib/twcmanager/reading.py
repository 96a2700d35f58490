"""Reads the files of TWCManager: whatever its version kept its settings in.

Three forms are known (github.com/ngardiner/TWCManager and github.com/dracoventions/TWCManager, and their forks):
`config.json` with comments, together with `settings.json`, which its web page writes; constants at the top of
TWCManager.py, which owners edited; and TWCManager.settings, lines of `name = value`.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import math
import os
from pathlib import Path
import re
from typing import Any, Final

import yaml
from yaml.parser import ParserError
from yaml.scanner import ScannerError

from scripts.twc_lib.errors import ToolError, file_error, shown

_MAXIMUM_BYTES: Final = 2_000_000
_ASSIGNMENT: Final = re.compile(r"^\s*(\w+)\s*=\s*(.+?)\s*$", re.MULTILINE)
_STRING_OR_COMMENT: Final = re.compile(r'("(?:\\.|[^"\\\n])*")|//.*')
_COMMENT: Final = re.compile(r"\s+#.*$")
_MARKS: Final = frozenset({"wiringMaxAmpsAllTWCs", "nonScheduledAmpsMax"})
"""Names of which each file of TWCManager has one."""


@dataclass(frozen=True, slots=True)
class OldSettings:
    """The settings of TWCManager.

    Attributes:
        values: by the name in TWCManager: its configuration, and what was set on its web page.
        port: the port of the RS-485 adapter, None if no file names it.
        sources: the modules of inverters, meters and prices that were in use.
        original: whether it is the first TWCManager, where the sign of the green energy offset is the other one.

    """

    values: Mapping[str, Any] = field(default_factory=dict)
    port: str | None = None
    sources: tuple[str, ...] = ()
    original: bool = False

    def number(self, name: str) -> float | None:
        """Return a setting as a number; None if it is not there or not a number."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            number = float(value)
        except ValueError, OverflowError:
            return None
        return number if math.isfinite(number) else None

    def is_on(self, name: str) -> bool:
        """Return whether a setting is switched on."""
        return self.values.get(name) in {True, 1, "1", "true", "True"}


def read_settings(names: Iterable[str]) -> OldSettings:
    """Read files of TWCManager; a later file adds to an earlier one.

    Raises:
        ToolError: if a file cannot be read, or is none of TWCManager's.

    """
    together = OldSettings()
    for name in names:
        one = _parsed(name, _text(name))
        together = OldSettings(
            {**together.values, **one.values},
            one.port or together.port,
            (*together.sources, *one.sources),
            original=together.original or one.original,
        )
    return together


def _text(name: str) -> str:
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(_MAXIMUM_BYTES + 1)
    except OSError as err:
        raise file_error(name, err) from err
    if len(data) > _MAXIMUM_BYTES:
        raise ToolError(f"{shown(name)} is too long to be settings of TWCManager.")
    return data.decode(errors="replace")


def _parsed(name: str, text: str) -> OldSettings:
    try:
        found = _of_json(text) if text.lstrip().startswith("{") else _of_constants(text)
    except (ParserError, ScannerError) as err:
        if not any(mark in text for mark in _MARKS):
            found = None
        else:
            line = (
                ""
                if err.problem_mark is None
                else f" at line {err.problem_mark.line + 1}"
            )
            msg = f"{shown(name)} is damaged or not complete{line}. Copy it again."
            raise ToolError(msg) from err
    if found is None or not _MARKS & found.values.keys():
        msg = (
            f"{shown(name)} is not a file of TWCManager: config.json, settings.json, TWCManager.py or"
            f" TWCManager.settings. Its config.json is in {os.fspath(Path('/etc/twcmanager'))}."
        )
        raise ToolError(msg)
    return found


def _of_json(text: str) -> OldSettings | None:
    """Return the settings of config.json or settings.json; None if they are something else.

    JSON with comments that begin with #, and with commas too many, is YAML; only tabs are not.

    Raises:
        ParserError: if the text ends too early or is damaged.
        ScannerError: if a part of it is damaged.

    """
    try:
        document = yaml.safe_load(_without_comments(text).expandtabs())
    except ParserError, ScannerError:
        raise
    except yaml.YAMLError, ValueError, RecursionError:
        return None
    if not isinstance(document, dict):
        return None
    if "config" not in document:
        return OldSettings(document)
    modules = {**_section(document, "sources"), **_section(document, "pricing")}
    return OldSettings(
        _section(document, "config"),
        _port(_section(document, "interface")),
        tuple(
            str(module)
            for module, options in modules.items()
            if isinstance(options, dict) and options.get("enabled")
        ),
    )


def _without_comments(text: str) -> str:
    """Return a text without comments that begin with //; in a string, as in an address, these are none."""
    return _STRING_OR_COMMENT.sub(lambda found: found[1] or "", text)


def _section(document: Mapping[Any, Any], name: str) -> dict[str, Any]:
    section = document.get(name)
    return section if isinstance(section, dict) else {}


def _port(interfaces: Mapping[str, Any]) -> str | None:
    adapter = _section(interfaces, "RS485")
    network = _section(interfaces, "TCP")
    if network.get("enabled") and not adapter.get("enabled") and "server" in network:
        return f"socket://{network['server']}"
    return str(adapter["port"]) if "port" in adapter else None


def _of_constants(text: str) -> OldSettings:
    values: dict[str, Any] = {}
    for name, value in _ASSIGNMENT.findall(text):
        try:
            # The first one is the owner's; what follows in the program are its own assignments.
            values.setdefault(name, ast.literal_eval(_COMMENT.sub("", value)))
        except ValueError, SyntaxError, MemoryError, RecursionError:
            continue
    port = values.get("rs485Adapter")
    return OldSettings(values, port if isinstance(port, str) else None, original=True)
