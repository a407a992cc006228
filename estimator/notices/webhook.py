"""A webhook: a notice as a message of WeCom, Feishu, DingTalk or Slack, to the one address that is set up.

Nothing is sent unless a deployment says where to. A message names nobody's client: it says who must act on
which draft or quote, and begins with ``Quotecast``, which a robot may insist on as its keyword.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Literal
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from estimator.book.notices import Notice, Tell, keep_quiet
from estimator.presentation.book_text import notice_said
from estimator.presentation.words import Words
from estimator.values.errors import fail
from estimator.values.text import Language

ADDRESS = "QUOTECAST_WEBHOOK"
"""The environment's variable that holds the address, which is a secret."""
LANGUAGE = "QUOTECAST_WEBHOOK_LANG"
PATIENCE = 10.0
"""Seconds that a chat has to answer."""
Chat = Literal["wecom", "feishu", "dingtalk", "slack"]
HOSTS: Mapping[str, Chat] = {
    "qyapi.weixin.qq.com": "wecom",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
    "oapi.dingtalk.com": "dingtalk",
}
_LOG = logging.getLogger(__name__)


def chat_of(address: str) -> Chat:
    """Whose robot an address belongs to; servers of one's own, as Mattermost, take messages as Slack does.

    >>> chat_of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"), chat_of("https://chat.example/x")
    ('wecom', 'slack')
    """
    return HOSTS.get((urlsplit(address).hostname or "").lower(), "slack")


def message(chat: Chat, text: str) -> dict[str, Any]:
    """A text as the robot of a chat takes it.

    >>> message("feishu", "Quotecast: ...")
    {'msg_type': 'text', 'content': {'text': 'Quotecast: ...'}}
    """
    match chat:
        case "feishu":
            return {"msg_type": "text", "content": {"text": text}}
        case "wecom" | "dingtalk":
            return {"msgtype": "text", "text": {"content": text}}
        case "slack":
            return {"text": text}


def send(address: str, text: str, chat: Chat | None = None) -> None:
    """Send a text and wait until the chat took it. Raises ``QuotecastError`` where it did not."""
    parts = urlsplit(address)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.hostname is None or (parts.scheme != "https" and not (local and parts.scheme == "http")):
        raise fail("not_a_webhook", ADDRESS)
    body = json.dumps(message(chat or chat_of(address), text), ensure_ascii=False).encode()
    request = Request(address, body, {"Content-Type": "application/json; charset=utf-8"})
    try:
        with build_opener(_NoRedirect).open(request, timeout=PATIENCE) as answer:
            said = answer.read(2_000).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        # the address is a secret, and some errors repeat it
        raise fail("webhook_failed", ADDRESS, found=type(error).__name__) from None
    if code := _refusal(said):
        raise fail("webhook_failed", ADDRESS, found=code)


def webhook(address: str, words: Words) -> Tell:
    """Tells each notice to a chat, in a thread of its own; a chat that does not answer holds nobody up."""

    def deliver(notice: Notice) -> None:
        try:
            send(address, notice_said(notice, words))
        except Exception as error:  # whatever it is, the step that is told of was taken
            _LOG.warning("a notice of %s was not delivered: %s", notice.what, error)

    def tell(notice: Notice) -> None:
        threading.Thread(target=deliver, args=(notice,), daemon=True).start()

    return tell


def tell_from(environment: Mapping[str, str]) -> Tell:
    """The webhook that an environment sets up; nobody is told where it sets up none."""
    address = environment.get(ADDRESS, "")
    language: Language = "zh" if environment.get(LANGUAGE) == "zh" else "en"
    return webhook(address, Words(language)) if address else keep_quiet


class _NoRedirect(HTTPRedirectHandler):
    """A message goes where it was sent, or nowhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _refusal(said: str) -> str:
    """The code with which a robot refused, though the request itself went well; empty where it did not."""
    try:
        content = json.loads(said)
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    code = content.get("errcode", content.get("code", 0))
    return str(code) if code else ""
