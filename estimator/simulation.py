"""Simulation: what may happen to a brief's stores under a way of operating.

Equations and their order: shared facts "default market", section 1. Everything is vectorised over draws;
the only loops are over stores and months.

Maintainer's notes. CVR is not an input: published CPC, CVR and order values do not multiply to the
published ROAS, so ROAS, CPC and order value are the anchors and CVR follows. Order noise is of gamma
type because a lognormal would fall for better small shops, and never be zero. Creators who post are
counted with the same noise, read at the draw of their sales. Organic sales follow last months' paid
sales, so switching ads off does not end a shop at once.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache

import numpy as np

from estimator import history
from estimator.account import Account, Rows, Switches, claimed_twice
from estimator.assumptions import Z5, Assumption, share
from estimator.brief.brief import Brief, HistoryMonth, Operation
from estimator.brief.goals import MOST_MONTHS
from estimator.market import EXPECTED, MONEY_ONLY, Market, Scenario
from estimator.noise import gamma_count, given
from estimator.outcomes import Outcomes
from estimator.sampling import Draws, Origin, Passing
from estimator.situation import Situation, assumed, recent_spend, situation
from estimator.store import Month, Store, opened
from estimator.values.errors import fail
from estimator.values.units import DAYS, WEEKS, Floats, Value

__all__ = ["Draws", "Switches", "assumed", "simulate"]

STATED_RETURN_WIDTH = 0.15
"""Half the 90 % range around a stated return rate, as a share of it: last year's is not next year's."""
STATED_RATING_WIDTH = 0.1
"""Half the 90 % range around a stated rating, in stars."""
SHARE_CAP = 0.99
TINY = 15_000
"""Draws x stores x months of the what-ifs that rank questions; those of a brief are kept together."""
SMALL = 200_000
"""Draws x stores x months up to which many outcomes are kept (48 MB each), and beyond which only two."""
READ_LATER = {"first_month_gmv": "gmv", "shop_rating_orders": "orders"}
"""What other quantities are read off after the last month."""
SHIPPED = frozenset(
    {
        "cancelled_gmv",
        "shipped_gmv",
        "returned_gmv",
        "settled_gmv",
        "cohort_returned_gmv",
        "cohort_settled_gmv",
    }
)
"""What is left of sales after cancellations and returns."""
POSTED = frozenset({"creators_posting", "creator_videos"})
"""What is counted of the creators themselves, and of nothing that is sold."""
EVERYTHING = Switches()
REFERENCE = Operation(model="whole_shop")
"""Service effects are relative to this way of operating."""


def simulate(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    *,
    months: int,
    scenario: Scenario = EXPECTED,
    switches: Switches = EVERYTHING,
    wanted: frozenset[str] | None = None,
) -> Outcomes:
    """What may happen in ``months`` contract months: draws x stores x months of counted quantities.

    The stores are the brief's, in its order (one TikTok Shop where it names none); a fact that the brief
    leaves open takes the market's value, see ``assumed``. The same brief, market, operation and points
    give the same arrays, which are read-only and, but for passing points, kept for the next call. Passing
    points count only what is ``wanted``, where that is told. Amounts are in the market's currency. Raises
    ``QuotecastError`` for another currency or a length outside 1 to 36.

    >>> from estimator.rules.rules import open_rules
    >>> from estimator.sampling import Points
    >>> brief = Brief(category="beauty", ad_budget="20000", price="32")
    >>> points = Points(number=128, scrambles=2)
    >>> simulate(brief, open_rules().market, Operation(model="whole_shop"), points, months=3).shape
    (256, 1, 3)
    """
    if not 1 <= months <= MOST_MONTHS:
        code = "below_least" if months < 1 else "above_most"
        raise fail(code, "months", found=months, least=1, most=MOST_MONTHS)
    if isinstance(points, Passing):
        return _simulated(_read(brief), market, operation, points, months, _felt(scenario), switches, wanted)
    cells = max(len(brief.stores), 1) * months * points.draws
    kept = _tiny if cells <= TINY else _small if cells <= SMALL else _large
    return kept(_read(brief), market, operation, points, months, _felt(scenario), switches)


READ = frozenset(
    {
        "currency",
        "stores",
        "category",
        "stage",
        "start",
        "ad_budget",
        "recent_ad_spend",
        "current_gmv",
        "expected_gmv",
        "price",
        "return_rate",
        "shop_rating",
        "creators_active",
        "creators_contacted",
        "own_videos",
        "live_hours",
        "history",
    }
)
"""The facts of a brief that move outcomes."""


def _read(brief: Brief) -> Brief:
    """The brief with nothing in it that outcomes do not read, so that a moved goal draws nothing anew."""
    others = {name: field.default for name, field in Brief.model_fields.items() if name not in READ}
    return brief.model_copy(update=others)


def _felt(scenario: Scenario) -> Scenario:
    """The scenario as outcomes feel it, so that scenarios of the money alone share their outcomes."""
    felt = [scale for scale in scenario.scales if scale.quantity not in MONEY_ONLY]
    return EXPECTED.model_copy(update={"scales": tuple(sorted(felt, key=lambda scale: scale.order))})


def _simulated(
    brief: Brief,
    market: Market,
    operation: Operation,
    points: Draws,
    months: int,
    scenario: Scenario,
    switches: Switches,
    wanted: frozenset[str] | None = None,
) -> Outcomes:
    place = situation(brief, market, months)
    rows = Rows(market=with_facts(market, brief.return_rate), scenario=scenario, points=points, place=place)
    learned = _learned(brief, rows.market) if brief.history else (0.0, 0.0)
    counted = run(operation, rows, switches, months, learned, (points.draws,), wanted)
    return outcomes_of(counted, place, points)


def outcomes_of(counted: dict[str, Floats], place: Situation, points: Draws) -> Outcomes:
    """The outcomes that hold what was counted, stores x months x draws."""
    quantities = {name: array.transpose(2, 0, 1) for name, array in counted.items()}
    if place.current_gmv > 0:
        quantities["baseline_gmv"] = np.broadcast_to(
            np.array([place.current_gmv * shop.ad_share for shop in place.shops])[None, :, None],
            (points.draws, len(place.shops), len(place.labels)),
        )
    for array in quantities.values():
        array.flags.writeable = False
    return Outcomes(
        months=place.labels,
        platforms=tuple(shop.platform for shop in place.shops),
        quantities=quantities,
        scrambles=points.scrambles,
        stores=tuple(str(number) for number in range(1, len(place.shops) + 1)),
    )


def run(
    operation: Operation,
    rows: Rows,
    switches: Switches,
    months: int,
    learned: tuple[float, float],
    shape: tuple[int, ...],
    wanted: frozenset[str] | None = None,
) -> dict[str, Floats]:
    """Every quantity of ``COUNTED``, or those wanted, stores x months x ``shape``.

    ``shape`` is draws, or prospects x draws. ``learned`` is
    the weight of an account's history and what it says.
    """
    account, stores = opened(operation, rows, switches, months, learned)
    if wanted is not None:
        wanted |= {READ_LATER[name] for name in wanted & READ_LATER.keys()}
    names = [name for name in COUNTED if wanted is None or name in wanted]
    counted = {name: np.zeros((len(rows.place.shops), months, *shape)) for name in names}
    for index, store in enumerate(stores):
        _run_shop(index, account, store, rows, switches, counted)
    return counted


_tiny = lru_cache(maxsize=48)(_simulated)
_small = lru_cache(maxsize=12)(_simulated)
_large = lru_cache(maxsize=2)(_simulated)

COUNTED = (
    "ad_spend",
    "clicks",
    "ad_orders",
    "attributed_gmv",
    "gmv_ads",
    "gmv_creators",
    "gmv_live",
    "gmv_organic",
    "gmv_repeat",
    "gmv",
    "promoted_gmv",
    "cancelled_gmv",
    "shipped_gmv",
    "returned_gmv",
    "cohort_returned_gmv",
    "settled_gmv",
    "cohort_settled_gmv",
    "orders",
    "repeat_orders",
    "cohort_repeat_orders",
    "new_customers",
    "new_customers_ads",
    "visits",
    "videos",
    "creator_videos",
    "creators_posting",
    "live_hours",
    "days_down",
    "first_month_gmv",
    "shop_rating_orders",
)


@lru_cache(maxsize=16)
def with_facts(market: Market, return_rate: Decimal | None) -> Market:
    """The market with the prospect's own return rate in place of its rows."""
    if return_rate is None:
        return market
    rows = [row for row in market.assumptions if row.quantity == "return_rate"]
    return market.with_rows(*(own_returns(row, return_rate) for row in rows))


