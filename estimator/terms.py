"""Terms: what we would sign, as a list of charges, each with the rule behind it.

Five kinds of charge, settled in four stages: unconditional, conditional, bounds, refunds. Nothing here
computes a fee; ``fees`` does, over draws and over actuals alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.brief import Months, Operation
from estimator.brief.goals import Goal
from estimator.brief.kpis import QUANTITIES, Kpi, Quantity
from estimator.tiers import Tiers
from estimator.values.errors import fail
from estimator.values.money import Amount, Number, Share, plain
from estimator.values.text import Text
from estimator.values.validation import MOST_BYTES, parse_json, parse_toml, read_text, validated

Period = Literal["once", "month", "quarter", "term"]
PaidAs = Literal["cash", "next_invoice", "ad_credit", "service_months"]
Covered = Literal["platform_take", "ads", "creators", "samples"]
Span = Annotated[tuple[int, int], Field(strict=False)]

QUARTER = 3
_LENGTH: dict[Period, int] = {"month": 1, "quarter": QUARTER, "once": 99, "term": 99}
CREDITS: frozenset[PaidAs] = frozenset({"ad_credit", "service_months"})
"""Ways of paying back that are not money; they are never netted against fees."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class _Charge(_Frozen):
    """What every charge has: the months it runs, the period it settles, and the rule behind it.

    ``months`` counts contract months from 1 and includes both ends; None runs as long as the terms.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    label: Text
    rule: str = ""
    months: Span | None = None
    settles: Period = "month"
    due_days: Annotated[int, Field(ge=0, le=365)] | None = None

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.months is not None and not 1 <= self.months[0] <= self.months[1]:
            raise PydanticCustomError(
                "goal_months", "months", {"found": str(list(self.months)), "most": "..."}
            )
        return self


class _Conditional(_Charge):
    """A charge that may depend on goals: ``due_if`` names those that make it due, as for a bonus."""

    due_if: Annotated[tuple[Goal, ...], Field(strict=False)] = ()


class Fixed(_Conditional):
    """An amount; ``each_store`` counts it once for every store."""

    kind: Literal["fixed"] = "fixed"
    amount: Amount
    each_store: bool = False


class PerUnit(_Conditional):
    """A counted quantity at a price for each pack begun, after ``included`` units a month."""

    kind: Literal["per_unit"] = "per_unit"
    of: Quantity
    price: Amount
    pack: Annotated[int, Field(ge=1)] = 1
    included: Amount = Decimal(0)


class ShareOf(_Conditional):
    """A share of a counted quantity above a monthly baseline, through tiers.

    ``running`` charges the term to date less what was already charged.
    """

    kind: Literal["share"] = "share"
    of: Quantity
    tiers: Tiers
    baseline: Amount = Decimal(0)
    running: bool = False


class Bound(_Charge):
    """A minimum with true-up, or a cap, over the named charges of each period."""

    kind: Literal["bound"] = "bound"
    over: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    at_least: Amount | None = None
    at_most: Amount | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("goal_levels", "levels", {})
        return self


class Step(_Frozen):
    """Pay back the share ``back`` if ``goal`` is missed."""

    goal: Goal
    back: Share


class Shortfall(_Frozen):
    """What ``cost`` exceeds of ``revenue`` over ``tolerance`` times ``target``, over ``months``.

    The platform's own protection of GMV Max in its form; zero at or above that level.
    """

    cost: Quantity
    revenue: Quantity
    target: Annotated[Number, Field(gt=0)]
    tolerance: Annotated[Share, Field(gt=0)] = Decimal(1)
    months: Span


class Refund(_Charge):
    """Some of the named charges back when a goal is missed: by steps, or for a ``shortfall``.

    Of several steps only the largest counts; a shortfall pays its amount, up to what the charges came to.
    ``duties`` are measured duties: if one is not met the refund is void.
    """

    kind: Literal["refund"] = "refund"
    over: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    shortfall: Shortfall | None = None
    duties: Annotated[tuple[Goal, ...], Field(strict=False)] = ()
    paid_as: PaidAs
    settles: Literal["once"] = "once"

    @model_validator(mode="after")
    def _worse_pays_more(self) -> Self:
        if bool(self.steps) == (self.shortfall is not None):
            raise PydanticCustomError("refund_or_shortfall", "steps", {})
        for step in self.steps:
            if step.back == 0:
                raise PydanticCustomError("refund_steps", "share", {"found": plain(step.back)})
            for other in self.steps:
                same = step.goal.model_copy(update={"level": other.goal.level}) == other.goal
                stricter = (step.goal.level > other.goal.level) == step.goal.at_least
                if same and step.goal.level != other.goal.level and stricter and step.back > other.back:
                    raise PydanticCustomError(
                        "refund_falls", "falls", {"found": f"{plain(step.back)} > {plain(other.back)}"}
                    )
        return self


Charge = Annotated[Fixed | PerUnit | ShareOf | Bound | Refund, Field(discriminator="kind")]


class Clause(_Frozen):
    """A commercial term that prints on the quote and moves no amount."""

    id: str
    kind: str
    text: Text
    rule: str = ""


class Terms(_Frozen):
    """Everything that would be signed.

    ``months`` is the length of the term; None is open-ended. ``covers`` names costs that the charges
    already include, which nobody then pays besides.

    >>> fee = Fixed(id="base", label=Text(en="Base fee", zh="基础服务费"), amount=6500)
    >>> Terms(currency="USD", charges=[fee]).charges[0].amount
    Decimal('6500')
    """

    currency: str = Field(pattern="^[A-Z]{3}$")
    months: Months | None = None
    charges: Annotated[tuple[Charge, ...], Field(strict=False, min_length=1)]
    covers: Annotated[frozenset[Covered], Field(strict=False)] = frozenset()
    tax: Text | None = None
    clauses: Annotated[tuple[Clause, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for code, values in self._faults():
            raise PydanticCustomError(code, "terms", values)
        return self

    @field_serializer("covers", when_used="json")
    def _in_order(self, covers: frozenset[Covered]) -> list[Covered]:
        """The costs covered in one order, so that the same terms are the same bytes in every process."""
        return sorted(covers)

    def fixed(self, settles: Period) -> Decimal:
        """What the fixed charges that settle by that period come to in one of them, whatever the result."""
        fixed = (c for c in self.charges if isinstance(c, Fixed) and not c.due_if)
        amounts = (charge.amount for charge in fixed if charge.settles == settles)
        return sum(amounts, Decimal(0))

    @property
    def counts(self) -> frozenset[str]:
        """Every quantity that the charges read, without the fees themselves."""
        found = {name for charge in self.charges for of, _ in _quantities(charge) for name in of.of}
        return frozenset(found - {"fees"})

    def charge(self, name: str) -> Fixed | PerUnit | ShareOf | Bound | Refund:
        """The charge of that id; raises ``KeyError`` if there is none."""
        return {charge.id: charge for charge in self.charges}[name]

    def _faults(self) -> Iterator[tuple[str, dict[str, str | int]]]:
        ids = [charge.id for charge in self.charges]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield "duplicate_row", {"found": name, "line": ids.index(name) + 1}
        for charge in self.charges:
            yield from self._charge_faults(charge)
        yield from self._bound_faults()

    def _charge_faults(
        self, charge: Fixed | PerUnit | ShareOf | Bound | Refund
    ) -> Iterator[tuple[str, dict[str, str | int]]]:
        lines = [other.id for other in self.charges if not isinstance(other, Refund)]
        plain_lines = [other.id for other in self.charges if not isinstance(other, Refund | Bound)]
        allowed = {"bound": plain_lines, "refund": lines}.get(charge.kind, [])
        for name in charge.over if isinstance(charge, Bound | Refund) else ():
            if name not in allowed:
                yield "unknown_reference", {"found": name, "choices": ", ".join(allowed)}
        if isinstance(charge, Refund):
            for bound in self.charges:
                moving = {o.id for o in self.charges if not isinstance(o, Fixed) or _goals_of(o)}
                if (
                    isinstance(bound, Bound)
                    and bound.id not in charge.over
                    and moving & set(charge.over) & set(bound.over)
                ):
                    yield "refund_names_bound", {"found": charge.id, "bound": bound.id}
        at_the_end = charge.settles == "term" or (charge.settles == "once" and not isinstance(charge, Fixed))
        if at_the_end and self.months is None and charge.months is None:
            yield "term_needs_months", {"found": charge.id}
        if charge.months is not None and self.months is not None and charge.months[1] > self.months:
            yield "goal_months", {"found": str(list(charge.months)), "most": self.months}
        for goal in _goals_of(charge):
            if self.months is not None and goal.months[1] > self.months:
                yield "goal_months", {"found": str(list(goal.months)), "most": self.months}
        if isinstance(charge, Bound | Refund):
            for name in {name for name in charge.over if charge.over.count(name) > 1}:
                yield "named_twice", {"found": name}
        for quantity, in_refund in _quantities(charge):
            for name in {name for name in quantity.of if quantity.of.count(name) > 1}:
                yield "named_twice", {"found": name}
            if len({QUANTITIES.get(name, "").endswith("USD") for name in quantity.of}) > 1:
                yield "mixed_quantities", {"found": ", ".join(quantity.of)}
            for name in quantity.of:
                if name not in QUANTITIES:
                    yield "unknown_reference", {"found": name, "choices": ", ".join(QUANTITIES)}
                if name == "fees" and not in_refund:
                    yield "fees_outside_refund", {}
                if name == "fees" and not self._flat():
                    yield "fees_need_flat_rates", {"found": charge.id}

    def _flat(self) -> bool:
        """Whether GMV over fees can only rise with GMV, so that selling more never earns a refund."""
        return all(
            (isinstance(charge, Refund) or not _goals_of(charge))
            and (not isinstance(charge, ShareOf) or (len(charge.tiers.rate) == 1 and charge.baseline == 0))
            for charge in self.charges
        )

    def _bound_faults(self) -> Iterator[tuple[str, dict[str, str | int]]]:
        bounds = [charge for charge in self.charges if isinstance(charge, Bound)]
        for bound in bounds:
            for charge in self.charges:
                if charge.id not in bound.over:
                    continue
                if charge.settles != "once" and _LENGTH[charge.settles] > _LENGTH[bound.settles]:
                    yield "bound_shorter", {"found": bound.id, "other": charge.id}
                if (
                    bound.at_most is not None
                    and isinstance(charge, ShareOf)
                    and charge.running
                    and not charge.tiers.by_rising_slices
                ):
                    yield "running_under_cap", {"found": charge.id, "other": bound.id}
        for index, one in enumerate(bounds):
            for other in bounds[:index]:
                here, there = set(one.over), set(other.over)
                if here & there and not (here <= there or there <= here):
                    yield "bound_overlap", {"found": ", ".join(sorted(here))}
                if here & there and one.settles != other.settles:
                    yield "bound_periods", {"found": one.id, "other": other.id}
                for inner, outer in ((one, other), (other, one)):
                    low, high = inner.at_least, outer.at_most
                    within = set(inner.over) <= set(outer.over)
                    if within and low is not None and high is not None and low > high:
                        yield "bound_crossing", {"found": plain(low), "most": plain(high)}

    def window(self, charge: Fixed | PerUnit | ShareOf | Bound | Refund, horizon: int) -> range:
        """The months a charge runs, counted from 0, within an open end at ``horizon``."""
        last = self.months or horizon
        first, end = charge.months or (1, max(last, 1))
        return range(first - 1, end)

    def periods(self, charge: Fixed | PerUnit | ShareOf | Bound | Refund, horizon: int) -> tuple[range, ...]:
        """The spans of months, counted from 0, that settle together; contract quarters start at month 1."""
        window = self.window(charge, horizon)
        match charge.settles:
            case "month":
                return tuple(range(month, month + 1) for month in window)
            case "quarter":
                stop = window.stop if self.months or charge.months else -(-window.stop // QUARTER) * QUARTER
                starts = range(window.start // QUARTER * QUARTER, stop, QUARTER)
                return tuple(range(max(s, window.start), min(s + QUARTER, stop)) for s in starts)
            case _:
                return (window,)

    def largest_refund(self, refund: Refund) -> tuple[Decimal, Decimal | None]:
        """The largest share of its charges a refund can pay back, and the most it can come to.

        The amount is None where the charges have no ceiling of their own.
        """
        back = max((step.back for step in refund.steps), default=Decimal(1))
        total = Decimal(0)
        for name in refund.over:
            charge = self.charge(name)
            if not isinstance(charge, Fixed) or charge.each_store:
                return back, None
            window = self.window(refund, 0)
            counted = [
                period
                for period in self.periods(charge, window.stop)
                if (period.start if charge.settles == "once" else period.stop - 1) in window
            ]
            total += charge.amount * len(counted)
        return back, back * total


def _quantities(
    charge: Fixed | PerUnit | ShareOf | Bound | Refund,
) -> Iterator[tuple[Quantity, bool]]:
    """Every quantity a charge reads, and whether the place is one that may read the fees."""
    if isinstance(charge, PerUnit | ShareOf):
        yield charge.of, False
    if isinstance(charge, Refund) and charge.shortfall is not None:
        yield charge.shortfall.cost, False
        yield charge.shortfall.revenue, False
    for goal in _goals_of(charge):
        yield goal.kpi.over, isinstance(charge, Refund)
        if goal.kpi.under is not None:
            yield goal.kpi.under, isinstance(charge, Refund)


def _goals_of(charge: Fixed | PerUnit | ShareOf | Bound | Refund) -> tuple[Goal, ...]:
    """Every goal a charge depends on."""
    if isinstance(charge, Refund):
        return (*(step.goal for step in charge.steps), *charge.duties)
    return () if isinstance(charge, Bound) else charge.due_if


class Example(_Frozen):
    """A history worked by hand, which is the offer's test: quantities by month, and what they come to.

    ``lines`` gives what single charges come to over all months; ``pending`` the charges that wait.
    """

    why: str
    actuals: dict[str, Annotated[tuple[Number | Literal[""], ...], Field(strict=False)]]
    stores: Annotated[int, Field(ge=1)] = 1
    total: Number
    credits: Number = Decimal(0)
    lines: dict[str, Number] = {}
    pending: Annotated[tuple[str, ...], Field(strict=False)] = ()


class AdsShare(_Frozen):
    """The share of GMV that buys ads out of the fee, where the terms cover ads: between what and what."""

    low: Annotated[Share, Field(gt=0)]
    high: Annotated[Share, Field(gt=0)]
    grade: Literal["platform document", "own data", "published", "expert", "guess"]
    source: str = Field(min_length=1)
    note: Text

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.low > self.high:
            found = f"{plain(self.low)} .. {plain(self.high)}"
            raise PydanticCustomError("range_falls", "range", {"found": found, "at": ("low",)})
        return self


class Offer(_Frozen):
    """Terms together with a way of operating.

    ``ads_share`` says what ads are bought for where the terms cover them. ``offered`` is the span of dates
    in which it could be taken; None is open. An assumption of ours where a public text is silent is named
    in ``assumptions``.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    note: Text | None = None
    assumptions: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    source: str = Field(min_length=1)
    as_of: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    offered: Annotated[tuple[str, str], Field(strict=False)] | None = None
    operation: Operation
    terms: Terms
    ads_share: AdsShare | None = None
    examples: Annotated[tuple[Example, ...], Field(strict=False)] = ()


