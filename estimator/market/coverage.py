"""Coverage: every question a market, our costs and an own team must answer, and which they leave open."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import get_args

from estimator.brief.brief import Fulfilment, Operation, ServiceModel, Stage, StoreStatus
from estimator.brief.vocabulary import Vocabulary
from estimator.market.assumptions import Assumption
from estimator.market.market import Market
from estimator.market.own_costs import TIERS
from estimator.market.sizes import SIZES
from estimator.values.errors import Fault

ALL = ("all",)
STAGES: tuple[str, ...] = get_args(Stage)
STATUSES: tuple[str, ...] = get_args(StoreStatus)
TIKTOK = ("tiktok_shop",)
MODELS: tuple[str, ...] = get_args(Operation.model_fields["model"].annotation)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Where a quantity is asked for: every platform, category and stage named here, crossed.

    Only a row for ``all`` answers a question about ``all``. Without ``needed`` no answer is one, too.
    """

    platforms: tuple[str, ...] = ALL
    categories: tuple[str, ...] = ALL
    stages: tuple[str, ...] = ALL
    needed: bool = True

    @property
    def places(self) -> Iterator[tuple[str, str, str]]:
        return itertools.product(self.platforms, self.categories, self.stages)


Questions = Mapping[str, tuple[Asked, ...]]


def _questions(*groups: tuple[str, Asked]) -> Questions:
    """The questions by quantity, from names in groups."""
    by_quantity: dict[str, tuple[Asked, ...]] = {}
    for names, asked in groups:
        for name in names.split():
            by_quantity[name] = (*by_quantity.get(name, ()), asked)
    return MappingProxyType(by_quantity)


def _by(stem: str, endings: Iterable[str]) -> str:
    """Names that differ in their ending.

    >>> _by("season_cpm_", ("01", "02"))
    'season_cpm_01 season_cpm_02'
    """
    return " ".join(f"{stem}{ending}" for ending in endings)


_CALENDAR = tuple(f"{month:02d}" for month in range(1, 13))
_EVERYWHERE = """
        sd_account_log_cpc sd_account_logit_cvr sd_account_log_aov corr_account_cpc_cvr
        loading_market_cvr loading_market_creators loading_market_live cvr_aov_elasticity
        cross_platform_overlap ar1_month sd_month_log_cpc sd_month_logit_cvr sd_month_log_aov
        corr_month_cpc_cvr corr_month_cvr_aov corr_month_cpc_aov share_month_common
        efficiency_drift cv_order_value learning_midpoint learning_steepness stage_roas_effect
        cpc_category_effect season_amplitude_demand season_amplitude_cpm season_share_cvr
        new_customer_share repeat_rate repeat_persistence halo_persistence live_month_log_sd
        creators_active_start creator_acceptance creator_posting_rate creator_retention
        creator_orders_median creator_sales_category_effect creator_log_sd creator_tail_index
        creator_truncation creator_videos_each own_videos_ref content_elasticity
        us_team_cvr_effect us_team_acceptance_effect inhouse_hiring_delay
        inhouse_failure_probability inhouse_failure_factor interruption_length
        interruption_after_effect shop_rating_base shop_rating_return_slope review_rate
        review_sd landing_rate nonad_visit_cvr_ratio
        creator_commission fulfilment_cost returned_goods_recovered
        payout_delay payout_reserve
        """
_BY_PLATFORM = """
        cpc_ref spend_ref elasticity_at_ref organic_ratio creator_yield live_sales_per_hour
        promoted_share repeat_factor cancellation_rate
        """
_ONCE = Asked()
_PLACED = tuple(f"{place}.{size}" for place in get_args(Fulfilment) for size in SIZES)
_LEARNING = ("learning_learned", "learning_unlearned")
_SURFACES = [
    f"{channel}_{surface}"
    for channel in ("ads", "creators", "live", "organic", "repeat")
    for surface in ("video", "shop_tab", "live")
]

_OF_CATEGORY = "roas_category_effect aov_category_effect landed_cost_share"
_DEARER = "outreach_price_full outreach_price_elasticity"


