"""The finished quote as the facts that guards read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from estimator.brief.brief import Brief
from estimator.contract.charges import Refund
from estimator.contract.facts import internal_facts
from estimator.contract.guards import Raised
from estimator.market.market import Market
from estimator.market.situation import DEFAULT_CATEGORY
from estimator.quoting.outdated import outdated
from estimator.quoting.quote import CONFIDENCE, Quote, QuotedGoal

UNUSUAL = 3.0
"""How far a price may lie from the category's before the assumptions are stretched."""


def guard_facts(quote: Quote) -> Mapping[str, Any]:
    """The finished quote as the facts that guards read."""
    discount = quote.trade.discount
    brief, odds = quote.brief, [odds for odds in quote.goals if odds.probability]
    hardest = min((o.probability.value for o in odds if o.probability), default=None)
    above = any(o.probability and o.probability.value < CONFIDENCE for o in odds)
    facts: dict[str, Any] = dict.fromkeys(internal_facts(quote.rules.vocabulary))
    facts |= {
        "service_model": brief.service_model,
        "settlement": brief.settlement,
        "category": brief.category,
        "difficulty": quote.difficulty.band if quote.difficulty else None,
        "hardest_probability": None if hardest is None else Decimal(f"{hardest:.6f}"),
        "asks_guarantee": _yes(bool(brief.asks_guarantee)),
        "account_status": quote.priced.facts["account_status"],
        "requested_above_safe": _yes(above) if odds else None,
        "goal_measurable": _yes(all(o.measurable for o in quote.goals)) if quote.goals else None,
        "kpi_defined": _yes(not any(o.open_definition for o in quote.goals)) if quote.goals else None,
        "goal_forecast": _yes(all(o.goal.kpi.forecast for o in quote.goals)) if quote.goals else None,
        "margin_known": _yes(quote.seller.margin_known),
        "seller_loss_probability": Decimal(f"{quote.seller.loss_probability.value:.6f}"),
        "contract_months": brief.contract_months,
        "ships_from_china": _yes(ships_from_china(brief)),
        "price_usual": None if brief.price is None else _yes(price_is_usual(brief, quote.rules.market)),
        "goal_in_contract": None
        if brief.contract_months is None or not quote.goals
        else _yes(all(o.goal.months[1] <= brief.contract_months for o in quote.goals)),
        "priced_after_edition_ended": _yes(quote.rules.ended),
        "ad_budget": brief.ad_budget,
        "base_fee": Decimal(f"{quote.monthly_price:.2f}"),
        "below_list": _below(quote.fees.mean, quote.list_fees),
        "discount_ended": _yes(discount is not None and discount.ended(quote.rules.on)),
        "agreed_on_other_facts": _yes(outdated(quote) is not None),
        "pays_back": _yes(any(isinstance(charge, Refund) for charge in quote.terms.charges)),
    }
    if quote.agency is not None:
        facts["agency_loss_probability"] = Decimal(f"{quote.agency.loss_probability.value:.6f}")
        facts["agency_margin_share"] = Decimal(f"{quote.agency.margin_share:.6f}")
        # as a share of the fees, as the margin is
        facts["below_cost"] = Decimal(f"{max(-quote.agency.margin_share, 0.0):.6f}")
    return facts


def goals_concerned(quote: Quote, guard: Raised) -> tuple[QuotedGoal, ...]:
    """The goals for which a guard was raised, in their order; none where it is about no goal."""
    lowest = min((odds.probability.value for odds in quote.goals if odds.probability), default=None)
    term = quote.brief.contract_months
    of_goals: Mapping[str, Callable[[QuotedGoal], bool]] = {
        "requested_above_safe": lambda odds: bool(odds.probability and odds.probability.value < CONFIDENCE),
        "goal_measurable": lambda odds: not odds.measurable,
        "kpi_defined": lambda odds: odds.open_definition,
        "goal_forecast": lambda odds: not odds.goal.kpi.forecast,
        "goal_in_contract": lambda odds: term is not None and odds.goal.months[1] > term,
        "difficulty": lambda odds: odds.probability is not None and odds.probability.value == lowest,
        "hardest_probability": lambda odds: odds.probability is not None and odds.probability.value == lowest,
    }
    asked = [of_goals[fact] for fact in sorted(guard.reads & of_goals.keys())]
    return tuple(odds for odds in quote.goals if any(holds(odds) for holds in asked))


def ships_from_china(brief: Brief) -> bool:
    """Whether orders on TikTok Shop would go out from China, which it restricts.

    >>> from estimator.brief.brief import Store
    >>> ships_from_china(Brief(stores=[Store(platform="tiktok_shop", fulfilment="from_china")]))
    True
    """
    return any(s.platform == "tiktok_shop" and s.fulfilment == "from_china" for s in brief.stores)


def price_is_usual(brief: Brief, market: Market) -> bool:
    """Whether the selling price lies within a third to three times what the category sells for."""
    if brief.price is None:
        return True
    category = brief.category or DEFAULT_CATEGORY
    usual = [
        market.row("aov_ref", platform=platform).median
        * math.exp(market.row("aov_category_effect", category=category).median)
        for platform in brief.sold_on
    ]
    return min(usual) / UNUSUAL <= float(brief.price) <= max(usual) * UNUSUAL


def _below(amount: float, reference: float) -> Decimal:
    """The share by which an amount lies below another; nothing where it does not."""
    share = max(1 - amount / reference, 0.0) if reference > 0 else 0.0
    return Decimal(f"{share:.6f}")


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
