"""Questions with known answers, made from published packages and from histories of repositories.

Owns what is asked and which files and lines answer it. It must not know how search works. Four
kinds: the first sentence of a function's documentation asks for the function, what a file or type
says of itself asks for the file, the message of a later fix asks for the files that it changed, and
questions that were written by hand (`questions/`) ask for the files that answer them. What a
question was made of is taken out of the text that is searched. Packages and repositories are
split into those that weights are tuned with and those that are only reported.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pairwright.index.build import BuildOptions
from pairwright.index.source import NotSource, read_source
from pairwright.index.walk import walk
from pairwright_analyzers.facts import FileFacts, facts_of
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS

TUNING, HELD_OUT = "tuning", "held-out"
DOCUMENTATION, HEADERS, HISTORY, QUESTIONS = "documentation", "headers", "history", "questions"
ISSUES = "issues"
KINDS = (DOCUMENTATION, HEADERS, HISTORY, QUESTIONS, ISSUES)

MOST_QUESTIONS = 120
"""Of one set; more are thinned out by a hash of their text."""

_MOST_MESSAGE = 4000
_WRITTEN = Path(__file__).parent / "questions"


@dataclass(frozen=True, slots=True)
class Answer:
    """A place that answers: a file, and the line (from 1) of the name of what is asked for or 0."""

    path: str
    line: int = 0
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A text and all places that answer it."""

    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """Questions about the tree below `root`."""

    name: str
    kind: str
    split: str
    root: Path
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A release on PyPI or npm; only what lies below `below` is searched."""

    name: str
    version: str
    registry: str
    split: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A history; the tree `back` commits (of the first parents) before `tip` is searched."""

    name: str
    tip: str
    split: str
    back: int = 500
    below: str = ""


PACKAGES: tuple[Package, ...] = (
    Package("networkx", "3.6.1", "pypi", TUNING),
    Package("paramiko", "5.1.0", "pypi", TUNING),
    Package("celery", "5.7.0", "pypi", TUNING),
    Package("scrapy", "2.19.0", "pypi", TUNING),
    Package("arrow", "1.4.0", "pypi", TUNING),
    Package("video.js", "8.24.1", "npm", TUNING, "src"),
    Package("rxjs", "7.8.2", "npm", TUNING, "src"),
    Package("ramda", "0.32.0", "npm", TUNING, "src"),
    Package("rich", "15.0.0", "pypi", HELD_OUT),
    Package("aiohttp", "3.14.5", "pypi", HELD_OUT),
    Package("nltk", "3.10.4", "pypi", HELD_OUT),
    Package("dulwich", "1.2.21", "pypi", HELD_OUT),
    Package("werkzeug", "3.1.9", "pypi", HELD_OUT),
    Package("fabric", "3.2.3", "pypi", HELD_OUT),
    Package("luxon", "3.7.2", "npm", HELD_OUT, "src"),
    Package("matter-js", "0.20.0", "npm", HELD_OUT, "src"),
    Package("three", "0.187.0", "npm", HELD_OUT, "src"),
)

