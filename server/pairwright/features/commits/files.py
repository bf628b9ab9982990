"""What a file is to its project, by its path alone: code, a test, documentation, a lock file, …

Owns the conventions of names. It must not know contents.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from pairwright_analyzers.languages import language_of


class FileClass(StrEnum):
    """What a file is for."""

    CODE = "code"
    TESTS = "tests"
    DOCS = "docs"
    EXAMPLE = "example"
    CI = "ci"
    BUILD = "build"
    MANIFEST = "manifest"
    """Names the dependencies of a project."""
    LOCK = "lock"
    """Fixes the versions of all dependencies; written by a program."""
    CONFIG = "config"
    RELEASE = "release"
    """A changelog or a list of versions."""
    GENERATED = "generated"
    TRANSLATION = "translation"
    ASSET = "asset"
    BENCHMARK = "benchmark"
    OTHER = "other"


def class_of(path: str) -> FileClass:
    """What the file at `path` (relative, with `/`) is for."""
    return _class_of(path)


@lru_cache(maxsize=50_000)
def _class_of(path: str) -> FileClass:
    lower = path.lower()
    name = lower.rpartition("/")[2]
    for found, pattern in _PATTERNS:
        if pattern.search(lower):
            return found
    spec = language_of(path)
    if spec is not None and spec.is_test_path(path):
        return FileClass.TESTS
    if name.endswith(_DOCUMENTS) or name in _DOCUMENT_NAMES:
        return FileClass.DOCS
    if spec is not None and spec.first_class:
        return FileClass.CODE
    extension = name.rpartition(".")[2] if "." in name else ""
    if extension in _CODE_EXTENSIONS:
        return FileClass.CODE
    if extension in _CONFIG_EXTENSIONS or name.startswith("."):
        return FileClass.CONFIG
    if extension in _ASSET_EXTENSIONS:
        return FileClass.ASSET
    return FileClass.OTHER


def _matcher(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_PATTERNS: tuple[tuple[FileClass, re.Pattern[str]], ...] = (
    (
        FileClass.LOCK,
        _matcher(
            r"(^|/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$",
            r"(^|/)(poetry|pdm|uv|cargo|gemfile|composer|podfile|flake|deno|mix|conda|pixi|pubspec)\.lock$",
            r"(^|/)(go\.sum|go\.work\.sum|gemfile\.lock|pipfile\.lock|packages\.lock\.json|gradle\.lockfile"
            r"|package\.resolved|mix\.lock|manifest\.toml\.lock)$",
            r"(^|/)requirements[^/]*lock[^/]*\.txt$",
        ),
    ),
    (
        FileClass.GENERATED,
        _matcher(
            r"(^|/)(generated|__generated__|node_modules|vendor|third[_-]party|dist)/",
            r"(\.pb\.go|_pb2(_grpc)?\.pyi?|\.g\.dart|\.min\.(js|css)|\.generated\.\w+|_generated\.\w+|\.snap)$",
            r"(^|/)zz_generated[^/]*$",
        ),
    ),
    (
        FileClass.CI,
        _matcher(
            r"(^|/)\.github/(workflows|actions)/",
            r"(^|/)\.(circleci|gitlab|buildkite|woodpecker|drone|kokoro|azure-pipelines|teamcity)/",
            r"(^|/)(\.gitlab-ci\.ya?ml|\.travis\.ya?ml|azure-pipelines[^/]*\.ya?ml|appveyor\.ya?ml|\.appveyor\.ya?ml"
            r"|jenkinsfile|\.drone\.ya?ml|\.cirrus\.ya?ml|bitbucket-pipelines\.ya?ml|cloudbuild[^/]*\.ya?ml"
            r"|\.codecov\.ya?ml|codecov\.ya?ml|\.github/(dependabot|renovate)[^/]*|renovate[^/]*\.json5?"
            r"|\.pre-commit-config\.ya?ml)$",
        ),
    ),
    (
        FileClass.RELEASE,
        _matcher(
            r"(^|/)(changelog|changes|history|release[-_]?notes|news|releases?)[^/]*\.(md|rst|txt|adoc)$",
            r"(^|/)(changelog|changes|news|version|versions\.txt)$",
            r"(^|/)(\.changeset|changelog\.d|newsfragments|changes|\.changes)/",
            r"(^|/)\.release-please-manifest\.json$",
        ),
    ),
    (
        FileClass.MANIFEST,
        _matcher(
            r"(^|/)(package\.json|cargo\.toml|go\.mod|go\.work|pyproject\.toml|pipfile|gemfile|[^/]*\.gemspec"
            r"|composer\.json|pom\.xml|build\.sbt|mix\.exs|[^/]*\.csproj|[^/]*\.fsproj|directory\.packages\.props"
            r"|packages\.config|podfile|package\.swift|pubspec\.ya?ml|environment\.ya?ml|deno\.jsonc?"
            r"|libs\.versions\.toml|build\.gradle(\.kts)?|setup\.(py|cfg)|pnpm-workspace\.yaml)$",
            r"(^|/)requirements([-_.][^/]*)?\.(txt|in)$",
            r"(^|/)requirements/[^/]*\.(txt|in)$",
        ),
    ),
    (
        FileClass.TRANSLATION,
        _matcher(
            r"(^|/)(locales?|i18n|l10n|translations?|lang)/[^/]*([a-z_-]+/)*[^/]*\.(json|ya?ml|po|pot|ts|properties|php)$",
            r"\.(po|pot|xliff|xlf|strings|arb)$",
        ),
    ),
    (
        FileClass.BENCHMARK,
        _matcher(r"(^|/)(bench|benches|benchmarks?|perf)/", r"(_bench|\.bench|_benchmark)\.\w+$"),
    ),
    (
        FileClass.TESTS,
        _matcher(
            r"(^|/)(tests?|__tests__|test[-_]?data|testdata|fixtures|e2e|playground"
            r"|integration[-_]?tests?|__mocks__|__snapshots__|test-?suite|cypress|test-utils)/",
            r"(_test\.\w+|\.test\.\w+|\.spec\.\w+|_spec\.\w+|tests?\.(java|kt|cs|scala|swift|php)"
            r"|(^|/)test_[^/]*\.py|(^|/)conftest\.py|(^|/)tests?\.(py|rs|ts|js))$",
            r"^(packages/[^/]+/)?specs?/",
            r"(^|/)t/.*\.(t|pl|pm)$",
            r"(^|/)[^/]*-(fixture|test|spec|tests)-?[^/]*/",
        ),
    ),
    (
        FileClass.EXAMPLE,
        _matcher(r"(^|/)(examples?|samples?|demos?|starters?|templates?/examples?)/"),
    ),
    (
        FileClass.DOCS,
        _matcher(
            r"(^|/)(docs?|documentation|website|wiki|guides?|book|site)/",
            r"(^|/)\.github/[^/]*(\.md|_template[^/]*)",
            r"(^|/)\.github/(issue_template|pull_request_template)/",
            r"(^|/)\.all-contributorsrc$",
        ),
    ),
    (
        FileClass.BUILD,
        _matcher(
            r"(^|/)(makefile|gnumakefile|justfile|taskfile\.ya?ml|rakefile|cmakelists\.txt|meson\.build|build(\.bazel)?"
            r"|workspace(\.bazel)?|module\.bazel|dockerfile[^/]*|[^/]*\.dockerfile|docker-compose[^/]*|compose\.ya?ml"
            r"|configure(\.ac)?|gradlew(\.bat)?|settings\.gradle(\.kts)?|mvnw(\.cmd)?|flake\.nix|default\.nix"
            r"|build\.(rs|zig|mjs|js|ts|sh|xml)|\.goreleaser\.ya?ml|rust-toolchain(\.toml)?|\.nvmrc|\.node-version"
            r"|\.python-version|\.tool-versions|\.go-version|global\.json|procfile)$",
            r"(^|/)[^/]*\.(cmake|mk|bzl|gradle|gradle\.kts|nix|dockerfile|spec\.in)$",
            r"(^|/)(rollup|webpack|vite|esbuild|tsup|turbo|nx|lerna|gulpfile|gruntfile|babel|swc|unbuild|build)"
            r"[^/]*\.(config\.)?([cm]?[jt]s|json)$",
            r"(^|/)(gradle/wrapper|\.mvn|cmake|nix|docker|packaging)/",
        ),
    ),
)

_DOCUMENTS = (".md", ".mdx", ".rst", ".adoc", ".asciidoc", ".txt", ".qmd", ".org", ".tex", ".rdoc")
_DOCUMENT_NAMES = frozenset(
    {"license", "readme", "authors", "contributors", "copying", "codeowners"}
)
_CODE = """
vue svelte astro dart zig nim erl hrl hs lhs ml mli fs fsx clj cljs cljc groovy r jl pl pm vb pas
d cr coffee elm m mm vala v sv vhd asm s proto graphql gql thrift sol cu cuh ipynb scm
"""
_CODE_EXTENSIONS = frozenset(_CODE.split())
_CONFIG = """
json json5 jsonc yaml yml toml ini cfg conf env properties xml plist
"""
_CONFIG_EXTENSIONS = frozenset(_CONFIG.split())
_ASSET = """
png jpg jpeg gif svg webp ico icns bmp avif mp4 webm mov mp3 wav ogg ttf otf woff woff2 eot pdf
zip gz tar css scss sass less styl html htm csv tsv parquet
"""
_ASSET_EXTENSIONS = frozenset(_ASSET.split())
