"""Market: sourced assumptions, what overrides them, and scenarios over them.

Overrides replace knowledge, scenarios imagine: that is why overrides climb a ladder on which two may
not share a rung, while scenarios only scale and so may stand in any order.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from estimator.assumptions import Assumption, Day
from estimator.brief.brief import CATEGORIES, PLATFORMS, Operation, ServiceModel, Stage, StoreStatus
from estimator.brief.kpis import Platform
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.text import Text
from estimator.values.validation import validated

Rung = Literal["category_platform", "prospect", "history"]
RUNGS: tuple[Rung, ...] = ("category_platform", "prospect", "history")

SCALABLE: dict[str, str] = {
    "ad_budget": "the monthly ad budget",
    "activity": "the share of a month in which a shop can sell",
    "cpc": "cost per click in a month",
    "cvr": "conversion of ad clicks in a month",
    "aov": "order value in a month",
    "creator_sales": "sales of creators in a month",
    "live_sales": "sales of live sessions in a month",
    "organic_sales": "organic sales in a month",
    "repeat_sales": "repeat sales in a month",
    "referral_fee": "the platform's share of sales; read by economics",
    "landed_cost": "landed cost of a unit; read by economics",
}
"""What a scenario may scale month by month. Besides these, any assumption by its quantity's name."""
MONEY_ONLY = ("referral_fee", "landed_cost")
"""Scales of these move no outcome."""


def _floated(value: object) -> object:
    """A factor is a float in the model, though files of rules hold exact decimals."""
    return float(value) if isinstance(value, Decimal) else value


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Override(_Frozen):
    """A better judgement than the market's row of that name.

    ``replace`` puts ``low .. high`` in place of the row, ``scale`` multiplies its range by them.
    ``by`` is the rung of the ladder: default < ``category_platform`` < ``prospect`` < ``history``; the
    highest replacement wins, and scales above it act on it.
    """

    assumption: str
    platform: Platform | None = None
    how: Literal["replace", "scale"]
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    by: Rung
    why: str = Field(min_length=1)

    def on(self, row: Assumption) -> Assumption:
        """The row under this override; raises ``QuotecastError`` where the range becomes impossible."""
        low, high = self.low, self.high
        if self.how == "scale":
            low, high = sorted((row.low * low, row.high * high))
        kind = "fixed" if low == high else "lognormal" if row.kind == "fixed" else row.kind
        changes = {"low": low, "high": high, "kind": kind, "source": self.why}
        return validated(Assumption, {**row.model_dump(), **changes}, f"override:{self.assumption}")


