"""The default market a second time: plain Monte Carlo written from its description alone.

Its author did not look at the engine and uses none of its numerical ideas: pseudo-random draws, no smoothing,
order noise by the true gamma law, creators one by one. Where the two disagree beyond the noise of sampling,
one of them misreads `default_market.md` (sections 1 and 4; numbers in the comments are its paragraphs). What
later markets added is written from `docs/model.md` (M70, M71): creators stay and sell from month to month.
`table=True` takes the approximations that the descriptions prescribe instead of what they approximate:
Wilson-Hilferty counts, a table of compound-Poisson quantiles, and luck of a roster that is passed on.

    python -m benchmarks.independent BRIEF.toml DRAWS SEED [--table] [--goals FILE.json] [--market ID]
"""

import argparse
import csv
import json
import math
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, root
from scipy.special import betainc, expit, gammaincinv, logit, ndtr, ndtri

Floats = NDArray[np.float64]
Brief = dict[str, Any]  # a parsed TOML file
Goals = list[dict[str, Any]]  # its [[goals]]
Random = np.random.Generator

MARKETS = Path(__file__).parents[1] / "pricing_rules" / "markets"
FIRST = "2026-11-23"  # the market that the description is of
Z5 = float(ndtri(0.95))
WEEKS = 4.345  # in a month
DAYS = 30.4

# How a law becomes a normal one, and back.
LAWS: dict[str, tuple[Any, Any]] = {
    "normal": (np.positive, np.positive),
    "lognormal": (np.log, np.exp),
    "logitnormal": (logit, expit),
    "fixed": (np.positive, np.positive),
}

# What a KPI divides by what, summed over the window and the stores first (section 4).
KPIS: dict[str, tuple[str, str | None]] = {
    "roas_ad_attributed": ("attributed", "spend"),
    "roas_platform_total": ("promoted", "spend"),
    "roas_settled": ("cohort", "spend"),
    "roas_blended": ("gmv", "spend"),
    "acos": ("spend", "attributed"),
    "cac_paid": ("spend", "new_from_ads"),
    "cac_blended": ("spend", "new"),
    "cvr_ad_click": ("ad_orders", "clicks"),
    "gmv": ("gmv", None),
    "settled_gmv": ("booked", None),
    "orders": ("orders", None),
    "gmv_growth_vs_baseline": ("gmv", "baseline"),
}


class Row(NamedTuple):
    """One assumption: its 5 % and 95 % points and the kind of law between them."""

    low: float
    high: float
    kind: str


@cache
def tables(market: str) -> dict[str, list[tuple[tuple[str, str, str], Row]]]:
    """All rows of a market by quantity, each with its (platform, category, stage)."""
    found: dict[str, list[tuple[tuple[str, str, str], Row]]] = {}
    folder = MARKETS / market
    for name in tomllib.loads((folder / "market.toml").read_text("utf-8"))["tables"]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                key = (line["platform"], line["category"], line["stage"])
                row = Row(float(line["low"]), float(line["high"]), line["kind"])
                found.setdefault(line["quantity"], []).append((key, row))
    return found


def pick(market: str, quantity: str, platform: str = "all", category: str = "all", stage: str = "all") -> Row:
    """The most specific row."""
    wanted = (platform, category, stage)
    fits = [
        (tuple(k != "all" for k in key), row)
        for key, row in tables(market).get(quantity, [])
        if all(k in ("all", w) for k, w in zip(key, wanted))
    ]
    if not fits:
        raise ValueError(f"no row {quantity} for {wanted}")
    return max(fits)[1]


def at(row: Row, z: Floats) -> Floats:
    """The row's value at a standard normal z, any shape."""
    to, back = LAWS[row.kind]
    low, high = (to(np.float64(end)) for end in (row.low, row.high))
    return back((low + high) / 2 + z * (high - low) / (2 * Z5))


