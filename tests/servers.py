"""The server under test, page and door: on a port of its own, with its drafts in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
GUARDED = Path(__file__).parent / "browser" / "guarded"


@dataclass(frozen=True)
class Server:
    """The page's server: where it listens, and the file of addresses it asked for outside."""

    url: str
    outside: Path


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start(port: int, home: Path, folder: Path, *options: str, **environment: str) -> subprocess.Popen[bytes]:
    """A server that answers, its drafts in ``home`` and its log in ``folder``, under ``options``."""
    paths = os.pathsep.join([str(GUARDED), str(ROOT)])
    outside = {"QUOTECAST_OUTSIDE": str(folder / "outside.txt")}
    with (folder / "server.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "serve.py", "--server.port", str(port), *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths, "QUOTECAST_HOME": str(home), **outside, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    _wait(f"http://localhost:{port}/_stcore/health", process, folder / "server.log")
    return process


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            with urlopen(url, timeout=1):
                return
        except OSError:
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.05)
    raise AssertionError(f"no answer from the server: {log.read_text('utf-8')}")
