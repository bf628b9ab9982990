"""Every setting there is: key, type, default, documentation; and the value they add up to.

Owns `SETTINGS` and the `Settings` dataclasses; the documentation pages, the schemas and both
editors' lists are made from it. It must not know where values come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

ENVIRONMENT_PREFIX = "PAIRWRIGHT_"

LogLevel = Literal["error", "warning", "info", "debug"]
UntouchedFindings = Literal["none", "hint"]
Severity = Literal["error", "warning", "information", "hint"]
DiagnosticsMode = Literal["auto", "push", "pull"]
RenameMode = Literal["auto", "on", "off"]
UpdateImports = Literal["always", "prompt", "never"]
SearchStore = Literal["auto", "memory", "chroma"]


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`log.*`: what is written to stderr and to the client's log."""

    level: LogLevel


@dataclass(frozen=True, slots=True)
class CodeLensSettings:
    """`code_lens.*`: which code lenses are shown."""

    callers: bool
    tests: bool


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """`index.*`: which files are read and with what means.

    `max_file_size` is in bytes. `workers` is a number of processes, 0 for automatic. `cache_folder`
    is empty for the user's cache folder, else absolute or starting with `~`.
    """

    exclude: tuple[str, ...]
    include_vendored: bool
    max_file_size: int
    workers: int
    cache_folder: str


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """`review.*`: what a review compares with, what it reports and how loudly.

    `baseline` is relative to the workspace folder and stays inside it.
    """

    on_save: bool
    base: str
    base_branch: str
    max_findings: int
    untouched: UntouchedFindings
    disabled_rules: tuple[str, ...]
    enabled_rules: tuple[str, ...]
    severity: Mapping[str, Severity] = field(hash=False)
    complexity_threshold: int
    duplicate_min_lines: int
    baseline: str


@dataclass(frozen=True, slots=True)
class RefactorSettings:
    """`refactor.*`: which refactorings are offered, and what the editor's own renaming asks."""

    enabled: bool
    disabled: tuple[str, ...]
    rename: RenameMode
    update_imports_on_rename: UpdateImports


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """`search.*`: what search by meaning works with.

    `encoder` is `bundled`, `none` or a model's folder, `rerank` is `auto`, `off` or a model's
    folder; a folder is absolute or starts with `~`. `chroma_url` is "" for a server of our own.
    """

    vectors: bool
    encoder: str
    rerank: str
    store: SearchStore
    chroma_url: str
    memory_chunks: int


@dataclass(frozen=True, slots=True)
class CommitSettings:
    """`commit.*`: what is looked at before a commit. `max_file_size` is in bytes, 0 for any."""

    max_file_size: int


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """`history.*`: where git's history is shown unasked."""

    hover: bool


@dataclass(frozen=True, slots=True)
class DiagnosticsSettings:
    """`diagnostics.*`: how findings travel to the editor."""

    mode: DiagnosticsMode


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one workspace folder; valid throughout, as `resolve_settings` makes it."""

    log: LogSettings
    navigation: bool
    code_lens: CodeLensSettings
    index: IndexSettings
    review: ReviewSettings
    refactor: RefactorSettings
    search: SearchSettings
    commit: CommitSettings
    history: HistorySettings
    diagnostics: DiagnosticsSettings


class Kind(Enum):
    """The type of a setting's value; `resolve.py` says what each accepts."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    CHOICE = "choice"
    STRING_LIST = "list of strings"
    CHOICE_MAP = "table of strings"
    REVISION = "revision"
    WORKSPACE_PATH = "path inside the workspace"
    ABSOLUTE_PATH = "absolute path"
    CHOICE_OR_PATH = "choice or absolute path"
    URL = "URL"


