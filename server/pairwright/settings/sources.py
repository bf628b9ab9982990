"""The layers of settings as they are given: user file, workspace files, editor, environment.

Owns file names, reading and the unwrapping of the editor's shapes. It must not know what a valid
value is (`resolve.py` does).
"""

from __future__ import annotations

import difflib
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pairwright.settings.registry import ENVIRONMENT_PREFIX, SETTINGS
from pairwright.settings.resolve import Layer, LayerKind, SettingProblem

WORKSPACE_FILE = ".pairwright.toml"
PROJECT_FILE = "pyproject.toml"
PROJECT_TABLE = ("tool", "pairwright")
SECTION = "pairwright"

# A settings file of this many bytes is a mistake, and the parser takes seconds for each megabyte.
MAX_FILE_SIZE = 1_000_000


def default_user_file() -> Path:
    """`pairwright/config.toml` in the user's configuration folder of this platform."""
    import platformdirs

    return platformdirs.user_config_path("pairwright", appauthor=False) / "config.toml"


def read_layers(
    root: Path | None,
    editor: Mapping[str, object],
    environ: Mapping[str, str],
    user_file: Path | None,
) -> list[Layer]:
    """The layers for the workspace folder `root`, lowest first, ready for `resolve_settings`.

    A missing file gives no layer. One that cannot be read or parsed gives an empty layer that holds
    the problem. `.pairwright.toml` stands above `[tool.pairwright]` of pyproject.toml when both
    exist.
    """
    layers: list[Layer | None] = []
    if user_file is not None:
        layers.append(_file_layer(LayerKind.USER, user_file))
    if root is not None:
        layers.append(_project_layer(root / PROJECT_FILE))
        layers.append(_file_layer(LayerKind.WORKSPACE, root / WORKSPACE_FILE))
    layers.append(Layer(LayerKind.EDITOR, _without_section(editor)) if editor else None)
    layers.append(_environment_layer(environ))
    return [layer for layer in layers if layer is not None]


def _file_layer(kind: LayerKind, path: Path) -> Layer | None:
    text = _read(kind, path)
    if not isinstance(text, str):
        return text
    values = _parsed(kind, path, text)
    if isinstance(values, SettingProblem):
        return Layer(kind, {}, path, problems=(values,))
    return Layer(kind, values, path, text)


def _project_layer(path: Path) -> Layer | None:
    text = _read(LayerKind.WORKSPACE, path)
    if not isinstance(text, str):
        return text
    if SECTION not in text:
        return None  # other tools' file: whether it parses is not ours to say
    parsed = _parsed(LayerKind.WORKSPACE, path, text)
    if isinstance(parsed, SettingProblem):
        return Layer(LayerKind.WORKSPACE, {}, path, problems=(parsed,))
    values: object = parsed
    for step in PROJECT_TABLE:
        values = values.get(step) if isinstance(values, Mapping) else None
    if not isinstance(values, Mapping):
        return None
    return Layer(LayerKind.WORKSPACE, values, path, text, PROJECT_TABLE)


def _read(kind: LayerKind, path: Path) -> str | Layer | None:
    """The file's text, None when there is no such file, or an empty layer with the problem."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _unreadable(kind, path, "it is not a regular file")
        if status.st_size > MAX_FILE_SIZE:
            return _unreadable(kind, path, f"it is larger than {MAX_FILE_SIZE} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return _unreadable(kind, path, error.strerror or str(error))
    except UnicodeDecodeError as error:
        return _unreadable(kind, path, f"it is not UTF-8 (byte {error.start})")


def _unreadable(kind: LayerKind, path: Path, reason: str) -> Layer:
    sentence = f"{path}: the settings file cannot be read: {reason}; it is ignored."
    problem = SettingProblem("", "warning", kind, "", "", sentence, path)
    return Layer(kind, {}, path, problems=(problem,))


def _parsed(kind: LayerKind, path: Path, text: str) -> dict[str, object] | SettingProblem:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column \d+\)$", str(error))
        line = int(place[1]) if place else None
        where = f"{path}:{line}" if line is not None else str(path)
        reason = str(error).removesuffix(place[0]).strip() if place else str(error)
        sentence = f"{where}: the settings file is not valid TOML: {reason}; it is ignored."
        return SettingProblem("", "warning", kind, "", "", sentence, path, line)


def _without_section(editor: Mapping[str, object]) -> Mapping[str, object]:
    """The editor's values without the `pairwright` that clients put around or before the keys."""
    values: dict[str, object] = {}
    for key, value in editor.items():
        if key == SECTION and isinstance(value, Mapping):
            values.update(value)
        else:
            values[key.removeprefix(f"{SECTION}.")] = value
    return values


def _environment_layer(environ: Mapping[str, str]) -> Layer | None:
    """The settings among the environment variables; an empty variable counts as not set.

    Other variables with the prefix are not ours to judge, unless they are a near miss of a
    setting's.
    """
    variables = {spec.environment_variable: spec.key for spec in SETTINGS}
    values: dict[str, object] = {}
    problems: list[SettingProblem] = []
    for name, text in environ.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or not text:
            continue
        if name in variables:
            values[variables[name]] = text
            continue
        near = difflib.get_close_matches(name, variables, n=1, cutoff=0.85)
        if near:
            sentence = f"environment: `{name}` is no setting; did you mean `{near[0]}`?"
            problems.append(
                SettingProblem(
                    name, "warning", LayerKind.ENVIRONMENT, text, f"`{near[0]}`", sentence
                )
            )
    if not values and not problems:
        return None
    return Layer(LayerKind.ENVIRONMENT, values, problems=tuple(problems))
