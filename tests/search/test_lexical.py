"""The lexical index against the formula written out, and against itself however it came about."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright.index.file_terms import (
    BODY_CODES,
    BODY_COUNTS,
    BODY_MASK,
    DOC_CODES,
    DOC_COUNTS,
    DOC_MASK,
    DOC_SHIFT,
    FIELDS,
    IN_NAME,
    IN_QUALIFIER,
    IN_SIGNATURE,
    NO_TERMS,
    FileTerms,
    file_terms,
    unpack_terms,
)
from pairwright.index.lexical import FieldWeights, LexicalIndex, lexical_index, load_lexical
from pairwright_analyzers.chunks import chunk_digest, chunk_text
from pairwright_analyzers.facts import facts_of_parsed
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.syntax import parse
from pairwright_analyzers.words import terms_of

_Key = TypeVar("_Key")

FIELDS_WEIGHED = FieldWeights(
    name=3.0, qualifier=0.5, signature=2.0, doc=1.5, body=1.0, path=2.5, k1=1.1, b=0.6
)

CART = '''import logging

TAX_RATE = 7

class ShoppingCart:
    """What a customer wants to buy."""

    def add_item(self, item: Item, quantity: int = 1) -> None:
        """Put an item into the cart, or more of it."""
        logging.debug("item %s item %s item", item, item)
        self.items[item] += quantity

    def total_price(self):
        """What the customer has to pay for everything that lies in it, with the tax that is due."""
        without_tax = sum(item.price * count for item, count in self.items.items())
        if self.customer.is_exempt:
            logging.info("no tax for %s", self.customer)
            return without_tax
        return without_tax * (100 + TAX_RATE) / 100


def parse_headers(raw):
    # Splits what `HTTPHeader` needs.
    return dict(line.split(":") for line in raw.splitlines())
'''


def terms_of_text(text: str, path: str = "a.py") -> FileTerms:
    spec = language_of(path)
    assert spec is not None
    parsed = parse(spec, text.encode())
    return file_terms(parsed, facts_of_parsed(parsed))


def bytes_of(terms: FileTerms, part: str) -> dict[str, int]:
    """Word as written -> byte, of the one chunk whose name has `part`."""
    (found,) = [row for row in rows_of(terms) if row.get(part, 0) & IN_NAME]
    return found


def rows_of(terms: FileTerms) -> list[dict[str, int]]:
    rows, at = [], 0
    for count in terms.counts:
        numbers, flags = terms.numbers[at : at + count], terms.flags[at : at + count]
        rows.append({terms.words[n].decode(): byte for n, byte in zip(numbers, flags, strict=True)})
        at += count
    return rows


# --- one file


def test_a_word_is_known_by_its_fields_and_counts() -> None:
    found = bytes_of(terms_of_text(CART), "add_item")
    assert found["add_item"] & IN_NAME
    assert not found["quantity"] & (IN_NAME | IN_QUALIFIER)
    assert found["quantity"] & IN_SIGNATURE
    assert found["ShoppingCart"] & IN_QUALIFIER
    assert DOC_COUNTS[(found["cart"] & DOC_MASK) >> DOC_SHIFT] == 1
    assert BODY_COUNTS[found["item"] & BODY_MASK] >= 5
    assert found["debug"] & ~BODY_MASK == 0


def test_chunks_and_digests_are_those_of_the_analyzers() -> None:
    text = CART.encode()
    spec = language_of("a.py")
    assert spec is not None
    parsed = parse(spec, text)
    facts = facts_of_parsed(parsed)
    terms = file_terms(parsed, facts)
    assert len(terms) == len(terms.chunks) > 2
    for index, chunk in enumerate(terms.chunks):
        assert terms.digest(index) == chunk_digest(chunk_text(text, facts, chunk))
    assert len(terms.lengths) == FIELDS * len(terms)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 'naïve Größe'\n", {"naïve", "größe"}),
        ("x = '重试上传'\n", {"重试", "上传"}),
        ("x = 'before\0after'\n", {"before", "after"}),
        ("# " + "deadbeef" * 40 + "\nx = first\n", {"first"}),
        ("x = " + "_".join(["many"] * 30 + ["parts"]) + "\n", {"many", "parts"}),
    ],
    ids=["not-ascii", "without-spaces", "nul", "data", "long-name"],
)
def test_odd_words(text: str, words: set[str]) -> None:
    found = lexical_index({"a.py": terms_of_text(text)})
    for word in words:
        assert found.document_frequency(*terms_of(word)[:1]) == 1, word
    assert all(len(word) <= 100 for word in terms_of_text(text).words)


@pytest.mark.parametrize("path", ["a.py", "a.md", "a.ts"])
@pytest.mark.parametrize("text", ["", "\n \n", "(", "\U0001f600\n"])
def test_next_to_nothing(path: str, text: str) -> None:
    terms = terms_of_text(text, path)
    assert unpack_terms(terms.pack()) == terms
    assert len(lexical_index({path: terms}).table) == len(terms)


def test_terms_survive_packing_and_damage_is_found() -> None:
    terms = terms_of_text(CART)
    blob = terms.pack()
    back = unpack_terms(blob)
    assert back == terms
    assert back.chunks == terms.chunks
    assert rows_of(back) == rows_of(terms)
    assert unpack_terms(NO_TERMS.pack()) == NO_TERMS
    for end in range(0, len(blob) - 1, 7):
        with pytest.raises(ValueError, match="terms"):
            unpack_terms(blob[:end])
    for at in [*range(4), *range(12, len(blob), 5)]:
        with pytest.raises(ValueError, match="terms"):
            unpack_terms(blob[:at] + bytes((blob[at] ^ 0x55,)) + blob[at + 1 :])


# --- the formula

WORDS = ["retry", "upload", "uploads", "HTTPHeader", "parse_header", "headers", "cart", "x9", "été"]
_words = st.lists(st.sampled_from(WORDS), max_size=12)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A module of some functions, in a class or not, with words in every field."""
    lines = []
    for number in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(["retry_upload", "header", "Cart", "f"]))
        arguments = ", ".join(f"{word}_{at}" for at, word in enumerate(draw(_words)[:3]))
        doc, body = " ".join(draw(_words)), " ".join(draw(_words))
        if draw(st.booleans()):
            lines.append(f"class Uploader{number}:")
        indent = "    " if lines and lines[-1].startswith("class") else ""
        lines.append(f"{indent}def {name}({arguments}):")
        lines.append(f'{indent}    """{doc}"""')
        lines.append(f"{indent}    return '{body}', {number}")
    return "\n".join(lines) + "\n"


