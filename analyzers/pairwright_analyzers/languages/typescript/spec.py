"""TypeScript.

What the tree means is told in `languages/ecmascript/`.
"""

from __future__ import annotations

from pairwright_analyzers.languages.ecmascript.definitions import define
from pairwright_analyzers.languages.ecmascript.habits import HABITS
from pairwright_analyzers.languages.ecmascript.imports import IMPORTS
from pairwright_analyzers.languages.ecmascript.inference import typed
from pairwright_analyzers.languages.ecmascript.modules import imports
from pairwright_analyzers.languages.ecmascript.names import BUILTINS, TEST_PATHS, TYPE_BUILTINS
from pairwright_analyzers.languages.ecmascript.shapes import TYPESCRIPT_SHAPES
from pairwright_analyzers.languages.ecmascript.signatures import call, signature
from pairwright_analyzers.languages.spec import ArgumentRules, LanguageSpec
from pairwright_analyzers.types import Signature


def _grammar() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _signature(header: str) -> Signature:
    return signature(header, TYPESCRIPT)


TYPESCRIPT = LanguageSpec(
    id="typescript",
    name="TypeScript",
    extensions=(".ts", ".mts", ".cts"),
    interpreters=("deno", "ts-node", "tsx"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.typescript",
    define=define,
    imports=imports,
    typed=typed,
    signature=_signature,
    call=call,
    habits=HABITS,
    shapes=TYPESCRIPT_SHAPES,
    import_style=IMPORTS,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="ecmascript",
    family="ecmascript",
    constructor_names=frozenset({"constructor"}),
    arguments=ArgumentRules(overloads=True, overrides_may_take_fewer=True),
    builtins=BUILTINS | TYPE_BUILTINS,
    test_paths=TEST_PATHS,
)
