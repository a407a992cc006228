"""What a client commits to by signing: the least there is to pay, and the price of leaving."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from estimator.earnings.courses import exit_prices, least_committed
from estimator.quoting.quote import Quote


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """Amounts in the currency of the quote.

    ``least`` is what is paid if nothing sells and the client leaves when that is cheapest; ``exits`` is what
    leaving after each month costs besides the fees.
    """

    least: Decimal
    exits: tuple[tuple[int, Decimal], ...]


def commitment(quote: Quote) -> Commitment:
    """What signing ``quote`` commits to.

    >>> from pathlib import Path
    >>> from estimator.brief import brief
    >>> from estimator.quoting.make import make
    >>> from estimator.rules.rules import open_rules
    >>> quote = make(brief.read(Path("examples/briefs/seed_beauty.toml")), open_rules(), ask=False)
    >>> [(month, str(price)) for month, price in commitment(quote).exits][:2]
    [(1, '8650'), (2, '9100')]
    """
    stores = max(len(quote.brief.stores), 1)
    return Commitment(least=least_committed(quote.terms, stores), exits=exit_prices(quote.terms))
