"""(language, text) -> `FileFacts`: everything the graph and the index know about one file.

A pure function of the text: it can be cached by the text's hash and computed in any process. It
never raises on bad
source; what could not be read is said in `problem`. Facts are packed columns behind one small
object, because a
workspace has millions of references: `pack` and `unpack` are nearly free, values are made when
asked for.
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.syntax import (
    Parsed,
    captures,
    captures_within,
    definitions_query,
    facts_query,
    parse,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    CALLED,
    CHAINED,
    CONTAINER_KINDS,
    HOISTED,
    MEMBER,
    ROLE_MASK,
    Import,
    Reference,
    Role,
    Scope,
    ScopeKind,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
    Typing,
)

if TYPE_CHECKING:
    from tree_sitter import Node

FORMAT = 5
"""Raised whenever the packed layout or the meaning of a column changes: stored facts of another
format are recomputed.
"""

_HEADER = struct.Struct("<4sHHIIIIIIIIIIIIII")
_MAGIC = b"PWF1"
_MAX_SIGNATURE = 2_000
_SYMBOL_INTS = 11
"""u32 columns a symbol: name, start, end, name start, name end, body start, container + 1, owner,
signature, doc start, doc end.
"""

_KINDS = tuple(SymbolKind)
_ROLES = tuple(Role)
_ROLE_ONLY = bytes(packed & ROLE_MASK for packed in range(256))

_ROLE_CAPTURES: tuple[tuple[str, Role], ...] = (
    ("ref", Role.READ),
    ("annotate", Role.ANNOTATE),
    ("call", Role.CALL),
    ("write", Role.WRITE),
    ("import", Role.IMPORT),
    ("inherit", Role.INHERIT),
    ("keyword", Role.KEYWORD),
    ("outer", Role.OUTER),
    ("bind", Role.BIND),
    ("rebind", Role.WRITE),
)


def digest_of(text: bytes) -> bytes:
    """The 16-byte hash that facts are keyed by."""
    return blake2b(text, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class _Columns:
    names: tuple[str, ...]
    strings: tuple[str, ...]
    symbol_kinds: Sequence[int]
    symbol_flags: Sequence[int]
    symbol_complexity: Sequence[int]
    symbol_ints: Sequence[int]
    ref_starts: Sequence[int]
    ref_roles: Sequence[int]
    ref_names: array[int] | memoryview[int]
    scopes: Sequence[int]
    imports: Sequence[int]
    typed: Sequence[int]
    shaped: Sequence[int]
    declarations: Sequence[int]


class FileFacts:
    """The facts of one text. Immutable; columns are read-only views, values are built on demand.

    `language` is the language's id; `size` is in bytes; `lines` counts line breaks + 1; `errors`
    counts parse errors;
    `problem` is "" or says why the facts are incomplete.
    """

    __slots__ = (
        "_blob",
        "_columns",
        "_digest",
        "_qualnames",
        "errors",
        "language",
        "lines",
        "problem",
        "size",
    )

    def __init__(
        self,
        language: str,
        size: int,
        lines: int,
        errors: int,
        problem: str,
        columns: _Columns | None,
        blob: bytes | None = None,
    ) -> None:
        self.language = language
        self.size = size
        self.lines = lines
        self.errors = errors
        self.problem = problem
        self._columns = columns
        self._blob = blob
        self._qualnames: tuple[str, ...] | None = None
        self._digest = b""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileFacts) and self.pack() == other.pack()

    __hash__ = None  # type: ignore[assignment]

    @property
    def columns(self) -> _Columns:
        if self._columns is None:
            assert self._blob is not None
            self._columns = _unpack_columns(self._blob)
        return self._columns

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a reference or definition of the file mentions, each once."""
        return self.columns.names

    @property
    def symbol_count(self) -> int:
        return len(self.columns.symbol_kinds)

    @property
    def reference_count(self) -> int:
        return len(self.columns.ref_starts)

    def symbol_name(self, index: int) -> str:
        """The name of the symbol at `index`, without building the symbol."""
        columns = self.columns
        return columns.strings[columns.symbol_ints[index * _SYMBOL_INTS]]

    def symbol_kind(self, index: int) -> SymbolKind:
        """The kind of the symbol at `index`, without building the symbol."""
        return _KINDS[self.columns.symbol_kinds[index]]

    def symbol_start(self, index: int) -> int:
        """Where the symbol at `index` begins."""
        return self.columns.symbol_ints[index * _SYMBOL_INTS + 1]

    def symbol_name_start(self, index: int) -> int:
        """Where the name of the symbol at `index` stands."""
        return self.columns.symbol_ints[index * _SYMBOL_INTS + 3]

    def symbol_flags(self, index: int) -> int:
        """The `SymbolFlag`s of the symbol at `index`, as a plain number."""
        return self.columns.symbol_flags[index]

    def symbol_owner(self, index: int) -> str:
        """The name of the type the symbol belongs to from outside, or "" (`Symbol.owner`)."""
        columns = self.columns
        return columns.strings[columns.symbol_ints[index * _SYMBOL_INTS + 7]]

    def symbol_container(self, index: int) -> int:
        """The index of the enclosing symbol, or -1."""
        return self.columns.symbol_ints[index * _SYMBOL_INTS + 6] - 1

    def container_name(self, index: int) -> str:
        """The name of what the symbol is a member of, or ""; without building the symbol."""
        container = self.symbol_container(index)
        if container >= 0:
            return self.symbol_name(container)
        columns = self.columns
        return columns.strings[columns.symbol_ints[index * _SYMBOL_INTS + 7]]

    def qualname(self, index: int) -> str:
        """Dotted name within the file: `Class.method`."""
        if self._qualnames is None:
            names: list[str] = []
            columns = self.columns
            for at in range(self.symbol_count):
                base = at * _SYMBOL_INTS
                name = columns.strings[columns.symbol_ints[base]]
                owner = columns.strings[columns.symbol_ints[base + 7]]
                container = columns.symbol_ints[base + 6] - 1
                if owner:
                    name = f"{owner}.{name}"
                if container >= 0:
                    name = f"{names[container]}.{name}"
                names.append(name)
            self._qualnames = tuple(names)
        return self._qualnames[index]

    def symbol(self, index: int) -> Symbol:
        """The symbol at `index`. Raises IndexError."""
        columns = self.columns
        if not 0 <= index < len(columns.symbol_kinds):
            raise IndexError(index)
        base = index * _SYMBOL_INTS
        ints = columns.symbol_ints
        doc_end = ints[base + 10]
        return Symbol(
            index,
            columns.strings[ints[base]],
            self.qualname(index),
            _KINDS[columns.symbol_kinds[index]],
            Span(ints[base + 1], ints[base + 2]),
            Span(ints[base + 3], ints[base + 4]),
            ints[base + 5],
            ints[base + 6] - 1,
            columns.strings[ints[base + 7]],
            columns.strings[ints[base + 8]],
            Span(ints[base + 9], doc_end) if doc_end else None,
            SymbolFlag(columns.symbol_flags[index]),
            columns.symbol_complexity[index],
        )

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols, in the order of their spans, outer before inner."""
        return tuple(self.symbol(index) for index in range(self.symbol_count))

    def symbols_named(self, name: str) -> list[int]:
        """Indexes of the symbols of a name, in text order."""
        columns = self.columns
        try:
            wanted = columns.strings.index(name)
        except ValueError:
            return []
        return [
            at for at, found in enumerate(columns.symbol_ints[::_SYMBOL_INTS]) if found == wanted
        ]

    def symbol_at(self, offset: int) -> Symbol | None:
        """The innermost symbol whose span contains the offset."""
        ints = self.columns.symbol_ints
        best = -1
        for index in range(self.symbol_count):
            base = index * _SYMBOL_INTS
            if ints[base + 1] > offset:
                break
            if offset <= ints[base + 2] and (
                best < 0 or ints[base + 2] - ints[base + 1] <= self._length(best)
            ):
                best = index
        return self.symbol(best) if best >= 0 else None

    def _length(self, index: int) -> int:
        base = index * _SYMBOL_INTS
        return self.columns.symbol_ints[base + 2] - self.columns.symbol_ints[base + 1]

    def reference(self, index: int) -> Reference:
        """The reference at `index`. Raises IndexError."""
        columns = self.columns
        name = columns.names[columns.ref_names[index]]
        start = columns.ref_starts[index]
        role = columns.ref_roles[index]
        return Reference(
            index,
            name,
            _ROLES[role & ROLE_MASK],
            start,
            start + (len(name) if name.isascii() else len(name.encode("utf-8", "surrogateescape"))),
            bool(role & MEMBER),
            bool(role & CHAINED),
            bool(role & CALLED),
        )

    def references(self) -> Iterator[Reference]:
        """All references in text order."""
        return (self.reference(index) for index in range(self.reference_count))

    def references_named(self, name: str) -> list[int]:
        """Indexes of the references that mention `name`, in text order."""
        columns = self.columns
        try:
            wanted = columns.names.index(name)
        except ValueError:
            return []
        # A search for the packed number, since a loop over a column costs more than all the rest.
        column = columns.ref_names
        raw = column.tobytes()
        width = column.itemsize
        needle = wanted.to_bytes(width, sys.byteorder)
        found: list[int] = []
        at = raw.find(needle)
        while at >= 0:
            if at % width == 0:
                found.append(at // width)
                at = raw.find(needle, at + width)
            else:
                at = raw.find(needle, at + 1)
        return found

    def imports_named(self, name: str) -> tuple[Import, ...]:
        """The imports of something called `name`."""
        columns = self.columns
        if not len(columns.imports) or name not in columns.strings:
            return ()
        wanted = columns.strings.index(name)
        if wanted not in columns.imports[3::9]:
            return ()
        return tuple(item for item in self.imports if item.name == name)

    def aliases_of(self, name: str) -> set[str]:
        """The local names under which the file imports something called `name`, itself left out."""
        columns = self.columns
        if not len(columns.imports) or name not in columns.strings:
            return set()
        wanted = columns.strings.index(name)
        flat = columns.imports
        return {
            columns.strings[flat[at + 4]]
            for at in range(0, len(flat), 9)
            if flat[at + 3] == wanted and flat[at + 4] not in (0, wanted)
        }

    def reference_at(self, offset: int) -> Reference | None:
        """The reference that an offset lies in or right behind, or None."""
        starts = self.columns.ref_starts
        at = bisect_right(starts, offset) - 1
        if at < 0:
            return None
        found = self.reference(at)
        return found if found.span.contains(offset) else None

    def references_in(self, span: Span) -> range:
        """Indexes of the references that start within a span."""
        starts = self.columns.ref_starts
        return range(bisect_left(starts, span.start), bisect_left(starts, span.end))

    def references_of_role(self, span: Span, role: Role) -> list[int]:
        """Indexes of the references of one role that start within a span."""
        inside = self.references_in(span)
        roles = bytes(self.columns.ref_roles[inside.start : inside.stop]).translate(_ROLE_ONLY)
        found: list[int] = []
        at = roles.find(role)
        while at >= 0:
            found.append(inside.start + at)
            at = roles.find(role, at + 1)
        return found

    @property
    def imports(self) -> tuple[Import, ...]:
        """All imported names in text order."""
        columns = self.columns
        flat = columns.imports
        strings = columns.strings
        return tuple(
            Import(
                Span(flat[at], flat[at + 1]),
                strings[flat[at + 2]],
                strings[flat[at + 3]],
                strings[flat[at + 4]],
                flat[at + 5],
                Span(flat[at + 6], flat[at + 7]),
                bool(flat[at + 8] & 1),
                bool(flat[at + 8] & 2),
            )
            for at in range(0, len(flat), 9)
        )

    @property
    def extra_scopes(self) -> tuple[tuple[int, int, ScopeKind], ...]:
        """Blocks and anonymous functions that bind names: (start, end, kind)."""
        flat = self.columns.scopes
        return tuple(
            (flat[at], flat[at + 1], ScopeKind(flat[at + 2])) for at in range(0, len(flat), 3)
        )

    @property
    def typed(self) -> dict[int, int]:
        """Offset of a declared name -> offset of the name of its type, or of the callable it was
        made by.
        """
        flat = self.columns.typed
        return {flat[at]: flat[at + 1] for at in range(0, len(flat), 2)}

    @property
    def shaped(self) -> dict[int, tuple[Typing, ...]]:
        """What `typed` cannot say: offset of a declared name -> its types, with their shapes."""
        flat = self.columns.shaped
        found: dict[int, tuple[Typing, ...]] = {}
        for at in range(0, len(flat), 3):
            shape = flat[at + 2]
            typing = Typing(flat[at + 1], (shape & 0xF) - _NO_ITEMS, shape >> 4)
            found[flat[at]] = (*found.get(flat[at], ()), typing)
        return found

    @property
    def declarations(self) -> tuple[tuple[int, int], ...]:
        """Declarations whose names are seen only from their end on: (start, end)."""
        flat = self.columns.declarations
        return tuple((flat[at], flat[at + 1]) for at in range(0, len(flat), 2))

    @property
    def digest(self) -> bytes:
        """The hash of the facts: 16 bytes, equal for equal facts."""
        if not self._digest:
            self._digest = digest_of(self.pack())
        return self._digest

    def pack(self) -> bytes:
        """The facts as bytes; `unpack` is its inverse."""
        if self._blob is None:
            self._blob = _pack(self)
        return self._blob


def unpack(blob: bytes) -> FileFacts:
    """Facts from `FileFacts.pack`.

    Raises ValueError for anything else. Columns are decoded when first asked for.
    """
    try:
        magic, version, language_length, size, lines, errors, problem_length, *_ = (
            _HEADER.unpack_from(blob)
        )
        if magic != _MAGIC or version != FORMAT:
            raise ValueError("facts of another format")
        at = _HEADER.size
        language = blob[at : at + language_length].decode()
        at += language_length
        problem = blob[at : at + problem_length].decode()
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"not packed facts: {error}") from error
    return FileFacts(language, size, lines, errors, problem, None, blob)


def names_in(blob: bytes) -> list[bytes]:
    """The names that packed facts mention, undecoded: for name tables without unpacking."""
    header = _HEADER.unpack_from(blob)
    at = _HEADER.size + header[2] + header[6]
    names = blob[at : at + header[7]]
    return names.split(b"\0") if names else []


def definitions_in(blob: bytes) -> list[bytes]:
    """The names of the symbols of packed facts, in index order, undecoded."""
    header = _HEADER.unpack_from(blob)
    at = _HEADER.size + header[2] + header[6] + header[7]
    strings = blob[at : at + header[8]].split(b"\0")
    count = header[9]
    at += header[8] + count * 5
    ints = memoryview(blob)[at : at + count * _SYMBOL_INTS * 4].cast("I")
    return [strings[ints[index]] for index in range(0, count * _SYMBOL_INTS, _SYMBOL_INTS)]


def containers_in(blob: bytes) -> list[bytes]:
    """For each of `definitions_in`, its container's name (b"" for none), undecoded."""
    header = _HEADER.unpack_from(blob)
    at = _HEADER.size + header[2] + header[6] + header[7]
    strings = blob[at : at + header[8]].split(b"\0")
    count = header[9]
    at += header[8] + count * 5
    ints = memoryview(blob)[at : at + count * _SYMBOL_INTS * 4].cast("I")
    return [
        strings[ints[(ints[base + 6] - 1) * _SYMBOL_INTS] if ints[base + 6] else ints[base + 7]]
        for base in range(0, count * _SYMBOL_INTS, _SYMBOL_INTS)
    ]


