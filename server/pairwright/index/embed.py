"""Text -> vectors: the bundled encoder of code and prose, and encoders found in a folder.

Owns the arithmetic of encoding, the formats of encoders on disk and the check that they are whole.
It must not know what a chunk is, where vectors are kept, or how hits are ranked. Heavy packages are
imported when an encoder is opened: numpy by all, `tokenizers` and `onnxruntime` only by those that
need them.

The bundled encoder is static: a text's vector is the weighted sum of its words' vectors, so that it
runs on numpy alone. `tests/benchmarks/search/train_encoder` makes it.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pairwright.errors import EncoderProblem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

BUNDLED = "bundled"
"""The choice that names the encoder that comes with Pairwright."""

MAX_CHARACTERS = 8_000
"""What is read of one text; a chunk has about 900."""

_FORMAT = 1
_TOKEN = re.compile(r"\w+")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\x00-\x7f_]+")
_MAX_WORD = 40
_MAX_TOKEN = 200
_MAX_REMEMBERED = 30_000


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def id(self) -> str:
        """Changes with anything that changes the vectors, so that stored ones are known by it."""

    @property
    def dimensions(self) -> int:
        """The length of each vector."""

    @property
    def instant(self) -> bool:
        """Whether a few words cost microseconds, so that hundreds of names can be encoded while
        somebody waits.
        """

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """float32 `[len(texts), dimensions]`; rows have length 1, or 0 for texts without words.

        `query` says that the texts are questions rather than what is searched. Safe to call from
        several threads.
        """


def bundled_folder() -> Path:
    """Where the encoder lies that comes with Pairwright."""
    return Path(__file__).with_name("encoders") / "static-code-256"


def open_encoder(choice: str = BUNDLED) -> Encoder:
    """The encoder of a setting: `bundled`, or a folder that holds one.

    A folder may hold a static encoder in our format (`manifest.json`), a model2vec model
    (`model.safetensors`, `tokenizer.json`) or an ONNX sentence encoder (`model.onnx`,
    `tokenizer.json`). Raises EncoderProblem when there is none, or it is damaged.
    """
    folder = bundled_folder() if choice == BUNDLED else Path(choice).expanduser()
    if not folder.is_dir():
        raise EncoderProblem(
            f"There is no folder with an encoder at {folder}",
            f"Set `search.encoder` to `{BUNDLED}` or to a folder with a model2vec or ONNX model.",
        )
    if (folder / "manifest.json").is_file():
        return StaticEncoder(folder)
    if model_file(folder) is not None:
        return OnnxEncoder(folder)
    if (folder / "model.safetensors").is_file():
        return Model2VecEncoder(folder)
    raise EncoderProblem(
        f"The folder {folder} holds no encoder that Pairwright can read",
        "It needs `tokenizer.json` beside `model.safetensors` (model2vec) or `model.onnx`.",
    )


# -- the static encoder


class StaticEncoder:
    """A weighted sum of the vectors of a text's words; words it does not know, of their letters.

    The matrix stays in int8 with one scale a row. What each word counts says `Weighing`.
    """

    instant = True

    def __init__(self, folder: Path) -> None:
        """Reads and checks the files. Raises EncoderProblem when one is missing or not as made."""
        import numpy as np

        manifest = _read_manifest(folder)
        contents = {name: _checked(folder / name, digest) for name, digest in manifest.files}
        try:
            words = contents["vocabulary.txt"].decode().splitlines()
            scales = np.frombuffer(contents["scales.f16"], np.float16).astype(np.float32)
            matrix = np.frombuffer(contents["vectors.i8"], np.int8)
            matrix = matrix.reshape(len(words) + manifest.buckets, manifest.dimensions)
        except (KeyError, ValueError) as error:
            raise _damaged(folder, f"its parts do not belong together ({error})") from error
        if scales.shape != (len(matrix),) or not np.isfinite(scales).all():
            raise _damaged(folder, "its scales do not fit its vectors")
        self.id = manifest.id
        self.dimensions = manifest.dimensions
        self._matrix = matrix
        self._scales = scales
        self._weighing = manifest.weighing
        self._rows_of = RowsOfToken({word: row for row, word in enumerate(words)}, manifest.buckets)

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `Encoder`. About 80 µs for a text of 900 characters."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            ids = self._rows_of.text(text)
            if ids:
                rows, weights = self._weighing.of(ids, query)
                weights *= self._scales[rows]
                vectors[row] = weights @ self._matrix.take(rows, 0).astype(np.float32)
        return unit_rows(vectors)


@dataclass(frozen=True, slots=True)
class Weighing:
    """How much each word of a text counts.

    A word found n times counts n to the power of `saturation`. The first `head_words` of what is
    searched are its name and the beginning of its signature: they count `head_weight` times.
    """

    saturation: float
    head_words: int
    head_weight: float

    def of(self, ids: Sequence[int], query: bool) -> tuple[npt.NDArray[np.int32], Vectors]:
        """The different rows of a text, in order, and how much each counts."""
        import numpy as np

        counts = Counter(ids)
        rows = np.fromiter(counts, np.int32, len(counts))
        weights = np.fromiter(counts.values(), np.float32, len(counts)) ** self.saturation
        if not query:
            # Counters keep the order of what they count.
            weights[: len(set(ids[: self.head_words]))] *= self.head_weight
        return rows, np.asarray(weights, np.float32)


class RowsOfToken(dict[str, tuple[int, ...]]):
    """Token as written -> rows of the matrix. Remembers what it has seen, up to a bound."""

    def __init__(self, rows: dict[str, int], buckets: int) -> None:
        super().__init__()
        self._rows = rows
        self._buckets = buckets

    def __missing__(self, token: str) -> tuple[int, ...]:
        found = tuple(
            chain.from_iterable(
                rows_of_word(word, self._rows, self._buckets) for word in words_of_token(token)
            )
        )
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[token] = found
        return found

    def text(self, text: str) -> list[int]:
        """The rows of a text's words in order, at most `MAX_WORDS`."""
        found = chain.from_iterable(map(self.__getitem__, tokens_of(text)))
        return list(islice(found, MAX_WORDS))


