"""How Python writes texts with values in them: f-strings, `%`, `format` and `+`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.templates import Part, Templates, value_text

if TYPE_CHECKING:
    from tree_sitter import Node

_FIELD = re.compile(r"%(?:\((\w+)\))?([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*))?([a-zA-Z%])")
_REPLACEMENT = re.compile(r"\{\{|\}\}|\{(\w*)((?:\.\w+|\[[^\]{}]*\])*)(![rsa])?(:[^{}]*)?\}|[{}]")
_NESTED = "The value cannot be written inside of an f-string."


def _source(node: Node, text: bytes) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _opening(node: Node, text: bytes) -> tuple[str, str]:
    """The prefix and the quotes of a string."""
    start = _source(node.children[0], text)
    quotes = start.lstrip("rRbBfFuUtT")
    return start[: len(start) - len(quotes)].lower(), quotes


def _literal(node: Node, text: bytes) -> Sequence[Part] | None:
    if node.type == "concatenated_string":
        found: list[Part] = []
        for one in node.named_children:
            parts = _literal(one, text)
            if parts is None:
                raise ValueError("A comment stands inside of the text.")
            found.extend(parts)
        return found
    if node.type != "string":
        return None
    prefix, quotes = _opening(node, text)
    if "b" in prefix or "r" in prefix or "t" in prefix:
        raise ValueError("Raw texts and bytes stay as they are.")
    found = []
    for one in node.named_children[1:-1]:
        if one.type == "interpolation":
            inner = one.child_by_field_name("expression")
            if inner is None:
                raise ValueError(_NESTED)
            tail = text[inner.end_byte : one.end_byte - 1].decode()
            found.append(Part(node=inner, suffix=tail))
        else:
            raw = _source(one, text)
            if "f" not in prefix:
                raw = raw.replace("{", "{{").replace("}", "}}")
            found.append(Part(_quoted(raw, quotes)))
    return found or [Part("")]


def _quoted(raw: str, quotes: str) -> str:
    """A raw text with its own quotes marked, so that it can be put into others."""
    if len(quotes) == 3:
        if '"""' in raw or "'''" in raw:
            raise ValueError("The text holds quotes.")
        return raw
    return raw


def _formatted(node: Node, text: bytes) -> Sequence[Part] | None:
    if node.type == "binary_operator":
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator is None or operator.type != "%" or left is None or right is None:
            return None
        return _percent(left, right, text) if left.type == "string" else None
    if node.type != "call":
        return None
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if function is None or arguments is None or function.type != "attribute":
        return None
    receiver = function.child_by_field_name("object")
    name = function.child_by_field_name("attribute")
    if receiver is None or receiver.type != "string" or name is None or name.text != b"format":
        return None
    return _called(receiver, arguments, text)


def _content(node: Node, text: bytes) -> str:
    prefix, quotes = _opening(node, text)
    if prefix not in ("", "u"):
        raise ValueError("The text has a prefix of its own.")
    raw = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    inner = raw[len(prefix) + len(quotes) : -len(quotes)]
    if "\\N{" in inner:
        raise ValueError("The text names a character.")
    return _quoted(inner, quotes)


def _percent(left: Node, right: Node, text: bytes) -> Sequence[Part]:
    content = _content(left, text)
    values: list[Node] = list(right.named_children) if right.type == "tuple" else [right]
    names: dict[str, Node] = {}
    if right.type == "dictionary":
        names = _pairs(right, text)
    elif right.type in ("parenthesized_expression",) and right.named_child_count == 1:
        values = [right.named_children[0]]
    if any(one.type in ("list_splat", "comment") for one in values):
        raise ValueError("The values are not written out one by one.")
    parts: list[Part] = []
    at = index = 0
    for match in _FIELD.finditer(content):
        parts.append(Part(_braced(content[at : match.start()])))
        at = match.end()
        if match[5] == "%":
            parts.append(Part("%"))
            continue
        if match[1]:
            node = names.pop(match[1], None)
        else:
            node = values[index] if index < len(values) and not names else None
            index += 1
        if node is None:
            raise ValueError("The values do not fit the text.")
        parts.append(Part(node=node, suffix=_suffix(match)))
    rest = content[at:]
    if "%" in rest or names or (right.type != "dictionary" and index != len(values)):
        raise ValueError("The values do not fit the text.")
    return [*parts, Part(_braced(rest))]


def _pairs(node: Node, text: bytes) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for one in node.named_children:
        key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
        if key is None or value is None or key.type != "string":
            raise ValueError("The values are not written out one by one.")
        found[_source(key, text).strip("'\"")] = value
    return found


def _suffix(match: re.Match[str]) -> str:
    """What stands behind a value for a `%` field."""
    flags, width, precision, kind = match[2], match[3] or "", match[4], match[5]
    if "*" in (width, precision) or "#" in flags:
        raise ValueError("A width is computed.")
    if kind in "sra":
        conversion = {"s": "", "r": "!r", "a": "!a"}[kind]
        point = f".{precision}" if precision is not None else ""
        if not width and not point:
            return conversion
        side = "<" if "-" in flags else ">" if width else ""
        return f"{conversion or '!s'}:{side}{width}{point}"
    if kind not in "difFeEgGxXo":
        raise ValueError(f"`%{kind}` has no equal in an f-string.")
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zero = "0" if "0" in flags and "-" not in flags else ""
    side = "<" if "-" in flags and width else ""
    point = f".{precision}" if precision is not None else ""
    if kind in "di" and point:
        raise ValueError("A whole number has no precision in an f-string.")
    return f":{side}{sign}{zero}{width}{point}{'d' if kind in 'di' else kind}"


