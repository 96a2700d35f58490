"""The entry point of `python -m keeper` and of the one-file program."""

import importlib.util
import sys
from types import ModuleType

_INTEGRATION = "custom_components.twc_manager"


def _skip_home_assistant() -> None:
    """Import the protocol without the `__init__` of the integration, which imports all of Home Assistant."""
    if (spec := importlib.util.find_spec(_INTEGRATION)) is not None:
        integration = ModuleType(_INTEGRATION)
        integration.__path__ = list(spec.submodule_search_locations or ())
        sys.modules[_INTEGRATION] = integration


# OpenSSL, as nothing here needs more than Python's own hashes, and what only archives of other kinds need.
_UNUSED = ("ssl", "_ssl", "_hashlib", "bz2", "lzma", "compression")


def _skip_unused() -> None:
    """Leave the memory of libraries free that Python's own modules use if they are there."""
    for name in _UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]


_skip_unused()
_skip_home_assistant()

from keeper.program import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
