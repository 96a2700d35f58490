"""What a clear sky gives. Also imported by the demo, which makes up the past."""

from datetime import datetime
from math import pi, sin

_PEAK_W = 9_000.0
_SUNRISE, _SUNSET = 6.0, 20.0


def clear_sky_w(local: datetime) -> float:
    """Return the production at a local time, in W."""
    hour = local.hour + local.minute / 60
    if not _SUNRISE < hour < _SUNSET:
        return 0.0
    return float(_PEAK_W * sin(pi * (hour - _SUNRISE) / (_SUNSET - _SUNRISE)) ** 1.3)
