"""A comparison as JSON for machines and as lines to read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from estimator.comparing.comparison import Comparison
from estimator.comparing.crossover import Crossover
from estimator.comparing.flip import Flip
from estimator.comparing.row import Compared
from estimator.comparing.tipping import ADS
from estimator.market.assumptions import Assumption
from estimator.presentation.assumptions import ASSUMPTIONS, range_words, typed_range_of
from estimator.presentation.heading import state_lines
from estimator.presentation.phrases import goal_words, months, probability
from estimator.presentation.words import MINUS, Words, about, mark
from estimator.presentation.worth_words import worth_lines
from estimator.promise.answer import GoalAnswer
from estimator.schemas.worth import WorthAnswer

BLOCKS = (
    ("agency_fee", mark("agency fee")),
    ("passed_through", mark("passed through")),
    ("platform_take", mark("platform take")),
    ("own_team", mark("own team")),
)
"""What an all-in cost is made of."""


def as_text(
    comparison: Comparison,
    flips: Sequence[Flip],
    crossovers: Sequence[Crossover],
    words: Words,
    worth: WorthAnswer | None = None,
) -> str:
    """The comparison as lines to read aloud; money is a month's."""
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}
    lines = [
        *state_lines(comparison.rules, words),
        words.say(
            "{count} offers over {months}, each on the same {points} draws; amounts are a month’s.",
            count=len(comparison.offers),
            months=months(comparison.months, words),
            points=words.number(comparison.points),
        ),
    ]
    for offer in comparison.offers:
        lines += ["", names[offer.id]]
        lines += [f"  {line}" for line in offer_lines(offer, comparison, words)]
    lines.append("")
    if worth is not None:
        lines += [*worth_lines(worth, words), ""]
    if not comparison.of_scenarios:
        lines += verdict_lines(comparison, words)
    lines += turn_lines(comparison, flips, words)
    lines += [crossover_words(crossing, comparison, words) for crossing in crossovers]
    lines.append(words.say("These are scenarios under stated assumptions, not measurements."))
    return "\n".join(lines)


def offer_name(offer: Compared, comparison: Comparison, words: Words) -> str:
    """An offer's name, with its scenario where several are compared."""
    label = words.of(offer.label)
    if len({other.scenario for other in comparison.offers}) > 1:
        label = f"{label} · {words.of(comparison.rules.scenarios[offer.scenario].label)}"
    return label


def offer_lines(offer: Compared, comparison: Comparison, words: Words) -> list[str]:
    """What one offer comes to, in sentences."""
    if offer.idle:
        return [words.say("Assumed: {text}", text=words.of(text)) for text in offer.assumptions]

    def said(amount: float) -> str:
        return words.money(about(amount), comparison.currency)

    cost, profit = offer.monthly(offer.all_in_cost), offer.monthly(offer.seller_profit)
    blocks = [
        words.say("{what} {amount}", what=words.say(label), amount=said(offer.monthly(block).mean))
        for name, label in BLOCKS
        if (block := getattr(offer, name)).mean >= 0.5
    ]
    loss = probability(offer.loss_probability, words)
    lines = [
        words.say(
            "All-in cost, on average {amount}: {blocks}.", amount=said(cost.mean), blocks=words.both(blocks)
        ),
        words.say(
            "Seller’s profit {middle}, in 8 of 10 outcomes {low} to {high}; a loss in {loss}.",
            middle=said(profit.p50),
            low=said(profit.p10),
            high=said(profit.p90),
            loss=loss,
        ),
        words.say(
            "Cash low point {amount} over the whole span; sells after {weeks} weeks.",
            amount=said(offer.cash_low.p50),
            weeks=words.number(offer.start_weeks),
        )
        if offer.start_weeks >= 0.5
        else words.say(
            "Cash low point {amount} over the whole span; sells from the first day.",
            amount=said(offer.cash_low.p50),
        ),
    ]
    lines += [goal_line(chance, comparison.currency, words) for chance in offer.goals]
    lines.append(risk_words(offer, words))
    if offer.ads_from_fee is not None:
        amount = said(offer.ads_from_fee)
        lines.append(words.say("Its fee is assumed to buy ads for {amount}.", amount=amount))
    lines += [words.say("Assumed: {text}", text=words.of(text)) for text in offer.assumptions]
    return lines


