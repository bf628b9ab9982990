"""Give a value that never changes a name of its own, where all of the file (or type) can use it.

    def wait(job):                       TIMEOUT = 30
        job.join(timeout=30)        ->
                                         def wait(job):
                                             job.join(timeout=TIMEOUT)

Offered on a selected literal, or on a value that is made of literals and constants; all equal ones
of the file can be replaced at once. It becomes what the language knows as a constant: a name in
capitals behind the imports, a `const`, a `private static final` of the type. Refused where not even
a constant can stand (patterns that bind names, keys, imports), for parts of values, and where the
type of the constant would have to be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import NewVariable, words
from pairwright_analyzers.languages.values import field_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.extract_variable import (
    replacement,
    selected_value,
    value_text,
    why_no_value,
)
from pairwright_analyzers.refactors.insertion import named_in, ordered, terminated
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    line_end,
    newline_of,
    next_line,
    starts_line,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.naming import (
    parameter_type,
    suggested_name,
    wanted_name,
)
from pairwright_analyzers.refactors.places import is_whole_statement, refuse_unnameable
from pairwright_analyzers.refactors.repeats import equal_values
from pairwright_analyzers.refactors.typing_of import declaration_of, type_of_value
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import SourceChange, Span, SymbolKind, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

LANGUAGES = words(
    "python javascript typescript typescriptreact go rust java c cpp csharp ruby php lua"
)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a constant goes: at the bytes `at`, among the statements of `block`; `kind` is the type
    that owns it, None at the top of a file.
    """

    at: int
    block: Node
    kind: Node | None
    before: str
    after: str
    indent: str


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.is_cursor:
        return ()
    title = "Extract constant"
    value = selected_value(ctx)
    if value is None or not is_constant(ctx, value):
        return ()
    try:
        refuse_unfit(ctx, value)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    offers = [Offer(title)]
    count = len(constant_places(ctx, value))
    if count > 1:
        offers.append(Offer(f"{title} ({count} occurrences)", {"all": True}))
    return offers


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    value = selected_value(ctx)
    if value is None:
        raise Refused(why_no_value(ctx) or "No value is selected.")
    if not is_constant(ctx, value):
        raise Refused("The value is not the same each time.")
    refuse_unfit(ctx, value)
    places: Sequence[Node] = (value,)
    if flag_argument(arguments, "all"):
        places = constant_places(ctx, value)
    return with_constant(ctx, value, places, text_argument(arguments, "name"))


# What can be a constant.


def is_constant(ctx: RefactorContext, value: Node) -> bool:
    """Whether a value is made of literals and of names that are constants already."""
    shapes = ctx.shapes
    if value.type in shapes.parentheses or ctx.source(value).isidentifier():
        # `true` and `null` explain themselves.
        return False
    allowed = shapes.literals | shapes.parentheses
    pending = [value]
    while pending:
        node = pending.pop()
        if node.type in allowed:
            if node.type in shapes.strings and _has_parts(ctx, node):
                return False
            if node.type in shapes.parentheses:
                pending.extend(node.named_children)
            continue
        if node.type in shapes.strings and not _has_parts(ctx, node):
            continue
        if node is value and node.type not in _OPERATIONS:
            return False
        if node.type in _OPERATIONS:
            pending.extend(node.named_children)
        elif not _names_constant(ctx, node):
            return False
    return True


_OPERATIONS = words(
    "binary_operator unary_operator binary_expression unary_expression binary unary"
    " prefix_unary_expression unary_op_expression"
)


def _has_parts(ctx: RefactorContext, text: Node) -> bool:
    """Whether a text is put together from other values."""
    pending = list(text.named_children)
    while pending:
        node = pending.pop()
        if "interpolation" in node.type or "substitution" in node.type:
            return True
        if node.type in ctx.shapes.expressions and node.type not in ctx.shapes.literals:
            return True
        pending.extend(node.named_children)
    return False


def _names_constant(ctx: RefactorContext, node: Node) -> bool:
    if node.type in ("operator", "comment") or node.named_child_count:
        return node.type == "operator"
    reference = ctx.facts.reference_at(node.start_byte)
    if reference is None or reference.member:
        return False
    bound = ctx.bindings.lookup(reference.name, node.start_byte)
    return bool(bound) and all(
        one.kind is BindingKind.SYMBOL
        and (
            ctx.facts.symbol_kind(one.index) is SymbolKind.CONSTANT
            or (ctx.facts.symbol_name(one.index).isupper())
        )
        for one in bound
    )


