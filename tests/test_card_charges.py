"""A price list can write every charge that terms can hold: bounds on amounts, bonus, refund, tiers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cards import EDITION, GUARDS, VOCABULARY, add_edition, with_one_edition
from histories import actual, goal

from estimator.brief import brief as briefs
from estimator.brief.goals import Goal
from estimator.contract import editions
from estimator.contract.charges import Bound, Fixed, PerUnit, Refund, ShareOf
from estimator.contract.pricing import priced_at
from estimator.contract.rate_card import Examples, Heading, RateCard
from estimator.earnings.settlement import fees
from estimator.market.points import Points
from estimator.quoting.make import make
from estimator.rules.check import check
from estimator.rules.rules import open_rules
from estimator.values import tables
from estimator.values.errors import QuotecastError
from estimator.values.text import Text

SEED = Path("examples/briefs/seed_beauty.toml")
HEAD = (
    "id,position,kind,settles,of,or_of,pack,parts,planned,included,rolls_over,pools,baseline,reach,running,lag,"
    "in_advance,months,over,side,on_goal,each_month,paid_as,in_proportion,due_days,covers,"
    "label_en,label_zh,rationale,source"
)
PROPORTION = {"in_proportion": "yes"}
CLAUSES = "id,kind,label_en,label_zh,rationale,source\nclause.tax,tax,Without tax,不含税,why,test\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return with_one_edition(tmp_path / "rules")


def row(name: str, kind: str, settles: str = "month", **cells: str) -> str:
    held = {"id": name, "position": "1", "kind": kind, "settles": settles, **cells}
    held |= {"label_en": name, "label_zh": "收费", "rationale": "why", "source": "test"}
    return ",".join(held.get(column, "") for column in HEAD.split(","))


def card(charges: list[str], values: dict[str, str], steps: str = "") -> RateCard:
    """An edition of these charges, each set by one row that holds for every brief."""
    files = {"charges": "\n".join((HEAD, *charges)) + "\n", "clauses": CLAUSES, "guards": GUARDS}
    files["steps"] = "id,charge,above,rate,label_en,label_zh,rationale,source\n" + (steps or "")
    if not steps:
        files.pop("steps")
    for name, value in values.items():
        files[f"t_{name}"] = (
            f"id,sets {name},label_en,label_zh,rationale,source\nr.{name},{value},x,某,why,test\n"
        )
    heading = Heading(
        id="test",
        label=Text(en="Test", zh="测试"),
        valid_from=dt.date(2027, 1, 1),
        currency="USD",
        scenario="expected",
        tables={name: "each" for name in files if name.startswith("t_")},
    )
    parsed = {name: tables.parse(text.encode(), f"{name}.csv") for name, text in files.items()}
    return editions.assemble(heading, parsed, Examples(), VOCABULARY)


def terms(made: RateCard, target: Goal | None = None, **facts: Any) -> Any:
    known = dict.fromkeys(made.facts) | facts
    return priced_at(known, made, None, target).terms


def by_month(done: Any, name: str) -> list[Decimal]:
    (line,) = (line for line in (*done.lines, *done.credits) if line.charge.id == name)
    return list(line.amounts[0])


def test_a_minimum_and_a_cap_on_an_amount() -> None:
    """15 % of ads, at least 1,500 and at most 6,000 a month."""
    made = card(
        [
            row("ads", "share", of="ad_spend"),
            row("least", "bound", over="ads", side="at_least"),
            row("most", "bound", over="ads", side="at_most"),
        ],
        {"ads": "0.15", "least": "1500", "most": "6000"},
    )
    done = fees(terms(made), actual(ad_spend=[4_000, 20_000, 90_000]))
    assert list(done.by_month[0]) == [1_500, 3_000, 6_000]


def test_a_bound_is_over_the_charges_that_a_brief_has() -> None:
    made = card(
        [
            row("ads", "share", of="ad_spend"),
            row("base", "fixed"),
            row("floor", "bound", over="ads|base", side="at_least"),
        ],
        {"ads": "0.15", "base": "0", "floor": "500"},
    )
    (bound,) = (charge for charge in terms(made).charges if isinstance(charge, Bound))
    assert bound.over == ("ads",)


def test_a_bonus_and_refunds_hang_on_the_first_goal_and_are_left_out_without_one() -> None:
    made = card(
        [
            row("base", "fixed"),
            row("bonus", "fixed", "month", on_goal="yes", each_month="yes"),
            row("back", "refund", "once", over="base", paid_as="cash", on_goal="yes"),
            row(
                "wager",
                "refund",
                "once",
                over="base",
                paid_as="ad_credit",
                on_goal="yes",
                in_proportion="yes",
            ),
        ],
        {"base": "1000", "bonus": "300", "back": "0.2", "wager": "0.5"},
    )
    assert [charge.id for charge in terms(made).charges] == ["base"]
    target = goal("gmv", 10_000, (1, 2))
    signed = terms(made, target)
    assert {type(charge) for charge in signed.charges} == {Fixed, Refund} and len(signed.charges) == 4
    done = fees(signed, actual(gmv=[4_000, 4_000]))
    assert by_month(done, "bonus") == [0, 0] and by_month(done, "back") == [0, -400]
    assert by_month(done, "wager") == [0, 400], "a fifth short, so a fifth of 2,000 as a credit"
    beyond = terms(made, goal("gmv", 10_000, (1, 12)), contract_months=Decimal(6))
    assert [charge.id for charge in beyond.charges] == ["base"], "no goal reaches beyond the term"


def test_the_rest_of_what_terms_can_say() -> None:
    """Whole-amount tiers, an amount by tier of last month's spend, windows, rollover, pools, two measures."""
    steps = "s.ads,ads,50000,0.24,x,某,why,test\ns.tier,tier,30000,3500,x,某,why,test\n"
    made = card(
        [
            row("ads", "share", of="ad_spend", reach="whole"),
            row("tier", "fixed", of="ad_spend", lag="1"),
            row("launch", "fixed", months="1..2"),
            row("ahead", "fixed", "quarter", in_advance="yes"),
            row("hours", "per_unit", of="hours", included="8", rolls_over="4"),
            row("pool", "per_unit", of="videos", included="10", pools="quarter"),
            row("share", "share", of="gmv", or_of="settled_gmv"),
            row("second", "share", of="fees.tier"),
            row("term", "share", "term", of="gmv", running="yes"),
        ],
        {
            "ads": "0.27",
            "tier": "2500",
            "launch": "700",
            "ahead": "900",
            "hours": "100",
            "pool": "20",
            "share": "0.05",
            "second": "0.2",
            "term": "0.01",
        },
        steps,
    )
    signed = terms(made, contract_months=Decimal(3))
    done = fees(
        signed,
        actual(
            ad_spend=[40_000, 60_000, 10_000],
            hours=[4, 12, 9],
            videos=[0, 35, 0],
            gmv=[1_000, 2_000, 3_000],
            settled_gmv=[1_500, 500, 500],
        ),
    )
    assert by_month(done, "ads") == [10_800, 14_400, 2_700]
    assert by_month(done, "tier") == [2_500, 3_500, 3_500]
    assert by_month(done, "launch") == [700, 700, 0] and by_month(done, "ahead") == [900, 0, 0]
    assert by_month(done, "hours") == [0, 0, 100] and by_month(done, "pool") == [0, 100, 0]
    assert by_month(done, "share") == [75, 100, 150] and by_month(done, "second") == [500, 700, 700]
    assert by_month(done, "term") == [0, 0, 60]
    assert {type(charge) for charge in signed.charges} == {Fixed, PerUnit, ShareOf}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"kind": "fixed", "over": "base"}, "cell_not_used"),
        ({"kind": "bound", "over": "nothing", "side": "at_most"}, "unknown_reference"),
        ({"kind": "bound", "over": "base"}, "missing"),
        ({"kind": "refund", "over": "base", "paid_as": "gold", "on_goal": "yes"}, "unknown_reference"),
        ({"kind": "share", "of": "fees.nothing"}, "unknown_reference"),
        ({"kind": "fixed", "months": "6"}, "not_a_pair"),
        ({"kind": "fixed", "in_advance": "maybe"}, "not_a_choice"),
    ],
)
def test_a_charge_that_cannot_be_is_told_in_its_cell(cells: dict[str, str], code: str) -> None:
    kind = cells.pop("kind")
    with pytest.raises(QuotecastError) as caught:
        card([row("base", "fixed"), row("odd", kind, **cells)], {"base": "5", "odd": "0.5"})
    assert code in [fault.code for fault in caught.value.faults]
    assert all(fault.line("zh") != fault.line("en") for fault in caught.value.faults)


