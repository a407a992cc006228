"""Figures as people say them: one reader for every door, what it reads, and what it says of the rest."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES
from test_prospects import rows

from estimator.batch.file import Prospect
from estimator.brief.brief import Brief
from estimator.comparing import lineup
from estimator.presentation import frame, lineup_words
from estimator.presentation.words import LANGUAGES, Words
from estimator.values.errors import QuotecastError
from estimator.values.exchange import ExchangeRate, ExchangeRates
from estimator.values.text import Text
from estimator.values.typed import (
    Money,
    Range,
    Things,
    is_unknown,
    multiple_level,
    share_level,
    share_range,
    typed_amount,
    typed_count,
    typed_month,
    typed_multiple,
    typed_past_month,
    typed_range,
    typed_share,
    typed_yes,
)

DAY = dt.date(2026, 11, 30)
MONTHLY = Money(currency="USD", monthly=True)
ONCE = Money(currency="USD")
READERS: dict[str, Callable[[str], Any]] = {
    "a month": lambda text: MONTHLY.range(text).told,
    "once": lambda text: ONCE.range(text).told,
    "part": lambda text: share_range(text, whole=True).told,
    "growth": typed_share,
    "roas": lambda text: multiple_level(text, "higher"),
    "at most": lambda text: share_level(text, "lower", whole=True),
    "hours": lambda text: Things(unit="hours/month").range(text).told,
    "SKUs": lambda text: Things(unit="SKUs").range(text).told,
    "month": lambda text: typed_month(text, DAY),
}
RATES = ExchangeRates(
    rows=(
        ExchangeRate(
            base="USD",
            currency="CNY",
            rate=Decimal("7.5"),
            as_of="2026-11-30",
            source="invented for tests",
            bearer=Text(en="the client", zh="客户"),
        ),
    )
)
"""An invented rate: none ships."""

SAID = """
a month  两万=20000 一万五=15000 1万5=15000 1万5千=15000 2万刀=20000 2万美元=20000 3万2500=32500
a month  两百五十万=2500000
a month  3-5万=30000..50000 约3万=27000..33000 2万以内=10000..20000 2万/月=20000 每月2万=20000
a month  月均2万=20000
a month  2万-3万=20000..30000 两三万=20000..30000 从2万到3万=20000..30000 每月约2万=18000..22000
a month  2万起=20000..30000
a month  二点五万=25000 1千万=10000000 不到2万=10000..20000 2万多=20000..30000 ２万=20000 2,5万=25000 0=0
a month  about_20k=18000..22000 20k_a_month=20000 20k/mo=20000 up_to_20k=10000..20000 20-30k=20000..30000
a month  two_thousand=2000 forty_thousand=40000 twenty-five_thousand=25000 20_to_30_thousand=20000..30000
a month  1.5_million=1500000
a month  between_20k_and_30k=20000..30000 from_20k=20000..30000 20k+=20000..30000 $20k-$30k=20000..30000
a month  20_k=20000 500-2k=500..2000 ~20k=18000..22000 20k-ish=18000..22000 USD_20,000=20000
a month  40,000_dollars=40000
once     28-36=28..36 29,99=29.99 $29.99=29.99 30刀=30 三十=30 0.125=0.125 1,000.500=1000.5 约30=27..33
part     3=0.03 8=0.08 8个点=0.08 三成=0.3 三成五=0.35 百分之八=0.08 一半=0.5 half=0.5 8_percent=0.08 0=0
part     3-5=0.03..0.05 8–10%=0.08..0.1 约10%=0.09..0.11 不到5%=0.025..0.05 97%以上=0.97..1 1.5=0.015
part     5.000%=0.05
growth   5=0.05 30%=0.3 150%=1.5 3成=0.3 1.5%=0.015
roas     1:3=3 1：3=3 1比2.5=2.5 2.5以上=2.5 ≥2.5=2.5 2.5x=2.5 2.5倍=2.5 2,5=2.5 2,500=2500 两点五=2.5
roas     2.5+=2.5
roas     at_least_2.5=2.5 2.5_or_more=2.5 2.5左右=2.5
at most  8%=0.08 8%以内=0.08 ≤8=0.08 up_to_8%=0.08 不超过8%=0.08
hours    30小时=30 30_hrs=30 每月30小时=30 30_hours_a_month=30 20-30=20..30 约30小时=27..33 1.2k=1200
hours    三十个小时=30
SKUs     10个=10 200_SKUs=200 100-200款=100..200 50+=50..75
month    1月=2027-01 下个月=2026-12 next_month=2026-12 Dec=2026-12 12=2026-12 11=2026-11 一月=2027-01
month    十二月=2026-12
month    2027-01=2027-01 2027/1=2027-01 2027年1月=2027-01 Jan_2027=2027-01 明年3月=2027-03 27年1月=2027-01
month    本月=2026-11
month    January=2027-01 Mar_next_year=2027-03 1月份=2027-01
"""
REFUSED = """
a month  4o,000=letter_in_amount 40000l=letter_in_amount abc=not_typed_amount 几万=not_typed_amount
a month  40.000,00=not_typed_amount 20.000=unclear_dot 1.500k=unclear_dot ¥40000=mixed_currency
a month  4万元=mixed_currency
a month  2万块=unclear_currency 500/天=other_period 24万/年=other_period 240k_a_year=other_period
a month  3万-2万=range_falls
a month  -5=below_least −5=below_least 9999999999999=too_large nan=not_typed_amount
a month  Infinity=not_typed_amount
a month  5-1万=not_typed_amount 1万50=not_typed_amount 1_000=not_typed_amount
once     60/月=no_period 3.000=unclear_dot
part     0.03=unclear_share 1=unclear_share 300%=above_whole a_third=not_a_share
growth   3=unclear_share 0.5=unclear_share 1-2%=one_figure
roas     250%=not_a_multiple 2.5以内=wrong_side ≤2.5=wrong_side 2-3=one_figure 2.500=unclear_dot
at most  8%以上=wrong_side
hours    10个=not_a_count 2.5=not_whole 30_days=not_a_count 30小时/年=other_period
SKUs     30小时=not_a_count a_dozen=not_a_count 10/月=no_period
month    13=not_typed_month 2027-13=not_typed_month soon=not_typed_month 0=not_typed_month
"""


def table(text: str) -> list[tuple[str, str, str]]:
    """The kind, what is said and what it means; a blank stands as _ in what is said."""
    found = []
    for line in text.strip().splitlines():
        kind, pairs = line[:8].strip(), line[8:].split()
        found += [(kind, *pair.replace("_", " ").rsplit("=", 1)) for pair in pairs if "=" in pair[1:]]
    return [(kind, said, meant.replace(" ", "_")) for kind, said, meant in found]


def told(value: Any) -> str:
    """What was read, as the tables write it."""
    match value:
        case Range():
            return f"{told(value.low)}..{told(value.high)}"
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)


@pytest.mark.parametrize(("kind", "said", "meant"), table(SAID))
def test_what_is_said_is_read(kind: str, said: str, meant: str) -> None:
    assert told(READERS[kind](said)) == meant


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(table(SAID)) > 120 and len(table(REFUSED)) > 40


@pytest.mark.parametrize(("kind", "said", "code"), table(REFUSED))
def test_what_is_no_figure_or_two_is_told(kind: str, said: str, code: str) -> None:
    with pytest.raises(QuotecastError) as error:
        READERS[kind](said)
    assert [fault.code for fault in error.value.faults] == [code]


@pytest.mark.parametrize(
    "text",
    ["不知道", "不清楚", "待定", "n/a", "N/A", "unknown", "?", "？", "don't know", "Don’t know", "TBD", ""],
)
def test_unknown_words_are_unknown_for_every_fact(text: str) -> None:
    assert is_unknown(text)
    facts = RULES.vocabulary.of_brief
    assert {RULES.reader.fact(fact, text, "USD") for fact in facts if fact.kind != "choices"} == {None}


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────

DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below a hundred million in Chinese, written out in full."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        joint = "零" if 0 < low < 1_000 else ""
        return f"{chinese(high)}万{joint}{chinese(low) if low else ''}"
    text, blank = "", False
    for size, unit in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        text += ("零" if blank and text else "") + DIGITS[digit] + unit if digit else ""
        blank = not digit and bool(text)
    return text or DIGITS[0]


@given(st.integers(1, 10**8 - 1))
def test_a_number_written_out_in_chinese_is_read_back(number: int) -> None:
    assert typed_amount(chinese(number), "USD") == number


FORMS: tuple[Callable[[Decimal], str], ...] = (
    lambda n: f"{n:f}",
    lambda n: f"{n / 10_000:.4f}万",
    lambda n: f"{n / 1_000:.4f}k",
    lambda n: f"${n:,.2f}",
    lambda n: f"{n:f} 美元",
    lambda n: f"{n:f} USD a month",
    lambda n: f"每月{n:f}刀",
    lambda n: f"{n:f} dollars per month",
)


@given(st.integers(1, 10**9), st.sampled_from(FORMS))
def test_an_amount_in_any_form_is_read_back_and_never_a_power_of_ten_off(
    number: int, form: Callable[[Decimal], str]
) -> None:
    assert MONTHLY.range(form(Decimal(number))).told == number


@given(st.integers(1, 9_999), st.integers(1, 9_999), st.sampled_from(["-", "~", " to ", "到", "–", "至"]))
def test_a_range_shares_its_unit_and_keeps_its_ends(one: int, other: int, sign: str) -> None:
    low, high = sorted((one, other))
    meant = Range(low=Decimal(low * 10_000), high=Decimal(high * 10_000))
    assert ONCE.range(f"{low}{sign}{high}万") == ONCE.range(f"{low}万{sign}{high}万") == meant


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_a_percentage_is_its_share(percent: Decimal) -> None:
    assert typed_share(f"{percent:f}%") == percent / 100


@given(st.text(max_size=20) | st.text("0123456789.,-kw万千百十两一五点成%$元约到~至 ", max_size=9))
def test_any_text_is_a_figure_or_a_fault_with_words(text: str) -> None:
    for read in READERS.values():
        try:
            read(text)
        except QuotecastError as error:
            for fault in error.faults:
                assert fault.text("en") and fault.text("zh")


# ── one reader for every door ─────────────────────────────────────────────────────────────────────


def by_file(tmp_path: Path, fact: str, text: str) -> Brief | str:
    path = tmp_path / "brief.toml"
    path.write_text(f'{fact} = "{text}"\n')
    try:
        return RULES.reader.read(path)
    except QuotecastError as error:
        return error.faults[0].code


def by_batch(tmp_path: Path, fact: str, text: str) -> Brief | str:
    (row,) = rows(tmp_path, f'{fact}\n"{text}"\n')
    return row.brief if isinstance(row, Prospect) else row.faults[0].code


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("ad_budget", "2万"),
        ("ad_budget", "2万-3万"),
        ("ad_budget", "20.000"),
        ("ad_budget", "2万块"),
        ("current_gmv", "60元"),
        ("price", "28-36"),
        ("return_rate", "3"),
        ("return_rate", "三成"),
        ("live_hours", "30小时/月"),
        ("sku_count", "约50"),
        ("shop_rating", "4.5星"),
        ("start", "下个月"),
    ],
)
def test_file_batch_and_form_read_alike(tmp_path: Path, fact: str, text: str) -> None:
    """The form hands its texts to the same ``Reader.fact``; ``tests/test_view.py`` types into it."""
    one, other = by_file(tmp_path, fact, text), by_batch(tmp_path, fact, text)
    if isinstance(one, Brief) and isinstance(other, Brief):
        assert getattr(one, fact) == getattr(other, fact) is not None and one.ranges == other.ranges
    else:
        assert one == other


def test_another_currency_is_converted_where_a_rate_is_stated() -> None:
    read = Money(currency="USD", exchange=RATES, monthly=True).range
    assert read("60元").told == Decimal("8.00") and read("¥15万-30万").told == Range(
        low=Decimal("20000.00"), high=Decimal("40000.00")
    )


def test_a_goal_in_a_file_is_read_as_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    goal = '[[goals]]\nkpi = "{}"\nat_least = "{}"\nmonths = [1, 3]\n'
    path.write_text(
        goal.format("roas", "2.5以上") + goal.format("gmv", "30万") + goal.format("orders", "不知道")
    )
    first, second = RULES.reader.read(path).goals
    assert (first.at_least, second.at_least) == (Decimal("2.5"), Decimal(300_000))


def test_faults_of_a_file_name_their_places(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    path.write_text('ad_budget = "4o,000"\nprice = "60/月"\ncategory = "beuty"\n')
    with pytest.raises(QuotecastError) as error:
        RULES.reader.read(path)
    assert {(fault.place, fault.code) for fault in error.value.faults} == {
        ("brief.toml:ad_budget", "letter_in_amount"),
        ("brief.toml:price", "no_period"),
        ("brief.toml:category", "not_an_answer"),
    }


# ── what is said can be done ──────────────────────────────────────────────────────────────────────

REMEDIES: dict[str, Callable[[str], Any]] = {
    "not_typed_amount": MONTHLY.range,
    "letter_in_amount": MONTHLY.range,
    "unclear_currency": Money(currency="USD", exchange=RATES).range,
    "other_period": MONTHLY.range,
    "not_a_multiple": typed_multiple,
    "not_a_count": Things().range,
    "not_a_share": lambda text: share_range(text, whole=True),
    "not_typed_month": lambda text: typed_month(text, DAY),
    "past_month": lambda text: typed_past_month(text, "2027-01"),
    "not_typed_range": typed_range,
}


@pytest.mark.parametrize("code", REMEDIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_in_a_message_can_be_read(code: str, language: str) -> None:
    words = tomllib.loads(Path("estimator/values/errors.toml").read_text("utf-8"))[code][language]
    remedy = re.split(r"; |；", words)[-1]
    remedy = re.sub(r"^.*(?:such as|例如) |, or one figure|，或只写一个数|^(?:write|请写) ?", "", remedy)
    examples = [part.strip() for part in re.split(r", (?!\d{3})| or |、| 或 ", remedy) if part.strip()]
    assert examples
    for example in examples:
        REMEDIES[code](example)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_grey_hint_can_be_read(language: Any) -> None:
    words = Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks)
    hints = lineup_words.lineup_words((), RULES, words).hints
    assert not lineup.parse({"typed": dict(hints)}, "USD", RULES).faults
    for hint in re.split(r" or | 或 ", frame.chrome(words, 0, 0).amount_hint):
        assert typed_amount(hint, "USD") == 40_000


def test_yes_is_read_in_both_languages_and_a_count_stands_alone() -> None:
    assert typed_yes("是") and not typed_yes("No") and typed_count("1.2k") == 1200
