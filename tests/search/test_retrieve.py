"""Search over a real index: every form, every filter, unsaved and stale text, what is missing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pairwright.errors import BadArgument, Cancelled
from pairwright.index.build import build, update
from pairwright.index.embed import open_encoder
from pairwright.index.embedder import embed_here
from pairwright.index.literal import Text, expression_matches
from pairwright.index.protocol import NO_SIGNALS, Hit, SearchResult, Signals
from pairwright.index.retrieve import IndexSearcher, SearchOptions
from pairwright.index.store import Store, open_store
from pairwright.index.view import IndexView, view_of
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages import language_of
from support.indexes import HERE, write_tree

FILES = {
    "shop/cart.py": '''\
"""What a customer is about to buy."""

from shop.mail import send_receipt


class Cart:
    """Items and their prices."""

    def __init__(self, items):
        self.items = items
        self.address = None
        self.paid = False

    def total(self):
        """The price of all items with taxes."""
        prices = [item.price for item in self.items]
        return round(sum(prices) * 1.19, 2)

    def checkout(self, card):
        card.charge(self.total())
        self.paid = True
        send_receipt(self.address, self.total())
        return self.paid
''',
    "shop/mail.py": '''\
"""Letters to customers."""

import time


def send_receipt(address, price):
    """Write to whoever paid."""
    return retry_with_backoff(lambda: post(address, price))


def retry_with_backoff(action, attempts=5):
    """Try again after growing pauses until it works."""
    for attempt in range(attempts):
        try:
            return action()
        except OSError:
            time.sleep(2**attempt)
    raise OSError("gave up")


def post(address, price):
    print(f"to {address}: you paid {price}")
    return True
''',
    "web/basket.ts": """\
export interface Basket { items: Item[]; total: number }

export function renderBasket(basket: Basket): string {
  const rows = basket.items.map((item) => `<li>${item.name}</li>`)
  return `<ul>${rows.join("")}</ul>`
}
""",
    "tests/test_cart.py": """\
from shop.cart import Cart


def test_total_of_items():
    assert Cart([]).total() == 0


def test_checkout_sends_a_receipt():
    assert Cart([]).checkout(Card())
