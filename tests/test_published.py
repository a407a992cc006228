"""Fee contracts that agencies have published, each settled on months worked by hand beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from opened import RULES
from test_months import settle, totals

from estimator.contract.charges import AnyCharge, Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.offers import Offer, parse_offer
from estimator.contract.terms import Terms, fee_named
from estimator.earnings.offer_examples import example_faults
from estimator.schemas.statement import Statement
from estimator.values.validation import parse_toml

FOLDER = Path(__file__).parent / "published"


def read(path: Path) -> Offer:
    text = path.read_text("utf-8")
    return parse_offer(parse_toml(text, path.name), RULES.kpis, path.name, text, RULES.vocabulary)


PUBLISHED = {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}

USES: dict[str, set[str]] = {
    "ads_with_a_floor": {"minimum", "cap", "baseline", "slices", "fee_of_a_month_on_target", "some_months"},
    "base_and_falling_share": {"by_month", "slices"},
    "consulting_retainer": {"by_month", "early_exit", "notice"},
    "contractor_meta_ads": {"minimum"},
    "douyin_partner": {"by_month", "set_up", "fee_on_a_fee"},
    "douyin_year_tiers": {"by_month", "slices", "year_to_date"},
    "falling_share_of_budget": {"falling_whole"},
    "fee_by_ad_spend": {"by_month", "amount_by_tier"},
    "last_months_ads": {"by_month", "last_month"},
    "launch_in_three_months": {"by_month", "some_months"},
    "leads_by_test_package": {"set_up", "own_count", "per_piece", "allowance", "some_months"},
    "local_price_list": {"by_month", "set_up", "minimum", "rising_whole", "own_count", "per_piece"},
    "mailed_leads": {"set_up", "own_count", "per_piece", "allowance", "refund_in_proportion", "some_months"},
    "platform_growth_plan": {"set_up", "refund_by_steps", "as_credit", "some_months"},
    "quarter_of_hours": {"quarter_in_advance", "hours", "allowance", "pooled"},
    "rolling_retainer": {"by_month", "hours", "allowance", "rolls_over"},
    "sales_wager": {"set_up", "refund_in_proportion", "some_months"},
}
"""What each contract uses of the terms; a feature that is lost in its file makes the test fail."""

EVERY = {
    "allowance",
    "amount_by_tier",
    "as_credit",
    "baseline",
    "by_month",
    "cap",
    "early_exit",
    "falling_whole",
    "fee_of_a_month_on_target",
    "fee_on_a_fee",
    "hours",
    "last_month",
    "minimum",
    "notice",
    "own_count",
    "per_piece",
    "pooled",
    "quarter_in_advance",
    "refund_by_steps",
    "refund_in_proportion",
    "rising_whole",
    "rolls_over",
    "set_up",
    "slices",
    "some_months",
    "year_to_date",
}


def features(terms: Terms) -> set[str]:
    """What terms use, read off their charges and clauses."""
    own = {count.id for count in terms.own_counts}
    found = {name for charge in terms.charges for name in of_charge(charge, own)}
    return found | {clause.kind for clause in terms.clauses if clause.states}


def of_charge(charge: AnyCharge, own: set[str]) -> Iterator[str]:
    uses: dict[str, object] = {"some_months": charge.months}
    if isinstance(charge, Fixed):
        uses |= {
            "by_month": charge.settles == "month" and not charge.due_if,
            "set_up": charge.settles == "once",
            "amount_by_tier": charge.steps,
            "quarter_in_advance": charge.settles == "quarter" and charge.in_advance,
            "fee_of_a_month_on_target": charge.each_month,
        }
    if isinstance(charge, PerUnit):
        uses |= {
            "hours": charge.exact,
            "per_piece": not charge.exact,
            "own_count": set(charge.of.of) & own,
            "allowance": charge.included,
            "pooled": charge.pools,
            "rolls_over": charge.rolls_over,
        }
    if isinstance(charge, ShareOf):
        several, whole = len(charge.tiers.rate) > 1, charge.tiers.reach == "whole"
        uses |= {
            "slices": several and not whole,
            "rising_whole": several and whole and charge.tiers.rising,
            "falling_whole": several and whole and not charge.tiers.rising,
            "baseline": charge.baseline,
            "year_to_date": charge.running,
            "last_month": charge.lag,
            "fee_on_a_fee": any(fee_named(name) for name in charge.of.of),
        }
    if isinstance(charge, Bound):
        uses |= {"minimum": charge.at_least, "cap": charge.at_most}
    if isinstance(charge, Refund):
        uses |= {
            "refund_by_steps": charge.steps,
            "refund_in_proportion": charge.proportion,
            "as_credit": charge.paid_as == "ad_credit",
        }
    return (name for name, used in uses.items() if used)


@pytest.fixture(params=PUBLISHED.values(), ids=lambda offer: offer.id)
def offer(request: pytest.FixtureRequest) -> Offer:
    return request.param


def test_a_published_contract_settles_to_its_worked_examples(offer: Offer) -> None:
    assert len(offer.examples) >= 2
    assert all(example.why for example in offer.examples)
    assert example_faults(offer, offer.id) == ()


def test_a_published_contract_names_where_it_stands(offer: Offer) -> None:
    """An address, or the document by name and who published it."""
    assert PUBLISHED[offer.id] is offer
    address = re.search(r"https?://\S+\.\S+|\b\w+\.com\b", offer.source)
    document = re.search(r"'[^']+'|\bpage of [A-Z]", offer.source) and "public" in offer.source
    assert address or document, offer.source


def test_every_contract_uses_what_it_is_here_for_and_together_they_use_everything() -> None:
    assert {name: features(offer.terms) for name, offer in PUBLISHED.items()} == USES
    assert set().union(*USES.values()) == EVERY
    kinds = {charge.kind for offer in PUBLISHED.values() for charge in offer.terms.charges}
    assert kinds == {"fixed", "per_unit", "share", "bound", "refund"}


# ── every number of a contract decides an example ─────────────────────────────────────────────────


def changes(charge: AnyCharge) -> Iterator[dict[str, Any]]:
    """The same charge with one of its numbers or rules another, one at a time."""
    for field in ("amount", "price", "included", "rolls_over", "at_least", "at_most", "baseline", "lag"):
        if value := getattr(charge, field, None):
            yield {field: value + 1 if field != "lag" else 0}
    for field, other in (("pools", None), ("running", False), ("each_month", False), ("months", None)):
        if getattr(charge, field, None) and not (field == "months" and isinstance(charge, Refund)):
            yield {field: other}
    if isinstance(charge, ShareOf):
        tiers = charge.tiers
        for index, rate in enumerate(tiers.rate):
            rates = (*tiers.rate[:index], rate + Decimal("0.01"), *tiers.rate[index + 1 :])
            yield {"tiers": tiers.model_copy(update={"rate": rates})}
        for index, edge in enumerate(tiers.above[1:], start=1):
            edges = (*tiers.above[:index], edge * Decimal("0.9"), *tiers.above[index + 1 :])
            yield {"tiers": tiers.model_copy(update={"above": edges})}
    if isinstance(charge, Fixed):
        for index, step in enumerate(charge.steps):
            for field in ("above", "amount"):
                moved = step.model_copy(update={field: getattr(step, field) - 1})
                yield {"steps": (*charge.steps[:index], moved, *charge.steps[index + 1 :])}
    if isinstance(charge, Refund):
        for index, step in enumerate(charge.steps):
            goal = step.goal.model_copy(update={"level": step.goal.level + Decimal("0.01")})
            for moved in ({"back": step.back / 2}, {"goal": goal}):
                other = step.model_copy(update=moved)
                yield {"steps": (*charge.steps[:index], other, *charge.steps[index + 1 :])}
        if charge.proportion is not None:
            goal = charge.proportion.goal
            goal = goal.model_copy(update={"level": goal.level * Decimal("1.01")})
            yield {"proportion": charge.proportion.model_copy(update={"goal": goal})}


@pytest.mark.parametrize(
    ("name", "charge", "change"),
    [
        pytest.param(name, charge.id, change, id=f"{name}-{charge.id}-{next(iter(change))}-{index}")
        for name, offer in PUBLISHED.items()
        for charge in offer.terms.charges
        for index, change in enumerate(changes(charge))
    ],
)
def test_a_changed_number_makes_an_example_fail(name: str, charge: str, change: dict[str, Any]) -> None:
    offer = PUBLISHED[name]
    charges = [one.model_copy(update=change) if one.id == charge else one for one in offer.terms.charges]
    terms = offer.terms.model_copy(update={"charges": tuple(charges)})
    assert example_faults(offer.model_copy(update={"terms": terms}), name)


# ── part months and months after the end ──────────────────────────────────────────────────────────


def lines(paper: Statement, month: int) -> dict[str, Decimal]:
    return {line.charge: line.amount for line in paper.months[month].lines}


def test_leaving_the_consulting_retainer_early_costs_two_months(tmp_path: Path) -> None:
    """Twelve months from 1 January, left on 20 March: 20 thirtieths of March, and 2 x 25,000."""
    rows = "month,to,hours\n2024-01,,0\n2024-02,,0\n2024-03,2024-03-20,0\n"
    paper = settle(tmp_path, PUBLISHED["consulting_retainer"].terms, rows, ends="2024-03-20")
    assert lines(paper, 2) == {"retainer": Decimal("16666.67"), "early_exit": 50_000}
    assert paper.total == Decimal("116666.67")


def test_a_part_month_of_the_rolling_retainer_holds_its_part_of_the_hours(tmp_path: Path) -> None:
    """From 16 April: half of 2,000 and 4 hours, all used; 12.5 in May are 4.5 beyond 8 = 1,125."""
    rows = "month,from,hours\n2027-04,2027-04-16,4\n2027-05,,12.5\n"
    paper = settle(tmp_path, PUBLISHED["rolling_retainer"].terms, rows)
    assert totals(paper) == [1_000, 3_125]


def test_a_minimum_is_divided_with_its_month_and_the_share_is_not(tmp_path: Path) -> None:
    """From 21 April: a third of 497 is 165.67, and 20 % of 500 is 100, so 65.67 are missing."""
    rows = "month,from,ad_spend\n2027-04,2027-04-21,500\n2027-05,,2485\n"
    paper = settle(tmp_path, PUBLISHED["contractor_meta_ads"].terms, rows)
    assert totals(paper) == [Decimal("165.67"), 497]


def test_commission_on_goods_that_come_back_after_the_year_goes_back_at_its_tier(tmp_path: Path) -> None:
    """12 x 50,000 is 600,000 = 15,000 + 5,000; of 200,000 back, 100,000 were at 5 % and 100,000 at 3 %."""
    rows = "month,currency,gmv\n" + "".join(f"{month},CNY,50000\n" for month in range(1, 13))
    rows += "13,CNY,-200000\n"
    paper = settle(tmp_path, PUBLISHED["douyin_year_tiers"].terms, rows)
    assert paper.months[12].total == -8_000
    assert paper.total == 12 * 80_000 + 20_000 - 8_000
