"""Python's objects of several arguments: dataclasses."""

from __future__ import annotations

from collections.abc import Sequence

from pairwright_analyzers.languages.bundles import Bundles, Part


def _taken(parts: Sequence[Part], name: str, kind: str) -> str:
    return f"{name}: {kind}" if any(part.type for part in parts) else name


def _made(values: Sequence[tuple[str, str]], kind: str) -> str:
    return f"{kind}({', '.join(f'{name}={value}' for name, value in values)})"


def _declared(parts: Sequence[Part], kind: str, step: str) -> str:
    lines = ["@dataclass", f"class {kind}:"]
    for part in parts:
        if part.default[:1] in ("[", "{"):
            raise ValueError(f"The default value of `{part.name}` cannot be that of a field.")
        default = f" = {part.default}" if part.default else ""
        lines.append(f"{step}{part.name}: {part.type or 'Any'}{default}")
    return "\n".join(lines)


BUNDLES = Bundles(
    taken=_taken,
    made=_made,
    declared=_declared,
    imports=(
        ("dataclass", "from dataclasses import dataclass"),
        ("Any", "from typing import Any"),
    ),
)