def own_returns(row: Assumption, return_rate: Decimal) -> Assumption:
    """The row of a return rate with the prospect's own in its place."""
    low, high = (
        min(max(float(return_rate) * factor, 1e-4), SHARE_CAP)
        for factor in (1 - STATED_RETURN_WIDTH, 1 + STATED_RETURN_WIDTH)
    )
    where = {"platform": row.platform, "category": row.category, "stage": row.stage}
    return share("return_rate", low, high, unit=row.unit, source="the prospect", **where)


def _run_shop(
    index: int, account: Account, store: Store, rows: Rows, switches: Switches, counted: dict[str, Floats]
) -> None:
    """Every month of one store, written into ``counted``."""
    place, points, draws = rows.place, rows.points, store.draws
    shop = place.shops[index]
    claimed = claimed_twice(shop, place, rows)
    limit: Value = None
    if switches.order_limit and shop.status == "new":
        row = rows.row("new_shop_order_limit", platform=shop.platform, stage="cold")
        if row is not None:
            limit = rows.at("new_shop_order_limit", platform=shop.platform, stage="cold")
    persistence = rows.fixed("halo_persistence")
    midpoint, steepness = rows.fixed("learning_midpoint"), rows.fixed("learning_steepness")

    cv2 = account.cv**2
    stated = place.current_gmv * shop.ad_share
    aov0 = np.exp(draws.log_aov)
    halo: Value = stated / (1 + draws.organic_ratio)
    keep = draws.repeat_persistence
    customers: Value = stated / aov0 * account.new_share / (1 - keep)
    dispatched = 1 - draws.cancelled
    shipped_before: Value = stated * dispatched
    budget = place.ad_budget * shop.ad_share

    @cache
    def paced(factor: float) -> tuple[float, Value]:
        """Spend a full month under a scenario's factor, and how far it saturates."""
        rate = budget * factor
        if not switches.saturation:
            return rate, 1.0
        return rate, 1 / (draws.elasticity + (1 - draws.elasticity) * (rate / shop.spend_ref))

    for month, now in enumerate(store.months):
        t, up, aov, creators, live = now.t, now.up, now.aov, now.creators, now.live
        rate, saturation = paced(now.ad_budget)
        spend = rate * now.working
        clicks_a_dollar = saturation / now.cpc
        clicks = spend * clicks_a_dollar
        orders_a_dollar = clicks_a_dollar * now.cvr
        expected = spend * orders_a_dollar
        if switches.learning:
            expected = expected / _learning(now, rate / WEEKS * orders_a_dollar, midpoint, steepness)
        ad_orders, attributed = expected, expected * aov
        if switches.order_noise:
            ad_orders = gamma_count(expected, points.normal("orders", store=index, month=month))
            worth = gamma_count(ad_orders / cv2, points.normal("order_values", store=index, month=month))
            attributed = aov * cv2 * worth
        ads = attributed / claimed

        elsewhere = creators + live
        halo = (1 - persistence) * (ads + elsewhere) + persistence * halo
        organic, repeat = now.organic * halo, now.repeat * customers
        if limit is not None and t <= 2:
            asked = (ads + elsewhere + organic) / aov
            held = np.minimum(1.0, limit * DAYS * now.act * t / np.maximum(asked, 1e-12))
            ad_orders, attributed, ads = ad_orders * held, attributed * held, ads * held
            creators, live, organic = creators * held, live * held, organic * held
            elsewhere = creators + live

        first = ads + elsewhere + organic
        new = first / aov * account.new_share
        customers = keep * customers + new
        gmv = first + repeat
        cell = {
            "ad_spend": spend,
            "clicks": clicks,
            "ad_orders": ad_orders,
            "attributed_gmv": attributed,
            "gmv_ads": ads,
            "gmv_creators": creators,
            "gmv_live": live,
            "gmv_organic": organic,
            "gmv_repeat": repeat,
            "gmv": gmv,
            "new_customers": new,
            "live_hours": now.hours,
        }
        if "orders" in counted:
            cell["orders"] = gmv / aov
        if counted.keys() & SHIPPED:
            shipped = gmv * dispatched
            returned = draws.returns * shipped_before
            shipped_before = shipped
            cell |= {
                "cancelled_gmv": gmv - shipped,
                "shipped_gmv": shipped,
                "returned_gmv": returned,
                "settled_gmv": shipped - returned,
                "cohort_returned_gmv": draws.returns * shipped,
                "cohort_settled_gmv": shipped * (1 - draws.returns),
            }
        if "videos" in counted:
            cell["videos"] = account.videos / len(place.shops) * now.working * now.failing
        if "days_down" in counted:
            cell["days_down"] = DAYS * (1 - up)
        if counted.keys() & POSTED:
            posting: Value = now.active
            if switches.order_noise:
                posting = gamma_count(np.asarray(now.active, float), now.posting)
            cell["creators_posting"] = posting
            cell["creator_videos"] = posting * rows.at("creator_videos_each")
        if "promoted_gmv" in counted:
            cell["promoted_gmv"] = draws.promoted * (gmv - ads + attributed)
        if "repeat_orders" in counted:
            cell["repeat_orders"] = repeat / aov
        if "cohort_repeat_orders" in counted:
            cell["cohort_repeat_orders"] = new * draws.repeat_share * (1 - keep**12) / (1 - keep)
        if "new_customers_ads" in counted:
            cell["new_customers_ads"] = ads / aov * account.new_share
        if "visits" in counted:
            unpaid = (gmv - ads) / aov / (now.cvr * rows.at("nonad_visit_cvr_ratio"))
            cell["visits"] = clicks * rows.at("landing_rate") + unpaid
        for name in counted.keys() & cell.keys():
            counted[name][index, month] = cell[name]
    if "first_month_gmv" in counted:
        counted["first_month_gmv"][index] = _first_month(counted["gmv"][index], account.launch)
    if "shop_rating_orders" in counted:
        orders = counted["orders"][index]
        counted["shop_rating_orders"][index] = _rating(rows, draws.returns, orders) * orders


