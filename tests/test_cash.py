"""The seller's cash: six months worked by hand to the cent, then laws."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from opened import RULES

from estimator.brief.brief import Brief
from estimator.brief.kpis import Quantity
from estimator.contract.charges import Bound, Fixed, ShareOf
from estimator.contract.pricing import price
from estimator.contract.terms import Terms
from estimator.contract.tiers import Tiers
from estimator.earnings.deal import Deal, deposit_of
from estimator.earnings.ledgers import Ledgers, fee_due
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.quoting.world import world
from estimator.values.money import exact_array
from estimator.values.text import Text

CENT = 0.005
"""Amounts by hand are exact to the cent; floats of this size are exact to far less."""
LABEL = Text(en="by hand", zh="手算")
SETTLED = ("20000", "24000.50", "30000", "28000", "36000.25", "40000")

BASE = Fixed(id="base_fee", label=LABEL, amount=Decimal(3000), due_days=7)
SETUP = Fixed(id="setup", label=LABEL, amount=Decimal(1500), settles="once", due_days=7)
SHARE = ShareOf(
    id="commission",
    label=LABEL,
    of=Quantity(of=("settled_gmv",)),
    tiers=Tiers(above=(Decimal(0),), rate=(Decimal("0.05"),)),
    due_days=15,
)
LEAST = Bound(
    id="least",
    label=LABEL,
    settles="quarter",
    over=("base_fee", "commission"),
    at_least=Decimal(14000),
    due_days=15,
)
TERMS = Terms(currency="USD", months=6, charges=(BASE, SETUP, SHARE, LEAST))
ACTUALS = Outcomes(
    months=tuple("123456"),
    platforms=("tiktok_shop",),
    quantities={"settled_gmv": exact_array([Decimal(v) for v in SETTLED], (1, 1, 6))},
)


def row(*amounts: float) -> np.ndarray:
    return np.array([amounts])


def by_hand() -> Ledgers:
    """Six months: half of a month's payout comes in the next, a tenth of it a month later still."""
    charged = fees(TERMS, ACTUALS)
    return Ledgers(
        agency_fee=charged.by_month.astype(float),
        ads=row(5000, 6000, 7000, 7000, 8000, 9000),
        creators=row(800, 900.07, 1000, 1000, 1200.23, 1400),
        samples=row(400, 400, 400, 400, 400, 400),
        platform_take=row(1200, 1440.03, 1800, 1680, 2160.02, 2400),
        settled_gmv=row(*map(float, SETTLED)),
        goods=row(6000, 7200.15, 9000, 8400, 10800.08, 12000),
        delivery=row(2000, 2400, 3000, 2800, 3600, 4000),
        payout_delay=np.array([15.2]),
        payout_reserve=np.array([0.1]),
        stock_lead=1,
        fee_due=fee_due(TERMS, charged, deposit=Decimal(3000)).astype(float),
    )


def test_fees_fall_due_by_hand() -> None:
    """Deposit 3,000 first; set-up and base in their month; 5 % a month later.

    The first quarter's base and commission are 9,000 + 1,000 + 1,200.03 + 1,500, so 1,299.97 is made up
    with the third month's commission. The deposit comes off the last invoice, of 2,000.
    """
    due = fee_due(TERMS, fees(TERMS, ACTUALS), deposit=Decimal(3000)).astype(float)
    assert due == pytest.approx(
        row(3000, 4500, 4000, 4200.03, 4500 + 1299.97, 4400, 4800.01, 2000 - 3000), abs=CENT
    )


def test_six_months_of_cash_by_hand() -> None:
    """Payouts: 45 % of takings in their month, 50 % in the next, 5 % in the one after.

    Takings are 18,000; 21,660.40; 27,200; 25,320; 32,640; 36,200, so payouts come to 8,100; 18,747.18;
    23,970.20; 26,077.02; 28,708; 33,876, and 19,732 and 1,810 after the end. Goods of the first month are
    bought before the start, those of each other one a month ahead.
    """
    money = by_hand()
    moved = row(-9000, -11000.15, -3052.82, 970.17, -723.03, 308.00, 15675.99)
    assert money.cash == pytest.approx(moved, abs=CENT)
    in_hand = row(-9000, -20000.15, -23052.97, -22082.80, -22805.83, -22497.83, -6821.84)
    assert money.cash.cumsum(axis=1) == pytest.approx(in_hand, abs=CENT)
    assert money.owed == pytest.approx([19732 + 1810 + 1000], abs=CENT)
    assert money.profit.sum() == pytest.approx(15720.16, abs=CENT)
    assert money.cash.sum() + money.owed[0] == pytest.approx(15720.16, abs=CENT)


def test_a_refund_leaves_the_payout_it_is_booked_in() -> None:
    """100 returned in month 2 is missing from the payouts of months 2, 3 and 4: 45, 50 and 5."""
    money = by_hand()
    fewer = replace(money, settled_gmv=money.settled_gmv - row(0, 100, 0, 0, 0, 0))
    assert money.cash - fewer.cash == pytest.approx(row(0, 0, 45, 50, 5, 0, 0), abs=CENT)


def test_a_payout_of_six_weeks_comes_in_the_next_two_months() -> None:
    money = replace(by_hand(), payout_delay=np.array([45.6]), payout_reserve=np.array([0.0]))
    one = replace(money, settled_gmv=money.settled_gmv + row(100, 0, 0, 0, 0, 0))
    assert one.cash - money.cash == pytest.approx(row(0, 0, 50, 50, 0, 0, 0), abs=CENT)


def test_an_invoice_of_45_days_is_paid_two_months_after_its_own() -> None:
    late = Terms(currency="USD", months=6, charges=(SHARE.model_copy(update={"due_days": 45}),))
    due = fee_due(late, fees(late, ACTUALS)).astype(float)
    assert due == pytest.approx(row(0, 0, 0, 1000, 1200.03, 1500, 1400, 1800.01, 2000), abs=CENT)


def test_the_deposit_of_an_open_term_is_still_held_at_the_end() -> None:
    open_end = Terms(currency="USD", charges=(BASE,))
    due = fee_due(open_end, fees(open_end, ACTUALS), deposit=Decimal(3000)).astype(float)
    assert due == pytest.approx(row(3000, 3000, 3000, 3000, 3000, 3000, 3000, -3000), abs=CENT)


BRIEF = Brief(category="beauty", ad_budget="20000", price="32", landed_cost="8", contract_months=6)


def deal_of() -> Deal:
    terms = price(BRIEF, RULES.edition, None).terms
    few = Points(number=64, scrambles=2)
    return world(RULES, "expected").deal(BRIEF, terms, few, months=6, horizon=6)


def test_cash_and_what_is_still_owed_add_up_to_profit() -> None:
    money = deal_of().money
    assert money.cash.sum(axis=1) + money.owed == pytest.approx(money.profit.sum(axis=1), abs=1e-6)


def test_the_list_holds_a_month_of_base_fee_as_deposit() -> None:
    found = deal_of()
    base = float(deposit_of(found.terms, RULES.trade.base))
    assert base == found.terms.charge("base_fee").amount
    without = found.under(found.terms.model_copy(update={"clauses": ()}))
    moved = without.money.cash.cumsum(axis=1) - found.money.cash.cumsum(axis=1)
    assert moved == pytest.approx(np.full_like(moved, base))
    assert without.money.owed - found.money.owed == pytest.approx(-base)


def test_terms_without_a_deposit_clause_hold_none() -> None:
    assert deposit_of(RULES.offers["us_agency"].terms, RULES.trade.base) == 0