def refuse_unfit(ctx: RefactorContext, value: Node) -> None:
    """Raises `Refused` where no constant can stand in the place of a value."""
    refuse_unnameable(ctx, value)
    if is_whole_statement(ctx, value):
        raise Refused("This is a whole statement: nothing uses its value.")
    if _is_written_out(ctx, value):
        raise Refused("Here stands what has to be written out.")
    declared = _declares_constant(ctx, value)
    if declared:
        raise Refused(f"It is the value of the constant `{declared}`.")


def _is_written_out(ctx: RefactorContext, value: Node) -> bool:
    literal = ctx.shapes.values.literal_only
    fixed = literal if literal is not None else ctx.shapes.values.fixed
    current = value
    for parent in ancestors(value):
        if current.type in fixed and not fixed[current.type]:
            return True
        held = fixed.get(parent.type)
        if held is not None and (not held or field_of(current) in held):
            return True
        current = parent
    return False


def _declares_constant(ctx: RefactorContext, value: Node) -> str:
    """The name of the constant that a value is the whole of, "" for none."""
    for node in ancestors(value):
        if node.type == "const_element" and node.named_child_count:
            return ctx.source(node.named_children[0])
        for parts in ctx.shapes.variables(node, ctx.text):
            if parts.value is not None and parts.value.id == value.id:
                name = ctx.source(parts.name)
                outer = ctx.function_of(value) is None
                static = parts.constant or name.isupper()
                return name if outer and static else ""
        if node.type in ctx.shapes.blocks:
            break
    return ""


def constant_places(ctx: RefactorContext, value: Node) -> tuple[Node, ...]:
    """The values of the file, or of the type that would own the constant, that are written as this
    one and could be the constant.
    """
    kind = _owner(ctx, value)
    root = ctx.parsed.root if kind is None else kind
    return tuple(_fitting(ctx, value, Span(root.start_byte, root.end_byte)))


def _fitting(ctx: RefactorContext, value: Node, around: Span) -> Iterator[Node]:
    for node in equal_values(ctx, value, around):
        if node.id != value.id:
            try:
                refuse_unfit(ctx, node)
            except Refused:
                continue
        yield node


# The edit.


def with_constant(
    ctx: RefactorContext, value: Node, places: Sequence[Node], wanted: str
) -> Refactored:
    """The edit that declares a constant and puts its name in all places."""
    values = ctx.shapes.values
    home = _home(ctx, value, places)
    around = Span(ctx.parsed.root.start_byte, ctx.parsed.root.end_byte)
    suggested = suggested_name(ctx, value, constant=True)
    if not values.capital_constants:
        suggested = suggested[:1].lower() + suggested[1:]
    name = wanted_name(ctx, wanted, suggested, around)
    kind = _type(ctx, value) if values.typed_constants else ""
    written = value_text(ctx, value, home.indent)
    new = NewVariable(name, written, kind, constant=True)
    needs_macro = values.macro is not None and any(_is_fixed(ctx, one) for one in places)
    if needs_macro and values.macro is not None:
        declaration = values.macro(new)
    elif home.kind is not None and values.member_constant is not None:
        declaration = values.member_constant(new, home.kind)
    else:
        declaration = terminated(ctx, ctx.shapes.declare(new), "x")
    used = name
    if home.kind is not None:
        used = values.member_reference.format(name)
    edit = TextEdit(Span(home.at, home.at), f"{home.before}{declaration}{home.after}")
    edits = ordered([edit, *(replacement(ctx, one, used) for one in places)])
    named = named_in(ctx.path, edits, edit, name, len(home.before))
    return Refactored(SourceChange({ctx.path: edits}), frozenset({name}), named)


def _is_fixed(ctx: RefactorContext, value: Node) -> bool:
    fixed = ctx.shapes.values.fixed
    current = value
    for parent in ancestors(value):
        held = fixed.get(parent.type)
        if held is not None and (not held or field_of(current) in held):
            return True
        current = parent
    return False


def _type(ctx: RefactorContext, value: Node) -> str:
    kind = type_of_value(ctx, value)
    if ctx.shapes.values.numbers_by_place and value.type not in ctx.shapes.strings:
        kind = _type_by_place(ctx, value, kind)
    if not kind:
        raise Refused("The type of the value is not known.")
    return kind


