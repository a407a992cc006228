"""A deal: terms on what may happen, with the money of every draw.

Here the two wings have met. What follows reads deals and nothing below them: payoffs, trades, quotes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from estimator.brief.brief import Brief
from estimator.brief.meaning import operation_of
from estimator.contract.charges import Fixed
from estimator.contract.terms import Terms
from estimator.earnings.agency import AgencyCost, AgencyMoney, agency_cost, agency_money
from estimator.earnings.clause_lines import held_as_deposit
from estimator.earnings.costs import costs
from estimator.earnings.ledgers import Ledgers, SellerMoney, fee_due, seller_money, with_money
from estimator.earnings.lines import Fees
from estimator.earnings.platform_fees import PlatformFees
from estimator.earnings.settlement import fees
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws
from estimator.market.scenarios import Scenario
from estimator.market.simulation import simulate
from estimator.market.situation import Situation, situation_of
from estimator.values.money import Array


def deposit_of(terms: Terms, base_id: str) -> Decimal:
    """What is held as a deposit: by the clause that states it, else a month of the charge ``base_id``.

    The second is for editions that were sealed before a clause could hold its numbers.
    """
    if terms.stated("deposit") is not None:
        return held_as_deposit(terms)
    asked = any(clause.kind == "deposit" for clause in terms.clauses)
    base = [c.amount for c in terms.charges if c.id == base_id and isinstance(c, Fixed)]
    return base[0] if asked and base else Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Deal:
    """Terms on outcomes. Money of a term is over the first ``months`` months, one figure a draw.

    ``base_id`` names the base fee among the charges; a deposit is a month of it. ``alone`` is the seller's
    money without an agency; ``cost_of`` gives the agency's own for so many months, None in a deployment that
    does not hold it.
    ``laid_out`` keeps what is read off the outcomes alone, for every deal on them.
    """

    brief: Brief
    terms: Terms
    base_id: str
    months: int
    outcomes: Outcomes
    situation: Situation
    charged: Fees
    alone: Ledgers
    cost_of: Callable[[int], AgencyCost] | None = field(compare=False, repr=False)
    laid_out: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def money(self) -> Ledgers:
        """The money of every draw and month under the terms."""
        due = fee_due(self.terms, self.charged, deposit_of(self.terms, self.base_id))
        return self.alone.under(self.terms.covers, self.charged.by_month, due)

    @cached_property
    def counted(self) -> Outcomes:
        """The outcomes, which also count fees, platform take, creators' commission and samples."""
        return with_money(self.outcomes, self.money)

    @cached_property
    def fee(self) -> Array:
        """What the agency charges in the term, one a draw."""
        return self.charged.over(self.months)

    @cached_property
    def credits(self) -> Array:
        """What the agency owes in credits, which are not money, one a draw."""
        return self.charged.credit_total

    @property
    def income(self) -> Array:
        """The agency's income of the term: fees less the credits it owes, one a draw."""
        return self.fee - self.credits

    @property
    def cost(self) -> AgencyCost | None:
        """The agency's own cost of the term."""
        return None if self.cost_of is None else self.cost_of(self.months)

    @cached_property
    def margin(self) -> Array | None:
        """The agency's margin of the term, one a draw."""
        return None if self.cost is None else self.cost.margin(self.fee, self.credits)

    @cached_property
    def seller(self) -> SellerMoney:
        """The seller's side of the term."""
        return seller_money(self.brief, self.money, self.counted, self.months)

    @cached_property
    def agency(self) -> AgencyMoney | None:
        """The agency's side of the term."""
        if self.cost is None:
            return None
        return agency_money(self.cost, self.fee, self.credits, self.outcomes.scrambles)

    def under(self, terms: Terms) -> Deal:
        """The same outcomes under other terms that cover the same costs."""
        if terms.covers != self.terms.covers:
            raise ValueError("terms that cover other costs are another deal")
        same_length = terms.months == self.terms.months
        charged = fees(terms, self.outcomes, self.charged if same_length else None)
        return replace(self, terms=terms, charged=charged)


def deal(
    brief: Brief,
    terms: Terms,
    market: Market,
    scenario: Scenario,
    points: Draws,
    *,
    months: int,
    horizon: int,
    platform_fees: PlatformFees,
    own: Market | None,
    base_id: str,
) -> Deal:
    """The deal of a brief under ``terms``: ``months`` of money, simulated over ``horizon`` months.

    ``own`` are the agency's own costs, None where they are not known here.
    Raises ``QuotecastError`` as ``simulate`` does.
    """
    operation = operation_of(brief)
    drawn = simulate(brief, market, operation, points, months=horizon, scenario=scenario)
    situation = situation_of(brief, market, horizon)
    charged = fees(terms, drawn)
    alone = costs(brief, drawn, situation, operation, market, platform_fees, points, scenario)

    @cache
    def cost_of(length: int) -> AgencyCost:
        assert own is not None
        return agency_cost(drawn, operation, own, points, length, brief.us_staff or 0)

    return Deal(
        brief=brief,
        terms=terms,
        base_id=base_id,
        months=months,
        outcomes=drawn,
        situation=situation,
        charged=charged,
        alone=alone,
        cost_of=None if own is None else cost_of,
    )