def _pack(facts: FileFacts) -> bytes:
    columns = facts.columns
    language = facts.language.encode()
    problem = facts.problem.encode()
    names = "\0".join(columns.names).encode("utf-8", "surrogateescape")
    strings = "\0".join(columns.strings).encode("utf-8", "surrogateescape")
    wide = len(columns.names) > 0xFFFF
    return b"".join(
        (
            _HEADER.pack(
                _MAGIC,
                FORMAT,
                len(language),
                facts.size,
                facts.lines,
                facts.errors,
                len(problem),
                len(names),
                len(strings),
                len(columns.symbol_kinds),
                len(columns.ref_starts),
                len(columns.scopes),
                len(columns.imports),
                len(columns.typed),
                len(columns.shaped),
                len(columns.declarations),
                int(wide),
            ),
            language,
            problem,
            names,
            strings,
            _packed("B", columns.symbol_kinds),
            _packed("H", columns.symbol_flags),
            _packed("H", columns.symbol_complexity),
            _packed("I", columns.symbol_ints),
            _packed("I", columns.ref_starts),
            _packed("B", columns.ref_roles),
            _packed("I" if wide else "H", columns.ref_names),
            _packed("I", columns.scopes),
            _packed("I", columns.imports),
            _packed("I", columns.typed),
            _packed("I", columns.shaped),
            _packed("I", columns.declarations),
        )
    )


