"""Doors for tests: a book with sent quotes in both languages, a link, and a browser that is not there."""

from __future__ import annotations

import re
from typing import Any

from books import NOON, Clock, begun, record
from starlette.applications import Starlette
from starlette.testclient import TestClient

from estimator.book.book import Book
from estimator.book.records import RenderedDocument, Revision
from estimator.door.door import door
from estimator.door.pages import PDF, WORKBOOK

HOST = "http://quotes.example"
SECTION = {"en": "What it costs &amp; when", "zh": "费用与付款"}
PAPER = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{reference}</title>
<style>
body {{ margin: 0; color: #1B2430; }} main {{ max-width: 860px; margin: 0 auto; padding: 16px; }}
</style>
</head>
<body>
<main>
<h1>{reference} · {language}</h1>
<section id="money"><h2>{section}</h2><p>8,200.00</p></section>
</main>
</body>
</html>
"""


def paper(reference: str, language: str) -> bytes:
    """The page that was sent."""
    section = SECTION[language]
    return PAPER.format(reference=reference, language=language, section=section).encode()


def documents(number: str, revision: int) -> list[RenderedDocument]:
    """What a client is sent, and a file that is nobody's to take away."""
    reference = f"{number}-r{revision}"
    kept = [
        RenderedDocument(name=f"{reference}.json", media_type="application/json", content=b'{"margin": 0.31}')
    ]
    for language in ("zh", "en"):
        for kind, media in (("html", "text/html; charset=utf-8"), ("pdf", PDF), ("xlsx", WORKBOOK)):
            content = paper(reference, language) if kind == "html" else f"{kind} {reference}".encode()
            name = f"{reference}-{language}.{kind}"
            kept.append(RenderedDocument(name=name, media_type=media, content=content))
    return kept


def sent(
    book: Book, *, revise: str | None = None, alternative: str | None = None, **changes: Any
) -> Revision:
    """A quote that was sent, or the next revision or another alternative of one."""
    draft = book.revise(revise, user="Lin", alternative=alternative) if revise else begun(book)
    return book.send(draft.id, record(**changes), documents, user="Lin", version=draft.version)


class Visitor:
    """A client at the door, from an address of his own and with no cookie."""

    def __init__(self, book: Book, clock: Clock, address: str = "203.0.113.9", **options: Any) -> None:
        routes = [door(lambda: book.links, b"k" * 32, clock)]
        self.app: Any = options.get("app") or Starlette(routes=routes)
        self.http = TestClient(
            self.app, HOST, client=(address, 4711), follow_redirects=False, raise_server_exceptions=False
        )

    def get(self, path: str, language: str = "en", **options: Any) -> Any:
        return self.http.get(
            path, headers={"Accept-Language": language, **options.pop("headers", {})}, **options
        )

    def form(self, path: str) -> str:
        """The token of the forms on the page of a link."""
        found = re.search(r'name="form" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def post(
        self, path: str, do: str, *, origin: str | None = HOST, form: str | None = None, **fields: str
    ) -> Any:
        form = self.form(path) if form is None else form
        headers = {} if origin is None else {"Origin": origin}
        return self.http.post(path, data={"do": do, "form": form, **fields}, headers=headers)

    def agree(self, path: str, name: str = "周敏", do: str = "agree", **more: Any) -> Any:
        return self.post(path, do, **{"name": name, "role": "采购总监", "tick": "yes", **more})


def link(book: Book, reference: str, days: int = 7) -> str:
    """The path of a new link."""
    return f"/q/{book.links.make(reference, days=days, user='Lin')[0]}"


__all__ = ["HOST", "NOON", "SECTION", "Visitor", "documents", "link", "paper", "sent"]
