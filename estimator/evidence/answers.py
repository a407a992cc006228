"""A backtest as data."""

from __future__ import annotations

from collections.abc import Mapping

from estimator.evidence.backtest import Backtest, Flaw, Scores
from estimator.schemas.digits import Places4
from estimator.schemas.record import Record


class Interval(Record):
    """A score and the interval that nine of ten repetitions would lie in."""

    value: Places4
    low: Places4
    high: Places4


class Judged(Record):
    """The scores of one forecaster; ``coverage`` by the width of the interval in percent."""

    coverage: Mapping[str, Interval]
    brier: Interval
    crps: Interval

    @classmethod
    def of(cls, scores: Scores) -> Judged:
        """The scores as data."""
        covered = scores.coverage.items()
        return cls(
            coverage={f"{width * 100:g}": Interval.model_validate(one) for width, one in covered},
            brier=Interval.model_validate(scores.brier),
            crps=Interval.model_validate(scores.crps),
        )


class BacktestAnswer(Judged):
    """A replayed history; CRPS is of the log. ``crps_over_naive`` is below 1 where history helped.

    ``flaw`` says that the 80 % interval held too seldom or too often to be chance.
    """

    n: int
    step: str
    horizon: str
    crps_over_naive: Interval
    flaw: Flaw | None
    naive: Judged
    prior: Judged


def backtest_json(made: Backtest) -> BacktestAnswer:
    """The answer of a backtest."""
    mine = Judged.of(made.scores["account"])
    return BacktestAnswer(
        **dict(mine),
        n=made.count,
        step=made.step,
        horizon=made.horizon,
        flaw=made.flaw,
        crps_over_naive=Interval.model_validate(made.against_naive),
        naive=Judged.of(made.scores["naive"]),
        prior=Judged.of(made.scores["prior"]),
    )
