"""price(brief, card, difficulty): the terms an edition gives a brief, and every step that led there.

The list price of a charge is what one row sets, plus what rows add, times what rows scale, rounded, then
held within its bounds. A charge that comes to nothing is not in the terms; the trace says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import Any, Literal

from estimator.brief.brief import Brief
from estimator.brief.kpis import Quantity
from estimator.conditions import Condition, Facts, Value
from estimator.facts import Difficulty, facts
from estimator.rate_card import VERBS, ChargeRow, Entry, RateCard, RateStep, Rule, Verb
from estimator.terms import QUARTER, Clause, Covered, Fixed, PerUnit, ShareOf, Terms
from estimator.tiers import Tiers
from estimator.values.errors import fail
from estimator.values.money import round_half_up
from estimator.values.text import Text
from estimator.values.validation import validated

NO_ROUNDING = Context(prec=1000, traps=[Inexact])
"""Sums and products are exact, so the order of rows cannot matter even in the last digit."""

Listed = Fixed | PerUnit | ShareOf


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row at work on one charge: from ``before`` (None: nothing yet) to ``after``.

    The number is an amount for a fixed charge, a price for a unit, a rate for a share. ``times`` is the
    count a ``for_each`` row was multiplied by; ``because`` holds the facts its conditions read.
    """

    charge: str
    verb: Verb | Literal["rounds", "steps"]
    value: Decimal
    before: Decimal | None
    after: Decimal
    rule: str
    label: Text
    rationale: str
    source: str
    times: Decimal | None = None
    because: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotApplied:
    """A row that did not apply, with the column that failed, its cell, and the fact as it is."""

    charge: str
    verb: Verb | Literal["steps"]
    value: Decimal
    rule: str
    label: Text
    column: str
    cell: str
    found: Value


@dataclass(frozen=True, kw_only=True)
class Priced:
    """Terms with their trace. ``steps`` are in the order they ran; ``facts`` are what they read.

    ``monthly`` is what the fixed charges come to in a month, ``once`` what is charged once; shares and
    unit prices depend on what will be counted and are in neither.
    """

    terms: Terms
    steps: tuple[Step, ...]
    not_applied: tuple[NotApplied, ...]
    facts: Facts
    difficulty: Difficulty | None
    edition: str

    @property
    def monthly(self) -> Decimal:
        return self.terms.fixed("month")

    @property
    def once(self) -> Decimal:
        return self.terms.fixed("once")

    @property
    def first_year(self) -> Decimal:
        """The fixed charges of the term, of its first twelve months if it is longer or open."""
        return _first_year(self.terms)


@dataclass(frozen=True, kw_only=True)
class Swing:
    """What an unknown fact can do to the price, all other facts as they are.

    ``low`` and ``high`` are the lowest and highest monthly price over the possible answers,
    ``low_answer`` and ``high_answer`` the answers that give them; ``first_year`` the same for the fixed
    charges of the first twelve months. ``moves`` names the charges that differ between answers.
    """

    fact: str
    low: Decimal
    high: Decimal
    low_answer: Value
    high_answer: Value
    first_year: tuple[Decimal, Decimal]
    moves: tuple[str, ...]


def price(brief: Brief, card: RateCard, difficulty: Difficulty | None) -> Priced:
    """The terms ``card`` gives ``brief``, with the trace of every amount.

    >>> from estimator.rules.rules import open_rules
    >>> priced = price(Brief(service_model="whole_shop", stage="cold"), open_rules().edition, None)
    >>> priced.monthly
    Decimal('7150')
    >>> [step.rule for step in priced.steps if step.charge == "base_fee" and step.before != step.after]
    ['base_fee.csv:2#base.whole_shop', 'stage.csv:2#stage.cold']

    Raises ``QuotecastError`` if amounts are in another currency, or where the card gives no price.
    """
    if brief.currency != card.heading.currency:
        raise fail("currency_not_priced", "currency", found=brief.currency, expected=card.heading.currency)
    return priced_at(facts(brief, difficulty), card, difficulty)


