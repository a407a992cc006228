"""The headers of every answer; what an answer says for itself is left as it is."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256

_NOT_USED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
"""What a browser could lend a page, and this one never asks for."""


def headers(scripts: Iterable[str]) -> Mapping[str, str]:
    """The headers under which the page works; ``scripts`` are those that stand in it, each with its text."""
    known = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    policy = {
        "default-src": "'none'",
        # Streamlit reads whole numbers of its messages with WebAssembly, which no text can be run by
        "script-src": f"'self' 'wasm-unsafe-eval' {known}".strip(),
        "style-src": "'self' 'unsafe-inline'",  # Streamlit writes its styles while the page is drawn
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NOT_USED),
        "Referrer-Policy": "same-origin",  # the address holds what the prospect said
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
