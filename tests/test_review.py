"""The review of a running contract: it adds up, keeps to the record, and holds nothing that is ours alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from books import SIGNED, Clock, new_book, render
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import entered, goal
from opened import RULES
from reviews import FEBRUARY, FEW, JANUARY, ON, reviewed, running, seed, seed_record
from test_documents import OURS, unpacked

from estimator.brief.brief import Brief
from estimator.brief.meaning import operation_of
from estimator.cli import main
from estimator.documents.reviewed import Reviewed
from estimator.documents.reviewed import reviewed as set_pages
from estimator.evidence.remade import made_again
from estimator.evidence.review import review_of
from estimator.market.outcomes import Outcomes
from estimator.market.points import Origin
from estimator.market.simulation import simulate
from estimator.presentation.review_text import review_text
from estimator.presentation.words import Words
from estimator.promise.running import Running, chance_running, months_counted, over_months
from estimator.quoting.running import CALM, ShownMonth, as_shown, chance_now
from estimator.quoting.shortfall import CAUSES, planned, steps
from estimator.schemas.frozen import read_frozen
from estimator.schemas.review import Review
from estimator.values.errors import QuotecastError

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
COUNTED = ("gmv", *CAUSES)
WHOLE = {"videos", "creator_videos", "days_down"}
BOTH = f"{JANUARY}\n{FEBRUARY}"


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────

cells = st.fixed_dictionaries(
    {},
    optional={
        name: st.integers(0, 30 if name == "days_down" else 90_000 if name in ("gmv", "ad_spend") else 400)
        for name in COUNTED
    },
)


@settings(max_examples=8)
@given(st.lists(cells, min_size=1, max_size=3))
def test_every_month_and_the_sum_add_up_exactly_whatever_was_counted(months: list[dict[str, int]]) -> None:
    lines = [
        " ".join([f"2027-0{number}", *(f"{name}={value}" for name, value in each.items())])
        for number, each in enumerate(months, 1)
    ]
    course = reviewed("\n".join(lines)).course
    known = [number for number, each in enumerate(months, 1) if "gmv" in each]
    if not known:
        assert course is None
        return
    assert course is not None and list(course.months) == known
    assert [int(gmv) for gmv in course.actual] == [months[number - 1]["gmv"] for number in known]
    for at, number in enumerate(known):
        moved = [effect.by_month[at] for effect in course.effects]
        assert course.forecast[at] + sum(each or 0 for each in moved) + course.left[at] == course.actual[at]
        for effect, each in zip(course.effects, moved):
            assert (each is None) == (effect.cause not in months[number - 1]), "not counted is not told"
    total = sum((effect.total for effect in course.effects), Decimal(0))
    assert course.forecast_total + total + course.left_total == course.actual_total == sum(course.actual)


share = st.floats(0, 1)


@settings(max_examples=15)
@given(st.lists(st.tuples(share, share, share, share), min_size=2, max_size=2), share)
def test_more_of_the_clients_shortfall_never_raises_the_agencys(
    parts: list[tuple[float, float, float, float]], less: float
) -> None:
    plan = planned(seed(), 2)

    def agencys(fewer_ads: float) -> float:
        done = {
            "ad_spend": [float(plan["ad_spend"][m]) * part[0] * fewer_ads for m, part in enumerate(parts)],
            **{
                cause: [float(plan[cause][m]) * part[at] for m, part in enumerate(parts)]
                for at, cause in enumerate(("videos", "creator_videos", "live_hours"), 1)
            },
        }
        told = [step for step in steps(seed(), done, 2) if step.cause != "ad_spend"]  # type: ignore[arg-type]
        return sum(month.value for step in told for month in step.by_month if month is not None)

    # what rounding of sums over a thousand draws may do, in dollars
    assert agencys(less) >= agencys(1.0) - 1e-6


def test_without_figures_nothing_is_missed_and_the_chance_is_the_frozen_one() -> None:
    review = reviewed()
    assert review.months == review.brought == review.entered == () and review.course is None
    assert review.statement is None and review.month is None
    for one in review.goals:
        assert one.now == one.sent is not None and one.came == "open"
    kept = read_frozen(seed_record().forecast)
    assert kept is not None and [month.gmv.forecast for month in review.ahead] == [m.gmv for m in kept.months]


def test_with_no_month_known_the_chance_of_a_running_goal_is_the_quotes() -> None:
    quote, (asked,) = seed(), seed().goals
    nothing = Outcomes(
        months=(),
        platforms=("",),
        quantities={name: np.zeros((1, 1, 0)) for name in ("promoted_gmv", "ad_spend")},
    )
    assert chance_now(quote, asked.goal, nothing, (), ()) == asked.probability


def test_the_order_of_rows_and_their_files_change_nothing() -> None:
    march = FEBRUARY.replace("2027-02", "2027-03")
    rows = [*entered(JANUARY), *entered(FEBRUARY), *entered(march)]
    whole = reviewed(f"{BOTH}\n{march}")
    for order in permutations(rows):
        files = [replace(row, source=f"{name}.csv:2") for name, row in zip("cab", order)]
        assert reviewed(files) == whole
    assert reviewed(f"{BOTH}\n{march}", month="2027-02") == reviewed(BOTH)


def test_what_was_done_as_planned_moved_nothing() -> None:
    plan = planned(seed(), 3)
    done = {cause: list(map(float, plan[cause])) for cause in CAUSES if cause != "days_down"}
    for step in steps(seed(), done, 3):  # type: ignore[arg-type]
        assert all(month is not None and month.value == 0 for month in step.by_month), step.cause


def test_ads_as_spent_are_spent_to_the_dollar_also_when_days_were_lost() -> None:
    """The step of the days keeps the ads of the step before, so no dollar of them is counted twice."""
    few, many = ({"ad_spend": [9000.0, 14000.0], "days_down": [0.0, days]} for days in (0.0, 15.0))
    moved = {}
    for name, done in (("few", few), ("many", many)):
        moved[name] = {step.cause: step for step in steps(seed(), done, 2)}  # type: ignore[arg-type]
    assert moved["few"]["ad_spend"] == moved["many"]["ad_spend"]
    lost = [moved[name]["days_down"].by_month[1] for name in ("few", "many")]
    assert lost[0] is not None and lost[1] is not None and lost[1].value < 0 < lost[0].value


# ── the account as it has shown itself ────────────────────────────────────────────────────────────


def as_the_middle(factor: float, months: int = 2) -> tuple[ShownMonth, ...]:
    """Months whose ads brought so many times what the contract's own middle brings under the planned ads."""
    quote = seed()
    middle = simulate(
        quote.brief,
        quote.world.market,
        operation_of(quote.brief),
        Origin(),
        months=months,
        scenario=quote.world.scenario,
        switches=CALM,
    )
    ads, sold = (middle.quantities[name][0, 0] for name in ("ad_spend", "attributed_gmv"))
    plan = planned(quote, months)["ad_spend"]
    return tuple(
        ShownMonth(
            month=f"2027-{at + 1:02d}",
            ad_spend=Decimal(repr(round(float(spend), 2))),
            attributed_gmv=Decimal(repr(round(float(spend * sold[at] / ads[at]) * factor, 2))),
            ad_orders=Decimal(400),
            gmv=None,
            orders=None,
        )
        for at, spend in enumerate(plan)
    )


