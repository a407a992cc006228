"""Drafts: what was typed, kept on the server at every change.

A draft belongs to one tab of one browser. Its file is named after hashes of both tokens, so a tab's address
opened in another browser finds nothing, and all drafts of a browser share a prefix: that is the whole index.
Keeping drafts is a service, never a condition: a disk that is full, closed or damaged costs the draft alone.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

MOST_DRAFTS = 500
MOST_DAYS = 30
MOST_BYTES = 1_000_000
MOST_SHOWN = 5
"""Drafts of a browser looked through for the one to continue."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft as it was kept, and when."""

    content: dict[str, Any]
    kept: dt.datetime


def folder() -> Path:
    """Where drafts lie: under ``$QUOTECAST_HOME``, else in the home folder."""
    return Path(os.environ.get("QUOTECAST_HOME") or Path.home() / ".quotecast") / "drafts"


def token() -> str:
    """A new name for a browser or a tab, not to be guessed."""
    return uuid.uuid4().hex


def save(browser: str, tab: str, content: Mapping[str, Any]) -> bool:
    """Keep ``content`` as the draft of this tab, unless it already is; whether it is kept now."""
    text = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    path = _path(browser, tab)
    try:
        new = not path.exists()
        if not new and path.read_bytes() == text:
            return True
        write_whole(path, text)
        if new:
            _tidy(path.parent)
    except OSError:
        return False
    return True


def load(browser: str, tab: str) -> Draft | None:
    """The draft of this tab; none where there is no readable one."""
    return _read(_path(browser, tab))


def newest(browser: str) -> Iterator[Draft]:
    """The last drafts of this browser, the newest first."""
    paths = _by_age(folder(), f"{_hash(browser)}-*.json")[:MOST_SHOWN]
    return (draft for path in paths if (draft := _read(path)) is not None)


def _path(browser: str, tab: str) -> Path:
    return folder() / f"{_hash(browser)}-{_hash(f'{browser} {tab}')}.json"


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def write_whole(path: Path, text: bytes) -> None:
    """The text in place whole or not at all, for nobody but us to read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(text)
        os.replace(unfinished, path)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _read(path: Path) -> Draft | None:
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        content = json.loads(path.read_text("utf-8"))
        kept = dt.datetime.fromtimestamp(path.stat().st_mtime)
    except (OSError, ValueError, RecursionError):
        return None
    return Draft(content=content, kept=kept) if isinstance(content, dict) else None


def _by_age(place: Path, pattern: str) -> list[Path]:
    """The files of that name, the newest first; one that vanishes meanwhile is the oldest."""

    def age(path: Path) -> float:
        try:
            return -path.stat().st_mtime
        except OSError:
            return 0.0

    return sorted(place.glob(pattern), key=age)


def _tidy(place: Path) -> None:
    """Drop drafts older than ``MOST_DAYS`` days, and all beyond the newest ``MOST_DRAFTS``."""
    oldest = time.time() - MOST_DAYS * 86_400
    for position, path in enumerate([*_by_age(place, "*.json"), *place.glob(".*.tmp")]):
        with suppress(OSError):
            if position >= MOST_DRAFTS or path.stat().st_mtime < oldest:
                path.unlink()
