"""What stands before the door: how often an address may come, and the headers of every answer."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from estimator.door import pages
from estimator.door.limits import Limit, address_of
from estimator.door.words import Language, language_of

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""On every answer. Styles stand in the page; nothing else is loaded, no script runs, nobody frames it."""
MOST_REQUESTS, REQUESTS_WITHIN = 60, dt.timedelta(minutes=1)
MOST_WRONG, WRONG_WITHIN = 10, dt.timedelta(hours=1)
"""What an address may ask for, and how often in vain."""


class Guard:
    """Lets an address ask so often, and looks for what it may not find only a few times."""

    def __init__(self, app: ASGIApp, clock: Callable[[], dt.datetime]) -> None:
        self._app, self._clock = app, clock
        self._requests = Limit(MOST_REQUESTS, REQUESTS_WITHIN)
        self._wrong = Limit(MOST_WRONG, WRONG_WITHIN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        address, now = address_of((scope.get("client") or ("",))[0]), self._clock()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == 404:
                    self._wrong.count(address, now)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        wait = self._requests.wait(address, now) or self._wrong.wait(address, now)
        if wait is None:
            self._requests.count(address, now)
            await self._app(scope, receive, guarded)
        else:
            await _too_many(Request(scope), wait)(scope, receive, guarded)


def reader_of(request: Request) -> Language:
    """The language of whoever asks."""
    headers: Headers = request.headers
    return language_of(request.query_params.get("lang"), headers.get("accept-language", ""))


def _too_many(request: Request, wait: dt.timedelta) -> HTMLResponse:
    minutes = math.ceil(wait / dt.timedelta(minutes=1))
    told = pages.message(reader_of(request), "too_many", minutes=minutes)
    return HTMLResponse(told, 429, {"Retry-After": str(math.ceil(wait.total_seconds()))})
