"""What a language must tell the analyzers. One `LanguageSpec` a language, in
`languages/<id>/spec.py`.

A language is a query (`facts.scm`, beside its spec) plus a few hooks. The query's captures:

| capture | node | meaning |
| --- | --- | --- |
| `@ref` | every identifier | a name that is read, unless a capture below says more about the same
node |
| `@annotate` `@call` `@write` `@import` `@inherit` `@keyword` `@outer` `@bind` `@rebind` | the
name's identifier | its `Role`; of several, the last of this list wins (`bind` beats `call`, all
beat `annotate`); `rebind` is a write in a pattern that declares elsewhere |
| `@member` | the name's identifier | a receiver stands before it |
| `@def.<word>` | the node of a definition | handed to the `define` hook with `<word>` |
| `@import.statement` | an import statement | handed to the `imports` hook |
| `@scope` `@scope.function` `@scope.lambda` | a block; an anonymous function; one without a
receiver of its own | a region in which `bind` binds names (symbols make their own) |
| `@hoist` | a `@bind` name | it belongs to the function around, not to the block |
| `@branch` | a decision: `if`, loop, `case`, `catch`, `&&` | counts for complexity |
| `@comment` | a comment | documentation when it stands right above a definition |
| `@typed` | a declaration, assignment, or member of an expression | handed to the `typed` hook |
| `@declaration` | a declaration | what it binds is seen behind it only, or from its `body` on |
| `@words` | text the grammar leaves raw (a macro's body) | handed to the `raw_names` hook |
| `@whole` | a name with its sigil (`$name`) | names inside it are none, but for an `@inner` one |
| `@ignore` | any node | its byte range holds no references (a doc comment's markup, a label) |

Predicates are slow: prefer a hook. Nothing here may fail on broken source: a missing field is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.habits import NO_HABITS, Habits
from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import NO_SHAPES, Shapes
from pairwright_analyzers.types import (
    Call,
    Import,
    Role,
    Signature,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node


class Definition(NamedTuple):
    """What the `define` hook finds at a captured node.

    `name` is the identifier's node (or `label` gives the name where it is not one identifier: a
    test's title);
    `extent` covers decorators and attributes; `body` is None for a declaration; `doc` is the
    documentation's node where
    it lies inside the definition (comments right above are found without help); `span` is the
    definition's bytes where no node covers them: TypeScript's decorators stand before a method, a
    heading's section ends at the next heading; `head` is where the signature's text begins
    where that is not the
    definition's own start (annotations inside `extent`).
    """

    kind: SymbolKind
    name: Node
    extent: Node
    body: Node | None = None
    owner: str = ""
    flags: int = 0
    doc: Node | None = None
    label: str = ""
    span: tuple[int, int] | None = None
    head: Node | None = None


class ArgumentRules(NamedTuple):
    """How strictly a language fits the arguments of a call, and of an override, to parameters."""

    keywords: bool = False
    """A call may name positional parameters: `f(x=1)`, `f(x: 1)`."""
    keyword_label: str = "{}: "
    """How a call writes a parameter's name before a value."""
    missing_allowed: bool = False
    """A call may leave out required parameters (JavaScript)."""
    extra_allowed: bool = False
    """A call may pass more than there are parameters (JavaScript, PHP)."""
    overloads: bool = False
    """Several definitions of one name are told apart by their parameters."""
    overrides_may_take_fewer: bool = False
    """An override may leave out parameters of its base (JavaScript, TypeScript)."""
    exact_overrides: bool = False
    """An override with other parameter types is no override (Go, Java, C#, C++, Rust)."""
    first_is_receiver: bool = False
    """A method's first parameter is its receiver, whatever its name (Python)."""


DefineHook = Callable[[str, "Node", bytes], "Definition | list[Definition] | None"]
"""(capture word, node, text) -> the definition, or None where the node is none after all; a list
where one declaration has several names (`int a, b;`).
"""

ImportsHook = Callable[["Node", bytes], Iterable[Import]]
"""(statement, text) -> one `Import` a bound or re-exported name."""

TypedHook = Callable[["Node", bytes], Iterable[tuple[int, int] | tuple[int, int, int, int]]]
"""(node, text) -> pairs of offsets (name that is declared, name of its type or of the constructor
called); where more is to say, (name, the other three as in `Typing`). A member whose receiver is an
expression counts as declared by that expression's type.
"""

SignatureHook = Callable[[str], Signature]
"""Header text as written (`Symbol.signature`) -> its parameters.

Parses the header in a frame that makes it whole.
"""

CallHook = Callable[["Node", bytes], "Call | None"]
"""(call expression, text) -> its parts, or None where the node is not a call."""

BlanksHook = Callable[[bytes], Iterable[tuple[int, int]]]
"""(text) -> spans in order, none overlapping, that the grammar cannot read (an export macro before
a class's name).
"""

RawNamesHook = Callable[[bytes, int, int], Iterable[tuple[int, int, Role, bool]]]
"""(text, start, end of raw text) -> its names as (start, end, role, whether a receiver stands
before it).
"""


PLAIN_ARGUMENTS = ArgumentRules()
"""Languages without surprises at calls."""


