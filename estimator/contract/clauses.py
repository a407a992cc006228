"""Clauses: the sentences of a contract, and the rules that some of them state.

A clause that states a rule holds its numbers. The sentence, the settlement and the simulation are all made
from them, so that none can say other than the rest; every other clause is words alone.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from estimator.values.exchange import Currency
from estimator.values.money import Amount, plain
from estimator.values.text import Text
from estimator.values.validation import Frozen

STATED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "payment": ("days",),
        "statement": ("sent", "agreed", "days"),
        "deposit": ("months",),
        "part_months": ("days",),
        "term": ("months",),
        "notice": ("days",),
        "early_exit": ("months", "discount"),
        "plan": ("ad_spend", "from_month"),
        "duties": ("ads_share", "days_down"),
        "rebate": ("client_share",),
    }
)
"""Kinds of clause that state a rule, with the numbers of each.

``payment``: days to pay what is due in advance. ``statement``: the day of the next month by which the
figures of a month are sent and agreed, and the days to pay from then on. ``deposit``: months of the charge
``of`` held until the last invoice. ``part_months``: the days a whole month is divided into. ``term``: the
least months where none are agreed, after which it runs by the month. ``notice``: days to give it.
``early_exit``: months of the charge ``of``, and of each month worked the ``discount`` that the longer term
had. ``plan``: the client's ads a month, from a month of the contract on. ``duties``: the least share of that
plan, and the most days down, in a month in which targets count. ``rebate``: the share of the platform's ad
rebate that goes to the client.
"""
SHARES = frozenset({"ads_share", "client_share"})
MONEY = frozenset({"discount", "ad_spend"})
EARLY_EXIT = Text(en="Early exit", zh="提前解约费")
DEPOSIT = Text(en="Deposit, set off against the last invoice", zh="押金（冲抵最后一期账单）")
REBATE = Text(en="Ad rebate passed on", zh="平台广告返点返还")
"""What the lines are called that these clauses make on a statement, and what is held among what is due."""
CHARGED = frozenset({"deposit", "early_exit"})
"""Kinds whose months are months of a charge, named by ``of``."""


def _pairs(values: object) -> object:
    """Numbers as a file writes them, by name; kept as pairs, so that terms can be looked up by value."""
    return tuple(values.items()) if isinstance(values, Mapping) else values


Numbers = Annotated[
    tuple[tuple[str, Amount], ...],
    Field(strict=False),
    BeforeValidator(_pairs),
    PlainSerializer(lambda pairs: {name: plain(value) for name, value in pairs}, when_used="json"),
]


class Clause(Frozen):
    """A commercial term as it prints; ``values`` are the numbers of the rule that it states.

    ``text`` holds the name of each number in braces; a share prints as a percentage, money with ``currency``.

    >>> words = Text(en="A deposit of {months} months.", zh="押金为 {months} 个月。")
    >>> Clause(id="d", kind="deposit", text=words, of="base", values=(("months", Decimal(2)),)).said.en
    'A deposit of 2 months.'
    """

    id: str
    kind: str
    text: Text
    rule: str = ""
    of: str | None = None
    values: Numbers = ()
    currency: Currency | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if fault := clause_fault(self.kind, self.text, [name for name, _ in self.values], self.of):
            code, found, choices = fault
            raise PydanticCustomError(code, "clause", {"found": found, "choices": choices})
        return self

    @property
    def states(self) -> bool:
        """Whether it states a rule; words alone otherwise."""
        return bool(self.values)

    def value(self, name: str) -> Decimal:
        """One number of the rule; raises ``KeyError`` where the clause has none of that name."""
        return dict(self.values)[name]

    @property
    def said(self) -> Text:
        """The sentence with its numbers."""
        if not self.values:
            return self.text
        shown = {name: self._shown(name, value) for name, value in self.values}
        return Text(en=self.text.en.format(**shown), zh=self.text.zh.format(**shown))

    def _shown(self, name: str, value: Decimal) -> str:
        if name in SHARES:
            return f"{plain(value * 100)}%"
        number = f"{Decimal(plain(value)):,f}"
        return f"{self.currency} {number}" if name in MONEY and self.currency else number


def clause_fault(kind: str, text: Text, names: list[str], of: str | None) -> tuple[str, str, str] | None:
    """What is wrong with a clause: its code, what was found and what may stand there; None where nothing is.

    Editions that were sealed before clauses held numbers print sentences of these kinds as words.
    """
    wanted = STATED.get(kind, ())
    if names and sorted(names) != sorted(wanted):
        return "clause_values", ", ".join(names), ", ".join(wanted) or "-"
    if bool(of) != bool(names and kind in CHARGED):
        return "clause_of", of or "-", ", ".join(sorted(CHARGED))
    for language in (text.en, text.zh):
        try:
            named = {part for _, part, _, _ in string.Formatter().parse(language) if part is not None}
        except ValueError:
            return "clause_braces", language, ", ".join(names) or "-"
        if named != set(names):
            return "clause_braces", ", ".join(sorted(named)) or "-", ", ".join(names) or "-"
    return None
