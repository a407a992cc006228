"""Closed to the web: a server in a process of its own, asked under foreign names and from foreign pages."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest
from pages import linked
from sampled import first
from servers import GUARDED, ROOT, Server, free_port, start
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from estimator.gate.gate import Gate, failed
from estimator.gate.headers import headers
from estimator.screens.exposure import start_fault

PUBLIC = "quotes.example.com"
PATHS = (
    "/",
    "/_stcore/health",
    "/_stcore/host-config",
    "/app/static/NotoSansSC-400.woff2",
    "/media/x",
    "/q/x",
)
FIGURES = (b"guard.above_safe", b"8,200")
"""What the page of the seed brief is to keep: a guard, and the price."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """On this machine alone, with a public name for clients; whatever is asked, it asks nothing outside."""
    yield from served(tmp_path_factory.mktemp("closed"), QUOTECAST_URL=f"https://{PUBLIC}")


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """On every interface, for its rules hold no costs of ours."""
    folder = tmp_path_factory.mktemp("open")
    rules = shutil.copytree(
        ROOT / "pricing_rules", folder / "rules", ignore=shutil.ignore_patterns("internal")
    )
    url = f"http://{PUBLIC}:8080"
    yield from served(folder, "--server.address", "0.0.0.0", QUOTECAST_RULES=str(rules), QUOTECAST_URL=url)


def served(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    port = free_port()
    process = start(port, folder / "home", folder, *options, **environment)
    try:
        yield Server(f"http://localhost:{port}", folder / "outside.txt")
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(autouse=True)
def nothing_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test no server has looked up or called anything but this machine."""
    servers = [
        request.getfixturevalue(name) for name in ("server", "open_server") if name in request.fixturenames
    ]
    yield
    for one in servers:
        assert not one.outside.exists(), one.outside.read_text("utf-8")


def own(server: Server) -> str:
    return server.url.removeprefix("http://")


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def ask(
    server: Server,
    path: str = "/",
    *,
    method: str = "GET",
    hosts: tuple[str, ...] | None = None,
    origins: tuple[str, ...] = (),
    **more: str,
) -> tuple[int, Mapping[str, str], str]:
    """What a request with these headers is answered: status, headers in small letters, text."""
    connection = http.client.HTTPConnection("localhost", port_of(server), timeout=20)
    connection.putrequest(method, path, skip_host=True)
    for host in (own(server),) if hosts is None else hosts:
        connection.putheader("Host", host)
    for origin in origins:
        connection.putheader("Origin", origin)
    for name, value in more.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def session_of(server: Server, host: str | None = None, origin: str | None = None) -> ClientConnection:
    """A session from a page at ``host``, a name that leads to this machine; ``InvalidStatus`` if refused."""
    address = f"ws://{own(server) if host is None else host}/_stcore/stream"
    line = socket.create_connection(("localhost", port_of(server)), timeout=20)
    stated = None if origin is None else Origin(origin)
    return connect(address, sock=line, origin=stated, subprotocols=[Subprotocol("streamlit")], max_size=None)


def received(server: Server, host: str | None = None, origin: str | None = None, until: bytes = b"") -> bytes:
    """What such a session is sent for the seed brief until it holds ``until``."""
    with session_of(server, host, origin) as session:
        message = BackMsg()
        message.rerun_script.query_string = linked("seed_beauty").removeprefix("/?")
        session.send(message.SerializeToString())
        told = b""
        while not told or until not in told:
            frame = session.recv(timeout=30)
            told += frame if isinstance(frame, bytes) else frame.encode()
        return told


def wrong_hosts(port: int) -> dict[str, tuple[str, ...]]:
    return {
        "rebinding": ("evil.example",),
        "rebinding, our port": (f"evil.example:{port}",),
        "another port": (f"localhost:{port + 1}",),
        "no port": ("localhost",),
        "our name as part of another": (f"localhost.evil.example:{port}",),
        "a dot at its end": (f"localhost.:{port}",),
        "another way to write it": (f"LOCALHOST:{port}",),
        "every interface": (f"0.0.0.0:{port}",),
        "a name before it": (f"evil@localhost:{port}",),
        "empty": ("",),
        "two": (f"localhost:{port}", "evil.example"),
        "two, ours last": ("evil.example", f"localhost:{port}"),
        "none": (),
    }


