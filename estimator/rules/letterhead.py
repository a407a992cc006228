"""What a deployment prints on its documents: the letterhead with its logo, and the scope of each service."""

from __future__ import annotations

from pathlib import Path

from estimator.contract.parties import Letterhead
from estimator.rules.reading import read_placed
from estimator.rules.scope import Scope
from estimator.values.errors import fail
from estimator.values.validation import MOST_BYTES, exists, parse_toml, read_text, validated


def read_letterhead(folder: Path) -> Letterhead:
    """What the deployment prints on every document."""
    return read_placed(_letterhead, folder / "letterhead.toml", folder)


def _letterhead(path: Path) -> Letterhead:
    return validated(Letterhead, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)


def read_logo(folder: Path, letterhead: Letterhead) -> tuple[str, bytes] | None:
    """The logo's file beside the rules, by name; None where the letterhead names none."""
    if not letterhead.logo:
        return None
    path = folder / Path(letterhead.logo).name
    exists(path)
    if path.suffix not in (".svg", ".png"):
        raise fail("not_a_choice", "letterhead.toml:logo", found=path.name, choices=".svg, .png")
    if path.stat().st_size > MOST_BYTES:
        found, most = f"{path.stat().st_size / 1e6:.1f}", f"{MOST_BYTES / 1e6:g}"
        raise fail("too_big", path.name, found=found, most=most)
    return path.name, path.read_bytes()


def read_scope(folder: Path) -> Scope:
    """What each service does and leaves out."""
    return read_placed(_scope, folder / "scope.toml", folder)


def _scope(path: Path) -> Scope:
    return validated(Scope, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
