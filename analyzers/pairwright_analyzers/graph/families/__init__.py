"""The language families: how files of each find each other.

A plain table from `LanguageSpec.resolver`.
"""

from __future__ import annotations

from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.families.ecmascript import ECMASCRIPT
from pairwright_analyzers.graph.families.elixir import ELIXIR
from pairwright_analyzers.graph.families.go import GO
from pairwright_analyzers.graph.families.include import INCLUDE
from pairwright_analyzers.graph.families.jvm import KOTLIN, SCALA
from pairwright_analyzers.graph.families.lua import LUA
from pairwright_analyzers.graph.families.namespace import CSHARP, JAVA, PHP
from pairwright_analyzers.graph.families.python import PYTHON
from pairwright_analyzers.graph.families.ruby import RUBY
from pairwright_analyzers.graph.families.rust import RUST
from pairwright_analyzers.graph.families.swift import SWIFT

FAMILIES: dict[str, Family] = {
    "python": PYTHON,
    "ecmascript": ECMASCRIPT,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
    "csharp": CSHARP,
    "php": PHP,
    "include": INCLUDE,
    "ruby": RUBY,
    "kotlin": KOTLIN,
    "scala": SCALA,
    "swift": SWIFT,
    "lua": LUA,
    "elixir": ELIXIR,
    "global": Family(),
}
