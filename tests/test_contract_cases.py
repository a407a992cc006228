"""Contracts as they are signed, each worked by hand on months as they were counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from histories import actual, goal
from opened import RULES

from estimator.brief.calendar import Calendar
from estimator.contract.terms import Terms
from estimator.earnings.lines import Fees
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.values.errors import QuotecastError
from estimator.values.validation import validated

LABEL = {"en": "Charge", "zh": "收费"}


def signed(*charges: dict[str, Any], **terms: Any) -> Terms:
    """Terms of charges that are written as data."""
    made = [{"id": f"c{index}", "label": LABEL, **charge} for index, charge in enumerate(charges)]
    content = {"currency": "USD", "charges": made, **terms}
    return validated(Terms, content, "terms")


def by_month(done: Fees, charge: str = "c0") -> list[Decimal]:
    (line,) = (line for line in (*done.lines, *done.credits) if line.charge.id == charge)
    return list(line.amounts[0])


def share(rate: str, of: str = "gmv", **more: Any) -> dict[str, Any]:
    tiers = more.pop("tiers", {"above": [0], "rate": [rate]})
    return {"kind": "share", "of": {"of": [of]}, "tiers": tiers, **more}


# ── parts of a unit ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("of", "parts", "pack", "counted", "expected"),
    [
        ("hours", None, 1, "10.25", "1025.00"),
        ("live_hours", None, 1, "0.5", "50.00"),
        ("hours", "begun", 1, "10.25", "1100.00"),
        ("videos", None, 30, "31", "200.00"),
        ("videos", "exact", 30, "31", "103.33"),
        ("hours", None, 8, "12", "150.00"),
    ],
)
def test_time_is_charged_as_it_was_worked_and_packs_once_begun(
    of: str, parts: str | None, pack: int, counted: str, expected: str
) -> None:
    charge: dict[str, Any] = {"kind": "per_unit", "of": {"of": [of]}, "price": 100, "pack": pack}
    terms = signed(charge if parts is None else {**charge, "parts": parts})
    assert by_month(fees(terms, actual(**{of: [counted]}))) == [Decimal(expected)]


# ── allowances ────────────────────────────────────────────────────────────────────────────────────


def test_hours_not_used_roll_over_once() -> None:
    """8 hours a month, up to 4 unused roll over: 5 used leaves 3, so 11 is free; of 8 + 3 then 8 used leaves
    none of the new 8 over 4; the 3 are used first, so 3 of the 8 remain for the fourth month."""
    hours = {"kind": "per_unit", "of": {"of": ["hours"]}, "price": 100, "included": 8, "rolls_over": 4}
    done = fees(signed(hours), actual(hours=[5, 11, 8, 9, 0, 13]))
    assert by_month(done) == [0, 0, 0, 100, 0, 100]
    # month 4: nothing is left of month 3, so 9 - 8 = 1 hour; month 5 leaves 4 at most, so 13 - 8 - 4 = 1


def test_an_allowance_of_a_quarter_is_shared_by_its_months() -> None:
    """24 hours a quarter, billed as soon as they are used up; the next quarter begins anew."""
    hours = {"kind": "per_unit", "of": {"of": ["hours"]}, "price": 100, "included": 8, "pools": "quarter"}
    done = fees(signed(hours, months=6), actual(hours=[20, "10.5", 2, 0, 0, 25]))
    assert by_month(done) == [0, 650, 200, 0, 0, 100]


@pytest.mark.parametrize("terms", [{}, {"months": 3, "after_term": "monthly"}, {"months": 6}])
def test_an_allowance_of_a_quarter_is_whole_from_its_first_month_on(terms: dict[str, Any]) -> None:
    """30 hours a quarter: 25 in the first month are free, whatever is known of the months to come."""
    hours = {"kind": "per_unit", "of": {"of": ["hours"]}, "price": 75, "included": 10, "pools": "quarter"}
    signed_terms = signed(hours, **terms)
    ledger = [by_month(fees(signed_terms, actual(hours=[25, 0, 6, 25][:known]))) for known in (1, 2, 3, 4)]
    assert ledger == [[0], [0, 0], [0, 0, 75], [0, 0, 75, 0]]
    left = Outcomes(**{**actual(hours=[25, 0]).__dict__, "calendar": Calendar(ended=True)})
    assert by_month(fees(signed_terms, left)) == [0, 375], "leaving after two months leaves twenty hours"


# ── tiers ─────────────────────────────────────────────────────────────────────────────────────────


def test_whole_amount_tiers_may_fall_where_the_quantity_is_not_sales() -> None:
    """Ad spend at 27 %, from 50,000 on 24 %, from 100,000 on 14 %, each on everything."""
    falling = {"above": [0, 50000, 100000], "rate": ["0.27", "0.24", "0.14"], "reach": "whole"}
    done = fees(signed(share("", "ad_spend", tiers=falling)), actual(ad_spend=[50_000, 60_000, 120_000]))
    assert by_month(done) == [13_500, 14_400, 16_800]
    with pytest.raises(QuotecastError, match=r"0\.14"):
        signed(share("", "gmv", tiers=falling))


def test_an_amount_may_depend_on_how_much_there_is() -> None:
    """2,500 up to 30,000 of ads, 3,500 up to 50,000, 4,200 beyond."""
    steps = [{"above": 30_000, "amount": 3_500}, {"above": 50_000, "amount": 4_200}]
    fee = {"kind": "fixed", "amount": 2_500, "of": {"of": ["ad_spend"]}, "steps": steps}
    done = fees(signed(fee), actual(ad_spend=[0, 30_000, "30000.01", 50_000, 90_000]))
    assert by_month(done) == [2_500, 2_500, 3_500, 3_500, 4_200]


# ── one charge on another, another month, another measure ─────────────────────────────────────────


def test_a_fee_on_a_fee_reads_the_line_as_it_was_invoiced() -> None:
    """The second platform at 20 % of the first one's fee, which is a share with a part month of 333.33."""
    first = share("0.1")
    second = share("0.2", "fees.c0")
    done = fees(signed(first, second), actual(gmv=["3333.33", 50_000]))
    assert by_month(done) == [Decimal("333.33"), 5_000]
    assert by_month(done, "c1") == [Decimal("66.67"), 1_000]
    reverse = fees(signed({**second, "id": "second"}, {**first, "id": "c0"}), actual(gmv=["3333.33", 50_000]))
    assert by_month(reverse, "second") == [Decimal("66.67"), 1_000]


