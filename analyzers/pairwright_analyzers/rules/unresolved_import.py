"""An import names a module or a symbol of this workspace that is not there.

**Why.** The file fails as soon as it is loaded. Language servers that know the environment say so
too, but many projects run without one for some of their languages.

```python
from shop.prices import totall   # 'shop/prices.py' has no 'totall'
from .discount import rate       # there is no module 'shop.discount'
```

Only imports that lead into the workspace are judged: relative ones, and those whose first part is a
package of the workspace. Third-party names never are.

| language | judged |
| --- | --- |
| Python | modules and names, relative and absolute |
| JavaScript, TypeScript | relative modules, and names of ES modules |
| Go | packages below the workspace's own module path |
| Ruby | `require_relative` |

**Silent** on lines that did not change, inside `try` and `if` blocks, for modules that are usually
generated or compiled (`_version`, `*_pb2`, `generated`, `dist`), for assets (`./logo.svg`), and for
modules that make names at run time (`__getattr__`, `import *` from outside, CommonJS exports).

**Suppress** with `pairwright: ignore[unresolved-import]` in a comment on the import's line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.families.ecmascript import ScriptModules
from pairwright_analyzers.graph.families.go import GoModules
from pairwright_analyzers.graph.families.python import PythonModules
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Finding, Import, Location, Severity

ID = "unresolved-import"

_MADE_LATER = re.compile(
    r"(^|[./])(_?_?version_?_?|_?build|dist|lib|out|generated|gen|\.next|[\w-]*_pb2(_grpc)?|"
    r"[\w-]*generated[\w-]*|_?speedups|_c?ext\w*|_?ffi|node_modules)($|[./])",
    re.IGNORECASE,
)
_SCRIPT_SUFFIXES = frozenset({"", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts"})
_CONDITIONAL = frozenset({"try_statement", "if_statement", "with_statement"})


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding an imported name that the workspace should have and has not."""
    spec = ctx.after.spec
    judge = {
        "python": _python,
        "ecmascript": _script,
        "go": _go,
        "ruby": _ruby,
    }.get(spec.resolver)
    if judge is None:
        return
    seen: set[str] = set()
    for index, item in enumerate(ctx.after.facts.imports):
        if not ctx.touches(item.name_span) or _MADE_LATER.search(item.module):
            continue
        problem = judge(ctx, index, item)
        if problem is None or problem in seen or _conditional(ctx, item):
            continue
        seen.add(problem)
        yield Finding(
            ID,
            Severity.ERROR,
            Location(ctx.path, item.name_span),
            problem,
            symbol=f"{item.module}:{item.name}",
        )


def _conditional(ctx: ReviewContext, item: Import) -> bool:
    node = ctx.after.parsed.root.named_descendant_for_byte_range(item.span.start, item.span.end)
    return node is not None and any(one.type in _CONDITIONAL for one in ancestors(node))


def _python(ctx: ReviewContext, index: int, item: Import) -> str | None:
    modules = ctx.graph.resolver.paths.tables.derived(PythonModules)
    found = modules.module(ctx.path, item.module, item.level)
    if found:
        return _missing_name(ctx, index, item, found)
    if modules.package_folder(ctx.path, item.module, item.level) is not None:
        return None
    if not item.level:
        first, _, rest = item.module.partition(".")
        package = modules.module(ctx.path, first, 0)
        if not rest or not package or not package[0].endswith("/__init__.py"):
            return None
        if not _belongs(ctx.path, posixpath.dirname(package[0])):
            return None
        inner = posixpath.dirname(package[0])
    else:
        inner = posixpath.dirname(ctx.path)
        for _ in range(item.level - 1):
            inner = posixpath.dirname(inner)
        if not item.module:
            return None
    spelled = "." * item.level + item.module
    where = f" in '{inner}'" if inner else ""
    return f"There is no module '{spelled}'{where}. Create it, or correct the name."


def _belongs(path: str, package: str) -> bool:
    """Whether a package is surely the one meant: the file's own, or one beside the file's top."""
    return path.startswith(package + "/") or posixpath.dirname(package) in ("", "src", "lib")


def _missing_name(
    ctx: ReviewContext, index: int, item: Import, found: tuple[str, ...]
) -> str | None:
    if item.name in ("", "*") or any(one == ctx.path for one in found):
        return None
    if not all(one.endswith((".py", ".ts", ".tsx", ".js", ".jsx", ".mjs")) for one in found):
        return None
    if ctx.graph.resolver.imported(ctx.path, index):
        return None
    if any(_makes_names(ctx.graph, one, set()) for one in found):
        return None
    if item.name == "default":
        return None
    return f"'{found[0]}' has no '{item.name}'. Add it there, or correct the name."


def _makes_names(graph: CodeGraph, path: str, seen: set[str]) -> bool:
    """Whether a module may offer names that its own text does not define."""
    if path in seen:
        return False
    seen.add(path)
    bindings = graph.resolver.bindings(path)
    if bindings is None or bindings.facts.errors or bindings.facts.problem:
        return True
    spec = bindings.spec
    names = set(bindings.facts.names)
    if names & (spec.dynamic_hooks | {"globals", "exports", "setattr", "lazy_import"}):
        return True
    if _MADE_LATER.search(path):
        return True
    for item in bindings.imports:
        if item.name != "*":
            continue
        targets = graph.resolver.targets(path, item)
        if not targets or any(_makes_names(graph, one, seen) for one in targets):
            return True
    return False


def _script(ctx: ReviewContext, index: int, item: Import) -> str | None:
    if not item.module.startswith("."):
        return None
    modules = ctx.graph.resolver.table(ScriptModules)
    found = modules.module(ctx.path, item.module)
    if found:
        return _missing_name(ctx, index, item, found)
    stem = posixpath.normpath(posixpath.join(posixpath.dirname(ctx.path), item.module))
    suffix = posixpath.splitext(posixpath.basename(stem))[1]
    folder = posixpath.dirname(stem)
    if stem.startswith("..") or suffix not in _SCRIPT_SUFFIXES or "?" in item.module:
        return None
    if (folder and folder not in ctx.graph.resolver.paths.folders) or ctx.graph.workspace.config(
        stem
    ) is not None:
        return None
    where = f" in '{folder}'" if folder else ""
    return f"There is no module '{item.module}'{where}. Create it, or correct the name."


def _go(ctx: ReviewContext, index: int, item: Import) -> str | None:
    modules = ctx.graph.resolver.table(GoModules)
    folder = modules.folder(item.module)
    if not folder or folder in ctx.graph.resolver.paths.folders:
        return None
    return f"There is no package '{item.module}' in '{folder}'. Create it, or correct the path."


def _ruby(ctx: ReviewContext, index: int, item: Import) -> str | None:
    text = ctx.after.text[item.span.start : item.span.end]
    if not text.startswith(b"require_relative"):
        return None
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(ctx.path), item.module))
    paths = ctx.graph.resolver.paths
    if paths.exists(wanted) or paths.exists(wanted + ".rb"):
        return None
    if posixpath.dirname(wanted) not in paths.folders:
        return None
    return f"There is no file '{wanted}.rb'. Create it, or correct the path."


RULE = Rule(
    ID,
    "An import of this workspace leads nowhere",
    Severity.ERROR,
    check,
    __doc__ or "",
)
