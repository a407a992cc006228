"""From what the prospect said to goals that can be counted and a way of operating."""

from __future__ import annotations

from collections.abc import Mapping

from estimator.brief.brief import Brief, GoalWords, Operation
from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi
from estimator.values.errors import fail

OPEN_DEFINITION = "roas"
"""What people say; five records may be meant."""
REFUND_ONLY = "gmv_on_fees"


def operation_of(brief: Brief) -> Operation:
    """How the agency would operate for this brief; whole-shop operation where the model is unknown."""
    return Operation(
        model=brief.service_model or "whole_shop",
        us_team=brief.team_level == "us_local" or bool(brief.us_staff),
    )


def goal_of(words: GoalWords, brief: Brief, kpis: Mapping[str, Kpi], index: int = 0) -> Goal:
    """The goal that the words mean; raises ``QuotecastError`` for a KPI that does not exist."""
    name = usual_definition(brief, kpis) if words.kpi == OPEN_DEFINITION else words.kpi
    askable = [OPEN_DEFINITION, *(kpi.id for kpi in kpis.values() if kpi.id != REFUND_ONLY)]
    if name not in askable:
        raise fail("unknown_reference", f"goals[{index}].kpi", found=words.kpi, choices=", ".join(askable))
    level = words.at_least if words.at_least is not None else words.at_most
    assert level is not None
    return Goal(
        kpi=reported(kpis[name], brief),
        level=level,
        at_least=words.at_least is not None,
        months=words.months,
        reading=words.reading,
    )


def reported(kpi: Kpi, brief: Brief) -> Kpi:
    """The KPI on the platforms of the brief that report it, where only some do; else the KPI as it is.

    >>> from estimator.brief.brief import Store
    >>> from estimator.rules.rules import open_rules
    >>> kpis = open_rules().kpis
    >>> brief = Brief(stores=[Store(platform="tiktok_shop"), Store(platform="own_site")])
    >>> reported(kpis["acos"], brief).platforms, reported(kpis["gmv"], brief).platforms
    (('own_site',), None)
    """
    seen = tuple(platform for platform in brief.sold_on if platform in kpi.measurable_on)
    return kpi.on(seen) if 0 < len(seen) < len(brief.sold_on) else kpi


def asked_goals(brief: Brief, kpis: Mapping[str, Kpi]) -> tuple[Goal, ...]:
    """The goals of a brief as they are counted; raises ``QuotecastError`` for an unknown KPI."""
    return tuple(goal_of(words, brief, kpis, index) for index, words in enumerate(brief.goals))


def usual_definition(brief: Brief, kpis: Mapping[str, Kpi]) -> str:
    """What people mean by plain ROAS: all sales where several platforms are run, else what one reports.

    That is what it attributes to its ads, or the total where it has no such report.
    """
    platforms = brief.sold_on
    if len(platforms) > 1:
        return "roas_blended"
    of_ads = platforms[0] in kpis["roas_ad_attributed"].measurable_on
    return "roas_ad_attributed" if of_ads else "roas_platform_total"
