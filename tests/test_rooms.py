"""Each room says what it is for, and imports only what docs/architecture.md allows it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import shutil
import sys
from typing import Final

import pytest

from scripts.lint_lib.project import Project
from scripts.lint_lib.rooms import Rooms

ROOT: Final = Path(__file__).parents[1]
COMPONENT: Final = "custom_components.twc_manager"
INTEGRATION: Final = Rooms(Project(ROOT))
STANDARD: Final = frozenset(sys.stdlib_module_names)
# "No clock, no I/O": time is an argument.
CLOCKS_AND_IO: Final = frozenset(
    {"asyncio", "io", "os", "pathlib", "selectors", "socket", "subprocess", "threading"}
    | {"time"}
)


@dataclass(frozen=True)
class Room:
    """A folder and the modules from outside of it that its files may import, with all below them."""

    folder: str
    allowed: tuple[str, ...]
    forbidden: frozenset[str] = frozenset()

    def permits(self, module: str) -> bool:
        top = module.partition(".")[0]
        if top in self.forbidden:
            return False
        inside = self.folder.replace("/", ".")
        names = (inside, *self.allowed)
        return top in STANDARD or any(
            module == name or module.startswith(f"{name}.") for name in names
        )


TWC: Final = Room("custom_components/twc_manager/twc", ("serialx",))
# What a simulated car needs to check the signature of a command.
SIGNATURES: Final = ("cryptography", "google.protobuf", "tesla_protocol")
SIMULATOR: Final = Room(
    "simulator",
    (
        "aiohttp",
        f"{COMPONENT}.twc.frame",
        f"{COMPONENT}.twc.messages",
        *SIGNATURES,
    ),
)
KEEPER: Final = Room("keeper", (f"{COMPONENT}.twc",))
ROOMS: Final = [
    TWC,
    Room(
        "custom_components/twc_manager/charging", (f"{COMPONENT}.twc",), CLOCKS_AND_IO
    ),
    # PyJWT is Home Assistant's own, as aiohttp is.
    Room(
        "custom_components/twc_manager/tesla",
        ("tesla_fleet_api", "aiohttp", "jwt", f"{COMPONENT}.untrusted"),
    ),
    SIMULATOR,
    KEEPER,
]


def imports(file: Path) -> Iterator[str]:
    """Return the full names of the modules that a file imports anywhere in it."""
    package = file.parent.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*base, *filter(None, [node.module])))


def files(room: Room) -> list[Path]:
    return sorted((ROOT / room.folder).rglob("*.py"))


CASES = [
    pytest.param(room, file, id=str(file.relative_to(ROOT)))
    for room in ROOMS
    for file in files(room)
]


@pytest.mark.parametrize(
    "folder", ["custom_components", "keeper", "scripts", "simulator", "tests"]
)
def test_the_first_line_of_each_module_says_what_it_is_for(folder: str) -> None:
    """Ruff checks that there is a docstring, but not in tests, nor in modules that are private."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        words = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
        assert words.partition("\n")[0].endswith("."), file


@pytest.mark.parametrize(("room", "file"), CASES)
def test_file_imports_only_what_its_room_may(room: Room, file: Path) -> None:
    assert [module for module in imports(file) if not room.permits(module)] == []


def importers_of(name: str) -> set[str]:
    """Return which folders and files at the root of the integration import another of them."""
    return {
        item.importer[0]
        for item in INTEGRATION.imports
        if item.imported[0] == name and not item.for_types
    } - {name}


def test_no_file_of_the_integration_imports_upward() -> None:
    assert [*INTEGRATION.upward] == []


def test_an_import_upward_is_found(tmp_path: Path) -> None:
    at = tmp_path / COMPONENT.replace(".", "/")
    shutil.copytree(ROOT / COMPONENT.replace(".", "/"), at)
    (at / "twc" / "new.py").write_text("from ..charging.supply import green\n")
    (found,) = Rooms(Project(tmp_path)).upward
    assert found.importer == ("twc", "new")
    assert found.imported == ("charging", "supply", "green")


def test_only_the_type_of_the_entry_names_something_above_for_type_checkers() -> None:
    upward = [item for item in INTEGRATION.imports if item.is_upward]
    assert [(item.importer, item.imported) for item in upward] == [
        (("types",), ("coordinator",))
    ]


def test_no_two_rooms_import_each_other() -> None:
    arrows = INTEGRATION.arrows
    assert {(one, other) for one, other in arrows if (other, one) in arrows} == set()


def test_only_flows_import_forms() -> None:
    assert importers_of("flows") == {"config_flow"}


