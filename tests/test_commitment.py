"""What signing commits to: the headline, the contract box, the command and the document say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from opened import RULES

from estimator.brief.brief import parse, read
from estimator.earnings.lines import Fees
from estimator.market.points import Points
from estimator.presentation.contract_words import contract_box
from estimator.presentation.figures import price_figure
from estimator.presentation.words import Words
from estimator.quoting.commitment import commitment
from estimator.quoting.make import make
from estimator.quoting.quote import Quote, deal_of
from estimator.schemas.proposed import Sending, propose

EXAMPLES = Path(__file__).parent.parent / "examples" / "briefs"
POINTS = Points(number=256, scrambles=4)
EN, ZH = (Words(language, vocabulary=RULES.vocabulary) for language in ("en", "zh"))


def quoted(**facts: object) -> Quote:
    told = {"stores": [{"platform": "tiktok_shop"}], "category": "beauty", **facts}
    brief = parse(told)
    return make(brief, RULES, points=POINTS, ask=False)


def test_just_ads_are_headed_by_all_that_is_sure() -> None:
    """3,500 stood alone, with 12 % of 32,000 of ads and 1,750 of set-up behind "+16 more"."""
    made = quoted(ad_budget=32_000, service_model="part_operation", settlement="hybrid")
    shown = price_figure(made, EN)
    assert shown.lines[0] == "5% of settled GMV + 8–12% of ad spend"
    first = sum(amount for _, amount in made.first_invoice)
    assert first == made.terms.fixed("month") * 2 + made.terms.fixed("once")  # base, deposit, set-up
    assert shown.lines[1].startswith(f"first invoice **${first:,.0f}** · 6 months **$")
    # ads run from the second month on, a little under budget: 12 % of some 30,000
    assert made.usual_month.p50 > made.monthly_price + 0.12 * 25_000


def test_a_project_is_headed_by_its_price_and_not_by_nothing_a_month() -> None:
    made = quoted(service_model="kpi_consulting", settlement="project", project_hours=80)
    shown = price_figure(made, EN)
    assert (shown.label, shown.value) == ("Price, once", "$4,800")
    assert price_figure(made, ZH).label == "一次性报价"


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("*.toml"))])
def test_a_usual_month_and_what_is_charged_once_make_the_term(name: str) -> None:
    made = make(read(EXAMPLES / f"{name}.toml"), RULES, points=POINTS, ask=False)
    charged: Fees = deal_of(made, POINTS).charged
    once = sum(line.over(made.months).mean() for line in charged.lines if line.charge.settles == "once")
    assert made.usual_month.mean * made.months + once == pytest.approx(made.fees.mean)
    committed = commitment(made)
    assert committed.least >= made.terms.fixed("month")
    assert all(price >= 0 for _, price in committed.exits)


def test_the_contract_box_holds_every_clause_and_nothing_of_ours() -> None:
    made = make(read(EXAMPLES / "seed_beauty.toml"), RULES, points=POINTS, ask=False)
    for words in (EN, ZH):
        box = contract_box(made, words)
        assert len(box.clauses) == len(made.terms.clauses) > 20
        assert box.rows[0][1] == "$19,650" and len(box.exits) == 5
        assert not any(".csv" in text or "margin" in text for text in box.clauses)


def test_a_document_says_profit_at_a_level_on_the_levels_own_axis_and_a_forecast_far_below_today() -> None:
    """The profit at a safe CAC must not be read off levels of ROAS."""
    goal = {"kpi": "cac_paid", "at_most": 40, "months": [1, 3]}
    site = [{"platform": "own_site"}]
    made = quoted(stores=site, ad_budget=20_000, price=40, landed_cost=9, goals=[goal])
    paper = propose(made, Sending())
    (asked,) = paper.goals
    assert asked.profit_asked is not None and asked.profit_safe is not None
    assert asked.profit_safe < asked.profit_asked  # the safe CAC is a dearer one
    assert paper.far_below is None
    big = quoted(ad_budget=5_000, current_gmv=400_000, recent_ad_spend=60_000, price=40, landed_cost=9)
    below = propose(big, Sending()).far_below
    assert below is not None and below.forecast < below.now / 2 and below.fewer_ads
