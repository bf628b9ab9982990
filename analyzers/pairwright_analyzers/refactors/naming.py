"""Names: which are allowed, which are free, which suggest themselves.

Pure functions of a file. A chosen name never hides another one, nor is hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.queries import definitions_at
from pairwright_analyzers.languages.shapes import Shapes
from pairwright_analyzers.languages.shapes import words as word_set
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.signatures import bound_arguments
from pairwright_analyzers.sites import call_site_at, signature_at
from pairwright_analyzers.types import Parameter, Role, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GETTERS = frozenset(
    {"get", "fetch", "load", "find", "make", "create", "build", "compute", "new", "use"}
)


def check_name(shapes: Shapes, name: str) -> str:
    """The name, when it can be one. Raises `Refused` for a keyword or no name at all."""
    bare = name.removeprefix(shapes.sigil)
    if not shapes.name.match(bare):
        raise Refused(f"`{name}` is not a name.")
    if bare in shapes.keywords:
        raise Refused(f"`{name}` is a keyword.")
    return bare


def is_taken(ctx: RefactorContext, name: str, span: Span) -> bool:
    """Whether a name means, or is used for, something within a span: binding it there could hide
    that.
    """
    bindings = ctx.bindings
    name = ctx.shapes.sigil + name.removeprefix(ctx.shapes.sigil)
    if bindings.lookup(name, span.start) or bindings.lookup(name, max(span.start, span.end - 1)):
        return True
    if name in ctx.spec.builtins:
        return True
    return any(
        not one.member and one.role is not Role.KEYWORD and span.start <= one.start < span.end
        for one in (ctx.facts.reference(index) for index in ctx.facts.references_named(name))
    )


def free_name(ctx: RefactorContext, name: str, span: Span) -> str:
    """The name, with a number behind it where it is taken within a span."""
    bare = name if ctx.shapes.name.match(name) and name not in ctx.shapes.keywords else f"{name}_"
    chosen, count = bare, 1
    while is_taken(ctx, chosen, span):
        count += 1
        chosen = f"{bare}{count}"
    return chosen


def wanted_name(ctx: RefactorContext, wanted: str, fallback: str, span: Span) -> str:
    """The name a person asked for, or a free one like `fallback`. Raises `Refused` for one that is
    no name, or taken within a span.
    """
    if not wanted:
        return free_name(ctx, fallback, span)
    name = check_name(ctx.shapes, wanted)
    if is_taken(ctx, name, span):
        raise Refused(f"`{name}` already means something here.")
    return name


def spelled(shapes: Shapes, words: list[str], *, constant: bool = False) -> str:
    """A name of several words, in the language's usual case."""
    listed = [word.lower() for word in words if word]
    if constant and shapes.constant_case:
        return "_".join(listed).upper()
    if shapes.camel_case:
        head, *rest = listed or ["value"]
        joined = head + "".join(word[:1].upper() + word[1:] for word in rest)
        return joined[:1].upper() + joined[1:] if constant else joined
    return "_".join(listed)


def words_of(name: str) -> list[str]:
    """The words of a name: `getHTTPCode`, `get_http_code` -> get, http, code."""
    return [part.lower() for part in _PART.findall(name)]


def suggested_name(ctx: RefactorContext, value: Node, *, constant: bool = False) -> str:
    """A name for a value, by what it calls or reads (`user.get_name()` -> `name`), by the place
    where it stands (`area(width=a + 1)` -> `width`), or by what kind of value it is.
    """
    shapes = ctx.shapes
    words = (
        _words_in_text(ctx, value)
        or _words_of_type(ctx, value)
        or _words_of_item(ctx, value)
        or _words_of_head(ctx, value)
        or _words_of_place(ctx, value)
        or _words_of_parameter(ctx, value)
        or [_kind_word(ctx, value)]
    )
    name = spelled(shapes, words, constant=constant)
    if name in shapes.keywords and shapes.camel_case:
        return spelled(shapes, [*words, "value"], constant=constant)
    if name in ctx.spec.builtins and not shapes.camel_case:
        return f"{name}_"
    return name


def _words_in_text(ctx: RefactorContext, value: Node) -> list[str]:
    """The first words of a text in quotes."""
    if value.type not in ctx.shapes.strings:
        return []
    place = _words_of_place(ctx, value)
    written = ctx.source(value).lstrip("rbfuLRBFU@$").strip("\"'`")
    words = words_of(re.sub(r"\\.|%\d*[a-z](?![a-z])", " ", written))[:3]
    telling = any(len(word) > 2 for word in words) and words[0].isalpha()
    if place or not telling or not words[0].isascii():
        return place or ["text"]
    if len(words) == 1 and words[0] in ctx.shapes.keywords | ctx.spec.builtins:
        return [*words, "text"]
    return words if sum(map(len, words)) <= 30 else words[:1]


