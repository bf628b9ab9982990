"""Source files of languages that no grammar is at hand for: text that can be searched.

Nothing of it is parsed: all of it is white space to the grammar, so that a text has no symbols and
no mistakes, and search cuts it at its lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import (
    no_call,
    no_imports,
    no_signature,
    no_types,
)
from pairwright_analyzers.languages.spec import Definition, LanguageSpec

if TYPE_CHECKING:
    from tree_sitter import Node


def _grammar() -> object:
    import tree_sitter_toml

    return tree_sitter_toml.language()


def _define(_word: str, _node: Node, _text: bytes) -> Definition | None:
    return None


def _blanks(text: bytes) -> Iterator[tuple[int, int]]:
    yield 0, len(text)


TEXT = LanguageSpec(
    id="plaintext",
    name="Other source",
    extensions=(
        *(".ada", ".adb", ".ads", ".agda", ".asm", ".astro", ".awk", ".bats", ".bzl", ".cl"),
        *(".clj", ".cljc", ".cljs", ".cmake", ".cob", ".coffee", ".cr", ".cu", ".cuh", ".cue"),
        *(".d", ".edn", ".el", ".elm", ".erl", ".f", ".f03", ".f08", ".f90", ".f95"),
        *(".fish", ".fs", ".fsi", ".fsx", ".gd", ".glsl", ".gql", ".gradle", ".graphql", ".groovy"),
        *(".hcl", ".hlsl", ".hrl", ".hx", ".idr", ".jl", ".jq", ".jsonnet"),
        *(".l", ".lean", ".libsonnet", ".lisp", ".m", ".mk", ".ml", ".mli", ".mll"),
        *(".mly", ".mm", ".nim", ".nims", ".nix", ".nu", ".odin", ".p6", ".pas", ".pl", ".pm"),
        *(".pp", ".prisma", ".proto", ".ps1", ".psd1", ".psm1", ".pxd", ".pxi", ".pyx", ".qml"),
        *(".r", ".raku", ".rego", ".rkt", ".s", ".scm", ".smithy", ".sml", ".sol", ".star"),
        *(".sv", ".svelte", ".svh", ".tcl", ".tf", ".tfvars", ".thrift", ".v", ".vala", ".vb"),
        *(".vert", ".vhd", ".vhdl", ".vim", ".vue", ".wat", ".wgsl", ".y", ".yy"),
    ),
    filenames=(
        *("BUILD", "CMakeLists.txt", "Containerfile", "Dockerfile", "GNUmakefile", "Jenkinsfile"),
        *("Justfile", "Makefile", "Tiltfile", "WORKSPACE", "justfile", "makefile"),
        *("meson.build", "meson_options.txt"),
    ),
    interpreters=("awk", "bats", "fish", "perl", "tclsh", "Rscript"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.text",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    parsed=False,
    blanks=_blanks,
    test_paths=(r"(^|/)tests?/", r"_test\.[^/]+$", r"\.bats$"),
)
