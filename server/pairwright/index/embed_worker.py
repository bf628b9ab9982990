"""Making the vectors of many files' pieces, in process or in a process of its own.

Owns what happens between a file's facts and the batches of vectors that the store keeps. It must
not open the store. `embedder.py` starts it and speaks with it over pipes, as `worker.py` says.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from pairwright.errors import UserError
from pairwright.index.file_terms import unpack_terms
from pairwright.index.source import NotSource, Source, facts_key, read_source
from pairwright.index.vectors import DIGEST, quantised, rows_to_keep
from pairwright.index.worker import READY, receive, send
from pairwright_analyzers.chunks import chunk_digest, chunks_of, fields_of_chunks, text_of_fields
from pairwright_analyzers.facts import FileFacts, unpack
from pairwright_analyzers.syntax import parse
from pairwright_analyzers.types import Chunk

if TYPE_CHECKING:
    from pairwright.index.embed import Encoder

# What is sent together, and is lost together when a process is killed.
_BATCH_CHUNKS = 1_024
_BATCH_SECONDS = 1.0
# What is encoded at once; between two the clock is looked at.
_ENCODED_CHUNKS = 128

ENCODER, PROBLEM, VECTORS, KEPT = "encoder", "problem", "vectors", "kept"
"""The first words of answers: (ENCODER, id, dimensions), (PROBLEM, what happened, next step),
(VECTORS, *the fields of `Vectors`), (KEPT, batches to make over)."""

OPEN, KNOWN, EMBED, USED, KEEP = "open", "known", "embed", "used", "keep"
"""The first words of requests: (OPEN, choice), (KNOWN, runs of digests), (EMBED, root, files),
(USED, terms of files), (KEEP, batches). After its answers comes None; the answer to None is the
processor time that was used.
"""


class EmbedFile(NamedTuple):
    """One file whose pieces need vectors: `digest` is that of its facts, which are packed, as are
    its terms; these may be lost, and b"" then.
    """

    path: str
    size: int
    digest: bytes
    facts: bytes
    terms: bytes


class Vectors(NamedTuple):
    """What was made: rows by digest, and which files are done with it.

    `chunks` is the number of pieces of the files that are done.
    """

    digests: bytes
    rows: bytes
    done: tuple[bytes, ...]
    unread: tuple[tuple[str, str], ...]
    chunks: int


class Embedding:
    """What one encoder has made, and what it has still to send. For one thread."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._known: set[bytes] = set()
        self._texts: dict[bytes, str] = {}
        self._digests = bytearray()
        self._rows = bytearray()
        self._done: list[bytes] = []
        self._unread: list[tuple[str, str]] = []
        self._chunks = 0
        self._sent = time.monotonic()

    def know(self, runs: Sequence[bytes]) -> None:
        """These digests have vectors."""
        for run in runs:
            self._known.update(run[at : at + DIGEST] for at in range(0, len(run), DIGEST))

    def embed(self, root: Path, files: Sequence[EmbedFile]) -> Iterator[Vectors]:
        """The vectors that files lack, in batches. A file is said to be done with or after its
        last vector. Raises what the encoder raises.
        """
        finished: list[EmbedFile] = []
        for file in files:
            self._take(root, file)
            finished.append(file)
            while len(self._texts) >= _ENCODED_CHUNKS:
                self._encode()
            if not self._texts:
                self._finish(finished)
            waited = time.monotonic() - self._sent
            if len(self._digests) >= _BATCH_CHUNKS * DIGEST or waited > _BATCH_SECONDS:
                while self._texts:
                    self._encode()
                self._finish(finished)
                yield self._batch()
        while self._texts:
            self._encode()
        self._finish(finished)
        yield self._batch()

    def _take(self, root: Path, file: EmbedFile) -> None:
        """Put the texts of a file that have no vectors among those that are to be encoded."""
        source = read_source(root, file.path, max(file.size, 1))
        if isinstance(source, NotSource):
            self._unread.append((file.path, source.reason))
            return
        if facts_key(source.language, source.text) != file.digest:
            # It was changed a moment ago: whoever reads it next has it embedded.
            self._unread.append((file.path, "it has changed"))
            return
        try:
            facts = unpack(file.facts)
            pieces = _pieces(source, facts, file.terms)
            wanted = [chunk for chunk, name in pieces if name not in self._known]
            for fields in fields_of_chunks(source.text, facts, wanted):
                text = text_of_fields(fields)
                # Not the digest that was kept: what is under a digest must be its text's vector.
                name = chunk_digest(text)
                if name not in self._known:
                    self._known.add(name)
                    self._texts[name] = text
        except (ValueError, IndexError) as error:
            self._unread.append((file.path, f"its index is damaged ({error})"))
            return
        self._chunks += len(pieces)

    def _encode(self) -> None:
        names = list(self._texts)[:_ENCODED_CHUNKS]
        texts = [self._texts.pop(name) for name in names]
        self._rows += quantised(self.encoder.encode(texts)).tobytes()
        self._digests += b"".join(names)

    def _finish(self, files: list[EmbedFile]) -> None:
        unread = {path for path, _ in self._unread}
        self._done.extend(file.digest for file in files if file.path not in unread)
        files.clear()

    def _batch(self) -> Vectors:
        batch = Vectors(
            bytes(self._digests),
            bytes(self._rows),
            tuple(self._done),
            tuple(self._unread),
            self._chunks,
        )
        self._digests, self._rows = bytearray(), bytearray()
        self._done, self._unread, self._chunks = [], [], 0
        self._sent = time.monotonic()
        return batch


