"""Settings as a person gives them: which value wins, what is refused, and what they are told."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import jsonschema
import pytest

from pairwright.settings import (
    SETTINGS,
    Kind,
    Layer,
    LayerKind,
    Resolved,
    SettingSpec,
    configuration_properties,
    json_schema,
    read_layers,
    resolve_settings,
    setting_value,
)


def editor(values: dict[str, object]) -> Layer:
    return Layer(LayerKind.EDITOR, values)


def toml(text: str, kind: LayerKind = LayerKind.WORKSPACE) -> Layer:
    return Layer(kind, tomllib.loads(text), Path("settings.toml"), text)


def environment(values: dict[str, object]) -> Layer:
    return Layer(LayerKind.ENVIRONMENT, values)


def resolve_files(root: Path, **given: str) -> Resolved:
    return resolve_settings(read_layers(root, {}, given, root / "user.toml"))


def test_defaults_are_the_registry() -> None:
    resolved = resolve_settings([])
    assert resolved.problems == ()
    for spec in SETTINGS:
        expected = {} if spec.kind is Kind.CHOICE_MAP else spec.default
        assert setting_value(resolved.settings, spec.key) == expected
        assert resolved.origins[spec.key] == "default"


def test_registry_and_value_name_the_same_settings() -> None:
    def keys(value: object, prefix: str = "") -> set[str]:
        found: set[str] = set()
        for item in dataclasses.fields(value):  # type: ignore[arg-type]
            inner = getattr(value, item.name)
            if dataclasses.is_dataclass(inner):
                found |= keys(inner, f"{prefix}{item.name}.")
            else:
                found.add(f"{prefix}{item.name}")
        return found

    assert keys(resolve_settings([]).settings) == {spec.key for spec in SETTINGS}


@pytest.mark.parametrize("spec", SETTINGS, ids=lambda spec: spec.key)
def test_each_setting_is_documented_and_its_default_is_valid(spec: SettingSpec) -> None:
    assert spec.description.endswith(".")
    assert len(spec.description) > 30 or spec.choices
    assert all(choice.description.endswith(".") for choice in spec.choices)
    default = {} if spec.kind is Kind.CHOICE_MAP else spec.default
    assert resolve_settings([editor({spec.key: default})]).problems == ()


def test_higher_layers_win(tmp_path: Path) -> None:
    (tmp_path / "user.toml").write_text("[review]\nmax_findings = 1\nduplicate_min_lines = 11\n")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.pairwright.review]\nmax_findings = 2\ncomplexity_threshold = 12\n"
    )
    (tmp_path / ".pairwright.toml").write_text("review.max_findings = 3\nreview.on_save = false\n")
    layers = read_layers(
        tmp_path,
        {"pairwright": {"review": {"max_findings": 4}, "navigation": True}},
        {"PAIRWRIGHT_REVIEW_MAX_FINDINGS": "5", "HOME": "/home/someone"},
        tmp_path / "user.toml",
    )
    resolved = resolve_settings(layers)
    review = resolved.settings.review
    assert (review.max_findings, review.duplicate_min_lines) == (5, 11)
    assert (review.complexity_threshold, review.on_save) == (12, False)
    assert resolved.settings.navigation is True
    assert resolved.problems == ()
    assert resolved.origins["review.max_findings"].endswith("PAIRWRIGHT_REVIEW_MAX_FINDINGS")
    assert resolved.origins["review.on_save"] == str(tmp_path / ".pairwright.toml")
    assert resolved.origins["review.complexity_threshold"] == str(tmp_path / "pyproject.toml")
    assert resolved.origins["navigation"] == "editor"
    for below in range(len(layers), 0, -1):
        assert resolve_settings(layers[:below]).settings.review.max_findings == below


def test_a_wrong_value_falls_back_to_the_lower_layer_and_names_its_line() -> None:
    low = toml("[review]\nmax_findings = 7\n", LayerKind.USER)
    high = toml('# ours\n\n[review]\non_save = true\nmax_findings = "many"\n')
    resolved = resolve_settings([low, high])
    assert resolved.settings.review.max_findings == 7
    (problem,) = resolved.problems
    assert (problem.key, problem.layer, problem.line) == (
        "review.max_findings",
        LayerKind.WORKSPACE,
        5,
    )
    assert problem.given == '"many"'
    assert problem.expected == "a whole number from 1 to 1000"
    assert problem.message == (
        'settings.toml:5: `review.max_findings` is "many", expected a whole number from 1 to 1000; '
        "the value is ignored."
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('review = { on_save = true, max_findings = "x" }\n', 1),
        ('navigation = false\nreview.max_findings = "x"\n', 2),
        ("# max_findings = 3\n[review]\n\nmax_findings = [\n  1,\n]\n", 4),
        ('[index]\nexclude = ["""\nmax_findings = 1\n"""]\n[review]\nmax_findings = 0.5\n', 6),
        ('["review"]\n"max_findings" = true\n', 2),
        ('"review.max_findings" = 0\r\n', 1),
    ],
)
def test_the_line_of_a_problem_is_where_the_key_stands(text: str, line: int) -> None:
    resolved = resolve_settings([toml(text)])
    assert [(p.key, p.line) for p in resolved.problems] == [("review.max_findings", line)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("review.on_save", 1),
        ("review.on_save", "true"),
        ("review.max_findings", True),
        ("review.max_findings", 0),
        ("review.max_findings", 2.5),
        ("index.max_file_size", 10**12),
        ("log.level", "loud"),
        ("log.level", ["info"]),
        ("index.exclude", "a"),
        ("index.exclude", ["a", 1]),
        ("review.base", "--output=/tmp/x"),
        ("review.base", ""),
        ("review.base", "a b"),
        ("review.baseline", "../../elsewhere.json"),
        ("review.baseline", "/etc/passwd"),
        ("review.baseline", "C:\\x.json"),
        ("review.baseline", ""),
        ("index.cache_folder", "relative/folder"),
        ("review.severity", "error"),
        ("review", 3),
        ("search.encoder", ""),
        ("search.encoder", "models/mine"),
        ("search.encoder", True),
        ("search.rerank", "on"),
        ("search.store", "disk"),
        ("search.chroma_url", "127.0.0.1:8000"),
        ("search.chroma_url", "file:///etc/passwd"),
        ("search.chroma_url", "http://"),
        ("search.chroma_url", "http://a b"),
        ("search.chroma_url", "http://host:99999"),
        ("search.memory_chunks", 10),
    ],
)
def test_what_is_not_a_value_of_the_setting_is_refused(key: str, value: object) -> None:
    resolved = resolve_settings([editor({key: value})])
    assert resolved.settings == resolve_settings([]).settings
    assert [problem.key for problem in resolved.problems] == [key]
    assert resolved.problems[0].expected


@pytest.mark.parametrize(
    ("key", "value", "held"),
    [
        ("review.max_findings", 30.0, 30),
        ("review.base", "origin/main", "origin/main"),
        ("review.base", "HEAD~3", "HEAD~3"),
        ("review.base_branch", "", ""),
        ("index.exclude", ["*.gen.py", "!keep.gen.py"], ("*.gen.py", "!keep.gen.py")),
        ("index.exclude", {}, ()),
        ("review.severity", [], {}),
        ("index.cache_folder", "~/cache", "~/cache"),
        ("review.baseline", "quality/accepted.json", "quality/accepted.json"),
        ("search.encoder", "none", "none"),
        ("search.encoder", "~/models/code", "~/models/code"),
        ("search.rerank", "/opt/minilm", "/opt/minilm"),
        ("search.chroma_url", "https://vectors.example:8000/", "https://vectors.example:8000/"),
        ("search.chroma_url", "", ""),
    ],
)
def test_values_editors_send_are_taken(key: str, value: object, held: object) -> None:
    resolved = resolve_settings([editor({key: value})])
    assert resolved.problems == ()
    assert setting_value(resolved.settings, key) == held


def test_null_means_not_set() -> None:
    low = toml("navigation = true\n", LayerKind.USER)
    resolved = resolve_settings([low, editor({"navigation": None, "review": {"base": None}})])
    assert resolved.settings.navigation is True
    assert resolved.problems == ()


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("review.max_finding", "review.max_findings"),
        ("review.maxFindings", "review.max_findings"),
        ("max_findings", "review.max_findings"),
        ("reviews.on_save", "review.on_save"),
        ("logging.level", "log.level"),
    ],
)
def test_an_unknown_key_suggests_the_nearest(written: str, nearest: str) -> None:
    (problem,) = resolve_settings([editor({written: 1})]).problems
    assert problem.key == written
    assert f"did you mean `{nearest}`?" in problem.message


def test_an_unknown_key_like_no_other_is_still_named() -> None:
    (problem,) = resolve_settings([editor({"zzz": {"qqq": 1}})]).problems
    assert "`zzz.qqq`" in problem.message
    assert "did you mean" not in problem.message


def renamed_registry() -> tuple[SettingSpec, ...]:
    return tuple(
        dataclasses.replace(spec, renamed_from=("checks.limit",))
        if spec.key == "review.max_findings"
        else dataclasses.replace(spec, renamed_from=("checks.levels",))
        if spec.key == "review.severity"
        else spec
        for spec in SETTINGS
    )


def test_a_renamed_key_is_migrated_with_a_note() -> None:
    text = "[checks]\nlimit = 9\n[checks.levels]\ndead-code = 'hint'\n"
    resolved = resolve_settings([toml(text)], renamed_registry())
    assert resolved.settings.review.max_findings == 9
    assert resolved.settings.review.severity == {"dead-code": "hint"}
    assert [(p.key, p.level, p.line) for p in resolved.problems][:1] == [
        ("checks.limit", "info", 2)
    ]
    assert all("`review." in p.message and p.level == "info" for p in resolved.problems)


def test_the_new_key_wins_over_the_old_in_one_layer() -> None:
    layer = editor({"review.max_findings": 8, "checks.limit": 9})
    resolved = resolve_settings([layer], renamed_registry())
    assert resolved.settings.review.max_findings == 8
    assert ["both are given" in p.message for p in resolved.problems] == [True]


def test_a_renamed_key_keeps_its_layers_rank() -> None:
    layers = [editor({"checks.limit": 9}), environment({"review.max_findings": "10"})]
    assert resolve_settings(layers, renamed_registry()).settings.review.max_findings == 10


def test_severities_of_several_layers_add_up_and_bad_ones_are_dropped_alone() -> None:
    resolved = resolve_settings(
        [
            toml('[review.severity]\na = "error"\nb = "hint"\n'),
            editor({"review.severity": {"b": "warning", "c": "fatal"}}),
            editor({"review.severity.d-e": "information"}),
        ]
    )
    assert resolved.settings.review.severity == {"a": "error", "b": "warning", "d-e": "information"}
    assert [p.key for p in resolved.problems] == ["review.severity.c"]
    assert resolved.origins["review.severity"] == "settings.toml + editor"


def test_a_workspace_file_cannot_choose_where_the_machine_writes(tmp_path: Path) -> None:
    (tmp_path / ".pairwright.toml").write_text('[index]\ncache_folder = "/tmp/elsewhere"\n')
    resolved = resolve_files(tmp_path)
    assert resolved.settings.index.cache_folder == ""
    (problem,) = resolved.problems
    assert (problem.key, problem.line) == ("index.cache_folder", 2)
    (tmp_path / "user.toml").write_text('[index]\ncache_folder = "/tmp/mine"\n')
    assert resolve_files(tmp_path).settings.index.cache_folder == "/tmp/mine"


@pytest.mark.parametrize(
    ("variable", "text", "key", "held"),
    [
        ("PAIRWRIGHT_NAVIGATION", "on", "navigation", True),
        ("PAIRWRIGHT_REVIEW_ON_SAVE", "0", "review.on_save", False),
        ("PAIRWRIGHT_INDEX_WORKERS", " 3 ", "index.workers", 3),
        ("PAIRWRIGHT_INDEX_EXCLUDE", "a, b/*.py", "index.exclude", ("a", "b/*.py")),
        ("PAIRWRIGHT_INDEX_EXCLUDE", '["a,b"]', "index.exclude", ("a,b",)),
        ("PAIRWRIGHT_REVIEW_SEVERITY", "x=hint", "review.severity", {"x": "hint"}),
        ("PAIRWRIGHT_REVIEW_SEVERITY", '{"x":"error"}', "review.severity", {"x": "error"}),
        ("PAIRWRIGHT_LOG_LEVEL", "debug", "log.level", "debug"),
    ],
)
def test_environment_variables(
    tmp_path: Path, variable: str, text: str, key: str, held: object
) -> None:
    resolved = resolve_files(tmp_path, **{variable: text})
    assert resolved.problems == ()
    assert setting_value(resolved.settings, key) == held
    assert resolved.origins[key] == f"environment variable {variable}"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PAIRWRIGHT_NAVIGATION", "perhaps"),
        ("PAIRWRIGHT_INDEX_WORKERS", "²"),
        ("PAIRWRIGHT_INDEX_WORKERS", "--1"),
        ("PAIRWRIGHT_INDEX_EXCLUDE", "[1"),
        ("PAIRWRIGHT_REVIEW_SEVERITY", "x"),
        ("PAIRWRIGHT_REVIEW_MAX_FINDNGS", "3"),
    ],
)
def test_bad_environment_variables_are_reported(tmp_path: Path, variable: str, text: str) -> None:
    resolved = resolve_files(tmp_path, **{variable: text})
    assert len(resolved.problems) == 1
    assert resolved.settings == resolve_settings([]).settings


def test_other_variables_with_our_prefix_are_left_alone(tmp_path: Path) -> None:
    given = {"PAIRWRIGHT_TOKEN": "x", "PAIRWRIGHT_NAVIGATION": ""}
    assert resolve_files(tmp_path, **given).problems == ()


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"[review\n", 1, "not valid TOML"),
        (b"navigation = true\nx = = 3\n", 2, "not valid TOML"),
        (b"x = '\xff'\n", None, "not UTF-8"),
        (b"# " + b"x" * 1_000_001, None, "larger than"),
        (b"x = " + b"[" * 5_000, None, "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(
    tmp_path: Path, content: bytes, line: int | None, said: str
) -> None:
    (tmp_path / ".pairwright.toml").write_bytes(content)
    resolved = resolve_files(tmp_path)
    (problem,) = resolved.problems
    assert said in problem.message
    assert (problem.path, problem.line) == (tmp_path / ".pairwright.toml", line)
    assert resolved.settings == resolve_settings([]).settings


def test_a_folder_in_the_place_of_the_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".pairwright.toml").mkdir()
    assert "not a regular file" in resolve_files(tmp_path).problems[0].message


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / ".pairwright.toml").write_bytes(b"\xef\xbb\xbfnavigation = true\r\n")
    resolved = resolve_files(tmp_path)
    assert resolved.problems == ()
    assert resolved.settings.navigation is True


def test_a_project_file_of_others_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[broken")
    assert resolve_files(tmp_path).problems == ()
    (tmp_path / "pyproject.toml").write_text("[tool.pairwright]\nbroken")
    assert len(resolve_files(tmp_path).problems) == 1


def test_the_line_in_a_project_file_counts_from_its_top(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "review"\n\n[tool.pairwright.review]\nuntouched = "all"\n'
    )
    (problem,) = resolve_files(tmp_path).problems
    assert (problem.key, problem.line) == ("review.untouched", 5)


def test_the_schema_accepts_what_is_valid_and_refuses_what_is_not() -> None:
    schema = json_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    check = jsonschema.Draft7Validator(schema)
    assert check.is_valid({"review": {"severity": {"x": "hint"}, "max_findings": 5}})
    assert not check.is_valid({"review": {"max_findings": 0}})
    assert not check.is_valid({"review": {"no_such": 1}})
    assert not check.is_valid({"log": {"level": "loud"}})


def test_the_editor_properties_cover_every_setting() -> None:
    properties = configuration_properties()
    assert list(properties) == [f"pairwright.{spec.key}" for spec in SETTINGS]
    for name, prop in properties.items():
        jsonschema.Draft7Validator.check_schema(prop)
        assert jsonschema.Draft7Validator(prop).is_valid(prop["default"]), name
        assert prop["scope"] in ("window", "resource", "machine")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("encoder", "/tmp/model"),
        ("rerank", "/tmp/model"),
        ("chroma_url", "http://elsewhere.example"),
    ],
)
def test_a_workspace_does_not_choose_what_search_loads_or_connects_to(
    tmp_path: Path, key: str, value: str
) -> None:
    (tmp_path / ".pairwright.toml").write_text(f'[search]\n{key} = "{value}"\nvectors = false\n')
    resolved = resolve_files(tmp_path)
    default = resolve_settings([]).settings
    assert setting_value(resolved.settings, f"search.{key}") == setting_value(
        default, f"search.{key}"
    )
    assert resolved.settings.search.vectors is False
    (problem,) = resolved.problems
    assert (problem.key, problem.line) == (f"search.{key}", 2)
    (tmp_path / "user.toml").write_text(f'[search]\n{key} = "{value}"\n')
    assert setting_value(resolve_files(tmp_path).settings, f"search.{key}") == value
