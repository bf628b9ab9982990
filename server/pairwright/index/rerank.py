"""The second stage of search: how near a few texts are to a question, by a transformer.

Owns where its model lies and the scores. It must not know how the texts were found or how scores
are mixed. The model is no part of the package: `python -m pairwright.index.rerank_model` makes it,
and it needs the extra `pairwright[rerank]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pairwright.errors import EncoderProblem
from pairwright.index.embed import OnnxEncoder, model_file

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MAX_TOKENS = 128
"""What is read of a text: more costs twice the time and gained nothing when measured."""


class Reranker:
    """Scores texts against a question by the cosine of their vectors."""

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        self.id = encoder.id

    def scores(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """float32 `[len(texts)]`, from -1 to 1; 0 for a text without words.

        About 10 ms a text on one core. Raises EncoderProblem when the model fails.
        """
        import numpy as np

        if not texts:
            return np.zeros(0, np.float32)
        try:
            question = self._encoder.encode([query], query=True)[0]
            return np.asarray(self._encoder.encode(texts) @ question, np.float32)
        except EncoderProblem as problem:
            raise _unusable(problem) from problem


def default_folder() -> Path:
    """Where the model is looked for, and put when it is made."""
    import platformdirs

    data = platformdirs.user_data_path("pairwright", appauthor=False)
    return data / "models" / "minilm-l6-int8"


def open_reranker(folder: Path | None = None) -> Reranker | None:
    """The reranker of a folder, that of `default_folder()` or None without one.

    Raises EncoderProblem where a folder was named and holds no model, and for a model that cannot
    be used: it is damaged, or the packages of `pairwright[rerank]` are missing.
    """
    place = folder or default_folder()
    if model_file(place) is None:
        if folder is None:
            return None
        raise EncoderProblem(
            f"There is no model in {folder}: it needs `model.onnx` beside `tokenizer.json`",
            "Put one there, or set `search.rerank` to `auto` or `off`.",
        )
    try:
        return Reranker(OnnxEncoder(place, max_tokens=MAX_TOKENS))
    except EncoderProblem as problem:
        raise _unusable(problem) from problem


def _unusable(problem: EncoderProblem) -> EncoderProblem:
    """What happened to an encoder, as whoever wants a second stage can act on it."""
    missing = isinstance(problem.__cause__, ImportError)
    mend = "Install `pairwright[rerank]`" if missing else "Make the model anew"
    return EncoderProblem(
        f"The best hits are not looked at again. {problem.happened}",
        f"{mend}, or set `search.rerank` to `off`.",
    )
