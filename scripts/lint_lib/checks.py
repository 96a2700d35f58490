"""The list of all checks."""

from collections.abc import Callable, Iterator
from typing import Final

from . import (
    actions,
    blueprints,
    brand,
    dependencies,
    forms,
    icons,
    languages,
    links,
    manifest,
    quality_scale,
    releases,
    sizes,
    traces,
    translated,
    words,
)
from .project import Finding, Project

type Check = Callable[[Project], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    manifest.check_manifest,
    manifest.check_components,
    manifest.check_hacs,
    releases.check_releases,
    languages.check_texts,
    languages.check_languages,
    translated.check_translated,
    words.check_words_are_there,
    words.check_words_are_used,
    words.check_exceptions,
    words.check_placeholders,
    words.check_flows,
    icons.check_icons,
    actions.check_actions,
    quality_scale.check_quality_scale,
    brand.check_brand,
    blueprints.check_blueprints,
    dependencies.check_dependencies,
    links.check_links,
    links.check_pictures,
    forms.check_forms,
    traces.check_traces,
    sizes.check_sizes,
)


def check(project: Project) -> list[Finding]:
    """Return all findings in a project."""
    return [finding for one in CHECKS for finding in one(project)]
