"""Loaded by the page's server under test: writes down every address outside this machine it asks for."""

import os
import sys


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        inside = not isinstance(address, tuple) or str(address[0]).startswith(("127.", "::1", "localhost"))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[0]
        inside = address in (None, "", "localhost", "127.0.0.1", "::1", b"localhost")
    else:
        return
    if not inside:
        with open(os.environ["QUOTECAST_OUTSIDE"], "a", encoding="utf-8") as file:
            file.write(f"{event} {address}\n")


sys.addaudithook(_note)
