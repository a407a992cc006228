"""The line-up of the compare page, read from what a session or a link holds, and its view."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.comparing import comparison, crossover, flips, lineup
from estimator.comparing import offers as candidates
from estimator.comparing.comparison import Comparison
from estimator.comparing.offers import USUAL
from estimator.contract.trade import Trade
from estimator.market.points import Points
from estimator.presentation.compare import side_by_side
from estimator.presentation.lineup_words import lineup_words, turns
from estimator.presentation.words import Words
from estimator.quoting import make
from estimator.screens import side
from estimator.values.errors import QuotecastError
from estimator.values.typed import typed_tiers

POINTS = Points(number=256, scrambles=4)
WORDS = [
    Words("en", vocabulary=RULES.vocabulary),
    Words("zh", vocabulary=RULES.vocabulary),
    Words("en", to_you=True, vocabulary=RULES.vocabulary),
]


@cache
def seed() -> Brief:
    return briefs.read(Path("examples/briefs/seed_beauty.toml"))


@cache
def found() -> Comparison:
    offers = [candidates.candidate(name, seed(), RULES) for name in USUAL]
    return comparison.compare(seed(), offers, RULES, points=POINTS)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    held=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("offers", "settlement", "one", "scenarios", "typed"), JUNK)
    )
)
def test_whatever_a_link_holds_gives_a_line_up(held: dict[str, Any]) -> None:
    read = lineup.parse(held, "USD", RULES)
    assert set(read.offers) <= {*candidates.known(RULES), lineup.AGENCY, lineup.AGREED}
    assert bool(read.offers) == (held.get("offers") != [])
    assert len(read.offers) <= comparison.MOST and comparison.LEAST <= len(read.scenarios) <= comparison.MOST


def test_an_agencys_quote_is_read_as_typed() -> None:
    texts = {"base": "5,000", "commission": "5%；8% > 4万", "cap": "30k", "refund": "30%", "reach": "whole"}
    quoted = lineup.parse({"typed": texts}, "USD", RULES).quoted
    assert (quoted.base, quoted.cap, quoted.refund, quoted.reach) == (5000, 30_000, Decimal("0.3"), "whole")
    assert quoted.above == (0, 40_000) and quoted.rate == (Decimal("0.05"), Decimal("0.08"))


@pytest.mark.parametrize(
    ("texts", "field", "code"),
    [
        ({"base": "lots"}, "base", "not_typed_amount"),
        ({"commission": "8% > 40k"}, "commission", "not_tiers"),
        ({"commission": "5%; 8%"}, "commission", "not_tiers"),
        ({"commission": "8%; 5% > 40k", "reach": "whole"}, "commission", "tiers_out_of_order"),
        ({"commission": "5%; 8% > 40k; 9% > 20k"}, "commission", "tiers_out_of_order"),
        ({"minimum": "9k", "cap": "8k"}, "cap", "cap_below_minimum"),
        ({"refund": "0.3"}, "refund", "unclear_share"),
        ({"refund": "3000"}, "refund", "above_whole"),
        ({"commission": "150%"}, "commission", "above_whole"),
        ({"base": "5%"}, "base", "not_typed_amount"),
    ],
)
def test_what_cannot_be_read_is_told_by_field_and_left_out(
    texts: dict[str, str], field: str, code: str
) -> None:
    read = lineup.parse({"typed": texts | {"setup": "1k"}}, "USD", RULES)
    assert {name: fault.code for name, (fault, _) in read.faults.items()} == {field: code}
    assert read.quoted.setup == 1000


def test_the_last_good_text_stands_in_for_one_that_cannot_be_read() -> None:
    held = {"typed": {"base": "lots", "cap": "-5"}, "good": {"base": "4k"}}
    read = lineup.parse(held, "USD", RULES)
    assert read.quoted.base == 4000 and read.quoted.cap is None
    assert {name: kept for name, (_, kept) in read.faults.items()} == {"base": "4k", "cap": None}


def test_an_agency_that_charges_nothing_stands_aside() -> None:
    held = {"offers": ["whole_shop", "in_house", lineup.AGENCY], "typed": {"base": "lots"}}
    read = lineup.parse(held, "USD", RULES)
    assert read.unpriced
    assert [one.id for one in read.candidates(seed(), RULES, None)] == ["whole_shop", "in_house"]
    priced = lineup.parse(held | {"typed": {"base": "4k"}}, "USD", RULES)
    assert not priced.unpriced and len(priced.candidates(seed(), RULES, None)) == 3


def test_what_was_agreed_stands_in_the_place_of_the_same_service() -> None:
    brief = briefs.read(Path("examples/briefs/seed_beauty.toml"))
    few = Points(number=128, scrambles=2)
    listed = make.make(brief, RULES, points=few, ask=False)
    traded = make.make(brief, RULES, points=few, ask=False, trade=Trade(base=Decimal(5000)))
    assert lineup.parse({}, "USD", RULES, listed).offers == USUAL
    read = lineup.parse({}, "USD", RULES, traded)
    assert read.offers == tuple(lineup.AGREED if name == "whole_shop" else name for name in USUAL)
    assert read.candidates(brief, RULES, traded)[1].terms == traded.terms
    chosen = {"offers": ["whole_shop", "in_house"]}
    assert lineup.parse(chosen, "USD", RULES, traded).offers == ("whole_shop", "in_house")


def test_a_seventh_offer_waits_until_another_is_taken_off() -> None:
    held = {"offers": [*candidates.USUAL, lineup.AGENCY], "typed": {"base": "4k"}}
    read = lineup.parse(held, "USD", RULES)
    assert read.offers == candidates.USUAL and read.left_out == (lineup.AGENCY,)


@given(st.lists(st.decimals("0.05", "0.3", places=3), min_size=1, max_size=4))
def test_tiers_written_out_are_read_back(rates: list[Decimal]) -> None:
    text = "; ".join(
        f"{rate * 100}%" + (f" > {index}0k" if index else "") for index, rate in enumerate(rates)
    )
    above, read = typed_tiers(text, "USD")
    assert list(read) == rates and list(above) == [10_000 * index for index in range(len(rates))]


def test_an_empty_commission_is_refused() -> None:
    with pytest.raises(QuotecastError):
        typed_tiers(";", "USD")


@pytest.mark.parametrize("words", WORDS)
def test_the_page_of_a_comparison(words: Words) -> None:
    shown = side_by_side(found(), words)
    assert [row.letter for row in shown.rows] == list("ABCDEF")
    for row, offer in zip(shown.rows, found().offers):
        assert 0 <= row.low <= row.middle <= row.high <= 1
        assert sum(share for _, share in row.bar) <= 1.001
        assert (row.loss == "—") if offer.idle else row.loss.endswith("%")
        assert len(row.box) >= 3
        assert offer.idle or max(height for _, height in row.curve) == pytest.approx(1.0)
        assert row.id == offer.id
    assert 0 <= shown.zero <= 1
    assert all(0 <= dot.x <= 1 and 0 <= dot.y <= 1 for dot in shown.scatter)
    assert all(cells[index][0] == "·" for index, cells in enumerate(shown.matrix))
    turned = turns(found(), flips.nearest_flips(found(), 2), crossover.own_crossover(found()), words)
    assert turned.lines and all(title and text for title, text in turned.lines)
    html = side.table(shown) + side.scatter(shown) + side.matrix(shown) + side.turns(turned)
    assert "<script" not in html and "{" not in html.replace("{'", "")


def test_a_level_of_sales_at_which_the_choice_flips_has_that_offer_best_of_all() -> None:
    """Just beyond the level the named offer leads every other, just before it the best still does."""
    lines = {name: flips._line(stood.case) for name, stood in found().standings.items()}
    turned = [flip for flip in flips.nearest_flips(found(), 5) if flip.kind == "sales"]
    assert turned
    for flip in turned:
        assert flip.value is not None
        away = 1.01 if flip.value > 1 else 1 / 1.01
        for level, leader in ((flip.value * away, flip.other), (flip.value / away, found().best)):
            at = {name: np.interp(np.log(level), np.log(flips.LEVELS), line) for name, line in lines.items()}
            assert max(at, key=lambda name: at[name]) == leader


def test_the_nearest_flip_is_the_first_other_kind_that_turns() -> None:
    for flip in flips.nearest_flips(found(), 5):
        if flip.kind != "sales":
            every = flips.flips(found(), flip.other if flip.better == found().best else flip.better)[1:]
            turning = [one for one in every if one.value is not None]
            assert flip == (turning[0] if turning else every[-1])


def test_before_the_prospect_nobody_speaks_of_a_seller() -> None:
    shown = side_by_side(found(), Words("en", to_you=True, vocabulary=RULES.vocabulary))
    assert not [head for head in shown.heads if "eller" in head]
    assert {row.risk for row in shown.rows} <= {
        "you",
        "mostly you",
        "shared",
        "mostly platform",
        "mostly agency",
        "—",  # of whoever does nothing
    }


@pytest.mark.parametrize("words", WORDS)
def test_every_offer_that_may_be_chosen_has_a_name(words: Words) -> None:
    named = lineup_words(lineup.choices(RULES, None), RULES, words).names
    assert list(named) == [*candidates.known(RULES), lineup.AGENCY] and all(named.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_offer_that_may_be_chosen_has_a_name_of_its_own(language: str) -> None:
    """As today was called as agreed, with which it shared a branch."""
    words = Words(language, vocabulary=RULES.vocabulary)
    every = (*lineup.choices(RULES, None), lineup.AGREED)
    names = lineup_words(every, RULES, words).names
    assert len(set(names.values())) == len(names) == len(every)