PATHS = ["upload/retry.py", "cart.py", "http/header_parser.py", "x/y.py"]
corpora = st.dictionaries(st.sampled_from(PATHS), sources(), max_size=4)
queries = st.lists(
    st.sampled_from([*terms_of(" ".join(WORDS)), "uploader", "missing", "pi"]), max_size=5
)


def naive(
    files: Mapping[str, FileTerms], query: Mapping[str, float], weights: FieldWeights
) -> tuple[dict[tuple[str, int], float], dict[str, float]]:
    """BM25F as the paper has it, over the counts that the files' terms keep."""
    texts: dict[tuple[str, int], dict[str, float]] = {}
    lengths: dict[tuple[str, int], float] = {}
    by_length = (weights.name, weights.qualifier, weights.signature, weights.doc, weights.body)
    for path, terms in files.items():
        for at, row in enumerate(rows_of(terms)):
            said: Counter[str] = Counter()
            docs: Counter[str] = Counter()
            bodies: Counter[str] = Counter()
            for word, byte in row.items():
                for term in terms_of(word):
                    said[term] |= byte & (IN_NAME | IN_QUALIFIER | IN_SIGNATURE)
                    docs[term] += DOC_COUNTS[(byte & DOC_MASK) >> DOC_SHIFT]
                    bodies[term] += BODY_COUNTS[byte & BODY_MASK]
            texts[path, at] = {
                term: weights.name * bool(said[term] & IN_NAME)
                + weights.qualifier * bool(said[term] & IN_QUALIFIER)
                + weights.signature * bool(said[term] & IN_SIGNATURE)
                + weights.doc * DOC_COUNTS[DOC_CODES[min(docs[term], 255)]]
                + weights.body * BODY_COUNTS[BODY_CODES[min(bodies[term], 255)]]
                for term in said
            }
            own = terms.lengths[FIELDS * at : FIELDS * at + FIELDS]
            lengths[path, at] = sum(a * b for a, b in zip(by_length, own, strict=True))
    whole: dict[str, Counter[str]] = {path: Counter() for path in files}
    for (path, _), found in texts.items():
        for term, frequency in found.items():
            whole[path][term] += frequency  # type: ignore[assignment]
    for path in files:
        for term in set(terms_of(path)):
            whole[path][term] += weights.path  # type: ignore[assignment]
    in_file = {
        path: sum(length for (other, _), length in lengths.items() if other == path)
        for path in files
    }
    chunks = _bm25(texts, lengths, query, weights.k1, weights.b)
    return chunks, _bm25(whole, in_file, query, weights.file_k1, weights.file_b)


