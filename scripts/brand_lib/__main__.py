"""Writes the pictures that Home Assistant shows for the integration."""

from pathlib import Path
import sys
from typing import Final

from PIL import Image

from .draw import DARK, LIGHT, icon, logo

FOLDER: Final = (
    Path(__file__).parents[2] / "custom_components" / "twc_manager" / "brand"
)
ICON_PIXELS: Final = 256
LOGO_PIXELS: Final = 128
_DENSITIES: Final = {"": 1, "@2x": 2}
_THEMES: Final = {"": LIGHT, "dark_": DARK}


def pictures() -> dict[str, Image.Image]:
    """Return the pictures by file name."""
    drawn: dict[str, Image.Image] = {}
    for prefix, theme in _THEMES.items():
        for suffix, density in _DENSITIES.items():
            drawn[f"{prefix}icon{suffix}.png"] = icon(theme, ICON_PIXELS * density)
            drawn[f"{prefix}logo{suffix}.png"] = logo(theme, LOGO_PIXELS * density)
    return drawn


def main() -> None:
    """Draw and write all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        picture.save(folder / name, optimize=True)
        print(folder / name)


if __name__ == "__main__":
    main()
