"""When the data of a bus are written, and what happens when that fails in an unexpected way."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.store import BusStore, StoredBus
from custom_components.twc_manager.state.writer import BusWriter


class Books:
    """The data of a bus that are written, and what is known of them on the disk.

    Attributes:
        data: the data.
        broken: whether collecting them fails.
        on_disk: when the disk was found to hold what; None while writes fail.

    """

    def __init__(self, hass: HomeAssistant) -> None:
        self.data = StoredBus()
        self.broken = False
        self.on_disk: list[StoredBus | None] = []
        self.writer = BusWriter(
            hass, BusStore(hass, "a"), self._collect, self.on_disk.append
        )

    def _collect(self) -> StoredBus:
        if self.broken:
            raise KeyError("nobody thought of this")
        return self.data

    def change(self, at: float) -> None:
        self.data = replace(self.data, in_charge_at=at)
        self.writer.save_now()

    @property
    def last_written(self) -> float | None:
        return self.on_disk[-1].in_charge_at if self.on_disk[-1] else None


@pytest.fixture
async def books(hass: HomeAssistant) -> AsyncGenerator[Books]:
    """The data of a bus of this test."""
    books = Books(hass)
    yield books
    await books.writer.async_close()


async def test_after_an_unexpected_error_the_data_are_written_again(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    books.broken = True
    books.change(1.0)
    await asyncio.sleep(1)
    books.broken = False
    await asyncio.sleep(20)

    assert books.last_written == 1.0
    assert "nobody thought of this" in caplog.text


async def test_an_unexpected_error_that_stays_is_reported(books: Books) -> None:
    books.broken = True
    books.change(1.0)
    await asyncio.sleep(40)

    assert books.on_disk
    assert set(books.on_disk) == {None}


async def test_an_unexpected_error_at_the_end_does_not_keep_a_bus_from_unloading(
    books: Books, hass_storage: dict[str, Any]
) -> None:
    books.change(1.0)
    await asyncio.sleep(1)
    books.broken = True
    await books.writer.async_close()

    assert hass_storage[f"{DOMAIN}.a"]["data"]["in_charge_at"] == 1.0
    # Nothing goes on afterwards.
    books.broken = False
    books.change(2.0)
    await asyncio.sleep(60)
    assert hass_storage[f"{DOMAIN}.a"]["data"]["in_charge_at"] == 1.0
