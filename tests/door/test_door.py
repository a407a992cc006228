"""The client's door: what he sees, what he may do, and what stands in the book afterwards."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from books import SIGNED, Clock
from doors import NOON, Visitor, link, paper, sent
from sqlalchemy.exc import IntegrityError

from estimator.book import migrations
from estimator.book.backup import verify_file
from estimator.book.book import Book, open_book
from estimator.book.opening import book_url, connect
from estimator.book.states import State
from estimator.values.errors import QuotecastError

REFERENCE = "Q-2026-0001-r1"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def state(text: str) -> str:
    found = re.search(r'role="status">([^<]*)<', text)
    assert found
    return found[1]


# ── what the client sees ──────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_without_our_two_insertions_the_page_is_the_bytes_of_the_book(
    client: Visitor, path: str, language: str
) -> None:
    shown = client.get(f"{path}?lang={language}").content
    before, within, after = re.split(b"(?<=<body>)|(?=</body>)", paper(REFERENCE, language))
    assert shown.startswith(before + b'<div class="door door-head') and shown.endswith(b"</div>" + after)
    assert shown.count(within) == 1 and shown.count(b"<body>") == shown.count(b"</body>") == 1


def test_the_language_is_that_of_the_address_or_else_of_the_browser(client: Visitor, path: str) -> None:
    chinese = state(client.get(path, "zh-CN,zh;q=0.9,en;q=0.5").text)
    assert chinese == "本报价可在 2026年12月15日 12:00（上海时间）前同意。"
    assert state(client.get(path, "de,en;q=0.4").text) == (
        "You can agree to this quote until December 15, 2026, 12:00 (Shanghai time)."
    )
    assert f"{REFERENCE} · en" in client.get(f"{path}?lang=en", "zh").text
    assert f"{REFERENCE} · zh" in client.get(f"{path}?lang=zh", "en").text


def test_the_pdf_and_the_workbook_are_taken_away_as_they_were_sent(client: Visitor, path: str) -> None:
    page = client.get(f"{path}?lang=zh").text
    files = re.findall(r'href="([^"]+/file/[^"]+)"', page)
    assert [name.rpartition(".")[2] for name in files] == ["pdf", "xlsx"] and all("-zh." in n for n in files)
    for name in files:
        answer = client.get(name)
        kind = name.rpartition(".")[2]
        assert answer.content == f"{kind} {REFERENCE}".encode()
        assert answer.headers["content-disposition"] == (
            f"attachment; filename*=utf-8''{name.rpartition('/')[2]}"
        )


@LANGUAGES
@pytest.mark.parametrize(
    "how", ["agreed", "signed", "declined", "expired", "withdrawn", "newer", "superseded"]
)
def test_every_state_is_told_and_offers_no_form_but_the_question(
    book: Book, clock: Clock, client: Visitor, path: str, how: str, language: str
) -> None:
    form = client.form(path)
    if how in ("agreed", "signed"):
        book.agree(REFERENCE, user="Lin", who="周敏", how="by telephone")
    match how:
        case "signed":
            book.sign(REFERENCE, SIGNED, user="Lin")
        case "declined":
            book.decline(REFERENCE, user="Lin")
        case "withdrawn":
            book.withdraw(REFERENCE, user="Lin")
        case "expired":
            clock.now = NOON + dt.timedelta(days=14, seconds=1)
            path = link(book, REFERENCE)
            form = client.form(path)
        case "newer":
            sent(book, revise=REFERENCE)
        case "superseded":
            other = sent(book, revise=REFERENCE, alternative="B")
            book.agree(other.reference, user="Lin", who="周敏", how="by telephone")
    text = client.get(f"{path}?lang={language}").text
    assert f'class="door door-head door-{how}"' in text
    assert ("周敏" in state(text)) == (how == "agreed")
    assert 'value="agree"' not in text and 'value="decline"' not in text and 'value="ask"' in text
    before = book.audit("Q-2026-0001")
    for do in ("agree", "decline"):
        answer = client.agree(path, form=form, do=do)
        kindly = how in ("agreed", "signed") if do == "agree" else how == "declined"
        assert answer.status_code == (200 if kindly else 409), (how, do)
        assert 'role="alert"' in answer.text
    assert book.audit("Q-2026-0001") == before


# ── what he does ──────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_an_agreement_is_on_record_with_name_role_time_and_what_was_read(
    book: Book, clock: Clock, client: Visitor, path: str, language: str
) -> None:
    path, clock.now = f"{path}?lang={language}", NOON + dt.timedelta(hours=3)
    answer = client.agree(path)
    assert answer.status_code == 303 and answer.headers["location"] == path
    revision = book.read("Q-2026-0001")
    assert revision.state == State.AGREED and revision.agreed
    assert (revision.agreed.who, revision.agreed.when) == ("周敏", clock.now)
    assert revision.agreed.how == f"采购总监; {REFERENCE}; sha256 {revision.sha256}"
    event = book.audit("Q-2026-0001")[-1]
    assert (event.what, event.who, event.at) == ("client_agreed", "周敏", clock.now)
    read = next(d for d in revision.documents if d.name == f"{REFERENCE}-{language}.html")
    assert event.note.startswith("采购总监: ") and "Q-2026-0001" in event.note
    assert event.note.endswith(f" ({read.name}, sha256 {read.sha256})")
    assert "周敏" in state(client.get(path).text)


def test_agreeing_twice_is_told_kindly_and_recorded_once(book: Book, client: Visitor, path: str) -> None:
    form = client.form(path)
    client.agree(path, form=form)
    before = book.audit("Q-2026-0001")
    for again in (client.agree(path, form=form), client.agree(path, "Zhou", form=form)):
        assert again.status_code == 200 and "already been agreed to" in again.text
    assert book.audit("Q-2026-0001") == before


def test_a_reason_for_declining_is_kept_and_may_be_left_out(book: Book, client: Visitor, path: str) -> None:
    assert client.post(path, "decline", name="周敏", reason=" ").status_code == 303
    assert book.read("Q-2026-0001").state == State.DECLINED and book.audit("Q-2026-0001")[-1].note == ""
    other = link(book, sent(book).reference)
    assert client.post(other, "decline", name="周敏", reason="太贵").status_code == 303
    event = book.audit("Q-2026-0002")[-1]
    assert (event.what, event.who, event.note) == ("client_declined", "周敏", "太贵")


def test_a_question_is_kept_with_its_section_and_answered_on_the_page(
    book: Book, client: Visitor, path: str
) -> None:
    form = client.form(path)
    fields = {"name": "周敏", "section": "What it costs & when", "text": "When is\r\nit due?"}
    for _ in range(2):  # sent twice, kept once
        assert client.post(path, "ask", form=form, **fields).headers["location"].endswith("#door-questions")
    (question,) = book.links.questions(REFERENCE)
    assert (question.section, question.text, question.who) == (fields["section"], "When is it due?", "周敏")
    book.links.answer(question.id, "On <signing>", user="Lin")
    assert "On &lt;signing&gt;" in client.get(path).text
    assert [event.what for event in book.audit("Q-2026-0001")][-2:] == ["question_asked", "question_answered"]
    client.post(path, "ask", name="周敏", section="not a section", text="Really?")
    assert book.links.questions(REFERENCE)[-1].section == ""
    with pytest.raises(QuotecastError):
        book.links.answer(99, "x", user="Lin")


def test_who_opened_a_link_and_when_is_counted_and_the_first_time_is_in_the_audit(
    book: Book, clock: Clock, path: str
) -> None:
    first, second = Visitor(book, clock), Visitor(book, clock, "2001:db8::1")
    first.http.head(path)
    assert book.links.of(REFERENCE)[0].first_opened is None
    for visitor in (first, first, second):
        visitor.get(path)
    clock.pass_days(1)
    first.get(path)
    (kept,) = book.links.of(REFERENCE)
    assert (kept.first_opened, kept.openings) == (NOON, 3)
    opened = [event for event in book.audit("Q-2026-0001") if event.what == "link_opened"]
    assert [(event.at, event.who) for event in opened] == [(NOON, "上海云朵美妆有限公司")]
    with book.engine.connect() as connection:
        visitors = {row[0] for row in connection.exec_driver_sql("SELECT visitor FROM visit")}
    assert len(visitors) == 2 and all(re.fullmatch("[0-9a-f]{64}", visitor) for visitor in visitors)


def test_a_form_that_stood_open_too_long_keeps_what_was_typed(
    book: Book, clock: Clock, client: Visitor, path: str
) -> None:
    form = client.form(path)
    clock.pass_days(2)
    answer = client.post(path, "ask", form=form, name="周敏", text="Is it so?")
    assert answer.status_code == 409 and "Is it so?" in answer.text and not book.links.questions(REFERENCE)
    assert client.post(path, "ask", name="周敏", text="Is it so?").status_code == 303


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": " "}, "Your name"),
        ({"role": "x" * 61}, "Your role"),
        ({"name": "a\x00b"}, "Your name"),
        ({"tick": ""}, "tick the box"),
    ],
)
def test_a_field_that_is_missing_or_no_plain_text_is_named(
    book: Book, client: Visitor, path: str, fields: dict[str, str], told: str
) -> None:
    answer = client.agree(path, **fields)
    assert answer.status_code == 422 and told in re.findall(r'role="alert">([^<]*)<', answer.text)[0]
    assert book.read("Q-2026-0001").state == State.SENT


def test_a_link_is_made_for_some_days_and_closed_again(book: Book, client: Visitor, path: str) -> None:
    token, made = book.links.make(REFERENCE, days=365, user="Lin")
    assert re.fullmatch(r"[\w-]{43}", token) and made.created_by == "Lin"
    for days in (0, 366):
        with pytest.raises(QuotecastError):
            book.links.make(REFERENCE, days=days, user="Lin")
    assert book.links.revoke(REFERENCE, user="Wu") == 2 and book.links.revoke(REFERENCE, user="Wu") == 0
    assert {kept.revoked_by for kept in book.links.of(REFERENCE)} == {"Wu"}
    assert [event.what for event in book.audit("Q-2026-0001")][-2:] == ["link_revoked"] * 2


# ── what the door is made of ──────────────────────────────────────────────────────────────────────


def test_the_door_imports_the_book_and_the_values_and_nothing_that_prices() -> None:
    code = "import sys, estimator.door.door, estimator.door.key; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    rooms = {name.split(".")[1] for name in loaded.split() if name.startswith("estimator.")}
    assert rooms == {"door", "book", "values"}
    assert not {"numpy", "pandas", "streamlit"} & set(loaded.split())


def test_no_row_that_a_link_hands_out_has_a_record(book: Book, path: str) -> None:
    offer = book.links.open(path.removeprefix("/q/"))
    assert offer and "8200.00" not in repr(offer) and "ad_budget" not in repr(offer)


def test_a_book_from_before_links_verifies_as_it_is_and_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "book.sqlite"
    engine = connect(book_url(path), migrate=False)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "begin")
    engine.dispose()
    assert verify_file(path) == ()
    book = open_book(book_url(path), Clock())
    assert link(book, sent(book).reference).startswith("/q/")
    book.close()
    assert verify_file(path) == ()


def test_what_was_done_by_a_link_is_never_changed(book: Book, client: Visitor, path: str) -> None:
    client.post(path, "ask", name="周敏", text="?")
    for statement in (
        "UPDATE link SET token_sha256 = 'x'",
        "UPDATE link SET expires = created",
        "DELETE FROM link",
        "UPDATE visit SET what = 'agreed'",
        "DELETE FROM visit",
        "UPDATE question SET at = '2026-01-01'",
        "DELETE FROM question",
    ):
        with pytest.raises(IntegrityError, match="append-only"), book.engine.begin() as connection:
            connection.exec_driver_sql(statement)
