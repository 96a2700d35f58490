"""The command line of scripts/benchmark: one module of this package for each benchmark."""

import argparse
from collections.abc import Sequence
from importlib import import_module
import sys
from typing import Final

_MEASURED: Final = (
    "cost",
    "faults",
    "fuse",
    "fuzz",
    "judge",
    "keeper",
    "kill",
    "peak",
    "plan",
    "restart",
    "rules",
    "sockets",
)
"""Modules of this package. Each has a `main` that takes the arguments after its name."""


def main(arguments: Sequence[str]) -> int:
    """Run a benchmark; return the exit code."""
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark", add_help=False)
    parser.add_argument("what", choices=_MEASURED)
    # Only one of them is imported: some need packages that may be missing.
    module = import_module(f".{parser.parse_args(arguments[:1]).what}", __package__)
    code: int = module.main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