@pytest.mark.parametrize("months", [2, 3])
def test_a_fee_on_a_fee_goes_back_with_it(months: int) -> None:
    """6 % tax on 10 %: of 5,000 that came back 500 and 30."""
    counted = actual(gmv=[10_000, 10_000, -5_000])
    if months == 2:
        counted = Outcomes(**{**counted.__dict__, "calendar": Calendar(tail=1, ended=True)})
    done = fees(signed(share("0.1"), share("0.06", "fees.c0"), months=months), counted)
    assert list(done.by_month[0]) == [1_060, 1_060, -530]


def test_an_amount_may_depend_on_the_month_before() -> None:
    steps = [{"above": 5_000, "amount": 900}]
    fee = {"kind": "fixed", "amount": 500, "of": {"of": ["ad_spend"]}, "steps": steps, "lag": 1}
    assert by_month(fees(signed(fee), actual(ad_spend=[9_000, 1_000, 0]))) == [500, 900, 500]


def test_a_fee_on_a_fee_on_a_fee_is_refused() -> None:
    with pytest.raises(QuotecastError):
        signed(share("0.1"), share("0.2", "fees.c0"), share("0.2", "fees.c1"))
    with pytest.raises(QuotecastError):
        signed(share("0.1", "fees.c0"))


def test_a_share_may_count_the_month_before() -> None:
    """12 % of last month's ad spend, invoiced with this month's fee; nothing before the first."""
    done = fees(signed(share("0.12", "ad_spend", lag=1)), actual(ad_spend=[10_000, 20_000, 30_000]))
    assert by_month(done) == [0, 1_200, 2_400]
    waits = fees(signed(share("0.12", "ad_spend", lag=1)), actual(ad_spend=[10_000, "", 30_000]))
    assert by_month(waits) == [0, 1_200, 0]
    assert [p.missing for p in waits.pending] == [("ad_spend 2027-02",)]


def test_the_higher_of_two_measures_is_charged() -> None:
    higher = share("0.05", "gmv", or_of={"of": ["settled_gmv"]})
    done = fees(signed(higher), actual(gmv=[10_000, 8_000], settled_gmv=[9_000, 9_500]))
    assert by_month(done) == [500, 475]


