"""What the brief asks and every answer it lists, as messages for the translator.

Ids are the brief's own; ``None``, the unknown, is an answer like the others and is worded here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from estimator.brief.kpis import Kpi
from estimator.contract.facts import FACTS
from estimator.presentation.words import Words, mark
from estimator.values.text import Text

UNKNOWN = mark("Unknown")

ANSWERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "platform": {
            "tiktok_shop": mark("TikTok Shop"),
            "instagram_shops": mark("Instagram"),
            "pinterest": mark("Pinterest"),
            "youtube_shopping": mark("YouTube"),
            "own_site": mark("Own site"),
        },
        "category": {
            "beauty": mark("Beauty"),
            "fashion": mark("Fashion"),
            "home": mark("Home"),
            "consumer_goods": mark("Consumer goods"),
            "health_supplements": mark("Supplements"),
            "electronics": mark("Electronics"),
            "pets": mark("Pets"),
            "food": mark("Food"),
            "toys": mark("Toys"),
        },
        "service_model": {
            "whole_shop": mark("Whole shop"),
            "part_operation": mark("Part"),
            "kpi_consulting": mark("KPI only"),
        },
        "settlement": {
            "fixed": mark("Fixed monthly"),
            "hybrid": mark("Hybrid"),
            "performance": mark("Performance"),
            "project": mark("Project"),
            "hourly": mark("Hourly"),
        },
        "stage": {
            "cold": mark("Cold start"),
            "growth": mark("Growth"),
            "mature": mark("Mature"),
        },
        "status": {
            "new": mark("New"),
            "established": mark("Established"),
            "once_suspended": mark("Once suspended"),
        },
        "kind": {
            "cross_border": mark("Cross-border"),
            "us_local": mark("US-local"),
            "platform_run": mark("Run by the platform"),
            "website": mark("Website"),
        },
        "fulfilment": {
            "from_china": mark("Ships from China"),
            "us_warehouse": mark("US warehouse"),
            "platform_warehouse": mark("Platform’s warehouse"),
        },
        "team_level": {
            "china": mark("Team in China"),
            "native_copy": mark("Native copywriters"),
            "us_local": mark("Staff in the US"),
        },
        "ads_paid": {
            "passed_through": mark("Passed through"),
            "included": mark("Included in the fee"),
        },
        "creators_paid": {
            "passed_through": mark("Passed through"),
            "included": mark("Included in the fee"),
        },
        "data_tooling": {
            "none": mark("No extra tooling"),
            "bi_connection": mark("BI connection"),
            "custom_dashboard": mark("Custom dashboard"),
        },
        "add_ons": {
            "training": mark("Training"),
            "coaching": mark("Coaching"),
            "supply_chain": mark("Supply-chain matching"),
        },
        "seller_team": {
            "none": mark("No own team"),
            "some": mark("A few people"),
            "full": mark("A full team"),
        },
        "filming": {
            "agency": mark("We film"),
            "seller": mark("The seller films"),
            "creators": mark("Creators film"),
        },
        "asks_guarantee": {
            "yes": mark("Yes"),
            "no": mark("No"),
        },
        "reading": {
            "total": mark("Over the whole span"),
            "last": mark("In the last month"),
            "every": mark("In every month"),
            "any": mark("In any one month"),
        },
    }
)

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "platforms": mark("Platforms, US"),
        "category": mark("Main category"),
        "ad_budget": mark("Ads a month"),
        "goal": mark("Goal"),
        "level": mark("Level"),
        "months": mark("Within"),
        "from_month": mark("From month"),
        "to_month": mark("To month"),
        "reading": mark("Measured"),
        "definition": mark("KPI counted by"),
        "service_model": mark("Service model"),
        "settlement": mark("Settlement"),
        "stage": mark("Stage"),
        "contract_months": mark("Term"),
        "status": mark("Account status"),
        "price": mark("Selling price"),
        "landed_cost": mark("Landed cost"),
        "kind": mark("Store type"),
        "fulfilment": mark("Ships from"),
        "start": mark("Start month"),
        "current_gmv": mark("GMV a month now"),
        "expected_gmv": mark("Expected GMV a month"),
        "recent_ad_spend": mark("Recent ads a month"),
        "return_rate": mark("Return rate"),
        "sku_count": mark("Number of SKUs"),
        "creators_active": mark("Creators active now"),
        "own_videos": mark("Own videos a month"),
        "creators_contacted": mark("Creators contacted a month"),
        "live_hours": mark("Live hours a month"),
        "seller_team": mark("Seller’s team"),
        "filming": mark("Who films"),
        "team_level": mark("Our team"),
        "us_staff": mark("Our staff in the US"),
        "ads_paid": mark("Ads paid by"),
        "creators_paid": mark("Creators and samples paid by"),
        "data_tooling": mark("Data tooling"),
        "add_ons": mark("Add-ons"),
        "project_hours": mark("Project hours"),
        "asks_guarantee": mark("Asks for a guarantee"),
        "shop_rating": mark("Shop rating"),
        "scenario": mark("Scenario"),
    }
)

TO_YOU: Mapping[str, str] = MappingProxyType(
    {
        LABELS["seller_team"]: mark("Your team"),
        ANSWERS["filming"]["seller"]: mark("You film"),
    }
)
"""What the form says while the prospect looks on, instead of speaking of a seller."""

SAME = MappingProxyType(
    {
        "account_status": "status",
        "stores": "platforms",
        "store_kinds": "kind",
        "platform_count": "platforms",
        "store_count": "platforms",
        "kpi_difficulty": "goal",
    }
)
"""Facts of the rules that the page asks under another name."""

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "platforms": mark("Which platforms?"),
        "category": mark("What is the main category?"),
        "ad_budget": mark("How much goes into ads a month?"),
        "definition": mark("Which orders count for the KPI?"),
        "service_model": mark("Which service is wanted?"),
        "settlement": mark("How is it to be settled?"),
        "stage": mark("How far along is the shop?"),
        "contract_months": mark("How long is the term?"),
        "start": mark("When does it start?"),
        "status": mark("Was the account ever suspended?"),
        "kind": mark("What type of store is it?"),
        "fulfilment": mark("Where is the stock held?"),
        "current_gmv": mark("What does the shop sell a month now?"),
        "expected_gmv": mark("What GMV is expected a month?"),
        "recent_ad_spend": mark("What is spent on ads a month now?"),
        "price": mark("What does one unit sell for?"),
        "landed_cost": mark("What does one unit cost, landed?"),
        "return_rate": mark("How much is returned?"),
        "sku_count": mark("How many SKUs?"),
        "creators_active": mark("How many creators are active?"),
        "own_videos": mark("How many own videos a month?"),
        "creators_contacted": mark("How many creators are contacted?"),
        "live_hours": mark("How many live hours a month?"),
        "seller_team": mark("What team does the seller have?"),
        "filming": mark("Who films the videos?"),
        "team_level": mark("Which team should do the work?"),
        "us_staff": mark("How many of our staff in the US?"),
        "ads_paid": mark("Who pays the ads?"),
        "creators_paid": mark("Who pays creators and samples?"),
        "data_tooling": mark("Which data tooling is needed?"),
        "add_ons": mark("Any add-ons?"),
        "project_hours": mark("How many hours will the project take?"),
        "asks_guarantee": mark("Is a guarantee asked for?"),
        "shop_rating": mark("What is the shop’s rating?"),
        "history": mark("Are there past months to look at?"),
        "account_status": mark("Was the account ever suspended?"),
        "store_kinds": mark("What type of store is it?"),
        "platform_count": mark("Which platforms?"),
        "store_count": mark("How many stores?"),
        "kpi_difficulty": mark("Which goal is asked for?"),
    }
)

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
    message = LABELS.get(SAME.get(name, name))
    return fact if message is None else words.say(message)


def field_label(words: Words, field: str, currency: str, *, to_you: bool = False) -> str:
    """The label of a field; the budget's names the currency that all amounts are taken to be in."""
    yours = TO_YOU.get(LABELS.get(field, "")) if to_you else None
    named = label(words, field) if yours is None else words.say(yours)
    return words.say("{label}, {currency}", label=named, currency=currency) if field == "ad_budget" else named


def answer(words: Words, field: str, value: str | None, *, to_you: bool = False) -> str:
    """The words of an answer; unknown is one."""
    message = UNKNOWN if value is None else ANSWERS[field][value]
    return words.say(TO_YOU.get(message, message) if to_you else message)


def kpi_name(words: Words, kpi: Kpi) -> str:
    """A KPI as people name it: its family's name, or its own label outside every family."""
    family = family_of(kpi.id)
    return words.say(family.name) if family else words.of(kpi.label)


def question_text(fact: str) -> Text:
    """The question that would answer ``fact``, in both languages."""
    return Text(en=question(Words("en"), fact), zh=question(Words("zh"), fact))


def question(words: Words, fact: str) -> str:
    """The question that would answer ``fact``: a short one, else the one the rules' vocabulary words."""
    name = fact.rsplit(".", 1)[-1]
    if name in QUESTIONS:
        return words.say(QUESTIONS[name])
    return words.of(FACTS[name].label) if name in FACTS else fact
