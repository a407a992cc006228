"""What facts, answers and goals are called: from the vocabulary, and what else the form says.

Ids are the brief's own; ``None``, the unknown, is an answer like the others and is worded here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from estimator.brief.kpis import Kpi
from estimator.presentation.words import Words, mark

UNKNOWN = mark("Unknown")
YES_NO: Mapping[str, str] = MappingProxyType({"yes": mark("Yes"), "no": mark("No")})

READINGS: Mapping[str, str] = MappingProxyType(
    {
        "total": mark("Over the whole span"),
        "mean": mark("A month on average"),
        "last": mark("In the last month"),
        "every": mark("In every month"),
        "any": mark("In any one month"),
    }
)
"""How a goal may be read over its months."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "goal": mark("Goal"),
        "level": mark("Level"),
        "months": mark("Within"),
        "from_month": mark("From month"),
        "to_month": mark("To month"),
        "reading": mark("Measured"),
        "definition": mark("KPI counted by"),
        "scenario": mark("Scenario"),
        "history": mark("Past figures"),
    }
)
"""Fields of the form that are no facts of the vocabulary."""

TO_YOU: Mapping[tuple[str, str | None], str] = MappingProxyType(
    {
        ("seller_team", None): mark("Your team"),
        ("filming", "seller"): mark("You film"),
    }
)
"""What a label or an answer is called while the prospect looks on, instead of speaking of a seller."""

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "seed_beauty": mark("Beauty, new shop"),
        "auto_tools_mature": mark("Car tools, mature brand"),
        "home_five_platforms": mark("Home, five platforms"),
        "almost_nothing": mark("Knows almost nothing"),
        "electronics_once_suspended": mark("Electronics, once suspended"),
        "supplements_guarantee": mark("Supplements, wants a guarantee"),
        "apparel_with_history": mark("Apparel with past figures"),
        "tiny_shop": mark("Tiny toy shop"),
    }
)


@dataclass(frozen=True)
class Family:
    """A goal as people name it, with the records it may mean; the first is the usual one.

    ``open`` families may stay without a definition: every definition is then shown.
    """

    id: str
    name: str
    kpis: tuple[tuple[str, str], ...]
    open: bool = False


FAMILIES: tuple[Family, ...] = (
    Family(
        "roas",
        mark("ROAS"),
        (
            ("roas_platform_total", mark("Platform total")),
            ("roas_platform_net", mark("Platform net")),
            ("roas_ad_attributed", mark("Ad-attributed")),
            ("roas_settled", mark("Settled orders")),
            ("roas_blended", mark("Blended")),
            ("roas_all_fees", mark("Over all fees")),
        ),
        open=True,
    ),
    Family(
        "gmv_growth",
        mark("GMV growth"),
        (
            ("gmv_growth_vs_baseline", mark("On the baseline")),
            ("gmv_growth_in_term", mark("Within the term")),
        ),
    ),
    Family("gmv", mark("GMV"), (("gmv", mark("All orders")), ("settled_gmv", mark("Settled orders")))),
    Family("orders", mark("Orders"), (("orders", mark("All orders")),)),
    Family("cvr", mark("CVR"), (("cvr_ad_click", mark("Clicks on ads")), ("cvr_shop", mark("Visits")))),
    Family("acos", mark("ACoS"), (("acos", mark("Ad-attributed")),)),
    Family(
        "cac",
        mark("CAC"),
        (("cac_blended", mark("Blended")), ("cac_paid", mark("Ads only")), ("cac_full", mark("All costs"))),
    ),
    Family(
        "repeat",
        mark("Repeat rate"),
        (("repeat_share", mark("Share of orders")), ("repeat_cohort", mark("New customers"))),
    ),
    Family(
        "returns",
        mark("Return rate"),
        (("return_rate", mark("By sale")), ("return_rate_booked", mark("As booked"))),
    ),
    Family("videos", mark("Own videos"), (("videos", mark("Published")),)),
    Family("creator_videos", mark("Creator videos"), (("creator_videos", mark("Published")),)),
    Family("creators_posting", mark("Creators posting"), (("creators_posting", mark("Active")),)),
    Family("live_hours", mark("Live hours"), (("live_hours", mark("Hours live")),)),
    Family("shop_rating", mark("Shop rating"), (("shop_rating", mark("Stars shown")),)),
)


def family_of(kpi: str) -> Family | None:
    """The family a KPI's id belongs to; ``roas`` without a definition is its own family's name."""
    return next((f for f in FAMILIES if kpi == f.id or kpi in dict(f.kpis)), None)


def label(words: Words, fact: str) -> str:
    """The short name of a fact; the fact itself where it has none."""
    name = fact.rsplit(".", 1)[-1]
    if name in LABELS:
        return words.say(LABELS[name])
    row = words.vocabulary.by_id.get(name)
    return fact if row is None else words.of(row.label)


def field_label(words: Words, field: str, currency: str, *, to_you: bool = False) -> str:
    """The label of a field; the budget's names the currency that all amounts are taken to be in."""
    yours = TO_YOU.get((field, None)) if to_you else None
    named = label(words, field) if yours is None else words.say(yours)
    return words.say("{label}, {currency}", label=named, currency=currency) if field == "ad_budget" else named


def answer(words: Words, field: str, value: str | None, *, to_you: bool = False) -> str:
    """The words of an answer; unknown is one, and what is no word is said as it is."""
    if value is None:
        return words.say(UNKNOWN)
    if to_you and (field, value) in TO_YOU:
        return words.say(TO_YOU[field, value])
    if field == "reading":
        return words.say(READINGS[value])
    if value in YES_NO and not words.vocabulary.choices(field):
        return words.say(YES_NO[value])
    word = words.vocabulary.choices(field).get(value)
    return value if word is None else words.of(word.label)


def kpi_name(words: Words, kpi: Kpi) -> str:
    """A KPI as people name it: its family's name, or its own label outside every family."""
    family = family_of(kpi.id)
    return words.say(family.name) if family else words.of(kpi.label)


def kpi_asked(words: Words, kpi: Kpi) -> str:
    """A KPI as a goal names it: its name, with the platforms where it is counted on some alone."""
    return _on_platforms(words, kpi_name(words, kpi), kpi)


def kpi_label(words: Words, kpi: Kpi) -> str:
    """The label of a KPI's own record, with the platforms where it is counted on some alone."""
    return _on_platforms(words, words.of(kpi.label), kpi)


def _on_platforms(words: Words, name: str, kpi: Kpi) -> str:
    if kpi.platforms is None:
        return name
    named = words.both([answer(words, "platforms", platform) for platform in kpi.platforms])
    return words.say("{kpi} on {platforms}", kpi=name, platforms=named)


def question(words: Words, fact: str) -> str:
    """The question that would answer ``fact``."""
    return words.of(words.vocabulary.question(fact.rsplit(".", 1)[-1]))