def test_the_clients_own_count_is_charged_and_an_unknown_name_is_refused() -> None:
    own = {"id": "leads", "label": LABEL, "definition": LABEL, "source": LABEL}
    charge = {"kind": "per_unit", "of": {"of": ["leads"]}, "price": 15}
    assert by_month(fees(signed(charge, own_counts=[own]), actual(leads=[12]))) == [180]
    with pytest.raises(QuotecastError):
        signed(charge)


# ── bounds and advance ────────────────────────────────────────────────────────────────────────────


def test_a_cap_over_the_term_holds_from_the_month_it_is_reached() -> None:
    commission = share("", tiers={"above": [0, 100_000], "rate": ["0", "0.05"]})
    cap = {"kind": "bound", "over": ["c0"], "settles": "term", "at_most": 20_000}
    done = fees(signed(commission, cap, months=6), actual(gmv=[300_000] * 3))
    assert list(done.by_month[0]) == [10_000, 10_000, 0]
    assert not done.pending
    longer = fees(signed(commission, cap, months=6), actual(gmv=[300_000] * 6))
    assert list(longer.by_month[0]) == [10_000, 10_000, 0, 0, 0, 0]


def test_a_cap_of_a_quarter_holds_within_it_and_begins_anew() -> None:
    cap = {"kind": "bound", "over": ["c0"], "settles": "quarter", "at_most": 5_000}
    done = fees(signed(share("0.1"), cap, months=6), actual(gmv=[30_000, 30_000, 30_000, 40_000]))
    assert list(done.by_month[0]) == [3_000, 2_000, 0, 4_000]


@pytest.mark.parametrize(("in_advance", "expected"), [(True, [3000, 0, 0, 3000]), (False, [0, 0, 3000, 0])])
def test_a_quarters_fee_stands_where_the_contract_has_it_due(in_advance: bool, expected: list[int]) -> None:
    fee = {"kind": "fixed", "amount": 3_000, "settles": "quarter", "in_advance": in_advance}
    done = fees(signed(fee, months=6), actual(gmv=[0] * 4))
    assert by_month(done) == expected
    assert [p.lands for p in done.pending] == ([] if in_advance else [5])


def test_leaving_gives_back_what_is_left_of_a_quarter_that_was_paid(tmp_path: Any) -> None:
    """2,000 for April to June stood in April; leaving on 10 May gives 1,111.11 back, and April stays."""
    fee = {"kind": "fixed", "amount": 2_000, "settles": "quarter", "in_advance": True}
    part = Calendar(parts=((4, Decimal(10) / 30),), ended=True)
    counted = Outcomes(**{**actual(gmv=[0] * 5).__dict__, "calendar": part})
    done = fees(signed(fee, months=12), counted)
    assert by_month(done) == [2_000, 0, 0, 2_000, Decimal("-1111.11")]


@pytest.mark.parametrize("reach", ["slice", "whole"])
def test_edges_of_a_part_of_a_month_are_divided_as_it_is(reach: str) -> None:
    """Half a month: 12 % of what lies above 2,500 of 4,000, or of all 4,000; half of 200 instead of 100."""
    tiers = {"above": [0, 5_000], "rate": ["0", "0.12"], "reach": reach}
    fee = {
        "kind": "fixed",
        "amount": 100,
        "of": {"of": ["ad_spend"]},
        "steps": [{"above": 5_000, "amount": 200}],
    }
    half = Calendar(lead=1, parts=((0, Decimal("0.5")),))
    counted = Outcomes(**{**actual(ad_spend=[4_000]).__dict__, "calendar": half})
    done = fees(signed(share("", "ad_spend", tiers=tiers), fee), counted)
    assert by_month(done) == [180 if reach == "slice" else 480] and by_month(done, "c1") == [100]


# ── goods that came back ──────────────────────────────────────────────────────────────────────────


def test_fees_on_goods_that_came_back_go_back_at_the_end_in_fee_money() -> None:
    done = fees(signed(share("0.1"), months=3), actual(gmv=[10_000, 10_000, -5_000]))
    assert by_month(done) == [1_000, 1_000, -500] and done.total[0] == 1_500
    assert list(done.lines[0].returned[0]) == [0, 0, -500] and not done.owed