def _words_of_type(ctx: RefactorContext, value: Node) -> list[str]:
    """`new ShopItem(…)`, `shop.Item{…}`: what is made."""
    if value.type not in ctx.shapes.makers or value.type in ctx.shapes.functions:
        return []
    for field in ("type", "constructor", "name"):
        kind = value.child_by_field_name(field)
        if kind is not None:
            names = re.findall(r"\w+", re.sub(r"[<\[(].*", "", ctx.source(kind), flags=re.S))
            return _words_of_place(ctx, value) or (words_of(names[-1]) if names else [])
    return []


def _words_of_item(ctx: RefactorContext, value: Node) -> list[str]:
    """`row["name"]` -> name, `items[0]` -> item."""
    if value.named_child_count != 2 or not ctx.source(value).endswith("]"):
        return []
    held, index = value.named_children
    between = ctx.text[held.end_byte : index.start_byte].strip()
    if value.type not in ctx.shapes.expressions or between != b"[":
        return []
    if index.type in ctx.shapes.strings:
        words = words_of(ctx.source(index))
        if words and words[0].isalpha() and len(words) <= 3:
            return words
    words = _words_of_head(ctx, held) or words_of(ctx.source(held))
    last = words[-1] if words else ""
    if last.endswith("ies") and len(last) > 4:
        return [*words[:-1], f"{last[:-3]}y"]
    if last.endswith("s") and not last.endswith("ss") and len(last) > 3:
        return [*words[:-1], last[:-1]]
    return ["item"]


def _words_of_head(ctx: RefactorContext, value: Node) -> list[str]:
    """What a value is called by: the function of a call, the last member of a chain."""
    shapes = ctx.shapes
    if value.type in (shapes.literals | shapes.functions | shapes.makers) - shapes.calls:
        return []
    known = shapes.atoms | shapes.calls | shapes.awaits | shapes.yields
    if value.type not in known and not value.type.endswith(_WRAPPERS):
        return []
    head = before = None
    for index in ctx.facts.references_in(Span(value.start_byte, value.end_byte)):
        one = ctx.facts.reference(index)
        name = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
        if name is not None and _is_head(value, name):
            head, before = one, head
    if head is None:
        return []
    if head.member and head.name.lower() in _PASSING and before is not None:
        # `user.name.strip()` is a name still.
        head = before
    if before is not None and head.name.lower() in _MAKING:
        # `Waker::new()` is a waker.
        head = before
    bare = head.name.removeprefix(shapes.sigil)
    called = ctx.source(value) not in (head.name, bare)
    if not called and not head.member:
        return ["new", *words_of(bare)]
    if not head.member and bare in _BUILTINS:
        return [_BUILTINS[bare]]
    words = words_of(bare)
    if len(words) > 1 and words[0] in _GETTERS:
        words = words[1:]
    if not words or not words[0].isalpha():
        return []
    if len(words) == 1 and words[0] in _VERBS and called:
        return _words_of_place(ctx, value) or ["result"]
    if not head.member and spelled(shapes, words) == bare:
        return _words_of_place(ctx, value) or ["result"]
    return words


_WRAPPERS = (
    "cast_expression",
    "as_expression",
    "try_expression",
    "reference_expression",
    "non_null_expression",
    "type_assertion_expression",
    "type_assertion",
    "satisfies_expression",
)
_PASSING = word_set(
    "trim strip lstrip rstrip lower upper tolower toupper tolowercase touppercase"
    " tostring to_s clone copy dup freeze unwrap expect as_str to_string to_owned"
)
"""Methods whose result is the same thing in another form."""
_VERBS = word_set(
    "load find fetch get read parse run execute exec call apply compute calculate process"
    " handle create build make do query send open invoke resolve lookup next map filter"
    " reduce"
)
_MAKING = frozenset({"new", "default", "from", "of", "getinstance", "instance", "newinstance"})
_BUILTINS = {
    "len": "length",
    "strlen": "length",
    "str": "text",
    "int": "number",
    "float": "number",
    "list": "items",
    "tuple": "items",
    "set": "items",
    "dict": "mapping",
    "range": "numbers",
    "sum": "total",
    "max": "largest",
    "min": "smallest",
    "sorted": "ordered",
    "input": "answer",
    "open": "file",
    "count": "count",
    "append": "items",
    "make": "items",
    "sizeof": "size",
    "tostring": "text",
    "tonumber": "number",
}
"""What the results of common built-in functions are called."""


