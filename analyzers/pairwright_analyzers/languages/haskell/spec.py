"""Haskell: functions, types with their constructors and fields, classes, instances and imports.

The signature of a function and all its equations are one symbol. A constructor and a field are
members of their type, also of one that has several constructors. An instance is named by its head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.nodes import first_named, spelled
from pairwright_analyzers.languages.plain import folded, no_call, no_signature, no_types
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import Import, Span, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_BETWEEN = frozenset({"comment", "haddock", "pragma", "cpp", "fixity"})
"""What may stand between a signature and its equations."""
_COMMENTS = frozenset({"comment", "haddock"})
_INSTANCES = frozenset({"instance", "deriving_instance"})
_FAMILIES = frozenset({"type_synonym", "type_family", "data_family"})
_INSTANCES_OF_FAMILIES = frozenset({"type_instance", "data_instance"})
_CONSTRUCTORS = frozenset({"data_constructor", "newtype_constructor", "gadt_constructor"})
_FIELD = frozenset({"field"})
_VALUES = frozenset({"literal", "list", "negation"})
_PREDECLARED = """
Bool Bounded Char Double Either Enum Eq False FilePath Float Floating Foldable Fractional Functor
Applicative GT EQ LT IO IOError Int Integer Integral Just Left Maybe Monad MonadFail Monoid Nothing
Num Ord Ordering Rational ReadS Read Real RealFloat RealFrac Right Semigroup Show ShowS String
Traversable True Word abs all and any appendFile asTypeOf atan break ceiling compare concat
concatMap const cos curry cycle div divMod drop dropWhile either elem error errorWithoutStackTrace
even exp filter flip floor fmap foldMap foldl foldr foldl1 foldr1 fromEnum fromInteger fromIntegral
fromRational fst gcd getChar getContents getLine head id init interact ioError iterate last lcm
length lex lines log lookup map mapM mapM_ mappend max maxBound maximum maybe mconcat mempty min
minBound minimum mod negate not notElem null odd or otherwise pi pred print product properFraction
pure putChar putStr putStrLn quot quotRem read readFile readIO readLn readParen reads realToFrac rem
repeat replicate return reverse round scanl scanr seq sequence sequenceA sequence_ show showChar
showParen showString shows significand sin snd span splitAt sqrt subtract succ sum tail take
takeWhile tan toEnum toInteger toRational traverse truncate uncurry undefined unlines until unwords
unzip unzip3 userError words writeFile zip zip3 zipWith zipWith3
$ $! . + - * / ^ ^^ ** == /= < <= > >= && || ++ !! <$> <$ <*> *> <* >>= >> =<< <> : !
"""


_DIRECTIVE = re.compile(
    rb"#(?:(?<=\n#)(?:[ \t]*(?:else|elif)\b|#)[^\r\n]*|\{\w+[ \t][^{}\r\n]*\}|(?<=\(#)"
    rb"(?:alignment|const|const_str|enum|offset|peek|poke|ptr|size|type)[ \t][^()\r\n]*"
    rb"(?:\([^()\r\n]*\)[^()\r\n]*)?(?=\)))"
)
_WORD = re.compile(rb"\w+")


def _grammar() -> object:
    import tree_sitter_haskell

    return tree_sitter_haskell.language()


def _blanks(text: bytes) -> Iterator[tuple[int, int]]:
    """`#else` of the preprocessor, behind which the grammar reads nothing, and what hsc2hs replaces
    (`#{const NAME}`, `(#peek struct type, field)`): all of it but the last word.
    """
    for found in _DIRECTIVE.finditer(text):
        start, end = found.span()
        if text[start + 1 : start + 2] == b"{" or text[start - 1 : start] == b"(":
            *_, last = _WORD.finditer(text, start, end)
            yield start, last.start()
            start = last.end()
        if start < end:
            yield start, end


# -- what a module exports -----------------------------------------------------------------------


class _Exports(NamedTuple):
    """`names` is None where a module exports all it defines; `whole` are types `T(..)`."""

    names: frozenset[str] | None
    whole: frozenset[str] = frozenset()

    def flag(self, name: str, owner: str = "") -> SymbolFlag:
        if self.names is None or name in self.names or owner in self.whole:
            return SymbolFlag.EXPORTED
        return SymbolFlag.NONE


_ALL = _Exports(None)


def _exports(root: Node | None, text: bytes) -> _Exports:
    header = next((one for one in root.children if one.type == "header"), None) if root else None
    if header is None:
        return _ALL
    exports = header.child_by_field_name("exports")
    if exports is None:
        return _ALL
    module = _module_name(header, text)
    names: set[str] = set()
    whole: set[str] = set()
    for one in exports.named_children:
        if one.type == "module_export":
            if spelled(one.child_by_field_name("module"), text) == module:
                return _ALL
            continue
        last = ""
        for part in one.named_children:
            if part.type == "children":
                for element in part.named_children:
                    if element.type == "all_names":
                        whole.add(last)
                    names.add(spelled(_plain(element), text))
            elif part.type != "namespace":
                last = spelled(_plain(part), text)
                names.add(last)
    return _Exports(frozenset(names), frozenset(whole) - {""})


def _module_name(header: Node, text: bytes) -> str:
    return spelled(header.child_by_field_name("module"), text)


def _plain(node: Node) -> Node:
    """The name in `(+)`, `` `plus` `` and `M.name`."""
    while node.type in ("prefix_id", "infix_id", "qualified", "field_name"):
        inner = node.child_by_field_name("id") or first_named(node)
        if inner is None:
            break
        node = inner
    return node


# -- definitions ---------------------------------------------------------------------------------


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "module":
        name = node.child_by_field_name("module")
        if name is None:
            return None
        return Definition(SymbolKind.NAMESPACE, name, node, flags=SymbolFlag.EXPORTED)
    if word == "broken":
        left = [one for one in node.named_children if one.start_point.column == 0]
        return _block(left, text, _ALL)
    return _block(node.named_children, text, _exports(node.parent, text))


def _block(nodes: list[Node], text: bytes, exports: _Exports) -> list[Definition]:
    """What the top of a module defines."""
    values = _Values(text, exports, "")
    found: list[Definition] = []
    kind_of, kind_start = "", 0
    for node in nodes:
        kind = node.type
        if kind in _BETWEEN:
            values.passes(node)
            continue
        if values.reads(node):
            continue
        if kind == "kind_signature":
            name = _head_name(node)
            kind_of, kind_start = spelled(name, text), node.start_byte
            continue
        known = len(found)
        found.extend(_type_definitions(node, text, exports))
        if len(found) > known and kind_of:
            first = found[known]
            if spelled(first.name, text) == kind_of:
                found[known] = first._replace(span=(kind_start, first.extent.end_byte))
            kind_of = ""
    return [
        one for one in (*found, *values.definitions()) if one.name.end_byte > one.name.start_byte
    ]


class _Values:
    """Collects functions and values of one block: equations and signature of a name are one.

    A signature that names several, or that stands apart from its equations, is left out where
    there are equations.
    """

    __slots__ = ("_apart", "_between", "_bound", "_exports", "_found", "_last", "_owner", "_text")

    def __init__(self, text: bytes, exports: _Exports, owner: str) -> None:
        self._text = text
        self._exports = exports
        self._owner = owner
        self._found: list[Definition] = []
        self._apart: dict[str, int] = {}
        """Names that have had a signature only -> their places in `_found`."""
        self._bound: set[str] = set()
        self._last = ""
        self._between: Node | None = None

    def passes(self, node: Node) -> None:
        """A comment or the like: it ends no run of equations."""
        if self._between is None:
            self._between = node

    def reads(self, node: Node) -> bool:
        """Takes a signature, an equation, or a foreign import; False for anything else."""
        kind = node.type
        if kind == "function" or kind == "bind":
            self._equation(node)
        elif kind == "signature":
            self._signature(node, node)
        elif kind == "foreign_import":
            signature = node.child_by_field_name("signature")
            if signature is not None:
                self._signature(signature, node)
        elif kind == "pattern_synonym":
            self._synonym(node)
        elif kind != "default_signature":
            self._last = ""
            return False
        self._between = None
        return True

    def _add(self, kind: SymbolKind, name: Node, node: Node, body: Node | None) -> str:
        spelling = spelled(name, self._text)
        flags = self._exports.flag(spelling, self._owner)
        self._found.append(Definition(kind, name, node, body, flags=flags))
        return spelling

    def _signature(self, signature: Node, whole: Node) -> None:
        names = _names(signature)
        for name in names:
            at = len(self._found)
            spelling = self._add(SymbolKind.FUNCTION, name, whole, None)
            self._apart.setdefault(spelling, at)
            self._last = spelling if len(names) == 1 else ""

    def _equation(self, node: Node) -> None:
        name = _equation_name(node)
        if name is None:
            self._last = ""
            for bound in _pattern_names(node.child_by_field_name("pattern")):
                self._bound.add(self._add(SymbolKind.VARIABLE, bound, node, None))
            return
        spelling = spelled(name, self._text)
        if spelling == self._last:
            self._extend(node, self._between or node)
            self._bound.add(spelling)
            return
        match = node.child_by_field_name("match")
        kind = SymbolKind.FUNCTION
        if node.type == "bind" and match is not None and match.named_child_count == 1:
            value = match.child_by_field_name("expression")
            if value is not None and value.type in _VALUES:
                kind = SymbolKind.CONSTANT
        self._last = self._add(kind, name, node, match)
        self._bound.add(spelling)

    def _extend(self, node: Node, body: Node) -> None:
        before = self._found[-1]
        start = before.span[0] if before.span is not None else before.extent.start_byte
        self._found[-1] = before._replace(
            span=(start, node.end_byte), body=body if before.body is None else before.body
        )

    def _synonym(self, node: Node) -> None:
        """`pattern P :: …` and `pattern P x = …`."""
        inner = first_named(node)
        head = inner.child_by_field_name("synonym") if inner is not None else None
        while head is not None and head.type in ("apply", "record", "parens"):
            head = head.child_by_field_name("function") or first_named(head)
        if head is not None and head.type == "infix":
            head = head.child_by_field_name("operator")
        if head is None:
            self._last = ""
            return
        names = head.named_children if head.type == "binding_list" else [head]
        for one in names:
            name = _plain(one)
            run = "pattern " + spelled(name, self._text)
            if run == self._last:
                self._extend(node, node)
                return
            self._add(SymbolKind.CONSTRUCTOR, name, node, None)
            self._last = run

    def definitions(self) -> list[Definition]:
        """What was found, in text order."""
        apart = {
            at
            for name, at in self._apart.items()
            if name in self._bound and self._found[at].body is None
        }
        return [one for at, one in enumerate(self._found) if at not in apart]

    def members(self, flags: SymbolFlag) -> Iterator[Definition]:
        """What was found in a class or an instance, each name once."""
        seen: set[str] = set()
        for one in self._found:
            name = spelled(one.name, self._text)
            if name not in seen:
                seen.add(name)
                abstract = SymbolFlag.NONE if name in self._bound else SymbolFlag.ABSTRACT
                yield one._replace(flags=one.flags | flags | abstract)


def _names(node: Node) -> list[Node]:
    """The names that a signature or a constructor's declaration is for."""
    group = node.child_by_field_name("names")
    if group is not None:
        return [_plain(one) for one in group.named_children]
    name = node.child_by_field_name("name")
    return [_plain(name)] if name is not None else []


