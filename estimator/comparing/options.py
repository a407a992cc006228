"""Options: what a client may choose besides the offer in a quote, the honest ones among them."""

from __future__ import annotations

from estimator.brief.brief import USUAL_PLATFORM
from estimator.brief.meaning import operation_of
from estimator.comparing.candidate import Candidate
from estimator.comparing.comparison import Comparison, compare
from estimator.comparing.offers import agreed, candidate
from estimator.quoting.quote import Quote
from estimator.values.errors import QuotecastError

OWN: tuple[str, ...] = ("part_operation", "kpi_consulting", "whole_shop")
PLAN = "platform_plan"
HONEST = ("in_house", PLAN)
"""What no rival prints: to do it oneself, and the platform's own plan."""


def options(quote: Quote) -> Comparison:
    """The offer of a quote beside our own other services, the seller's own team and the platform's plan.

    An option that this brief cannot have, as the plan of a platform it is not on, is left out.
    """
    signed = agreed(quote)
    others = [name for name in OWN if name != operation_of(quote.brief).model]
    honest = [name for name in HONEST if name != PLAN or USUAL_PLATFORM in quote.brief.sold_on]
    beside = [option for name in (*others, *honest) if (option := _possible(name, quote)) is not None]
    return compare(quote.brief, [signed, *beside], quote.rules, [quote.scenario], overrides=quote.overrides)


def _possible(name: str, quote: Quote) -> Candidate | None:
    try:
        return candidate(name, quote.brief, quote.rules)
    except QuotecastError:
        return None
