"""KPI records as a court could read them: whose month, which report, ripe when, and once with numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from opened import PLATFORMS, RULES
from test_contract_cases import LABEL, signed

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief, GoalWords, Store
from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi, Quantity
from estimator.contract.terms import Terms
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.market.points import Points
from estimator.presentation.kpi_words import kpi_lines
from estimator.presentation.labels import kpi_label
from estimator.presentation.words import Words
from estimator.promise.forecast import before_fees
from estimator.quoting.make import make
from estimator.quoting.meanings import meanings
from estimator.quoting.quote import deal_of
from estimator.schemas.parts import NamedGoal
from estimator.values.errors import QuotecastError

KPIS = list(RULES.kpis.values())
SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))
POINTS = Points(number=256, scrambles=2)


def goal(kpi: Kpi, level: object = 1, at_least: bool = True) -> Goal:
    return Goal(kpi=kpi, level=Decimal(str(level)), at_least=at_least, months=(1, 2))


def refund_on(kpi: Kpi) -> Terms:
    """A fee of which half is paid back where the KPI is missed."""
    step = {"goal": goal(kpi, level=10**9).model_dump(), "back": "0.5"}
    refund = {"kind": "refund", "over": ["c0"], "steps": [step], "paid_as": "cash"}
    return signed({"kind": "fixed", "amount": 1_000}, refund, months=2)


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.id)
def test_every_kpi_is_settled_from_the_columns_that_its_own_record_names(kpi: Kpi, tmp_path: Path) -> None:
    columns = sorted(kpi.columns)
    path = tmp_path / "actuals.csv"
    rows = [",".join(("month", *columns))]
    rows += [",".join((f"2027-0{month}", *("4" for _ in columns))) for month in (1, 2)]
    if not columns:
        rows = ["month,gmv", "2027-01,4", "2027-02,4"]
    path.write_text("\n".join(rows) + "\n")
    terms = refund_on(kpi)
    done = fees(terms, actuals.read([path], terms, PLATFORMS))
    assert not done.pending
    assert sum(line.amounts.sum() for line in done.lines if line.charge.id == "c1") == -1_000
    for column in columns:
        spare = "visits" if column == "days_down" else "days_down"
        short = [",".join(("month", *(c for c in (*columns, spare) if c != column)))]
        short += [",".join((f"2027-0{month}", *("4" for _ in columns))) for month in (1, 2)]
        path.write_text("\n".join(short) + "\n")
        assert fees(terms, actuals.read([path], terms, PLATFORMS)).pending, column


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.id)
def test_every_record_says_whose_month_which_report_and_how_it_is_read(kpi: Kpi) -> None:
    assert kpi.zone is not None and ZoneInfo(kpi.zone)
    assert kpi.ripe_days is not None and kpi.returns is not None and kpi.digits is not None
    cohort = any(name.startswith("cohort_") and "return" in name for name in kpi.counts)
    cohort |= "cohort_settled_gmv" in kpi.counts
    assert (kpi.returns == "cohort") == cohort
    assert not cohort or kpi.ripe_days >= 30, "returns of the last month's sales must be in"
    for language, zone in (("en", "Los Angeles time"), ("zh", "洛杉矶时间")):
        lines = list(kpi_lines(kpi, Words(language)))  # type: ignore[arg-type]
        assert any(zone in line for line in lines)
        assert len(lines) >= 5


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.id)
def test_the_worked_example_is_what_the_record_computes(kpi: Kpi) -> None:
    worked = kpi.worked
    assert worked is not None and kpi.digits is not None and (worked.under is None) == (kpi.under is None)
    exact = (worked.over if worked.under is None else worked.over / worked.under) + kpi.offset
    step = Decimal(1).scaleb(-kpi.digits)
    assert worked.result == exact.quantize(step, ROUND_HALF_UP)

    class Once:
        calendar = __import__("estimator.brief.calendar", fromlist=["WHOLE"]).WHOLE

        def count(self, quantity: Quantity) -> np.ndarray:
            value = worked.over if quantity == kpi.over else worked.under
            return np.array([[float(value)]])

    assert kpi.value(Once(), slice(0, 1))[0] == pytest.approx(float(exact))  # type: ignore[arg-type]


# ── the platform's net return on ads ──────────────────────────────────────────────────────────────


def test_net_is_gross_less_commission_and_fees_in_every_draw() -> None:
    made = make(SEED, RULES, points=POINTS, ask=False)
    counted = deal_of(made, POINTS).counted

    def of(name: str) -> np.ndarray:
        return counted.count(Quantity(of=(name,)))

    net = of("promoted_gmv") - of("creator_commission") - of("platform_take")
    assert of("promoted_net_gmv") == pytest.approx(net)
    assert 0.5 < of("promoted_net_gmv").mean() / of("promoted_gmv").mean() < 0.95


def test_what_two_and_a_half_means_under_each() -> None:
    """The same words are likelier gross than net, and the table of meanings shows both."""
    made = make(SEED, RULES, points=POINTS, ask=False)
    shown = {one.goal.kpi.id: one for one in meanings(made, points=POINTS) if one.goal.reading == "total"}
    gross, net = shown["roas_platform_total"].probability, shown["roas_platform_net"].probability
    assert gross is not None and net is not None and net.value < gross.value


def test_a_net_goal_is_priced_as_hard_as_the_same_before_costs() -> None:
    """Costs are not known before there is a price, and only make it harder."""
    easier = before_fees(goal(RULES.kpis["roas_platform_net"]))
    assert easier is not None and easier.kpi.counts == RULES.kpis["roas_platform_total"].counts
    said = GoalWords(kpi="roas_platform_net", at_least=Decimal("2.5"), months=(1, 3))
    net = make(SEED.model_copy(update={"goals": (said,)}), RULES, points=POINTS, ask=False)
    gross = make(
        SEED.model_copy(update={"goals": (said.model_copy(update={"kpi": "roas_platform_total"}),)}),
        RULES,
        points=POINTS,
        ask=False,
    )
    assert net.monthly_price == gross.monthly_price
    assert net.goals[0].probability is not None and gross.goals[0].probability is not None
    assert net.goals[0].probability.value < gross.goals[0].probability.value


def test_the_break_in_the_report_is_marked_on_both_records() -> None:
    for name in ("roas_platform_total", "roas_platform_net"):
        changed = RULES.kpis[name].changed
        assert changed is not None and changed.since == "2026-05" and "whyitwon.com" in changed.source
        assert any("2026" in line for line in kpi_lines(RULES.kpis[name], Words("zh")))


def test_only_a_refund_beside_flat_rates_reads_our_own_fee() -> None:
    """A bonus on a KPI that counts our fee, or a refund beside tiers, is refused before it is signed."""
    target = goal(RULES.kpis["cac_full"], at_least=False).model_dump()
    with pytest.raises(QuotecastError):
        signed({"kind": "fixed", "amount": 5, "settles": "once", "due_if": [target]}, months=2)
    step = {"goal": target, "back": "0.5"}
    tiers = {"above": [0, 10], "rate": ["0.1", "0.2"]}
    share = {"kind": "share", "of": {"of": ["gmv"]}, "tiers": tiers}
    with pytest.raises(QuotecastError):
        signed(share, {"kind": "refund", "over": ["c0"], "steps": [step], "paid_as": "cash"}, months=2)
    assert LABEL["en"]


@pytest.mark.parametrize("kpi", ["acos", "roas_ad_attributed"])
def test_of_two_platforms_a_kpi_is_counted_on_the_one_that_reports_it(kpi: str) -> None:
    """The chance and the goal's name both are that store's alone."""
    asked_for = {"at_most": "0.35"} if kpi == "acos" else {"at_least": "2"}
    words = GoalWords(kpi=kpi, months=(1, 2), **asked_for)
    both = Brief(
        category="beauty",
        ad_budget="20000",
        price="30",
        goals=[words],
        stores=[Store(platform="tiktok_shop"), Store(platform="own_site")],
    )
    quote = make(both, RULES, points=POINTS)
    asked, counted = quote.goals[0], deal_of(quote, POINTS).counted
    (reporting,) = asked.goal.kpi.platforms or ()
    store = counted.platforms.index(reporting)
    by_hand = {name: counted.quantities[name][:, store, :2].sum(axis=1) for name in asked.goal.kpi.counts}
    above, below = (by_hand[part.of[0]] for part in (asked.goal.kpi.over, asked.goal.kpi.under) if part)
    level = float(asked.goal.level)
    met = above <= level * below if kpi == "acos" else above >= level * below
    assert asked.probability is not None and asked.measurable
    # the smoothed chance of a quote beside a share of 512 draws: four standard errors of the share
    assert asked.probability.value == pytest.approx(met.mean(), abs=4 * (0.25 / len(met)) ** 0.5)
    assert NamedGoal.of(asked.goal).platforms == (reporting,)
    name = {"own_site": "Own site", "tiktok_shop": "TikTok Shop"}[reporting]
    assert kpi_label(Words("en", vocabulary=RULES.vocabulary), asked.goal.kpi).endswith(f" on {name}")


def test_a_goal_on_one_store_is_settled_from_that_stores_actuals(tmp_path: Path) -> None:
    on_site = RULES.kpis["acos"].on(("own_site",))
    step = {"goal": goal(on_site, level="0.35", at_least=False).model_dump(), "back": "0.5"}
    terms = signed(
        {"kind": "fixed", "amount": 1_000},
        {"kind": "refund", "over": ["c0"], "steps": [step], "paid_as": "cash"},
        months=2,
    )
    path = tmp_path / "actuals.csv"
    rows = ["month,store,ad_spend,attributed_gmv"]
    for month in ("2027-01", "2027-02"):
        rows += [f"{month},own_site,30,100", f"{month},tiktok_shop,90,100"]
    path.write_text("\n".join(rows), "utf-8")
    done = fees(terms, actuals.read([path], terms, PLATFORMS))
    assert not done.pending and done.total == 2_000, "30 of 100 on the site; of both stores 60 of 100"