def _packed(code: str, column: Sequence[int]) -> bytes:
    """A column as bytes; one that has its width already is only copied."""
    if isinstance(column, array) and column.typecode == code:
        return column.tobytes()
    return array(code, column).tobytes()


def _unpack_columns(blob: bytes) -> _Columns:
    header = _HEADER.unpack_from(blob)
    view = memoryview(blob)
    at = _HEADER.size + header[2] + header[6]

    def text(length: int) -> tuple[str, ...]:
        nonlocal at
        raw = blob[at : at + length]
        at += length
        return tuple(raw.decode("utf-8", "surrogateescape").split("\0")) if raw else ()

    def column(code: str, width: int, count: int) -> memoryview[int]:
        nonlocal at
        part = view[at : at + width * count].cast(code)  # type: ignore[call-overload]
        at += width * count
        return part  # type: ignore[no-any-return]

    names = text(header[7])
    strings = text(header[8]) or ("",)
    count, refs = header[9], header[10]
    wide = header[16] & 1
    return _Columns(
        names,
        strings,
        column("B", 1, count),
        column("H", 2, count),
        column("H", 2, count),
        column("I", 4, count * _SYMBOL_INTS),
        column("I", 4, refs),
        column("B", 1, refs),
        column("I", 4, refs) if wide else column("H", 2, refs),
        column("I", 4, header[11]),
        column("I", 4, header[12]),
        column("I", 4, header[13]),
        column("I", 4, header[14]),
        column("I", 4, header[15]),
    )