def swings(brief: Brief, card: RateCard, difficulty: Difficulty | None) -> tuple[Swing, ...]:
    """What each unknown fact can do to the price, the largest first.

    Only facts that a row of ``card`` reads, and that can change something here, are asked. KPI difficulty
    is asked only while there is no goal: afterwards it is forecast, not answered.

    >>> from estimator.rules.rules import open_rules
    >>> found = swings(Brief(service_model="whole_shop"), open_rules().edition, None)
    >>> swing = next(swing for swing in found if swing.fact == "settlement")
    >>> str(swing.low), swing.low_answer, str(swing.high), swing.high_answer
    ('2600', 'performance', '7500', 'fixed')
    """
    now = price(brief, card, difficulty)
    asked = [
        name
        for name in card.reads
        if now.facts[name] is None and not (name == "kpi_difficulty" and brief.goals)
    ]
    found = (_swing(name, now, card) for name in asked)
    return tuple(
        sorted(
            (swing for swing in found if swing is not None),
            key=lambda s: (s.low - s.high, s.first_year[0] - s.first_year[1], s.fact),
        )
    )


def range_over(now: Priced, found: tuple[Swing, ...]) -> tuple[Decimal, Decimal]:
    """The lowest and highest monthly price over the swings of ``now``."""
    lows, highs = [swing.low for swing in found], [swing.high for swing in found]
    return min([now.monthly, *lows]), max([now.monthly, *highs])


def priced_at(known: Facts, card: RateCard, difficulty: Difficulty | None) -> Priced:
    """The price at facts that stand outside a brief: one of them answered, or an example's."""
    steps: list[Step] = []
    passed: list[NotApplied] = []
    charges: list[Listed] = []
    covers: set[Covered] = set()
    applying: dict[str, list[Rule]] = {}
    for table in card.tables:
        for rule in sorted(table.rules, key=lambda rule: rule.id):
            if (column := rule.failing(known)) is None:
                applying.setdefault(rule.charge, []).append(rule)
            else:
                passed.append(_passed(rule, column, known))
    for row in sorted(card.charges, key=lambda row: (row.position, row.id)):
        charge = _listed(row, applying.get(row.id, []), known, card, steps, passed)
        if charge is not None:
            charges.append(charge)
            covers |= row.covers
    clauses = [row for row in card.clauses if row.failing(known) is None]
    tax = next((row.text for row in clauses if row.kind == "tax"), None)
    printed = [Clause(id=r.id, kind=r.kind, text=r.text, rule=r.rule) for r in clauses]
    return Priced(
        terms=_terms(charges, known, card, covers=covers, tax=tax, clauses=printed),
        steps=tuple(steps),
        not_applied=tuple(passed),
        facts=known,
        difficulty=difficulty,
        edition=card.id,
    )


def _listed(
    row: ChargeRow,
    applying: list[Rule],
    known: Facts,
    card: RateCard,
    steps: list[Step],
    passed: list[NotApplied],
) -> Listed | None:
    """The charge that the rules applying to it give; None where there is none."""
    rules = sorted(applying, key=lambda rule: VERBS.index(rule.verb))
    if not rules or rules[0].verb not in ("sets", "adds"):
        return None
    amount = _run(row, rules, known, card, steps)
    return _charge(row, rules[0].rule, amount, _reached(row, known, card, steps, passed), known)


def _terms(charges: list[Listed], known: Facts, card: RateCard, **besides: Any) -> Terms:
    if not charges:
        missing = ", ".join(name for name in card.reads if known[name] is None)
        raise fail("no_price", card.id, found=missing)
    months = _count(known, "contract_months")
    content = {
        "currency": card.heading.currency,
        "months": None if months is None else int(months),
        "charges": charges,
        **besides,
    }
    return validated(Terms, content, card.id)


def _run(row: ChargeRow, rules: list[Rule], known: Facts, card: RateCard, steps: list[Step]) -> Decimal:
    """The number the rules, in the order of their verbs, make of one charge; each adds its step."""
    amount = Decimal(0)
    with localcontext(NO_ROUNDING):
        for rule in rules:
            times = _count(known, rule.for_each) if rule.for_each else None
            value = rule.value if times is None else rule.value * times
            match rule.verb:
                case "sets" | "adds":
                    after = amount + value
                case "scales":
                    after = amount * value
                case _:
                    continue
            steps.append(_step(rule, known, None if rule is rules[0] else amount, after, times))
            amount = after
    amount = _rounded(row, amount, card, steps)
    for rule in rules:
        held = {"at_least": max, "at_most": min}.get(rule.verb, lambda now, _: now)(amount, rule.value)
        if held != amount:
            steps.append(_step(rule, known, amount, held, None))
        amount = held
    return amount


