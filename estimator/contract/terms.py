"""Terms: what we would sign, as a list of charges, each with the rule behind it.

Five kinds of charge, settled in four stages: unconditional, conditional, bounds, refunds. Nothing here
computes a fee; ``fees`` does, over draws and over actuals alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, field_serializer, model_validator
from pydantic_core import PydanticCustomError

from estimator.brief.brief import Months
from estimator.brief.calendar import WHOLE, Calendar
from estimator.brief.goals import Goal
from estimator.brief.kpis import AMOUNTS, OWN_FEES, QUANTITIES, Quantity
from estimator.contract.charges import (
    Bound,
    Charge,
    Covered,
    Fixed,
    Period,
    PerUnit,
    Refund,
    ShareOf,
)
from estimator.contract.clauses import Clause
from estimator.values.exchange import Currency
from estimator.values.money import Amount, plain
from estimator.values.text import Text
from estimator.values.validation import Frozen

QUARTER = 3
_LENGTH: dict[Period, int] = {"month": 1, "quarter": QUARTER, "once": 99, "term": 99}


class Duty(Frozen):
    """What a month must hold for targets to count in it: so much of ``of``, at least or at most.

    A month that does not hold it is left out of every bonus and every refund: no target counts in it, and
    its charges are not paid back. It is asked for from contract month ``from_month`` on.
    """

    of: Quantity
    at_least: Amount | None = None
    at_most: Amount | None = None
    from_month: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("goal_levels", "levels", {})
        return self


class OwnCount(Frozen):
    """A quantity of the client's own that the terms count, such as leads: no forecast is made of it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    definition: Text
    source: Text