def facts_of(spec: LanguageSpec, text: bytes) -> FileFacts:
    """The facts of a text. Never raises on bad source."""
    return facts_of_parsed(parse(spec, text))


def empty_facts(language: str, text: bytes, problem: str) -> FileFacts:
    """Facts of a text that was not read, and why."""
    empty: tuple[int, ...] = ()
    columns = _Columns((), ("",), *(empty,) * 6, array("I"), *(empty,) * 5)
    return FileFacts(language, len(text), text.count(b"\n") + 1, 0, problem, columns)


def facts_of_parsed(parsed: Parsed) -> FileFacts:
    """The facts of a text that is parsed already. Never raises on bad source."""
    spec, text = parsed.spec, parsed.text
    found = captures(facts_query(spec), parsed.root)
    strings: dict[str, int] = {"": 0}
    symbols = _symbols(spec, parsed.root, text, found, strings)
    name_table: dict[bytes, int] = {}
    ref_starts, ref_roles, ref_names = _references(parsed, found, symbols, name_table)
    imports = _imports(spec, text, found.get("import.statement", ()), strings)
    scopes = array("I")
    for row in sorted(
        (*node.byte_range, int(kind))
        for capture, kind in _SCOPES
        for node in found.get(capture, ())
    ):
        scopes.extend(row)
    typed, shaped = _types(spec, text, found.get("typed", ()))
    declarations = array("I")
    for start, end in sorted(_declared(node) for node in found.get("declaration", ())):
        declarations.extend((start, end))
    columns = _Columns(
        tuple(name.decode("utf-8", "replace") for name in name_table),
        tuple(strings),
        symbols.kinds,
        symbols.flags,
        symbols.complexity,
        symbols.ints,
        ref_starts,
        ref_roles,
        ref_names,
        scopes,
        imports,
        typed,
        shaped,
        declarations,
    )
    return FileFacts(
        spec.id, len(text), text.count(b"\n") + 1, len(found.get("error", ())), "", columns
    )


