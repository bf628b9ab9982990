"""Every place where a subject is named, and every place where it only may be.

Owns the judgement of one occurrence. What belongs together is told by `subjects.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.bindings import BindingKind, FileBindings
from pairwright_analyzers.graph.entities import (
    MEMBER_KINDS,
    ExternalEntity,
    InstanceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.queries import called_symbol
from pairwright_analyzers.languages.renaming import NO_RENAMING, Shorthand
from pairwright_analyzers.refactors.subjects import (
    Subject,
    alias_at,
    bare_span,
    called_with,
    callee_of,
    declared_types,
    means_symbol,
    name_place,
    owner_of,
    parameters_named,
    sigils_of,
    tree_of,
)
from pairwright_analyzers.syntax import Parsed, node_text
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    ROLE_MASK,
    TYPE_KINDS,
    Confidence,
    Reference,
    Role,
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

BY_NAME = "nothing but the name says what it means"
SEVERAL = "it may mean something else too"
SPOKEN = "the name is a text there"
UNTYPED = "the object's type is not known"
HANDED_ON = "it is handed on by another function"
UNREAD = "it is not read as a name there"
UNKNOWN_CALLEE = "it is not known what is called"

_VALUES = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT})
_OF_TYPES = frozenset({Role.CALL, Role.ANNOTATE, Role.INHERIT})
_OPEN_KINDS = frozenset({SymbolKind.FIELD, SymbolKind.PROPERTY, SymbolKind.METHOD})


class Part(Enum):
    """Which of the two names of a shorthand the subject is."""

    KEY = "key"
    VALUE = "value"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Pair:
    """`key: name`, which can be written as one word when both are called the same; `other` is what
    the one that is not the subject is called.
    """

    other: str
    span: Span


@dataclass(frozen=True, slots=True)
class Place:
    """One occurrence: the bytes of the name without its sigil.

    `doubt` says why it is not certain, "" where it is. `shorthand` is what it is part of, where one
    word is a key and a value; `part` which of them the subject is.
    """

    path: str
    span: Span
    doubt: str = ""
    shorthand: Shorthand | None = None
    part: Part = Part.BOTH
    pair: Pair | None = None


class References:
    """The search for one subject in one graph: iterate for its places, by path and text order."""

    def __init__(
        self, graph: CodeGraph, subject: Subject, group: str, check: Callable[[], None]
    ) -> None:
        self._graph = graph
        self._subject = subject
        self._group = group
        self._check = check
        owners = (owner_of(graph, one) for one in subject.symbols)
        self._owners = {owner for owner in owners if owner is not None}
        self._members = bool(self._owners) or any(
            graph.symbol(one).kind in MEMBER_KINDS for one in subject.symbols
        )
        self._types = any(graph.symbol(one).kind in TYPE_KINDS for one in subject.symbols)
        self._hands_on_known: dict[SymbolId, bool] = {}
        self._unreadable: list[str] = []

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Files that may name the subject and are not analysed whole; known after the search."""
        return tuple(self._unreadable)

    def files(self) -> list[str]:
        """The files in which the subject can be named."""
        subject = self._subject
        own = {*subject.locals, *(one.path for one in subject.symbols)}
        own.update(path for path, _ in subject.aliases)
        spec = self._graph.spec(subject.path)
        keywords = bool(subject.callables) and spec is not None and spec.arguments.keywords
        if not keywords and (subject.is_local or self._inside_functions()):
            return sorted(own)
        for name in subject.names:
            own.update(self._graph.workspace.files_mentioning(name))
        return sorted(own)

    def _inside_functions(self) -> bool:
        """Whether all symbols lie in functions, where other files cannot name them."""
        for one in self._subject.symbols:
            facts = self._graph.resolver.facts(one.path)
            at = facts.symbol_container(one.index) if facts is not None else -1
            while facts is not None and at >= 0 and facts.symbol_kind(at) not in CALLABLE_KINDS:
                at = facts.symbol_container(at)
            if at < 0:
                return False
        return bool(self._subject.symbols)

    def __iter__(self) -> Iterator[Place]:
        if self._subject.marks:
            for span in self._subject.marks:
                yield Place(self._subject.path, span)
            return
        for path in self.files():
            self._check()
            spec = self._graph.spec(path)
            if spec is not None and spec.group == self._group:
                yield from self._in_file(path)

    # One file.

    def _in_file(self, path: str) -> Iterator[Place]:
        bindings = self._graph.resolver.bindings(path)
        text = self._graph.workspace.text(path)
        if bindings is None:
            return
        facts = bindings.facts
        indexes = {i for name in self._subject.names for i in facts.references_named(name)}
        elsewhere = self._subject.is_local and path not in self._subject.locals
        if elsewhere:
            # A parameter is named in other files by arguments alone.
            roles = facts.columns.ref_roles
            indexes = {one for one in indexes if roles[one] & ROLE_MASK == Role.KEYWORD}
            if not indexes:
                return
        if text is None or facts.problem:
            self._unreadable.append(path)
            return
        found: dict[int, Place] = {}
        rejected: list[Reference] = []
        for index in sorted(indexes):
            reference = facts.reference(index)
            doubt = self._judged(bindings, text, path, reference)
            if doubt is None:
                rejected.append(reference)
                continue
            place = self._placed(path, text, reference, doubt)
            if place is not None:
                found.setdefault(place.span.start, place)
        if elsewhere:
            yield from (found[start] for start in sorted(found))
            return
        for place in (
            *self._defined(path),
            *self._imported(bindings, text, path),
            *self._shorthand_keys(path, text, rejected),
        ):
            found.setdefault(place.span.start, place)
        known = {
            bare_span(one.span, one.name, sigils_of(bindings.spec)).start for one in rejected
        } | set(found)
        for place in self._texts(bindings, path, text, known):
            found.setdefault(place.span.start, place)
        yield from (found[start] for start in sorted(found))

    def _defined(self, path: str) -> Iterator[Place]:
        for one in self._subject.symbols:
            span = name_place(self._graph, one) if one.path == path else None
            if span is not None:
                yield Place(path, span)

    def _imported(self, bindings: FileBindings, text: bytes, path: str) -> Iterator[Place]:
        """The names of what is imported or passed on, whatever role they have there."""
        if not self._subject.symbols or not len(bindings.facts.columns.imports):
            return
        for index, item in enumerate(bindings.imports):
            span = item.name_span
            written = text[span.start : span.end].decode("utf-8", "replace")
            if item.name != self._subject.name or written != item.name:
                continue
            if self._means(self._graph.resolver.imported(path, index)) == "":
                yield Place(path, span)

    # One reference.

    def _judged(
        self, bindings: FileBindings, text: bytes, path: str, reference: Reference
    ) -> str | None:
        """Nothing ("") where a reference names the subject, why not surely where it may; None where
        it does not.
        """
        subject = self._subject
        if subject.aliases:
            return self._judged_alias(bindings, text, path, reference)
        if reference.role is Role.KEYWORD:
            return self._judged_keyword(bindings, path, reference)
        written = reference.role is Role.WRITE and not reference.member
        if written and means_symbol(reference, self._graph.resolver.resolve(path, reference.index)):
            return self._means(self._graph.resolver.resolve(path, reference.index))
        if not reference.member and reference.role is not Role.DEFINE:
            bound = bindings.locals_named(reference.name, reference.start)
            if subject.locals.get(path, frozenset()) & set(bound):
                return ""
            found = bindings.lookup(reference.name, reference.start)
            if found and all(one.kind is BindingKind.LOCAL for one in found):
                return self._injected(bindings, path, bound)
        if not subject.symbols:
            return None
        by_text = self._graph.resolver.family(bindings.spec).by_text
        if not reference.member and alias_at(bindings, text, reference, by_text) is not None:
            return None
        resolved = self._graph.resolver.resolve(path, reference.index)
        meant = self._means(resolved)
        if meant is not None:
            return meant
        if not resolved:
            return self._unresolved(bindings, path, reference)
        if self._members and reference.member and subject.name.startswith("_"):
            # Nobody else's private name: something of the workspace was put in there.
            return BY_NAME if all(isinstance(one, ExternalEntity) for one, _ in resolved) else None
        if reference.role in (Role.IMPORT, Role.WRITE):
            return self._in_import(bindings, path, reference, resolved)
        if reference.role is Role.DEFINE:
            return self._defined_elsewhere(bindings, resolved)
        return None

    def _defined_elsewhere(self, bindings: FileBindings, resolved: Resolved) -> str | None:
        """A member of an object that may be of the subject's type."""
        if not bindings.spec.shapes.renaming.open_objects:
            return None
        for entity, _ in resolved:
            value = owner_of(self._graph, entity.id) if isinstance(entity, SymbolEntity) else None
            if value is None or self._graph.symbol(value).kind not in _VALUES:
                continue
            if not declared_types(self._graph, value):
                return self._judged_key(True)
        return None

    def _means(self, resolved: Resolved) -> str | None:
        symbols = self._subject.symbols
        inside = outside = by_name = False
        for entity, confidence in resolved:
            if isinstance(entity, SymbolEntity | InstanceEntity) and entity.id in symbols:
                inside = True
                by_name = by_name or confidence is Confidence.BY_NAME
            elif isinstance(entity, SymbolEntity | InstanceEntity | ExternalEntity):
                outside = True
        if not inside:
            return None
        if by_name:
            return BY_NAME
        return SEVERAL if outside else ""

    def _judged_alias(
        self, bindings: FileBindings, text: bytes, path: str, reference: Reference
    ) -> str | None:
        if reference.role is Role.KEYWORD or (
            reference.member and reference.role is not Role.IMPORT
        ):
            return None
        by_text = self._graph.resolver.family(bindings.spec).by_text
        found = alias_at(bindings, text, reference, by_text)
        if found is not None:
            return "" if (path, found) in self._subject.aliases else None
        if reference.role is Role.IMPORT:
            return None
        means = any(
            one.kind is BindingKind.IMPORT and (path, one.index) in self._subject.aliases
            for one in bindings.lookup(reference.name, reference.start)
        )
        return "" if means else None

    def _injected(self, bindings: FileBindings, path: str, bound: list[int]) -> str | None:
        """A parameter that gets the subject's result by its name, and that parameter's uses."""
        if not self._subject.symbols:
            return None
        for start in bound:
            one = bindings.facts.reference_at(start)
            if one is None or one.role is not Role.BIND:
                continue
            meant = self._means(self._graph.resolver.resolve(path, one.index))
            if meant is not None:
                return meant
        return None

    def _unresolved(self, bindings: FileBindings, path: str, reference: Reference) -> str | None:
        """A name of which nothing is known."""
        if reference.role in (Role.BIND, Role.IMPORT):
            return None
        if reference.member:
            unknown = (self._members or self._types) and not self._receiver_known(
                bindings, path, reference
            )
            return BY_NAME if unknown else None
        if bindings.lookup(reference.name, reference.start):
            return None
        around = SymbolId(path, bindings.enclosing_type(reference.start))
        own = bindings.spec.shapes.renaming.own_sigil
        if around in self._owners and own and reference.name.startswith(own):
            return ""
        text = self._graph.workspace.text(path) or b""
        if self._members and text[reference.start - 1 : reference.start] in _BEHIND:
            return BY_NAME
        if self._owners and self._types and reference.role in _OF_TYPES:
            return BY_NAME
        if self._is_own_parameter(bindings, path, reference) or self._is_case(bindings, reference):
            return ""
        return None

    def _is_own_parameter(self, bindings: FileBindings, path: str, reference: Reference) -> bool:
        """Whether a bare name is the parameter that declares the subject."""
        return any(
            one.path == path and bindings.facts.symbol(one.index).span.contains(reference.start)
            for one in self._subject.callables
        )

    def _is_case(self, bindings: FileBindings, reference: Reference) -> bool:
        """Whether a bare name is an enum's member where a value says of which one (`case RED`);
        only where no other enum has such a member.
        """
        kinds = {self._graph.symbol(one).kind for one in self._subject.symbols}
        if kinds != {SymbolKind.ENUM_MEMBER} or not bindings.spec.methods_apart:
            return False
        return all(
            SymbolId(path, index) in self._subject.symbols
            for path, facts, index in self._graph.resolver.defined(reference.name, self._group)
            if facts.symbol_kind(index) is SymbolKind.ENUM_MEMBER
        )

    def _receiver_known(self, bindings: FileBindings, path: str, reference: Reference) -> bool:
        """Whether it is known what a member is looked up in, which has none of that name then."""
        resolver = self._graph.resolver
        start = reference.start
        if start in bindings.typed or start in bindings.shaped:
            if resolver.declared(bindings, path, start, 1):
                return True
        elif reference.chained and resolver.value(
            path, reference.index - 1, called=reference.called
        ):
            return True
        if reference.role is Role.WRITE and not bindings.spec.block_scoped:
            return False
        # Candidates that do not fit the role are none; without any there are too many to tell.
        return bool(resolver.by_name(reference.name, self._group, reference.role is Role.CALL))

    def _in_import(
        self, bindings: FileBindings, path: str, reference: Reference, resolved: Resolved
    ) -> str | None:
        """A name in an import of which only the path's text is known, or that a module assigns to
        what it exports.
        """
        dotted = {entity.name for entity, _ in resolved if isinstance(entity, ExternalEntity)}
        if not dotted:
            return None
        if reference.role is not Role.IMPORT:
            exports = bindings.spec.shapes.renaming.exports
            is_export = any(one.rpartition(".")[0] in exports for one in dotted)
            return "" if is_export and self._is_assigned(bindings, path, reference) else None
        for one in self._subject.symbols:
            facts = self._graph.resolver.facts(one.path)
            if facts is None:
                continue
            if self._graph.resolver.qualified(one.path, facts, one.index) in dotted:
                return ""
        return None

    def _is_assigned(self, bindings: FileBindings, path: str, reference: Reference) -> bool:
        """Whether a member is assigned the subject: `exports.name = name`."""
        following = reference.index + 1
        if following >= bindings.facts.reference_count:
            return False
        one = bindings.facts.reference(following)
        text = self._graph.workspace.text(path) or b""
        between = text[reference.end : one.start].strip()
        resolved = self._graph.resolver.resolve(path, following)
        return between == b"=" and self._means(resolved) == ""

    # Names of arguments.

    def _judged_keyword(
        self, bindings: FileBindings, path: str, reference: Reference
    ) -> str | None:
        subject, graph = self._subject, self._graph
        own = subject.locals.get(path, frozenset())
        if own & set(bindings.locals_named(reference.name, reference.start)) and (
            self._is_value_too(path, reference)
        ):
            return ""
        if subject.symbols:
            meant = self._means(graph.resolver.resolve(path, reference.index))
            if meant is not None:
                return meant
        places = parameters_named(graph, path, reference)
        if places:
            filled = [self._is_own(place.path, place.span.start) for place in places]
            return None if not any(filled) else "" if all(filled) else SEVERAL
        if self._fills_member(bindings, path, reference):
            return ""
        if not subject.callables or not bindings.spec.arguments.keywords:
            return self._judged_key(bindings.spec.shapes.renaming.open_objects)
        called = called_with(graph, path, reference)
        if called:
            return HANDED_ON if any(self._hands_on(one) for one in called) else None
        return self._unknown_callee(bindings, path, reference)

    def _is_value_too(self, path: str, reference: Reference) -> bool:
        """Whether the name of an argument is its value as well: `f(name:)`."""
        text = self._graph.workspace.text(path)
        if text is None:
            return False
        return (
            self._shorthand(
                path,
                text,
                bare_span(reference.span, reference.name, sigils_of(self._graph.spec(path))),
            )
            is not None
        )

    def _fills_member(self, bindings: FileBindings, path: str, reference: Reference) -> bool:
        """Whether an argument fills a parameter that is a member at once."""
        if not self._subject.symbols:
            return False
        for one in called_with(self._graph, path, reference):
            for target in {called_symbol(self._graph, one), one}:
                if target.index < 0:
                    continue
                symbol = self._graph.symbol(target)
                for member in self._subject.symbols:
                    start = self._graph.symbol(member).name_span.start
                    if member.path == target.path and (
                        symbol.name_span.end <= start < symbol.body_start
                    ):
                        return True
        return False

    def _is_own(self, path: str, start: int) -> bool:
        if start in self._subject.locals.get(path, frozenset()):
            return True
        return any(
            one.path == path and self._graph.symbol(one).name_span.start == start
            for one in self._subject.symbols
        )

    def _judged_key(self, open_objects: bool) -> str | None:
        """The key of an object that may be of any type with such a member."""
        if not open_objects:
            return None
        for one in self._subject.symbols:
            owner = owner_of(self._graph, one)
            if owner is None or self._graph.symbol(one).flags & SymbolFlag.PRIVATE:
                continue
            if self._graph.symbol(owner).kind in (SymbolKind.INTERFACE, SymbolKind.TYPE):
                return UNTYPED
        return None

    def _unknown_callee(
        self, bindings: FileBindings, path: str, reference: Reference
    ) -> str | None:
        callee = callee_of(self._graph, path, reference)
        if callee is None:
            return None
        found = self._graph.resolver.resolve(path, callee.index)
        if any(isinstance(entity, ExternalEntity) for entity, _ in found):
            return None
        owners = {owner_of(self._graph, one) for one in self._subject.callables}
        known = self._subject.callables | {one for one in owners if one is not None}
        names = {self._graph.symbol(one).name for one in known}
        by_name = any(
            isinstance(entity, SymbolEntity) and entity.id in known for entity, _ in found
        )
        return UNKNOWN_CALLEE if by_name or (not found and callee.name in names) else None

    def _hands_on(self, function: SymbolId) -> bool:
        """Whether a function takes any named arguments and calls the one whose parameter is meant,
        so that they may reach it.
        """
        known = self._hands_on_known.get(function)
        if known is not None:
            return known
        self._hands_on_known[function] = False
        target = called_symbol(self._graph, function)
        bindings = self._graph.resolver.bindings(target.path)
        if bindings is None or target.index < 0 or target in self._subject.callables:
            return False
        symbol = bindings.facts.symbol(target.index)
        if "**" not in symbol.signature:
            return False
        own = {called_symbol(self._graph, one) for one in self._subject.callables}
        for index in bindings.facts.references_of_role(symbol.span, Role.CALL):
            for entity, _ in self._graph.resolver.resolve(target.path, index):
                if isinstance(entity, SymbolEntity) and (
                    called_symbol(self._graph, entity.id) in own
                ):
                    self._hands_on_known[function] = True
        return self._hands_on_known[function]

    # Shorthands.

    def _placed(self, path: str, text: bytes, reference: Reference, doubt: str) -> Place | None:
        span = bare_span(reference.span, reference.name, sigils_of(self._graph.spec(path)))
        if text[span.start : span.end].decode("utf-8", "replace") != self._subject.name:
            return None
        shorthand = self._shorthand(path, text, span)
        if shorthand is None:
            pair = self._pair(path, text, span) if reference.role is not Role.DEFINE else None
            return Place(path, span, doubt, pair=pair)
        if shorthand.passes_on and self._subject.symbols:
            return Place(path, span, doubt)
        bindings = self._graph.resolver.bindings(path)
        bound = bindings.locals_named(reference.name, reference.start) if bindings else []
        is_value = bool(self._subject.locals.get(path, frozenset()) & set(bound))
        is_key = reference.role is Role.KEYWORD and not is_value
        return Place(path, span, doubt, shorthand, Part.KEY if is_key else Part.VALUE)

    def _pair(self, path: str, text: bytes, span: Span) -> Pair | None:
        """The pair of a key and a value of which a name is one, the other being a name too."""
        spec = self._graph.spec(path)
        if spec is None or not spec.shapes.renaming.pairs or not _is_beside_colon(text, span):
            return None
        node = tree_of(spec.id, text).root.descendant_for_byte_range(span.start, span.end)
        pair = node.parent if node is not None else None
        if node is None or pair is None or pair.type not in spec.shapes.renaming.pairs:
            return None
        key, value = pair.named_children[0], pair.named_children[-1]
        plain = not key.child_count and not value.child_count and key.id != value.id
        if not plain or node.id not in (key.id, value.id) or pair.end_byte != value.end_byte:
            return None
        if not value.type.endswith(_NAME_TYPES):
            return None
        other = value if node.id == key.id else key
        return Pair(node_text(other, text), Span(pair.start_byte, pair.end_byte))

    def _shorthand(self, path: str, text: bytes, span: Span) -> Shorthand | None:
        spec = self._graph.spec(path)
        if spec is None or spec.shapes.renaming.shorthand is NO_RENAMING.shorthand:
            return None
        if not _may_be_shorthand(text, span):
            return None
        node = tree_of(spec.id, text).root.descendant_for_byte_range(span.start, span.end)
        return spec.shapes.renaming.shorthand(node) if node is not None else None

    def _shorthand_keys(self, path: str, text: bytes, rejected: list[Reference]) -> Iterator[Place]:
        """Shorthands whose word is another name as a value, and the subject's as a key."""
        fields = {
            one for one in self._subject.symbols if self._graph.symbol(one).kind in _OPEN_KINDS
        }
        if not fields or not self._members:
            return
        for reference in rejected:
            if reference.role not in (Role.BIND, Role.READ, Role.KEYWORD, Role.DEFINE):
                continue
            span = bare_span(reference.span, reference.name, sigils_of(self._graph.spec(path)))
            shorthand = self._shorthand(path, text, span)
            doubt = self._key_doubt(path, shorthand, fields) if shorthand is not None else None
            if doubt is not None:
                yield Place(path, span, doubt, shorthand, Part.KEY)

    def _key_doubt(self, path: str, shorthand: Shorthand, fields: set[SymbolId]) -> str | None:
        if shorthand.owner is not None:
            facts = self._graph.resolver.facts(path)
            named = facts.reference_at(shorthand.owner.start_byte) if facts is not None else None
            if named is None:
                return BY_NAME
            for entity, _ in self._graph.resolver.resolve(path, named.index):
                if isinstance(entity, SymbolEntity | InstanceEntity):
                    return "" if entity.id in self._owners else None
            return None
        spec = self._graph.spec(path)
        if spec is None or not spec.shapes.renaming.open_objects:
            return None
        if all(self._graph.symbol(one).flags & SymbolFlag.PRIVATE for one in fields):
            return None
        return UNTYPED if shorthand.node.type.endswith("pattern") else self._judged_key(True)

    # Texts that are names.

    def _texts(
        self, bindings: FileBindings, path: str, text: bytes, known: set[int]
    ) -> Iterator[Place]:
        subject = self._subject
        renaming = bindings.spec.shapes.renaming
        name = subject.name.encode("utf-8", "surrogateescape")
        if subject.symbols:
            word = re.compile(rb"(?<![\w.])" + re.escape(name) + rb"(?!\w)")
            for start, end in renaming.type_comments(text):
                for match in word.finditer(text, start, end):
                    if match.start() not in known and self._bare_means(
                        bindings, path, match.start()
                    ):
                        yield Place(path, Span(match.start(), match.end()))
        if subject.aliases:
            return
        whole = re.compile(
            rb"(?<!\w)" + re.escape(name) + (rb"(?!\w)" if _ends_in_word(name) else rb"")
        )
        for match in whole.finditer(text):
            if match.start() not in known:
                place = self._unread(bindings, path, text, Span(match.start(), match.end()))
                if place is not None:
                    yield place

    def _unread(self, bindings: FileBindings, path: str, text: bytes, span: Span) -> Place | None:
        """What a word that is no reference has to do with the subject."""
        subject = self._subject
        if subject.is_local:
            own = subject.locals.get(path, frozenset())
            if not any(own & set(bindings.locals_named(one, span.start)) for one in subject.names):
                return None
        shapes = bindings.spec.shapes
        one = bindings.facts.reference_at(span.start)
        if one is not None and one.start <= span.start < one.end:
            return None
        if _behind_comment(text, span, bindings.spec.line_comment):
            return None
        node = tree_of(bindings.spec.id, text).root.descendant_for_byte_range(span.start, span.end)
        if node is None:
            return None
        shorthand = shapes.renaming.shorthand(node) if subject.is_local else None
        if shorthand is not None:
            return Place(path, span, "", shorthand, Part.VALUE)
        around: Node | None = node
        while around is not None and around.end_byte - around.start_byte <= len(span) + 400:
            if around.type in shapes.comments:
                return None
            around = around.parent
        if text[span.start - 1 : span.start] in _QUOTES:
            return self._text_at(bindings, path, text, span)
        if node.is_error:
            return Place(path, span, UNREAD)
        written = node_text(node, text).lstrip(sigils_of(bindings.spec))
        if written == subject.name and node.is_named and node.type.endswith(_NAME_TYPES):
            return Place(path, span, UNREAD)
        return None

    def _bare_means(self, bindings: FileBindings, path: str, offset: int) -> bool:
        """Whether the subject is what a bare name at an offset means, by the scopes there."""
        for binding in bindings.lookup(self._subject.name, offset):
            if binding.kind is BindingKind.SYMBOL:
                if SymbolId(path, binding.index) in self._subject.symbols:
                    return True
            elif binding.kind is BindingKind.IMPORT:
                item = bindings.imports[binding.index]
                meant = self._means(self._graph.resolver.imported(path, binding.index))
                if meant == "" and item.name == self._subject.name:
                    return True
        return False

    def _text_at(self, bindings: FileBindings, path: str, text: bytes, span: Span) -> Place | None:
        renaming, subject = bindings.spec.shapes.renaming, self._subject
        node = _text_node(tree_of(bindings.spec.id, text), span)
        if node is None or node_text(node, text).strip("\"'`:") != subject.name:
            return None
        named = renaming.named_after(node, text)
        if named is not None and self._is_own(path, named.start_byte):
            return Place(path, span)
        if self._types and renaming.names_type(node, text):
            return Place(path, span) if self._bare_means(bindings, path, span.start) else None
        if self._members and renaming.own_member(node, text):
            around = bindings.enclosing_type(span.start)
            if around < 0:
                return None
            owner = SymbolId(path, around)
            everyone = {owner, *(one for one, _ in self._graph.resolver.ancestors(owner))}
            everyone.update(self._graph.resolver.other_parts(owner))
            return Place(path, span) if self._owners & everyone else None
        if subject.locals and renaming.speaks_of_locals(node, text):
            own = subject.locals.get(path, frozenset())
            if any(own & set(bindings.locals_named(one, span.start)) for one in subject.names):
                return Place(path, span, SPOKEN)
        if subject.symbols and renaming.spoken(node, text):
            kinds = {self._graph.symbol(one).kind for one in subject.symbols}
            if self._members or (renaming.functions_spoken and kinds & CALLABLE_KINDS):
                return Place(path, span, SPOKEN)
        return None


