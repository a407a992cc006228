"""Where a price moves with a number: by its rate, or at an edge that is printed as a band.

The edition of 2026-12-01, in which growth steps count from a least baseline.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from estimator.contract.charges import Fixed, PerUnit, ShareOf
from estimator.contract.conditions import Facts
from estimator.contract.price_list import PriceList
from estimator.contract.terms import Terms
from estimator.rules.rules import open_rules

CARD = open_rules(on=dt.date(2026, 12, 1)).edition
LIST = PriceList(CARD)
HIGHEST = Decimal("0.2")
"""The highest share of the list: an input can move the fee of a month by no more than this a dollar."""
BANDS = {"sku_count": (11, 36, 61, 86), "contract_months": (3, 6, 12), "project_hours": (1,)}
"""The edges that the list prints as bands; no hours yet are a project whose scope is open."""

settlements = st.sampled_from(["fixed", "hybrid", "performance", None])
services = st.sampled_from(["whole_shop", "part_operation", "kpi_consulting", None])
money = st.integers(0, 3_000_000).map(Decimal)


def known(**told: object) -> Facts:
    return {**dict.fromkeys(CARD.facts), "platform_count": Decimal(1), "extra_stores": Decimal(0), **told}


def fee(terms: Terms, gmv: Decimal) -> Decimal:
    """What a month of this GMV is charged, without ads: fixed charges and the share of sales."""
    total = Decimal(0)
    for charge in terms.charges:
        if isinstance(charge, Fixed) and charge.settles == "month":
            total += charge.amount
        elif isinstance(charge, ShareOf) and charge.of.of == ("settled_gmv",):
            beyond = max(gmv - charge.baseline, Decimal(0))
            edges = (*charge.tiers.above, None)
            for rate, low, high in zip(charge.tiers.rate, edges, edges[1:]):
                total += rate * max((beyond if high is None else min(beyond, high)) - low, Decimal(0))
    return total


@given(settlement=settlements, service=services, gmv=money, stated=money, more=money)
@example(settlement="hybrid", service="whole_shop", gmv=60_000, stated=4_999, more=1)
@example(settlement=None, service=None, gmv=60_000, stated=0, more=5_000)
def test_the_fee_falls_with_the_baseline_and_by_no_more_than_its_rate(
    settlement: str | None, service: str | None, gmv: Decimal, stated: Decimal, more: Decimal
) -> None:
    facts = {"settlement": settlement, "service_model": service}
    small = fee(LIST.terms(known(**facts, current_gmv=Decimal(stated))), Decimal(gmv))
    large = fee(LIST.terms(known(**facts, current_gmv=Decimal(stated + more))), Decimal(gmv))
    assert large <= small
    # the edges rise 1.8 times as fast as the baseline, so a slice of the highest rate moves twice: .2 x 1.8
    assert small - large <= more * HIGHEST * Decimal("1.8")


@given(settlement=settlements, service=services, gmv=money)
def test_a_shop_that_does_not_tell_its_sales_pays_as_one_that_sells_nothing(
    settlement: str | None, service: str | None, gmv: Decimal
) -> None:
    facts = {"settlement": settlement, "service_model": service}
    unknown, nothing = (LIST.terms(known(**facts, current_gmv=said)) for said in (None, Decimal(0)))
    assert fee(unknown, gmv) == fee(nothing, gmv)


def test_one_dollar_of_todays_sales_costs_no_more_than_its_share() -> None:
    before, after = (
        fee(LIST.terms(known(settlement="hybrid", stage="cold", current_gmv=Decimal(now))), Decimal(60_000))
        for now in (4_999, 5_000)
    )
    assert before - after == Decimal("0.05")
    # worked by hand: 6,500 x 1.1 + 5 % of 55,001
    assert before == Decimal("9900.05")


def test_the_published_steps_stand_where_they_were_made_for() -> None:
    terms = LIST.terms(known(settlement="hybrid", current_gmv=Decimal(200_000)))
    # 6,500 + 5 % of 40,000 + 8 % of 40,000 + 12 % of 40,000 + 15 % of 40,000 + 20 % of 40,000
    assert fee(terms, Decimal(400_000)) == 6500 + 2000 + 3200 + 4800 + 6000 + 8000


@pytest.mark.parametrize("settlement", ["fixed", "hybrid", "performance", "project", "hourly"])
@pytest.mark.parametrize("name", sorted(CARD.facts))
def test_no_number_moves_the_price_by_a_step_that_is_not_a_band(name: str, settlement: str) -> None:
    if CARD.facts[name].kind not in ("count", "amount") or name not in CARD.reads:
        return
    counted = CARD.facts[name].kind == "count"
    tried = [Decimal(n) for n in (range(150) if counted else (0, 1, 999, 4_999, 19_999, 99_999, 199_999))]
    least, most = CARD.facts[name].least or Decimal(0), CARD.facts[name].most
    for now in tried:
        if now < least or (most is not None and now + 1 > most) or now + 1 in BANDS.get(name, ()):
            continue
        before, after = (_planned(known(settlement=settlement, **{name: n})) for n in (now, now + 1))
        each = max((rule.value for rule in CARD.rules if rule.for_each == name), default=Decimal(0))
        if name == "platform_count":  # by the platform, each in a row of its own
            each = Decimal(2_275)
        if name == "project_hours" and settlement == "hourly":
            each = Decimal(120)
        # a fixed settlement scales the base by 1.15, and a base is rounded to 50
        assert abs(after - before) <= max(each * Decimal("1.15") + 50, HIGHEST), (now, before, after)


def _planned(facts: Facts) -> Decimal:
    """Everything but the share of sales: by the month, by the unit planned, and once."""
    terms = LIST.terms(facts)
    units = sum((c.a_month for c in terms.charges if isinstance(c, PerUnit) and c.planned), Decimal(0))
    return fee(terms, Decimal(0)) + terms.fixed("once") + units


def test_the_bands_of_the_list_are_these_sizes() -> None:
    """An addition of a tenth of the base for each 25 SKUs begun, and what a longer term saves."""
    sizes = {
        (name, edge): _planned(known(**{name: Decimal(edge)})) - _planned(known(**{name: Decimal(edge - 1)}))
        for name in ("sku_count", "contract_months")
        for edge in BANDS[name]
    }
    assert sizes == {
        **{("sku_count", edge): 650 for edge in BANDS["sku_count"]},
        ("contract_months", 3): -650,
        ("contract_months", 6): -300,
        ("contract_months", 12): -350,
    }
