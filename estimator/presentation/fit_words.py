"""A budget first, in words: what each service leaves for ads, and what to do where none fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from estimator.presentation import labels
from estimator.presentation.paper import Table
from estimator.presentation.phrases import probability
from estimator.presentation.words import NONE, Words, about, mark
from estimator.quoting.fitting import Fit


@dataclass(frozen=True, kw_only=True)
class FitWords:
    """The words of the box before a budget is typed."""

    button: str
    title: str
    lead: str
    field: str
    hint: str
    take: str


def fit_words(currency: str, words: Words) -> FitWords:
    """What the box asks for."""
    return FitWords(
        button=words.say("budget"),
        title=words.say("What fits a budget?"),
        lead=words.say(
            "All that is paid a month: the agency’s fee, ads and samples. Creators’ commission and the "
            "platform’s take come out of sales."
        ),
        field=words.say("Budget a month, all in, {currency}", currency=currency),
        hint=words.say("2,000"),
        take=words.say("Take"),
    )


def fit_said(fits: Sequence[Fit], budget: Decimal, currency: str, words: Words) -> str:
    """What the budget holds, in a sentence."""
    best, shown = fits[0], words.money(budget, currency)
    if best.ads is None:
        cheapest = min(fits, key=lambda fit: fit.least)
        return words.say(
            "No service leaves room for ads within **{budget}** a month: the least is {service}, {least} "
            "before any ads. Run the ads yourselves first, or take a paid test.",
            budget=shown,
            service=words.within(labels.answer(words, "service_model", cheapest.model)),
            least=words.money(about(cheapest.least), currency),
        )
    return words.say(
        "**{budget}** a month holds {service} with **{ads}** of ads, and {fee} of fees in a usual month.",
        budget=shown,
        service=words.within(labels.answer(words, "service_model", best.model)),
        ads=words.money(best.ads, currency),
        fee=words.money(about(best.fee), currency),
    )


def fit_table(fits: Sequence[Fit], currency: str, words: Words) -> Table:
    """Each service within the budget, the one with most ads first."""

    def row(fit: Fit) -> tuple[str, ...]:
        fitting = fit.ads is not None
        ads = words.say("from {amount}", amount=words.money(about(fit.least), currency))
        return (
            labels.answer(words, "service_model", fit.model),
            words.money(fit.ads, currency) if fit.ads is not None else ads,
            words.money(about(fit.fee), currency),
            words.money(about(fit.first_invoice), currency),
            probability(fit.chance, words) if fitting and fit.chance is not None else NONE,
            words.money(about(fit.profit), currency) if fitting else NONE,
            probability(fit.loss, words) if fitting else NONE,
        )

    heads = (
        words.say("Service model"),
        words.say("Ads a month"),
        words.say("Usual month"),
        words.say("First invoice"),
        words.say("Probability"),
        words.to(mark("Your profit a month, median"), mark("Seller’s profit a month, median")),
        words.say("Chance of a loss"),
    )
    return Table(heads=heads, rows=tuple(map(row, fits)), align="lrrrrrr")


def fit_text(fits: Sequence[Fit], budget: Decimal, currency: str, words: Words) -> str:
    """The same on the command line."""
    table = fit_table(fits, currency, words)
    lines = [fit_said(fits, budget, currency, words).replace("**", "")]
    for row in table.rows:
        told = [f"{head} {cell}" for head, cell in zip(table.heads[1:], row[1:]) if cell != NONE]
        lines.append(f"  {row[0]}: {words.apart(told)}")
    return "\n".join(lines)
