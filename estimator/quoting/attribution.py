"""Attribution: what moved a quote since it was recorded, one cause at a time and in a fixed order.

The order: calculation, price list, market, facts in the order of the form, term, goals, scenario, overrides,
trade. The rules come first because a new answer may need the new ones. A path is a choice: in another order
two causes that work on each other would share what they move in another way; their sum stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from estimator.quoting.asked import Asked, Cause, causes_between
from estimator.quoting.quote import Quote
from estimator.rules.rules import Rules
from estimator.values.errors import QuotecastError


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A quote as it was recorded: what it was asked, and by their ids the rules and engine it was made with.

    ``rules`` are those rules opened again, with that price list and that market; None where they are gone.
    """

    asked: Asked
    edition: str
    market: str
    engine: str
    rules: Rules | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """The quote after one more cause. Several causes where the first of them alone cannot be priced."""

    causes: tuple[Cause, ...]
    quote: Quote


def attribution(earlier: Earlier, now: Quote) -> Iterator[Step]:
    """The steps from what was recorded to the quote ``now``, which is the last step's.

    The first step is what the same question gives when it is worked out again, so a figure that was recorded
    plus what every step moves it is the figure now. There is one step at least.

    >>> from estimator.quoting.make import make
    >>> from estimator.brief.brief import Brief
    >>> from estimator.contract.trade import Trade
    >>> from estimator.rules.rules import open_rules
    >>> now = make(Brief(service_model="whole_shop", stage="cold"), open_rules(), ask=False)
    >>> asked = Asked(brief=Brief(service_model="whole_shop"), scenario="expected", trade=Trade(),
    ...               overrides=())
    >>> earlier = Earlier(asked=asked, edition="e", market="m", engine=now.engine, rules=now.rules)
    >>> [cause.name for step in attribution(earlier, now) for cause in step.causes]
    ['calculation', 'stage']
    """
    asked = earlier.asked
    path = [(cause, asked, rules) for cause, rules in _of_the_rules(earlier, now)]
    for cause in causes_between(asked, Asked.of(now)):
        asked = asked.with_cause(cause)
        path.append((cause, asked, now.rules))
    waiting: list[Cause] = []
    for cause, question, rules in path[:-1]:
        waiting.append(cause)
        try:
            quote = question.under(rules, now.drawn)
        except QuotecastError:
            continue  # no price there: what it moves is told with the next cause
        yield Step(causes=tuple(waiting), quote=quote)
        waiting = []
    yield Step(causes=(*waiting, path[-1][0]), quote=now)


def _of_the_rules(earlier: Earlier, now: Quote) -> Iterator[tuple[Cause, Rules]]:
    """What differs in the rules, each with the rules after it."""
    then, today = earlier.rules, now.rules
    if then is None:
        before, after = (earlier.edition, earlier.market), (today.edition.id, today.market.id)
        yield Cause(kind="today", name="today", before=before, after=after), today
        return
    then = then.in_currency(today.currency)
    engines = {"before": earlier.engine, "after": now.engine}
    yield Cause(kind="calculation", name="calculation", **engines), then
    if then.edition.sha256 != today.edition.sha256:
        editions = {"before": then.edition.id, "after": today.edition.id}
        yield Cause(kind="price_list", name="price_list", **editions), then.with_edition(today.edition)
    if then.market != today.market:
        markets = {"before": then.market.id, "after": today.market.id}
        yield Cause(kind="market", name="market", **markets), today