@cache
def beta_parameters(row: Row) -> tuple[float, float]:
    """The beta law whose 5 % and 95 % points are the row's."""

    def misses(logs: Floats) -> Floats:
        a, b = np.exp(logs)
        return np.array([betainc(a, b, row.low) - 0.05, betainc(a, b, row.high) - 0.95])

    mean, sd = (row.low + row.high) / 2, (row.high - row.low) / (2 * Z5)
    size = mean * (1 - mean) / sd**2 - 1
    solved = root(misses, np.log([mean * size, (1 - mean) * size]), tol=1e-12)
    if not solved.success:
        raise ValueError(f"no beta law for {row}")
    a, b = np.exp(solved.x)
    return float(a), float(b)


@dataclass(frozen=True)
class Case:
    """What a brief states, with the defaults for what it does not."""

    brief: Brief
    market: str

    def __post_init__(self) -> None:
        other = [name for name in ("history", "return_rate") if name in self.brief]
        if len(set(self.platforms)) < len(self.platforms) or other:
            raise ValueError("two stores on a platform, a history, a stated return rate: not written here")

    @cached_property
    def platforms(self) -> list[str]:
        return [store["platform"] for store in self.brief["stores"]]

    @cached_property
    def stage(self) -> str:
        known = [store.get("status") for store in self.brief["stores"]]
        gmv = self.brief.get("current_gmv")
        if "stage" in self.brief or "new" in known:
            return str(self.brief.get("stage", "cold"))
        return "growth" if (None not in known if gmv is None else gmv >= 1000) else "cold"

    @cached_property
    def statuses(self) -> list[str]:
        default = "new" if self.stage == "cold" else "established"
        return [store.get("status") or default for store in self.brief["stores"]]

    @cached_property
    def share(self) -> Floats:
        """Each store's part of the budget: (stores, 1)."""
        stated = [store["ad_share"] for store in self.brief["stores"] if "ad_share" in store]
        if len(stated) not in (0, len(self.platforms)):
            raise ValueError("ad_share of some stores only: not written here")
        reference = self.fixed("spend_ref")
        return np.array(stated)[:, None] if stated else reference / reference.sum()

    @cached_property
    def gmv(self) -> float:
        """Stated, USD a month; 0 if not."""
        return float(self.brief.get("current_gmv") or 0)

    def row(self, quantity: str, platform: str = "all") -> Row:
        return pick(self.market, quantity, platform, self.brief["category"], self.stage)

    def constant(self, quantity: str, platform: str = "all") -> float:
        """The row's median."""
        return float(at(self.row(quantity, platform), np.zeros(1))[0])

    def fixed(self, quantity: str) -> Floats:
        """The row's median at each store: (stores, 1)."""
        return np.array([[self.constant(quantity, platform)] for platform in self.platforms])

    def on(self, platform: str) -> Floats:
        """1 at the store on this platform, 0 elsewhere: (stores, 1)."""
        return np.array([[float(p == platform)] for p in self.platforms])

    def content(self) -> tuple[Floats, Floats, Floats, float]:
        """Creators active before and contacted a month, live hours (stores, 1 each), own videos (1.5.16)."""
        brief, model = self.brief, self.brief["service_model"]
        scale = min(1.0, (brief["ad_budget"] + self.gmv) / self.constant("activity_scale_full"))
        reach = self.fixed("creator_yield")
        active = self.constant("creators_active_start") * reach
        if "creators_active" in brief:
            active = brief["creators_active"] * reach / reach.sum()
        contacted = self.constant(f"creators_contacted.{model}") * scale * reach
        if "outreach_price_full" in tables(self.market) and brief.get("price"):
            place = str(brief["stores"][0].get("fulfilment", ""))
            full = self.sample(self.constant("outreach_price_full"), "", None)
            dearer = max(1.0, self.sample(float(brief["price"]), place, brief.get("size_class")) / full)
            contacted = contacted * dearer ** self.constant("outreach_price_elasticity")
        if "creators_contacted" in brief:
            contacted = brief["creators_contacted"] * reach / reach.sum()
        hours = brief.get("live_hours", self.constant(f"live_hours.{model}", "tiktok_shop") * scale)
        videos = brief.get("own_videos", self.constant(f"own_videos.{model}") * scale)
        if videos <= 0:
            raise ValueError("no own videos: ln 0 in 1.3.3")
        return active, contacted, hours * self.on("tiktok_shop"), float(videos)

    def sample(self, price: float, place: str, size: str | None) -> float:
        """What a unit of this price costs to send, at the middle, USD."""
        names = ("small_parcel", "standard", "large", "bulky")
        at = [math.log(self.constant(f"size_price.{name}")) for name in names]
        rank = np.interp(math.log(price), at, range(4)) if size is None else names.index(size)
        rows = [".".join(filter(None, ("fulfilment_cost", place, name))) for name in names]
        if not place:
            rows[0] = "fulfilment_cost"
        parcel = math.exp(np.interp(rank, range(4), [math.log(self.constant(row)) for row in rows]))
        return self.constant("landed_cost_share") * price + parcel

    def season(self, kind: str) -> Floats:
        """ln of the index of each calendar month, January first, mean of the index 1: (12,)."""
        months = [f"{m:02d}" for m in range(1, 13)]
        index = np.array([self.constant(f"season_{kind}_{m}") for m in months])
        index /= index.mean()
        for m, month in enumerate(months):
            for (_, category, _), row in tables(self.market).get(f"season_{kind}_factor_{month}", []):
                index[m] *= row.low if category == self.brief["category"] else 1.0
        return np.log(index / index.mean())


