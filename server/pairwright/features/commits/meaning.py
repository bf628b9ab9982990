"""What one file's change means: the symbols it touches and the shapes of its lines.

Owns the step from two texts to values a message can be made of. It must not know git's index,
styles or messages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from pairwright.features.commits.files import FileClass, class_of
from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange
from pairwright_analyzers.diff import ChangeKind, SymbolChange, semantic_diff
from pairwright_analyzers.facts import FileFacts, empty_facts, symbols_within
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.lines import Hunk, LineRange, line_hunks, split_lines
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, Span, SymbolFlag, SymbolKind

MAX_PARSED = 400_000
"""Bytes of one text above which its symbols are not looked at."""


@dataclass(frozen=True, slots=True)
class FileMeaning:
    """One changed file, read.

    `symbols` are its changed definitions, `signals` counts shapes among its changed lines by name
    (`_WORD_SHAPES`, `_LINE_SHAPES`, `_WORDS`), with `+` before a shape of an added line and `-`
    before one of a removed line.
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
    old_lines, new_lines = split_lines(old), split_lines(new)
    hunks = line_hunks(old, new, _STEPS) if old and new else ()
    added, removed = _changed_lines(old_lines, new_lines, hunks)
    spec = language_of(change.path)
    symbols: tuple[SymbolChange, ...] = ()
    tests: frozenset[int] = frozenset()
    comment = b"#"
    if spec is not None:
        comment = spec.line_comment.encode()
        if spec.first_class and max(len(old), len(new)) <= MAX_PARSED and (added or removed):
            symbols, tests = _symbol_changes(spec, change.path, old, new, hunks)
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


_STEPS = 60_000
"""Steps of the line diff of one file: a tenth of what the review takes."""


def _changed_lines(
    old: Sequence[bytes], new: Sequence[bytes], hunks: Sequence[Hunk]
) -> tuple[list[bytes], list[bytes]]:
    if not old or not new:
        return list(new), list(old)
    added: list[bytes] = []
    removed: list[bytes] = []
    for hunk in hunks:
        removed += old[hunk.old.start : hunk.old.end]
        added += new[hunk.new.start : hunk.new.end]
    return added, removed


_SMALL = frozenset({SymbolKind.KEY, SymbolKind.ELEMENT, SymbolKind.SELECTOR, SymbolKind.SECTION})
_MAX_SPANS = 24
"""Hunks up to which only what they touch is looked at; in one scattered wider the whole is."""


def _symbol_changes(
    spec: LanguageSpec, path: str, old: bytes, new: bytes, hunks: Sequence[Hunk]
) -> tuple[tuple[SymbolChange, ...], frozenset[int]]:
    before, after = _symbols(spec, old, new, hunks)
    found = semantic_diff(before, old, after, new).changes
    if len(hunks) in _FEW_HUNKS and any(_by_mention(one) for one in found):
        # Its definition may stand where nobody looked.
        before, after = _symbols(spec, old, new, ())
        found = semantic_diff(before, old, after, new).changes
    kept = tuple(one for one in found if one.symbol.kind not in _SMALL)
    tests = frozenset(
        place
        for place, one in enumerate(kept)
        if one.symbol.kind is SymbolKind.TEST
        or _in_test(spec, path, after if one.after is not None else before, one)
    )
    return kept, tests


_FEW_HUNKS = range(1, _MAX_SPANS + 1)


def _symbols(
    spec: LanguageSpec, old: bytes, new: bytes, hunks: Sequence[Hunk]
) -> tuple[FileFacts, FileFacts]:
    """The symbols of both sides: those that the hunks touch where these are few, else all."""
    some = len(hunks) in _FEW_HUNKS
    sides = []
    for text, ranges in ((old, [one.old for one in hunks]), (new, [one.new for one in hunks])):
        spans = _around(text, ranges) if some else [Span(0, len(text))]
        sides.append(symbols_within(spec, text, spans) if text else empty_facts(spec.id, b"", ""))
    return sides[0], sides[1]


