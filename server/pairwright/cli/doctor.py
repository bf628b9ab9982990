"""`pairwright doctor`."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pairwright import __version__
from pairwright.cli.terminal import Silent, coloured
from pairwright.errors import UserError
from pairwright.features.status import vectors_value
from pairwright.settings import SETTINGS, setting_value
from pairwright.workspace import OpenedRoot, open_root

_LIBRARIES = ("pygls", "lsprotocol", "tree-sitter", "rustworkx", "ast-grep-py", "numpy")


def run(options: argparse.Namespace) -> int:
    """Print what is set up and what is wrong; exit with 1 when something is."""
    with open_root(options.path, progress=Silent()) as opened:
        report = examination(opened)
    if options.json:
        json.dump(report, sys.stdout, indent=2)
        print()
    else:
        _show(report)
    return int(not report["healthy"])


def examination(opened: OpenedRoot) -> dict[str, Any]:
    """What there is to know of the set-up, as plain values."""
    problems = [_problem(one.message, one.level) for one in opened.resolved.problems]
    if opened.problem:
        problems.append(_problem(opened.problem, "warning"))
    git = _git(opened, problems)
    vectors = opened.vectors()
    if vectors.reason:
        problems.append(_problem(vectors.reason, "warning"))
    status = opened.context.status
    return {
        "pairwright": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "executable": sys.executable,
        "command": shutil.which("pairwright") or "",
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "git": git,
        "root": str(opened.context.root),
        "index": {
            "state": status.state.value,
            "files": status.files,
            "seconds": round(status.seconds, 3),
            "folder": str(opened.cache_folder),
            "size": _size(opened.cache_folder),
            "degraded": len(opened.report.degraded),
            "languages": opened.languages(),
        },
        "search": {"vectors": vectors_value(vectors), "rerank": opened.reranker()},
        "settings": {
            spec.key: {
                "value": setting_value(opened.resolved.settings, spec.key),
                "origin": opened.resolved.origins.get(spec.key, "default"),
            }
            for spec in SETTINGS
        },
        "problems": problems,
        "healthy": not any(one["level"] == "warning" for one in problems),
    }


def _problem(message: str, level: str) -> dict[str, str]:
    return {"level": level, "message": message}


def _git(opened: OpenedRoot, problems: list[dict[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"command": shutil.which("git") or "", "repository": ""}
    repo = opened.context.repo
    if not found["command"]:
        problems.append(
            _problem(
                "git is not on the PATH: review cannot see what changed. Install git.", "warning"
            )
        )
    if repo is None:
        return found
    settings = opened.context.settings.review
    try:
        head = repo.head()
        base = repo.base_revision(settings.base, settings.base_branch)
    except UserError as error:
        problems.append(_problem(str(error), "warning"))
        return found
    found["repository"] = str(repo.root)
    found["branch"] = head.branch or ""
    found["base"] = base.commit or ""
    if base.commit is None:
        problems.append(_problem(f"There is no base revision: {base.reason}", "info"))
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _size(folder: Path) -> int:
    try:
        return sum(one.stat().st_size for one in folder.iterdir() if one.is_file())
    except OSError:
        return 0


def _show(report: dict[str, Any]) -> None:
    colours = coloured(sys.stdout)

    def head(text: str) -> None:
        print(f"\x1b[1m{text}\x1b[0m" if colours else text)

    head(f"Pairwright {report['pairwright']}")
    print(f"  Python {report['python']} at {report['executable']}")
    print(f"  command: {report['command'] or 'not on the PATH: name it in the editor settings'}")
    libraries = ", ".join(f"{name} {found}" for name, found in report["libraries"].items())
    print(f"  {libraries}")
    head(f"Workspace {report['root']}")
    git = report["git"]
    if git["repository"]:
        print(f"  git: branch {git['branch'] or '(detached)'}, base {git['base'][:12] or 'none'}")
    else:
        print("  git: no repository here, so nothing to compare a change with")
    index = report["index"]
    size = f"{index['size'] / 1e6:.1f} MB"
    print(f"  index: {index['state']}, {index['files']:,} files, {size} in {index['folder']}")
    for name, count in index["languages"].items():
        print(f"    {name:<16} {count:>8,} files")
    search = report["search"]
    vectors = search["vectors"]
    covered = f"{vectors['done']:,} of {vectors['total']:,} files have vectors"
    print(f"  search: {covered}, encoder {vectors['encoder'] or vectors['state']}")
    print(f"  rerank: {search['rerank']}")
    head("Settings")
    for key, held in report["settings"].items():
        print(f"  {key} = {json.dumps(held['value'])}  ({held['origin']})")
    head("Problems" if report["problems"] else "No problems found")
    for problem in report["problems"]:
        print(f"  {problem['level']}: {problem['message']}")