def counts(k: Floats, rng: Random, table: bool) -> Floats:
    """A gamma count with mean and variance k, by its own law or by W, any shape."""
    if not table:
        return rng.standard_gamma(k)
    z = rng.standard_normal(k.shape)
    safe = np.maximum(k, 0.5)
    w = np.maximum(0.0, np.cbrt(safe) - safe ** (-2 / 3) / 9 + z * safe ** (-1 / 6) / 3) ** 3
    small = k < 0.5  # and 0 where even the quantile underflows
    w[small] = np.where(k[small] > 1e-300, gammaincinv(k[small], ndtr(z[small])), 0.0)
    return w


@cache
def severity(market: str) -> tuple[float, float, float, float, float, float]:
    """Sales of one active creator a month, in medians: lognormal sd, alpha, cap; z*, x*, survival S*."""
    names = ("creator_log_sd", "creator_tail_index", "creator_truncation")
    sd, alpha, cap = (float(at(pick(market, name), np.zeros(1))[0]) for name in names)

    def jump(z: float) -> float:
        return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) - sd * alpha * float(ndtr(-z))

    z_star = float(brentq(jump, -5.0, 8.0))
    return sd, alpha, cap, z_star, math.exp(sd * z_star), float(ndtr(-z_star))


def sales(market: str, z: Floats) -> Floats:
    """The severity's quantile at Phi(z): lognormal body, Pareto tail, cap."""
    sd, alpha, cap, z_star, x_star, s_star = severity(market)
    x = np.exp(sd * np.minimum(z, z_star))
    far = z > z_star
    x[far] = x_star * (s_star / ndtr(-z[far])) ** (1 / alpha)
    return np.minimum(x, cap)


def summed(market: str, rate: Floats, rng: Random, most: int = 1 << 20) -> Floats:
    """Sales of a Poisson number of creators in each cell, each drawn by itself, in chunks of cells."""
    number = rng.poisson(rate.ravel())
    total = np.zeros(number.size)
    step = max(1, int(most / (number.mean() + 1)))
    for first in range(0, number.size, step):
        part = number[first : first + step]
        owner = np.repeat(np.arange(part.size), part)
        sold = sales(market, rng.standard_normal(owner.size))
        total[first : first + step] = np.bincount(owner, sold, part.size)
    return total.reshape(rate.shape)


