"""A trade: what both sides agree on a call instead of the list, as changed terms.

Nothing here says what a trade is worth; ``negotiation`` does, on outcomes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from estimator.brief.brief import Months
from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi, Quantity
from estimator.contract.agreement import Agreement
from estimator.contract.charges import Charge, Fixed, Refund, ShareOf, Shortfall, Step
from estimator.contract.discount import Discount, DiscountRule
from estimator.contract.terms import Terms
from estimator.contract.tiers import Tiers
from estimator.values.money import Amount, Share
from estimator.values.text import Text
from estimator.values.validation import Frozen


class BonusRule(Frozen):
    """The words of a bonus, the step its amount is rounded up to, and the most there is of it.

    ``most`` is in multiples of what is given up for it.
    """

    label: Text
    step: Amount
    most: Annotated[Amount, Field(ge=1)]


class RefundRule(Frozen):
    """A refund clause: the usual share back, and the client's measured duties."""

    label: Text
    back: Share
    days_down: Amount


class ProtectionRule(Frozen):
    """A clause on the shortfall, after the platform's own: ``orders`` a month make it eligible."""

    label: Text
    tolerance: Share
    orders: Amount
    source: str = Field(min_length=1)


class TradeRules(Frozen):
    """What may be traded. ``base`` and ``commission`` name charges; ``risk_price`` is a share.

    ``most_rate`` is the highest rate of the commission that a trade offers.
    """

    base: str
    commission: str
    most_rate: Annotated[Share, Field(gt=0)]
    risk_price: Share
    source: str = Field(min_length=1)
    discount: DiscountRule
    bonus: BonusRule
    refund: RefundRule
    protection: ProtectionRule


class Trade(Frozen):
    """What is agreed instead of the list; None leaves a thing as the list has it.

    ``discount`` is off the list's base fee; ``base`` is the base fee a month, whatever was off it.
    ``commission`` is points added to every rate of the commission (a share, 0.042 for 4.2 points), ``bonus``
    an amount due once when the goal is reached, ``months`` the length of the term, ``refund`` the share of
    the base back if the goal is missed, ``protection`` the credit for the shortfall. ``agreed`` holds the
    facts that all of it was agreed on, None where nobody kept them.

    >>> Trade(base="5850", commission="0.042").refund is None
    True
    """

    discount: Discount | None = None
    base: Amount | None = None
    commission: Share | None = None
    bonus: Amount | None = None
    months: Months | None = None
    refund: Annotated[Share, Field(gt=0)] | None = None
    protection: bool = False
    agreed: Agreement | None = None

    @property
    def bare(self) -> Trade:
        """The same without the facts that it was agreed on."""
        return self.model_copy(update={"agreed": None})

    @property
    def empty(self) -> bool:
        """Whether nothing differs from the list."""
        return self.bare == Trade()

    def on(self, day: dt.date) -> Trade:
        """What of it stands on a day: a discount that nobody took in time does not."""
        ended = self.discount is not None and self.discount.ended(day)
        return self.model_copy(update={"discount": None}) if ended else self

    @property
    def given(self) -> dict[str, None]:
        """What is agreed against the base fee, as it is taken back."""
        return dict.fromkeys(("base", "commission", "bonus", "months"))


def traded(
    terms: Terms,
    trade: Trade,
    rules: TradeRules,
    commission: tuple[Text, Quantity],
    goal: Goal | None,
    kpis: Mapping[str, Kpi],
) -> Terms:
    """``terms`` with what was agreed; a share of ``commission`` is added where they have none.

    A bonus, a refund and the protection need a goal; without one they are left out.
    """
    months = trade.months or terms.months
    charges = [_changed(charge, trade, rules, months) for charge in terms.charges]
    charges = [charge for charge in charges if not (isinstance(charge, Fixed) and charge.amount == 0)]
    if trade.commission and not any(charge.id == rules.commission for charge in charges):
        label, of = commission
        tiers = Tiers(above=(Decimal(0),), rate=(trade.commission,))
        charges.append(
            ShareOf(id=rules.commission, label=label, of=of, tiers=tiers, rule="trades.toml#commission")
        )
    if goal is not None and (months is None or goal.months[1] <= months):
        # the clause on duties leaves months out by itself; what was sealed before it could is void as a whole
        duties = () if terms.stated("duties") else (_days_down(rules, goal, kpis),)
        charges += _clauses(charges, trade, rules, goal, kpis, duties)
    return terms.model_copy(update={"charges": tuple(charges), "months": months})


def _changed(charge: Charge, trade: Trade, rules: TradeRules, months: int | None) -> Charge:
    """A charge of the list under the trade."""
    if charge.id == rules.base and isinstance(charge, Fixed):
        if trade.base is not None:
            return charge.model_copy(update={"amount": trade.base, "rule": "trades.toml#base"})
        if trade.discount is not None:
            amount = trade.discount.off(charge.amount)
            return charge.model_copy(update={"amount": amount, "rule": "trades.toml#discount"})
    if charge.id == rules.commission and isinstance(charge, ShareOf) and trade.commission:
        rates = tuple(min(rate + trade.commission, Decimal(1)) for rate in charge.tiers.rate)
        tiers = charge.tiers.model_copy(update={"rate": rates})
        return charge.model_copy(update={"tiers": tiers, "rule": "trades.toml#commission"})
    return charge


def _clauses(
    charges: list[Charge],
    trade: Trade,
    rules: TradeRules,
    goal: Goal,
    kpis: Mapping[str, Kpi],
    duties: tuple[Goal, ...],
) -> list[Charge]:
    """The bonus and the clauses on a missed goal."""
    made: list[Charge] = []
    span = (1, goal.months[1])
    length = Decimal(goal.months[1])
    if trade.bonus:
        made.append(
            Fixed(
                id="bonus",
                label=rules.bonus.label,
                amount=trade.bonus,
                due_if=(goal,),
                settles="once",
                rule="trades.toml#bonus",
            )
        )
    has_base = any(charge.id == rules.base for charge in charges)
    if trade.refund and has_base:
        made.append(
            Refund(
                id="refund",
                label=rules.refund.label,
                over=(rules.base,),
                months=span,
                steps=(Step(goal=goal, back=trade.refund),),
                duties=duties,
                paid_as="cash",
                rule="trades.toml#refund",
            )
        )
    if trade.protection and goal.kpi.under is not None and protects(goal):
        orders = Goal(kpi=kpis["orders"], level=rules.protection.orders * length, months=span)
        made.append(
            Refund(
                id="protection",
                label=rules.protection.label,
                over=tuple(charge.id for charge in charges if not isinstance(charge, Refund)),
                months=span,
                shortfall=Shortfall(
                    cost=goal.kpi.under,
                    revenue=goal.kpi.over,
                    target=goal.level,
                    tolerance=rules.protection.tolerance,
                    months=goal.months,
                ),
                duties=(orders, *duties),
                paid_as="ad_credit",
                rule="trades.toml#protection",
            )
        )
    return made


def _days_down(rules: TradeRules, goal: Goal, kpis: Mapping[str, Kpi]) -> Goal:
    """The most days without sales over the months of a goal."""
    months = goal.months[1]
    level = rules.refund.days_down * months
    return Goal(kpi=kpis["days_down"], level=level, at_least=False, months=(1, months))


def protects(goal: Goal) -> bool:
    """Whether the goal is a return on ads, which the protection's formula needs."""
    under = goal.kpi.under
    return goal.at_least and under is not None and under.of == ("ad_spend",) and goal.kpi.unit == "ratio"
