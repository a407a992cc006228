"""Quotecast: a quote with its odds.

What the prospect told us becomes what we would sign, what may happen, and what we may promise.
The names below are loaded when they are first used, so that a small command need not wait for all of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from estimator.brief.brief import Brief, GoalWords, Store
    from estimator.brief.brief import read as read_brief
    from estimator.brief.goals import Goal, Probability, Promise
    from estimator.comparing.candidate import Candidate
    from estimator.comparing.comparison import Comparison, compare
    from estimator.comparing.crossover import Crossover, crossovers
    from estimator.comparing.flip import Flip
    from estimator.comparing.flips import all_flips
    from estimator.comparing.offers import AgencyQuote, candidate
    from estimator.comparing.row import Compared
    from estimator.contract.offers import Offer
    from estimator.contract.terms import Terms
    from estimator.quoting.make import make as make_quote
    from estimator.quoting.quote import Quote, QuotedGoal
    from estimator.rules.rules import Rules, open_rules
    from estimator.values.errors import Fault, QuotecastError

_HOMES = {
    "Brief": "brief.brief:Brief",
    "GoalWords": "brief.brief:GoalWords",
    "Store": "brief.brief:Store",
    "read_brief": "brief.brief:read",
    "Rules": "rules.rules:Rules",
    "open_rules": "rules.rules:open_rules",
    "Quote": "quoting.quote:Quote",
    "QuotedGoal": "quoting.quote:QuotedGoal",
    "make_quote": "quoting.make:make",
    "Goal": "brief.goals:Goal",
    "Probability": "brief.goals:Probability",
    "Promise": "brief.goals:Promise",
    "Offer": "contract.offers:Offer",
    "Terms": "contract.terms:Terms",
    "AgencyQuote": "comparing.offers:AgencyQuote",
    "Candidate": "comparing.candidate:Candidate",
    "candidate": "comparing.offers:candidate",
    "Comparison": "comparing.comparison:Comparison",
    "Compared": "comparing.row:Compared",
    "compare": "comparing.comparison:compare",
    "Flip": "comparing.flip:Flip",
    "all_flips": "comparing.flips:all_flips",
    "Crossover": "comparing.crossover:Crossover",
    "crossovers": "comparing.crossover:crossovers",
    "Fault": "values.errors:Fault",
    "QuotecastError": "values.errors:QuotecastError",
}

__all__ = [
    "AgencyQuote",
    "Brief",
    "Candidate",
    "Compared",
    "Comparison",
    "Crossover",
    "Fault",
    "Flip",
    "Goal",
    "GoalWords",
    "Offer",
    "Probability",
    "Promise",
    "Quote",
    "QuotecastError",
    "QuotedGoal",
    "Rules",
    "Store",
    "Terms",
    "all_flips",
    "candidate",
    "compare",
    "crossovers",
    "make_quote",
    "open_rules",
    "read_brief",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, _, what = _HOMES[name].partition(":")
    return getattr(import_module(f"{__name__}.{home}"), what)


def __dir__() -> list[str]:
    return __all__
