"""Numbers as people type them: what is read, and what is said about the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimator.values.errors import QuotecastError
from estimator.values.typed import bare, typed_amount, typed_count, typed_month, typed_multiple, typed_share

READERS = (lambda text: typed_amount(text, "USD"), typed_share, typed_multiple, typed_count)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("40000", "40000"),
        ("40k", "40000"),
        ("40K", "40000"),
        ("4万", "40000"),
        ("4 万美元", "40000"),
        ("40,000 USD", "40000"),
        ("US$40,000.50", "40000.50"),
        ("４０，０００", "40000"),
        ("1.5w", "15000"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert typed_amount(text, "USD") == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4o,000", "letter_in_amount"),
        ("40000l", "letter_in_amount"),
        ("forty", "not_typed_amount"),
        ("4,00", "not_typed_amount"),
        ("40.000,00", "not_typed_amount"),
        ("", "not_typed_amount"),
        ("¥40000", "mixed_currency"),
        ("4万元", "mixed_currency"),
        ("-5", "below_least"),
        ("−5", "below_least"),
        ("9999999999999", "too_large"),
        ("nan", "not_typed_amount"),
        ("Infinity", "not_typed_amount"),
    ],
)
def test_what_is_no_amount_is_named(text: str, code: str) -> None:
    with pytest.raises(QuotecastError) as error:
        typed_amount(text, "USD")
    assert [fault.code for fault in error.value.faults] == [code]


def test_a_letter_is_named_in_both_languages() -> None:
    with pytest.raises(QuotecastError) as error:
        typed_amount("4o,000", "USD")
    fault = error.value.faults[0]
    assert "letter o" in fault.text("en") and "字母 o" in fault.text("zh")


@pytest.mark.parametrize("text", ["≥2.5", ">=2.5", "＞＝ 2.5", "2,5", "2.5x", "2,50"])
def test_a_multiple_is_read_as_people_write_it(text: str) -> None:
    assert typed_multiple(text) == Decimal("2.5")


@pytest.mark.parametrize(
    ("reader", "text", "code"),
    [
        (typed_multiple, "250%", "not_a_multiple"),
        (typed_multiple, "1:2.5", "not_a_multiple"),
        (typed_multiple, "<=2.5", "not_a_multiple"),
        (typed_count, "a dozen", "not_a_count"),
        (typed_count, "2.5", "not_whole"),
        (typed_share, "a third", "not_a_share"),
        (typed_share, "0.5", "unclear_share"),
        (typed_share, "1", "unclear_share"),
        (typed_share, "1.5", "unclear_share"),
    ],
)
def test_each_kind_of_number_says_what_it_takes(
    reader: Callable[[str], Decimal | int], text: str, code: str
) -> None:
    with pytest.raises(QuotecastError) as error:
        reader(text)
    assert [fault.code for fault in error.value.faults] == [code]


def test_a_share_reads_one_way_or_not_at_all() -> None:
    assert [typed_share(text) for text in ("0", "5", "30", "30%", "1.5%")] == [
        Decimal(text) for text in ("0", "0.05", "0.3", "0.3", "0.015")
    ]
    with pytest.raises(QuotecastError) as error:
        typed_share("1.5")
    assert "write 1.5% or 150%" in error.value.faults[0].text("en")


def test_a_month_and_a_sign_are_read() -> None:
    assert typed_month("2027年1月") == typed_month("2027-1") == "2027-01"
    assert typed_month("2027-13") == "2027-13"
    assert bare("＞＝30%", "higher") == "30%"


def test_an_amount_may_have_a_most_of_its_own() -> None:
    with pytest.raises(QuotecastError) as error:
        typed_amount("10亿1", "USD", Decimal(10**9))
    assert error.value.faults[0].code == "not_typed_amount"
    with pytest.raises(QuotecastError) as error:
        typed_amount("11亿", "USD", Decimal(10**9))
    assert error.value.faults[0].code == "too_large"


@given(st.integers(min_value=0, max_value=10**12))
def test_a_whole_amount_reads_the_same_with_separators(number: int) -> None:
    assert typed_amount(f"{number:,}", "USD") == typed_amount(str(number), "USD") == number


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_a_percentage_is_its_share(percent: Decimal) -> None:
    assert typed_share(f"{percent:f}%") == percent / 100


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_fault_with_words(text: str) -> None:
    for reader in READERS:
        try:
            assert 0 <= reader(text) <= 10**12  # type: ignore[no-untyped-call]
        except QuotecastError as error:
            for fault in error.faults:
                assert fault.text("en") and fault.text("zh")
