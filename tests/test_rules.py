"""Rules: one frozen value of a day, handed in, so that no two answers are of different editions."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cards import EARLIER as DEFAULT
from cards import add_edition, with_one_edition
from opened import DAY, FOLDER, RULES
from sampled import first
from streamlit.testing.v1 import AppTest

from estimator.batch import run
from estimator.batch.answers import answers
from estimator.brief import brief, link
from estimator.brief.brief import Brief
from estimator.brief.link import Link
from estimator.cli import main
from estimator.comparing.comparison import compare
from estimator.comparing.offers import candidate
from estimator.market.points import Points
from estimator.presentation.heading import state_lines
from estimator.presentation.words import Words
from estimator.quoting.estimate import estimate
from estimator.quoting.make import make
from estimator.quoting.pilot import pilot
from estimator.quoting.quote import Quote
from estimator.rules import rules as rules_module
from estimator.rules.check import check
from estimator.rules.rules import Rules, open_rules
from estimator.values.errors import QuotecastError

ROOT = Path(__file__).parent.parent
SEED = ROOT / "examples" / "briefs" / "seed_beauty.toml"
FEW = Points(number=64, scrambles=2)
EVE, FIRST = dt.date(2026, 11, 30), dt.date(2026, 12, 1)
PRICES = {EVE: 8200, FIRST: 12000}
"""Whole-shop operation at 6,500 and at 9,500 a month, for the seed brief, rounded to 50."""
OLD_EXAMPLES = (FOLDER / "rate_cards" / DEFAULT.id / "examples.toml").read_bytes()
DEARER = ("base_fee.csv", ",6500,", ",9500,")
YUAN = ('currency = "USD"', 'currency = "CNY"')


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return with_one_edition(tmp_path / "rules", DEFAULT)


@pytest.fixture
def two(rules: Path) -> Path:
    """The shipped rules and, from the first of December on, an edition whose whole shop is dearer."""
    add_edition(rules, FIRST.isoformat(), cells=(DEARER,), supersedes=DEFAULT.id)
    return rules


def add_market(rules: Path, name: str, *, currency: str = "USD") -> None:
    """The shipped market once more, under another id and perhaps in another currency."""
    market = shutil.copytree(rules / "markets/2026-11-23", rules / "markets" / name)
    heading = (market / "market.toml").read_text("utf-8")
    heading = heading.replace('id = "2026-11-23"', f'id = "{name}"').replace('"USD"', f'"{currency}"')
    (market / "market.toml").write_text(heading, "utf-8")


def add_rate(rules: Path) -> None:
    """Eight yuan a dollar, by nobody in particular."""
    (rules / "exchange_rates.toml").write_text(
        '[[rows]]\nbase = "USD"\ncurrency = "CNY"\nrate = "8"\nas_of = "2026-11-01"\nsource = "fictional"\n'
        'bearer = { en = "the client", zh = "客户" }\n',
        "utf-8",
    )


class Clock(dt.date):
    """A date whose today is set."""

    day = EVE

    @classmethod
    def today(cls) -> dt.date:
        return cls.day


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Clock]]:
    class Calendar:
        date = Clock

    monkeypatch.setattr(rules_module, "dt", Calendar)
    yield Clock
    Clock.day = EVE


# ── two editions, one process ─────────────────────────────────────────────────────────────────────


def prices_everywhere(opened: Rules, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """The monthly price of the seed brief wherever it can be seen."""
    asked = brief.read(SEED)
    quote = make(asked, opened, points=FEW, ask=False)
    offers = [candidate(name, asked, opened) for name in ("whole_shop", "in_house")]
    row = compare(asked, offers, opened, points=FEW).offer("whole_shop")
    test = pilot(quote, 2.0, points=FEW)
    (answer,) = answers([asked], opened, points=FEW)
    assert main(["quote", str(SEED), "--json", "--on", opened.on.isoformat()]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert row.terms is not None
    return {
        "quote": quote.monthly_price,
        "comparison": float(row.terms.fixed("month")),
        "paid test": float(round(float(test.fee) / 14 * 30)),
        "paid test, its news": float(test.value.now.price or 0),
        "estimate": estimate(asked, opened, points=FEW).monthly_price,
        "answers": answer.monthly_price,  # type: ignore[union-attr]
        "command": float(printed["monthly_price"]["amount"]),
    }


def test_one_process_that_lives_through_a_first_day_prices_alike_everywhere(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUOTECAST_RULES", str(two))
    for day in (EVE, FIRST):
        prices = prices_everywhere(open_rules(on=day), tmp_path, capsys)
        assert set(prices.values()) == {PRICES[day]}, prices
    before = make(brief.read(SEED), open_rules(on=EVE), points=FEW, ask=False)
    assert before.monthly_price == PRICES[EVE], "what was worked out since must not reach the day before"


@pytest.mark.journey
def test_a_batch_has_the_prices_of_its_day_in_every_process(two: Path, tmp_path: Path) -> None:
    rows = tmp_path / "one.csv"
    rows.write_text("id,service_model,stage\na,whole_shop,growth\n", "utf-8")
    prices = {}
    for day in (EVE, FIRST):
        out = tmp_path / f"{day}.parquet"
        run.run(rows, out, open_rules(two, on=day), jobs=1, points=FEW)
        (row,) = pq.read_table(out).to_pylist()
        prices[row["edition"]] = row["monthly_price"], row["edition_state"]
    assert prices == {DEFAULT.id: (6500.0, "sealed"), FIRST.isoformat(): (9500.0, "sealed")}


def test_the_page_prices_with_the_edition_of_its_day(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: type[Clock]
) -> None:
    """A page that is open when a new edition begins has its prices from its next whole run on."""
    monkeypatch.setenv("QUOTECAST_RULES", str(two))
    monkeypatch.setenv("QUOTECAST_HOME", str(tmp_path))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.query_params["b"] = link.pack(Link(brief=brief.read(SEED)))
    for day in (EVE, FIRST):
        clock.day = day
        page.run()
        assert not page.exception
        _, quote = page.session_state["quote"]
        assert isinstance(quote, Quote)
        assert (quote.monthly_price, quote.rules.on) == (PRICES[day], day)


# ── which edition ─────────────────────────────────────────────────────────────────────────────────


def test_a_day_has_the_prices_of_its_edition_and_a_day_before_the_first_has_none(
    two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUOTECAST_RULES", str(two))
    for day, edition in (("2026-11-15", DEFAULT.id), ("2026-12-15", FIRST.isoformat())):
        assert main(["quote", str(SEED), "--json", "--on", day]) == 0
        assert json.loads(capsys.readouterr().out)["edition"] == edition
    assert main(["quote", str(SEED), "--on", "2026-10-31"]) == 1
    assert "the first begins on 2026-11-01" in capsys.readouterr().err


@pytest.mark.parametrize("spoilt", [pytest.param("unsealed", marks=pytest.mark.journey), "failing"])
def test_a_draft_prices_nothing_unless_it_is_named_and_then_says_so(
    rules: Path, spoilt: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = add_edition(rules, "2026-11-20", cells=(DEARER,), sealed=False, supersedes=DEFAULT.id)
    if spoilt == "failing":
        folder = rules / "rate_cards" / made.id
        (folder / "examples.toml").write_bytes(OLD_EXAMPLES)
    assert open_rules(rules, on=DAY).edition.id == DEFAULT.id
    drafted = open_rules(rules, on=DAY, edition=made.id)
    assert (drafted.edition.id, drafted.state) == (made.id, spoilt)
    for language in ("en", "zh"):
        (line,) = state_lines(drafted, Words(language, vocabulary=RULES.vocabulary))  # type: ignore[arg-type]
        assert made.id in line
    monkeypatch.setenv("QUOTECAST_RULES", str(rules))
    trade = ["trade", "--base", "3000"]
    others = (["compare"], ["estimate"], trade) if spoilt == "unsealed" else ()
    for command in (["quote"], *others):
        arguments = [command[0], str(SEED), *command[1:], "--edition", made.id]
        assert main(arguments) == 0
        assert capsys.readouterr().out.splitlines()[0].startswith("Not for clients: price edition 2026-11-20")
    assert main(["quote", str(SEED), "--edition", made.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["edition_state"] == spoilt


def test_check_tells_of_an_edition_without_a_seal(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sound as it is, nobody would see why its day comes and nothing changes."""
    assert main(["check", str(rules)]) == 0 and capsys.readouterr().out == ""
    add_edition(rules, "2026-11-20", cells=(DEARER,), sealed=False, supersedes=DEFAULT.id)
    assert main(["check", str(rules), "--lang", "zh"]) == 0
    assert "2026-11-20 版价目尚未封存" in capsys.readouterr().out


