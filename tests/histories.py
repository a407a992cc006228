"""Month-by-month histories and terms for the tests of fees, as exact decimals or as draws."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import strategies as st
from opened import RULES

from estimator.brief.goals import Goal
from estimator.brief.kpis import Quantity
from estimator.contract.charges import Bound, Fixed, PerUnit, Refund, ShareOf, Step
from estimator.contract.terms import Terms
from estimator.contract.tiers import Tiers
from estimator.market.outcomes import Outcomes
from estimator.values.money import exact_array
from estimator.values.text import Text

LABEL = Text(en="Charge", zh="收费")


def actual(**quantities: list) -> Outcomes:
    """One exact history; an empty text stands for unknown."""
    months = max(map(len, quantities.values()))
    return Outcomes(
        months=tuple(f"2027-{month + 1:02d}" for month in range(months)),
        platforms=("tiktok_shop",),
        quantities={
            name: exact_array([Decimal(str(value or 0)) for value in values], (1, 1, months))
            for name, values in quantities.items()
        },
        unknown={name: np.array([[value == "" for value in values]]) for name, values in quantities.items()},
    )


def drawn(outcomes: Outcomes) -> Outcomes:
    """The same history as floats."""
    return Outcomes(
        months=outcomes.months,
        platforms=outcomes.platforms,
        quantities={name: values.astype(float) for name, values in outcomes.quantities.items()},
    )


def goal(kpi: str, level: object, months: tuple[int, int], at_least: bool = True) -> Goal:
    return Goal(kpi=RULES.kpis[kpi], level=Decimal(str(level)), at_least=at_least, months=months)


cents = st.decimals(0, 500_000, places=2)
rates = st.decimals(0, "0.4", places=3)


@st.composite
def tiers(draw: st.DrawFn) -> Tiers:
    steps = draw(st.integers(0, 3))
    edges = sorted(draw(st.sets(st.integers(1, 400_000), min_size=steps, max_size=steps)))
    values = sorted(draw(st.lists(rates, min_size=steps + 1, max_size=steps + 1)))
    return Tiers(above=(0, *edges), rate=tuple(values), reach=draw(st.sampled_from(["slice", "whole"])))


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any mix of the five kinds over six months, with goals on GMV so that selling more is never worse."""
    period = st.sampled_from(["month", "quarter", "term"])
    gmv = Quantity(of=("gmv",))
    charges: list = [Fixed(id="base", label=LABEL, amount=draw(cents), settles="month")]
    schedule, bounded = draw(tiers()), draw(st.booleans())
    commission = ShareOf(
        id="commission",
        label=LABEL,
        of=gmv,
        tiers=schedule,
        settles=draw(period),
        baseline=draw(st.sampled_from([Decimal(0), Decimal(40_000)])),
        running=draw(st.booleans()) and (schedule.by_rising_slices or not bounded),
    )
    charges.append(commission)
    charges.append(
        PerUnit(
            id="videos",
            label=LABEL,
            of=Quantity(of=("videos",)),
            price=draw(cents),
            pack=draw(st.integers(1, 60)),
            included=draw(st.sampled_from([Decimal(0), Decimal(30)])),
        )
    )
    if draw(st.booleans()):
        bonus = goal("gmv", draw(st.integers(0, 900_000)), (1, 3))
        charges.append(Fixed(id="bonus", label=LABEL, amount=draw(cents), settles="once", due_if=(bonus,)))
    if bounded:
        low = draw(cents)
        settles = draw(st.sampled_from(["term"] if commission.settles == "term" else ["quarter", "term"]))
        over = ("base", "commission")
        charges.append(Bound(id="minimum", label=LABEL, over=over, at_least=low, settles=settles))
        high = low + draw(cents)
        charges.append(Bound(id="cap", label=LABEL, over=over, at_most=high, settles=settles))
    if draw(st.booleans()):
        level = draw(st.integers(100_000, 2_000_000))
        charges.append(
            Refund(
                id="refund",
                label=LABEL,
                over=tuple(c.id for c in charges if c.id in {"base", "commission", "minimum", "cap"}),
                paid_as=draw(st.sampled_from(["cash", "ad_credit"])),
                steps=(
                    Step(goal=goal("gmv", level, (1, 6)), back=Decimal("0.3")),
                    Step(goal=goal("gmv", level // 2, (1, 6)), back=Decimal("0.6")),
                ),
            )
        )
    return Terms(currency="USD", months=6, charges=tuple(charges))


@st.composite
def histories(draw: st.DrawFn, least: int = -20_000) -> Outcomes:
    money = st.decimals(least, 400_000, places=2)
    counts = st.integers(0, 400)
    return actual(
        gmv=draw(st.lists(money, min_size=6, max_size=6)),
        videos=draw(st.lists(counts, min_size=6, max_size=6)),
    )
