"""Options: what a client may choose besides the offer in a quote, the honest ones among them."""

from __future__ import annotations

from estimator.brief.meaning import operation_of
from estimator.comparing.comparison import Comparison, compare
from estimator.comparing.offers import Candidate, agreed, candidate
from estimator.quoting.quote import Quote
from estimator.values.errors import QuotecastError

OWN: tuple[str, ...] = ("part_operation", "kpi_consulting", "whole_shop")
HONEST = ("in_house", "platform_plan")
"""What no rival prints: to do it oneself, and the platform's own plan."""


def options(quote: Quote) -> Comparison:
    """The offer of a quote beside our own other services, the seller's own team and the platform's plan.

    An option that this brief cannot have, as one without a price, is left out.
    """
    signed = agreed(quote)
    others = [name for name in OWN if name != operation_of(quote.brief).model]
    beside = [option for name in (*others, *HONEST) if (option := _possible(name, quote)) is not None]
    comparison = compare(
        quote.brief, [signed, *beside], quote.rules, [quote.scenario], overrides=quote.overrides
    )
    return comparison


def _possible(name: str, quote: Quote) -> Candidate | None:
    try:
        return candidate(name, quote.brief, quote.rules)
    except QuotecastError:
        return None