def month_three(brief: Brief) -> float:
    """What ads sell in month 3 at the middle of everything."""
    world = seed().world
    market, operation = world.market, operation_of(brief)
    drawn = simulate(brief, market, operation, Origin(), months=3, scenario=world.scenario, switches=CALM)
    return float(drawn.quantities["attributed_gmv"][0, 0, 2])


def test_a_contract_at_its_own_middle_goes_on_as_it_was_forecast() -> None:
    """However cold its start, and whoever operates: only what lies off the contract's own middle teaches."""
    sent = month_three(seed().brief)
    low, even, high = (month_three(as_shown(seed(), as_the_middle(f))) for f in (0.7, 1.0, 1.4))
    # orders in the learning curve, and the ads as spent in place of the platform's reference
    assert even == pytest.approx(sent, rel=0.02)
    assert low < 0.8 * even < 1.2 * even < high
    told = as_shown(seed(), as_the_middle(1.0))
    raw = tuple(month.as_history("attributed_gmv") for month in as_the_middle(1.0))
    naive = month_three(told.model_copy(update={"history": raw}))
    assert naive < 0.8 * sent, "a cold start taken for a bad account"


def test_all_that_was_sold_tells_of_the_account_where_ads_are_not_told_apart() -> None:
    whole = simulate(
        seed().brief,
        seed().world.market,
        operation_of(seed().brief),
        Origin(),
        months=2,
        scenario=seed().world.scenario,
        switches=CALM,
    ).quantities
    plan = planned(seed(), 2)["ad_spend"]

    def months(factor: float) -> tuple[ShownMonth, ...]:
        return tuple(
            ShownMonth(
                month=f"2027-{at + 1:02d}",
                ad_spend=Decimal(round(float(plan[at]))),
                attributed_gmv=None,
                ad_orders=None,
                gmv=Decimal(
                    round(float(plan[at] * whole["gmv"][0, 0, at] / whole["ad_spend"][0, 0, at]) * factor)
                ),
                orders=None,
            )
            for at in range(2)
        )

    low, even, high = (month_three(as_shown(seed(), months(factor))) for factor in (0.6, 1.0, 1.5))
    assert even == pytest.approx(month_three(seed().brief), rel=0.05) and low < 0.9 * even < 1.1 * even < high


