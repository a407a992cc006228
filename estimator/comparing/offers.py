"""Candidates: the offers that a seller may choose among, wherever they come from.

Ours, priced by the rate card; the seller's own team; the public offers; another agency's quote, typed in or
read from a file; and what was agreed on a quote. An offer is terms and a way of operating.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from estimator.brief.brief import (
    USUAL_PLATFORM,
    Brief,
    Count,
    Months,
    Operation,
    ServiceModel,
    Settlement,
)
from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.brief.meaning import asked_goals, operation_of
from estimator.comparing.candidate import Bar, Candidate, Scope
from estimator.contract import offers
from estimator.contract.charges import Bound, Covered, Fixed, Refund, ShareOf, Step
from estimator.contract.offers import Offer, parse_offer
from estimator.contract.terms import Terms
from estimator.contract.tiers import Tiers
from estimator.market.own_figures import AS_TODAY, running
from estimator.quoting.listing import clause_goal, list_price
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules
from estimator.rules.ways import ChargeWords
from estimator.values.errors import fail
from estimator.values.money import Amount, Share
from estimator.values.text import Text
from estimator.values.validation import MOST_BYTES, parse_toml, read_text, validated

OURS: tuple[ServiceModel, ...] = get_args(ServiceModel)
SETTLEMENTS: tuple[Settlement, ...] = get_args(Settlement)
TODAY = "as_today"
USUAL = (TODAY, *OURS, "in_house", "us_agency")
"""What is compared where nobody says what to compare: nothing that has ended."""
PLAN = "platform_plan"
SOON = 1
"""Months from the day of the rules to a start before which nobody new is at work."""
BY_HOURS: tuple[Settlement, ...] = ("project", "hourly")
FILES = (".toml", ".json")
SETUP = "setup"


class AgencyQuote(BaseModel):
    """Another agency's quote as it is typed in. Amounts are a month's but for ``setup``.

    The commission is ``rate`` above the edges ``above``, of what is counted, a month at a time. ``refund``
    is the share of the base fee that comes back if the brief's first goal is missed. ``videos``,
    ``creators`` contacted and ``live_hours`` a month are the work it names; without any of them it is not
    known what it does.

    >>> AgencyQuote(base="5000", rate=["0.05", "0.08"], above=[0, 40000], reach="whole").rate
    (Decimal('0.05'), Decimal('0.08'))
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=80)
    base: Amount = Decimal(0)
    setup: Amount = Decimal(0)
    rate: Annotated[tuple[Share, ...], Field(strict=False)] = ()
    above: Annotated[tuple[Amount, ...], Field(strict=False)] = (Decimal(0),)
    reach: Literal["slice", "whole"] = "slice"
    counts: Literal["gmv", "settled_gmv"] = "gmv"
    minimum: Amount | None = None
    cap: Amount | None = None
    refund: Annotated[Share, Field(gt=0)] | None = None
    months: Months | None = None
    covers: Annotated[frozenset[Covered], Field(strict=False)] = frozenset()
    videos: Count | None = None
    creators: Count | None = None
    live_hours: Count | None = None
    operation: Operation = Operation(model="whole_shop")

    @property
    def work(self) -> str:
        """Who does the work: the model of its operation."""
        return self.operation.model

    @property
    def scope(self) -> Scope:
        """The work that it names."""
        return Scope(videos=self.videos, creators=self.creators, live_hours=self.live_hours)

    @property
    def charges(self) -> bool:
        """Whether anything is charged at all."""
        return bool(self.base or self.setup or self.rate or self.minimum)

    def terms(self, currency: str, goal: Goal | None, words: ChargeWords, place: str = "") -> Terms:
        """What would be signed; raises ``QuotecastError`` where it cannot be, as a cap below the minimum."""
        content = {
            "currency": currency,
            "months": self.months,
            "charges": tuple(self._charges(goal, words, place)),
            "covers": self.covers,
        }
        return validated(Terms, content, place)

    def _charges(
        self, goal: Goal | None, words: ChargeWords, place: str
    ) -> Iterator[Fixed | ShareOf | Bound | Refund]:
        yield Fixed(id="base", label=words.base, amount=self.base)
        over = ["base"]
        if self.setup:
            yield Fixed(id=SETUP, label=words.setup, amount=self.setup, settles="once")
        if self.rate:
            tiers = validated(
                Tiers, {"above": self.above, "rate": self.rate, "reach": self.reach}, f"{place}:rate"
            )
            over.append("commission")
            of = Quantity(of=(self.counts,))
            yield ShareOf(id="commission", label=words.commission, of=of, tiers=tiers)
        if self.minimum is not None:
            yield Bound(id="minimum", label=words.minimum, over=tuple(over), at_least=self.minimum)
        if self.cap is not None:
            yield Bound(id="cap", label=words.cap, over=tuple(over), at_most=self.cap)
        if self.refund is not None:
            if goal is None:
                raise fail("refund_needs_goal", f"{place}:refund")
            yield Refund(
                id="refund",
                label=words.refund,
                over=("base",),
                months=(1, goal.months[1]),
                steps=(Step(goal=goal, back=self.refund),),
                paid_as="cash",
            )


