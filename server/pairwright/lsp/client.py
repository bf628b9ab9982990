"""What the client can do, read once from its capabilities.

Owns the reading of `ClientCapabilities`; everything else in this package asks a `Client`. Where a
client says nothing, it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability

from pairwright_analyzers.text import Encoding


@dataclass(frozen=True, slots=True)
class Client:
    """A client's abilities. `virtual_documents`, `status_notification` and `rename_at` come from
    `initializationOptions`.
    """

    encoding: Encoding
    name: str
    configuration: bool
    did_change_configuration_dynamic: bool
    watched_files: bool
    relative_patterns: bool
    workspace_folders: bool
    work_done_progress: bool
    apply_edit: bool
    document_changes: bool
    change_annotations: bool
    resource_operations: frozenset[str]
    snippet_edits: bool
    pull_diagnostics: bool
    diagnostic_refresh: bool
    diagnostic_related: bool
    diagnostic_data: bool
    diagnostic_code_description: bool
    diagnostic_tags: frozenset[int]
    pull_related_documents: bool
    code_action_literals: bool
    code_action_resolve: bool
    code_action_data: bool
    code_action_preferred: bool
    code_action_disabled: bool
    hierarchical_symbols: bool
    markdown_hover: bool
    definition_link: bool
    lens_refresh: bool
    show_document: bool
    text_document_content: bool
    dynamic: frozenset[str]
    """Methods the client lets be registered later."""
    virtual_documents: bool
    status_notification: bool
    rename_at: bool


def read_client(params: types.InitializeParams) -> Client:
    """The client's abilities as `initialize` tells them."""
    capabilities = params.capabilities
    options = params.initialization_options
    if not isinstance(options, dict):
        options = {}

    def can(path: str) -> bool:
        return bool(get_capability(capabilities, path, False))

    def values(path: str) -> frozenset[str]:
        found = get_capability(capabilities, path, None) or ()
        return frozenset(str(getattr(value, "value", value)) for value in found)

    tags = get_capability(capabilities, "text_document.publish_diagnostics.tag_support", None)
    pull_tags = get_capability(capabilities, "text_document.diagnostic.tag_support", None)
    tag_values = [*getattr(tags, "value_set", ()), *getattr(pull_tags, "value_set", ())]
    resolvable = getattr(
        get_capability(capabilities, "text_document.code_action.resolve_support", None),
        "properties",
        (),
    )
    operations = values("workspace.workspace_edit.resource_operations")
    markup = get_capability(capabilities, "text_document.hover.content_format", None) or ()
    return Client(
        encoding=_encoding(capabilities),
        name=params.client_info.name if params.client_info is not None else "",
        configuration=can("workspace.configuration"),
        did_change_configuration_dynamic=can(
            "workspace.did_change_configuration.dynamic_registration"
        ),
        watched_files=can("workspace.did_change_watched_files.dynamic_registration"),
        relative_patterns=can("workspace.did_change_watched_files.relative_pattern_support"),
        workspace_folders=can("workspace.workspace_folders"),
        work_done_progress=can("window.work_done_progress"),
        apply_edit=can("workspace.apply_edit"),
        # Operations have their place in them alone: Neovim announces those and means both.
        document_changes=can("workspace.workspace_edit.document_changes") or bool(operations),
        change_annotations=get_capability(
            capabilities, "workspace.workspace_edit.change_annotation_support", None
        )
        is not None,
        resource_operations=operations,
        snippet_edits=can("workspace.workspace_edit.snippet_edit_support"),
        pull_diagnostics=get_capability(capabilities, "text_document.diagnostic", None) is not None,
        diagnostic_refresh=can("workspace.diagnostics.refresh_support"),
        diagnostic_related=can("text_document.publish_diagnostics.related_information")
        or can("text_document.diagnostic.related_information"),
        diagnostic_data=can("text_document.publish_diagnostics.data_support")
        or can("text_document.diagnostic.data_support"),
        diagnostic_code_description=can(
            "text_document.publish_diagnostics.code_description_support"
        )
        or can("text_document.diagnostic.code_description_support"),
        diagnostic_tags=frozenset(int(tag) for tag in tag_values),
        pull_related_documents=can("text_document.diagnostic.related_document_support"),
        code_action_literals=get_capability(
            capabilities, "text_document.code_action.code_action_literal_support", None
        )
        is not None,
        code_action_resolve="edit" in resolvable,
        code_action_data=can("text_document.code_action.data_support"),
        code_action_preferred=can("text_document.code_action.is_preferred_support"),
        code_action_disabled=can("text_document.code_action.disabled_support"),
        hierarchical_symbols=can(
            "text_document.document_symbol.hierarchical_document_symbol_support"
        ),
        markdown_hover=types.MarkupKind.Markdown in markup,
        definition_link=can("text_document.definition.link_support"),
        lens_refresh=can("workspace.code_lens.refresh_support"),
        show_document=can("window.show_document.support"),
        text_document_content=get_capability(capabilities, "workspace.text_document_content", None)
        is not None,
        dynamic=frozenset(
            method
            for method, path in _DYNAMIC.items()
            if can(f"text_document.{path}.dynamic_registration")
        ),
        virtual_documents=options.get("virtual_documents") is True,
        status_notification=options.get("status_notification") is True,
        rename_at=options.get("rename_at") is True,
    )


_DYNAMIC = {
    types.TEXT_DOCUMENT_DEFINITION: "definition",
    types.TEXT_DOCUMENT_REFERENCES: "references",
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: "document_highlight",
    types.TEXT_DOCUMENT_HOVER: "hover",
    types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: "call_hierarchy",
    types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY: "type_hierarchy",
    types.TEXT_DOCUMENT_RENAME: "rename",
    types.TEXT_DOCUMENT_CODE_LENS: "code_lens",
}


def _encoding(capabilities: types.ClientCapabilities) -> Encoding:
    """UTF-8 where the client has it, since texts are held in it; else what it likes best; UTF-16 by
    default.
    """
    offered = get_capability(capabilities, "general.position_encodings", None) or ()
    words = [str(getattr(encoding, "value", encoding)) for encoding in offered]
    known = [word for word in words if word in {encoding.value for encoding in Encoding}]
    if Encoding.UTF8.value in known:
        return Encoding.UTF8
    return Encoding(known[0]) if known else Encoding.UTF16
