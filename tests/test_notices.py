"""Notices to a chat: in each robot's own form, without a client's name, and never in anybody's way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any, get_args

import pytest
from books import DISCOUNT, NOON, begun, record, sent

from estimator.book.book import open_book
from estimator.book.notices import Happened, Notice
from estimator.cli import main
from estimator.notices.webhook import ADDRESS, Chat, chat_of, send, tell_from, webhook
from estimator.presentation.words import LANGUAGES, Words
from estimator.values.errors import QuotecastError

PATIENCE = 10
"""Seconds that a message to this machine may take; it takes milliseconds."""


class Robot(HTTPServer):
    """A chat's robot on this machine: keeps what it is sent, and answers what it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listening)
        self.taken: Queue[Any] = Queue()
        self.answer, self.status = b'{"errcode":0,"errmsg":"ok"}', 200
        self.address = f"http://127.0.0.1:{self.server_port}/hook?key=secret-key"


class Listening(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        robot = self.server
        assert isinstance(robot, Robot)
        robot.taken.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(robot.status)
        if robot.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{robot.server_port}/elsewhere")
        self.end_headers()
        self.wfile.write(robot.answer)

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def robot() -> Iterator[Robot]:
    listening = Robot()
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    yield listening
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.mark.parametrize(
    ("chat", "address", "body"),
    [
        ("wecom", "https://qyapi.weixin.qq.com/x", {"msgtype": "text", "text": {"content": "好 ok"}}),
        ("dingtalk", "https://oapi.dingtalk.com/x", {"msgtype": "text", "text": {"content": "好 ok"}}),
        ("feishu", "https://open.feishu.cn/x", {"msg_type": "text", "content": {"text": "好 ok"}}),
        ("slack", "https://hooks.slack.com/x", {"text": "好 ok"}),
    ],
)
def test_each_chat_gets_a_message_in_its_own_form(
    robot: Robot, chat: Chat, address: str, body: dict[str, Any]
) -> None:
    assert chat_of(address) == chat
    send(robot.address, "好 ok", chat)
    assert robot.taken.get(timeout=PATIENCE) == body


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b'{"errcode":93000,"errmsg":"invalid webhook url"}', 200),
        (b'{"code":19024,"msg":"Key Words Not Found"}', 200),
        (b"invalid_token", 403),
        (b"", 302),
    ],
)
def test_a_robot_that_refuses_is_told_of_without_its_secret(robot: Robot, answer: bytes, status: int) -> None:
    robot.answer, robot.status = answer, status
    with pytest.raises(QuotecastError) as refused:
        send(robot.address, "ok")
    assert refused.value.faults[0].code == "webhook_failed"
    assert "secret-key" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["", "ftp://chat.example/x", "http://chat.example/x", "chat.example", "https://"]
)
def test_no_message_goes_anywhere_but_to_an_https_address(address: str) -> None:
    with pytest.raises(QuotecastError) as refused:
        send(address, "ok")
    assert refused.value.faults[0].code == "not_a_webhook"


def test_what_waits_for_somebody_is_told_and_no_client_is_named(robot: Robot) -> None:
    book = open_book("sqlite://", lambda: NOON, tell=webhook(robot.address, Words("en")))
    draft, what = begun(book), record(DISCOUNT)
    book.ask_approval(draft.id, what, user="Lin", version=draft.version)
    said = robot.taken.get(timeout=PATIENCE)["text"]
    assert (
        said
        == f"Quotecast: Lin asks for approval of draft {draft.id}. Approve it or give it back under Quotes."
    )
    book.approve(draft.id, what.sha256, approver="Wu", reason="a good client")
    assert "Wu approved" in robot.taken.get(timeout=PATIENCE)["text"]
    revision = sent(book, book.draft(draft.id), what)
    token, _ = book.links.make(revision.reference, days=3, user="Lin")
    book.links.ask(token, who="Zhou Min", section="fees", text="why?", form="1", visitor="v")
    asked = robot.taken.get(timeout=PATIENCE)["text"]
    book.links.agree(token, who="Zhou Min", role="owner", statement="I agree", visitor="v")
    agreed = robot.taken.get(timeout=PATIENCE)["text"]
    for said in (asked, agreed):
        assert revision.reference in said and "Zhou" not in said and revision.client not in said
    assert robot.taken.empty()


def test_a_chat_that_is_gone_costs_no_step() -> None:
    book = open_book("sqlite://", lambda: NOON, tell=webhook("http://127.0.0.1:9/x", Words("en")))
    draft = begun(book)
    assert book.ask_approval(draft.id, record(DISCOUNT), user="Lin", version=1).state == "approval"


def test_a_step_that_is_refused_is_told_to_nobody() -> None:
    told: list[Notice] = []
    book = open_book("sqlite://", lambda: NOON, tell=told.append)
    draft, what = begun(book), record(DISCOUNT)
    with pytest.raises(QuotecastError):
        book.approve(draft.id, what.sha256, approver="Wu", reason="never asked")
    assert told == []


def test_nobody_is_told_unless_a_deployment_asks_for_it(robot: Robot) -> None:
    tell_from({})(Notice(what="approved", who="Wu", draft=1))
    tell_from({ADDRESS: robot.address, "QUOTECAST_WEBHOOK_LANG": "zh"})(
        Notice(what="approved", who="Wu", draft=1)
    )
    assert "已批准" in robot.taken.get(timeout=PATIENCE)["text"] and robot.taken.empty()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_says_who_must_do_what(language: Any) -> None:
    from estimator.presentation.book_text import notice_said

    said = {
        notice_said(Notice(what=what, who="Lin", reference="Q-2026-0042-r1"), Words(language))
        for what in get_args(Happened)
    }
    assert len(said) == len(get_args(Happened)) and all("Quotecast" in text for text in said)


def test_the_command_tries_the_chat(
    robot: Robot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(ADDRESS, robot.address)
    assert main(["book", "notice"]) == 0
    assert "Quotecast" in robot.taken.get(timeout=PATIENCE)["text"] and "took" in capsys.readouterr().out