def test_a_sealed_edition_that_fails_its_examples_or_was_changed_stops_all_pricing(rules: Path) -> None:
    add_edition(rules, "2026-11-20", cells=(DEARER,), supersedes=DEFAULT.id)
    examples = rules / "rate_cards" / "2026-11-20" / "examples.toml"
    examples.write_bytes(OLD_EXAMPLES)
    with pytest.raises(QuotecastError) as error:
        open_rules(rules, on=DAY)
    assert [fault.code for fault in error.value.faults] == ["edition_fails"]
    assert open_rules(rules, on=dt.date(2026, 11, 19)).edition.id == DEFAULT.id
    table = rules / "rate_cards" / "2026-11-20" / "base_fee.csv"
    table.write_text(table.read_text("utf-8").replace(",9500,", ",9600,"), "utf-8")
    with pytest.raises(QuotecastError) as error:
        open_rules(rules, on=DAY)
    assert [fault.code for fault in error.value.faults] == ["broken_seal"]
    assert open_rules(rules, on=DAY, edition="2026-11-20").state == "changed"


def test_editions_of_two_currencies_stand_beside_each_other(rules: Path) -> None:
    """A brief in yuan gets the edition in yuan; without a rate of exchange it is refused."""
    add_edition(rules, "2026-11-02", cells=(("base_fee.csv", ",6500,", ",45000,"),), heading=(YUAN,))
    assert check(rules) == ()
    opened = open_rules(rules, on=DAY)
    assert {name: edition.card.id for name, edition in opened.editions.items()} == {
        "USD": DEFAULT.id,
        "CNY": "2026-11-02",
    }
    asked = Brief(service_model="whole_shop", stage="cold", currency="CNY")
    with pytest.raises(QuotecastError) as error:
        make(asked, opened, points=FEW)
    assert [fault.code for fault in error.value.faults] == ["no_exchange_rate"]
    add_market(rules, "cny", currency="CNY")
    add_rate(rules)
    both = open_rules(rules, on=DAY)
    in_yuan = make(asked, both, points=FEW, ask=False)
    in_dollars = make(asked.model_copy(update={"currency": "USD"}), both, points=FEW, ask=False)
    assert (in_yuan.currency, in_yuan.rules.edition.id) == ("CNY", "2026-11-02")
    assert (in_dollars.currency, in_dollars.rules.edition.id) == ("USD", DEFAULT.id)
    assert in_yuan.monthly_price > 5 * in_dollars.monthly_price
    assert in_yuan.rules.converted and (in_yuan.agency is None) == (in_dollars.agency is None)


