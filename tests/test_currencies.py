"""Money has a currency: an amount meets another only at a rate that is stated, and the rate prints."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from cards import add_edition, with_one_edition
from hypothesis import given
from hypothesis import strategies as st
from opened import DAY, PLATFORMS
from test_contract_cases import share, signed
from test_contract_laws import contracts, months

from estimator.brief import brief as briefs
from estimator.brief.kpis import AMOUNTS
from estimator.cli import main
from estimator.contract.conversion import converted
from estimator.contract.terms import Terms
from estimator.earnings import actuals
from estimator.earnings.settlement import fees
from estimator.market.outcomes import Outcomes
from estimator.market.points import Points
from estimator.presentation.quote_text import as_text as quote_text
from estimator.presentation.statement_text import read_aloud
from estimator.presentation.words import Words
from estimator.quoting.make import make
from estimator.rules.check import check
from estimator.rules.rules import open_rules
from estimator.schemas.statement import statement
from estimator.values.errors import QuotecastError
from estimator.values.exchange import ExchangeRate, ExchangeRates
from estimator.values.money import exact_array
from estimator.values.text import Text
from estimator.values.typed import typed_amount

SEED = Path("examples/briefs/seed_beauty.toml")
POINTS = Points(number=256, scrambles=2)
STATED = """
[[rows]]
base = "USD"
currency = "CNY"
rate = "{rate}"
as_of = "2026-11-{day:02d}"
source = "a bank's board, fictional"
bearer = {{ en = "the client", zh = "客户" }}
"""
RATE = ExchangeRate(
    base="USD",
    currency="CNY",
    rate=Decimal(8),
    as_of="2026-11-30",
    source="fictional",
    bearer=Text(en="the client", zh="客户"),
)
RATES = ExchangeRates(rows=(RATE,))
YUAN = signed({"kind": "fixed", "amount": 50_000}, share("0.05", baseline=80_000), currency="CNY")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return with_one_edition(tmp_path / "rules")


def state(folder: Path, *rates: tuple[str, int]) -> Path:
    text = "".join(STATED.format(rate=rate, day=day) for rate, day in rates)
    (folder / "exchange_rates.toml").write_text(text)
    return folder


# ── codes and rates ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ZZZ", "ISO 4217"), ("RMB", 'write the code "CNY"'), ("usd", "ISO 4217"), ("CNH", '"CNY"')],
)
def test_only_codes_of_iso_4217_are_currencies(code: str, expected: str) -> None:
    with pytest.raises(QuotecastError) as error:
        signed({"kind": "fixed", "amount": 5}, currency=code)
    (fault,) = error.value.faults
    assert expected in fault.line("en") and fault.place == "terms:currency"
    with pytest.raises(QuotecastError):
        briefs.parse({"currency": code})


@pytest.mark.journey
def test_of_two_rates_the_later_counts_and_two_of_one_day_are_a_fault(rules: Path) -> None:
    state(rules, ("7", 1), ("8", 2))
    assert open_rules(rules, on=DAY).exchange.between("USD", "CNY").rate == 8
    assert open_rules(rules, on=DAY).exchange.between("CNY", "USD").convert(Decimal(16), "USD") == 2
    state(rules, ("7", 1), ("8", 1))
    assert [fault.code for fault in check(rules)] == ["rates_of_one_day"]
    state(rules, ("0", 1))
    assert len(check(rules)) == 1


@given(amount=st.decimals(0, 10**7, places=2), rate=st.decimals("0.01", 500, places=4))
def test_there_and_back_is_the_same_to_the_cents_of_the_rate(amount: Decimal, rate: Decimal) -> None:
    one = RATE.model_copy(update={"rate": rate})
    back = one.convert(one.convert(amount, "CNY"), "USD")
    assert abs(back - amount) <= Decimal("0.005") / rate + Decimal("0.005")


# ── terms and what they charge ────────────────────────────────────────────────────────────────────


@given(contracts(), months())
def test_terms_in_another_currency_charge_the_same_money(terms: Terms, counted: Outcomes) -> None:
    """At a rate of 8, which is exact in cents, all comes to eight times as much, to its lines' cents."""
    other = counted.having(
        **{
            name: exact_array([value * 8 for value in values.ravel()], values.shape)
            for name, values in counted.quantities.items()
            if name in AMOUNTS
        }
    )
    here, there = fees(terms, counted), fees(converted(terms, RATE), other)
    lines = sum(len(line.settles) for line in (*here.lines, *here.credits))
    assert abs(there.total[0] - 8 * here.total[0]) <= Decimal("0.05") * lines
    back = converted(converted(terms, RATE), RATE)
    assert back == terms


def test_a_rate_of_other_currencies_converts_nothing() -> None:
    with pytest.raises(ValueError, match="EUR"):
        converted(signed({"kind": "fixed", "amount": 5}, currency="EUR"), RATE)


# ── offers, quotes, actuals ───────────────────────────────────────────────────────────────────────