def _around(text: bytes, ranges: Sequence[LineRange]) -> list[Span]:
    """The bytes of lines, with the neighbour on either side that is not blank: what stands next to
    a change is known too, so that the blank lines between count on neither side.
    """
    lines = text.split(b"\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    found: list[Span] = []
    for one in ranges:
        first, last = min(one.start, len(lines)) - 1, min(one.end, len(lines))
        while first > 0 and not lines[first].strip():
            first -= 1
        while last < len(lines) - 1 and not lines[last].strip():
            last += 1
        start, end = starts[max(first, 0)], min(starts[min(last + 1, len(lines))], len(text))
        if found and start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Span(start, end))
    return found


def _by_mention(change: SymbolChange) -> bool:
    """Whether the symbol may also be defined elsewhere in its file: a field that methods set."""
    return change.symbol.kind is SymbolKind.FIELD and change.kind in (
        ChangeKind.ADDED,
        ChangeKind.REMOVED,
        ChangeKind.RENAMED,
    )


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


_WORD_SHAPES: Mapping[str, re.Pattern[bytes]] = {
    "condition": re.compile(rb"if|elif|unless|when|switch|case|match|guard"),
    "absence": re.compile(rb"Option|is_none|is_some|nullptr|typeof|\w*isNull|\w*isEmpty"),
    "handling": re.compile(
        rb"try|except|catch|rescue|finally|recover|unwrap_or\w*|map_err|ok_or\w*"
    ),
    "raising": re.compile(rb"raise|throw|panic|bail|Errorf"),
    "boundary": re.compile(
        rb"(min|max|clamp|trim|strip|escape|encode|decode|normalize)(_\w+|[A-Z]\w*)?"
    ),
    "logging": re.compile(rb"log|logger|logging|console|slog|tracing|warn|debug|eprintln|println"),
    "async": re.compile(rb"async|await|spawn|goroutine|Future|Promise|thread|lock|mutex|Arc"),
    "speed": re.compile(
        rb"(?i)\w*(cache|memo(?!ry)|lazy|prealloc|with_capacity|pool|parallel|simd)\w*"
        rb"|batch\w*|clone|inline|WeakMap|HashMap"
    ),
    "types": re.compile(rb"TypeVar|readonly|declare|generic|satisfies"),
    "deprecation": re.compile(rb"(?i)\w*deprecat\w*"),
    "flag": re.compile(rb"(?i)(option|config|setting|flag|param|arg)\w*"),
    "style": re.compile(rb"(?i)noqa|eslint|nolint|clippy|SuppressWarnings"),
    "todo": re.compile(rb"(?i)todo|fixme|hack|xxx"),
    "assertion": re.compile(rb"assert\w*|expect|should|require"),
    "skip": re.compile(rb"(?i)xfail|skip|ignore|only"),
}
"""Shapes that are told by a single word of a line, which has to match as a whole."""

_LINE_SHAPES: Mapping[str, re.Pattern[bytes]] = {
    "absence": re.compile(
        rb"\bis (?:not )?None\b|[!=]==? ?(?:null|nil|undefined|None)\b|\?[.?]"
        rb"|\blen\([^)\n]*\) ?[=><!]"
    ),
    "handling": re.compile(rb"\bif err\b"),
    "raising": re.compile(rb"\bErr\(|\berrors\.New|\bnew \w*(?:Error|Exception)\b"),
    "leaving": re.compile(rb"^[ \t]*(?:return|continue|break)\b", re.M),
    "boundary": re.compile(rb"[<>]=?[ \t]\w|[+-] ?1\b"),
    "negation": re.compile(rb"!\w|\bnot \w|!="),
    "import": re.compile(
        rb"^[ \t]*(?:import|from|use|using|require|include|#include|export [{*])\b|\brequire\(",
        re.M,
    ),
    "definition": re.compile(
        rb"\b(?:def|fn|func|function|class|struct|interface|enum|trait|impl|type|module)[ \t]+\w"
    ),
    "constant": re.compile(
        rb"^[ \t]*(?:(?:export|pub|static|final|public|private) )*(?:const|let|var|val)\b"
        rb"|^[A-Z_]{3,} ?=",
        re.M,
    ),
    "types": re.compile(rb":[ \t]*[A-Z]\w|->|\bas \w|<[A-Z]\w*>"),
    "string": re.compile(rb"""^[ \t]*[rbf]?["'`].*["'`],?$""", re.M),
    "version": re.compile(rb"\b\d+\.\d+\b"),
    "style": re.compile(rb"#\[(?:allow|expect)|type: ignore|@ts-"),
    "issue": re.compile(rb"#\d{2,}|\b(?:issues?|pull)/\d"),
}
"""Shapes that take more than a word."""