# ── the value itself ──────────────────────────────────────────────────────────────────────────────


def test_rules_are_the_same_where_day_and_content_are(rules: Path) -> None:
    one, same, later = (open_rules(rules, on=day) for day in (EVE, EVE, FIRST))
    assert one == same and hash(one) == hash(same) and one != later
    before = one.sha
    (rules / "traps.csv").write_bytes((rules / "traps.csv").read_bytes() + b"\n")
    assert open_rules(rules, on=EVE).sha != before


def test_our_own_costs_are_not_in_the_hash_that_answers_bear(rules: Path) -> None:
    whole = open_rules(rules, on=EVE)
    shutil.rmtree(rules / "internal", ignore_errors=True)
    without = open_rules(rules, on=EVE)
    assert whole.sha == without.sha
    assert whole != without or whole.costs is None


def test_another_list_of_prices_changes_the_price_and_no_forecast() -> None:
    asked = brief.read(SEED)
    table = next(table for table in DEFAULT.tables if table.name == "base_fee")
    dearer = tuple(
        rule if rule.value != 6500 else rule.__class__(**{**vars(rule), "value": Decimal(9500)})
        for rule in table.rules
    )
    card = DEFAULT.__class__(
        **{
            **{name: getattr(DEFAULT, name) for name in DEFAULT.__dataclass_fields__},
            "tables": tuple(
                t if t is not table else t.__class__(name=t.name, choice=t.choice, rules=dearer)
                for t in DEFAULT.tables
            ),
        }
    )
    listed, drafted = (make(asked, each, points=FEW, ask=False) for each in (RULES, RULES.with_edition(card)))
    assert (listed.monthly_price, drafted.monthly_price) == (PRICES[EVE], PRICES[FIRST])
    assert listed.goals[0].probability == drafted.goals[0].probability
    assert drafted.rules.state == "changed" and RULES.state == "sealed"