@dataclass(frozen=True, kw_only=True)
class Market:
    """Everything assumed about a market as of a date. Amounts are in ``currency``.

    >>> market = Market(id="m", as_of="2026-11-23", assumptions=())
    >>> market.find("cpc_ref") is None
    True
    """

    id: str
    as_of: str
    assumptions: tuple[Assumption, ...]
    overrides: tuple[Override, ...] = ()
    currency: str = "USD"
    label: Text | None = None

    def __post_init__(self) -> None:
        faults = [*_twice(self.assumptions), *_contested(self.overrides)]
        known = {row.quantity for row in self.assumptions}
        for override in self.overrides:
            if override.assumption not in known:
                choices = ", ".join(sorted(known)[:8]) + " ..."
                place = f"override:{override.assumption}"
                values = {"found": override.assumption, "choices": choices}
                faults.append(Fault(code="unknown_reference", place=place, values=values))
        if faults:
            raise QuotecastError(faults)

    def __hash__(self) -> int:
        return hash((self.id, self.as_of, self.overrides, len(self.assumptions)))

    @cached_property
    def by_quantity(self) -> Mapping[str, tuple[Assumption, ...]]:
        """The rows of each quantity."""
        found: dict[str, list[Assumption]] = {}
        for row in self.assumptions:
            found.setdefault(row.quantity, []).append(row)
        return MappingProxyType({quantity: tuple(rows) for quantity, rows in found.items()})

    def overridden(self, *overrides: Override) -> Market:
        """This market with more overrides; raises ``QuotecastError`` for two on one rung."""
        if not overrides:
            return self
        return Market(
            id=self.id,
            as_of=self.as_of,
            assumptions=self.assumptions,
            overrides=self.overrides + overrides,
            currency=self.currency,
            label=self.label,
        )

    def with_rows(self, *rows: Assumption) -> Market:
        """This market with rows in place of those of the same quantity, platform, category and stage."""
        taken = {_where(row) for row in rows}
        kept = tuple(row for row in self.assumptions if _where(row) not in taken)
        return Market(
            id=self.id,
            as_of=self.as_of,
            assumptions=kept + rows,
            overrides=self.overrides,
            currency=self.currency,
            label=self.label,
        )

    def find(
        self, quantity: str, *, platform: str = "all", category: str = "all", stage: str = "all"
    ) -> Assumption | None:
        """The most specific row, in the order platform, category, stage, under the overrides; or None."""
        return self._kept(quantity, platform, category, stage)

    @cached_property
    def _kept(self) -> Callable[[str, str, str, str], Assumption | None]:
        """Answers that were looked up before; a simulation asks the same hundred questions each time."""
        return lru_cache(maxsize=4096)(self._looked_up)

    def _looked_up(self, quantity: str, platform: str, category: str, stage: str) -> Assumption | None:
        rows = [
            row
            for row in self.by_quantity.get(quantity, ())
            if row.platform in ("all", platform)
            and row.category in ("all", category)
            and row.stage in ("all", stage)
        ]
        if not rows:
            return None
        best = max(rows, key=lambda row: (row.platform != "all", row.category != "all", row.stage != "all"))
        for override in sorted(self.overrides, key=lambda override: RUNGS.index(override.by)):
            if override.assumption == quantity and override.platform in (None, platform):
                best = override.on(best)
        return best

    def row(
        self, quantity: str, *, platform: str = "all", category: str = "all", stage: str = "all"
    ) -> Assumption:
        """As ``find``, but raises ``QuotecastError`` where no row matches."""
        found = self.find(quantity, platform=platform, category=category, stage=stage)
        if found is None:
            place = f"{self.id}:{quantity}"
            raise fail("no_assumption", place, found=f"{platform}, {category}, {stage}")
        return found


class MarketHeading(_Frozen):
    """What ``market.toml`` says of a market: its name and date, and the tables its rows stand in."""

    id: str
    as_of: Day
    currency: str = Field(pattern="^[A-Z]{3}$")
    label: Text
    tables: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


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
    categories: tuple[str, ...] = CATEGORIES
    stages: tuple[str, ...] = STAGES
    needed: bool = True

    @property
    def places(self) -> Iterator[tuple[str, str, str]]:
        return itertools.product(self.platforms, self.categories, self.stages)


Questions = Mapping[str, tuple[Asked, ...]]


def _questions(*groups: tuple[str, Asked]) -> Questions:
    """The questions by quantity, from names in groups."""
    found: dict[str, tuple[Asked, ...]] = {}
    for names, asked in groups:
        for name in names.split():
            found[name] = (*found.get(name, ()), asked)
    return MappingProxyType(found)


def _by(stem: str, endings: Iterable[str]) -> str:
    """Names that differ in their ending.

    >>> _by("season_cpm_", ("01", "02"))
    'season_cpm_01 season_cpm_02'
    """
    return " ".join(f"{stem}{ending}" for ending in endings)


_CALENDAR = tuple(f"{month:02d}" for month in range(1, 13))
_ONCE = Asked(categories=ALL, stages=ALL)
_ALSO_ALL = Asked(categories=(*ALL, *CATEGORIES), stages=(*ALL, *STAGES))
_LEARNING = ("learning_learned", "learning_unlearned")
_SURFACES = [
    f"{channel}_{surface}"
    for channel in ("ads", "creators", "live", "organic", "repeat")
    for surface in ("video", "shop_tab", "live")
]