def test_only_services_and_entities_import_the_coordinator() -> None:
    allowed = {"__init__", "dashboard", "entity", "sensors", "services"}
    allowed |= {"switch", "vehicle_numbers"}
    assert importers_of("coordinator") <= allowed


@pytest.mark.parametrize("file", files(TWC), ids=lambda file: file.name)
def test_only_the_transport_knows_the_serial_library(file: Path) -> None:
    knows = any(module.partition(".")[0] == "serialx" for module in imports(file))
    assert knows == (file.name == "transport.py")


@pytest.mark.parametrize("file", files(SIMULATOR), ids=lambda file: file.name)
def test_only_the_simulated_car_knows_how_to_sign(file: Path) -> None:
    knows = any(module.startswith(SIGNATURES) for module in imports(file))
    assert knows == (file.name == "signed.py")


@pytest.mark.parametrize(
    "file", files(ROOMS[1]), ids=lambda file: str(file.relative_to(ROOT))
)
def test_the_rules_know_the_bus_only_by_its_data_types(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "twc":
            names = {alias.name for alias in node.names}
            assert not names & {"Master", "BusError", "Connect"}


def test_what_all_rooms_may_import_needs_only_the_standard_library() -> None:
    file = ROOT / "custom_components/twc_manager/untrusted.py"
    assert {module.partition(".")[0] for module in imports(file)} <= STANDARD


# What the rooms of the rules share: data types that know none of these rooms.
CHARGING_LEAVES: Final = (
    "away",
    "bus_draw",
    "energy_sources",
    "fair_shares",
    "outcome",
    "phase_knowledge",
    "presence",
    "report_clock",
    "settings",
    "starts",
    "statement",
    "vehicle_current",
    "vehicle_habits",
    "wiring",
)
# What composes the rooms: each of these knows only those after it.
CHARGING_COMPOSERS: Final = (
    "explain",
    "rules",
    "green_supply",
    "shared_surplus",
    "plan_rules",
    "plan_room",
    "engine",
    "fuse_supply",
    "house_limits",
    "outside_supply",
    "circuit_supply",
    "offer_raise",
    "bus_vehicle",
    "allocator",
    "minimums",
    "recovery",
    "candidate",
    "decision",
)
# A plan among the rules is made by the planner; energy is counted with the prices that plans follow.
CHARGING_BELOW: Final = {"metering": {"planning"}, "plans": {"planning"}}
CHARGING: Final = ROOMS[1]


def imported_rules(file: Path) -> set[str]:
    """Return which rooms and top files of the rules a file imports from, its own room left out."""
    inside = CHARGING.folder.replace("/", ".")
    found = {
        module.removeprefix(inside).removeprefix(".").partition(".")[0]
        for module in imports(file)
        if module == inside or module.startswith(f"{inside}.")
    }
    return found - {rules_part(file)}


def rules_part(file: Path) -> str:
    """Return the room of the rules that a file is in, or its own name at the top."""
    return file.relative_to(ROOT / CHARGING.folder).with_suffix("").parts[0]


def may_import(part: str, parts: set[str]) -> set[str]:
    """Return which of all parts of the rules one of them may import from."""
    leaves = set(CHARGING_LEAVES)
    if part not in CHARGING_COMPOSERS:
        return leaves | CHARGING_BELOW.get(part, set())
    after = CHARGING_COMPOSERS[CHARGING_COMPOSERS.index(part) + 1 :]
    return parts - set(CHARGING_COMPOSERS) | leaves | set(after)


@pytest.mark.parametrize(
    "file", files(CHARGING), ids=lambda file: str(file.relative_to(ROOT))
)
def test_rooms_of_the_rules_share_only_the_data_types_on_top(file: Path) -> None:
    parts = {rules_part(item) for item in files(CHARGING)}
    assert imported_rules(file) - may_import(rules_part(file), parts) == set()


def test_every_file_on_top_of_the_rules_is_a_leaf_or_composes() -> None:
    top = {file.stem for file in (ROOT / CHARGING.folder).glob("*.py")}
    assert top - {"__init__"} == {*CHARGING_LEAVES, *CHARGING_COMPOSERS}


def test_relative_imports_are_resolved() -> None:
    file = ROOT / "custom_components/twc_manager/charging/wiring.py"
    assert f"{COMPONENT}.twc" in set(imports(file))
    assert not TWC.permits("homeassistant.core")
    assert not TWC.permits(f"{COMPONENT}.const")
    assert TWC.permits(f"{COMPONENT}.twc.frame")
