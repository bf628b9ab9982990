"""Facts of each language, as marker files: `tests/languages/<id>/*.marks`.

`//- expect facts` lists lines that must appear in the dump of the file's facts; a line that begins
with `! ` must not.
`support/facts_dump.py` says what the lines look like.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pairwright_analyzers.facts import facts_of, unpack
from pairwright_analyzers.languages import language_of
from support.facts_dump import dump
from support.markers import Case, load

HERE = Path(__file__).parent


def check_facts(case: Case) -> None:
    """Every expected line is in the dump of the case's one file, and no forbidden one."""
    ((path, text),) = case.files.items()
    spec = language_of(path)
    assert spec is not None, path
    facts = facts_of(spec, text)
    lines = dump(spec, facts, text)
    assert unpack(facts.pack()) == facts
    for expected in case.expect["facts"].splitlines():
        if not expected.strip():
            continue
        if expected.startswith("! "):
            assert expected[2:] not in lines, "\n".join(lines)
        else:
            assert expected in lines, f"missing: {expected}\n" + "\n".join(lines)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case.source}::{case.name}")
        for case in load(HERE)
        if not case.source.startswith("conformance/")
    ],
)
def test_facts(case: Case) -> None:
    check_facts(case)
