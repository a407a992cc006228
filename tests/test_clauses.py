"""Clauses: each is a rule with its numbers or words alone, and a rule is one record for all its readers."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from histories import actual
from opened import FOLDER, RULES
from test_contract_cases import LABEL, signed
from test_currencies import RATE
from test_months import settle, totals

from estimator.brief import brief as briefs
from estimator.cli import main
from estimator.contract.clauses import STATED, Clause
from estimator.contract.conversion import converted
from estimator.contract.terms import Terms
from estimator.contract.trade import Trade
from estimator.earnings.clause_lines import exit_price
from estimator.earnings.deal import deposit_of
from estimator.earnings.settlement import fees
from estimator.presentation.statement_text import read_aloud
from estimator.quoting.make import make
from estimator.quoting.quote import Quote
from estimator.rules.rules import open_rules
from estimator.values.errors import QuotecastError

EXAMPLES = Path("examples/briefs")
WORDS = {"en": "Words.", "zh": "文字。"}


def quoted(name: str = "seed_beauty", **more: Any) -> Quote:
    return make(briefs.read(EXAMPLES / f"{name}.toml").model_copy(update=more), RULES, ask=False)


def clause(kind: str, text: str, of: str | None = None, **values: Any) -> dict[str, Any]:
    both = {"en": text, "zh": text}
    return {"id": kind, "kind": kind, "text": both, "of": of, "values": values}


# ── which is which ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", RULES.edition.clauses, ids=lambda row: row.id)
def test_a_clause_states_a_rule_with_numbers_or_is_words(row: Any) -> None:
    """Of the kinds that a settlement reads each holds its numbers; no other holds any, or prints a brace."""
    assert bool(row.values) == (row.kind in STATED)
    for text in (row.text.en, row.text.zh):
        assert set(re.findall(r"{(\w+)}", text)) == {name for name, _ in row.values}


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.toml")))
def test_every_sentence_holds_the_numbers_that_are_settled(name: str) -> None:
    terms = quoted(name).terms
    for one in terms.clauses:
        assert "{" not in one.said.en + one.said.zh
        for value, number in one.values:
            shown = f"{float(number) * 100:g}%" if value.endswith("share") else f"{number:,f}"
            assert shown in one.said.en and shown in one.said.zh
    assert terms.runs_on or terms.stated("term") is None


def test_a_number_that_is_changed_changes_sentence_duty_and_settlement() -> None:
    """One record: five days down where three were, and the same months count again."""
    terms = make(
        briefs.read(EXAMPLES / "seed_beauty.toml"), RULES, ask=False, trade=Trade(refund=Decimal("0.3"))
    ).terms
    months = actual(promoted_gmv=[9_000] * 3, ad_spend=[20_000] * 3, days_down=[5] * 3, settled_gmv=[0] * 3)
    (strict,) = (one for one in terms.clauses if one.kind == "duties")
    kept = strict.model_copy(update={"values": (("ads_share", Decimal("0.8")), ("days_down", Decimal(5)))})
    relaxed = terms.model_copy(
        update={"clauses": tuple(kept if one is strict else one for one in terms.clauses)}
    )
    back = {
        name: sum(line.amounts.sum() for line in fees(one, months).lines if line.charge.id == "refund")
        for name, one in (("strict", terms), ("relaxed", relaxed))
    }
    assert back == {"strict": 0, "relaxed": -Decimal("0.9") * terms.charge("base_fee").amount}
    assert "more than 3 days" in strict.said.en and "超过 5 天" in kept.said.zh


def test_the_duty_on_ads_is_the_share_of_the_plan_that_prints() -> None:
    """Half of the planned ads in every month: no target counts after the month of setting up."""
    terms = make(
        briefs.read(EXAMPLES / "seed_beauty.toml"), RULES, ask=False, trade=Trade(refund=Decimal("0.3"))
    ).terms
    half = actual(promoted_gmv=[9_000] * 3, ad_spend=[10_000] * 3, days_down=[0] * 3, settled_gmv=[0] * 3)
    (refund,) = (line for line in fees(terms, half).lines if line.charge.id == "refund")
    assert refund.amounts.sum() == -Decimal("0.3") * terms.charge("base_fee").amount
    assert [(duty.at_least, duty.from_month) for duty in terms.measured_duties] == [(16_000, 2), (None, 1)]
    open_plan = quoted(ad_budget=None).terms
    assert open_plan.stated("plan") is None and len(open_plan.measured_duties) == 1


@pytest.mark.parametrize(
    ("kind", "text", "of", "values", "code"),
    [
        ("deposit", "{months}", None, {"months": 1}, "clause_of"),
        ("notice", "{days}", "c0", {"days": 1}, "clause_of"),
        ("notice", "{weeks}", None, {"weeks": 4}, "clause_values"),
        ("notice", "thirty days", None, {"days": 30}, "clause_braces"),
        ("notice", "{days} {weeks}", None, {"days": 30}, "clause_braces"),
        ("forecast", "{days}", None, {}, "clause_braces"),
        ("forecast", "{", None, {}, "clause_braces"),
        ("forecast", "words", None, {"days": 1}, "clause_values"),
    ],
)
def test_a_clause_that_says_other_than_it_holds_is_refused(
    kind: str, text: str, of: str | None, values: dict[str, int], code: str
) -> None:
    with pytest.raises(QuotecastError) as caught:
        signed({"kind": "fixed", "amount": 5}, clauses=[clause(kind, text, of, **values)])
    (fault,) = caught.value.faults
    assert fault.code == code and fault.line("zh") != fault.line("en")


@pytest.mark.parametrize(
    "charge",
    [
        {"kind": "fixed", "amount": 2_000, "settles": "quarter"},
        {"kind": "fixed", "amount": 2_000, "each_store": True},
        {"kind": "share", "of": {"of": ["gmv"]}, "tiers": {"above": [0], "rate": ["0.1"]}},
    ],
)
def test_a_month_of_a_charge_is_that_of_a_charge_by_the_month(charge: dict[str, Any]) -> None:
    """A quarter's fee, a fee for each store or a share has no amount of a month to be held or owed."""
    with pytest.raises(QuotecastError) as caught:
        signed(charge, clauses=[clause("deposit", "{months}", "c0", months=1)])
    assert [fault.code for fault in caught.value.faults] == ["unknown_reference"]


