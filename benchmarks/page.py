"""From a move on the page to its number and its picture, against a page of one slider, in one run.

Both servers run with the page's own flags and are warm; moves alternate, so that whatever else the machine
does meets both. A move counts twice: until the number differs from before, and until the number *and* the
picture do; watching reads text, never the layout, and so costs both pages the same.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "page.json"
ONE = 'import streamlit as st\nv = st.slider("x", 0, 100)\nst.metric("v", v)\n'
FLOOR = """
import streamlit as st

st.set_page_config(layout="wide")
with st.sidebar:
    for row in range(9):
        for number, column in enumerate(st.columns(2)):
            column.selectbox("field", ("a", "b"), key=f"field {row} {number}")
for row in range(4):
    for number, column in enumerate(st.columns(4)):
        column.html(f"<p>block {row} {number}</p>")


@st.fragment
def move():
    left, right = st.columns(2)
    v = right.slider("x", 0, 100)
    left.metric("v", v)


move()
"""
"""As many fields, blocks and columns as the live page, nothing worked out: what drawing alone costs."""
WATCH = """
([number, picture, event]) => {
  const figure = () => document.querySelector(number)?.textContent;
  const before = figure();
  let drawn = !picture;
  let told = null;
  window.moved = new Promise((done) => {
    const look = (records) => {
      drawn ||= records.some((record) => record.target.closest?.(picture));
      if (told === null && figure() !== undefined && figure() !== before) {
        told = performance.now() - window.began;
      }
      if (drawn && told !== null) {
        watcher.disconnect();
        done([told, performance.now() - window.began]);
      }
    };
    setTimeout(() => done(null), 25000);
    const watcher = new MutationObserver(look);
    const all = { childList: true, subtree: true, characterData: true, attributes: true };
    watcher.observe(document.body, all);
  });
  const begin = () => { window.began = performance.now(); };
  document.addEventListener(event, begin, { once: true, capture: true });
}
"""
MEASURED = (
    "one",
    "floor",
    "trade",
    "four",
    "level",
    "budget",
    "language",
    "one_by_compare",
    "compare",
    "one_by_estimate",
    "estimate",
)
ELSEWHERE: dict[str, tuple[str, Callable[[int], str], str]] = {
    "compare": (
        "compare_base",
        lambda index: str(4_000 + 100 * index),
        ".qc-offer:nth-of-type(6) .qc-amount",
    ),
    "estimate": ("f_landed_cost_g", lambda index: f"{5 + 0.05 * index:.2f}", "#qc-profit .qc-value"),
}
"""The field of another page, what is typed into it, and the number that moves."""
AGAINST = {name: f"one_by_{page}" for page in ELSEWHERE for name in (f"one_by_{page}", page)}
"""What a move is set against where that is not the slider beside the live page: a page that is used by itself
is measured by itself, with the one slider beside it.
"""
KEPT = 40
"""Moves from which on the figures are written into ``page.json``; fewer only show that everything starts."""
PEOPLE = 4
"""How many move their sliders at once; they share this machine's browser as well."""
CHART = '[data-testid="stVegaLiteChart"]'
STEP, DRAGGED = 50, 1_500
"""A step of the base, and how far it is dragged down, in dollars."""


LISTEN = """
window.told = window.heard = 0;
window.open = false;  // whether a run was asked for or has begun, and has not ended
window.begun = false;  // whether it has begun
{
  // The kind of a message, its field's number, and the value of a short one; a hash and metadata come first.
  const kind = (data) => {
    const bytes = new Uint8Array(data);
    let at = 0;
    const number = () => {
      for (let found = 0, shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        found |= (byte & 127) << shift;
        if (!(byte & 128)) return found;
      }
    };
    while (at < bytes.length) {
      const tag = number();
      if (tag >> 3 > 2) return [tag >> 3, tag & 7 ? null : number()];
      const length = number();
      at += length;
    }
    return [0, null];
  };
  const RERUN = 11, NEW_SESSION = 4, FINISHED = 6, FINISHED_FOR_ANOTHER = 2;
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        window.heard = performance.now();
        const [what, value] = kind(data);
        if (what === NEW_SESSION) window.open = window.begun = true;
        if (what !== FINISHED || !window.begun) return;
        window.begun = false;
        window.open = value === FINISHED_FOR_ANOTHER;
      });
    }
    send(data) {
      window.told = performance.now();
      if (kind(data)[0] === RERUN) [window.open, window.begun] = [true, false];
      super.send(data);
    }
  };
}
"""
"""Begins every page: when it last told the server something and heard from it, and what runs there for it."""
SETTLED = """
(quiet) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const now = performance.now();
  const waits = window.open && now - window.told < 20000;
  if (waits || app?.dataset.testScriptState !== 'notRunning') window.busy = now;
  const last = Math.max(window.busy, window.told, window.heard);
  if (last !== window.last) [window.last, window.rests] = [last, 0];
  requestIdleCallback(() => { ++window.rests; });
  return window.rests > 5 && now - last > Math.max(quiet, (last - window.began) / 4);
}
"""
"""Every run that was asked for has ended (but for what no server heard); the page has drawn it and rested,
and was quiet for so long that what it drew would have asked for another one: longer on a busy machine.
"""


