"""Runs a real VS Code as a server with a window in a headless browser.

`vscode/drive.mjs` acts in the window; this module starts and ends the processes around it. It must
not know what the tests check.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from e2e.provision import VSCode

DRIVE_SECONDS = 600

SETTINGS = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "telemetry.telemetryLevel": "off",
    "extensions.autoUpdate": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "update.mode": "none",
    "editor.accessibilitySupport": "off",
    "git.autofetch": False,
    "git.useEditorAsCommitInput": True,
    "files.autoSave": "off",
    "window.restoreWindows": "none",
}


@contextmanager
def served(code: VSCode, profile: Path, server: Path) -> Iterator[str]:
    """A VS Code server with the extension installed in a fresh profile; yields its address."""
    # VS Code takes PATH from a login shell, so the server under test is named by the setting.
    for kind, settings in (
        ("User", SETTINGS),
        ("Machine", {"pairwright.server.path": str(server)}),
    ):
        folder = profile / "user" / kind
        folder.mkdir(parents=True)
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    common = [
        str(code.node),
        str(code.server),
        "--accept-server-license-terms",
        *("--user-data-dir", str(profile / "user")),
        *("--server-data-dir", str(profile / "server")),
        *("--extensions-dir", str(profile / "extensions")),
        *("--telemetry-level", "off"),
    ]
    subprocess.run(
        [*common, "--install-extension", str(code.extension)],
        check=True,
        capture_output=True,
    )
    with subprocess.Popen(
        [*common, "--host", "127.0.0.1", "--port", "0", "--without-connection-token"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        log = ""
        try:
            for line in process.stdout:
                log += line
                if bound := re.search(r"listening on (\d+)", line):
                    # What it says from here on is read, so that the pipe never fills, and dropped.
                    Thread(target=process.stdout.read, daemon=True).start()
                    yield f"http://127.0.0.1:{bound[1]}"
                    break
            else:
                raise AssertionError(f"VS Code's server ended:\n{log}")
        finally:
            process.terminate()
            process.wait()


def drive(
    code: VSCode, scenarios: Sequence[Mapping[str, object]], folder: Path
) -> dict[str, dict[str, Any]]:
    """Carry out scenarios in a browser; what the person saw in each, by its name.

    `folder` gets profile and pictures. A scenario that failed has an `error`, which names them.
    """
    shots = folder / "shots"
    shots.mkdir()
    path = folder / "plan.json"
    path.write_text(
        json.dumps(
            {
                "chromium": str(code.chromium),
                "profile": str(folder / "browser"),
                "shots": str(shots),
                "scenarios": scenarios,
            }
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [str(code.node), str(code.driver), str(path)],
        capture_output=True,
        text=True,
        timeout=DRIVE_SECONDS,
        check=False,
    )
    assert done.stdout, done.stderr
    told: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    for name, seen in told.items():
        if "error" in seen:
            seen["error"] += f"\nseen: {seen}\na picture: {shots / name}-error.png"
    return told
