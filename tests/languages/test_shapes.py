"""The node types that refactorings are told of exist in each language's grammar."""

from __future__ import annotations

import dataclasses

import pytest

from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.languages.shapes import NO_SHAPES
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.syntax import grammar

REFACTORED = [spec for spec in LANGUAGES if spec.shapes is not NO_SHAPES]
NOT_TYPES = frozenset({"keywords", "maker_names"})


@pytest.mark.parametrize("spec", REFACTORED, ids=lambda spec: spec.id)
def test_node_types_exist(spec: LanguageSpec) -> None:
    language = grammar(spec)
    known = {language.node_kind_for_id(index) for index in range(language.node_kind_count)}
    fields = {language.field_name_for_id(index) for index in range(1, language.field_count + 1)}
    for field in dataclasses.fields(spec.shapes):
        value = getattr(spec.shapes, field.name)
        if isinstance(value, frozenset) and field.name not in NOT_TYPES:
            assert value <= known, f"{field.name}: {sorted(value - known)}"
    for arm, names in spec.shapes.arms.items():
        assert arm in known, arm
        assert names - {""} <= fields, f"{arm}: {sorted(names)}"


@pytest.mark.parametrize("spec", REFACTORED, ids=lambda spec: spec.id)
def test_parts_agree(spec: LanguageSpec) -> None:
    shapes = spec.shapes
    assert shapes.literals <= shapes.expressions
    assert shapes.atoms <= shapes.expressions
    assert shapes.lambdas <= shapes.functions
    assert not shapes.expressions & shapes.wrappers
