"""Plans of random changes: whole, applicable, and no commit names what it does not have.

A program is a set of functions in a few modules that call each other. Two random programs, both
whole, are the work before and after; each commit between them has to be whole, too.
"""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pairwright.features.commit_split import apply_plan, split_plan
from pairwright.git.repo import Repositories

from .conftest import Project, git

MODULES = ("one", "two", "three")
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


@dataclass(frozen=True)
class Function:
    """Where a function is, what it answers, and whom it calls; calls of what is not there are left
    out.
    """

    module: str
    answer: int
    calls: tuple[str, ...]


_FUNCTIONS = st.builds(
    Function,
    st.sampled_from(MODULES),
    st.integers(0, 2),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple),
)
_PROGRAMS = st.dictionaries(st.sampled_from(NAMES), _FUNCTIONS, min_size=1)


def sources(program: Mapping[str, Function]) -> dict[str, str]:
    """The modules of a program, and a test of each function that answers 2."""
    found: dict[str, str] = {}
    for module in MODULES:
        own = {name: one for name, one in sorted(program.items()) if one.module == module}
        if not own:
            continue
        called = {name for one in own.values() for name in one.calls if name in program}
        lines = [
            f"from {program[name].module} import {name}" for name in sorted(called - own.keys())
        ]
        for name, one in own.items():
            calls = "".join(f" + {other}()" for other in one.calls if other in program)
            lines += [
                "",
                "",
                f"def {name}():",
                f'    """The {name}."""',
                f"    return {one.answer}{calls}",
            ]
        found[f"{module}.py"] = "\n".join(lines).lstrip("\n") + "\n"
    tested = sorted(name for name, one in program.items() if one.answer == 2)
    if tested:
        lines = [f"from {program[name].module} import {name}" for name in tested]
        for name in tested:
            lines += ["", "", f"def test_{name}():", f"    assert {name}() >= 2"]
        found["tests/test_all.py"] = "\n".join(lines) + "\n"
    return found


def assert_whole(texts: Mapping[str, str]) -> None:
    """Every import and every call means a function that is there."""
    defined: dict[str, set[str]] = {}
    trees = {name: ast.parse(text, name) for name, text in texts.items()}
    for name, tree in trees.items():
        defined[name.removesuffix(".py")] = {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef)
        }
    for name, tree in trees.items():
        known = set(defined[name.removesuffix(".py")])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module is not None
                for alias in node.names:
                    assert alias.name in defined.get(node.module, ()), (name, ast.unparse(node))
                    known.add(alias.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id in known, (name, node.func.id)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Each example runs dozens of processes: making it smaller takes longer than reading it.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(_PROGRAMS, _PROGRAMS)
def test_every_commit_of_a_random_change_is_whole(
    before: dict[str, Function], after: dict[str, Function]
) -> None:
    repositories = Repositories()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder).resolve(), repositories)
        try:
            git(project.root, "init", "--quiet")
            _split_and_look(project, sources(before), sources(after))
        finally:
            repositories.close()


def _split_and_look(project: Project, before: dict[str, str], after: dict[str, str]) -> None:
    if before == after:
        return
    project.commit(before)
    for name in before.keys() - after.keys():
        (project.root / name).unlink()
    project.put(after)
    plan = split_plan(project.context())
    ids = re.findall(r"^@[0-9a-f]{6}", plan.text.partition("# The hunks")[0], re.MULTILINE)
    assert len(set(ids)) == len(ids)
    made = apply_plan(project.context(), plan.text)
    assert made.notes == ()
    assert git(project.root, "status", "--porcelain") == ""
    for commit in git(project.root, "rev-list", "HEAD").splitlines():
        names = git(project.root, "ls-tree", "-r", "--name-only", commit).splitlines()
        assert_whole({name: git(project.root, "show", f"{commit}:{name}") for name in names})
    assert {name: (project.root / name).read_text() for name in after} == after
