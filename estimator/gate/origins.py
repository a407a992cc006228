"""Where the server is: the origins that are its own, as a browser writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from estimator.values.errors import fail

LOCAL = ("localhost", "127.0.0.1", "::1")
EVERY_INTERFACE = ("", "0.0.0.0", "::")
_USUAL_PORT: Mapping[str, int] = {"http": 80, "https": 443}


def origins_at(scheme: str, address: str | None, port: int) -> frozenset[str]:
    """The origins of a server that listens at an address: this machine's names, and an address of its own.

    >>> sorted(origins_at("http", None, 8501))
    ['http://127.0.0.1:8501', 'http://[::1]:8501', 'http://localhost:8501']
    >>> sorted(origins_at("http", "192.168.1.7", 80) - origins_at("http", "localhost", 80))
    ['http://192.168.1.7']
    """
    own = () if (address or "") in EVERY_INTERFACE else (address or "",)
    return frozenset(_written(scheme, host, port) for host in (*LOCAL, *own))


def origin_of(url: str, place: str) -> str:
    """The origin of an address that people open; a ``QuotecastError`` where it is none.

    >>> origin_of("https://Quotes.Example.com:443/oauth2callback", "QUOTECAST_URL")
    'https://quotes.example.com'
    >>> origin_of("quotes.example.com", "QUOTECAST_URL")
    Traceback (most recent call last):
    ...
    estimator.values.errors.QuotecastError: QUOTECAST_URL: "quotes.example.com" is not ...
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:  # a port that is no number, brackets that do not close
        raise fail("not_an_address", place, found=url) from None
    if scheme not in _USUAL_PORT or not host or not host.isascii() or "@" in parts.netloc or "*" in host:
        raise fail("not_an_address", place, found=url)
    return _written(scheme, host, port or _USUAL_PORT[scheme])


def by_host(origins: Iterable[str]) -> Mapping[str, str]:
    """Origins by the ``Host`` header that a browser sends there.

    >>> by_host(["http://localhost:8501", "https://quotes.example.com"])
    {'localhost:8501': 'http://localhost:8501', 'quotes.example.com': 'https://quotes.example.com'}
    """
    return {urlsplit(origin).netloc: origin for origin in origins}


def _written(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host.lower()
    return f"{scheme}://{name}" + ("" if port == _USUAL_PORT[scheme] else f":{port}")