MAX_WORDS = 512
"""What counts of one text."""


def tokens_of(text: str) -> list[str]:
    """The identifiers and numbers of a text as written, in order."""
    return _TOKEN.findall(text[:MAX_CHARACTERS])


def words_of_token(token: str) -> list[str]:
    """The words of an identifier in lower case, letters without their accents."""
    token = token[:_MAX_TOKEN]
    if not token.isascii():
        token = unicodedata.normalize("NFKD", token)
        token = "".join(letter for letter in token if not unicodedata.combining(letter))
    return [part.lower() for part in _PARTS.findall(token) if len(part) <= _MAX_WORD]


def rows_of_word(word: str, rows: dict[str, int], buckets: int) -> list[int]:
    """The word's row, or rows for its runs of three letters when it is none of the vocabulary.

    Numbers have a meaning only when they are common enough to be words.
    """
    row = rows.get(word)
    if row is not None:
        return [row]
    if word.isdigit() or not buckets:
        return []
    marked = f"<{word}>"
    runs = [marked[at : at + 3] for at in range(max(1, len(marked) - 2))][:8]
    return [len(rows) + zlib.crc32(run.encode()) % buckets for run in runs]


def unit_rows(vectors: Vectors) -> Vectors:
    """The rows at length 1; rows of zeros, and rows that are no numbers, are zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.isfinite(lengths) & (lengths > 1e-9)
    return np.where(usable, vectors / np.where(usable, lengths, 1), 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What `manifest.json` beside a static encoder says."""

    id: str
    dimensions: int
    buckets: int
    weighing: Weighing
    files: tuple[tuple[str, str], ...]


def _read_manifest(folder: Path) -> _Manifest:
    try:
        said = json.loads((folder / "manifest.json").read_bytes())
        manifest = _Manifest(
            id=str(said["id"]),
            dimensions=int(said["dimensions"]),
            buckets=int(said["buckets"]),
            weighing=Weighing(
                float(said["saturation"]), int(said["head_words"]), float(said["head_weight"])
            ),
            files=tuple((str(name), str(digest)) for name, digest in said["files"].items()),
        )
        if said["format"] != _FORMAT or manifest.dimensions < 1 or manifest.buckets < 0:
            raise ValueError(f"format {said['format']}, {manifest.dimensions} dimensions")
        if any(Path(name).name != name for name, _ in manifest.files):
            raise ValueError("it names files of other folders")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(folder, f"`manifest.json` cannot be read ({error})") from error
    return manifest


