"""Figures of a quote's months: entered, corrected by later ones, never changed, exported with their quote."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from books import FIGURES, NOON, SIGNED, Clock, agreed, record, sent
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from estimator.book.book import Book
from estimator.book.exporting import export
from estimator.book.verification import verify
from estimator.values.errors import QuotecastError

NUMBER = "Q-2026-0001"


def test_a_correction_is_a_later_line_and_both_stay(book: Book, clock: Clock) -> None:
    agreed(book)
    book.add_actuals(NUMBER, [FIGURES], user="Lin")
    clock.pass_days(2)
    corrected = replace(FIGURES, cells={"gmv": "51000", "ad_spend": "20000"}, source="jan2.csv:2")
    both = book.add_actuals(NUMBER, [corrected], user="Wu", ends=dt.date(2027, 3, 15))
    assert both == book.actuals(NUMBER)
    assert [(one.cells["gmv"], one.who, one.at, one.source, one.ends) for one in both] == [
        ("52000", "Lin", NOON, "jan.csv:2", None),
        ("51000", "Wu", NOON + dt.timedelta(days=2), "jan2.csv:2", dt.date(2027, 3, 15)),
    ]
    assert both[0].entry < both[1].entry
    said = [(event.who, event.what, event.note) for event in book.audit(NUMBER)][-2:]
    assert said == [
        ("Lin", "actuals_added", "2027-01..2027-01"),
        ("Wu", "actuals_added", "2027-01..2027-01, ended 2027-03-15"),
    ]
    assert verify(book.engine) == ()


@pytest.mark.parametrize("statement", ["DELETE FROM actual", "UPDATE actual SET cells = '{}'"])
def test_what_was_entered_cannot_be_changed(book: Book, statement: str) -> None:
    agreed(book)
    book.add_actuals(NUMBER, [FIGURES], user="Lin")
    with pytest.raises(DBAPIError), book.engine.begin() as connection:
        connection.execute(text(statement))
    assert book.actuals(NUMBER)[0].cells["gmv"] == "52000"


@pytest.mark.parametrize(
    ("number", "rows", "code"),
    [
        (NUMBER, [], "no_figures"),
        (NUMBER, [replace(FIGURES, month="3")], "figures_undated"),
        (NUMBER, [FIGURES] * 2001, "no_figures"),
        (NUMBER, [replace(FIGURES, source="a\x00")], "not_a_name"),
        ("Q-2026-0009", [FIGURES], "no_such_quote"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(book: Book, number: str, rows: list, code: str) -> None:
    agreed(book)
    with pytest.raises(QuotecastError) as refused:
        book.add_actuals(number, [FIGURES, *rows] if rows and number == NUMBER else rows, user="Lin")
    assert {fault.code for fault in refused.value.faults} == {code}
    assert book.actuals(NUMBER) == () and book.audit(NUMBER)[-1].what == "agreed"


def test_forecasts_are_what_was_agreed_to_or_has_figures(book: Book, clock: Clock) -> None:
    first = agreed(book)
    sent(book)
    third = sent(book)
    assert [one.revision.reference for one in book.forecasts()] == [first.reference]
    book.add_actuals(third.number, [FIGURES], user="Lin")
    assert [one.revision.reference for one in book.forecasts()] == [first.reference, third.reference]
    assert [len(one.figures) for one in book.forecasts()] == [0, 1]
    (alone,) = book.forecasts(third.number)
    assert alone.revision.state == "sent" and alone.replaced is None
    book.sign(first.reference, SIGNED, user="Lin")
    clock.pass_days(5)
    amendment = book.amend(first.reference, user="Lin")
    changed = sent(book, amendment, record(until=clock.now + dt.timedelta(days=9)))
    book.agree(changed.reference, user="Lin", who="Client", how="by mail")
    book.sign(changed.reference, SIGNED, user="Lin")
    replaced = {one.revision.reference: one.replaced for one in book.forecasts(first.number)}
    assert replaced == {first.reference: clock.now, changed.reference: None}


def test_figures_go_out_with_their_quote_and_a_name_goes_out_of_their_source(
    book: Book, tmp_path: Path
) -> None:
    agreed(book)
    book.add_actuals(NUMBER, [replace(FIGURES, source="周敏.csv:2")], user="Lin")
    (reference,) = export(book, tmp_path, [NUMBER])
    written = json.loads((tmp_path / reference / "revision.json").read_text("utf-8"))
    (line,) = written["actuals"]
    assert (line["month"], line["cells"]["gmv"], line["who"]) == ("2027-01", "52000", "Lin")
    book.remove_name("周敏", user="Lin", reason="asked")
    assert "周敏" not in book.actuals(NUMBER)[0].source
    book.remove_name("Lin", user="Wu", reason="left")
    assert book.actuals(NUMBER)[0].who.startswith("[name removed") and verify(book.engine) == ()