REPOSITORIES: tuple[Repository, ...] = (
    Repository("celery/kombu", "", TUNING, 700),
    Repository("scrapy/scrapy", "", TUNING, 700),
    Repository("paramiko/paramiko", "", TUNING, 500),
    Repository("vitejs/vite", "", TUNING, 700, "packages"),
    Repository("typeorm/typeorm", "", TUNING, 500),
    Repository("mochajs/mocha", "", TUNING, 800),
    Repository("colinhacks/zod", "", TUNING, 500),
    Repository("square/okio", "", TUNING, 400),
    Repository("hyperium/hyper", "", TUNING, 600),
    Repository("guzzle/guzzle", "", TUNING, 500),
    Repository("sidekiq/sidekiq", "", TUNING, 800),
    Repository("catchorg/Catch2", "", TUNING, 700),
    Repository("go-chi/chi", "", TUNING, 300),
    Repository("nvim-telescope/telescope.nvim", "", TUNING, 500),
    Repository("DapperLib/Dapper", "", TUNING, 500),
    Repository("celery/celery", "", HELD_OUT, 500),
    Repository("aio-libs/aiohttp", "", HELD_OUT, 900),
    Repository("encode/httpx", "", HELD_OUT, 500),
    Repository("typestack/class-validator", "", HELD_OUT, 300),
    Repository("excalidraw/excalidraw", "", HELD_OUT, 500),
    Repository("clap-rs/clap", "", HELD_OUT, 500),
    Repository("serde-rs/serde", "", HELD_OUT, 500),
    Repository("square/retrofit", "", HELD_OUT, 400),
    Repository("slimphp/Slim", "", HELD_OUT, 400),
    Repository("puma/puma", "", HELD_OUT, 600),
    Repository("elixir-plug/plug", "", HELD_OUT, 500),
    Repository("spf13/cobra", "", HELD_OUT, 350),
    Repository("redis/hiredis", "", HELD_OUT, 300),
    Repository("JamesNK/Newtonsoft.Json", "", HELD_OUT, 300),
    Repository("com-lihaoyi/os-lib", "", HELD_OUT, 200),
)

COMMITS: tuple[Repository, ...] = (
    Repository("google/gson", "9835b6f90192f79cdf5300c528fc6212455fb6c1", TUNING, 0),
    Repository("jqlang/jq", "579e6f76cffd7643ba4002a2c3618a5ea710589a", TUNING, 0),
    Repository("gin-gonic/gin", "dcaa4296d111981ffb31ac3eba90bb63e1eb5ab9", TUNING, 0),
    Repository("caddyserver/caddy", "0cf03d32f7d99cf160d5375e8a40fbe3d910d515", TUNING, 0),
    Repository("lunarmodules/Penlight", "c317508c90cb384da22e79f6bd405eb4e406fc79", TUNING, 0),
    Repository("bats-core/bats-core", "d22e41faad59f5fd942a88c992b4913a27a460c4", TUNING, 0),
    Repository("composer/composer", "eba7baa59eb1b59246cf9800b0120fe78915b6ac", TUNING, 0),
    Repository("BurntSushi/ripgrep", "3fce3b5bb0236da2df6d99672afb8a719642eca7", TUNING, 0),
    Repository("axios/axios", "23a25af0688d1db2c396deb09229d2271cc24f6c", TUNING, 0),
    Repository("vueuse/vueuse", "1354e69588f601f721ce2b5e4328d7c3214a0c7e", TUNING, 0),
    Repository("Alamofire/Alamofire", "7595cbcf59809f9977c5f6378500de2ad73b7ddb", HELD_OUT, 0),
    Repository("google/leveldb", "78a352f47ed6c1e9d750545e9b242289185b87e1", HELD_OUT, 0),
    Repository("sinatra/sinatra", "cb22afd7902b566b6eaba6c4ea89739494a65d12", HELD_OUT, 0),
    Repository("square/moshi", "889013ec2edb8d8034902662a1dc8c4f3b3f8111", HELD_OUT, 0),
    Repository("com-lihaoyi/cask", "61bc009b03ee2eb80fcb256e18a45e54571ec511", HELD_OUT, 0),
    Repository("serilog/serilog", "60935b4d7abad71cf6157b45a10f5c3c65ead527", HELD_OUT, 0),
    Repository("starship/starship", "6f33dcec91b758ccbae4ed850eaa6feabff798f9", HELD_OUT, 0),
    Repository("vuejs/core", "e2bede96134f757aad5c5b33ac9be055022dbfc8", HELD_OUT, 0),
    Repository("pallets/click", "2c8cd3ac958a7eb316d67f2d316c27086c4c0369", HELD_OUT, 0),
    Repository("elixir-ecto/ecto", "c624abf4297b27589a5a7351b55feb2316f61e1c", HELD_OUT, 0),
)
"""Trees that are asked only what was written for them. A hash of the name decides on the split."""


