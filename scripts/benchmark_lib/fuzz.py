"""Arbitrary bytes for the decoder (scripts/benchmark fuzz)."""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
import json
import os
from pathlib import Path
import subprocess
import sys
from time import perf_counter
from typing import Final

from .fuzz_inputs import inputs
from .fuzz_target import Findings, Target

_ROOT: Final = Path(__file__).parents[2]
_WORDS: Final = {
    "inputs": "inputs",
    "guided_inputs": "of these guided by coverage",
    "accepted_frames": "frames accepted",
    "unknown_frames": "of these of unknown meaning",
    "wrong_accepts": "wrongly accepted",
    "missed_frames": "wrongly dropped",
    "exceptions": "exceptions",
    "peak_buffer": "bytes held back at most",
    "seconds": "seconds",
}


def run_mutated(count: int, seed: int) -> Findings:
    """Feed a number of inputs that are made of valid frames at random."""
    target = Target()
    for data in inputs(count, seed):
        target.feed(data)
    return target.findings


def run_guided(count: int, seed: int) -> Findings:
    """Feed a number of inputs from atheris.

    Raises:
        ChildProcessError: if its process failed.

    """
    if not count:
        return Findings()
    command = [sys.executable, "-m", "scripts.benchmark_lib.fuzz_guided"]
    done = subprocess.run(
        [*command, str(count), str(seed)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ChildProcessError(f"atheris ended with {done.returncode}: {done.stderr}")
    return Findings(**json.loads(done.stdout))


def _shares(count: int, parts: int) -> list[int]:
    return [
        count * (part + 1) // parts - count * part // parts for part in range(parts)
    ]


def run(count: int, seed: int) -> tuple[Findings, int]:
    """Feed a number of inputs on all cores; return the findings, and the number of inputs guided by coverage.

    These are half of the inputs, if atheris is installed.
    """
    guided = count // 2 if find_spec("atheris") else 0
    workers = max((os.process_cpu_count() or 1) // 2, 1)
    with ProcessPoolExecutor(2 * workers) as pool:
        futures = [
            pool.submit(task, share, seed * workers + number)
            for task, part in ((run_guided, guided), (run_mutated, count - guided))
            for number, share in enumerate(_shares(part, workers))
        ]
        findings = Findings()
        for future in futures:
            findings.add(future.result())
    return findings, guided


def main(arguments: Sequence[str]) -> int:
    """Fuzz; return the exit code, 1 if there were findings."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark fuzz", add_help=False)
    parser.add_argument("--inputs", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    began = perf_counter()
    findings, guided = run(args.inputs, args.seed)
    seconds = round(perf_counter() - began, 1)
    shown = findings.as_dict() | {"guided_inputs": guided, "seconds": seconds}
    if args.json:
        print(json.dumps(shown, indent=2))
    else:
        for key, words in _WORDS.items():
            print(f"{shown[key]:>12,} {words}")
        if not guided:
            print("There is no atheris here: all inputs were random or mutated.")
        for example in findings.examples:
            print(example)
    return 0 if findings.all_is_well else 1
