"""The client's door: what answers below ``/q``, beside the page in the same server.

Who has a link reaches the bytes and the state of one revision through ``Links``; nothing else is handed in.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from estimator.book.links import Links, Offer
from estimator.door import pages
from estimator.door.answers import Answer, NotRecordedError, record, refused
from estimator.door.forms import Keys, check_origin, read_form
from estimator.door.guard import Guard, reader_of
from estimator.door.limits import address_of
from estimator.door.words import Language, say
from estimator.values.errors import QuotecastError

PATH = "/q"
_SAID: Mapping[int, str] = {404: "not_found", 405: "not_allowed", 403: "elsewhere", 413: "too_large"}


def door(links: Callable[[], Links], key: bytes, clock: Callable[[], dt.datetime]) -> Mount:
    """The routes of the door. ``links`` opens the book's links, ``key`` is the deployment's own secret."""
    desk = _Desk(links, Keys(key), clock)
    inner = Starlette(
        routes=[
            Route("/{token}", desk.answer, methods=["GET", "POST"]),
            Route("/{token}/file/{name}", desk.hand_out, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _refused, QuotecastError: _closed, OSError: _closed},
    )
    inner.router.redirect_slashes = False
    return Mount(PATH, app=Guard(inner, clock))


class _Desk:
    """Answers the requests of whoever has a link."""

    def __init__(self, links: Callable[[], Links], keys: Keys, clock: Callable[[], dt.datetime]) -> None:
        self._links, self._keys, self._clock = links, keys, clock

    async def answer(self, request: Request) -> Response:
        """The page of a link, or what comes of one of its forms."""
        if request.method != "POST":
            return await run_in_threadpool(self._show, request)
        check_origin(request)
        return await run_in_threadpool(self._record, request, await read_form(request))

    def _show(self, request: Request) -> Response:
        """The paper as it was sent, where it stands, and the forms. Only reading all of it is a visit."""
        visitor = None if request.method == "HEAD" else self._visitor(request)
        token = request.path_params["token"]
        offer = self._links().open(token, visitor)
        if offer is None:
            raise HTTPException(404)
        return self._page(request, offer)

    def hand_out(self, request: Request) -> Response:
        """The PDF or the workbook, to be kept."""
        token, name = request.path_params["token"], request.path_params["name"]
        offer = self._links().open(token)
        for document in offer.documents if offer else ():
            if document.name == name and document.media_type in pages.TAKEN:
                content = self._links().document(token, name)
                headers = {"Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}"}
                return Response(content, headers=headers, media_type=document.media_type)
        raise HTTPException(404)

    def _record(self, request: Request, fields: Mapping[str, str]) -> Response:
        token, language = request.path_params["token"], reader_of(request)
        links = self._links()
        offer = links.open(token)
        if offer is None:
            raise HTTPException(404)
        form = self._keys.read_form(token, fields.get("form", ""), self._clock())
        answer = Answer(fields=fields, language=language, form=form or "", visitor=self._visitor(request))
        try:
            if form is None or answer.do not in ("agree", "decline", "ask"):
                raise NotRecordedError(say(language, "form_old"), 409)
            try:
                done = record(links, token, offer, self._paper(token, offer, language), answer)
            except QuotecastError as error:
                offer = links.open(token) or offer
                raise refused(offer, answer, error) from None
        except NotRecordedError as why:
            return self._page(request, offer, why.notice, why.status, fields)
        if not done:
            raise HTTPException(404)
        there = "door-questions" if answer.do == "ask" else ""
        # 303: reloading what comes next sends no form again
        return RedirectResponse(f"{self._path(request)}?lang={language}#{there}".rstrip("#"), 303)

    def _page(
        self,
        request: Request,
        offer: Offer,
        notice: str = "",
        status: int = 200,
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        token, language = request.path_params["token"], reader_of(request)
        view = pages.View(
            language=language,
            path=self._path(request),
            form=self._keys.new_form(token, self._clock()),
            notice=notice,
            typed=typed,
        )
        page = pages.offer_page(offer, self._paper(token, offer, language), view)
        # under no-referrer a browser hides where a form comes from; to another site neither tells anything
        return HTMLResponse(page, status, {"Referrer-Policy": "same-origin"})

    def _paper(self, token: str, offer: Offer, language: Language) -> pages.Paper | None:
        """The page that was sent in a language, or else in the other."""
        found = pages.papers(offer)
        document = found.get(language) or next(iter(found.values()), None)
        content = document and self._links().document(token, document.name)
        return pages.Paper(document=document, content=content) if document and content else None

    def _visitor(self, request: Request) -> str:
        return self._keys.visitor(address_of(request.client.host if request.client else ""))

    def _path(self, request: Request) -> str:
        return f"{request.scope['root_path']}/{quote(request.path_params['token'])}"


def _refused(request: Request, error: Exception) -> Response:
    """One page for each kind of refusal, which tells nothing about whether there is such a link."""
    assert isinstance(error, HTTPException)
    return HTMLResponse(
        pages.message(reader_of(request), _SAID[error.status_code]), error.status_code, error.headers
    )


def _closed(request: Request, error: Exception) -> Response:
    """The book cannot be read now; whoever runs it finds the reason in the log."""
    logging.getLogger(__name__).error("%s", error)
    return HTMLResponse(pages.message(reader_of(request), "closed"), 503, {"Retry-After": "60"})
