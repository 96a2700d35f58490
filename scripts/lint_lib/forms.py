"""The issue forms of GitHub, by its syntax for them: a form with a fault is not offered, without any message."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.util.yaml import load_yaml
import voluptuous as vol

from .project import Finding, Project

_FOLDER: Final = ".github/ISSUE_TEMPLATE"
_CHOOSER: Final = "config.yml"
# Those that a new repository has: GitHub leaves out one that does not exist.
_LABELS: Final = (
    "bug",
    "documentation",
    "duplicate",
    "enhancement",
    "good first issue",
    "help wanted",
    "invalid",
    "question",
    "wontfix",
)
_TEXT: Final = vol.All(str, vol.Length(min=1))
_LABEL: Final[dict[Any, Any]] = {vol.Required("label"): _TEXT, "description": _TEXT}
_FIELD: Final[dict[Any, Any]] = {
    vol.Required("id"): vol.Match(r"^[A-Za-z0-9_-]+$"),
    "validations": {"required": bool},
}


def _field(kind: str, **attributes: Any) -> vol.Schema:
    own = {vol.Required("type"): kind}
    return vol.Schema(
        {**own, **_FIELD, vol.Required("attributes"): {**_LABEL, **attributes}}
    )


_BODY: Final = vol.Any(
    vol.Schema(
        {
            vol.Required("type"): "markdown",
            vol.Required("attributes"): {vol.Required("value"): _TEXT},
        }
    ),
    _field("input", placeholder=_TEXT, value=_TEXT),
    _field("textarea", placeholder=_TEXT, value=_TEXT, render=_TEXT),
    _field(
        "dropdown",
        options=vol.All([_TEXT], vol.Length(min=1), vol.Unique()),
        multiple=bool,
    ),
)
_FORM: Final = vol.Schema(
    {
        vol.Required("name"): _TEXT,
        vol.Required("description"): _TEXT,
        vol.Required("body"): vol.All([_BODY], vol.Length(min=1)),
        "labels": [vol.In(_LABELS)],
        "title": _TEXT,
    }
)
_LINKS: Final = vol.Schema(
    {
        vol.Required("blank_issues_enabled"): bool,
        vol.Required("contact_links"): [
            {
                vol.Required("name"): _TEXT,
                vol.Required("url"): vol.Match(r"^https://"),
                vol.Required("about"): _TEXT,
            }
        ],
    }
)


def check_forms(project: Project) -> Iterator[Finding]:
    """Check each form, and the page on which one is chosen."""
    for path in sorted((project.root / _FOLDER).glob("*.yml")):
        form: Any = load_yaml(str(path))
        schema = _LINKS if path.name == _CHOOSER else _FORM
        try:
            schema(form)
        except vol.Invalid as error:
            yield Finding(project.name_of(path), str(error), "correct it")
            continue
        for what in _repeated(form):
            yield Finding(project.name_of(path), what, "rename one of them")


def _repeated(form: Mapping[str, Any]) -> Iterator[str]:
    """Return what there may be once only in a form, and is twice."""
    fields = form.get("body", [])
    ids = Counter(field["id"] for field in fields if "id" in field)
    labels = Counter(field["attributes"].get("label") for field in fields)
    yield from (
        f"the id {key} is there twice" for key, times in ids.items() if times > 1
    )
    yield from (
        f"the label {key} is there twice"
        for key, times in labels.items()
        if key and times > 1
    )
