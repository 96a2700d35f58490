"""Prices of other integrations that make no sense: they are read in order, or refused in words."""

from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.prices.entities import read_entity
from custom_components.twc_manager.prices.errors import PriceError
from tests.spoiler import Spoiler

from .test_entities import PRICE, SHAPES

BERLIN: Final = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("count", [40, pytest.param(4_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("shape", SHAPES)
async def test_whatever_an_entity_lists_gives_prices_in_order_or_an_error(
    hass: HomeAssistant, shape: str, count: int
) -> None:
    unit, attributes, *_ = SHAPES[shape]
    spoiler = Spoiler(3)
    for _ in range(count):
        spoilt: dict[str, Any] = spoiler.spoilt(
            {**attributes, "unit_of_measurement": unit}
        )
        hass.states.async_set(PRICE, "0.25", spoilt)
        try:
            found = read_entity(hass, PRICE, BERLIN)
        except PriceError:
            continue
        pieces = found.series.pieces
        assert all(abs(piece.value) < 1000 for piece in pieces)
        assert all(one.end <= two.start for one, two in pairwise(pieces))
