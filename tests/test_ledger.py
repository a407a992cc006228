"""The ledger: what a goal comes to on figures, why it is open or void, and that it stays what it was."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import SPENT, TERMS, entered, frozen, goal, ledger, quoted
from opened import PLATFORMS

from estimator.book.records import Entered
from estimator.book.states import State
from estimator.brief.goals import READINGS
from estimator.earnings.resolution import resolved
from estimator.evidence.ledger import LedgerGoal, check_figures, counted, current
from estimator.values.errors import QuotecastError
from estimator.values.exchange import ExchangeRates

THREE = """
2027-01 gmv=20000 ad_spend=10000
2027-02 gmv=10000 ad_spend=10000
2027-03 gmv=33000 ad_spend=10000
"""


def told(one: LedgerGoal) -> tuple:
    return one.came, one.reason, one.about


def the(kept, figures, **changes) -> LedgerGoal:
    (only,) = ledger(quoted(kept, figures, **changes)).goals
    return only


# ── every state, by hand ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "came", "value"),
    [
        (goal("2.1"), "met", 2.1),  # 63,000 ÷ 30,000, an exact tie
        (goal("2.11"), "missed", 2.1),
        (goal("3.3", reading="last"), "met", 3.3),
        (goal("1.5", reading="every"), "missed", 1.0),
        (goal("3", reading="any"), "met", 3.3),
        (goal("2.2", at_least=False), "met", 2.1),
        (goal("3", at_least=False, reading="every"), "missed", 3.3),
        (goal("62999.99", kpi="gmv"), "met", 63000.0),
        (goal("0.6", kpi="gmv_growth_in_term", months=(3, 3)), "met", 0.65),
        (goal("15", kpi="cac_full", at_least=False), "void", None),
    ],
)
def test_a_goal_resolves_by_what_was_counted(asked, came: str, value: float | None) -> None:
    one = the(frozen(asked), entered(THREE))
    assert (one.came, one.value) == (came, value) and one.resolved == (came != "void")


def test_a_goal_that_counts_our_fee_takes_it_from_the_terms() -> None:
    rows = [f"{line} platform_take=0 creator_commission=0 sample_cost=0" for line in THREE.split("\n")[1:4]]
    one = the(frozen(goal("1.9", kpi="roas_all_fees")), entered("\n".join(rows)))
    assert (one.came, one.value) == ("met", pytest.approx(63_000 / 33_000))


@pytest.mark.parametrize(
    ("kept", "figures", "expected"),
    [
        (frozen(goal()), (), ("open", "no_figures", ())),
        (frozen(goal(months=(1, 5))), entered(THREE), ("open", "absent", ("2",))),
        (
            frozen(goal()),
            entered(THREE, dt.datetime(2027, 4, 5, 6, 59, tzinfo=dt.UTC)),
            ("open", "entered_early", ("2027-03",)),
        ),
        (
            frozen(goal()),
            entered(THREE.replace(" ad_spend=10000", "", 1)),
            ("void", "missing", ("ad_spend 2027-01",)),
        ),
        (
            frozen(goal(months=(2, 3)), duties=(SPENT,)),
            entered(THREE.replace("ad_spend=1", "ad_spend=")),
            ("void", "duty", ("2027-02 ad_spend", "2027-03 ad_spend")),
        ),
        (
            frozen(goal(months=(1, 5))),
            entered(THREE, ends=dt.date(2027, 3, 31)),
            ("void", "cut_off", ("2027-03",)),
        ),
        (
            frozen(goal()),
            entered("2027-01 gmv=1 ad_spend=x"),
            ("void", "unreadable", ("a1.csv:2:ad_spend",)),
        ),
    ],
)  # fmt: skip
def test_what_is_open_or_void_says_why(kept, figures: tuple[Entered, ...], expected: tuple) -> None:
    one = the(kept, figures)
    assert told(one) == expected
    assert not one.resolved and one.value is None


def test_a_goal_is_read_on_the_day_its_figures_are_final_where_its_kpi_counts_its_days() -> None:
    final = dt.datetime(2027, 4, 5, 7, 0, tzinfo=dt.UTC)  # midnight in Los Angeles
    figures = entered(THREE, final)
    one = the(frozen(goal()), figures)
    assert one.came == "met" and one.ripe == dt.date(2027, 4, 5)
    (before,) = ledger(quoted(frozen(goal()), figures), on=dt.date(2027, 4, 4)).goals
    assert told(before) == ("open", "not_ripe", ("2027-04-05",))
    settled = frozen(goal("1.5", kpi="roas_settled"))
    rows = entered(THREE.replace("gmv", "cohort_settled_gmv"), final)
    assert told(the(settled, rows))[:2] == ("open", "entered_early")
    assert the(settled, entered(THREE.replace("gmv", "cohort_settled_gmv"))).came == "met"


def test_before_any_figures_the_start_of_the_brief_says_when_a_goal_is_ripe() -> None:
    assert the(frozen(goal(), start="2026-11"), ()).ripe == dt.date(2027, 2, 5)
    assert the(frozen(goal()), ()).ripe is None


def test_a_month_that_did_not_hold_its_duty_is_left_out_and_named() -> None:
    figures = entered(THREE.replace("gmv=10000 ad_spend=10000", "gmv=10000 ad_spend=7999"))
    one = the(frozen(goal("2.65"), duties=(SPENT,)), figures)
    assert (one.came, one.value, one.left_out) == ("met", 2.65, ("2027-02 ad_spend",))
    count = the(frozen(goal("79500", kpi="gmv"), duties=(SPENT,)), figures)
    assert (count.came, count.value) == ("met", 79_500.0)  # 53,000 of two months, held against three


def test_an_amendment_takes_the_place_of_what_was_still_open() -> None:
    kept = frozen(goal(), goal(months=(3, 3)), goal(months=(1, 1)))
    over = dt.datetime(2027, 2, 20, tzinfo=dt.UTC)
    amended = ledger(quoted(kept, entered(THREE), state=State.SUPERSEDED, replaced=over)).goals
    assert [told(one) for one in amended] == [("void", "amended", ("2027-02-19",))] * 2 + [("met", "", ())]
    assert {one.standing for one in amended} == {"signed"}


def test_what_was_only_sent_is_marked_and_counts_where_it_has_figures() -> None:
    kept = frozen(goal())
    standing = {
        state: [one.standing for one in ledger(quoted(kept, entered(THREE), state=state)).goals]
        for state in State
    }
    assert standing.pop(State.SIGNED) == ["signed"] and standing.pop(State.AGREED) == ["agreed"]
    assert set(map(tuple, standing.values())) == {("sent",)}
    assert ledger(quoted(kept, state=State.SENT)).goals == ()


def test_what_was_sent_before_forecasts_were_frozen_is_counted_apart() -> None:
    both = ledger(quoted(None, entered(THREE)), quoted(frozen(goal()), entered(THREE), number="Q-2026-0002"))
    assert both.not_scorable == ("Q-2026-0001-r1",) and len(both.goals) == 1
    with pytest.raises(QuotecastError, match="before forecasts were frozen"):
        check_figures(quoted(None), entered(THREE), None, PLATFORMS, ExchangeRates())


def test_a_correction_counts_and_the_line_before_it_stays() -> None:
    first, second = entered(THREE), entered("2027-02 gmv=13000 ad_spend=10000", entry=2)
    assert [row.cells["gmv"] for row in current((*first, *second))] == ["20000", "13000", "33000"]
    one = the(frozen(goal("2.2")), (*first, *second))
    assert (one.came, one.value) == ("met", 2.2)


def test_figures_that_do_not_fit_those_that_stand_are_refused_at_their_place() -> None:
    standing = quoted(frozen(goal()), entered(THREE))
    for rows, said in (
        ("2027-06 gmv=1", "a2.csv:2"),
        ("2027-04 gmv=1 foo=2", "foo"),
        ("2027-04 gmv=-x", "a2.csv:2:gmv"),
    ):
        with pytest.raises(QuotecastError, match=said):
            check_figures(standing, entered(rows, entry=2), None, PLATFORMS, ExchangeRates())
    check_figures(standing, entered("2027-04 gmv=1", entry=2), None, PLATFORMS, ExchangeRates())


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────

AMOUNT = st.sampled_from(["", "0", "7999.99", "8000", "12000", "30000"])
MONTHS = st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=6)
GOALS = [
    goal(level, reading=reading, months=months, at_least=at_least, kpi=kpi)
    for kpi, level in (("roas_blended", "1.5"), ("gmv", "20000"), ("gmv_growth_in_term", "0.2"))
    for reading in READINGS
    for months in ((1, 1), (2, 4))
    for at_least in (True, False)
]


def lines(months: list[tuple[str, str]]) -> tuple[Entered, ...]:
    """A line for each month; a blank is left out."""
    texts = [
        " ".join([f"2027-{n:02d}", *(f"{name}={v}" for name, v in zip(("gmv", "ad_spend"), row) if v)])
        for n, row in enumerate(months, 1)
    ]
    return entered("\n".join(texts))


@settings(max_examples=60, deadline=None)
@given(MONTHS, st.integers(1, 6), st.booleans())
def test_what_has_resolved_stays_so_whatever_later_months_bring(
    months: list[tuple[str, str]], known: int, duty: bool
) -> None:
    kept = frozen(*GOALS, duties=(SPENT,) if duty else ())
    before = ledger(quoted(kept, lines(months[:known]))).goals
    after = ledger(quoted(kept, lines(months))).goals
    for early, late in zip(before, after, strict=True):
        if early.came != "open":
            assert (told(early), early.value, early.ripe) == (told(late), late.value, late.ripe)


@settings(max_examples=30, deadline=None)
@given(MONTHS, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_of_files_changes_nothing(months: list[tuple[str, str]], random) -> None:
    kept = frozen(*GOALS, duties=(SPENT,))
    rows = list(lines(months))
    first = ledger(quoted(kept, rows)).goals
    random.shuffle(rows)
    shuffled = [
        Entered(**{**vars(row), "source": f"f{random.randint(0, 3)}.csv:{at}"}) for at, row in enumerate(rows)
    ]
    again = ledger(quoted(kept, shuffled)).goals
    assert [(told(one), one.value) for one in first] == [(told(one), one.value) for one in again]


@settings(max_examples=60, deadline=None)
@given(MONTHS, st.booleans())
def test_the_figure_reaches_the_level_exactly_where_the_goal_is_met(
    months: list[tuple[str, str]], duty: bool
) -> None:
    outcomes = counted(lines(months), TERMS, PLATFORMS, None, ExchangeRates())
    for one in resolved(TERMS, outcomes, GOALS, (SPENT,) if duty else ()):
        if one.met is None:
            assert one.value is None
        elif one.value is None:
            assert not one.met
        else:
            level = one.goal.level
            assert one.met == (one.value >= level if one.goal.at_least else one.value <= level)


def test_quotes_in_any_order_are_each_what_they_are_alone() -> None:
    every = [quoted(frozen(goal(level)), entered(THREE), number=f"Q-2026-000{level}") for level in (1, 2, 3)]
    alone = {one.revision.number: ledger(one).goals for one in every}
    for order in permutations(every):
        for one in ledger(*order).goals:
            assert (one,) == alone[one.revision.number]
