"""The value flow of JavaScript, TypeScript and TSX: a syntax tree -> the operations of
`ecmascript_ir`.

Walks each file once. Variables that only their own function writes are followed from assignment to
assignment, as are the properties of object literals that nothing else can reach; all others hold
what is ever assigned to them. Knows no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.flow.ecmascript_ir import (
    ANY,
    ERROR,
    MODULE_CODE,
    NONE,
    VALUE,
    Accessor,
    Argument,
    Await,
    Call,
    CallKey,
    CallMember,
    CallSuper,
    Concat,
    Copy,
    Import,
    Load,
    LoadElement,
    LoadKey,
    LoadKeys,
    LoadRest,
    LoadSuper,
    MakeFunction,
    MakeModule,
    MakeObject,
    MakeOutside,
    MakeText,
    Member,
    New,
    Operation,
    Place,
    Render,
    ScriptFunction,
    ScriptUnit,
    Store,
    StoreAll,
    StoreKey,
    Typed,
)
from pairwright_analyzers.graph.flow.ecmascript_survey import Survey
from pairwright_analyzers.languages.ecmascript.definitions import test_title
from pairwright_analyzers.languages.ecmascript.names import BUILTINS
from pairwright_analyzers.languages.ecmascript.nodes import WHOLE, WRAPPERS, unquoted

if TYPE_CHECKING:
    from tree_sitter import Node

_ABSOLUTE = "\0"
"""Before a name that is whole: nothing is put before it."""

_SPECIAL_KEYS = {"iterator": "@@iterator", "asyncIterator": "@@asyncIterator"}


@dataclass(eq=False, slots=True)
class _Variable:
    """One declared name: `weak` holds what it ever holds; one that is `followed` has a version for
    each place of its own function.
    """

    name: str
    weak: int
    frame: _Frame
    followed: bool


@dataclass(slots=True)
class _State:
    """What is known where the walk stands: versions of followed variables, properties of their
    object literals, lengths of their array literals, and whether this place is never reached.
    """

    versions: dict[_Variable, int] = field(default_factory=dict)
    fields: dict[tuple[_Variable, str], int] = field(default_factory=dict)
    lengths: dict[_Variable, int] = field(default_factory=dict)
    dead: bool = False

    def copy(self) -> _State:
        return _State(self.versions.copy(), self.fields.copy(), self.lengths.copy(), self.dead)


@dataclass(eq=False, slots=True)
class _Frame:
    """One function under construction."""

    code: int
    node: int
    this: int
    outer: _Frame | None
    returns: int = NONE
    thrown: int = NONE
    home: int = NONE
    """The constructor of the class around, for `super`."""
    static: bool = False
    owner: str = ""
    """What `this.name = function …` is named after."""
    arrow: bool = False
    state: _State = field(default_factory=_State)
    pinned: set[_Variable] = field(default_factory=set)
    """Followed variables that are written somewhere in a loop around the place."""
    catches: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Scope:
    names: dict[str, _Variable]
    parent: _Scope | None


def flow_of(root: Node, text: bytes) -> ScriptUnit:
    """The flow of a parsed file.

    Never raises; what is nested too deeply to walk is said in `cut`.
    """
    extractor = _Extractor(text, Survey(root, text))
    extractor.module(root)
    return extractor.unit


class _Extractor:
    """The walk's state: the unit being built, the current scope, and the current function."""

    def __init__(self, text: bytes, survey: Survey) -> None:
        self.text = text
        self.survey = survey
        self.unit = ScriptUnit()
        self.prefix = ""
        self.names: set[str] = set()
        self.globals: dict[str, int] = {}
        self.exported: list[tuple[str, str]] = []
        self.newlines: list[int] = [at for at, byte in enumerate(text) if byte == 10]
        self.frame = _Frame(MODULE_CODE, 0, self.new(), None, thrown=NONE)
        self.scope = _Scope({}, None)

    # -- building blocks

    def new(self) -> int:
        self.unit.variables += 1
        return self.unit.variables - 1

    def emit(self, operation: Operation) -> None:
        self.unit.operations.append(operation)

    def copy(self, to: int, source: int) -> None:
        if to >= 0 and source >= 0 and to != source:
            self.emit(Copy(to, source))

    def either(self, sources: Iterable[int]) -> int:
        held = [one for one in dict.fromkeys(sources) if one >= 0]
        if len(held) < 2:
            return held[0] if held else NONE
        value = self.new()
        for one in held:
            self.copy(value, one)
        return value

    def spelled(self, node: Node) -> str:
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def place(self, offset: int) -> Place:
        frame = self.frame
        thrown = frame.catches[-1] if frame.catches else frame.thrown
        return Place(offset, frame.code, thrown)

    def site(self, offset: int) -> Place:
        """The place of a call as it is written."""
        self.unit.sites[offset] = self.frame.code
        return self.place(offset)

    def line(self, offset: int) -> int:
        return self.text.count(b"\n", 0, offset) + 1

    def anonymous(self, node: Node) -> str:
        line = self.line(node.start_byte)
        name = f"<anonymous:{line}>"
        if self.qualified(name) in self.names:
            column = node.start_byte - self.text.rfind(b"\n", 0, node.start_byte)
            name = f"<anonymous:{line}:{column}>"
        return name

    def qualified(self, name: str) -> str:
        if name.startswith(_ABSOLUTE):
            return name[1:]
        return f"{self.prefix}.{name}" if self.prefix else name

    # -- names

    def declare(self, name: str, scope: _Scope | None = None) -> _Variable:
        scope = scope or self.scope
        known = scope.names.get(name)
        if known is None:
            followed = self.survey.only_written_by(self.frame.node, name)
            known = scope.names[name] = _Variable(name, self.new(), self.frame, followed)
        return known

    def find(self, name: str) -> _Variable | None:
        scope: _Scope | None = self.scope
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def read(self, name: str) -> int:
        variable = self.find(name)
        if variable is None:
            return self.global_(name)
        if variable.followed and variable.frame is self.frame:
            return self.frame.state.versions.get(variable, variable.weak)
        return variable.weak

    def global_(self, name: str) -> int:
        known = self.globals.get(name)
        if known is None:
            known = self.globals[name] = self.new()
            if name == "module":
                self.emit(MakeModule(known))
            elif name == "exports":
                self.emit(Load(known, self.global_("module"), "exports", Place(-1, MODULE_CODE)))
            elif name != "undefined":
                group = "<builtin>" if name in BUILTINS else "<unknown>"
                self.emit(MakeOutside(known, f"{group}.{name}"))
        return known

    def write(self, name: str, value: int) -> None:
        variable = self.find(name)
        if variable is None:
            self.copy(self.global_(name), value)
        else:
            self.assign(variable, value)

    def assign(self, variable: _Variable, value: int) -> None:
        self.copy(variable.weak, value)
        if not variable.followed or variable.frame is not self.frame:
            return
        state = self.frame.state
        if variable in self.frame.pinned:
            self.copy(state.versions.get(variable, NONE), value)
        else:
            state.versions[variable] = value if value >= 0 else self.new()
        self.forget(variable)

    def forget(self, variable: _Variable) -> None:
        """Nothing is known of the properties of what a variable holds any more."""
        state = self.frame.state
        state.lengths.pop(variable, None)
        for key in [key for key in state.fields if key[0] is variable]:
            del state.fields[key]

    # -- branches

    def join(self, *states: _State) -> None:
        """Go on from the ends of several branches."""
        live = [one for one in states if not one.dead]
        if not live:
            self.frame.state = states[0].copy()
            return
        if len(live) == 1:
            self.frame.state = live[0].copy()
            return
        joined = _State()
        for variable in dict.fromkeys(one for state in live for one in state.versions):
            joined.versions[variable] = self.either(
                state.versions.get(variable, NONE) for state in live
            )
            if joined.versions[variable] < 0:
                joined.versions[variable] = self.new()
        first = live[0]
        for key in first.fields:
            if all(key in state.fields for state in live):
                joined.fields[key] = self.either(state.fields[key] for state in live)
        for one, length in first.lengths.items():
            if all(state.lengths.get(one) == length for state in live):
                joined.lengths[one] = length
        self.frame.state = joined

    def region(self, node: Node, walk: Callable[[], None]) -> None:
        """Walk something that may run many times or in part: what it writes is not followed."""
        frame = self.frame
        dead = frame.state.dead
        pins: set[_Variable] = set()
        for name in self.survey.written_in.get(node.id, ()):
            variable = self.find(name)
            if variable is None or not variable.followed or variable in frame.pinned:
                continue
            if variable.frame is frame:
                held = self.new()
                self.copy(held, frame.state.versions.get(variable, NONE))
                frame.state.versions[variable] = held
                pins.add(variable)
        frame.pinned |= pins
        kept = {one: frame.state.versions[one] for one in frame.pinned}
        frame.state.fields.clear()
        frame.state.lengths.clear()
        walk()
        frame.pinned -= pins
        frame.state.versions.update(kept)
        frame.state.fields.clear()
        frame.state.lengths.clear()
        frame.state.dead = dead

    # -- statements

    def module(self, root: Node) -> None:
        for name in self.survey.hoisted.get(0, ()):
            self.declare(name)
        self.block(root)
        for exported, local in self.exported:
            variable = self.scope.names.get(local)
            if variable is not None:
                self.unit.exports[exported] = variable.weak
        self.unit.exports.pop("", None)

    def block(self, node: Node) -> None:
        """The statements of a block whose scope is open already: declarations first."""
        children = node.named_children
        for child in children:
            self.hoist(child)
        functions = [child for child in children if _declared_function(child) is not None]
        for child in functions:
            self.guarded(child)
        for child in children:
            if _declared_function(child) is None:
                self.guarded(child)

    def guarded(self, node: Node) -> None:
        """A statement; where it is nested too deeply, the rest of the file goes on without it."""
        state = (self.scope, self.frame, self.prefix)
        try:
            self.statement(node)
        except RecursionError:
            if self.frame.outer is not None:
                raise
            self.scope, self.frame, self.prefix = state
            self.unit.cut = "nested too deeply"

    def nested_block(self, node: Node) -> None:
        outer = self.scope
        self.scope = _Scope({}, outer)
        self.block(node)
        self.scope = outer

    def hoist(self, node: Node) -> None:
        """Declare what a statement declares in its block."""
        kind = node.type
        if kind == "export_statement":
            inner = node.child_by_field_name("declaration")
            if inner is not None:
                self.hoist(inner)
        elif kind == "lexical_declaration":
            for child in node.named_children:
                name = child.child_by_field_name("name")
                if name is not None:
                    for word in self.pattern_names(name):
                        self.declare(word)
        elif kind in _NAMED_DECLARATIONS:
            name = node.child_by_field_name("name")
            if name is not None:
                self.declare(self.spelled(name).partition(".")[0])
        elif kind == "import_statement":
            for word, _, _ in self.imported_names(node):
                self.declare(word)
        elif kind in ("expression_statement", "ambient_declaration"):
            for child in node.named_children:
                if child.type in ("internal_module", "module"):
                    self.hoist(child)

    def pattern_names(self, pattern: Node) -> Iterator[str]:
        waiting = [pattern]
        while waiting:
            node = waiting.pop()
            kind = node.type
            if kind in ("identifier", "shorthand_property_identifier_pattern"):
                yield self.spelled(node)
            elif kind == "pair_pattern":
                value = node.child_by_field_name("value")
                if value is not None:
                    waiting.append(value)
            elif kind in ("assignment_pattern", "object_assignment_pattern"):
                left = node.child_by_field_name("left")
                if left is not None:
                    waiting.append(left)
            elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
                waiting.extend(node.named_children)

    def statement(self, node: Node) -> None:
        handler = _STATEMENTS.get(node.type)
        if handler is not None:
            handler(self, node)
        elif node.type not in _SKIPPED:
            self.expression(node)

    def each(self, node: Node) -> None:
        for child in node.named_children:
            self.statement(child)

    def expression_statement(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "call_expression":
                title = test_title(child, self.text)
                if title is not None:
                    self.call(child, title)
                    continue
            self.statement(child)

    def declaration(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "variable_declarator":
                self.declarator(child)

    def declarator(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if name is None:
            return
        annotation = node.child_by_field_name("type")
        if name.type == "identifier":
            if value is None:
                if annotation is not None:
                    variable = self.find(self.spelled(name))
                    if variable is not None:
                        self.annotate(variable.weak, annotation)
                return
            self.assign_name(self.spelled(name), value)
            if annotation is not None:
                self.annotate(self.read(self.spelled(name)), annotation)
            return
        held = self.expression(value) if value is not None else NONE
        self.bind(name, held)

    def assign_name(self, name: str, value: Node) -> int:
        """`name = value`, with what an object or array literal is known to hold."""
        held = self.named(value, name)
        variable = self.find(name)
        self.write(name, held)
        literal = _unwrapped(value)
        if variable is None or literal is None or held < 0:
            return held
        if not variable.followed or variable.frame is not self.frame:
            return held
        if variable in self.frame.pinned:
            return held
        state = self.frame.state
        if literal.type == "object":
            for key, source in self.last_fields:
                if self.survey.only_stored_through(self.frame.node, name, key):
                    state.fields[variable, key] = source
        elif literal.type == "array" and self.last_length >= 0:
            state.lengths[variable] = self.last_length
        return held

    last_fields: tuple[tuple[str, int], ...] = ()
    """Properties of the object literal that was walked last, () where not all are constant."""
    last_length: int = -1
    """Length of the array literal that was walked last, -1 where it is not constant."""

    def annotate(self, variable: int, annotation: Node) -> None:
        if variable < 0:
            return
        for name in self.type_names(annotation):
            found = self.find(name.partition(".")[0])
            if found is None:
                continue
            held = found.weak
            for part in name.split(".")[1:]:
                inner = self.new()
                self.emit(Load(inner, held, part, self.place(-1)))
                held = inner
            self.emit(Typed(variable, held))

    def type_names(self, node: Node) -> Iterator[str]:
        """Names of classes that a value of this type may be: members of unions, not arguments of
        generics.
        """
        kind = node.type
        if kind in ("type_identifier", "nested_type_identifier"):
            yield self.spelled(node)
        elif kind in _TYPE_WRAPPERS:
            for child in node.named_children:
                yield from self.type_names(child)
        elif kind == "generic_type":
            name = node.child_by_field_name("name")
            if name is not None:
                yield self.spelled(name)

    def function_declaration(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        word = self.spelled(name)
        value = self.function(node, word, name.start_byte)
        variable = self.declare(word)
        self.assign(variable, value)

    def class_declaration(self, node: Node, decorators: tuple[Node, ...] = ()) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        word = self.spelled(name)
        own = [child for child in node.named_children if child.type == "decorator"]
        value = self.class_(node, word, name.start_byte, (*decorators, *own))
        self.assign(self.declare(word), value)

    def return_statement(self, node: Node) -> None:
        for child in node.named_children:
            self.give_back(self.expression(child))
        self.frame.state.dead = True

    def give_back(self, value: int) -> None:
        """Return a value from the function that is walked."""
        frame = self.frame
        if frame.returns < 0 or value < 0:
            return
        function = self.unit.functions[frame.code]
        plain = not function.is_async and not function.is_generator
        if plain and value in function.parameters:
            function.handed_back.append(function.parameters.index(value))
        elif plain and value == frame.this and not frame.arrow:
            function.returns_this = True
        else:
            self.copy(frame.returns, value)

    def throw_statement(self, node: Node) -> None:
        for child in node.named_children:
            value = self.expression(child)
            self.copy(self.place(-1).thrown, value)
        self.frame.state.dead = True

    def leave(self, node: Node) -> None:
        self.frame.state.dead = True

    def if_statement(self, node: Node) -> None:
        # A loop over `else if`, since a chain of them can be as long as a program.
        ends: list[_State] = []
        current: Node | None = node
        while current is not None:
            self.child(current, "condition")
            before = self.frame.state.copy()
            consequence = current.child_by_field_name("consequence")
            if consequence is not None:
                self.statement(consequence)
            ends.append(self.frame.state)
            self.frame.state = before
            alternative = current.child_by_field_name("alternative")
            inner = (
                alternative.named_children[0]
                if (alternative is not None and alternative.named_child_count)
                else None
            )
            if inner is not None and inner.type == "if_statement":
                current = inner
                continue
            if inner is not None:
                self.statement(inner)
            ends.append(self.frame.state)
            current = None
        if len(ends) > 64:
            # A version for each branch of a long chain would cost more than it tells.
            for state in ends:
                state.fields.clear()
        self.join(*ends)

    def for_statement(self, node: Node) -> None:
        outer = self.scope
        self.scope = _Scope({}, outer)
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            self.hoist(initializer)
            self.statement(initializer)

        def walk() -> None:
            for name in ("condition", "body", "increment"):
                part = node.child_by_field_name(name)
                if part is not None:
                    self.statement(part)

        self.region(node, walk)
        self.scope = outer

    def for_in_statement(self, node: Node) -> None:
        outer = self.scope
        self.scope = _Scope({}, outer)
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        kind = node.child_by_field_name("kind")
        source = self.expression(right) if right is not None else NONE
        if kind is not None and kind.type != "var" and left is not None:
            for word in self.pattern_names(left):
                self.declare(word)

        def walk() -> None:
            value = NONE
            if source >= 0:
                value = self.new()
                if operator is not None and operator.type == "in":
                    self.emit(LoadKeys(value, source))
                else:
                    offset = right.start_byte if right is not None else -1
                    self.emit(LoadElement(value, source, -1, self.place(offset)))
            if left is not None:
                self.bind(left, value)
            body = node.child_by_field_name("body")
            if body is not None:
                self.statement(body)

        self.region(node, walk)
        self.scope = outer

    def looped(self, node: Node) -> None:
        self.region(node, lambda: self.each(node))

    def try_statement(self, node: Node) -> None:
        thrown = self.new()
        handler = node.child_by_field_name("handler")

        def walk() -> None:
            body = node.child_by_field_name("body")
            if body is not None:
                if handler is not None:
                    self.frame.catches.append(thrown)
                self.nested_block(body)
                if handler is not None:
                    self.frame.catches.pop()
            self.frame.state.dead = False
            if handler is not None:
                self.catch_clause(handler, thrown)
            self.frame.state.dead = False
            finalizer = node.child_by_field_name("finalizer")
            if finalizer is not None:
                self.each(finalizer)

        self.region(node, walk)

    def catch_clause(self, node: Node, thrown: int) -> None:
        outer = self.scope
        self.scope = _Scope({}, outer)
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            for word in self.pattern_names(parameter):
                self.declare(word)
            self.bind(parameter, thrown)
        body = node.child_by_field_name("body")
        if body is not None:
            self.nested_block(body)
        self.scope = outer

    def switch_statement(self, node: Node) -> None:
        self.child(node, "value")
        body = node.child_by_field_name("body")
        if body is None:
            return

        def walk() -> None:
            outer = self.scope
            self.scope = _Scope({}, outer)
            for case in body.named_children:
                for child in case.named_children:
                    self.hoist(child)
            for case in body.named_children:
                self.frame.state.dead = False
                self.each(case)
            self.scope = outer

        self.region(node, walk)

    def labeled_statement(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        if body is not None:
            self.region(node, lambda: self.statement(body))

    # -- modules

    def imported_names(self, node: Node) -> Iterator[tuple[str, str, str]]:
        """(local name, module, imported name) of an import statement; types are none."""
        source = node.child_by_field_name("source")
        clause = next(
            (
                child
                for child in node.named_children
                if child.type in ("import_clause", "import_require_clause")
            ),
            None,
        )
        if clause is None:
            return
        if clause.type == "import_require_clause":
            source = clause.child_by_field_name("source")
            if source is not None and clause.named_child_count:
                yield self.spelled(clause.named_children[0]), unquoted(source, self.text), "="
            return
        if source is None:
            return
        module = unquoted(source, self.text)
        for child in clause.named_children:
            if child.type == "identifier":
                yield self.spelled(child), module, "default"
            elif child.type == "namespace_import" and child.named_child_count:
                yield self.spelled(child.named_children[0]), module, ""
            elif child.type == "named_imports":
                for item in child.named_children:
                    name = item.child_by_field_name("name")
                    alias = item.child_by_field_name("alias") or name
                    if name is not None and alias is not None:
                        yield self.spelled(alias), module, unquoted(name, self.text)

    def import_statement(self, node: Node) -> None:
        for word, module, name in self.imported_names(node):
            value = self.new()
            self.emit(Import(value, module, name))
            self.assign(self.declare(word), value)

    def export_statement(self, node: Node) -> None:
        declaration = node.child_by_field_name("declaration")
        is_default = any(child.type == "default" for child in node.children[:3])
        decorators = tuple(child for child in node.named_children if child.type == "decorator")
        if declaration is not None:
            name = declaration.child_by_field_name("name")
            if decorators and declaration.type in _CLASS_DECLARATIONS:
                self.class_declaration(declaration, decorators)
            else:
                self.statement(declaration)
            if is_default and name is not None:
                self.export("default", self.spelled(name))
            elif not is_default:
                for word in self.declared_names(declaration):
                    self.export(word, word)
            return
        value = node.child_by_field_name("value")
        if value is not None:
            held = self.named(value, "default")
            self.unit.exports["default"] = held if held >= 0 else self.new()
            return
        self.export_clause(node)

    def export(self, exported: str, local: str) -> None:
        if self.namespaces:
            variable = self.find(local)
            if variable is not None:
                self.emit(Store(self.namespaces[-1], exported, variable.weak, self.place(-1)))
        else:
            self.exported.append((exported, local))

    namespaces: tuple[int, ...] = ()
    """The objects of the TypeScript namespaces around."""

    def export_clause(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        module = unquoted(source, self.text) if source is not None else ""
        for child in node.named_children:
            if child.type == "export_clause":
                for item in child.named_children:
                    name = item.child_by_field_name("name")
                    alias = item.child_by_field_name("alias") or name
                    if name is None or alias is None:
                        continue
                    word, shown = unquoted(name, self.text), unquoted(alias, self.text)
                    if source is None:
                        self.export(shown, word)
                    else:
                        held = self.unit.exports[shown] = self.new()
                        self.emit(Import(held, module, word))
            elif child.type == "namespace_export" and child.named_child_count:
                shown = unquoted(child.named_children[0], self.text)
                held = self.unit.exports[shown] = self.new()
                self.emit(Import(held, module, ""))
            elif child.type == "identifier" and any(one.type == "=" for one in node.children[:3]):
                self.emit(
                    Store(
                        self.global_("module"),
                        "exports",
                        self.read(self.spelled(child)),
                        self.place(-1),
                    )
                )
        if source is not None and any(child.type == "*" for child in node.children):
            self.unit.stars.append(module)

    def declared_names(self, node: Node) -> Iterator[str]:
        if node.type in ("lexical_declaration", "variable_declaration"):
            for child in node.named_children:
                name = child.child_by_field_name("name")
                if name is not None:
                    yield from self.pattern_names(name)
        elif node.type == "ambient_declaration":
            for child in node.named_children:
                yield from self.declared_names(child)
        else:
            name = node.child_by_field_name("name")
            if name is not None:
                yield self.spelled(name).partition(".")[0]

    def namespace(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is None or name.type == "string":
            return
        if name.type == "nested_identifier":
            word = self.spelled(name).replace(" ", "")
        else:
            word = self.spelled(name)
        holder = self.new()
        self.emit(MakeObject(holder, node.start_byte, "object"))
        parts = word.split(".")
        self.copy(self.declare(parts[0]).weak, holder)
        variable = self.declare(parts[0])
        if variable.followed and variable.frame is self.frame:
            # A namespace of a function's, class's or enum's name adds to it.
            held = self.either((self.frame.state.versions.get(variable, NONE), holder))
            self.frame.state.versions[variable] = held
        for part in parts[1:]:
            inner = self.new()
            self.emit(MakeObject(inner, node.start_byte + len(part), "object"))
            self.emit(Store(holder, part, inner, self.place(-1)))
            holder = inner
        if body is None:
            return
        outer_prefix = self.prefix
        self.prefix = self.qualified(word)
        self.namespaces = (*self.namespaces, holder)
        self.nested_block(body)
        self.namespaces = self.namespaces[:-1]
        self.prefix = outer_prefix

    def enum(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is None:
            return
        holder = self.new()
        self.emit(MakeObject(holder, node.start_byte, "object"))
        self.assign(self.declare(self.spelled(name)), holder)
        for child in body.named_children if body is not None else ():
            value = child.child_by_field_name("value")
            key = child.child_by_field_name("name")
            if value is not None and key is not None:
                held = self.expression(value)
                if held >= 0:
                    word = unquoted(key, self.text) if key.type == "string" else self.spelled(key)
                    self.emit(Store(holder, word, held, self.place(-1)))

    # -- functions and classes

    def named(self, node: Node, hint: str) -> int:
        """An expression that gives its name to a function, class or object without one."""
        inner = _unwrapped(node)
        if inner is None or node.type == "await_expression":
            return self.expression(node)
        kind = inner.type
        if kind in _FUNCTION_VALUES:
            own = inner.child_by_field_name("name")
            if own is None:
                return self.function(inner, hint, inner.start_byte)
        elif kind == "class":
            if inner.child_by_field_name("name") is None:
                return self.class_(inner, hint, inner.start_byte, ())
        elif kind == "object":
            return self.object_(inner, hint)
        elif kind == "call_expression":
            return self.call(inner, None, hint)
        elif kind == "assignment_expression":
            return self.assignment(inner, hint)
        return self.expression(node)

    def function(self, node: Node, name: str, start: int, kind: str = "") -> int:
        index = self.define(node, name, start, kind)
        value = self.new()
        self.emit(MakeFunction(value, index))
        return value

    def define(
        self,
        node: Node,
        name: str,
        start: int,
        kind: str = "",
        home: int = NONE,
        static: bool = False,
        owner: str = "",
    ) -> int:
        """A function as an entry of the unit, its body walked."""
        arrow = node.type == "arrow_function"
        kind = kind or ("arrow" if arrow else "function")
        qualname = self.qualified(name)
        self.names.add(qualname)
        function = ScriptFunction(kind, qualname, start)
        index = len(self.unit.functions)
        self.unit.functions.append(function)
        self.fill(function, index, node, home, static, owner or qualname, arrow)
        return index

    def fill(
        self,
        function: ScriptFunction,
        index: int,
        node: Node,
        home: int,
        static: bool,
        owner: str,
        arrow: bool,
    ) -> None:
        tokens = {child.type for child in node.children[:6]}
        function.is_async = "async" in tokens
        function.is_generator = "*" in tokens or node.type.startswith("generator")
        function.returns = self.new()
        function.thrown = self.new()
        outer, scope, prefix = self.frame, self.scope, self.prefix
        function.this = outer.this if arrow else self.new()
        frame = _Frame(index, node.id, function.this, outer, function.returns, function.thrown)
        frame.home, frame.static, frame.owner = home, static, owner
        if arrow:
            frame.arrow = True
            frame.home, frame.static, frame.owner = outer.home, outer.static, outer.owner
        if function.is_generator:
            function.yields, function.received = self.new(), self.new()
        self.frame, self.scope = frame, _Scope({}, scope)
        own = node.child_by_field_name("name")
        if own is not None and node.type in ("function_expression", "generator_function"):
            # The name of a function expression is known inside it alone.
            variable = self.declare(self.spelled(own))
            self.emit(MakeFunction(variable.weak, index))
            self.scope = _Scope({}, self.scope)
        self.prefix = function.qualname
        if not arrow and node.id in self.survey.with_arguments:
            variable = self.declare("arguments")
            function.arguments = variable.weak
            self.emit(MakeObject(variable.weak, -2 - index * 2, "array"))
        self.parameters(function, index, node)
        for word in self.survey.hoisted.get(node.id, ()):
            self.declare(word)
        annotation = node.child_by_field_name("return_type")
        if annotation is not None and not function.is_generator:
            self.annotate(function.returns, annotation)
        body = node.child_by_field_name("body")
        if body is not None:
            if body.type == "statement_block":
                self.block(body)
            else:
                self.give_back(self.expression(body))
        self.frame, self.scope, self.prefix = outer, scope, prefix

    def parameters(self, function: ScriptFunction, index: int, node: Node) -> None:
        single = node.child_by_field_name("parameter")
        group = node.child_by_field_name("parameters")
        nodes = [single] if single is not None else group.named_children if group else []
        for child in nodes:
            if child.type in ("comment", "decorator", "ERROR"):
                continue
            pattern: Node | None = child
            annotation = default = None
            if child.type in ("required_parameter", "optional_parameter"):
                pattern = child.child_by_field_name("pattern")
                annotation = child.child_by_field_name("type")
                default = child.child_by_field_name("value")
            if pattern is None or pattern.type == "this":
                continue
            value = self.new()
            if pattern.type == "rest_pattern":
                function.rest = value
                self.emit(MakeObject(value, -3 - index * 2, "array"))
                pattern = pattern.named_children[0] if pattern.named_child_count else None
            else:
                function.parameters.append(value)
                if annotation is not None:
                    self.annotate(value, annotation)
            if pattern is None:
                continue
            for word in self.pattern_names(pattern):
                self.declare(word)
            if default is not None:
                hint = self.spelled(pattern) if pattern.type == "identifier" else ""
                self.copy(value, self.named(default, hint) if hint else self.expression(default))
            self.bind(pattern, value)
            if child.type.endswith("_parameter") and any(
                one.type in ("accessibility_modifier", "readonly", "override_modifier")
                for one in child.children
            ):
                word = self.spelled(pattern)
                self.emit(Store(self.frame.this, word, self.read(word), self.place(-1)))

    def class_(self, node: Node, name: str, start: int, decorators: tuple[Node, ...]) -> int:
        base = NONE
        for child in node.named_children:
            if child.type == "class_heritage":
                base = self.heritage(child)
        qualname = self.qualified(name)
        self.names.add(qualname)
        constructor = ScriptFunction("implicit", qualname, start, this=self.new())
        constructor.thrown = self.new()
        constructor.base = base
        index = len(self.unit.functions)
        self.unit.functions.append(constructor)
        body_code = len(self.unit.functions)
        self.unit.functions.append(
            ScriptFunction("body", qualname, start, constructor.this, thrown=constructor.thrown)
        )
        value = self.new()
        self.emit(MakeFunction(value, index))
        scope, prefix = self.scope, self.prefix
        own = node.child_by_field_name("name")
        self.scope = _Scope({}, scope)
        if own is not None:
            self.copy(self.declare(self.spelled(own)).weak, value)
        self.prefix = qualname
        body = node.child_by_field_name("body")
        pending: list[Node] = []
        calls: list[tuple[Node, int]] = []
        for child in body.named_children if body is not None else ():
            if child.type == "decorator":
                pending.append(child)
                continue
            own_decorators = [one for one in child.named_children if one.type == "decorator"]
            member = self.member(child, index, body_code, value)
            calls.extend((one, member) for one in (*pending, *own_decorators))
            pending = []
        self.scope, self.prefix = scope, prefix
        for decorator, member in calls:
            self.decorate(decorator, (value, NONE), member)
        for decorator in reversed(decorators):
            made = self.decorate(decorator, (value,), NONE)
            value = self.either((value, made))
        return value

    def decorate(self, node: Node, arguments: tuple[int, ...], member: int) -> int:
        inner = node.named_children[0] if node.named_child_count else None
        if inner is None:
            return NONE
        callee = self.expression(inner)
        if callee < 0:
            return NONE
        held = list(arguments)
        if member >= 0:
            descriptor = self.new()
            self.emit(MakeObject(descriptor, -node.start_byte - 10, "object"))
            self.emit(Store(descriptor, "value", member, self.place(-1)))
            held.append(descriptor)
        result = self.new()
        place = self.site(self.callee_offset(inner, inner.end_byte))
        self.emit(Call(result, callee, NONE, tuple(Argument(one) for one in held), place))
        return result

    def heritage(self, node: Node) -> int:
        for child in node.named_children:
            if child.type == "extends_clause":
                value = child.child_by_field_name("value")
                return self.expression(value) if value is not None else NONE
            if child.type != "implements_clause":
                return self.expression(child)
        return NONE

    def member(self, node: Node, constructor: int, body: int, class_value: int) -> int:
        """One member of a class body; the variable of a method's function."""
        kind = node.type
        tokens = {child.type for child in node.children[:5]}
        static = "static" in tokens
        function = self.unit.functions[constructor]
        if kind == "class_static_block":
            with_body = node.child_by_field_name("body")
            if with_body is not None:
                self.in_class_code(
                    node, body, class_value, constructor, True, lambda: self.block(with_body)
                )
            return NONE
        if kind == "method_definition":
            key = node.child_by_field_name("name")
            if key is None:
                return NONE
            name = self.key_name(key)
            if name == "constructor" and not static:
                self.names.add(self.qualified("constructor"))
                outer = self.unit.functions[constructor]
                outer.kind, outer.start = "constructor", key.start_byte
                owner = outer.qualname
                outer.qualname = self.qualified("constructor")
                this = outer.this
                self.fill(outer, constructor, node, constructor, False, owner, False)
                # Fields and the constructor share one instance.
                self.copy(outer.this, this)
                self.copy(this, outer.this)
                return NONE
            shown = name if name is not None and not name.startswith("@@") else self.spelled(key)
            index = self.define(
                node, shown, key.start_byte, "method", constructor, static, function_owner(function)
            )
            accessor = "get" if "get" in tokens else "set" if "set" in tokens else ""
            value = self.new()
            self.emit(MakeFunction(value, index))
            if name is not None:
                function.members.append(Member(name, index, static, accessor))
            else:
                holder = class_value
                if not static:
                    holder = self.new()
                    self.emit(Load(holder, class_value, "prototype", self.place(-1)))
                key_value = self.expression(key.named_children[0])
                self.emit(StoreKey(holder, key_value, value))
            return value
        if kind in ("field_definition", "public_field_definition"):
            return self.class_field(node, constructor, body, class_value, static)
        return NONE

    def class_field(
        self, node: Node, constructor: int, body: int, class_value: int, static: bool
    ) -> int:
        key = node.child_by_field_name("property") or node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if key is None:
            return NONE
        name = self.key_name(key)
        function = self.unit.functions[constructor]
        holder = class_value if static else function.this
        annotation = node.child_by_field_name("type")
        if name is not None and annotation is not None:
            typed = self.new()
            self.annotate(typed, annotation)
            self.emit(Store(holder, name, typed, self.place(-1)))
        if value is None:
            return NONE
        shown = name if name is not None else self.spelled(key)
        if name is not None:
            function.members.append(Member(name, -1, static, ""))

        def walk() -> None:
            held = self.named(value, shown)
            if held < 0:
                return
            if name is not None:
                self.emit(Store(self.frame.this, name, held, self.place(-1)))
            else:
                self.emit(StoreKey(self.frame.this, self.expression(key.named_children[0]), held))

        self.in_class_code(node, body, class_value, constructor, static, walk)
        return NONE

    def in_class_code(
        self,
        node: Node,
        body: int,
        class_value: int,
        constructor: int,
        static: bool,
        walk: Callable[[], None],
    ) -> None:
        """Walk code that runs with the class or with its instances."""
        outer, scope = self.frame, self.scope
        function = self.unit.functions[constructor]
        this = class_value if static else function.this
        self.frame = _Frame(body, node.id, this, outer, thrown=function.thrown)
        self.frame.home, self.frame.static = constructor, static
        self.frame.owner = function_owner(function)
        self.scope = _Scope({}, scope)
        walk()
        self.frame, self.scope = outer, scope

    def key_name(self, key: Node) -> str | None:
        """The constant name of a property, None for a computed one."""
        kind = key.type
        if kind == "string":
            return unquoted(key, self.text)
        if kind != "computed_property_name":
            return self.spelled(key)
        inner = key.named_children[0] if key.named_child_count else None
        return self.constant_key(inner) if inner is not None else None

    def constant_key(self, node: Node) -> str | None:
        if node.type == "string":
            return unquoted(node, self.text)
        if node.type == "number":
            return self.spelled(node)
        if node.type == "template_string" and not any(
            child.type == "template_substitution" for child in node.named_children
        ):
            return unquoted(node, self.text)
        if node.type == "member_expression":
            words = self.spelled(node)
            if words.startswith("Symbol."):
                return _SPECIAL_KEYS.get(words[7:])
        return None

    # -- patterns

    def bind(self, node: Node, value: int) -> None:
        """Assign a value to a pattern, a variable or a property."""
        kind = node.type
        match kind:
            case "identifier" | "shorthand_property_identifier_pattern":
                self.write(self.spelled(node), value)
            case "member_expression" | "subscript_expression":
                self.store(node, value)
            case "object_pattern":
                self.bind_object(node, value)
            case "array_pattern":
                self.bind_array(node, value)
            case "assignment_pattern" | "object_assignment_pattern":
                left = node.child_by_field_name("left")
                right = node.child_by_field_name("right")
                hint = self.spelled(left) if left is not None else ""
                held = NONE
                if right is not None:
                    plain = left is not None and left.type in _PLAIN_NAMES
                    held = self.named(right, hint) if plain else self.expression(right)
                if left is not None:
                    self.bind(left, self.either((value, held)))
            case _ if node.type in WRAPPERS or node.type == "rest_pattern":
                if node.named_child_count:
                    self.bind(node.named_children[0], value)
            case _:
                self.expression(node)

    def bind_object(self, node: Node, value: int) -> None:
        names: list[str] = []
        for child in node.named_children:
            kind = child.type
            target: Node | None = child
            name: str | None = None
            key_value = NONE
            if kind == "comment":
                continue
            if kind == "pair_pattern":
                key = child.child_by_field_name("key")
                target = child.child_by_field_name("value")
                name = self.key_name(key) if key is not None else None
                if name is None and key is not None and key.named_child_count:
                    key_value = self.expression(key.named_children[0])
            elif kind == "shorthand_property_identifier_pattern":
                name = self.spelled(child)
            elif kind == "object_assignment_pattern":
                left = child.child_by_field_name("left")
                name = self.spelled(left) if left is not None else None
            elif kind == "rest_pattern":
                held = self.new()
                if value >= 0:
                    self.emit(LoadRest(held, value, 0, tuple(names)))
                self.bind(child, held)
                continue
            if target is None:
                continue
            held = NONE
            if value >= 0:
                held = self.new()
                place = self.place(child.start_byte)
                if name is not None:
                    names.append(name)
                    self.emit(Load(held, value, name, place))
                else:
                    self.emit(LoadKey(held, value, key_value, place))
            self.bind(target, held)

    def bind_array(self, node: Node, value: int) -> None:
        position = 0
        for child in node.children:
            if child.type == ",":
                position += 1
                continue
            if not child.is_named or child.type == "comment":
                continue
            held = NONE
            if value >= 0:
                held = self.new()
                if child.type == "rest_pattern":
                    self.emit(LoadRest(held, value, position, ()))
                else:
                    place = self.place(child.start_byte)
                    self.emit(LoadElement(held, value, position, place))
            self.bind(child, held)

    def store(self, node: Node, value: int) -> None:
        """`holder.name = value` and `holder[key] = value`."""
        holder_node = node.child_by_field_name("object")
        if holder_node is None:
            return
        holder = self.expression(holder_node)
        name, key = self.accessed(node)
        if name is None:
            held = self.expression(key) if key is not None else NONE
            if holder >= 0 and value >= 0:
                self.emit(StoreKey(holder, held, value, "", self.frame.code))
            variable = self.followed(holder_node)
            if variable is not None:
                self.forget(variable)
            return
        if holder >= 0:
            field_node = node.child_by_field_name("property")
            offset = field_node.start_byte if field_node is not None else node.start_byte
            self.emit(Store(holder, name, value, self.place(offset)))
        variable = self.followed(holder_node)
        if variable is None or variable in self.frame.pinned:
            return
        if self.survey.only_stored_through(self.frame.node, variable.name, name):
            if value >= 0 and self.owns_literal(variable):
                self.frame.state.fields[variable, name] = value
            else:
                self.frame.state.fields.pop((variable, name), None)

    def owns_literal(self, variable: _Variable) -> bool:
        """Whether some property of what a variable holds is followed, or all of them are known to
        be none.
        """
        state = self.frame.state
        return variable in state.lengths or any(key[0] is variable for key in state.fields)

    def followed(self, node: Node) -> _Variable | None:
        if node.type != "identifier":
            return None
        variable = self.find(self.spelled(node))
        if variable is not None and variable.followed and variable.frame is self.frame:
            return variable
        return None

    def accessed(self, node: Node) -> tuple[str | None, Node | None]:
        """The constant name of the accessed property, or the expression of its key."""
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            return (self.spelled(name) if name is not None else ""), None
        index = node.child_by_field_name("index")
        if index is None:
            return None, None
        return self.constant_key(index), index

    # -- expressions

    def child(self, node: Node, name: str) -> int:
        inner = node.child_by_field_name(name)
        return self.expression(inner) if inner is not None else NONE

    def expression(self, node: Node) -> int:
        """The variable that holds an expression's value, NONE where it is not tracked."""
        handler = _EXPRESSIONS.get(node.type)
        if handler is not None:
            return handler(self, node)
        if node.type not in _SKIPPED:
            self.each(node)
        return NONE

    def identifier(self, node: Node) -> int:
        return self.read(self.spelled(node))

    def this(self, node: Node) -> int:
        return self.frame.this

    def wrapper(self, node: Node) -> int:
        inner = [
            child
            for child in node.named_children
            if child.type not in _SKIPPED and child.type != "type_arguments"
        ]
        if not inner:
            return NONE
        return self.expression(inner[-1] if node.type == "type_assertion" else inner[0])

    def member_expression(self, node: Node) -> int:
        holder_node = node.child_by_field_name("object")
        if holder_node is None:
            return NONE
        name, key = self.accessed(node)
        if holder_node.type == "super":
            return self.super_member(name)
        variable = self.followed(holder_node)
        if variable is not None and name is not None:
            known = self.frame.state.fields.get((variable, name))
            if known is not None:
                return known
        holder = self.expression(holder_node)
        key_value = self.expression(key) if name is None and key is not None else NONE
        if holder < 0:
            return NONE
        value = self.new()
        if name is None:
            self.emit(LoadKey(value, holder, key_value, self.place(node.start_byte)))
            return value
        field_node = node.child_by_field_name("property")
        offset = field_node.start_byte if field_node is not None else node.start_byte
        self.emit(Load(value, holder, name, self.place(offset)))
        return value

    def super_member(self, name: str | None) -> int:
        if name is None or self.frame.home < 0:
            return NONE
        value = self.new()
        self.emit(LoadSuper(value, self.frame.home, self.frame.static, name))
        return value

    def call(self, node: Node, title: str | None = None, hint: str = "") -> int:
        callee_node = node.child_by_field_name("function")
        group = node.child_by_field_name("arguments")
        if callee_node is None or group is None:
            self.each(node)
            return NONE
        if callee_node.type == "import":
            return self.import_call(group)
        target = _unwrapped(callee_node) or callee_node
        if target.type == "identifier" and self.find(self.spelled(target)) is None:
            word = self.spelled(target)
            if word == "require":
                return self.require_call(group)
        if target.type == "super":
            arguments = self.arguments(group)
            self.emit(
                CallSuper(self.frame.home, self.frame.this, arguments, self.site(target.start_byte))
            )
            return NONE
        if target.type in ("member_expression", "subscript_expression"):
            return self.call_member(node, target, group, hint)
        callee = self.expression(callee_node)
        arguments = self.arguments(group, title, hint, target)
        if callee < 0:
            return NONE
        result = self.new()
        place = self.site(self.callee_offset(target, group.start_byte))
        self.emit(Call(result, callee, NONE, arguments, place))
        return result

    def call_member(self, node: Node, target: Node, group: Node, hint: str) -> int:
        holder_node = target.child_by_field_name("object")
        name, key = self.accessed(target)
        if holder_node is None:
            return NONE
        if name == "defineProperty" and self.spelled(holder_node) in ("Object", "Reflect"):
            defined = self.define_property(group)
            if defined is not None:
                return defined
        offset = self.callee_offset(target, group.start_byte)
        result = self.new()
        if holder_node.type == "super":
            callee = self.super_member(name)
            arguments = self.arguments(group)
            if callee >= 0:
                self.emit(Call(result, callee, self.frame.this, arguments, self.site(offset)))
            return result
        variable = self.followed(holder_node)
        state = self.frame.state
        known = None
        if variable is not None and name is not None:
            known = state.fields.get((variable, name))
            if name in ("push", "pop") and variable in state.lengths:
                return self.stack(variable, name, group)
            state.lengths.pop(variable, None)
        holder = self.expression(holder_node)
        key_value = self.expression(key) if name is None and key is not None else NONE
        arguments = self.arguments(group, None, hint, target)
        if holder < 0 and known is None:
            return NONE
        place = self.site(offset)
        if known is not None:
            self.emit(Call(result, known, holder, arguments, place))
        elif name is not None:
            self.emit(CallMember(result, holder, name, arguments, place))
        else:
            self.emit(CallKey(result, holder, key_value, arguments, place))
        return result

    def define_property(self, group: Node) -> int | None:
        """`Object.defineProperty(holder, key, {get: …})`, where the descriptor is a literal."""
        parts = [child for child in group.named_children if child.type != "comment"]
        if len(parts) != 3 or parts[2].type != "object":
            return None
        kinds = {"get": "get", "set": "set", "value": ""}
        holder, key = self.expression(parts[0]), self.constant_key(parts[1])
        prefix = self.prefix
        owner = self.hung_words(parts[0])
        if key is not None and owner:
            self.prefix = self.qualified(owner)
        key_value = self.expression(parts[1]) if key is None else NONE
        for child in parts[2].named_children:
            name_node = child.child_by_field_name("key") or child.child_by_field_name("name")
            word = self.key_name(name_node) if name_node is not None else None
            kind = kinds.get(word or "")
            held = NONE
            shown = key if key is not None else word or ""
            if child.type == "method_definition" and kind is not None and name_node is not None:
                held = self.function(child, shown, name_node.start_byte, "method")
            elif child.type == "pair" and kind is not None:
                value = child.child_by_field_name("value")
                held = self.named(value, shown) if value is not None else NONE
            elif child.type == "shorthand_property_identifier" and self.spelled(child) in kinds:
                kind = kinds[self.spelled(child)]
                held = self.read(self.spelled(child))
            else:
                self.expression(child)
            if holder < 0 or held < 0 or kind is None:
                continue
            if key is None:
                self.emit(StoreKey(holder, key_value, held, kind, self.frame.code))
            elif kind:
                self.emit(Store(holder, f"{kind} {key}", held, self.place(-1)))
                self.unit.accessors.add(key)
            else:
                self.emit(Store(holder, key, held, self.place(-1)))
        self.prefix = prefix
        return holder

    def hung_words(self, node: Node) -> str:
        """`Type.prototype` -> Type, as far as an expression is plain names."""
        words = "".join(self.spelled(node).split()).split(".")
        if any(not word.replace("$", "_").isidentifier() for word in words) or words[0] == "this":
            return ""
        words = [word for word in words if word not in ("prototype", "module", "exports")]
        return ".".join(words)

    def stack(self, variable: _Variable, name: str, group: Node) -> int:
        """`push` and `pop` of an array whose length is known."""
        state = self.frame.state
        holder = self.read(variable.name)
        length = state.lengths[variable]
        if name == "pop":
            if length == 0:
                return NONE
            state.lengths[variable] = length - 1
            value = self.new()
            self.emit(Load(value, holder, str(length - 1), self.place(-1)))
            return value
        for argument in self.arguments(group):
            if argument.spread:
                state.lengths.pop(variable, None)
                if argument.value >= 0:
                    self.emit(StoreAll(holder, argument.value, self.place(-1)))
                length = -1
            elif length < 0:
                self.emit(Store(holder, ANY, argument.value, self.place(-1)))
            else:
                if argument.value >= 0:
                    self.emit(Store(holder, str(length), argument.value, self.place(-1)))
                length += 1
        if length >= 0:
            state.lengths[variable] = length
        return NONE

    def callee_offset(self, node: Node, otherwise: int) -> int:
        node = _unwrapped(node) or node
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            return name.start_byte if name is not None else node.start_byte
        if node.type == "call_expression":
            inner = node.child_by_field_name("arguments")
            return inner.end_byte if inner is not None else otherwise
        return node.start_byte if node.type == "identifier" else otherwise

    def arguments(
        self, group: Node, title: str | None = None, hint: str = "", callee: Node | None = None
    ) -> tuple[Argument, ...]:
        if group.type == "template_string":
            strings = self.new()
            self.emit(MakeObject(strings, group.start_byte, "array"))
            values = [
                Argument(self.expression(child.named_children[0]))
                for child in group.named_children
                if child.type == "template_substitution" and child.named_child_count
            ]
            return (Argument(strings), *values)
        wraps = bool(hint) and callee is not None and self.last_word(callee) in _COMPONENT_MAKERS
        found: list[Argument] = []
        for child in group.named_children:
            if child.type == "comment":
                continue
            if child.type == "spread_element":
                found.append(Argument(self.wrapper(child), spread=True))
                continue
            inner = _unwrapped(child)
            is_function = inner is not None and inner.type in _FUNCTION_VALUES
            if title is not None and is_function:
                found.append(Argument(self.named(child, title)))
            elif wraps and not found and (is_function or child.type == "call_expression"):
                found.append(Argument(self.named(child, hint)))
            else:
                found.append(Argument(self.expression(child)))
        return tuple(found)

    def last_word(self, callee: Node) -> str:
        if callee.type == "member_expression":
            name = callee.child_by_field_name("property")
            return self.spelled(name) if name is not None else ""
        return self.spelled(callee) if callee.type == "identifier" else ""

    def require_call(self, group: Node) -> int:
        first = group.named_children[0] if group.named_child_count else None
        name = self.constant_key(first) if first is not None else None
        if name is None:
            self.each(group)
            return NONE
        value = self.new()
        self.emit(Import(value, name, "="))
        return value

    def import_call(self, group: Node) -> int:
        first = group.named_children[0] if group.named_child_count else None
        name = self.constant_key(first) if first is not None else None
        if name is None:
            self.each(group)
            return NONE
        value, module = self.new(), self.new()
        self.emit(Import(module, name, ""))
        self.emit(MakeObject(value, group.start_byte, "promise"))
        self.emit(Store(value, VALUE, module, self.place(-1)))
        return value

    def new_expression(self, node: Node) -> int:
        callee_node = node.child_by_field_name("constructor")
        group = node.child_by_field_name("arguments")
        callee = self.expression(callee_node) if callee_node is not None else NONE
        arguments = self.arguments(group) if group is not None else ()
        if callee < 0 or callee_node is None:
            return NONE
        result = self.new()
        target = _unwrapped(callee_node) or callee_node
        place = self.site(self.callee_offset(target, target.start_byte))
        self.emit(New(result, callee, arguments, place))
        return result

    def assignment(self, node: Node, hint: str = "") -> int:
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        if left is None or right is None:
            return NONE
        left = _unwrapped(left) or left
        if left.type == "identifier":
            return self.assign_name(self.spelled(left), right)
        if left.type in ("member_expression", "subscript_expression"):
            word = self.hung_name(left, right)
            value = self.named(right, word) if word is not None else self.expression(right)
            self.store(left, value)
            return value
        value = self.expression(right)
        self.bind(left, value)
        return value

    def hung_name(self, left: Node, right: Node) -> str | None:
        """What a function is named that becomes a property."""
        words = "".join(self.spelled(left).split()).split(".")
        if any(not word.replace("$", "_").lstrip("#").isidentifier() for word in words):
            name, _ = self.accessed(left)
            holder = left.child_by_field_name("object")
            if name is None or holder is None or holder.type != "identifier":
                return None
            words = [self.spelled(holder), name]
        if words == ["module", "exports"]:
            inner = _unwrapped(right)
            return "" if inner is not None and inner.type == "object" else WHOLE
        if words[0] == "exports" and len(words) > 1:
            words = words[1:]
        elif words[:2] == ["module", "exports"]:
            words = words[2:]
        elif words[0] == "this" and len(words) > 1:
            words = [self.frame.owner, *words[1:]] if self.frame.owner else words[1:]
            return _ABSOLUTE + ".".join(words)
        return ".".join(word for word in words if word != "prototype")

    def augmented(self, node: Node) -> int:
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        if left is None or right is None:
            return NONE
        before = self.expression(left)
        hint = self.spelled(left) if left.type == "identifier" else ""
        value = self.either((before, self.named(right, hint) if hint else self.expression(right)))
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type == "+=":
            made = self.new()
            parts = (before, value)
            self.emit(Concat(made, parts, self.place(-1)))
            value = made
        self.bind(left, value)
        return value

    def binary(self, node: Node) -> int:
        """Operators; a left-deep chain of them is walked in a loop."""
        chain: list[Node] = []
        current: Node | None = node
        while current is not None and current.type == "binary_expression":
            chain.append(current)
            current = current.child_by_field_name("left")
        value = self.expression(current) if current is not None else NONE
        for one in reversed(chain):
            operator = one.child_by_field_name("operator")
            right = one.child_by_field_name("right")
            word = operator.type if operator is not None else ""
            if word in ("&&", "||", "??"):
                before = self.frame.state.copy()
                held = self.expression(right) if right is not None else NONE
                after = self.frame.state
                self.join(before, after)
                value = held if word == "&&" else self.either((value, held))
                continue
            held = self.expression(right) if right is not None else NONE
            if word == "+":
                made = self.new()
                self.emit(Concat(made, (value, held), self.place(node.start_byte)))
                value = made
            else:
                value = NONE
        return value

    def ternary(self, node: Node) -> int:
        self.child(node, "condition")
        before = self.frame.state.copy()
        first = self.child(node, "consequence")
        one = self.frame.state
        self.frame.state = before
        second = self.child(node, "alternative")
        self.join(one, self.frame.state)
        return self.either((first, second))

    def sequence(self, node: Node) -> int:
        value = NONE
        for child in node.named_children:
            value = self.expression(child)
        return value

    def function_value(self, node: Node) -> int:
        own = node.child_by_field_name("name")
        if own is not None:
            return self.function(node, self.spelled(own), own.start_byte)
        return self.function(node, self.anonymous(node), node.start_byte)

    def class_value(self, node: Node) -> int:
        own = node.child_by_field_name("name")
        if own is not None:
            return self.class_(node, self.spelled(own), own.start_byte, ())
        return self.class_(node, self.anonymous(node), node.start_byte, ())

    def object_value(self, node: Node) -> int:
        return self.object_(node, "")

    def object_(self, node: Node, hint: str) -> int:
        value = self.new()
        self.emit(MakeObject(value, node.start_byte, "object"))
        prefix = self.prefix
        if hint:
            self.prefix = self.qualified(hint)
        owner = self.prefix
        known: list[tuple[str, int]] = []
        whole = True
        for child in node.named_children:
            kind = child.type
            if kind == "spread_element":
                source = self.wrapper(child)
                if source >= 0:
                    later = tuple(self.keys_behind(child))
                    self.emit(StoreAll(value, source, self.place(child.start_byte), later))
                whole = False
            elif kind == "shorthand_property_identifier":
                name = self.spelled(child)
                held = self.read(name)
                self.emit(Store(value, name, held, self.place(-1)))
                known.append((name, held))
            elif kind == "pair":
                whole = self.pair(child, value, known) and whole
            elif kind == "method_definition":
                whole = self.object_method(child, value, known, owner) and whole
        self.prefix = prefix
        self.last_fields = tuple(known) if whole else ()
        return value

    def keys_behind(self, node: Node) -> Iterator[str]:
        """The constant keys that an object literal writes behind one of its parts."""
        current = node.next_named_sibling
        while current is not None:
            if current.type == "shorthand_property_identifier":
                yield self.spelled(current)
            elif current.type == "pair":
                key = current.child_by_field_name("key")
                name = self.key_name(key) if key is not None else None
                if name is not None:
                    yield name
            current = current.next_named_sibling

    def pair(self, node: Node, value: int, known: list[tuple[str, int]]) -> bool:
        key = node.child_by_field_name("key")
        inner = node.child_by_field_name("value")
        if key is None or inner is None:
            return True
        name = self.key_name(key)
        if name is None:
            key_value = self.expression(key.named_children[0]) if key.named_child_count else NONE
            held = self.named(inner, self.spelled(key))
            if held >= 0:
                self.emit(StoreKey(value, key_value, held))
            return False
        held = self.named(inner, name)
        if held >= 0:
            self.emit(Store(value, name, held, self.place(-1)))
            known.append((name, held))
        return name != "__proto__"

    def object_method(
        self, node: Node, value: int, known: list[tuple[str, int]], owner: str
    ) -> bool:
        key = node.child_by_field_name("name")
        if key is None:
            return True
        name = self.key_name(key)
        shown = name if name is not None and not name.startswith("@@") else self.spelled(key)
        index = self.define(node, shown, key.start_byte, "method", owner=owner)
        tokens = {child.type for child in node.children[:5]}
        if name is not None and ("get" in tokens or "set" in tokens):
            self.unit.accessors.add(name)
            self.emit(Accessor(value, "get" if "get" in tokens else "set", name, index))
            return False
        held = self.new()
        self.emit(MakeFunction(held, index))
        if name is None:
            self.emit(StoreKey(value, self.expression(key.named_children[0]), held))
            return False
        self.emit(Store(value, name, held, self.place(-1)))
        known.append((name, held))
        return True

    def array(self, node: Node) -> int:
        value = self.new()
        self.emit(MakeObject(value, node.start_byte, "array"))
        position = 0
        certain = True
        for child in node.children:
            if child.type == ",":
                position += 1
            elif child.type == "spread_element":
                inner = self.wrapper(child)
                if inner >= 0:
                    self.emit(StoreAll(value, inner, self.place(child.start_byte)))
                certain = False
            elif child.is_named and child.type != "comment":
                held = self.expression(child)
                if held >= 0:
                    name = str(position) if certain else ANY
                    self.emit(Store(value, name, held, self.place(-1)))
        elements = [
            child
            for child in node.named_children
            if child.type not in ("comment", "spread_element")
        ]
        self.last_length = len(elements) if certain else -1
        return value

    def string(self, node: Node) -> int:
        value = self.new()
        self.emit(MakeText(value, unquoted(node, self.text)))
        return value

    def template(self, node: Node) -> int:
        parts: list[str | int] = []
        at = node.start_byte + 1
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            parts.append(self.text[at : child.start_byte].decode("utf-8", "replace"))
            at = child.end_byte
            inner = child.named_children[0] if child.named_child_count else None
            parts.append(self.expression(inner) if inner is not None else NONE)
        parts.append(self.text[at : node.end_byte - 1].decode("utf-8", "replace"))
        value = self.new()
        if len(parts) == 1:
            self.emit(MakeText(value, str(parts[0])))
        else:
            self.emit(Concat(value, tuple(parts), self.place(node.start_byte)))
        return value

    def await_(self, node: Node) -> int:
        source = self.wrapper(node)
        if source < 0:
            return NONE
        value = self.new()
        self.emit(Await(value, source))
        thrown = self.place(-1).thrown
        if thrown >= 0:
            self.emit(Load(thrown, source, ERROR, Place(-1, self.frame.code)))
        return value

    def yield_(self, node: Node) -> int:
        source = self.wrapper(node)
        if self.frame.code < 0:
            return NONE
        function = self.unit.functions[self.frame.code]
        if function.yields < 0:
            return NONE
        if source >= 0 and any(child.type == "*" for child in node.children):
            item = self.new()
            self.emit(LoadElement(item, source, -1, self.place(node.start_byte)))
            source = item
        self.copy(function.yields, source)
        return function.received

    # -- JSX

    def element(self, node: Node) -> int:
        opening = node.child_by_field_name("open_tag") or node
        name = opening.child_by_field_name("name")
        own = name is not None and name.type == "identifier" and self.spelled(name)[:1].islower()
        properties = self.new()
        self.emit(MakeObject(properties, node.start_byte, "object"))
        for child in opening.named_children:
            if child.type == "jsx_attribute":
                self.attribute(child, properties, bool(own))
            elif child.type == "jsx_expression":
                for inner in child.named_children:
                    if inner.type == "spread_element":
                        source = self.wrapper(inner)
                        if source >= 0:
                            self.emit(StoreAll(properties, source, self.place(-1)))
        held = [
            self.expression(child)
            for child in (node.named_children if opening != node else ())
            if child.type not in ("jsx_opening_element", "jsx_closing_element", "jsx_text")
        ]
        inside = self.either(held)
        if inside >= 0:
            self.emit(Store(properties, "children", inside, self.place(-1)))
        if name is None or own:
            return NONE
        component = self.expression(name)
        if component < 0:
            return NONE
        offset = self.callee_offset(name, name.start_byte)
        self.emit(Render(component, properties, self.site(offset)))
        return NONE

    def attribute(self, node: Node, properties: int, own: bool) -> None:
        name = self.spelled(node.named_children[0]) if node.named_child_count else ""
        value = NONE
        for child in node.named_children[1:]:
            value = self.expression(child)
        if value < 0:
            return
        self.emit(Store(properties, name, value, self.place(-1)))
        if own and name[:2] == "on" and name[2:3].isupper():
            # The page calls handlers; what renders them has them called.
            self.emit(Call(self.new(), value, NONE, (), self.place(node.start_byte)))

    def jsx_expression(self, node: Node) -> int:
        value = NONE
        for child in node.named_children:
            value = self.expression(child)
        return value

    def nothing(self, node: Node) -> int:
        return NONE


def function_owner(function: ScriptFunction) -> str:
    """The class's own name of a constructor's entry."""
    return (
        function.qualname.removesuffix(".constructor")
        if (function.kind == "constructor")
        else function.qualname
    )


def _unwrapped(node: Node) -> Node | None:
    """The expression below `as`, `satisfies`, `!` and parentheses."""
    current: Node | None = node
    for _ in range(64):
        if current is None or current.type not in WRAPPERS or current.type == "await_expression":
            return current
        children = [child for child in current.named_children if child.type != "comment"]
        if not children:
            return None
        current = children[-1] if current.type == "type_assertion" else children[0]
    return current


def _declared_function(node: Node) -> Node | None:
    if node.type == "export_statement":
        inner = node.child_by_field_name("declaration")
        return _declared_function(inner) if inner is not None else None
    return node if node.type in _FUNCTION_DECLARATIONS else None


_FUNCTION_DECLARATIONS = ("function_declaration", "generator_function_declaration")
_CLASS_DECLARATIONS = ("class_declaration", "abstract_class_declaration")
_FUNCTION_VALUES = ("arrow_function", "function_expression", "generator_function")
_PLAIN_NAMES = ("identifier", "shorthand_property_identifier_pattern")
_COMPONENT_MAKERS = frozenset({"memo", "forwardRef", "observer", "defineComponent"})
_NAMED_DECLARATIONS = frozenset(
    {
        *_FUNCTION_DECLARATIONS,
        *_CLASS_DECLARATIONS,
        "enum_declaration",
        "internal_module",
        "module",
    }
)
_TYPE_WRAPPERS = frozenset(
    {
        "type_annotation",
        "union_type",
        "intersection_type",
        "parenthesized_type",
        "readonly_type",
    }
)
_SKIPPED = frozenset(
    {
        "comment",
        "type_annotation",
        "type_arguments",
        "type_parameters",
        "interface_declaration",
        "type_alias_declaration",
        "function_signature",
        "ambient_declaration",
        "import_alias",
        "predefined_type",
        "type_identifier",
        "nested_type_identifier",
        "generic_type",
        "union_type",
        "object_type",
        "literal_type",
        "statement_identifier",
        "empty_statement",
        "debugger_statement",
        "jsx_text",
        "meta_property",
        "property_identifier",
        "regex",
    }
)

_STATEMENTS: dict[str, Callable[[_Extractor, Node], None]] = {
    "expression_statement": _Extractor.expression_statement,
    "statement_block": _Extractor.nested_block,
    "variable_declaration": _Extractor.declaration,
    "lexical_declaration": _Extractor.declaration,
    "function_declaration": _Extractor.function_declaration,
    "generator_function_declaration": _Extractor.function_declaration,
    "class_declaration": _Extractor.class_declaration,
    "abstract_class_declaration": _Extractor.class_declaration,
    "return_statement": _Extractor.return_statement,
    "throw_statement": _Extractor.throw_statement,
    "break_statement": _Extractor.leave,
    "continue_statement": _Extractor.leave,
    "if_statement": _Extractor.if_statement,
    "for_statement": _Extractor.for_statement,
    "for_in_statement": _Extractor.for_in_statement,
    "while_statement": _Extractor.looped,
    "do_statement": _Extractor.looped,
    "try_statement": _Extractor.try_statement,
    "switch_statement": _Extractor.switch_statement,
    "labeled_statement": _Extractor.labeled_statement,
    "import_statement": _Extractor.import_statement,
    "export_statement": _Extractor.export_statement,
    "internal_module": _Extractor.namespace,
    "module": _Extractor.namespace,
    "enum_declaration": _Extractor.enum,
}

_EXPRESSIONS: dict[str, Callable[[_Extractor, Node], int]] = {
    "identifier": _Extractor.identifier,
    "undefined": _Extractor.nothing,
    "this": _Extractor.this,
    "super": _Extractor.nothing,
    "member_expression": _Extractor.member_expression,
    "subscript_expression": _Extractor.member_expression,
    "call_expression": _Extractor.call,
    "new_expression": _Extractor.new_expression,
    "assignment_expression": _Extractor.assignment,
    "augmented_assignment_expression": _Extractor.augmented,
    "binary_expression": _Extractor.binary,
    "ternary_expression": _Extractor.ternary,
    "sequence_expression": _Extractor.sequence,
    "arrow_function": _Extractor.function_value,
    "function_expression": _Extractor.function_value,
    "generator_function": _Extractor.function_value,
    "class": _Extractor.class_value,
    "object": _Extractor.object_value,
    "array": _Extractor.array,
    "string": _Extractor.string,
    "template_string": _Extractor.template,
    "await_expression": _Extractor.await_,
    "yield_expression": _Extractor.yield_,
    "parenthesized_expression": _Extractor.wrapper,
    "as_expression": _Extractor.wrapper,
    "satisfies_expression": _Extractor.wrapper,
    "non_null_expression": _Extractor.wrapper,
    "type_assertion": _Extractor.wrapper,
    "instantiation_expression": _Extractor.wrapper,
    "jsx_element": _Extractor.element,
    "jsx_self_closing_element": _Extractor.element,
    "jsx_expression": _Extractor.jsx_expression,
}