def parse_offer(content: Mapping[str, Any], kpis: Mapping[str, Kpi], place: str, text: str = "") -> Offer:
    """An offer as its file holds it; goals name KPIs by id. Raises ``QuotecastError``."""
    return validated(Offer, _with_rules(_with_kpis(content, kpis, place), place, text), place)


def read(path: Path, kpis: Mapping[str, Kpi], offers: tuple[str, ...] = ()) -> Terms:
    """The terms in a file: an offer, bare terms (both TOML), or a quote as JSON with its ``contract``.

    Raises ``QuotecastError`` with every fault and its place.
    """
    if not path.is_file() and offers:
        raise fail("not_found", str(path), choices=", ".join((*offers, "FILE.toml")))
    text = read_text(path, MOST_BYTES)
    content = parse_json(text, path.name) if path.suffix == ".json" else parse_toml(text, path.name)
    if "contract" in content:
        return validated(Terms, content["contract"], f"{path.name}:contract")
    if "terms" in content:
        return parse_offer(content, kpis, path.name, text).terms
    ruled = _with_rules({"terms": _with_kpis(content, kpis, path.name)}, path.name, text)
    return validated(Terms, ruled["terms"], path.name)


def _with_kpis(content: Any, kpis: Mapping[str, Kpi], place: str) -> Any:
    """The content with every goal's KPI id and ``at_least``/``at_most`` made a whole goal."""
    if isinstance(content, list):
        return [_with_kpis(item, kpis, place) for item in content]
    if not isinstance(content, Mapping):
        return content
    if isinstance(content.get("kpi"), str):
        if content["kpi"] not in kpis:
            raise fail("unknown_reference", place, found=content["kpi"], choices=", ".join(kpis))
        sides = [side for side in ("at_least", "at_most") if side in content]
        if len(sides) != 1:
            raise fail("goal_levels", place)
        goal = {key: value for key, value in content.items() if key not in sides}
        return {
            **goal,
            "kpi": kpis[content["kpi"]],
            "level": content[sides[0]],
            "at_least": sides[0] == "at_least",
        }
    return {key: _with_kpis(value, kpis, place) for key, value in content.items()}


def _with_rules(content: dict[str, Any], place: str, text: str) -> dict[str, Any]:
    """The content with ``file:line#id`` as the rule of every charge that names none."""
    terms = content.get("terms")
    if not isinstance(terms, dict) or not isinstance(terms.get("charges"), list):
        return content
    lines = {
        found[1]: number
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := re.match(r'\s*id\s*=\s*"([^"]*)"', line))
    }
    charges = [
        {"rule": f"{place}:{lines.get(str(charge.get('id')), 0)}#{charge.get('id')}", **charge}
        if isinstance(charge, dict)
        else charge
        for charge in terms["charges"]
    ]
    return {**content, "terms": {**terms, "charges": charges}}