def test_a_better_account_never_lowers_the_chance_and_blanks_teach_nothing() -> None:
    quote, (asked,) = seed(), seed().goals
    known = Outcomes(
        months=("2027-01", "2027-02"),
        platforms=("",),
        quantities={
            "promoted_gmv": np.array([[[25_000.0, 40_000.0]]]),
            "ad_spend": np.array([[[11_000.0, 19_000.0]]]),
        },
    )
    chances = [
        chance_now(quote, asked.goal, known, (True, True), as_the_middle(factor)) for factor in (0.6, 1, 1.5)
    ]
    values = [each.value for each in chances if each is not None]
    assert len(values) == 3 and values == sorted(values) and values[0] < values[2]
    blank = tuple(replace(month, attributed_gmv=None) for month in as_the_middle(0.6))
    assert as_shown(quote, blank) is quote.brief


# ── cases by hand ─────────────────────────────────────────────────────────────────────────────────


def test_a_goal_reads_known_and_simulated_months_together_by_hand() -> None:
    """Known 10,000 on 10,000; then 40,000 or 30,000 on 10,000: in all 2.5 or 2.0."""

    def ledger(sold: list[list[float]]) -> Outcomes:
        gmv = np.array(sold)[:, None, :]
        return Outcomes(
            months=("1", "2")[: gmv.shape[2]],
            platforms=("",),
            quantities={"gmv": gmv, "ad_spend": np.full_like(gmv, 10_000.0)},
        )

    known, drawn = ledger([[10_000.0]]), ledger([[1.0, 40_000.0], [99_000.0, 30_000.0]])
    asked = goal("2.5", months=(1, 2))
    every = Running(known=known, drawn=drawn, read=months_counted(asked, (True,)))
    assert over_months(asked, 2).met(every).tolist() == [True, False]
    later = Running(known=known, drawn=drawn, read=months_counted(asked, (False,)))
    assert over_months(asked, 1).met(later).tolist() == [True, True]
    count = goal("60000", kpi="gmv", months=(1, 2))
    assert over_months(count, 2).met(every).tolist() == [False, False]
    # a month that does not count takes its half of the level with it (M68): 30,000 of 60,000
    assert over_months(count, 1).met(later).tolist() == [True, True]
    assert months_counted(goal(months=(1, 1)), (False,)) == ()


def test_a_review_of_two_months_by_hand() -> None:
    """8,200 a month, 3,250 once, 5 % of what settled; 80 % of 20,000 ads from month 2, 3 days at most."""
    review = reviewed(BOTH)
    assert [month.fees.actual for month in review.months] == [
        Decimal(8200 + 3250 + 605),
        Decimal(8200 + 1445),
    ]
    assert review.statement is not None and review.statement.total == Decimal(21700)
    ads, days = (
        next(one for one in review.brought if one.cause == name) for name in ("ad_spend", "days_down")
    )
    assert (ads.side, [month.held for month in ads.months]) == ("client", [None, False])
    assert (days.side, [month.held for month in days.months]) == ("client", [True, False])
    assert ads.months[1].at_least == 16_000 and ads.actual == 9_200 + 14_600
    assert {one.cause: one.side for one in review.brought if one.side == "agency"} == dict.fromkeys(
        ("videos", "creator_videos", "live_hours"), "agency"
    )
    (only,) = review.goals
    # February held neither duty, so January alone counts: 13,100 on 9,200
    assert only.so_far == round(13_100 / 9_200, 2) and (only.came, only.reason) == ("open", "absent")
    assert only.now is not None and 0 < only.now.probability < 1
    assert review.taught == ("2027-01", "2027-02") and review.made_again
    assert [(each.who, each.months) for each in review.entered] == [("Lin", ("2027-01", "2027-02"))]
    assert [month.month for month in review.ahead] == ["2027-03", "2027-04", "2027-05", "2027-06"]


