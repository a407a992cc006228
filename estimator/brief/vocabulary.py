"""Vocabulary: every fact of a brief and every word that answers one, as ``pricing_rules/words/`` lists them.

A category, a platform or an add-on is a row there. Words have a first day: an edition of prices covers those
of its own day, so a younger one never breaks it. Code that treats a platform as one of a kind asks what the
kind is (``funnel``), not what the platform is called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, LiteralString

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from estimator.values.errors import quoted
from estimator.values.exchange import ExchangeRates
from estimator.values.money import MOST, Number, plain
from estimator.values.text import Text
from estimator.values.typed import (
    Money,
    Things,
    is_unknown,
    multiple_range,
    share_range,
    typed_month,
    typed_words,
    typed_yes,
)
from estimator.values.validation import Frozen

FactKind = Literal["choice", "choices", "yes_no", "count", "amount", "share", "rating", "month", "stores"]
Asked = Literal["both", "call", "note", "us", "store", "nobody"]
Funnel = Literal["in_app", "website"]
ALL = "*"
LEVEL = "level_{}"
"""The fact whose bounds are those of a goal's level in a unit, ``level_ratio``."""


def _day(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    try:
        return dt.date.fromisoformat(cell)
    except ValueError:
        raise PydanticCustomError("not_a_date", "date", {"found": cell}) from None


def _parts(cell: object) -> object:
    """The parts of a cell, ``a|b``; none of an empty one."""
    return tuple(filter(None, cell.split("|"))) if isinstance(cell, str) else cell


def _or_none(cell: object) -> object:
    return None if cell == "" else cell


def _yes(cell: object) -> object:
    if isinstance(cell, str) and cell not in ("yes", "no"):
        raise PydanticCustomError("not_a_choice", "yes or no", {"found": cell, "choices": "yes, no"})
    return cell == "yes" if isinstance(cell, str) else cell


Day = Annotated[dt.date, BeforeValidator(_day)]
Parts = Annotated[tuple[str, ...], BeforeValidator(_parts)]
Limit = Annotated[Number | None, BeforeValidator(_or_none)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, Field(min_length=1)]


class FactWords(Frozen):
    """A fact: what it is called, the question that asks for it, and what may answer it.

    ``choices`` names the list its words are of, in ``choices.csv``. ``least`` and ``most`` bound a number
    wherever it comes from (an amount in the currency of its brief),
    ``usual`` are sample answers for a number that multiplies a price, ``open`` the words worth pricing
    while nobody has answered, ``tried`` answers that span what a prospect may say. ``priced`` says whether a
    row of prices may read it. ``asked`` says who is asked: ``both`` on a call and where a seller is alone,
    ``call`` on a call only, ``store`` there of each store, ``note`` there for the record alone, ``us`` what
    we note for ourselves, ``nobody`` what is worked out of other facts. A note moves neither price, odds nor
    money, so it does not count among the facts that are known.
    """

    id: Id
    kind: FactKind
    unit: str
    asked: Asked
    label_en: Label
    label_zh: Label
    question_en: Label
    question_zh: Label
    choices: str
    least: Limit
    most: Limit
    usual: Annotated[tuple[Number, ...], BeforeValidator(_parts)]
    open: Parts
    tried: Parts
    priced: Annotated[bool, BeforeValidator(_yes)]
    since: Day
    place: str = ""

    @property
    def label(self) -> Text:
        return Text(en=self.label_en, zh=self.label_zh)

    @property
    def question(self) -> Text:
        return Text(en=self.question_en, zh=self.question_zh)

    @property
    def counts(self) -> bool:
        """Whether an answer moves price, odds or money."""
        return self.asked not in ("note", "us")

    def beyond(self, value: int | Decimal) -> tuple[LiteralString, dict[str, Any]] | None:
        """What is wrong with a number that no such shop has, as a code and its values; None where it may be.

        >>> from estimator.rules.rules import open_rules
        >>> open_rules().vocabulary.by_id["shop_rating"].beyond(6)
        ('above_most', {'found': '6', 'most': '5'})
        """
        if self.least is not None and value < self.least:
            return "below_least", {"found": quoted(value), "least": plain(self.least)}
        if self.most is not None and value > self.most:
            return "above_most", {"found": quoted(value), "most": plain(self.most)}
        return None

    @property
    def monthly(self) -> bool:
        """Whether it is a number of every month."""
        return self.unit.endswith("/month")

    def typed(
        self, text: str, currency: str, exchange: ExchangeRates | None = None, on: dt.date | None = None
    ) -> Any:
        """The answer that somebody typed: None where nobody knows, a ``Range`` where it is said as one.

        An amount is one of ``currency``, and converted at the rate that ``exchange`` states where it names
        another; a month without its year is the next one from the day ``on``. Raises ``QuotecastError`` for
        what cannot be read; whether a word is one is seen when a brief is made.

        >>> from estimator.rules.rules import open_rules
        >>> budget = open_rules().vocabulary.by_id["ad_budget"]
        >>> budget.typed("2万/月", "USD"), budget.typed("n/a", "USD"), budget.typed("20-30k", "USD").middle
        (Decimal('20000'), None, Decimal('25000.00'))
        """
        if is_unknown(text):
            return None
        match self.kind:
            case "amount":
                most = MOST if self.most is None else self.most
                money = Money(currency=currency, most=most, exchange=exchange, monthly=self.monthly)
                return money.range(text).told
            case "count":
                things = Things(unit=self.unit) if self.most is None else Things(self.unit, int(self.most))
                return things.range(text).told
            case "share":
                return share_range(text, whole=True).told
            case "rating":
                return multiple_range(text, MOST if self.most is None else self.most).told
            case "month":
                return typed_month(text, on)
            case "yes_no":
                return typed_yes(text)
            case "choices":
                return typed_words(text)
            case _:
                return text.lower()


class Word(Frozen):
    """One word of a list of choices, with its label in both languages.

    A platform says besides where its orders are placed (``funnel``) and which kinds of store it may have
    (``store_kinds``, ``*`` for any).
    """

    choices: Id
    id: Id
    label_en: Label
    label_zh: Label
    funnel: Annotated[Funnel | None, BeforeValidator(_or_none)]
    store_kinds: Parts
    since: Day
    place: str = ""

    @property
    def label(self) -> Text:
        return Text(en=self.label_en, zh=self.label_zh)


@dataclass(frozen=True)
class Vocabulary:
    """Facts and words in the order of their tables.

    >>> from estimator.rules.rules import open_rules
    >>> words = open_rules().vocabulary
    >>> words.ids("service_model"), words.choices("platforms")["own_site"].label.en
    (('whole_shop', 'part_operation', 'kpi_consulting'), 'Own site')
    """

    facts: tuple[FactWords, ...] = ()
    words: tuple[Word, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, FactWords]:
        """The facts by id."""
        return MappingProxyType({fact.id: fact for fact in self.facts})

    @cached_property
    def of_brief(self) -> tuple[FactWords, ...]:
        """The facts that are asked once for a brief, and not of each of its stores."""
        asked = ("both", "call", "note", "us")
        return tuple(fact for fact in self.facts if fact.asked in asked and fact.id != "platforms")

    @cached_property
    def of_stores(self) -> tuple[str, ...]:
        """The ids of the facts that are asked of each store."""
        return tuple(fact.id for fact in self.facts if fact.asked == "store")

    @cached_property
    def lists(self) -> Mapping[str, Mapping[str, Word]]:
        """The words of each list by id."""
        lists: dict[str, dict[str, Word]] = {}
        for word in self.words:
            lists.setdefault(word.choices, {})[word.id] = word
        return MappingProxyType(lists)

    @cached_property
    def _by_fact(self) -> Mapping[str, Mapping[str, Word]]:
        return MappingProxyType({fact.id: self.lists.get(fact.choices, {}) for fact in self.facts})

    def choices(self, fact: str) -> Mapping[str, Word]:
        """The words that may answer a fact, by id; none for a number, or for what is no fact."""
        return self._by_fact.get(fact, {})

    def ids(self, fact: str) -> tuple[str, ...]:
        """The ids of the words that may answer a fact, in their order."""
        return tuple(self.choices(fact))

    def question(self, fact: str) -> Text:
        """The question that would answer a fact; the fact itself where it is none."""
        fact_row = self.by_id.get(fact)
        return fact_row.question if fact_row else Text(en=fact, zh=fact)

    def beyond(self, fact: str, value: object) -> tuple[LiteralString, dict[str, Any]] | None:
        """As ``FactWords.beyond``; nothing is wrong with what is no number, or of a fact without bounds."""
        row = self.by_id.get(fact)
        if row is None or isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        return row.beyond(value)

    @property
    def in_app(self) -> tuple[str, ...]:
        """The platforms on which orders are placed in the app itself."""
        return tuple(word.id for word in self.choices("platforms").values() if word.funnel == "in_app")

    @property
    def websites(self) -> tuple[str, ...]:
        """All other platforms: they lead to a website, which takes the payment."""
        return tuple(word.id for word in self.choices("platforms").values() if word.funnel == "website")

    def kinds_on(self, platform: str) -> tuple[str, ...]:
        """The kinds of store there may be on a platform."""
        platform_row = self.choices("platforms").get(platform)
        every = self.ids("kind")
        return every if platform_row is None or ALL in platform_row.store_kinds else platform_row.store_kinds

    def on(self, day: dt.date) -> Vocabulary:
        """The facts and words of a day, younger ones left out."""
        return Vocabulary(
            facts=tuple(fact for fact in self.facts if fact.since <= day),
            words=tuple(word for word in self.words if word.since <= day),
        )


def bounded(fact: str, value: Any, info: ValidationInfo) -> Any:
    """The value, refused beyond the bounds of a fact where the vocabulary is handed in with what is read."""
    if isinstance(info.context, Vocabulary) and (beyond := info.context.beyond(fact, value)):
        code, values = beyond
        raise PydanticCustomError(code, "bounds", values)
    return value


def _word_of(fact: str, *also: str) -> AfterValidator:
    """Refuses what is no word of a fact, where the vocabulary is handed in with what is read."""

    def known(word: str, info: ValidationInfo) -> str:
        if isinstance(info.context, Vocabulary) and word not in (*also, *info.context.ids(fact)):
            values: dict[str, Any] = {"found": word, "choices": [*info.context.ids(fact), *also]}
            raise PydanticCustomError("not_a_choice", "word", values)
        return word

    return AfterValidator(known)


Platform = Annotated[str, _word_of("platforms")]
Category = Annotated[str, _word_of("category")]
CategoryOrAll = Annotated[str, _word_of("category", ALL)]
AddOn = Annotated[str, _word_of("add_ons")]
