"""The registry of review rules: a plain tuple, in the order in which they run."""

from __future__ import annotations

from pairwright_analyzers.rules import callers_not_updated
from pairwright_analyzers.rules.model import ReviewContext, Rule, RuleOptions, Version

__all__ = ["RULES", "ReviewContext", "Rule", "RuleOptions", "Version"]

RULES: tuple[Rule, ...] = (callers_not_updated.RULE,)
