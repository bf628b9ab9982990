"""How the definitions of JavaScript and TypeScript live in files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.imports import IMPORTS
from pairwright_analyzers.languages.moving import Example, Moving
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node

_ENDINGS = (".d.ts", ".tsx", ".ts", ".mts", ".cts", ".jsx", ".js", ".mjs", ".cjs")
_BUILT = {".ts": ".js", ".tsx": ".js", ".mts": ".mjs", ".cts": ".cjs"}


def _ending(path: str) -> str:
    return next((one for one in _ENDINGS if path.endswith(one)), "")


def _written(importer: str, target: str) -> str:
    found = posixpath.relpath(target, posixpath.dirname(importer) or ".")
    return found if found.startswith(".") else f"./{found}"


def _address(
    _exists: Callable[[str], bool], importer: str, target: str, examples: Sequence[Example]
) -> tuple[str, int]:
    ending = _ending(target)
    bare = target.removesuffix(ending)
    shown = ""
    for example in examples:
        module = example.item.module
        known = example.target.removesuffix(_ending(example.target))
        if not module.startswith("."):
            aliased = _aliased(module, known, bare)
            if aliased:
                return aliased, 0
            continue
        if _ending(module):
            same = _ending(module) == _ending(example.target)
            shown = ending if same else _BUILT.get(ending, ending)
        elif posixpath.basename(known) == "index" and not module.endswith("index"):
            continue
        break
    if shown:
        return _written(importer, bare + shown), 0
    written = _written(importer, bare)
    if posixpath.basename(bare) == "index":
        written = written.removesuffix("/index")
    return written or ".", 0


def _aliased(module: str, known: str, target: str) -> str:
    """`@/lib/a` means src/lib/a: then src/util/b is `@/util/b`."""
    named, parts = module.split("/"), known.split("/")
    if len(parts) > 1 and parts[-1] == "index" and named[-1] != "index":
        parts = parts[:-1]
    same = 0
    while same < min(len(named) - 1, len(parts)) and named[-1 - same] == parts[-1 - same]:
        same += 1
    if not same:
        return ""
    root, prefix = parts[: len(parts) - same], named[: len(named) - same]
    inside = target.split("/")
    if inside[: len(root)] != root or not inside[len(root) :]:
        return ""
    rest = inside[len(root) :]
    return "/".join([*prefix, *(rest[:-1] if rest[-1] == "index" else rest)])


def _relocated(item: Import, old: str, new: str) -> tuple[str, int]:
    if not item.module.startswith("."):
        return item.module, 0
    target = posixpath.normpath(posixpath.join(posixpath.dirname(old), item.module))
    return _written(new, target), 0


def _file_name(name: str, old: str) -> str:
    """In the manner of the file that it comes from: `like-this`, `LikeThis`, `likeThis`."""
    if "-" in old or (old.islower() and re.search(r"[a-z][A-Z]", name) and "_" not in old):
        parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name)
        return parted.replace("_", "-").lower() if "-" in old else name
    if "_" in old and old.islower():
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return name


def _offers(statement: Node) -> bool:
    return statement.type == "export_statement"


def _offered_alone(statement: Node) -> bool:
    return statement.type == "export_statement" and any(
        one.type == "default" for one in statement.children
    )


def _offer_at(statement: Node) -> int:
    for child in statement.children:
        if child.type != "decorator":
            return child.start_byte
    return statement.start_byte


def _passed_on(item: Import, text: bytes) -> str:
    if item.name == "default":
        inner = "default"
    else:
        inner = item.name + (f" as {item.alias}" if item.alias not in ("", item.name) else "")
    plain = IMPORTS.write(replace(item, name="x", alias="x"), text)
    kind, _, rest = plain.partition("{ x }")
    return f"{kind.replace('import', 'export', 1)}{{ {inner} }}{rest}"


_COMMON = re.compile(
    rb"^(?:module\.)?exports\b|^(?:const|let|var)\b[^=\n]*=\s*require\s*\(", re.MULTILINE
)


def _unfit(text: bytes) -> str:
    return "CommonJS modules are left alone." if _COMMON.search(text) else ""


def _unseen(statement: Node, item: Import) -> bool:
    """The older way of compiling JSX names React."""
    if item.alias != "React":
        return False
    pending = [statement]
    while pending:
        node = pending.pop()
        if node.type.startswith("jsx_"):
            return True
        pending.extend(node.named_children)
    return False


_METHOD = re.compile(
    r"^(?P<before>(?:public|private|protected|static|override|\s)*)"
    r"(?P<wait>async\s+)?(?P<star>\*\s*)?(?=[\w$#]+\s*[(<])",
    re.MULTILINE,
)


def _freed(written: str, offer: str) -> str:
    """The first line that a method's name stands on gets the word of a function."""
    head = written.rfind("*/", 0, written.find("("))
    at = head + 2 if head >= 0 else 0
    while at < len(written) and written[at] in " \t\r\n":
        at += 1
    found = _METHOD.match(written, at)
    if found is None:
        raise ValueError("The method has a form that is not known.")
    wait, star = found["wait"] or "", "*" if found["star"] else ""
    return f"{written[:at]}{offer}{wait}function{star} {written[found.end() :]}"


MOVING = Moving(
    known=True,
    lifts=True,
    lifts_methods=True,
    freed=_freed,
    address=_address,
    relocated=_relocated,
    file_name=_file_name,
    simple=words("lexical_declaration variable_declaration type_alias_declaration"),
    own_words=words("__dirname __filename module exports"),
    offers=_offers,
    offered_alone=_offered_alone,
    offer_at=_offer_at,
    offer="export ",
    offer_lists=words("export_clause"),
    passed_on=_passed_on,
    unfit=_unfit,
    unseen=_unseen,
    merges=True,
    place=re.compile(rb"\b__(?:dirname|filename)\b|\bimport\.meta\b"),
    folds=("index",),
)
