"""What one file's change means: the symbols it touches and the shapes of its lines.

Owns the step from two texts to values a message can be made of. It must not know git's index,
styles or messages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pairwright.features.commits.files import FileClass, class_of
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange
from pairwright_analyzers.diff import ChangeKind, SymbolChange, semantic_diff
from pairwright_analyzers.facts import FileFacts, empty_facts, facts_of
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.lines import line_hunks, split_lines
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, SymbolFlag, SymbolKind

MAX_PARSED = 400_000
"""Bytes of one text above which its symbols are not looked at."""


@dataclass(frozen=True, slots=True)
class FileMeaning:
    """One changed file, read.

    `symbols` are its changed definitions, `signals` counts shapes among its changed lines by name
    (`_SHAPES`), with `+` before a shape of an added line and `-` before one of a removed line.
    `added` and `removed` are the changed lines themselves, without their ends. `code_lines` counts
    changed lines that hold more than blanks and comments.
    """

    change: FileChange
    kind: FileClass
    language: str
    symbols: tuple[SymbolChange, ...]
    signals: Mapping[str, int]
    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]
    code_lines: int
    in_tests: frozenset[int] = field(default_factory=frozenset)
    """Places in `symbols` of those that are tests, wherever their file stands."""

    @property
    def path(self) -> str:
        """Where the file is now, or was when it is gone."""
        return self.change.path

    def is_exported(self, change: SymbolChange) -> bool:
        """Whether others can see what changed: the symbol and all it stands in."""
        return bool(change.symbol.flags & SymbolFlag.EXPORTED) and not (
            change.symbol.flags & SymbolFlag.PRIVATE
        )


def meaning_of(change: FileChange, before: bytes | None, after: bytes | None) -> FileMeaning:
    """What a file's change means; texts are None where there is none to be had."""
    kind = class_of(change.path)
    old, new = before or b"", after or b""
    added, removed = _changed_lines(old, new)
    spec = language_of(change.path)
    symbols: tuple[SymbolChange, ...] = ()
    tests: frozenset[int] = frozenset()
    comment = b"#"
    if spec is not None:
        comment = spec.line_comment.encode()
        if spec.first_class and max(len(old), len(new)) <= MAX_PARSED and (added or removed):
            symbols, tests = _symbol_changes(spec, change, old, new)
    code = [line for line in (*added, *removed) if not _is_comment(line, comment)]
    signals: Counter[str] = Counter()
    _count_shapes(signals, "+", [line for line in added if not _is_comment(line, comment)])
    _count_shapes(signals, "-", [line for line in removed if not _is_comment(line, comment)])
    _count_words(signals, "+", added)
    if code and _same_but_blanks(added, removed):
        signals["blanks"] = 1
    return FileMeaning(
        change,
        kind,
        spec.id if spec is not None else "",
        symbols,
        dict(signals),
        tuple(added),
        tuple(removed),
        len(code),
        tests,
    )


def _changed_lines(old: bytes, new: bytes) -> tuple[list[bytes], list[bytes]]:
    if not old or not new:
        return split_lines(new), split_lines(old)
    old_lines, new_lines = split_lines(old), split_lines(new)
    added: list[bytes] = []
    removed: list[bytes] = []
    for hunk in line_hunks(old, new, 60_000):
        removed += old_lines[hunk.old.start : hunk.old.end]
        added += new_lines[hunk.new.start : hunk.new.end]
    return added, removed


_SMALL = frozenset({SymbolKind.KEY, SymbolKind.ELEMENT, SymbolKind.SELECTOR, SymbolKind.SECTION})


def _symbol_changes(
    spec: LanguageSpec, change: FileChange, old: bytes, new: bytes
) -> tuple[tuple[SymbolChange, ...], frozenset[int]]:
    before = facts_of(spec, old) if old else empty_facts(spec.id, b"", "")
    after = facts_of(spec, new) if new else empty_facts(spec.id, b"", "")
    found = semantic_diff(before, old, after, new).changes
    kept = tuple(one for one in found if one.symbol.kind not in _SMALL)
    tests = frozenset(
        place
        for place, one in enumerate(kept)
        if one.symbol.kind is SymbolKind.TEST
        or _in_test(spec, change.path, after if one.after is not None else before, one)
    )
    return kept, tests


def _in_test(spec: LanguageSpec, path: str, facts: FileFacts, change: SymbolChange) -> bool:
    symbol = change.symbol
    if symbol.flags & SymbolFlag.TEST:
        return True
    # Rust keeps its tests beside the code, in a module of that name.
    return symbol.qualname.split(".", 1)[0] in {"tests", "test"} and spec.id == "rust"


def _is_comment(line: bytes, marker: bytes) -> bool:
    stripped = line.strip()
    return (
        not stripped
        or stripped.startswith((marker, b"/*", b"*/", b"* ", b'"""', b"'''"))
        or stripped == b"*"
    )


def _same_but_blanks(added: Sequence[bytes], removed: Sequence[bytes]) -> bool:
    if not added and not removed:
        return False
    squeeze = re.compile(rb"[\s,;]+|['\"]")
    return squeeze.sub(b"", b"".join(added)) == squeeze.sub(b"", b"".join(removed))


