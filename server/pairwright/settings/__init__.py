"""Settings: what can be set, the typed value the server runs with, and where each value came from.

Owns the registry (`registry.py`), the resolution of layers into one value (`resolve.py`), the
reading of the layers (`sources.py`) and the schemas made from the registry (`schema.py`). It must
not know who uses a setting, nor the protocol: the editor's layer arrives as a plain mapping.
"""

from pairwright.settings.registry import (
    ENVIRONMENT_PREFIX,
    SETTINGS,
    Choice,
    CodeLensSettings,
    CommitSettings,
    DiagnosticsSettings,
    IndexSettings,
    Kind,
    LogSettings,
    RefactorSettings,
    ReviewSettings,
    Scope,
    SearchSettings,
    Settings,
    SettingSpec,
    setting_value,
)
from pairwright.settings.resolve import (
    Layer,
    LayerKind,
    Resolved,
    SettingProblem,
    resolve_settings,
)
from pairwright.settings.schema import configuration_properties, json_schema
from pairwright.settings.sources import default_user_file, read_layers

__all__ = [
    "ENVIRONMENT_PREFIX",
    "SETTINGS",
    "Choice",
    "CodeLensSettings",
    "CommitSettings",
    "DiagnosticsSettings",
    "IndexSettings",
    "Kind",
    "Layer",
    "LayerKind",
    "LogSettings",
    "RefactorSettings",
    "Resolved",
    "ReviewSettings",
    "Scope",
    "SearchSettings",
    "SettingProblem",
    "SettingSpec",
    "Settings",
    "configuration_properties",
    "default_user_file",
    "json_schema",
    "read_layers",
    "resolve_settings",
    "setting_value",
]