def symbols_within(spec: LanguageSpec, text: bytes, spans: Sequence[Span]) -> FileFacts:
    """The symbols alone that spans of a text touch, and those around them: for a small change in a
    large text at a fraction of the cost of all facts. They have no documentation and no complexity.

    Where a type's fields are told by what its methods set, one that stands outside the spans is
    not known, so that a later mention may count as its definition.
    """
    parsed = parse(spec, text)
    whole = [_widened(parsed.root, span) for span in spans]
    found = captures_within(definitions_query(parsed.spec), parsed.root, whole)
    strings: dict[str, int] = {"": 0}
    symbols = _symbols(parsed.spec, parsed.root, text, found, strings)
    none: tuple[int, ...] = ()
    columns = _Columns(
        (),
        tuple(strings),
        symbols.kinds,
        symbols.flags,
        symbols.complexity,
        symbols.ints,
        none,
        none,
        array("H"),
        none,
        none,
        none,
        none,
        none,
    )
    return FileFacts(parsed.spec.id, len(text), text.count(b"\n") + 1, 0, "", columns)


_WIDE = 16_000
"""Bytes up to which a span is widened to the syntax around it, as from a decorator to its function.
"""


def _widened(root: Node, span: Span) -> Span:
    """The span with the whole of what begins or ends in it."""
    start, end = span.start, span.end
    for at in (start, max(start, end - 1)):
        node = root.descendant_for_byte_range(at, at)
        while node is not None and node.end_byte - node.start_byte <= _WIDE and node != root:
            start, end = min(start, node.start_byte), max(end, node.end_byte)
            node = node.parent
    return Span(start, end)


_NO_ITEMS = 8
"""`Typing.items` is stored with this added, in four bits below `Typing.result`."""


def _types(spec: LanguageSpec, text: bytes, nodes: Sequence[Node]) -> tuple[array[int], array[int]]:
    """The columns `typed` and `shaped`."""
    typed, shaped = array("I"), array("I")
    hook = spec.typed
    last = -1
    for row in sorted(row for node in nodes for row in hook(node, text)):
        name, at, items, result = (*row, 0, 0) if len(row) == 2 else row
        plain = not (items or result)
        if plain and (name != last or len(row) == 2):
            last = name
            typed.extend((name, at))
        elif -_NO_ITEMS <= items < _NO_ITEMS and result < _MAX_RESULTS:
            shaped.extend((name, at, items + _NO_ITEMS | result << 4))
    return typed, shaped


_MAX_RESULTS = 1_000


def _declared(node: Node) -> tuple[int, int]:
    body = node.child_by_field_name("body")
    return node.start_byte, body.start_byte if body is not None else node.end_byte


@dataclass(slots=True)
class _SymbolColumns:
    kinds: array[int]
    flags: array[int]
    complexity: array[int]
    ints: array[int]
    names: list[tuple[int, int]]


