"""The ranker: what paths say, what evidence counts, and the order that follows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.index.arrays import np
from pairwright.index.evidence import Corpus, corpus_of, gather
from pairwright.index.file_terms import FileTerms, file_terms
from pairwright.index.lexical import FieldWeights, lexical_index
from pairwright.index.mentions import Mentioned
from pairwright.index.ranking import (
    FEATURES,
    FIELDS,
    NAME_WEIGHTS,
    WEIGHTS,
    Diversity,
    Meaning,
    PathTrait,
    candidates_of,
    features_of,
    further_words,
    order_of,
    stem_terms,
    traits_of,
    weights_of,
)
from pairwright_analyzers.facts import facts_of_parsed
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.syntax import parse
from pairwright_analyzers.words import terms_of


@pytest.mark.parametrize(
    ("path", "trait"),
    [
        ("tests/test_cart.py", PathTrait.TEST),
        ("src/cart.test.ts", PathTrait.TEST),
        ("cart_test.go", PathTrait.TEST),
        ("src/test/java/CartTest.java", PathTrait.TEST),
        ("spec/cart_spec.rb", PathTrait.TEST),
        ("Acme.Tests/Cart.cs", PathTrait.TEST),
        ("docs/index.md", PathTrait.DOCUMENT),
        ("README.md", PathTrait.DOCUMENT),
        ("examples/cart.py", PathTrait.EXAMPLE),
        ("web/cart.min.js", PathTrait.GENERATED),
        ("api/cart_pb2.py", PathTrait.GENERATED),
        ("packages/cart/dist/cart.js", PathTrait.GENERATED),
        ("build/cart.js", PathTrait.GENERATED),
        ("rollup.config.mjs", PathTrait.SCRIPT),
        ("include/cart.hpp", PathTrait.HEADER),
        ("vendor/cart.go", PathTrait.VENDORED),
        ("cart/migrations/0001_initial.py", PathTrait.MIGRATION),
        ("cart/locale/de.py", PathTrait.LOCALE),
        ("package.json", PathTrait.CONFIG),
        ("types/cart.d.ts", PathTrait.STUB),
        ("cart/__init__.py", PathTrait.BARREL),
        ("benches/cart.rs", PathTrait.BENCHMARK),
        ("CHANGELOG.md", PathTrait.CHANGELOG),
        (".github/cart.py", PathTrait.HIDDEN),
    ],
)
def test_paths_say_what_kind_of_file_it_is(path: str, trait: PathTrait) -> None:
    assert traits_of(path) & trait


@pytest.mark.parametrize(
    "path",
    [
        "cart/latest.py",
        "cart/contest.py",
        "src/attest.go",
        "lib/inspector.rb",
        "cart/document.py",
        "src/build/cart.js",
        "src/config.js",
    ],
)
def test_names_that_only_look_like_asides(path: str) -> None:
    assert traits_of(path) == PathTrait.NONE


def test_barrels_are_named_by_their_folder() -> None:
    assert stem_terms("shop/cart/__init__.py") == frozenset(terms_of("cart"))
    assert stem_terms("shop/cartTotals.py") == frozenset(terms_of("cartTotals"))


FILES = {
    "shop/cart.py": '''
def total(items):
    """The price of all items with taxes."""
    return sum(item.price for item in items)


def discard(items, item):
    """Take an item out of the basket."""
    items.remove(item)
''',
    "shop/mail.py": '''
def send_receipt(address, price):
    """Write to whoever paid."""
    return post(address, price)
''',
    "tests/test_cart.py": """
def test_total_price_of_items():
    assert total([]) == 0
