"""A plain discount: a share off the list's base fee, for a reason, until a day, and who must approve it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import DAY, RULES

from estimator.brief import brief as briefs
from estimator.contract.discount import Discount
from estimator.contract.parties import Party
from estimator.contract.trade import Trade
from estimator.documents import sending
from estimator.market.points import Points
from estimator.presentation.proposal import proposal_paper
from estimator.presentation.words import LANGUAGES, Words
from estimator.quoting.make import make
from estimator.quoting.negotiation import EqualTrade
from estimator.quoting.quote import Quote
from estimator.quoting.trades import equal
from estimator.schemas.proposed import Sending, propose
from estimator.values.errors import QuotecastError

SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))
FEW = Points(number=256, scrambles=4)
SOON = DAY + dt.timedelta(days=10)
SHARES = st.integers(1, 60).map(lambda half: Decimal(half) / 200)


def discount(share: str | Decimal = "0.1", until: dt.date = SOON, reason: str = "start") -> Trade:
    return Trade(discount=Discount(share=Decimal(share), reason=reason, until=until))


def quoted(trade: Trade, **changes: Any) -> Quote:
    rules = replace(RULES, **changes) if changes else RULES
    return make(SEED, rules, trade=trade, points=FEW, ask=False)


LISTED = quoted(Trade())


def guards(quote: Quote) -> set[str]:
    return {guard.id for guard in quote.guards}


@settings(max_examples=25)  # a quote each
@given(SHARES, SHARES)
def test_a_larger_discount_never_costs_the_client_more_and_leaves_the_odds(
    one: Decimal, other: Decimal
) -> None:
    small, large = sorted((one, other))
    less, more = quoted(discount(small)), quoted(discount(large))
    assert more.monthly_price <= less.monthly_price < LISTED.monthly_price
    assert more.fees.mean <= less.fees.mean < LISTED.fees.mean
    assert more.list_fees == less.list_fees == LISTED.fees.mean
    assert [odds.probability for odds in more.goals] == [odds.probability for odds in LISTED.goals]


def test_a_tenth_off_the_base_by_hand() -> None:
    """8,200 a month over six months: 820 off each month, commission as before."""
    quote = quoted(discount())
    assert quote.monthly_price == 7380.0
    # a mean over draws is a sum of floats: equal to a millionth of a dollar
    assert LISTED.fees.mean - quote.fees.mean == pytest.approx(6 * 820, abs=1e-6)
    assert quote.monthly_price_range == pytest.approx([end * 0.9 for end in LISTED.monthly_price_range])


def test_who_must_approve_grows_with_the_distance_below_the_list() -> None:
    assert not guards(LISTED) & {"internal.below_list", "internal.far_below_list"}
    assert "internal.below_list" in guards(quoted(discount()))
    given_away = quoted(Trade(base=Decimal(4000)))
    assert "internal.far_below_list" in guards(given_away)
    assert "internal.below_list" not in guards(given_away)


def test_below_our_own_cost_somebody_above_sales_must_approve() -> None:
    """Without a base the seed's commission does not pay for a whole shop's people."""
    assert "internal.below_cost" not in guards(LISTED)
    below = quoted(Trade(base=Decimal(0)))
    assert below.agency is not None and below.agency.margin_share < 0
    guard = next(guard for guard in below.guards if guard.id == "internal.below_cost")
    assert guard.severity == "approval" and guard.approver is not None and "director" in guard.approver.en


def test_money_back_on_a_level_above_the_safe_one_is_approved() -> None:
    refund = quoted(Trade(refund=Decimal("0.3")))
    assert "internal.pays_back_above_safe" in guards(refund)
    easy = SEED.goals[0].model_copy(update={"at_least": Decimal("0.5")})
    safe = make(
        SEED.model_copy(update={"goals": (easy,)}),
        RULES,
        trade=Trade(refund=Decimal("0.3")),
        points=FEW,
        ask=False,
    )
    assert "internal.pays_back_above_safe" not in guards(safe)


def test_a_discount_that_nobody_took_in_time_no_longer_counts() -> None:
    later = quoted(discount(), on=SOON + dt.timedelta(days=1))
    assert later.monthly_price == LISTED.monthly_price and "internal.discount_ended" in guards(later)
    last_day = quoted(discount(), on=SOON)
    assert last_day.monthly_price == 7380.0 and "internal.discount_ended" not in guards(last_day)
    assert propose(later, Sending()).discount is None


@pytest.mark.parametrize(
    ("trade", "code"),
    [
        (discount("0.31"), "discount_too_large"),
        (discount(until=DAY + dt.timedelta(days=31)), "discount_too_long"),
        (discount(reason="friend"), "not_a_choice"),
    ],
)
def test_what_may_not_be_given_is_refused(trade: Trade, code: str) -> None:
    with pytest.raises(QuotecastError) as refused:
        quoted(trade)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_trade_after_a_discount_keeps_what_the_discount_left() -> None:
    quote = quoted(discount())
    traded = equal(quote, Decimal(6000), "commission", points=FEW)
    assert isinstance(traded, EqualTrade) and traded.trade.discount == quote.trade.discount
    after = quoted(traded.trade)
    assert after.monthly_price == 6000.0
    # rounded in the agency's favour by at most a tenth of a point of commission
    assert 0 <= after.fees.mean - quote.fees.mean < LISTED.fees.mean * 0.02


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_client_reads_the_discount_and_cannot_agree_after_its_last_day(language: Any) -> None:
    quote = quoted(discount())
    proposal = propose(quote, Sending(client=Party(name_en="Example (fictional)", name_zh="示例（虚构）")))
    assert proposal.discount is not None and proposal.valid_until.date() == SOON
    words = Words(language, to_you=True, vocabulary=RULES.vocabulary)
    said = str(proposal_paper(proposal, words, ""))
    reason = words.of(RULES.trade.discount.reason("start"))
    assert "7,380" in said and "8,200" in said and reason in said and words.date(SOON.isoformat()) in said


def test_the_discount_is_what_the_approval_is_asked_for() -> None:
    quote = quoted(discount())
    proposal = propose(quote, Sending(client=Party(name_en="Example (fictional)")))
    record = sending.record_of(quote, proposal)
    assert record.discount_cents == 6 * 82_000
    assert "base_fee" in {line.id for line in record.to_approve()}
