"""Laws of the one fee function, then cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from histories import LABEL, actual, drawn, goal, histories, terms
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import RULES
from scipy.stats import lognorm, norm

from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi, Quantity
from estimator.contract.charges import Bound, Fixed, PerUnit, Refund, ShareOf, Step
from estimator.contract.terms import Terms
from estimator.contract.tiers import Tiers
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.values.errors import QuotecastError
from estimator.values.money import exact_array
from estimator.values.text import Text
from estimator.values.validation import validated


@given(terms(), histories(), st.integers(0, 5), st.decimals(0, 300_000, places=2))
@settings(max_examples=300)
def test_earning_more_never_pays_less(terms: Terms, history: Outcomes, month: int, more: Decimal) -> None:
    """Refunds, whole-amount tiers, bonuses, bounds and negative months included.

    Each line is rounded once, so a bound or refund may take back the cent a commission gained.
    """
    gmv = history.quantities["gmv"].copy()
    gmv[0, 0, month] += more
    richer = history.having(gmv=gmv)
    lines = len(terms.charges) * 6
    assert fees(terms, richer).total[0] >= fees(terms, history).total[0] - Decimal("0.005") * lines


@given(terms(), histories())
@settings(max_examples=200)
def test_bounds_hold_after_stage_three(terms: Terms, history: Outcomes) -> None:
    """Of what was charged in a period: goods that come back later lower the fees of their own period."""
    done = fees(terms, history)
    lines = {line.charge.id: line.of_months(slice(None), 6)[0] for line in done.lines}
    if "cap" not in lines:
        return
    low, high = terms.charge("minimum"), terms.charge("cap")
    assert isinstance(low, Bound) and isinstance(high, Bound)
    total = lines["base"] + lines["commission"] + lines["minimum"] + lines["cap"]
    for period in terms.periods(low, 6):
        # each later change is a fraction of a cent off until its line is rounded
        within = total[period.start : period.stop].sum()
        assert low.at_least - Decimal("0.02") <= within <= high.at_most + Decimal("0.02")


@given(terms(), histories())
@settings(max_examples=200)
def test_a_refund_never_exceeds_what_its_charges_came_to(terms: Terms, history: Outcomes) -> None:
    done = fees(terms, history)
    lines = {line.charge.id: line.amounts.sum() for line in (*done.lines, *done.credits)}
    bounds = lines.get("minimum", 0) + lines.get("cap", 0)
    assert abs(lines.get("refund", 0)) <= lines["base"] + lines["commission"] + bounds


@given(st.lists(st.tuples(terms(), histories()), min_size=1, max_size=1))
@settings(max_examples=300)
def test_exact_and_float_agree_within_rounding(cases: list[tuple[Terms, Outcomes]]) -> None:
    for signed, history in cases:
        exact, floats = fees(signed, history), fees(signed, drawn(history))
        lines = sum(len(line.settles) for line in (*exact.lines, *exact.credits))
        assert float(exact.total[0]) == pytest.approx(floats.total[0], abs=0.005 * lines + 1e-6)


def test_exact_and_float_agree_on_ten_thousand_histories() -> None:
    """All histories at once as draws against each by itself as decimals, on the wager.

    Half a cent for each of the 16 settled lines; a refund step flips only on an exact tie, which
    two-decimal sums over 600,000 do not hit here (checked: none of the histories ties).
    """
    signed = RULES.offers["wager"].terms
    random = np.random.default_rng(20261124)
    sold = np.round(random.lognormal(np.log(70_000), 0.7, (10_000, 6)) - 9_000, 2)
    spent = np.round(random.uniform(15_000, 26_000, (10_000, 6)), 2)
    months = tuple(map(str, range(6)))
    floats = fees(
        signed,
        Outcomes(
            months=months,
            platforms=("own_site",),
            quantities={"settled_gmv": sold[:, None, :], "ad_spend": spent[:, None, :]},
        ),
    ).total
    decimals = [
        [Decimal(f"{value:.2f}") for value in row] for row in np.stack([sold, spent], 1).reshape(-1, 6)
    ]
    exact = fees(
        signed,
        Outcomes(
            months=months,
            platforms=("own_site",),
            quantities={
                "settled_gmv": exact_array([v for row in decimals[0::2] for v in row], (10_000, 1, 6)),
                "ad_spend": exact_array([v for row in decimals[1::2] for v in row], (10_000, 1, 6)),
            },
        ),
    ).total
    assert np.abs(exact.astype(float) - floats).max() <= 0.005 * 16


@given(st.integers(1, 10**7), st.decimals("0.01", "0.4", places=3), st.decimals("0.01", "0.4", places=3))
def test_just_above_a_slices_edge_pays_just_above(edge: int, low: Decimal, high: Decimal) -> None:
    schedule = Tiers(above=(0, edge), rate=(low, high), reach="slice")
    at, above = schedule.apply(exact_array([Decimal(edge), Decimal(edge) + Decimal("0.01")], (2,)))
    assert at == edge * low
    assert above - at == Decimal("0.01") * high


def test_a_whole_amount_jumps_at_its_edge_and_says_so() -> None:
    schedule = Tiers(above=(0, 100_000), rate=("0.05", "0.08"), reach="whole")
    at, above = schedule.apply(exact_array([Decimal(100_000), Decimal("100000.01")], (2,)))
    assert (at, above) == (Decimal("5000.00"), Decimal("8000.0008"))
    assert schedule.jumps() == ((Decimal(100_000), Decimal("3000.00")),)


def test_a_capped_commission_on_lognormal_gmv_is_a_black_scholes_difference() -> None:
    """E min(r (S - K)+, C) is r times a call struck at K less one struck at K + C / r (Black 1976).

    2^16 midpoints of the law itself stand in for draws; their error is far below 1e-3 of the value.
    """
    mean_log, sd, rate, strike, cap = np.log(80_000), 0.5, 0.05, 60_000, 3_000
    gmv = lognorm(sd, scale=np.exp(mean_log)).ppf((np.arange(2**16) + 0.5) / 2**16)
    signed = Terms(
        currency="USD",
        months=1,
        charges=(
            ShareOf(
                id="commission",
                label=LABEL,
                of=Quantity(of=("gmv",)),
                baseline=strike,
                tiers=Tiers(above=(0,), rate=("0.05",)),
            ),
            Bound(id="cap", label=LABEL, over=("commission",), at_most=cap),
        ),
    )
    outcomes = Outcomes(months=("1",), platforms=("own_site",), quantities={"gmv": gmv[:, None, None]})

    def call(at: float) -> float:
        d1 = (mean_log - np.log(at)) / sd + sd
        return float(np.exp(mean_log + sd**2 / 2) * norm.cdf(d1) - at * norm.cdf(d1 - sd))

    expected = rate * (call(strike) - call(strike + cap / rate))
    assert fees(signed, outcomes).total.mean() == pytest.approx(expected, rel=1e-3)


def test_a_negative_month_lowers_the_next_settlement_of_the_same_charge() -> None:
    commission = ShareOf(
        id="commission",
        label=LABEL,
        of=Quantity(of=("settled_gmv",)),
        tiers=Tiers(above=(0,), rate=("0.10",)),
    )
    signed = Terms(currency="USD", charges=(commission,))
    done = fees(signed, actual(settled_gmv=["1000", "-300", "500", "-50", "20", "100"]))
    assert list(done.lines[0].amounts[0]) == [100, 0, 20, 0, 0, 7]


def test_the_fee_of_the_average_month_is_not_the_average_fee() -> None:
    signed = Terms(
        currency="USD",
        charges=(
            ShareOf(
                id="commission",
                label=LABEL,
                of=Quantity(of=("gmv",)),
                baseline=50_000,
                tiers=Tiers(above=(0,), rate=("0.1",)),
            ),
        ),
    )
    draws = Outcomes(
        months=("1",), platforms=("own_site",), quantities={"gmv": np.array([0.0, 100_000.0])[:, None, None]}
    )
    average = Outcomes(
        months=("1",), platforms=("own_site",), quantities={"gmv": np.full((1, 1, 1), 50_000.0)}
    )
    assert fees(signed, draws).total.mean() == 2_500 and fees(signed, average).total.mean() == 0


def test_a_bonus_is_due_only_if_its_goal_is_met_and_waits_for_it() -> None:
    bonus = Fixed(
        id="bonus", label=LABEL, amount=900, settles="once", due_if=(goal("gmv", 300, (1, 3)),), months=(1, 3)
    )
    signed = Terms(currency="USD", months=3, charges=(bonus,))
    assert list(fees(signed, actual(gmv=[100, 100, 100])).lines[0].amounts[0]) == [0, 0, 900]
    assert fees(signed, actual(gmv=[100, 100, "99.99"])).total[0] == 0
    waiting = fees(signed, actual(gmv=[100, 100])).pending
    assert [(p.charge.id, p.missing) for p in waiting] == [("bonus", ("gmv month 3",))]


def test_a_refund_may_read_fees_only_beside_flat_rates() -> None:
    share = ShareOf(
        id="commission",
        label=LABEL,
        of=Quantity(of=("gmv",)),
        tiers=Tiers(above=(0, 100), rate=("0.05", "0.5")),
    )
    step = Step(goal=goal("gmv_on_fees", 2, (1, 3)), back=Decimal("0.5"))
    refund = Refund(id="refund", label=LABEL, over=("commission",), steps=(step,), paid_as="cash")
    with pytest.raises(ValueError, match="terms"):
        Terms(currency="USD", months=3, charges=(share, refund))


def test_only_a_refund_reads_fees() -> None:
    share = ShareOf(id="odd", label=LABEL, of=Quantity(of=("fees",)), tiers=Tiers(above=(0,), rate=("0.1",)))
    with pytest.raises(ValueError, match="terms"):
        Terms(currency="USD", charges=(share,))


def test_packs_begun_are_charged_whole() -> None:
    packs = PerUnit(id="packs", label=LABEL, of=Quantity(of=("videos",)), price=100, pack=60, included=10)
    signed = Terms(currency="USD", charges=(packs,))
    done = fees(signed, actual(videos=[0, 10, 11, 70, 71, 131]))
    assert list(done.lines[0].amounts[0]) == [0, 0, 100, 100, 200, 300]


def test_a_goal_with_nothing_below_the_line_is_missed() -> None:
    roas = goal("roas_blended", 2, (1, 1))
    assert not roas.met(actual(gmv=[100], ad_spend=[0]))[0]
    assert roas.met(actual(gmv=[100], ad_spend=[50]))[0]


def test_terms_name_every_fault() -> None:
    content = {
        "currency": "USD",
        "charges": [{"id": "x", "kind": "fixed", "amount": -1, "label": {"en": "a"}}],
    }
    with pytest.raises(QuotecastError) as caught:
        validated(Terms, content, "deal.toml")
    places = {fault.place for fault in caught.value.faults}
    assert places == {"deal.toml:charges[0].amount", "deal.toml:charges[0].label.zh"}


def test_a_plain_count_can_be_a_goal() -> None:
    kpi = Kpi(
        id="videos",
        label=LABEL,
        definition=LABEL,
        over=Quantity(of=("videos",)),
        unit="count",
        better="higher",
        attribution=LABEL,
        source=Text(en="log", zh="记录"),
        measurable_on=("tiktok_shop",),
    )
    every = Goal(kpi=kpi, level=Decimal(5), months=(1, 3), reading="every")
    assert not every.met(actual(videos=[5, 4, 9]))[0]
    assert Goal(kpi=kpi, level=Decimal(9), months=(1, 3), reading="any").met(actual(videos=[5, 4, 9]))[0]


BASE = Fixed(id="base", label=LABEL, amount=5_000)


def back(name: str, share: str, months: tuple[int, int], *goals: Goal, **options: object) -> Refund:
    steps = tuple(Step(goal=goal, back=Decimal(share)) for goal in goals)
    given = {"over": ("base",), "paid_as": "cash", **options}
    return Refund(id=name, label=LABEL, months=months, steps=steps, **given)  # type: ignore[arg-type]


def lines(signed: Terms, history: Outcomes) -> dict[str, list[Decimal]]:
    return {line.charge.id: list(line.amounts[0]) for line in fees(signed, history).lines}


@pytest.mark.parametrize(
    ("gmv", "credit"),
    [
        (("5000.03", "5000.03", "9999.94"), 0),
        (("5000.03", "5000.03", "9999.95"), 0),
        (("5000.02", "5000.02", "9999.94"), 3000),
        (("6666.67", "6666.67", "6666.66"), 0),
        (("6666.67", "6666.67", "6666.65"), 3000),
    ],
)
def test_a_threshold_on_fees_is_not_decided_by_the_rounding_of_lines(
    gmv: tuple[str, ...], credit: int
) -> None:
    """20,000 in three months is exactly twice the platform plan's fees, however it is spread."""
    plan = RULES.offers["platform_plan"].terms
    history = actual(gmv=list(gmv), videos=[30] * 3, creator_videos=[0] * 3)
    assert fees(plan, history).credit_total[0] == credit


