"""Is it worth it? As today, by ourselves, with an agency: three rows, what is added, and one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estimator.comparing.worth import Act, Alternative
from estimator.comparing.worth_turns import What
from estimator.presentation.fee_words import short_terms
from estimator.presentation.phrases import chance_words, months
from estimator.presentation.words import LANGUAGES, NONE, Words, about, mark
from estimator.rules.rules import Rules
from estimator.schemas.parts import Range
from estimator.schemas.worth import WorthAnswer, WorthTurn, WorthWay
from estimator.values.text import Text


@dataclass(frozen=True, kw_only=True)
class WorthRow:
    """One way: profit with its range, chance of a loss, cash needed; ``note`` where it cannot be had."""

    label: str
    profit: str
    range: str
    loss: str
    cash: str


@dataclass(frozen=True, kw_only=True)
class WorthView:
    """What a page shows: ``sentence`` is the ``advice`` with what would turn it."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[WorthRow, ...]
    added: tuple[str, ...]
    advice: str
    sentence: str
    rule: str


def title(words: Words) -> str:
    """The question that all of it answers."""
    return words.say("Is it worth it?")


def worth_view(worth: WorthAnswer, words: Words) -> WorthView:
    """The worth of an agency for a page or a paper."""
    return WorthView(
        title=title(words),
        heads=(
            words.say("Over {term}", term=months(worth.months, words)),
            words.to(mark("Your profit, middle outcome"), mark("Seller’s profit, middle outcome")),
            words.say("8 in 10 outcomes"),
            words.say("Chance of a loss"),
            words.say("Cash needed"),
        ),
        rows=tuple(
            _row(label, way, worth, words)
            for label, way in (
                (_today(worth, words), worth.as_today),
                (words.say("By ourselves: an own team"), worth.ourselves),
                (
                    words.say(
                        "With an agency ({name}): {terms}",
                        name=words.of(worth.agency.label),
                        terms=short_terms(worth.terms, worth.currency, words),
                    ),
                    worth.agency,
                ),
            )
        ),
        added=tuple(_added(worth, words)),
        advice=advice(worth, words),
        sentence=both(worth, words),
        rule=words.say(
            "Sign: a profit, and more than every other way, in {sign} of outcomes at least; test first: in "
            "{test}. Profit is after own staff, median outcomes.",
            sign=words.percent(worth.sign_from),
            test=words.percent(worth.test_from),
        ),
    )


def worth_lines(worth: WorthAnswer, words: Words) -> Iterator[str]:
    """The same as lines to read aloud."""
    view = worth_view(worth, words)
    yield view.title
    for row in view.rows:
        if row.range == NONE:
            yield "  " + words.say("{way}: nothing sold, nothing lost", way=row.label)
            continue
        yield "  " + words.say(
            "{way}: profit {profit} ({range}), a loss in {loss}, cash needed {cash}",
            way=row.label,
            profit=row.profit,
            range=row.range,
            loss=row.loss,
            cash=row.cash,
        )
    yield from (f"  {line}" for line in view.added)
    yield f"  {said(worth, words)}"
    yield f"  {view.rule}"


def said(worth: WorthAnswer, words: Words) -> str:
    """The recommendation and what would turn it, as it is printed and read aloud."""
    return both(worth, words).replace("**", "")


def both(worth: WorthAnswer, words: Words) -> str:
    """The recommendation, what it takes of the own team, then what would turn it."""
    between = "" if words.language == "zh" else " "
    return between.join(filter(None, (advice(worth, words), team(worth, words), turns(worth, words))))


def with_sentence(worth: WorthAnswer, rules: Rules) -> WorthAnswer:
    """The same with the recommendation in both languages, for whoever reads data."""
    both = {language: said(worth, Words(language, vocabulary=rules.vocabulary)) for language in LANGUAGES}
    return worth.model_copy(update={"sentence": Text(**both)})


def advice(worth: WorthAnswer, words: Words) -> str:
    """The recommendation in one sentence, each claim with its probability."""
    least, agency = worth.least, worth.agency
    loss = agency.loss.probability if agency.loss is not None else 0.0
    values = {
        "terms": short_terms(worth.terms, worth.currency, words),
        "term": months(worth.months, words),
        "other": _other(least.over, worth, words),
        "chance": chance_words(least.positive.probability, words),
        "amount": _money(least.amount.p50, worth, words, signed=True),
        "gains": chance_words(1 - loss, words),
        "profit": _money(agency.profit.p50, worth, words, signed=True),
    }
    # where nothing runs, more than today is a profit: it is said once
    idle = worth.as_today.loss is None and least.over == "today"
    if worth.act in ("sign", "test"):
        return words.say(_FOR[worth.act, idle], **values)
    if worth.act == "none":
        return words.say(_AGAINST[1 - loss < worth.test_from or idle], **values)
    way = worth.ourselves if worth.act == "ourselves" else worth.as_today
    left = _money(way.profit.p50, worth, words, signed=True)
    ahead = next((one.positive.probability for one in worth.added if one.over == worth.act), 0.0)
    return words.say(
        _INSTEAD[worth.act], left=left, ahead=chance_words(ahead, words), term=months(worth.months, words)
    )


