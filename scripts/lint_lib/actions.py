"""Actions, triggers and conditions: descriptions, words, icons and code agree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.helpers.selector import validate_selector
import voluptuous as vol

from .project import DOMAIN, Code, Finding, Project, branch, name_of_call
from .words import EN


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of element of an automation: action, trigger or condition."""

    plural: str
    icon: str

    @property
    def file(self) -> str:
        """The name of the file that describes them."""
        return f"{self.plural}.yaml"


KINDS: Final = (
    Kind("services", "service"),
    Kind("triggers", "trigger"),
    Kind("conditions", "condition"),
)


def check_actions(project: Project) -> Iterator[Finding]:
    """Check each kind of them."""
    for kind in KINDS:
        yield from _check(project, kind)


def _check(project: Project, kind: Kind) -> Iterator[Finding]:
    where = project.name_of(project.component / kind.file)
    # A key with a leading dot is only there for references.
    described = {
        name: config
        for name, config in project.yaml(kind.file).items()
        if not name.startswith(".")
    }
    words = branch(project.english, kind.plural)
    icons = branch(project.json("icons.json"), kind.plural)
    for name in sorted(registered(project.code, kind) - described.keys()):
        yield Finding(where, f"{name} is not described", "describe it")
    for name, settings in described.items():
        if name not in project.code.strings:
            yield Finding(where, f"nothing registers {name}", "remove it")
        if set(icons.get(name, ())) != {kind.icon}:
            to_do = f'add {{"{kind.icon}": "mdi:..."}} to icons.json'
            yield Finding(where, f"{name} has no icon", to_do)
        yield from _check_words(
            where, name, settings or {}, branch(words, name), project.english
        )
    for name in words.keys() - described.keys():
        yield Finding(where, f"{EN} has words for {name}", "describe it here")
    for name in icons.keys() - described.keys():
        yield Finding(where, f"icons.json has an icon for {name}", "describe it here")


def described_in(project: Project, kind: Kind) -> dict[str, Any]:
    """Return the described elements, without the keys with a leading dot, which are only there for references."""
    return {
        name: settings
        for name, settings in project.yaml(kind.file).items()
        if kind.plural == "services" or not name.startswith(".")
    }


def _check_words(
    where: str,
    name: str,
    described: dict[str, Any],
    words: dict[str, Any],
    english: dict[str, Any],
) -> Iterator[Finding]:
    """Check that every described element has its texts, and that there are no others."""
    fields, sections = _fields_of(described)
    for way, texts in (
        ("", words),
        *((f".fields.{field}", branch(words, "fields", field)) for field in fields),
    ):
        for part in ("name", "description"):
            if not texts.get(part):
                yield Finding(where, f"{name}{way} has no {part}", f"add it to {EN}")
    for kind, there in (("fields", fields), ("sections", sections)):
        for extra in branch(words, kind).keys() - there:
            yield Finding(where, f"{name} has no {kind} {extra}", f"remove it in {EN}")
        for missing in there - branch(words, kind).keys():
            yield Finding(
                where, f"{name}.{kind}.{missing} has no words", f"add them to {EN}"
            )
    for field, config in fields.items():
        yield from _check_selector(where, f"{name}.{field}", config, english)


def _fields_of(
    described: dict[str, Any],
) -> tuple[dict[str, Any], set[str]]:
    """Return the fields with those in sections, and the sections."""
    fields: dict[str, Any] = {}
    sections: set[str] = set()
    for key, value in (described.get("fields") or {}).items():
        if "fields" in (value or {}):
            sections.add(key)
            fields.update(value["fields"])
        else:
            fields[key] = value or {}
    return fields, sections


def _check_selector(
    where: str, way: str, config: dict[str, Any], english: dict[str, Any]
) -> Iterator[Finding]:
    if "selector" not in config:
        yield Finding(where, f"{way} has no selector", "choose one")
        return
    try:
        validate_selector(config["selector"])
    except vol.Invalid as err:
        yield Finding(where, f"{way}: {err}", "correct the selector")
    for settings in config["selector"].values():
        key = (settings or {}).get("translation_key")
        if key is not None and key not in branch(english, "selector"):
            yield Finding(where, f"selector.{key} has no words", f"add them to {EN}")


def registered(code: Code, kind: Kind) -> set[str]:
    """Return the names that the code registers, as far as they can be read without running it."""
    if kind.plural == "services":
        return _registered_services(code)
    table = kind.plural.upper()
    found: set[str | None] = set()
    for _, name, value in code.assignments():
        if name == table and isinstance(value, ast.Dict):
            found.update(code.text_of(key) for key in value.keys)
    return {name for name in found if name is not None}


def _registered_services(code: Code) -> set[str]:
    found: set[str] = set()
    for _, node in code.nodes(ast.Call):
        if "register" not in name_of_call(node):
            continue
        given = [code.text_of(argument) for argument in node.args]
        if DOMAIN in given[:2]:
            name = next(iter(given[given.index(DOMAIN) + 1 :]), None)
            found.update([name] if name is not None else [])
    return found