def test_a_month_that_is_not_whole_is_held_against_no_plan() -> None:
    """Begun on January 16: month 1 is that part with February, a month and 16 of 30 days."""
    part = entered(JANUARY.replace("days_down=0", "days_down=4 from=2027-01-16"))
    march = entered(FEBRUARY.replace("2027-02", "2027-03").replace("days_down=5", "days_down=1"))
    review = reviewed([*part, *entered(FEBRUARY), *march])
    first, second = review.months
    assert not first.whole and second.whole and (first.number, first.month) == (1, "2027-02")
    assert first.gmv.actual == 13_900 + 31_400 and second.gmv.actual == 31_400
    for one in review.brought:
        assert one.months[0].planned is None and one.months[1].planned is not None
    days = next(one for one in review.brought if one.cause == "days_down")
    # 3 days a month, 4.6 in 46 days; 4 in the part month of 1.6 breaks it
    assert days.months[0].at_most == Decimal("4.60") and days.months[0].held is False
    assert review.course is not None and review.course.months == (2,)
    alone = reviewed(part)
    assert alone.months == alone.brought == () and alone.goals[0].now == alone.goals[0].sent


def test_a_goal_whose_figures_are_blank_has_no_chance_and_says_which() -> None:
    (only,) = reviewed("2027-01 gmv=1000 ad_spend=900").goals
    assert only.now is None and only.why_not == "blank" and "promoted_gmv 2027-01" in only.blank


def test_a_goal_that_has_resolved_shows_what_it_came_to_instead_of_a_chance() -> None:
    rows = "\n".join(f"2027-0{m} promoted_gmv=30000 ad_spend=10000 gmv=30000 days_down=0" for m in (1, 2, 3))
    rows = rows.replace("ad_spend=10000", "ad_spend=20000").replace(
        "promoted_gmv=30000", "promoted_gmv=60000"
    )
    late = review_of(running(rows), RULES, ON.replace(year=2029), points=FEW)
    assert [(one.came, one.value, one.now) for one in late.goals] == [("met", 3.0, None)]
    early = reviewed(rows)
    assert [(one.came, one.why_not, one.now) for one in early.goals] == [("open", "complete", None)]


def test_a_record_that_can_no_longer_be_made_again_says_so_and_leaves_the_figures_out() -> None:
    record = seed_record()
    forecast = json.loads(json.dumps(dict(record.forecast)))
    forecast["frozen"]["months"][0]["gmv"]["mean"] += 10.0
    changed = replace(record, forecast=forecast)
    review = review_of(running(BOTH, record=changed), RULES, ON, points=FEW)
    assert not review.made_again and review.course is None and review.months[0].gmv.forecast is not None
    assert [(one.now, one.why_not) for one in review.goals] == [(None, "rules_gone")]
    assert [one.cause for one in review.brought if one.planned is not None] == ["ad_spend"]
    gone = replace(record, rules_sha="0" * 64, edition="2025-01-01")
    kept = read_frozen(record.forecast)
    assert kept is not None and made_again(gone, kept, RULES, FEW) is None
    for language in ("en", "zh"):
        words = Words(language)
        assert words.say("Left out: what was sent can no longer be worked out again.") in review_text(
            review, words
        )


def test_figures_without_a_forecast_or_for_another_month_are_refused() -> None:
    for changed in (replace(seed_record(), forecast={}), None):
        forecast = running(BOTH)
        with pytest.raises(QuotecastError):
            review_of(replace(forecast, revision=replace(forecast.revision, record=changed)), RULES, ON)
    with pytest.raises(QuotecastError) as error:
        reviewed(BOTH, month="2027-05")
    assert "2027-01, 2027-02" in error.value.faults[0].text("en")


# ── what both sides get ───────────────────────────────────────────────────────────────────────────