def wrong_origins(port: int) -> dict[str, tuple[str, ...]]:
    return {
        "another site": ("http://evil.example",),
        "another port": (f"http://localhost:{port + 1}",),
        "no port": ("http://localhost",),
        "another scheme": (f"https://localhost:{port}",),
        "another name of this machine": (f"http://127.0.0.1:{port}",),
        "null": ("null",),
        "empty": ("",),
        "ours as part of another": (f"http://localhost:{port}.evil.example",),
        "ours as a user": (f"http://localhost:{port}@evil.example",),
        "in capitals": (f"http://LOCALHOST:{port}",),
        "an extension's": ("chrome-extension://abcdefghijklmnop",),
        "two": (f"http://localhost:{port}", "http://evil.example"),
    }


# ── who is refused ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", wrong_hosts(0))
def test_a_name_that_is_not_ours_is_answered_nothing(server: Server, name: str) -> None:
    hosts = wrong_hosts(port_of(server))[name]
    for path, origins in product(PATHS, ((), tuple(f"http://{host}" for host in hosts[:1]))):
        status, _, text = ask(server, path, hosts=hosts, origins=origins)
        assert status in (400, 421) and "stcore" not in text and "<" not in text


def test_two_names_are_none_of_ours_whatever_server_lets_them_through() -> None:
    page = Route("/", lambda request: PlainTextResponse("figures"))
    gate = Gate(Starlette(routes=[page]), lambda path: {"ours": "http://ours"}, {})
    one = TestClient(gate, "http://ours")
    assert one.get("/").status_code == 200
    assert one.get("/", headers=[("Host", "ours"), ("Host", "evil")]).status_code == 421


@pytest.mark.parametrize("name", wrong_origins(0))
def test_a_page_that_is_not_ours_is_answered_nothing(server: Server, name: str) -> None:
    origins = wrong_origins(port_of(server))[name]
    for path, method in product(PATHS, ("GET", "OPTIONS", "POST", "PUT", "DELETE")):
        status, answered, text = ask(server, path, method=method, origins=origins)
        assert status == 403 and "<" not in text
        assert not [name for name in answered if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_changes_something_says_which_page_it_comes_from(server: Server, method: str) -> None:
    for path in ("/_stcore/upload_file/x/y", "/q/x", "/_stcore/agent/interact"):
        assert ask(server, path, method=method)[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "localhost:{other}", PUBLIC])
def test_no_session_begins_under_a_name_that_is_not_ours(server: Server, host: str) -> None:
    """The page was opened at that very name, so its origin agrees with its host."""
    name = host.format(port=port_of(server), other=port_of(server) + 1)
    for origin in (f"http://{name}", f"https://{name}", None):
        with pytest.raises(InvalidStatus) as refused:
            received(server, name, origin)
        assert refused.value.response.status_code == 421


@pytest.mark.parametrize("name", [*(name for name in wrong_origins(0) if name != "two"), "missing"])
def test_no_session_begins_from_a_page_that_is_not_ours(server: Server, name: str) -> None:
    origin = None if name == "missing" else wrong_origins(port_of(server))[name][0]
    with pytest.raises(InvalidStatus) as refused:
        received(server, origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("more", "remedy"),
    [({"hosts": ("evil.example",)}, "QUOTECAST_URL"), ({"origins": ("null",)}, "http or https")],
)
def test_a_refusal_says_what_to_do_in_both_languages_and_repeats_nothing(
    server: Server, more: dict[str, tuple[str, ...]], remedy: str
) -> None:
    _, answered, text = ask(server, **more)  # type: ignore[arg-type]
    assert answered["content-type"] == "text/plain; charset=utf-8"
    assert remedy in text and "部署人员" in text and "evil" not in text


# ── who is let in ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", first(["localhost", "127.0.0.1", "[::1]"], 1))
def test_this_machines_own_names_open_the_page_and_its_figures(server: Server, name: str) -> None:
    host = f"{name}:{port_of(server)}"
    assert ask(server, hosts=(host,))[0] == ask(server, hosts=(host,), origins=(f"http://{host}",))[0] == 200
    told = received(server, host, f"http://{host}", until=FIGURES[0])
    assert all(figure in told for figure in FIGURES)


def test_a_public_name_opens_links_and_not_the_page_where_nobody_signs_in(server: Server) -> None:
    status, _, text = ask(server, "/q/x", hosts=(PUBLIC,))
    assert status == 404 and 'class="door"' in text
    assert ask(server, "/q/x", method="POST", hosts=(PUBLIC,), origins=(f"https://{PUBLIC}",))[0] == 404
    assert ask(server, "/q/x", method="POST", hosts=(PUBLIC,), origins=(f"http://{PUBLIC}",))[0] == 403
    for path in ("/", "/q", "/quotes", "/_stcore/health", "/media/x"):
        assert ask(server, path, hosts=(PUBLIC,))[0] == 421


