"""What browser tests do on the live page, and how they see that nothing on it is cut."""

from __future__ import annotations

from urllib.parse import urljoin

from playwright.sync_api import Locator, Page
from servers import ROOT

from benchmarks.page import LISTEN as LISTEN
from benchmarks.page import settle as settle
from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.brief.link import Link, pack

READY = {"live": ".qc-spend", "compare": ".qc-turns p", "estimate": ".st-key-page_estimate"}
"""What stands on a page once the brief it was opened with is answered."""

CUT = """
() => {
  const cut = [];
  const main = document.querySelector('[data-testid="stMain"]');
  const side = document.querySelector('[data-testid="stSidebarContent"]');
  for (const box of [main, side].filter(Boolean))
    if (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
      cut.push(`${box.dataset.testid} scrolls: ${box.scrollWidth}x${box.scrollHeight}`);
  const text = '.qc *, [data-testid="stWidgetLabel"] p, button *, [data-testid="stSelectbox"] input';
  for (const element of document.querySelectorAll(text)) {
    const fixed = element.closest('.st-key-foot') || element.closest('.qc-header');
    if (element.closest('[popover]') || !element.offsetParent && !fixed) continue;
    const style = getComputedStyle(element);
    const told = element.title && element.textContent.replaceAll('\\u2060', '').startsWith(element.title);
    const clips = !told && (style.overflowX !== 'visible' || element.matches('input, .qc-label, .qc-figure'));
    if (clips && element.scrollWidth > element.clientWidth + 1)
      cut.push(`cut: ${element.value || element.textContent}`);
    const box = element.getBoundingClientRect();
    if (element.children.length === 0 && box.width && (box.right > 1281 || box.left < -1))
      cut.push(`outside: ${element.textContent}`);
    const side = element.closest('[data-testid="stSidebar"]');
    if (side && box.width && box.right > side.getBoundingClientRect().right)
      cut.push(`over the edge: ${element.textContent}`);
  }
  const foot = document.querySelector('.st-key-foot');
  const top = foot ? foot.getBoundingClientRect().top : 720;
  const over = '.st-key-left .qc, .st-key-right .qc, .qc-turns, .qc-beats, .qc-scatter, .qc-means';
  for (const element of document.querySelectorAll(over))
    if (element.getBoundingClientRect().bottom > top + 1)
      cut.push(`under the foot: ${element.textContent.slice(0, 60)}`);
  return cut;
}
"""

DRAWN = '[data-testid="stVegaLiteChart"] :is(canvas, svg)'
"""A picture that is drawn; until then its place may be higher."""


def linked(brief: Brief | str, at: str = "live", *, presenter: bool = False) -> str:
    """The path of the link that opens a brief, or an example by its name, without names or notes."""
    if isinstance(brief, str):
        brief = briefs.read(ROOT / "examples" / "briefs" / f"{brief}.toml")
    page = "" if at == "live" else f"&p={at}"
    return f"/?b={pack(Link(brief=brief, presenter=presenter))}{page}"


def follow(page: Page, brief: Brief | str, at: str = "live", *, presenter: bool = False) -> None:
    """Follow a brief's link to one of the pages, as a new session in the browser's language."""
    page.goto(urljoin(page.url, linked(brief, at, presenter=presenter)))
    page.wait_for_selector(READY[at])
    settle(page)


def field(page: Page, key: str) -> Locator:
    """A field of the form; the key of its widget ends with a count of its renewals."""
    return page.locator(f'[class*="st-key-f_{key}_g"]')


def choose(page: Page, key: str, option: str) -> None:
    box = field(page, key).get_by_role("combobox")
    box.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def write(page: Page, key: str, text: str) -> None:
    field(page, key).locator("input").fill(text)
    field(page, key).locator("input").press("Enter")
    settle(page)


def press(page: Page, key: str, label: str) -> None:
    field(page, key).locator("button", has_text=label).first.click()
    settle(page)


def open_example(page: Page, name: str) -> None:
    page.locator(f".st-key-open_{name} button").click()
    page.wait_for_selector(".qc-spend")
    settle(page)


def switch(page: Page, language: str) -> None:
    page.locator(".st-key-language button", has_text=language).click()
    settle(page)


def value(page: Page, figure: str) -> str:
    return page.locator(f"#qc-{figure} .qc-value").inner_text().strip()


def open_quote(page: Page, client: str) -> None:
    """Find a client's quote on the page of quotes, and open it."""
    page.locator(".st-key-quotes_search input").fill(client)
    page.locator(".st-key-quotes_search input").press("Enter")
    settle(page)
    page.locator(".st-key-quotes_open input").click()
    page.locator('[role="option"]').first.click()
    settle(page)


def sign_as(page: Page, who: str) -> None:
    """Say on the page of quotes who takes its steps."""
    page.locator(".st-key-sender_quotes input").fill(who)
    page.locator(".st-key-sender_quotes input").press("Enter")
    settle(page)


def turn_to(page: Page, name: str) -> None:
    """Go to another page of the frame: 0 the live quote, 1 compare, 2 the self-estimate."""
    labels = {"live": 0, "compare": 1, "estimate": 2}
    page.locator(".st-key-nav button").nth(labels[name]).click()
    page.wait_for_selector(f".st-key-page_{name}")
    settle(page)