class Scope(Enum):
    """How widely one value holds, in the terms of the editors' settings.

    A `MACHINE` setting is never taken from a workspace's own files: a repository someone merely
    opened must not choose where this machine reads, writes or connects to.
    """

    WINDOW = "window"
    RESOURCE = "resource"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a setting and what it does."""

    value: str
    description: str


Default = bool | int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting.

    `key` is dotted snake_case. `minimum` and `maximum` bound an integer, both included. `choices`
    lists the values of a `CHOICE`, those of a `CHOICE_OR_PATH` beside a folder, or those of each
    entry of a `CHOICE_MAP` (whose default is always empty, written `()`). `renamed_from` holds keys
    under which earlier versions knew the setting; they keep working and are reported once.
    """

    key: str
    kind: Kind
    default: Default
    description: str
    scope: Scope = Scope.RESOURCE
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    renamed_from: tuple[str, ...] = ()

    @property
    def environment_variable(self) -> str:
        """`review.max_findings` -> `PAIRWRIGHT_REVIEW_MAX_FINDINGS`."""
        return ENVIRONMENT_PREFIX + self.key.upper().replace(".", "_")

    @property
    def choice_values(self) -> tuple[str, ...]:
        """The allowed values, in the order they are documented."""
        return tuple(choice.value for choice in self.choices)