def _equation_name(node: Node) -> Node | None:
    name = node.child_by_field_name("name")
    if name is not None:
        return _plain(name)
    head = first_named(node) if node.type == "function" else None
    while head is not None and head.type == "function_head_parens":
        inner = head.child_by_field_name("name")
        if inner is not None:
            return _plain(inner)
        head = first_named(head)
    operator = head.child_by_field_name("operator") if head is not None else None
    return _plain(operator) if operator is not None else None


def _pattern_names(pattern: Node | None) -> Iterator[Node]:
    """The names that a pattern on the left of `=` binds, in no deep nesting."""
    level = [pattern] if pattern is not None else []
    for _ in range(6):
        following: list[Node] = []
        for node in level:
            if node.type == "variable":
                yield node
            elif node.type != "view_pattern":
                following.extend(node.named_children)
        level = following


# -- types, classes and instances ----------------------------------------------------------------


def _type_definitions(node: Node, text: bytes, exports: _Exports) -> list[Definition]:
    kind = node.type
    if kind in ("data_type", "newtype"):
        return _data(node, text, exports, node)
    if kind == "class":
        return _class(node, text, exports)
    if kind in _INSTANCES:
        return _instance(node, text)
    if kind in _FAMILIES:
        name = _head_name(node)
        if name is None:
            return []
        flags = exports.flag(spelled(name, text))
        body = _behind(node, "where") if kind == "type_family" else None
        return [Definition(SymbolKind.TYPE, name, node, body, flags=flags)]
    if kind in _INSTANCES_OF_FAMILIES:
        inner = first_named(node)
        if inner is not None and inner.type in ("data_type", "newtype"):
            return _data(inner, text, exports, node)
        name = _head_name(node)
        if name is None:
            return []
        label = _head_text(node, name, text)
        return [
            Definition(SymbolKind.TYPE, name, node, flags=SymbolFlag.EXPORTED, label=label),
        ]
    return []


