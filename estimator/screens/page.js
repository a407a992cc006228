/* What a server cannot do for the page: name the browser, lead to a field, open the form in a small window, copy
   the link, keep one that was opened before signing in, leave a text field its own undo, say its language.
   Streamlit runs this again whenever it is drawn anew; all but the cookie and the language is done once. */
(() => {
  const { token = "", language = "en", leaving } = document.currentScript?.dataset ?? {};
  document.documentElement.lang = language;
  const linked = (address) => new URLSearchParams(address).has("b");
  if (leaving) {
    if (linked(location.search)) sessionStorage.setItem("quotecast", location.search);
    return;
  }
  const waits = sessionStorage.getItem("quotecast");
  sessionStorage.removeItem("quotecast");
  if (waits && !linked(location.search)) return location.replace(location.pathname + waits);
  if (token && !/(^|; )quotecast=[0-9a-f]{32}(;|$)/.test(document.cookie))
    document.cookie = `quotecast=${token}; path=/; max-age=31536000; samesite=strict`;
  if (window.quotecast) return;
  window.quotecast = true;

  // The address follows the answers; each would otherwise be a step for the Back button.
  history.pushState = history.replaceState.bind(history);

  const seen = (element) => element?.getClientRects().length > 0;
  const when = (find, then, left = 40) => {
    const found = find();
    if (found) then(found);
    else if (left) setTimeout(() => when(find, then, left - 1), 50);
  };

  const focus = (field) => {
    const control = field.querySelector("input, button");
    field.scrollIntoView({ block: "center" });
    control?.focus();
  };

  const lead = ({ focus: name, open }) => {
    const visible = () => {
      const field = document.querySelector(`[class*="st-key-f_${name}_g"]`);
      return seen(field) ? field : null;
    };
    if (visible()) return focus(visible());
    const [box, tab] = open.split(" ");
    document.querySelector(`.st-key-${box} [data-testid="stPopoverButton"]`)?.click();
    const tabs = () => document.querySelectorAll('[data-testid="stPopoverBody"] [role="tab"]')[tab];
    if (tab) when(tabs, (found) => { if (!visible()) found.click(); });
    when(visible, focus);
  };

  const copied = (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return Promise.resolve();
  };

  const copy = async (button) => {
    // The page and the facts; the token of this tab's draft stays here.
    const here = new URLSearchParams(location.search);
    const sent = ["p", "b"].filter((name) => here.get(name)).map((name) => `${name}=${here.get(name)}`);
    await copied(location.origin + location.pathname + (sent.length ? `?${sent.join("&")}` : ""));
    const label = button.textContent;
    if (!button.dataset.done || label === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  };

  // In a text field Ctrl+Z is the browser's own; elsewhere the page's button takes it.
  window.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.('textarea, input:is([type="text"], [type="number"], :not([type])):not([role])');
    if (typing && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") event.stopImmediatePropagation();
  }, true);

  document.addEventListener("click", (event) => {
    const asked = event.target.closest?.("[data-focus]");
    // In a small window the form lies over the page, and is opened by its button or by a question.
    const root = document.documentElement.dataset;
    if (event.target.closest?.("[data-form]:not(html)")) root.form = root.form === "open" ? "" : "open";
    else if (asked) root.form = "open";
    // A click outside an open popover closes it first.
    const open = seen(document.querySelector('[data-testid="stPopoverBody"]'));
    if (asked) setTimeout(() => lead(asked.dataset), open ? 400 : 0);
    const link = event.target.closest?.("[data-copy-link]");
    if (link) copy(link);
  });
})();