def known(rules: Rules) -> tuple[str, ...]:
    """The ids that need no file: as today, ours, in-house, and the public offers.

    >>> from estimator.rules.rules import open_rules
    >>> known(open_rules())[:3]
    ('as_today', 'whole_shop', 'part_operation')
    """
    return (TODAY, *OURS, "in_house", *rules.offers)


def candidate(
    name: str,
    brief: Brief,
    rules: Rules,
) -> Candidate:
    """The offer of that id for ``brief``; ours may name a settlement, ``whole_shop:performance``.

    Raises ``QuotecastError`` for an id or a settlement that does not exist.

    >>> from estimator.rules.rules import open_rules
    >>> candidate("whole_shop:fixed", Brief(category="beauty"), open_rules()).label.en
    'Whole-shop operation · fixed monthly'
    """
    stem, colon, settlement = name.partition(":")
    if colon and (stem not in OURS or settlement not in SETTLEMENTS):
        choices = ", ".join(f"{stem if stem in OURS else OURS[0]}:{word}" for word in SETTLEMENTS)
        raise fail("unknown_reference", "offer", found=name, choices=choices)
    if stem in OURS:
        return _ours(brief, rules.in_currency(brief.currency), stem, settlement or None)
    if stem == TODAY:
        return today(brief, rules)
    if stem == "in_house":
        return in_house(brief, rules)
    if stem in rules.offers:
        return public(rules.offers[stem], brief, rules)
    raise fail("unknown_reference", "offer", found=name, choices=", ".join((*known(rules), "FILE.toml")))


@lru_cache(maxsize=64)
def _ours(brief: Brief, rules: Rules, model: Any, settlement: Any) -> Candidate:
    """Our own offer: the brief with this service model, priced by the rate card."""
    wanted = brief.model_copy(update={"service_model": model, "settlement": settlement or brief.settlement})
    words = rules.ways
    label = words.models[model].label
    if settlement:
        label = _joined(label, words.settlements[settlement])
    signed = list_price(wanted, rules).terms
    return Candidate(
        id=f"{model}:{settlement}" if settlement else model,
        label=label,
        note=words.models[model].note,
        operation=operation_of(wanted),
        terms=signed,
        renewal=renewed(signed),
        settlement=settlement,
        ours=True,
        as_of=rules.edition.id,
        assumptions=(words.words.by_hours,) if wanted.settlement in BY_HOURS else (),
    )


def agreed(quote: Quote) -> Candidate:
    """What a quote would sign as an offer beside the others, named as agreed where a trade was made."""
    words = quote.rules.ways
    operation = operation_of(quote.brief)
    label = words.models[operation.model].label
    return Candidate(
        id="agreed",
        label=label if quote.trade.empty else _joined(label, words.words.agreed),
        note=words.models[operation.model].note,
        operation=operation,
        terms=quote.terms,
        renewal=renewed(quote.terms),
        ours=True,
        as_of=quote.rules.edition.id,
        assumptions=(words.words.by_hours,) if quote.brief.settlement in BY_HOURS else (),
    )


def today(brief: Brief, rules: Rules) -> Candidate:
    """To go on as the shop runs now, without an agency; not to begin, where it does not run yet.

    People who run it today are paid either way: they count only where a full team is told, whose work
    an agency would take over.
    """
    words, runs = rules.ways.words, running(brief)
    return Candidate(
        id=TODAY,
        label=words.as_today,
        note=words.today_note if runs else words.idle_note,
        operation=AS_TODAY,
        terms=None,
        as_today=True,
        staffed=runs and brief.seller_team == "full",
        assumptions=(words.today_runs if runs else words.today_idle,),
    )