def _words_of_place(ctx: RefactorContext, value: Node) -> list[str]:
    """The name of the argument, the key or the member that a value is given to."""
    holder, parent = value, value.parent
    for _ in range(2):
        if parent is None:
            return []
        for field in ("name", "key", "property", "field", "left"):
            named = parent.child_by_field_name(field)
            if named is not None and named.end_byte <= holder.start_byte:
                if field in ("name", "left") and parent.type in ctx.shapes.expressions:
                    return []
                return _plain_words(ctx, named)
        if parent.named_child_count != 1 or parent.type in ctx.shapes.calls:
            return []
        holder, parent = parent, parent.parent
    return []


def _words_of_parameter(ctx: RefactorContext, value: Node) -> list[str]:
    """The name of the parameter that a value is given to by its position."""
    parameter = parameter_of(ctx, value)
    return words_of(parameter.name) if parameter is not None else []


def parameter_type(ctx: RefactorContext, value: Node) -> str:
    """The declared type of the parameter that a value is given to, "" where it is not known."""
    parameter = parameter_of(ctx, value)
    return parameter.annotation if parameter is not None else ""


def parameter_of(ctx: RefactorContext, value: Node) -> Parameter | None:
    """The parameter that a value is given to at a call, where the graph knows what is called."""
    parent = value.parent
    for _ in range(3):
        if parent is None:
            return None
        node, parent = parent, parent.parent
        call = ctx.spec.call(node, ctx.text)
        if call is None:
            continue
        argument = next(
            (
                one
                for one in call.arguments
                if (one.value.start, one.value.end) == (value.start_byte, value.end_byte)
            ),
            None,
        )
        # The last name of what is called.
        names = ctx.facts.references_in(call.callee)
        if argument is None or not names:
            return None
        at = ctx.facts.reference(names[-1]).start
        for link in definitions_at(ctx.graph, ctx.path, at):
            site = call_site_at(ctx.graph, link.target, ctx.parsed, ctx.path, at)
            if site is None:
                continue
            signature = signature_at(ctx.graph, link.target)
            given = bound_arguments(ctx.spec, signature, call, bound=bool(site.bound)) or {}
            for index, one in given.items():
                if one.span == argument.span:
                    return signature.parameters[index]
        return None
    return None


def _plain_words(ctx: RefactorContext, named: Node) -> list[str]:
    """The words of a key or a member: `"total"`, `self.total`."""
    written = ctx.source(named).strip("\"':")
    last = re.split(r"\.|->|::", written)[-1].lstrip("@$")
    words = words_of(last)
    if not last.isidentifier() or not words or not words[0].isalpha():
        return []
    if not re.search(r"\W", written.strip("@$")) and named.type in ("identifier", "variable_name"):
        holder = named.parent.type if named.parent is not None else ""
        if re.search("declarat|assign|parameter|let_|spec|item|loop|for", holder):
            # What is declared or assigned to here is another variable.
            return []
    return words


def _kind_word(ctx: RefactorContext, value: Node) -> str:
    shapes = ctx.shapes
    signs = {one.type for one in value.children if not one.is_named}
    if signs & _TRUTHS and value.type in shapes.expressions:
        return "condition"
    if signs & _EITHER and value.named_child_count:
        return _kind_word(ctx, value.named_children[0])
    if value.type in shapes.functions:
        return "callback"
    if "&" in signs and value.child_count == 2:
        return "pointer"
    return "value"


_TRUTHS = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">="})
_EITHER = frozenset({"&&", "||", "and", "or"})
_TRUTHS |= {"not", "!", "in", "is", "is not", "not in"}


def _is_head(value: Node, name: Node) -> bool:
    """Whether a name is what a value is called by: the function of a call, the last member."""
    current: Node | None = name
    while current is not None and current.id != value.id:
        parent = current.parent
        if parent is None:
            return False
        if parent.id != value.id and parent.type.endswith(("arguments", "argument_list")):
            return False
        field = _field_of(parent, current)
        if field in ("arguments", "index", "subscript", "right", "condition", "operator"):
            return False
        if field == "left" or (parent.type in _OPERATIONS and parent.child_count > 1):
            return False
        current = parent
    return current is not None


_OPERATIONS = frozenset(
    {"binary_operator", "comparison_operator", "boolean_operator", "not_operator", "lambda"}
)


def _field_of(parent: Node, child: Node) -> str:
    for index, one in enumerate(parent.children):
        if one.id == child.id:
            return parent.field_name_for_child(index) or ""
    return ""