def _rounded(row: ChargeRow, amount: Decimal, card: RateCard, steps: list[Step]) -> Decimal:
    rounding = card.heading.rounding.get(row.id)
    if rounding is None:
        return amount
    after = round_half_up(amount, rounding.step)
    if after != amount:
        steps.append(
            Step(
                charge=row.id,
                verb="rounds",
                value=rounding.step,
                before=amount,
                after=after,
                rule=f"card.toml#rounding.{row.id}",
                label=rounding.label,
                rationale=rounding.rationale,
                source=rounding.source,
            )
        )
    return after


def _step(rule: Rule, known: Facts, before: Decimal | None, after: Decimal, times: Decimal | None) -> Step:
    return Step(
        charge=rule.charge,
        verb=rule.verb,
        value=rule.value,
        before=before,
        after=after,
        rule=rule.rule,
        label=rule.text,
        rationale=rule.rationale,
        source=rule.source,
        times=times,
        because=_because(rule, known),
    )


def _because(entry: Entry, known: Facts) -> tuple[tuple[str, Value], ...]:
    return tuple((name, known[name]) for name in entry.conditions)


def _count(known: Facts, name: str) -> Decimal | None:
    value = known[name]
    return value if isinstance(value, Decimal) else None


def _baseline(row: ChargeRow, known: Facts) -> Decimal | None:
    """The stated monthly baseline; None where the charge has none, or it is unknown or nothing."""
    return (_count(known, row.baseline) if row.baseline else None) or None


def _reached(
    row: ChargeRow, known: Facts, card: RateCard, steps: list[Step], passed: list[NotApplied]
) -> tuple[RateStep, ...]:
    """The further rates of a share, rising; none where it counts multiples of an unknown baseline."""
    found = []
    for step in card.steps:
        if step.charge != row.id:
            continue
        column = step.failing(known)
        if column is None and row.baseline and _baseline(row, known) is None:
            column = row.baseline
        if column is None:
            found.append(step)
        else:
            passed.append(_passed(step, column, known))
    found.sort(key=lambda step: step.above)
    steps += [
        Step(
            charge=row.id,
            verb="steps",
            value=step.above,
            before=None,
            after=step.rate,
            rule=step.rule,
            label=step.text,
            rationale=step.rationale,
            source=step.source,
            because=_because(step, known),
        )
        for step in found
    ]
    return tuple(found)


def _charge(
    row: ChargeRow, rule: str, amount: Decimal, reached: tuple[RateStep, ...], known: Facts
) -> Listed | None:
    """The charge as it is signed; None where it comes to nothing whatever is counted."""
    if not amount and not any(step.rate for step in reached):
        return None
    own: dict[str, Any] = {
        "id": row.id,
        "label": row.text,
        "rule": rule,
        "settles": row.settles,
        "due_days": row.due_days,
    }
    if row.kind == "fixed":
        return Fixed(**own, amount=amount)
    of = Quantity(of=(str(row.of),))
    if row.kind == "per_unit":
        return PerUnit(**own, of=of, price=amount, pack=row.pack, included=row.included)
    baseline = _baseline(row, known)
    months = {"quarter": Decimal(QUARTER), "term": _count(known, "contract_months")}.get(row.settles) or 1
    edges = [
        step.above * months if baseline is None else (step.above - 1) * baseline * months for step in reached
    ]
    tiers = Tiers(above=(Decimal(0), *edges), rate=(amount, *(step.rate for step in reached)))
    return ShareOf(**own, of=of, tiers=tiers, baseline=baseline or Decimal(0))


def _passed(entry: Rule | RateStep, column: str, known: Facts) -> NotApplied:
    cell = entry.conditions.get(column)
    return NotApplied(
        charge=entry.charge,
        verb=entry.verb if isinstance(entry, Rule) else "steps",
        value=entry.value if isinstance(entry, Rule) else entry.rate,
        rule=entry.rule,
        label=entry.text,
        column=column,
        cell=cell.text if cell else ">0",
        found=known[column],
    )


