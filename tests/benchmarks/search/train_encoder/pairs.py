"""Archives of packages -> pairs of a question and the code that answers it.

Owns which files are read and what makes a pair. A pair is the first sentence of a definition's
documentation with the chunk it documents, as search would embed it but without the documentation.
It must not know how the encoder is trained.
"""

from __future__ import annotations

import io
import json
import random
import re
import tarfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pairwright_analyzers.chunks import chunks_of, fields_of_chunks, text_of_fields
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.syntax import parse

MAX_FILE = 300_000
"""Bytes of a file; larger ones are generated."""

MAX_PACKAGE_BYTES = 1_500_000
"""Source read of one package, so that none outweighs the others; Debian's sources get more."""

MAX_SYSTEM_BYTES = 6_000_000

_SKIPPED = re.compile(
    r"(^|/)(tests?|__tests__|testing|testdata|spec|specs|fixtures?|mocks?|vendor|_vendor|vendored|third[-_]?party"
    r"|3rdparty|external|node_modules|umd|cjs|min|minified|locales?|locale_data|migrations|docs?|examples?|i18n"
    r"|generated|gen|extlibs?|debian|licenses?)/|\.min\.|[-._](test|spec|umd|bundle|stories)\.|_test\.|(^|/)test_|_pb2"
    r"|\.pb\.|\.d\.[mc]?ts$|zz_generated|(^|/)(conftest|setup)\.py$",
    re.IGNORECASE,
)
_NOT_CODE = frozenset({"markdown", "json", "yaml", "toml", "html", "css", "sql", "bash"})
_SENTENCE = re.compile(
    r"(?<=[.!?])\s|\n\s*\n|\s@\w+|\s:\w+ ?\w*:|\s\\\w+|\s<(?:p|summary|param|returns?)\b"
)
_MARKUP = re.compile(r"</?\w[^>]*>|\{@\w+\s+([^}]*)\}|[`*|]+|:\w+:(?=`)|^\W+|\\[a-z]+\s")
_FILLER = re.compile(
    r"todo|fixme|copyright|licen[sc]e|deprecated|auto-?generated|inheritdoc|noqa", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, what answers it, and what else its documentation says."""

    query: str
    name: str
    text: str
    rest: str
    language: str
    package: str


def pairs_of_archives(archives: list[Path], out: Path, processes: int) -> None:
    """Writes the pairs of all archives to `out`, one JSON list a line, equal questions once."""
    seen: set[str] = set()
    with ProcessPoolExecutor(processes) as pool, out.open("w", encoding="utf-8") as lines:
        for found in pool.map(pairs_of_archive, archives):
            for pair in found:
                key = f"{pair.language} {pair.query.lower()}"
                if key not in seen:
                    seen.add(key)
                    fields = (
                        pair.query,
                        pair.name,
                        pair.text,
                        pair.rest,
                        pair.language,
                        pair.package,
                    )
                    lines.write(json.dumps(fields) + "\n")


def read_pairs(path: Path) -> list[Pair]:
    """What `pairs_of_archives` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [Pair(*json.loads(line)) for line in lines]


def pairs_of_archive(archive: Path) -> list[Pair]:
    """The pairs of one archive, of files taken at random up to the bound."""
    package = package_of(archive)
    files = [(name, size) for name, size in _names(archive) if _wanted(name, size)]
    random.Random(package).shuffle(files)
    bound = MAX_SYSTEM_BYTES if ".orig" in archive.name else MAX_PACKAGE_BYTES
    chosen: set[str] = set()
    for name, size in files:
        if bound <= 0:
            break
        chosen.add(name)
        bound -= size
    return [
        pair
        for name, content in _contents(archive, chosen)
        for pair in pairs_of_file(name, content, package)
    ]


def package_of(archive: Path) -> str:
    """The archive's name without its version."""
    return re.split(r"[-_]v?\d", archive.name)[0].lower().replace("_", "-")


def pairs_of_file(path: str, content: bytes, package: str) -> Iterator[Pair]:
    """The pairs of one file; none of a file that is packed or cannot be read."""
    spec = language_of(path)
    if spec is None or spec.id in _NOT_CODE or len(content) > 200 * (content.count(b"\n") + 1):
        return
    parsed = parse(spec, content)
    facts = facts_of(spec, content)
    for fields in fields_of_chunks(content, facts, chunks_of(parsed, facts)):
        if not fields.doc or not fields.name:
            continue
        query, rest = question_of(_without_name(fields.doc, fields.name.split()[0]))
        text = text_of_fields(fields._replace(doc=""))
        if query and len(text) >= 80:
            yield Pair(query, fields.name, text, rest[:600], spec.id, package)


def _without_name(doc: str, name: str) -> str:
    """Documentation that begins with the name it documents, as Go's does, from its verb on."""
    begin = doc.lstrip("/*# \t\n")
    return begin[len(name) :].lstrip() if begin.startswith(f"{name} ") else doc


def question_of(doc: str) -> tuple[str, str]:
    """The first sentence of documentation that says something, and the rest; "" for none."""
    doc = _MARKUP.sub(lambda found: f" {found[1] or ''} ", doc.strip()[:3_000]).strip()
    parts = _SENTENCE.split(doc, maxsplit=1)
    query = " ".join(parts[0].split())
    if not 15 <= len(query) <= 250 or len(query.split()) < 3 or _FILLER.search(query):
        return "", ""
    return query, " ".join(parts[1].split()) if len(parts) > 1 else ""


def _wanted(name: str, size: int) -> bool:
    return 200 < size <= MAX_FILE and not _SKIPPED.search(name) and language_of(name) is not None


def _names(archive: Path) -> list[tuple[str, int]]:
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as file:
            return [(one.filename, one.file_size) for one in file.infolist()]
    with tarfile.open(archive) as tar:
        return [(one.name, one.size) for one in tar if one.isfile()]


def _contents(archive: Path, chosen: set[str]) -> Iterator[tuple[str, bytes]]:
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as file:
            for name in sorted(chosen):
                yield name, file.read(name)
        return
    with tarfile.open(archive) as tar:
        for one in tar:
            if one.isfile() and one.name in chosen:
                yield one.name, (tar.extractfile(one) or io.BytesIO()).read()
