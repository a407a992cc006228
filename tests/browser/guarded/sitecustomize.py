"""Loaded by the page's server under test: refuses what would leave this machine, and writes it down."""

import ipaddress
import os
import sys

HERE = (None, "", "localhost")


def _inside(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    try:
        address = ipaddress.ip_address(str(name))
    except ValueError:
        return name in HERE
    return address.is_loopback or address.is_unspecified


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path is a socket of this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    if not _inside(host):
        with open(os.environ["QUOTECAST_OUTSIDE"], "a", encoding="utf-8") as file:
            file.write(f"{event} {host!r}\n")
        raise ConnectionRefusedError(f"{event} {host!r} leaves this machine")


sys.addaudithook(_refuse)
