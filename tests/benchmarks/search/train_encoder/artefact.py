"""Trained vectors -> the folder that `pairwright.index.embed` reads, with its licence and origin.

Owns quantisation and the text that says what the encoder was made of. It must not know training.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
from fetch import Package
from held_out import Figures
from train import Options, Trained

from pairwright.index.rerank_model import PACKAGE

_LICENSE = """The files of this folder are part of Pairwright and under its licence, the
Apache License 2.0.

They are numbers learned from pairs of documentation and code of the packages that PROVENANCE.md
lists, all under permissive licences. Of those packages' texts they hold single words, no more.
"""


def write(trained: Trained, options: Options, folder: Path) -> None:
    """Writes the encoder: int8 rows with one float16 scale each, the words, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    scales = np.maximum(np.abs(trained.vectors).max(1) / 127, 1e-6).astype(np.float16)
    rows = np.rint(trained.vectors / scales.astype(np.float32)[:, None])
    contents = {
        "vocabulary.txt": "".join(f"{word}\n" for word in trained.words).encode(),
        "scales.f16": scales.astype("<f2").tobytes(),
        "vectors.i8": np.clip(rows, -127, 127).astype(np.int8).tobytes(),
    }
    manifest: dict[str, object] = {
        "format": 1,
        "dimensions": options.dimensions,
        "buckets": trained.buckets,
        **asdict(options.weighing),
        "files": {name: sha256(content).hexdigest() for name, content in contents.items()},
    }
    whole = sha256(json.dumps(manifest).encode()).hexdigest()
    manifest["id"] = f"static-code-{options.dimensions}-{whole[:8]}"
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def write_provenance(
    used: Sequence[Package], pairs: int, figures: Figures, options: Options, folder: Path
) -> None:
    """Writes `LICENSE` and `PROVENANCE.md`."""
    (folder / "LICENSE").write_text(_LICENSE, encoding="utf-8")
    languages = ", ".join(f"{name} {value:.3f}" for name, value in figures.by_language.items())
    text = f"""# Where the static encoder comes from

Made by `python tests/benchmarks/search/train_encoder WORK_FOLDER` from {pairs:,} pairs of
documentation and code of the packages below. Words start from the vectors that all-MiniLM-L6-v2
(Apache-2.0; PyPI `{PACKAGE}`) gives them. {options.dimensions} dimensions,
{options.epochs} epochs, batches of {options.batch:,}, seed {options.seed}.

On the packages held out, MRR@10 of {figures.questions:,} questions over {figures.texts:,} texts:
encoder {figures.encoder:.3f}, BM25 {figures.lexical:.3f}, both fused {figures.fused:.3f}.
The encoder by language: {languages}.

| registry | package | version | licence | use |
| --- | --- | --- | --- | --- |
"""
    for one in used:
        licence = one.licence.replace("|", "/")
        text += f"| {one.registry} | {one.name} | {one.version} | {licence} | {one.use} |\n"
    (folder / "PROVENANCE.md").write_text(text, encoding="utf-8")