""",
    "README.md": "# Shop\n\nRetry with backoff is described here: letters are sent again.\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "work", FILES)


@pytest.fixture
def store(root: Path, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(root, tmp_path / "cache")
    build(root, opened, HERE)
    embed_here(opened, open_encoder())
    yield opened
    opened.close()


@pytest.fixture
def searcher(store: Store) -> IndexSearcher:
    return IndexSearcher(SearchOptions(rerank="off"), store.vectors)


def nothing() -> None:
    pass


def ask(
    searcher: IndexSearcher,
    view: IndexView,
    raw: str,
    limit: int = 10,
    signals: Signals = NO_SIGNALS,
    within: str = "",
) -> SearchResult:
    return searcher.search(view, CodeGraph(view), raw, limit, signals, nothing, within=within)


def paths(result: SearchResult) -> list[str]:
    return list(dict.fromkeys(hit.path for hit in result.hits))


def opened(view: IndexView, path: str, text: str) -> IndexView:
    """The view with an unsaved text."""
    spec = language_of(path)
    assert spec is not None
    return view.with_document(path, text.encode(), facts_of(spec, text.encode()))


# --- words and names


def test_words_find_the_function(searcher: IndexSearcher, store: Store) -> None:
    result = ask(searcher, view_of(store), "where do we try again after a failure with pauses?")
    first = result.hits[0]
    assert (first.path, first.symbol, first.kind) == (
        "shop/mail.py",
        "retry_with_backoff",
        "function",
    )
    assert (first.start_line, first.end_line) == (11, 18)
    assert not result.notes
    assert not result.degraded


def test_hits_are_pieces_of_the_text(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    result = ask(searcher, view, "total price of the items")
    assert result.hits
    for hit in result.hits:
        text = view.text(hit.path)
        assert text is not None
        assert text.count(b"\n", 0, hit.span.start) + 1 == hit.start_line
        assert text.count(b"\n", 0, hit.span.end) + 1 == hit.end_line
        shown = hit.snippet.splitlines()
        assert 1 <= len(shown) <= 12
        assert all(line in text.decode() for line in shown)
        assert len(hit.digest) == 16
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_of_small_neighbours_the_one_that_is_meant_is_shown(
    searcher: IndexSearcher, store: Store
) -> None:
    text = "def dim(lamp):\n    lamp.low()\n\n\ndef douse(fire):\n    fire.out()\n"
    view = opened(view_of(store), "shop/light.py", text)
    hit = ask(searcher, view, "put out a fire").hits[0]
    assert (hit.path, hit.symbol, hit.start_line, hit.end_line) == ("shop/light.py", "douse", 5, 6)
    both = ask(searcher, view, "lamp fire low out").hits[0]
    assert (both.symbol, both.start_line, both.end_line) == ("", 1, 6)


@pytest.mark.parametrize(
    ("lines", "query", "first", "last"),
    [
        (["def launch(rocket):", *[f"    step({n})" for n in range(20)], "    ignite(fuel)"],
         "ignite fuel", "def launch(rocket):", "    ignite(fuel)"),
        (["# Cools the engine with liquid helium.", *["# And more on that."] * 20,
          "def launch(rocket):", *[f"    step({n})" for n in range(20)]],
         "cools engine helium", "# Cools the engine with liquid helium.", "def launch(rocket):"),
    ],
)  # fmt: skip
def test_a_snippet_names_what_it_is_of(
    searcher: IndexSearcher, store: Store, lines: list[str], query: str, first: str, last: str
) -> None:
    view = opened(view_of(store), "shop/rocket.py", "\n".join(lines) + "\n")
    hit = ask(searcher, view, query).hits[0]
    shown = hit.snippet.split("\n")
    assert (hit.symbol, shown[0], shown[-1]) == ("launch", first, last)
    assert len(shown) <= 12 and "…" in shown


def test_parts_explain_the_score(searcher: IndexSearcher, store: Store) -> None:
    parts = ask(searcher, view_of(store), "retry with backoff").hits[0].parts
    assert parts["name"] > 0
    assert parts["meaning"] > 0
    assert "test" not in parts


def test_code_comes_before_documents_and_tests(searcher: IndexSearcher, store: Store) -> None:
    found = paths(ask(searcher, view_of(store), "retry with backoff"))
    assert found.index("shop/mail.py") < found.index("README.md")
    found = paths(ask(searcher, view_of(store), "total price of items"))
    assert found.index("shop/cart.py") < found.index("tests/test_cart.py")


@pytest.mark.parametrize(
    ("name", "path", "symbol"),
    [
        ("retry_with_backoff", "shop/mail.py", "retry_with_backoff"),
        ("Cart.total", "shop/cart.py", "Cart.total"),
        ("Cart#checkout()", "shop/cart.py", "Cart.checkout"),
        ("renderBasket", "web/basket.ts", "renderBasket"),
    ],
)
def test_a_name_finds_its_definition(
    searcher: IndexSearcher, store: Store, name: str, path: str, symbol: str
) -> None:
    first = ask(searcher, view_of(store), name).hits[0]
    assert (first.path, first.symbol) == (path, symbol)


@pytest.mark.parametrize("raw", ["mail.py", "shop/mail.py", "price in shop/mail.py"])
def test_a_path_finds_its_file(searcher: IndexSearcher, store: Store, raw: str) -> None:
    assert ask(searcher, view_of(store), raw).hits[0].path == "shop/mail.py"


def test_the_deepest_own_frame_ran(searcher: IndexSearcher, store: Store) -> None:
    report = """\
Nothing works

```
Traceback (most recent call last):
  File "/usr/lib/site-packages/web/basket.py", line 1, in serve
  File "/srv/site-packages/shop/cart.py", line 25, in checkout
  File "/srv/site-packages/shop/mail.py", line 16, in retry_with_backoff
  File "/usr/lib/python3.12/socket.py", line 853, in connect
OSError: unreachable
```
"""
    parts = {hit.path: hit.parts for hit in ask(searcher, view_of(store), report).hits}
    assert parts["shop/mail.py"]["ran"] > parts["shop/cart.py"]["ran"] > 0
    assert all("ran" not in told for path, told in parts.items() if not path.startswith("shop/"))


def test_a_message_is_found_in_the_source(searcher: IndexSearcher, store: Store) -> None:
    stock = """\
def wanted(item):
    if item.price is None:
        raise ValueError(
            f"no price is known for {item} "
            "of this basket"
        )
