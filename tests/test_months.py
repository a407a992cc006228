"""Real months: contracts that begin and end within one, run on, or have returns after the end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import PLATFORMS
from test_contract_cases import goal, share, signed

from estimator.contract.terms import Terms
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.presentation.statement_text import read_aloud
from estimator.schemas.statement import Statement, statement
from estimator.values.errors import QuotecastError

BASE = {"kind": "fixed", "amount": 3_000}


def settle(tmp_path: Path, terms: Terms, *files: str, ends: str | None = None) -> Statement:
    paths = []
    for index, text in enumerate(files):
        paths.append(tmp_path / f"actuals{index}.csv")
        paths[-1].write_text(text)
    day = None if ends is None else dt.date.fromisoformat(ends)
    counted = actuals.read(paths, terms, PLATFORMS, ends=day)
    return statement(terms, fees(terms, counted), counted)


def totals(paper: Statement) -> list[Decimal]:
    return [month.total for month in paper.months]


def test_a_contract_begins_on_the_twelfth_and_ends_on_the_twentieth(tmp_path: Path) -> None:
    """20 days of January, all of February, 20 days of March: two thirds, whole, two thirds."""
    rows = "month,from,to,gmv\n2027-01,2027-01-12,,8000\n2027-02,,,9000\n2027-03,,2027-03-20,7000\n"
    paper = settle(tmp_path, signed(BASE, share("0.1")), rows, ends="2027-03-20")
    assert totals(paper) == [2_800, 3_900, 2_700]
    assert [month.share for month in paper.months] == [Decimal("0.6667"), None, Decimal("0.6667")]
    assert "20 of 30 days charged" in read_aloud(paper, "en")
    assert "按 20/30 天计费" in read_aloud(paper, "zh")


def test_a_baseline_and_what_is_included_are_divided_as_the_fee_is(tmp_path: Path) -> None:
    """Half of April: 5 % above half of 20,000, hours beyond half of ten."""
    commission = share("0.05", baseline=20_000)
    hours = {"kind": "per_unit", "of": {"of": ["hours"]}, "price": 100, "included": 10}
    floor = {"kind": "bound", "over": ["c0", "c1"], "at_least": 1_000}
    rows = "month,from,gmv,hours\n2027-04,2027-04-16,18000,6\n2027-05,,22000,4\n"
    paper = settle(tmp_path, signed(commission, hours, floor), rows)
    assert totals(paper) == [500, 1_000]


def test_a_stub_belongs_to_the_first_month_of_every_window(tmp_path: Path) -> None:
    """A goal of months 1 to 2 counts the part of January, February and March."""
    bonus = {
        "kind": "fixed",
        "amount": 700,
        "settles": "once",
        "due_if": [goal("gmv", 30_000, (1, 2)).model_dump()],
    }
    rows = "month,from,gmv\n2027-01,2027-01-22,5000\n2027-02,,10000\n2027-03,,15000\n2027-04,,0\n"
    assert totals(settle(tmp_path, signed(bonus, months=3), rows)) == [0, 0, 700, 0]


def test_months_after_the_minimum_term_run_on_where_the_terms_say_so(tmp_path: Path) -> None:
    rows = "month,gmv\n" + "".join(f"{month},1000\n" for month in range(1, 9))
    paper = settle(tmp_path, signed(BASE, share("0.1"), months=6, after_term="monthly"), rows)
    assert totals(paper) == [3_100] * 8 and not paper.pending
    with pytest.raises(QuotecastError, match="falls after 6"):
        settle(tmp_path, signed(BASE, share("0.1"), months=6), rows)


def test_a_cap_of_the_term_does_not_reach_beyond_it(tmp_path: Path) -> None:
    cap = {"kind": "bound", "over": ["c0"], "settles": "term", "at_most": 250}
    rows = "month,gmv\n1,1000\n2,2000\n3,5000\n"
    paper = settle(tmp_path, signed(share("0.1"), cap, months=2, after_term="monthly"), rows)
    assert totals(paper) == [100, 150, 500]


def test_returns_land_after_the_end(tmp_path: Path) -> None:
    """10 % of 10,000, 10,000; 5,000 come back in the month after the term: 500, in fee money."""
    terms = signed(share("0.1"), months=2)
    paper = settle(tmp_path, terms, "month,gmv\n1,10000\n2,10000\n3,-5000\n")
    assert totals(paper) == [1_000, 1_000, -500] and paper.total == 1_500
    (line,) = paper.months[2].lines
    assert line.kind == "returned" and paper.months[2].worked is False
    assert "returned goods" in read_aloud(paper, "en") and "退货" in read_aloud(paper, "zh")


def test_leaving_early_ends_every_charge_and_judges_no_goal_that_was_cut_off(tmp_path: Path) -> None:
    bonus = {"kind": "fixed", "amount": 9, "settles": "once", "due_if": [goal("gmv", 1, (1, 6)).model_dump()]}
    refund = {
        "kind": "refund",
        "over": ["c0"],
        "steps": [{"back": 1, "goal": goal("gmv", 10**6, (1, 6)).model_dump()}],
        "paid_as": "cash",
    }
    quarter = {"kind": "fixed", "amount": 900, "settles": "quarter"}
    rows = "month,to,gmv\n2027-01,,100\n2027-02,,100\n2027-03,,100\n2027-04,2027-04-10,100\n2027-05,,-50\n"
    paper = settle(tmp_path, signed(BASE, bonus, refund, quarter, months=6), rows, ends="2027-04-10")
    assert totals(paper) == [3_000, 3_000, 3_900, 1_100, 0] and not paper.pending


def test_several_files_are_one_running_ledger(tmp_path: Path) -> None:
    """A later file adds months and changes no line of the months before."""
    cap = {"kind": "bound", "over": ["c1"], "settles": "term", "at_most": 900}
    terms = signed(BASE, share("0.1"), cap, months=6)
    files = ["month,gmv\n2027-01,4000\n", "month,gmv\n2027-02,9000\n", "month,gmv,orders\n2027-03,5000,3\n"]
    first, second, third = (settle(tmp_path, terms, *files[: index + 1]) for index in range(3))
    assert second.months[:1] == first.months and third.months[:2] == second.months
    assert totals(third) == [3_400, 3_500, 3_000]
    assert settle(tmp_path, terms, *reversed(files)).months == third.months
    with pytest.raises(QuotecastError, match=r"actuals0\.csv:2"):
        settle(tmp_path, terms, files[0], files[0])


@given(
    cut=st.integers(1, 30),
    months=st.lists(st.integers(0, 50_000), min_size=2, max_size=4),
    at=st.integers(0, 3),
    more=st.sampled_from([{}, {"baseline": 10_000}, {"settles": "quarter"}, {"running": True}]),
)
def test_splitting_a_month_into_two_parts_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, cut: int, months: list[int], at: int, more: dict[str, Any]
) -> None:
    tmp_path, at = tmp_path_factory.mktemp("split"), at % len(months)
    terms = signed(BASE, share("0.1", **more), months=4)
    cut = min(cut, 27)
    whole = split = "month,from,to,gmv\n"
    for index, gmv in enumerate(months):
        month = f"2027-{index + 1:02d}"
        whole += f"{month},,,{gmv}\n"
        if index == at:
            split += (
                f"{month},,{month}-{cut:02d},{gmv // 3}\n{month},{month}-{cut + 1:02d},,{gmv - gmv // 3}\n"
            )
        else:
            split += f"{month},,,{gmv}\n"
    assert settle(tmp_path, terms, split) == settle(tmp_path, terms, whole)


@pytest.mark.parametrize(
    ("rows", "ends", "expected"),
    [
        ("2027-01,,2027-01-20,5\n", None, "2:.*2027-01 is counted up to 2027-01-20 alone"),
        ("2027-01,,,5\n2027-02,2027-02-03,,5\n", None, "2027-02 is counted from 2027-02-03 on"),
        ("2027-01,,2027-01-10,5\n2027-01,2027-01-12,,5\n", None, "are left out"),
        ("2027-01,,2027-01-10,5\n2027-01,2027-01-10,,5\n", None, "stands already on line 2"),
        ("2027-01,2027-02-10,,5\n", None, "2027-02-10 is not a day of 2027-01"),
        ("2027-01,x,,5\n", None, '"x" is not a date'),
        ("2027-01,2027-01-09,2027-01-05,5\n", None, "2027-01-09 .. 2027-01-05"),
        ("1,2027-01-09,,5\n", None, "the month is a number"),
        ("1,,,5\n", "2027-01-09", "is the number of a month"),
        ("2027-01,,,5\n", "2027-03-09", "a day that no row counts"),
        ("2027-01,,,5\n2027-02,,,7\n", "2027-01-31", "only returns"),
    ],
)
def test_days_that_do_not_fit_are_named(tmp_path: Path, rows: str, ends: str | None, expected: str) -> None:
    with pytest.raises(QuotecastError, match=expected):
        settle(tmp_path, signed(BASE, share("0.1")), "month,from,to,gmv\n" + rows, ends=ends)