_WORDS: Mapping[str, re.Pattern[bytes]] = {
    "word fix": re.compile(
        rb"(?i)fix(e[sd]|ing)?|bugs?|crash(es)?|broken|incorrect(ly)?|wrong(ly)?|regression"
        rb"|workaround|prevents?|avoid|ensure|leaks?|race|properly|correctly"
    ),
    "word new": re.compile(
        rb"(?i)add(s|ed)?|new|support(s|ed)?|introduc\w+|allow(s|ed)?|implement\w*|enable[sd]?"
        rb"|feature|since"
    ),
    "word speed": re.compile(
        rb"(?i)perf\w*|fast(er)?|slow|optimi[sz]\w+|speed|efficien\w+|alloc\w*|benchmark"
    ),
    "word tidy": re.compile(
        rb"(?i)refactor\w*|cleanup|simplif\w+|renam\w+|mov(e|ed)|extract\w*|unused|legacy"
    ),
    "word security": re.compile(rb"(?i)security|vulnerab\w+|CVE|sanitiz\w+|xss|injection"),
    "word breaking": re.compile(rb"(?i)breaking"),
}
"""Words of the added lines, comments and strings included."""

_MOST_LINES = 3_000
_MOST_WIDTH = 400
_WORD = re.compile(rb"\w+")


@lru_cache(maxsize=60_000)
def _shapes_of(word: bytes) -> tuple[str, ...]:
    return tuple(name for name, pattern in _WORD_SHAPES.items() if pattern.fullmatch(word))


@lru_cache(maxsize=60_000)
def _told_by(word: bytes) -> tuple[str, ...]:
    return tuple(name for name, pattern in _WORDS.items() if pattern.fullmatch(word))


def _text_of(lines: Sequence[bytes]) -> bytes:
    return b"\n".join(line[:_MOST_WIDTH] for line in lines[:_MOST_LINES])


def _count_shapes(signals: Counter[str], sign: str, lines: Sequence[bytes]) -> None:
    text = _text_of(lines)
    if not text:
        return
    for word, many in Counter(_WORD.findall(text)).items():
        for name in _shapes_of(word):
            signals[sign + name] += many
    for name, pattern in _LINE_SHAPES.items():
        many = len(pattern.findall(text))
        if many:
            signals[sign + name] += many


def _count_words(signals: Counter[str], sign: str, lines: Sequence[bytes]) -> None:
    for word, many in Counter(_WORD.findall(_text_of(lines))).items():
        for name in _told_by(word):
            signals[sign + name] += many


def is_public_break(meaning: FileMeaning, change: SymbolChange) -> bool:
    """Whether those who use a symbol from outside may have to change with it."""
    if meaning.kind is not FileClass.CODE or not meaning.is_exported(change):
        return False
    if meaning.change.status is ChangeStatus.RENAMED and change.kind is ChangeKind.RENAMED:
        return False
    if change.kind in (ChangeKind.REMOVED, ChangeKind.RENAMED):
        return change.symbol.kind in CALLABLE_KINDS | TYPE_KINDS
    return False
