"""What an owner of TWCManager had set there, and where it belongs in Home Assistant."""

from .advice import Advice, Place, advise
from .reading import OldSettings, read_settings

__all__ = ["Advice", "OldSettings", "Place", "advise", "read_settings"]
