"""A disk that is full now and then: what the integration writes is lost, and the write fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError

from custom_components.twc_manager.const import DOMAIN


class Disk:
    """The disk of the computer."""

    def __init__(self) -> None:
        """Start with room on it."""
        self._full = 0

    def fill(self) -> None:
        """Refuse what is written from now on."""
        self._full += 1

    def free(self) -> None:
        """Take it again, once nothing else fills it."""
        self._full -= 1

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Be the disk that Home Assistant writes the files of the integration to."""
        write = Store._async_write_data  # noqa: SLF001

        async def write_to_disk(store: Store[Any], data: dict[str, Any]) -> None:
            if self._full and store.key.startswith(DOMAIN):
                raise WriteError("no space left on device")
            await write(store, data)

        with patch.object(Store, "_async_write_data", write_to_disk):
            yield