def _symbols(
    spec: LanguageSpec,
    root: Node,
    text: bytes,
    found: dict[str, list[Node]],
    strings: dict[str, int],
) -> _SymbolColumns:
    rows: list[tuple[int, int, int, int, Definition]] = []
    define = spec.define
    if spec.top_level is not None:
        for word, node in spec.top_level(root):
            found.setdefault(f"def.{word}", []).append(node)
    for capture, nodes in found.items():
        if capture.startswith("def."):
            word = capture[4:]
            if 0 < spec.symbol_limit < len(nodes):
                nodes = sorted(nodes, key=_start_of)[: spec.symbol_limit]
            for node in nodes:
                answer = define(word, node, text)
                if answer is None:
                    continue
                for definition in answer if isinstance(answer, list) else (answer,):
                    start, end = definition.span or definition.extent.byte_range
                    name_start, name_end = definition.name.byte_range
                    rows.append((start, -end, name_start, name_end, definition))
    rows.sort(key=lambda row: row[:4])
    if spec.symbol_limit:
        del rows[spec.symbol_limit :]
    comments = _CommentBlocks(text, found.get("comment", ()))
    branches = sorted(node.start_byte for node in found.get("branch", ()))
    out = _SymbolColumns(array("B"), array("H"), array("H"), array("I"), [])
    stack: list[tuple[int, int]] = []
    fields: set[tuple[int, str]] = set()
    intern = strings.setdefault
    callable_rows: list[tuple[int, int, int]] = []
    seen_names: set[tuple[int, str]] = set()
    for start, negative_end, name_start, name_end, definition in rows:
        end = -negative_end
        if (name_start, definition.label) in seen_names:
            continue
        while stack and stack[-1][0] <= start:
            stack.pop()
        container = stack[-1][1] if stack else -1
        kind = definition.kind
        flags = definition.flags
        name = definition.label or text[name_start:name_end].decode("utf-8", "replace")
        name = name.replace("\0", "�")
        container_kind = _KINDS[out.kinds[container]] if container >= 0 else SymbolKind.MODULE
        if kind is SymbolKind.FIELD and container_kind not in CONTAINER_KINDS:
            # An attribute set in a method (`self.x = …`) is the class's field, once.
            owner = container
            while owner >= 0 and _KINDS[out.kinds[owner]] not in CONTAINER_KINDS:
                owner = out.ints[owner * _SYMBOL_INTS + 6] - 1
            if owner < 0 and not definition.owner:
                continue
            container = owner
        elif (
            kind is SymbolKind.FUNCTION
            and container_kind in CONTAINER_KINDS
            and container_kind is not SymbolKind.NAMESPACE
        ):
            kind = SymbolKind.CONSTRUCTOR if name in spec.constructor_names else SymbolKind.METHOD
        if kind is SymbolKind.FIELD:
            field = (container, f"{definition.owner}.{name}")
            if field in fields:
                continue
            fields.add(field)
        seen_names.add((name_start, definition.label))
        body = definition.body
        body_start = body.start_byte if body is not None else end
        doc = definition.doc
        doc_span = doc.byte_range if doc is not None else comments.above(start)
        header_end = min(body_start, start + _MAX_SIGNATURE + (name_start - start))
        header = text[_header_start(text, start, name_start, definition) : header_end]
        index = len(out.kinds)
        out.kinds.append(int(kind))
        out.flags.append(int(flags))
        out.complexity.append(0)
        out.ints.extend(
            (
                intern(name, len(strings)),
                start,
                end,
                name_start,
                name_end,
                body_start,
                container + 1,
                intern(definition.owner, len(strings)),
                intern(_header_text(header), len(strings)),
                doc_span[0],
                doc_span[1],
            )
        )
        out.names.append((name_start, name_end))
        if body is not None:
            stack.append((end, index))
            callable_rows.append((start, end, index))
    _count_branches(branches, callable_rows, out.complexity)
    return out


def _start_of(node: Node) -> int:
    return node.start_byte


def _header_start(text: bytes, start: int, name_start: int, definition: Definition) -> int:
    """Where the signature's text begins: behind decorators, at the line that holds the name's
    declaration.
    """
    if definition.head is not None:
        return definition.head.start_byte
    if not definition.flags & _DECORATED:
        return start
    body = definition.body
    node = definition.name
    limit = body.start_byte if body is not None else definition.extent.end_byte
    line = text.rfind(b"\n", start, name_start)
    while line > start and text[line + 1 : name_start].strip() == b"" and node.start_byte < limit:
        line = text.rfind(b"\n", start, line)
    return line + 1 if line >= 0 else start


_DECORATED = int(SymbolFlag.DECORATED)
_HEADER_END = b" \t\r\n\f\v:;{="


def _header_text(header: bytes) -> str:
    kept = header[:_MAX_SIGNATURE].lstrip().rstrip(_HEADER_END)
    return kept.replace(b"\0", b"?").decode("utf-8", "replace")


