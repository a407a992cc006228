"""The facts rules may read: of a brief, where prices come from, and of a finished quote, for its guards.

Two vocabularies on purpose: a price may depend on what the prospect told us and on one of four bands of
KPI difficulty, never on the forecast itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from estimator.brief.brief import Brief, StoreStatus
from estimator.brief.goals import MOST_MONTHS, Probability
from estimator.brief.vocabulary import Vocabulary
from estimator.contract.conditions import Fact, Facts, Kind, Value

Band = Literal["likely", "even", "hard", "remote"]

EDGES: tuple[tuple[Band, float], ...] = (("likely", 0.80), ("even", 0.50), ("hard", 0.20), ("remote", 0.0))
"""Each band of difficulty with the least probability in it."""


@dataclass(frozen=True, kw_only=True)
class Difficulty:
    """How hard the hardest goal is: a band, the probability behind it, and its error.

    ``at_edge`` is true where the probability lies within twice its error of a band's edge.

    >>> Difficulty.of(Probability(value=0.49, error=0.01))
    Difficulty(band='hard', probability=0.49, error=0.01, at_edge=True)
    """

    band: Band
    probability: float
    error: float
    at_edge: bool

    @classmethod
    def of(cls, probability: Probability) -> Difficulty:
        value, error = probability.value, probability.error
        # docs/model.md (M39): a probability on an edge is in the easier band
        band = next(band for band, least in EDGES if value >= least or least == 0)
        near = any(least and abs(value - least) <= 2 * error for _, least in EDGES)
        return cls(band=band, probability=value, error=error, at_edge=near)


def facts(brief: Brief, difficulty: Difficulty | None, asked: Iterable[str]) -> Facts:
    """The facts ``asked``, those of an edition, each with its value; ``None`` is unknown.

    >>> from estimator.brief.brief import Store
    >>> asked = ("platform_count", "account_status", "stage")
    >>> known = facts(Brief(stores=[Store(platform="pinterest", status="new")]), None, asked)
    >>> known["platform_count"], known["account_status"], known["stage"]
    (Decimal('1'), 'new', None)
    """
    stores = brief.stores
    kinds = [store.kind for store in stores]
    extra = len(stores) - len(brief.platforms)
    derived: dict[str, Value] = {
        "platforms": frozenset(brief.platforms) if stores else None,
        "platform_count": Decimal(len(brief.platforms)) if stores else None,
        "store_count": Decimal(len(stores)) if stores else None,
        "extra_stores": Decimal(extra) if stores else None,
        "store_kinds": frozenset(kind for kind in kinds if kind) if stores and all(kinds) else None,
        "account_status": _worst([store.status for store in stores]),
        "kpi_difficulty": None if difficulty is None else difficulty.band,
        "current_gmv": brief.gmv_today,
    }
    return {name: derived[name] if name in derived else _value(getattr(brief, name)) for name in asked}


DERIVED = (
    "platforms",
    "platform_count",
    "store_count",
    "extra_stores",
    "store_kinds",
    "account_status",
    "kpi_difficulty",
)
"""Facts that are worked out of a brief or its forecast; all others are its fields."""


def _worst(statuses: Iterable[StoreStatus | None]) -> StoreStatus | None:
    """The status of the worst store; unknown while a store that might be worse is unknown."""
    statuses = tuple(statuses)
    if "once_suspended" in statuses:
        return "once_suspended"
    if not statuses or None in statuses:
        return None
    return "new" if "new" in statuses else "established"


def _value(answer: Any) -> Value:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return Decimal(answer) if isinstance(answer, int) else answer


DIFFICULTY: tuple[str, ...] = get_args(Band)
"""The bands of difficulty, in words that a price may read."""


def price_facts(vocabulary: Vocabulary) -> Mapping[str, Fact]:
    """The facts of the brief that a price may read, with the words of a day."""
    counted = {"platform_count": Decimal(len(vocabulary.ids("platforms")))}
    return _named(
        Fact(
            name=fact.id,
            kind=cast(Kind, fact.kind),
            choices=vocabulary.ids(fact.id),
            least=fact.least or Decimal(0),
            most=counted.get(fact.id, fact.most),
            usual=fact.usual,
            open=fact.open,
        )
        for fact in vocabulary.facts
        if fact.priced
    )


def quote_facts(vocabulary: Vocabulary) -> Mapping[str, Fact]:
    """The facts of a finished quote that a guard may read, also where the client sees it."""
    of_the_brief = ("service_model", "settlement", "category", "account_status")
    return _named(
        (
            *(Fact(name=name, kind="choice", choices=vocabulary.ids(name)) for name in of_the_brief),
            Fact(name="difficulty", kind="choice", choices=DIFFICULTY),
            Fact(name="hardest_probability", kind="share", most=Decimal(1)),
            Fact(name="asks_guarantee", kind="yes_no"),
            Fact(name="requested_above_safe", kind="yes_no"),
            Fact(name="goal_measurable", kind="yes_no"),
            Fact(name="kpi_defined", kind="yes_no"),
            Fact(name="goal_forecast", kind="yes_no"),
            Fact(name="margin_known", kind="yes_no"),
            Fact(name="seller_loss_probability", kind="share", most=Decimal(1)),
            Fact(name="contract_months", kind="count", least=Decimal(1), most=Decimal(MOST_MONTHS)),
            Fact(name="ad_budget", kind="amount"),
            Fact(name="base_fee", kind="amount"),
            Fact(name="price_usual", kind="yes_no"),
            Fact(name="ships_from_china", kind="yes_no"),
            Fact(name="goal_in_contract", kind="yes_no"),
            Fact(name="priced_after_edition_ended", kind="yes_no"),
            Fact(name="below_list", kind="share", most=Decimal(1)),
            Fact(name="discount_ended", kind="yes_no"),
            Fact(name="pays_back", kind="yes_no"),
        )
    )


def internal_facts(vocabulary: Vocabulary) -> Mapping[str, Fact]:
    """What internal guards may read: the facts of a quote, and what it leaves us."""
    ours = ("agency_loss_probability", "agency_margin_share", "below_cost")
    own = (Fact(name=name, kind="share", most=Decimal(1)) for name in ours)
    agreed = Fact(name="agreed_on_other_facts", kind="yes_no")
    return _named((*quote_facts(vocabulary).values(), *own, agreed))


def _named(listed: Iterable[Fact]) -> Mapping[str, Fact]:
    return MappingProxyType({fact.name: fact for fact in listed})
