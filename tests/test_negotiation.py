"""Trades and clauses: laws first, then cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import RULES

from estimator.brief.brief import read
from estimator.brief.goals import Goal
from estimator.contract.charges import Refund, ShareOf, Shortfall
from estimator.contract.trade import Trade
from estimator.earnings.deal import Deal
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.market.summary import tail_mean
from estimator.presentation.trade import trade_words
from estimator.presentation.words import Words
from estimator.quoting import make, quote, trades
from estimator.quoting.listing import clause_goal
from estimator.quoting.negotiation import EqualTrade, Means, NoTrade, base_of, clause_value, worth
from estimator.quoting.quote import Quote

EXAMPLES = Path(__file__).parent.parent / "examples" / "briefs"
POINTS = Points(number=256, scrambles=4)
BRIEFS = ("seed_beauty", "auto_tools_mature", "apparel_with_history")


@lru_cache
def made(name: str) -> Quote:
    return make.make(read(EXAMPLES / f"{name}.toml"), RULES, points=POINTS, ask=False)


def deal(name: str) -> tuple[Quote, Deal, Goal]:
    found = made(name)
    goal = clause_goal(tuple(odds.goal for odds in found.goals))
    assert goal is not None
    return found, quote.deal_of(found, POINTS), goal


def traded(name: str, base: Decimal, means: Means, risk_price: float) -> EqualTrade | NoTrade:
    return trades.equal(made(name), base, means, risk_price, POINTS)


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(BRIEFS),
    part=st.decimals("0.3", "0.98", places=2),
    means=st.sampled_from(("commission", "bonus")),
    risk_price=st.sampled_from((0.0, 0.2, 0.5)),
)
def test_an_equal_trade_keeps_the_income(name: str, part: Decimal, means: Means, risk_price: float) -> None:
    """The exact solution keeps it to a millionth; the one that is signed is rounded in our favour only."""
    found, dealt, goal = deal(name)
    rules = RULES.trade
    base = base_of(dealt.terms, rules)
    assert base is not None
    trade = traded(name, base * part, means, risk_price)
    terms_of = make.terming(found.priced, RULES, goal)
    if isinstance(trade, NoTrade):
        listed = dealt.terms.charge(rules.commission)
        assert isinstance(listed, ShareOf) and trade.reason == "no_room"
        lower = Trade(base=base * part)
        given = worth(dealt.income, risk_price) - worth(dealt.under(terms_of(lower)).income, risk_price)
        most = {
            "commission": {"commission": rules.most_rate - max(listed.tiers.rate)},
            "bonus": {"bonus": Decimal(repr(float(rules.bonus.most) * given))},
        }[means]
        offered = terms_of(lower.model_copy(update=most))
        assert worth(dealt.under(offered).income, risk_price) < worth(dealt.income, risk_price)
        return
    field = "commission" if means == "commission" else "bonus"
    exact = trade.trade.model_copy(update={field: Decimal(repr(trade.exact))})
    kept = worth(dealt.under(terms_of(exact)).income, risk_price)
    assert kept == pytest.approx(trade.before, rel=1e-6)
    assert trade.after >= trade.before - 1e-6 * trade.before
    step = 0.001 if means == "commission" else float(rules.bonus.step)
    assert 0 <= float(getattr(trade.trade, field)) - trade.exact <= step + 1e-9


@pytest.mark.parametrize("name", BRIEFS)
def test_an_equal_bonus_times_its_probability_is_what_was_given_up(name: str) -> None:
    _, dealt, goal = deal(name)
    base = base_of(dealt.terms, RULES.trade)
    assert base is not None
    given_up = float(base) * 0.25 * dealt.months
    trade = traded(name, base * Decimal("0.75"), "bonus", 0.0)
    terms = make.terming(made(name).priced, RULES, goal)(Trade(bonus=Decimal(1)))
    (bonus,) = (line for line in dealt.under(terms).charged.lines if line.charge.id == "bonus")
    due = bonus.amounts.sum(axis=1).mean()
    if isinstance(trade, NoTrade):
        # one that falls due in fewer than half of the outcomes would cost more than is offered
        assert due * float(RULES.trade.bonus.most) < 1 and trade.most == pytest.approx(2 * given_up)
        return
    assert trade.exact * due == pytest.approx(given_up, rel=1e-6)
    # months that a duty leaves out are few, so it is due about as often as the goal is met
    assert due == pytest.approx(goal.met(dealt.counted).mean(), abs=0.03)


def test_no_trade_is_offered_beyond_its_bound_and_the_bound_is_said() -> None:
    """3,000 for 8,200 a month gives up 31,200 over six months: a goal of 23 % would ask 4.3 times that."""
    bonus = traded("seed_beauty", Decimal(3000), "bonus", 0.0)
    assert isinstance(bonus, NoTrade) and bonus.most == pytest.approx(62_400)
    rate = traded("auto_tools_mature", Decimal(3000), "commission", 0.0)
    assert isinstance(rate, NoTrade) and rate.most == pytest.approx(0.3)
    for language, said in (("en", "over $62,400, 2 times"), ("zh", "$62,400（")):
        words = Words(language, vocabulary=RULES.vocabulary)
        assert said in trade_words(made("seed_beauty"), bonus, words).lines[0]
        assert "30%" in trade_words(made("auto_tools_mature"), rate, words).lines[0]


@pytest.mark.parametrize("name", BRIEFS)
def test_a_higher_price_of_risk_asks_for_more_commission(name: str) -> None:
    base = base_of(made(name).terms, RULES.trade)
    assert base is not None
    asked = [traded(name, base * Decimal("0.95"), "commission", price) for price in (0.0, 0.2, 0.5)]
    rates = [trade.exact for trade in asked if isinstance(trade, EqualTrade)]
    assert rates == sorted(rates) and len(set(rates)) == 3


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(BRIEFS),
    part=st.decimals("0", "0.98", places=2),
    means=st.sampled_from(("commission", "bonus", "term")),
)
def test_no_trade_lowers_the_margin_below_the_one_it_states(name: str, part: Decimal, means: Means) -> None:
    """The margin of the quote as it would be signed is the one stated, and no lower than the list's."""
    base = base_of(made(name).terms, RULES.trade)
    assert base is not None
    trade = traded(name, base * part, means, 0.0)
    if isinstance(trade, NoTrade):
        return
    signed = make.make(made(name).brief, RULES, points=POINTS, trade=trade.trade, ask=False)
    assert signed.agency is not None and trade.margins is not None
    before, after = trade.margins
    # the longer horizon draws its months anew: equal up to the order of summing
    assert signed.agency.margin.mean == pytest.approx(after, rel=1e-9)
    # a hundredth of a per cent: late payment costs a share of fees that a refund may turn below zero
    assert after >= before - 1e-4 * abs(before)