SETTINGS: tuple[SettingSpec, ...] = (
    SettingSpec(
        "log.level",
        Kind.CHOICE,
        "info",
        "How much the server writes to its log, which goes to standard error and to the editor's "
        "output window.",
        Scope.WINDOW,
        choices=(
            Choice("error", "Only failures."),
            Choice("warning", "Failures, and what was skipped or fell back."),
            Choice("info", "Also what was done: starts, index builds, settings that changed."),
            Choice("debug", "Also each request with its time. For a bug report."),
        ),
    ),
    SettingSpec(
        "navigation",
        Kind.BOOLEAN,
        False,
        "Answer definition, references, document highlight, hover, call hierarchy and type "
        "hierarchy. Off by default, because the language server you already have answers them "
        "and an editor would show every result twice.",
        Scope.WINDOW,
    ),
    SettingSpec(
        "code_lens.callers",
        Kind.BOOLEAN,
        False,
        "Show above each function and class how many places use it.",
        Scope.WINDOW,
    ),
    SettingSpec(
        "code_lens.tests",
        Kind.BOOLEAN,
        False,
        "Show above each function and class how many tests reach it.",
        Scope.WINDOW,
    ),
    SettingSpec(
        "history.hover",
        Kind.BOOLEAN,
        False,
        "Show in the hover of a function or class who changed it last, when, and in which commits. "
        "Works beside another language server, and without `navigation`.",
        Scope.WINDOW,
    ),
    SettingSpec(
        "index.exclude",
        Kind.STRING_LIST,
        (),
        "Patterns of files and folders to leave out of the index, in the syntax of `.gitignore`, "
        "relative to the workspace folder. They win over every ignore file; a pattern that "
        "starts with `!` takes back in what an earlier pattern, an ignore file or a default left "
        "out.",
    ),
    SettingSpec(
        "index.include_vendored",
        Kind.BOOLEAN,
        False,
        "Index third-party code that lives in the workspace (`vendor/`, `third_party/` and the "
        "like). Off by default, because its symbols crowd out yours and nobody reviews it.",
    ),
    SettingSpec(
        "index.max_file_size",
        Kind.INTEGER,
        1_000_000,
        "The largest file, in bytes, that is indexed. Larger ones are mostly generated; they are "
        "listed as skipped.",
        minimum=1_000,
        maximum=100_000_000,
    ),
    SettingSpec(
        "index.workers",
        Kind.INTEGER,
        0,
        "How many processes build the index of a workspace that was never indexed. 0 chooses "
        "from the number of processor cores.",
        Scope.WINDOW,
        minimum=0,
        maximum=64,
    ),
    SettingSpec(
        "index.cache_folder",
        Kind.ABSOLUTE_PATH,
        "",
        "The folder that holds the index of every workspace. Empty means the user's cache "
        "folder. An absolute path, or one that starts with `~`. Ignored in a workspace's own "
        "files, so that opening a repository cannot choose where this machine writes.",
        Scope.MACHINE,
    ),
    SettingSpec(
        "review.on_save",
        Kind.BOOLEAN,
        True,
        "Review a file each time it is saved. When off, a review runs only when asked for by a "
        "command.",
    ),
    SettingSpec(
        "review.base",
        Kind.REVISION,
        "HEAD",
        "The revision a review compares with. `HEAD` reviews what is not committed yet; "
        "`staged` reviews what is staged for the next commit, and nothing else; "
        "`merge-base` reviews the whole branch, from where it left `review.base_branch`; "
        "anything else is taken as a revision of git, such as a tag or `origin/main`.",
    ),
    SettingSpec(
        "review.base_branch",
        Kind.REVISION,
        "",
        "The branch that `merge-base` measures from. Empty means the repository's default "
        "branch: where `origin/HEAD` points, else `main`, else `master`.",
    ),
    SettingSpec(
        "review.max_findings",
        Kind.INTEGER,
        20,
        "The most findings shown in one file. The rest is counted in one last finding.",
        minimum=1,
        maximum=1_000,
    ),
    SettingSpec(
        "review.untouched",
        Kind.CHOICE,
        "none",
        "What to do with findings in lines that did not change since the base revision.",
        choices=(
            Choice("none", "Say nothing about them."),
            Choice("hint", "Show them as hints, which editors draw faintly."),
        ),
    ),
    SettingSpec(
        "review.disabled_rules",
        Kind.STRING_LIST,
        (),
        "Rules that never run, by their identifiers, such as `todo-without-owner`.",
    ),
    SettingSpec(
        "review.enabled_rules",
        Kind.STRING_LIST,
        (),
        "Rules to run although they are off by default. `review.disabled_rules` wins when a rule "
        "stands in both.",
    ),
    SettingSpec(
        "review.severity",
        Kind.CHOICE_MAP,
        (),
        "The severity of a rule's findings, by the rule's identifier, in place of the rule's "
        "own. The entries of a higher layer are added to those of the lower ones.",
        choices=(
            Choice("error", "An error: fails the command line's review."),
            Choice("warning", "A warning."),
            Choice("information", "An information."),
            Choice("hint", "A hint, which editors draw faintly."),
        ),
    ),
    SettingSpec(
        "review.complexity_threshold",
        Kind.INTEGER,
        15,
        "The complexity above which a function that grew is reported by `complexity-grew`.",
        minimum=1,
        maximum=1_000,
    ),
    SettingSpec(
        "review.duplicate_min_lines",
        Kind.INTEGER,
        6,
        "The shortest new function, in lines, that `duplicate-of-existing` compares with the "
        "workspace.",
        minimum=2,
        maximum=1_000,
    ),
    SettingSpec(
        "review.baseline",
        Kind.WORKSPACE_PATH,
        ".pairwright/baseline.json",
        "The file that holds the findings accepted as they are, relative to the workspace "
        "folder. Commit it to share it with the team.",
    ),
    SettingSpec(
        "refactor.enabled",
        Kind.BOOLEAN,
        True,
        "Offer refactorings as code actions. The command `pairwright.refactor.apply` and the "
        "command line do them in any case.",
    ),
    SettingSpec(
        "refactor.disabled",
        Kind.STRING_LIST,
        (),
        "Refactorings that are not offered, by their identifiers, such as `inline.variable`. "
        "`docs/refactorings.md` lists them.",
    ),
    SettingSpec(
        "refactor.rename",
        Kind.CHOICE,
        "auto",
        "Whether the editor's own renaming asks this server. The command "
        "`pairwright.refactor.apply` with `rename.symbol` and the command line rename in any case.",
        Scope.WINDOW,
        choices=(
            Choice(
                "auto", "With `navigation`: beside another server, two would answer one rename."
            ),
            Choice("on", "Always."),
            Choice("off", "Never."),
        ),
    ),
    SettingSpec(
        "refactor.update_imports_on_rename",
        Kind.CHOICE,
        "prompt",
        "Whether imports follow when files or folders are renamed in the editor.",
        choices=(
            Choice("always", "They do."),
            Choice("prompt", "The editor asks first; nothing is done in an editor that cannot."),
            Choice("never", "They stay: another server updates them, or nobody."),
        ),
    ),
    SettingSpec(
        "search.vectors",
        Kind.BOOLEAN,
        True,
        "Search by meaning too: every piece of code gets a vector, made on this machine in the "
        "background once the index is ready. When off, search goes by words and names alone.",
    ),
    SettingSpec(
        "search.encoder",
        Kind.CHOICE_OR_PATH,
        "bundled",
        "What turns code and questions into vectors. A folder holds a model2vec or ONNX model: an "
        "absolute path, or one that starts with `~`. Another encoder means other vectors: they are "
        "made anew. Ignored in a workspace's own files.",
        Scope.MACHINE,
        choices=(
            Choice("bundled", "The small encoder that comes with Pairwright."),
            Choice("none", "No encoder: vectors that were made before are not used either."),
        ),
    ),
    SettingSpec(
        "search.rerank",
        Kind.CHOICE_OR_PATH,
        "auto",
        "A larger model that looks again at the best hits of a search by words. It needs the extra "
        "`pairwright[rerank]`. A folder holds an ONNX model: an absolute path, or one that starts "
        "with `~`. Ignored in a workspace's own files.",
        Scope.MACHINE,
        choices=(
            Choice("auto", "The model in the user's data folder, when there is one."),
            Choice("off", "None."),
        ),
    ),
    SettingSpec(
        "search.store",
        Kind.CHOICE,
        "auto",
        "Where vectors are searched. They are kept in the index in any case.",
        choices=(
            Choice("auto", "In memory, in Chroma above `search.memory_chunks`."),
            Choice("memory", "Always in memory, exactly."),
            Choice(
                "chroma",
                "In a Chroma server: the one of `search.chroma_url`, else one that Pairwright runs "
                "on this machine, which needs the extra `pairwright[chroma]`.",
            ),
        ),
    ),
    SettingSpec(
        "search.chroma_url",
        Kind.URL,
        "",
        "A Chroma server that a team shares, such as `http://127.0.0.1:8000`. Vectors and the "
        "hashes of the code they were made from are sent there, no code. Empty means a server of "
        "our own. Ignored in a workspace's own files, so that opening a repository cannot choose "
        "where this machine connects to.",
        Scope.MACHINE,
    ),
    SettingSpec(
        "search.memory_chunks",
        Kind.INTEGER,
        200_000,
        "The most pieces of code whose vectors are searched in memory when `search.store` is "
        "`auto`. A thousand of them take about a quarter of a megabyte.",
        minimum=1_000,
        maximum=10_000_000,
    ),
    SettingSpec(
        "commit.max_file_size",
        Kind.INTEGER,
        5_000_000,
        "The largest file, in bytes, that is committed without a question: what a history once "
        "holds, every clone holds for good. 0 allows any size.",
        minimum=0,
        maximum=1_000_000_000_000,
    ),
    SettingSpec(
        "diagnostics.mode",
        Kind.CHOICE,
        "auto",
        "How findings reach the editor.",
        Scope.WINDOW,
        choices=(
            Choice("auto", "Pulled where the editor can pull, pushed elsewhere."),
            Choice("push", "Always published by the server."),
            Choice("pull", "Only when the editor asks."),
        ),
    ),
)


def setting_value(settings: Settings, key: str) -> object:
    """The value that the dotted `key` of `SETTINGS` has in `settings`."""
    value: object = settings
    for part in key.split("."):
        value = getattr(value, part)
    return value
