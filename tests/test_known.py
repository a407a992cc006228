"""What is not known stands beside a probability: over the market's assumptions alone it has two ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES
from scipy.special import ndtr, ndtri

from estimator.brief import brief as briefs
from estimator.presentation.figures import chance_figure
from estimator.presentation.phrases import between_words
from estimator.presentation.words import LANGUAGES, Words
from estimator.promise.known import Known
from estimator.quoting.drivers import LUCK, shares_explained
from estimator.quoting.knowledge import with_known
from estimator.quoting.make import make
from estimator.schemas.proposed import Sending, propose
from estimator.schemas.quote import GoalWithOdds, as_json

SEED = briefs.read(Path("examples/briefs/seed_beauty.toml"))
PERTURBED = (0.06, 0.11, 0.16, 0.31, 0.41, 0.16, 0.15, 0.31, 0.35)
"""The seed's probability under eight changes of the market (shared facts "scored", B): ad ROAS times .60 to
1.33, creators who sell a third or a tenth, and wider accounts at one median."""
QUOTE = with_known(make(SEED, RULES, ask=False))


def test_the_seeds_range_holds_what_other_markets_would_give() -> None:
    assert QUOTE.known is not None and QUOTE.goals[0].probability is not None
    low, high = QUOTE.known.between(QUOTE.goals[0].probability.value)
    assert low < min(PERTURBED) and max(PERTURBED) < high
    # and says something: not everything between nothing and certain
    assert low > 0.02 and high < 0.6


@given(st.floats(0.1, 0.9), st.floats(0.0, 0.6), st.floats(0.0, 0.6))
def test_the_probability_lies_within_and_more_unknown_is_wider(
    chance: float, one: float, other: float
) -> None:
    """Further out a mean may leave the middle nine of ten: it is made by the tenth."""
    less, more = sorted((one, other))
    inner, outer = (Known(of_market=share, of_luck=0.0).between(chance) for share in (less, more))
    assert outer[1] - outer[0] >= inner[1] - inner[0] - 1e-9
    assert outer[0] <= chance + 1e-9 and chance - 1e-9 <= outer[1]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.6])
def test_over_the_assumptions_the_probability_averages_to_itself(share: float) -> None:
    """The law of total probability: with z the assumptions' part, the mean of P given z is P."""
    chance, z = 0.23, ndtri((np.arange(20_000) + 0.5) / 20_000)
    given_z = ndtr((z * share**0.5 - ndtri(1 - chance)) / (1 - share) ** 0.5)
    assert given_z.mean() == pytest.approx(chance, abs=1e-4)
    low, high = Known(of_market=share, of_luck=0.0).between(chance)
    assert np.quantile(given_z, [0.05, 0.95]) == pytest.approx([low, high], abs=1e-3)


def test_nothing_unknown_leaves_the_number_itself() -> None:
    assert Known(of_market=0.0, of_luck=0.7).between(0.4) == pytest.approx((0.4, 0.4))


def test_an_accounts_own_figures_leave_less_of_its_level_open() -> None:
    brief = briefs.read(Path("examples/briefs/apparel_with_history.toml"))
    shares = []
    for one in (brief, brief.model_copy(update={"history": ()})):
        quote = make(one, RULES, ask=False)
        goal = quote.goals[0].goal
        told = shares_explained(one, quote.terms, quote.world, goal, quote.months, quote.horizon)
        spread = float(np.log(quote.goals[0].curve[-1][0] / quote.goals[0].curve[0][0]))
        shares.append((sum(told[name] for name in LUCK) * spread**2, told["roas_ad_ref"] * spread**2))
    with_history, without = shares
    assert with_history[0] < without[0] and with_history[1] < without[1]


@given(st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: (min(ends), max(ends))))
def test_no_end_is_printed_as_nothing_or_certain(between: tuple[float, float]) -> None:
    numbers = [int(number) for number in re.findall(r"\d+", between_words(between, Words("en")))]
    assert all(1 <= number <= 99 for number in numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_stands_in_the_headline_on_paper_and_in_the_data(language: Any) -> None:
    words = Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks)
    assert chance_figure(QUOTE, words).beside == "5–52%"
    first = propose(QUOTE, Sending()).goals[0]
    assert first.between is not None and first.between[0] < 0.06
    goal = as_json(QUOTE, RULES.vocabulary.question).goals[0]
    assert isinstance(goal, GoalWithOdds) and goal.not_known is not None and goal.not_known.high > 0.45
