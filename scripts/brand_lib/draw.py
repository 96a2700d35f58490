"""The icon and the logo: a wall connector with a cable and three bars that share one supply.

Shapes are drawn several times larger and scaled down, so that their edges are smooth. The icon is 256 units wide and
high, at any size in pixels.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

ICON_UNITS: Final = 256
_OVERSAMPLING: Final = 8

_TILE_RADIUS: Final = 58
_BODY: Final = (46, 36, 142, 192)
_BODY_RADIUS: Final = 30
_BARS: Final = ((61, 86), (86, 116), (111, 60))
"""The left edge and the top of each bar; its height shows its share of the supply."""
_BAR_WIDTH: Final = 16
_BARS_BOTTOM: Final = 168
_CABLE: Final = 13
_PLUG: Final = (164, 82, 210, 124)
_PRONGS: Final = (174, 200)

_TEXT: Final = "TWC Manager"
_TEXT_SIZE: Final = 128
_TEXT_WEIGHT: Final = 1.7
_TEXT_GAP: Final = 44

type Colour = tuple[int, int, int]
type Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours for one kind of background."""

    top: Colour
    bottom: Colour
    text: Colour


LIGHT: Final = Theme(top=(38, 184, 131), bottom=(10, 105, 130), text=(31, 45, 61))
DARK: Final = Theme(top=(63, 214, 157), bottom=(19, 133, 160), text=(238, 243, 247))


class _Stencil:
    """A mask to draw on in units, larger than the result."""

    def __init__(self, width: float, height: float, scale: float) -> None:
        self._scale = scale * _OVERSAMPLING
        size = (round(width * self._scale), round(height * self._scale))
        self.image = Image.new("L", size)
        self._draw = ImageDraw.Draw(self.image)

    def _pixels(self, *lengths: float) -> list[float]:
        return [length * self._scale for length in lengths]

    def rounded(self, box: Box, radius: float, fill: int = 255) -> None:
        """Draw a rectangle with round corners; the far edges are excluded."""
        left, top, right, bottom = self._pixels(*box)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius * self._scale, fill
        )

    def arc(self, centre: tuple[float, float], radius: float, end: int) -> None:
        """Draw a part of a ring as thick as the cable, from the right clockwise to a number of degrees."""
        x, y = centre
        outer = radius + _CABLE / 2
        box = self._pixels(x - outer, y - outer, x + outer, y + outer)
        self._draw.arc(
            (box[0], box[1], box[2] - 1, box[3] - 1),
            0,
            end,
            255,
            round(_CABLE * self._scale),
        )

    def text(self, left: float, middle: float) -> None:
        """Write the name, left-aligned and vertically centred on its capitals."""
        self._draw.text(
            (left * self._scale, middle * self._scale),
            _TEXT,
            255,
            _font(self._scale),
            anchor="lm",
            stroke_width=_TEXT_WEIGHT * self._scale,
        )


@cache
def _font(scale: float) -> ImageFont.FreeTypeFont:
    """Return Pillow's own typeface with its own layout engine, so that the result is the same everywhere."""
    font = ImageFont.load_default(_TEXT_SIZE * scale)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


def icon(theme: Theme, pixels: int) -> Image.Image:
    """Return the icon, a square with a size in pixels."""
    scale = pixels / ICON_UNITS
    tile = _Stencil(ICON_UNITS, ICON_UNITS, scale)
    tile.rounded((0, 0, ICON_UNITS, ICON_UNITS), _TILE_RADIUS)
    drawn = _gradient(theme, tile.image.size)
    drawn.paste((255, 255, 255), mask=_symbol(scale).image)
    drawn.putalpha(tile.image)
    return drawn.resize((pixels, pixels), Image.Resampling.BOX)


def logo(theme: Theme, height: int) -> Image.Image:
    """Return the icon with the name beside it, with a height in pixels."""
    scale = height / ICON_UNITS
    left = ICON_UNITS + _TEXT_GAP
    width = left + _font(1).getlength(_TEXT) + 2 * _TEXT_WEIGHT
    name = _Stencil(width, ICON_UNITS, scale)
    name.text(left + _TEXT_WEIGHT, ICON_UNITS / 2)
    size = (round(width * scale), height)
    mask = name.image.resize(size, Image.Resampling.BOX)
    drawn = Image.new("RGBA", size, (*theme.text, 0))
    drawn.putalpha(mask)
    drawn.paste(icon(theme, height), (0, 0))
    return drawn


def _symbol(scale: float) -> _Stencil:
    """Return the wall connector with cut-out bars, and its cable."""
    symbol = _Stencil(ICON_UNITS, ICON_UNITS, scale)
    _draw_cable(symbol)
    symbol.rounded(_BODY, _BODY_RADIUS)
    for left, top in _BARS:
        symbol.rounded(
            (left, top, left + _BAR_WIDTH, _BARS_BOTTOM), _BAR_WIDTH / 2, fill=0
        )
    return symbol


def _draw_cable(symbol: _Stencil) -> None:
    """Draw the cable from the wall connector down and up to a plug."""
    start = (_BODY[0] + _BODY[2]) / 2
    end = (_PLUG[0] + _PLUG[2]) / 2
    radius = (end - start) / 2
    bend = _BODY[3] - 24
    half = _CABLE / 2
    symbol.arc((start + radius, bend), radius, 180)
    symbol.rounded((end - half, _PLUG[1], end + half, bend + 1), 0)
    symbol.rounded((start - half, _BODY[1] + 40, start + half, bend + 1), 0)
    symbol.rounded(_PLUG, 14)
    for prong in _PRONGS:
        symbol.rounded((prong - 5, _PLUG[1] - 24, prong + 5, _PLUG[1] + 10), 5)


def _gradient(theme: Theme, size: tuple[int, int]) -> Image.Image:
    """Return the colours of the tile, from the top to the bottom."""
    fade = Image.linear_gradient("L").resize(size, Image.Resampling.BILINEAR)
    return Image.composite(
        Image.new("RGB", size, theme.bottom), Image.new("RGB", size, theme.top), fade
    )
