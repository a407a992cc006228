"""The facts rules may read: of a brief, where prices come from, and of a finished quote, for its guards.

Two vocabularies on purpose: a price may depend on what the prospect told us and on one of four bands of
KPI difficulty, never on the forecast itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, get_args

from estimator.brief.brief import (
    CATEGORIES,
    PLATFORMS,
    AddOn,
    Brief,
    Filming,
    PaidBy,
    SellerTeam,
    ServiceModel,
    Settlement,
    Stage,
    StoreKind,
    StoreStatus,
    TeamLevel,
    Tooling,
)
from estimator.brief.goals import MOST_MONTHS, Probability
from estimator.contract.conditions import Fact, Facts, Kind, Value
from estimator.values.text import Text

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
        band = next(band for band, least in EDGES if value >= least or least == 0)
        near = any(least and abs(value - least) <= 2 * error for _, least in EDGES)
        return cls(band=band, probability=value, error=error, at_edge=near)


def facts(brief: Brief, difficulty: Difficulty | None) -> Facts:
    """Every fact of ``FACTS`` with its value; ``None`` is unknown.

    >>> from estimator.brief.brief import Store
    >>> known = facts(Brief(stores=[Store(platform="pinterest", status="new")], ad_budget=2000), None)
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
    }
    return {name: derived[name] if name in derived else _value(getattr(brief, name)) for name in FACTS}


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


def _fact(name: str, kind: Kind, en: str, zh: str, choices: Any = (), **limits: Any) -> Fact:
    words = choices if isinstance(choices, tuple) else get_args(choices)
    return Fact(name=name, kind=kind, label=Text(en=en, zh=zh), choices=words, **limits)


def _named(*listed: Fact) -> Mapping[str, Fact]:
    return MappingProxyType({fact.name: fact for fact in listed})


FACTS: Mapping[str, Fact] = _named(
    _fact(
        "service_model",
        "choice",
        "Whole-shop operation, part operation or KPI consulting?",
        "整店代运营、部分代运营，还是 KPI 诊断与陪跑？",
        ServiceModel,
    ),
    _fact(
        "settlement",
        "choice",
        "How is the fee settled?",
        "按什么方式结算？",
        Settlement,
        open=("fixed", "hybrid", "performance"),
    ),
    _fact("platforms", "choices", "Which platforms?", "做哪些平台？", PLATFORMS),
    _fact(
        "platform_count",
        "count",
        "How many platforms?",
        "做几个平台？",
        least=Decimal(1),
        most=Decimal(len(PLATFORMS)),
    ),
    _fact("store_count", "count", "How many stores?", "有几家店铺？", least=Decimal(1), most=Decimal(40)),
    _fact(
        "extra_stores",
        "count",
        "How many shops beyond the first on each platform?",
        "每个平台除首店外还有几家店铺？",
        most=Decimal(39),
        usual=(Decimal(1), Decimal(3)),
    ),
    _fact("store_kinds", "choices", "What kind of stores?", "店铺是什么类型？", StoreKind),
    _fact("category", "choice", "Main category?", "主营类目是什么？", CATEGORIES),
    _fact("stage", "choice", "Cold start, growing or mature?", "冷启动、成长期还是成熟期？", Stage),
    _fact(
        "account_status",
        "choice",
        "Is any account new, or was one ever suspended?",
        "有没有新店，账号是否被封过？",
        StoreStatus,
    ),
    _fact("sku_count", "count", "How many SKUs?", "有多少个 SKU？"),
    _fact(
        "contract_months",
        "count",
        "For how many months?",
        "签几个月？",
        least=Decimal(1),
        most=Decimal(MOST_MONTHS),
    ),
    _fact("kpi_difficulty", "choice", "Which KPI is asked for?", "要求达到什么 KPI？", Band),
    _fact(
        "team_level",
        "choice",
        "A team in China, native copywriters, or staff in the US?",
        "国内团队、母语文案，还是美国本地团队？",
        TeamLevel,
    ),
    _fact("us_staff", "count", "How many people in the US?", "需要几位美国本地人员？", most=Decimal(20)),
    _fact("ads_paid", "choice", "Who pays for ads in advance?", "广告费由谁垫付？", PaidBy),
    _fact(
        "creators_paid",
        "choice",
        "Are creators' flat fees and samples in the price?",
        "达人坑位费与样品费是否包含在报价内？",
        PaidBy,
    ),
    _fact("data_tooling", "choice", "Which data tools?", "需要哪种数据工具？", Tooling),
    _fact("add_ons", "choices", "Which add-ons?", "需要哪些增值服务？", AddOn),
    _fact("ad_budget", "amount", "Monthly ad budget?", "每月广告预算多少？"),
    _fact("current_gmv", "amount", "GMV a month today?", "目前月 GMV 多少？"),
    _fact("own_videos", "count", "Own videos a month?", "每月自制视频多少条？"),
    _fact("creators_contacted", "count", "Creators contacted a month?", "每月建联多少达人？"),
    _fact("live_hours", "count", "Live hours a month?", "每月直播多少小时？"),
    _fact("filming", "choice", "Who films the videos?", "视频由谁拍摄？", Filming),
    _fact("seller_team", "choice", "Does the seller have a team?", "卖家自己有团队吗？", SellerTeam),
    _fact("asks_guarantee", "yes_no", "Does the client ask for a guarantee?", "客户是否要求保证效果？"),
    _fact(
        "project_hours",
        "count",
        "How many hours, for a project or for a month?",
        "项目（或每月）需要多少小时？",
        usual=(Decimal(40), Decimal(160)),
    ),
)
"""Facts of the brief that a price may read."""