def settle(page: Page, quiet: int = 100) -> None:
    """Wait until the page has drawn what it was last told; ``quiet`` milliseconds without a word at least."""
    page.evaluate("window.began = window.busy = performance.now()")
    page.wait_for_function(SETTLED, arg=quiet, timeout=60_000)


@contextmanager
def served(script: Path, folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    home = tempfile.mkdtemp()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QUOTECAST_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                with urlopen(f"http://localhost:{port}/_stcore/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


Took = tuple[float, float]
"""Milliseconds from a move to its number, and to number and picture."""


def move(page: Page, number: str, picture: str, event: str, act: Callable[[], None]) -> Took:
    """From the event of ``act`` to what it changed."""
    page.evaluate(WATCH, [number, picture, event])
    act()
    took = _took(page, number)
    settle(page)
    return took


def _took(page: Page, number: str) -> Took:
    """What was last watched on the page."""
    took = page.evaluate("() => window.moved")
    if took is None:
        raise RuntimeError(f"nothing moved: {number}")
    return float(took[0]), float(took[1])


def measure(moves: int) -> dict[str, list[Took]]:
    found: dict[str, list[Took]] = {name: [] for name in MEASURED}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "one.py").write_text(ONE, "utf-8")
        (folder / "floor.py").write_text(FLOOR, "utf-8")
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        with (
            served(folder / "one.py", folder) as plain,
            served(folder / "floor.py", folder) as many,
            served(ROOT / "app.py", ROOT) as ours,
        ):
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
            )

            def opened() -> Page:
                page = chromium.new_page(viewport={"width": 1280, "height": 720}, locale="en-US")
                page.add_init_script(LISTEN)
                return page

            one = opened()
            one.goto(plain)
            one.get_by_role("slider").focus()
            floor = opened()
            floor.goto(many)
            floor.get_by_role("slider").focus()
            live = _live(opened(), ours)
            _moves(one, floor, live, moves, found)
            people = [live, *(_live(opened(), ours) for _ in range((PEOPLE if moves >= KEPT else 2) - 1))]
            for index in range(max(moves // 4, 1)):
                found["four"] += at_once(people, index)
            for page in (floor, *people):
                page.close()
            for name, page in (("compare", _compare), ("estimate", _alone)):
                beside = page(opened(), ours)
                _moves_elsewhere(one, beside, name, max(moves // 2, 1), found)
                beside.close()
            chromium.close()
    return found


def at_once(people: list[Page], index: int) -> list[Took]:
    """Of each of several people who move their trade sliders at the same time."""
    key = "ArrowLeft" if index // 20 % 2 == 0 else "ArrowRight"
    for page in people:
        page.locator(".st-key-trade").get_by_role("slider").focus()
        page.evaluate(WATCH, [".qc-trade", f"{CHART} svg", "keydown"])
    for page in people:
        page.keyboard.press(key)
    times = [_took(page, ".qc-trade") for page in people]
    for page in people:
        settle(page)
    return times


def _live(page: Page, ours: str) -> Page:
    """The live page of the example."""
    page.goto(ours)
    page.locator(".st-key-open_seed_beauty button").click()
    page.wait_for_selector(f"{CHART} svg")
    settle(page)
    return page


def _compare(page: Page, ours: str) -> Page:
    """Six offers side by side, another agency's typed quote among them, its fields open."""
    _live(page, ours)
    page.locator(".st-key-nav button").nth(1).click()
    page.wait_for_selector(".qc-turns p")
    page.locator(".st-key-compare_add button").first.click()
    for name in ("US agency", "Another agency"):
        page.locator(".st-key-compare_offers button", has_text=name).click()
        settle(page)
    return page


def _alone(page: Page, ours: str) -> Page:
    """A seller's own estimate of the example."""
    _live(page, ours)
    page.locator(".st-key-nav button").nth(2).click()
    page.wait_for_selector(".qc-months")
    settle(page)
    return page


def _moves(
    one: Page,
    floor: Page,
    live: Page,
    moves: int,
    found: dict[str, list[Took]],
) -> None:
    slider = live.locator(".st-key-trade").get_by_role("slider")
    falling = True

    def dragged() -> str:
        """The key that moves the base on, down and up again; a new price begins at its top."""
        nonlocal falling
        base, top = (int(float(slider.get_attribute(f"aria-value{end}") or 0)) for end in ("now", "max"))
        falling = base > top - DRAGGED and (falling or base > top - 2 * STEP)
        return "ArrowLeft" if falling else "ArrowRight"

    picture = f"{CHART} svg"
    for index in range(moves):
        found["one"].append(_slid(one, index))
        found["floor"].append(_slid(floor, index))
        key = dragged()
        slider.focus()
        found["trade"].append(move(live, ".qc-trade", picture, "keydown", _pressed(live, key)))
        if index % 4 == 0:
            level = _typed(live, "f_level0_g", f"{1.2 + 0.4 * (index // 4 % 4):.1f}")
            found["level"].append(move(live, "#qc-chance .qc-value", picture, "keydown", level))
            budget = _typed(live, "f_ad_budget_g", str(20_000 + 2_000 * (index // 4 % 9 + 1)))
            found["budget"].append(move(live, "#qc-price .qc-lines", picture, "keydown", budget))
        if index % 10 in (0, 5):
            button = live.locator(".st-key-header_tools button", has_text="EN" if index % 10 else "中文")
            found["language"].append(move(live, "#qc-chance .qc-label", picture, "click", button.click))


def _moves_elsewhere(one: Page, page: Page, name: str, moves: int, found: dict[str, list[Took]]) -> None:
    """Typed figures of another page, a new one every time, each beside a move of the one slider."""
    field, text, number = ELSEWHERE[name]
    for index in range(1, moves + 1):
        found[f"one_by_{name}"].append(_slid(one, index))
        act = _typed(page, field, text(index))
        found[name].append(move(page, number, f".st-key-{name}", "keydown", act))


def _slid(page: Page, index: int) -> Took:
    """A move of a page's only slider."""
    key = "ArrowRight" if index % 90 < 45 else "ArrowLeft"
    return move(page, '[data-testid="stMetricValue"]', "", "keydown", _pressed(page, key))


def _pressed(page: Page, key: str) -> Callable[[], None]:
    return lambda: page.keyboard.press(key)


def _typed(page: Page, key: str, text: str) -> Callable[[], None]:
    box = page.locator(f'[class*="st-key-{key}"] input')
    box.fill(text)
    return lambda: box.press("Enter")


def _slow(times: Sequence[float]) -> float:
    """The 95th percentile; of a single move that one."""
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _against(times: Sequence[float], beside: Sequence[float]) -> dict[str, float]:
    """The middle and the 95th percentile of moves, and how many times those of one slider they are."""
    middle, slow = statistics.median(times), _slow(times)
    return {
        "median_ms": round(middle, 1),
        "p95_ms": round(slow, 1),
        "ratio": round(middle / statistics.median(beside), 2),
        "p95_ratio": round(slow / _slow(beside), 2),
    }


def main(moves: int) -> None:
    found = measure(moves)
    results = {}
    for name, took in found.items():
        beside = [whole for _, whole in found[AGAINST.get(name, "one")]]
        number, whole = (_against(times, beside) for times in zip(*took))
        results[name] = {"moves": len(took), **whole, "number": number}
    if moves >= KEPT:
        RESULTS.write_text(json.dumps({"moves": moves, "results": results}, indent=2) + "\n", "utf-8")
    for name, row in results.items():
        for what, part in (("number", row["number"]), ("whole", row)):
            times = f"{part['ratio']:5.2f} of one slider, {part['p95_ratio']:5.2f} at p95"
            print(f"{name:15} {what:7} median {part['median_ms']:6.1f} ms, {times}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
