"""What was settled stands whatever is written later, and a row counts what its days were."""

from __future__ import annotations

import itertools
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES
from test_contract_cases import goal, share, signed
from test_currencies import RATE
from test_months import BASE, settle, totals

from estimator.brief import brief as briefs
from estimator.contract.charges import PerUnit
from estimator.contract.conversion import converted
from estimator.contract.trade import Trade
from estimator.earnings.clause_lines import exit_price
from estimator.quoting.make import make
from estimator.schemas.statement import Statement
from estimator.values.errors import QuotecastError
from estimator.values.validation import Frozen

EXAMPLES = Path("examples/briefs")
QUARTER: dict[str, Any] = {"kind": "fixed", "amount": 3_000, "settles": "quarter"}
AHEAD: dict[str, Any] = {**QUARTER, "in_advance": True}


def months(*gmv: int, year: int = 2027) -> str:
    return "month,gmv\n" + "".join(f"{year}-{index + 1:02d},{sold}\n" for index, sold in enumerate(gmv))


def bonus(kpi: str, level: object, span: tuple[int, int], **more: object) -> dict[str, Any]:
    target = goal(kpi, level, span).model_copy(update=more)
    return {"kind": "fixed", "amount": 500, "settles": "once", "due_if": [target.model_dump()]}


# ── quarters ──────────────────────────────────────────────────────────────────────────────────────


def test_a_quarter_paid_ahead_stays_on_the_statement_when_it_is_cut_short(tmp_path: Path) -> None:
    """3,000 in April for three months, of which 1.33 were worked: 1,666.67 goes back in May, due after it."""
    terms = signed({**AHEAD, "due_days": 7}, months=12)
    rows = months(1, 1, 1, 1, 1)
    running, over = settle(tmp_path, terms, rows), settle(tmp_path, terms, rows, ends="2027-05-10")
    assert totals(running) == [3_000, 0, 0, 3_000, 0]
    assert totals(over) == [3_000, 0, 0, 3_000, Decimal("-1666.67")]
    assert over.total == Decimal("4333.33")
    (back,) = over.months[4].lines
    assert back.due is not None and back.due.isoformat() == "2027-06-07"


@pytest.mark.parametrize(
    ("charge", "after", "expected"),
    [
        (AHEAD, "ends", [3_000, 0, 0, 2_000, 0]),
        (AHEAD, "monthly", [3_000, 0, 0, 2_000, 0, 3_000, 0, 0]),
        (QUARTER, "ends", [0, 0, 3_000, 0, 2_000]),
        (QUARTER, "monthly", [0, 0, 3_000, 0, 2_000, 0, 0, 3_000]),
    ],
)
def test_a_term_of_five_months_ends_with_a_shorter_quarter(
    tmp_path: Path, charge: dict[str, Any], after: str, expected: list[int]
) -> None:
    """Two months of the second quarter, and where it runs on whole quarters from the sixth month."""
    terms = signed(charge, months=5, after_term=after)
    for known in range(1, len(expected) + 1):
        assert totals(settle(tmp_path, terms, months(*[1] * known))) == expected[:known]


def test_hours_shared_over_a_term_stand_alone_once_it_runs_on(tmp_path: Path) -> None:
    """Ten a month over two months, so 20 together; the third month has its own ten."""
    hours = {"kind": "per_unit", "of": {"of": ["hours"]}, "price": 1, "included": 10, "pools": "term"}
    terms = signed(hours, months=2, after_term="monthly")
    assert totals(settle(tmp_path, terms, "month,hours\n1,18\n2,8\n3,12\n")) == [0, 6, 2]
    with pytest.raises(QuotecastError, match="months"):
        signed(hours)


# ── the end ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reading", ["total", "last", "every", "any"])
@pytest.mark.parametrize("kind", ["bonus", "refund", "proportion"])
def test_a_contract_left_before_the_goal_began_is_not_judged_by_it(
    tmp_path: Path, reading: str, kind: str
) -> None:
    target = goal("gmv", 10**6, (3, 3)).model_copy(update={"reading": reading}).model_dump()
    step = {"back": 1, "goal": target}
    pays = {"steps": [step]} if kind == "refund" else {"proportion": step}
    more = (
        bonus("gmv", 1, (3, 3), reading=reading)
        if kind == "bonus"
        else {"kind": "refund", "over": ["c0"], "paid_as": "cash", **pays}
    )
    paper = settle(tmp_path, signed(BASE, more, months=6), months(100, 100), ends="2027-02-28")
    assert totals(paper) == [3_000, 3_000] and not paper.pending


@pytest.mark.parametrize(("ends", "back"), [("2027-03-01", 0), ("2027-03-29", 0), ("2027-03-31", 9_000)])
def test_one_day_of_the_last_month_does_not_make_a_goal_of_three(
    tmp_path: Path, ends: str, back: int
) -> None:
    target = goal("gmv", 30_000, (1, 3)).model_dump()
    refund = {"kind": "refund", "over": ["c0"], "steps": [{"back": 1, "goal": target}], "paid_as": "cash"}
    paper = settle(tmp_path, signed(BASE, refund, months=6), months(12_000, 12_000, 500), ends=ends)
    assert (
        sum(line.amount for month in paper.months for line in month.lines if line.kind == "refund") == -back
    )