""",
}


def corpus(files: Mapping[str, str], fields: FieldWeights = FIELDS) -> Corpus:
    def terms(path: str, text: str) -> FileTerms:
        spec = language_of(path)
        assert spec is not None
        parsed = parse(spec, text.encode())
        return file_terms(parsed, facts_of_parsed(parsed))

    return corpus_of(lexical_index({path: terms(path, files[path]) for path in files}), fields)


def words(text: str) -> dict[str, float]:
    return dict.fromkeys(terms_of(text), 1.0)


def nothing_named(one: Corpus) -> Mentioned:
    empty = np.zeros(len(one.file_norm), "f4")
    return Mentioned({}, {}, empty, empty, empty, empty, {})


def ranked(one: Corpus, text: str) -> list[str]:
    evidence = gather(one, words(text), further_words(one.index, words(text)), 40)
    found = candidates_of(one, evidence, nothing_named(one), None, None, None, None)
    table = features_of(one, found, evidence, words(text), PathTrait.NONE)
    order, _ = order_of(table @ weights_of(WEIGHTS), one.files[found.ids], Diversity(1.0))
    files = one.files[found.ids[order]].tolist()
    return [one.index.paths[file] for file in dict.fromkeys(files)]


def told(one: Corpus, text: str, meaning: Meaning | None = None) -> dict[str, dict[str, float]]:
    """The features of the best piece of each file."""
    evidence = gather(one, words(text), {}, 40)
    found = candidates_of(one, evidence, nothing_named(one), meaning, None, None, None)
    table = features_of(one, found, evidence, words(text), PathTrait.NONE)
    best: dict[str, dict[str, float]] = {}
    for row in np.argsort(-table @ weights_of(WEIGHTS), kind="stable").tolist():
        path = one.index.paths[int(one.files[found.ids[row]])]
        best.setdefault(path, dict(zip(FEATURES, table[row].tolist(), strict=True)))
    return best


def test_evidence_agrees_with_the_index() -> None:
    """Its BM25F is that of the lexical index, file and chunk, but for the path."""
    fields = FieldWeights(path=0.0)
    one = corpus(FILES, fields)
    asked = words("price of items")
    evidence = gather(one, asked, {}, 40)
    scores = one.index.scores(asked, fields)
    np.testing.assert_allclose(evidence.chunk_score, scores.chunks, rtol=1e-5)
    np.testing.assert_allclose(evidence.file_score, scores.files, rtol=1e-5)


def test_covers_are_shares_of_what_is_asked() -> None:
    one = corpus(FILES)
    evidence = gather(one, words("send receipt"), {}, 40)
    best = int(evidence.chunk_score.argmax())
    assert one.index.paths[int(one.files[best])] == "shop/mail.py"
    assert evidence.name_cover[best] == pytest.approx(1.0)
    assert evidence.name_hits[best] == 2
    assert evidence.doc_cover[best] == 0
    assert gather(one, words("mail"), {}, 40).path_cover.tolist() == pytest.approx([0, 1, 0])


def test_only_the_heaviest_words_are_looked_at() -> None:
    one = corpus(FILES)
    all_words = gather(one, words("receipt price items"), {}, 40)
    rarest = gather(one, words("receipt price items"), {}, 1)
    assert rarest.total < all_words.total
    assert rarest.chunk_score.max() > 0


def test_the_program_comes_before_its_tests() -> None:
    assert ranked(corpus(FILES), "total price of items")[:2] == [
        "shop/cart.py",
        "tests/test_cart.py",
    ]


def test_words_that_mean_the_same_are_found() -> None:
    one = corpus(FILES)
    assert "discard" in further_words(one.index, words("delete"))
    assert ranked(one, "delete")[0] == "shop/cart.py"


def test_beginnings_of_words_are_found() -> None:
    assert ranked(corpus(FILES), "recei")[:1] == ["shop/mail.py"]


def test_a_mask_hides() -> None:
    one = corpus(FILES)
    mask = np.array([one.index.paths[file].startswith("tests/") for file in one.files.tolist()])
    evidence = gather(one, words("total"), {}, 40)
    found = candidates_of(one, evidence, nothing_named(one), None, mask, None, None)
    assert {one.index.paths[file] for file in one.files[found.ids].tolist()} == {
        "tests/test_cart.py"
    }


def test_a_file_with_several_near_pieces_is_nearer() -> None:
    steps = "".join(f"    basket = basket + item_number_{at}\n" for at in range(40))
    text = "\n\n".join(f"def fill_{at}(basket):\n{steps}" for at in range(2))
    one = corpus({"a.py": text, "b.py": text})
    first, last = one.index.chunk_range("a.py")
    near = np.where(np.arange(len(one.files)) < last, 0.4, 0.0).astype("f4")
    near[one.index.chunk_range("b.py")[0]] = 0.4
    assert last - first == 2
    both = told(one, "basket", Meaning(near))
    assert both["a.py"]["file_meaning"] == both["b.py"]["file_meaning"] == 1
    assert both["a.py"]["file_meaning_sum"] > both["b.py"]["file_meaning_sum"]


def test_meaning_is_told_against_the_nearest() -> None:
    one = corpus(FILES)
    near = np.linspace(-0.2, 0.8, len(one.files), dtype="f4")
    assert told(one, "price", Meaning(near)) == told(one, "price", Meaning(near / 2))


def test_what_a_path_says_is_compared_by_meaning() -> None:
    asked: list[str] = []

    def names(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return np.array(["mail" in text for text in texts], "f4")

    one = corpus(FILES)
    found = told(one, "price", Meaning(np.ones(len(one.files), "f4"), names))
    assert sorted(asked) == ["shop cart", "shop mail", "tests test cart"]
    assert found["shop/mail.py"]["path_meaning"] == found["shop/mail.py"]["top_path_meaning"] == 1
    assert found["shop/cart.py"]["path_meaning"] == 0


def test_a_file_named_for_a_word_that_stands_everywhere_says_little() -> None:
    text = "def pay(price):\n    return price\n"
    one = corpus(
        {"price.py": text, "other.py": text, "third.py": text, "refund.py": f"{text}\nrefund = 1\n"}
    )
    found = told(one, "refund price")
    assert found["refund.py"]["file_name"] > 2 * found["price.py"]["file_name"] > 0


def test_every_feature_has_a_weight_and_is_finite() -> None:
    assert set(WEIGHTS) == set(NAME_WEIGHTS) == set(FEATURES)
    one = corpus(FILES)
    evidence = gather(one, words("nothing has this"), {}, 40)
    meaning = Meaning(
        np.linspace(0, 1, len(one.files), dtype="f4"), lambda names: np.ones(len(names), "f4")
    )
    found = candidates_of(one, evidence, nothing_named(one), meaning, None, None, None)
    table = features_of(one, found, evidence, words("nothing has this"), PathTrait.NONE)
    assert np.isfinite(table).all()
    assert np.abs(table).max() <= 2


@given(
    st.lists(st.tuples(st.floats(-10, 10), st.integers(0, 4)), min_size=1, max_size=60),
    st.floats(0, 5),
)
def test_order_falls_and_loses_nothing(rows: list[tuple[float, int]], decay: float) -> None:
    scores = np.array([score for score, _ in rows], "f4")
    files = np.array([file for _, file in rows])
    order, lowered = order_of(scores, files, Diversity(decay))
    assert sorted(order) == list(range(len(rows)))
    assert lowered == sorted(lowered, reverse=True)
    # What comes first is not lowered at all.
    assert math.isclose(lowered[0], float(scores.max()), abs_tol=1e-6)


def test_decay_lets_other_files_in() -> None:
    order, _ = order_of(np.array([3.0, 2.9, 2.0], "f4"), np.array([0, 0, 1]), Diversity(1.5))
    assert order == [0, 2, 1]


def test_the_first_hits_are_of_many_files() -> None:
    scores = np.array([9.0, 8.9, 8.8, 8.7, 3.0, 2.0], "f4")
    files = np.array([0, 0, 0, 0, 1, 2])
    order, lowered = order_of(scores, files, Diversity(1.0, 10.0))
    assert order == [0, 1, 4, 5, 2, 3]
    assert lowered == sorted(lowered, reverse=True)
    assert order_of(scores, files, Diversity(1.0))[0][:4] == [0, 1, 2, 3]
