"""How good an order is: nDCG, reciprocal rank, recall.

Owns the formulas. It must not know where orders and answers come from.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Sequence


def ndcg(ranked: Sequence[Hashable], wanted: Collection[Hashable], most: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `most`, each answer worth the same.

    Järvelin and Kekäläinen (2002). `ranked` must not repeat itself.
    """
    gain = sum(1 / math.log2(at + 2) for at, one in enumerate(ranked[:most]) if one in wanted)
    ideal = sum(1 / math.log2(at + 2) for at in range(min(len(wanted), most)))
    return gain / ideal if ideal else 0.0


def reciprocal_rank(answers: Iterable[bool], most: int = 10) -> float:
    """1 / the place of the first answer within the first `most`, else 0."""
    for at, answers_it in enumerate(answers):
        if at >= most:
            break
        if answers_it:
            return 1 / (at + 1)
    return 0.0


def recall(ranked: Sequence[Hashable], wanted: Collection[Hashable], most: int = 10) -> float:
    """The share of the wanted that is among the first `most`."""
    return len(set(ranked[:most]) & set(wanted)) / len(wanted) if wanted else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are at most; 0.0 of none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
