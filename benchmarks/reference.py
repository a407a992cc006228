"""The reference workload: a model with a known answer, over the engine's own points and smoothing.

``python -m benchmarks.reference FILE`` prints the probability of either goal and of both, each with the
half-width of its 95 % interval, for a file with the keys of ``reference.toml``.
"""

from __future__ import annotations

import json
import math
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from scipy.interpolate import CubicSpline
from scipy.special import betaincinv, expit, logit, ndtr

from benchmarks.sums import lognormal_sums
from estimator.market.directions import Along, Direction
from estimator.market.points import Draws, Gathered, Points, Reread
from estimator.market.register import Name, register
from estimator.promise.preintegration import Smoothed, direction_of, gradients, smoothed

Floats = NDArray[np.float64]

PRINTED = Points(number=1024, scrambles=32)
"""Points of the answer that is printed."""
QUICK = Points(number=64, scrambles=8)
"""Points of an answer to 0.1 percentage points."""
RATES = ("cpc", "cvr", "aov")
BETA_NODES = np.linspace(-6.5, 6.5, 105)
SUM_NODES = np.linspace(-6.5, 6.5, 1041)
SOFT = 0.02
"""Added to both sides of a goal, as a share of it, so that the log of nothing sold is finite."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, lt=1)]
Loading = Annotated[float, Field(ge=-1, le=1)]
First = Annotated[int, Field(ge=1)]
Positives = Annotated[tuple[Positive, ...], Field(strict=False, min_length=1, max_length=40)]
Months = Annotated[tuple[NotNegative, ...], Field(strict=False, min_length=1, max_length=36)]
Sds = Annotated[tuple[NotNegative, NotNegative, NotNegative], Field(strict=False)]
Loadings = Annotated[tuple[Loading, Loading, Loading], Field(strict=False)]


class Workload(BaseModel):
    """The reference workload as its file states it; what each key means stands in ``reference.toml``.

    ``roas_months`` is the number of first months, or a pair that includes both ends.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    spend: Annotated[tuple[NotNegative, ...], Field(strict=False, min_length=1, max_length=40)]
    pacing: Months
    cpc: Positives
    cvr: Annotated[tuple[Share, ...], Field(strict=False, min_length=1)]
    aov: Positives
    half_saturation: Positives
    half_saturation_sigma: NotNegative
    hill: Positives
    ramp_beta: Annotated[tuple[Positive, Positive], Field(strict=False)]
    tau_median: Positive
    tau_sigma: NotNegative
    creators: Annotated[tuple[Months, ...], Field(strict=False, max_length=40)]
    creator_log_mean: Annotated[float, Field(ge=-50, le=50)]
    creator_log_sd: Annotated[float, Field(ge=0, le=3)]
    returns_a: Positives
    returns_total: Positive
    account_sd: Sds
    month_sd: Sds
    account_loading: Loadings
    month_loading: Loadings
    roas_goal: Positive
    roas_months: First | Annotated[tuple[First, First], Field(strict=False)]
    gmv_goal: Positive

    @property
    def window(self) -> slice:
        """The months of the ROAS goal."""
        ends = (1, self.roas_months) if isinstance(self.roas_months, int) else self.roas_months
        return slice(ends[0] - 1, ends[1])

    @model_validator(mode="after")
    def _fits(self) -> Workload:
        platforms, months = len(self.spend), len(self.pacing)
        for key in ("cpc", "cvr", "aov", "half_saturation", "hill", "returns_a"):
            if len(getattr(self, key)) != platforms:
                raise ValueError(f"{key} has {len(getattr(self, key))} entries; write one for each of spend")
        if len(self.creators) > platforms:
            raise ValueError(f"creators has {len(self.creators)} rows; write at most one for each of spend")
        for row in self.creators:
            if len(row) != months:
                raise ValueError(f"creators has a row of {len(row)} months; write the {months} of pacing")
        if max(self.returns_a) >= self.returns_total:
            raise ValueError("returns_a reaches returns_total; write less")
        if not 0 <= self.window.start < self.window.stop <= months:
            raise ValueError(f"roas_months is no span of months; write a number from 1 to {months}")
        if not sum(self.spend) or not sum(self.pacing[self.window]):
            raise ValueError("nothing is spent in the months of the ROAS goal; write a spend above 0")
        return self