# --- making


def prepared(folder: Path, histories: Path | None, say: Callable[[str], None]) -> list[DataSet]:
    """All sets that can be had, made below `folder` once.

    Packages come from their registries through pip and npm; repositories from `histories`, a folder
    of git clones named `owner+name` (bare or not), and are left out where they are missing.
    """
    sets: list[DataSet] = []
    for package in PACKAGES:
        place = folder / f"{package.registry}-{package.name}"
        if not (place / "whole").is_dir() and not _downloaded(package, place, say):
            continue
        sets += _kept_or_made(place, package.name, package.split, (DOCUMENTATION, HEADERS))
    for repository in (*REPOSITORIES, *COMMITS) if histories is not None else ():
        place = folder / repository.name.replace("/", "+")
        git = _git_folder(histories, repository.name)
        if git is None:
            say(f"{repository.name} is not in {histories}: left out")
            continue
        try:
            if not (place / "whole").is_dir():
                say(f"taking {repository.name} out of its history")
                _unpack_snapshot(git, repository, place)
        except subprocess.CalledProcessError as error:
            shutil.rmtree(place / "whole", ignore_errors=True)
            say(f"{repository.name} cannot be read: left out\n{error.stderr.decode().strip()}")
            continue
        if repository not in COMMITS:
            name = repository.name.partition("/")[2]
            sets += _kept_or_made(place, name, repository.split, (DOCUMENTATION, HEADERS))
            sets += _kept_history(place, git, repository)
        sets += _written(place, repository)
    return [one for one in sets if len(one.questions) >= 5]


def issues(
    reports: Path, histories: Path, folder: Path, say: Callable[[str], None]
) -> list[DataSet]:
    """A set for each issue of `reports`, in the tree from before its fix, made below `folder` once.

    `reports` has a file `owner+name.json` for each repository: a list of `{"text": the issue's
    title and body, "fix": the commit that closed it, "paths": the sources that this changed}`.
    """
    sets: list[DataSet] = []
    for file in sorted(reports.glob("*+*.json")):
        name = file.stem.replace("+", "/")
        git = _git_folder(histories, name)
        if git is None:
            say(f"{name} is not in {histories}: left out")
            continue
        for row in json.loads(file.read_text(encoding="utf-8")):
            root = folder / file.stem / row["fix"][:12]
            try:
                if not root.is_dir():
                    _unpack(git, f"{row['fix']}^", [], root)
            except subprocess.CalledProcessError as error:
                why = error.stderr.decode().strip()
                say(f"{name} before {row['fix'][:12]} cannot be read: left out\n{why}")
                continue
            paths = [path for path in row["paths"] if (root / path).is_file()]
            if paths:
                question = Question(row["text"], tuple(Answer(path) for path in paths))
                short = name.partition("/")[2]
                sets.append(DataSet(short, ISSUES, split_of(name), root, (question,)))
    return sets


def split_of(repository: str) -> str:
    """The split of a repository: as listed above, or by a hash of its name."""
    listed = {one.name: one.split for one in (*REPOSITORIES, *COMMITS)}
    half = hashlib.sha256(repository.encode()).digest()[0] % 2
    return listed.get(repository) or (HELD_OUT if half else TUNING)


def _kept_or_made(place: Path, name: str, split: str, kinds: Sequence[str]) -> Iterator[DataSet]:
    for kind in kinds:
        root, kept = place / kind, place / f"{kind}.json"
        if not kept.exists():
            shutil.rmtree(root, ignore_errors=True)
            questions = _stripped(place / "whole", root, kind)
            kept.write_text(_dumped(questions), encoding="utf-8")
        yield DataSet(name, kind, split, root, _loaded(kept))


