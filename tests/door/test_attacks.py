"""The door against whoever means harm: guessed tokens, others' files, scripts, floods, forged forms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from books import SIGNED, Clock
from doors import HOST, Visitor, documents, link, sent

from estimator.book.book import Book
from estimator.book.links import MOST_QUESTIONS
from estimator.book.states import State
from estimator.door.forms import MOST_OF_A_BODY
from estimator.door.guard import HEADERS, MOST_REQUESTS, MOST_WRONG
from estimator.door.key import kept_key
from estimator.door.limits import MOST_ADDRESSES, Limit
from estimator.values.errors import QuotecastError

REFERENCE = "Q-2026-0001-r1"
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{'x'*9}}"


def newcomers(book: Book, clock: Clock) -> Iterator[Visitor]:
    """Visitors of ever new addresses, whom no limit has met."""
    return (Visitor(book, clock, f"198.51.100.{number}") for number in range(1, 255))


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────


def test_every_token_that_does_not_open_gets_the_same_answer(book: Book, clock: Clock, path: str) -> None:
    """Unknown, truncated, in other case, expired, revoked, with tricks in the path."""
    short, revoked = link(book, REFERENCE, days=1), link(book, sent(book).reference)
    book.links.revoke("Q-2026-0002-r1", user="Lin")
    clock.pass_days(1)
    token = path.removeprefix("/q/")
    wrong = [
        "/q/" + "A" * 43,
        path[:-1],
        path + "A",
        f"/q/{token.swapcase()}",
        f"/q/%20{token}",
        f"{path}%00",
        f"{path}/",
        f"/q//{token}",
        f"/q/x/%2e%2e/{token}",
        f"/q/{token}%2f",
        "/q/",
        "/q/" + "A" * 10_000,
        f"/q/{token}/other",
        f"/q/{token}/file",
        "/q/%27%20OR%201=1--",
        "/q/%F0%9F%98%80%FF",
        short,
        revoked,
        f"{revoked}/file/Q-2026-0002-r1-en.pdf",
    ]
    visitors = newcomers(book, clock)
    answers = [next(visitors).get(one) for one in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    posted = [next(visitors).agree(one, form="x") for one in (short, revoked, wrong[0])]
    assert {answer.content for answer in posted} == {answers[0].content}
    assert next(visitors).get(path).status_code == 200


def test_a_token_is_kept_nowhere_and_tells_nothing_of_its_quote(book: Book, path: str) -> None:
    token = path.removeprefix("/q/")
    with book.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables]
    assert token not in repr(rows) and token.encode().hex() not in repr(rows)
    assert len({link(book, REFERENCE) for _ in range(50)}) == 50


def test_a_token_opens_its_own_revision_and_no_other_file(book: Book, client: Visitor, path: str) -> None:
    other = sent(book, client="Grove Tools")
    mine = {document.name for document in documents("Q-2026-0001", 1)}
    for name in (*(document.name for document in other.documents), *mine, "..%2fbook.sqlite", "book.sqlite"):
        answer = Visitor(book, Clock(), name).get(f"{path}/file/{name}")
        taken = name in mine and name.endswith((".pdf", ".xlsx"))
        assert answer.status_code == (200 if taken else 404), name
    assert "Grove" not in client.get(path).text


def test_the_paper_that_came_back_signed_is_not_handed_out(book: Book, client: Visitor, path: str) -> None:
    book.agree(REFERENCE, user="Lin", who="周敏", how="mail")
    book.sign(REFERENCE, SIGNED, user="Lin")
    assert client.get(f"{path}/file/{SIGNED.name}").status_code == 404
    assert SIGNED.name not in client.get(path).text


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────


class Tags(HTMLParser):
    """The names of the elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}


def test_a_script_in_any_field_is_shown_as_the_text_it_is(book: Book, clock: Clock) -> None:
    revision = sent(book, client=SCRIPT)
    path, client = link(book, revision.reference), Visitor(book, clock)
    client.post(path, "ask", name=SCRIPT, section=SCRIPT, text=SCRIPT)
    refused = client.agree(path, SCRIPT, role=SCRIPT * 9)
    pages = [refused, client.post(path, "decline", form="old", name=SCRIPT, reason=SCRIPT)]
    assert client.agree(path, SCRIPT, role="<b>").status_code == 303
    pages += [client.get(path), client.get(f"{path}?lang=%3Cscript%3E")]
    for page in pages:
        assert "alert(1)" in page.text and "x" * 9 not in page.text
        assert not {"script", "img", "onerror"} & Tags(page.text).names


