"""The texts of the sentences, read from the translations as Home Assistant reads them."""

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.notation import CATEGORY, Texts
from scripts.lint_lib.project import Project, leaves, read_json


def texts_of(project: Project, language: str) -> Texts:
    """Return the texts in a language."""
    path = project.component / "translations" / f"{language}.json"
    translations = read_json(path)[CATEGORY]
    return Texts(
        {
            f"component.{DOMAIN}.{CATEGORY}.{key}": str(text)
            for key, text in leaves(translations)
        }
    )