def _kept_history(place: Path, git: Path, repository: Repository) -> Iterator[DataSet]:
    kept = place / f"{HISTORY}.json"
    if not kept.exists():
        kept.write_text(_dumped(_fixes(git, repository, place / "whole")), encoding="utf-8")
    name = repository.name.partition("/")[2]
    yield DataSet(name, HISTORY, repository.split, place / "whole", _loaded(kept))


def _written(place: Path, repository: Repository) -> Iterator[DataSet]:
    """Questions that a person wrote: `{question: [path, …]}`; paths that are gone are left out."""
    file = _WRITTEN / (repository.name.replace("/", "+") + ".json")
    if not file.exists():
        return
    root = place / "whole"
    questions = []
    for text, paths in json.loads(file.read_text(encoding="utf-8")).items():
        answers = tuple(Answer(path) for path in paths if (root / path).is_file())
        if answers:
            questions.append(Question(text, answers))
    name = repository.name.partition("/")[2]
    yield DataSet(name, QUESTIONS, repository.split, root, tuple(questions))


def _dumped(questions: Iterable[Question]) -> str:
    rows = [[one.text, [[a.path, a.line, a.symbol] for a in one.answers]] for one in questions]
    return json.dumps(rows, ensure_ascii=False, indent=0)


def _loaded(file: Path) -> tuple[Question, ...]:
    rows = json.loads(file.read_text(encoding="utf-8"))
    return tuple(Question(text, tuple(Answer(*a) for a in answers)) for text, answers in rows)


# --- packages


def _downloaded(package: Package, place: Path, say: Callable[[str], None]) -> bool:
    say(f"downloading {package.name} {package.version} from {package.registry}")
    place.mkdir(parents=True, exist_ok=True)
    if package.registry == "pypi":
        wanted = f"{package.name}=={package.version}"
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "-d",
            ".",
            wanted,
        ]
    else:
        npm = shutil.which("npm")
        if npm is None:
            say("npm is not installed: left out")
            return False
        command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    ran = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    archives = [file for file in place.iterdir() if file.suffix in {".whl", ".tgz", ".gz", ".zip"}]
    if ran.returncode or not archives:
        say(f"{package.name} cannot be downloaded: left out\n{ran.stderr.strip()[-300:]}")
        return False
    whole = place / "whole"
    if archives[0].suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archives[0]) as opened:
            opened.extractall(whole)
    else:
        with tarfile.open(archives[0]) as packed:
            packed.extractall(whole, filter="data")
        _lift(whole)
    if package.below:
        _only(whole, package.below)
    return True


