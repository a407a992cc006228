"""The address: the same facts, no one's name or words, and never an exception."""

from __future__ import annotations

import base64
import zlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.brief import brief as briefs
from estimator.brief import link as address
from estimator.brief.brief import Brief
from estimator.brief.link import Link, pack, unpack
from estimator.values.errors import QuotecastError

EXAMPLES = [briefs.read(path) for path in sorted(Path("examples/briefs").glob("*.toml"))]
amounts = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=2)
counts = st.integers(0, 5_000)


def unnamed(brief: Brief) -> Brief:
    goals = tuple(goal.model_copy(update={"words": None}) for goal in brief.goals)
    return brief.model_copy(update={"name": None, "note": None, "goals": goals})


def inside(value: str) -> str:
    packed = value[1:]
    return zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))).decode()


def encoded(content: bytes, version: str = address.VERSION) -> str:
    return version + base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


@given(st.sampled_from(EXAMPLES), amounts, amounts, counts, st.one_of(st.none(), amounts))
def test_any_brief_comes_back_without_name_note_and_words(
    brief: Brief, budget: Decimal, gmv: Decimal, videos: int, recent: Decimal | None
) -> None:
    changed = {"ad_budget": budget, "current_gmv": gmv, "own_videos": videos, "recent_ad_spend": recent}
    brief = brief.model_copy(update=changed)
    value = pack(Link(brief=brief, scenario="hopeful", presenter=True))
    assert unpack(value) == Link(brief=unnamed(brief), scenario="hopeful", presenter=True)
    assert pack(unpack(value)) == value


def test_nothing_anybody_said_is_in_a_link() -> None:
    for brief in EXAMPLES:
        text = inside(pack(Link(brief=brief, extras={"confidence": 0.9, "pin": "call with Ms Li"})))
        said = [brief.name, brief.note, *(goal.words for goal in brief.goals), "Ms Li", '"words"', '"name"']
        assert not [word for word in said if word and word in text]


def test_only_what_is_shared_travels() -> None:
    link = Link(brief=EXAMPLES[0], extras={"confidence": 0.9, "trade": {"base": "5000"}, "pin": 1})
    assert unpack(pack(link)).extras == {"confidence": 0.9, "trade": {"base": "5000"}}


def test_a_link_that_smuggles_a_name_opens_without_it() -> None:
    assert unpack(encoded(b'{"b":{"name":"x","note":"y"}}')).brief == Brief()


def test_a_link_is_short_enough_to_send() -> None:
    assert max(len(pack(Link(brief=brief))) for brief in EXAMPLES) < 1_000


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        "1!!!",
        "1é",
        "2" + pack(Link(brief=Brief()))[1:],
        pack(Link(brief=EXAMPLES[0]))[:-5],
        pack(Link(brief=EXAMPLES[0])) + "AAAA",
        encoded(b'{"b":{}}' + b" " * 70_000),
        encoded(b"0" * 10_000_000),
        encoded(b"[" * 60_000),
        encoded(b"{}"),
        encoded(b"\xff"),
        encoded(b'{"b":[]}'),
        encoded(b'{"b":{"ad_budget":NaN}}'),
        encoded(b'{"b":{"ad_budget":1.5}}'),
        encoded(b'{"b":{"category":"weapons"}}'),
        encoded(b'{"b":{"goals":[7]}}'),
        encoded(b'{"b":{},"s":5}'),
        encoded(b'{"b":{},"x":[]}'),
        encoded(b'{"b":{},"future":1}'),
        "1" * 70_000,
    ],
    ids=lambda value: value[:12],
)
def test_a_damaged_link_is_one_fault(value: str) -> None:
    with pytest.raises(QuotecastError) as caught:
        unpack(value, RULES.vocabulary)
    assert [fault.code for fault in caught.value.faults] == ["bad_link"]


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(encoded)))
def test_no_text_at_all_raises_anything_else(value: str) -> None:
    try:
        unpack(value, RULES.vocabulary)
    except QuotecastError as error:
        assert error.faults[0].code == "bad_link"


@given(st.data())
def test_one_letter_changed_is_noticed_or_harmless(data: st.DataObject) -> None:
    value = pack(Link(brief=EXAMPLES[0]))
    place = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_"))
    changed = value[:place] + letter + value[place + 1 :]
    try:
        assert unpack(changed) == unpack(value)
    except QuotecastError as error:
        assert error.faults[0].code == "bad_link"