def _head_name(node: Node) -> Node | None:
    """The name of a type or class, wherever its head puts it: `T a`, `a :+: b`, ``a `T` b``."""
    name = node.child_by_field_name("name")
    if name is not None:
        return _plain(name)
    for one in node.named_children:
        head: Node | None = one
        while head is not None and head.type == "parens":
            head = first_named(head)
        if head is not None and head.type == "infix":
            operator = head.child_by_field_name("operator")
            return _plain(operator) if operator is not None else None
    return None


def _head_text(node: Node, name: Node, text: bytes) -> str:
    """An instance's head on one line: `Show (Tree a)`."""
    patterns = node.child_by_field_name("patterns")
    if patterns is not None:
        return spelled(name, text) + " " + folded(patterns, text)
    infix = next((one for one in node.named_children if one.type == "infix"), None)
    return folded(infix, text) if infix is not None else spelled(name, text)


def _behind(node: Node, *tokens: str) -> Node | None:
    """The first node behind one of these words, a body, or the comment before it."""
    found = False
    for one in node.children:
        if (found and one.is_named) or one.type in _COMMENTS:
            return one
        found = found or one.type in tokens
    return None


def _class(node: Node, text: bytes, exports: _Exports) -> list[Definition]:
    name = _head_name(node)
    if name is None:
        return []
    spelling = spelled(name, text)
    flags = exports.flag(spelling) | SymbolFlag.ABSTRACT
    body = _behind(node, "where")
    found = [Definition(SymbolKind.INTERFACE, name, node, body, flags=flags)]
    values = _Values(text, exports, spelling)
    declarations = node.child_by_field_name("declarations")
    for one in declarations.named_children if declarations is not None else ():
        if one.type in _BETWEEN:
            values.passes(one)
        elif not values.reads(one) and one.type in _FAMILIES:
            family = _head_name(one)
            if family is not None:
                shown = exports.flag(spelled(family, text), spelling)
                found.append(Definition(SymbolKind.TYPE, family, one, flags=shown))
    found.extend(values.members(SymbolFlag.NONE))
    return found