def _lift(whole: Path) -> None:
    """Take the one folder that an archive has at its top out of the way."""
    inside = list(whole.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        spare = whole.with_name("unpacking")
        inside[0].rename(spare)
        whole.rmdir()
        spare.rename(whole)


def _only(whole: Path, below: str) -> None:
    spare = whole.with_name("unpacking")
    spare.mkdir()
    (whole / below).rename(spare / PurePosixPath(below).name)
    shutil.rmtree(whole)
    spare.rename(whole)


# --- documentation and headers


def _stripped(whole: Path, root: Path, kind: str) -> list[Question]:
    """Copy the sources below `whole` without what the questions are made of; the questions."""
    found: dict[str, list[Answer]] = {}
    for entry in walk(whole, BuildOptions().walk_options()).entries:
        source = read_source(whole, entry.path)
        if isinstance(source, NotSource):
            continue
        text = source.text
        if source.language.first_class:
            facts = facts_of(source.language, text)
            taken = _function_docs(facts, text) if kind == DOCUMENTATION else _headers(facts, text)
            text, answers = _without(text, taken)
            if not _is_aside(entry.path):
                for asked, answer in answers:
                    found.setdefault(asked, []).append(Answer(entry.path, *answer))
        copy = root / entry.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(text)
    # What two places say of themselves asks for neither.
    alone = [Question(asked, tuple(a)) for asked, a in found.items() if len(a) == 1]
    return _thinned(alone)


def _thinned(questions: Sequence[Question]) -> list[Question]:
    ordered = sorted(questions, key=lambda one: hashlib.sha256(one.text.encode()).digest())
    return ordered[:MOST_QUESTIONS]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A span of documentation, the question in it ("" for none), whose it is: offset and name."""

    start: int
    end: int
    asked: str
    at: int
    symbol: str


def _function_docs(facts: FileFacts, text: bytes) -> list[_Taken]:
    taken = []
    for symbol in facts.symbols:
        if symbol.kind not in CALLABLE_KINDS or symbol.doc is None:
            continue
        doc = symbol.doc
        rest = text[symbol.span.start : symbol.span.end]
        if symbol.span.covers(doc):
            rest = text[symbol.span.start : doc.start] + text[doc.end : symbol.span.end]
        lines = [line for line in rest.split(b"\n") if line.strip()]
        # A body of nothing but its documentation would be no program without it.
        if len(lines) < 3:
            continue
        asked = (
            ""
            if len(lines) < 4
            else first_sentence(text[doc.start : doc.end].decode("utf-8", "replace"))
        )
        taken.append(_Taken(doc.start, doc.end, asked, symbol.name_span.start, symbol.qualname))
    return taken


def _headers(facts: FileFacts, text: bytes) -> list[_Taken]:
    """What the file says of itself at its top, and what its types say of themselves."""
    taken = []
    header = _file_header(facts.language, text)
    docs = [
        symbol
        for symbol in facts.symbols
        if symbol.kind in TYPE_KINDS and symbol.doc is not None and symbol.container < 0
    ]
    asked_once = ""
    if header is not None:
        start, end = header
        said = text[start:end].decode("utf-8", "replace")
        if not _LEGAL.search(said):
            asked_once = first_sentence(said)
            taken.append(_Taken(start, end, asked_once, 0, ""))
    biggest = max(docs, key=lambda symbol: len(symbol.span), default=None)
    for symbol in docs:
        doc = symbol.doc
        assert doc is not None
        if header is not None and doc.start < header[1] and header[0] < doc.end:
            continue
        body = text[symbol.span.start : symbol.span.end].count(b"\n")
        if symbol.span.covers(doc) and body - text[doc.start : doc.end].count(b"\n") < 3:
            continue
        asked = ""
        if symbol is biggest and not asked_once and body >= 10:
            asked = first_sentence(text[doc.start : doc.end].decode("utf-8", "replace"))
        taken.append(_Taken(doc.start, doc.end, asked, 0, ""))
    return sorted(taken, key=lambda one: one.start)


_LEGAL = re.compile(r"copyright|licen[cs]e|spdx|\(c\)|eslint|jshint|@flow|prettier", re.I)
_PYTHON_DOC = re.compile(rb'\A(?:#[^\n]*\n|\s)*[rRuU]?("""|\'\'\')(?:\\.|(?!\1).)*\1', re.S)
_BLOCK = re.compile(
    rb"\A\s*(?:<\?php\s*|#![^\n]*\n\s*|['\"]use strict['\"];?\s*)?(/\*.*?\*/)", re.S
)
_LINES = re.compile(rb"\A\s*(?:#![^\n]*\n\s*)?((?:(?://|#(?!!)|--)[^\n]*\n)+)")


def _file_header(language: str, text: bytes) -> tuple[int, int] | None:
    if language == "python":
        found = _PYTHON_DOC.search(text)
        if found is None:
            return None
        quote = found[1]
        return text.index(quote, _comments_end(text)), found.end()
    for pattern in (_BLOCK, _LINES):
        found = pattern.search(text)
        if found is not None:
            return found.span(1)
    return None


def _comments_end(text: bytes) -> int:
    found = re.match(rb"(?:#[^\n]*\n|\s)*", text)
    return found.end() if found else 0


