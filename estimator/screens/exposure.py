"""Who may reach the page: this machine alone, or whoever has signed in; and under which names.

The page shows our own costs and every client's quote. Beyond this machine it is served only to people who
signed in, or from rules that hold no costs of ours.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config

from estimator.gate.origins import origin_of, origins_at
from estimator.rules.reading import INTERNAL
from estimator.rules.rules import root
from estimator.values.errors import Fault, QuotecastError

PUBLIC = "QUOTECAST_URL"
"""The environment's variable that holds the address people open, where a proxy stands before the server."""
LEAST_SECRET = 32
"""Characters of the secret that signs the cookie of whoever is signed in."""


def exposed(address: str | None, *, internal: bool, sign_in: bool) -> Fault | None:
    """What is wrong with serving the page at an address; nothing where it may be.

    Without an address the server listens on every interface.

    >>> exposed("localhost", internal=True, sign_in=False), exposed("0.0.0.0", internal=True, sign_in=True)
    (None, None)
    >>> exposed(None, internal=True, sign_in=False).code
    'exposed'
    """
    if _loopback(address) or sign_in or not internal:
        return None
    return Fault(code="exposed", place="server.address", values={"found": address or "0.0.0.0"})


def _loopback(address: str | None) -> bool:
    if address in ("localhost", "unix"):
        return True
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def fault() -> Fault | None:
    """What is wrong with serving the page as this server is set up."""
    return _fault_at(config.get_option("server.address"))


def _fault_at(address: str | None) -> Fault | None:
    return exposed(address, internal=(root() / INTERNAL).is_dir(), sign_in=sign_in())


def public_origins(environment: Mapping[str, str]) -> Iterator[str]:
    """The origins under which people come through a proxy; a ``QuotecastError`` where one cannot be read."""
    if url := environment.get(PUBLIC):
        yield origin_of(url, PUBLIC)
    if sign_in() and (url := st.secrets["auth"].get("redirect_uri")):
        yield origin_of(url, "auth.redirect_uri")


def origins(environment: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The origins of the page, and those of a client's link; to be asked once the server has its port.

    A public name leads to the page only where it may be served beyond this machine.
    """
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    local = origins_at(scheme, config.get_option("server.address"), int(config.get_option("server.port")))
    public = frozenset(public_origins(environment))
    return local | {
        origin for origin in public if _fault_at(urlsplit(origin).hostname) is None
    }, local | public


def scripts() -> Iterator[str]:
    """The text of each script that stands in Streamlit's own page."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    return (match[1] for match in re.finditer(r"<script>(.*?)</script>", page, re.DOTALL))


def unready(auth: Mapping[str, Any], *, installed: bool) -> Fault | None:
    """What keeps people from signing in, or lets anybody pass for them, as the secrets stand.

    Who is signed in stands in a cookie that the secret signs: one that can be guessed is a key for everybody.

    >>> unready({"cookie_secret": "x" * 32}, installed=True)
    >>> unready({"cookie_secret": "x" * 32}, installed=False).code
    'no_authlib'
    """
    if len(str(auth.get("cookie_secret", ""))) < LEAST_SECRET:
        return Fault(code="weak_secret", place="auth.cookie_secret", values={"least": LEAST_SECRET})
    return None if installed else Fault(code="no_authlib", place="auth")


def start_fault(environment: Mapping[str, str]) -> Fault | None:
    """Why the server should not start; nothing where it may."""
    try:
        tuple(public_origins(environment))
    except QuotecastError as error:
        return error.faults[0]
    if not sign_in():
        return fault()
    return unready(st.secrets["auth"], installed=find_spec("authlib") is not None)


def sign_in() -> bool:
    """Whether people have to sign in: an identity provider stands in Streamlit's secrets."""
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def user() -> str:
    """Who signed in, by the address that roles are given to."""
    return str(st.user.get("email") or "").strip().lower()


def verified() -> bool:
    """Whether the address is the visitor's own, as far as the provider says; many say nothing about it."""
    said = st.user.get("email_verified")
    return bool(user()) and (said is None or str(said).lower() == "true")


def is_signed_in() -> bool:
    """Whether this visitor has signed in, whoever it is."""
    return bool(st.user.get("is_logged_in", False))


def sign_out(label: str, kind: Literal["secondary", "tertiary"] = "tertiary") -> None:
    """The button that ends it, with who is signed in behind it."""
    st.button(label, key="sign_out", type=kind, help=user() or None, on_click=st.logout)
