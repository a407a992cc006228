"""What each side brought to a running contract against what was planned, and what that did to the GMV."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator.brief.kpis import Quantity
from estimator.contract.charges import PerUnit
from estimator.contract.terms import Duty
from estimator.evidence.known_months import KnownMonths
from estimator.market.outcomes import Outcomes
from estimator.market.summary import Estimate
from estimator.quoting.quote import Quote
from estimator.quoting.shortfall import CAUSES, CauseOfShortfall, Done, planned, steps
from estimator.schemas.frozen import FrozenForecast
from estimator.schemas.review import Brought, BroughtMonth, Course, Effect, Side
from estimator.values.money import CENT, round_half_up

WHOLE = Decimal(1)


def side_of(cause: CauseOfShortfall, kept: FrozenForecast) -> Side | None:
    """Whose duty something is by the contract, None where it does not say.

    A measured duty is the client's. What a charge counts, or covers, is the agency's to bring.
    """
    if any(duty.of.of == (cause,) for duty in kept.duties):
        return "client"
    counted = (charge for charge in kept.terms.charges if isinstance(charge, PerUnit))
    covered = cause == "ad_spend" and "ads" in kept.terms.covers
    return "agency" if covered or any(charge.of.of == (cause,) for charge in counted) else None


def brought(known: KnownMonths, quote: Quote | None) -> Iterator[Brought]:
    """Every cause of which something was planned or is asked for, by month of those that were forecast.

    Without the ``quote`` only what was frozen is known of the plan: the ads. A month that is not whole has no
    plan.
    """
    kept, months = known.kept, known.months
    count = min(len(months.months), len(kept.months))
    if not count:
        return
    whole = [known.share(month) == 1 for month in range(count)]
    plan = {} if quote is None else planned(quote, count)
    for cause in CAUSES:
        means: list[float | None] = [float(mean) for mean in plan[cause]] if cause in plan else [None] * count
        if cause == "ad_spend" and not plan:
            means = [kept.months[month].ad_spend.mean for month in range(count)]
        actual = [_counted(months, cause, month) for month in range(count)]
        duty = next((one for one in kept.duties if one.of.of == (cause,)), None)
        if duty is None and not any(means) and not any(actual):
            continue
        means = [mean if held else None for mean, held in zip(means, whole)]
        asked = [_Asked() if duty is None else _asked(duty, known, month) for month in range(count)]
        both = [(p, a) for p, a in zip(means, actual) if p is not None and a is not None]
        yield Brought(
            cause=cause,
            side=side_of(cause, kept),
            months=tuple(
                BroughtMonth(
                    planned=p, actual=a, at_least=want.at_least, at_most=want.at_most, held=want.held
                )
                for p, a, want in zip(means, actual, asked)
            ),
            planned=sum(p for p, _ in both) if both else None,
            actual=sum((a for _, a in both), Decimal(0)) if both else None,
        )


def _counted(months: Outcomes, cause: str, month: int) -> Decimal | None:
    of = Quantity(of=(cause,))
    if months.missing(of, slice(month, month + 1)):
        return None
    return Decimal(repr(round(float(months.count(of)[0, month]), 2))).normalize()


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the contract asks for in a month, and whether that was held; None where nobody can tell."""

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    held: bool | None = None


def _asked(duty: Duty, known: KnownMonths, month: int) -> _Asked:
    """What a duty asks for in a contract month; nothing before it is asked for."""
    if month + 1 < duty.from_month:
        return _Asked()
    span, share = known.span(month), known.share(month)
    missing = known.outcomes.missing(duty.of, slice(span.start, span.stop))
    broken = any(one.duty == duty and one.month in span for one in known.tally.missed())
    return _Asked(
        at_least=None if duty.at_least is None else round_half_up(duty.at_least * share, CENT),
        at_most=None if duty.at_most is None else round_half_up(duty.at_most * share, CENT),
        held=None if missing else not broken,
    )


def course(known: KnownMonths, causes: Sequence[Brought], quote: Quote) -> Course | None:
    """From the frozen mean GMV to what came, in whole units; None where no whole month has both.

    The frozen figure is the record's, each effect what the quote made again gives, and what is left is the
    rest: so every month adds up whatever the figures are.
    """
    kept = known.kept
    count = min(len(known.months.months), len(kept.months))
    sold = [_counted(known.months, "gmv", month) for month in range(count)]
    told = [month for month, gmv in enumerate(sold) if gmv is not None and known.share(month) == 1]
    if not told:
        return None
    done: Done = {
        one.cause: [None if month.planned is None else _float(month.actual) for month in one.months]
        for one in causes
    }
    frozen = [Decimal(repr(kept.months[month].gmv.mean)).quantize(WHOLE) for month in told]
    actual = [(sold[month] or Decimal(0)).quantize(WHOLE) for month in told]
    effects = []
    for moved in steps(quote, done, count):
        cut = [_cut(moved.by_month[month]) for month in told]
        effects.append(
            Effect(
                cause=moved.cause,
                side=side_of(moved.cause, kept),
                by_month=tuple(cut),
                total=sum((each for each in cut if each is not None), Decimal(0)),
            )
        )
    moves = [
        sum((each.by_month[at] or Decimal(0) for each in effects), Decimal(0)) for at in range(len(told))
    ]
    left = [now - then - move for now, then, move in zip(actual, frozen, moves)]
    return Course(
        months=tuple(month + 1 for month in told),
        forecast=tuple(frozen),
        effects=tuple(effects),
        left=tuple(left),
        actual=tuple(actual),
        forecast_total=sum(frozen, Decimal(0)),
        left_total=sum(left, Decimal(0)),
        actual_total=sum(actual, Decimal(0)),
    )


def _cut(moved: Estimate | None) -> Decimal | None:
    """What was moved, to two digits of its error and no finer than a whole unit."""
    if moved is None:
        return None
    places = 0 if moved.error <= 0 else min(1 - math.floor(math.log10(moved.error)), 0)
    return Decimal(round(round(moved.value, places)))


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