# ── what they come to ─────────────────────────────────────────────────────────────────────────────

BASE = {"kind": "fixed", "amount": 6_000, "due_days": 7}
CLAUSES = [
    clause("deposit", "{months}", "c0", months=1),
    clause("early_exit", "{months} {discount}", "c0", months=1, discount=300),
    clause("statement", "{sent} {agreed} {days}", sent=5, agreed=10, days=15),
    clause("term", "{months}", months=3),
    clause("rebate", "{client_share}", client_share="0.4"),
]


def test_a_term_that_was_not_quoted_is_the_least_and_then_runs_on(tmp_path: Path) -> None:
    terms = signed(BASE, clauses=CLAUSES)
    assert terms.least_months == 3 and terms.runs_on
    assert signed(BASE, clauses=CLAUSES, months=6).least_months == 6
    rows = "month,gmv\n" + "".join(f"2027-{month:02d},0\n" for month in range(1, 9))
    assert totals(settle(tmp_path, signed(BASE, clauses=CLAUSES, months=6), rows)) == [6_000] * 8


def test_leaving_early_has_its_price(tmp_path: Path) -> None:
    """After 2 1/3 of 6 months: a month's base, and 300 for each month worked."""
    terms = signed(BASE, clauses=CLAUSES, months=6)
    rows = "month,to,gmv\n2027-01,,0\n2027-02,,0\n2027-03,2027-03-10,0\n"
    paper = settle(tmp_path, terms, rows, ends="2027-03-10")
    assert [(line.charge, line.amount) for line in paper.months[2].lines] == [
        ("c0", 2_000),
        ("early_exit", 6_700),
    ]
    whole = "month,gmv\n" + "".join(f"2027-{month:02d},0\n" for month in range(1, 7))
    assert settle(tmp_path, terms, whole, ends="2027-06-30").total == 36_000
    assert [exit_price(terms, Decimal(month)) for month in (1, 5, 6)] == [6_300, 7_500, 0]


def test_the_deposit_is_set_off_against_the_last_invoice(tmp_path: Path) -> None:
    terms = signed(BASE, clauses=CLAUSES, months=6)
    assert deposit_of(terms, "none") == 6_000
    running = settle(tmp_path, terms, "month,gmv\n2027-01,0\n")
    assert running.deposit is not None and running.deposit.set_off is None
    over = settle(tmp_path, terms, "month,gmv\n2027-01,0\n2027-02,0\n", ends="2027-02-28")
    assert over.deposit is not None and (over.deposit.amount, over.deposit.set_off) == (6_000, "2027-02")
    assert "Less the deposit: $6,000.00" in read_aloud(over, "en")


def test_every_line_has_the_day_it_is_due(tmp_path: Path) -> None:
    """Base 7 days after its month begins; a share 15 days after the 10th of the next month."""
    share = {
        "kind": "share",
        "of": {"of": ["gmv"]},
        "tiers": {"above": [0], "rate": ["0.1"]},
        "due_days": 15,
    }
    terms = signed(BASE, share, clauses=CLAUSES)
    paper = settle(tmp_path, terms, "month,from,gmv\n2027-01,2027-01-12,100\n2027-02,,100\n")
    assert [[line.due for line in month.lines] for month in paper.months] == [
        [dt.date(2027, 1, 19), dt.date(2027, 2, 25)],
        [dt.date(2027, 2, 8), dt.date(2027, 3, 25)],
    ]
    assert "due Mar 25, 2027" in read_aloud(paper, "en")
    assert "最晚 2027年2月25日付清" in read_aloud(paper, "zh")
    undated = settle(tmp_path, terms, "month,gmv\n1,100\n")
    assert all(line.due is None for line in undated.months[0].lines)


