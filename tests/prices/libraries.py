"""Home Assistant's own integrations of prices, with the libraries replaced that ask their servers.

The code of the integrations is installed with Home Assistant, their libraries are not. Any name of a library is an
empty class here, and what a test needs is put in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
import sys
from types import ModuleType
from typing import Any, Final

LIBRARIES: Final = frozenset(
    {
        "amberelectric",
        "easyenergy",
        "energyzero",
        "esios_api",
        "greenplanet_energy_api",
        "pynordpool",
        "pyomie",
        "tibber",
    }
)


class _Member:
    """A member of an enum."""

    def __init__(self, name: str) -> None:
        self.value = name.lower()


class _Anything(type):
    """A class of which nothing is known: an error, an enum, a generic type."""

    def __getattr__(cls, name: str) -> Any:
        if not name.isupper():
            raise AttributeError(name)
        member = _Member(name)
        setattr(cls, name, member)
        return member

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __getitem__(cls, _: Any) -> Any:
        return cls


class _Library(ModuleType):
    """A module that has every name."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _Anything(name, (Exception,), {"__module__": self.__name__})
        setattr(self, name, found)
        return found


class _Libraries(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name.partition(".")[0] in LIBRARIES:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Library(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextmanager
def component(domain: str, **names: dict[str, Any]) -> Iterator[ModuleType]:
    """Import the actions of one of Home Assistant's integrations; `names` are those of its library's modules."""
    finder = _Libraries()
    package = f"homeassistant.components.{domain}"
    before = set(sys.modules)
    sys.meta_path.insert(0, finder)
    try:
        for module, values in names.items():
            found = import_module(module.replace("__", "."))
            for name, value in values.items():
                setattr(found, name, value)
        yield import_module(f"{package}.services")
    finally:
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in LIBRARIES or name.startswith(package):
                del sys.modules[name]
