"""Who may reach the page: beyond this machine nobody without signing in, unless nothing of ours is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from servers import free_port
from streamlit.testing.v1 import AppTest

from estimator.screens.exposure import exposed, unready

ROOT = Path(__file__).parent.parent
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "x" * 32,
    "client_id": "id",
    "client_secret": "secret",
    "server_metadata_url": "https://idp.invalid/.well-known/openid-configuration",
}


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_this_machine_alone_needs_nothing(address: str) -> None:
    assert exposed(address, internal=True, sign_in=False) is None


@pytest.mark.parametrize("address", [None, "0.0.0.0", "::", "192.168.1.7", "quotes.example.com", ""])
def test_beyond_it_costs_of_ours_ask_for_signing_in(address: str | None) -> None:
    fault = exposed(address, internal=True, sign_in=False)
    assert fault is not None and "localhost" in fault.text("en") and "登录" in fault.text("zh")
    assert exposed(address, internal=False, sign_in=False) is None
    assert exposed(address, internal=True, sign_in=True) is None


def test_the_server_does_not_start_where_anybody_could_read_our_costs(tmp_path: Path) -> None:
    assert "server.address" in refused(tmp_path)


def test_nor_where_anybody_could_sign_the_cookie_of_who_is_signed_in(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    lines = [f'{name} = "{value}"' for name, value in (AUTH | {"cookie_secret": "guess me"}).items()]
    secrets.write_text("\n".join(["[auth]", *lines]), "utf-8")
    assert "auth.cookie_secret" in refused(tmp_path, "--secrets.files", str(secrets))


def test_signing_in_needs_its_packages_and_a_secret() -> None:
    assert unready(AUTH, installed=True) is None
    for auth, installed, code in ((AUTH, False, "no_authlib"), ({}, True, "weak_secret")):
        fault = unready(auth, installed=installed)
        assert fault is not None and fault.code == code


def refused(tmp_path: Path, *options: str) -> str:
    """What the server says on every interface, where it does not start."""
    command = [sys.executable, "-m", "streamlit", "run", "serve.py", "--server.headless", "true"]
    started = subprocess.run(
        [*command, "--server.address", "0.0.0.0", "--server.port", str(free_port()), *options],
        cwd=ROOT,
        env={**os.environ, "QUOTECAST_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert started.returncode != 0
    return started.stdout + started.stderr


def test_who_has_not_signed_in_is_shown_nothing_but_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTECAST_HOME", str(tmp_path))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.secrets["auth"] = AUTH
    page.run()
    assert not page.exception
    assert [button.key for button in page.button] == ["sign_in"] and not page.text_input