def _checked(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path.parent, f"`{path.name}` cannot be read ({error})") from error
    if sha256(content).hexdigest() != digest:
        raise _damaged(path.parent, f"`{path.name}` is not as it was made")
    return content


def _damaged(folder: Path, why: str) -> EncoderProblem:
    return EncoderProblem(
        f"The encoder in {folder} is damaged: {why}",
        "Install Pairwright again, or set `search.encoder` to another one; until then search goes"
        " on without vectors.",
    )


# -- encoders found in a folder


class Model2VecEncoder:
    """A model2vec model: the mean of its tokens' vectors.

    Read as its `StaticModel` does: no special tokens, unknown tokens left out, and, where the file
    has them, `weights` a token and a `mapping` from tokens to rows.
    """

    instant = True

    def __init__(self, folder: Path) -> None:
        """Raises EncoderProblem when the folder does not hold a whole model."""
        path = folder / "model.safetensors"
        content = _content(path)
        try:
            tensors = tensors_of(content)
            matrix = tensors.get("embeddings", tensors.get("embedding.weight"))
            if matrix is None or matrix.ndim != 2:
                raise ValueError("it has no `embeddings`")
            config = _json_of(folder / "config.json")
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(path, error) from error
        self._tokens = _tokenizer(folder)
        self._tokens.no_truncation()
        self._tokens.no_padding()
        self._unknown = _unknown_token(folder, self._tokens)
        self._matrix = matrix
        self._weights = tensors.get("weights")
        self._mapping = tensors.get("mapping")
        self.dimensions = int(matrix.shape[1])
        self.id = f"model2vec-{folder.name}-{_fingerprint(content, json.dumps(config).encode())}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `Encoder`; `query` makes no difference."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        cut = [text[:MAX_CHARACTERS] for text in texts]
        for row, found in enumerate(self._tokens.encode_batch_fast(cut, add_special_tokens=False)):
            ids = np.array([one for one in found.ids[:MAX_WORDS] if one != self._unknown], np.int64)
            if not len(ids):
                continue
            rows = self._matrix[ids if self._mapping is None else self._mapping[ids]]
            weights = 1 if self._weights is None else self._weights[ids][:, None]
            vectors[row] = (rows.astype(np.float32) * weights).mean(0)
        return unit_rows(vectors)


