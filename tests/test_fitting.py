"""A budget first: "we have 2,000 a month to try" is answered by what fits, not by four times the money."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from opened import RULES

from estimator.brief.brief import read
from estimator.cli import main
from estimator.market.points import RANKED
from estimator.presentation.fit_words import fit_said
from estimator.presentation.words import Words
from estimator.quoting.fitting import STEP, fits
from estimator.quoting.make import make

SEED = Path(__file__).parent.parent / "examples" / "briefs" / "seed_beauty.toml"
EN, ZH = (Words(language, vocabulary=RULES.vocabulary) for language in ("en", "zh"))


@pytest.mark.parametrize("budget", [2_000, 6_000, 15_000, 40_000])
def test_what_fits_costs_no_more_than_the_budget_and_nearly_all_of_it(budget: int) -> None:
    brief = read(SEED)
    found = fits(brief, RULES, Decimal(budget))
    assert {fit.model for fit in found} == {"whole_shop", "part_operation", "kpi_consulting"}
    assert [fit.ads or 0 for fit in found] == sorted((fit.ads or 0 for fit in found), reverse=True)
    for fit in found:
        if fit.ads is None:
            assert fit.least > budget - STEP
            continue
        told = brief.model_copy(update={"service_model": fit.model, "ad_budget": fit.ads})
        made = make(told, RULES, points=RANKED, ask=False)
        spent = made.usual_month.p50 + float(fit.ads) + made.seller.blocks.samples
        # ads are rounded down to 50, of which a share may be charged and samples follow; difficulty may
        # move the base by a step of 50 at a band of its probability
        assert budget - 3 * STEP <= spent <= budget + STEP


def test_a_larger_budget_never_leaves_less_for_ads() -> None:
    brief = read(SEED)
    budgets = (8_000, 16_000, 32_000)
    ads = [{fit.model: fit.ads or 0 for fit in fits(brief, RULES, Decimal(b))} for b in budgets]
    for less, more in pairwise(ads):
        assert all(more[model] >= less[model] for model in less)


def test_where_nothing_fits_it_says_so_and_what_to_do_instead() -> None:
    found = fits(read(SEED), RULES, Decimal(2_000))
    assert all(fit.ads is None for fit in found)
    said = fit_said(found, Decimal(2_000), "USD", EN)
    assert said.startswith("No service leaves room for ads within **$2,000**")
    assert "付费测试" in fit_said(found, Decimal(2_000), "USD", ZH)


def test_the_command_answers_as_people_type_it(capsys: pytest.CaptureFixture[str]) -> None:
    for budget in ("6k", "6千"):
        assert main(["fit", str(SEED), "--budget", budget, "--on", "2026-11-30"]) == 0
        assert "$6,000 a month holds" in capsys.readouterr().out