def _pieces(source: Source, facts: FileFacts, terms: bytes) -> Sequence[tuple[Chunk, bytes]]:
    """The chunks of a text with their digests: as they were kept, else found again."""
    try:
        kept = unpack_terms(terms)
    except ValueError:
        text = source.text
        chunks = chunks_of(parse(source.language, text), facts)
        fields = fields_of_chunks(text, facts, chunks)
        digests = [chunk_digest(text_of_fields(field)) for field in fields]
        return list(zip(chunks, digests, strict=True))
    return [(chunk, kept.digest(index)) for index, chunk in enumerate(kept.chunks)]


def used_digests(terms: Sequence[bytes]) -> Iterator[bytes]:
    """The digests of files' pieces, of each file a run; damaged terms have none."""
    for blob in terms:
        with contextlib.suppress(ValueError):
            yield bytes(unpack_terms(blob).digests)


# --- the process


def main(niceness: int) -> None:
    """Serve requests from standard input until it ends. It begins with `READY`."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints must not break the wire
    # The parent decides when to stop; a Ctrl-C at the terminal reaches the whole process group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    with contextlib.suppress(EOFError, BrokenPipeError):
        send(answers, READY)
        _serve(requests, answers)


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    embedding: Embedding | None = None
    used: list[bytes] = []
    while True:
        request = cast("tuple[Any, ...] | None", receive(requests))
        if request is None:
            send(answers, time.process_time())
            return
        kind = request[0]
        try:
            if kind == OPEN:
                embedding = _opened(request[1])
                encoder = embedding.encoder
                send(answers, (ENCODER, encoder.id, encoder.dimensions))
            elif kind == USED:
                used.extend(used_digests(request[1]))
            elif kind == KEEP:
                send(answers, (KEPT, rows_to_keep(request[1], used)))
            elif embedding is not None and kind == KNOWN:
                embedding.know(request[1])
            elif embedding is not None and kind == EMBED:
                files = [EmbedFile(*file) for file in request[2]]
                for made in embedding.embed(Path(request[1]), files):
                    send(answers, (VECTORS, *made))
        except UserError as error:
            send(answers, (PROBLEM, error.happened, error.next_step))
        send(answers, None)


def _opened(choice: str) -> Embedding:
    # Started here, before anything else imports numpy.
    from pairwright.index.arrays import np  # noqa: F401
    from pairwright.index.embed import open_encoder

    return Embedding(open_encoder(choice))