def read(path: Path) -> Workload:
    """The workload of a file; raises ``ValueError`` with a line for every fault, its place first."""
    try:
        return Workload.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            place = ".".join(map(str, fault["loc"]))
            said = fault["msg"].removeprefix("Value error, ")
            lines.append(": ".join(filter(None, (str(path), place, said))))
        lines.append(f"{path}: benchmarks/reference.toml shows the form of every key")
        raise ValueError("\n".join(lines)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None


def names_of(workload: Workload) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """What the rates hang on, and everything else, the most telling first."""
    platforms, months = range(len(workload.spend)), range(len(workload.pacing))
    rates: list[Name] = [("market", None, None)]
    rates += [(rate, p, None) for rate in RATES for p in platforms]
    rates += [("month", None, month) for month in months]
    rates += [(rate, p, month) for month in months for rate in RATES for p in platforms]
    rest: list[Name] = [(name, p, None) for name in ("saturation", "ramp_start") for p in platforms]
    rest += [(name, p, None) for name in ("ramp_months", "returns") for p in platforms]
    rest += [("creators", p, month) for month in months for p in range(len(workload.creators))]
    return tuple(rates), tuple(rest)


@dataclass(frozen=True, eq=False)
class Renamed(Reread):
    """The engine's points for a model with unknowns of its own: its n-th name reads the n-th dimension.

    >>> own = Renamed(Points(number=256, scrambles=2), (("demand", None, None), ("returns", 0, None)))
    >>> bool((own.normal("demand") == own.points.normal("market")).all())
    True
    """

    points: Points
    names: tuple[Name, ...]

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        """Standard normals of one dimension, one a draw, read-only."""
        dimension, shop, when = self._dimensions[name, store, month]
        return self._gathered.normal(dimension, store=shop, month=when)

    @cached_property
    def _dimensions(self) -> dict[Name, Name]:
        return dict(zip(self.names, register()))

    @cached_property
    def _gathered(self) -> Gathered:
        return Gathered(self.points, tuple(self._dimensions.values()))


def renamed(workload: Workload, points: Points) -> Renamed:
    """The engine's points under the workload's names; cells of rates, which matter least, come last."""
    rates, rest = names_of(workload)
    cells = len(RATES) * len(workload.spend) * len(workload.pacing)
    return Renamed(points, rates[:-cells] + rest + rates[-cells:])


@dataclass(frozen=True, kw_only=True)
class Held:
    """What hangs neither on spend nor on the rates.

    ``kept`` is the share of sales left after ramp and returns (platforms x months x draws), ``brake`` how
    spend saturates (platforms x draws), ``creators`` their net sales (months x draws).
    """

    kept: Floats
    brake: Floats
    creators: Floats


@dataclass(frozen=True, eq=False)
class Model:
    """The workload as a function from draws to the margins of its two goals.

    The direction moves the rates alone, and these are straight in it up to the last exponential. So all
    else is made once for the points, whatever is spent.
    """

    workload: Workload
    points: Renamed

    def chances(self, spend: Sequence[float] | None = None) -> Smoothed:
        """The probabilities of ROAS, GMV and both, under another spend of the platforms if one is given."""
        under = self._under(self.workload.spend if spend is None else spend)
        return smoothed(under, self.points, direction=self.direction)

    def margins(self, draws: Draws) -> Floats:
        """Logs of ROAS and GMV over their goals, 2 x draws."""
        load, held = self.workload, self.held(draws)
        gains = _gain(self.logs(draws)) * held.kept
        bought = _bought(load, load.spend, held.brake)
        return self._compared(_sold(gains, bought) + held.creators, load.spend)

    def _under(self, spend: Sequence[float]) -> Callable[[Draws], Floats]:
        """The margins of points moved along the direction under one spend."""
        bought = _bought(self.workload, spend, self._held.brake)

        def margins(draws: Draws) -> Floats:
            assert isinstance(draws, Along)
            sales = _sold(self._moved(draws), bought[..., _picked(draws)])
            return self._compared(sales + self._held.creators[:, _picked(draws)], spend)

        return margins

    def _compared(self, sales: Floats, spend: Sequence[float]) -> Floats:
        """Margins from net GMV by month, creators' included."""
        load = self.workload
        roas = sales[load.window].sum(axis=0) / (load.roas_goal * sum(spend) * sum(load.pacing[load.window]))
        gmv = sales.sum(axis=0) / load.gmv_goal
        return np.log((np.stack([roas, gmv]) + SOFT) / (1.0 + SOFT))

    @cached_property
    def direction(self) -> Direction:
        """One for both goals: the middle of theirs."""
        total: dict[Name, float] = {}
        for own in gradients(self.margins, names_of(self.workload)[0]):
            for name, weight in own.weights.items():
                total[name] = total.get(name, 0.0) + weight
        return direction_of(total)

    @cached_property
    def _across(self) -> tuple[Floats, Floats]:
        """Net GMV a dollar if all clicks bought, and clicks that do not buy over those that do, of points
        moved to the middle of the direction."""
        logs = self.logs(self.points) - self._slopes * self.direction.across(self.points)
        return np.exp(logs[0]) * self._held.kept, np.exp(-logs[1])

    @cached_property
    def _slopes(self) -> Floats:
        return self.logs(_Weights(self.direction)) - self.logs(_Weights(Direction({})))

    @cached_property
    def _held(self) -> Held:
        return self.held(self.points)

    def _moved(self, draws: Along) -> Floats:
        """Net GMV a dollar before saturation, of points moved along the direction."""
        (sold, lost), (up, down) = self._across, self._slopes
        if draws.chosen is not None:
            sold, lost = sold[..., draws.chosen], lost[..., draws.chosen]
        return sold * np.exp(up * draws.at) / (1.0 + lost * np.exp(-down * draws.at))

    def logs(self, draws: Draws) -> Floats:
        """Log of order value over click price, and logit of conversion: 2 x platforms x months x draws."""
        load = self.workload
        platforms, months = range(len(load.spend)), range(len(load.pacing))
        market = draws.normal("market")
        common = np.stack([draws.normal("month", month=month) for month in months])
        middles = np.log(load.cpc), logit(load.cvr), np.log(load.aov)
        found = np.empty((3, len(platforms), len(months), draws.draws))
        for k, rate in enumerate(RATES):
            of_account, of_month = load.account_loading[k], load.month_loading[k]
            rest, own = math.sqrt(1 - of_account**2), math.sqrt(1 - of_month**2)
            for p in platforms:
                account = of_account * market + rest * draws.normal(rate, store=p)
                cells = np.stack([draws.normal(rate, store=p, month=month) for month in months])
                shock = of_month * common + own * cells
                found[k, p] = middles[k][p] + load.account_sd[k] * account + load.month_sd[k] * shock
        return np.stack([found[2] - found[0], found[1]])

    def held(self, draws: Draws) -> Held:
        """What hangs neither on spend nor on the rates."""
        load = self.workload
        platforms, months = range(len(load.spend)), len(load.pacing)

        def by_platform(name: str) -> Floats:
            return np.stack([draws.normal(name, store=p) for p in platforms])

        start = self._start(by_platform("ramp_start"))
        tau = load.tau_median * np.exp(load.tau_sigma * by_platform("ramp_months"))
        decay = np.exp(-1.0 / tau)
        ramp = np.empty((len(platforms), months, draws.draws))
        rest = 1.0 - start
        for month in range(months):
            ramp[:, month] = 1.0 - rest
            rest = rest * decay
        sold = 1.0 - np.stack([law(z) for law, z in zip(self._returns, by_platform("returns"))])
        half = load.half_saturation_sigma * by_platform("saturation")
        creators = np.zeros((months, draws.draws))
        unit = math.exp(load.creator_log_mean)
        for p, rates in enumerate(load.creators):
            for month, rate in enumerate(rates):
                if rate:
                    z = draws.normal("creators", store=p, month=month)
                    creators[month] += unit * np.interp(z, SUM_NODES, self._sums[rate]) * sold[p]
        return Held(
            kept=ramp * sold[:, None],
            brake=np.exp(-np.array(load.hill)[:, None] * half),
            creators=creators,
        )

    @cached_property
    def _start(self) -> _Beta:
        return _beta(*self.workload.ramp_beta)

    @cached_property
    def _returns(self) -> tuple[_Beta, ...]:
        total = self.workload.returns_total
        return tuple(_beta(a, total - a) for a in self.workload.returns_a)

    @cached_property
    def _sums(self) -> dict[float, Floats]:
        """Creators' sales in medians of one creator, at ``SUM_NODES``, by their expected number."""
        rates = sorted({rate for row in self.workload.creators for rate in row if rate})
        return dict(zip(rates, _sums(self.workload.creator_log_sd, tuple(rates))))


def _bought(load: Workload, spend: Sequence[float], brake: Floats) -> Floats:
    """Spend less what saturation takes of it, platforms x months x draws."""
    cost = np.outer(spend, load.pacing)
    half, hill = (np.array(row)[:, None] for row in (load.half_saturation, load.hill))
    with np.errstate(over="ignore"):
        power = (cost / half) ** hill
        bought: Floats = cost[..., None] / (1.0 + power[..., None] * brake[:, None])
    return bought


def _picked(draws: Along) -> NDArray[np.intp] | slice:
    """Which of the points were moved, as an index."""
    return slice(None) if draws.chosen is None else draws.chosen


def _sold(gains: Floats, bought: Floats) -> Floats:
    """Net GMV of all platforms, months x draws."""
    sold: Floats = np.einsum("pmd,pmd->md", gains, bought)
    return sold


def _gain(logs: Floats) -> Floats:
    """Sales a dollar of clicks before saturation."""
    gain: Floats = np.exp(logs[0]) * expit(logs[1])
    return gain


class _Beta:
    """A beta law at normals: a spline through the logits of its quantiles."""

    def __init__(self, a: float, b: float) -> None:
        values = betaincinv(a, b, ndtr(BETA_NODES))
        upper = betaincinv(b, a, ndtr(-BETA_NODES))
        self.spline = CubicSpline(BETA_NODES, np.log(values) - np.log(upper))

    def __call__(self, z: Floats) -> Floats:
        return expit(self.spline(z))


@lru_cache(maxsize=64)
def _beta(a: float, b: float) -> _Beta:
    return _Beta(a, b)


@lru_cache(maxsize=16)
def _sums(log_sd: float, rates: tuple[float, ...]) -> Floats:
    return lognormal_sums(log_sd, np.array(rates), SUM_NODES)


@dataclass(frozen=True, eq=False)
class _Weights:
    """A single draw: one step along a direction from the middle."""

    direction: Direction
    draws: int = 1
    scrambles: int = 1

    def normal(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        return np.full(1, self.direction.weights.get((name, store, month), 0.0))

    def uniform(self, name: str, *, store: int | None = None, month: int | None = None) -> Floats:
        return ndtr(self.normal(name, store=store, month=month))


def answer(workload: Workload, points: Points = PRINTED) -> dict[str, dict[str, float]]:
    """The probabilities of ROAS, GMV and both, with the half-width of their 95 % intervals."""
    found = Model(workload, renamed(workload, points)).chances()
    named = {"roas": found.goals[0], "gmv": found.goals[1], "joint": found.joint}
    return {name: {"probability": p.value, "error": p.error} for name, p in named.items()}


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.reference FILE", file=sys.stderr)
        return 2
    try:
        print(json.dumps(answer(read(Path(arguments[0])))))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
