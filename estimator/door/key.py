"""The secret of a deployment, in a file beside the book and never in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_SIZE = 32


def kept_key(path: Path) -> bytes:
    """The key in a file, which is made where there is none; only its owner may read it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SIZE))
            os.link(unfinished, path)  # whole or not at all; of two servers that begin at once, one is first
        except FileExistsError:
            pass
        finally:
            unfinished.unlink(missing_ok=True)
    return path.read_bytes()