def test_refunds_of_different_months_do_not_lower_each_other() -> None:
    missed = goal("gmv", 100, (1, 6))
    first, second = back("r1", "0.6", (1, 3), missed), back("r2", "0.6", (4, 6), missed)
    found = lines(Terms(currency="USD", months=6, charges=(BASE, first, second)), actual(gmv=[0] * 6))
    assert (sum(found["r1"]), sum(found["r2"])) == (-9_000, -9_000)


def test_refunds_of_the_same_months_never_pay_a_charge_back_twice() -> None:
    missed = goal("gmv", 100, (1, 3))
    first, second = back("r1", "0.6", (1, 3), missed), back("r2", "0.6", (1, 3), missed)
    found = lines(Terms(currency="USD", months=3, charges=(BASE, first, second)), actual(gmv=[0] * 3))
    assert (sum(found["r1"]), sum(found["r2"])) == (-9_000, -6_000)


def test_a_refund_waits_for_the_longest_of_its_goals() -> None:
    refund = back("r", "0.6", (1, 3), goal("gmv", 100, (1, 3)), goal("gmv", 1_000, (1, 6)))
    signed = Terms(currency="USD", months=6, charges=(BASE, refund))
    assert [pending.charge.id for pending in fees(signed, actual(gmv=[0] * 3)).pending] == ["r"]
    assert lines(signed, actual(gmv=[0] * 6))["r"] == [0, 0, 0, 0, 0, -9_000]