def _instance(node: Node, text: bytes) -> list[Definition]:
    name = _head_name(node)
    if name is None:
        return []
    label = _head_text(node, name, text)
    body = _behind(node, "where")
    flags = SymbolFlag.EXPORTED
    found = [Definition(SymbolKind.IMPLEMENTATION, name, node, body, flags=flags, label=label)]
    values = _Values(text, _ALL, "")
    declarations = node.child_by_field_name("declarations")
    for one in declarations.named_children if declarations is not None else ():
        if one.type in _BETWEEN:
            values.passes(one)
        else:
            values.reads(one)
    override = SymbolFlag.OVERRIDE
    found.extend(one._replace(flags=one.flags | override) for one in values.definitions())
    return found


def _data(node: Node, text: bytes, exports: _Exports, whole: Node) -> list[Definition]:
    """A type with its constructors and their fields; `whole` is the declaration around it."""
    name = _head_name(node)
    if name is None:
        return []
    spelling = spelled(name, text)
    group = node.child_by_field_name("constructors")
    body = _behind(node, "=", "where")
    made: list[Definition] = []
    bare = node.type == "data_type" and whole is node
    for one, doc in _documented(node if group is None else group, _CONSTRUCTORS, node, text):
        inner = one.child_by_field_name("constructor") or one
        names = _constructor_names(inner)
        bare = bare and one.type == "data_constructor" and inner.named_child_count == 1
        for constructor in names:
            flags = exports.flag(spelled(constructor, text), spelling)
            made.append(Definition(SymbolKind.CONSTRUCTOR, constructor, one, flags=flags, doc=doc))
        made.extend(_fields(inner, text, exports, spelling))
    kind = SymbolKind.STRUCT
    if bare and len(made) > 1:
        kind = SymbolKind.ENUM
        made = [one._replace(kind=SymbolKind.ENUM_MEMBER) for one in made]
    label = "" if whole is node else _head_text(node, name, text)
    flags = exports.flag(spelling)
    return [Definition(kind, name, whole, body, flags=flags, label=label), *made]