class Roster:
    """The creators of every cell, one by one: who stays sells much as before, who joins like any (M71)."""

    def __init__(self, market: str, rate: Floats, rho: float, rng: Random) -> None:
        self.market, self.shape, self.rho, self.rng = market, rate.shape, rho, rng
        self.owner, self.z = np.empty(0, np.intp), np.empty(0)
        self.join(rate)

    def join(self, rate: Floats) -> None:
        """A Poisson number of new creators in each cell."""
        number = self.rng.poisson(np.broadcast_to(rate, self.shape).ravel())
        owner = np.repeat(np.arange(number.size), number)
        self.owner = np.concatenate([self.owner, owner])
        self.z = np.concatenate([self.z, self.rng.standard_normal(owner.size)])

    def month(self, retention: Floats, rate: Floats) -> Floats:
        """What is sold in the next month, to which a share stays and new ones join."""
        stays = self.rng.random(self.owner.size) < np.broadcast_to(retention, self.shape).ravel()[self.owner]
        self.owner, z = self.owner[stays], self.z[stays]
        self.z = self.rho * z + math.sqrt(1 - self.rho**2) * self.rng.standard_normal(z.size)
        self.join(rate)
        sold = np.bincount(self.owner, sales(self.market, self.z), math.prod(self.shape))
        return sold.reshape(self.shape)


@cache
def passed_on(market: str, rho: float) -> float:
    """E[X X'] / E[X^2] of one creator's sales in neighbouring months (M71), on midpoints of probability."""
    z = ndtri((np.arange(1500) + 0.5) / 1500)
    now = sales(market, z)
    later = sales(market, (rho * z[:, None] + math.sqrt(1 - rho * rho) * z).ravel()).reshape(z.size, -1)
    return float((now * later.mean(axis=1)).mean() / (now * now).mean())


RATES = np.geomspace(0.02, 2000.0, 46)
NORMALS = np.linspace(-6.0, 6.0, 121)


@cache
def quantiles(market: str) -> Floats:
    """Compound-Poisson quantiles at RATES x NORMALS, in medians of one creator, by FFT."""
    sd, alpha, cap, _, x_star, s_star = severity(market)
    size, p = 1 << 17, ndtr(NORMALS)
    found = np.empty((RATES.size, NORMALS.size))
    for i, rate in enumerate(RATES):
        edges = (np.arange(size) + 0.5) * (3.5 * rate + 12 * math.sqrt(240 * rate) + 2 * cap) / size
        tail = s_star * (x_star / np.maximum(edges, x_star)) ** alpha
        below = np.where(edges < x_star, ndtr(np.log(edges) / sd), 1 - tail)
        below = np.where(edges < cap, below, 1.0)
        total = np.fft.irfft(np.exp(rate * (np.fft.rfft(np.diff(below, prepend=0.0)) - 1)), size)
        found[i] = np.interp(p, np.maximum.accumulate(np.cumsum(total)), edges)
        found[i, p <= math.exp(-rate)] = 0.0
    return found


def looked_up(market: str, rate: Floats, z: Floats) -> Floats:
    """The sum at rate and z off the table, bilinear in ln rate and z; off its ends in proportion to rate."""
    held = np.clip(rate, RATES[0], RATES[-1])
    u = np.log(held / RATES[0]) / math.log(RATES[1] / RATES[0])
    v = (np.clip(z, NORMALS[0], NORMALS[-1]) - NORMALS[0]) / (NORMALS[1] - NORMALS[0])
    i = np.minimum(u.astype(np.intp), RATES.size - 2)
    j = np.minimum(v.astype(np.intp), NORMALS.size - 2)
    u, v, c = u - i, v - j, quantiles(market)
    low, high = (1 - v) * c[i, j] + v * c[i, j + 1], (1 - v) * c[i + 1, j] + v * c[i + 1, j + 1]
    return ((1 - u) * low + u * high) * rate / held


