"""What a brief may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from opened import RULES

from estimator.brief import brief
from estimator.values.errors import QuotecastError

EXAMPLES = sorted(Path("examples/briefs").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_marked_as_fictional(path: Path) -> None:
    assert brief.read(path).name and path.read_text("utf-8").startswith("# Fictional example")


def test_nothing_at_all_is_a_brief() -> None:
    assert brief.parse({}).platforms == ()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"live_hours": 5_001}, "live_hours"),
        ({"own_videos": 20_001}, "own_videos"),
        ({"creators_contacted": 100_001}, "creators_contacted"),
        ({"stores": [{"platform": "tiktok_shop", "kind": "website"}]}, "stores[0].kind"),
        ({"stores": [{"platform": "own_site", "kind": "cross_border"}]}, "stores[0].kind"),
    ],
)
def test_what_no_shop_does_is_refused_at_its_field(content: dict, place: str) -> None:
    with pytest.raises(QuotecastError) as caught:
        brief.parse(content, vocabulary=RULES.vocabulary)
    assert [fault.place for fault in caught.value.faults] == [place]
