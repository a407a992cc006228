"""The command line's own words in the language that is asked for: help, usage and errors of a wrong call.

The words are read only where Chinese is asked for, so that help in English waits for nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NoReturn


def language_of(arguments: Sequence[str]) -> str:
    """The language that a call asks for, also where the call is wrong otherwise.

    >>> language_of(["quote", "--lang", "zh"]), language_of(["quote", "--lang=zh"]), language_of(["quote"])
    ('zh', 'zh', 'en')
    """
    asked = [*pairwise(arguments), *((one.partition("=")[::2]) for one in arguments)]
    return "zh" if ("--lang", "zh") in asked else "en"


@cache
def _words(language: str) -> dict[str, dict[str, str]]:
    if language == "en":
        return {"help": {}, "frame": {}, "errors": {}}
    import tomllib

    return tomllib.loads(files("estimator.cli").joinpath(f"{language}.toml").read_text("utf-8"))


class _Formatter(argparse.HelpFormatter):
    """Help in one language."""

    language = "en"

    def start_section(self, heading: str | None) -> None:
        super().start_section(_words(self.language)["frame"].get(heading or "", heading))

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        usual = _words(self.language)["frame"].get("usage: ")
        super().add_usage(usage, actions, groups, usual if prefix is None else prefix)

    def add_text(self, text: str | None) -> None:
        super().add_text(_words(self.language)["help"].get(text or "", text))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return _words(self.language)["help"].get(action.help or "", action.help)


class _Chinese(_Formatter):
    language = "zh"


class Parser(argparse.ArgumentParser):
    """A parser whose help and errors are in ``language``, as are its commands'."""

    language = "en"

    def __init__(self, *args: Any, **named: Any) -> None:
        named["formatter_class"] = _Chinese if self.language == "zh" else _Formatter
        super().__init__(*args, **named)

    def error(self, message: str) -> NoReturn:
        """Print usage and what is wrong, and exit with 2."""
        words = _words(self.language)
        for pattern, said in words["errors"].items():
            if match := re.fullmatch(pattern, message, re.DOTALL):
                message = match.expand(said)
                break
        self.print_usage(sys.stderr)
        between = "：" if self.language == "zh" else ": "
        self.exit(2, f"{self.prog}{between}{words['frame'].get('error', 'error')}{between}{message}\n")


class ChineseParser(Parser):
    """The same in Chinese."""

    language = "zh"