REQUIRED: Questions = _questions(
    (
        """
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
        creator_commission landed_cost_share fulfilment_cost returned_goods_recovered
        sample_cost payout_delay payout_reserve
        """,
        Asked(),
    ),
    (_by("season_demand_", _CALENDAR), Asked()),
    (_by("season_cpm_", _CALENDAR), Asked()),
    (_by("season_demand_factor_", _CALENDAR), Asked(needed=False)),
    (_by("season_cpm_factor_", _CALENDAR), Asked(needed=False)),
    (_by("own_videos.", MODELS), Asked()),
    (_by("service_cvr_effect.", MODELS), Asked()),
    (_by("creators_contacted.", MODELS), _ALSO_ALL),
    ("activity_scale_full", _ALSO_ALL),
    ("roas_category_effect aov_category_effect", Asked(stages=(*ALL, *STAGES))),
    ("total_over_ad_attributed shop_ads_commission_factor stock_lead", _ONCE),
    # only while a shop starts, and once it runs
    (
        "launch_delay ramp_start ramp_months " + _by("ramp_factor.", MODELS),
        Asked(stages=("cold",)),
    ),
    (" ".join(_by(f"{path}_m", "1234") for path in _LEARNING), Asked(stages=("cold",))),
    (" ".join(_LEARNING), Asked(stages=("growth", "mature"))),
    # by platform
    ("roas_ad_ref aov_ref", replace(_ALSO_ALL, platforms=PLATFORMS)),
    (
        """
        cpc_ref spend_ref elasticity_at_ref organic_ratio creator_yield live_sales_per_hour
        promoted_share repeat_factor cancellation_rate
        """,
        Asked(platforms=PLATFORMS),
    ),
    ("return_rate", Asked(platforms=(*ALL, *PLATFORMS))),
    ("interruption_hazard", Asked(platforms=PLATFORMS, stages=STATUSES)),  # the account's status
    ("platform_stop_hazard platform_stop_length", Asked(platforms=TIKTOK)),
    ("affiliate_share_of_ad_gmv", replace(_ONCE, platforms=TIKTOK)),
    ("own_site_without_tiktok", Asked(platforms=("own_site",))),
    ("new_shop_order_limit", Asked(platforms=TIKTOK, stages=("cold",))),
    ("new_shop_order_limit", Asked(platforms=PLATFORMS, stages=("cold",), needed=False)),
    (_by("live_hours.", MODELS), Asked(platforms=TIKTOK)),
    (_by("live_hours.", MODELS), Asked(platforms=PLATFORMS, needed=False)),
    # kept for reports; moves nothing
    (_by("surface_", _SURFACES), Asked(platforms=PLATFORMS, needed=False)),
)
"""Every question that the simulation and the money put to a market; a test holds it to the code."""

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
                found = ", ".join(_in_short(words, axis) for words, axis in axes)
                rows = market.by_quantity.get(quantity) or market.assumptions
                place = f"{rows[0].place.partition(':')[0]}:{quantity}"
                yield Fault(code="no_assumption", place=place, values={"found": found})


def _in_short(words: Iterable[str], axis: tuple[str, ...]) -> str:
    """The words, each once; ``all`` for every word of an axis of several."""
    once = tuple(dict.fromkeys(words))
    return "all" if len(once) == len(axis) > 1 else "|".join(once)


