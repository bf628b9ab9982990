"""The facts of a file as lines of text, for tests to expect.

The lines:

    symbol KIND QUALNAME LINE [complexity=N] [owner=TYPE] [flags=a|b] [doc]
    signature QUALNAME: TEXT          (white space folded)
    parameters QUALNAME: name[:kind][?] … [-> RETURNS]     (kind unless positional; ? if optional)
    ref LINE ROLE NAME [member]
    import LINE MODULE NAME [as ALIAS] [level=N] [reexport] [type]
    scope LINE-LINE KIND
    typed NAME@LINE TYPE@LINE
    call LINE CALLEE(argument|name=argument|…)
"""

from __future__ import annotations

import re

from pairwright_analyzers.facts import FileFacts, scopes_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.syntax import descendants, parse
from pairwright_analyzers.types import CALLABLE_KINDS, ParameterKind, SymbolFlag


def dump(spec: LanguageSpec, facts: FileFacts, text: bytes) -> list[str]:
    """The facts as the lines this module's docstring describes."""

    def line(offset: int) -> int:
        return text.count(b"\n", 0, offset) + 1

    def word(offset: int) -> str:
        found = re.compile(rb"[\w$@?!]+").match(text, offset)
        return found.group().decode() if found else "?"

    lines: list[str] = []
    for symbol in facts.symbols:
        parts = ["symbol", symbol.kind.name, symbol.qualname, str(line(symbol.name_span.start))]
        if symbol.kind in CALLABLE_KINDS and symbol.complexity > 1:
            parts.append(f"complexity={symbol.complexity}")
        if symbol.owner:
            parts.append(f"owner={symbol.owner}")
        flags = [flag.name.lower() for flag in SymbolFlag if flag & symbol.flags and flag.name]
        if flags:
            parts.append("flags=" + "|".join(flags))
        if symbol.doc:
            parts.append("doc")
        lines.append(" ".join(parts))
        lines.append(f"signature {symbol.qualname}: {' '.join(symbol.signature.split())}")
        if symbol.kind in CALLABLE_KINDS:
            signature = spec.signature(symbol.signature)
            shown = [
                item.name
                + ("" if item.kind is ParameterKind.POSITIONAL else f":{item.kind.value}")
                + ("?" if item.optional else "")
                for item in signature.parameters
            ]
            returns = f" -> {signature.returns}" if signature.returns else ""
            lines.append(f"parameters {symbol.qualname}: {' '.join(shown)}{returns}".rstrip())
    for reference in facts.references():
        member = " member" if reference.member else ""
        role = reference.role.name.lower()
        lines.append(f"ref {line(reference.span.start)} {role} {reference.name}{member}")
    for item in facts.imports:
        parts = ["import", str(line(item.name_span.start)), item.module or ".", item.name or "-"]
        if item.alias:
            parts += ["as", item.alias]
        if item.level:
            parts.append(f"level={item.level}")
        if item.reexport:
            parts.append("reexport")
        if item.type_only:
            parts.append("type")
        lines.append(" ".join(parts))
    lines.extend(
        f"scope {line(scope.span.start)}-{line(scope.span.end)} {scope.kind.name.lower()}"
        for scope in scopes_of(facts, spec)
    )
    for target, value in facts.typed.items():
        lines.append(f"typed {word(target)}@{line(target)} {word(value)}@{line(value)}")
    for node in descendants(parse(spec, text).root):
        call = spec.call(node, text)
        if call is not None:
            shown = [
                (f"{item.name}=" if item.name else "")
                + ("..." if item.spread else "")
                + text[item.value.start : item.value.end].decode()
                for item in call.arguments
            ]
            callee = text[call.callee.start : call.callee.end].decode()
            lines.append(f"call {line(call.callee.start)} {callee}({'|'.join(shown)})")
    return lines