QUOTE_FACTS: Mapping[str, Fact] = _named(
    _fact("service_model", "choice", "Service", "服务模式", ServiceModel),
    _fact("settlement", "choice", "Settlement", "结算方式", Settlement),
    _fact("category", "choice", "Category", "类目", CATEGORIES),
    _fact("account_status", "choice", "Worst account status", "最差的账号状态", StoreStatus),
    _fact("difficulty", "choice", "Difficulty of the hardest goal", "最难目标的难度", Band),
    _fact(
        "hardest_probability",
        "share",
        "Probability of the hardest goal",
        "最难目标的达成概率",
        most=Decimal(1),
    ),
    _fact("asks_guarantee", "yes_no", "A guarantee is asked for", "客户要求保证效果"),
    _fact("requested_above_safe", "yes_no", "Above the safe level", "要求高于稳妥可签值"),
    _fact("goal_measurable", "yes_no", "Measured on these platforms", "这些平台能统计该 KPI"),
    _fact("kpi_defined", "yes_no", "The KPI has a definition", "KPI 口径已写明"),
    _fact("goal_forecast", "yes_no", "The KPI has a forecast", "该 KPI 可以预测"),
    _fact("margin_known", "yes_no", "Landed cost is known", "已知到岸成本"),
    _fact(
        "seller_loss_probability", "share", "Chance that the seller loses", "卖家亏损的概率", most=Decimal(1)
    ),
    _fact("contract_months", "count", "Months", "合作月数", least=Decimal(1), most=Decimal(MOST_MONTHS)),
    _fact("ad_budget", "amount", "Monthly ad budget", "每月广告预算"),
    _fact("base_fee", "amount", "Base fee a month", "每月基础服务费"),
    _fact("price_usual", "yes_no", "Selling price near the category's", "售价接近类目常见水平"),
    _fact("goal_in_contract", "yes_no", "Every goal ends within the contract", "目标期限在合作期之内"),
    _fact("priced_after_edition_ended", "yes_no", "The edition has ended", "该版价目已过期"),
)
"""Facts of a finished quote that a guard may read, also where the client sees it."""

INTERNAL_FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        **QUOTE_FACTS,
        **_named(
            _fact(
                "agency_loss_probability", "share", "Chance that we lose", "我方亏损的概率", most=Decimal(1)
            ),
            _fact("agency_margin_share", "share", "Our margin", "我方毛利率", most=Decimal(1)),
        ),
    }
)
"""What internal guards may read besides."""
