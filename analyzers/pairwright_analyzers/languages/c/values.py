"""Where the values of C stand, and of which type they are; most of it is C++'s too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import (
    Declared,
    DeclaredHook,
    NewVariable,
    Values,
    field_of,
    places,
    wider,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_ORDER = (
    "long double",
    "double",
    "float",
    "unsigned long long",
    "long long",
    "size_t",
    "unsigned long",
    "long",
    "unsigned int",
    "unsigned",
    "int",
)
_SMALL = words("char short bool _Bool int8_t uint8_t int16_t uint16_t")
_TRUTHS = words("== != < > <= >= && ||")
_HOLDERS = words(
    "declaration parameter_declaration field_declaration function_definition"
    " optional_parameter_declaration for_range_loop"
)


def literal_type(node: Node, text: bytes) -> str:
    """`Shapes.literal_type` of C and C++."""
    written = text[node.start_byte : node.end_byte].decode("utf-8", "replace").lower()
    if node.type == "number_literal":
        hexadecimal = written.startswith("0x")
        if not hexadecimal and ("." in written or "e" in written):
            return "float" if written.endswith("f") else "double"
        suffix = (
            written.lstrip("0123456789abcdefx'.") if hexadecimal else written.lstrip("0123456789'")
        )
        unsigned = "unsigned " if "u" in suffix else ""
        size = "long long" if "ll" in suffix else "long" if "l" in suffix else "int"
        return f"{unsigned}{size}"
    return {
        "string_literal": "const char *",
        "concatenated_string": "const char *",
        "char_literal": "char",
        "true": "bool",
        "false": "bool",
    }.get(node.type, "")


def type_of(node: Node, text: bytes, declared: DeclaredHook) -> str:
    """`Values.type_of` of C and C++."""
    literal = literal_type(node, text)
    if literal:
        return literal
    kind = node.type
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return type_of(node.named_children[0], text, declared)
    if kind == "binary_expression":
        return _type_of_operation(node, text, declared)
    if kind in ("cast_expression", "compound_literal_expression"):
        return _squeezed(spelled(node.child_by_field_name("type"), text))
    if kind in ("sizeof_expression", "alignof_expression", "offsetof_expression"):
        return "size_t"
    if kind == "conditional_expression":
        return _field_type(node, "consequence", text, declared) or _field_type(
            node, "alternative", text, declared
        )
    if kind == "assignment_expression":
        return _field_type(node, "left", text, declared)
    if kind in ("identifier", "field_expression", "call_expression", "qualified_identifier"):
        return _type_of_name(node, declared)
    if kind == "subscript_expression":
        return _pointed(_field_type(node, "argument", text, declared))
    if kind in ("unary_expression", "update_expression", "pointer_expression"):
        operator = node.child_by_field_name("operator")
        operand = _field_type(node, "argument", text, declared)
        if operator is not None and operator.type == "!":
            return "int"
        if operator is not None and operator.type == "&":
            return _pointer(operand)
        if operator is not None and operator.type == "*":
            return _pointed(operand)
        return "int" if operand in _SMALL else operand
    return "void *" if kind == "null" else ""


def _field_type(node: Node, name: str, text: bytes, declared: DeclaredHook) -> str:
    part = node.child_by_field_name(name)
    return type_of(part, text, declared) if part is not None else ""


def _type_of_operation(node: Node, text: bytes, declared: DeclaredHook) -> str:
    operator = node.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    if sign in _TRUTHS:
        return "int"
    left = _field_type(node, "left", text, declared)
    right = _field_type(node, "right", text, declared)
    if left.endswith("*") and right.endswith("*"):
        return "ptrdiff_t" if sign == "-" else ""
    if left.endswith("*") or right.endswith("*"):
        return left if left.endswith("*") else right
    left, right = ("int" if one in _SMALL else one for one in (left, right))
    if sign in ("<<", ">>"):
        return left
    for one, other in ((left, right), (right, left)):
        # A type of the program's own is at least as wide as a plain `int` beside it.
        if other == "int" and one and one not in _ORDER:
            return one
    return wider(left, right, _ORDER)


def _type_of_name(node: Node, declared: DeclaredHook) -> str:
    name = node
    if node.type == "call_expression":
        function = node.child_by_field_name("function")
        if function is None:
            return ""
        name = function
    if name.type == "field_expression":
        name = name.child_by_field_name("field") or name
    found = declared(name)
    return declared_type(found, called=node.type == "call_expression") if found else ""


def declared_type(found: Declared, *, called: bool) -> str:
    """The type that a declaration gives to its name, or to what it returns."""
    stars = 0
    functions = 0
    current: Node = found.name
    parent = current.parent
    while parent is not None and parent.type not in _HOLDERS:
        if parent.type in ("pointer_declarator", "array_declarator"):
            stars += 1
        elif parent.type == "function_declarator":
            functions += 1
        elif parent.type not in ("init_declarator", "attributed_declarator"):
            return ""
        current, parent = parent, parent.parent
    if parent is None or functions != int(called):
        return ""
    kind = parent.child_by_field_name("type")
    if kind is None or kind.type == "placeholder_type_specifier":
        return ""
    base = spelled(kind, found.text)
    if kind.child_by_field_name("body") is not None:
        name = kind.child_by_field_name("name")
        word = kind.children[0].type
        if name is None:
            return ""
        base = f"{word} {spelled(name, found.text)}"
    qualifiers = [
        spelled(one, found.text)
        for one in parent.named_children
        if one.type == "type_qualifier" and one.start_byte < current.start_byte
    ]
    if not stars:
        # A copy may be changed.
        qualifiers = [one for one in qualifiers if one not in ("const", "volatile", "constexpr")]
    base = _squeezed(" ".join([*qualifiers, base]))
    return f"{base} {'*' * stars}" if stars else base


def _pointer(kind: str) -> str:
    if not kind:
        return ""
    return f"{kind}*" if kind.endswith("*") else f"{kind} *"


def _pointed(kind: str) -> str:
    """The type behind a pointer; a copy of it may be changed."""
    if not kind.endswith("*"):
        return ""
    found = kind[:-1].rstrip()
    return found if found.endswith("*") else found.removeprefix("const ")


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def problem(node: Node, text: bytes) -> str:
    """`Values.problem` of C and C++."""
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "concatenated_string":
        return "This is one part of a text that is written in several."
    current: Node | None = node
    while current is not None and current.type not in ("compound_statement", "declaration"):
        if current.type in ("initializer_pair",) and field_of(node) == "designator":
            return "This names a member."
        current = current.parent
    if current is not None and current.type == "declaration":
        words_before = {
            spelled(one, text)
            for one in current.named_children
            if one.type in ("storage_class_specifier", "type_qualifier")
        }
        if words_before & {"static", "constexpr", "extern"}:
            return "Only a constant can stand here."
    return ""


FIXED = places(
    "preproc_def preproc_function_def preproc_include preproc_call preproc_if:condition"
    " preproc_elif:condition case_statement:value enumerator array_declarator:size"
    " bitfield_clause static_assert_declaration attribute_declaration attribute_specifier"
    " optional_parameter_declaration"
)


def _macro(new: NewVariable) -> str:
    simple = new.value.replace(".", "").replace("_", "").isalnum() or new.value[:1] in "\"'"
    return f"#define {new.name} {new.value if simple else f'({new.value})'}"


VALUES = Values(
    declarative=words("translation_unit"),
    fixed=FIXED,
    repeated=places(
        "while_statement:condition do_statement:condition for_statement:condition,update"
    ),
    callables=words("identifier field_expression parenthesized_expression"),
    copied=True,
    problem=problem,
    braced_cases=True,
    type_of=type_of,
    needs_type=True,
    literal_only=places(
        "preproc_def preproc_function_def preproc_include preproc_call preproc_if:condition"
        " preproc_elif:condition attribute_declaration attribute_specifier"
    ),
    constant_blocks=words("preproc_ifdef preproc_if"),
    typed_constants=True,
    macro=_macro,
)