def goal_line(chance: GoalAnswer, currency: str, words: Words) -> str:
    """A goal's probability under an offer, or why there is none."""
    goal = chance.goal
    title = goal_words(goal, words, currency)
    if chance.probability is None:
        assert chance.reason is not None
        return words.say("{title}: {text}", title=title, text=words.say(WHY_NO_CHANCE[chance.reason]))
    return words.say("{title}: {text}", title=title, text=probability(chance.probability, words))


WHY_NO_CHANCE: Mapping[str, str] = {
    "not_forecast": mark("no probability is given"),
    "not_measurable": mark("no platform reports it as defined"),
    "ads_in_fee": mark("the fee pays for the ads, so the offer’s own clause decides"),
}
RISK_HOLDERS: tuple[tuple[str, str], ...] = (
    ("seller", mark("the seller")),
    ("agency", mark("the agency")),
    ("platform", mark("the platform")),
    ("creators", mark("creators")),
)


def risk_words(offer: Compared, words: Words) -> str:
    """Who loses how much of a dollar when sales fall by a fifth."""
    parts = [
        words.say("{what} {amount}", what=words.say(label), amount=words.percent(share))
        for name, label in RISK_HOLDERS
        if (share := getattr(offer.risk, name)) >= 0.005
    ]
    return words.say("If sales fall by a fifth, the loss falls on: {parts}.", parts=words.both(parts))


def verdict_lines(comparison: Comparison, words: Words) -> list[str]:
    """Which offer is best in the middle, which in a poor outcome, who beats whom, who is dominated."""
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}
    if comparison.best == comparison.safest:
        lines = [
            words.say(
                "{offer} is best in the middle and in a poor outcome alike.", offer=names[comparison.best]
            )
        ]
    else:
        lines = [
            words.say(
                "{best} is best in the middle, {safest} in a poor outcome.",
                best=names[comparison.best],
                safest=names[comparison.safest],
            )
        ]
    for name in names:
        if name != comparison.best:
            chance = probability(comparison.beats[comparison.best][name], words)
            lines.append(
                words.say(
                    "{one} beats {other} in {chance} of the same outcomes.",
                    one=names[comparison.best],
                    other=names[name],
                    chance=chance,
                )
            )
    if comparison.best_available is None:
        lines.append(words.say("None of these can be recommended: their rows say why."))
    for name, by in comparison.dominated.items():
        if by:
            others = words.both([names[other] for other in by])
            lines.append(
                words.say(
                    "{offer} leaves less, in the middle and in a poor outcome, than: {others}.",
                    offer=names[name],
                    others=others,
                )
            )
    return lines


def turn_lines(comparison: Comparison, flips: Sequence[Flip], words: Words) -> list[str]:
    """A sentence for every pair: what would turn its order, or that nothing looked at does."""
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}
    lines = []
    for better, other in dict.fromkeys((flip.better, flip.other) for flip in flips):
        turns = [
            flip_words(flip, comparison, words)
            for flip in flips
            if (flip.better, flip.other) == (better, other) and flip.value is not None
        ]
        title = words.say("{other} before {better}", other=names[other], better=names[better])
        text = words.say("; or ").join(turns) if turns else words.say("nothing looked at turns it")
        lines.append(words.say("{title}: {text}", title=title, text=text))
    return lines


def flip_words(flip: Flip, comparison: Comparison, words: Words) -> str:
    """What would turn the order of two offers, or why this does not."""

    def said(amount: float) -> str:
        return words.money(about(amount), comparison.currency)

    if flip.value is None:
        return words.say(NO_FLIP[flip.kind, flip.reason or "never"])
    assert flip.assumed is not None
    if flip.kind in ("sales", "its_sales"):
        assert flip.gmv is not None and flip.roas is not None
        message = FLIP_SALES[flip.kind, flip.value > 1, flip.roas[1] is not None]
        return words.say(
            message,
            gmv=said(flip.gmv[1]),
            roas=words.number(flip.roas[1] or 0.0, 1),
            factor=words.number(flip.value, 2),
        )
    if flip.kind == "own_team":
        below = flip.value < flip.assumed
        message = FLIP_TEAM[below]
        return words.say(
            message,
            offer=offer_name(comparison.offer(flip.of or flip.other), comparison, words),
            amount=said(flip.value),
            assumed=said(flip.assumed),
        )
    if flip.kind == "length":
        return words.say(FLIP_LENGTH[flip.value > flip.assumed], month=words.number(flip.value))
    assert flip.row is not None
    name = flip.row.quantity.partition(".")[0]
    label = SHARE_OF_ADS if name == ADS else ASSUMPTIONS.get(name, name)
    return words.say(
        "if {what} is {value} instead of {assumed}",
        what=words.within(words.say(label)),
        value=_figure(flip.row, flip.value, words),
        assumed=_figure(flip.row, flip.assumed, words),
    )


