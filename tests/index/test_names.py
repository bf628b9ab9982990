"""Name tables: look-ups, growth by overlay, the packed form, and what a search puts first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.index.names import (
    NO_NAMES,
    FileNames,
    NameTable,
    load_names,
    names_of_facts,
    names_of_packed,
)
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language

PYTHON = language("python")

SOURCES = {
    "app/models.py": """class QuerySet:
    def filter(self): pass
    def get_or_create(self): pass
""",
    "app/views.py": """from app.models import QuerySet

def as_view():
    return QuerySet().filter()
""",
    "tests/test_models.py": """def filter(): pass

class QuerySetTests:
    def test_filter(self): filter()
""",
}


def names_of(text: str) -> FileNames:
    return names_of_facts(facts_of(PYTHON, text.encode()))


def table(sources: Mapping[str, str]) -> NameTable:
    """A compact table of Python sources."""
    names = {path: names_of(text) for path, text in sources.items()}
    return NO_NAMES.with_files(names).compacted(dict.fromkeys(sources, bytes(16)))


def found(query: str, sources: Mapping[str, str] = SOURCES, limit: int = 20) -> list[str]:
    """What a search finds, as `path:Container.name`."""
    return [
        f"{hit.path}:{hit.container}.{hit.name}" if hit.container else f"{hit.path}:{hit.name}"
        for hit in table(sources).search(query, limit)
    ]


def test_packed_and_unpacked_facts_have_the_same_names() -> None:
    for text in SOURCES.values():
        facts = facts_of(PYTHON, text.encode())
        one, other = names_of_facts(facts), names_of_packed(facts.pack())
        assert one.mentioned == other.mentioned
        assert one.places == other.places
        assert one.containers == other.containers


def test_look_ups() -> None:
    names = table(SOURCES)
    assert names.files_mentioning("QuerySet") == ["app/models.py", "app/views.py"]
    assert names.files_defining("filter") == ["app/models.py", "tests/test_models.py"]
    assert names.definitions("filter") == [("app/models.py", 1), ("tests/test_models.py", 0)]
    assert names.files_mentioning("nowhere") == []
    assert names.files_defining("") == []


def test_a_changed_file_hides_what_it_was() -> None:
    names = table(SOURCES).with_files(
        {"app/models.py": names_of("class Manager: pass\n"), "app/views.py": None}
    )
    assert names.files_mentioning("QuerySet") == []
    assert names.files_defining("Manager") == ["app/models.py"]
    assert names.files_defining("filter") == ["tests/test_models.py"]
    assert [hit.name for hit in names.search("manager", 5)] == ["Manager"]
    assert [hit.path for hit in names.search("filter", 5)] == ["tests/test_models.py"] * 2


def test_the_base_is_shared_not_copied() -> None:
    before = table(SOURCES)
    after = before.with_files({"app/views.py": None})
    assert before.files_mentioning("QuerySet") == ["app/models.py", "app/views.py"]
    assert after.files_mentioning("QuerySet") == ["app/models.py"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-1], id="cut-short"),
        pytest.param(lambda data: data + b"x", id="too-long"),
        pytest.param(lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:], id="a-bit"),
        pytest.param(lambda data: b"XXXX" + data[4:], id="another-file"),
        pytest.param(lambda data: b"", id="empty"),
    ],
)
def test_damaged_bytes_are_refused(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(ValueError, match="name table"):
        load_names(damage(table(SOURCES).pack()))


def test_only_a_compact_table_is_packed() -> None:
    with pytest.raises(ValueError, match="laid over"):
        table(SOURCES).with_files({"app/views.py": None}).pack()


identifiers = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=4)
file_names = st.builds(
    lambda mentions, definitions: FileNames(
        "\0".join(mentions).encode(),
        "\0".join(definitions).encode(),
        "\0".join("" for _ in definitions).encode(),
    ),
    st.lists(identifiers, unique=True, max_size=5),
    st.lists(identifiers, max_size=4),
)
paths = st.sampled_from(["a.py", "b.py", "b/c.py", "é.py", "z/z.py"])


@given(st.lists(st.dictionaries(paths, st.none() | file_names, max_size=3), max_size=5))
def test_a_grown_table_answers_as_one_made_from_scratch(
    steps: list[dict[str, FileNames | None]],
) -> None:
    digests = dict.fromkeys(["a.py", "b.py", "b/c.py", "é.py", "z/z.py"], b"d" * 16)
    grown, state = NO_NAMES, dict[str, FileNames]()
    for number, step in enumerate(steps):
        grown = grown.with_files(step)
        state.update({path: names for path, names in step.items() if names is not None})
        state = {path: names for path, names in state.items() if step.get(path, names) is not None}
        if number % 2:
            grown = grown.compacted(digests)
    scratch = NO_NAMES.with_files(state).compacted(digests)
    assert grown.compacted(digests).pack() == scratch.pack()
    again = load_names(scratch.pack())
    everything = {raw.decode() for names in state.values() for raw in names.mentioned}
    for name in everything | {"never"}:
        raw = name.encode()
        mentioning = sorted(path for path, names in state.items() if raw in names.mentioned)
        assert grown.files_mentioning(name) == again.files_mentioning(name) == mentioning
        assert grown.definitions(name) == again.definitions(name)
        assert grown.files_defining(name) == again.files_defining(name)
        searched = {(hit.path, hit.index) for hit in grown.search(name, 100)}
        assert set(grown.definitions(name)) <= searched
        assert {(hit.path, hit.index) for hit in again.search(name, 100)} == searched


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("QuerySet", "app/models.py:QuerySet"),
        ("queryset", "app/models.py:QuerySet"),
        ("qs", "app/models.py:QuerySet"),
        ("queset", "app/models.py:QuerySet"),
        ("QuSe", "app/models.py:QuerySet"),
        ("create", "app/models.py:QuerySet.get_or_create"),
        ("gtcrt", "app/models.py:QuerySet.get_or_create"),
        ("filter", "app/models.py:QuerySet.filter"),
        ("QuerySet.filter", "app/models.py:QuerySet.filter"),
        ("queryset::fil", "app/models.py:QuerySet.filter"),
        ("models.QuerySet.filter", "app/models.py:QuerySet.filter"),
        ("views.as", "app/views.py:as_view"),
    ],
)
def test_the_first_hit(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_exact_then_prefix_then_word_then_inside_then_scattered() -> None:
    bodies = "".join(f"def {name}(): pass\n" for name in ("xsave", "s_a_v_e", "save_all", "save"))
    bodies += "def bulk_save(): pass\n"
    order = [line.partition(":")[2] for line in found("save", {"m.py": bodies})]
    assert order == ["save", "save_all", "s_a_v_e", "bulk_save", "xsave"]


def test_code_comes_before_tests_that_fit_as_well() -> None:
    text = "def total(): pass\n"
    assert found("total", {"tests/test_sum.py": text, "zebra.py": text}) == [
        "zebra.py:total",
        "tests/test_sum.py:total",
    ]


def test_case_counts_once_the_query_has_a_capital() -> None:
    sources = {"m.py": "def filter(): pass\nclass Filter: pass\n"}
    assert found("Filter", sources) == ["m.py:Filter"]
    assert set(found("filter", sources)) == {"m.py:filter", "m.py:Filter"}


@pytest.mark.parametrize(
    "query", ["", " ", ".", "::", "nothing_like_it", "\0", "Ω", "(", "[a-", "\\"]
)
def test_what_finds_nothing(query: str) -> None:
    assert found(query) == []


def test_the_limit_holds_and_keeps_the_best() -> None:
    bodies = "".join(f"def item_{number:04}(): pass\n" for number in range(3_000)) + "item = 1\n"
    assert found("item", {"m.py": bodies}, limit=3) == [
        "m.py:item",
        "m.py:item_0000",
        "m.py:item_0001",
    ]


def test_digits_and_regex_characters_are_taken_as_written() -> None:
    assert found("st3", {"m.py": "def step_3(): pass\ndef stop(): pass\n"}) == ["m.py:step_3"]
