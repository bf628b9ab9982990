"""Which dependencies a change adds, drops or moves to another version, read from manifests, lock
files, workflows and container files.

Owns the reading of those formats. It must not know messages. A text that cannot be read says
nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DependencyChange:
    """One dependency; a version is "" on the side where it is not there, or has none."""

    name: str
    old: str
    new: str
    added: bool = False
    removed: bool = False


def dependency_changes(
    path: str, before: bytes | None, after: bytes | None
) -> tuple[DependencyChange, ...]:
    """What changed among the dependencies that the file at `path` names, by name."""
    old = _dependencies(path, before or b"")
    new = _dependencies(path, after or b"")
    found = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            found.append(DependencyChange(name, "", new[name], added=True))
        elif name not in new:
            found.append(DependencyChange(name, old[name], "", removed=True))
        elif old[name] != new[name]:
            found.append(DependencyChange(name, old[name], new[name]))
    return tuple(found)


def _dependencies(path: str, text: bytes) -> dict[str, str]:
    name = path.rpartition("/")[2].lower()
    source = text.decode("utf-8", "replace")
    try:
        if name in ("package.json", "composer.json", "deno.json", "deno.jsonc"):
            return _from_json(json.loads(source)) if source.strip() else {}
        if name == "package-lock.json":
            return _from_package_lock(json.loads(source)) if source.strip() else {}
        if name == "composer.lock":
            return _from_composer_lock(json.loads(source)) if source.strip() else {}
        if name in ("pyproject.toml", "cargo.toml", "pipfile", "libs.versions.toml"):
            return dict(_from_toml(tomllib.loads(source)))
    except (ValueError, RecursionError):
        return {}
    for test, pattern in _PATTERNS:
        if test.search(path.lower()):
            return {
                match["name"]: _clean(match["version"] or "") for match in pattern.finditer(source)
            }
    return {}


def _clean(version: str) -> str:
    return version.strip().strip("'\"").lstrip("^~=<>! ").partition(",")[0].removesuffix(".*")


_GROUPS = (
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "require",
    "require-dev",
    "imports",
)


def _from_json(held: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    if not isinstance(held, Mapping):
        return found
    for group in _GROUPS:
        values = held.get(group)
        if isinstance(values, Mapping):
            found.update({str(k): _clean(v) for k, v in values.items() if isinstance(v, str)})
    manager = held.get("packageManager")
    if isinstance(manager, str) and "@" in manager:
        name, _, version = manager.rpartition("@")
        found[name] = version.partition("+")[0]
    return found


def _from_package_lock(held: Any) -> dict[str, str]:
    packages = held.get("packages") if isinstance(held, Mapping) else None
    found = {}
    for key, value in (packages or {}).items():
        if key.startswith("node_modules/") and isinstance(value, Mapping):
            name = key.removeprefix("node_modules/")
            if "node_modules/" not in name:
                found[name] = str(value.get("version", ""))
    return found


def _from_composer_lock(held: Any) -> dict[str, str]:
    packages = [*held.get("packages", ()), *held.get("packages-dev", ())]
    return {str(one.get("name")): str(one.get("version", "")) for one in packages}


_REQUIREMENT = re.compile(
    r"^\s*(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?P<version>(?:[=<>!~]=?|===|@)[^;#]*)?"
)


def _from_toml(held: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, value in held.items():
        if isinstance(value, Mapping):
            if key.endswith(("dependencies", "packages")) or key in ("libraries", "versions"):
                yield from _from_table(value)
            if depth < 6:
                yield from _from_toml(value, depth + 1)
        elif isinstance(value, list) and (
            key in ("dependencies", "requires") or depth in (1, 2, 3)
        ):
            # `project.dependencies`, and the groups below `optional-dependencies`.
            for one in value:
                found = _REQUIREMENT.match(one) if isinstance(one, str) else None
                if found and (found["version"] or key in ("dependencies", "requires")):
                    yield found["name"], _clean(found["version"] or "")


def _from_table(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in held.items():
        if isinstance(value, str):
            yield name, _clean(value)
        elif isinstance(value, Mapping) and isinstance(value.get("version"), str):
            yield name, _clean(value["version"])
        elif isinstance(value, Mapping) and ("path" in value or "workspace" in value):
            yield name, ""


_PATTERNS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(test), re.compile(pattern, re.MULTILINE))
    for test, pattern in (
        (r"requirements[^/]*\.(txt|in)$|requirements/[^/]*\.(txt|in)$", _REQUIREMENT.pattern),
        (
            r"(^|/)go\.(mod|work)$",
            r"^(?:require\s+|\s+)(?P<name>[\w.-]+\.[\w.-]+/\S+)\s+(?P<version>v\S+)",
        ),
        (
            r"(^|/)pom\.xml$",
            r"<artifactId>(?P<name>[^<]+)</artifactId>\s*<version>(?P<version>[^<]+)</version>",
        ),
        (
            r"(^|/)(gemfile|[^/]*\.gemspec)$",
            r"^\s*(?:gem|\w+\.add_\w*dependency)\s*\(?['\"](?P<name>[^'\"]+)['\"](?:,\s*['\"](?P<version>[^'\"]+))?",
        ),
        (
            r"\.(cs|fs|vb)proj$|directory\.packages\.props$",
            r"<Package(?:Reference|Version)\s+(?:Include|Update)=\"(?P<name>[^\"]+)\"\s+Version=\"(?P<version>[^\"]+)\"",
        ),
        (
            r"\.gradle(\.kts)?$",
            r"['\"](?P<name>[\w.-]+:[\w.-]+):(?P<version>[\w.+-]+)['\"]",
        ),
        (
            r"\.github/(workflows|actions)/|(^|/)action\.ya?ml$",
            r"uses:\s*['\"]?(?P<name>[\w.-]+/[\w./-]+)@(?:[0-9a-f]{40}\s*#\s*)?(?P<version>[\w.-]+)",
        ),
        (
            r"dockerfile",
            r"^FROM\s+(?:--\S+\s+)*(?P<name>[\w./-]+):(?P<version>[\w.-]+)",
        ),
        (
            r"\.pre-commit-config\.ya?ml$",
            r"repo:\s*\S*/(?P<name>[\w.-]+)\s+rev:\s*(?P<version>\S+)",
        ),
        (
            r"(^|/)(cargo|poetry|uv|pdm)\.lock$",
            r"^name = \"(?P<name>[^\"]+)\"\s+version = \"(?P<version>[^\"]+)\"",
        ),
        (
            r"(^|/)yarn\.lock$",
            r"^\"?(?P<name>@?[^@\s\"]+)@[^\n]*:\n\s+version:? \"?(?P<version>[^\"\n]+)",
        ),
        (
            r"(^|/)pnpm-lock\.yaml$",
            r"^  '?/?(?P<name>@?[\w./-]+)@(?P<version>\d[^:'(]*)",
        ),
        (r"(^|/)gemfile\.lock$", r"^    (?P<name>[\w.-]+) \((?P<version>[^)]+)\)"),
        (r"(^|/)go\.sum$", r"^(?P<name>\S+) (?P<version>v\S+?)(?<!/go\.mod) h1:"),
    )
)


def told_once(changes: Iterable[DependencyChange]) -> tuple[DependencyChange, ...]:
    """Each dependency once, however many files name it; what moves in step is kept apart."""
    found: dict[str, DependencyChange] = {}
    for change in changes:
        known = found.get(change.name)
        if known is None or (
            (known.added or known.removed) and not (change.added or change.removed)
        ):
            found[change.name] = change
    return tuple(found.values())
