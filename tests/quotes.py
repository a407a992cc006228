"""A quote made by hand, for tests of what a page says about one: round figures, no simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

from opened import RULES

from estimator.brief.brief import Brief, GoalWords, Store
from estimator.brief.goals import Goal, Probability, Promise
from estimator.brief.kpis import Quantity
from estimator.contract.charges import Fixed, ShareOf
from estimator.contract.guards import Raised
from estimator.contract.pricing import Priced, Step
from estimator.contract.terms import Terms
from estimator.contract.tiers import Tiers
from estimator.contract.trade import Trade
from estimator.earnings.ledgers import Blocks, SellerMoney, StartMoney
from estimator.earnings.payoff import Mark, Payoff
from estimator.market.points import Points
from estimator.market.summary import Spread
from estimator.quoting.questions import Unanswered
from estimator.quoting.quote import Quote, QuotedGoal
from estimator.quoting.world import world
from estimator.values.text import Text

BRIEF = Brief(
    stores=(Store(platform="tiktok_shop", kind="cross_border", status="new"),),
    category="beauty",
    ad_budget=Decimal(20000),
    goals=(GoalWords(kpi="roas_platform_total", at_least=Decimal("2.5"), months=(1, 3)),),
)


def terms() -> Terms:
    base = Fixed(
        id="base_fee", label=Text(en="Base fee", zh="基础服务费"), amount=Decimal(7850), rule="r#base"
    )
    share = ShareOf(
        id="commission",
        label=Text(en="Commission", zh="提点"),
        of=Quantity(of=("settled_gmv",)),
        tiers=Tiers(above=(Decimal(0),), rate=(Decimal("0.05"),)),
        baseline=Decimal(60000),
    )
    return Terms(currency="USD", months=6, charges=(base, share))


def step(
    charge: str, en: str, zh: str, before: str | None, after: str, rule: str, verb: Any = "scales"
) -> Step:
    return Step(
        charge=charge,
        verb=verb,
        value=Decimal(after),
        before=None if before is None else Decimal(before),
        after=Decimal(after),
        rule=rule,
        label=Text(en=en, zh=zh),
        rationale="by hand",
        source="by hand",
    )


STEPS = (
    step("base_fee", "Whole-shop operation", "整店代运营", None, "6500", "base_fee.csv:2#base.whole", "sets"),
    step("base_fee", "Beauty +10 %", "美妆个护 +10%", "6500", "7150", "category.csv:2#cat.beauty"),
    step("base_fee", "Cold start +15 %", "冷启动期 +15%", "7150", "8222.5", "stage.csv:2#stage.cold"),
    step("base_fee", "6-month term −5 %", "签约 6 个月 −5%", "8222.5", "7811.375", "term.csv:4#term.6"),
    step("base_fee", "Rounded to 50", "取整到 50", "7811.375", "7850", "card.toml:6#step", "rounds"),
    step(
        "commission", "5 % of settled GMV", "结算 GMV 提点 5%", None, "0.05", "commission.csv:2#com.5", "sets"
    ),
)


def odds(
    kpi: str = "roas_platform_total", level: str = "2.5", value: float = 0.52, **changes: Any
) -> QuotedGoal:
    """A goal on a bell-shaped KPI whose 80 % level is 1.84."""
    levels = [0.5 + 0.08 * index for index in range(61)]

    def above(x: float) -> float:
        return 0.5 * math.erfc((x - 2.55) / (0.84 * math.sqrt(2)))

    made = QuotedGoal(
        goal=Goal(kpi=RULES.kpis[kpi], level=Decimal(level), months=(1, 3)),
        words=None,
        open_definition=False,
        measurable=True,
        probability=Probability(value=value, error=0.004),
        promise=Promise(confidence=0.8, level=1.843),
        median=2.55,
        curve=tuple((x, above(x)) for x in levels),
        density=tuple((x, math.exp(-(((x - 2.55) / 0.84) ** 2) / 2)) for x in levels),
    )
    return replace(made, **changes)


SELLER = SellerMoney(
    blocks=Blocks(
        agency_fee=10_042.0, ads=40_000.0, creators=8_004.0, samples=1_498.0, platform_take=6_713.0
    ),
    profit=Spread(mean=9_000.0, p10=-20_000.0, p50=8_000.0, p90=40_000.0),
    by_month=(),
    loss_probability=Probability(value=0.431, error=0.005),
    cash_low=Spread(mean=-30_000.0, p10=-50_000.0, p50=-29_000.0, p90=-12_000.0),
    at_start=StartMoney(cash=None, stock=0.0, payouts=0.0),
    cash_suffices=None,
    payback_month=5,
    margin_known=False,
)


PAYOFF = Payoff(
    kpi=RULES.kpis["roas_platform_total"],
    window=(1, 3),
    levels=(0.5, 1.0, 2.38, 2.5, 5.0),
    reach=5.0,
    seller=(-44_000.0, -32_300.0, 0.0, 2_812.0, 61_400.0),
    fee=(7_850.0, 7_850.0, 9_000.0, 9_400.0, 16_000.0),
    margin=(900.0, 900.0, 1_900.0, 2_200.0, 8_300.0),
    break_even=2.38,
    at_goal=2_812.0,
    share=(0.49, 0.03),
    marks=(Mark(kind="starts", level=1.6), Mark(kind="cap", level=4.8)),
)


def quote(**changes: Any) -> Quote:
    agreed = terms()
    made = Quote(
        brief=BRIEF,
        world=world(RULES, "expected"),
        engine="test",
        drawn=Points(seed=7),
        months=6,
        horizon=6,
        terms=agreed,
        trade=Trade(),
        payoff=PAYOFF,
        outlook=None,
        open_prices=(),
        priced=Priced(
            terms=agreed, steps=STEPS, not_applied=(), facts={}, difficulty=None, edition="2026-11-01"
        ),
        difficulty=None,
        monthly_price=7850.0,
        monthly_price_range=(7850.0, 7850.0),
        goals=(odds(),),
        joint=None,
        fees=Spread(mean=60_000.0, p10=47_000.0, p50=58_000.0, p90=78_000.0),
        list_fees=60_000.0,
        usual_month=Spread(mean=9_500.0, p10=7_850.0, p50=9_250.0, p90=12_410.0),
        first_invoice=((Text(en="Base fee", zh="基础服务费"), Decimal(7_850)),),
        seller=SELLER,
        agency=None,
        unanswered=(
            Unanswered(fact="landed_cost", price=None, odds=None),
            Unanswered(fact="account_status", price=(7850.0, 9420.0), odds=(0.46, 0.58)),
        ),
        assumed=(("landed_cost", "9.6"),),
        guards=(
            Raised(
                id="note.margin",
                severity="note",
                rule="guards.csv:9#note.margin",
                text=Text(en="Landed cost is unknown", zh="到岸成本未知"),
                approver=None,
            ),
            Raised(
                id="guard.safe",
                severity="approval",
                rule="guards.csv:4#guard.safe",
                text=Text(en="The level asked for is above the safe level.", zh="客户目标高于稳妥可签值。"),
                approver=Text(en="sales lead", zh="销售主管"),
            ),
        ),
    )
    return replace(made, **changes)
