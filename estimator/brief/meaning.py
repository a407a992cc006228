"""From what the prospect said to goals that can be counted and a way of operating."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from estimator.brief.brief import Brief, GoalWords, Operation
from estimator.brief.goals import Goal
from estimator.brief.kpis import Kpi, Quantity
from estimator.market.outcomes import Outcomes
from estimator.values.errors import fail

OPEN_DEFINITION = "roas"
"""What people say; five records may be meant."""
REFUND_ONLY = "gmv_on_fees"
MONEY_QUANTITIES = frozenset({"agency_fee", "platform_take", "creator_commission", "sample_cost"})
"""What only terms and outcomes together can count."""


def operation_of(brief: Brief) -> Operation:
    """How the agency would operate for this brief; whole-shop operation where the model is unknown."""
    return Operation(
        model=brief.service_model or "whole_shop",
        us_team=brief.team_level == "us_local" or bool(brief.us_staff),
    )


def goal_of(words: GoalWords, brief: Brief, kpis: Mapping[str, Kpi], index: int = 0) -> Goal:
    """The goal that the words mean; raises ``QuotecastError`` for a KPI that does not exist."""
    name = usual_definition(brief) if words.kpi == OPEN_DEFINITION else words.kpi
    askable = [OPEN_DEFINITION, *(kpi.id for kpi in kpis.values() if kpi.id != REFUND_ONLY)]
    if name not in askable:
        raise fail("unknown_reference", f"goals[{index}].kpi", found=words.kpi, choices=", ".join(askable))
    level = words.at_least if words.at_least is not None else words.at_most
    assert level is not None
    return Goal(
        kpi=kpis[name],
        level=level,
        at_least=words.at_least is not None,
        months=words.months,
        reading=words.reading,
    )


def asked_goals(brief: Brief, kpis: Mapping[str, Kpi]) -> tuple[Goal, ...]:
    """The goals of a brief as they are counted; raises ``QuotecastError`` for an unknown KPI."""
    return tuple(goal_of(words, brief, kpis, index) for index, words in enumerate(brief.goals))


def usual_definition(brief: Brief) -> str:
    """What people mean by plain ROAS: the platform's own report, or all sales where several are run."""
    platforms = set(brief.platforms or ("tiktok_shop",))
    if platforms == {"tiktok_shop"}:
        return "roas_platform_total"
    return "roas_blended" if "tiktok_shop" in platforms or len(platforms) > 1 else "roas_ad_attributed"


def measurable(kpi: Kpi, brief: Brief) -> bool:
    """Whether every platform of the brief reports the KPI as it is defined."""
    return set(brief.platforms or ("tiktok_shop",)) <= set(kpi.measurable_on)


def forecast(goal: Goal, brief: Brief, drawn: Outcomes) -> bool:
    """Whether a probability can be given: measurable, forecast at all, and everything counted is known."""
    quantities = [goal.kpi.over, *([goal.kpi.under] if goal.kpi.under else [])]
    return (
        goal.kpi.forecast
        and measurable(goal.kpi, brief)
        and not any(drawn.missing(quantity, goal.window) for quantity in quantities)
    )


def reads_money(goal: Goal) -> bool:
    """Whether the goal counts fees or costs, so that it needs terms before it can be counted."""
    return bool(MONEY_QUANTITIES & goal.kpi.counts)


def before_fees(goal: Goal) -> Goal | None:
    """The goal as far as it can be counted before there is a price: without fees and other costs.

    These only make it harder, so it is at least as hard as this. None where nothing else is counted.
    """
    if not reads_money(goal):
        return goal
    side = "under" if goal.at_least else "over"
    counted: Quantity | None = getattr(goal.kpi, side)
    if counted is None:
        return None
    left = tuple(name for name in counted.of if name not in MONEY_QUANTITIES)
    kpi = goal.kpi.model_copy(update={side: counted.model_copy(update={"of": left})})
    easier = goal.model_copy(update={"kpi": kpi})
    return easier if left and not reads_money(easier) else None


def forecast_before_fees(goals: Iterable[Goal], brief: Brief, drawn: Outcomes) -> list[Goal]:
    """The goals before fees that a probability can be given for: what sets the difficulty of a price."""
    known = map(before_fees, goals)
    return [goal for goal in known if goal is not None and forecast(goal, brief, drawn)]