class OnnxEncoder:
    """A sentence encoder for onnxruntime: one that pools, or whose states are pooled here.

    Pooling, the longest input and the words put before a text are read from the files that
    sentence-transformers puts beside a model, where they are there.
    """

    instant = False

    def __init__(self, folder: Path, *, max_tokens: int = 0) -> None:
        """Raises EncoderProblem without the packages, or when the model cannot be used.

        `max_tokens` bounds the input below what the model allows.
        """
        path = model_file(folder)
        if path is None:
            raise _unreadable(folder / "model.onnx", FileNotFoundError("no such file"))
        content = _content(path)
        self._tokens = _tokenizer(folder)
        longest = _longest(folder)
        self._tokens.enable_truncation(min(longest, max_tokens) if max_tokens else longest)
        self._tokens.no_padding()
        self._session = _session(path, content)
        self._inputs = [one.name for one in self._session.get_inputs()]
        try:
            pooling = _json_of(folder / "1_Pooling" / "config.json")
            prompts = _json_of(folder / "config_sentence_transformers.json").get("prompts") or {}
            self._first = bool(pooling.get("pooling_mode_cls_token", False))
            self._prompts = (_prompt(prompts, _DOCUMENT_NAMES), _prompt(prompts, ("query",)))
        except (ValueError, AttributeError) as error:
            raise _unreadable(folder, error) from error
        said = json.dumps([self._prompts, self._first, longest]).encode()
        self.id = f"onnx-{folder.name}-{_fingerprint(content, said)}"
        self.dimensions = int(self._run(["a"]).shape[1])

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `Encoder`. Raises EncoderProblem when the model fails on its input."""
        import numpy as np

        prompt = self._prompts[query]
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        # Texts of about one length share a batch: the shorter ones are padded.
        order = sorted(
            (row for row, text in enumerate(texts) if text.strip()), key=lambda row: len(texts[row])
        )
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            vectors[batch] = self._run([prompt + texts[row][:MAX_CHARACTERS] for row in batch])
        return unit_rows(vectors)

    def _run(self, texts: list[str]) -> Vectors:
        import numpy as np

        found = [one.ids or [0] for one in self._tokens.encode_batch(texts)]
        width = max(map(len, found))
        ids = np.zeros((len(found), width), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(found):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            outputs = self._session.run(None, {name: fed[name] for name in self._inputs})
        except Exception as error:  # onnxruntime has its own, without a base of their own
            raise EncoderProblem(
                f"The ONNX encoder failed: {error}", "Choose another one in `search.encoder`."
            ) from error
        pooled = next((one for one in outputs if one.ndim == 2), None)
        if pooled is not None:
            return np.asarray(pooled, np.float32)
        states = np.asarray(outputs[0], np.float32)
        if self._first:
            return np.asarray(states[:, 0])
        weights = mask[:, :, None].astype(np.float32)
        return np.asarray((states * weights).sum(1) / weights.sum(1))


_BATCH = 16
_DOCUMENT_NAMES = ("document", "passage", "corpus")
_MODEL_FILES = (
    "model.onnx",
    "model_quantized.onnx",
    "model_int8.onnx",
    "onnx/model_quantized.onnx",
    "onnx/model_int8.onnx",
    "onnx/model.onnx",
)


def model_file(folder: Path) -> Path | None:
    """The ONNX model of a folder, or None."""
    return next((folder / name for name in _MODEL_FILES if (folder / name).is_file()), None)


def _session(path: Path, content: bytes) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise _needs_packages(error) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        # By path where the model has its weights in a file beside it, which bytes could not find.
        whole = content if not path.with_name(f"{path.name}_data").exists() else str(path)
        return onnxruntime.InferenceSession(whole, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has its own, without a base of their own
        raise _unreadable(path, error) from error


def _tokenizer(folder: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise _needs_packages(error) from error
    path = folder / "tokenizer.json"
    content = _content(path)
    try:
        return Tokenizer.from_buffer(content)
    except Exception as error:  # the package raises plain Exception
        raise _unreadable(path, error) from error


def _unknown_token(folder: Path, tokens: Any) -> int | None:
    model = _json_of(folder / "tokenizer.json").get("model") or {}
    unknown = model.get("unk_token")
    if unknown is None:
        place: int | None = model.get("unk_id")
        return place
    found: int | None = tokens.token_to_id(unknown)
    return found


def _longest(folder: Path) -> int:
    """Tokens of the longest input, at most 512: what models of this kind are made for."""
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    ):
        said = _json_of(folder / name).get(key)
        if isinstance(said, int | float) and said > 0:
            return int(min(said, 512))
    return 256


def _prompt(prompts: dict[str, Any], names: Sequence[str]) -> str:
    return next((str(prompts[name]) for name in names if prompts.get(name)), "")


def tensors_of(content: bytes) -> dict[str, Any]:
    """The tensors of a safetensors file: a length, a table in JSON, and the bytes."""
    import numpy as np

    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "I32": "<i4", "I64": "<i8"}
    size = int.from_bytes(content[:8], "little")
    if size > len(content):
        raise ValueError("it is cut off")
    table = json.loads(content[8 : 8 + size])
    found: dict[str, Any] = {}
    for name, tensor in table.items():
        if name == "__metadata__":
            continue
        start, end = (8 + size + int(at) for at in tensor["data_offsets"])
        values = np.frombuffer(content[start:end], np.dtype(kinds[tensor["dtype"]]))
        found[name] = values.reshape(tensor["shape"])
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _json_of(path: Path) -> dict[str, Any]:
    """What a JSON file says; nothing when it is not there."""
    if not path.is_file():
        return {}
    try:
        said = json.loads(_content(path))
    except ValueError as error:
        raise _unreadable(path, error) from error
    return said if isinstance(said, dict) else {}


def _fingerprint(*contents: bytes) -> str:
    digest = blake2b(digest_size=4)
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _unreadable(path: Path, error: Exception) -> EncoderProblem:
    return EncoderProblem(
        f"The encoder cannot be read from {path}: {error}",
        f"Put the whole model there, or set `search.encoder` to `{BUNDLED}`.",
    )


def _needs_packages(error: ImportError) -> EncoderProblem:
    return EncoderProblem(
        f"This encoder needs a package that is not installed: {error.name}",
        f"Install `pairwright[rerank]`, or set `search.encoder` to `{BUNDLED}`.",
    )
