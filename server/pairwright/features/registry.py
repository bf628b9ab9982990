"""The registries: which reviewers, actions and commands there are, and the pages made from a URI.

Owns the lists and nothing else. It imports every ability, so it is imported late.
"""

from __future__ import annotations

from pairwright.errors import UserError
from pairwright.features import (
    commit_draft,
    commit_split,
    conflicts,
    fixes,
    graph_documents,
    history,
    pr_draft,
    refactor,
    review,
    review_commands,
    search,
    status,
)
from pairwright.features.context import ActionProducer, Command, Reviewer, VirtualDocument

REVIEWERS: tuple[Reviewer, ...] = (review.REVIEWER, commit_draft.REVIEWER)

ACTIONS: tuple[ActionProducer, ...] = (
    fixes.PRODUCER,
    *commit_draft.PRODUCERS,
    commit_split.PRODUCER,
    conflicts.PRODUCER,
    *fixes.OTHERS,
    history.PRODUCER,
    refactor.PRODUCER,
    graph_documents.PRODUCER,
    search.PRODUCER,
)

COMMANDS: tuple[Command, ...] = (
    *status.COMMANDS,
    *graph_documents.COMMANDS,
    *search.COMMANDS,
    *review_commands.COMMANDS,
    *refactor.COMMANDS,
    *commit_draft.COMMANDS,
    *commit_split.COMMANDS,
    *conflicts.COMMANDS,
    *history.COMMANDS,
    *pr_draft.COMMANDS,
)


def rule_link(rule: str) -> str:
    """Where a rule is explained: the URI that a diagnostic links to."""
    return f"pairwright:/rules/{rule}.md"


def page_at(uri: str) -> VirtualDocument | None:
    """A page that can be made from its URI alone, or None: an editor may ask for one that it kept
    from before.
    """
    rule = uri.removeprefix("pairwright:/rules/").removesuffix(".md")
    if rule_link(rule) != uri:
        return None
    try:
        return review_commands.rule_page(rule)
    except UserError:
        return None