def overlap(first: Floats, last: Floats, t: int) -> Floats:
    """The part of month t, which is [t - 1, t], that lies in [first, last]."""
    return np.clip(np.minimum(last, t) - np.maximum(first, t - 1), 0.0, 1.0)


def simulated(
    brief: Brief, months: int, n: int, rng: Random, table: bool, market_id: str = FIRST
) -> dict[str, Floats]:
    """Months x draws of everything a KPI reads, summed over the stores; USD or counts a month.

    What an account's own figures leave open of its two levels, and how far they move them, stands in the
    brief as ``own``: that is read off the figures, not drawn.
    """
    case, normal = Case(brief, market_id), rng.standard_normal
    fixed, platforms, share = case.constant, case.platforms, case.share
    model, cold, both = brief["service_model"], case.stage == "cold", (len(platforms), n)

    def once(quantity: str, platform: str = "all") -> Floats:
        """One value a draw: (n,)."""
        return at(case.row(quantity, platform), normal(n))

    def each(quantity: str, z: Floats | None = None) -> Floats:
        """One value a draw and store, with a z of its own unless z is given: (stores, n)."""
        zs = normal(both) if z is None else np.broadcast_to(z, both)
        return np.stack([at(case.row(quantity, p), zs[i]) for i, p in enumerate(platforms)])

    # 1.3.1 to 1.3.3: levels and account effects.
    market, x_c, own, dear = normal(n), normal(both), normal(both), normal(n)
    (left, moved), (left_beside, moved_beside) = brief.get("own", ((1.0, 0.0), (1.0, 0.0)))
    lr = np.log(each("roas_ad_ref", left * normal(both))) + at(
        case.row("roas_category_effect"), left * normal(n)
    )
    lc = np.log(each("cpc_ref")) + once("cpc_category_effect")
    la = np.log(each("aov_ref")) + once("aov_category_effect")
    ln_a = la + fixed("sd_account_log_aov") * normal(n)
    if brief.get("price"):
        ln_a = np.broadcast_to(math.log(brief["price"]) + 0.05 * normal(n), both)
    b = fixed("loading_market_cvr")
    r = fixed("corr_account_cpc_cvr") / math.sqrt(1 - b * b)
    x_v = r * x_c + math.sqrt(1 - r * r) * own
    active, contacted, hours, videos = case.content()
    value, ln_cpc0 = np.exp(ln_a), lc + left * fixed("sd_account_log_cpc") * x_c
    logit_cvr0 = (
        logit(np.minimum(np.exp(lr + lc - la), 0.5))
        + at(case.row("cvr_aov_elasticity"), dear) * (ln_a - la)
        + left * fixed("sd_account_logit_cvr") * (b * market + math.sqrt(1 - b * b) * x_v)
        + at(case.row("stage_roas_effect"), left * normal(n))
        + moved
        + once(f"service_cvr_effect.{model}")
        + once("content_elasticity") * math.log(videos / fixed("own_videos_ref"))
    )
    accepted = once("creator_acceptance")
    if brief.get("us_team"):
        logit_cvr0 += once("us_team_cvr_effect")
        accepted = expit(logit(accepted) + once("us_team_acceptance_effect"))

    # 1.3.4 to 1.3.6: saturation, shares and rates, creators, live.
    eps, rate = each("elasticity_at_ref"), brief["ad_budget"] * share
    recent = brief.get("recent_ad_spend")
    load = brief["ad_budget"] / recent if recent else rate / case.fixed("spend_ref")
    sat = 1 / (eps + (1 - eps) * load)
    rho, promoted, q = each("organic_ratio"), each("promoted_share"), fixed("repeat_persistence")
    eta = np.minimum(once("repeat_rate") * each("repeat_factor"), 0.95) * (1 - q)
    returned = rng.beta(*beta_parameters(case.row("return_rate")), n)
    kept = 1 - each("cancellation_rate", normal(n))
    nu, cv2 = once("new_customer_share"), once("cv_order_value") ** 2
    drift, a_dem, a_cpm = map(once, ("efficiency_drift", "season_amplitude_demand", "season_amplitude_cpm"))
    b_k, b_live = fixed("loading_market_creators"), fixed("loading_market_live")
    liked = b_k * market + math.sqrt(1 - b_k * b_k) * normal(n)
    k = at(case.row("creator_orders_median"), left_beside * liked)
    k *= np.exp(at(case.row("creator_sales_category_effect"), left_beside * normal(n)) + moved_beside)
    liked_live = b_live * market + math.sqrt(1 - b_live * b_live) * normal(both)
    per_hour = each("live_sales_per_hour", left_beside * liked_live) * np.exp(moved_beside)
    per_hour *= value / np.exp(la)
    # from 2026-12-01 a dear product sells fewer units through creators and live, too
    if "orders_aov_elasticity" in tables(market_id):
        fewer = np.exp(at(case.row("orders_aov_elasticity"), dear) * (ln_a - la))
        k, per_hour = k * fewer, per_hour * fewer
    joining, retention = accepted * once("creator_posting_rate") * contacted, once("creator_retention")

    # 1.5.1, 1.6: launch and the clocks of events, in months from the start of the contract.
    launch, leaves = np.zeros(n), np.full(n, np.inf)
    if cold:
        launch = once("launch_delay") / WEEKS
        m0, tau = once("ramp_start"), once("ramp_months") * fixed(f"ramp_factor.{model}")
    if model == "in_house":
        if "seller_team" in brief:
            raise ValueError("in-house with a stated team: not written here")
        launch = launch + once("inhouse_hiring_delay")
        leaves = rng.exponential(12 / fixed("inhouse_failure_probability"), n)
    hazards = [
        pick(market_id, "interruption_hazard", p, "all", s).low for p, s in zip(platforms, case.statuses)
    ]
    down = rng.exponential(1 / np.array(hazards)[:, None], both)
    back = down + each("interruption_length")
    stop = rng.exponential(1 / fixed("platform_stop_hazard", "tiktok_shop"), n)
    freed = stop + once("platform_stop_length", "tiktok_shop")
    hit = case.on("tiktok_shop") + case.on("own_site") * (1 - fixed("own_site_without_tiktok", "own_site"))
    loss, failure = 1 - fixed("interruption_after_effect"), 1 - fixed("inhouse_failure_factor")

    # 1.5.5, 1.5.8, 1.5.13: learning, claims of one order by several platforms, the new-shop limit.
    rows = [f"_m{m}" for m in range(1, 5)] if cold else [""] * 4
    learned, unlearned = (np.log([fixed(f"learning_{w}{m}") for m in rows]) for w in ("learned", "unlearned"))
    midpoint, steepness = fixed("learning_midpoint"), fixed("learning_steepness")
    website, claimed = 1 - case.on("tiktok_shop"), np.ones((len(platforms), 1))
    if website.sum() >= 2:
        others = 1 - share / max(float((share * website).sum()), 1e-300)
        claimed = 1 + fixed("cross_platform_overlap") * others * website
    limited = np.array([[p == "tiktok_shop" and s == "new"] for p, s in zip(platforms, case.statuses)])
    limit = once("new_shop_order_limit", "tiktok_shop") if limited.any() else np.zeros(n)

    # 1.4: month to month.
    corr = np.eye(3)
    for i, j, pair in ((0, 1, "cpc_cvr"), (1, 2, "cvr_aov"), (0, 2, "cpc_aov")):
        corr[i, j] = corr[j, i] = fixed(f"corr_month_{pair}")
    sds = np.array([fixed(f"sd_month_{what}") for what in ("log_cpc", "logit_cvr", "log_aov")])
    mixing = sds[:, None] * np.linalg.cholesky(corr)
    phi, common = fixed("ar1_month"), fixed("share_month_common")
    has = tables(market_id)
    wide = once("month_width") if "month_width" in has else 1.0  # M70
    u, v = normal((3, 1, n)), normal((3, *both))

    # 1.5.9, 1.5.11, 1.5.12, 1.5.15: what there is before month 1.
    before = np.broadcast_to(case.gmv * share, both)
    creators, halo = np.broadcast_to(active, both), before / (1 + rho)
    rho_one = fixed("creator_persistence") if "creator_persistence" in has else 0.0  # M71
    roster = Roster(market_id, creators, rho_one, rng) if rho_one and not table else None
    passed = passed_on(market_id, rho_one) * fixed("creator_retention") if rho_one and table else 0.0
    luck = normal(both)
    customers = before / value * nu / (1 - q)

    delta, sd_live, to_cvr = fixed("halo_persistence"), fixed("live_month_log_sd"), fixed("season_share_cvr")
    first = int(str(brief.get("start", "2027-01")).split("-")[1]) - 1
    ln_demand, ln_cpm = (np.roll(case.season(kind), -first) for kind in ("demand", "cpm"))
    paths: dict[str, list[Floats]] = {}
    for t in range(1, months + 1):
        if t > 1:
            u = phi * u + math.sqrt(1 - phi * phi) * normal(u.shape)
            v = phi * v + math.sqrt(1 - phi * phi) * normal(v.shape)
        x = math.sqrt(common) * u + math.sqrt(1 - common) * v
        shock_cpc, shock_cvr, shock_aov = wide * np.einsum("ij,jsn->isn", mixing, x)
        season = a_dem * ln_demand[(t - 1) % 12]

        act = np.clip(t - launch, 0.0, 1.0)
        up = (1 - overlap(down, back, t)) * (1 - hit * overlap(stop, freed, t))
        after = (1 - loss * overlap(back, back + 2, t)) * (1 - loss * hit * overlap(freed, freed + 2, t))
        fail = 1 - failure * overlap(leaves, leaves + 2, t)
        ramp = 1 - (1 - m0) * np.exp(-np.maximum(t - 0.5 - launch, 0.0) / tau) if cold else 1.0

        spend = rate * act * up
        cpc = np.exp(ln_cpc0 + shock_cpc + a_cpm * ln_cpm[(t - 1) % 12])
        cvr = expit(logit_cvr0 + shock_cvr + to_cvr * season + drift * (t - 0.5) / 12 + np.log(fail * after))
        aov = value * np.exp(shock_aov)

        weekly = (rate * sat / cpc * cvr / WEEKS / midpoint) ** steepness
        age, w = np.clip(t - launch, 1.0, 4.0), weekly / (1 + weekly)
        old, new = (np.interp(age, [1, 2, 3, 4], logs) for logs in (learned, unlearned))
        clicks = spend * sat / cpc
        ad_orders = counts(clicks * cvr / np.exp(w * old + (1 - w) * new), rng, table)
        attributed = aov * cv2 * counts(ad_orders / cv2, rng, table)
        ads = attributed / claimed

        joined = joining * ramp * act * up * fail
        creators = retention * creators + joined
        luck = luck if t == 1 else passed * luck + math.sqrt(1 - passed * passed) * normal(both)
        if roster:
            sold = roster.month(retention, joined)
        else:
            sold = looked_up(market_id, creators, luck) if table else summed(market_id, creators, rng)
        by_creators = aov * k * sold * np.exp(season) * up
        noise = np.exp(sd_live * normal(both) - sd_live**2 / 2)
        live = hours * act * up * ramp * fail * per_hour * np.exp(season) * noise
        halo = (1 - delta) * (ads + by_creators + live) + delta * halo
        organic, repeat = rho * halo * up, eta * customers * aov * up

        firsts = ads + by_creators + live + organic
        limit_now = limit * DAYS * act * t if t <= 2 else np.inf
        cut = np.where(limited, np.minimum(1.0, limit_now * aov / np.maximum(firsts, 1e-300)), 1.0)
        ads, attributed, ad_orders, firsts = ads * cut, attributed * cut, ad_orders * cut, firsts * cut
        customers = q * customers + firsts / aov * nu
        gmv = firsts + repeat
        month = {
            "spend": spend,
            "clicks": clicks,
            "ad_orders": ad_orders,
            "attributed": attributed,
            "promoted": promoted * (gmv - ads + attributed),
            "gmv": gmv,
            "cohort": gmv * kept * (1 - returned),
            "booked": (gmv - returned * before) * kept,
            "orders": gmv / aov,
            "new": firsts / aov * nu,
            "new_from_ads": ads / aov * nu,
            "baseline": np.full((1, n), case.gmv),
        }
        before = gmv
        for name, values in month.items():
            paths.setdefault(name, []).append(values.sum(axis=0))
    return {name: np.stack(values) for name, values in paths.items()}


