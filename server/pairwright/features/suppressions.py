"""Comments that silence a rule: finding them in a text, and writing one.

    total = price * 2  # pairwright: ignore[some-rule]        this line, one rule (or several: a, b)
    # pairwright: ignore                                      the line below, every rule
    # pairwright: ignore-file[some-rule]                      the whole file, before its first code

Owns that syntax. Only comments count, in the language's own form, never the inside of a string. It
must not know rules, git or the baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from pairwright.errors import BadArgument
from pairwright_analyzers.rules.model import Version
from pairwright_analyzers.syntax import ancestors, node_at, nodes_of_types, span_of
from pairwright_analyzers.types import Span, TextEdit

_MARK = re.compile(rb"\bpairwright:[ \t]*ignore(-file)?(?![\w-])(?:[ \t]*\[([^\]\r\n]*)\])?")
_RULE = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_LEVELS_TO_COMMENT = 4
_TOP_LINES = 20
"""A mark for the whole file may stand this far down even where code comes before it."""

_WIDTH = 100
"""The longest line, in bytes, that a comment is appended to."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One comment that silences. `rules` is empty for every rule; `line` counts from 0; `alone`
    says that nothing else stands on its line; `inside` is where further rules would be added, None
    without brackets.
    """

    line: int
    rules: frozenset[str]
    whole_file: bool
    alone: bool
    inside: int | None

    def silences(self, rule: str) -> bool:
        """Whether a rule is meant."""
        return not self.rules or rule in self.rules


class Suppressions:
    """All marks of one text."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._marks = tuple(_marks(version))

    def silences(self, rule: str, span: Span) -> bool:
        """Whether a finding of `rule` that starts at `span.start` was silenced."""
        if not self._marks:
            return False
        if any(mark.whole_file and mark.silences(rule) for mark in self._marks):
            return True
        return any(
            mark.silences(rule)
            for line in _lines_of(self._version, span.start)
            for mark in self.above_or_at(line)
        )

    def above_or_at(self, line: int) -> Iterator[Mark]:
        """The marks that speak about a line: at its end, or in the comments right above it."""
        by_line = {mark.line: mark for mark in self._marks if not mark.whole_file}
        if line in by_line:
            yield by_line[line]
        above = line - 1
        while above >= 0 and _is_comment_line(self._version, above):
            mark = by_line.get(above)
            if mark is not None and mark.alone:
                yield mark
            above -= 1


def suppressing_edit(version: Version, rule: str, line: int) -> TextEdit | None:
    """The edit that silences `rule` at `line` (from 0); None when it is silenced there already.

    Raises `BadArgument` for a rule that is written in no such way, a line that is not there, and a
    language without comments.
    """
    if not _RULE.match(rule):
        raise BadArgument(
            f"`rule` is not the identifier of a rule: {rule!r}",
            "Give one such as `removed-but-used`.",
        )
    lines = version.lines
    if not 0 <= line < lines.line_count:
        raise BadArgument(
            f"`line` is {line}, but the file has {lines.line_count} lines",
            "Give a line of the file, counted from 0.",
        )
    held = Suppressions(version)
    at = lines.line_start(line)
    text = lines.line_text(line)
    first = at + len(text) - len(text.lstrip())
    if held.silences(rule, Span(first, first)):
        return None
    token = _long_token(version, first)
    if token is not None:
        line = lines.line_of(token.start)
        at, text = lines.line_start(line), lines.line_text(line)
    for mark in held.above_or_at(line):
        if mark.inside is not None:
            return TextEdit(Span(mark.inside, mark.inside), f", {rule}")
    body = f"pairwright: ignore[{rule}]"
    markup = _in_markup(version, at + len(text) - len(text.lstrip()))
    comment = f"{{/* {body} */}}" if markup else _comment(version, body)
    end = at + len(text.rstrip())
    if token is None and not markup and _takes_comment(version, end, text, comment):
        return TextEdit(Span(end, end), f"  {comment}")
    indent = text[: len(text) - len(text.lstrip())].decode("utf-8", "replace")
    newline = "\r\n" if b"\r\n" in version.text else "\n"
    return TextEdit(Span(at, at), f"{indent}{comment}{newline}")


def _comment(version: Version, body: str) -> str:
    spec = version.spec
    # Only some dialects of JSON have comments: those whose files show it.
    bare = spec.id == "json" and not nodes_of_types(version.parsed, ("comment",))
    if spec.line_comment and not bare:
        return f"{spec.line_comment} {body}"
    if spec.block_comment is not None and not bare:
        return f"{spec.block_comment[0]} {body} {spec.block_comment[1]}"
    raise BadArgument(
        f"{spec.name} has no comments, so nothing can be suppressed in the file itself",
        "Accept the finding in the baseline, or ignore the rule in the settings.",
    )


