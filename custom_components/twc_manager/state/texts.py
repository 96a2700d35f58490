"""The texts of the sentences in a language, as Home Assistant has loaded them."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)

from ..const import DOMAIN
from .notation import CATEGORY, Texts

_ENGLISH: Final = "en"
"""The language that Home Assistant loads along with any other."""


@callback
def async_server_texts(hass: HomeAssistant) -> Texts:
    """Return the texts in the language of the server; in English while another one is being loaded."""
    texts = _cached(hass, hass.config.language)
    return texts if texts.are_loaded else _cached(hass, _ENGLISH)


async def async_texts(hass: HomeAssistant, language: str) -> Texts:
    """Return the texts in a language; in English if there are none in that language."""
    return Texts(await async_get_translations(hass, language, CATEGORY, [DOMAIN]))


def _cached(hass: HomeAssistant, language: str) -> Texts:
    return Texts(async_get_cached_translations(hass, language, CATEGORY, DOMAIN))