# ── days and currencies that must not mix ─────────────────────────────────────────────────────────


def _in_yuan(rules: Path) -> None:
    """An edition and a market in yuan beside those in dollars."""
    add_edition(rules, "2026-11-02", cells=(("base_fee.csv", ",6500,", ",45000,"),), heading=(YUAN,))
    add_market(rules, "cny", currency="CNY")


def test_an_edition_in_yuan_named_by_its_id_meets_no_costs_in_dollars(rules: Path) -> None:
    _in_yuan(rules)
    with pytest.raises(QuotecastError) as error:
        open_rules(rules, on=DAY, edition="2026-11-02")
    assert [fault.code for fault in error.value.faults] == ["no_exchange_rate"]
    add_rate(rules)
    named = open_rules(rules, on=DAY, edition="2026-11-02")
    assert named.currency == "CNY" == named.own_team.currency
    assert named.costs is None or named.costs.currency == "CNY"


@pytest.mark.parametrize("other", first(["in_house", "kpi_consulting", "us_agency"], 1))
def test_offers_in_dollars_are_not_compared_with_a_brief_in_yuan(rules: Path, other: str) -> None:
    """The team and the public offers are in dollars, and ten thousand of those are not ten thousand yuan."""
    _in_yuan(rules)
    opened = open_rules(rules, on=DAY)
    asked = Brief(service_model="whole_shop", stage="cold", currency="CNY")
    with pytest.raises(QuotecastError) as error:
        compare(asked, [candidate(name, asked, opened) for name in ("whole_shop", other)], opened, points=FEW)
    assert [fault.code for fault in error.value.faults] == ["no_exchange_rate"]
    add_rate(rules)
    opened = open_rules(rules, on=DAY)
    offers = [candidate(name, asked, opened) for name in ("whole_shop", other)]
    there = compare(asked, offers, opened, points=FEW)
    assert there.currency == "CNY" and there.rules.converted
    assert all(offer.terms is None or offer.terms.currency == "CNY" for offer in there.offers)


def test_two_markets_of_one_currency_and_day_are_a_fault(rules: Path) -> None:
    add_market(rules, "b")
    with pytest.raises(QuotecastError) as error:
        open_rules(rules, on=DAY)
    assert [fault.code for fault in error.value.faults] == ["markets_of_one_day"]
    assert "markets_of_one_day" in {fault.code for fault in check(rules)}


def test_what_a_batch_has_answered_is_kept_for_its_day_alone(rules: Path) -> None:
    """The files alone do not tell which market or which words the day chose."""
    eve, first = open_rules(rules, on=EVE), open_rules(rules, on=FIRST)
    assert eve.sha == first.sha
    assert run.fingerprint(eve) != run.fingerprint(first)


@pytest.mark.journey
def test_only_a_later_sealed_edition_of_the_same_currency_ends_one(rules: Path) -> None:
    """Named or not, the edition in force is not ended by a draft, nor by one in another currency."""
    add_edition(rules, "2026-11-02", heading=(YUAN,), supersedes=DEFAULT.id)
    assert not open_rules(rules, on=DAY).ended
    add_edition(rules, "2026-11-20", supersedes=DEFAULT.id)
    draft = rules / "rate_cards/2026-11-20/card.toml"
    lines = draft.read_text("utf-8").splitlines(keepends=True)
    draft.write_text("".join(line for line in lines if not line.startswith("sealed")), "utf-8")
    assert not open_rules(rules, on=FIRST, edition=DEFAULT.id).ended