def _first_year(terms: Terms) -> Decimal:
    return terms.fixed("once") + terms.fixed("month") * min(terms.months or 12, 12)


def _swing(name: str, now: Priced, card: RateCard) -> Swing | None:
    touched = [row for row in card.charges if name in _reads(row, card)]
    rules = {row.id: [rule for rule in card.rules if rule.charge == row.id] for row in touched}
    signed = {charge.id: charge for charge in now.terms.charges}
    moves: set[str] = set()
    answered: list[tuple[Value, Decimal, Decimal]] = []
    for answer in card.answers(name):
        known = {**now.facts, name: answer}
        charges: dict[str, Any] = dict(signed)
        for row in touched:
            applying = [rule for rule in rules[row.id] if rule.failing(known) is None]
            charges[row.id] = _listed(row, applying, known, card, [], [])
        moves |= {row.id for row in touched if _differ(charges[row.id], signed.get(row.id))}
        terms = _terms([charge for charge in charges.values() if charge is not None], known, card)
        answered.append((answer, terms.fixed("month"), _first_year(terms)))
    if not moves:
        return None
    low = min(answered, key=lambda found: found[1:])
    high = max(answered, key=lambda found: found[1:])
    years = [first_year for _, _, first_year in answered]
    return Swing(
        fact=name,
        low=low[1],
        high=high[1],
        low_answer=low[0],
        high_answer=high[0],
        first_year=(min(years), max(years)),
        moves=tuple(sorted(moves)),
    )


def _reads(row: ChargeRow, card: RateCard) -> set[str | None]:
    """The facts that the content of a charge depends on."""
    rules = [rule for rule in card.rules if rule.charge == row.id]
    steps = [step for step in card.steps if step.charge == row.id]
    found = {name for entry in (*rules, *steps) for name in entry.conditions}
    length = {"contract_months"} if row.settles == "term" else set()
    return {*found, *(rule.for_each for rule in rules), row.baseline, *length}


def _differ(one: Listed | None, other: Any) -> bool:
    """Whether the charges are not the same, whichever rule gave them."""
    if one is None or other is None:
        return one is not other
    return bool(one != other.model_copy(update={"rule": one.rule}))