class Terms(Frozen):
    """Everything that would be signed.

    ``months`` is the length of the term; None is open-ended. ``after_term`` says whether it then runs on by
    the month: what settles by the month or the quarter does, and no goal reaches beyond the term. ``covers``
    names costs that the charges already include, which nobody then pays besides. ``duties`` say in which
    months targets count; ``own_counts`` are quantities that only these terms know.

    >>> fee = Fixed(id="base", label=Text(en="Base fee", zh="基础服务费"), amount=6500)
    >>> Terms(currency="USD", charges=[fee]).charges[0].amount
    Decimal('6500')
    """

    currency: Currency
    months: Months | None = None
    charges: Annotated[tuple[Charge, ...], Field(strict=False, min_length=1)]
    covers: Annotated[frozenset[Covered], Field(strict=False)] = frozenset()
    after_term: Literal["ends", "monthly"] = "ends"
    duties: Annotated[tuple[Duty, ...], Field(strict=False)] = ()
    own_counts: Annotated[tuple[OwnCount, ...], Field(strict=False)] = ()
    tax: Text | None = None
    clauses: Annotated[tuple[Clause, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for code, at, values in self._faults():
            raise PydanticCustomError(code, "terms", {**values, "at": at})
        return self

    @field_serializer("covers", when_used="json")
    def _in_order(self, covers: frozenset[Covered]) -> list[Covered]:
        """The costs covered in one order, so that the same terms are the same bytes in every process."""
        return sorted(covers)

    @property
    def signed(self) -> Terms:
        """The terms as the client gets them: without the places of the rules they came from."""
        bare = {"rule": ""}
        return self.model_copy(
            update={
                "charges": tuple(charge.model_copy(update=bare) for charge in self.charges),
                "clauses": tuple(clause.model_copy(update=bare) for clause in self.clauses),
            }
        )

    @property
    def fingerprint(self) -> str:
        """The hash of all that is signed; fields at their usual value are no part of it, nor ones to come."""
        return sha256(self.signed.model_dump_json(exclude_defaults=True).encode()).hexdigest()

    def fixed(self, settles: Period) -> Decimal:
        """What the fixed charges that settle by that period come to in one of them, whatever the result.

        Units that are planned by the month count as fixed: they are the price of the month as agreed.
        """
        fixed = (c for c in self.charges if isinstance(c, Fixed | PerUnit) and not c.due_if)
        amounts = (
            charge.amount if isinstance(charge, Fixed) else charge.a_month
            for charge in fixed
            if charge.settles == settles
        )
        return sum(amounts, Decimal(0))

    @property
    def counts(self) -> frozenset[str]:
        """Every quantity that the charges and duties read, without the fees themselves."""
        names = {name for charge in self.charges for of, _ in _quantities(charge) for name in of.of}
        names |= {name for duty in self.measured_duties for name in duty.of.of}
        return frozenset(name for name in names if name not in OWN_FEES and fee_named(name) is None)

    def stated(self, kind: str) -> Clause | None:
        """The clause that states the rule of a kind; None where none does."""
        return next((clause for clause in self.clauses if clause.kind == kind and clause.states), None)

    @property
    def runs_on(self) -> bool:
        """Whether it runs by the month after its term."""
        return self.after_term == "monthly" or self.stated("term") is not None

    @property
    def least_months(self) -> Decimal | None:
        """The least months that are agreed: the term, or what the clause on it says where none is quoted."""
        clause = self.stated("term")
        if self.months is not None or clause is None:
            return None if self.months is None else Decimal(self.months)
        return clause.value("months")

    @property
    def measured_duties(self) -> tuple[Duty, ...]:
        """Every duty by which a month is left out: the terms' own, and those that a clause states."""
        clause, plan = self.stated("duties"), self.stated("plan")
        if clause is None:
            return self.duties
        down = Duty(of=Quantity(of=("days_down",)), at_most=clause.value("days_down"))
        if plan is None:
            return (*self.duties, down)
        ads = clause.value("ads_share") * plan.value("ad_spend")
        spent, first = Quantity(of=("ad_spend",)), int(plan.value("from_month"))
        return (*self.duties, Duty(of=spent, at_least=ads, from_month=first), down)

    def charge(self, name: str) -> Fixed | PerUnit | ShareOf | Bound | Refund:
        """The charge of that id; raises ``KeyError`` if there is none."""
        return {charge.id: charge for charge in self.charges}[name]

    def _faults(self) -> Iterator[tuple[str, tuple[str | int, ...], dict[str, str | int]]]:
        """What is wrong with the terms as a whole: code, the charge or clause it is about, and values."""
        ids = [charge.id for charge in self.charges]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield "duplicate_row", ("charges", index, "id"), {"found": name, "line": ids.index(name) + 1}
        for index, charge in enumerate(self.charges):
            for code, values in self._charge_faults(charge):
                yield code, ("charges", index), values
        for code, values in self._bound_faults():
            known = values["found"] in ids
            yield code, ("charges", ids.index(str(values["found"]))) if known else ("charges",), values
        monthly = [
            c.id
            for c in self.charges
            if isinstance(c, Fixed) and c.settles == "month" and not (c.due_if or c.steps or c.each_store)
        ]
        for index, clause in enumerate(self.clauses):
            # an edition prints its clause also where the service has no such charge
            if clause.of is not None and clause.of not in monthly and clause.of in ids:
                values = {"found": clause.of, "choices": ", ".join(monthly)}
                yield "unknown_reference", ("clauses", index, "of"), values

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
        at_the_end |= isinstance(charge, PerUnit) and charge.pools == "term"
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
        own = [count.id for count in self.own_counts]
        for quantity, in_refund in _quantities(charge):
            for name in {name for name in quantity.of if quantity.of.count(name) > 1}:
                yield "named_twice", {"found": name}
            money = {name in AMOUNTS or bool(fee_named(name)) for name in quantity.of}
            if len(money) > 1:
                yield "mixed_quantities", {"found": ", ".join(quantity.of)}
            for name in quantity.of:
                if (other := fee_named(name)) is not None and isinstance(charge, ShareOf):
                    yield from self._fee_faults(charge, other)
                elif name not in QUANTITIES and name not in own:
                    yield "unknown_reference", {"found": name, "choices": ", ".join((*own, *QUANTITIES))}
                if name in OWN_FEES and not in_refund:
                    yield "fees_outside_refund", {}
                if name in OWN_FEES and not self._flat():
                    yield "fees_need_flat_rates", {"found": charge.id}

    def _fee_faults(self, charge: ShareOf, name: str) -> Iterator[tuple[str, dict[str, str | int]]]:
        """A fee on a fee names an amount or a count that needs no other fee, and settles no sooner."""
        able = {c.id: c for c in self.charges if isinstance(c, Fixed | PerUnit | ShareOf)}
        based = [
            other
            for other, c in able.items()
            if not any(fee_named(n) for q, _ in _quantities(c) for n in q.of)
        ]
        if name not in based:
            yield (
                "unknown_reference",
                {"found": f"fees.{name}", "choices": ", ".join(f"fees.{b}" for b in based)},
            )
        elif _LENGTH[able[name].settles] > _LENGTH[charge.settles]:
            yield "bound_shorter", {"found": charge.id, "other": name}

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

    def window(
        self, charge: Fixed | PerUnit | ShareOf | Bound | Refund, horizon: int, calendar: Calendar = WHOLE
    ) -> range:
        """The billing months a charge runs, counted from 0, within an open end at ``horizon``."""
        worked = max(horizon - calendar.lead, 1)
        last = self.months or worked
        if self.runs_on and charge.settles in ("month", "quarter"):
            last = max(last, worked)
        first, end = charge.months or (1, last)
        span = calendar.span(first, end)
        return range(span.start, min(span.stop, horizon) if calendar.ended else span.stop)

    def periods(
        self, charge: Fixed | PerUnit | ShareOf | Bound | Refund, horizon: int, calendar: Calendar = WHOLE
    ) -> tuple[range, ...]:
        """The spans of months, counted from 0, that settle together; contract quarters start at month 1."""
        window = self.window(charge, horizon, calendar)
        match charge.settles:
            case "month":
                return tuple(range(month, month + 1) for month in window)
            case "quarter":
                lead, stop = calendar.lead, window.stop
                if self.months is None and charge.months is None and not calendar.ended:
                    stop = lead + -(-(stop - lead) // QUARTER) * QUARTER
                term = calendar.span(1, self.months).stop if self.months else stop
                if stop <= term:
                    return tuple(_quarters(lead, range(window.start, stop)))
                # what was settled at the end of the term stands: quarters begin anew when it runs on
                after = stop if calendar.ended else term + -(-(stop - term) // QUARTER) * QUARTER
                quarters = _quarters(lead, range(window.start, term))
                return (*quarters, *_quarters(term, range(term, after)))
            case _:
                return (window,)

    def largest_refund(self, refund: Refund) -> tuple[Decimal, Decimal | None]:
        """The largest share of its charges a refund can pay back, and the most it can come to.

        The amount is None where the charges have no ceiling of their own.
        """
        steps = (*refund.steps, *([refund.proportion] if refund.proportion else []))
        back = max((step.back for step in steps), default=Decimal(1))
        total = Decimal(0)
        for name in refund.over:
            charge = self.charge(name)
            if not isinstance(charge, Fixed) or charge.each_store or charge.steps:
                return back, None
            window = self.window(refund, 0)
            counted = [
                period
                for period in self.periods(charge, window.stop)
                if (period.start if charge.settles == "once" else period.stop - 1) in window
            ]
            total += charge.amount * len(counted)
        return back, back * total


def _quarters(origin: int, window: range) -> Iterator[range]:
    """The quarters counted from ``origin`` in the window; a part month before them belongs to the first."""
    for start in range(origin, window.stop, QUARTER):
        first = window.start if start == origin else max(start, window.start)
        if first < start + QUARTER:
            yield range(first, min(start + QUARTER, window.stop))


def fee_named(quantity: str) -> str | None:
    """The charge whose fee a quantity names, ``fees.base`` for that of ``base``; None for any other."""
    head, dot, name = quantity.partition(".")
    return name if dot and head == "fees" else None


def _quantities(
    charge: Fixed | PerUnit | ShareOf | Bound | Refund,
) -> Iterator[tuple[Quantity, bool]]:
    """Every quantity a charge reads, and whether the place is one that may read the fees."""
    if isinstance(charge, PerUnit | ShareOf):
        yield charge.of, False
    if isinstance(charge, Fixed) and charge.of is not None:
        yield charge.of, False
    if isinstance(charge, ShareOf) and charge.or_of is not None:
        yield charge.or_of, False
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
        proportion = [charge.proportion.goal] if charge.proportion else []
        return (*(step.goal for step in charge.steps), *proportion, *charge.duties)
    return () if isinstance(charge, Bound) else charge.due_if