"""
    view = opened(view_of(store), "shop/stock.py", stock)
    report = """\
It is broken since yesterday

I only see this on my terminal, and then it is over.

```console
no price is known for 3 pears of this basket
```
"""
    said = [hit for hit in ask(searcher, view, report).hits if hit.parts.get("says")]
    assert [(hit.path, hit.symbol) for hit in said] == [("shop/stock.py", "wanted")]


def test_a_report_finds_what_it_names(searcher: IndexSearcher, store: Store) -> None:
    report = """\
Customers are not told anything

Nobody knows why. Traceback (most recent call last):
  File "/srv/app/shop/mail.py", line 14, in retry_with_backoff
OSError: gave up
"""
    assert paths(ask(searcher, view_of(store), report))[0] == "shop/mail.py"


def test_a_query_of_ten_kilobytes(searcher: IndexSearcher, store: Store) -> None:
    result = ask(searcher, view_of(store), "total price of items " * 1_000)
    assert result.hits
    assert "first 10,000 characters" in result.notes[0]


@pytest.mark.parametrize("raw", ["🙂🙂🙂", "設定", "\ud800 lone", "a\0b", "%s %d {x}", "--", "()"])
def test_odd_queries_are_answered(searcher: IndexSearcher, store: Store, raw: str) -> None:
    ask(searcher, view_of(store), raw)


def test_an_empty_query_is_refused(searcher: IndexSearcher, store: Store) -> None:
    with pytest.raises(BadArgument, match="empty"):
        ask(searcher, view_of(store), "  ")


def test_limits(searcher: IndexSearcher, store: Store) -> None:
    assert len(ask(searcher, view_of(store), "items", 2).hits) == 2
    assert not ask(searcher, view_of(store), "items", 0).hits


# --- filters


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("items lang:typescript", {"web/basket.ts"}),
        ("items path:shop", {"shop/cart.py", "shop/mail.py"}),
        ("items path:*.ts", {"web/basket.ts"}),
        ("total is:test", {"tests/test_cart.py"}),
        ("total path:CART is:test", {"tests/test_cart.py"}),
    ],
)
def test_filters_leave_only(
    searcher: IndexSearcher, store: Store, raw: str, found: set[str]
) -> None:
    result = set(paths(ask(searcher, view_of(store), raw)))
    assert result
    assert result <= found


def test_brackets_in_a_path_are_a_part_of_it(searcher: IndexSearcher, store: Store) -> None:
    view = opened(view_of(store), "web/[id]/page.ts", "export function total() { return 1; }\n")
    for raw in ("total path:web/[id]", "total path:**/page.*", "total path:[w]eb/*/page.ts"):
        assert [hit.path for hit in ask(searcher, view, raw).hits] == ["web/[id]/page.ts"], raw
    assert ask(searcher, view, "total path:web/[ab]").hits == ()


@pytest.mark.parametrize("raw", ["total -is:test", "total -path:tests", "total lang:ts"])
def test_filters_leave_out(searcher: IndexSearcher, store: Store, raw: str) -> None:
    found = paths(ask(searcher, view_of(store), raw))
    assert found
    assert "tests/test_cart.py" not in found


def test_kinds(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    assert {hit.kind for hit in ask(searcher, view, "items kind:class").hits} == {"class"}
    result = ask(searcher, view, "basket kind:interface")
    assert [hit.symbol for hit in result.hits] == ["Basket"]
    methods = ask(searcher, view, "total price kind:method").hits
    assert methods[0].symbol == "Cart.total"


def test_within_a_folder(searcher: IndexSearcher, store: Store) -> None:
    assert paths(ask(searcher, view_of(store), "items", within="web")) == ["web/basket.ts"]
    assert paths(ask(searcher, view_of(store), "/items/", within="web")) == ["web/basket.ts"]


def test_changed_files_only(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    changed = Signals(changed=frozenset({"shop/mail.py"}))
    assert paths(ask(searcher, view, "price changed:", signals=changed)) == ["shop/mail.py"]
    result = ask(searcher, view, "price changed:")
    assert not result.hits
    assert "Nothing is known of changes" in result.notes[0]


# --- expressions and patterns


def test_expressions(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    result = ask(searcher, view, r"/def \w+_with_\w+/")
    hit = result.hits[0]
    assert (hit.path, hit.start_line, hit.symbol) == ("shop/mail.py", 11, "retry_with_backoff")
    assert hit.snippet == "def retry_with_backoff(action, attempts=5):"
    assert not ask(searcher, view, "/RETRY/").hits
    assert ask(searcher, view, "/RETRY/i").hits
    assert ask(searcher, view, r"/^class Cart/").hits
    first = ask(searcher, view, "/total/").hits[0]
    assert first.path != "tests/test_cart.py"


def test_spans_of_expressions_are_bytes(searcher: IndexSearcher, store: Store) -> None:
    view = opened(view_of(store), "shop/new.py", "# äöü\nname = 'grüße'\n")
    hit = ask(searcher, view, "/grüße/").hits[0]
    text = view.text("shop/new.py")
    assert text is not None
    assert text[hit.span.start : hit.span.end].decode() == "grüße"


def test_expressions_that_are_none(searcher: IndexSearcher, store: Store) -> None:
    with pytest.raises(BadArgument, match="cannot be read"):
        ask(searcher, view_of(store), "/(/")
    with pytest.raises(BadArgument, match="longer than"):
        ask(searcher, view_of(store), f"/{'a' * 2_000}/")


def test_an_expression_that_backtracks_is_ended() -> None:
    """Unbounded it would run for centuries."""
    texts = [Text("a.py", "python", b"good"), Text("b.py", "python", b"a" * 200 + b"!")]
    with pytest.raises(TimeoutError):
        list(expression_matches("good|(a+)+$", "", texts, nothing, 1.5))


def test_patterns(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    result = ask(searcher, view, "pattern: $A.charge($$$)")
    assert [(hit.path, hit.symbol) for hit in result.hits] == [("shop/cart.py", "Cart.checkout")]
    assert ask(searcher, view, "lang:ts pattern: $A.join($B)").hits
    with pytest.raises(BadArgument, match="cannot be matched in sql"):
        ask(searcher, view, "lang:sql pattern: select $A")


# --- like a place


def test_like_a_line(searcher: IndexSearcher, store: Store) -> None:
    result = ask(searcher, view_of(store), "like:shop/cart.py:22")
    assert "Cart.checkout" not in {hit.symbol for hit in result.hits}
    called = next(hit for hit in result.hits[:3] if hit.symbol == "send_receipt")
    assert called.parts["graph"] > 0
    assert paths(ask(searcher, view_of(store), "like:mail.py:12"))


@pytest.mark.parametrize("raw", ["like:shop/none.py:1", "like:shop/cart.py:9999"])
def test_like_nothing(searcher: IndexSearcher, store: Store, raw: str) -> None:
    with pytest.raises(BadArgument):
        ask(searcher, view_of(store), raw)


def test_related_to_an_offset(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    at = FILES["shop/cart.py"].index("card.charge")
    result = searcher.related(view, CodeGraph(view), "shop/cart.py", at, 5, NO_SIGNALS, nothing)
    assert "send_receipt" in {hit.symbol for hit in result.hits}


# --- text that moves


def test_unsaved_text_is_what_is_searched(searcher: IndexSearcher, store: Store) -> None:
    text = FILES["shop/mail.py"].replace("def post(", "def franchise_stamp(")
    view = opened(view_of(store), "shop/mail.py", "# one more line\n" + text)
    result = ask(searcher, view, "franchise stamp")
    assert (result.hits[0].path, result.hits[0].symbol) == ("shop/mail.py", "franchise_stamp")
    assert result.hits[0].start_line == 22
    # Its vector is made on the way.
    assert result.hits[0].parts["meaning"] > 0.2


def test_a_file_that_moved_on_is_read_again(
    searcher: IndexSearcher, store: Store, root: Path
) -> None:
    view = view_of(store)
    ask(searcher, view, "retry with backoff")
    (root / "shop/mail.py").write_text("# first\n# second\n" + FILES["shop/mail.py"])
    hit = ask(searcher, view, "retry with backoff").hits[0]
    assert (hit.path, hit.symbol, hit.start_line) == ("shop/mail.py", "retry_with_backoff", 13)


def test_a_piece_that_is_gone_is_left_out(
    searcher: IndexSearcher, store: Store, root: Path
) -> None:
    view = view_of(store)
    (root / "shop/mail.py").unlink()
    result = ask(searcher, view, "retry with backoff")
    assert "shop/mail.py" not in paths(result)
    assert "shop/mail.py has changed" in result.notes[0]


def test_an_update_is_found(searcher: IndexSearcher, store: Store, root: Path) -> None:
    view = view_of(store)
    ask(searcher, view, "items")
    (root / "shop/rebate.py").write_text("def loyalty_rebate(customer):\n    return 0.05\n")
    update(root, store, ["shop/rebate.py"], HERE)
    result = ask(searcher, view.with_contents(store.contents), "loyalty rebate")
    assert result.hits[0].path == "shop/rebate.py"
    assert "Vectors cover" in result.notes[0]


# --- what may be missing


def test_without_vectors(store: Store) -> None:
    searcher = IndexSearcher(SearchOptions(vectors=False, rerank="off"), store.vectors)
    result = ask(searcher, view_of(store), "retry with backoff")
    assert result.hits[0].symbol == "retry_with_backoff"
    assert not result.notes


def test_before_there_are_vectors(root: Path, tmp_path: Path) -> None:
    store = open_store(root, tmp_path / "other")
    try:
        build(root, store, HERE)
        searcher = IndexSearcher(SearchOptions(rerank="off"), store.vectors)
        result = ask(searcher, view_of(store), "retry with backoff")
    finally:
        store.close()
    assert result.hits[0].symbol == "retry_with_backoff"
    assert "words and names alone" in result.notes[0]
    assert not result.degraded


def test_with_an_encoder_that_is_broken(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / "manifest.json").write_text("{")
    searcher = IndexSearcher(SearchOptions(encoder=str(folder), rerank="off"), store.vectors)
    result = ask(searcher, view_of(store), "retry with backoff")
    assert result.hits[0].symbol == "retry_with_backoff"
    assert result.degraded
    assert str(folder) in result.notes[0]


def test_an_empty_workspace(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "empty", {})
    root.mkdir(exist_ok=True)
    store = open_store(root, tmp_path / "cache")
    try:
        build(root, store, HERE)
        searcher = IndexSearcher(SearchOptions(rerank="off"), store.vectors)
        for raw in ("anything", "parseHeaders", "/a/", "pattern: $A()"):
            assert not ask(searcher, view_of(store), raw).hits
    finally:
        store.close()


# --- how it is asked


def test_hits_are_published_before_the_slow_part(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    early: list[Sequence[Hit]] = []
    result = searcher.search(
        view, CodeGraph(view), "retry with backoff", 5, NO_SIGNALS, nothing, publish=early.append
    )
    assert early
    assert early[0][0].symbol == result.hits[0].symbol


def test_the_check_ends_it(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)

    def check() -> None:
        raise Cancelled

    for raw in ("retry", "/retry/", "pattern: $A.charge()", "like:shop/cart.py:3"):
        with pytest.raises(Cancelled):
            searcher.search(view, CodeGraph(view), raw, 5, NO_SIGNALS, check)


def test_what_was_edited_lately_is_ahead(searcher: IndexSearcher, store: Store) -> None:
    recent = Signals(recency={"shop/mail.py": 1.0})
    before = {hit.path: hit.score for hit in ask(searcher, view_of(store), "price").hits}
    after = ask(searcher, view_of(store), "price", signals=recent).hits
    assert {hit.path: hit.score for hit in after}["shop/mail.py"] >= before["shop/mail.py"]
    assert any(hit.parts.get("recency") for hit in after if hit.path == "shop/mail.py")


def test_what_changes_with_the_open_files_is_ahead(searcher: IndexSearcher, store: Store) -> None:
    beside = Signals(together={"shop/mail.py": 1.0})
    before = {hit.path: hit.score for hit in ask(searcher, view_of(store), "price").hits}
    after = ask(searcher, view_of(store), "price", signals=beside).hits
    assert {hit.path: hit.score for hit in after}["shop/mail.py"] >= before["shop/mail.py"]
    assert any(hit.parts.get("together") for hit in after if hit.path == "shop/mail.py")


def test_several_threads_get_the_same_answer(searcher: IndexSearcher, store: Store) -> None:
    view = view_of(store)
    expected = [hit.symbol for hit in ask(searcher, view, "retry with backoff").hits]
    answers: list[list[str]] = []

    def run() -> None:
        for _ in range(5):
            result = ask(searcher, view, "retry with backoff")
            answers.append([hit.symbol for hit in result.hits])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 20