def _count_branches(
    branches: list[int], rows: list[tuple[int, int, int]], complexity: array[int]
) -> None:
    """Cyclomatic complexity: 1 + the decisions inside, those of nested definitions left out (they
    have their own).
    """
    totals: dict[int, int] = {}
    stack: list[tuple[int, int]] = []
    for start, end, index in rows:
        while stack and stack[-1][0] <= start:
            stack.pop()
        inside = bisect_left(branches, end) - bisect_left(branches, start)
        totals[index] = inside
        if stack and inside:
            totals[stack[-1][1]] -= inside
        stack.append((end, index))
    for index, inside in totals.items():
        complexity[index] = min(1 + inside, 0xFFFF)


class _CommentBlocks:
    """Runs of comments with nothing but white space between them, to be asked which one stands
    right above an offset.
    """

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self, text: bytes, nodes: Sequence[Node]) -> None:
        self._text = text
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(node.byte_range for node in nodes):
            trimmed = end - 1 if text[end - 1 : end] == b"\n" else end
            if self._ends and self._joined(self._ends[-1], start):
                self._ends[-1] = trimmed
            else:
                self._starts.append(start)
                self._ends.append(trimmed)

    def _joined(self, end: int, start: int) -> bool:
        between = self._text[end:start]
        return between.count(b"\n") <= 1 and not between.strip()

    def above(self, start: int) -> tuple[int, int]:
        at = bisect_right(self._ends, start) - 1
        if at >= 0 and self._joined(self._ends[at], start):
            line = self._text.rfind(b"\n", 0, self._starts[at]) + 1
            if not self._text[line : self._starts[at]].strip():
                return self._starts[at], self._ends[at]
        return 0, 0


def _references(
    parsed: Parsed,
    found: dict[str, list[Node]],
    symbols: _SymbolColumns,
    name_table: dict[bytes, int],
) -> tuple[array[int], array[int], array[int]]:
    text = parsed.text
    ends: dict[int, int] = {}
    roles: dict[int, int] = {}
    for capture, role in _ROLE_CAPTURES:
        nodes = found.get(capture)
        if not nodes:
            continue
        if role is Role.READ:
            ends = dict([node.byte_range for node in nodes])
            roles = dict.fromkeys(ends, int(role))
            continue
        named = dict.fromkeys([node.start_byte for node in nodes], int(role))
        roles.update(named)
        if not ends.keys() >= named.keys():
            # Names that `@ref` leaves to other captures.
            ends.update([node.byte_range for node in nodes])
    if "whole" in found:
        inner = {node.start_byte for node in found.get("inner", ())}
        starts = sorted(ends)
        for node in found["whole"]:
            first, last = node.byte_range
            if first in ends:
                # A part may begin where the whole does.
                ends[first] = last
            at = bisect_right(starts, first)
            if at < len(starts) and starts[at] in inner and starts[at] < last:
                ends.pop(first, None)
                continue
            while at < len(starts) and starts[at] < last:
                ends.pop(starts[at], None)
                at += 1
    raw_names = parsed.spec.raw_names
    if raw_names is not None:
        raw = [node.byte_range for node in found.get("words", ())]
        for first, last in (*raw, *parsed.blanks):
            for start, end, role, member in raw_names(text, first, last):
                ends[start] = end
                roles[start] = int(role) | (MEMBER if member else 0)
    for start, end in symbols.names:
        if (
            start in ends
            and ends[start] == end
            and roles[start] & ROLE_MASK not in _NAMED_ELSEWHERE
        ):
            roles[start] = int(Role.DEFINE)
    for start in [node.start_byte for node in found.get("hoist", ())]:
        if roles.get(start) == Role.BIND:
            roles[start] |= HOISTED
    for start in [node.start_byte for node in found.get("member", ())]:
        if start in roles:
            roles[start] |= MEMBER
    ignored = found.get("ignore")
    if ignored:
        starts = sorted(ends)
        for first, last in (node.byte_range for node in ignored):
            for start in starts[bisect_left(starts, first) : bisect_left(starts, last)]:
                ends.pop(start, None)
    starts = sorted(ends)
    if parsed.spec.dotted_members:
        _mark_dotted(text, roles, parsed.spec.line_comment.encode())
    _mark_chains(text, starts, ends, roles)
    intern = name_table.setdefault
    ref_names = [intern(text[start : ends[start]], len(name_table)) for start in starts]
    return (
        array("I", starts),
        array("B", [roles[start] for start in starts]),
        array("I" if len(name_table) > 0xFFFF else "H", ref_names),
    )


_NAMED_ELSEWHERE = frozenset({int(Role.IMPORT), int(Role.INHERIT)})
"""Roles that a definition's name keeps: it only repeats the name of something defined elsewhere, as
a Rust `impl` and an anonymous class do.
"""

