"""A comparison and its draws as tables, CSV or Parquet, safe to open in a spreadsheet.

Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from estimator.comparing.comparison import Comparison
from estimator.presentation.estimate import ROWS
from estimator.presentation.words import Words
from estimator.quoting.estimate import Estimate
from estimator.schemas.comparison import LEVELS, MONEY
from estimator.values.errors import fail

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
KINDS = (".csv", ".parquet")
QUANTILES = ("mean", "p10", "p50", "p90")
BY_DRAW = (
    "cost",
    "fee",
    "credits",
    "passed",
    "take",
    "team",
    "profit",
    "cash_low",
    "gmv",
    "ads",
)


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet computes.

    >>> harmless("=1+1"), harmless("+8.5%"), harmless("Base fee")
    ("'=1+1", "'+8.5%", 'Base fee')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith("\n") else text


def comparison_table(comparison: Comparison, words: Words) -> pd.DataFrame:
    """One row an offer: ids, names, and every figure as a number; money of the span in its currency."""
    rows = []
    for offer in comparison.offers:
        row: dict[str, str | float | bool | None] = {
            "id": harmless(offer.id),
            "offer": harmless(words.of(offer.label)),
            "scenario": harmless(offer.scenario),
            "currency": comparison.currency,
            "months": offer.months,
            "ours": offer.ours,
            "ended": offer.ended,
        }
        for name in MONEY:
            spread = getattr(offer, name)
            row |= {f"{name}_{part}": getattr(spread, part) for part in QUANTILES}
            if name not in LEVELS:
                row[f"{name}_mean_per_month"] = offer.monthly(spread).mean
        row |= {
            "roas": offer.roas,
            "start_weeks": offer.start_weeks,
            "loss_probability": offer.loss_probability.value,
            "loss_probability_error": offer.loss_probability.error,
        }
        for index, chance in enumerate(offer.goals, start=1):
            known = chance.probability
            row[f"goal_{index}"] = harmless(chance.goal.kpi.id)
            row[f"goal_{index}_probability"] = None if known is None else known.value
            row[f"goal_{index}_error"] = None if known is None else known.error
        row |= {
            f"risk_{name}": getattr(offer.risk, name) for name in ("seller", "agency", "platform", "creators")
        }
        row |= {
            f"beats_{harmless(other.id)}": None
            if other.id == offer.id
            else comparison.beats[offer.id][other.id].value
            for other in comparison.offers
        }
        row["dominated_by"] = harmless(" ".join(comparison.dominated[offer.id]))
        rows.append(row)
    return pd.DataFrame(rows)


def months_table(estimate: Estimate, words: Words) -> pd.DataFrame:
    """An estimate's months: every kind of money with its mean and range, as numbers.

    In English a column has its name in the JSON of the answer; in Chinese, the label of the page.
    """
    rows = []
    for month in estimate.by_month:
        row: dict[str, str | float] = {"month": harmless(month.month), "currency": estimate.currency}
        for name in ROWS:
            spread = getattr(month, name)
            row |= {f"{name}_{part}": getattr(spread, part) for part in QUANTILES}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table if words.language == "en" else table.rename(columns=_labelled(words))


def _labelled(words: Words) -> dict[str, str]:
    """The label of every column of the months."""
    parts = {"mean": words.say("Mean"), "p10": "P10", "p50": "P50", "p90": "P90"}
    labels = {
        f"{name}_{part}": words.say("{text} ({goals})", text=words.say(label), goals=said)
        for name, label in ROWS.items()
        for part, said in parts.items()
    }
    return {"month": words.say("Month"), "currency": words.say("Currency"), **labels}


def draws_table(comparison: Comparison) -> pd.DataFrame:
    """A row for every draw and offer, draws of one number being the same outcome under every offer."""
    frames = []
    for name, stood in comparison.standings.items():
        frame = pd.DataFrame({column: getattr(stood, column) for column in BY_DRAW})
        frame.insert(0, "offer", harmless(name))
        frame.insert(0, "draw", range(1, len(frame) + 1))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV in UTF-8 with a mark at its head, which spreadsheets need to read Chinese.

    Money has its cents and a share six decimals, more than any error here allows; Parquet keeps them all.
    """
    text = table.to_csv(index=False, lineterminator="\r\n", float_format=_written)
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def _written(figure: object) -> str:
    assert isinstance(figure, float)
    return f"{figure:.2f}" if abs(figure) >= 1 else f"{figure:.6f}"


def as_parquet(table: pd.DataFrame) -> bytes:
    """A table as Parquet."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, engine="pyarrow")
    return buffer.getvalue()


def checked(path: Path) -> None:
    """Raises ``QuotecastError`` for a file whose ending is neither ``.csv`` nor ``.parquet``."""
    if path.suffix.lower() not in KINDS:
        raise fail("not_a_choice", path.name, found=path.suffix, choices=", ".join(KINDS))


def write(table: pd.DataFrame, path: Path) -> None:
    """The table in a file, as its ending says; raises ``QuotecastError`` for an ending not known."""
    checked(path)
    path.write_bytes(as_csv(table) if path.suffix.lower() == ".csv" else as_parquet(table))
