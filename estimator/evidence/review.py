"""The review of a running contract: forecast and outcome, goals as they stand, who brought what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from estimator.book.records import Entered, Forecast
from estimator.brief.goals import Goal
from estimator.earnings.resolution import resolved
from estimator.evidence.brought import brought, course
from estimator.evidence.known_months import KnownMonths
from estimator.evidence.ledger import LedgerGoal, counted, current, ended, month_after, open_ledger
from estimator.evidence.remade import PROPOSAL, made_again, proposal_sent
from estimator.market.points import QUOTED, Points
from estimator.promise.forecast import reads_money
from estimator.quoting.quote import Quote
from estimator.quoting.running import chance_now, teaching
from estimator.rules.rules import Rules
from estimator.schemas.attribution import LEAST, MOST
from estimator.schemas.frozen import FrozenForecast, FrozenGoal, read_frozen
from estimator.schemas.parts import Chance
from estimator.schemas.review import Beside, Entry, NoChance, Review, ReviewedGoal, ReviewedMonth
from estimator.values.errors import fail
from estimator.values.exchange import ExchangeRates


def review_of(
    forecast: Forecast,
    rules: Rules,
    on: dt.date,
    *,
    month: str | None = None,
    points: Points = QUOTED,
) -> Review:
    """The review of a revision up to a calendar ``month``, or the last that was entered, as it stands ``on``.

    ``rules`` are those of today, from whose folder those of its day are opened; ``points`` those it was made
    on. Raises ``QuotecastError`` where the record was erased or holds no forecast, for a month that was not
    entered, and for figures that do not fit the terms.
    """
    revision = forecast.revision
    record = revision.record
    if record is None:
        raise fail("record_erased", revision.reference)
    kept = read_frozen(record.forecast)
    sent = proposal_sent(revision) if PROPOSAL in record.outputs else None
    if kept is None or sent is None:
        raise fail("not_scorable", revision.reference)
    forecast = replace(forecast, figures=_until(forecast.figures, month))
    rows, platforms = current(forecast.figures), rules.vocabulary.ids("platforms")
    known, quote = None, None
    if rows:
        outcomes = counted(rows, kept.terms, platforms, ended(forecast.figures), rules.exchange)
        known = KnownMonths(kept=kept, outcomes=outcomes)
        quote = made_again(record, kept, rules, points)
    causes = () if known is None else tuple(brought(known, quote))
    return Review(
        number=revision.number,
        revision=revision.revision,
        sender=sent.sender,
        client=sent.client,
        currency=kept.terms.currency,
        term=kept.terms.months,
        edition=kept.edition,
        market=kept.market,
        engine=kept.engine,
        day=on,
        month=rows[-1].month if rows else None,
        ended=ended(forecast.figures),
        replaced=None if forecast.replaced is None else forecast.replaced.date(),
        made_again=quote is not None or not rows,
        entered=tuple(_entries(rows)),
        months=() if known is None else tuple(_months(known)),
        ahead=tuple(_ahead(kept, known)),
        goals=tuple(_goals(forecast, kept, known, quote, on, platforms, rules.exchange)),
        taught=() if known is None or quote is None else _taught(quote, known),
        statement=None if known is None else known.statement,
        brought=causes,
        course=None if known is None or quote is None else course(known, causes, quote),
    )


def reviewable(forecast: Forecast) -> bool:
    """Whether a revision has figures, and the forecast and the names that a review needs."""
    record = forecast.revision.record
    kept = record is not None and "frozen" in record.forecast and PROPOSAL in record.outputs
    return kept and bool(forecast.figures)


def months_entered(forecast: Forecast) -> tuple[str, ...]:
    """The calendar months of which figures were entered, in their order."""
    return tuple(sorted({row.month for row in forecast.figures}))


def _until(figures: Sequence[Entered], month: str | None) -> tuple[Entered, ...]:
    """The figures of the months up to one."""
    months = {row.month for row in figures}
    if month is not None and month not in months:
        raise fail("not_a_choice", "month", found=month, choices=", ".join(sorted(months)))
    return tuple(row for row in figures if month is None or row.month <= month)


def _entries(rows: Sequence[Entered]) -> Iterator[Entry]:
    """Who entered what stands, the earliest first."""

    def by(row: Entered) -> tuple[dt.datetime, str]:
        return row.at, row.who

    for (at, who), own in groupby(sorted(rows, key=by), key=by):
        yield Entry(who=who, at=at, months=tuple(sorted({row.month for row in own})))


def _months(known: KnownMonths) -> Iterator[ReviewedMonth]:
    frozen, charged = known.kept.months, known.statement.months
    for index, month in enumerate(known.months.months):
        gmv, spend, fee = (
            (frozen[index].gmv, frozen[index].ad_spend, frozen[index].fees)
            if index < len(frozen)
            else (None, None, None)
        )
        span, share = known.span(index), known.share(index)
        yield ReviewedMonth(
            number=index + 1,
            month=month,
            share=None if share == 1 else share,
            gmv=Beside(actual=known.amount("gmv", index), forecast=gmv),
            ad_spend=Beside(actual=known.amount("ad_spend", index), forecast=spend),
            fees=Beside(actual=sum((charged[each].total for each in span), Decimal(0)), forecast=fee),
        )


def _ahead(kept: FrozenForecast, known: KnownMonths | None) -> Iterator[ReviewedMonth]:
    """The months that were forecast and are not known yet; none once the contract ended."""
    done = () if known is None else known.months.months
    if known is not None and known.outcomes.calendar.ended:
        return
    begun = known.outcomes.months[known.outcomes.calendar.lead :] if known is not None else ()
    first = begun[0] if begun else kept.start
    for month in kept.months[len(done) :]:
        yield ReviewedMonth(
            number=month.month,
            month="" if first is None else month_after(first, month.month - 1),
            gmv=Beside(actual=None, forecast=month.gmv),
            ad_spend=Beside(actual=None, forecast=month.ad_spend),
            fees=Beside(actual=None, forecast=month.fees),
        )


def _goals(
    forecast: Forecast,
    kept: FrozenForecast,
    known: KnownMonths | None,
    quote: Quote | None,
    on: dt.date,
    platforms: Collection[str],
    exchange: ExchangeRates,
) -> Iterator[ReviewedGoal]:
    """Every goal as the ledger has it, and its chance as it now stands."""
    told = iter(open_ledger([forecast], on, platforms, exchange).goals)
    for frozen in kept.goals:
        entry = None if frozen.chance is None else next(told, None)
        now, why_not, blank = _now(frozen, entry, known, quote)
        yield ReviewedGoal(
            goal=frozen.goal,
            sent=frozen.chance,
            now=now,
            why_not=why_not,
            blank=blank,
            came="open" if entry is None else entry.came,
            reason="" if entry is None else entry.reason,
            about=() if entry is None else entry.about,
            so_far=None if known is None else _so_far(frozen.goal, known),
            value=None if entry is None else entry.value,
            ripe=None if entry is None else entry.ripe,
        )


def _now(
    frozen: FrozenGoal, entry: LedgerGoal | None, known: KnownMonths | None, quote: Quote | None
) -> tuple[Chance | None, NoChance | None, tuple[str, ...]]:
    """The chance of a goal as it now stands, or why there is none and which figures are blank."""
    if frozen.chance is None:
        return None, "never", ()
    if entry is not None and entry.came != "open":
        return None, None, ()
    if known is None or not known.months.months:
        return frozen.chance, None, ()
    goal, (_, last) = frozen.goal, frozen.goal.months
    if last <= len(known.months.months):
        return None, "complete", ()
    if reads_money(goal):
        return None, "counts_fees", ()
    if blank := tuple(dict.fromkeys(_blank(goal, known))):
        return None, "blank", blank
    if quote is None:
        return None, "rules_gone", ()
    chance = chance_now(quote, goal, known.months, known.counts, known.shown)
    if chance is None:
        return None, "no_month", ()
    cut = Chance.of(chance)
    # a contract that runs is never told to be sure of what has not come
    held = min(max(cut.probability, float(LEAST)), float(MOST))
    return cut.model_copy(update={"probability": held}), None, ()


def _taught(quote: Quote, known: KnownMonths) -> tuple[str, ...]:
    """The months that tell how the account does."""
    return tuple(month.month for month in teaching(quote.brief, known.shown)[1])


def _blank(goal: Goal, known: KnownMonths) -> Iterator[str]:
    """What a goal or its duties count and nobody entered, as ``name month``."""
    window = slice(goal.window.start, min(goal.window.stop, len(known.months.months)))
    for quantity in (goal.kpi.over, goal.kpi.under):
        if quantity is not None:
            yield from known.months.missing(quantity, window)
    yield from known.tally.duties_missing(goal.within(known.outcomes.calendar))


def _so_far(goal: Goal, known: KnownMonths) -> float | None:
    """What the known months of a goal's window come to, those that count alone."""
    (first, last), done = goal.months, len(known.months.months)
    if done < first:
        return None
    begun = goal.model_copy(update={"months": (first, min(last, done))})
    (told,) = resolved(known.kept.terms, known.outcomes, [begun], known.kept.duties)
    return None if told.value is None else float(told.value)