def test_a_longer_term_is_the_shortest_that_keeps_the_margin() -> None:
    listed = made("seed_beauty")
    base = base_of(listed.terms, RULES.trade)
    assert base is not None and listed.agency is not None
    trade = traded("seed_beauty", base * Decimal("0.8"), "term", 0.0)
    assert isinstance(trade, EqualTrade) and trade.trade.months == 9
    assert trade.after >= trade.before == pytest.approx(listed.agency.margin.mean)
    shorter = trade.trade.model_copy(update={"months": 8})
    less = make.make(listed.brief, RULES, points=POINTS, trade=shorter, ask=False)
    assert less.agency is not None and less.agency.margin.mean < trade.before


@pytest.mark.parametrize("name", ["seed_beauty", "auto_tools_mature"])
def test_no_length_of_a_contract_pays_for_work_without_a_base(name: str) -> None:
    """Eleven months for nothing were offered once: added months cost more work than they bring."""
    trade = traded(name, Decimal(0), "term", 0.0)
    assert isinstance(trade, NoTrade) and trade.reason == "no_room"


def test_a_longer_term_below_the_list_is_seen_by_the_month_and_over_the_term() -> None:
    listed = made("seed_beauty")
    long = make.make(listed.brief, RULES, points=POINTS, trade=Trade(base="3000", months=9), ask=False)
    assert "internal.far_below_list" in {guard.id for guard in long.guards}
    assert listed.agency is not None and long.agency is not None
    assert listed.agency.margin_share - long.agency.margin_share > 0.18
    free = make.make(listed.brief, RULES, points=POINTS, trade=Trade(base="0", months=11), ask=False)
    assert {"internal.below_cost", "internal.far_below_list"} <= {guard.id for guard in free.guards}


def test_where_our_cost_is_not_known_no_longer_term_is_offered() -> None:
    rules = replace(RULES, costs=None, own_sha="none")
    outside = make.make(made("seed_beauty").brief, rules, points=POINTS, ask=False)
    trade = trades.equal(outside, Decimal(6500), "term", 0.0, POINTS)
    assert isinstance(trade, NoTrade) and trade.reason == "no_cost"


