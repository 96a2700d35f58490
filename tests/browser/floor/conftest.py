"""A Home Assistant of its own: the story of the other tests is none of these."""

from collections.abc import AsyncGenerator

import pytest_asyncio


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def chapter(socket_enabled: None) -> AsyncGenerator[None]:
    """Run no chapter of the story."""
    yield