def _figure(row: Assumption, value: float, words: Words) -> str:
    """A value of an assumption as its range is written."""
    one = row.model_copy(update={"low": value, "high": value})
    return typed_range_of(one).replace("-", MINUS) if row.unit.startswith("log") else range_words(one, words)


SHARE_OF_ADS = mark("Share of GMV that the fee spends on ads")
NO_FLIP: Mapping[tuple[str, str], str] = {
    ("sales", "never"): mark("no common level of sales turns it, from a fifth to five times"),
    ("its_sales", "never"): mark("no level of its own sales turns it, from a fifth to five times"),
    ("own_team", "no_team"): mark("neither has people of its own to pay"),
    ("own_team", "even_free"): mark("not even if its own team were free"),
    ("length", "never"): mark("no length up to two years turns it"),
}
FLIP_SALES: Mapping[tuple[str, bool, bool], str] = {
    ("sales", True, True): mark(
        "if everything sells {factor} times as well: from GMV {gmv} a month, ROAS {roas}"
    ),
    ("sales", False, True): mark(
        "if everything sells {factor} times as much or less: GMV {gmv} a month, ROAS {roas}"
    ),
    ("sales", True, False): mark("if everything sells {factor} times as well: from GMV {gmv} a month"),
    ("sales", False, False): mark("if everything sells {factor} times as much or less: GMV {gmv} a month"),
    ("its_sales", True, True): mark(
        "if it alone sells {factor} times as well as assumed: from GMV {gmv} a month, ROAS {roas}"
    ),
    ("its_sales", False, True): mark(
        "if it alone sells {factor} times as much as assumed: GMV {gmv} a month, ROAS {roas}"
    ),
    ("its_sales", True, False): mark(
        "if it alone sells {factor} times as well as assumed: from GMV {gmv} a month"
    ),
    ("its_sales", False, False): mark(
        "if it alone sells {factor} times as much as assumed: GMV {gmv} a month"
    ),
}
FLIP_TEAM: Mapping[bool, str] = {
    True: mark("if the own team of {offer} costs under {amount} a month, assumed {assumed}"),
    False: mark("if the own team of {offer} costs over {amount} a month, assumed {assumed}"),
}
FLIP_LENGTH: Mapping[bool, str] = {
    True: mark("if it runs to month {month} or longer on the same terms"),
    False: mark("if it ends by month {month}"),
}


def crossover_words(crossing: Crossover, comparison: Comparison, words: Words) -> str:
    """Where two all-in costs meet, or that they do not, and what the other must sell to be worth it."""
    names = {offer.id: offer_name(offer, comparison, words) for offer in comparison.offers}

    def said(amount: float) -> str:
        return words.money(about(amount), comparison.currency)

    plan, other = names[crossing.plan], names[crossing.other]
    if crossing.reached and crossing.gmv is not None:
        first = words.say(
            "{plan} and {other} cost the same all in at GMV {gmv} a month; below that {cheaper} costs less.",
            plan=plan,
            other=other,
            gmv=said(crossing.gmv),
            cheaper=names[crossing.cheaper_below],
        )
    else:
        first = words.say(
            "At no GMV within reach do {plan} and {other} cost the same all in; {cheaper} costs less.",
            plan=plan,
            other=other,
            cheaper=names[crossing.cheaper_below],
        )
    if crossing.needed is None or crossing.more is None:
        return first + words.say(" No GMV makes {other} worth its fee.", other=other)
    return first + words.say(
        " To leave the seller as much, {other} must sell {needed} a month, {more} more than {plan} does; "
        "it is assumed to sell {sells}.",
        other=other,
        plan=plan,
        needed=said(crossing.needed),
        more=said(crossing.more),
        sells=said(crossing.sells[1]),
    )