def _without(
    text: bytes, taken: Sequence[_Taken]
) -> tuple[bytes, list[tuple[str, tuple[int, str]]]]:
    """The text without what was taken, and the questions with the lines they then ask for."""
    spans: list[tuple[int, int]] = []
    for one in sorted(taken, key=lambda one: one.start):
        start = text.rfind(b"\n", 0, one.start) + 1
        end = text.find(b"\n", one.end)
        end = len(text) if end < 0 else end + 1
        alone = not text[start : one.start].strip() and not text[one.end : end].strip()
        span = (start, end) if alone else (one.start, one.end)
        if not spans or span[0] >= spans[-1][1]:
            spans.append(span)
    pieces, at = [], 0
    for start, end in spans:
        pieces.append(text[at:start])
        at = end
    pieces.append(text[at:])
    left = b"".join(pieces)
    answers = []
    for one in taken:
        if not one.asked:
            continue
        gone = sum(min(end, one.at) - start for start, end in spans if start < one.at)
        line = left.count(b"\n", 0, one.at - gone) + 1 if one.symbol else 0
        answers.append((one.asked, (line, one.symbol)))
    return left, answers


_MARKERS = re.compile(
    r"^\s*(?:/\*+!?|\*+/|\*(?!\*)|///?/?!?|#+!?|--+(?:\[=*\[)?|;+|[rRuUbB]?\"{3}|[rRuU]?'{3}|@moduledoc|@doc)\s?"
)
_MARKUP = re.compile(
    r":\w+:`~?([^`<]*)(?:<[^>]*>)?`|\{@\w+\s+#?([^}]*)\}|``?([^`]*)``?|</?\w+[^>]*>|\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")


def first_sentence(doc: str) -> str:
    """What a documentation comment says first, or "" when that makes no question."""
    lines = []
    for raw in doc.split("\n"):
        line = _MARKERS.sub("", raw).rstrip().removesuffix("*/").removesuffix('"""').strip()
        if not line or line.startswith(("@", "\\", ":param", "<?", "===", "---")):
            if lines:
                break
            line = re.sub(
                r"^[@\\](?:brief|summary|fileoverview|description|desc|module)\s*", "", line
            )
            if not line or line.startswith(("@", "\\", ":", "<", "===", "---")):
                continue
        lines.append(line)
    said = " ".join(" ".join(lines).split())
    said = _MARKUP.sub(lambda match: next((g for g in match.groups() if g), " "), said)
    said = " ".join(_SENTENCE.split(said)[0].split()).strip(" `'\"")
    words = said.split()
    fits = 20 <= len(said) <= 250 and len(words) >= 4 and said.isascii()
    plain = sum(word.strip(".,;:()").isalpha() for word in words) >= 0.6 * len(words)
    return said if fits and plain and not _LEGAL.search(said) else ""


# --- histories


def _git_folder(histories: Path, name: str) -> Path | None:
    place = histories / name.replace("/", "+")
    for candidate in (place, place / "repo", place / ".git"):
        if (candidate / "HEAD").is_file():
            return candidate
    return None