def test_a_form_from_another_page_is_refused(book: Book, client: Visitor, path: str) -> None:
    form = client.form(path)
    strangers = [None, "null", "https://evil.example", f"{HOST}.evil.example", f"{HOST}:81", "file://", "x"]
    for origin in strangers:
        answer = client.agree(path, form=form, origin=origin)
        assert answer.status_code == 403, origin
    assert book.read("Q-2026-0001").state == State.SENT
    assert client.agree(path, form=form, origin=HOST.replace("http:", "https:")).status_code == 303


def test_a_form_of_another_link_or_a_forged_or_replayed_one_records_nothing(
    book: Book, clock: Clock, client: Visitor, path: str
) -> None:
    other = link(book, sent(book).reference)
    form = client.form(path)
    begun, _, signed = form.rpartition(".")
    nonce, _, at = begun.partition(".")
    forged = ["", "x", "..", form[:-1], f"{nonce}.{int(at) + 60}.{signed}", f"{begun}.{'0' * 64}", "é.1.2"]
    for each in (*forged, client.form(other)):
        assert client.agree(path, form=each).status_code == 409
    assert book.read("Q-2026-0001").state == State.SENT
    for _ in range(3):
        client.post(path, "ask", form=form, name="周敏", text="Once?")
    assert len(book.links.questions(REFERENCE)) == 1
    assert client.post(path, "sign", form=form, name="周敏").status_code == 409
    new = sent(book, revise=REFERENCE)
    assert client.agree(path, form=form).status_code == 409
    assert book.read("Q-2026-0001").reference == new.reference


def test_a_body_is_read_to_its_bound_and_no_further(book: Book, client: Visitor, path: str) -> None:
    headers = {"Origin": HOST, "Content-Type": "application/x-www-form-urlencoded"}

    def endless() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b"a" * 1_024

    assert client.http.post(path, content=b"a" * (MOST_OF_A_BODY + 1), headers=headers).status_code == 413
    assert client.http.post(path, content=endless(), headers=headers).status_code == 413
    for body in (b"\xff", b"a=%FF", b"&".join([b"a=1"] * 21)):
        assert client.http.post(path, content=body, headers=headers).status_code == 403
    assert client.http.post(path, json={"do": "agree"}, headers={"Origin": HOST}).status_code == 409
    assert client.http.post(path, files={"do": b"agree"}, headers={"Origin": HOST}).status_code == 409
    assert book.read("Q-2026-0001").state == State.SENT


def test_the_longest_question_in_chinese_fits_and_a_link_takes_so_many(
    book: Book, clock: Clock, path: str
) -> None:
    visitors = newcomers(book, clock)
    client = next(visitors)
    assert client.post(path, "ask", name="周" * 200, text="问" * 1_000).status_code == 303
    assert client.post(path, "ask", name="周敏", text="问" * 1_001).status_code == 422
    token = path.removeprefix("/q/")
    for number in range(MOST_QUESTIONS - 1):
        book.links.ask(token, who="周敏", section="", text="?", form=str(number), visitor="v")
    assert client.post(path, "ask", name="周敏", text="?").status_code == 409


# ── every answer ──────────────────────────────────────────────────────────────────────────────────


