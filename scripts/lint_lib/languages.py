"""The translations: what a text may hold, and that every language is there and has all of them."""

from collections.abc import Iterator, Mapping
import re
import string
from typing import Final

from .project import Finding, Project, leaves, read_json

LANGUAGES: Final = ("de", "en", "es", "fr", "it", "nb", "nl", "sv")
"""The required languages; there may be more."""
_SAME_BY_CHANCE: Final = 25
"""Up to this many characters of its own, a text may well be the same in another language."""
_FILLED_IN: Final = re.compile(r"\{\w*\}")
_KEY: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_RULES: Final = (
    (re.compile(r"^$|^\s|\s$"), "is empty, or begins or ends with a space", "trim it"),
    (re.compile(r"<[a-z].*?>", re.IGNORECASE), "holds HTML", "use Markdown"),
    (re.compile(r"'\{\w+\}'"), "quotes a placeholder", "leave out the quotes"),
    (re.compile(r"\[%key:"), "refers to another text", "write it out: it is not core"),
    (
        re.compile(
            r"(?:(?:ftp|ftps|scp|https?|mqtts?|socket|socks5)://|www\.)"
            r"[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z]{2,5}",
            re.IGNORECASE,
        ),
        "holds an address",
        "hand it over as a placeholder",
    ),
)
"""The patterns that hassfest rejects in a text."""
_ONE_WORD: Final[Mapping[str, tuple[str, str]]] = {
    "de": (r"autos?", "Fahrzeug"),
    "en": (r"cars?", "vehicle"),
    "es": (r"coches?", "vehículo"),
    "fr": (r"voitures?", "véhicule"),
    "it": (r"auto", "veicolo"),
    "nb": (r"bil(?:en|er|ene)?s?", "kjøretøy"),
    "nl": (r"auto(?:'s)?", "voertuig"),
    "sv": (r"bil(?:en|ar|arna)?s?", "fordon"),
}
"""A second word for the same thing, and the one word for it, in each language."""


def placeholders_of(text: str) -> set[str]:
    """Return the names of the placeholders of a text; none if its braces do not match, which another check reports."""
    try:
        return _placeholders_of(text)
    except ValueError:
        return set()


def _placeholders_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def check_texts(project: Project) -> Iterator[Finding]:
    """Check each text by itself, in every language."""
    for path in sorted((project.component / "translations").glob("*.json")):
        where = project.name_of(path)
        texts = read_json(path)
        if not texts:
            yield Finding(where, "it is empty or no JSON", "correct it")
        for way, text in leaves(texts):
            for finding in (*_faults(way, text), *_second_words(path.stem, way, text)):
                yield Finding(where, *finding)


def _second_words(language: str, way: str, text: object) -> Iterator[tuple[str, str]]:
    """Return the finding for a text with a second word for a vehicle, and the fix."""
    other, word = _ONE_WORD.get(language, ("", ""))
    if other and (found := re.search(rf"\b{other}\b", str(text), re.IGNORECASE)):
        yield f"{way} has the word {found[0]}", f"call it {word}, as everywhere"


def _faults(way: str, text: object) -> Iterator[tuple[str, str]]:
    """Return the finding for a text, and the fix."""
    for key in way.split("."):
        if not _KEY.fullmatch(key) and key != "_":
            yield f"{way}: {key} is no key", "use small letters, digits and single _"
    if not isinstance(text, str):
        yield f"{way} is no text", "write one"
        return
    for pattern, what, to_do in _RULES:
        if pattern.search(text):
            yield f"{way} {what}", to_do
    try:
        names = _placeholders_of(text)
    except ValueError:
        yield f"{way} has a brace too many", "close or double it"
        return
    for name in names:
        if not name.isidentifier():
            yield f"{way}: {name} is no placeholder", "use letters, digits and _"


def check_languages(project: Project) -> Iterator[Finding]:
    """Check that every language is there, with the same texts and the same placeholders."""
    folder = project.component / "translations"
    for language in LANGUAGES:
        path = folder / f"{language}.json"
        if not path.is_file():
            yield Finding(project.name_of(path), "it is missing", "translate en.json")
    english = dict(leaves(project.english))
    for path in sorted(folder.glob("*.json")):
        if path.stem != "en":
            where = project.name_of(path)
            for finding in _differences(english, dict(leaves(read_json(path)))):
                yield Finding(where, *finding)


def _differences(
    english: Mapping[str, object], texts: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """Return the findings for texts that are not translated, and the fixes."""
    for way in english.keys() - texts.keys():
        yield f"{way} is missing", "translate it"
    for way in texts.keys() - english.keys():
        yield f"{way} is not in en.json", "remove it"
    for way in english.keys() & texts.keys():
        theirs, ours = str(texts[way]), str(english[way])
        if placeholders_of(ours) != placeholders_of(theirs):
            yield (
                f"{way} has other placeholders than the English text",
                "keep them as they are there",
            )
        if theirs == ours and len(_FILLED_IN.sub("", ours)) > _SAME_BY_CHANCE:
            yield f"{way} is left in English", "translate it"