def reached(goal: dict[str, Any], sums: dict[str, Floats]) -> NDArray[np.bool_]:
    """Whether each draw meets the goal on these sums of one window. Nothing spent counts as missed (1.6)."""
    over, under = KPIS[goal["kpi"]]
    value = sums[over]
    if under:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = value / sums[under] - (goal["kpi"] == "gmv_growth_vs_baseline")
    ok = value >= goal["at_least"] if "at_least" in goal else value <= goal["at_most"]
    return ok & (sums["spend"] > 0) if "spend" in (over, under) else ok


def met(
    brief: Brief, goals: Goals, draws: int, rng: Random, *, table: bool = False, market: str = FIRST
) -> NDArray[np.bool_]:
    """Goals x draws: whether each independent draw meets each goal."""
    for goal in goals:
        if goal["kpi"] not in KPIS or goal.get("reading", "total") not in ("total", "every", "last"):
            raise ValueError(f"not written here: {goal}")
        if goal["kpi"] == "gmv_growth_vs_baseline" and not brief.get("current_gmv"):
            raise ValueError("growth on the baseline needs a stated GMV")
    paths = simulated(brief, max((goal["months"][1] for goal in goals), default=1), draws, rng, table, market)
    found = np.ones((len(goals), draws), dtype=np.bool_)
    for row, goal in zip(found, goals):
        first, last = goal["months"]
        every = [(t, t) for t in range(first, last + 1)]
        windows = {"total": [(first, last)], "every": every, "last": every[-1:]}
        for start, end in windows[goal.get("reading", "total")]:
            row &= reached(goal, {name: path[start - 1 : end].sum(axis=0) for name, path in paths.items()})
    return found


