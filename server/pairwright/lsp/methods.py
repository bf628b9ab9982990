"""Every method the server speaks after `initialize`.

Owns the two lists; each line names the handler, in the file of its family.
"""

from __future__ import annotations

from lsprotocol import types

from pairwright.lsp import (
    code_actions,
    commands,
    diagnostics,
    documents,
    lenses,
    lifecycle,
    navigation,
    progress,
    rename,
    settings,
    symbols,
    virtual,
    watch,
    workspace,
)
from pairwright.lsp.server import Method, Notification

METHODS: tuple[Method, ...] = (
    Method(types.SHUTDOWN, lifecycle.shutdown),
    Method(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, symbols.document_symbol),
    Method(types.WORKSPACE_SYMBOL, symbols.workspace_symbol),
    Method(types.TEXT_DOCUMENT_DEFINITION, navigation.definition),
    Method(types.TEXT_DOCUMENT_REFERENCES, navigation.references),
    Method(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, navigation.document_highlight),
    Method(types.TEXT_DOCUMENT_HOVER, navigation.hover),
    Method(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, navigation.prepare_call_hierarchy),
    Method(types.CALL_HIERARCHY_INCOMING_CALLS, navigation.incoming_calls),
    Method(types.CALL_HIERARCHY_OUTGOING_CALLS, navigation.outgoing_calls),
    Method(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY, navigation.prepare_type_hierarchy),
    Method(types.TYPE_HIERARCHY_SUPERTYPES, navigation.supertypes),
    Method(types.TYPE_HIERARCHY_SUBTYPES, navigation.subtypes),
    Method(types.TEXT_DOCUMENT_PREPARE_RENAME, rename.prepare_rename),
    Method(types.TEXT_DOCUMENT_RENAME, rename.rename),
    Method(types.WORKSPACE_WILL_RENAME_FILES, rename.will_rename_files),
    Method(types.TEXT_DOCUMENT_CODE_ACTION, code_actions.code_action),
    Method(types.CODE_ACTION_RESOLVE, code_actions.resolve),
    Method(types.TEXT_DOCUMENT_CODE_LENS, lenses.code_lens),
    Method(types.CODE_LENS_RESOLVE, lenses.resolve),
    Method(types.WORKSPACE_EXECUTE_COMMAND, commands.execute_command),
    Method(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, virtual.text_document_content),
    Method(types.TEXT_DOCUMENT_DIAGNOSTIC, diagnostics.document_diagnostic),
    Method(types.WORKSPACE_DIAGNOSTIC, diagnostics.workspace_diagnostic),
)

NOTIFICATIONS: tuple[Notification, ...] = (
    Notification(types.INITIALIZED, lifecycle.initialized),
    Notification(types.SET_TRACE, lifecycle.set_trace),
    Notification(types.TEXT_DOCUMENT_DID_OPEN, documents.did_open),
    Notification(types.TEXT_DOCUMENT_DID_CHANGE, documents.did_change),
    Notification(types.TEXT_DOCUMENT_DID_SAVE, documents.did_save),
    Notification(types.TEXT_DOCUMENT_DID_CLOSE, documents.did_close),
    Notification(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, progress.cancel),
    Notification(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings.did_change_configuration),
    Notification(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watch.did_change_watched_files),
    Notification(
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, workspace.did_change_workspace_folders
    ),
    Notification(types.WORKSPACE_DID_CREATE_FILES, watch.did_create_files),
    Notification(types.WORKSPACE_DID_RENAME_FILES, watch.did_rename_files),
    Notification(types.WORKSPACE_DID_DELETE_FILES, watch.did_delete_files),
)
