"""The table of packages -> archives in a folder, through the registries' own clients.

Owns which client gets what: pip, npm, and apt for the sources of Debian's packages (with the
system's own list of servers). It must not know what is in the archives.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("packages.tsv")
_SYSTEM = Path("/etc/apt")


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the table. `use` is `train` or `held-out`."""

    registry: str
    name: str
    version: str
    licence: str
    use: str
    archive: str


def packages() -> list[Package]:
    """The table's rows."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        return [Package(**row) for row in csv.DictReader(table, delimiter="\t")]


def fetch(wanted: Sequence[Package], folder: Path) -> list[Path]:
    """The archives of the packages, downloaded where they are missing.

    Raises CalledProcessError when a client fails, with what it said on standard error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in wanted if not (folder / one.archive).exists()]
    for registry, client in (("pypi", _with_pip), ("npm", _with_npm), ("debian", _with_apt)):
        chosen = [
            f"{one.name}{_AT[registry]}{one.version}" for one in missing if one.registry == registry
        ]
        if chosen:
            client(chosen, folder.resolve())
    return [folder / one.archive for one in wanted]


_AT = {"pypi": "==", "npm": "@", "debian": "="}


def _with_pip(chosen: list[str], folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
    ]
    # One call each: pip would refuse versions that no one environment can have together.
    for one in chosen:
        subprocess.run([*command, "--dest", str(folder), one], check=True)


def _with_npm(chosen: list[str], folder: Path) -> None:
    command = ["npm", "pack", "--silent", f"--pack-destination={folder}"]
    for one in chosen:
        subprocess.run([*command, one], check=True, stdout=subprocess.DEVNULL)


def _with_apt(chosen: list[str], folder: Path) -> None:
    lists = folder / "apt"
    (lists / "state" / "partial").mkdir(parents=True, exist_ok=True)
    said = [path.read_text() for path in sorted(_SYSTEM.glob("sources.list.d/*.sources"))]
    text = "\n\n".join(re.sub(r"(?m)^Types:.*$", "Types: deb-src", one) for one in said)
    (lists / "all.sources").write_text(text)
    options = [
        f"Dir::Etc::SourceParts={lists}",
        "Dir::Etc::SourceList=/dev/null",
        f"Dir::State::Lists={lists / 'state'}",
        "APT::Sandbox::User=root",
    ]
    command = ["apt-get", "--quiet=2", *(f"--option={option}" for option in options)]
    subprocess.run([*command, "update"], check=True)
    for one in chosen:
        subprocess.run(
            [*command, "source", "--download-only", "--only-source", one], check=True, cwd=folder
        )