def _takes_comment(version: Version, end: int, text: bytes, comment: str) -> bool:
    """Whether a comment can stand at the end of a line."""
    if not text.strip() or len(text) + 2 + len(comment) > _WIDTH:
        return False
    if text.rstrip().endswith(b"\\") or _long_token(version, end) is not None:
        return False
    # Behind another comment it would be part of it.
    last = version.parsed.root.named_descendant_for_byte_range(max(end - 1, 0), end)
    return last is None or not any("comment" in node.type for node in (last, *ancestors(last)))


def _marks(version: Version) -> Iterator[Mark]:
    found = list(_MARK.finditer(version.text))
    if not found:
        return
    lines = version.lines
    first_code = -1
    for match in found:
        comment = _comment_at(version, match.start())
        if comment is None:
            continue
        line = lines.line_of(match.start())
        whole_file = match[1] is not None
        if whole_file:
            if first_code < 0:
                first_code = _first_code_line(version)
            if line >= max(first_code, _TOP_LINES):
                continue
        listed = match[2]
        names = (listed or b"").decode("utf-8", "replace").split(",")
        rules = frozenset(name.strip() for name in names if name.strip())
        if listed is not None and not rules:
            continue  # an empty list silences nothing
        alone = not version.text[lines.line_start(line) : comment.start].strip(b" \t{")
        inside = match.end(2) if listed is not None else None
        # The last line of a comment over several lines is the one above the code.
        last = lines.line_of(max(comment.end - 1, comment.start)) if alone else line
        yield Mark(last if not whole_file else line, rules, whole_file, alone, inside)


def _comment_at(version: Version, offset: int) -> Span | None:
    found = node_at(version.parsed.root, offset)
    for node in chain((found,), islice(ancestors(found), _LEVELS_TO_COMMENT)):
        if "comment" in node.type:
            return span_of(node)
        if "html" in node.type:
            # Markdown leaves HTML as it is, comments included.
            start = version.text.rfind(b"<!--", node.start_byte, offset + 4)
            end = version.text.find(b"-->", start) + 3 if start >= 0 else -1
            return Span(start, end) if end > offset else None
    return None


def _is_comment_line(version: Version, line: int) -> bool:
    lines = version.lines
    text = lines.line_text(line)
    content = text.strip()
    if not content:
        return False
    start = lines.line_start(line) + len(text) - len(text.lstrip())
    if content.startswith(b"{"):
        start += 1  # a comment among JSX children: `{/* … */}`
    comment = _comment_at(version, start)
    if comment is None or lines.line_of(comment.start) > line:
        return False
    last = lines.line_of(max(comment.end - 1, comment.start))
    if last > line:
        return True
    rest = version.text[comment.end : lines.line_end(line)]
    return not rest.strip(b" \t}")


def _first_code_line(version: Version) -> int:
    for child in version.parsed.root.named_children:
        if "comment" not in child.type and child.type not in {"php_tag", "hash_bang_line"}:
            return version.lines.line_of(child.start_byte)
    return version.lines.line_count


def _lines_of(version: Version, offset: int) -> Iterator[int]:
    """The lines at which a finding can be silenced: its own, and the first and last one of a string
    that it stands in, where no comment can.
    """
    yield version.lines.line_of(offset)
    token = _long_token(version, offset)
    if token is not None:
        yield version.lines.line_of(token.start)
        yield version.lines.line_of(max(token.end - 1, token.start))


def _long_token(version: Version, offset: int) -> Span | None:
    """The string or comment over several lines that an offset lies strictly inside of."""
    node = version.parsed.root.named_descendant_for_byte_range(offset, offset)
    found: Span | None = None
    while node is not None:
        word = node.type
        if any(part in word for part in ("string", "template", "heredoc", "comment")) and (
            node.start_byte < offset < node.end_byte
            and node.end_point[0] > node.start_point[0]
            and "substitution" not in word
            and "interpolation" not in word
        ):
            found = span_of(node)
        node = node.parent
    return found


def _in_markup(version: Version, offset: int) -> bool:
    """Whether an offset lies among JSX children, where a plain comment would be text."""
    node = version.parsed.root.named_descendant_for_byte_range(offset, offset)
    while node is not None:
        if node.type in {"jsx_expression", "jsx_opening_element", "jsx_self_closing_element"}:
            # At its very start one is still among the children.
            if node.start_byte < offset:
                return False
        elif node.type in {"jsx_element", "jsx_fragment"} and node.start_byte < offset:
            return True
        node = node.parent
    return False