def test_returns_after_the_end_lower_the_latest_fees_and_never_more_than_was_charged() -> None:
    """10 % up to 8,000 and 20 % beyond: of 12,000 returned, 2,000 at 20 % and 8,000 at 10 % of month two, and
    2,000 of month one's slice at 20 %."""
    tiers = {"above": [0, 8_000], "rate": ["0.1", "0.2"]}
    after = actual(gmv=[11_000, 10_000, -12_000])
    tail = Outcomes(**{**after.__dict__, "calendar": Calendar(tail=1, ended=True)})
    done = fees(signed(share("", tiers=tiers), months=2), tail)
    assert by_month(done) == [1_400, 1_200, -1_600]
    all_back = Outcomes(**{**actual(gmv=[11_000, 10_000, -99_000]).__dict__, "calendar": tail.calendar})
    assert fees(signed(share("", tiers=tiers), months=2), all_back).total[0] == 0


def test_a_cap_that_was_reached_gives_back_only_what_falls_below_it() -> None:
    """30,000 at 10 % is 3,000 under a cap of 2,500; of 8,000 returned, 5,000 lay above the cap."""
    cap = {"kind": "bound", "over": ["c0"], "settles": "term", "at_most": 2_500}
    months = actual(gmv=[10_000, 20_000, -8_000])
    tail = Outcomes(**{**months.__dict__, "calendar": Calendar(tail=1, ended=True)})
    done = fees(signed(share("0.1"), cap, months=2), tail)
    assert list(done.by_month[0]) == [1_000, 1_500, -300] and done.total[0] == 2_200


# ── goals ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_refund_in_proportion_pays_the_share_that_is_missing() -> None:
    """9,000 of 15,000 sold: two fifths of the fee of 5,000 back."""
    target = {"back": 1, "goal": goal("gmv", 15_000, (1, 1)).model_dump()}
    fee = {"kind": "fixed", "amount": 5_000}
    refund = {"kind": "refund", "over": ["c0"], "proportion": target, "paid_as": "cash"}
    assert by_month(fees(signed(fee, refund, months=1), actual(gmv=[9_000])), "c1") == [-2_000]
    assert by_month(fees(signed(fee, refund, months=1), actual(gmv=[15_000])), "c1") == [0]
    half = {**refund, "proportion": {**target, "back": "0.25"}}
    assert by_month(fees(signed(fee, half, months=1), actual(gmv=[0])), "c1") == [-1_250]


def test_a_refund_in_proportion_reads_a_ratio_and_a_most() -> None:
    """ROAS of 1.8 where 2.4 was promised is a quarter short; returns of 15 % are a quarter above 12 %."""
    fee = {"kind": "fixed", "amount": 4_000}
    roas = {"back": 1, "goal": goal("roas_blended", "2.4", (1, 1)).model_dump()}
    refund = {"kind": "refund", "over": ["c0"], "proportion": roas, "paid_as": "cash"}
    done = fees(signed(fee, refund, months=1), actual(gmv=[18_000], ad_spend=[10_000]))
    assert by_month(done, "c1") == [-1_000]
    returns = {"back": 1, "goal": goal("return_rate", "0.12", (1, 1), at_least=False).model_dump()}
    done = fees(
        signed(fee, {**refund, "proportion": returns}, months=1),
        actual(cohort_returned_gmv=[1_500], shipped_gmv=[10_000]),
    )
    assert by_month(done, "c1") == [-1_000]


def test_a_bonus_that_counts_in_each_month_is_due_in_each_month_that_meets_it() -> None:
    target = goal("gmv", 50_000, (2, 4)).model_dump()
    bonus = {"kind": "fixed", "amount": 800, "due_if": [target], "each_month": True, "months": [2, 4]}
    done = fees(signed(bonus, months=5), actual(gmv=[90_000, 60_000, "49999.99", 50_000, 90_000]))
    assert by_month(done) == [0, 800, 0, 800, 0]


# ── months that do not count ──────────────────────────────────────────────────────────────────────

DUTIES = [
    {"of": {"of": ["ad_spend"]}, "at_least": 16_000},
    {"of": {"of": ["days_down"]}, "at_most": 3},
]