def test_a_goal_of_three_months_from_the_twelfth_is_judged_when_three_were_worked(tmp_path: Path) -> None:
    """20 days, two months and 10 days are three months; a day less is not."""
    rows = "month,from,gmv\n2027-01,2027-01-12,9000\n2027-02,,9000\n2027-03,,9000\n2027-04,,9000\n"
    terms = signed(BASE, bonus("gmv", 30_000, (1, 3)), months=6)
    came = [settle(tmp_path, terms, rows, ends=f"2027-04-{day}").total for day in ("10", "09")]
    assert came == [9_000 + 500, 8_900]


def test_returns_after_a_contract_of_one_month_change_nothing_that_was_charged(tmp_path: Path) -> None:
    terms = signed(BASE, QUARTER, share("0.1"), bonus("gmv", 100, (1, 1)))
    alone = "month,from,to,gmv\n2027-01,2027-01-10,2027-01-20,1000\n"
    before = settle(tmp_path, terms, alone, ends="2027-01-20")
    after = settle(tmp_path, terms, alone, "month,gmv\n2027-02,-100\n", ends="2027-01-20")
    assert after.months[:1] == before.months and totals(after) == [Decimal("1566.67"), -10]


def test_a_contract_of_some_days_of_one_month_is_not_due_before_it_began(tmp_path: Path) -> None:
    paper = settle(
        tmp_path,
        signed({**BASE, "due_days": 7}),
        "month,from,gmv\n2027-01,2027-01-20,1\n",
        ends="2027-01-25",
    )
    assert [line.due.isoformat() for line in paper.months[0].lines if line.due] == ["2027-01-27"]


def test_what_is_sold_after_the_end_is_not_charged(tmp_path: Path) -> None:
    terms = signed(share("0.1"))
    rows = "month,from,to,gmv\n2027-03,,2027-03-20,1000\n2027-03,2027-03-21,,{gmv}\n"
    assert settle(tmp_path, terms, rows.format(gmv=-300), ends="2027-03-20").total == 70
    assert settle(tmp_path, terms, "month,gmv\n2027-03,1000\n", ends="2027-03-20").total == 100
    for text, expected in (
        (rows.format(gmv=9_000), "3:gmv.*only returns"),
        ("month,to,gmv\n2027-03,2027-03-31,1000\n", "2:to.*end it on 2027-03-20"),
        ("month,from,gmv\n2027-03,2027-03-25,5\n", "a day that no row counts"),
    ):
        with pytest.raises(QuotecastError, match=expected):
            settle(tmp_path, terms, text, ends="2027-03-20")


def test_returns_that_are_not_told_are_waited_for(tmp_path: Path) -> None:
    terms = signed(share("0.1"), months=1)
    two = "month,store,gmv\n1,a,1000\n1,b,1000\n2,a,-500\n"
    for text, missing in ((two, "gmv 2 b"), ("month,gmv,orders\n1,1000,3\n2,,0\n", "gmv 2")):
        (waiting,) = settle(tmp_path, terms, text).pending
        assert waiting.missing == (missing,) and waiting.months == (2, 2)
    assert totals(settle(tmp_path, terms, two + "2,b,0\n")) == [200, -50]


# ── the next file ─────────────────────────────────────────────────────────────────────────────────


def test_returns_above_sales_are_carried_while_a_contract_runs_on(tmp_path: Path) -> None:
    tiers = {"tiers": {"above": [0, 8_000], "rate": ["0.1", "0.2"]}}
    terms = signed({**share("0"), **tiers}, months=2, after_term="monthly")
    papers = [settle(tmp_path, terms, months(*gmv)) for gmv in ((10_000, -5_000), (10_000, -5_000, 10_000))]
    assert [totals(paper) for paper in papers] == [[1_200, 0], [1_200, 0, 500]]
    assert papers[0].carried_forward[0].amount == -5_000
    left = settle(tmp_path, terms, months(10_000, -5_000), ends="2027-02-28")
    assert totals(left) == [1_200, -700] and not left.carried_forward


def test_a_store_that_opens_later_changes_no_month_before(tmp_path: Path) -> None:
    stores = {"kind": "fixed", "amount": 100, "each_store": True}
    terms = signed(stores, {**stores, "settles": "quarter"}, share("0.1"), months=12)
    first = "month,store,gmv\n2027-01,a,1000\n"
    second = "month,store,from,to,gmv\n2027-02,a,,,1000\n2027-02,b,2027-02-11,,500\n"
    third = "month,store,from,to,gmv\n2027-03,a,,,1000\n2027-03,b,,2027-03-09,200\n"
    fourth = "month,store,gmv\n2027-04,a,1000\n"
    files = (first, second, third, fourth)
    papers = [settle(tmp_path, terms, *files[: index + 1]) for index in range(4)]
    # the quarter: one store for three months and one for two are 5/3 of a hundred
    assert totals(papers[3]) == [200, 350, 320 + Decimal("166.67"), 200]
    for before, after in itertools.pairwise(papers):
        assert after.months[: len(before.months)] == before.months
    gap = "month,store,from,gmv\n2027-04,a,,1\n2027-04,b,2027-04-01,1\n"
    with pytest.raises(QuotecastError, match="2027-04 b are left out"):
        settle(tmp_path, terms, first, second, third, gap)


