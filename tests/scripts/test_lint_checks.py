"""The project passes the checks of scripts/lint, and a copy of it that is broken somewhere does not."""

from functools import cache
import os
from pathlib import Path
import shutil
from typing import Final

from PIL import Image, ImageChops
import pytest

from scripts.brand_lib.__main__ import FOLDER, pictures
from scripts.lint_lib import (
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
from scripts.lint_lib.checks import Check, check
from scripts.lint_lib.project import Project

from .breaking import (
    COMPONENT,
    ENGLISH,
    Break,
    add_language,
    add_trigger,
    put,
    remove,
    replace,
    save_picture,
    write,
)

ROOT: Final = Path(__file__).parents[2]
BLUEPRINT: Final = Path("blueprints", "automation", COMPONENT.name, "tried.yaml")
BLUEPRINT_TEXT: Final = f"""
blueprint:
  name: Tried
  description: One that is complete.
  domain: automation
  source_url: https://example.com/{BLUEPRINT.as_posix()}
  homeassistant:
    min_version: "2026.10.0"
  input:
    price:
      name: Price
      selector:
        entity:
triggers:
  - trigger: state
    entity_id: !input price
actions: []
"""


FOLDERS: Final = (".github", "custom_components", "docs")


@pytest.fixture(name="original", scope="module")
def original_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project, as far as the checks read it, that no test changes."""
    original = tmp_path_factory.mktemp("original")
    for name in ("hacs.json", "README.md", "info.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, original / name)
    skipped = shutil.ignore_patterns("__pycache__", "images", translated.RECORD.name)
    for folder in (*FOLDERS, "blueprints", "keeper", "keeper_app", "scripts"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, original / folder, ignore=skipped)
    return original


@pytest.fixture(name="copy")
def copy_fixture(original: Path, tmp_path: Path) -> Path:
    """Return a copy for a test to break something in, by the ways of `breaking`."""
    copy = tmp_path / "copy"
    shutil.copytree(original, copy, copy_function=os.link)
    shutil.copy(ROOT / translated.RECORD, copy / translated.RECORD)
    return copy


MANIFEST: Final = COMPONENT / "manifest.json"
APP: Final = Path("keeper_app", "config.yaml")
FORM: Final = Path(".github", "ISSUE_TEMPLATE", "1-bug.yml")
ICONS: Final = COMPONENT / "icons.json"
SCALE: Final = COMPONENT / "quality_scale.yaml"
SERVICES: Final = COMPONENT / "services.yaml"
OTHER_LANGUAGE: Final = ENGLISH.with_name("xx.json")
ALARM: Final = "exceptions.no_bus.message"
IMPORT: Final = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
PUBLISHED: Final = "https://github.com/twc-manager/twc-manager/blob/main"
MANY_ATTRIBUTES: Final = "".join(f"    self.x{at} = 1\n" for at in range(13))
MANY_FIELDS: Final = "".join(f"  x{at}: int\n" for at in range(13))


BROKEN: Final[list[tuple[Check, Break, str]]] = [
    (manifest.check_manifest, put(MANIFEST, "iot_class", "cloud_push"), "iot_class"),
    (manifest.check_manifest, put(MANIFEST, "version", None), "version is none"),
    (manifest.check_manifest, put(MANIFEST, "codeowners", []), "a code owner is miss"),
    (manifest.check_manifest, put(MANIFEST, "issue_tracker", "x"), "issue_tracker is"),
    (manifest.check_manifest, put(MANIFEST, "zzz", 1), "zzz is no key"),
    (manifest.check_manifest, put(MANIFEST, "bluetooth", []), "not in order"),
    (manifest.check_manifest, remove(MANIFEST), "domain is None"),
    (
        manifest.check_components,
        put(MANIFEST, "after_dependencies", ["frontend", "recorder"]),
        "energy may not be set up yet",
    ),
    (
        manifest.check_components,
        write(COMPONENT / "new.py", "from homeassistant.components import mqtt\n"),
        "new.py:1: mqtt may not be set up yet",
    ),
    (manifest.check_hacs, put("hacs.json", "filename", "x.zip"), "filename is 'x.zip'"),
    (manifest.check_hacs, put("hacs.json", "domains", []), "domains is no key"),
    (manifest.check_hacs, remove("info.md"), "info.md: it is missing"),
    (
        manifest.check_hacs,
        write("custom_components/two/a.py", ""),
        "there is not one integration",
    ),
    (releases.check_releases, put(MANIFEST, "version", "1.0"), "version is 1.0"),
    (
        releases.check_releases,
        put(MANIFEST, "version", "1.0.0b1"),
        "version is 1.0.0b1",
    ),
    (
        releases.check_releases,
        replace(APP, 'version: "', 'version: "9'),
        "its version is another one",
    ),
    (releases.check_releases, remove("CHANGELOG.md"), "nothing is said of"),
    (
        releases.check_releases,
        replace("CHANGELOG.md", "### Added", "### News"),
        "there is no section News",
    ),
    (
        releases.check_releases,
        replace("CHANGELOG.md", "## [Unreleased]", "## [0.9.0]"),
        "0.9.0 has no date",
    ),
    (
        releases.check_releases,
        write("CHANGELOG.md", "## [1.0.0] - 2026-01-01\n## [1.0.0] - 2026-01-01\n"),
        "a version is there twice",
    ),
    (languages.check_texts, put(ENGLISH, ALARM, " x"), "begins or ends with a space"),
    (languages.check_texts, put(ENGLISH, ALARM, ""), "is empty"),
    (languages.check_texts, put(ENGLISH, ALARM, "<b>x</b>"), "holds HTML"),
    (languages.check_texts, put(ENGLISH, ALARM, "See https://a.org"), "an address"),
    (languages.check_texts, put(ENGLISH, ALARM, "'{bus}'"), "quotes a placeholder"),
    (languages.check_texts, put(ENGLISH, ALARM, "{bus"), "a brace too many"),
    (languages.check_texts, put(ENGLISH, ALARM, "{a b}"), "a b is no placeholder"),
    (languages.check_texts, put(ENGLISH, ALARM, "[%key:a::b%]"), "refers to another"),
    (
        languages.check_texts,
        put(ENGLISH, "exceptions.No.message", "x"),
        "No is no key",
    ),
    (languages.check_texts, write(ENGLISH, "{"), "it is empty or no JSON"),
    (
        languages.check_languages,
        add_language(put(OTHER_LANGUAGE, ALARM, None)),
        f"{ALARM} is missing",
    ),
    (
        languages.check_languages,
        add_language(put(OTHER_LANGUAGE, "exceptions.more.message", "x")),
        "exceptions.more.message is not in en.json",
    ),
    (
        languages.check_languages,
        add_language(put(OTHER_LANGUAGE, ALARM, "{bus}")),
        f"{ALARM} has other placeholders",
    ),
    (
        languages.check_languages,
        add_language(lambda root: None),
        f"{ALARM} is left in English",
    ),
    (
        translated.check_translated,
        put(ENGLISH, ALARM, "It is gone."),
        f"{ALARM} was changed after",
    ),
    (
        translated.check_translated,
        put(ENGLISH, "exceptions.more.message", "x"),
        "exceptions.more.message came or went",
    ),
    (
        translated.check_translated,
        put(ENGLISH, ALARM, None),
        f"{ALARM} came or went",
    ),
    *(
        (
            languages.check_languages,
            remove(ENGLISH.with_name(f"{language}.json")),
            f"translations/{language}.json: it is missing",
        )
        for language in languages.LANGUAGES
    ),
    (
        languages.check_texts,
        put(ENGLISH, "entity.sensor.vehicle.name", "The car's name"),
        "entity.sensor.vehicle.name has the word car; call it vehicle",
    ),
    (
        languages.check_texts,
        put(
            ENGLISH.with_name("sv.json"),
            "entity.sensor.vehicle.name",
            "Bilarnas ström, billig",
        ),
        "entity.sensor.vehicle.name has the word Bilarnas; call it fordon",
    ),
    (
        words.check_words_are_there,
        put(ENGLISH, "entity.sensor.rating", None),
        "entity.sensor.rating has no words",
    ),
    (
        words.check_words_are_there,
        put(ENGLISH, "exceptions.no_bus", None),
        "exceptions.no_bus has no words",
    ),
    (
        words.check_words_are_there,
        put(ENGLISH, "selector.weekday", None),
        "selector.weekday has no words",
    ),
    (
        words.check_words_are_there,
        put(ENGLISH, "device.connector", None),
        "device.connector has no words",
    ),
    (
        words.check_words_are_used,
        put(ENGLISH, "entity.sensor.nobody.name", "x"),
        "nothing uses entity.sensor.nobody",
    ),
    (
        words.check_words_are_used,
        put(ENGLISH, "exceptions.nobody.message", "x"),
        "nothing uses exceptions.nobody",
    ),
    (
        words.check_words_are_used,
        put(ENGLISH, "issues.sensor_stale.title", None),
        "issues.sensor_stale is incomplete",
    ),
    (
        words.check_exceptions,
        write(COMPONENT / "new.py", 'raise HomeAssistantError("no")\n'),
        "HomeAssistantError has no words",
    ),
    (
        words.check_placeholders,
        put(ENGLISH, ALARM, "The bus of {grandmother} is missing."),
        "exceptions.no_bus.message: nothing fills in grandmother",
    ),
    (
        words.check_flows,
        put(ENGLISH, "config.step.nobody.title", "x"),
        "nothing uses config.step.nobody",
    ),
    (
        words.check_flows,
        put(ENGLISH, "config.step.user.data_description", {}),
        "config.step.user: not every field is described",
    ),
    (
        words.check_flows,
        put(ENGLISH, "options.error.nobody", "x"),
        "nothing uses options.error.nobody",
    ),
    (
        words.check_flows,
        put(ENGLISH, "options.step.init.menu_options.nobody", "x"),
        "nothing uses options.step.init.menu_options.nobody",
    ),
    (
        words.check_flows,
        put(ENGLISH, "config.step.wiring", None),
        "step wiring has no words",
    ),
    (
        icons.check_icons,
        put(ICONS, "entity.sensor.vehicle_vin", None),
        "entity.sensor.vehicle_vin has no icon",
    ),
    (
        icons.check_icons,
        put(ICONS, "entity.sensor.rating.default", "mdi:no-such-icon"),
        "there is no icon mdi:no-such-icon",
    ),
    (
        icons.check_icons,
        put(ICONS, "entity.sensor.nobody.default", "mdi:car"),
        "nobody is no entity",
    ),
    (
        icons.check_icons,
        put(ICONS, "entity.sensor.status.state.flying", "mdi:car"),
        "status has no state flying",
    ),
    (icons.check_icons, put(ICONS, "service.x.y", "mdi:car"), "service is no section"),
    (actions.check_actions, put(ICONS, "services.charge_now", None), "has no icon"),
    (
        actions.check_actions,
        put(ENGLISH, "services.charge_now.fields.amps.name", None),
        "charge_now.fields.amps has no name",
    ),
    (
        actions.check_actions,
        put(ENGLISH, "services.charge_now.fields.volts", {"name": "x"}),
        "charge_now has no fields volts",
    ),
    (
        actions.check_actions,
        replace(SERVICES, "cancel_charge_now:", "cancel_it:"),
        "cancel_charge_now is not described",
    ),
    (
        actions.check_actions,
        replace(SERVICES, "cancel_charge_now:", "cancel_it:"),
        "nothing registers cancel_it",
    ),
    (
        actions.check_actions,
        replace(SERVICES, "        number:\n", "        nummer:\n"),
        "correct the selector",
    ),
    (actions.check_actions, add_trigger, "tried is not described"),
    (
        actions.check_actions,
        write(COMPONENT / "conditions.yaml", "charge_now:\n"),
        "charge_now has no description",
    ),
    (
        quality_scale.check_quality_scale,
        replace(SCALE, "  brands: done\n", ""),
        "brands is not answered",
    ),
    (
        quality_scale.check_quality_scale,
        replace(SCALE, "  brands: done\n", "  brands: fine\n"),
        "brands is fine",
    ),
    (
        quality_scale.check_quality_scale,
        replace(SCALE, "  brands: done\n", "  brands: exempt\n"),
        "brands is exempt without a reason",
    ),
    (
        quality_scale.check_quality_scale,
        replace(SCALE, "  brands: done\n", "  brands: done\n  more: done\n"),
        "more is no rule",
    ),
    (
        quality_scale.check_quality_scale,
        remove(COMPONENT / "py.typed"),
        "strict-typing is said to be done and is not",
    ),
    (
        quality_scale.check_quality_scale,
        replace(COMPONENT / "time.py", "PARALLEL_UPDATES", "UPDATES"),
        "parallel-updates is said to be done and is not",
    ),
    (
        quality_scale.check_quality_scale,
        replace(SERVICES, "charge_now:", "a_new_action:"),
        "docs-actions is said to be done and is not",
    ),
    (
        quality_scale.check_quality_scale,
        put(ENGLISH, "issues.nobody.title", "{bus} sulks"),
        "docs-troubleshooting is said to be done and is not",
    ),
    (
        quality_scale.check_quality_scale,
        put(ENGLISH, "entity.sensor.nobody.name", "Grandmother"),
        "docs-supported-functions is said to be done and is not",
    ),
    (brand.check_brand, remove(COMPONENT / "brand/icon.png"), "icon.png: it is miss"),
    (
        brand.check_brand,
        save_picture("icon.png", "RGBA", (128, 128), (0, 0, 0, 0)),
        "it is 128 x 128, not 256 squared",
    ),
    (
        brand.check_brand,
        save_picture("icon.png", "RGB", (256, 256), (0, 0, 0)),
        "it is no PNG with transparency",
    ),
    (
        brand.check_brand,
        save_picture("icon.png", "RGBA", (256, 256), (9, 9, 9, 255)),
        "nothing of it is transparent",
    ),
    (
        brand.check_brand,
        save_picture("logo.png", "RGBA", (500, 64), (0, 0, 0, 0)),
        "it is 64 high, not 128 to 256",
    ),
    (
        brand.check_brand,
        save_picture("logo.png", "RGBA", (500, 128), (0, 0, 0, 0)),
        "it has an empty border",
    ),
    (
        brand.check_brand,
        save_picture("picture.png", "RGBA", (256, 256), (0, 0, 0, 0)),
        "Home Assistant never asks for it",
    ),
    (blueprints.check_blueprints, write(BLUEPRINT, "a: ["), "correct it"),
    (
        blueprints.check_blueprints,
        write(BLUEPRINT, BLUEPRINT_TEXT.replace("!input price", "!input prize")),
        "prize",
    ),
    (
        blueprints.check_blueprints,
        write(BLUEPRINT, BLUEPRINT_TEXT.replace("tried.yaml", "other.yaml")),
        "source_url is another place",
    ),
    (
        blueprints.check_blueprints,
        write(BLUEPRINT, BLUEPRINT_TEXT.replace("2026.10.0", "2024.6.0")),
        "homeassistant.min_version is 2024.6.0",
    ),
    (
        blueprints.check_blueprints,
        write(BLUEPRINT, BLUEPRINT_TEXT.replace("name: Price", "description: x")),
        "input price is bare",
    ),
    (
        blueprints.check_blueprints,
        write(BLUEPRINT, BLUEPRINT_TEXT.replace("description: One", "author: One")),
        "it has no description",
    ),
    (
        dependencies.check_dependencies,
        put(MANIFEST, "requirements", ["nobody-knows-it>=1"]),
        "manifest.json: nobody-knows-it is not in docs/dependencies.md",
    ),
    (links.check_links, write("docs/a.md", "[x](b.md)"), "b.md leads nowhere"),
    (links.check_links, write("docs/a.md", "![x](a.png)"), "a.png leads nowhere"),
    (
        links.check_links,
        write("docs/a.md", "[x][y]\n\n[y]: c.md"),
        "c.md leads nowhere",
    ),
    (
        links.check_links,
        write("docs/a.md", "# One\n[x](#one) [y](#two)"),
        "docs/a.md:2: #two has no such heading",
    ),
    (
        links.check_links,
        write("docs/a.md", "[x](../README.md#no-such-place)"),
        "../README.md#no-such-place has no such heading",
    ),
    (
        links.check_links,
        write("docs/a.md", f"[x]({IMPORT}{PUBLISHED}/blueprints/none.yaml)"),
        "/blueprints/none.yaml leads nowhere",
    ),
    (
        links.check_links,
        write(".github/ISSUE_TEMPLATE/a.yml", f"url: {PUBLISHED}/docs/none.md"),
        "/docs/none.md leads nowhere",
    ),
    (
        links.check_links,
        write("keeper_app/a.md", f"[x]({PUBLISHED}/docs/hardware.md#none)"),
        "hardware.md#none has no such heading",
    ),
    (
        links.check_pictures,
        write("docs/images/new.png", ""),
        "docs/images/new.png: no page shows it",
    ),
    (
        links.check_pictures,
        write("docs/a.md", "![](images/device.png)"),
        "docs/a.md:1: a picture has no words",
    ),
    (
        forms.check_forms,
        replace(FORM, "id: what", "id: setup"),
        "id setup is there twice",
    ),
    (
        forms.check_forms,
        replace(FORM, "label: Log", "label: Recording"),
        "the label Recording is there twice",
    ),
    (forms.check_forms, replace(FORM, "[bug]", "[broken]"), "value must be one of"),
    (forms.check_forms, replace(FORM, "type: input", "type: line"), "body"),
    (
        forms.check_forms,
        replace(FORM.with_name("config.yml"), "blank_issues_enabled", "blank"),
        "not a valid option",
    ),
    (traces.check_traces, write("docs/a.md", "in " + "/home/" + "me/it"), "/home/m"),
    (traces.check_traces, write("docs/a.md", "pip --index" + "-url x"), "the index of"),
    (
        sizes.check_sizes,
        write(COMPONENT / "a.py", "x = 1\n" * 401),
        "a.py: 401 lines are more than the 400 of a file",
    ),
    (
        sizes.check_sizes,
        write("keeper/a.py", "x = 1\n" * 401),
        "keeper/a.py: 401 lines are more than the 400 of a file",
    ),
    (
        sizes.check_sizes,
        write("scripts/a", "#!/usr/bin/env python3\n" + "x = 1\n" * 401),
        "scripts/a: 402 lines are more than the 400 of a file",
    ),
    (
        sizes.check_sizes,
        write(COMPONENT / "a.py", f"def f(x):\n{'    if x: x()\n' * 10}"),
        "a.py:f: 11 is more than a complexity of 10",
    ),
    (
        sizes.check_sizes,
        write(COMPONENT / "a.py", f"class A:\n  def f(self):\n{MANY_ATTRIBUTES}"),
        "a.py:A: 13 attributes are more than the 12 of a class",
    ),
    (
        sizes.check_sizes,
        write(COMPONENT / "a.py", f"@dataclass(slots=True)\nclass A:\n{MANY_FIELDS}"),
        "a.py:A: 13 attributes are more than the 12 of a class",
    ),
    (
        sizes.check_sizes,
        write(COMPONENT / "twc" / "state.py", ""),
        "state.py:ConnectorState: is within the limits by now",
    ),
]


@cache
def findings(one: Check, root: Path) -> list[str]:
    return [str(finding) for finding in one(Project(root))]


@pytest.mark.parametrize(("one", "do", "said"), BROKEN)
def test_a_broken_copy_is_found_out(
    copy: Path, one: Check, do: Break, said: str
) -> None:
    assert not [finding for finding in findings(one, ROOT) if said in finding]
    do(copy)
    found = findings(one, copy)
    assert [finding for finding in found if said in finding], found


def test_the_project_passes() -> None:
    assert [str(finding) for finding in check(Project(ROOT))] == []


def test_a_complete_blueprint_passes(copy: Path) -> None:
    before = list(blueprints.check_blueprints(Project(copy)))
    write(BLUEPRINT, BLUEPRINT_TEXT)(copy)
    assert list(blueprints.check_blueprints(Project(copy))) == before


@pytest.mark.parametrize(
    "text",
    [
        "# A `b` c: [d](a.md)!\n[x](#a-b-c-d)",
        "# Two\n# Two\n[x](#two-1) [y](a.md#two)",
        "```\n[x](none.md)\n```\n`[x](none.md)`",
        "[x](https://example.com/none.md) [y](mailto:a@example.com)",
    ],
)
def test_links_that_lead_somewhere_pass(copy: Path, text: str) -> None:
    write("docs/a.md", text)(copy)
    found = [str(finding) for finding in links.check_links(Project(copy))]
    assert not [finding for finding in found if finding.startswith("docs/a.md")]


def test_a_changed_text_passes_once_it_is_noted(copy: Path) -> None:
    put(ENGLISH, ALARM, "It is gone.")(copy)
    project = Project(copy)
    assert list(translated.check_translated(project))
    translated.record(project)
    assert not list(translated.check_translated(project))


def test_the_rules_of_the_quality_scale_are_those_of_home_assistant() -> None:
    rules = [rule for tier in quality_scale.RULES.values() for rule in tier]
    assert len(rules) == len(set(rules)) == 54


@pytest.mark.long
def test_the_pictures_are_those_that_the_script_draws() -> None:
    for name, drawn in pictures().items():
        with Image.open(FOLDER / name) as kept:
            difference = ImageChops.difference(kept, drawn)
        # Another version of the library may smooth an edge a little otherwise.
        assert max(highest for _, highest in difference.getextrema()) < 16, name
