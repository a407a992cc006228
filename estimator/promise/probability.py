"""A goal's own draws, weighed so that what is read off them agrees with its probability.

The probability is smoothed, and nearer to the market's than the share of draws that meet the goal. Draws on
either side of the goal's level weigh a little more or less, so that their weighed share is that probability
(poststratification; Owen 2013, 8.6): the curve passes through it, and the safe level fits it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.brief.goals import Goal, Probability, Promise
from estimator.brief.kpis import Ledger
from estimator.market.summary import share_of
from estimator.values.money import Array

ROUNDING = 1e-9


def share_met(goal: Goal, ledger: Ledger, scrambles: int) -> Probability:
    """The share of draws that meet ``goal``, for a goal that counts fees: nothing nearer is known of it.

    The draws are ``scrambles`` equal blocks, one after the other. The error is Student's t at 95 %
    over the blocks' shares (Owen 1997: the scrambled estimates are independent and unbiased), and
    never less than what one draw more or less would change, so that 0 and 1 carry one too.
    """
    return share_of(goal.met(ledger), scrambles)


@dataclass(frozen=True, kw_only=True, eq=False)
class WeighedDraws:
    """The values on which a goal turns, one a draw, with the weight of each; weights average 1.

    >>> import numpy as np
    >>> ten = WeighedDraws(values=np.arange(1.0, 11.0), weights=np.ones(10), at_least=True)
    >>> ten.safe_level(0.8), ten.reached(np.array([5.5, 3.0])).tolist()
    (3.0, [0.5, 0.8])
    """

    values: Array
    weights: Array
    at_least: bool

    @classmethod
    def of(cls, goal: Goal, ledger: Ledger, probability: float) -> WeighedDraws:
        """The draws of a ledger, weighed to the goal's probability."""
        return cls(
            values=goal.decisive(ledger),
            weights=weights_of(goal.met(ledger), probability),
            at_least=goal.at_least,
        )

    @classmethod
    def plain(cls, goal: Goal, ledger: Ledger) -> WeighedDraws:
        """The draws of a ledger as they are, each weighing the same."""
        values = goal.decisive(ledger)
        return cls(values=values, weights=np.ones(len(values)), at_least=goal.at_least)

    def safe_level(self, confidence: float) -> float | None:
        """The strictest level that a share ``confidence`` of the draws reaches; None where it is infinite.

        The level is one of the draws' own values, so the probability of reaching it is at least
        ``confidence`` and just beyond it is less.
        """
        order = np.argsort(self.values, kind="stable")
        order = order[::-1] if self.at_least else order
        reached = np.cumsum(self.weights[order])
        at = np.searchsorted(reached, confidence * reached[-1] * (1 - ROUNDING))
        level = float(self.values[order[at]])
        return level if np.isfinite(level) else None

    def promise(self, confidence: float) -> Promise:
        """The safe level with its confidence."""
        return Promise(confidence=confidence, level=self.safe_level(confidence))

    def reached(self, levels: Array) -> Array:
        """The share of the draws that reaches each level."""
        order = np.argsort(self.values, kind="stable")
        below = np.concatenate([[0.0], np.cumsum(self.weights[order])]) / self.weights.sum()
        at = np.searchsorted(self.values[order], levels, side="left" if self.at_least else "right")
        return 1 - below[at] if self.at_least else below[at]


def weights_of(met: Array, probability: float) -> Array:
    """Weights under which the share of draws that met something is ``probability``; all 1 where none tells.

    >>> import numpy as np
    >>> weights_of(np.array([True, False, False, False]), 0.4).round(2).tolist()
    [1.6, 0.8, 0.8, 0.8]
    """
    share = float(np.mean(met))
    if not 0 < share < 1:
        return np.ones(len(met))
    # docs/model.md (M38): two weights only: draws on one side of the level weigh alike
    return np.where(met, probability / share, (1 - probability) / (1 - share))