def test_a_bound_waits_only_for_what_lands_in_its_period() -> None:
    bonus = Fixed(
        id="bonus",
        label=LABEL,
        amount=4_000,
        settles="once",
        months=(1, 1),
        due_if=(goal("gmv", 100, (1, 6)),),
    )
    low = Bound(id="low", label=LABEL, over=("base", "bonus"), at_least=18_000, settles="quarter")
    signed = Terms(currency="USD", months=6, charges=(BASE, bonus, low))
    done = fees(signed, actual(gmv=[50, 0, 0, 0, 0, ""]))
    assert [(p.charge.id, p.months) for p in done.pending] == [("bonus", range(1)), ("low", range(3, 6))]
    assert lines(signed, actual(gmv=[50, 0, 0, 0, 0, ""]))["low"] == [0, 0, 3_000, 0, 0, 0]
    assert lines(signed, actual(gmv=[50, 0, 0, 0, 0, 50]))["low"] == [0, 0, 3_000, 0, 0, 0]


def test_a_charge_on_one_platform_is_not_zero_where_the_file_names_none() -> None:
    share = ShareOf(
        id="site",
        label=LABEL,
        of=Quantity(of=("gmv",), platforms=("own_site",)),
        tiers=Tiers(above=(0,), rate=("0.1",)),
    )
    signed = Terms(currency="USD", charges=(share,))
    unnamed = replace(actual(gmv=[1000]), platforms=("",))
    assert [pending.missing for pending in fees(signed, unnamed).pending] == [("store: own_site",)]
    assert fees(signed, replace(unnamed, platforms=("own_site",))).total[0] == 100


