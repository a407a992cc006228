"""An OpenID provider of the tests' own: it signs in whom the browser says it is, and answers as a real one.

Discovery, authorization code with PKCE, a token signed with RS256, its keys, and the end of a session. Who
somebody is stands in a cookie at the provider, as after a form. It knows one client and one place to return
to, takes a code once, and refuses what a provider refuses.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "quotecast", "a secret of the tests"
WHO = "claims"
"""The cookie that says who is at the browser, as claims in JSON."""


class Provider:
    """Where it answers, where it sends people back to, and what it has done."""

    def __init__(self, url: str, back: str) -> None:
        self.url, self.back = url, back
        self.key = RSAKey.generate_key(2048, {"kid": "tests", "use": "sig", "alg": "RS256"})
        self.foreign = RSAKey.generate_key(2048, {"kid": "tests", "use": "sig", "alg": "RS256"})
        self.forge = False
        self.codes: dict[str, dict[str, str]] = {}
        self.signed_in: list[str] = []
        self.refused: list[str] = []

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: Mapping[str, str], who: str) -> str | None:
        """Where to send somebody with a code; nowhere if the client or the way back is another."""
        known = asked.get("client_id") == CLIENT and asked.get("redirect_uri") == self.back
        if not known or asked.get("code_challenge_method") != "S256" or not who:
            self.refused.append(f"authorize {asked.get('redirect_uri')}")
            return None
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, WHO: who}
        return f"{self.back}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: Mapping[str, str], authorization: str) -> dict[str, Any] | None:
        """The token of a code that was not used, for the client that holds the verifier of its challenge."""
        pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        granted = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if authorization != f"Basic {pair}" or granted is None or granted["code_challenge"] != challenge:
            self.refused.append("token")
            return None
        claims, now = json.loads(granted[WHO]), int(time.time())
        claims |= {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600}
        key = self.foreign if self.forge else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "tests"}, {**claims, "nonce": granted["nonce"]}, key)
        self.signed_in.append(claims["sub"])
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 600,
            "id_token": signed,
        }


class Answers(BaseHTTPRequestHandler):
    """The provider's addresses."""

    provider: Provider

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, self._asked(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            self._say(self.provider.discovery())
        elif path == "/jwks":
            self._say(KeySet([self.provider.key]).as_dict(private=False))
        elif path == "/authorize":
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get(WHO)
            self._send_to(self.provider.authorize(asked, unquote(cookie.value) if cookie else ""))
        elif path == "/logout":
            back = asked.get("post_logout_redirect_uri")
            self._send_to(back if back == self.provider.back else None, forget=True)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        found = self.provider.token(self._asked(body), self.headers.get("Authorization", ""))
        self._say(found or {"error": "invalid_grant"}, 200 if found else 400)

    def _asked(self, query: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(query).items()}

    def _send_to(self, place: str | None, *, forget: bool = False) -> None:
        if place is None:
            self.send_error(400)
            return
        self.send_response(302)
        self.send_header("Location", place)
        if forget:
            self.send_header("Set-Cookie", f"{WHO}=; Max-Age=0; Path=/")
        self.end_headers()

    def _say(self, content: Any, status: int = 200) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing is written down."""


@contextmanager
def provider(back: str) -> Iterator[Provider]:
    """A provider that answers on this machine, and lets people return to one address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made = Provider(f"http://127.0.0.1:{server.server_port}", back)
    server.RequestHandlerClass = type("TheseAnswers", (Answers,), {"provider": made})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def secrets_file(url: str, back: str) -> str:
    """What stands in Streamlit's secrets for it."""
    return "\n".join(
        [
            "[auth]",
            f'redirect_uri = "{back}"',
            f'cookie_secret = "{secrets.token_hex(32)}"',
            f'client_id = "{CLIENT}"',
            f'client_secret = "{SECRET}"',
            f'server_metadata_url = "{url}/.well-known/openid-configuration"',
            "",
        ]
    )
