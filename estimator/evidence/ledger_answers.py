"""The ledger as data: every goal, the scores by kind, and the public scores where there are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Literal

from estimator.evidence.answers import Interval
from estimator.evidence.ledger import Ledger, LedgerGoal, Standing
from estimator.evidence.reliability import LEAST_OF_A_PERSON, By, Calibration, Group, Means, Verdict
from estimator.schemas.digits import Digits4, Places3, Places4
from estimator.schemas.parts import NamedGoal
from estimator.schemas.record import Absent, Record
from estimator.schemas.review import Came, Reason
from estimator.values.validation import parse_toml


class PublicHorizon(Record):
    """The scores of a public history at one horizon, each with its interval."""

    id: Literal["week", "month", "quarter"]
    crps_over_naive: Interval
    covered_80: Interval


class PublicHistory(Record):
    """A public history that was replayed: how long, when and with which command."""

    id: str
    steps: int
    step: str
    measured: dt.date
    command: str
    horizons: tuple[PublicHorizon, ...]


class ScoredGoal(NamedGoal):
    """A goal of a revision, ``index`` from 1, with its probability and what it came to on ``value``."""

    reference: str
    index: int
    standing: Standing
    person: str
    probability: float
    ripe: dt.date | None
    came: Came
    reason: Absent[Reason] = None
    about: Absent[tuple[str, ...]] = None
    value: Digits4 | None
    left_out: Absent[tuple[str, ...]] = None


class ReliabilityBin(Record):
    """Goals of probabilities from ``low`` to ``high``: their mean, and the share that was met."""

    low: float
    high: float
    count: int
    stated: Places4
    met: Interval


class MeanScores(Record):
    """Scores that are means over goals; CRPS is in logs of the level asked for."""

    brier: Interval
    brier_of_base_rate: Interval
    brier_expected: Interval
    brier_over_expected: Interval
    crps: Interval | None
    crps_of_naive: Interval | None
    crps_over_naive: Interval | None


class Scores(Record):
    """The scores of resolved goals, with the mean probability and the share that was met."""

    quotes: int
    stated: Places4
    met: Interval
    reliability: tuple[ReliabilityBin, ...]
    measured: int
    coverage: Mapping[str, Interval]
    means: MeanScores | None
    verdict: Verdict


class Kind(Record):
    """The goals of a kind by what they came to; ``scores`` is None where too few resolved."""

    name: str
    goals: int
    met: int
    missed: int
    void: int
    open: int
    matured: Places3
    scores: Scores | None


class LedgerAnswer(Record):
    """The ledger ``on`` a day. ``public`` is given where no goal has resolved."""

    on: dt.date
    with_sent: bool
    by: By | None
    least_of_a_person: int
    everything: Kind
    kinds: tuple[Kind, ...]
    goals: tuple[ScoredGoal, ...]
    not_scorable: tuple[str, ...]
    public: Absent[tuple[PublicHistory, ...]] = None


def public_histories() -> tuple[PublicHistory, ...]:
    """The public histories that were replayed, as they stand beside this module."""
    name = "public_scores.toml"
    text = files("estimator.evidence").joinpath(name).read_text("utf-8")
    return tuple(
        PublicHistory(
            **{key: value for key, value in one.items() if key not in ("horizon", "measured")},
            measured=dt.date.fromisoformat(one["measured"]),
            horizons=tuple(
                PublicHorizon(
                    id=each["id"],
                    crps_over_naive=_interval(each["crps_over_naive"]),
                    covered_80=_interval(each["covered_80"]),
                )
                for each in one["horizon"]
            ),
        )
        for one in parse_toml(text, name)["history"]
    )


def ledger_json(
    ledger: Ledger, everything: Group, groups: Sequence[Group], on: dt.date, by: By | None, *, sent: bool
) -> LedgerAnswer:
    """The answer of the ledger."""
    return LedgerAnswer(
        on=on,
        with_sent=sent,
        by=by,
        least_of_a_person=LEAST_OF_A_PERSON,
        everything=_kind(everything),
        kinds=tuple(map(_kind, groups)),
        goals=tuple(map(_goal, ledger.goals)),
        not_scorable=ledger.not_scorable,
        public=None if everything.resolved else public_histories(),
    )


def _goal(one: LedgerGoal) -> ScoredGoal:
    assert one.frozen.chance is not None
    return ScoredGoal(
        **dict(NamedGoal.of(one.frozen.goal)),
        reference=one.revision.reference,
        index=one.index,
        standing=one.standing,
        person=one.revision.sent_by,
        probability=one.frozen.chance.probability,
        ripe=one.ripe,
        came=one.came,
        reason=one.reason or None,
        about=one.about or None,
        value=one.value,
        left_out=one.left_out or None,
    )


def _kind(group: Group) -> Kind:
    scores = None if group.calibration is None else _scores(group.calibration)
    counts = {name: getattr(group, name) for name in ("name", "goals", "met", "missed", "void", "open")}
    return Kind(**counts, matured=group.matured, scores=scores)


def _scores(made: Calibration) -> Scores:
    return Scores(
        quotes=made.quotes,
        stated=made.stated,
        met=Interval.model_validate(made.met),
        reliability=tuple(map(ReliabilityBin.model_validate, made.bins)),
        measured=made.measured,
        coverage={f"{width * 100:g}": Interval.model_validate(one) for width, one in made.coverage.items()},
        means=None if made.means is None else _means(made.means),
        verdict=made.verdict,
    )


def _means(means: Means) -> MeanScores:
    def interval(name: str) -> Interval | None:
        one = getattr(means, name)
        return None if one is None else Interval.model_validate(one)

    return MeanScores(
        brier=Interval.model_validate(means.brier),
        brier_of_base_rate=Interval.model_validate(means.base),
        brier_expected=Interval.model_validate(means.expected),
        brier_over_expected=Interval.model_validate(means.surprise),
        crps=interval("crps"),
        crps_of_naive=interval("naive"),
        crps_over_naive=interval("ratio"),
    )


def _interval(three: Sequence[object]) -> Interval:
    value, low, high = (float(str(each)) for each in three)
    return Interval(value=value, low=low, high=high)