class PriceList:
    """An edition's prices for many briefs: each charge is worked once for all that its rows tell apart.

    ``terms`` and ``monthly_range`` are what ``price`` and ``range_over`` give, without the trace;
    ``swings`` are those of the card.

    >>> from estimator.rules.rules import open_rules
    >>> card = open_rules().edition
    >>> known = facts(Brief(service_model="whole_shop", stage="cold"), None)
    >>> PriceList(card).terms(known) == priced_at(known, card, None).terms
    True
    """

    def __init__(self, card: RateCard) -> None:
        self._card = card
        self._rows = [_Worked(row, card) for row in sorted(card.charges, key=lambda r: (r.position, r.id))]
        self._monthly = [worked for worked in self._rows if worked.monthly]
        cells: dict[str, dict[str, Condition]] = {name: {} for name in card.reads}
        for entry in card.pricing:
            for name, cell in entry.conditions.items():
                cells[name][cell.text] = cell
        self._cells = {name: tuple(found.values()) for name, found in cells.items()}
        self._words: dict[tuple[str, Value], tuple[bool, ...]] = {}
        self._answers = {
            name: [(answer, self._told(name, answer)) for answer in card.answers(name)] for name in card.reads
        }
        self._moved_by = {
            name: [worked for worked in self._monthly if name in worked.reads] for name in card.reads
        }
        self._terms: dict[Any, Terms] = {}
        self._swings: dict[Any, tuple[Swing, ...]] = {}
        self._ranges: dict[Any, tuple[Decimal, Decimal]] = {}

    def terms(self, known: Facts) -> Terms:
        """The list terms at these facts. Raises ``QuotecastError`` where the card gives no price."""
        told = self._all_told(known)
        listed = [(worked, worked.charge(known, told)) for worked in self._rows]
        charges = [charge for _, charge in listed if charge is not None]
        clauses = [row for row in self._card.clauses if row.failing(known) is None]
        key = (tuple(charges), known["contract_months"], tuple(row.id for row in clauses))
        if key not in self._terms:
            covers = {cost for worked, charge in listed if charge is not None for cost in worked.row.covers}
            tax = next((row.text for row in clauses if row.kind == "tax"), None)
            printed = [Clause(id=r.id, kind=r.kind, text=r.text, rule=r.rule) for r in clauses]
            made = _terms(charges, known, self._card, covers=covers, tax=tax, clauses=printed)
            _room(self._terms)[key] = made
        return self._terms[key]

    def swings(self, brief: Brief, difficulty: Difficulty | None) -> tuple[Swing, ...]:
        """As ``swings`` of the card, kept for every brief that prices cannot tell from this one."""
        known = facts(brief, difficulty)
        key = (bool(brief.goals), *(known[name] for name in self._card.reads))
        if key not in self._swings:
            _room(self._swings)[key] = swings(brief, self._card, difficulty)
        return self._swings[key]

    def monthly_range(self, known: Facts, *, has_goals: bool) -> tuple[Decimal, Decimal]:
        """The lowest and highest monthly price over all unknown facts, one answered at a time."""
        told = self._all_told(known)
        asked = [name for name, moved in self._moved_by.items() if moved and known[name] is None]
        if has_goals and "kpi_difficulty" in asked:
            asked.remove("kpi_difficulty")
        key = (*asked, *(worked.key(known, told) for worked in self._monthly))
        if key not in self._ranges:
            now = sum((worked.amount(known, told) for worked in self._monthly), Decimal(0))
            found = [now]
            for name in asked:
                moved = self._moved_by[name]
                before = sum((worked.amount(known, told) for worked in moved), Decimal(0))
                for answer, answer_told in self._answers[name]:
                    answered, all_told = {**known, name: answer}, {**told, name: answer_told}
                    after = sum((worked.amount(answered, all_told) for worked in moved), Decimal(0))
                    found.append(now - before + after)
            _room(self._ranges)[key] = (min(found), max(found))
        return self._ranges[key]

    def _all_told(self, known: Facts) -> dict[str, tuple[bool, ...]]:
        return {name: self._told(name, known[name]) for name in self._cells}

    def _told(self, name: str, value: Value) -> tuple[bool, ...]:
        """Which cells of the edition hold for a fact's value: values that agree cost the same."""
        if isinstance(value, Decimal):
            return tuple(cell.holds(value) for cell in self._cells[name])
        key = (name, value)
        if key not in self._words:
            self._words[key] = tuple(cell.holds(value) for cell in self._cells[name])
        return self._words[key]


MOST_KEPT = 2_000
"""Combinations that a price list keeps; then it begins anew."""


def _room(kept: dict[Any, Any]) -> dict[Any, Any]:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    return kept


class _Worked:
    """One charge of a card, kept for every combination of what its rows tell apart."""

    def __init__(self, row: ChargeRow, card: RateCard) -> None:
        self.row, self._card = row, card
        self._rules = [
            rule
            for table in card.tables
            for rule in sorted(table.rules, key=lambda rule: rule.id)
            if rule.charge == row.id
        ]
        self.monthly = row.kind == "fixed" and row.settles == "month"
        self.reads = sorted(name for name in _reads(row, card) if name)
        self._counts = {rule.for_each for rule in self._rules} | {row.baseline}
        self._counts |= {"contract_months"} if row.settles == "term" else set()
        self._kept: dict[Any, Listed | None] = {}

    def key(self, known: Facts, told: Mapping[str, tuple[bool, ...]]) -> tuple[Any, ...]:
        """What tells two briefs apart for this charge."""
        return tuple(
            (known[name], told.get(name)) if name in self._counts else told[name] for name in self.reads
        )

    def charge(self, known: Facts, told: Mapping[str, tuple[bool, ...]]) -> Listed | None:
        key = self.key(known, told)
        if key not in self._kept:
            applying = [rule for rule in self._rules if rule.failing(known) is None]
            _room(self._kept)[key] = _listed(self.row, applying, known, self._card, [], [])
        return self._kept[key]

    def amount(self, known: Facts, told: Mapping[str, tuple[bool, ...]]) -> Decimal:
        """What the charge comes to in a month, where it is fixed."""
        charge = self.charge(known, told)
        return charge.amount if isinstance(charge, Fixed) else Decimal(0)
