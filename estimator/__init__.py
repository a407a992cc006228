"""Quotecast: a quote with its odds.

What the prospect told us becomes what we would sign, what may happen, and what we may promise.
"""

from estimator.brief.brief import Brief, GoalWords, Store
from estimator.brief.brief import read as read_brief
from estimator.brief.goals import Goal, Probability, Promise
from estimator.comparing.comparison import Comparison, compare
from estimator.comparing.crossover import Crossover, crossovers
from estimator.comparing.flip import Flip
from estimator.comparing.flips import all_flips
from estimator.comparing.offers import AgencyQuote, Candidate, candidate
from estimator.comparing.row import Compared
from estimator.contract.offers import Offer
from estimator.contract.terms import Terms
from estimator.quoting.make import make as make_quote
from estimator.quoting.quote import GoalOdds, Quote
from estimator.rules.rules import Rules, open_rules
from estimator.values.errors import Fault, QuotecastError

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
    "GoalOdds",
    "GoalWords",
    "Offer",
    "Probability",
    "Promise",
    "Quote",
    "QuotecastError",
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
