"""Python's value flow: a syntax tree -> the constraints of `ir`.

Walks each file once. Names follow Python's scoping rules; a name that a scope never binds is looked
up around it, then
among star imports, then among builtins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.flow.ir import (
    THIS_MODULE,
    CallArgument,
    FlowClass,
    FlowFunction,
    FlowImport,
    FlowParameter,
    FlowUnit,
    Kind,
)
from pairwright_analyzers.languages.python.spec import PYTHON

if TYPE_CHECKING:
    from tree_sitter import Node

NONE = -1
"""The variable of expressions whose value is never tracked: numbers, comparisons, …"""

MODULE_CALLER = -1


def class_caller(index: int) -> int:
    """How a class body, which runs where it stands, is named as a caller."""
    return -2 - index


@dataclass(slots=True)
class _Scope:
    """One scope under construction: variables by name, whether each is bound here, and what runs
    its code.
    """

    parent: _Scope | None
    kind: str
    caller: int
    qualname: str
    names: dict[str, int] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    outer: dict[str, str] = field(default_factory=dict)
    function: int = -1
    owner: int = -1
    lambdas: int = 0
    assigned: set[str] = field(default_factory=set)


def flow_of(root: Node, text: bytes) -> FlowUnit:
    """The flow of a parsed Python file.

    Never raises; what is nested too deeply to walk is said in `cut`.
    """
    extractor = _Extractor(text)
    try:
        extractor.module(root)
    except RecursionError:
        extractor.unit.cut = "nested too deeply"
    return extractor.unit


class _Extractor:
    """The walk's state: the unit being built and the current scope."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.unit = FlowUnit()
        self.scope = _Scope(None, "module", MODULE_CALLER, "")
        self.module_scope = self.scope

    # -- building blocks
    # ------------------------------------------------------------------------------------------

    def new(self) -> int:
        self.unit.variables += 1
        return self.unit.variables - 1

    def emit(self, *constraint: object) -> None:
        self.unit.constraints.append(constraint)

    def copy(self, to: int, source: int) -> None:
        if to >= 0 and source >= 0 and to != source:
            self.unit.constraints.append((Kind.COPY, to, source))

    def spelled(self, node: Node) -> str:
        start, end = node.byte_range
        return self.text[start:end].decode("utf-8", "replace")

    def read(self, name: str) -> int:
        scope = self.scope
        where = scope.outer.get(name)
        if where == "global":
            scope = self.module_scope
        elif where == "nonlocal":
            scope = self._function_around(scope) or self.module_scope
        variable = scope.names.get(name)
        if variable is None:
            variable = scope.names[name] = self.new()
        return variable

    def bind(self, name: str) -> int:
        variable = self.read(name)
        scope = self.scope
        where = scope.outer.get(name)
        if where == "global":
            self.module_scope.bound.add(name)
        elif where == "nonlocal":
            (self._function_around(scope) or self.module_scope).bound.add(name)
        else:
            scope.bound.add(name)
        return variable

    @staticmethod
    def _function_around(scope: _Scope) -> _Scope | None:
        around = scope.parent
        while around is not None and around.kind == "class":
            around = around.parent
        return around

    def close(self) -> None:
        """Leave a scope: what it reads but never binds is read around it; at the top, from stars
        and builtins.
        """
        scope = self.scope
        around = self._function_around(scope)
        for name, variable in list(scope.names.items()):
            if name in scope.bound:
                continue
            if around is not None:
                self.scope = around
                self.copy(variable, self.read(name))
                continue
            for star in self.unit.stars:
                self.emit(Kind.STAR, variable, star, name)
            if name in PYTHON.builtins:
                self.emit(Kind.EXTERNAL, variable, f"<builtin>.{name}")
        if scope.parent is not None:
            self.scope = scope.parent

    # -- statements ------------------------------------------------------------------------------
    # -----------------

    def module(self, root: Node) -> None:
        self.block(root)
        self.close()
        scope = self.module_scope
        self.unit.exports = {name: scope.names[name] for name in scope.bound}

    def block(self, node: Node) -> None:
        for child in node.named_children:
            self.statement(child)

    def statement(self, node: Node) -> None:
        handler = _STATEMENTS.get(node.type)
        if handler is not None:
            handler(self, node)
            return
        if node.type in _PLAIN_BLOCKS:
            self.block(node)
            return
        self.expression(node)

    def if_statement(self, node: Node) -> None:
        condition = node.child_by_field_name("condition")
        for child in node.named_children:
            if child == condition:
                self._ask_truth(child, self.expression(child))
            else:
                self.statement(child)

    def _ask_truth(self, node: Node, value: int) -> None:
        """A condition asks an object whether it is true."""
        if value >= 0 and node.type in _ASKED:
            self.special(NONE, value, ("__bool__", "__len__"), node.start_byte)

    def special(
        self,
        to: int,
        holder: int,
        names: tuple[str, ...],
        offset: int,
        arguments: tuple[int, ...] = (),
    ) -> None:
        """An instance's special method is called behind the scenes."""
        if holder >= 0:
            passed = tuple(CallArgument("", one) for one in arguments)
            target = to if to >= 0 else self.new()
            self.emit(Kind.SPECIAL, target, holder, names, passed, offset, self.scope.caller)

    def not_(self, node: Node) -> int:
        for child in node.named_children:
            self._ask_truth(child, self.expression(child))
        return NONE

    def function_definition(self, node: Node) -> None:
        self._define(node, [])

    def class_definition(self, node: Node) -> None:
        self._define(node, [])

    def decorated_definition(self, node: Node) -> None:
        definition = node.child_by_field_name("definition")
        decorators = [child for child in node.named_children if child.type == "decorator"]
        if definition is not None:
            self._define(definition, decorators)

    def _define(self, node: Node, decorators: list[Node]) -> None:
        name_node = node.child_by_field_name("name")
        if name_node is None:
            return
        name = self.spelled(name_node)
        marks = [self._decorator_name(one) for one in decorators]
        values = [
            (one, self.expression(one.named_children[0]))
            for one, mark in zip(decorators, marks, strict=True)
            if one.named_children and mark not in _TRANSPARENT_DECORATORS
        ]
        if node.type == "class_definition":
            made = any(mark.partition("(")[0] in _GENERATORS for mark in marks)
            value = self._class(node, name, name_node, made)
        else:
            value = self._function(node, name, name_node, marks)
        for decorator, callee in reversed(values):
            result = self.new()
            start = self._callee_offset(decorator.named_children[0])
            argument = (CallArgument("@", value),)
            self.emit(Kind.CALL, result, callee, argument, start, self.scope.caller)
            value = result
        self.copy(self.bind(name), value)

    def _decorator_name(self, decorator: Node) -> str:
        inner = decorator.named_children[0] if decorator.named_children else None
        return self.spelled(inner) if inner is not None else ""

    def _function(self, node: Node, name: str, name_node: Node, marks: list[str]) -> int:
        scope = self.scope
        function = FlowFunction(
            name, self._qualified(name), name_node.start_byte, is_async=self._is_async(node)
        )
        index = len(self.unit.functions)
        self.unit.functions.append(function)
        method = scope.kind == "class"
        if (
            method
            and not any(mark.endswith("staticmethod") for mark in marks)
            and name != "__new__"
        ):
            by_class = any(mark.endswith("classmethod") for mark in marks)
            by_class = by_class or name in ("__init_subclass__", "__class_getitem__")
            function.receiver = "class" if by_class else "instance"
        for mark in marks:
            if mark in _PROPERTIES or mark.endswith(".getter"):
                function.accessor = "get"
            elif mark.endswith((".setter", ".deleter")):
                function.accessor = mark[-6:-3] if mark.endswith(".setter") else "delete"
        function.owner = scope.owner if method else -1
        parameters = node.child_by_field_name("parameters")
        self._enter(function, index, parameters)
        returns = node.child_by_field_name("return_type")
        if returns is not None:
            self._annotate(function.returns, returns, outside=True)
            if self.spelled(returns).strip("\"'") in _SELF and function.this >= 0:
                if function.receiver == "class":
                    self.emit(Kind.INSTANCE, function.returns, function.this)
                else:
                    self.copy(function.returns, function.this)
        body = node.child_by_field_name("body")
        if body is not None:
            self.block(body)
        self.close()
        value = self.new()
        self.emit(Kind.FUNCTION, value, index)
        return value

    def _is_async(self, node: Node) -> bool:
        return self.text.startswith(b"async", node.start_byte)

    def _qualified(self, name: str) -> str:
        return f"{self.scope.qualname}.{name}" if self.scope.qualname else name

    def _enter(self, function: FlowFunction, index: int, parameters: Node | None) -> None:
        """Open a function's scope with its parameters; defaults belong to the scope around it."""
        defaults = [
            (child, self.expression(value))
            for child in (parameters.named_children if parameters is not None else ())
            if (value := child.child_by_field_name("value")) is not None
        ]
        outer = self.scope
        self.scope = _Scope(
            outer, "function", index, function.qualname, function=index, owner=function.owner
        )
        function.returns = self.new()
        keyword_only = False
        for child in parameters.named_children if parameters is not None else ():
            if child.type == "keyword_separator":
                keyword_only = True
                continue
            target, variadic = self._parameter_name(child)
            if target is None:
                continue
            variable = self.bind(self.spelled(target))
            if variadic == "*":
                keyword_only = True
            function.parameters.append(
                FlowParameter(
                    self.spelled(target), variable, variadic, keyword_only and not variadic
                )
            )
            annotation = child.child_by_field_name("type")
            if annotation is not None and not variadic:
                self._annotate(variable, annotation, outside=True)
            for one, held in defaults:
                if one == child:
                    self.copy(variable, held)
        if function.receiver and function.parameters:
            function.this = function.parameters[0].variable

    @staticmethod
    def _parameter_name(node: Node) -> tuple[Node | None, str]:
        target: Node | None = node
        if node.type in ("default_parameter", "typed_default_parameter"):
            target = node.child_by_field_name("name")
        elif node.type == "typed_parameter":
            target = node.named_children[0] if node.named_children else None
        if target is None:
            return None, ""
        if target.type == "list_splat_pattern":
            return (target.named_children[0] if target.named_children else None), "*"
        if target.type == "dictionary_splat_pattern":
            return (target.named_children[0] if target.named_children else None), "**"
        return (target if target.type == "identifier" else None), ""

    def _annotate(self, variable: int, annotation: Node, *, outside: bool = False) -> None:
        """A value of the annotated type.

        `outside` reads the type's name in the scope around the function.
        """
        names = list(self._type_names(annotation))
        scope = self.scope
        if outside and scope.parent is not None:
            self.scope = scope.parent
        for name in names:
            value = self.expression(name)
            if value >= 0:
                self.emit(Kind.INSTANCE, variable, value)
        self.scope = scope

    def _type_names(self, node: Node) -> Iterable[Node]:
        """The names of classes a value of this type may be: members of unions, not arguments of
        generics.
        """
        kind = node.type
        if kind in ("identifier", "attribute"):
            yield node
        elif kind in ("type", "union_type", "binary_operator", "parenthesized_expression"):
            for child in node.named_children:
                yield from self._type_names(child)
        elif kind in ("generic_type", "subscript"):
            children = node.named_children
            head = self.spelled(children[0]).rpartition(".")[2] if children else ""
            if head in ("Optional", "Union", "Annotated", "Final", "ClassVar"):
                for child in children[1:]:
                    for inner in (
                        child.named_children if child.type == "type_parameter" else (child,)
                    ):
                        yield from self._type_names(inner)
                        if head == "Annotated":
                            return
            elif children:
                yield from self._type_names(children[0])

    def _class(self, node: Node, name: str, name_node: Node, generated: bool) -> int:
        index = len(self.unit.classes)
        flow_class = FlowClass(name, self._qualified(name), name_node.start_byte)
        flow_class.start, flow_class.caller = name_node.start_byte, self.scope.caller
        flow_class.generated = generated
        self.unit.classes.append(flow_class)
        bases = node.child_by_field_name("superclasses")
        for child in bases.named_children if bases is not None else ():
            if child.type == "keyword_argument":
                keyword = child.child_by_field_name("name")
                value = child.child_by_field_name("value")
                held = self.expression(value) if value is not None else NONE
                if keyword is not None and self.spelled(keyword) == "metaclass":
                    flow_class.metaclass = held
                continue
            base = child
            if base.type == "subscript":
                base = base.child_by_field_name("value") or base
            variable = self.expression(base)
            if variable >= 0:
                flow_class.bases.append(variable)
            if self.spelled(base) in _RECORDS:
                flow_class.generated = True
            if self.spelled(base) in _PROTOCOLS:
                flow_class.protocol = True
        self.scope = _Scope(
            self.scope, "class", class_caller(index), flow_class.qualname, owner=index
        )
        body = node.child_by_field_name("body")
        if body is not None:
            self.block(body)
        scope = self.scope
        flow_class.attributes = {one: scope.names[one] for one in scope.bound}
        flow_class.values = scope.assigned
        self.close()
        result = self.new()
        self.emit(Kind.CLASS, result, index)
        return result

    def return_statement(self, node: Node) -> None:
        if node.named_children:
            value = self.expression(node.named_children[0])
            if self.scope.kind == "function" and self.scope.function >= 0:
                self.copy(self.unit.functions[self.scope.function].returns, value)

    def assignment(self, node: Node) -> int:
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        annotation = node.child_by_field_name("type")
        value = NONE
        if right is not None:
            value = self.statement_value(right)
        if left is None:
            return value
        if self.scope.parent is None and left.type == "identifier":
            self._publish(left, right)
        if self.scope.owner >= 0 and self.scope.kind == "class" and left.type == "identifier":
            self.scope.assigned.add(self.spelled(left))
            if annotation is not None:
                self.unit.classes[self.scope.owner].fields.append(self.spelled(left))
        if annotation is not None and left.type in ("identifier", "attribute"):
            holder = self.new()
            self._annotate(holder, annotation)
            self.copy(holder, value)
            value = holder
        if right is not None or annotation is not None:
            self.assign(left, value)
        return value

    def _publish(self, left: Node, right: Node | None) -> None:
        """`__all__ = [...]`, as far as its names are written out."""
        if right is not None and self.spelled(left) == "__all__":
            listed = (
                self._string_text(one)
                for one in (right.named_children if right.type in ("list", "tuple") else ())
                if one.type == "string"
            )
            self.unit.public = (self.unit.public or frozenset()).union(listed)
            if right.type not in ("list", "tuple"):
                self.unit.public = None

    def statement_value(self, node: Node) -> int:
        return self.assignment(node) if node.type == "assignment" else self.expression(node)

    def assign(self, target: Node, value: int) -> None:
        kind = target.type
        if kind == "identifier":
            self.copy(self.bind(self.spelled(target)), value)
        elif kind == "attribute":
            holder = self._child(target, "object")
            name = target.child_by_field_name("attribute")
            if holder >= 0 and name is not None and value >= 0:
                place = (name.start_byte, self.scope.caller)
                self.emit(Kind.STORE, holder, self.spelled(name), value, *place)
        elif kind == "subscript":
            holder = self._child(target, "value")
            key = self._key(target)
            if holder >= 0 and value >= 0:
                self.emit(Kind.STORE_ITEM, holder, key, value)
            passed = (self.new(), value if value >= 0 else self.new())
            self.special(NONE, holder, ("__setitem__",), target.start_byte, passed)
        elif kind in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list"):
            self._unpack(target, value)
        elif (
            kind in ("list_splat_pattern", "list_splat", "parenthesized_expression")
            or kind == "as_pattern_target"
        ):
            for child in target.named_children:
                self.assign(child, value)

    def _unpack(self, target: Node, value: int) -> None:
        parts: list[int] = []
        star = -1
        children = target.named_children
        for position, child in enumerate(children):
            part = self.new()
            if child.type in ("list_splat_pattern", "list_splat"):
                star = position
            parts.append(part)
            self.assign(child, part)
        if value >= 0:
            self.emit(Kind.UNPACK, value, tuple(parts), star)

    def augmented_assignment(self, node: Node) -> None:
        value = self._child(node, "right")
        left = node.child_by_field_name("left")
        if left is None:
            return
        if self.scope.parent is None and left.type == "identifier":
            self._publish(left, node.child_by_field_name("right"))
        before = self.expression(left)
        operator = node.child_by_field_name("operator")
        name = _OPERATORS.get(self.spelled(operator)[:-1] if operator is not None else "")
        result = self.new()
        self.copy(result, value)
        if before >= 0:
            if value >= 0:
                self.emit(Kind.MERGE, before, value)
            if name is not None:
                names = (f"__i{name}__", f"__{name}__")
                passed = (value if value >= 0 else self.new(),)
                self.special(result, before, names, left.start_byte, passed)
        self.assign(left, result)

    def for_statement(self, node: Node) -> None:
        self._loop(node.child_by_field_name("left"), node.child_by_field_name("right"))
        for name in ("body", "alternative"):
            part = node.child_by_field_name(name)
            if part is not None:
                self.block(part)

    def _loop(self, target: Node | None, iterable: Node | None) -> None:
        if target is None or iterable is None:
            return
        value = self.expression(iterable)
        item = self.new()
        if value >= 0:
            self.emit(Kind.ITERATE, item, value, iterable.start_byte, self.scope.caller)
        self.assign(target, item)

    def with_statement(self, node: Node) -> None:
        for clause in node.named_children:
            if clause.type == "with_clause":
                for item in clause.named_children:
                    self._with_item(item)
        body = node.child_by_field_name("body")
        if body is not None:
            self.block(body)

    def _with_item(self, item: Node) -> None:
        value = item.child_by_field_name("value")
        if value is None:
            return
        target: Node | None = None
        if value.type == "as_pattern":
            target = value.child_by_field_name("alias")
            value = value.named_children[0]
        manager = self.expression(value)
        entered = self.new()
        if manager >= 0:
            self.emit(Kind.ENTER, entered, manager, value.start_byte, self.scope.caller)
        if target is not None:
            self.assign(target, entered)

    def except_clause(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "as_pattern":
                caught = child.named_children[0]
                alias = child.child_by_field_name("alias")
                value = self.new()
                kinds = caught.named_children if caught.type == "tuple" else [caught]
                for one in kinds:
                    held = self.expression(one)
                    if held >= 0:
                        self.emit(Kind.INSTANCE, value, held)
                if alias is not None:
                    self.assign(alias, value)
            else:
                self.statement(child)

    def raise_statement(self, node: Node) -> None:
        for child in node.named_children:
            value = self.expression(child)
            if child.type in ("identifier", "attribute") and value >= 0:
                # `raise E` makes an instance where E is a class; a raised instance is left alone.
                self.emit(
                    Kind.CALL,
                    self.new(),
                    value,
                    (CallArgument("raise", NONE),),
                    self._callee_offset(child),
                    self.scope.caller,
                )

    def import_statement(self, node: Node) -> None:
        for child in node.children_by_field_name("name"):
            if child.type == "aliased_import":
                name = child.child_by_field_name("name")
                alias = child.child_by_field_name("alias")
                if name is not None and alias is not None:
                    self._import(FlowImport(self._dotted(name), "", 0), self.spelled(alias))
            else:
                module = self._dotted(child)
                first = module.partition(".")[0]
                self._import(FlowImport(first, "", 0), first)

    def import_from_statement(self, node: Node) -> None:
        source = node.child_by_field_name("module_name")
        if source is None:
            return
        module = self._dotted(source)
        level = len(module) - len(module.lstrip("."))
        module = module[level:]
        names = node.children_by_field_name("name")
        if not names:
            self.unit.stars.append(len(self.unit.imports))
            self.unit.imports.append(FlowImport(module, "", level))
        for child in names:
            if child.type == "aliased_import":
                name = child.child_by_field_name("name")
                alias = child.child_by_field_name("alias")
                if name is not None and alias is not None:
                    self._import(FlowImport(module, self._dotted(name), level), self.spelled(alias))
            else:
                self._import(FlowImport(module, self._dotted(child), level), self._dotted(child))

    def _import(self, item: FlowImport, local: str) -> None:
        self.unit.imports.append(item)
        self.emit(Kind.IMPORT, self.bind(local), len(self.unit.imports) - 1)

    def _dotted(self, node: Node) -> str:
        return "".join(self.spelled(node).split())

    def global_statement(self, node: Node) -> None:
        self._declare(node, "global")

    def nonlocal_statement(self, node: Node) -> None:
        self._declare(node, "nonlocal")

    def _declare(self, node: Node, where: str) -> None:
        for child in node.named_children:
            if child.type == "identifier":
                name = self.spelled(child)
                held = self.scope.names.pop(name, None)
                self.scope.bound.discard(name)
                self.scope.outer[name] = where
                if held is not None:
                    self.copy(held, self.read(name))
                    self.copy(self.read(name), held)

    def match_statement(self, node: Node) -> None:
        subject = NONE
        for child in node.named_children:
            if child.type == "block":
                for case in child.named_children:
                    self._case(case, subject)
            else:
                subject = self.expression(child)

    def _case(self, node: Node, subject: int) -> None:
        for child in node.named_children:
            if child.type == "case_pattern":
                self._pattern(child, subject)
            elif child.type == "block":
                self.block(child)
            else:
                self.expression(child)

    def _pattern(self, node: Node, subject: int) -> None:
        """Bind what a pattern captures of its subject."""
        kind = node.type
        children = node.named_children
        if kind == "dotted_name":
            if len(children) == 1:
                self.copy(self.bind(self.spelled(children[0])), subject)
        elif kind == "as_pattern" and len(children) == 2:
            self._pattern(children[0], subject)
            self.copy(self.bind(self.spelled(children[1])), self._narrowed(children[0], subject))
        elif kind == "class_pattern" and children:
            self._class_pattern(children, subject)
        elif kind in ("list_pattern", "tuple_pattern"):
            parts = [self.new() for _ in children]
            star = -1
            for position, child in enumerate(children):
                inner = child.named_children[0] if child.named_children else child
                if "splat_pattern" in (child.type, inner.type):
                    star = position
                self._pattern(child, parts[position])
            if subject >= 0:
                self.emit(Kind.UNPACK, subject, tuple(parts), star)
        elif kind == "dict_pattern":
            for key, value in zip(
                node.children_by_field_name("key"),
                node.children_by_field_name("value"),
                strict=False,
            ):
                part = self.new()
                if subject >= 0:
                    place = (key.start_byte, self.scope.caller)
                    self.emit(Kind.LOAD_ITEM, part, subject, self._constant(key), *place)
                self._pattern(value, part)
        elif kind == "splat_pattern":
            for child in children:
                self.copy(self.bind(self.spelled(child)), subject)
        elif kind in ("case_pattern", "union_pattern", "parenthesized_expression"):
            for child in children:
                self._pattern(child, subject)

    def _narrowed(self, pattern: Node, subject: int) -> int:
        """What `PATTERN as name` binds: an instance where the pattern is a class."""
        while pattern.type == "case_pattern" and len(pattern.named_children) == 1:
            pattern = pattern.named_children[0]
        if pattern.type != "class_pattern":
            return subject
        value = self.new()
        self.emit(Kind.INSTANCE, value, self._dotted_value(pattern.named_children[0]))
        return value

    def _class_pattern(self, children: list[Node], subject: int) -> None:
        holder = self.new()
        self.copy(holder, subject)
        self.emit(Kind.INSTANCE, holder, self._dotted_value(children[0]))
        for child in children[1:]:
            inner = child.named_children[0] if child.named_children else child
            part = self.new()
            if inner.type == "keyword_pattern" and len(inner.named_children) == 2:
                name, value = inner.named_children
                place = (name.start_byte, self.scope.caller)
                self.emit(Kind.LOAD, part, holder, self.spelled(name), *place)
                self._pattern(value, part)
            else:
                self._pattern(child, part)

    def _dotted_value(self, node: Node) -> int:
        first, *rest = node.named_children or [node]
        value = self.read(self.spelled(first))
        for one in rest:
            inner = self.new()
            place = (one.start_byte, self.scope.caller)
            self.emit(Kind.LOAD, inner, value, self.spelled(one), *place)
            value = inner
        return value

    def delete_statement(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "subscript":
                holder = self._child(child, "value")
                self._key(child)
                self.special(NONE, holder, ("__delitem__",), child.start_byte, (self.new(),))
            elif child.type == "expression_list":
                self.delete_statement(child)
            elif child.type != "identifier":
                self.expression(child)

    # -- expressions -----------------------------------------------------------------------------
    # -----------------

    def _child(self, node: Node, name: str) -> int:
        child = node.child_by_field_name(name)
        return self.expression(child) if child is not None else NONE

    def expression(self, node: Node) -> int:
        """The variable that holds an expression's value, NONE where it is not tracked."""
        handler = _EXPRESSIONS.get(node.type)
        if handler is not None:
            return handler(self, node)
        for child in node.named_children:
            self.statement(child)
        return NONE

    def identifier(self, node: Node) -> int:
        return self.read(self.spelled(node))

    def attribute(self, node: Node) -> int:
        holder = self._child(node, "object")
        name = node.child_by_field_name("attribute")
        if holder < 0 or name is None:
            return NONE
        value = self.new()
        self.emit(Kind.LOAD, value, holder, self.spelled(name), name.start_byte, self.scope.caller)
        return value

    def subscript(self, node: Node) -> int:
        holder = self._child(node, "value")
        part = node.child_by_field_name("subscript")
        if part is not None and part.type == "slice":
            return self._slice(node, part, holder)
        named = NONE
        key = None
        if part is not None and part.type in ("identifier", "string", "binary_operator"):
            key = self._constant_text(part)
            if key is None:
                named = self.expression(part)
        else:
            key = self._key(node)
        if holder < 0:
            return NONE
        value = self.new()
        self.emit(Kind.LOAD_ITEM, value, holder, key, node.start_byte, self.scope.caller, named)
        return value

    def _constant_text(self, node: Node) -> str | None:
        if node.type == "identifier":
            return THIS_MODULE if self.spelled(node) == "__name__" else None
        if node.type != "string" or any(
            child.type == "interpolation" for child in node.named_children
        ):
            return None
        return self._string_text(node)

    def _slice(self, node: Node, part: Node, holder: int) -> int:
        start, bounds = 0, part.children
        if part.named_children:
            first = bounds[0].type == "integer" and len(part.named_children) == 1
            start = (
                int(self.spelled(bounds[0]))
                if first and _PLAIN.match(self.spelled(bounds[0]))
                else -1
            )
            if not first and bounds[0].type == ":" and part.child_count == 2:
                start = 0
            for child in part.named_children:
                self.expression(child)
        if holder < 0:
            return NONE
        value = self.new()
        self.emit(Kind.SLICE, value, holder, start, node.start_byte, self.scope.caller)
        return value

    def _key(self, node: Node) -> str | None:
        """A constant subscript as a key: strings as they are, integers as `#n`."""
        keys = node.children_by_field_name("subscript")
        if len(keys) != 1:
            for key in keys:
                self.expression(key)
            return None
        return self._constant(keys[0])

    def _constant(self, node: Node) -> str | None:
        if node.type == "string" and not any(
            child.type == "interpolation" for child in node.named_children
        ):
            return self._string_text(node)
        if node.type == "integer":
            return "#" + self.spelled(node)
        if node.type == "unary_operator" and self.spelled(node).lstrip("-").isdigit():
            return None
        self.expression(node)
        return None

    def _string_text(self, node: Node) -> str:
        return "".join(
            self.spelled(child) for child in node.named_children if child.type == "string_content"
        )

    def string(self, node: Node) -> int:
        start, end = node.byte_range
        raw = self.text[start:end]
        if raw[:1] in _QUOTES and b"\\" not in raw:
            # What most strings are: nothing has to be put together.
            plain_text = raw[1:-1]
            if not _NAMING_BYTES.match(plain_text) or plain_text[:1] in _QUOTES:
                return NONE
            value = self.new()
            self.emit(Kind.STRING, value, plain_text.decode("utf-8", "replace"))
            return value
        parts: list[str | int] = []
        plain = True
        for child in node.named_children:
            if child.type == "interpolation":
                plain = False
                for inner in child.named_children:
                    held = self.expression(inner)
                    if inner.type in _ASKED:
                        names = ("__format__", "__str__", "__repr__")
                        self.special(NONE, held, names, inner.start_byte)
                        parts.append(held if held >= 0 else self.new())
                    elif inner.is_named and inner.type not in (
                        "type_conversion",
                        "format_specifier",
                    ):
                        parts.append(self.new())
            elif child.type == "string_content":
                parts.append(self.spelled(child))
        if not plain and len(parts) > _MAX_PARTS:
            return NONE
        value = self.new()
        if plain:
            text = "".join(str(part) for part in parts)
            if not _NAMING.match(text):
                return NONE
            self.emit(Kind.STRING, value, text)
        else:
            self.emit(Kind.CONCAT, value, tuple(parts))
        return value

    def call(self, node: Node) -> int:
        callee_node = node.child_by_field_name("function")
        group = node.child_by_field_name("arguments")
        if callee_node is None or group is None:
            return NONE
        if callee_node.type == "identifier" and self.spelled(callee_node) == "super":
            return self._super(node, group)
        callee = self.expression(callee_node)
        arguments = self._arguments(group)
        result = self.new()
        if callee >= 0:
            offset = self._callee_offset(callee_node)
            self.emit(Kind.CALL, result, callee, arguments, offset, self.scope.caller)
        return result

    def _super(self, node: Node, group: Node) -> int:
        """`super()` and `super(A, self)`: the bases of the class around, seen from the instance."""
        value = self.new()
        self.emit(Kind.EXTERNAL, external := self.new(), "<builtin>.super")
        self.emit(
            Kind.CALL,
            self.new(),
            external,
            (),
            self._callee_offset(node.named_children[0]),
            self.scope.caller,
        )
        scope: _Scope | None = self.scope
        while scope is not None and scope.owner < 0:
            scope = scope.parent
        if scope is None:
            return value
        function = scope.function
        this = self.unit.functions[function].this if function >= 0 else -1
        for argument in group.named_children:
            self.expression(argument)
        if this < 0 and function >= 0 and self.unit.functions[function].parameters:
            this = self.unit.functions[function].parameters[0].variable
        self.emit(Kind.SUPER, value, scope.owner, this)
        return value

    def _callee_offset(self, node: Node) -> int:
        if node.type == "attribute":
            name = node.child_by_field_name("attribute")
            return name.start_byte if name is not None else node.start_byte
        if node.type == "call":
            inner = node.child_by_field_name("function")
            return self._callee_offset(inner) if inner is not None else node.start_byte
        return node.start_byte

    def _arguments(self, group: Node) -> tuple[CallArgument, ...]:
        if group.type == "generator_expression":
            return (CallArgument("", self.expression(group)),)
        arguments: list[CallArgument] = []
        for child in group.named_children:
            if child.type == "keyword_argument":
                name = child.child_by_field_name("name")
                value = self._child(child, "value")
                if name is not None:
                    arguments.append(CallArgument(self.spelled(name), value))
            elif child.type == "list_splat":
                arguments.append(CallArgument("*", self._first(child)))
            elif child.type == "dictionary_splat":
                arguments.append(CallArgument("**", self._first(child)))
            elif child.type != "comment":
                arguments.append(CallArgument("", self.expression(child)))
        return tuple(arguments)

    def _first(self, node: Node) -> int:
        return self.expression(node.named_children[0]) if node.named_children else NONE

    def lambda_(self, node: Node) -> int:
        counting = self.scope
        while counting.kind == "comprehension" and counting.parent is not None:
            counting = counting.parent
        counting.lambdas += 1
        name = f"<lambda{counting.lambdas}>"
        function = FlowFunction(name, self._qualified(name), node.start_byte)
        index = len(self.unit.functions)
        self.unit.functions.append(function)
        self._enter(function, index, node.child_by_field_name("parameters"))
        body = node.child_by_field_name("body")
        if body is not None:
            self.copy(function.returns, self.expression(body))
        self.close()
        value = self.new()
        self.emit(Kind.FUNCTION, value, index)
        return value

    def either(self, node: Node) -> int:
        """The union of all parts: `a or b`, `a + b`."""
        value = self.new()
        for child in node.named_children:
            self.copy(value, self.expression(child))
        return value

    def binary(self, node: Node) -> int:
        """`a + b`: texts are joined, containers keep what they hold, instances are asked."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return self.either(node)
        first, second = self.expression(left), self.expression(right)
        if first < 0 and second < 0:
            return NONE
        value = self.new()
        sign = self.spelled(operator)
        if sign in ("+", "|"):
            self.copy(value, first)
            self.copy(value, second)
        if sign == "+" and "string" in (left.type, right.type):
            parts = (first if first >= 0 else self.new(), second if second >= 0 else self.new())
            self.emit(Kind.CONCAT, value, parts)
        name = _OPERATORS.get(sign)
        if name is not None:
            offset = node.start_byte
            one, other = first if first >= 0 else self.new(), second if second >= 0 else self.new()
            if left.type not in _LITERALS:
                self.special(value, first, (f"__{name}__",), offset, (other,))
            if right.type not in _LITERALS and left.type in _LITERALS:
                self.special(value, second, (f"__r{name}__",), offset, (one,))
        return value

    def unary(self, node: Node) -> int:
        argument, operator = (
            node.child_by_field_name("argument"),
            node.child_by_field_name("operator"),
        )
        if argument is None or operator is None:
            return NONE
        held = self.expression(argument)
        name = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}.get(self.spelled(operator))
        if held < 0 or name is None or argument.type in _LITERALS:
            return NONE
        value = self.new()
        self.special(value, held, (name,), node.start_byte)
        return value

    def comparison(self, node: Node) -> int:
        """`a < b in c`: instances are asked."""
        held = NONE
        operator = ""
        for child in node.children:
            if not child.is_named:
                operator = child.type
                continue
            value = self.expression(child)
            if operator == "in" or operator == "not in":
                self.special(
                    NONE, value, ("__contains__",), node.start_byte, (held,) if held >= 0 else ()
                )
            elif operator in _COMPARISONS and held >= 0:
                passed = (value if value >= 0 else self.new(),)
                self.special(NONE, held, (_COMPARISONS[operator],), node.start_byte, passed)
            held = value
        return NONE

    def conditional(self, node: Node) -> int:
        parts = [self.expression(child) for child in node.named_children]
        value = self.new()
        for index, part in enumerate(parts):
            if index != 1:
                self.copy(value, part)
        return value

    def parenthesized(self, node: Node) -> int:
        value = NONE
        for child in node.named_children:
            if child.type != "comment":
                value = self.expression(child)
        return value

    def sequence(self, node: Node) -> int:
        kind = {"tuple": "tuple", "expression_list": "tuple", "set": "set"}.get(node.type, "list")
        value = self.new()
        position = 0
        certain = kind != "set"
        items: list[tuple[str | None, int]] = []
        for child in node.named_children:
            if child.type == "comment":
                continue
            if child.type == "list_splat":
                inner = self._first(child)
                if inner >= 0:
                    self.emit(Kind.MERGE, value, inner)
                certain = False
                continue
            item = self.expression(child)
            if item >= 0:
                items.append((f"#{position}" if certain else None, item))
            position += 1
        self.emit(Kind.CONTAINER, value, node.start_byte, kind, tuple(items))
        return value

    def dictionary(self, node: Node) -> int:
        value = self.new()
        items: list[tuple[str | None, int]] = []
        for child in node.named_children:
            if child.type == "pair":
                key = child.child_by_field_name("key")
                held = self._child(child, "value")
                constant = self._constant(key) if key is not None else None
                if held >= 0:
                    items.append((constant, held))
            elif child.type == "dictionary_splat":
                inner = self._first(child)
                if inner >= 0:
                    self.emit(Kind.MERGE, value, inner)
        self.emit(Kind.CONTAINER, value, node.start_byte, "dict", tuple(items))
        return value

    def comprehension(self, node: Node) -> int:
        kind = {"set_comprehension": "set", "dictionary_comprehension": "dict"}.get(
            node.type, "list"
        )
        outer = self.scope
        self.scope = _Scope(
            outer, "comprehension", outer.caller, outer.qualname, function=outer.function, owner=-1
        )
        for child in node.named_children:
            if child.type == "for_in_clause":
                self._loop(child.child_by_field_name("left"), child.child_by_field_name("right"))
        value = self.new()
        items: list[tuple[str | None, int]] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                continue
            if child.type == "pair":
                self._child(child, "key")
                item = self._child(child, "value")
            else:
                item = self.expression(child)
                if child.type == "if_clause":
                    continue
            if item >= 0:
                items.append((None, item))
        self.emit(Kind.CONTAINER, value, node.start_byte, kind, tuple(items))
        self.close()
        return value

    def named_expression(self, node: Node) -> int:
        value = self._child(node, "value")
        name = node.child_by_field_name("name")
        scope = self.scope
        while self.scope.kind == "comprehension" and self.scope.parent is not None:
            self.scope = self.scope.parent
        if name is not None:
            self.assign(name, value)
        self.scope = scope
        return value

    def yield_(self, node: Node) -> int:
        scope: _Scope | None = self.scope
        while scope is not None and scope.kind == "comprehension":
            scope = scope.parent
        received = NONE
        delegated = any(child.type == "from" for child in node.children)
        value = self._first(node)
        if scope is not None and scope.function >= 0:
            function = self.unit.functions[scope.function]
            if function.yields < 0:
                function.yields = self.new()
                function.receives = self.new()
            received = function.receives
            if delegated and value >= 0:
                item, received = self.new(), self.new()
                self.emit(Kind.ITERATE, item, value, node.start_byte, self.scope.caller)
                self.copy(function.yields, item)
                self.emit(Kind.RETURNED, received, value)
            else:
                self.copy(function.yields, value)
        return received

    def await_(self, node: Node) -> int:
        value = self.new()
        inner = self._first(node)
        if inner >= 0:
            self.emit(Kind.AWAIT, value, inner)
        return value

    def none(self, node: Node) -> int:
        return NONE


_MAX_PARTS = 6
"""Parts of a formatted text after which its value is no longer followed."""

_NAMING = re.compile(r"\S{0,64}\Z")
"""Texts that can be the name of something, or a part of one. Others are never followed."""

_NAMING_BYTES = re.compile(rb"\S{1,64}\Z")
_QUOTES = (b"'", b'"')

_PLAIN = re.compile(r"[0-9]{1,4}\Z")

_ASKED = frozenset({"identifier", "attribute", "call", "subscript"})
"""Expressions whose value can be an instance."""

_LITERALS = frozenset(
    {"string", "integer", "float", "true", "false", "none", "concatenated_string", "list", "tuple"}
)

_OPERATORS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
}

_COMPARISONS = {
    "==": "__eq__",
    "!=": "__ne__",
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
}

_PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property"})

_GENERATORS = frozenset(
    {"dataclass", "dataclasses.dataclass", "attr.s", "attrs.define", "define", "attr.define"}
)
"""Decorators that make a constructor of the annotated attributes."""

_RECORDS = frozenset({"NamedTuple", "typing.NamedTuple", "BaseModel", "pydantic.BaseModel"})
"""Bases that do."""

_PROTOCOLS = frozenset({"Protocol", "typing.Protocol", "typing_extensions.Protocol"})

_SELF = frozenset({"Self", "typing.Self", "typing_extensions.Self"})

_PLAIN_BLOCKS = frozenset(
    {
        "block",
        "expression_statement",
        "else_clause",
        "try_statement",
        "finally_clause",
        "module",
        "ERROR",
    }
)

_TRANSPARENT_DECORATORS = frozenset(
    {
        "staticmethod",
        "classmethod",
        "property",
        "abstractmethod",
        "abc.abstractmethod",
        "overload",
        "typing.overload",
        "override",
        "typing.override",
        "final",
        "cached_property",
        "functools.cached_property",
    }
)
"""Decorators that the walk itself understands; calling them says nothing more."""

_STATEMENTS: dict[str, Callable[[_Extractor, Node], object]] = {
    "if_statement": _Extractor.if_statement,
    "elif_clause": _Extractor.if_statement,
    "while_statement": _Extractor.if_statement,
    "function_definition": _Extractor.function_definition,
    "class_definition": _Extractor.class_definition,
    "decorated_definition": _Extractor.decorated_definition,
    "return_statement": _Extractor.return_statement,
    "assignment": _Extractor.assignment,
    "augmented_assignment": _Extractor.augmented_assignment,
    "for_statement": _Extractor.for_statement,
    "with_statement": _Extractor.with_statement,
    "except_clause": _Extractor.except_clause,
    "except_group_clause": _Extractor.except_clause,
    "raise_statement": _Extractor.raise_statement,
    "import_statement": _Extractor.import_statement,
    "import_from_statement": _Extractor.import_from_statement,
    "future_import_statement": _Extractor.none,
    "global_statement": _Extractor.global_statement,
    "nonlocal_statement": _Extractor.nonlocal_statement,
    "match_statement": _Extractor.match_statement,
    "delete_statement": _Extractor.delete_statement,
    "comment": _Extractor.none,
    "pass_statement": _Extractor.none,
    "type_alias_statement": _Extractor.none,
}

_EXPRESSIONS: dict[str, Callable[[_Extractor, Node], int]] = {
    "identifier": _Extractor.identifier,
    "attribute": _Extractor.attribute,
    "subscript": _Extractor.subscript,
    "string": _Extractor.string,
    "concatenated_string": _Extractor.none,
    "call": _Extractor.call,
    "lambda": _Extractor.lambda_,
    "boolean_operator": _Extractor.either,
    "binary_operator": _Extractor.binary,
    "unary_operator": _Extractor.unary,
    "not_operator": _Extractor.not_,
    "comparison_operator": _Extractor.comparison,
    "conditional_expression": _Extractor.conditional,
    "parenthesized_expression": _Extractor.parenthesized,
    "tuple": _Extractor.sequence,
    "list": _Extractor.sequence,
    "set": _Extractor.sequence,
    "expression_list": _Extractor.sequence,
    "dictionary": _Extractor.dictionary,
    "list_comprehension": _Extractor.comprehension,
    "set_comprehension": _Extractor.comprehension,
    "dictionary_comprehension": _Extractor.comprehension,
    "generator_expression": _Extractor.comprehension,
    "named_expression": _Extractor.named_expression,
    "yield": _Extractor.yield_,
    "await": _Extractor.await_,
    "integer": _Extractor.none,
    "float": _Extractor.none,
    "true": _Extractor.none,
    "false": _Extractor.none,
    "none": _Extractor.none,
    "ellipsis": _Extractor.none,
    "comment": _Extractor.none,
}