def _type_by_place(ctx: RefactorContext, value: Node, plain: str) -> str:
    """The type of a number that takes its type from where it stands; "" where that is not known."""
    if plain not in ("i32", "f64") or ctx.source(value).endswith(plain):
        return plain
    child, parent = value, value.parent
    while parent is not None and parent.type in ctx.shapes.parentheses | {"unary_expression"}:
        child, parent = parent, parent.parent
    if parent is None:
        return ""
    known = ""
    if parent.type == "index_expression":
        return "usize"
    if parent.type in _OPERATIONS:
        other = next((one for one in parent.named_children if one.id != child.id), None)
        if other is None or other.type in ctx.shapes.literals:
            return plain
        sizes = (".len()", ".count()", ".capacity()")
        known = "usize" if ctx.source(other).endswith(sizes) else _known_type(ctx, other)
    elif parent.child_by_field_name("type") is not None:
        known = ctx.source(parent.child_by_field_name("type") or parent)
    elif parent.type == "match_pattern":
        switch = next((one for one in ancestors(parent) if one.type in ctx.shapes.switches), None)
        subject = switch.child_by_field_name("value") if switch is not None else None
        known = _known_type(ctx, subject) if subject is not None else ""
    else:
        known = parameter_type(ctx, child)
    known = known.lstrip("&").strip()
    return known if known in _NUMBERS else ""


def _known_type(ctx: RefactorContext, value: Node) -> str:
    """The type of a value, or the one that its declaration says."""
    found = type_of_value(ctx, value)
    declared = declaration_of(ctx, value) if not found and not value.named_child_count else None
    holder = declared.name.parent if declared is not None else None
    kind = holder.child_by_field_name("type") if holder is not None else None
    return spelled(kind, declared.text) if declared is not None and kind is not None else found


_NUMBERS = words("i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64")


def _owner(ctx: RefactorContext, value: Node) -> Node | None:
    """The type that a constant belongs to, in languages where types own them."""
    owners = ctx.shapes.values.constant_owners
    found = [one for one in ancestors(value) if one.type in owners and _is_in_body(one, value)]
    if not found:
        return None
    return found[-1] if ctx.shapes.values.outermost_owner else found[0]


def _is_in_body(kind: Node, value: Node) -> bool:
    body = kind.child_by_field_name("body")
    return body is not None and body.start_byte <= value.start_byte < body.end_byte


def _home(ctx: RefactorContext, value: Node, places: Sequence[Node]) -> _Home:
    kind = _owner(ctx, value)
    if kind is not None:
        return _home_in_type(ctx, kind)
    if ctx.shapes.values.constant_owners and not ctx.shapes.values.top_level:
        raise Refused("There is no type around it that could own the constant.")
    block = _outer_block(ctx, value)
    listed = [one for one in block.named_children if one.type not in ctx.shapes.comments]
    first = min(one.start_byte for one in places)
    reads = _constants_read(ctx, value)
    after: Node | None = None
    constants = False
    for one in listed:
        if one.end_byte > first:
            break
        if _is_preamble(ctx, one):
            after, constants = one, False
        elif _is_constant_statement(ctx, one) or one.end_byte <= reads:
            after, constants = one, True
        elif one.type not in ctx.shapes.values.attributes:
            if one.start_byte > reads and not _imports_follow(ctx, listed, one, first):
                break
            after, constants = one, False
    newline = newline_of(ctx.text)
    if after is not None:
        return _behind(ctx, block, after, constants=constants)
    following = next((one for one in listed), None)
    if following is None:
        raise Refused("There is no place for the constant.")
    start = with_comments_above(ctx, following)
    indent = indent_at(ctx.text, start)
    gap = newline * (1 + _blank_lines(ctx, following))
    return _Home(start, block, None, "", gap + indent, indent)


def _blank_lines(ctx: RefactorContext, statement: Node) -> int:
    """How many empty lines stand between a constant and a statement."""
    shapes = ctx.shapes
    defines = statement.type in shapes.functions | shapes.classes | {"decorated_definition"}
    return shapes.values.definition_gap if defines else 1


def _imports_follow(
    ctx: RefactorContext, listed: Sequence[Node], statement: Node, first: int
) -> bool:
    """Whether imports stand behind a statement that is not a definition."""
    if statement.type in ctx.shapes.functions | ctx.shapes.classes:
        return False
    return any(
        _is_preamble(ctx, one)
        for one in listed
        if statement.end_byte <= one.start_byte and one.end_byte <= first
    ) and not any(
        one.type in ctx.shapes.functions | ctx.shapes.classes | {"decorated_definition"}
        for one in listed
        if one.end_byte <= statement.end_byte
    )


def _behind(ctx: RefactorContext, block: Node, after: Node, *, constants: bool) -> _Home:
    """The line behind a statement; an empty one sets constants apart from what is none."""
    text, newline = ctx.text, newline_of(ctx.text)
    end = after.end_byte
    while end > after.start_byte and text[end - 1 : end] in (b"\n", b"\r"):
        # Some grammars count the line end as part of a statement.
        end -= 1
    indent = indent_at(text, after.start_byte) if starts_line(text, after.start_byte) else ""
    at = line_end(text, end)
    gap = newline if constants else newline * 2
    following = next_line(text, at)
    rest = text[following:].lstrip(b" \t")
    blank = not rest or rest[:1] in (b"\n", b"\r")
    tail = "" if constants or blank else newline
    if at >= len(text) and not text.endswith(b"\n"):
        tail = ""
    return _Home(at, block, None, gap + indent, tail, indent)


