"""Past months as people type and paste them: read back as written, refused with the line at fault."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from opened import RULES

from estimator.brief.brief import HistoryMonth
from estimator.brief.past import read_past, written
from estimator.values.errors import QuotecastError

START = "2027-01"
AMOUNTS = some.decimals(0, 10**7, places=2)


def read(text: str) -> list[tuple[str, str, str | None, str | None, int | None]]:
    return [
        (m.month, str(m.ad_spend), m.gmv and str(m.gmv), m.attributed_gmv and str(m.attributed_gmv), m.orders)
        for m in read_past(text, "USD", RULES.exchange, START)
    ]


@given(
    some.lists(
        some.tuples(AMOUNTS, AMOUNTS, some.none() | some.integers(0, 10_000)), min_size=1, max_size=12
    ),
    some.sampled_from(("gmv", "attributed_gmv")),
)
def test_what_is_written_is_read_back(rows: list[tuple[Decimal, Decimal, int | None]], measure: str) -> None:
    history = tuple(
        HistoryMonth(month=f"2026-{at:02d}", ad_spend=ads, orders=orders, **{measure: sold})
        for at, (ads, sold, orders) in enumerate(rows, 1)
    )
    assert read_past(written(history), "USD", RULES.exchange, START) == history


@pytest.mark.parametrize(
    "line",
    [
        "2026-08 20000 60000",
        "2026-08\t20,000\t60,000",
        "Aug; 20k; 60k",
        "8月  2万  6万",
        "2026年8月　２万　６万",
        "2026-08,20000,60000",
        "2026/8 | $20,000 | US$60,000",
        "August 2026\t20,000\t60,000\t",
    ],
)
def test_a_line_is_read_however_it_is_typed(line: str) -> None:
    (month,) = read_past(line, "USD", RULES.exchange, START)
    assert (month.month, month.ad_spend, month.gmv, month.orders) == ("2026-08", 20_000, 60_000, None)


def test_heads_say_the_columns_in_either_language_and_order() -> None:
    english = "Month\tOrders\tAttributed GMV\tAd spend\n2026-08\t640\t47,700\t27,500"
    chinese = "月份\t订单数\t归因成交额\t广告费（美元）\n2026年8月\t640\t47700\t27500"
    assert read(english) == read(chinese) == [("2026-08", "27500", None, "47700", 640)]


def test_a_month_without_a_year_is_the_last_one_before_the_start() -> None:
    assert [row[0] for row in read("Dec 1 2\n1月 1 2\nNov 2025\t1\t2")] == ["2026-12", "2026-01", "2025-11"]


def test_a_dash_is_unknown() -> None:
    assert read("2026-08\t20,000\t60,000\t--") == [("2026-08", "20000", "60000", None, None)]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("2026-08 20000 60000\n2026-09 20000", "2", "past_cells"),
        ("2026-08 20000 60000\n\nsoon 1 2", "3", "past_month"),
        ("2026-08 2o000 60000", "1", "letter_in_amount"),
        ("2026-08 20000 60000 12.5", "1", "not_whole"),
        ("2026-08\t\t60000", "1", "past_cells"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, line: str, code: str) -> None:
    with pytest.raises(QuotecastError) as error:
        read_past(text, "USD", RULES.exchange, START)
    assert [(fault.place, fault.code) for fault in error.value.faults] == [(line, code)]


def test_more_months_than_ten_years_are_refused() -> None:
    with pytest.raises(QuotecastError) as error:
        read_past("2026-08 1 2\n" * 121, "USD", RULES.exchange, START)
    assert error.value.faults[0].code == "past_lines"