@dataclass(frozen=True, eq=False)
class LanguageSpec:
    """One language. Frozen; `query_text` is read from the package on first use."""

    id: str
    """LSP language identifier; also the folder's name with `-` for `_`."""
    name: str
    extensions: tuple[str, ...]
    grammar: Callable[[], object]
    """Imports the grammar's wheel on first use and returns its language capsule."""
    package: str
    """The import path of the folder that holds `facts.scm`."""
    define: DefineHook
    imports: ImportsHook
    typed: TypedHook
    signature: SignatureHook
    call: CallHook
    first_class: bool = True
    """Has definitions, references, imports and scopes; False for text with structure."""
    parsed: bool = True
    """False where no grammar reads it: text without structure, which can only be searched."""
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    """Names in a `#!` line that mean this language."""
    line_comment: str = "#"
    block_comment: tuple[str, str] | None = None
    resolver: str = "global"
    """Which module resolver of `graph/resolve.py` links its files: python, ecmascript, go, rust,
    java, csharp, php, include, ruby, global.
    """
    family: str = ""
    """Files of one family see each other's names (`javascript`, `typescript`, `tsx`: ecmascript;
    `c`, `cpp`: c). "" means the id.
    """
    binding_roles: frozenset[Role] = frozenset({Role.BIND})
    """Roles that bind a name in the innermost scope; languages without declarations add WRITE.

    Symbols bind in the scope around them, imports (`Import.alias`) in the scope of their statement.
    """
    block_scoped: bool = True
    """False where only functions and classes make scopes (Python, and `var`)."""
    redeclares: bool = False
    """True where a declaration hides an earlier one of the same name in the same scope (Rust)."""
    header_scope: bool = False
    """True where a header binds names before the definition's own name: a method's receiver (Go),
    an implementation's type parameters (Rust).
    """
    leading_parameters: bool = False
    """True where a callable's type parameters stand before its name (Kotlin)."""
    implicit_receiver: bool = False
    """True where a bare name inside a type may mean its member (Java, C#, C++, Ruby calls)."""
    closed_namespaces: bool = False
    """True where code in a namespace sees nothing of the text around it (Rust's `mod`)."""
    module_words: frozenset[str] = frozenset()
    """Words that mean a module where they head a path (role ANNOTATE), whatever else they mean."""
    receivers: frozenset[str] = frozenset({"this"})
    """Words for the instance inside its type; `super_words` for its base."""
    super_words: frozenset[str] = frozenset({"super"})
    constructor_names: frozenset[str] = frozenset()
    """Names of members that run when the type is called or `new`ed (`__init__`, `constructor`);
    Java's share the type's name and have kind CONSTRUCTOR.
    """
    top_level: Callable[[Node], Iterable[tuple[str, Node]]] | None = None
    """Definitions at the top of a file, as (capture word, node), where patterns for them would be
    tried at every node.
    """
    dotted_members: bool = False
    """True where a name behind a dot is always a member, and only such a name: the query needs
    no `@member`.
    """
    builtins: frozenset[str] = frozenset()
    """Names that are always there."""
    arguments: ArgumentRules = PLAIN_ARGUMENTS
    """How calls and overrides must fit a signature."""
    dynamic_hooks: frozenset[str] = frozenset()
    """Names of definitions that answer for members that are not there (`__getattr__`,
    `method_missing`).
    """
    blanks: BlanksHook | None = None
    """Spans that are parsed as if they were white space; `raw_names` reads the names in them."""
    raw_names: RawNamesHook | None = None
    """Reads names in `blanks` and in `@words`."""
    variant: Callable[[bytes], LanguageSpec | None] | None = None
    """The language that reads a text in place of this one, where the extension is shared (`.h`)."""
    closes: Callable[[SymbolKind, str], bool] | None = None
    """Whether the local names around a definition, of that kind and signature, are not seen in it
    (Ruby's `def`, PHP's `function`).
    """
    calls_by_name: bool = False
    """True where naming a callable calls it (Ruby)."""
    methods_apart: bool = False
    """True where a method and a value of one name live side by side, and a call says which is
    meant (Java, PHP).
    """
    open_enum: Callable[[str], bool] | None = None
    """Whether an enum, by its signature, gives its members' names to the scope around it (C)."""
    symbol_limit: int = 0
    """How many symbols of a file are kept, counted from its start; 0 for all (data files can have
    any number).
    """
    habits: Habits = NO_HABITS
    """What review rules need to know of how people write it."""
    shapes: Shapes = NO_SHAPES
    """What refactorings need to know of its syntax."""
    import_style: ImportStyle | None = None
    """How its imports are laid out; None where they are left alone."""
    test_paths: tuple[str, ...] = ()
    """Regular expressions, searched in the workspace-relative path, that mark a test file."""

    @property
    def group(self) -> str:
        """The family's name: `family`, or the id where there is none."""
        return self.family or self.id

    @property
    def links_files(self) -> bool:
        """Whether uses in other files are found: where not, nothing can be called unused."""
        return self.resolver != "global"

    def is_test_path(self, path: str) -> bool:
        """Whether a workspace-relative path is a test file's."""
        return any(re.search(pattern, path) for pattern in self.test_paths)

    def is_test_symbol(self, path: str, symbol: Symbol) -> bool:
        """Whether a symbol is a test: of kind TEST, or marked so by name in a test file."""
        if symbol.kind is SymbolKind.TEST:
            return True
        return bool(symbol.flags & SymbolFlag.TEST) and (
            not self.test_paths or self.is_test_path(path)
        )

    @cached_property
    def query_text(self) -> str:
        """The text of `facts.scm`, behind that of the package it inherits: families put their
        shared part in a file that `; inherits: <package>` names on the first line.
        """
        return _query_text(self.package)


def _query_text(package: str) -> str:
    text = files(package).joinpath("facts.scm").read_text("utf-8")
    first = text.split("\n", 1)[0]
    if first.startswith("; inherits: "):
        text = _query_text(first.removeprefix("; inherits: ").strip()) + "\n" + text
    return text