def _home_in_type(ctx: RefactorContext, kind: Node) -> _Home:
    text, newline = ctx.text, newline_of(ctx.text)
    body = kind.child_by_field_name("body")
    if body is None:
        raise Refused("The type has no body that could hold the constant.")
    members = [
        one
        for one in body.named_children
        if one.type not in ctx.shapes.comments and not one.type.startswith("preproc")
    ]
    unit = indent_unit(text, ctx.shapes)
    base = indent_at(text, kind.start_byte)
    indent = indent_at(text, members[0].start_byte) if members else base + unit
    if members and not starts_line(text, members[0].start_byte):
        raise Refused("The type stands on one line.")
    last = None
    for one in members:
        if (
            one.type in ("enum_constant", "enum_case", "enum_member_declaration")
            or _is_constant_statement(ctx, one)
            or one.type in ("const_declaration", "use_declaration")
        ):
            last = one
        elif one.type == "enum_body_declarations" and one.named_child_count:
            start = with_comments_above(ctx, one.named_children[0])
            return _Home(start, body, kind, "", newline * 2 + indent, indent)
        elif _MIXED_IN.match(ctx.source(one)):
            last = one
        else:
            break
    if last is not None:
        same = _is_constant_statement(ctx, last) or last.type == "const_declaration"
        end = line_end(text, last.end_byte)
        gap = newline if same else newline * 2
        return _Home(end, body, kind, gap + indent, "", indent)
    if not members:
        at = body.start_byte + 1
        return _Home(at, body, kind, newline + indent, "", indent)
    start = with_comments_above(ctx, members[0])
    field = bool(ctx.shapes.variables(members[0], text))
    after = newline + indent if field else newline * 2 + indent
    return _Home(start, body, kind, "", after, indent)


_MIXED_IN = re.compile(r"(include|extend|prepend)\b")


def _outer_block(ctx: RefactorContext, value: Node) -> Node:
    """The statements among which a constant of the file stands."""
    found = ctx.parsed.root
    for one in reversed(list(ancestors(value))):
        if one.type in ctx.shapes.values.constant_blocks:
            body = one.child_by_field_name("body") or one
            if body.start_byte <= value.start_byte < body.end_byte:
                found = body
    return found


def _is_preamble(ctx: RefactorContext, statement: Node) -> bool:
    """Whether a statement has to stand before all others: imports, the package, a docstring."""
    if statement.type in _PREAMBLE:
        return True
    if statement.type == "preproc_def" and statement.child_by_field_name("value") is None:
        return True
    first = statement.named_children[0] if statement.named_child_count == 1 else statement
    if statement.type in ctx.shapes.wrappers and first.type in ctx.shapes.strings:
        return True
    span = Span(statement.start_byte, statement.end_byte)
    return (
        any(span.covers(one.span) for one in ctx.facts.imports if one.span.start < span.end)
        and statement.type not in ctx.shapes.functions | ctx.shapes.classes
    )


_PREAMBLE = words(
    "package_clause package_declaration php_tag namespace_definition declare_statement"
    " inner_attribute_item preproc_include import_statement import_declaration use_declaration"
    " namespace_use_declaration using_directive extern_crate_declaration hash_bang_line"
)


def _is_constant_statement(ctx: RefactorContext, statement: Node) -> bool:
    inner = statement.child_by_field_name("declaration") or statement
    if inner.type == "preproc_def":
        return True
    parts = ctx.shapes.variables(inner, ctx.text)
    return bool(parts) and all(
        one.constant or ctx.source(one.name).removeprefix(ctx.shapes.sigil).isupper()
        for one in parts
    )


def _constants_read(ctx: RefactorContext, value: Node) -> int:
    """Where the last of the constants that a value reads is declared."""
    last = -1
    for index in ctx.facts.references_in(Span(value.start_byte, value.end_byte)):
        one = ctx.facts.reference(index)
        for bound in ctx.bindings.lookup(one.name, one.start):
            if bound.kind is BindingKind.SYMBOL:
                last = max(last, ctx.facts.symbol(bound.index).span.end)
    return last


REFACTOR = Refactor(
    "extract.constant",
    "Extract constant",
    "refactor.extract.constant",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (NAME, Option("all", "boolean", "Replace all equal values of the file or the type.")),
)
