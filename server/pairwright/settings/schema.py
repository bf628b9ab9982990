"""JSON schemas made from the registry, for editors that complete and check settings.

Owns the two shapes (nested for TOML files, flat for VS Code). It must not add knowledge of its own
about a setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pairwright.settings.registry import SETTINGS, Kind, SettingSpec

SCHEMA_DIALECT = "http://json-schema.org/draft-07/schema#"


def json_schema(registry: Sequence[SettingSpec] = SETTINGS) -> dict[str, object]:
    """The draft-07 schema of `.pairwright.toml`, `config.toml` and `[tool.pairwright]`."""
    schema: dict[str, object] = {
        "$schema": SCHEMA_DIALECT,
        "title": "Pairwright settings",
        **_group(),
    }
    for spec in registry:
        group = schema
        *groups, name = spec.key.split(".")
        for step in groups:
            properties = group["properties"]
            assert isinstance(properties, dict)
            group = properties.setdefault(step, _group())
        properties = group["properties"]
        assert isinstance(properties, dict)
        properties[name] = _property(spec)
    return schema


def configuration_properties(
    registry: Sequence[SettingSpec] = SETTINGS,
) -> dict[str, Mapping[str, object]]:
    """The flat properties, keyed `pairwright.<key>`, of VS Code's `contributes.configuration`."""
    properties: dict[str, Mapping[str, object]] = {}
    for spec in registry:
        prop = _property(spec)
        prop["markdownDescription"] = prop.pop("description")
        if spec.kind is Kind.CHOICE:
            prop["markdownEnumDescriptions"] = prop.pop("enumDescriptions")
        prop["scope"] = spec.scope.value
        properties[f"pairwright.{spec.key}"] = prop
    return properties


def _group() -> dict[str, object]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _property(spec: SettingSpec) -> dict[str, object]:
    prop: dict[str, object] = {"description": spec.description}
    match spec.kind:
        case Kind.BOOLEAN:
            prop |= {"type": "boolean", "default": spec.default}
        case Kind.INTEGER:
            prop |= {"type": "integer", "default": spec.default}
            if spec.minimum is not None:
                prop["minimum"] = spec.minimum
            if spec.maximum is not None:
                prop["maximum"] = spec.maximum
        case Kind.CHOICE:
            prop |= {
                "type": "string",
                "default": spec.default,
                "enum": list(spec.choice_values),
                "enumDescriptions": [choice.description for choice in spec.choices],
            }
        case Kind.STRING_LIST:
            assert isinstance(spec.default, tuple)
            prop |= {"type": "array", "items": {"type": "string"}, "default": list(spec.default)}
        case Kind.CHOICE_MAP:
            values = {"type": "string", "enum": list(spec.choice_values)}
            prop |= {"type": "object", "additionalProperties": values, "default": {}}
        case Kind.CHOICE_OR_PATH:
            listed = "; ".join(f"`{one.value}`: {one.description}" for one in spec.choices)
            prop |= {
                "type": "string",
                "default": spec.default,
                "description": f"{spec.description} {listed}",
                "examples": list(spec.choice_values),
            }
        case Kind.REVISION | Kind.WORKSPACE_PATH | Kind.ABSOLUTE_PATH | Kind.URL:
            prop |= {"type": "string", "default": spec.default}
    return prop