_QUOTES = frozenset({b'"', b"'", b"`", b":"})
_NAME_TYPES = ("identifier", "name", "constant", "variable")
_BEHIND = frozenset({b".", b":", b">"})
_CLOSES = frozenset({b"}", b",", b"=", b")", b":", b"/", b"|", b""})


def _ends_in_word(name: bytes) -> bool:
    return name[-1:].isalnum() or name[-1:] == b"_" or name[-1:] >= b"\x80"


def _text_node(parsed: Parsed, span: Span) -> Node | None:
    """The smallest node around a name that holds its quotes too, if it holds nothing else."""
    node = parsed.root.named_descendant_for_byte_range(span.start, span.end)
    while node is not None and node.end_byte - node.start_byte <= len(span):
        node = node.parent
    if node is None or node.end_byte - node.start_byte > len(span) + 2:
        return None
    return node


def _behind_comment(text: bytes, span: Span, marker: str) -> bool:
    """Whether a line begins as a comment: cheaper than a tree."""
    line = text.rfind(b"\n", 0, span.start) + 1
    return bool(marker) and text[line : span.start].lstrip().startswith(marker.encode())


def _is_beside_colon(text: bytes, span: Span) -> bool:
    start, end = span.start, span.end
    while start > 0 and text[start - 1] in b" \t\r\n":
        start -= 1
    while end < len(text) and text[end] in b" \t\r\n":
        end += 1
    return text[start - 1 : start] == b":" or text[end : end + 1] == b":"


def _may_be_shorthand(text: bytes, span: Span) -> bool:
    """Whether what stands behind a name could stand behind `{name`: cheaper than a tree."""
    end = span.end
    while end < len(text) and text[end] in b" \t\r\n":
        end += 1
    return text[end : end + 1] in _CLOSES