def test_the_rebate_goes_where_the_clause_says(tmp_path: Path) -> None:
    paper = settle(tmp_path, signed(BASE, clauses=CLAUSES), "month,gmv,ad_rebate\n2027-01,0,500\n")
    assert paper.total == 5_800 and paper.months[0].ad_rebate == 500
    ours = [one for one in CLAUSES if one["kind"] != "rebate"]
    ours.append(clause("rebate", "{client_share}", client_share=0))
    kept = settle(tmp_path, signed(BASE, clauses=ours), "month,gmv,ad_rebate\n2027-01,0,500\n")
    assert kept.total == 6_000 and "Ad rebate of the platform: $500.00" in read_aloud(kept, "en")


# ── the quote and its file ────────────────────────────────────────────────────────────────────────


def test_a_quote_is_settled_from_its_own_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The contract of the quote's JSON, part months, running on and all, by the command alone."""
    assert main(["quote", str(EXAMPLES / "tiny_shop.toml"), "--on", "2026-12-01", "--json"]) == 0
    path, rows = tmp_path / "quote.json", tmp_path / "actuals.csv"
    path.write_text(capsys.readouterr().out)
    base = Terms.model_validate(json.loads(path.read_text())["contract"], strict=False).fixed("month")
    columns = "month,from,settled_gmv,ad_spend,videos,creator_videos,live_hours"
    rows.write_text(f"{columns}\n2027-01,2027-01-16,0,0,0,0,0\n2027-02,,0,0,0,0,0\n")
    assert main(["settle", str(path), str(rows), "--json"]) == 0
    paper = json.loads(capsys.readouterr().out)
    due = [line for line in paper["months"][0]["lines"] if line["charge"] == "base_fee"]
    assert Decimal(due[0]["amount"]) == round(
        Decimal(json.loads(path.read_text())["contract"]["charges"][0]["amount"]) * 16 / 30, 2
    )
    assert base > 0 and due[0]["due"] == "2027-01-23"


def test_hours_are_billed_as_worked_and_planned_as_quoted(tmp_path: Path) -> None:
    """80 hours planned at 60: 4,800 a month quoted; 60 and 100.5 worked: 3,600 and 6,030."""
    made = quoted("almost_nothing", settlement="hourly", project_hours=80, team_level="china")
    assert made.monthly_price == 4_800 and made.fees.mean == pytest.approx(4_800 * made.months)
    paper = settle(tmp_path, made.terms, "month,hours\n2027-01,60\n2027-02,100.5\n")
    assert totals(paper) == [3_600, 6_030]
    open_hours = quoted("almost_nothing", settlement="hourly")
    assert open_hours.monthly_price == 4_800


def test_the_discount_of_a_longer_term_is_recorded_where_leaving_early_gives_it_back() -> None:
    longer, listed = quoted(contract_months=12).terms, quoted(contract_months=None).terms
    clause = longer.stated("early_exit")
    assert clause is not None
    gap = listed.charge("base_fee").amount - longer.charge("base_fee").amount
    assert gap > 0 and clause.value("discount") == gap
    assert exit_price(longer, Decimal(4)) == longer.charge("base_fee").amount + 4 * gap


def test_the_edition_before_keeps_its_words_and_its_seal() -> None:
    """An edition sealed before clauses could hold numbers prints as it did, and settles without them."""
    before = open_rules(FOLDER, on=dt.date(2026, 11, 20))
    assert before.edition.id == "2026-11-01" and before.edition.heading.sealed == before.edition.sha256
    made = make(briefs.read(EXAMPLES / "seed_beauty.toml"), before, ask=False)
    assert not any(clause.states for clause in made.terms.clauses) and not made.terms.runs_on
    assert any("3 days" in clause.said.en for clause in made.terms.clauses)
    now = quoted()
    assert replace(made.priced, edition="").monthly == now.priced.monthly


def test_a_clause_of_no_stated_kind_is_words() -> None:
    words = Clause.model_validate({"id": "w", "kind": "forecast", "text": WORDS})
    assert not words.states and words.said == words.text and LABEL


def test_money_in_a_clause_prints_in_the_currency_of_its_terms() -> None:
    """20,000 dollars of ads a month are 160,000 yuan at 8 to 1, in the sentence as in the duty."""
    terms = make(briefs.read(EXAMPLES / "seed_beauty.toml"), RULES, ask=False).terms
    plan, yuan = terms.stated("plan"), converted(terms, RATE).stated("plan")
    assert plan is not None and yuan is not None
    for one, said in (
        (plan, f"USD {plan.value('ad_spend'):,f}"),
        (yuan, f"CNY {8 * plan.value('ad_spend'):,f}"),
    ):
        assert said in one.said.en and said in one.said.zh