def in_house(brief: Brief, rules: Rules) -> Candidate:
    """The seller's own people, without any agency; a full team of the brief's is already there.

    Who has nobody and starts within the month has no team by then.
    """
    way, words = rules.ways.models["in_house"], rules.ways.words
    there = brief.seller_team == "full"
    late = brief.seller_team == "none" and brief.start is not None and _months_to(brief.start, rules) <= SOON
    return Candidate(
        id="in_house",
        label=way.label,
        note=way.note,
        operation=Operation(model="in_house", us_team=operation_of(brief).us_team, team_in_place=there),
        terms=None,
        bar="team" if late else None,
        assumptions=(words.team_there,) if there else (words.no_team,) if late else (),
    )


def _months_to(start: str, rules: Rules) -> int:
    """Months from the day of the rules to a start written 2027-01."""
    return (int(start[:4]) - rules.on.year) * 12 + int(start[5:]) - rules.on.month


def public(offer: Offer, brief: Brief, rules: Rules) -> Candidate:
    """A public offer, or one read from a file, as it stands for a brief on the day of the rules."""
    day, words = rules.on.isoformat(), rules.ways.words
    bar: Bar | None = None
    if offer.offered is not None and not offer.offered[0] <= day <= offer.offered[1]:
        bar = "ended"
    elif offer.operation.model == PLAN and USUAL_PLATFORM not in brief.sold_on:
        bar = "platform"
    share = offer.ads_share
    return Candidate(
        id=offer.id,
        label=offer.label,
        note=offer.note,
        operation=offer.operation,
        terms=offer.terms,
        as_of=offer.as_of,
        bar=bar,
        ads_share=None if share is None else (float(share.low), float(share.high)),
        assumptions=(
            *offer.assumptions,
            *(() if share is None else (share.note,)),
            *((words.ended,) if bar == "ended" else ()),
            *((words.platform_needed,) if bar == "platform" else ()),
        ),
    )


def typed(
    quoted: AgencyQuote, brief: Brief, rules: Rules, name: str = "agency", place: str = "agency"
) -> Candidate:
    """Another agency's quote as an offer with the id ``name``; it stands back until its work is told."""
    goal = clause_goal(asked_goals(brief, rules.kpis))
    signed = quoted.terms(brief.currency, goal, rules.ways.charges, place)
    words = rules.ways.words
    label = words.agency
    return Candidate(
        id=name,
        label=Text(en=quoted.name, zh=quoted.name) if quoted.name else label,
        note=None,
        operation=quoted.operation,
        terms=signed,
        renewal=renewed(signed),
        bar=None if quoted.scope.told else "scope",
        scope=quoted.scope,
        assumptions=(words.scope_told if quoted.scope.told else words.scope_open,),
    )


def read(path: Path, brief: Brief, rules: Rules) -> Candidate:
    """The offer in a file: an offer, bare terms, a quote as JSON, or an agency's quote as it is typed in.

    The file's name becomes the id. Raises ``QuotecastError`` with every fault and its place.
    """
    name = re.sub(r"[^a-z0-9_]+", "_", path.stem.lower()).strip("_") or "offer"
    if path.suffix != ".json":
        text = read_text(path, MOST_BYTES)
        content = parse_toml(text, path.name)
        if "terms" in content:
            return public(parse_offer(content, rules.kpis, path.name, text, rules.vocabulary), brief, rules)
        if "charges" not in content:
            return typed(validated(AgencyQuote, content, path.name), brief, rules, name, path.name)
    signed = offers.read(path, rules.kpis, vocabulary=rules.vocabulary)
    return Candidate(
        id=name,
        label=Text(en=path.stem, zh=path.stem),
        note=None,
        operation=Operation(model="whole_shop"),
        terms=signed,
        renewal=renewed(signed),
    )


def renewed(signed: Terms) -> Terms | None:
    """The terms after their first term: the same without what is paid for setting up."""
    kept = tuple(charge for charge in signed.charges if charge.id != SETUP)
    bound = {name for charge in kept if isinstance(charge, Bound | Refund) for name in charge.over}
    if not kept or len(kept) == len(signed.charges) or SETUP in bound:
        return None
    return signed.model_copy(update={"charges": kept})


def _joined(label: Text, more: Text) -> Text:
    return Text(en=f"{label.en} · {more.en}", zh=f"{label.zh} · {more.zh}")
