"""From a quote to the proposal that a client is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from estimator.brief.brief import Brief
from estimator.brief.kpis import OWN_FEES
from estimator.brief.meaning import operation_of
from estimator.comparing.comparison import Comparison
from estimator.comparing.options import options
from estimator.comparing.worth import worth_of_quote
from estimator.contract.charges import Fixed, Refund
from estimator.contract.clauses import DEPOSIT
from estimator.contract.parties import Entity, Party
from estimator.contract.terms import Terms
from estimator.earnings.courses import courses, exit_prices, least_committed, worked_months
from estimator.earnings.deal import Deal, deposit_of
from estimator.market.assumptions import Assumption
from estimator.market.outcomes import Outcomes
from estimator.quoting.drivers import drivers
from estimator.quoting.grid import grid
from estimator.quoting.negotiation import base_of
from estimator.quoting.own_figures import far_below
from estimator.quoting.quote import Quote, QuotedGoal, deal_of
from estimator.quoting.tipping import profit_flips
from estimator.rules.checklists import needed
from estimator.rules.rules import Rules
from estimator.schemas import proposal as paper
from estimator.schemas.digits import safe_digits
from estimator.schemas.parts import Chance, Range, Spend, heading_fields
from estimator.schemas.proposal import Proposal
from estimator.schemas.quote import seller_month
from estimator.schemas.statement import Statement, statement
from estimator.schemas.worth import worth_answer
from estimator.values.errors import fail
from estimator.values.text import Text

MOST_ASSUMPTIONS = 10


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How a proposal is sent: to whom, by which of our companies, under which number and revision.

    ``number`` is None for a draft; ``valid_days`` those of the letterhead where None. ``changed`` says what
    is different since the last revision.
    """

    client: Party = field(default_factory=Party)
    entity: str | None = None
    number: str | None = None
    revision: int = 1
    valid_days: int | None = None
    changed: Text | None = None


def propose(quote: Quote, sending: Sending) -> Proposal:
    """The proposal of a quote.

    Raises ``QuotecastError`` where none of our companies bills in the quote's currency, or where ``entity``
    is none of them.
    """
    deal, rules = deal_of(quote), quote.rules
    settled, counted = worked_months(deal)
    stated = statement(quote.terms, settled, counted)
    due = tuple(_due_now(deal, stated))
    comparison = options(quote)
    what_ifs = None if _undefined(quote) else grid(quote)
    discount = _discount(quote)
    valid = _valid_until(rules, sending.valid_days, discount)
    below = far_below(quote.brief, quote.world)
    return Proposal(
        number=sending.number,
        revision=sending.revision,
        day=rules.on,
        valid_until=valid,
        zone=rules.letterhead.zone,
        sender=_sender(rules, sending.entity, quote.currency),
        client=sending.client,
        basis=_basis(quote),
        brief=_told(quote),
        currency=quote.currency,
        months=quote.months,
        start=quote.brief.start,
        contract=quote.terms.signed,
        contract_sha256=quote.terms.fingerprint,
        counted=_counted(quote),
        due_now=due,
        due_total=sum((each.amount for each in due), Decimal(0)),
        monthly_price=quote.terms.fixed("month"),
        discount=discount,
        usual_month=Decimal(round(quote.usual_month.p50)),
        fees=Range.of(quote.fees),
        least_committed=least_committed(quote.terms, max(len(quote.brief.stores), 1)),
        spend=Spend.of(quote.seller.blocks),
        goals=tuple(_goal(odds, quote, index) for index, odds in enumerate(quote.goals)),
        all_goals=None if quote.joint is None else Chance.of(quote.joint),
        seller=_seller(quote),
        cash_low=Range.of(quote.seller.cash_low),
        far_below=None if below is None else paper.BelowToday.model_validate(below),
        invoices=tuple(_invoice(stated, index, counted) for index in range(len(stated.months))),
        by_month=tuple(map(seller_month, quote.seller.by_month)),
        refunds=tuple(_refunds(quote.terms)),
        exits=tuple(paper.Exit(after=after, price=price) for after, price in exit_prices(quote.terms)),
        courses=tuple(map(paper.CourseMonth.model_validate, courses(deal))),
        options_months=comparison.months,
        options=tuple(_options(quote, comparison)),
        worth=worth_answer(worth_of_quote(quote)),
        what_ifs=None if what_ifs is None else paper.WhatIfs.model_validate(what_ifs),
        assumptions=tuple(_swayed(quote)),
        turning=_turning(quote),
        service=_service(quote),
        paperwork=_paperwork(quote),
        changed=sending.changed,
    )


