"""The probability of a goal on its draws, and the level that is safe to promise."""

from __future__ import annotations

import numpy as np

from estimator.brief.goals import Goal, Probability, Promise
from estimator.brief.kpis import Ledger
from estimator.market.summary import share_of
from estimator.values.money import Array


def probability(goal: Goal, ledger: Ledger, scrambles: int) -> Probability:
    """The share of draws that meet ``goal``, with the error that independent scrambles show.

    The draws are ``scrambles`` equal blocks, one after the other. The error is Student's t at 95 %
    over the blocks' shares (Owen 1997: the scrambled estimates are independent and unbiased), and
    never less than what one draw more or less would change, so that 0 and 1 carry one too.
    """
    return share_of(goal.met(ledger), scrambles)


def promise(goal: Goal, ledger: Ledger, confidence: float) -> Promise:
    """The strictest level of ``goal``'s KPI that the draws reach with ``confidence``.

    The level is one of the draws' own values, so the probability of reaching it is at least
    ``confidence`` and just beyond it is less.

    >>> import numpy as np
    >>> safe_level(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 0.8, at_least=True)
    2.0
    """
    values = goal.decisive(ledger)
    return Promise(confidence=confidence, level=safe_level(values, confidence, at_least=goal.at_least))


def safe_level(values: Array, confidence: float, *, at_least: bool) -> float | None:
    """The strictest level that a share ``confidence`` of ``values`` reaches; None where it is infinite."""
    ordered = np.sort(values) if not at_least else np.sort(values)[::-1]
    needed = int(np.ceil(confidence * values.size - 1e-9))
    level = float(ordered[max(needed, 1) - 1])
    return level if np.isfinite(level) else None
