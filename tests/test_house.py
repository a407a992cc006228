"""The house rules: who may import, speak, draw or read what. Architecture is a test."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "estimator"
SOURCES = sorted(PACKAGE.rglob("*.py"))
HANZI = re.compile(r"[\u3400-\u9fff]")
MOST_LINES, MOST_OF_A_FUNCTION = 400, 60
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def room(path: Path) -> str:
    """The module or sub-package a file belongs to: ``presentation`` for all its files."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(module: ast.AST) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strings(module: ast.Module) -> Iterator[ast.Constant]:
    """Every string that is not a docstring or a note under a constant."""
    notes = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_every_module_stands_in_its_layer(capsys: pytest.CaptureFixture[str]) -> None:
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert not broken, capsys.readouterr().out


def test_only_screens_know_streamlit() -> None:
    knows = {room(path) for path in SOURCES if any("streamlit" in name for name in imports(tree(path)))}
    assert knows <= {"screens"}


def test_screens_do_not_compute() -> None:
    for path in (path for path in SOURCES if room(path) == "screens"):
        assert not [name for name in imports(tree(path)) if name.startswith(("numpy", "pandas", "scipy"))]


def test_only_the_market_draws() -> None:
    """Tokens of a session are no draws: they may be secret. Scores are resampled from a seed of their own."""
    random = ("numpy.random", "random", "scipy.stats.qmc")
    for path in (path for path in SOURCES if room(path) not in {"market", "evidence"}):
        module = tree(path)
        assert not [name for name in imports(module) if name.startswith(random)], path
        attributes = [ast.unparse(node) for node in ast.walk(module) if isinstance(node, ast.Attribute)]
        assert not [name for name in attributes if name.startswith(("np.random", "qmc."))], path


def test_only_rules_reads_the_rules() -> None:
    """The command's help may name the folder; reading it is the business of ``rules``."""
    others = [path for path in SOURCES if room(path) not in {"rules", "cli"}]
    assert not [where(p, s) for p in others for s in strings(tree(p)) if "pricing_rules" in s.value]


def test_only_these_rooms_speak() -> None:
    """Chinese in a string is speech: of faults and what people type, of a contract's facts, of pages."""
    speak = {"values", "contract", "presentation"}
    silent = [path for path in SOURCES if room(path) not in speak]
    assert not [where(path, s) for path in silent for s in strings(tree(path)) if HANZI.search(s.value)]


BELOW_RULES = {"values", "brief", "contract", "market", "earnings", "promise"}


def test_below_rules_nothing_reaches_for_a_folder_an_environment_or_a_clock() -> None:
    """A path may be handed in and read; nobody looks for one, and nobody asks what day it is."""
    reached = re.compile(r"\.(today|now|glob|rglob|iterdir|cwd|home|environ|getenv)$|^__file__$")
    for path in (path for path in SOURCES if room(path) in BELOW_RULES):
        names = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute | ast.Name)]
        assert not [where(path, node) for node in names if reached.search(ast.unparse(node))]
        calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
        assert not [where(path, node) for node in calls if ast.unparse(node.func) in ("open", "Path")]


def test_only_rules_asks_for_the_day() -> None:
    """The hour of a pin on the page is no day that prices."""
    for path in (path for path in SOURCES if room(path) not in {"rules", "book"}):
        names = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
        assert not [where(path, node) for node in names if node.attr in ("today", "utcnow")]


def test_no_module_imports_itself_by_a_detour() -> None:
    known = {module_name(path) for path in SOURCES}

    def home(name: str) -> str:
        return name if name in known else name.rpartition(".")[0]

    graph = {module_name(path): {home(n) for n in imports(tree(path))} & known for path in SOURCES}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_no_file_and_no_function_is_too_long_to_read() -> None:
    for path in SOURCES:
        assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES, path
        long = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
        assert not [where(path, n) for n in long if (n.end_lineno or 0) - n.lineno >= MOST_OF_A_FUNCTION]


def test_no_private_name_crosses_a_file() -> None:
    for path in SOURCES:
        crossing = [name for name in imports(tree(path)) if name.startswith("estimator.")]
        assert not [name for name in crossing if name.rpartition(".")[2].startswith("_")], path


def test_screens_hold_no_words() -> None:
    """No text of a screen, its tags and styles taken away, holds two words or one with a capital."""
    words = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|\b[A-Z][a-z]+")
    for path in (path for path in SOURCES if room(path) == "screens"):
        module = tree(path)
        pieces = {
            id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        whole = [
            "".join(str(part.value) if isinstance(part, ast.Constant) else "" for part in node.values)
            for node in ast.walk(module)
            if isinstance(node, ast.JoinedStr)
        ]
        plain = [str(node.value) for node in strings(module) if id(node) not in pieces]
        texts = [
            re.sub(r"<[^>]*>|\.[A-Za-z-]+|[^{}]*\{[^{}]*\}|[a-z-]+:[^;]*;", "", text)
            for text in whole + plain
        ]
        assert not [text for text in texts if words.search(text)], path


def test_nothing_mutable_stands_at_module_level() -> None:
    """Sessions share modules: a table is allowed, in capitals, as a promise never to change it."""
    for path in SOURCES:
        for node in tree(path).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [ast.unparse(target) for target in targets]
            built = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in {
                "list",
                "dict",
                "set",
            }
            if isinstance(node.value, MUTABLE) or built:
                allowed = all(name.isupper() or name == "__all__" for name in names)
                assert allowed, f"{where(path, node)}: {names} is mutable"


def test_no_module_changes_its_own_globals() -> None:
    found = [where(p, node) for p in SOURCES for node in ast.walk(tree(p)) if isinstance(node, ast.Global)]
    assert not found


def test_the_page_asks_nothing_of_the_outside() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == config["browser"]["serverAddress"] == "localhost"
    for face in config["theme"]["fontFaces"]:
        assert (ROOT / face["url"].removeprefix("app/")).is_file()
    assert not list(ROOT.rglob("estimator/**/pages")), "Streamlit serves a folder named pages by itself"


def test_every_module_opens_with_what_it_holds() -> None:
    assert not [str(p) for p in SOURCES if p.stat().st_size and not ast.get_docstring(tree(p))]
