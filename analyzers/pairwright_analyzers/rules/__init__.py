"""The registry of review rules: a plain tuple, in the order in which they run."""

from __future__ import annotations

from pairwright_analyzers.rules import (
    callers_not_updated,
    complexity_grew,
    dead_code_introduced,
    doc_drift,
    duplicate_of_existing,
    exception_type_changed,
    import_cycle_introduced,
    leftover_debug,
    merge_marker,
    override_mismatch,
    removed_but_used,
    return_type_changed,
    secret_in_code,
    swallowed_error,
    todo_without_owner,
    unresolved_import,
    untested_change,
)
from pairwright_analyzers.rules.model import ReviewContext, Rule, RuleOptions, Version

__all__ = ["RULES", "ReviewContext", "Rule", "RuleOptions", "Version"]

RULES: tuple[Rule, ...] = (
    callers_not_updated.RULE,
    removed_but_used.RULE,
    override_mismatch.RULE,
    import_cycle_introduced.RULE,
    unresolved_import.RULE,
    dead_code_introduced.RULE,
    untested_change.RULE,
    exception_type_changed.RULE,
    return_type_changed.RULE,
    duplicate_of_existing.RULE,
    complexity_grew.RULE,
    doc_drift.RULE,
    swallowed_error.RULE,
    leftover_debug.RULE,
    secret_in_code.RULE,
    merge_marker.RULE,
    todo_without_owner.RULE,
)