def _braced(raw: str) -> str:
    return raw.replace("{", "{{").replace("}", "}}")


def _called(receiver: Node, arguments: Node, text: bytes) -> Sequence[Part]:
    content = _content(receiver, text)
    listed: list[Node] = []
    names: dict[str, Node] = {}
    for one in arguments.named_children:
        if one.type == "keyword_argument":
            name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if name is not None and value is not None:
                names[_source(name, text)] = value
        elif one.type in ("list_splat", "dictionary_splat", "comment"):
            raise ValueError("The values are not written out one by one.")
        else:
            listed.append(one)
    used: list[Node] = []
    parts: list[Part] = []
    at = index = 0
    for match in _REPLACEMENT.finditer(content):
        parts.append(Part(content[at : match.start()]))
        at = match.end()
        if match[0] in ("{{", "}}"):
            parts.append(Part(match[0]))
            continue
        if match[0] in ("{", "}"):
            raise ValueError("A width is computed.")
        key = match[1]
        if not key:
            key, index = str(index), index + 1
        node = names.get(key) if not key.isdigit() else None
        if key.isdigit() and int(key) < len(listed):
            node = listed[int(key)]
        if node is None:
            raise ValueError("The values do not fit the text.")
        used.append(node)
        suffix = (match[3] or "") + (match[4] or "")
        source = _source(node, text) + _access(match[2], node) if match[2] else ""
        parts.append(Part(node=node, suffix=suffix if suffix != ":" else "", source=source))
    parts.append(Part(content[at:]))
    everything = [*listed, *names.values()]
    if {one.id for one in used} != {one.id for one in everything}:
        raise ValueError("A value is not used.")
    runs = [one for one in everything if _runs(one)]
    order = [one.id for one in used if _runs(one)]
    if order != [one.id for one in runs]:
        raise ValueError("A value that runs code would run another time or at another place.")
    return parts


def _access(written: str, node: Node) -> str:
    if node.type not in ("identifier", "attribute", "call", "subscript"):
        raise ValueError(_NESTED)
    return re.sub(
        r"\[([^\]]*)\]",
        lambda found: f"[{found[1]}]" if found[1].isdigit() else f"['{found[1]}']",
        written,
    )


def _runs(node: Node) -> bool:
    pending = [node]
    while pending:
        one = pending.pop()
        if one.type in ("call", "await", "yield"):
            return True
        pending.extend(one.named_children)
    return False


def _write(parts: Sequence[Part], text: bytes, literal: str) -> str:
    quotes = literal.lstrip("rRbBfFuU")
    quote = quotes[:3] if quotes[:3] in ('"""', "'''") else quotes[:1]
    written: list[str] = []
    values = False
    for part in parts:
        if part.node is None:
            written.append(_requoted(part.text, quote))
            continue
        values = True
        written.append(f"{{{_value(part, text, quote)}{part.suffix}}}")
    body = "".join(written)
    if not values:
        return f"{quote}{body.replace('{{', '{').replace('}}', '}')}{quote}"
    return f"f{quote}{body}{quote}"


def _requoted(raw: str, quote: str) -> str:
    if len(quote) == 3:
        return raw
    if "\n" in raw.replace("\\\n", ""):
        raise ValueError("The text goes over several lines.")
    return re.sub(
        r"\\.|" + quote, lambda found: f"\\{quote}" if found[0] == quote else found[0], raw
    )


def _value(part: Part, text: bytes, quote: str) -> str:
    source = value_text(part, text)
    assert part.node is not None
    if "\n" in source or "\\" in source or "#" in source:
        raise ValueError(_NESTED)
    if part.node.type in ("lambda", "named_expression", "conditional_expression", "yield"):
        source = f"({source})" if part.node.type != "conditional_expression" else source
    if source.startswith("{"):
        source = f" {source}"
    if quote in source or quote[0] in source:
        other = "'" if quote[0] == '"' else '"'
        if other in source:
            raise ValueError(_NESTED)
        return source.replace(quote[0], other)
    return source


def _unwrapped(node: Node, text: bytes) -> tuple[Node, str]:
    if node.type == "parenthesized_expression" and node.named_child_count == 1:
        return _unwrapped(node.named_children[0], text)
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    if node.type != "call" or function is None or arguments is None:
        return node, ""
    suffix = {"str": "", "repr": "!r", "ascii": "!a"}.get(_source(function, text))
    if suffix is None or arguments.named_child_count != 1:
        return node, ""
    inner = arguments.named_children[0]
    if inner.type in ("keyword_argument", "list_splat", "generator_expression"):
        return node, ""
    return inner, suffix


TEMPLATES = Templates(
    name="an f-string",
    literal=_literal,
    operator="+",
    formatted=_formatted,
    write=_write,
    unwrapped=_unwrapped,
    adds=False,
)
