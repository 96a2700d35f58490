"""Each case names the public report that it comes from."""

import ast
from pathlib import Path
import re

REPORT = re.compile(r"([\w.-]+/[\w.-]+#\d+|#\d+)(, ([\w.-]+/[\w.-]+)?#\d+)*: \w")


def test_each_case_names_its_report_and_no_two_are_the_same() -> None:
    said: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.name == Path(__file__).name:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_"):
                said[node.name] = ast.get_docstring(node) or ""
    strange = [
        name
        for name, words in said.items()
        if not (REPORT.match(words) or words.startswith("Made up: "))
    ]
    assert strange == []
    assert len(set(said.values())) == len(said) >= 40