def _options(quote: Quote, comparison: Comparison) -> Iterator[paper.Option]:
    """The offer of the quote first, with the quote's own probability, then the others."""
    for index, offer in enumerate(comparison.offers):
        goals = quote.goals if index == 0 else offer.goals
        known = goals[0].probability if goals else None
        yield paper.Option(
            id=offer.id,
            label=offer.label,
            note=offer.note,
            quoted=index == 0,
            ended=offer.ended,
            fee=Range.of(offer.agency_fee),
            all_in=Range.of(offer.all_in_cost),
            own_staff=offer.own_team.mean,
            seller_profit=Range.of(offer.seller_profit),
            loss=Chance.of(offer.loss_probability),
            chance=None if known is None or _undefined(quote) else Chance.of(known),
        )


def _undefined(quote: Quote) -> bool:
    """Whether the first goal may be counted in several ways, so that no figure of it should be shown."""
    return bool(quote.goals) and quote.goals[0].open_definition


def _discount(quote: Quote) -> paper.Discounted | None:
    """The discount that stands, if the base fee was not agreed by itself."""
    discount = quote.trade.on(quote.rules.on).discount
    listed, offered = (base_of(terms, quote.rules.trade) for terms in (quote.priced.terms, quote.terms))
    if discount is None or listed is None or offered is None or quote.trade.base is not None:
        return None
    return paper.Discounted(
        share=discount.share,
        reason=quote.rules.trade.discount.reason(discount.reason),
        until=discount.until,
        listed=listed,
        offered=offered,
    )


def _valid_until(rules: Rules, days: int | None, discount: paper.Discounted | None) -> dt.datetime:
    """The end of the last valid day, where the letterhead's zone is: no day after a discount's last."""
    last = rules.on + dt.timedelta(days=days or rules.letterhead.valid_days)
    last = last if discount is None else min(last, discount.until)
    return dt.datetime.combine(last, dt.time(23, 59), ZoneInfo(rules.letterhead.zone))


def _sender(rules: Rules, name: str | None, currency: str) -> paper.Sender:
    letterhead = rules.letterhead
    return paper.Sender(
        sample=letterhead.sample,
        entity=_entity(rules, name, currency),
        prevailing=letterhead.prevailing,
        colour=letterhead.colour,
        foot=letterhead.foot,
    )


def _entity(rules: Rules, name: str | None, currency: str) -> Entity:
    """The company that bills: the one named, else the first that bills in the currency."""
    known = {entity.id: entity for entity in rules.letterhead.entities}
    if name is not None and name not in known:
        raise fail("unknown_reference", "entity", found=name, choices=", ".join(known))
    entity = rules.letterhead.billing(currency) if name is None else known[name]
    if entity is None or currency not in entity.bills:
        billed = sorted({each for one in known.values() for each in one.bills})
        raise fail("nobody_bills", "letterhead.toml:entities", found=currency, choices=", ".join(billed))
    return entity


def _basis(quote: Quote) -> paper.Basis:
    return paper.Basis(
        **heading_fields(quote.rules),
        scenario=quote.world.scenario.label,
        engine=quote.engine,
        seed=quote.seed,
        points=quote.points,
    )


def _told(quote: Quote) -> Brief:
    """The brief as the client told it: without our own name for it and what we note for ourselves."""
    ours = [fact.id for fact in quote.rules.vocabulary.facts if fact.asked == "us"]
    return quote.brief.model_copy(update=dict.fromkeys(("name", "note", *ours)))


def _counted(quote: Quote) -> dict[str, Text]:
    """The names of what the contract counts, as the KPIs of the same quantities are called."""
    kpis = quote.rules.kpis
    return {name: kpis[name].label for name in sorted(quote.terms.counts) if name in kpis}