def _constructor_names(node: Node) -> list[Node]:
    names = _names(node)
    if names:
        return names
    operator = node.child_by_field_name("operator")
    return [_plain(operator)] if operator is not None else []


def _fields(node: Node, text: bytes, exports: _Exports, owner: str) -> Iterator[Definition]:
    """The fields of a record, with the documentation before or behind each."""
    records = [one for one in node.named_children if one.type == "record"]
    for record in (node, *records):
        groups = [one for one in record.named_children if one.type == "fields"]
        for group in groups or ([record] if record.type == "record" else ()):
            yield from _fields_of(group, text, exports, owner)


def _fields_of(group: Node, text: bytes, exports: _Exports, owner: str) -> Iterator[Definition]:
    for one, doc in _documented(group, _FIELD, None, text):
        for name in one.children_by_field_name("name"):
            plain = _plain(name)
            flags = exports.flag(spelled(plain, text), owner)
            yield Definition(SymbolKind.FIELD, plain, one, flags=flags, doc=doc)


def _documented(
    group: Node, kinds: frozenset[str], around: Node | None, text: bytes
) -> list[tuple[Node, Node | None]]:
    """The nodes of these kinds in a group, each with its Haddock comment (`-- |`, `-- ^`).

    The comment of the first may stand outside the group, in `around`.
    """
    rows: list[tuple[Node, Node | None]] = []
    before: Node | None = None
    parts = group.named_children
    if around is not None and around != group:
        outside = [one for one in around.named_children if one.type == "haddock"]
        parts = [one for one in outside if one.end_byte <= group.start_byte] + parts
        parts += [one for one in outside if one.start_byte >= group.end_byte]
    for one in parts:
        if one.type == "haddock":
            behind = text[one.start_byte + 2 : one.end_byte].lstrip().startswith(b"^")
            if not behind:
                before = one
            elif rows and rows[-1][1] is None:
                rows[-1] = (rows[-1][0], one)
        elif one.type in kinds:
            rows.append((one, before))
            before = None
    return rows


# -- imports -------------------------------------------------------------------------------------


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    """`import M`, `import qualified M as X`, `import M (a, T(..))`: a name each, or all (`*`)."""
    module_node = node.child_by_field_name("module")
    if module_node is None:
        return
    span, place = Span(*node.byte_range), Span(*module_node.byte_range)
    module = spelled(module_node, text)
    alias = spelled(node.child_by_field_name("alias"), text)
    words = {one.type for one in node.children}
    if alias or "qualified" in words:
        yield Import(span, module, "", alias or module, 0, place)
    names = node.child_by_field_name("names")
    if names is None or "hiding" in words:
        if "qualified" not in words:
            yield Import(span, module, "*", "", 0, place)
        return
    for one in names.named_children:
        for part in one.named_children:
            group = part.named_children if part.type == "children" else [part]
            for element in group:
                name = _plain(element)
                if name.type not in ("all_names", "namespace"):
                    spelling = spelled(name, text)
                    bound = "" if "qualified" in words else spelling
                    yield Import(span, module, spelling, bound, 0, Span(*name.byte_range))


HASKELL = LanguageSpec(
    id="haskell",
    name="Haskell",
    extensions=(".hs", ".hsc"),
    interpreters=("runhaskell", "runghc", "stack"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.haskell",
    define=_define,
    imports=_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="--",
    block_comment=("{-", "-}"),
    blanks=_blanks,
    builtins=frozenset(_PREDECLARED.split()),
    receivers=frozenset(),
    super_words=frozenset(),
    test_paths=(r"(^|/)(tests?|testsuite)/", r"Spec\.hs$"),
)
