"""What a person typed -> what is looked for.

Owns the forms of queries, the filters, and what a text names: words with their weights,
identifiers, paths. It must not know an index: whether a name or path exists is asked elsewhere.
Texts may be whole bug reports, with logs and code in them; all work is linear in at most
`MAX_QUERY` characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from pairwright.index.reports import Frame, Part, frames_of, lines_of, messages_of
from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.patterns import language_named
from pairwright_analyzers.stems import stem
from pairwright_analyzers.types import CALLABLE_KINDS, CONTAINER_KINDS, SymbolKind
from pairwright_analyzers.words import STOP_WORDS, terms_of, words_of

MAX_QUERY = 10_000
"""Characters; what is beyond is cut, with a note."""

MAX_TERMS = 40
MAX_MENTIONS = 60

_FILTERED = 1_000
"""Longer texts are pasted, and hold no filters."""


class QueryForm(Enum):
    """How a query is answered."""

    WORDS = "words"
    IDENTIFIER = "identifier"
    LIKE = "like"
    REGEX = "regex"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be; empty and None ask for nothing.

    `paths` and `without_paths` are as typed: globs, or parts of paths. `changed` asks for files
    that differ from the base revision.
    """

    languages: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    without_paths: tuple[str, ...] = ()
    kinds: frozenset[SymbolKind] = frozenset()
    tests: bool | None = None
    changed: bool = False

    def __bool__(self) -> bool:
        return self != NO_FILTERS


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be answered.

    `text` is what is left without the filters: the words, the expression between the slashes, the
    pattern. `words` has the weight of each index term (1 for those of a short query), `identifiers`
    and `paths` of each name and path mentioned. `phrases` are pairs of neighbouring terms. `place`
    is the path and line (from 1) of `like:`. `long` marks a pasted text. `flags` are those behind
    the slashes. `gist` is what a pasted text means: its title and prose; `frames` are those of its
    stack traces, the deepest first, and `messages` what a program said of a failure.
    """

    form: QueryForm
    text: str
    words: Mapping[str, float] = field(default_factory=dict)
    identifiers: Mapping[str, float] = field(default_factory=dict)
    paths: Mapping[str, float] = field(default_factory=dict)
    phrases: frozenset[tuple[str, str]] = frozenset()
    place: tuple[str, int] | None = None
    filters: Filters = NO_FILTERS
    long: bool = False
    wants_tests: bool = False
    wants_documents: bool = False
    flags: str = ""
    notes: tuple[str, ...] = ()
    gist: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """Why a query cannot be read, and what to do about it: two sentences."""

    happened: str
    next_step: str


def parse_query(raw: str) -> Query | QueryProblem:
    """Read what was typed. Never raises."""
    notes: tuple[str, ...] = ()
    text = raw.replace("\0", " ").strip()
    if len(text) > MAX_QUERY:
        text = text[:MAX_QUERY]
        notes = (f"Only the first {MAX_QUERY:,} characters of the query were used.",)
    filters = NO_FILTERS
    if len(text) <= _FILTERED and "\n" not in text:
        split = _without_filters(text)
        if isinstance(split, QueryProblem):
            return split
        text, filters = split
    if not text:
        if filters:
            return QueryProblem(
                "The query has filters but nothing to look for",
                "Put words, a name, /a regular expression/ or a pattern beside them",
            )
        return QueryProblem(
            "The query is empty",
            "Type what the code does, a name, /a regular expression/ or `pattern: …`",
        )
    special = _special_form(text, filters, notes)
    if special is not None:
        return special
    return _in_words(text, filters, notes)


# --- filters

_FILTER = re.compile(r"""(?<!\S)(-?)(lang|path|kind|is|changed):("[^"]*"|[^\s"]*)(?!\S)""")

_KINDS: Mapping[str, frozenset[SymbolKind]] = {
    "function": frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR}),
    "callable": frozenset(CALLABLE_KINDS),
    "type": frozenset(CONTAINER_KINDS),
    "class": frozenset({SymbolKind.CLASS, SymbolKind.STRUCT, SymbolKind.IMPLEMENTATION}),
    "variable": frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.FIELD}),
    **{
        kind.name.lower().replace("_", "-"): frozenset({kind})
        for kind in SymbolKind
        if kind not in {SymbolKind.FUNCTION, SymbolKind.CLASS, SymbolKind.VARIABLE, SymbolKind.TYPE}
    },
}


def _without_filters(text: str) -> tuple[str, Filters] | QueryProblem:
    if _form_prefix(text) is QueryForm.REGEX and not _FILTER.search(text):
        return text, NO_FILTERS
    languages: set[str] = set()
    paths: list[str] = []
    without: list[str] = []
    kinds: set[SymbolKind] = set()
    tests: bool | None = None
    changed = False
    for match in _FILTER.finditer(text):
        minus, name, value = match[1] == "-", match[2], match[3].strip('"')
        if minus and name not in {"path", "is"}:
            return QueryProblem(
                f"`-{name}:` is not a filter", "Only `-path:` and `-is:test` leave something out"
            )
        if not value and name != "changed":
            return QueryProblem(
                f"The filter `{name}:` has no value", f"Write it without a space: `{name}:…`"
            )
        if name == "lang":
            for word in value.split(","):
                known = _language(word)
                if known is None:
                    listed = ", ".join(sorted(spec.id for spec in LANGUAGES))
                    return QueryProblem(
                        f"`{word}` is no language of the index", f"Known are: {listed}"
                    )
                languages |= known
        elif name == "path":
            (without if minus else paths).append(value)
        elif name == "kind":
            for word in value.split(","):
                named = _KINDS.get(word.lower().replace("_", "-").removesuffix("s"))
                named = named or _KINDS.get(word.lower().replace("_", "-"))
                if named is None:
                    listed = ", ".join(sorted(_KINDS))
                    return QueryProblem(
                        f"`{word}` is no kind of definition", f"Known are: {listed}"
                    )
                kinds |= named
        elif name == "is":
            if value.lower() not in {"test", "tests"}:
                return QueryProblem(f"`is:{value}` is not known", "Use `is:test` or `-is:test`")
            tests = not minus
        else:
            changed = value.lower() not in {"no", "false", "0"}
    left = " ".join(_FILTER.sub(" ", text).split()) if _FILTER.search(text) else text
    return left, Filters(
        frozenset(languages), tuple(paths), tuple(without), frozenset(kinds), tests, changed
    )


def _language(word: str) -> frozenset[str] | None:
    wanted = word.strip().lower().removeprefix(".")
    found = {spec.id for spec in LANGUAGES if wanted in {spec.id, spec.name.lower()}}
    extension = f".{wanted}"
    claims = next((spec for spec in LANGUAGES if extension in spec.extensions), None)
    if claims is not None:
        found.add(claims.id if claims.parsed else extension)
    named = language_named(wanted)
    if named is not None:
        found.add(named)
    # Who asks for a language means its dialect with markup too.
    if found & {"typescript", "javascript"}:
        found |= {f"{one}react" for one in found}
    return frozenset(found) or None


# --- forms other than words

_LIKE = re.compile(r"like:(.+):(\d+)\Z")
_REGEX = re.compile(r"/(.+)/([gimsux]*)\Z", re.S)
_PATTERN = re.compile(r"pattern:\s*(.*)\Z", re.S)


def _form_prefix(text: str) -> QueryForm | None:
    if text.startswith("pattern:"):
        return QueryForm.PATTERN
    if text.startswith("like:"):
        return QueryForm.LIKE
    if text.startswith("/") and _REGEX.match(text):
        return QueryForm.REGEX
    return None


def _special_form(
    text: str, filters: Filters, notes: tuple[str, ...]
) -> Query | QueryProblem | None:
    form = _form_prefix(text)
    if form is QueryForm.PATTERN:
        found = _PATTERN.match(text)
        pattern = found[1].strip() if found else ""
        if not pattern:
            return QueryProblem(
                "The pattern is empty", "Write code with holes, as in `pattern: $A.foo($$$)`"
            )
        return Query(form, pattern, filters=filters, notes=notes)
    if form is QueryForm.LIKE:
        place = _LIKE.match(text)
        if place is None or int(place[2]) < 1:
            return QueryProblem(
                "`like:` needs a path and a line", "Write it as in `like:src/cart.py:12`"
            )
        where = (place[1].strip().replace("\\", "/").removeprefix("./"), int(place[2]))
        return Query(form, text, place=where, filters=filters, notes=notes)
    if form is QueryForm.REGEX:
        expression = _REGEX.match(text)
        assert expression is not None
        # All matches in Unicode is what is meant anyway; other tools have to be told.
        flags = expression[2].replace("g", "").replace("u", "")
        return Query(form, expression[1], flags=flags, filters=filters, notes=notes)
    return None


# --- words

_IDENTIFIER = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::|->|\#)~?[^\W\d][\w$]*[!?]?)*(?:\(\))?[!?]?\Z")
_SEPARATOR = re.compile(r"\.|::|->|#|\\")

_LONG_CHARACTERS = 300
_PART_WEIGHTS: Mapping[Part, float] = {
    Part.TITLE: 1.0,
    Part.PROSE: 0.45,
    Part.OUTPUT: 0.3,
    Part.CODE: 0.2,
}
_RAN = 0.5
_DEEPER = 0.3
"""How much less each further function of a stack trace counts."""
_PHRASED = frozenset({Part.TITLE, Part.PROSE})
_GIST = 1_500
"""Characters of prose that say what a report means."""


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split())


_REPORT_WORDS = _stems(
    "bug issue problem expected actual behavior behaviour reproduce reproduction steps step"
    " version versions description environment please thanks thank hi hello example following"
    " below above happens happen seems seem currently current instead like would should could"
    " must get gets got try tried trying using used use when while also just still any some all"
    " only same see here but however because since after before now about work works working"
    " want need screenshot minimal additional checklist searched existing reported question"
    " feature proposal suggestion solution changes fix fixes fixed pr add added adds latest me"
    " my im ive am than more other one two new where file line most recent last traceback"
)
"""Words of bug reports and change messages that tell little of where."""

_QUESTION_WORDS = _stems(
    "code function functions class method implementation implement implemented implements logic"
    " handled handles handle handling file files module place defined definition find show used"
    " using use work works happen happens done responsible located live lives me all get where"
    " when something someone"
)
"""Words of questions that tell little of what."""

_REPORT_WEIGHT = 0.25
_QUESTION_WEIGHT = 0.4

_TEST_WORDS = frozenset({"test", "tests", "testing", "spec", "specs", "unittest", "fixture"})
_DOCUMENT_WORDS = frozenset(
    {"readme", "changelog", "docs", "documentation", "guide", "tutorial", "contributing", "license"}
)


@cache
def _path_pattern() -> re.Pattern[str]:
    """Paths with folders, and names of files with an extension that a language claims."""
    known = {extension[1:] for spec in LANGUAGES for extension in spec.extensions}
    endings = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return re.compile(
        rf"(?<![\w./@-])(?:\./|[\w.+@-]*/)*[\w.+@-]*[\w+-]\.(?:{endings})(?![\w-]|\.\w)"
        r"|(?<![\w./:@-])[\w.-]+(?:/[\w.-]+)+(?![\w/])"
    )


def _in_words(text: str, filters: Filters, notes: tuple[str, ...]) -> Query:
    if _IDENTIFIER.match(text) and not _path_pattern().fullmatch(text):
        name = text.removesuffix("()")
        words = dict.fromkeys(dict.fromkeys(terms_of(name)), 1.0)
        return Query(
            QueryForm.IDENTIFIER,
            name,
            words,
            {name: 1.0},
            wants_tests=_wants(_TEST_WORDS, text, filters),
            filters=filters,
            notes=notes,
        )
    long = len(text) > _LONG_CHARACTERS or text.count("\n") > 2
    parts = _parts(text) if long else [(Part.TITLE, text)]
    frames = frames_of(text) if long else ()
    weights: dict[str, float] = {}
    phrases: set[tuple[str, str]] = set()
    for part, line in parts:
        former = ""
        for term in terms_of(line):
            added = _PART_WEIGHTS[part]
            if term in _REPORT_WORDS and long:
                added *= _REPORT_WEIGHT
            elif term in _QUESTION_WORDS and not long:
                added *= _QUESTION_WEIGHT
            held = weights.get(term, 0.0)
            # Said again counts, but less each time.
            weights[term] = max(held, added) + 0.25 * min(held, added)
            if former and part in _PHRASED and len(phrases) < 2 * MAX_TERMS:
                phrases.add((former, term))
            former = term
    if not weights:
        # Nothing but stop words and single letters: then these are what is meant.
        weights = dict.fromkeys(words_of(text)[:MAX_TERMS], 1.0)
    identifiers, paths = _mentions(parts, text)
    for at, frame in enumerate(frames):
        if frame.function and len(identifiers) < MAX_MENTIONS:
            weight = _RAN / (1 + _DEEPER * at)
            identifiers[frame.function] = max(weight, identifiers.get(frame.function, 0.0))
    title = text.partition("\n")[0]
    return Query(
        QueryForm.WORDS,
        text,
        weights,
        identifiers,
        paths,
        frozenset(phrases),
        filters=filters,
        long=long,
        wants_tests=_wants(_TEST_WORDS, title, filters),
        wants_documents=_wants(_DOCUMENT_WORDS, title, filters),
        notes=notes,
        gist=_gist(parts) if long else (),
        frames=frames,
        messages=messages_of(text) if long else (),
    )


def _wants(words: frozenset[str], text: str, filters: Filters) -> bool:
    if words is _TEST_WORDS and filters.tests is not None:
        return filters.tests
    return not words.isdisjoint(words_of(text))


# --- long texts

_URL = re.compile(r"https?://[^\s)>\]\"']+")
_BLOB = re.compile(r"/(?:blob|tree)/[^/]+/([^\s#?]+)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_LONGEST_TITLE = 400


def _parts(text: str) -> list[tuple[Part, str]]:
    """The lines of a pasted text that say something."""
    found: list[tuple[Part, str]] = []
    for part, line in lines_of(text):
        line = _URL.sub(" ", line)
        if part is Part.TITLE and len(line) > _LONGEST_TITLE:
            found.append((part, line[:_LONGEST_TITLE]))
            found.append((Part.PROSE, line[_LONGEST_TITLE:]))
        else:
            found.append((part, line))
    return found


def _gist(parts: Sequence[tuple[Part, str]]) -> tuple[str, ...]:
    """The title, and title and prose."""
    title = next((line for part, line in parts if part is Part.TITLE), "")
    prose = "\n".join(line for part, line in parts if part is Part.PROSE)[:_GIST]
    return tuple(text for text in (title, f"{title}\n{prose}" if prose else "") if text.strip())


# --- what a text names

_TICKED = re.compile(r"`([^`\n]{2,120})`")
_NAMES = re.compile(
    r"(?<![\w@/.$-])\$?([^\W\d]\w*(?:(?:\.|::|->|\#|\\)~?[^\W\d]\w*[!?]?)*)(\(\)|\()?"
)
_COMPOUND = re.compile(
    r"[a-z0-9]_[a-z0-9]|[a-z0-9][A-Z]|^[A-Z]+_[A-Z]|^[A-Z][A-Za-z]+(?:Error|Exception|Warning)$"
    r"|[A-Z]{2,}[a-z]|^__\w+__$"
)
_ENDS_SENTENCE = re.compile(r"^(?:e\.g|i\.e|etc|vs)$", re.I)
_BACKSLASH = re.compile(r"(?<=\w)\\(?=\w)")
_NAMED: Mapping[Part, tuple[float, float]] = {
    Part.TITLE: (1.0, 0.8),
    Part.PROSE: (0.6, 0.48),
    Part.OUTPUT: (0.5, 0.3),
    Part.CODE: (0.3, 0.2),
}
"""What a name counts that is marked as one, and one that only looks so."""
_PATHED: Mapping[Part, float] = {
    Part.TITLE: 1.0,
    Part.PROSE: 0.7,
    Part.OUTPUT: 0.5,
    Part.CODE: 0.4,
}


def _mentions(
    parts: Sequence[tuple[Part, str]], text: str
) -> tuple[dict[str, float], dict[str, float]]:
    """The names and the paths in a text, each with its weight."""
    identifiers: dict[str, float] = {}
    paths: dict[str, float] = {}

    def name(found: str, weight: float) -> None:
        if 2 < len(found) <= 120 and (len(identifiers) < MAX_MENTIONS or found in identifiers):
            identifiers[found] = max(weight, identifiers.get(found, 0.0))

    for match in _BLOB.finditer(_COMMENT.sub(" ", text)):
        paths[match[1]] = 1.0
    for part, line in sorted(parts, key=lambda one: -_PATHED[one[0]]):
        line = _URL.sub(" ", line)
        marked, plain = _NAMED[part]
        for match in _path_pattern().finditer(_BACKSLASH.sub("/", line)):
            found = match[0].removeprefix("./").strip("/.")
            if found and len(paths) < MAX_MENTIONS and len(found) <= 300:
                paths[found] = max(_PATHED[part], paths.get(found, 0.0))
        for match in _TICKED.finditer(line):
            inner = match[1].strip()
            called = inner.partition("(")[0].lstrip("@.#$-")
            if _IDENTIFIER.match(called) and called.lower() not in STOP_WORDS:
                name(called, marked)
        for match in _NAMES.finditer(line):
            found = match[1]
            dotted = _SEPARATOR.search(found) is not None
            if dotted and _ENDS_SENTENCE.match(found):
                continue
            if dotted or match[2] or _COMPOUND.search(found):
                name(found, plain)
    return identifiers, paths