def _bm25(
    texts: Mapping[_Key, Mapping[str, float]],
    lengths: Mapping[_Key, float],
    query: Mapping[str, float],
    k1: float,
    b: float,
) -> dict[_Key, float]:
    mean = sum(lengths.values()) / len(lengths) if lengths else 0
    scores = dict.fromkeys(texts, 0.0)
    for term, weight in query.items():
        having = [key for key, found in texts.items() if found.get(term)]
        rarity = math.log(1 + (len(texts) - len(having) + 0.5) / (len(having) + 0.5))
        for key in having:
            norm = k1 * ((1 - b) + b * lengths[key] / (mean or 1))
            scores[key] += weight * rarity * texts[key][term] / (texts[key][term] + norm)
    return scores


def found_by(
    index: LexicalIndex, query: Mapping[str, float], weights: FieldWeights
) -> tuple[dict[tuple[str, int], float], dict[str, float]]:
    """What an index finds, by path and number of the chunk in its file."""
    scores, table = index.scores(query, weights), index.table
    chunks, files = {}, {}
    for number, path in enumerate(index.paths):
        if index.live_files[number]:
            assert index.file_number(path) == number
            files[path] = float(scores.files[number])
            first, last = index.chunk_range(path)
            for at in range(first, last):
                assert table.files[at] == number
                chunks[path, at - first] = float(scores.chunks[at])
        else:
            assert scores.files[number] == 0
    assert not scores.chunks[~table.live].any()
    return chunks, files


def assert_scores(index: LexicalIndex, files: Mapping[str, FileTerms], words: list[str]) -> None:
    query = {word: 1 + at / 3 for at, word in enumerate(dict.fromkeys(words))}
    chunks, whole = naive(files, query, FIELDS_WEIGHED)
    found_chunks, found_files = found_by(index, query, FIELDS_WEIGHED)
    assert found_chunks == pytest.approx(chunks, rel=1e-4, abs=1e-6)
    assert found_files == pytest.approx(whole, rel=1e-4, abs=1e-6)


@settings(max_examples=60)
@given(corpora, queries)
def test_scores_are_the_formulas(corpus: dict[str, str], words: list[str]) -> None:
    files = {path: terms_of_text(text) for path, text in corpus.items()}
    assert_scores(lexical_index(files), files, words)


# --- growing

Change = dict[str, str | None]
changes = st.lists(
    st.dictionaries(st.sampled_from(PATHS), st.none() | sources(), min_size=1, max_size=3),
    max_size=8,
)


