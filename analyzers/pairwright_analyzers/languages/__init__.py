"""The registry of languages: a plain tuple, and look-up by path, shebang or id.

Adding a language is adding a folder and a line here.
"""

from __future__ import annotations

from functools import cache

from pairwright_analyzers.languages.bash.spec import BASH
from pairwright_analyzers.languages.c.spec import C
from pairwright_analyzers.languages.cpp.spec import CPP
from pairwright_analyzers.languages.csharp.spec import CSHARP
from pairwright_analyzers.languages.css.spec import CSS
from pairwright_analyzers.languages.dart.spec import DART
from pairwright_analyzers.languages.elixir.spec import ELIXIR
from pairwright_analyzers.languages.go.spec import GO
from pairwright_analyzers.languages.haskell.spec import HASKELL
from pairwright_analyzers.languages.html.spec import HTML
from pairwright_analyzers.languages.java.spec import JAVA
from pairwright_analyzers.languages.javascript.spec import JAVASCRIPT
from pairwright_analyzers.languages.json.spec import JSON
from pairwright_analyzers.languages.kotlin.spec import KOTLIN
from pairwright_analyzers.languages.lua.spec import LUA
from pairwright_analyzers.languages.markdown.spec import MARKDOWN
from pairwright_analyzers.languages.php.spec import PHP
from pairwright_analyzers.languages.python.spec import PYTHON
from pairwright_analyzers.languages.ruby.spec import RUBY
from pairwright_analyzers.languages.rust.spec import RUST
from pairwright_analyzers.languages.scala.spec import SCALA
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.languages.sql.spec import SQL
from pairwright_analyzers.languages.swift.spec import SWIFT
from pairwright_analyzers.languages.text.spec import TEXT
from pairwright_analyzers.languages.toml.spec import TOML
from pairwright_analyzers.languages.tsx.spec import TSX
from pairwright_analyzers.languages.typescript.spec import TYPESCRIPT
from pairwright_analyzers.languages.yaml.spec import YAML
from pairwright_analyzers.languages.zig.spec import ZIG

LANGUAGES: tuple[LanguageSpec, ...] = (
    PYTHON,
    JAVASCRIPT,
    TYPESCRIPT,
    TSX,
    C,
    CPP,
    RUBY,
    PHP,
    GO,
    RUST,
    JAVA,
    CSHARP,
    KOTLIN,
    SCALA,
    SWIFT,
    LUA,
    ELIXIR,
    HASKELL,
    BASH,
    DART,
    ZIG,
    CSS,
    HTML,
    JSON,
    MARKDOWN,
    SQL,
    TOML,
    YAML,
    TEXT,
)


@cache
def _by_id() -> dict[str, LanguageSpec]:
    return {spec.id: spec for spec in LANGUAGES}


@cache
def _by_extension() -> dict[str, LanguageSpec]:
    # The first that claims one has it: the last of them takes what is left.
    return {one: spec for spec in reversed(LANGUAGES) for one in spec.extensions}


@cache
def _by_filename() -> dict[str, LanguageSpec]:
    return {name: spec for spec in LANGUAGES for name in spec.filenames}


def language(language_id: str) -> LanguageSpec:
    """The language of an id. Raises KeyError for an unknown one."""
    return _by_id()[language_id]


def known_language(language_id: str) -> LanguageSpec | None:
    """The language of an id, None for an unknown one."""
    return _by_id().get(language_id)


def language_of(path: str) -> LanguageSpec | None:
    """The language a path's name says, or None."""
    name = path.rpartition("/")[2]
    found = _by_filename().get(name)
    if found is not None:
        return found
    dot = name.rfind(".")
    return _by_extension().get(name[dot:].lower()) if dot >= 0 else None


def language_of_shebang(first_line: bytes) -> LanguageSpec | None:
    """The language of a `#!` line, or None."""
    if not first_line.startswith(b"#!"):
        return None
    words = first_line[2:].decode("utf-8", "replace").split()
    if words and words[0].endswith("/env"):
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    if not words:
        return None
    interpreter = words[0].rpartition("/")[2].rstrip("0123456789.")
    for spec in LANGUAGES:
        if interpreter in spec.interpreters:
            return spec
    return None
