"""How the keeper is shipped: as an app of Home Assistant OS, as a service, and as a container. None of it runs here."""

from configparser import ConfigParser
import json
from pathlib import Path
import re
import shutil
import struct
import subprocess
from typing import Any, Final

import pytest
import voluptuous as vol
import yaml

from custom_components.twc_manager.twc.guard import MAX_CONNECTOR_AMPS, MAX_TOTAL_AMPS
from keeper.app import arguments_of_app
from keeper.options import DEFAULT_FALLBACK_AMPS, DEFAULT_PORT, read_options
from scripts.lint_lib.languages import LANGUAGES

ROOT: Final = Path(__file__).parents[2]
APP: Final = ROOT / "keeper_app"
UNIT: Final = ROOT / "keeper" / "twc-keeper.service"

# As https://developers.home-assistant.io/docs/apps/configuration describes it, as far as it is used.
ELEMENT: Final = vol.Match(
    r"^(str|bool|email|url|password|port|match\(.*\)|list\(.+\)|device(\(subsystem=[a-z]+\))?"
    r"|(int|float)(\(-?[\d.]*,-?[\d.]*\))?)\??$"
)
CONFIG: Final = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Required("version"): vol.Match(r"^\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$"),
        vol.Required("slug"): vol.Match(r"^[-_.A-Za-z0-9]+$"),
        vol.Required("description"): str,
        vol.Required("arch"): [vol.In(["aarch64", "amd64"])],
        "url": vol.Url(),
        "startup": vol.In(["initialize", "system", "services", "application", "once"]),
        "uart": bool,
        "ports": {vol.Match(r"^\d+/(tcp|udp)$"): vol.Any(None, vol.Range(1, 65535))},
        "backup_exclude": [str],
        "options": {str: vol.Any(None, str, int, float, bool, list)},
        "schema": {str: vol.Any(ELEMENT, [ELEMENT])},
    }
)
TRANSLATION: Final = vol.Schema(
    {
        "configuration": {str: {"name": str, "description": str}},
        "network": {str: str},
    }
)


def config() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((APP / "config.yaml").read_text("utf-8"))
    return loaded


def chosen(folder: Path, **options: Any) -> list[str]:
    """Return the command line for what an owner chose."""
    file = folder / "options.json"
    file.write_text(json.dumps(options))
    return arguments_of_app(file)


def test_the_app_is_configured_as_documented() -> None:
    found = CONFIG(config())
    # What has no default there has to be chosen, and what is optional has none.
    for key, kind in found["schema"].items():
        is_optional = str(kind[0] if isinstance(kind, list) else kind).endswith("?")
        assert is_optional is (key not in found["options"])
    assert found["options"]["fallback_amps"] == DEFAULT_FALLBACK_AMPS
    assert set(found["ports"]) == {f"{DEFAULT_PORT}/tcp", f"{DEFAULT_PORT + 1}/tcp"}
    repository = yaml.safe_load((ROOT / "repository.yaml").read_text("utf-8"))
    assert repository["name"] == "TWC Manager"


