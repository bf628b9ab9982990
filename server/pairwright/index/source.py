"""A file as the index reads it: bytes on disk -> UTF-8 text and the key of its facts.

Owns decoding, what counts as binary or generated, and the digest that facts are stored under. It
must not know the store nor which files belong to the workspace (`walk.py`).
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pairwright_analyzers.facts import FORMAT
from pairwright_analyzers.languages import language, language_of, language_of_shebang
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.syntax import grammar

KEY_SIZE = 16
MAX_FILE_SIZE = 1_000_000

# Below this size a long line is somebody's data, not a generated file.
_GIANT_SIZE = 32_768
_GIANT_LINE = 5_000
_SNIFFED = 8_192
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")

_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    # A named pipe put in a file's place would hold the reader for ever.
    | getattr(os, "O_NONBLOCK", 0)
)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as it stood right before it was read. Times are in nanoseconds since the epoch."""

    size: int
    mtime_ns: int
    inode: int
    read_ns: int


@dataclass(frozen=True, slots=True)
class Source:
    """A text of a known language. `note` is "" or says how the bytes had to be bent into UTF-8."""

    path: str
    stamp: FileStamp
    language: LanguageSpec
    text: bytes
    note: str


@dataclass(frozen=True, slots=True)
class NotSource:
    """A file that has no place in the index, and why; `reason` is "" for a kind no language claims.

    `stamp` is None when the file is gone or cannot be opened.
    """

    path: str
    stamp: FileStamp | None
    reason: str


def may_be_source(name: str) -> bool:
    """Whether to open a file of that name: a language claims it, or its `#!` line may say one."""
    return language_of(name) is not None or "." not in name


def read_source(root: Path, path: str, limit: int = MAX_FILE_SIZE) -> Source | NotSource:
    """Read `root/path` for the index. Never raises; `limit` is in bytes on disk."""
    try:
        descriptor = os.open(f"{root}/{path}", _OPEN_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return NotSource(path, None, "")
    except (OSError, ValueError) as error:
        return NotSource(path, None, f"cannot be read: {_words(error)}")
    stamp = None
    try:
        read_ns = time.time_ns()
        status = os.fstat(descriptor)
        stamp = FileStamp(status.st_size, status.st_mtime_ns, status.st_ino, read_ns)
        if not stat.S_ISREG(status.st_mode):
            return NotSource(path, stamp, "not a regular file")
        if status.st_size > limit:
            return NotSource(path, stamp, f"larger than the limit of {limit} bytes")
        raw = _read_all(descriptor, limit + 1)
    except OSError as error:
        return NotSource(path, stamp, f"cannot be read: {_words(error)}")
    finally:
        os.close(descriptor)
    if len(raw) > limit:
        return NotSource(path, stamp, f"larger than the limit of {limit} bytes")
    spec = language_of(path)
    if spec is None:
        spec = language_of_shebang(raw[:256].split(b"\n", 1)[0])
        if spec is None:
            return NotSource(path, stamp, "")
    text, note = normalised(raw)
    if text is None:
        return NotSource(path, stamp, note)
    if _is_generated_giant(text):
        return NotSource(path, stamp, "generated: nearly all of it is in a few very long lines")
    return Source(path, stamp, spec, text, note)


def normalised(raw: bytes) -> tuple[bytes | None, str]:
    """(text as UTF-8 without a byte order mark, note), or (None, reason) for binary content.

    Line breaks are kept as they are. What is not UTF-8 and has no mark is read as Windows-1252, or
    as Latin-1 where that has no character: every byte then means something, if not always the
    right thing.
    """
    note = ""
    if raw.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        decoded, note = _decoded(raw, "utf-32"), "decoded from UTF-32"
        if decoded is None:
            return None, "binary"
        raw = decoded
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        decoded, note = _decoded(raw, "utf-16"), "decoded from UTF-16"
        if decoded is None:
            return None, "binary"
        raw = decoded
    elif raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    if b"\0" in raw:
        return None, "binary"
    if raw.isascii():
        return raw, note
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        sample = raw[:_SNIFFED]
        if len(_CONTROLS.findall(sample)) * 20 > len(sample):
            return None, "binary"
        for encoding, name in (("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
            decoded = _decoded(raw, encoding)
            if decoded is not None:
                return decoded, f"not UTF-8, read as {name}"
    return raw, note


def facts_key(spec: LanguageSpec, text: bytes) -> bytes:
    """The 16 bytes that the facts of a text are stored under.

    Besides the text they depend on the language and on all that its facts are made by, so that
    another release, or an edited query, looks for other keys and recomputes.
    """
    return blake2b(text, digest_size=KEY_SIZE, key=fingerprint(spec.id)).digest()


@cache
def fingerprint(language_id: str) -> bytes:
    """16 bytes that change with whatever the facts of a language are made by."""
    spec = language(language_id)
    made_by = grammar(spec)
    marks = (
        spec.id,
        FORMAT,
        made_by.abi_version,
        made_by.semantic_version,
        made_by.parse_state_count,
        made_by.node_kind_count,
        made_by.field_count,
        _implementation(),
        spec.query_text,
    )
    return blake2b(repr(marks).encode(), digest_size=KEY_SIZE).digest()


@cache
def _implementation() -> str:
    """A hash of the code that makes facts: its hooks change them as much as the queries do."""
    package = files("pairwright_analyzers")
    digest = blake2b(digest_size=KEY_SIZE)
    for name in ("facts.py", "syntax.py", "types.py"):
        digest.update(package.joinpath(name).read_bytes())
    for entry in _code_below(package.joinpath("languages")):
        digest.update(entry.name.encode())
        digest.update(entry.read_bytes())
    return digest.hexdigest()


def _code_below(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".py", ".scm")):
            yield entry
        elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
            yield from _code_below(entry)


def _read_all(descriptor: int, limit: int) -> bytes:
    parts = []
    left = limit
    while left > 0:
        part = os.read(descriptor, left)
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _decoded(raw: bytes, encoding: str) -> bytes | None:
    try:
        return raw.decode(encoding).encode("utf-8")
    except UnicodeError:
        return None


def _is_generated_giant(text: bytes) -> bool:
    if len(text) < _GIANT_SIZE or text.count(b"\n") * 500 > len(text):
        return False
    long = sum(len(line) for line in text.split(b"\n") if len(line) > _GIANT_LINE)
    return long * 5 > len(text) * 4


def _words(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