def test_an_offer_in_another_currency_is_refused_without_a_rate_and_converted_at_one(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """50,000 yuan are not 50,000 dollars: refused, or 6,250 dollars at 8, and the rate prints."""
    offer = tmp_path / "cny.toml"
    offer.write_text(
        'id = "cny"\nlabel = { en = "Yuan", zh = "人民币" }\nsource = "fictional"\nas_of = "2026-11-30"\n'
        'operation = { model = "whole_shop" }\n[terms]\ncurrency = "CNY"\n[[terms.charges]]\nid = "base"\n'
        'kind = "fixed"\nlabel = { en = "Base", zh = "月费" }\namount = 50000\n'
    )
    monkeypatch.setenv("QUOTECAST_RULES", str(rules))
    asked = ["compare", str(SEED), "--on", "2026-12-01", "--offer", "whole_shop", "--offer", str(offer)]
    assert main(asked) == 1
    assert "USD/CNY meet, and no rate is stated" in capsys.readouterr().err
    state(rules, ("8", 29))
    assert main([*asked, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    yuan = next(one for one in answer["offers"] if one["id"] == "cny")
    assert yuan["per_month"]["agency_fee"]["mean"] == 6_250 and yuan["contract"]["currency"] == "USD"
    assert (answer["exchange"][0]["rate"], answer["exchange"][0]["as_of"]) == ("8", "2026-11-29")


def test_a_price_list_in_yuan_prices_a_brief_in_yuan(rules: Path) -> None:
    """The market is converted: odds are those of the same brief in dollars, money is eight times as much."""
    begins = dt.date(2026, 12, 1)
    add_edition(rules, begins.isoformat(), heading=(('currency = "USD"', 'currency = "CNY"'),))
    asked = briefs.read(SEED).model_copy(update={"platforms": frozenset({"tiktok_shop", "own_site"})})
    yuan = asked.model_copy(
        update={
            "currency": "CNY",
            **{
                name: None if (v := getattr(asked, name)) is None else v * 8
                for name in ("ad_budget", "price")
            },
        }
    )
    with pytest.raises(QuotecastError) as error:
        make(yuan, open_rules(rules, on=begins), points=POINTS)
    assert [fault.code for fault in error.value.faults] == ["no_exchange_rate"]
    opened = open_rules(state(rules, ("8", 29)), on=begins)
    # in dollars first: what was looked up for one currency must not be read in the other
    here, there = (make(one, opened, points=POINTS, ask=False) for one in (asked, yuan))
    assert there.currency == "CNY" and there.goals[0].probability is not None
    ours, theirs = here.goals[0].probability, there.goals[0].probability
    assert ours is not None and theirs.value == pytest.approx(ours.value, abs=1e-6)
    assert there.seller.blocks.ads == pytest.approx(8 * here.seller.blocks.ads, rel=1e-6)
    assert there.seller.blocks.platform_take == pytest.approx(8 * here.seller.blocks.platform_take, rel=1e-6)
    for language, said in (("en", "Converted at 1 USD = 8 CNY"), ("zh", "按 1 USD = 8 CNY 折算")):
        text = quote_text(there, Words(language, vocabulary=opened.vocabulary, remarks=opened.remarks))  # type: ignore[arg-type]
        assert said in text


def test_actuals_in_dollars_are_settled_in_yuan_at_a_rate_or_not_at_all(tmp_path: Path) -> None:
    """5 % of 160,000 yuan above 80,000; without a word of the currency the file is refused."""
    path = tmp_path / "actuals.csv"

    def settled(text: str, exchange: ExchangeRates = RATES) -> tuple[Decimal, str]:
        path.write_text(text)
        counted = actuals.read([path], YUAN, PLATFORMS, exchange=exchange)
        paper = statement(YUAN, fees(YUAN, counted), counted)
        return paper.total, read_aloud(paper, "en")

    total, text = settled("month,currency,gmv\n2027-01,USD,20000\n")
    assert total == 54_000 and "Converted at 1 USD = 8 CNY (fictional, Nov 30, 2026)" in text
    assert settled("month,currency,gmv\n2027-01,CNY,160000\n")[0] == 54_000
    for wrong, code in (
        ("month,gmv\n2027-01,20000\n", "currency_unsaid"),
        ("month,currency,gmv\n2027-01,RMB,20000\n", "not_a_currency"),
        ("month,currency,gmv\n2027-01,EUR,20000\n", "no_exchange_rate"),
    ):
        with pytest.raises(QuotecastError) as error:
            settled(wrong)
        assert [fault.code for fault in error.value.faults] == [code]
    with pytest.raises(QuotecastError):
        settled("month,currency,gmv\n2027-01,USD,20000\n", ExchangeRates())


def test_counts_are_not_money(tmp_path: Path) -> None:
    """Videos and hours of a file in dollars are the same numbers in yuan."""
    path = tmp_path / "actuals.csv"
    path.write_text("month,currency,gmv,videos\n2027-01,USD,10,31\n")
    counted = actuals.read([path], YUAN, PLATFORMS, exchange=RATES)
    assert counted.quantities["gmv"][0, 0, 0] == 80 and counted.quantities["videos"][0, 0, 0] == 31


# ── what is typed ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [("60元", "7.50"), ("¥2万", "2500.00"), ("20k", "20000"), ("$60", "60"), ("8 RMB", "1.00")],
)
def test_yuan_that_is_typed_is_converted_where_a_rate_is_set(text: str, expected: str) -> None:
    assert typed_amount(text, "USD", exchange=RATES) == Decimal(expected)


def test_yuan_that_is_typed_is_refused_without_a_rate_and_two_currencies_always() -> None:
    for text, exchange in (("60元", None), ("60元", ExchangeRates()), ("$60元", RATES), ("60欧元", RATES)):
        with pytest.raises(QuotecastError):
            typed_amount(text, "USD", exchange=exchange)
