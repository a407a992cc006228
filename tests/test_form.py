"""The form and the brief: what one holds goes into the other and back without loss."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from opened import PLATFORMS, RULES

from estimator.brief import brief as briefs
from estimator.brief.brief import Brief, Store
from estimator.quoting.listing import list_price
from estimator.screens import form_state, reading
from estimator.screens.form_state import add_store, drop_store, fill, held, put, store_count

SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))


@pytest.fixture(autouse=True)
def session() -> Iterator[None]:
    """A session outside a browser, with the rules that a page would have opened."""
    st.session_state.clear()
    st.session_state["rules"] = RULES
    yield
    st.session_state.clear()


def opened(brief: Brief) -> Brief:
    """The brief that the form makes of itself after one was opened in it."""
    fill(brief, RULES.kpis)
    answers = reading.read(RULES)
    assert answers.faults == {}
    return answers.brief


def stores_of(platform: str) -> some.SearchStrategy[Store]:
    kinds = RULES.vocabulary.kinds_on(platform)
    return some.builds(
        Store,
        platform=some.just(platform),
        kind=some.sampled_from((None, *kinds)),
        status=some.sampled_from((None, *RULES.vocabulary.ids("status"))),
        fulfilment=some.sampled_from((None, *RULES.vocabulary.ids("fulfilment"))),
    )


@some.composite
def several(draw: Any) -> tuple[Store, ...]:
    """Up to eight stores of any platforms; all with a share of the ads, or none."""
    names = draw(some.lists(some.sampled_from(PLATFORMS), min_size=1, max_size=8))
    stores = [draw(stores_of(name)) for name in names]
    if draw(some.booleans()):
        cuts = sorted(draw(some.lists(some.integers(0, 10_000), min_size=len(stores) - 1, max_size=9)))
        ends = [0, *cuts[: len(stores) - 1], 10_000]
        parts = [Decimal(high - low) / 10_000 for low, high in pairwise(ends)]
        stores = [s.model_copy(update={"ad_share": part}) for s, part in zip(stores, parts, strict=True)]
    return tuple(stores)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(several())
def test_stores_come_back_from_the_form_as_they_were_platform_by_platform(stores: tuple[Store, ...]) -> None:
    by_platform = tuple(sorted(stores, key=lambda store: PLATFORMS.index(store.platform)))
    assert opened(SEED.model_copy(update={"stores": stores})).stores == by_platform


@pytest.mark.parametrize("path", sorted(Path("examples/briefs").glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_comes_back_whole(path: Path) -> None:
    brief = briefs.read(path)
    order = tuple(sorted(brief.stores, key=lambda store: PLATFORMS.index(store.platform)))
    assert opened(brief) == brief.model_copy(update={"stores": order})


def test_three_shops_of_a_platform_typed_are_the_price_of_the_file() -> None:
    one = Store(platform="tiktok_shop", kind="cross_border", status="new", fulfilment="from_china")
    file = SEED.model_copy(update={"stores": (one, one, one)})
    fill(SEED.model_copy(update={"stores": (one,)}), RULES.kpis)
    before = reading.read(RULES).brief
    add_store("tiktok_shop")
    add_store("tiktok_shop")
    for number in (2, 3):
        for fact in RULES.vocabulary.of_stores:
            put(form_state.store_field("tiktok_shop", number, fact), getattr(one, fact))
    typed = reading.read(RULES).brief
    assert typed.stores == file.stores

    prices = [list_price(brief, RULES).monthly for brief in (before, typed, file)]
    assert prices[1] == prices[2] > prices[0]


def test_a_store_taken_out_leaves_the_others_as_they_were() -> None:
    kinds = ("cross_border", "us_local", "platform_run")
    fill(SEED.model_copy(update={"stores": tuple(Store(platform="tiktok_shop", kind=k) for k in kinds)}), {})
    drop_store("tiktok_shop", 2, RULES.vocabulary)
    assert store_count("tiktok_shop") == 2
    assert [store.kind for store in reading.read(RULES).brief.stores] == ["cross_border", "platform_run"]
    drop_store("tiktok_shop", 1, RULES.vocabulary)
    assert [store.kind for store in reading.read(RULES).brief.stores] == ["platform_run"]


def test_shares_that_do_not_add_up_are_told_at_their_field_and_leave_the_stores() -> None:
    stores = (Store(platform="tiktok_shop", kind="us_local"), Store(platform="tiktok_shop"))
    fill(SEED.model_copy(update={"stores": stores}), RULES.kpis)
    put("tiktok_shop_ad_share", "70%")
    answers = reading.read(RULES)
    assert answers.faults["tiktok_shop_2_ad_share"].code == "ad_share_missing"
    assert answers.brief.stores == stores
    put("tiktok_shop_2_ad_share", "20%")
    answers = reading.read(RULES)
    ((field, fault),) = answers.faults.items()
    assert field.endswith("ad_share") and fault.code == "ad_shares" and answers.brief.stores == stores
    put("tiktok_shop_2_ad_share", "30%")
    assert [s.ad_share for s in reading.read(RULES).brief.stores] == [Decimal("0.7"), Decimal("0.3")]


def test_a_kind_that_a_platform_does_not_have_costs_that_answer_alone() -> None:
    fill(SEED.model_copy(update={"stores": (Store(platform="own_site"), Store(platform="own_site"))}), {})
    held()["own_site_2_kind"] = "platform_run"
    answers = reading.read(RULES)
    assert "own_site_2_kind" in answers.faults and len(answers.brief.stores) == 2
