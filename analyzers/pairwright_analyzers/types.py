"""The values every part of Pairwright exchanges.

Owns plain, frozen values and nothing else. Offsets are byte offsets into the UTF-8 text; lines and
columns are computed
only when answering a client (`text.py`). Paths are POSIX and relative to the workspace root.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of byte offsets. Raises ValueError unless `0 <= start <= end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, offset: int) -> bool:
        """Whether `offset` lies in the span or right behind its last byte (where a cursor can
        stand).
        """
        return self.start <= offset <= self.end

    def covers(self, other: Span) -> bool:
        """Whether every byte of `other` lies in this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a byte; an empty span overlaps what it lies strictly inside of."""
        return self.start < other.end and other.start < self.end


class SymbolKind(IntEnum):
    """What a definition is. Stored as one byte: append only."""

    MODULE = 0
    NAMESPACE = 1
    CLASS = 2
    INTERFACE = 3
    STRUCT = 4
    ENUM = 5
    ENUM_MEMBER = 6
    TYPE = 7
    FUNCTION = 8
    METHOD = 9
    CONSTRUCTOR = 10
    PROPERTY = 11
    FIELD = 12
    VARIABLE = 13
    CONSTANT = 14
    MACRO = 15
    TEST = 16
    IMPLEMENTATION = 17
    SECTION = 18
    KEY = 19
    ELEMENT = 20
    SELECTOR = 21


TYPE_KINDS = frozenset(
    {
        SymbolKind.CLASS,
        SymbolKind.INTERFACE,
        SymbolKind.STRUCT,
        SymbolKind.ENUM,
        SymbolKind.TYPE,
    }
)
"""Kinds that can be inherited from, annotated with, and have members."""

CALLABLE_KINDS = frozenset(
    {
        SymbolKind.FUNCTION,
        SymbolKind.METHOD,
        SymbolKind.CONSTRUCTOR,
        SymbolKind.MACRO,
        SymbolKind.TEST,
    }
)
"""Kinds with a body that runs when called."""

CONTAINER_KINDS = TYPE_KINDS | {SymbolKind.NAMESPACE, SymbolKind.IMPLEMENTATION}
"""Kinds whose nested definitions are members rather than locals."""


class SymbolFlag(IntFlag):
    """Facts about a definition that its syntax says. Stored in two bytes: append only."""

    NONE = 0
    EXPORTED = 1
    """Visible outside its file (`export`, `pub`, `public`, a capital in Go, no leading underscore
    in Python).
    """
    STATIC = 2
    CLASS_METHOD = 4
    PROPERTY = 8
    ABSTRACT = 16
    """Declared without a body of its own: interface members, prototypes, `@abstractmethod`."""
    OVERRIDE = 32
    """Says itself that it overrides (`override`, `@Override`)."""
    ASYNC = 64
    DECORATED = 128
    """Carries a decorator or attribute that may register it somewhere (a route, a fixture, a test).
    """
    OVERLOAD = 256
    DEPRECATED = 512
    TEST = 1024
    """A test by its language's conventions of naming or marking (the path's conventions are the
    graph's business).
    """
    GENERATOR = 2048
    PRIVATE = 4096


class Role(IntEnum):
    """What a name does where it stands.

    Stored in the low bits of one byte: append only, at most 32.
    """

    READ = 0
    CALL = 1
    WRITE = 2
    IMPORT = 3
    INHERIT = 4
    ANNOTATE = 5
    BIND = 6
    """Declares a local name: a parameter, a `let`, a loop variable, a catch clause."""
    DEFINE = 7
    """The name of a symbol of this file, where it is defined."""
    OUTER = 8
    """Says that a name belongs to an outer scope (`global`, `nonlocal`)."""
    KEYWORD = 9
    """The name of an argument at a call: `f(name=1)`."""


MEMBER = 0x80
"""Bit set beside a `Role` when the name follows a receiver: `name` in `receiver.name`,
`receiver->name`, `A::name`.
"""

CHAINED = 0x40
"""Bit set beside `MEMBER` when the receiver is exactly the reference before: `b` in `a.b`."""

HOISTED = 0x20
"""Bit set beside `Role.BIND` when the name belongs to the function around, whatever block it stands
in: JavaScript's `var`.
"""

CALLED = 0x20
"""Bit set beside `CHAINED` when the receiver is the reference before, called without arguments: `b`
in `a().b`.
"""

ROLE_MASK = 0x1F


class Confidence(StrEnum):
    """How sure a link is: one target by the language's rules; one by inference; or only the same
    name.
    """

    EXACT = "exact"
    INFERRED = "inferred"
    BY_NAME = "by-name"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One definition.

    `span` covers the whole definition, decorators and attributes included; `body_start` is the
    offset where the body
    begins (`span.end` without one); `container` is the index of the enclosing symbol in the same
    file, or -1; `owner`
    is the name of the type it belongs to when it is not nested in it (Go receivers, C++ `A::f`);
    `signature` is the
    header's text as written; `doc` covers its documentation text, comment markers included.
    """

    index: int
    name: str
    qualname: str
    kind: SymbolKind
    span: Span
    name_span: Span
    body_start: int
    container: int
    owner: str
    signature: str
    doc: Span | None
    flags: SymbolFlag
    complexity: int


