"""What Home Assistant's own marketplace makes of the repository.

usage: python marketplace_reader.py ARCHIVE ASSET FOLDER

Run by tests/test_marketplace.py with the Python of the newest Home Assistant, which the tests themselves do not run
on. ARCHIVE is the repository as its host packs it, ASSET the zip attached to the release, FOLDER an empty folder to
install into. All that reads and installs is the marketplace's own; only its downloads come from these files.
"""

import asyncio
import json
import logging
from pathlib import Path
import sys
from typing import Any, Final, override

from awesomeversion import AwesomeVersion
from homeassistant import loader
from homeassistant.components.marketplace.base import (
    MarketplaceCore,
    MarketplaceManager,
)
from homeassistant.components.marketplace.enums import LovelaceMode
from homeassistant.components.marketplace.exceptions import MarketplaceError
from homeassistant.components.marketplace.repositories.base import RepositoryArchive
from homeassistant.components.marketplace.repositories.integration import (
    IntegrationRepository,
)
from homeassistant.components.marketplace.utils.logger import LOGGER
from homeassistant.components.marketplace.utils.url import RemoteFile
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant

NAME: Final = "twc-manager/twc-manager"
VERSION: Final = "v1.2.3"


class Marketplace(MarketplaceManager):
    """The marketplace, with a repository and its release on the disk instead of the network."""

    def __init__(
        self, hass: HomeAssistant, archive: RepositoryArchive, asset: bytes
    ) -> None:
        self.hass = hass
        self.core = MarketplaceCore(hass.config.config_dir, LovelaceMode.STORAGE)
        self.version = AwesomeVersion(__version__)
        self._archive = archive
        self._asset = asset

    @override
    async def async_download_file(
        self, remote_file: RemoteFile | None, **_: Any
    ) -> bytes | None:
        assert remote_file is not None
        path = remote_file.path
        if path == f"{NAME}/releases/download/{VERSION}/twc_manager.zip":
            return self._asset
        in_repository = path.removeprefix(f"{NAME}/{VERSION}/")
        if in_repository in self._archive.members:
            return self._archive.read(in_repository)
        return None


class Warnings(logging.Handler):
    """Keeps what the marketplace has to complain about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def refuses(repository: IntegrationRepository, version: str) -> bool:
    """Return whether the marketplace of a version would not install the repository."""
    repository.marketplace.version = AwesomeVersion(version)
    try:
        repository._check_minimum_version(repository.repository_manifest)
    except MarketplaceError:
        return True
    return False


async def read(archive: bytes, asset: bytes, folder: Path) -> dict[str, Any]:
    warnings = Warnings()
    LOGGER.addHandler(warnings)
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    packed = RepositoryArchive(archive)
    marketplace = Marketplace(hass, packed, asset)
    repository = IntegrationRepository(marketplace, NAME)
    repository.ref = VERSION
    repository.tree = packed.tree
    repository.treefiles = [entry.path for entry in packed.tree]
    manifest = await repository.get_repository_manifest(version=VERSION)
    assert manifest is not None
    repository.repository_manifest = manifest
    resolved = repository.try_resolve_content()
    resolved_to = repository.content.path.remote

    # In the catalog the domain is known before anything is read.
    repository.data.domain = "twc_manager"
    install = await repository._async_resolve_catalog_content(VERSION, commit=False)
    await install()
    await repository.async_check_written_content()
    found = await repository.reload_custom_components()
    integration = await loader.async_get_integration(hass, repository.data.domain)
    answer = {
        "authors": repository.data.authors,
        "brand": integration.has_branding,
        "config_flow": repository.data.config_flow,
        "errors": [str(error) for error in repository.validate.errors],
        "found": sorted(found),
        "hacs": manifest.to_dict(),
        "installed": str(integration.version),
        "name": repository.data.manifest_name,
        "readme": await repository.async_get_readme_contents(version=VERSION),
        "refused_before": refuses(repository, "2026.9.4"),
        "refused_from": refuses(repository, "2026.10.0"),
        "replaces_built_in": await repository.async_replaces_built_in(),
        "resolved": resolved,
        "resolved_to": resolved_to,
        "warnings": warnings.lines,
    }
    await hass.async_stop(force=True)
    return answer


def main() -> None:
    archive, asset, folder = map(Path, sys.argv[1:4])
    (folder / "custom_components").mkdir()
    answer = asyncio.run(read(archive.read_bytes(), asset.read_bytes(), folder))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