@settings(max_examples=60)
@given(corpora, changes, st.integers(0, 8), queries)
def test_whatever_came_before_the_index_is_that_of_its_files(
    corpus: dict[str, str], steps: list[Change], compacted_at: int, words: list[str]
) -> None:
    files = {path: terms_of_text(text) for path, text in corpus.items()}
    index = lexical_index(files)
    for at, step in enumerate(steps):
        if at == compacted_at:
            index = index.compacted()
        fresh = {
            path: terms_of_text(text) if text is not None else None for path, text in step.items()
        }
        before = index.pack() if not index.overlay_size else None
        grown = index.with_files(fresh)
        if before is not None:
            assert index.pack() == before  # values do not change
        index = grown
        for path, terms in fresh.items():
            files.pop(path, None)
            if terms is not None:
                files[path] = terms
    assert_scores(index, files, words)
    scratch = lexical_index(files)
    assert index.compacted().pack() == scratch.pack()
    assert load_lexical(scratch.pack()).pack() == scratch.pack()
    for word in {*words, "retri"}:
        assert index.document_frequency(word) == scratch.document_frequency(word)
    for prefix in ("", "re", "up", "zz"):
        assert index.terms_with_prefix(prefix, 100) == scratch.terms_with_prefix(prefix, 100)


def test_a_changed_file_hides_what_it_was() -> None:
    files = {"a.py": terms_of_text("def before(): pass\n"), "b.py": terms_of_text("before = 1\n")}
    index = lexical_index(files)
    rows = index.base_rows
    changed = index.with_files({"a.py": terms_of_text("def after(): pass\n"), "b.py": None})
    assert index.document_frequency("befor") == 2
    assert changed.document_frequency("befor") == 0
    assert changed.document_frequency("after") == 1
    assert changed.base_id == index.base_id
    assert changed.base_rows == rows
    assert changed.table.digests[:rows].tolist() == index.table.digests.tolist()
    assert changed.overlay_size == 2
    with pytest.raises(KeyError):
        changed.chunk_range("b.py")
    assert changed.file_number("b.py") == -1
    assert changed.files_named("b").tolist() == []
    with pytest.raises(ValueError, match="laid over"):
        changed.pack()
    assert changed.compacted().base_id != index.base_id


def test_a_table_row_is_a_chunk() -> None:
    terms = terms_of_text(CART)
    index = lexical_index({"x.py": NO_TERMS, "cart.py": terms})
    first, last = index.chunk_range("cart.py")
    assert tuple(index.table.chunk(at) for at in range(first, last)) == terms.chunks
    assert [index.table.digest(at) for at in range(first, last)] == [
        terms.digest(at) for at in range(len(terms))
    ]
    assert index.chunk_range("x.py") == (last, last)


def test_prefixes_give_the_commonest_first() -> None:
    files = {f"m{n}.py": terms_of_text(f"retry_{'x' * n} = retried + requests\n") for n in range(3)}
    files["b.py"] = terms_of_text("requests = response\n")
    index = lexical_index(files)
    found = index.terms_with_prefix("re", 2)
    assert found == terms_of("requests retry")
    assert index.terms_with_prefix("nothing", 5) == []


def test_a_path_speaks_for_its_file() -> None:
    files = dict.fromkeys(["billing/invoice.py", "other.py"], terms_of_text("x = value\n"))
    index = lexical_index(files)
    scores = index.scores({"invoic": 1.0}, FieldWeights())
    assert scores.files[index.file_number("billing/invoice.py")] > 0
    assert scores.files[index.file_number("other.py")] == 0
    assert not scores.chunks.any()


# --- bytes


def test_damaged_bytes_are_refused() -> None:
    data = lexical_index({"a.py": terms_of_text(CART)}).pack()
    for at in range(0, len(data), 11):
        with pytest.raises(ValueError, match="lexical index"):
            load_lexical(data[:at] + bytes((data[at] ^ 0x11,)) + data[at + 1 :])
    for end in (0, 3, 50, len(data) - 1):
        with pytest.raises(ValueError, match="lexical index"):
            load_lexical(data[:end])
    with pytest.raises(ValueError, match="lexical index"):
        load_lexical(data + b"x")


def test_hostile_text_stays_small() -> None:
    distinct = "\n".join(f"word{number:x}q" for number in range(40_000)) + "\n"
    many = "\n".join(f"def f{number}(): return {number} + other()" for number in range(10_000))
    for text in (distinct, many):
        terms = terms_of_text(text)
        blob = terms.pack()
        index = lexical_index({"big.py": terms})
        assert len(blob) < 2.5 * len(text)
        assert len(index.pack()) < 6 * len(text)
        assert unpack_terms(blob) == terms
    assert index.document_frequency("other") > 100