def test_a_public_name_opens_the_page_where_it_may_be_served_to_everybody(open_server: Server) -> None:
    host, origin = f"{PUBLIC}:8080", f"http://{PUBLIC}:8080"
    assert ask(open_server, hosts=(host,))[0] == 200
    assert received(open_server, host, origin)
    for name in (PUBLIC, f"{PUBLIC}:{port_of(open_server)}", "192.168.1.7:8501"):
        assert ask(open_server, hosts=(name,))[0] == 421


def test_an_address_that_no_browser_opens_keeps_the_server_from_starting() -> None:
    for url in (
        "quotes.example.com",
        "ftp://quotes.example.com",
        "https://",
        "https://报价.example",
        "http://a:x",
    ):
        fault = start_fault({"QUOTECAST_URL": url})
        assert fault is not None and fault.code == "not_an_address" and fault.place == "QUOTECAST_URL"
    assert start_fault({"QUOTECAST_URL": "https://quotes.example.com/"}) is None


# ── nothing leaves ────────────────────────────────────────────────────────────────────────────────


def test_no_header_makes_the_server_ask_outside(server: Server) -> None:
    """Streamlit looks its own address up at a service when an origin is not its host's."""
    forged = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "https",
        "Referer": "http://evil.example/",
    }
    more = {
        "Forwarded": "host=evil.example",
        "X_Forwarded_For": "198.51.100.7",
        "X_Original_URL": "http://evil",
    }
    assert ask(server, **forged, **more)[0] == 200
    assert ask(server, origins=("http://evil.example",), **forged, **more)[0] == 403


def test_the_guard_in_the_servers_process_refuses_and_records(tmp_path: Path) -> None:
    tries = (
        "s.getaddrinfo('example.com', 80)",
        "s.gethostbyname('127.evil.example')",
        "s.create_connection(('192.0.2.1', 80), 1)",
        "s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
    )
    tried = "\n".join(f"try: {one}\nexcept ConnectionRefusedError: print('refused')" for one in tries)
    outside = tmp_path / "outside.txt"
    env = {**os.environ, "PYTHONPATH": str(GUARDED), "QUOTECAST_OUTSIDE": str(outside)}
    told = subprocess.run(
        [sys.executable, "-c", f"import socket as s\n{tried}"],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["refused"] * 4
    assert len(outside.read_text("utf-8").splitlines()) == 4


# ── headers ───────────────────────────────────────────────────────────────────────────────────────


CARRIED = frozenset(name.lower() for name in headers([]))


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/", {}, 200),
        ("/_stcore/health", {}, 200),
        ("/_stcore/host-config", {}, 200),
        ("/app/static/NotoSansSC-400.woff2", {}, 200),
        ("/media/none", {}, 404),
        ("/q/none", {}, 404),
        ("/q/none", {"method": "PUT", "origins": ("{own}",)}, 405),
        ("//evil", {}, 400),
        ("/", {"hosts": ("evil.example",)}, 421),
        ("/q/none", {"origins": ("null",)}, 403),
    ],
)
def test_every_answer_carries_the_headers(
    server: Server, path: str, more: dict[str, object], status: int
) -> None:
    if more.get("origins") == ("{own}",):
        more = {**more, "origins": (server.url,)}
    answer, answered, _ = ask(server, path, **more)  # type: ignore[arg-type]
    assert answer == status and set(answered) >= CARRIED
    assert "frame-ancestors 'none'" in answered["content-security-policy"]
    assert answered["x-content-type-options"] == "nosniff"


def test_no_script_runs_that_is_not_the_pages_own(server: Server) -> None:
    policy = dict(part.split(" ", 1) for part in ask(server)[1]["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "*"} & set(policy["script-src"].split())
    door = dict(part.split(" ", 1) for part in ask(server, "/q/x")[1]["content-security-policy"].split("; "))
    assert "script-src" not in door and door["default-src"] == "'none'"


def test_a_session_and_its_refusal_carry_them_too(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        received(server, origin="null")
    assert {name.lower() for name in refused.value.response.headers} >= CARRIED
    with session_of(server, origin=server.url) as session:
        assert session.response and {name.lower() for name in session.response.headers} >= CARRIED


def test_an_answer_of_something_that_broke_carries_them_and_tells_nothing() -> None:
    def broken(request: object) -> None:
        raise ValueError("a secret")

    carried = headers(["x"])
    app = Starlette(
        routes=[Route("/", broken)],
        middleware=[Middleware(Gate, lambda path: {"testserver": "http://testserver"}, carried)],
        exception_handlers={Exception: failed(carried)},
    )
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500 and "secret" not in answer.text
    assert {name.lower() for name in carried} <= set(answer.headers)