def required(vocabulary: Vocabulary) -> Questions:
    """Every question that the simulation and the money put to a market; a test holds it to the code.

    Where one is asked for each platform or category, each of the vocabulary's must be answered for.
    """
    platforms, categories = vocabulary.ids("platforms"), vocabulary.ids("category")
    every = Asked(categories=categories, stages=STAGES)
    also_all = Asked(categories=(*ALL, *categories), stages=(*ALL, *STAGES))
    by_platform = replace(also_all, platforms=(*ALL, *platforms), needed=False)
    return _questions(
        (
            _EVERYWHERE,
            every,
        ),
        (_by("season_demand_", _CALENDAR), every),
        (_by("season_cpm_", _CALENDAR), every),
        (_by("season_demand_factor_", _CALENDAR), replace(every, needed=False)),
        (_by("season_cpm_factor_", _CALENDAR), replace(every, needed=False)),
        (_by("own_videos.", MODELS), every),
        (_by("service_cvr_effect.", MODELS), every),
        (_by("creators_contacted.", MODELS), also_all),
        ("activity_scale_full", also_all),
        (_OF_CATEGORY, replace(every, stages=(*ALL, *STAGES))),
        # not in a market from before 2026-12-01: months as wide as one another, and no creator who persists
        ("month_width creator_persistence", replace(every, needed=False)),
        # samples by the creator who accepts; a market from before 2026-12-01 has them by the month
        ("samples_each sample_cost", replace(every, needed=False)),
        # costs by size and place, payout by tier, one product's own price: not in a market from before it
        (_by("fulfilment_cost.", (*SIZES[1:], *_PLACED)), replace(_ONCE, needed=False)),
        (_by("size_price.", SIZES), replace(also_all, stages=ALL, needed=False)),
        (f"creator_commission {_DEARER}", replace(also_all, stages=ALL, needed=False)),
        (f"fulfilment_cost payout_delay probation_months {_by('payout_delay.', TIERS)}", by_platform),
        ("stock_in_hand own_price_elasticity orders_aov_elasticity", replace(every, needed=False)),
        ("total_over_ad_attributed shop_ads_commission_factor stock_lead", _ONCE),
        # only while a shop starts, and once it runs
        (
            "launch_delay ramp_start ramp_months " + _by("ramp_factor.", MODELS),
            replace(every, stages=("cold",)),
        ),
        (" ".join(_by(f"{path}_m", "1234") for path in _LEARNING), replace(every, stages=("cold",))),
        (" ".join(_LEARNING), replace(every, stages=("growth", "mature"))),
        # by platform
        ("roas_ad_ref aov_ref", replace(also_all, platforms=platforms)),
        (
            _BY_PLATFORM,
            replace(every, platforms=platforms),
        ),
        ("return_rate", replace(every, platforms=(*ALL, *platforms))),
        ("interruption_hazard", replace(every, platforms=platforms, stages=STATUSES)),  # the account's status
        ("platform_stop_hazard platform_stop_length", replace(every, platforms=TIKTOK)),
        ("affiliate_share_of_ad_gmv", replace(_ONCE, platforms=TIKTOK)),
        ("own_site_without_tiktok", replace(every, platforms=("own_site",))),
        ("new_shop_order_limit", replace(every, platforms=TIKTOK, stages=("cold",))),
        ("new_shop_order_limit", replace(every, platforms=platforms, stages=("cold",), needed=False)),
        (_by("live_hours.", MODELS), replace(every, platforms=vocabulary.in_app)),
        (_by("live_hours.", MODELS), replace(every, platforms=platforms, needed=False)),
        # kept for reports; moves nothing
        (_by("surface_", _SURFACES), replace(every, platforms=platforms, needed=False)),
    )


REQUIRED_COSTS: Questions = _questions(
    (
        """
        role_rate.lead role_rate.ads extra_platform_hours us_staff_cost video_cost outreach_cost
        live_cost onboarding_hours late_payment_cost ad_rebate ad_rebate_kept
        """,
        _ONCE,
    ),
    (_by("role_hours.lead.", get_args(ServiceModel)), _ONCE),
    (_by("role_hours.ads.", get_args(ServiceModel)), _ONCE),
)
"""Every question that the agency's margin puts to the agency's own costs."""

REQUIRED_TEAM: Questions = _questions(
    ("salary.lead salary.ads salary.content salary.us loading recruiting live_host", _ONCE),
    ("headcount.reference headcount.growth headcount.least headcount.gmv headcount.store", _ONCE),
    (_by("headcount.lead.", MODELS), _ONCE),
    (_by("headcount.ads.", MODELS), _ONCE),
    (_by("headcount.content.", MODELS), _ONCE),
    (_by("tools.", MODELS), _ONCE),
    (_by("live_share.", MODELS), _ONCE),
)
"""Every question that the cost of a seller's own people puts to their table."""


def unasked(rows: Iterable[Assumption], questions: Questions) -> Iterator[Fault]:
    """A fault at every cell because of which nothing would ever read its row."""
    for row in rows:
        asked = questions.get(row.quantity)
        if asked is None:
            yield _unknown(row, "quantity", questions)
            continue
        axes = {
            "platform": [word for one in asked for word in one.platforms],
            "category": [word for one in asked for word in one.categories],
            "stage": [word for one in asked for word in one.stages],
        }
        for column, words in axes.items():
            if getattr(row, column) not in (*ALL, *words):
                yield _unknown(row, column, dict.fromkeys((*ALL, *words)))


def _unknown(row: Assumption, column: str, choices: Iterable[str]) -> Fault:
    values = {"found": getattr(row, column), "choices": ", ".join(choices)}
    return Fault(code="unknown_reference", place=f"{row.place}:{column}", values=values)


def unanswered(market: Market, questions: Questions) -> Iterator[Fault]:
    """A fault for every quantity that the market does not give wherever it is asked for."""
    for quantity, asked in questions.items():
        for one in asked:
            missing = [
                (platform, category, stage)
                for platform, category, stage in one.places
                if market.find(quantity, platform=platform, category=category, stage=stage) is None
            ]
            if one.needed and missing:
                axes = zip(zip(*missing), (one.platforms, one.categories, one.stages))
                text = ", ".join(_in_short(words, axis) for words, axis in axes)
                rows = market.by_quantity.get(quantity) or market.assumptions
                place = f"{rows[0].place.partition(':')[0]}:{quantity}"
                yield Fault(code="no_assumption", place=place, values={"found": text})


def _in_short(words: Iterable[str], axis: tuple[str, ...]) -> str:
    """The words, each once; ``all`` for every word of an axis of several."""
    once = tuple(dict.fromkeys(words))
    return "all" if len(once) == len(axis) > 1 else "|".join(once)
