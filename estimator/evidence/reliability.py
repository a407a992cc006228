"""How honest the forecasts of resolved goals were: reliability, Brier, coverage and CRPS, with intervals.

The goals of one quote come true together, so a quote counts as one: shares have Wilson's interval for so many
quotes, means are resampled by whole quotes. What is void or open is counted and not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log
from typing import Literal

import numpy as np

from estimator.brief.goals import SOFT
from estimator.evidence.ledger import LedgerGoal
from estimator.evidence.scores import WIDTHS, Scored, crps, inside, resampled, share
from estimator.values.units import Floats

By = Literal["platform", "category", "service", "edition", "person"]
BYS: tuple[By, ...] = ("platform", "category", "service", "edition", "person")
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of the reliability table; a probability on an edge belongs above it."""
LEAST_OF_A_PERSON = 20
"""Resolved goals from which a sales person has a score of his own; fewer say more of luck than of him."""
LEAST_QUOTES = 20
"""Quotes from which a mean has an interval: with 8 only 77 % of the intervals held the truth."""
Verdict = Literal["too_few", "hopeful", "fearful", "overconfident", "underconfident", "sound"]


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Goals whose probability lay from ``low`` to below ``high``: its mean, and the share that was met."""

    low: float
    high: float
    count: int
    stated: float
    met: Scored


@dataclass(frozen=True, kw_only=True)
class Means:
    """Scores that are means: ``brier`` beside ``base``, that of always saying the share which was met, and
    ``expected``, what the probabilities themselves led to expect.

    ``crps`` and ``naive`` are in logs of the level asked for; ``ratio`` is the one over the other. They are
    None where no goal has a level, a forecast and a naive one.
    """

    brier: Scored
    base: Scored
    expected: Scored
    surprise: Scored
    crps: Scored | None
    naive: Scored | None
    ratio: Scored | None


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The scores of resolved goals. ``means`` is None with fewer than ``LEAST_QUOTES`` quotes."""

    quotes: int
    stated: float
    met: Scored
    bins: tuple[Bin, ...]
    coverage: Mapping[float, Scored]
    measured: int
    means: Means | None
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Group:
    """The goals of a kind by what they came to, and their scores; None where there is none to be told."""

    name: str
    goals: int
    met: int
    missed: int
    void: int
    open: int
    calibration: Calibration | None

    @property
    def resolved(self) -> int:
        """Goals that were met or missed."""
        return self.met + self.missed

    @property
    def matured(self) -> float:
        """The share of the goals that are open no more."""
        return 1 - self.open / self.goals if self.goals else 0.0


def scores_by(goals: Sequence[LedgerGoal], by: By | None, *, sent: bool = False) -> tuple[Group, ...]:
    """The scores by kind, by name; of everything where ``by`` is None. ``sent`` takes in what is only sent.

    A quote of several platforms counts under each.
    """
    taken = [goal for goal in goals if sent or goal.standing != "sent"]
    if by is None:
        return (group_of("", taken),)
    kinds: dict[str, list[LedgerGoal]] = {}
    for goal in taken:
        for name in KINDS[by](goal):
            kinds.setdefault(name, []).append(goal)
    least = LEAST_OF_A_PERSON if by == "person" else 1
    return tuple(group_of(name, kinds[name], least) for name in sorted(kinds))


KINDS: Mapping[By, Callable[[LedgerGoal], tuple[str, ...]]] = {
    "platform": lambda goal: goal.forecast.platforms,
    "category": lambda goal: (goal.forecast.category or "",),
    "service": lambda goal: (goal.forecast.service,),
    "edition": lambda goal: (goal.forecast.edition,),
    "person": lambda goal: (goal.revision.sent_by,),
}


