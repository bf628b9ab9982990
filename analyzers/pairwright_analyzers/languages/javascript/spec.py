"""JavaScript with JSX, CommonJS and ES modules.

What the tree means is told in `languages/ecmascript/`.
"""

from __future__ import annotations

from pairwright_analyzers.languages.ecmascript.definitions import define, element_names
from pairwright_analyzers.languages.ecmascript.habits import HABITS
from pairwright_analyzers.languages.ecmascript.imports import IMPORTS
from pairwright_analyzers.languages.ecmascript.inference import typed
from pairwright_analyzers.languages.ecmascript.modules import imports
from pairwright_analyzers.languages.ecmascript.names import BUILTINS, TEST_PATHS
from pairwright_analyzers.languages.ecmascript.shapes import JAVASCRIPT_SHAPES
from pairwright_analyzers.languages.ecmascript.signatures import call, signature
from pairwright_analyzers.languages.spec import ArgumentRules, LanguageSpec
from pairwright_analyzers.types import Signature


def _grammar() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def _signature(header: str) -> Signature:
    return signature(header, JAVASCRIPT)


JAVASCRIPT = LanguageSpec(
    id="javascript",
    name="JavaScript",
    extensions=(".js", ".mjs", ".cjs", ".jsx"),
    interpreters=("node", "nodejs", "bun"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.javascript",
    define=define,
    imports=imports,
    typed=typed,
    signature=_signature,
    call=call,
    habits=HABITS,
    shapes=JAVASCRIPT_SHAPES,
    import_style=IMPORTS,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="ecmascript",
    family="ecmascript",
    constructor_names=frozenset({"constructor"}),
    arguments=ArgumentRules(
        missing_allowed=True, extra_allowed=True, overrides_may_take_fewer=True
    ),
    builtins=BUILTINS,
    raw_names=element_names,
    test_paths=TEST_PATHS,
)