_FOR: Mapping[tuple[Act, bool], str] = {
    ("sign", True): mark(
        "**Sign at {terms}**: it leaves a profit in {gains} of outcomes, {profit} over {term} in the middle."
    ),
    ("sign", False): mark(
        "**Sign at {terms}**: it leaves more than {other} in {chance} of outcomes, {amount} over {term} in "
        "the middle."
    ),
    ("test", True): mark(
        "**Test first**: a profit in {gains} of outcomes, {profit} over {term} in the middle, is too open "
        "to sign and too good to leave."
    ),
    ("test", False): mark(
        "**Test first**: more than {other} in {chance} of outcomes, {amount} over {term} in the middle, is "
        "too open to sign and too good to leave."
    ),
}
_AGAINST: Mapping[bool, str] = {
    True: mark(
        "**Do not sign at these terms**: they leave a profit in {gains} of outcomes, {profit} over "
        "{term} in the middle."
    ),
    False: mark(
        "**Do not sign at these terms**: they leave more than {other} in {chance} of outcomes, and no "
        "way leaves a profit in the middle."
    ),
}
_INSTEAD: Mapping[Act, str] = {
    "ourselves": mark(
        "**Do it yourselves**: an own team leaves {left} over {term} in the middle, and the agency more in "
        "{ahead} of outcomes."
    ),
    "today": mark(
        "**Go on as today**: that leaves {left} over {term} in the middle, and the agency more in "
        "{ahead} of outcomes."
    ),
}


def team(worth: WorthAnswer, words: Words) -> str:
    """What becomes of the own team whose work an agency takes over; empty where the advice is not for one."""
    if worth.team is None or worth.act not in ("sign", "test"):
        return ""
    stays = worth.team.stays
    return words.say(
        "This assumes that the own team ({pay} over {term}) is no longer paid for this work; if it is, the "
        "agency leaves more than {other} in {chance} of outcomes.",
        pay=_money(worth.team.pay.p50, worth, words),
        term=months(worth.months, words),
        other=_other(stays.over, worth, words),
        chance=chance_words(stays.positive.probability, words),
    )


def turns(worth: WorthAnswer, words: Words) -> str:
    """What alone would turn the recommendation, as it was worked out; that nothing would, where it is so."""
    signs = worth.act == "sign"
    if not worth.turns:
        if signs:
            return words.say("No base fee, sales or landed cost looked at would turn it.")
        return words.say("No lower base fee, higher sales or lower landed cost alone would make it “sign”.")
    changes = words.say(" or if ").join(_turn(turn, worth, words) for turn in worth.turns)
    if len(worth.turns) > 1:
        changes = words.say("{changes}, each alone", changes=changes)
    if signs:
        return words.say("It ends if {changes}.", changes=changes)
    return words.say("It becomes “sign” if {changes}.", changes=changes)


def _turn(turn: WorthTurn, worth: WorthAnswer, words: Words) -> str:
    """One change as it is said, rounded to the side on which it holds."""
    if turn.what == "roas":
        value, now = words.number(turn.value, 1), words.number(turn.now, 1)
    else:
        digits = 0 if turn.what == "base" else 2
        value, now = (
            words.money(about(amount) if turn.what == "base" else amount, worth.currency, digits=digits)
            for amount in (turn.value, turn.now)
        )
    return words.say(_TURNS[turn.what, turn.value > turn.now], value=value, now=now)


_TURNS: Mapping[tuple[What, bool], str] = {
    ("base", False): mark("the base fee falls to {value} a month (now {now})"),
    ("base", True): mark("the base fee rises over {value} a month (now {now})"),
    ("roas", False): mark("the agency’s blended ROAS falls to {value} (middle outcome {now})"),
    ("roas", True): mark("the agency’s blended ROAS reaches {value} (middle outcome {now})"),
    ("landed_cost", False): mark("the landed cost falls to {value} (now {now})"),
    ("landed_cost", True): mark("the landed cost rises over {value} (now {now})"),
}


def _today(worth: WorthAnswer, words: Words) -> str:
    if worth.as_today.loss is None:
        return words.say("As today: not selling yet")
    return words.say("As today: go on without an agency")


def _other(over: Alternative, worth: WorthAnswer, words: Words) -> str:
    if over == "ourselves":
        return words.say("an own team")
    return words.say("doing nothing") if worth.as_today.loss is None else words.say("going on as today")


def _row(label: str, way: WorthWay, worth: WorthAnswer, words: Words) -> WorthRow:
    if not way.can_be:
        label = words.say("{way} (not to be had in time)", way=label)
    if way.loss is None:
        nothing = words.money(0, worth.currency)
        return WorthRow(label=label, profit=nothing, range=NONE, loss=NONE, cash=nothing)
    return WorthRow(
        label=label,
        profit=_money(way.profit.p50, worth, words, signed=True),
        range=_span(way.profit, worth, words),
        loss=chance_words(way.loss.probability, words),
        cash=_money(-min(way.cash_low.p50, 0.0), worth, words),
    )


def _added(worth: WorthAnswer, words: Words) -> Iterator[str]:
    for one in worth.added:
        yield words.say(
            "Over {other} the agency adds {amount} in the middle ({range}); it adds anything in {chance} of "
            "outcomes.",
            other=_other(one.over, worth, words),
            amount=_money(one.amount.p50, worth, words, signed=True),
            range=_span(one.amount, worth, words),
            chance=chance_words(one.positive.probability, words),
        )


def _span(amount: Range, worth: WorthAnswer, words: Words) -> str:
    low, high = (_money(end, worth, words) for end in (amount.p10, amount.p90))
    return words.say("{low} to {high}", low=low, high=high)


def _money(amount: float, worth: WorthAnswer, words: Words, *, signed: bool = False) -> str:
    return words.money(about(amount), worth.currency, signed=signed)
