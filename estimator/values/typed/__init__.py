"""Figures as people say them on a call or type them: one reader for page, files and command.

The typed text is kept by whoever asked; here it becomes an exact figure, a range, nothing where nobody
knows, or a fault that says what to write. One text reads one way only: what may be two things is asked back.
The words themselves, in both languages, stand in ``words.toml``.
"""

from estimator.values.typed.amounts import Money, typed_amount, typed_currency
from estimator.values.typed.answers import typed_range, typed_tiers, typed_words, typed_yes
from estimator.values.typed.counts import Things, typed_count
from estimator.values.typed.lexicon import is_none, is_unknown
from estimator.values.typed.months import typed_month, typed_past_month
from estimator.values.typed.ranges import Range
from estimator.values.typed.shares import (
    multiple_level,
    multiple_range,
    share_level,
    share_range,
    typed_multiple,
    typed_part,
    typed_share,
)

__all__ = [
    "Money",
    "Range",
    "Things",
    "is_none",
    "is_unknown",
    "multiple_level",
    "multiple_range",
    "share_level",
    "share_range",
    "typed_amount",
    "typed_count",
    "typed_currency",
    "typed_month",
    "typed_multiple",
    "typed_part",
    "typed_past_month",
    "typed_range",
    "typed_share",
    "typed_tiers",
    "typed_words",
    "typed_yes",
]
