"""Texts and code: every key in the code has texts, and every text is used."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from homeassistant.const import Platform

from .languages import placeholders_of
from .project import Code, Finding, Project, branch, keywords_of, leaves, name_of_call

EN: Final = "translations/en.json"
_FROM_HOME_ASSISTANT: Final = frozenset(
    {"reconfigure_successful", "reauth_successful", "already_in_progress"}
)
"""Reasons that Home Assistant itself gives for the end of a flow."""
_STEPS_OF_HOME_ASSISTANT: Final = frozenset({"confirm", "init"})
"""The steps of its flow that asks for nothing but a confirmation of a repair issue."""
_EXCEPTIONS: Final = frozenset(
    {
        "ConfigEntryAuthFailed",
        "ConfigEntryError",
        "ConfigEntryNotReady",
        "HomeAssistantError",
        "ServiceValidationError",
        "UpdateFailed",
    }
)
_ISSUE_PARTS: Final = ({"title", "description"}, {"title", "fix_flow"})


@dataclass(frozen=True, slots=True)
class Use:
    """A key with which the code looks up texts."""

    category: str
    key: str
    platform: str | None
    """The platform of an entity, if the module names it."""
    has_device_class: bool
    path: Path
    line: int


def uses(code: Code) -> Iterator[Use]:
    """Return every key of texts that is a literal in the code."""
    for path, node in code.nodes(ast.Call):
        keywords = keywords_of(node)
        key = code.text_of(keywords.get("translation_key"))
        if key is not None:
            yield Use(
                _category(node, keywords),
                key,
                _platform_of(path),
                "device_class" in keywords,
                path,
                node.lineno,
            )


def _platform_of(path: Path) -> str | None:
    """Return the platform that a module is, or is a part of in a folder such as `sensors`; None for any other."""
    names = path.stem, path.parent.name.removesuffix("s")
    return next((name for name in names if name in set(Platform)), None)


def _category(node: ast.Call, keywords: dict[str, ast.expr]) -> str:
    """Return the part of the translations with the texts of a call."""
    name = name_of_call(node)
    if name.endswith("Description"):
        return "entity"
    if "SelectorConfig" in name:
        return "selector"
    if name == "async_create_issue":
        return "issues"
    if name in {"DeviceInfo", "async_get_or_create"}:
        return "device"
    return "exceptions" if "translation_domain" in keywords else ""


def check_words_are_there(project: Project) -> Iterator[Finding]:
    """Check that there are texts for every key in the code."""
    english = project.english
    for use in uses(project.code):
        part = branch(english, use.category)
        domains = [use.platform] if use.platform else [*part]
        there = (
            any(use.key in branch(part, domain) for domain in domains)
            if use.category == "entity"
            else use.key in part
        )
        if use.category and not there:
            where = f"{project.name_of(use.path)}:{use.line}"
            way = ".".join(filter(None, [use.category, use.platform, use.key]))
            yield Finding(where, f"{way} has no words", f"add them to {EN}")


def check_exceptions(project: Project) -> Iterator[Finding]:
    """Check that every error message for users can be translated."""
    for path, node in project.code.nodes(ast.Call):
        if name_of_call(node) in _EXCEPTIONS and "translation_key" not in keywords_of(
            node
        ):
            where = f"{project.name_of(path)}:{node.lineno}"
            to_do = "give it translation_domain and translation_key"
            yield Finding(where, f"{name_of_call(node)} has no words", to_do)


def check_words_are_used(project: Project) -> Iterator[Finding]:
    """Check that every key with texts is in the code or in a description of actions."""
    where = project.name_of(project.component / EN)
    english = project.english
    described = _described_in_yaml(project)
    for category in ("exceptions", "issues", "device", "selector"):
        for key in branch(english, category):
            if key not in described and not project.code.contains(key):
                yield _unused(where, f"{category}.{key}")
    for platform, keys in branch(english, "entity").items():
        if not (project.component / f"{platform}.py").is_file():
            yield _unused(where, f"entity.{platform}")
        for key in keys:
            if not project.code.contains(key):
                yield _unused(where, f"entity.{platform}.{key}")
    yield from _incomplete(where, english)


def _incomplete(where: str, english: dict[str, Any]) -> Iterator[Finding]:
    """Return the errors and problems that do not have the texts that they need."""
    for key, texts in branch(english, "exceptions").items():
        if set(texts) != {"message"}:
            yield Finding(where, f"exceptions.{key} is no message", "give it only that")
    for key, texts in branch(english, "issues").items():
        if set(texts) not in _ISSUE_PARTS:
            yield Finding(
                where,
                f"issues.{key} is incomplete",
                "give it a title, and either a description or a fix_flow",
            )


def check_placeholders(project: Project) -> Iterator[Finding]:
    """Check that the code provides the placeholders of the texts of errors and problems."""
    where = project.name_of(project.component / EN)
    for category in ("exceptions", "issues"):
        for way, text in leaves(branch(project.english, category)):
            for name in placeholders_of(text) - project.code.strings:
                yield Finding(
                    where,
                    f"{category}.{way}: nothing fills in {name}",
                    "hand it over, or remove it",
                )


def _described_in_yaml(project: Project) -> set[str]:
    """Return the strings in the descriptions of actions, triggers and conditions."""
    names = ("services.yaml", "triggers.yaml", "conditions.yaml")
    return {
        str(value) for name in names for _, value in leaves(project.yaml(name)) if value
    }


def check_flows(project: Project) -> Iterator[Finding]:
    """Check that the texts of flows belong to existing steps, fields and errors."""
    where = project.name_of(project.component / EN)
    code = project.code
    for way, flow in _flows(project):
        for step, texts in branch(flow, "step").items():
            confirms = way.endswith("fix_flow") and step in _STEPS_OF_HOME_ASSISTANT
            if step not in code.steps and not confirms:
                yield _unused(where, f"{way}.step.{step}")
            yield from _check_step(where, f"{way}.step.{step}", texts, code)
        for kind in ("error", "abort", "progress"):
            for key in branch(flow, kind):
                if key not in _FROM_HOME_ASSISTANT and not code.contains(key):
                    yield _unused(where, f"{way}.{kind}.{key}")
    yield from _steps_without_words(project)


def _check_step(
    where: str, way: str, texts: dict[str, Any], code: Code
) -> Iterator[Finding]:
    """Check that the texts of a step belong to existing fields and steps."""
    if set(branch(texts, "data")) != set(branch(texts, "data_description")):
        yield Finding(
            where,
            f"{way}: not every field is described",
            "let data and data_description have the same keys",
        )
    for field in branch(texts, "data"):
        if not code.contains(field):
            yield _unused(where, f"{way}.data.{field}")
    for option in branch(texts, "menu_options"):
        if option not in code.steps:
            yield _unused(where, f"{way}.menu_options.{option}")


def _flows(project: Project) -> Iterator[tuple[str, dict[str, object]]]:
    """Return the texts of every flow, with their place."""
    english = project.english
    for name in ("config", "options"):
        yield name, branch(english, name)
    for kind in branch(english, "config_subentries"):
        yield f"config_subentries.{kind}", branch(english, "config_subentries", kind)
    for issue, texts in branch(english, "issues").items():
        if "fix_flow" in texts:
            yield f"issues.{issue}.fix_flow", branch(texts, "fix_flow")


def _steps_without_words(project: Project) -> Iterator[Finding]:
    """Return the steps that are shown by name and have no text anywhere."""
    described = {step for _, flow in _flows(project) for step in branch(flow, "step")}
    for path, node in project.code.nodes(ast.Call):
        shown = {"async_show_form", "async_show_menu"}
        step = project.code.text_of(keywords_of(node).get("step_id"))
        if name_of_call(node) in shown and step is not None and step not in described:
            where = f"{project.name_of(path)}:{node.lineno}"
            yield Finding(where, f"step {step} has no words", f"add them to {EN}")


def _unused(where: str, way: str) -> Finding:
    return Finding(where, f"nothing uses {way}", "remove it")