def _first_month(gmv: Floats, launch: Value) -> Floats:
    """GMV of the first month that is whole after launch, one a draw; of the last month if none is."""
    month = np.minimum(np.ceil(np.broadcast_to(launch, gmv.shape[1:])), len(gmv) - 1).astype(np.intp)
    return np.take_along_axis(gmv, month[None], axis=0)[0]


def _rating(rows: Rows, returns: Value, orders: Floats) -> Floats:
    """The shop's stars by month and draw, from its returns and the reviews of the orders to date."""
    middle = rows.middle("return_rate")
    about, stated = STATED_RATING_WIDTH * rows.points.normal("shop_rating_base") / Z5, rows.place.shop_rating
    base = given(None if stated is None else stated + about, rows.at("shop_rating_base"))
    level = base + rows.fixed("shop_rating_return_slope") * np.log(np.maximum(returns, 1e-6) / middle)
    reviews = np.maximum(1.0, rows.fixed("review_rate") * np.cumsum(orders, axis=0))
    noise = rows.fixed("review_sd") * rows.points.normal("shop_rating") / np.sqrt(reviews)
    return np.clip(level + noise, 1.0, 5.0)


def _learned(brief: Brief, market: Market) -> tuple[float, float]:
    """The weight of the account's own months, and how far their ROAS lies from the default's (log).

    The default is the model's middle under the same spend in the same calendar month, run by a team that
    was there. Months that sold nothing or spent nothing teach nothing.
    """
    usable = _usable(brief)
    if not usable:
        return 0.0, 0.0
    place = situation(brief, market)
    plain_account = {
        "history": (),
        "stage": "growth" if place.stage == "cold" else place.stage,
        "price": None if place.price is None else Decimal(str(place.price)),
        "recent_ad_spend": Decimal(str(round(recent_spend(brief), 2))) or None,
    }
    switches = Switches.only("learning", "saturation", "season")
    expected = []
    for month in usable:
        before = brief.model_copy(update={**plain_account, "ad_budget": month.ad_spend, "start": month.month})
        middle = _simulated(before, market, REFERENCE, Origin(), 1, EXPECTED, switches)
        attributed, spend = (float(middle.quantities[name].sum()) for name in ("attributed_gmv", "ad_spend"))
        expected.append(attributed / spend)
    observed = [float(month.attributed_gmv / month.ad_spend) for month in usable]
    return held_weight(brief, market), history.residual(observed, expected)


def held_weight(brief: Brief, market: Market) -> float:
    """The weight of the months of history that the brief holds, 0 to 1.

    >>> from estimator.rules.rules import open_rules
    >>> held_weight(Brief(category="beauty"), open_rules().market)
    0.0
    """
    return history.weight([month.orders for month in _usable(brief)], order_value_cv(brief, market))


def order_value_cv(brief: Brief, market: Market) -> float:
    """The spread of order values over their mean, at the middle of the market."""
    place = situation(brief, market)
    return market.row("cv_order_value", category=place.category, stage=place.stage).median


def _usable(brief: Brief) -> list[HistoryMonth]:
    """The months of history that teach something."""
    return [month for month in brief.history if month.ad_spend and month.attributed_gmv and month.orders]


def _learning(now: Month, weekly: Value, midpoint: Value, steepness: Value) -> Value:
    """The multiplier of cost per order, from weekly ad orders."""
    power = weekly**steepness
    return np.exp(power / (power + midpoint**steepness) * now.learned + now.unlearned)