def test_a_failed_duty_voids_a_refund_whatever_else_is_unknown() -> None:
    wager = RULES.offers["wager"].terms
    done = fees(wager, actual(settled_gmv=["", 1, 1, 1, 1, 1], ad_spend=[1] * 6))
    assert "refund" not in [pending.charge.id for pending in done.pending]
    assert [void.charge.id for void in done.void] == ["refund"]


def test_a_refund_on_the_next_invoice_stands_in_the_next_month() -> None:
    refund = back("r", "0.5", (1, 1), goal("gmv", 100, (1, 1)), paid_as="next_invoice")
    signed = Terms(currency="USD", months=2, charges=(BASE, refund))
    assert lines(signed, actual(gmv=[0, 0]))["r"] == [0, -2_500]
    assert [pending.charge.id for pending in fees(signed, actual(gmv=[0])).pending] == ["r"]


def test_returns_above_sales_of_the_last_month_are_shown() -> None:
    agency = RULES.offers["us_agency"].terms
    done = fees(agency, actual(gmv=[50_000, -20_000]))
    assert [(charge.id, owed[0]) for charge, owed in done.owed] == [("commission", -20_000)]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_the_order_of_refunds_does_not_matter(order: tuple[int, ...]) -> None:
    unknown = back("a", "0.1", (1, 1), goal("videos", 5, (1, 1)))
    reads = back("b", "0.5", (1, 1), goal("gmv_on_fees", 9, (1, 1)))
    charges = (BASE, unknown, reads)
    signed = Terms(currency="USD", months=1, charges=tuple(charges[index] for index in order))
    done = fees(signed, actual(gmv=[100], videos=[""]))
    assert [pending.charge.id for pending in done.pending] == ["a"]
    assert done.total[0] == 2_500