def group_of(name: str, goals: Sequence[LedgerGoal], least: int = 1) -> Group:
    """The goals of a kind; without scores where fewer than ``least`` resolved."""
    resolved = [goal for goal in goals if goal.resolved]
    count = {came: sum(goal.came == came for goal in goals) for came in ("met", "missed", "void", "open")}
    scored = calibration(map(_outcome, resolved)) if len(resolved) >= least else None
    return Group(name=name, goals=len(goals), **count, calibration=scored)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A forecast beside what came. ``levels`` and ``value`` are in the unit of the KPI; None where unknown.

    ``bar`` is the level asked for and ``offset`` what the KPI takes off, as growth takes 1 off a ratio.
    """

    quote: str
    stated: float
    met: bool
    levels: Floats | None = None
    value: float | None = None
    naive: float | None = None
    bar: float = 1.0
    offset: float = 0.0

    def beyond(self, value: Floats | float) -> Floats:
        """How far beyond the level a value is, as ``Goal.margin`` has it: finite also for nothing sold."""
        # docs/model.md (M36): softened on both sides
        needed = self.bar - self.offset
        over = np.maximum(np.asarray(value, dtype=float) - self.offset, 0.0)
        return np.asarray(np.log(over + SOFT * needed) - log((1 + SOFT) * needed))


def _outcome(goal: LedgerGoal) -> Outcome:
    frozen, kpi = goal.frozen, goal.frozen.goal.kpi
    assert frozen.chance is not None
    return Outcome(
        quote=goal.revision.number,
        stated=frozen.chance.probability,
        met=goal.came == "met",
        levels=None if frozen.levels is None else np.array(frozen.levels),
        value=goal.value,
        naive=frozen.naive,
        bar=float(frozen.goal.level),
        offset=float(kpi.offset),
    )


def calibration(outcomes: Iterable[Outcome]) -> Calibration | None:
    """The scores of outcomes in any order; None without any."""
    every = sorted(outcomes, key=lambda one: (one.quote, one.stated, one.met, one.value or 0.0))
    if not every:
        return None
    quotes = len({one.quote for one in every})
    met = _share([one.met for one in every], every)
    stated = float(np.mean([one.stated for one in every]))
    measured = [one for one in every if one.levels is not None and one.value is not None]
    coverage = {
        width: _share([_inside(one, width) for one in measured], measured) for width in WIDTHS if measured
    }
    means = _means(every) if quotes >= LEAST_QUOTES else None
    return Calibration(
        quotes=quotes,
        stated=stated,
        met=met,
        bins=tuple(_bins(every)),
        coverage=coverage,
        measured=len(measured),
        means=means,
        verdict=_verdict(stated, met, means, coverage),
    )


def _inside(one: Outcome, width: float) -> bool:
    return one.levels is not None and one.value is not None and inside(one.levels, one.value, width)


def _share(hits: Sequence[bool], outcomes: Sequence[Outcome]) -> Scored:
    """A share of outcomes, as uncertain as that of so many quotes."""
    quotes = len({one.quote for one in outcomes})
    return share(sum(hits) * quotes / len(hits), quotes)


def _bins(every: Sequence[Outcome]) -> Iterable[Bin]:
    for low, high in pairwise(BINS):
        own = [one for one in every if low <= one.stated < high or one.stated == high == BINS[-1]]
        if own:
            yield Bin(
                low=low,
                high=high,
                count=len(own),
                stated=float(np.mean([one.stated for one in own])),
                met=_share([one.met for one in own], own),
            )


def _means(every: Sequence[Outcome]) -> Means:
    stated = np.array([one.stated for one in every])
    met = np.array([one.met for one in every], dtype=float)
    count, brier = np.ones(len(every)), (stated - met) ** 2
    own = stated * (1 - stated)

    def mean(part: Floats) -> Scored:
        return _by_quote(every, (part, count), lambda a, n: float(a.sum() / n.sum()))

    both = [one for one in every if _comparable(one)]
    mine, naive = (np.array([distance(one) for one in both]) for distance in (_crps, _naive_distance))
    beside = len({one.quote for one in both}) >= LEAST_QUOTES
    ones = np.ones(len(both))

    def over(above: Floats, below: Floats) -> Scored | None:
        return _by_quote(both, (above, below), lambda a, b: float(a.sum() / b.sum())) if beside else None

    return Means(
        brier=mean(brier),
        base=_by_quote(every, (met, count), lambda a, n: float(a.sum() / n.sum() * (1 - a.sum() / n.sum()))),
        expected=mean(own),
        surprise=mean(brier - own),
        crps=over(mine, ones),
        naive=over(naive, ones),
        ratio=over(mine, naive) if naive.sum() > 0 else None,
    )


def _comparable(one: Outcome) -> bool:
    """Whether an outcome has a forecast, a naive one, and a level that both can be measured against."""
    told = one.levels is not None and one.value is not None and one.naive is not None
    return told and one.bar > one.offset


def _crps(one: Outcome) -> float:
    assert one.levels is not None and one.value is not None
    return crps(one.beyond(one.levels), float(one.beyond(one.value)))


def _naive_distance(one: Outcome) -> float:
    """The CRPS of a forecast that is a point."""
    assert one.naive is not None and one.value is not None
    return abs(float(one.beyond(one.naive) - one.beyond(one.value)))


def _by_quote(every: Sequence[Outcome], parts: tuple[Floats, ...], score: Callable[..., float]) -> Scored:
    """A score of sums, resampled by whole quotes; the outcomes stand by quote."""
    # docs/model.md (M69): the goals of a quote hang together, quotes are taken as independent
    ends = [len(list(own)) for _, own in groupby(every, key=lambda one: one.quote)]
    starts = np.cumsum([0, *ends[:-1]])
    return resampled([np.add.reduceat(part, starts) for part in parts], score, 1)


def _verdict(stated: float, met: Scored, means: Means | None, coverage: Mapping[float, Scored]) -> Verdict:
    """What the scores say at nine in ten; the first that holds is told."""
    if means is None:
        return "too_few"
    if stated > met.high:
        return "hopeful"
    if stated < met.low:
        return "fearful"
    wide = coverage.get(0.8)
    if means.surprise.low > 0 or (wide is not None and wide.high < 0.8):
        return "overconfident"
    if means.surprise.high < 0 or (wide is not None and wide.low > 0.8):
        return "underconfident"
    return "sound"
