"""The files in Home Assistant's storage: their names and versions, and the steps that migrate earlier versions.

A release writes the current version and reads every version that an earlier release has written. A change of what a
file contains needs a step here; tests/kept has a state of each release to prove it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryError,
    HomeAssistantError,
    UnsupportedStorageVersionError,
)
from homeassistant.helpers.storage import Store

from .const import DOMAIN, PARSE_ERRORS

type Version = tuple[int, int]
"""Major and minor. A release refuses a file of a newer major version; it reads a file of a newer minor version, and
writes it in its own version. So a change may raise the minor version only if an earlier release loses nothing
important by it."""

_FIRST: Final[Version] = (1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a format.

    Attributes:
        to: the version that has it.
        change: takes data of the version before and returns data of version `to`; raises one of `PARSE_ERRORS` for data
            that are not valid.

    """

    to: Version
    change: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file.

    Attributes:
        name: the name of the file without the domain; `{entry}` stands for the id of the entry of a bus.
        is_private: whether only the user that Home Assistant runs as may read it.
        is_atomic: whether a finished write survives a power cut, and an interrupted one leaves the earlier file intact.
        steps: all changes since the first version, in order.

    """

    name: str
    is_private: bool = False
    is_atomic: bool = True
    steps: tuple[Step, ...] = ()

    @property
    def version(self) -> Version:
        """Return the version that is written."""
        return self.steps[-1].to if self.steps else _FIRST

    def migrated(self, version: Version, data: dict[str, Any]) -> dict[str, Any]:
        """Return data of an earlier version in the current one; data of a newer version are returned as they are."""
        for step in self.steps:
            if step.to > version:
                data = step.change(data)
        return data


BUS: Final = FileFormat("{entry}")
SESSIONS: Final = FileFormat("{entry}.sessions", is_atomic=False)
PLANS: Final = FileFormat("{entry}.plans")
FORECAST: Final = FileFormat("{entry}.forecast")
PEAKS: Final = FileFormat("peaks")
TOKENS: Final = FileFormat("tokens", is_private=True)

FORMATS: Final = (BUS, SESSIONS, PLANS, FORECAST, PEAKS, TOKENS)


class StoredFile(Store[dict[str, Any]]):
    """A file of one format."""

    def __init__(
        self, hass: HomeAssistant, file_format: FileFormat, entry_id: str = ""
    ) -> None:
        """Prepare; nothing is read yet."""
        major, minor = file_format.version
        super().__init__(
            hass,
            major,
            f"{DOMAIN}.{file_format.name.format(entry=entry_id)}",
            file_format.is_private,
            atomic_writes=file_format.is_atomic,
            minor_version=minor,
        )
        self._format = file_format

    @override
    async def _async_migrate_func(
        self,
        old_major_version: int,
        old_minor_version: int,
        old_data: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the data of a file of another version in the current one."""
        return self._format.migrated((old_major_version, old_minor_version), old_data)


async def async_refuse_newer(hass: HomeAssistant, entry_id: str) -> None:
    """Check the versions of the files of a bus; has to run before anything that may write them.

    Raises:
        ConfigEntryError: if a file was written by a newer release in a format that this one cannot read.

    """
    for file_format in FORMATS:
        file = StoredFile(hass, file_format, entry_id)
        try:
            await file.async_load()
        except UnsupportedStorageVersionError as err:
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="newer_file",
                translation_placeholders={"file": f".storage/{file.key}"},
            ) from err
        except (*PARSE_ERRORS, HomeAssistantError, NotImplementedError):
            # The reader of the file reports that it is unreadable, and starts without it.
            continue
