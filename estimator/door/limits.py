"""How often an address may come: in memory, and for so many addresses only that nobody can fill it."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

MOST_ADDRESSES = 10_000
"""Addresses remembered; those that have not come for longest are forgotten first."""


def address_of(host: str) -> str:
    """Whom a limit counts: an IPv4 address, or the network that one subscriber has in IPv6.

    >>> address_of("203.0.113.9"), address_of("::ffff:203.0.113.9"), address_of("2001:db8:1:2:3::4")
    ('203.0.113.9', '203.0.113.9', '2001:db8:1:2::/64')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


class Limit:
    """So many times within a period, for each address."""

    def __init__(self, most: int, period: dt.timedelta) -> None:
        self._most, self._period = most, period
        self._times: OrderedDict[str, deque[dt.datetime]] = OrderedDict()

    def count(self, address: str, now: dt.datetime) -> None:
        """Count one more time."""
        times = self._times.setdefault(address, deque(maxlen=self._most))
        times.append(now)
        self._times.move_to_end(address)
        if len(self._times) > MOST_ADDRESSES:
            self._times.popitem(last=False)

    def wait(self, address: str, now: dt.datetime) -> dt.timedelta | None:
        """How long the address must wait; ``None`` where it need not."""
        times = self._times.get(address)
        if times is None or len(times) < self._most:
            return None
        left = times[0] + self._period - now
        return left if left > dt.timedelta() else None
