"""What was agreed is bound to its facts: outdated once they change, then renewed, kept or dropped."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import DAY, RULES

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.brief.link import Link, pack, unpack
from estimator.contract.discount import Discount
from estimator.contract.parties import Party
from estimator.contract.trade import Trade
from estimator.documents import sending
from estimator.market.points import Points
from estimator.presentation.agreed_words import outdated_words
from estimator.presentation.live import asks, live
from estimator.presentation.words import LANGUAGES, Words
from estimator.quoting.make import make, with_open_facts
from estimator.quoting.negotiation import EqualTrade, NoTrade
from estimator.quoting.outdated import Outdated, outdated
from estimator.quoting.quote import Quote
from estimator.quoting.shown import Shown
from estimator.quoting.trades import bound, clause_offers, equal, renewed
from estimator.schemas.proposed import Sending, propose
from estimator.values.text import Language
from estimator.values.validation import validated

SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))
PERFORMANCE = SEED.model_copy(update={"settlement": "performance"})
FEW = Points(number=256, scrambles=4)
AT = dt.datetime(2026, 11, 30, 14, 2, tzinfo=dt.UTC)
NONE = Trade()


@lru_cache(maxsize=64)
def quoted(brief: Brief, trade: Trade = NONE) -> Quote:
    return make(brief, RULES, points=FEW, trade=trade, ask=False)


def changed(brief: Brief, **facts: Any) -> Brief:
    return brief.model_copy(update=facts)


@lru_cache
def traded(brief: Brief = PERFORMANCE, base: str = "0", means: Any = "commission") -> Trade:
    equals = equal(quoted(brief), Decimal(base), means, 0.0, FEW)
    assert isinstance(equals, EqualTrade)
    return bound(quoted(brief), equals.trade, AT)


def stale(brief: Brief, trade: Trade) -> Outdated:
    found = outdated(quoted(brief, trade))
    assert found is not None
    return found


@settings(max_examples=6)  # two quotes each
@given(
    settlement=st.sampled_from(("fixed", "hybrid", "performance")),
    months=st.sampled_from((3, 6, 12)),
    part=st.sampled_from(("0.5", "0.8")),
)
def test_whatever_is_agreed_holds_on_its_own_facts_and_once_it_is_renewed_on_others(
    settlement: str, months: int, part: str
) -> None:
    before = quoted(PERFORMANCE)
    base = Decimal(before.monthly_price) * Decimal(part) // 50 * 50
    agreed = traded(PERFORMANCE, str(base))
    assert outdated(quoted(PERFORMANCE, agreed)) is None
    other = changed(PERFORMANCE, settlement=settlement, contract_months=months)
    anew = renewed(quoted(other, agreed))
    assert isinstance(anew, Trade) and anew.base == base
    signed = quoted(other, bound(quoted(other), anew, AT))
    assert outdated(signed) is None
    # rounded up to a tenth of a point: never under the list
    assert signed.fees.mean >= signed.list_fees - 1e-6 * signed.list_fees


def test_a_base_traded_away_under_another_settlement_says_what_it_gives_away() -> None:
    """Performance for no base and 7.8 points more, then hybrid: about 4,900 a month under the list."""
    agreed = traded()
    assert agreed.commission == Decimal("0.078") and agreed.agreed is not None
    hybrid = changed(PERFORMANCE, settlement="hybrid")
    found = stale(hybrid, agreed)
    assert found.facts == ("settlement",)
    quote = quoted(hybrid, agreed)
    assert found.now == pytest.approx((quote.list_fees - quote.fees.mean) / 6) and 4800 < found.now < 5000
    assert abs(found.before) < 50  # a trade of equal value gave nothing away but what rounding brings
    assert "internal.other_facts" in {guard.id for guard in quote.guards}


def test_a_longer_term_agreed_and_another_typed_is_told() -> None:
    short = changed(SEED, contract_months=3)
    agreed = traded(short, "7400", "term")
    assert agreed.months is not None and 3 < agreed.months < 12
    year = changed(short, contract_months=12)
    assert quoted(year, agreed).months == agreed.months
    assert stale(year, agreed).facts == ("contract_months",)
    anew = renewed(quoted(year, agreed))
    assert isinstance(anew, Trade) and anew.base == 7400 and (anew.months or 0) > 12


def test_a_discount_is_of_the_list_it_was_given_on() -> None:
    tenth = Discount(share=Decimal("0.1"), reason="start", until=DAY + dt.timedelta(days=9))
    agreed = bound(quoted(SEED), Trade(discount=tenth), AT)
    fixed = changed(SEED, settlement="fixed")
    found = stale(fixed, agreed)
    assert found.before == pytest.approx(820, abs=0.01) and found.now > found.before
    assert renewed(quoted(fixed, agreed)) == agreed.bare


def test_a_clause_is_priced_anew() -> None:
    offer = next(o for o in clause_offers(quoted(SEED), 0.2) if o.value.clause == "refund")
    agreed = bound(quoted(SEED), offer.trade, AT)
    easier = changed(SEED, goals=(SEED.goals[0].model_copy(update={"at_least": Decimal("1.2")}),))
    assert "goals" in stale(easier, agreed).facts
    anew = renewed(quoted(easier, agreed), 0.2)
    assert isinstance(anew, Trade) and anew.refund == agreed.refund and anew.base != agreed.base


def test_what_moves_no_money_leaves_an_agreement_alone() -> None:
    agreed = traded()
    for facts in ({"landed_cost": Decimal(3)}, {"name": "Other (fictional)"}, {"note": "said on the phone"}):
        assert outdated(quoted(changed(PERFORMANCE, **facts), agreed)) is None


def test_kept_terms_are_as_they_were_and_bound_to_the_facts_of_now() -> None:
    hybrid = changed(PERFORMANCE, settlement="hybrid")
    quote = quoted(hybrid, traded())
    kept = bound(quote, quote.trade.bare, AT)
    after = quoted(hybrid, kept)
    assert outdated(after) is None and after.fees.mean == quote.fees.mean
    # it still is far below the list, and that is still approved
    ids = {guard.id for guard in after.guards}
    assert "internal.far_below_list" in ids and "internal.other_facts" not in ids


def test_an_agreement_goes_with_links_drafts_and_records_without_a_name() -> None:
    named = changed(PERFORMANCE, name="Lumen (fictional)", note="a word of ours")
    agreed = bound(quoted(named), traded().bare, AT)
    text = agreed.model_dump_json(exclude_defaults=True)
    assert "Lumen" not in text and "word of ours" not in text and "ROAS" not in text
    link = unpack(pack(Link(brief=PERFORMANCE, extras={"trade": text})))
    assert Trade.model_validate_json(link.extras["trade"]) == agreed
    world = sending.world_of(DAY, "expected", agreed, ())
    assert validated(Trade, json.loads(json.dumps(world))["trade"], "trade") == agreed
    quote = quoted(PERFORMANCE, agreed)
    assert Shown.of(quote).inputs == Shown.of(quoted(PERFORMANCE, agreed.bare)).inputs


def test_terms_on_other_facts_are_not_sent_without_approval() -> None:
    hybrid = quoted(changed(PERFORMANCE, settlement="hybrid"), traded())
    record = sending.record_of(hybrid, propose(hybrid, Sending(client=Party(name_en="Example (fictional)"))))
    assert "internal.other_facts" in {line.id for line in record.to_approve()}
    told = propose(hybrid, Sending(client=Party(name_en="Example (fictional)"))).model_dump_json()
    assert "agreed_on" not in told and "list_fees" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_changed_and_what_renewing_makes_of_it(language: Language) -> None:
    words = Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks)
    quote = quoted(changed(PERFORMANCE, settlement="hybrid"), traded())
    found, anew = outdated(quote), renewed(quote)
    assert found is not None
    said = outdated_words(quote, found, anew, words)
    first, gives, after = said.lines
    assert "14:02" in first and "→" in first and "4,8" in gives and "19.3" in after and said.renew
    box = next(box for box in live(quote, words).rules if box.id == "trade.agreed")
    assert "7.8" in box.title and "14:02" in box.why and box.matched
    refused = outdated_words(quote, found, NoTrade(means="term", reason="no_room"), words)
    assert not refused.renew and len(refused.lines) == 3


def test_open_questions_count_from_what_was_agreed() -> None:
    words = Words("en", vocabulary=RULES.vocabulary)
    brief = changed(SEED, category=None)
    listed = with_open_facts(quoted(brief))
    tenth = Discount(share=Decimal("0.1"), reason="start", until=DAY + dt.timedelta(days=9))
    given_ = with_open_facts(quoted(brief, Trade(discount=tenth)))
    agreed = with_open_facts(quoted(brief, traded(brief, "5000")))
    prices = [
        {item.fact: item.price for item in quote.unanswered if item.price}
        for quote in (listed, given_, agreed)
    ]
    low, high = prices[0]["category"]
    assert prices[1]["category"] == pytest.approx((low * 0.9, high * 0.9))
    assert "category" not in prices[2]  # the base that it moves was agreed
    assert asks(agreed, words)