class Scale(_Frozen):
    """A factor on one quantity, on one platform or all, in some contract or calendar months or all."""

    quantity: str
    factor: Annotated[float, BeforeValidator(_floated), Field(ge=0, allow_inf_nan=False)]
    platform: Platform | None = None
    months: Annotated[tuple[int, int | None], Field(strict=False)] | None = None
    calendar_months: Annotated[tuple[int, ...], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _possible(self) -> Scale:
        if self.months is not None:
            first, last = self.months
            if first < 1 or (last is not None and last < first):
                found = f"[{first}, {last}]"
                raise PydanticCustomError("goal_months", "months", {"found": found, "most": 36})
        for month in self.calendar_months or ():
            if not 1 <= month <= 12:
                raise PydanticCustomError("unknown_month", "month", {"found": str(month)})
        if self.quantity not in SCALABLE and (self.months or self.calendar_months):
            choices = ", ".join(SCALABLE)
            raise PydanticCustomError(
                "scale_not_monthly", "scale", {"found": self.quantity, "choices": choices}
            )
        return self

    def applies(
        self, quantity: str, platform: str | None, month: int | None, calendar_month: int | None
    ) -> bool:
        """Whether it touches the quantity there; a month or platform not given matches only "all"."""
        if self.quantity != quantity or self.platform not in (None, platform):
            return False
        if self.months is not None and (
            month is None or month < self.months[0] or month > (self.months[1] or month)
        ):
            return False
        return self.calendar_months is None or calendar_month in self.calendar_months

    @property
    def order(self) -> tuple[Any, ...]:
        """A fixed order of scales, so that a product does not depend on who came first."""
        first, last = self.months or (0, 0)
        return (
            self.quantity,
            self.platform or "",
            first,
            last or 0,
            self.calendar_months or (),
            self.factor,
        )


class Scenario(_Frozen):
    """What if: a set of scales over a market, with why and where from.

    Equal scales in another order are another value but give equal factors.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_+]*$")
    label: Text
    why: Text
    source: str = Field(min_length=1)
    grade: Literal["platform document", "own data", "published", "expert", "guess"] = "guess"
    scales: Annotated[tuple[Scale, ...], Field(strict=False)] = ()

    def factor(
        self,
        quantity: str,
        *,
        platform: str | None = None,
        month: int | None = None,
        calendar_month: int | None = None,
    ) -> float:
        """The product of all scales on ``quantity`` there; 1 where none applies.

        ``month`` is the contract month from 1, ``calendar_month`` 1 to 12.

        >>> EXPECTED.factor("cpc", month=3)
        1.0
        """
        if not self.scales:
            return 1.0
        factors = [
            scale.factor
            for scale in sorted(self.scales, key=lambda scale: scale.order)
            if scale.applies(quantity, platform, month, calendar_month)
        ]
        return math.prod(factors, start=1.0)


EXPECTED = Scenario(
    id="expected",
    label=Text(en="expected", zh="expected"),
    why=Text(en="the market as it stands", zh="the market as it stands"),
    source="the market",
)
"""No scales at all. Its words stand in the rules, as those of every scenario."""


def _where(row: Assumption) -> tuple[str, str, str, str]:
    return row.quantity, row.platform, row.category, row.stage


def _twice(rows: Iterable[Assumption]) -> list[Fault]:
    seen: dict[tuple[str, ...], str] = {}
    faults = []
    for number, row in enumerate(rows, start=1):
        place = row.place or f"assumptions[{number}]"
        if _where(row) in seen:
            values = {"found": ", ".join(_where(row)), "other": seen[_where(row)]}
            faults.append(Fault(code="stands_already", place=place, values=values))
        seen.setdefault(_where(row), place)
    return faults


def _contested(overrides: tuple[Override, ...]) -> list[Fault]:
    faults = []
    for index, one in enumerate(overrides):
        for other in overrides[:index]:
            if (
                one.assumption == other.assumption
                and one.by == other.by
                and (one.platform is None or other.platform is None or one.platform == other.platform)
            ):
                values = {"found": one.assumption, "rung": one.by}
                place = f"override:{one.assumption}"
                faults.append(Fault(code="same_rung", place=place, values=values))
    return faults