_SEPARATORS = frozenset(
    {b".", b"->", b"::", b"?.", b"!.", b"?->", b"&.", b"::$", b"\\", b":", b"!!."}
)
_CALLED_SEPARATORS = frozenset(b"()" + separator for separator in _SEPARATORS)


_BEHIND_A_DOT = re.compile(rb"\.[ \t\r\n\\\f]*(?=[^\W\d]|[\x80-\xff])")


def _mark_dotted(text: bytes, roles: dict[int, int], comment: bytes) -> None:
    """Set `MEMBER` on every name behind a dot: what a capture says at several times the cost.

    A dot that ends a comment's line has nothing to do with the next line's name.
    """
    importing = int(Role.IMPORT)
    for found in _BEHIND_A_DOT.finditer(text):
        dot, start = found.span()
        if start in roles and roles[start] != importing and text[dot - 1 : dot] != b".":
            if start - dot > 1 and text.find(b"\n", dot, start) >= 0:
                line = text.rfind(b"\n", 0, dot) + 1
                if text.find(comment, line, dot) >= 0:
                    continue
            roles[start] |= MEMBER


def _mark_chains(
    text: bytes, starts: list[int], ends: dict[int, int], roles: dict[int, int]
) -> None:
    """Set `CHAINED` and `CALLED` on members whose receiver is the reference before them."""
    end = 0
    for start in starts:
        if roles[start] & MEMBER:
            between = text[end:start]
            if between in _SEPARATORS or between.strip() in _SEPARATORS:
                roles[start] |= CHAINED
            elif b"".join(between.split()) in _CALLED_SEPARATORS:
                roles[start] |= CHAINED | CALLED
        end = ends[start]


def _imports(
    spec: LanguageSpec, text: bytes, nodes: Sequence[Node], strings: dict[str, int]
) -> array[int]:
    rows: list[Import] = [item for node in nodes for item in spec.imports(node, text)]
    rows.sort(key=lambda item: (item.span.start, item.name_span.start))
    intern = strings.setdefault
    flat = array("I")
    for item in rows:
        flat.extend(
            (
                item.span.start,
                item.span.end,
                intern(item.module.replace("\0", ""), len(strings)),
                intern(item.name.replace("\0", ""), len(strings)),
                intern(item.alias.replace("\0", ""), len(strings)),
                item.level,
                item.name_span.start,
                item.name_span.end,
                int(item.reexport) | int(item.type_only) << 1,
            )
        )
    return flat


_VALUES = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT})
_MEMBERS_OF_VALUES = frozenset({SymbolKind.METHOD, SymbolKind.PROPERTY})


_SCOPES = (
    ("scope", ScopeKind.BLOCK),
    ("scope.function", ScopeKind.FUNCTION),
    ("scope.lambda", ScopeKind.LAMBDA),
)


def scopes_of(facts: FileFacts, spec: LanguageSpec) -> tuple[Scope, ...]:
    """The scopes of a file, outer before inner; the first is the whole file.

    A symbol's scope begins behind its name, so that decorators and the name itself belong to the
    scope around it; with `LanguageSpec.header_scope` that of a method with an owner and of
    an implementation begins with it, with `LanguageSpec.leading_parameters` that of any callable.
    """
    rows: list[tuple[int, int, ScopeKind, int]] = []
    symbols = facts.symbols
    # The members of an object literal are reached through its variable, never by their bare names.
    literals = {
        symbol.container
        for symbol in symbols
        if symbol.kind in _MEMBERS_OF_VALUES and symbol.container >= 0
    }
    for symbol in symbols:
        if symbol.body_start < symbol.span.end and symbol.name_span.end <= symbol.span.end:
            holds = symbol.kind in CONTAINER_KINDS or (
                symbol.kind in _VALUES and symbol.index in literals
            )
            kind = ScopeKind.CLASS if holds else ScopeKind.FUNCTION
            first = symbol.name_span.end
            if (
                spec.header_scope and (symbol.owner or symbol.kind is SymbolKind.IMPLEMENTATION)
            ) or (spec.leading_parameters and symbol.kind in CALLABLE_KINDS):
                first = symbol.span.start
            rows.append((first, symbol.span.end, kind, symbol.index))
    rows.extend((start, end, kind, -1) for start, end, kind in facts.extra_scopes)
    rows.sort(key=lambda row: (row[0], -row[1], row[2]))
    scopes = [Scope(Span(0, max(facts.size, 0)), ScopeKind.MODULE, -1, -1)]
    stack = [0]
    for start, end, kind, symbol_index in rows:
        while len(stack) > 1 and scopes[stack[-1]].span.end <= start:
            stack.pop()
        scopes.append(Scope(Span(start, end), kind, symbol_index, stack[-1]))
        stack.append(len(scopes) - 1)
    return tuple(scopes)