@pytest.mark.parametrize(
    "bounds",
    [
        [{"at_least": 18_000, "settles": "quarter"}, {"at_most": 5_500, "settles": "month"}],
        [{"at_least": 9_000, "settles": "quarter"}, {"at_most": 5_500, "settles": "quarter"}],
    ],
)
def test_bounds_that_cannot_both_hold_are_refused(bounds: list[dict]) -> None:
    held = [Bound(id=f"b{i}", label=LABEL, over=("base",), **bound) for i, bound in enumerate(bounds)]
    with pytest.raises(ValueError, match="terms"):
        Terms(currency="USD", months=6, charges=(BASE, *held))


def test_a_running_whole_amount_under_a_cap_is_refused() -> None:
    share = ShareOf(
        id="share",
        label=LABEL,
        of=Quantity(of=("gmv",)),
        tiers=Tiers(above=(0, 100_000), rate=("0.05", "0.10"), reach="whole"),
        settles="quarter",
        running=True,
    )
    cap = Bound(id="cap", label=LABEL, over=("share",), at_most=4_000, settles="quarter")
    with pytest.raises(ValueError, match="terms"):
        Terms(currency="USD", months=6, charges=(share, cap))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "bound", "over": ["base"], "at_least": 1, "due_if": []},
        {"kind": "bound", "over": ["base", "base"], "at_least": 1},
        {"kind": "bound", "over": ["nobody"], "at_least": 1},
        {"kind": "share", "of": {"of": ["gmv", "videos"]}, "tiers": {"above": [0], "rate": ["0.1"]}},
        {"kind": "share", "of": {"of": ["gmv", "gmv"]}, "tiers": {"above": [0], "rate": ["0.1"]}},
        {"kind": "fixed", "amount": 1, "months": [1, 9]},
    ],
)
def test_terms_that_could_not_mean_what_they_say_are_refused(wrong: dict) -> None:
    charges = [BASE.model_dump(), {"id": "wrong", "label": LABEL.model_dump(), **wrong}]
    with pytest.raises(QuotecastError):
        validated(Terms, {"currency": "USD", "months": 6, "charges": charges}, "deal.toml")


def test_a_goal_after_the_term_is_refused() -> None:
    refund = back("r", "0.5", (1, 6), goal("gmv", 1, (1, 12)))
    with pytest.raises(ValueError, match="terms"):
        Terms(currency="USD", months=6, charges=(BASE, refund))