def test_the_app_has_the_version_of_the_integration() -> None:
    manifest = json.loads(
        (ROOT / "custom_components/twc_manager/manifest.json").read_text()
    )
    assert config()["version"] == manifest["version"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_options_of_the_app_have_words(language: str) -> None:
    text = (APP / "translations" / f"{language}.yaml").read_text("utf-8")
    found = TRANSLATION(yaml.safe_load(text))
    assert found["configuration"].keys() == config()["schema"].keys()
    assert found["network"].keys() == config()["ports"].keys()
    for words in found["configuration"].values():
        assert words["name"]
        assert words["description"].endswith(".")


@pytest.mark.parametrize(
    ("key", "option", "maximum"),
    [
        ("limit", "--limit", MAX_TOTAL_AMPS),
        ("fallback_amps", "--fallback-amps", MAX_CONNECTOR_AMPS),
    ],
)
def test_what_the_app_lets_choose_the_keeper_takes(
    key: str, option: str, maximum: float
) -> None:
    bounds = re.fullmatch(r"int\((\d+),(\d+)\)", config()["schema"][key])
    assert bounds is not None
    assert float(bounds[2]) == maximum
    usual = {"--limit": "240", "--fallback-amps": "0"}
    for value in bounds.groups():
        words = [word for pair in {**usual, option: value}.items() for word in pair]
        read_options([*words, "/dev/x"])
    words = ["--limit", "240", option, str(int(bounds[2]) + 1), "/dev/x"]
    with pytest.raises(SystemExit):
        read_options(words)


def test_the_options_of_the_app_are_those_of_the_keeper(tmp_path: Path) -> None:
    arguments = chosen(
        tmp_path,
        device="/dev/ttyUSB0",
        limit=32,
        fallback_amps=0,
        allow=["192.168.1.10"],
        verbose=True,
    )
    options = read_options(arguments)
    assert options.device == "/dev/ttyUSB0"
    assert (options.fallback.total, options.fallback.amps) == (32, 0)
    assert options.folder == tmp_path
    assert options.verbose
    assert options.allowed.permits("192.168.1.10")
    assert not options.allowed.permits("192.168.1.11")


def test_without_what_has_to_be_chosen_the_app_ends_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in (config()["options"], {"device": "/dev/ttyUSB0"}, {"limit": 32}):
        with pytest.raises(SystemExit):
            read_options(chosen(tmp_path, **options))
        assert "required" in capsys.readouterr().err
    for content in ("[]", "{", "7"):
        (tmp_path / "options.json").write_text(content)
        with pytest.raises(SystemExit):
            read_options(["--app", str(tmp_path / "options.json")])
        assert "options" in capsys.readouterr().err


def test_an_app_shows_its_key_in_its_log_only(tmp_path: Path) -> None:
    chosen(tmp_path, device="/dev/ttyUSB0", limit=32)
    file = str(tmp_path / "options.json")
    assert read_options(["--app", file]).shows_key
    assert not read_options(["/dev/ttyUSB0", "--limit", "32"]).shows_key


def test_the_image_of_the_app_starts_the_keeper_of_its_version() -> None:
    text = (APP / "Dockerfile").read_text("utf-8")
    assert "releases/download/v${BUILD_VERSION}/twc-keeper.pyz" in text
    assert '"--app", "/data/options.json"]' in text
    for label in ("version", "type", "arch"):
        assert f"io.hass.{label}=" in text
    workflow = "\n".join(
        path.read_text("utf-8") for path in (ROOT / ".github/workflows").iterdir()
    )
    assert "twc-keeper.pyz" in workflow


def test_the_icon_of_the_app_is_square() -> None:
    width, height = struct.unpack(">II", (APP / "icon.png").read_bytes()[16:24])
    assert width == height


def unit() -> ConfigParser:
    parser = ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


def test_the_service_is_never_given_up_and_keeps_its_state() -> None:
    found = unit()
    assert found["Unit"]["StartLimitIntervalSec"] == "0"
    service = found["Service"]
    assert service["Restart"] == "always"
    assert service["StateDirectory"] == "twc-keeper"
    command = service["ExecStart"].split()
    assert command[0] == "/usr/local/bin/twc-keeper"
    assert read_options(command[1:]).fallback.total == 32
    # The adapter has to stay reachable, and both families of addresses.
    assert "PrivateDevices" not in service
    assert {"AF_INET", "AF_INET6"} <= set(service["RestrictAddressFamilies"].split())


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed"
)
def test_systemd_finds_nothing_wrong_in_the_service(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8")
    copy = tmp_path / UNIT.name
    # The program is not installed here.
    copy.write_text(text.replace("/usr/local/bin/twc-keeper", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_has_all_that_the_keeper_imports() -> None:
    text = (ROOT / "keeper" / "Containerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (\S+) (\S+)$", text, re.MULTILINE)
    assert copied == [(folder, folder) for folder, _ in copied]
    assert {folder for folder, _ in copied} == {
        "keeper",
        "custom_components/twc_manager/twc",
    }
    manifest = json.loads(
        (ROOT / "custom_components/twc_manager/manifest.json").read_text()
    )
    (pinned,) = re.findall(r"serialx==(\S+)", text)
    (needed,) = manifest["requirements"]
    assert needed == "serialx>=1.11,<2"
    assert pinned.startswith("1.11.")
    assert f"EXPOSE {DEFAULT_PORT} {DEFAULT_PORT + 1}" in text
