"""What a link and a draft showed when they were made is told first, and what differs today after it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cards import EARLIER, with_one_edition
from opened import DAY, RULES
from streamlit.testing.v1 import AppTest

from estimator.brief import brief as briefs
from estimator.brief import link
from estimator.brief.link import Link
from estimator.market.points import Points
from estimator.quoting.make import make
from estimator.quoting.shown import Shown
from estimator.rules.rules import open_rules
from estimator.screens import markup

ROOT = Path(__file__).parent.parent
SEED = briefs.read(ROOT / "examples" / "briefs" / "seed_beauty.toml")
FEW = Points(number=128, scrambles=2)


def test_only_the_same_question_with_another_answer_differs(tmp_path: Path) -> None:
    now = Shown.of(make(SEED, RULES, points=FEW, ask=False))
    other = open_rules(with_one_edition(tmp_path / "rules", EARLIER), on=DAY)
    before = Shown.of(make(SEED, other, points=FEW, ask=False))
    assert before.inputs == now.inputs and before.differs(now) and not now.differs(now)
    richer = SEED.model_copy(update={"ad_budget": SEED.ad_budget and SEED.ad_budget * 2})
    assert not before.differs(Shown.of(make(richer, RULES, points=FEW, ask=False)))
    named = SEED.model_copy(update={"name": "another name", "note": "a word of ours"})
    assert Shown.of(make(named, RULES, points=FEW, ask=False)) == now


@pytest.mark.parametrize("kept", [None, 3, {}, {"day": "2026-11-30"}, {"inputs": 1}])
def test_what_cannot_have_been_kept_is_nothing(kept: object) -> None:
    assert Shown.read(kept) is None
    whole = Shown.of(make(SEED, RULES, points=FEW, ask=False)).kept()
    assert Shown.read(whole) is not None
    for name, spoilt in (("day", "never"), ("price", "8200"), ("price", None), ("edition", 3)):
        assert Shown.read({**whole, name: spoilt}) is None


@pytest.mark.parametrize("earlier", [True, False])
def test_a_link_tells_first_what_it_was_made_with(
    earlier: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTECAST_HOME", str(tmp_path))
    brief = link.unpack(link.pack(Link(brief=SEED))).brief
    made = Shown.of(make(brief, open_rules(), ask=False))
    kept = replace(made, day="2026-11-02", edition=EARLIER.id, price=9150.0) if earlier else made
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.query_params["b"] = link.pack(Link(brief=SEED, extras={"shown": kept.kept()}))
    said: list[str] = []
    put = markup.put
    monkeypatch.setattr(markup, "put", lambda html, words: (said.append(html), put(html, words)))
    page.run()
    assert not page.exception and any("8,200" in html for html in said)
    assert any("9,150" in html for html in said) == earlier
