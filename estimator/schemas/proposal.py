"""A proposal: what a client is sent, as data. Every document is made of it, and of nothing else.

It holds no cost or margin of ours, no guard and no place of a rule: what is not here cannot be printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from estimator.brief.brief import Brief
from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi
from estimator.contract.parties import Entity, Party
from estimator.contract.terms import Terms
from estimator.earnings.courses import Luck
from estimator.market.assumptions import Assumption
from estimator.schemas.attribution import Attribution
from estimator.schemas.digits import Digits3, Digits4, Money, Places2, Places3, Places4
from estimator.schemas.parts import Chance, Profit, Range, Spend
from estimator.schemas.quote import SellerMonth
from estimator.schemas.record import Absent, Exact, Record, StatedRate
from estimator.schemas.statement import Cents
from estimator.schemas.worth import WorthAnswer
from estimator.values.text import Language, Text


class Sender(Record):
    """Who sends it, as the deployment's letterhead says; ``sample`` marks one that nobody filled in."""

    sample: bool
    entity: Entity
    prevailing: Language
    colour: str
    foot: Text


class Basis(Record):
    """The rules and points that it was worked out with."""

    edition: str
    edition_state: str
    market: str
    rules: str
    scenario: Text
    engine: str
    seed: int
    points: int
    exchange: Absent[tuple[StatedRate, ...]] = None


class Due(Record):
    """An amount due when the work begins; ``due`` is its day where the start is known."""

    label: Text
    amount: Cents
    due: dt.date | None


class InvoiceLine(Record):
    """A line of a worked invoice; ``basis`` is what a share is counted on."""

    charge: str
    label: Text
    amount: Cents
    basis: Absent[Cents] = None
    due: dt.date | None


class Invoice(Record):
    """The lines of one month of the middling course, as its statement would show them.

    ``number`` is the month of the contract from 1, ``month`` its name; ``counts`` are what it was worked on.
    """

    number: int
    month: str
    counts: Mapping[str, Exact]
    lines: tuple[InvoiceLine, ...]
    total: Cents


class BelowToday(Record):
    """A forecast under half of today's sales, both a month; ``fewer_ads`` says that the plan spends less."""

    now: Money
    forecast: Money
    fewer_ads: bool


class ProposedGoal(Record):
    """A goal with its probability, its safe level, and the seller's profit a month at both.

    ``between`` is the range of the probability over what is not known of the market. ``profit_asked`` and
    ``profit_safe`` are middle outcomes at that level, None for goals after the first.
    """

    goal: Goal
    words: str | None
    definition_open: bool
    chance: Chance | None
    between: tuple[Places3, Places3] | None = None
    confidence: float | None
    safe: float | None
    profit_asked: Money | None
    profit_safe: Money | None


class Refundable(Record):
    """The largest share of its charges that a refund pays back, and the most it can come to, if any."""

    label: Text
    share: Exact
    most: Exact | None


class Exit(Record):
    """What leaving after so many months costs besides the fees of those months."""

    after: int
    price: Cents


class CourseMonth(Record):
    """An average month of a course: money by name, and the profit that it leaves the seller."""

    luck: Luck
    quantile: Places2
    money: Mapping[str, Exact]
    profit: Exact


class Option(Record):
    """A way to buy the service, over the months of the comparison; amounts are of all its months.

    ``own_staff`` is the pay of the client's own people, which its profit is after.
    """

    id: str
    label: Text
    note: Text | None
    quoted: bool
    ended: bool
    fee: Range
    all_in: Range
    own_staff: Money
    seller_profit: Range
    loss: Chance
    chance: Chance | None


class Swayed(Record):
    """An assumption, and how far the seller's profit of the term moves between its 10 and 90 % points.

    ``row`` is None for the luck of an account, which nobody can know before it runs.
    """

    name: str
    row: Assumption | None
    swing: Money
    several: bool


class TurningPoint(Record):
    """A single change that turns an answer: an assumption, or a fact of the brief where there is no row."""

    name: str
    row: Assumption | None
    middle: Digits4
    at: Digits4


class Turning(Record):
    """What would bring the chance of a profit across one half."""

    chance: Places3
    points: tuple[TurningPoint, ...]


class WhatIfs(Record):
    """``chances[b][k]`` is the probability of level ``k`` of the first goal at budget ``b`` a month."""

    budgets: tuple[Exact, ...]
    levels: tuple[Digits4, ...]
    chances: tuple[tuple[Places4, ...], ...]


class Paperwork(Record):
    """A document that the goods need, who issues it, and why."""

    label: Text
    issuer: Text
    why: Text


class Service(Record):
    """What is done and what is not, by whom, and how fast both sides answer."""

    label: Text
    included: tuple[Text, ...]
    excluded: tuple[Text, ...]
    people: tuple[Text, ...]
    response: tuple[Text, ...]
    client: tuple[Text, ...]


class Discounted(Record):
    """A discount: the base fee a month as listed and as offered, why, and the last day to take it."""

    share: Exact
    reason: Text
    until: dt.date
    listed: Exact
    offered: Exact


class SellerOutlook(Profit):
    """The seller's profit over the term, and the level of a KPI from which there is any."""

    break_even: Digits3 | None
    break_even_of: Kpi | None
    margin_known: bool


class Proposal(Record):
    """What a client is sent. Amounts are in ``currency``; ``number`` is None before it was sent.

    ``counted`` names the quantities that the contract counts; ``invoices`` are every month of the middling
    course. ``worth`` is what the offer adds to going on as today and to an own team, with the recommendation.
    ``changed`` and ``moved`` say of a revision what is different since the one before, in a sentence
    and by cause.
    """

    number: str | None
    revision: int
    day: dt.date
    valid_until: dt.datetime
    zone: str
    sender: Sender
    client: Party
    basis: Basis
    brief: Brief
    currency: str
    months: int
    start: str | None
    contract: Terms
    contract_sha256: str
    counted: Mapping[str, Text]
    due_now: tuple[Due, ...]
    due_total: Cents
    monthly_price: Exact
    discount: Discounted | None = None
    usual_month: Exact
    fees: Range
    least_committed: Cents
    spend: Spend
    goals: tuple[ProposedGoal, ...]
    all_goals: Chance | None
    seller: SellerOutlook
    cash_low: Range
    far_below: Absent[BelowToday] = None
    invoices: tuple[Invoice, ...]
    by_month: tuple[SellerMonth, ...]
    refunds: tuple[Refundable, ...]
    exits: tuple[Exit, ...]
    courses: tuple[CourseMonth, ...]
    options_months: int
    options: tuple[Option, ...]
    worth: Absent[WorthAnswer] = None
    what_ifs: WhatIfs | None
    assumptions: tuple[Swayed, ...]
    turning: Turning
    service: Service
    paperwork: tuple[Paperwork, ...]
    changed: Text | None
    moved: Absent[Attribution] = None
