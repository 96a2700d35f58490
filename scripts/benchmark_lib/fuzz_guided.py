"""The fuzzer that is guided by coverage, in a separate process.

    python -m scripts.benchmark_lib.fuzz_guided INPUTS SEED

Atheris takes over the process that it runs in, so this one ends when the last input was fed. It prints the
findings as JSON.
"""

from collections.abc import Callable
import json
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(
    include=["custom_components.twc_manager.twc.", "simulator.codec"]
):
    from .fuzz_target import MAX_INPUT, Target

from .fuzz_inputs import frames


def _write_corpus(folder: Path) -> None:
    """Write the first inputs: a valid frame of every kind."""
    for number, line in enumerate(frames()):
        (folder / str(number)).write_bytes(b"\0" + line)


def _feeder(count: int) -> Callable[[bytes], None]:
    """Return a function that feeds inputs, and ends the process after a number of them."""
    target = Target()

    def feed(data: bytes) -> None:
        target.feed(data)
        if target.findings.inputs == count:
            print(json.dumps(target.findings.as_dict()), flush=True)
            os._exit(0)

    return feed


def main(count: int, seed: int) -> None:
    """Feed a number of inputs; does not return."""
    with TemporaryDirectory() as corpus:
        _write_corpus(Path(corpus))
        options = [f"-max_len={MAX_INPUT}", f"-seed={seed + 1}", "-verbosity=0"]
        atheris.Setup([sys.argv[0], *options, corpus], _feeder(count))
        atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
