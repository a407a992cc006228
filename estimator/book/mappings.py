"""What somebody said of the columns of own tables: a small file for each person, beside the drafts.

As with drafts, keeping it is a service: a disk that is full or closed costs the memory alone.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from estimator.book.drafts import MOST_BYTES, folder, write_whole


def load(user: str) -> str:
    """What was kept for a person, as the text that it was; empty where there is nothing readable."""
    path = _path(user)
    try:
        return path.read_text("utf-8") if path.stat().st_size <= MOST_BYTES else ""
    except (OSError, ValueError):
        return ""


def save(user: str, text: str) -> bool:
    """Keep ``text`` for a person in place of what was kept; whether it is kept now."""
    content = text.encode()
    if len(content) > MOST_BYTES:
        return False
    try:
        write_whole(_path(user), content)
    except OSError:
        return False
    return True


def _path(user: str) -> Path:
    name = sha256(user.encode("utf-8", "replace")).hexdigest()[:40]
    return folder().parent / "mappings" / f"{name}.toml"