def test_no_target_counts_in_a_month_whose_duty_failed() -> None:
    """Every month five days down and half the ads: nothing is paid back, and it is said why."""
    refund = {
        "kind": "refund",
        "over": ["c0"],
        "paid_as": "cash",
        "steps": [{"back": "0.3", "goal": goal("roas_blended", "2.5", (1, 3)).model_dump()}],
    }
    terms = signed({"kind": "fixed", "amount": 8_200}, refund, months=3, duties=DUTIES)
    failed = actual(gmv=[10_000] * 3, ad_spend=[10_000] * 3, days_down=[5] * 3)
    assert by_month(fees(terms, failed), "c1") == [0, 0, 0]
    kept = actual(gmv=[10_000] * 3, ad_spend=[20_000] * 3, days_down=[0] * 3)
    assert by_month(fees(terms, kept), "c1") == [0, 0, -7_380]
    # one month of three does not count: 30 % of two base fees, the ratio read on the other two
    once = actual(gmv=[90_000, 10_000, 10_000], ad_spend=[20_000] * 3, days_down=[4, 0, 0])
    assert by_month(fees(terms, once), "c1") == [0, 0, -4_920]


def test_a_total_is_held_against_its_level_in_proportion_to_the_months_that_count() -> None:
    """GMV of 90,000 in three months, one of which does not count: 60,000 in the other two."""
    bonus = {
        "kind": "fixed",
        "amount": 500,
        "settles": "once",
        "due_if": [goal("gmv", 90_000, (1, 3)).model_dump()],
    }
    terms = signed(bonus, months=3, duties=DUTIES)
    ads = [20_000, 20_000, 20_000]
    assert fees(terms, actual(gmv=[0, 30_000, 30_000], ad_spend=ads, days_down=[9, 0, 0])).total[0] == 500
    assert fees(terms, actual(gmv=[0, 30_000, 29_999], ad_spend=ads, days_down=[9, 0, 0])).total[0] == 0
    assert fees(terms, actual(gmv=[90_000] * 3, ad_spend=ads, days_down=[9, 9, 9])).total[0] == 0
    waits = fees(terms, actual(gmv=[90_000] * 3, ad_spend=ads, days_down=[0, "", 0]))
    assert [p.missing for p in waits.pending] == [("days_down 2027-02",)]


def test_draws_leave_out_months_each_by_itself() -> None:
    """Draws whose months fail at random are charged as each would be alone."""
    refund = {
        "kind": "refund",
        "over": ["c0"],
        "paid_as": "cash",
        "steps": [{"back": "0.4", "goal": goal("gmv", 60_000, (1, 3)).model_dump()}],
    }
    terms = signed({"kind": "fixed", "amount": 1_000}, refund, months=3, duties=DUTIES)
    random = np.random.default_rng(7)
    cells = {
        "gmv": random.uniform(5_000, 40_000, (200, 1, 3)).round(2),
        "ad_spend": random.uniform(12_000, 24_000, (200, 1, 3)).round(2),
        "days_down": random.integers(0, 6, (200, 1, 3)).astype(float),
    }
    together = fees(terms, Outcomes(months=("1", "2", "3"), platforms=("own_site",), quantities=cells)).total
    alone = [
        fees(
            terms,
            actual(**{name: [f"{value:.2f}" for value in values[i, 0]] for name, values in cells.items()}),
        )
        for i in range(200)
    ]
    assert together == pytest.approx([float(done.total[0]) for done in alone], abs=0.005)
    assert RULES.kpis["gmv"].under is None


def test_goods_sold_in_a_capped_quarter_give_back_what_that_quarter_was_charged() -> None:
    """300 of commission under a cap of 160 in a quarter: what comes back in the next counts there."""
    cap = {"kind": "bound", "over": ["c0"], "settles": "quarter", "at_most": 160}
    terms = signed(share("0.1"), cap, months=6)
    assert list(fees(terms, actual(gmv=[3_000, 0, 0, 500, 0, -600])).by_month[0]) == [160, 0, 0, 50, 0, -50]
    assert fees(terms, actual(gmv=[0, 0, 0, 500, 0, -600])).total[0] == 0
    deep = fees(terms, actual(gmv=[3_000, 0, 0, 500, 0, -3_000])).by_month[0]
    # of 3,000 back, 500 were charged 50; the other 2,500 leave 50 of 160
    assert list(deep) == [160, 0, 0, 50, 0, -160]
