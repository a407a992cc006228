"""Who is let in: a request for an address of ours, and from a page of ours or from none.

A name of somebody else can be made to lead to this machine (DNS rebinding). The browser then takes the server
for that site and lets its scripts read whatever is answered, so such a name is answered nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from estimator.presentation.words import LANGUAGES
from estimator.values.errors import Fault

READING = ("GET", "HEAD")
_STARTS = ("http.response.start", "websocket.http.response.start", "websocket.accept")


class Gate:
    """Refuses what is not meant for this server, before anything behind it runs.

    ``origins`` gives, for a path, the origins that are served there, each by its ``Host`` header. ``headers``
    are set on every answer that does not set them itself.
    """

    def __init__(
        self, app: ASGIApp, origins: Callable[[str], Mapping[str, str]], headers: Mapping[str, str]
    ) -> None:
        self._app, self._origins, self._headers = app, origins, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] in _STARTS:
                answered = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answered.setdefault(name, value)
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """What is answered instead; nothing where the request may pass.

        Both headers are compared as they came: Streamlit looks its own address up outside for an origin that
        differs from the host, were it only in a letter's case.
        """
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        own = self._origins(scope["path"]).get(hosts[0]) if len(hosts) == 1 else None
        if own is None:
            return _refused(421, "not_served_here", hosts)
        # a browser names the page that opens a session or changes something; only reading may go without
        nameless = not origins and scope["type"] == "http" and scope["method"] in READING
        return None if nameless or origins == [own] else _refused(403, "foreign_page", origins)


def failed(headers: Mapping[str, str]) -> Callable[[Request, Exception], Response]:
    """What is answered where something broke: nothing of it, and under the headers of every other answer."""
    return lambda request, error: PlainTextResponse("500", 500, dict(headers))


def _refused(status: int, code: str, found: list[str]) -> Response:
    """A few lines that tell a person what to do; what was found stands in the log alone."""
    fault = Fault(code=code, place="")
    logging.getLogger(__name__).warning("%d %.200r: %s", status, found, fault)
    lines = "\n\n".join(map(fault.text, LANGUAGES))
    return PlainTextResponse(f"{lines}\n", status, {"Cache-Control": "no-store"})
