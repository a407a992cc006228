"""Guards: what a finished quote must be told, by rows over its facts.

A guard never changes a price. It notes, warns, asks for an approval, or refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from estimator.contract.conditions import Facts
from estimator.contract.rate_card import SEVERITIES, Guard, Severity
from estimator.values.text import Text


@dataclass(frozen=True, kw_only=True)
class Raised:
    """One guard that applies. ``approver`` may approve or lift it; None where nobody needs to.

    ``id`` and ``rule`` name the row; ``rationale`` and ``source`` say why it is there. ``client`` are the
    words for the prospect, None where it is for us alone. ``reads`` are the facts that it asks for.
    """

    id: str
    severity: Severity
    text: Text
    approver: Text | None
    rule: str
    rationale: str = ""
    source: str = ""
    client: Text | None = None
    reads: frozenset[str] = frozenset()


def raised(guards: Iterable[Guard], known: Facts) -> tuple[Raised, ...]:
    """The guards that apply to a finished quote, the gravest first.

    ``known`` holds a value, or None for unknown, for every fact of the guards' vocabulary:
    ``facts.quote_facts``, with those of ``facts.internal_facts`` for internal ones.

    >>> from estimator.rules.rules import open_rules
    >>> [guard.id for guard in raised(open_rules().guards, {"margin_known": "no", "kpi_defined": "no"})]
    ['guard.undefined', 'guard.margin']
    """
    applying = [guard for guard in guards if guard.failing(known) is None]
    applying.sort(key=lambda guard: (-SEVERITIES.index(guard.severity), guard.rank, guard.id))
    return tuple(
        Raised(
            id=guard.id,
            severity=guard.severity,
            text=guard.text,
            approver=guard.approver,
            rule=guard.rule,
            rationale=guard.rationale,
            source=guard.source,
            client=guard.client,
            reads=frozenset(name for name, cell in guard.conditions.items() if not cell.everything),
        )
        for guard in applying
    )