def counted(
    brief: Brief,
    goals: Goals,
    draws: int,
    seed: int,
    *,
    table: bool = False,
    block: int = 8192,
    market: str = FIRST,
) -> list[float]:
    """Shares of draws that meet each goal, then all goals at once; a stream of its own for each block."""
    hits = np.zeros(len(goals) + 1)
    for number, first in enumerate(range(0, draws, block)):
        rng = np.random.default_rng([seed, number])
        ok = met(brief, goals, min(block, draws - first), rng, table=table, market=market)
        hits += [*ok.sum(axis=1), ok.all(axis=0).sum()]
    return [float(share) for share in hits / draws]


def main() -> None:
    """Print the shares of draws that meet each goal, then all, as a JSON list."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("brief", type=Path)
    parser.add_argument("draws", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--table", action="store_true", help="the approximations of 1.5.7 and 1.5.9")
    parser.add_argument("--market", default=FIRST, help=f"a folder of {MARKETS.name}")
    parser.add_argument("--goals", type=Path, help="JSON list of goals; the brief's own if not given")
    args = parser.parse_args()
    brief = tomllib.loads(args.brief.read_text("utf-8"))
    stated = [goal for goal in brief.get("goals", []) if goal["kpi"] in KPIS]
    goals = json.loads(args.goals.read_text("utf-8")) if args.goals else stated
    print(json.dumps(counted(brief, goals, args.draws, args.seed, table=args.table, market=args.market)))


if __name__ == "__main__":
    main()