def _git(git: Path, *arguments: str) -> bytes:
    command = ["git", "--git-dir", str(git), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _base(git: Path, repository: Repository) -> str:
    tip = repository.tip or "HEAD"
    listed = _git(git, "rev-list", "--first-parent", f"--skip={repository.back}", "-1", tip)
    return listed.decode().strip()


def _unpack_snapshot(git: Path, repository: Repository, place: Path) -> None:
    below = [repository.below] if repository.below else []
    _unpack(git, _base(git, repository), below, place / "whole")


def _unpack(git: Path, commit: str, below: Sequence[str], root: Path) -> None:
    """The files of a commit, in a folder that appears when all are there."""
    unpacking = root.with_name(f"{root.name}.unpacking")
    shutil.rmtree(unpacking, ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)
    unpacking.mkdir(parents=True)
    packed = _git(git, "archive", "--format=tar", commit, *below)
    with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
        members = [m for m in opened.getmembers() if m.isfile() and m.size < 1_500_000]
        opened.extractall(unpacking, members, filter="data")
    unpacking.rename(root)


_FIX = re.compile(
    r"\b(?:fix|bug|error|crash|wrong|incorrect|regress|leak|race|fail|broken|prevent|avoid|handle|"
    r"ensure|correct|issue|resolve|invalid|missing|support|allow)",
    re.I,
)
_CHORE = re.compile(
    r"^(?:chore|docs?|ci|build|tests?|style|release|bump|merge|revert|refactor|prepare)\b|"
    r"^update (?:dep|copyright)|^\[pre-commit|changelog|^v?\d+\.\d+|typos?\b|dependabot|bump ",
    re.I,
)
_TRAILER = re.compile(
    r"^\s*(?:signed-off-by|co-authored-by|reviewed-by|cc|change-id|git-svn-id|"
    r"(?:fixe?s|closes?|refs?|resolves?)\s*:?\s*(?:https?://\S+|#\d+)(?:[\s,#\d]|and)*)\b.*$",
    re.I | re.M,
)
_HOUSEKEEPING = re.compile(
    r"pre-commit|^\W*(?:update|apply suggestions|lint|flake8|fmt|changeset|wip|tests?|cleanup|-+|"
    r"fix(?:es)?(?: (?:lint|tests?|typos?))?|trigger build)\s*(?:from code review)?\W*$",
    re.I,
)
_NUMBER = re.compile(r"\(?(?:(?:fixe?[sd]|closes?|resolves?|refs?)\s+)?(?:[\w./-]+)?#\d+\)?", re.I)


def _fixes(git: Path, repository: Repository, whole: Path) -> list[Question]:
    base, tip = _base(git, repository), repository.tip or "HEAD"
    log = _git(
        git,
        "log",
        "--no-merges",
        "--name-status",
        "--no-renames",
        "--format=%x1e%B%x1f",
        f"{base}..{tip}",
    ).decode("utf-8", "replace")
    questions: dict[str, Question] = {}
    for entry in log.split("\x1e")[1:]:
        message, _, listed = entry.partition("\x1f")
        subject = message.strip().partition("\n")[0]
        if _CHORE.search(subject) or not _FIX.search(message):
            continue
        changed = [line.partition("\t")[::2] for line in listed.split("\n") if "\t" in line]
        code = [(how, path) for how, path in changed if _is_code(path)]
        if not 1 <= len(code) <= 5 or any(how != "M" for how, _ in code):
            continue
        if not all((whole / path).is_file() for _, path in code):
            continue
        kept = [
            line
            for line in _NUMBER.sub(" ", _TRAILER.sub("", message)).splitlines()
            if not _HOUSEKEEPING.search(line) and not any(path in line for _, path in code)
        ]
        asked = "\n".join(kept)[:_MOST_MESSAGE].strip()
        asked = re.sub(r"^(?:fix|feat|perf|bug)(?:\([^)]*\))?!?:\s*", "", asked, flags=re.I)
        if len(asked.split()) < 5:
            continue
        answers = tuple(Answer(path) for _, path in code)
        questions.setdefault(asked, Question(asked, answers))
    return _thinned(list(questions.values()))


def _is_code(path: str) -> bool:
    spec = language_of(path)
    return spec is not None and spec.first_class and not _is_aside(path)


_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|testing|specs?|__tests__|examples?|samples?|docs?|benchmarks?|bench|fixtures?|"
    r"testdata|demo|playground|vendor|third_party|extras|node_modules|scripts?|tools|\.github)/|"
    r"(?:^|[/_.-])(?:test|spec|conftest|setup)[_.-]|Tests?\.\w+$|_test\.\w+$|\.d\.[cm]?ts$",
    re.I,
)


def _is_aside(path: str) -> bool:
    """Whether a file is about the program, rather than of it."""
    spec = language_of(path)
    return bool(_ASIDE.search(path)) or (
        spec is not None and any(re.search(pattern, path) for pattern in spec.test_paths)
    )