def test_other_methods_are_refused_alike_with_and_without_a_link(book: Book, clock: Clock, path: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        known, unknown = (
            Visitor(book, clock, "192.0.2.1").http.request(method, where) for where in (path, "/q/x")
        )
        assert known.status_code == unknown.status_code == 405 and known.content == unknown.content
    head = Visitor(book, clock).http.head(path)
    assert head.status_code == 200 and not head.content


def test_every_answer_has_its_headers(book: Book, clock: Clock, path: str) -> None:
    form = Visitor(book, clock).form(path)
    client = Visitor(book, clock, "192.0.2.7")
    asked = [
        client.get(path),
        client.http.head(path),
        client.get(f"{path}/file/{REFERENCE}-en.pdf"),
        client.get("/q/x"),
        client.http.put(path),
        client.agree(path, form=form, origin="https://evil.example"),
        client.agree(path, form="x"),
        client.agree(path, form=form, tick=""),
        client.agree(path, form=form),
        client.http.post(path, content=b"a" * 20_000, headers={"Origin": HOST}),
    ]
    for _ in range(MOST_WRONG):
        client.get("/q/x")
    asked.append(client.get(path))
    book.close()
    broken = Visitor(book, clock, "192.0.2.8")
    Path(str(book.engine.url.database)).write_bytes(b"not a book" * 500)
    asked.append(broken.get(path))
    codes = [answer.status_code for answer in asked]
    assert codes == [200, 200, 200, 404, 405, 403, 409, 422, 303, 413, 429, 503]
    for answer in asked:
        forms = 'name="form"' in answer.text or answer.request.method == "HEAD"
        wanted = dict(HEADERS) | ({"Referrer-Policy": "same-origin"} if forms else {})
        assert {name: answer.headers.get(name) for name in wanted} == wanted, answer.status_code
        assert "set-cookie" not in answer.headers
    assert "script-src" not in HEADERS["Content-Security-Policy"]  # what is not named is 'none'


def test_an_address_asks_so_often_and_looks_in_vain_only_a_few_times(
    book: Book, clock: Clock, path: str
) -> None:
    client = Visitor(book, clock)
    answers = [client.get(path).status_code for _ in range(MOST_REQUESTS + 5)]
    assert answers == [200] * MOST_REQUESTS + [429] * 5
    assert Visitor(book, clock, "192.0.2.1", app=client.app).get(path).status_code == 200
    clock.now += dt.timedelta(minutes=1)
    assert client.get(path).status_code == 200
    wrong = [client.get("/q/x").status_code for _ in range(MOST_WRONG + 2)]
    assert wrong == [404] * MOST_WRONG + [429] * 2
    answer = client.get(path, "zh")  # not even the right token, which would tell that it is one
    assert answer.status_code == 429 and answer.headers["retry-after"] == "3600" and "60 分钟" in answer.text
    clock.now += dt.timedelta(hours=1)
    assert client.get(path).status_code == 200


def test_one_subscriber_of_ipv6_is_one_address(book: Book, clock: Clock) -> None:
    app = Visitor(book, clock).app
    seen = [
        Visitor(book, clock, f"2001:db8:1:2::{number:x}", app=app).get("/q/x").status_code
        for number in range(MOST_WRONG + 1)
    ]
    assert seen == [404] * MOST_WRONG + [429]


def test_nobody_fills_the_memory_of_the_limits(clock: Clock) -> None:
    limit = Limit(2, dt.timedelta(minutes=1))
    for number in range(MOST_ADDRESSES + 10):
        limit.count(str(number), clock.now)
        limit.count("me", clock.now)
    assert len(limit._times) == MOST_ADDRESSES and limit.wait("me", clock.now) is not None


def test_a_removed_name_stands_in_no_question(book: Book, client: Visitor, path: str) -> None:
    client.post(path, "ask", name="周敏", text="Does 周敏 sign?")
    removed = book.remove_name("周敏", user="Lin", reason="asked for it")
    assert "周敏" not in client.get(path).text and removed.mark in client.get(path).text


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "door.key"
    assert kept_key(path) == kept_key(path) and len(kept_key(path)) == 32
    assert path.stat().st_mode & 0o777 == 0o600 and len(list(path.parent.iterdir())) == 1


def test_a_link_is_refused_to_a_quote_that_is_not_there(book: Book) -> None:
    with pytest.raises(QuotecastError):
        book.links.make("Q-2026-0099", days=1, user="Lin")
    assert re.fullmatch(r"/q/[\w-]{43}", link(book, "Q-2026-0001"))


def test_of_two_who_agree_at_once_one_is_on_record_and_the_other_is_told(
    book: Book, clock: Clock, path: str
) -> None:
    client = Visitor(book, clock)
    form = client.form(path)
    names = ["周敏", "Zhou", "陈晨", "Chen"]
    with ThreadPoolExecutor(len(names)) as pool:
        codes = list(
            pool.map(lambda name: Visitor(book, clock).agree(path, name, form=form).status_code, names)
        )
    assert sorted(codes) == [200, 200, 200, 303]
    agreed = book.read("Q-2026-0001").agreed
    assert agreed and agreed.who == names[codes.index(303)]
    assert [event.what for event in book.audit("Q-2026-0001")].count("client_agreed") == 1