class Reference(NamedTuple):
    """One occurrence of a name, from byte `start` to `end`.

    `member` says that a receiver stands before it; `chained` that the receiver is the reference
    before this one, and `called` that it is called without arguments there. A tuple, since a query
    makes many thousands of them.
    """

    index: int  # type: ignore[assignment]  # hides `tuple.index`, which nobody wants here
    name: str
    role: Role
    start: int
    end: int
    member: bool
    chained: bool = False
    called: bool = False

    @property
    def span(self) -> Span:
        """The bytes of the name."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name.

    `module` is the module as written, without leading dots (Python) or quotes (JavaScript); `level`
    counts Python's
    leading dots; `name` is the imported name, "" for the module itself, "*" for all of it; `alias`
    is the local name
    it binds ("" when it binds none); `name_span` is where the imported name (or the module) stands.
    """

    span: Span
    module: str
    name: str
    alias: str
    level: int
    name_span: Span
    reexport: bool = False
    type_only: bool = False


AS_IT_IS = 7
"""`Typing.items` of a name that is bound to another name's value, which is not called."""

OF_ITS_NAME = 6
"""`Typing.items` of a name that is bound to the member of that name: `const { size } = box`."""


class Typing(NamedTuple):
    """What says a declared name's type, or that of a member's receiver.

    `at` is the offset of a type's name or of a called function's; `items` counts what lies between:
    1 for a collection of it, -1 for one of its items; `result` says which of a function's several
    results is meant. A name whose `at` is its own offset has a type without a name.
    """

    at: int
    items: int = 0
    result: int = 0


class ScopeKind(IntEnum):
    """What a region of text is to name look-up. Stored as one byte: append only."""

    MODULE = 0
    FUNCTION = 1
    CLASS = 2
    BLOCK = 3
    LAMBDA = 4
    """A function that has no receiver of its own: JavaScript's arrow."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A region in which names are bound; `symbol` is the index of the symbol it belongs to, or -1;
    `parent` the index of the enclosing scope, or -1.
    """

    span: Span
    kind: ScopeKind
    symbol: int
    parent: int


class ChunkKind(IntEnum):
    """What a piece of a file is to search. Stored as one byte: append only."""

    DEFINITION = 0
    """A function, method or other definition, whole, with its decorators and documentation."""
    PART = 1
    """Some statements of a definition that is too long for one piece; the first has the header."""
    OUTLINE = 2
    """The header of a type with its documentation, fields and constants: all but its methods."""
    CODE = 3
    """What stands outside of definitions: imports, constants, statements of a script."""
    SECTION = 4
    """A part of a document or of a configuration: a heading or key with what belongs to it."""


class Chunk(NamedTuple):
    """A piece of a file that search finds: bytes `start` to `end`.

    `symbol` is the index of the symbol it is, or is a part of, in the file's facts; -1 for none. A
    tuple, since a workspace has a hundred thousand of them.
    """

    start: int
    end: int
    symbol: int
    kind: ChunkKind


class ParameterKind(StrEnum):
    """How an argument can reach a parameter."""

    POSITIONAL = "positional"
    """By position or, where the language has keyword arguments, by name."""
    POSITIONAL_ONLY = "positional-only"
    KEYWORD_ONLY = "keyword-only"
    VARIADIC = "variadic"
    """Takes any number of further positional arguments: `*args`, `...rest`, `args ...T`, `T...`."""
    KEYWORD_VARIADIC = "keyword-variadic"
    RECEIVER = "receiver"
    """`self`, `cls`, `&self`: never passed at a call."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `annotation` and `default` are text as written, "" when absent; `optional`
    says that a call may leave it out.
    """

    name: str
    kind: ParameterKind = ParameterKind.POSITIONAL
    annotation: str = ""
    default: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A callable's parameters and the text of its return type ("" when it has none)."""

    parameters: tuple[Parameter, ...]
    returns: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument at a call: its whole span, its value's span, and its name ("" when positional).

    `spread` marks `*args`, `**kwargs`, `...rest`.
    """

    span: Span
    value: Span
    name: str = ""
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call expression. `list_span` covers the argument list with its brackets."""

    span: Span
    callee: Span
    list_span: Span
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A span in a file."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `span` by `new_text`. An empty span inserts."""

    span: Span
    new_text: str


@dataclass(frozen=True, slots=True)
class SourceChange:
    """Edits of one change over several files: path -> edits in order, none overlapping.

    `creates` maps new paths to whole texts; `renames` old paths to new ones, after the edits, which
    go by the old path; `deletes` are paths that are gone afterwards.
    """

    edits: Mapping[str, tuple[TextEdit, ...]] = field(default_factory=dict)
    creates: Mapping[str, str] = field(default_factory=dict)
    certain: bool = True
    """False where a person should look at it, file by file, before it is applied."""
    renames: Mapping[str, str] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    named: Location | None = None
    """Where a name that was chosen stands in the text afterwards: the person may want another."""


class Severity(StrEnum):
    """How loud a finding is. The values are the words of the settings."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Related:
    """Evidence of a finding: where it is and what it shows, in a sentence."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A certain repair of a finding. `safe` fixes may be applied with all others at once."""

    title: str
    change: SourceChange
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about one place.

    `symbol` is the qualified name it is about, for baselines that outlive line numbers.
    """

    rule: str
    severity: Severity
    location: Location
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    symbol: str = ""
    unnecessary: bool = False
