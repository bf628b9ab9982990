"""The second stage and ONNX encoders, on a transformer of a few numbers that the test makes."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from math import erf
from pathlib import Path

import numpy as np
import pytest

from pairwright.errors import EncoderProblem
from pairwright.index.embed import OnnxEncoder, open_encoder, tensors_of
from pairwright.index.onnx_writer import FLOAT, INT64, Graph
from pairwright.index.rerank import MAX_TOKENS, default_folder, open_reranker
from pairwright.index.rerank_model import build, main, quantised

pytest.importorskip("onnxruntime", reason="needs `pairwright[rerank]`")
pytest.importorskip("tokenizers", reason="needs `pairwright[rerank]`")

WORDS = ("[UNK]", "retry", "upload", "colour", "parse", "wait")
HIDDEN, HEADS, WIDE, PLACES = 32, 4, 64, 160
CONFIG = {
    "num_attention_heads": HEADS,
    "hidden_size": HIDDEN,
    "num_hidden_layers": 2,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": PLACES,
}


def test_a_model_is_made_and_scores_as_the_network_says(tmp_path: Path) -> None:
    weights = make_source(tmp_path / "source")
    build(tmp_path / "source", tmp_path / "model")
    reranker = open_reranker(tmp_path / "model")
    assert reranker is not None
    texts = ["retry upload wait", "colour", "parse colour wait retry upload upload"]
    question = network(weights, "retry upload")
    expected = [float(network(weights, text) @ question) for text in texts]
    scores = reranker.scores("retry upload", texts)
    assert scores.dtype == np.float32
    assert np.allclose(scores, expected, atol=0.008)
    assert int(scores.argmax()) == int(np.argmax(expected))


def test_scores_do_not_depend_on_the_batch(tmp_path: Path) -> None:
    make_source(tmp_path / "source")
    build(tmp_path / "source", tmp_path / "model")
    reranker = open_reranker(tmp_path / "model")
    assert reranker is not None
    texts = [" ".join(WORDS[1 + at % 5] for at in range(size)) for size in range(1, 40)]
    together = reranker.scores("wait", texts)
    alone = [reranker.scores("wait", [text])[0] for text in texts]
    # Activations are quantised a batch at a time.
    assert np.allclose(together, alone, atol=0.04)


def test_odd_texts_have_scores(tmp_path: Path) -> None:
    make_source(tmp_path / "source")
    build(tmp_path / "source", tmp_path / "model")
    reranker = open_reranker(tmp_path / "model")
    assert reranker is not None
    scores = reranker.scores("retry", ["", "  ", "unheard of", "retry " * 100_000, "ファイル"])
    assert np.isfinite(scores).all()
    assert scores[0] == scores[1] == 0
    assert reranker.scores("retry", []).shape == (0,)
    assert not reranker.scores("", ["retry"]).any()


def test_a_wheel_is_a_source_too(tmp_path: Path) -> None:
    make_source(tmp_path / "source")
    with zipfile.ZipFile(tmp_path / "some.whl", "w") as wheel:
        wheel.writestr("package/model/1_Pooling/config.json", "{}")
        for path in (tmp_path / "source").iterdir():
            wheel.write(path, f"package/model/{path.name}")
    build(tmp_path / "source", tmp_path / "one")
    build(tmp_path / "some.whl", tmp_path / "two")
    first, second = ((tmp_path / name / "model.onnx").read_bytes() for name in ("one", "two"))
    assert first == second
    assert "Apache License" in (tmp_path / "two" / "NOTICE").read_text(encoding="utf-8")


def test_the_command_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_source(tmp_path / "source")
    assert main([str(tmp_path / "source"), "--out", str(tmp_path / "out")]) == 0
    assert str(tmp_path / "out") in capsys.readouterr().out
    assert main([str(tmp_path / "nothing"), "--out", str(tmp_path / "out")]) == 1
    assert "cannot be read from" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_source_that_is_not_whole_makes_no_model(tmp_path: Path, name: str) -> None:
    make_source(tmp_path / "source")
    (tmp_path / "source" / name).write_bytes(b"{}")
    with pytest.raises(EncoderProblem, match="weights of a sentence encoder"):
        build(tmp_path / "source", tmp_path / "model")
    assert not (tmp_path / "model/model.onnx").exists()


def test_without_a_model_there_is_no_reranker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder().name == "minilm-l6-int8"
    if not default_folder().exists():
        assert open_reranker() is None


def test_a_folder_that_was_named_and_holds_no_model_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(EncoderProblem, match=r"no model in .*missing.*search\.rerank"):
        open_reranker(tmp_path / "missing")


@pytest.mark.parametrize("content", [b"", b"no model", bytes(1_000)])
def test_a_damaged_model_is_a_problem_that_is_said(tmp_path: Path, content: bytes) -> None:
    make_source(tmp_path / "source")
    build(tmp_path / "source", tmp_path / "model")
    (tmp_path / "model" / "model.onnx").write_bytes(content)
    with pytest.raises(EncoderProblem, match="cannot be read"):
        open_reranker(tmp_path / "model")


def test_missing_packages_are_named(tmp_path: Path) -> None:
    make_source(tmp_path / "source")
    build(tmp_path / "source", tmp_path / "model")
    program = (
        "import sys; from pathlib import Path; sys.modules['tokenizers'] = None;"
        "from pairwright.index.rerank import open_reranker; open_reranker(Path(sys.argv[1]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "model")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Install `pairwright[rerank]`" in ran.stderr


def test_a_transformers_states_are_pooled_as_its_files_say(tmp_path: Path) -> None:
    """The model gives each token the vector of its number: mean and first token differ."""
    make_tokenizer(tmp_path)
    table = np.array([[1, 0], [1, 0], [0, 1], [-1, 0], [0, -1], [1, 1]], np.float32)
    graph = Graph()
    states = graph.call("Gather", graph.constant(table), "input_ids")
    inputs = [("input_ids", INT64, ("texts", "tokens")), ("attention_mask", INT64, ("texts", "t"))]
    model = graph.model(inputs, (states, "states", ("texts", "tokens", 2)))
    (tmp_path / "model.onnx").write_bytes(model)
    half = 0.5**0.5
    mean = open_encoder(str(tmp_path))
    assert mean.dimensions == 2
    assert np.allclose(
        mean.encode(["retry upload", "retry", ""]), [[half, half], [1, 0], [0, 0]], atol=1e-6
    )
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    first = open_encoder(str(tmp_path))
    assert np.allclose(first.encode(["retry upload", "upload retry"]), [[1, 0], [0, 1]])
    assert first.id != mean.id
    said = {"prompts": {"query": "colour ", "document": "parse "}}
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(said))
    prompted = open_encoder(str(tmp_path))
    assert np.allclose(prompted.encode(["retry"], query=True), [[-1, 0]])
    assert np.allclose(prompted.encode(["retry"]), [[0, -1]])


def test_a_model_that_fails_on_its_input_is_a_problem_that_is_said(tmp_path: Path) -> None:
    make_tokenizer(tmp_path)
    graph = Graph()
    # One row: word 1 lies outside.
    found = graph.call("Gather", graph.constant(np.zeros((1, 2), np.float32)), "input_ids")
    model = graph.model(
        [("input_ids", INT64, ("texts", "tokens"))], (found, "states", ("texts", "tokens", 2))
    )
    (tmp_path / "model.onnx").write_bytes(model)
    encoder = OnnxEncoder(tmp_path)
    with pytest.raises(EncoderProblem, match="failed"):
        encoder.encode(["retry"])


def test_the_writer_knows_each_kind_of_attribute() -> None:
    import onnxruntime

    graph = Graph()
    turned = graph.call("Transpose", "x", perm=[1, 0])
    steep = graph.call("LeakyRelu", turned, alpha=0.5)
    whole = graph.call("Cast", graph.call("Cast", steep, to=INT64), to=FLOAT)
    model = graph.model([("x", FLOAT, (2, "n"))], (whole, "y", ("n", 2)))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": np.array([[1, -4, 300], [2, 5, 6]], np.float32)})
    assert found.tolist() == [[1, 2], [-2, 5], [300, 6]]


def test_quantised_matrices_are_near() -> None:
    matrix = np.random.default_rng(1).normal(size=(40, 7)).astype(np.float32)
    matrix[:, 3] = 0
    rows, scales = quantised(matrix, 0)
    assert rows.dtype == np.int8
    assert np.abs(rows * scales - matrix).max() <= np.abs(matrix).max() / 127


# -- the network, in plain numpy


def make_source(folder: Path) -> dict[str, np.ndarray]:
    """Weights of a small BERT and the files beside them."""
    random = np.random.default_rng(3)
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), HIDDEN),
        "embeddings.position_embeddings.weight": (PLACES, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        "embeddings.LayerNorm.weight": (HIDDEN,),
        "embeddings.LayerNorm.bias": (HIDDEN,),
    }
    for layer in range(CONFIG["num_hidden_layers"]):  # type: ignore[call-overload]
        at = f"encoder.layer.{layer}"
        for name in ("query", "key", "value"):
            shapes[f"{at}.attention.self.{name}.weight"] = (HIDDEN, HIDDEN)
            shapes[f"{at}.attention.self.{name}.bias"] = (HIDDEN,)
        for name, size in (
            ("attention.output.dense", (HIDDEN, HIDDEN)),
            ("intermediate.dense", (WIDE, HIDDEN)),
            ("output.dense", (HIDDEN, WIDE)),
        ):
            shapes[f"{at}.{name}.weight"] = size
            shapes[f"{at}.{name}.bias"] = size[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{at}.{name}.weight"] = shapes[f"{at}.{name}.bias"] = (HIDDEN,)
    weights = {
        name: random.normal(
            1 if name.endswith("Norm.weight") else 0,
            # Sharp attention, so that a wrong scale or mask shows.
            0.6 if ".self." in name else 0.3,
            shape,
        ).astype(np.float32)
        for name, shape in shapes.items()
    }
    folder.mkdir()
    table, body = {}, b""
    for name, tensor in weights.items():
        place = [len(body), len(body) + tensor.nbytes]
        table[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": place}
        body += tensor.tobytes()
    head = json.dumps(table).encode()
    content = len(head).to_bytes(8, "little") + head + body
    assert tensors_of(content).keys() == weights.keys()
    (folder / "model.safetensors").write_bytes(content)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "sentence_bert_config.json").write_text(f'{{"max_seq_length": {MAX_TOKENS}}}')
    make_tokenizer(folder)
    return weights


def make_tokenizer(folder: Path) -> None:
    """A tokenizer of the words above."""
    said = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: at for at, word in enumerate(WORDS)},
            "unk_token": "[UNK]",
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(said))


def network(weights: dict[str, np.ndarray], text: str) -> np.ndarray:
    """The vector of one text, without quantisation."""

    def linear(values: np.ndarray, name: str) -> np.ndarray:
        return values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def normalised(values: np.ndarray, name: str) -> np.ndarray:
        middle = values - values.mean(-1, keepdims=True)
        scaled = middle / np.sqrt((middle**2).mean(-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])

    ids = [WORDS.index(word) if word in WORDS else 0 for word in text.split()]
    values = weights["embeddings.word_embeddings.weight"][ids]
    values = values + weights["embeddings.position_embeddings.weight"][: len(ids)]
    values = values + weights["embeddings.token_type_embeddings.weight"][0]
    values = normalised(values, "embeddings.LayerNorm")
    for layer in range(2):
        at = f"encoder.layer.{layer}"
        mixed = np.zeros_like(values)
        query, key, value = (
            linear(values, f"{at}.attention.self.{name}") for name in ("query", "key", "value")
        )
        for head in np.split(np.arange(HIDDEN), HEADS):
            scores = query[:, head] @ key[:, head].T / np.sqrt(HIDDEN // HEADS)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            mixed[:, head] = shares / shares.sum(-1, keepdims=True) @ value[:, head]
        added = values + linear(mixed, f"{at}.attention.output.dense")
        values = normalised(added, f"{at}.attention.output.LayerNorm")
        wide = linear(values, f"{at}.intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(erf)(wide / np.sqrt(2)))
        values = normalised(values + linear(wide, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    mean = values.mean(0)
    return np.asarray(mean / np.linalg.norm(mean))
