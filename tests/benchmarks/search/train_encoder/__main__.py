"""Rebuilds the static encoder from packages.

    pip install -e '.[rerank]' torch
    python tests/benchmarks/search/train_encoder WORK_FOLDER [--out FOLDER]

Downloads the packages of `packages.tsv` into the work folder (needs pip, npm and apt-get), takes
pairs of documentation and code out of them, trains, measures on the packages held out, and writes
the encoder with its licence and provenance. Done before are only the downloads and the pairs.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from artefact import write, write_provenance
from fetch import fetch, packages
from held_out import measured
from pairs import Pair, package_of, pairs_of_archives, read_pairs
from train import Floats, Options, train

from pairwright.index.embed import OnnxEncoder, StaticEncoder, bundled_folder
from pairwright.index.rerank_model import build, downloaded

MOST_OF_A_PACKAGE = 2_500
MOST_OF_A_LANGUAGE = {"java": 32_000, "go": 30_000, "c": 20_000}
"""Pairs: Javadoc and its kin would outweigh the rest."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="train_encoder", description=__doc__)
    parser.add_argument("work", type=Path, help="where downloads and pairs are kept")
    parser.add_argument("--out", type=Path, default=bundled_folder())
    parser.add_argument("--epochs", type=int, default=Options().epochs)
    chosen = parser.parse_args()
    options = Options(epochs=chosen.epochs)
    table = packages()
    lines = chosen.work / "pairs.jsonl"
    if not lines.exists():
        archives = fetch(table, chosen.work / "archives")
        partial = lines.with_suffix(".part")
        pairs_of_archives(archives, partial, os.cpu_count() or 1)
        partial.replace(lines)
    held_out_packages = {package_of(Path(one.archive)) for one in table if one.use == "held-out"}
    pairs = read_pairs(lines)
    held_out = [pair for pair in pairs if pair.package in held_out_packages]
    taught = balanced([pair for pair in pairs if pair.package not in held_out_packages], held_out)
    trained = train(taught, options, first_vectors(chosen.work / "minilm"))
    write(trained, options, chosen.out)
    figures = measured(StaticEncoder(chosen.out), held_out)
    write_provenance(table, len(taught), figures, options, chosen.out)
    sys.stdout.write(f"{figures}\n")


def balanced(pairs: Sequence[Pair], held_out: Sequence[Pair]) -> list[Pair]:
    """The pairs to learn from, in random order: none with a question of the held-out ones, no
    package and no language above its bound.
    """
    asked = {pair.query.lower() for pair in held_out}
    pairs = list(pairs)
    random.Random(3).shuffle(pairs)
    of_package: collections.Counter[str] = collections.Counter()
    of_language: collections.Counter[str] = collections.Counter()
    found = []
    for pair in pairs:
        most = MOST_OF_A_LANGUAGE.get(pair.language, len(pairs))
        if (
            pair.query.lower() not in asked
            and of_package[pair.package] < MOST_OF_A_PACKAGE
            and of_language[pair.language] < most
        ):
            of_package[pair.package] += 1
            of_language[pair.language] += 1
            found.append(pair)
    return found


def first_vectors(folder: Path) -> Callable[[Sequence[str]], Floats]:
    """What MiniLM says of single words."""
    if not (folder / "model.onnx").exists():
        folder.mkdir(parents=True, exist_ok=True)
        build(downloaded(folder), folder)
    encoder = OnnxEncoder(folder, max_tokens=16)
    return lambda words: np.asarray(encoder.encode(words), np.float32)


if __name__ == "__main__":
    main()