@pytest.mark.parametrize("base", ["8200", "9000"])
def test_a_base_that_is_not_lower_is_no_trade(base: str) -> None:
    found = traded("seed_beauty", Decimal(base), "commission", 0.0)
    assert isinstance(found, NoTrade) and found.reason == "not_lower"


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), st.floats(0, 1e5), st.floats(0, 1))
def test_more_in_every_outcome_is_never_worth_less(draws: list[float], more: float, price: float) -> None:
    income = np.array(draws)
    assert worth(income + more, price) == pytest.approx(worth(income, price) + more, abs=1e-3)
    one_better = income.copy()
    one_better[0] += more
    assert worth(one_better, price) >= worth(income, price) - 1e-6 * np.abs(income).max() - 1e-9


def test_the_worst_fifth_counts_the_draw_on_its_edge_in_part() -> None:
    """Of 12 draws a fifth is 2.4: 1 + 2 + 0.4 x 3, over 2.4."""
    assert tail_mean(np.arange(1.0, 13.0), 0.2) == pytest.approx((1 + 2 + 0.4 * 3) / 2.4)


@pytest.mark.parametrize("clause", ["refund", "protection"])
def test_a_clause_at_its_fair_value_leaves_the_mean_where_it_was(clause: str) -> None:
    found, dealt, goal = deal("seed_beauty")
    added = {"refund": Decimal("0.3")} if clause == "refund" else {"protection": True}
    terms_of = make.terming(found.priced, RULES, goal)
    value = clause_value(dealt, clause, Trade(**added), terms_of=terms_of, risk_price=0.0)  # type: ignore[arg-type]
    assert value is not None
    assert value.seller.mean == pytest.approx(0, abs=1e-6)
    assert 0 < value.pays.value < 1
    assert value.tail >= value.typical - 1e-9 and value.largest >= value.tail - 1e-9
    assert value.fair.value == pytest.approx(value.pays.value * value.typical)


def test_a_clause_never_costs_more_than_it_covers() -> None:
    found, dealt, goal = deal("seed_beauty")
    terms_of = make.terming(found.priced, RULES, goal)
    value = clause_value(dealt, "protection", Trade(protection=True), terms_of=terms_of, risk_price=0.0)
    assert value is not None
    three_months = dealt.charged.by_month[:, :3].sum(axis=1)
    assert value.largest <= three_months.max() + 1e-6


def settled_shortfall(spend: str, sales: str, orders: str) -> Decimal:
    """A protection of ROAS 2.5 at nine tenths over one month with a fee of 8,000."""
    kpis = RULES.kpis
    goal = Goal(kpi=kpis["roas_blended"], level=Decimal("2.5"), months=(1, 1))
    priced = made("seed_beauty").priced
    listed = priced.terms.model_copy(update={"months": 1})
    terms = make.terming(replace(priced, terms=listed), RULES, goal)(Trade(base="8000", protection=True))
    exact = {"ad_spend": spend, "gmv": sales, "orders": orders, "days_down": "0", "settled_gmv": "0"}
    quantities = {name: np.array([[[Decimal(value)]]], dtype=object) for name, value in exact.items()}
    others = terms.counts - quantities.keys()
    quantities |= {name: np.array([[[Decimal(0)]]], dtype=object) for name in others}
    counted = Outcomes(months=("1",), platforms=("tiktok_shop",), quantities=quantities)
    done = fees(terms, counted)
    return done.credit_total[0]


def test_the_protection_pays_what_the_platforms_formula_says() -> None:
    """20,000 - 36,000 / (0.9 x 2.5) = 4,000; at nine tenths of the target nothing; too few orders: void.

    The first month is for setting up, so that less than the planned ads does not take it out.
    """
    assert settled_shortfall("20000", "36000", "700") == Decimal("4000.00")
    assert settled_shortfall("20000", "45000", "700") == 0
    assert settled_shortfall("20000", "36000", "600") == 0
    assert settled_shortfall("15000", "18000", "700") == Decimal("7000.00")


def test_the_protection_never_pays_more_than_was_charged() -> None:
    """8,000 base, 3,250 set-up and 10 % of the 80,000 of ads above 20,000."""
    assert settled_shortfall("100000", "0", "700") == Decimal("19250.00")


def test_a_refund_is_by_steps_or_for_a_shortfall() -> None:
    with pytest.raises(ValueError, match=r"refund_or_shortfall|steps"):
        Refund(
            id="r",
            label=RULES.trade.refund.label,
            over=("base_fee",),
            paid_as="cash",
        )
    assert Shortfall.model_fields["tolerance"].default == 1
