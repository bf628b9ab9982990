"""Conditional compilation inside a declaration: `class A` `#if X` `: B` `#endif` `{`.

The grammar reads directives between whole declarations or statements only. A branch that holds
neither a semicolon nor a brace is a piece of one, so its directives are left out of the parse
(`LanguageSpec.blanks`), together with every branch but the first. Knows no tree.
"""

from __future__ import annotations

import re

_DIRECTIVE = re.compile(rb"^[ \t]*(\#[ \t]*(if|elif|else|endif)\b[^\r\n]*)", re.M)
_WHOLE = re.compile(rb"[;{}]")


def blanks(text: bytes) -> list[tuple[int, int]]:
    """The spans of such directives and of the branches that are not read, in order."""
    if b"#if" not in text and b"# if" not in text:
        return []
    found: list[tuple[int, int]] = []
    group: list[re.Match[bytes]] = []
    for directive in _DIRECTIVE.finditer(text):
        word = directive.group(2)
        if word == b"if":
            # Of nested groups the innermost is looked at.
            group = [directive]
        elif group:
            group.append(directive)
            if word == b"endif":
                if not _WHOLE.search(text, group[0].end(), directive.start()):
                    found.append(group[0].span(1))
                    found.append((group[1].start(1), directive.end()))
                group = []
    return found
