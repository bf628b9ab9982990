"""Layers of given values in; one valid `Settings`, the origin of each value, and problems out.

Owns merging, validation, migration of renamed keys, and the sentences about problems. Pure: it must
not read files, the environment or the clock (`sources.py` made the layers).
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal, get_type_hints
from urllib.parse import urlsplit

from pairwright.settings.registry import SETTINGS, Kind, Scope, Settings, SettingSpec

ProblemLevel = Literal["warning", "info"]


class LayerKind(Enum):
    """Where a layer's values were given; the value is its name for the person."""

    USER = "user file"
    WORKSPACE = "workspace file"
    EDITOR = "editor"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One thing wrong with the settings as given; the lower layer's value stays in force.

    `line` counts from 1 and is set only for a file. `given` and `expected` are fit to be shown;
    both are empty for a file that could not be read. `message` is the whole sentence for the
    person.
    """

    key: str
    level: ProblemLevel
    layer: LayerKind
    given: str
    expected: str
    message: str
    path: Path | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Values given in one place, keyed nested, dotted or both; the environment's are strings.

    `path`, `text` and `table` tell where a file's values stand (`table` is `("tool", "pairwright")`
    in a pyproject.toml), so that a problem can name its line. `problems` are those met while
    reading the layer.
    """

    kind: LayerKind
    values: Mapping[str, object]
    path: Path | None = None
    text: str = ""
    table: tuple[str, ...] = ()
    problems: tuple[SettingProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force, where each key's value came from, and the problems met."""

    settings: Settings
    origins: Mapping[str, str]
    problems: tuple[SettingProblem, ...]


DEFAULT_ORIGIN = "default"


def resolve_settings(
    layers: Sequence[Layer], registry: Sequence[SettingSpec] = SETTINGS
) -> Resolved:
    """Merge `layers`, lowest first, over the defaults.

    A value that is missing, null or invalid leaves the lower layer's in force. Never raises on what
    a person wrote.
    """
    specs = {spec.key: spec for spec in registry}
    values: dict[str, object] = {
        spec.key: {} if spec.kind is Kind.CHOICE_MAP else spec.default for spec in registry
    }
    origins = {spec.key: DEFAULT_ORIGIN for spec in registry}
    problems: list[SettingProblem] = []
    for layer in layers:
        problems.extend(layer.problems)
        for entry in _current_entries(layer, registry, problems):
            spec = specs[entry.key]
            if spec.scope is Scope.MACHINE and layer.kind is LayerKind.WORKSPACE:
                problems.append(_machine_only(layer, entry))
                continue
            if spec.kind is Kind.CHOICE_MAP:
                accepted = _accepted_choices(layer, entry, spec, problems)
                if accepted:
                    lower = values[spec.key]
                    assert isinstance(lower, dict)
                    values[spec.key] = lower | accepted
                    origins[spec.key] = _joined(origins[spec.key], _origin(layer, spec))
                continue
            value = _accepted(spec, _decoded(layer, spec, entry.value))
            if value is None:
                problems.append(_wrong_value(layer, entry, expected_value(spec)))
                continue
            values[spec.key] = value
            origins[spec.key] = _origin(layer, spec)
    settings = _build(Settings, "", values)
    assert isinstance(settings, Settings)
    return Resolved(settings, origins, tuple(problems))


def expected_value(spec: SettingSpec) -> str:
    """What a value of `spec` must be, to end "expected ...": `a whole number from 1 to 64`."""
    match spec.kind:
        case Kind.BOOLEAN:
            return "true or false"
        case Kind.INTEGER if spec.minimum is not None and spec.maximum is not None:
            return f"a whole number from {spec.minimum} to {spec.maximum}"
        case Kind.INTEGER:
            return "a whole number"
        case Kind.CHOICE:
            return _one_of(spec.choice_values)
        case Kind.STRING_LIST:
            return "a list of strings"
        case Kind.CHOICE_MAP:
            return f"a table whose values are {_one_of(spec.choice_values)}"
        case Kind.REVISION:
            return "the name of a git revision, such as `HEAD` or `origin/main`"
        case Kind.WORKSPACE_PATH:
            return "a relative path that stays inside the workspace"
        case Kind.ABSOLUTE_PATH:
            return "an absolute path, or one that starts with `~`"
        case Kind.CHOICE_OR_PATH:
            choices = ", ".join(f'"{value}"' for value in spec.choice_values)
            return f"{choices}, or a folder as an absolute path or one that starts with `~`"
        case Kind.URL:
            return "a URL that starts with `http://` or `https://`"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value as given: its key, the key as written, and the way to it in the raw mapping."""

    key: str
    written: str
    steps: tuple[str, ...]
    value: object


def _current_entries(
    layer: Layer, registry: Sequence[SettingSpec], problems: list[SettingProblem]
) -> list[_Entry]:
    """The layer's entries under today's keys; the unknown, renamed or misplaced are problems."""
    specs = {spec.key: spec for spec in registry}
    maps = {spec.key for spec in registry if spec.kind is Kind.CHOICE_MAP}
    renamed = {old: spec.key for spec in registry for old in spec.renamed_from}
    maps |= {old for old, key in renamed.items() if key in maps}
    groups = {key.rsplit(".", 1)[0] for key in specs if "." in key}
    found: list[_Entry] = []
    written_keys: set[str] = set()
    for entry in _flatten(layer.values, maps):
        if entry.value is None:  # an editor's way of saying "not set"
            continue
        written_keys.add(entry.key)
        found.append(entry)

    current: list[_Entry] = []
    for entry in found:
        if entry.key in specs:
            current.append(entry)
        elif entry.key in renamed:
            new_key = renamed[entry.key]
            superseded = new_key in written_keys
            problems.append(_renamed(layer, entry, new_key, superseded))
            if not superseded:
                current.append(dataclasses.replace(entry, key=new_key))
        elif entry.key in groups:
            problems.append(_wrong_value(layer, entry, "a table of settings"))
        else:
            problems.append(_unknown(layer, entry, tuple(specs)))
    return current


def _flatten(
    values: Mapping[str, object], maps: set[str], above: tuple[str, ...] = ()
) -> Iterator[_Entry]:
    for name, value in values.items():
        steps = (*above, str(name))
        key = ".".join(steps)
        map_key = next((known for known in maps if key.startswith(f"{known}.")), None)
        if map_key is not None:
            yield _Entry(map_key, key, steps, {key[len(map_key) + 1 :]: value})
        elif isinstance(value, Mapping) and key not in maps:
            yield from _flatten(value, maps, steps)
        else:
            yield _Entry(key, key, steps, value)


def _accepted(spec: SettingSpec, value: object) -> object | None:
    """`value` in the form `Settings` holds it, or None when it is not a value of `spec`."""
    match spec.kind:
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Kind.INTEGER:
            return _accepted_integer(spec, value)
        case Kind.CHOICE:
            return value if isinstance(value, str) and value in spec.choice_values else None
        case Kind.STRING_LIST:
            if isinstance(value, Mapping) and not value:
                return ()  # Lua cannot tell an empty list from an empty table
            if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
                return tuple(value)
            return None
        case Kind.REVISION:
            return value if isinstance(value, str) and _may_be_revision(value, spec) else None
        case Kind.WORKSPACE_PATH:
            return value if isinstance(value, str) and _stays_inside(value) else None
        case Kind.ABSOLUTE_PATH:
            return value if isinstance(value, str) and _absolute_or_empty(value) else None
        case Kind.CHOICE_OR_PATH:
            chosen = isinstance(value, str) and value in spec.choice_values
            return value if chosen or _is_absolute(value) else None
        case Kind.URL:
            return value if isinstance(value, str) and _may_be_url(value) else None
        case Kind.CHOICE_MAP:
            raise AssertionError("merged entry by entry")


def _accepted_integer(spec: SettingSpec, value: object) -> int | None:
    # JSON has one kind of number and some editors write every one as a float.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    if spec.minimum is not None and value < spec.minimum:
        return None
    if spec.maximum is not None and value > spec.maximum:
        return None
    return value


def _accepted_choices(
    layer: Layer, entry: _Entry, spec: SettingSpec, problems: list[SettingProblem]
) -> dict[str, str]:
    value = _decoded(layer, spec, entry.value)
    if isinstance(value, list | tuple) and not value:
        return {}  # Lua again: an empty table may arrive as an empty list
    if not isinstance(value, Mapping):
        problems.append(_wrong_value(layer, entry, expected_value(spec)))
        return {}
    accepted: dict[str, str] = {}
    for name, choice in value.items():
        if isinstance(choice, str) and choice in spec.choice_values:
            accepted[str(name)] = choice
        elif choice is not None:
            steps = entry.steps if entry.written != entry.key else (*entry.steps, str(name))
            inner = _Entry(f"{spec.key}.{name}", f"{spec.key}.{name}", steps, choice)
            problems.append(_wrong_value(layer, inner, _one_of(spec.choice_values)))
    return accepted


def _may_be_revision(text: str, spec: SettingSpec) -> bool:
    # A leading dash would be read by git as an option. The rest of the spelling is git's to judge.
    if not text:
        return spec.default == ""
    return not text.startswith("-") and text.isprintable() and " " not in text


def _stays_inside(text: str) -> bool:
    if not text:
        return False
    for path in (PurePosixPath(text), PureWindowsPath(text)):
        if path.is_absolute() or path.drive or path.root or ".." in path.parts:
            return False
    return "\0" not in text


def _absolute_or_empty(text: str) -> bool:
    if "\0" in text:
        return False
    return not text or text.startswith("~") or Path(text).is_absolute()


def _is_absolute(value: object) -> bool:
    return isinstance(value, str) and bool(value) and _absolute_or_empty(value)


def _may_be_url(text: str) -> bool:
    if not text:
        return True
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def _decoded(layer: Layer, spec: SettingSpec, value: object) -> object:
    """An environment variable's text as its setting's type; undecodable text is returned as is.

    A list is JSON or comma-separated, a table is JSON or `name=value,name=value`.
    """
    if layer.kind is not LayerKind.ENVIRONMENT or not isinstance(value, str):
        return value
    text = value.strip()
    match spec.kind:
        case Kind.BOOLEAN:
            return True if text.lower() in _TRUE else False if text.lower() in _FALSE else value
        case Kind.INTEGER:
            return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else value
        case Kind.STRING_LIST | Kind.CHOICE_MAP:
            if text.startswith(("[", "{")):
                try:
                    decoded: object = json.loads(text)
                except (ValueError, RecursionError):
                    return value
                return decoded
            items = [item.strip() for item in text.split(",") if item.strip()]
            if spec.kind is Kind.STRING_LIST:
                return items
            pairs = [item.partition("=") for item in items]
            if not all(equals for _, equals, _ in pairs):
                return value
            return {name.strip(): choice.strip() for name, _, choice in pairs}
        case _:
            return text


def _build(shape: type, prefix: str, values: Mapping[str, object]) -> object:
    hints = get_type_hints(shape)
    arguments: dict[str, object] = {}
    for item in dataclasses.fields(shape):
        key = f"{prefix}{item.name}"
        hint = hints[item.name]
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            arguments[item.name] = _build(hint, f"{key}.", values)
        else:
            arguments[item.name] = values[key]
    return shape(**arguments)


def _joined(below: str, origin: str) -> str:
    if below == DEFAULT_ORIGIN:
        return origin
    return below if origin in below.split(" + ") else f"{below} + {origin}"


def _origin(layer: Layer, spec: SettingSpec) -> str:
    if layer.kind is LayerKind.ENVIRONMENT:
        return f"environment variable {spec.environment_variable}"
    return layer.kind.value if layer.path is None else str(layer.path)


# --- problems


def _wrong_value(layer: Layer, entry: _Entry, expected: str) -> SettingProblem:
    given = _shown(entry.value)
    return _problem(
        layer,
        entry,
        "warning",
        given,
        expected,
        f"`{entry.written}` is {given}, expected {expected}; the value is ignored.",
    )


def _unknown(layer: Layer, entry: _Entry, keys: tuple[str, ...]) -> SettingProblem:
    nearest = _nearest(entry.key, keys)
    hint = f"; did you mean `{nearest}`?" if nearest else "; see the list of settings."
    return _problem(
        layer,
        entry,
        "warning",
        _shown(entry.value),
        f"`{nearest}`" if nearest else "",
        f"There is no setting `{entry.written}`{hint}",
    )


def _renamed(layer: Layer, entry: _Entry, new_key: str, superseded: bool) -> SettingProblem:
    effect = "ignored, as both are given" if superseded else "still honoured"
    return _problem(
        layer,
        entry,
        "info",
        _shown(entry.value),
        f"`{new_key}`",
        f"The setting `{entry.written}` is now `{new_key}`; the old name is {effect}.",
    )


def _machine_only(layer: Layer, entry: _Entry) -> SettingProblem:
    return _problem(
        layer,
        entry,
        "warning",
        _shown(entry.value),
        "a value in the user file, the editor or the environment",
        f"`{entry.written}` is not taken from a workspace's files, because opening a repository "
        "must not choose where this machine reads, writes or connects to; set it in the user "
        "file, the editor or the environment.",
    )


def _problem(
    layer: Layer, entry: _Entry, level: ProblemLevel, given: str, expected: str, sentence: str
) -> SettingProblem:
    line = _line_of(layer.text, (*layer.table, *entry.steps)) if layer.text else None
    where = layer.kind.value if layer.path is None else str(layer.path)
    if line is not None:
        where = f"{where}:{line}"
    return SettingProblem(
        entry.key, level, layer.kind, given, expected, f"{where}: {sentence}", layer.path, line
    )


def _nearest(key: str, keys: tuple[str, ...]) -> str | None:
    close = difflib.get_close_matches(key, keys, n=1, cutoff=0.6)
    if close:
        return close[0]
    # The right name in the wrong group, or without its group.
    by_name = {known.rsplit(".", 1)[-1]: known for known in keys}
    close = difflib.get_close_matches(key.rsplit(".", 1)[-1], by_name, n=1, cutoff=0.8)
    return by_name[close[0]] if close else None


def _shown(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def _one_of(values: Sequence[str]) -> str:
    quoted = [f'"{value}"' for value in values]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _line_of(text: str, steps: tuple[str, ...]) -> int | None:
    """The line, from 1, that gives the value at `steps` in TOML `text`; None when not found.

    The standard library's parser keeps no positions, but the text up to a line is itself TOML
    whenever the line ends a value: the key stands on the first line with which it appears.
    """
    lines = text.splitlines(keepends=True)
    for start, line in enumerate(lines):
        if steps[-1] not in line or _holds("".join(lines[:start]), steps) is not False:
            continue
        for end in range(start + 1, min(start + 200, len(lines)) + 1):
            holds = _holds("".join(lines[:end]), steps)
            if holds:
                return start + 1
            if holds is False:
                break  # a whole value, but another key's
    return None


def _holds(text: str, steps: tuple[str, ...]) -> bool | None:
    """Whether TOML `text` has a value at `steps`; None when the text is not TOML."""
    try:
        value: object = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    for step in steps:
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True