def _due_now(deal: Deal, stated: Statement) -> Iterator[paper.Due]:
    """What is invoiced before the work begins: the fixed lines of the first month, and the deposit."""
    starts = {charge.id for charge in deal.terms.charges if isinstance(charge, Fixed) and charge.begins}
    first = stated.months[0]
    for line in first.lines:
        if line.charge in starts and line.amount:
            yield paper.Due(label=line.label, amount=line.amount, due=line.due)
    held = deposit_of(deal.terms, deal.base_id)
    if held:
        days = [line.due for line in first.lines if line.charge in starts]
        yield paper.Due(label=DEPOSIT, amount=held, due=days[0] if days else None)


def _invoice(stated: Statement, index: int, counted: Outcomes) -> paper.Invoice:
    month = stated.months[index]
    return paper.Invoice(
        number=index + 1,
        month=month.month,
        counts={
            name: Decimal(values[0, :, index].sum())
            for name, values in counted.quantities.items()
            if name not in OWN_FEES
        },
        lines=tuple(
            paper.InvoiceLine(
                charge=line.charge, label=line.label, amount=line.amount, basis=line.basis, due=line.due
            )
            for line in month.lines
        ),
        total=month.total,
    )


def _goal(odds: QuotedGoal, quote: Quote, index: int) -> paper.ProposedGoal:
    known, goal = None if odds.open_definition else odds.probability, odds.goal
    safe = odds.promise.level if odds.promise is not None and known is not None else None
    at = (
        quote.payoff if quote.payoff is not None and index == 0 and quote.payoff.at_goal is not None else None
    )

    def profit(level: float | None) -> float | None:
        lines = at and (at.read_off or at)
        if lines is None or level is None or not lines.levels[0] <= level <= lines.levels[-1]:
            return None
        return float(np.interp(level, lines.levels, lines.seller))

    return paper.ProposedGoal(
        goal=goal,
        words=odds.words,
        definition_open=odds.open_definition,
        chance=None if known is None else Chance.of(known),
        between=None if known is None or odds.known is None else odds.known.between(known.value),
        confidence=None if odds.promise is None else odds.promise.confidence,
        safe=None if safe is None else safe_digits(safe, goal.at_least),
        profit_asked=None if at is None else at.at_goal,
        profit_safe=profit(safe),
    )


def _seller(quote: Quote) -> paper.SellerOutlook:
    return paper.SellerOutlook(
        mean=quote.seller.profit.mean,
        p10=quote.seller.profit.p10,
        p50=quote.seller.profit.p50,
        p90=quote.seller.profit.p90,
        loss_probability=Chance.of(quote.seller.loss_probability),
        break_even=None if quote.payoff is None else quote.payoff.break_even,
        break_even_of=None if quote.payoff is None else quote.payoff.kpi,
        margin_known=quote.seller.margin_known,
    )


def _refunds(terms: Terms) -> Iterator[paper.Refundable]:
    for charge in terms.charges:
        if isinstance(charge, Refund):
            share, most = terms.largest_refund(charge)
            yield paper.Refundable(label=charge.label, share=share, most=most)


def _swayed(quote: Quote) -> Iterator[paper.Swayed]:
    for driver in drivers(quote, "profit")[:MOST_ASSUMPTIONS]:
        yield paper.Swayed(
            name=driver.name, row=_bare(driver.row), swing=driver.swing, several=driver.several
        )


def _turning(quote: Quote) -> paper.Turning:
    turned = profit_flips(quote)
    return paper.Turning(
        chance=turned.chance,
        points=tuple(
            paper.TurningPoint(name=point.name, row=_bare(point.row), middle=point.middle, at=point.at)
            for point in turned.points
        ),
    )


def _bare(row: Assumption | None) -> Assumption | None:
    """An assumption without its place in a file of ours."""
    return None if row is None else row.model_copy(update={"place": "", "note": ""})


def _service(quote: Quote) -> paper.Service:
    scope, model = quote.rules.scope, operation_of(quote.brief).model
    own = scope.models[model]
    return paper.Service(
        label=quote.rules.ways.models[model].label,
        included=own.included,
        excluded=own.excluded,
        people=own.people,
        response=scope.response.ours,
        client=scope.response.client,
    )


def _paperwork(quote: Quote) -> tuple[paper.Paperwork, ...]:
    documents = needed(quote.rules.documents, quote.brief.category or "")
    return tuple(paper.Paperwork(label=each.label, issuer=each.issuer, why=each.why) for each in documents)