def test_a_pricing_manager_adds_a_minimum_with_its_examples_and_it_prices(rules: Path) -> None:
    """Rows alone, then examples, check and seal: ad management of at least 1,500 a month from December on."""

    def floor(folder: Path) -> None:
        lines = (folder / "charges.csv").read_text("utf-8").splitlines()
        wide = [*lines[0].split(","), "over", "side"]
        held = {
            "id": "ads_floor",
            "position": "210",
            "kind": "bound",
            "settles": "month",
            "over": "ad_management",
            "side": "at_least",
            "label_en": "At least for running ads",
            "label_zh": "代投广告服务费保底",
            "rationale": "By the month",
            "source": "test",
        }
        bound = ",".join(held.get(column, "") for column in wide)
        table = [",".join(wide), *(f"{line},," for line in lines[1:]), bound]
        (folder / "charges.csv").write_text("\n".join(table) + "\n", "utf-8")
        (folder / "ads_floor.csv").write_text(
            "id,service_model,sets ads_floor,label_en,label_zh,rationale,source\n"
            "ads_floor.whole,whole_shop,1500,At least 1500,至少 1500,By the month,test\n",
            "utf-8",
        )

    listed = ('hourly_fee = "each"', 'hourly_fee = "each"\nads_floor = "each"')
    made = add_edition(rules, "2026-12-01", heading=(listed,), supersedes=EDITION.name, also=floor)
    assert check(rules) == ()
    opened = open_rules(rules, on=dt.date.fromisoformat(made.id))
    assert opened.edition.id == made.id and opened.state == "sealed"
    quote = make(briefs.read(SEED), opened, points=Points(number=64, scrambles=2), ask=False)
    (bound,) = (charge for charge in quote.terms.charges if isinstance(charge, Bound))
    assert (bound.at_least, bound.over) == (1_500, ("ad_management",))
    spoilt = rules / "rate_cards" / made.id / "examples.toml"
    text = spoilt.read_text("utf-8")
    assert 'ads_floor = "1500"' in text
    spoilt.write_text(text.replace('ads_floor = "1500"', 'ads_floor = "1400"'), "utf-8")
    assert {fault.code for fault in check(rules)} == {"example"}
