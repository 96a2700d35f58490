"""`quality_scale.yaml`: every rule of Home Assistant's scale is answered, and no answer is obviously wrong."""

from collections.abc import Callable, Iterator
import re
from typing import Any, Final

from homeassistant.const import Platform

from .actions import KINDS, described_in
from .links import pages_of
from .project import Finding, Project, branch, leaves

RULES: Final = {
    "bronze": (
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow-test-coverage",
        "config-flow",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    ),
    "silver": (
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    ),
    "gold": (
        "devices",
        "diagnostics",
        "discovery-update-info",
        "discovery",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    ),
    "platinum": ("async-dependency", "inject-websession", "strict-typing"),
}

_STATUSES: Final = ("done", "exempt", "todo")
_PLACEHOLDER: Final = re.compile(r"\{[a-z_]+\}")
_MIN_COMMENT: Final = 20
"""Characters; a reason is a sentence."""


def check_quality_scale(project: Project) -> Iterator[Finding]:
    """Check that all rules are answered in order, with a reason where one is required."""
    where = project.name_of(project.component / "quality_scale.yaml")
    answers = project.yaml("quality_scale.yaml").get("rules", {})
    rules = [rule for tier in RULES.values() for rule in tier]
    for rule in rules:
        if rule not in answers:
            yield Finding(where, f"{rule} is not answered", "answer it")
    for rule in answers.keys() - set(rules):
        yield Finding(where, f"{rule} is no rule", "remove it")
    if set(answers) == set(rules) and list(answers) != rules:
        yield Finding(where, "the rules are not in order", "order them as core does")
    for rule, answer in answers.items():
        for what, to_do in _faults(project, rule, answer):
            yield Finding(where, f"{rule} {what}", to_do)


def _faults(project: Project, rule: str, answer: Any) -> Iterator[tuple[str, str]]:
    status = answer.get("status") if isinstance(answer, dict) else answer
    comment = str(answer.get("comment", "")) if isinstance(answer, dict) else ""
    if status not in _STATUSES:
        yield f"is {status}", f"make it one of {', '.join(_STATUSES)}"
    if status in {"exempt", "todo"} and len(comment.strip()) < _MIN_COMMENT:
        yield f"is {status} without a reason", "say why in a comment"
    proof = _PROOFS.get(rule)
    if status == "done" and proof is not None and not proof(project):
        yield "is said to be done and is not", "do it, or say what is missing"


def _has(name: str) -> Callable[[Project], bool]:
    return lambda project: (project.component / name).is_file()


def _documented(plural: str) -> Callable[[Project], bool]:
    """Return whether the documentation names every action, trigger or condition."""
    kind = next(kind for kind in KINDS if kind.plural == plural)

    def is_documented(project: Project) -> bool:
        text = "\n".join(page.read_text("utf-8") for page in pages_of(project))
        described = described_in(project, kind)
        return bool(described) and all(name in text for name in described)

    return is_documented


def _documents(*way: str) -> Callable[[Project], bool]:
    """Return whether the documentation has the name of everything at a place among the words."""

    def is_documented(project: Project) -> bool:
        text = "\n".join(page.read_text("utf-8") for page in pages_of(project))
        names = [
            words
            for key, words in leaves(branch(project.english, *way))
            if key.endswith((".name", ".title")) and ".fix_flow." not in key
        ]
        return bool(names) and all(_stands_in(name, text) for name in names)

    return is_documented


def _stands_in(name: str, text: str) -> bool:
    """Return whether a text has a name as it is on the screen, whatever is filled in."""
    parts = _PLACEHOLDER.split(name)
    if len(parts) == 1:
        return name in text
    return re.search(".+".join(map(re.escape, parts)), text) is not None


def _limits_updates(project: Project) -> bool:
    """Return whether every platform sets the number of parallel updates."""
    platforms = [project.component / f"{platform}.py" for platform in Platform]
    return all(
        "\nPARALLEL_UPDATES = " in path.read_text("utf-8")
        for path in platforms
        if path.is_file()
    )


_PROOFS: Final[dict[str, Callable[[Project], bool]]] = {
    "brands": _has("brand/icon.png"),
    "common-modules": lambda project: (
        _has("coordinator.py")(project) and _has("entity.py")(project)
    ),
    "config-flow": _has("config_flow.py"),
    "diagnostics": _has("diagnostics.py"),
    "docs-actions": _documented("services"),
    "docs-conditions": _documented("conditions"),
    "docs-supported-functions": _documents("entity"),
    "docs-troubleshooting": _documents("issues"),
    "docs-triggers": _documented("triggers"),
    "parallel-updates": _limits_updates,
    "reconfiguration-flow": lambda project: "reconfigure" in project.code.steps,
    "repair-issues": lambda project: "issues" in project.english,
    "strict-typing": _has("py.typed"),
}
