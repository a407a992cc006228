"""What a client sends: read within bounds, from our own page only, and told apart from a form sent twice."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_OF_A_BODY = 16_384
"""Bytes of a form."""
MOST_FIELDS = 20
MOST_AGE = dt.timedelta(days=1)
"""Time that a form may stand open; after it the client is shown where the quote stands now."""


class Keys:
    """What is derived from the key of a deployment: the tokens of forms, and hashes of addresses.

    The key stands outside the book, so who reads a copy of the book alone can try out no addresses.
    """

    def __init__(self, key: bytes) -> None:
        self._form, self._address = (hmac.digest(key, use, "sha256") for use in (b"form", b"address"))

    def visitor(self, address: str) -> str:
        """The hash of an address."""
        return hmac.new(self._address, address.encode(), sha256).hexdigest()

    def new_form(self, token: str, now: dt.datetime) -> str:
        """The token of a new form on the page of a link."""
        begun = f"{secrets.token_hex(16)}.{int(now.timestamp())}"
        return f"{begun}.{self._signed(token, begun)}"

    def read_form(self, token: str, form: str, now: dt.datetime) -> str | None:
        """What tells this form from every other; ``None`` if it is not ours, of another link, or old."""
        begun, _, signed = form.rpartition(".")
        if not hmac.compare_digest(signed.encode(), self._signed(token, begun).encode()):
            return None
        age = now.timestamp() - int(begun.rpartition(".")[2])
        return begun if 0 <= age <= MOST_AGE.total_seconds() else None

    def _signed(self, token: str, begun: str) -> str:
        return hmac.new(self._form, f"{token} {begun}".encode(), sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Refuse a form from another site's page: a browser names the site, and no script can change that."""
    origin = urlsplit(request.headers.get("origin", ""))
    host = request.headers.get("host", "")
    if origin.scheme not in ("http", "https") or not host or origin.netloc.lower() != host.lower():
        raise HTTPException(403)


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form, the last of each name; one that is too large is not read to its end."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_OF_A_BODY:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise HTTPException(403) from None
