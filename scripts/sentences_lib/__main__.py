"""Prints the sentences; its arguments are described in `scripts/sentences`."""

from pathlib import Path
import sys

from custom_components.twc_manager.charging.statement import Statement
from custom_components.twc_manager.state.sentence import sentence
from scripts.lint_lib.languages import LANGUAGES
from scripts.lint_lib.project import Project

from .examples import MONDAY, statements
from .texts import texts_of


def main(arguments: list[str]) -> int:
    """Print the sentences of the languages that are named, of all if there are none."""
    project = Project(Path(__file__).parents[2])
    unknown = [item for item in arguments if item not in LANGUAGES]
    if unknown:
        print(f"no such language: {', '.join(unknown)}", file=sys.stderr)
        return 2
    for language in arguments or LANGUAGES:
        print(f"# {language}")
        texts = texts_of(project, language)
        for statement in statements():
            text = sentence(statement, texts, MONDAY)
            print(f"{len(text):4}  {_subject(statement):18}  {text}")
    return 0


def _subject(statement: Statement) -> str:
    """Return what a sentence is about: the reason, or what changes."""
    change = statement.next_shown
    if statement.cause is not None:
        return statement.cause.reason
    return "" if change is None else change.kind


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