_SHAPES: Mapping[str, re.Pattern[bytes]] = {
    "condition": re.compile(rb"\b(if|elif|else if|unless|when|switch|case|match|guard)\b"),
    "absence": re.compile(
        rb"\bis (not )?None\b|[!=]==? ?(null|nil|undefined|None)\b|\?\.|\?\?|\bOption\b|is_none"
        rb"|is_some|isNull|isEmpty|len\([^)]*\) ?[=><!]|\bnullptr\b|typeof"
    ),
    "handling": re.compile(
        rb"\b(try|except|catch|rescue|finally|recover|unwrap_or\w*|map_err|ok_or\w*)\b|if err\b"
    ),
    "raising": re.compile(
        rb"\b(raise|throw|panic!?|bail!|Err\()|errors\.New|fmt\.Errorf|new \w*(Error|Exception)\b"
    ),
    "leaving": re.compile(rb"^\s*(return|continue|break)\b"),
    "boundary": re.compile(
        rb"[<>]=?\s*\w|[+-] ?1\b"
        rb"|\b(min|max|clamp|trim|strip|escape|encode|decode|normalize)\w*\("
    ),
    "negation": re.compile(rb"!\w|\bnot \w|!="),
    "logging": re.compile(
        rb"\b(log|logger|logging|console|slog|tracing|warn|debug|eprintln|println)\b"
    ),
    "import": re.compile(
        rb"^\s*(import|from|use|using|require|include|#include|export [{*])\b|require\("
    ),
    "definition": re.compile(
        rb"\b(def|fn|func|function|class|struct|interface|enum|trait|impl|type|module)\s+\w"
    ),
    "constant": re.compile(
        rb"^\s*(export |pub |static |final |public |private )*(const|let|var|val)\b"
        rb"|^[A-Z_]{3,} ?="
    ),
    "async": re.compile(rb"\b(async|await|spawn|goroutine|Future|Promise|thread|lock|mutex|Arc)\b"),
    "speed": re.compile(
        rb"(?i)cache|memo|lazy|prealloc|with_capacity|\bclone\(|batch|pool|parallel|simd|inline\b"
        rb"|WeakMap|new Set|HashMap|sync\.Pool|make\(\["
    ),
    "types": re.compile(
        rb":\s*[A-Z]\w+|->|\bas \w+|<[A-Z]\w*>|\bTypeVar\b|readonly|declare|generic|satisfies"
    ),
    "deprecation": re.compile(rb"(?i)deprecat"),
    "flag": re.compile(rb"(?i)\b(option|config|setting|flag|param|arg)\w*"),
    "string": re.compile(rb"""^\s*[rbf]?["'`].*["'`],?$"""),
    "version": re.compile(rb"\b\d+\.\d+(\.\d+)?\b"),
    "style": re.compile(
        rb"#\[allow|#\[expect|noqa|eslint-disable|nolint|type: ignore|@ts-|clippy"
        rb"|SuppressWarnings"
    ),
    "todo": re.compile(rb"(?i)\b(todo|fixme|hack|xxx)\b"),
    "issue": re.compile(rb"#\d{2,}|issues?/\d+|pull/\d+"),
    "assertion": re.compile(rb"\b(assert\w*|expect|should|require)\b"),
    "skip": re.compile(rb"(?i)\b(xfail|skip|ignore|only)\b"),
}

_WORDS: Mapping[str, re.Pattern[bytes]] = {
    "word fix": re.compile(
        rb"(?i)\b(fix(e[sd]|ing)?|bug|crash|broken|incorrect|wrong|regression|workaround|prevent"
        rb"|avoid|ensure|leak|race|edge case|correctly|properly)\b"
    ),
    "word new": re.compile(
        rb"(?i)\b(add(s|ed)?|new|support(s|ed)?|introduc\w+|allow(s|ed)?|implement\w*|enable[sd]?"
        rb"|feature|since)\b"
    ),
    "word speed": re.compile(
        rb"(?i)\b(perf\w*|fast(er)?|slow|optimi[sz]\w+|speed|efficien\w+|alloc\w*|benchmark)\b"
    ),
    "word tidy": re.compile(
        rb"(?i)\b(refactor\w*|clean ?up|simplif\w+|renam\w+|mov(e|ed)|extract\w*|unused|legacy)\b"
    ),
    "word security": re.compile(
        rb"(?i)\b(security|vulnerab\w+|CVE-\d+|sanitiz\w+|xss|injection)\b"
    ),
    "word breaking": re.compile(rb"(?i)\bbreaking\b"),
}


def _count_shapes(signals: Counter[str], sign: str, lines: Sequence[bytes]) -> None:
    text = b"\n".join(line[:400] for line in lines[:3_000])
    if not text:
        return
    for name, pattern in _SHAPES.items():
        many = (
            len(pattern.findall(text))
            if b"^" not in pattern.pattern
            else sum(1 for line in lines[:3_000] if pattern.search(line[:400]))
        )
        if many:
            signals[sign + name] = many


def _count_words(signals: Counter[str], sign: str, lines: Sequence[bytes]) -> None:
    text = b"\n".join(line[:400] for line in lines[:3_000])
    for name, pattern in _WORDS.items():
        many = len(pattern.findall(text))
        if many:
            signals[sign + name] = many


def is_public_break(meaning: FileMeaning, change: SymbolChange) -> bool:
    """Whether those who use a symbol from outside may have to change with it."""
    if meaning.kind is not FileClass.CODE or not meaning.is_exported(change):
        return False
    if meaning.change.status is ChangeStatus.RENAMED and change.kind is ChangeKind.RENAMED:
        return False
    if change.kind in (ChangeKind.REMOVED, ChangeKind.RENAMED):
        return change.symbol.kind in CALLABLE_KINDS | TYPE_KINDS
    return False
