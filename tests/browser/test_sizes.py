"""Every page in every window: nothing lies over anything else, and nothing is out of reach."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pages import READY, follow, settle, switch
from playwright.sync_api import Page, expect

from estimator.brief.brief import Brief, GoalWords, Store

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

SIZES = ((390, 844), (768, 1024), (1024, 768), (1280, 720), (1440, 900), (1920, 1080))

OVERLAPS = """
() => {
  const chosen = '.qc *, [data-testid="stWidgetLabel"] p, button p, .st-key-nav button, .qc-button, .qc-form';
  const fixed = element => element.closest('.st-key-foot, .qc-header, .st-key-nav, .st-key-header_tools');
  const shown = element => element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
    && !element.closest('[popover], .qc-spoken, .qc-density, .qc-plot, [data-testid="stPopoverBody"], script')
    && (innerWidth > 820 || !element.closest('[data-testid="stSidebar"]'));
  const faults = [], boxes = [];
  for (const element of document.querySelectorAll(chosen)) {
    const said = [...element.childNodes].filter(node => node.nodeType === 3 && node.textContent.trim());
    if (!said.length || !shown(element)) continue;
    const rects = said.flatMap(node => {
      const range = document.createRange();
      range.selectNode(node);
      return [...range.getClientRects()];
    });
    for (const rect of rects) {
      if (rect.width < 2 || rect.height < 2) continue;
      const scroller = element.closest('.qc-offers, .qc-months, .qc-grid, .st-key-nav, .qc-chips');
      const text = element.textContent.trim().slice(0, 40);
      if (!scroller && !fixed(element) && (rect.right > innerWidth + 1 || rect.left < -1)
          && getComputedStyle(element).textOverflow !== 'ellipsis') faults.push(`outside: ${text}`);
      let right = scroller ? Math.min(rect.right, scroller.getBoundingClientRect().right) : rect.right;
      for (let box = element; box && !box.matches('.qc'); box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible')
          right = Math.min(right, box.getBoundingClientRect().right);
      if (right - rect.left < 2) continue;
      // a letter fills some seven tenths of its line
      const air = 0.15 * rect.height;
      boxes.push({element, text, layer: !!fixed(element), left: rect.left, right, top: rect.top + air,
                  bottom: rect.bottom - air});
    }
  }
  for (let i = 0; i < boxes.length; i++)
    for (let k = i + 1; k < boxes.length; k++) {
      const [a, b] = [boxes[i], boxes[k]];
      if (a.layer !== b.layer || a.element === b.element) continue;
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 1)
        faults.push(`over each other: ${a.text} | ${b.text}`);
    }
  const wide = document.querySelector('[data-testid="stMain"]');
  if (wide.scrollWidth > wide.clientWidth + 1) faults.push(`scrolls across: ${wide.scrollWidth}`);
  return [...new Set(faults)];
}
"""


def asking(goals: int) -> Brief:
    """A brief with the longest labels: two platforms, long amounts, open facts."""
    asked = (
        GoalWords(kpi="gmv", at_least=Decimal(1_250_000), months=(1, 12), reading="total"),
        GoalWords(kpi="acos", at_most=Decimal("0.35"), months=(4, 6)),
        GoalWords(kpi="cac_full", at_most=Decimal("203.9"), months=(1, 12), reading="every"),
    )
    return Brief(
        stores=(Store(platform="tiktok_shop"), Store(platform="own_site")),
        category="health_supplements",
        ad_budget=Decimal(130_000),
        current_gmv=Decimal(460_000),
        contract_months=12,
        goals=asked[3 - goals :] if goals < 3 else asked,
    )


def looked_at(page: Page, brief: Brief, at: str, sizes: tuple[tuple[int, int], ...]) -> list[str]:
    """What lies over what on a page in both audiences, both languages and these windows."""
    faults = []
    for presenter in (False, True):
        follow(page, brief, at, presenter=presenter)
        for language in ("中文", "EN"):
            switch(page, language)
            page.wait_for_selector(READY[at])
            for width, height in sizes:
                page.set_viewport_size({"width": width, "height": height})
                settle(page)
                seen = page.evaluate(OVERLAPS)
                faults += [f"{at}, {width}, {language}, {presenter=}: {fault}" for fault in seen]
    return faults


@pytest.mark.parametrize(
    ("at", "goals", "sizes"),
    [
        pytest.param("live", 3, SIZES[:1] + SIZES[2:3], id="short"),
        *(
            pytest.param(at, goals, SIZES, id=f"{at}-{goals}", marks=pytest.mark.journey)
            for at, goals in (("live", 1), ("live", 2), ("live", 3), ("compare", 1), ("estimate", 3))
        ),
    ],
)
def test_nothing_lies_over_anything_else(
    visit: Visit, at: str, goals: int, sizes: tuple[tuple[int, int], ...]
) -> None:
    faults = looked_at(visit(), asking(goals), at, sizes)
    assert not faults, "\n".join(faults)


@pytest.mark.journey
def test_on_a_phone_the_form_opens_over_the_page_and_closes(visit: Visit) -> None:
    page = visit()
    page.set_viewport_size({"width": 390, "height": 844})
    follow(page, asking(1))
    form, button = page.get_by_test_id("stSidebar"), page.locator(".qc-form")
    expect(form).to_be_hidden()
    button.click()
    expect(form).to_be_visible()
    button.click()
    expect(form).to_be_hidden()
    page.locator("button.qc-ask[data-focus]").first.click()
    expect(form).to_be_visible()


@pytest.mark.journey
def test_letters_grow_with_the_window_and_the_room_is_used(visit: Visit) -> None:
    page = visit(brief="seed_beauty")
    seen = {}
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        seen[width] = page.evaluate(
            "() => [parseFloat(getComputedStyle(document.querySelector('#qc-price .qc-lines')).fontSize),"
            " document.querySelector('.st-key-left').getBoundingClientRect().bottom / innerHeight]"
        )
    assert seen[1920][0] == pytest.approx(1.5 * seen[1280][0], rel=0.02)
    assert seen[1920][1] > 0.8


@pytest.mark.journey
def test_a_year_of_a_self_estimate_prints_whole(visit: Visit, tmp_path: Path) -> None:
    """On paper May, June and the total were lost; a year now is two tables, the total in the first."""
    page = visit()
    brief = asking(1).model_copy(update={"goals": ()})
    follow(page, brief, "estimate")
    tables = page.locator(".qc-months table")
    expect(tables).to_have_count(2)
    expect(tables.nth(0).locator("tr").first).to_contain_text("12 months")
    page.emulate_media(media="print")
    for table in tables.all():
        box = table.evaluate("e => [e.getBoundingClientRect().right, e.scrollWidth - e.clientWidth]")
        assert box[0] <= 1281 and box[1] <= 1
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    assert page.pdf(path=str(tmp_path / "estimate.pdf"), prefer_css_page_size=True)
