"""Whether an agency is worth its fee, as data: what a page, a text, JSON and a proposal all say."""

from __future__ import annotations

from estimator.comparing.worth import SIGN, TEST, Act, Added, Alternative, Way, Worth
from estimator.comparing.worth_turns import What, worth_turns
from estimator.contract.terms import Terms
from estimator.schemas.digits import Digits3, Places3
from estimator.schemas.parts import Chance, Range
from estimator.schemas.record import Absent, Record
from estimator.values.text import Text


class WorthWay(Record):
    """One way over the span: the seller's profit after its own people, and cash at its lowest.

    ``loss`` is None where nothing is done; ``can_be`` says whether the way can be had.
    """

    label: Text
    profit: Range
    loss: Chance | None
    cash_low: Range
    can_be: bool


class WorthAdded(Record):
    """What the agency adds to the seller's profit beyond another way, on common draws."""

    over: Alternative
    amount: Range
    positive: Chance


class WorthTeam(Record):
    """Own people whose work the agency takes over: their ``pay``, and what it adds if they are paid on."""

    pay: Range
    stays: WorthAdded


class WorthTurn(Record):
    """At ``value`` of one thing alone *sign* begins or ends; ``now`` is what it is."""

    what: What
    now: Digits3
    value: Digits3


class WorthAnswer(Record):
    """As today, by ourselves, with an agency: money of ``months`` months in ``currency``, and what to do.

    ``runs`` says whether the shop sells today. ``sign_from`` and ``test_from`` are the chances from which
    *sign* and *test first* are recommended. ``terms`` are the agency's charges; ``sentence`` is the
    recommendation in words, for a reader who has none of his own.
    """

    currency: str
    months: int
    runs: bool
    as_today: WorthWay
    ourselves: WorthWay
    agency: WorthWay
    added: tuple[WorthAdded, ...]
    act: Act
    team: Absent[WorthTeam] = None
    turns: tuple[WorthTurn, ...]
    sign_from: Places3
    test_from: Places3
    terms: Terms
    sentence: Absent[Text] = None

    @property
    def least(self) -> WorthAdded:
        """What the agency adds over the way that it is least likely ahead of; of two alike, as today."""
        return min(self.added, key=lambda one: (one.positive.probability, one.amount.p50))


def worth_answer(worth: Worth) -> WorthAnswer:
    """The worth of an agency as data, with what would turn the recommendation.

    >>> from estimator.comparing.worth import worth_of_estimate
    >>> from estimator.brief.brief import Brief
    >>> from estimator.market.points import Points
    >>> from estimator.quoting.estimate import estimate
    >>> from estimator.rules.rules import open_rules
    >>> told, few = Brief(category="beauty", price="32", ad_budget="20000"), Points(number=128, scrambles=2)
    >>> worth_answer(worth_of_estimate(estimate(told, open_rules(), points=few), few)).as_today.profit.p50
    0.0
    """
    terms = worth.agency.candidate.terms
    assert terms is not None
    return WorthAnswer(
        currency=worth.currency,
        months=worth.months,
        runs=worth.runs,
        as_today=_way(worth.as_today),
        ourselves=_way(worth.ourselves),
        agency=_way(worth.agency),
        added=tuple(map(_added, worth.added)),
        act=worth.act,
        team=_team(worth),
        turns=tuple(WorthTurn(what=turn.what, now=turn.now, value=turn.value) for turn in worth_turns(worth)),
        sign_from=SIGN,
        test_from=TEST,
        terms=terms.signed.model_copy(update={"clauses": ()}),
    )


def _added(one: Added) -> WorthAdded:
    return WorthAdded(over=one.over, amount=Range.of(one.amount), positive=Chance.of(one.positive))


def _team(worth: Worth) -> WorthTeam | None:
    if worth.team is None or worth.team_stays is None:
        return None
    return WorthTeam(pay=Range.of(worth.team), stays=_added(worth.team_stays))


def _way(way: Way) -> WorthWay:
    return WorthWay(
        label=way.candidate.label,
        profit=Range.of(way.profit),
        loss=None if way.loss is None else Chance.of(way.loss),
        cash_low=Range.of(way.cash_low),
        can_be=way.can_be,
    )
