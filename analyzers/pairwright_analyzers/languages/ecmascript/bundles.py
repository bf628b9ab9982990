"""The objects of several arguments of JavaScript and TypeScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pairwright_analyzers.languages.bundles import Bundles, Part


def _names(parts: Sequence[Part]) -> str:
    listed = [f"{part.name} = {part.default}" if part.default else part.name for part in parts]
    return f"{{ {', '.join(listed)} }}"


def _tail(parts: Sequence[Part]) -> str:
    return " = {}" if all(part.default for part in parts) else ""


def _made(values: Sequence[tuple[str, str]], _type: str) -> str:
    listed = [name if name == value else f"{name}: {value}" for name, value in values]
    return f"{{ {', '.join(listed)} }}"


def _declared(parts: Sequence[Part], kind: str, step: str) -> str:
    lines = [f"interface {kind} {{"]
    for part in parts:
        if not part.type:
            raise ValueError(f"`{part.name}` has no declared type.")
        lines.append(f"{step}{part.name}{'?' if part.default else ''}: {part.type};")
    return "\n".join([*lines, "}"])


BUNDLES = Bundles(
    taken=lambda parts, _name, _type: _names(parts) + _tail(parts),
    taken_apart=True,
    made=_made,
)

TYPESCRIPT_BUNDLES = replace(
    BUNDLES,
    taken=lambda parts, _name, kind: f"{_names(parts)}: {kind}{_tail(parts)}",
    declared=_declared,
    exported="export ",
)
