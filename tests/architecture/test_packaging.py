"""What is built and locked is what is in the tree: the wheel holds every packaged file, the locks
satisfy pyproject.toml and name no package index.

Must not know what the files contain.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = (
    REPOSITORY / "server" / "pairwright",
    REPOSITORY / "analyzers" / "pairwright_analyzers",
)
LOCKS = {"requirements.lock": "dev", "requirements-bench.lock": "bench"}
SUPPORTED = ("3.11", "3.12", "3.13")


def test_the_wheel_holds_every_file_of_both_packages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    expected = {
        path.relative_to(package.parent).as_posix()
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected - packed == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_satisfies_the_project(lock: str) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"][LOCKS[lock]]]
    pins = [Requirement(line) for line in _pins(lock)]
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        for python in SUPPORTED:
            environment = default_environment() | {
                "python_version": python,
                "python_full_version": f"{python}.0",
            }
            versions = [
                specifier.version
                for pin in pins
                if canonicalize_name(pin.name) == name
                and (pin.marker is None or pin.marker.evaluate(environment))
                for specifier in pin.specifier
            ]
            assert len(versions) == 1, f"{name} on {python}: run `make lock`"
            assert requirement.specifier.contains(versions[0]), f"{name}: run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_package_index(lock: str) -> None:
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^-", text, re.MULTILINE)


def test_both_locks_agree() -> None:
    first, second = (
        {pin.split("==")[0]: pin for pin in _pins(lock) if ";" not in pin} for lock in LOCKS
    )
    assert {name: first[name] for name in first.keys() & second} == {
        name: second[name] for name in first.keys() & second
    }


def _pins(lock: str) -> list[str]:
    lines = (REPOSITORY / lock).read_text(encoding="utf-8").splitlines()
    return [line.rstrip(" \\") for line in lines if re.match(r"[a-z0-9]", line)]