# ── rows of one month ─────────────────────────────────────────────────────────────────────────────


HALVES = "month,from,to,orders,shop_rating,gmv\n2027-01,,2027-01-15,{}\n2027-01,2027-01-16,,{}\n"


def halves(tmp_path: Path, first: str, second: str, *charges: dict[str, Any]) -> Statement:
    return settle(tmp_path, signed(*charges, months=1), HALVES.format(first, second))


def test_stars_of_two_rows_are_weighed_by_their_orders(tmp_path: Path) -> None:
    """300 orders at 4.9 and 100 at 4.5 are 4.8."""
    for level, expected in (("4.8", 500), ("4.81", 0)):
        paper = halves(tmp_path, "300,4.9,1", "100,4.5,1", bonus("shop_rating", level, (1, 1)))
        assert paper.total == expected


@pytest.mark.parametrize(("first", "second"), [("1,4.5,1000", "1,4.5,"), ("1,4.5,", "1,4.5,1000")])
def test_a_figure_that_one_row_leaves_out_is_not_known(tmp_path: Path, first: str, second: str) -> None:
    paper = halves(tmp_path, first, second, share("0.1"))
    assert paper.total == 0 and paper.pending[0].missing == ("gmv 2027-01",)


def test_growth_in_the_term_waits_for_the_first_whole_month(tmp_path: Path) -> None:
    terms = signed(BASE, bonus("gmv_growth_in_term", "0.1", (1, 3)), months=3)
    paper = settle(tmp_path, terms, "month,from,gmv\n2027-01,2027-01-10,1000\n")
    assert totals(paper) == [2_200] and "gmv month 2" in paper.pending[0].missing


def test_a_fee_on_a_fee_that_hangs_on_a_goal(tmp_path: Path) -> None:
    tax = {"kind": "share", "of": {"of": ["fees.c1"]}, "tiers": {"above": [0], "rate": ["0.06"]}}
    target = goal("gmv", 100, (1, 1)).model_dump()
    earned = {"kind": "fixed", "amount": 500, "due_if": [target]}
    terms = signed(tax, earned, months=1)
    assert [settle(tmp_path, terms, months(gmv)).total for gmv in (100, 99)] == [530, 0]


# ── what a change must reach ──────────────────────────────────────────────────────────────────────


@given(
    st.decimals("0.001", 5, places=3), st.integers(1, 5_000), st.integers(0, 90_000), st.integers(0, 500_000)
)
def test_a_price_for_money_or_clicks_is_the_same_in_the_other_currency(
    price: Decimal, pack: int, included: int, spent: int
) -> None:
    """At 8 to 1 every figure divides; prices of clicks may be less than a cent."""
    spend = {
        "kind": "per_unit",
        "of": {"of": ["ad_spend"]},
        "price": price,
        "pack": pack * 8,
        "parts": "exact",
    }
    clicks = {"kind": "per_unit", "of": {"of": ["clicks"]}, "price": price}
    yuan = signed({**spend, "included": included * 8}, clicks, currency="CNY")
    money, count = converted(yuan, RATE).charges
    assert isinstance(money, PerUnit) and isinstance(count, PerUnit)
    assert (money.price, money.pack, money.included) == (price / 8, pack, included)
    assert count.price == price / 8 and count.pack == 1
    assert money.price * spent / money.pack * 8 == pytest.approx(price * spent / pack, rel=Decimal("1e-20"))


class _Worked(Frozen):
    number: int

    @cached_property
    def doubled(self) -> int:
        return 2 * self.number


def test_what_was_worked_out_before_a_copy_is_worked_out_anew() -> None:
    one = _Worked(number=2)
    assert (one.doubled, one.model_copy(update={"number": 5}).doubled, one.doubled) == (4, 10, 4)
    assert one.model_copy() == one


@pytest.mark.parametrize(("months", "less"), [(3, 0), (6, 450), (12, 850)])
def test_the_price_of_leaving_follows_the_term_that_was_agreed(months: int, less: int) -> None:
    """A list of six months for which 450 a month were taken off; of twelve, 850."""
    asked = briefs.read(EXAMPLES / "seed_beauty.toml")
    agreed = make(asked, RULES, ask=False, trade=Trade(base=Decimal(7_800), months=months)).terms
    listed = make(asked.model_copy(update={"contract_months": months}), RULES, ask=False).terms
    leaving, of_the_list = agreed.stated("early_exit"), listed.stated("early_exit")
    assert leaving is not None and leaving == of_the_list and leaving.value("discount") == less
    assert exit_price(agreed, Decimal(2)) == 7_800 + 2 * less
