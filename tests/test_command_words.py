"""The command in both languages: its help, its usage, and what a wrong call is told."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from estimator import cli

ZH = tomllib.loads(Path("estimator/cli/zh.toml").read_text("utf-8"))


def helped(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Everything a parser and its commands say in help."""
    if parser.description:
        yield parser.description
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from (str(pseudo.help) for pseudo in action._choices_actions)
            for inner in action.choices.values():
                yield from helped(inner)
        elif action.help and action.help != argparse.SUPPRESS:
            yield action.help


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        cli.main(arguments)
    return "".join(capsys.readouterr())


def test_all_help_has_its_chinese_and_no_more() -> None:
    assert set(helped(cli._parser())) == set(ZH["help"])


@pytest.mark.parametrize("command", [(), ("quote",), ("book", "list"), ("import",), ("ledger",)])
def test_help_in_chinese_has_no_english_sentence(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    said = called(capsys, *command, "--lang", "zh", "--help")
    assert "用法：" in said and said.count("用法：") == 1
    assert not re.findall(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", said.split("\n\n", 1)[1]), said


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        (("quote",), "the following arguments are required: BRIEF.toml", "缺少：BRIEF.toml"),
        (
            ("quote", "a.toml", "--on", "32"),
            "32 is not a day; write it as 2026-12-01",
            "32 不是日期；请写作 2026-12-01",
        ),
        (("quote", "a.toml", "--nothing"), "unrecognized arguments: --nothing", "无法识别：--nothing"),
        (("quotes",), "invalid choice: 'quotes'", "不能写 'quotes'"),
        (("promise", "a.toml", "--confidence", "2"), "write a number such as 0.8", "请写如 0.8"),
        (("batch", "a.csv", "--out"), "expected one argument", "--out 后面须写一个值"),
    ],
)
def test_a_wrong_call_is_told_what_to_write(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], en: str, zh: str
) -> None:
    assert en in called(capsys, *arguments)
    said = called(capsys, *arguments, "--lang=zh")
    assert zh in said and "错误" in said and "error" not in said


def test_the_language_may_stand_before_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--lang", "zh", "settle", "no_such_offer", "examples/actuals.csv"]) == 1
    assert re.search(r"[一-鿿]", capsys.readouterr().err)