@cache
def pages_of(language: str, copy: int = 0) -> Reviewed:
    """The documents of one review; another ``copy`` is worked out and set anew."""
    words = Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks)  # type: ignore[arg-type]
    return set_pages(reviewed(BOTH), words, RULES.logo, "a4")


@LANGUAGES
def test_nothing_that_is_ours_alone_is_in_a_review(language: str) -> None:
    made = pages_of(language)
    for text in (
        unpacked(made.pdf),
        made.json.decode(),
        review_text(made.review, made.words),
        str(made.paper),
    ):
        assert OURS.findall(text) == []
    assert '"rule": ""' in made.json.decode() and not re.search(r'"rule": "[^"]', made.json.decode())


@LANGUAGES
def test_the_same_review_is_the_same_bytes_and_an_archive(language: str) -> None:
    one, other = pages_of(language), pages_of(language, copy=1)
    assert one.pdf == other.pdf and one.json == other.json
    assert b"pdfaid:part>3<" in one.pdf and b"review.json" in one.pdf
    assert Review.model_validate_json(one.json) == one.review
    name = {"en": "Review of Q-2026-0001, Feb 2027", "zh": "Q-2026-0001 履约复盘（2027年2月）"}[language]
    assert one.paper.name == name and "Lin" in str(one.paper)


@LANGUAGES
def test_no_probability_is_printed_as_nothing_or_all(language: str) -> None:
    sure = "\n".join(
        line.replace("promoted_gmv=", "promoted_gmv=9").replace("days_down=5", "days_down=0")
        for line in (JANUARY, FEBRUARY.replace("ad_spend=14600", "ad_spend=17000"))
    )
    review = reviewed(sure)
    assert review.goals[0].now is not None and 0.99 < review.goals[0].now.probability < 1
    text = review_text(review, Words(language))  # type: ignore[arg-type]
    assert ">99%" in text and not re.search(r"(?<![\d.])(0|100)%", text)


# ── the command ───────────────────────────────────────────────────────────────────────────────────

Said = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the command on a book with the seed's signed quote and two months; what it said, or its faults."""
    book = new_book(tmp_path, Clock())
    draft = book.save_draft(None, "call", {}, user="Lin")
    listed = replace(seed_record(), lines=(), listed_cents=seed_record().total_cents)
    revision = book.send(draft.id, listed, render, user="Lin", version=draft.version)
    book.agree(revision.reference, user="Lin", who="Client", how="by mail")
    book.sign(revision.reference, SIGNED, user="Lin")
    book.add_actuals(revision.number, entered(BOTH), user="Lin")
    book.close()

    def run(*arguments: str, status: int = 0) -> str:
        assert main(["review", *arguments, "--on", ON.isoformat(), "--book", str(tmp_path)]) == status
        said = capsys.readouterr()
        return said.err if status else said.out

    return run


@LANGUAGES
def test_the_command_prints_the_review_and_writes_it_as_data_and_pdf(
    say: Said, language: str, tmp_path: Path
) -> None:
    words = Words(language)  # type: ignore[arg-type]
    text = say("Q-2026-0001", "--lang", language)
    assert words.say("From the forecast to what came, by cause") in text and "$31,400" in text
    first = say("Q-2026-0001", "--month", "2027-01", "--lang", language)
    assert "$13,900" in first and "$31,400" not in first
    review = Review.model_validate_json(say("Q-2026-0001-r1", "--json"))
    assert review.number == "Q-2026-0001" and review.day == ON and len(review.months) == 2
    path = tmp_path / f"{language}.pdf"
    assert str(path) in say("Q-2026-0001", "--pdf", str(path), "--lang", language)
    assert path.read_bytes().startswith(b"%PDF")
    assert "2027-04" in say("Q-2026-0001", "--month", "2027-04", "--lang", language, status=1)


def test_chance_running_is_none_where_no_month_counts() -> None:
    quote, (asked,) = seed(), seed().goals
    known = Outcomes(
        months=("1", "2", "3"),
        platforms=("",),
        quantities={name: np.ones((1, 1, 3)) for name in ("promoted_gmv", "ad_spend")},
    )
    world = quote.world
    told = chance_running(
        asked.goal, known, (False,) * 3, quote.brief, world.market, operation_of(quote.brief), world.scenario
    )
    assert told is None
